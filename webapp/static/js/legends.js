/** Legends that name the layers they are of: those of what is drawn are shown, and no others. */

/** @param {import("./board.js").Board} board */
export function bindLegends(board) {
  const show = () => {
    for (const legend of document.querySelectorAll("[data-legend]")) {
      const views = legend.dataset.legend.split(" ").map((id) => board.layer(id)).filter(Boolean);
      legend.hidden = !views.some((view) => view.on && view.inRange);
    }
  };
  for (const name of ["moved", "toggled", "data"]) board.addEventListener(name, show);
  show();
}
