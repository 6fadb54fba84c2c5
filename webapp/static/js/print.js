/** The map on paper: its element takes the size of the sheet before the browser prints. */

/** @param {import("./board.js").Board} board */
export function bindPrint(board) {
  const { map } = board;
  let seen = null;
  addEventListener("beforeprint", () => {
    seen = map.getBounds();
    document.body.classList.add("is-printing");
    refit(map, seen);
  });
  addEventListener("afterprint", () => {
    document.body.classList.remove("is-printing");
    if (seen) refit(map, seen);
    seen = null;
  });
  document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
}

function refit(map, bounds) {
  map.invalidateSize({ animate: false, pan: false });
  map.fitBounds(bounds, { animate: false });
}
