/** The form of a land event: only the fields that its kind has are shown, and sent. */

const form = document.querySelector("[data-entry]");
const kind = form.elements.kind;

function fit() {
  for (const field of form.querySelectorAll("[data-kinds]")) {
    const control = field.querySelector("input, select");
    const belongs = kind.value === "" || field.dataset.kinds.split(" ").includes(kind.value);
    // What stands in a field already, or is wrong with it, is never hidden.
    const shown = control === kind || belongs || control.dataset.filled === "true" || field.matches(".is-wrong");
    field.hidden = !shown;
    control.disabled = !shown;
  }
}

for (const control of form.querySelectorAll("[data-kinds] input, [data-kinds] select")) {
  control.dataset.filled = String(control.value !== "");
}
kind.addEventListener("change", fit);
fit();
