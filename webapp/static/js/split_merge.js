/** The screen of a merger: neighbours are pressed or ticked; the plan follows. */
import { currentBoard } from "./map.js";
import { planWhileAsked, showLayer } from "./split_ask.js";

const CLOSE_ZOOM = 19;

const form = document.querySelector("[data-merge]");
const board = currentBoard();

lookClose();
planWhileAsked(form, "choices", ({ dataset }) => {
  showLayer(board, "neighbours", dataset.aroundUrl);
  showLayer(board, "pieces", dataset.piecesUrl);
});
board.addEventListener("chosen", ({ detail: { layer, key } }) => {
  board.release();
  if (layer !== "neighbours" && layer !== "pieces") return;
  form.querySelector(`[name=with][value="${CSS.escape(key)}"]`)?.click();
});

/** The plot stands among its neighbours; that is no move of the reader. */
function lookClose() {
  const { search, pathname } = location;
  if (new URLSearchParams(search).has("at")) return;
  board.showBounds(board.description.bounds, CLOSE_ZOOM);
  board.map.zoomOut(1, { animate: false });
  history.replaceState(null, "", pathname + search);
}
