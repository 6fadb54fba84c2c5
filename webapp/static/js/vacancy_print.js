/** Vacancy on paper: the map as it was seen; printing is offered once all of it is drawn. */
import { fit } from "./a4.js";
import { bindLegends } from "./legends.js";
import { currentBoard } from "./map.js";
import { startSeen } from "./print.js";
import { areaShape, cornersOf, makeRoom } from "./vacancy_area.js";

const board = currentBoard();
const { seen, within } = board.element.closest("[data-still]").dataset;

L.control.scale({ imperial: false, maxWidth: 160 }).addTo(board.map);
bindLegends(board);
bindButton();
drawArea();
// Room for the map is what the legends beside it leave.
fit(document.querySelector(".paper__sheet"));
startSeen(board, seen);

function drawArea() {
  if (!within) return;
  makeRoom(board.map);
  areaShape(cornersOf(within)).addTo(board.map);
}

/** A map that is half drawn must not be printed. */
function bindButton() {
  const button = document.querySelector("[data-print]");
  const wait = document.querySelector("[data-print-wait]");
  const failed = new Set();
  const isDrawn = (view) => !view.loading && !failed.has(view) && (!view.on || !view.inRange || view.answer !== null);
  const tell = () => {
    const isReady = [...board.views.values()].every(isDrawn);
    button.disabled = !isReady;
    wait.hidden = isReady;
  };
  // Names are written in the frame after their features.
  const plan = () => requestAnimationFrame(() => requestAnimationFrame(tell));
  board.addEventListener("loading", () => {
    button.disabled = true;
    plan();
  });
  board.addEventListener("data", ({ detail: { view } }) => {
    failed.delete(view);
    plan();
  });
  board.addEventListener("failed", ({ detail: { view } }) => {
    failed.add(view);
    plan();
  });
}
