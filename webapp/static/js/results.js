/** A button that moves the map to all that the list holds; the list may be swapped. */

/** @param {import("./board.js").Board} board */
export function bindResults(board) {
  const bounds = () => {
    const all = L.latLngBounds([]);
    for (const view of board.shown) {
      for (const item of view.items.values()) {
        if (item.bounds?.isValid()) all.extend(item.bounds);
      }
    }
    return all;
  };
  board.addEventListener("data", () => {
    const button = document.querySelector("[data-zoom-results]");
    if (button) button.hidden = !bounds().isValid();
  });
  document.addEventListener("click", ({ target }) => {
    if (!target.closest?.("[data-zoom-results]")) return;
    // Room for the numbers and marks, which are larger than the places they stand for.
    const all = bounds().pad(0.06);
    // On a small screen the sheet would cover what was asked for.
    board.lowerPanel();
    board.showBounds([all.getWest(), all.getSouth(), all.getEast(), all.getNorth()]);
  });
}
