/** What every page does besides its own: nothing that it cannot do without. */

for (const table of document.querySelectorAll(".table-scroll")) {
  // A region that cannot scroll needs no stop for the keyboard.
  if (table.scrollWidth <= table.clientWidth && table.scrollHeight <= table.clientHeight) {
    table.removeAttribute("tabindex");
  }
}

// On a small screen the menu scrolls: the page one is at must stand in it.
document.querySelector(".head__menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

// Unfolded, or in less room, a table may scroll that could not before.
document.addEventListener("toggle", stopAtTables, true);
addEventListener("resize", stopAtTables);

function stopAtTables() {
  for (const table of document.querySelectorAll(".fold .table-scroll")) {
    if (table.scrollWidth > table.clientWidth || table.scrollHeight > table.clientHeight) {
      table.setAttribute("tabindex", "0");
    }
  }
}

for (const link of document.querySelectorAll("a[data-sign-in]")) {
  // The address changes while a page is used: whoever signs in comes back to what they saw.
  const follow = () => {
    if (location.pathname === "/login") return;
    link.setAttribute("href", `/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  };
  for (const name of ["pointerdown", "focusin"]) link.addEventListener(name, follow);
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
