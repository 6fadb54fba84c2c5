/** The layer switch: layers on and off, legend and source of those that are on, base map. */
import { certaintyBadge } from "./dom.js";

/** @param {import("./board.js").Board} board */
export function bindPanel(board) {
  const form = document.querySelector("[data-layers]");
  bindBase(board, form);
  if (!form) return;
  form.addEventListener("change", (event) => {
    const { name, value, checked } = event.target;
    if (name !== "layers") return;
    rowOf(form, value).querySelector("[data-layer-more]").hidden = !checked;
    board.toggle(value, checked);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  board.addEventListener("data", ({ detail: { view } }) => describe(board, form, view));
}

function rowOf(form, id) {
  return form.querySelector(`[data-layer-row="${CSS.escape(id)}"]`);
}

/** Say of a layer where its records come from and why it may be empty here. */
function describe(board, form, view) {
  const row = rowOf(form, view.config.id);
  if (!row) return;
  const said = view.answer?.view;
  if (said) {
    row.querySelector("[data-layer-source]").textContent = said.source;
    const badges = said.certainties.map(([code, title]) => certaintyBadge(code, title)).filter(Boolean);
    row.querySelector("[data-layer-certainty]").replaceChildren(...badges);
  }
  const note = row.querySelector("[data-layer-note]");
  note.textContent = noteOf(board, view);
  note.hidden = note.textContent === "";
}

function noteOf(board, view) {
  if (view.on && !view.inRange) return board.say("zoom_for");
  if (view.isCut) return board.say("cut", { shown: view.items.size, total: view.total });
  return view.answer?.view?.present_attributes ? board.say("present") : "";
}

/** What lies underneath: our sketch, tiles, or nothing. */
function bindBase(board, form) {
  const { tiles_url: url, tiles_attribution: attribution } = board.description;
  const sketches = [...board.views.values()].filter((view) => view.config.base);
  const tiles = url ? L.tileLayer(url, { attribution, maxZoom: 20, className: "tiles" }) : null;
  form?.addEventListener("change", (event) => {
    const { name, value } = event.target;
    if (name !== "base") return;
    for (const view of sketches) board.toggle(view.config.id, value === "schematic");
    if (!tiles) return;
    if (value === "tiles") tiles.addTo(board.map);
    else tiles.remove();
  });
}
