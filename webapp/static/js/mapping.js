/** The unit of a column is asked where its field is an area, and nowhere else. */

const form = document.querySelector("[data-mapping]");
const areas = new Set(form.dataset.areas.split(" "));

form.addEventListener("change", (event) => {
  if (!event.target.matches("[data-field-choice]")) return;
  const cell = event.target.closest("td");
  const chosen = [...cell.querySelectorAll("[data-field-choice]")].map((choice) => choice.value);
  const unit = cell.querySelector("[data-factor-choice]");
  unit.hidden = !chosen.some((name) => areas.has(name));
  if (unit.hidden) unit.value = "1";
});
