/** What every page does besides its own: nothing that it cannot do without. */

for (const table of document.querySelectorAll(".table-scroll")) {
  // A region that cannot scroll needs no stop for the keyboard.
  if (table.scrollWidth <= table.clientWidth && table.scrollHeight <= table.clientHeight) {
    table.removeAttribute("tabindex");
  }
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
