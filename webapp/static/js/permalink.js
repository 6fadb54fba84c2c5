/** Keeps the address in step with the view, so that what one sees can be sent as a link. */
import { withQuery } from "./net.js";

/** @param {import("./board.js").Board} board */
export function bindPermalink(board) {
  const form = document.querySelector("[data-layers]");
  const write = () => {
    const state = stateOf(board, Boolean(form));
    const here = withQuery(location.pathname + location.search, state);
    history.replaceState(null, "", here);
    keepInLinks(state);
    keepInForm(state);
  };
  // The first view is the server's choice: the address stays short until the reader moves.
  for (const name of ["moved", "toggled"]) board.addEventListener(name, write);
}

/** Centre and zoom of a map, as an address has them. */
export function placeOf(map) {
  const centre = map.getCenter();
  return [centre.lng.toFixed(5), centre.lat.toFixed(5), Number(map.getZoom().toFixed(2))].join(",");
}

function stateOf(board, hasLayers) {
  const at = placeOf(board.map);
  if (!hasLayers) return { at };
  const on = [...board.surfaces, ...board.shown];
  return { at, layers: on.map((layer) => layer.config.id).join(",") };
}

/** Links that show the same view otherwise: in the other language, at today's date. */
function keepInLinks(state) {
  for (const link of document.querySelectorAll("a[data-keep-view]")) {
    link.setAttribute("href", withQuery(link.getAttribute("href"), state));
  }
}

function keepInForm(state) {
  for (const form of document.querySelectorAll("[data-date-form]")) {
    for (const [name, value] of Object.entries(state)) {
      let field = form.querySelector(`input[name="${name}"]`);
      if (!field) {
        field = document.createElement("input");
        Object.assign(field, { type: "hidden", name });
        form.prepend(field);
      }
      field.value = value;
    }
  }
}
