/** The comparison: folds lines that do not tell the sites apart, and finds them on the map. */
import { currentBoard } from "./map.js";
import { withQuery } from "./net.js";

const table = document.querySelector("[data-compare]");
const folder = document.querySelector("[data-differences]");
const said = document.querySelector("[data-compare-status]");

if (folder) bindFolder();
bindMap();

function bindFolder() {
  folder.setAttribute("role", "button");
  show(table.hasAttribute("data-folded"));
  folder.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const folded = !table.hasAttribute("data-folded");
    const differences = folded ? "1" : null;
    history.replaceState(history.state, "", withQuery(location.pathname + location.search, { differences }));
    show(folded);
    said.textContent = folded
      ? table.dataset.hidden.replace("{n}", table.querySelectorAll("tr[data-same]").length)
      : "";
  });
  folder.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    folder.click();
  });
}

function show(folded) {
  table.toggleAttribute("data-folded", folded);
  folder.setAttribute("aria-pressed", String(folded));
  folder.textContent = table.dataset.some;
  for (const line of table.querySelectorAll("tr[data-same]")) line.hidden = folded;
  for (const block of table.querySelectorAll("tbody")) {
    block.hidden = folded && !block.querySelector("tr:not([data-same], .compare__block)");
  }
}

/** The first time that the sites are there, the map shows them all. */
function bindMap() {
  const board = currentBoard();
  if (!board || board.description.view) return;
  board.addEventListener("data", function first({ detail: { view } }) {
    if (view.config.id !== "sites") return;
    const all = L.latLngBounds([]);
    for (const { bounds } of view.items.values()) if (bounds?.isValid()) all.extend(bounds);
    if (!all.isValid()) return;
    board.removeEventListener("data", first);
    board.map.fitBounds(all.pad(0.15), { animate: false, maxZoom: 15 });
  });
}
