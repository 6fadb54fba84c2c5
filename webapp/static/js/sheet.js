/** On a small screen the panel is a sheet from below with three heights. */

const HEIGHTS = ["low", "middle", "high"];

/** @param {import("./board.js").Board} board */
export function bindSheet(board) {
  const panel = document.getElementById(board.description.panel);
  const grip = panel?.querySelector("[data-panel-grip]");
  if (!grip) return;
  grip.hidden = false;
  const label = grip.querySelector("span");
  const at = () => HEIGHTS.indexOf(panel.dataset.height);
  const set = (index) => {
    panel.dataset.height = HEIGHTS[Math.max(0, Math.min(HEIGHTS.length - 1, index))];
    label.textContent = board.say(at() === HEIGHTS.length - 1 ? "less" : "more");
  };
  set(at());
  let start = null;
  let dragged = false;
  grip.addEventListener("pointerdown", (event) => {
    start = event.clientY;
    dragged = false;
    grip.setPointerCapture(event.pointerId);
  });
  grip.addEventListener("pointerup", (event) => {
    const moved = start === null ? 0 : event.clientY - start;
    start = null;
    dragged = Math.abs(moved) > 24;
    if (dragged) set(at() + (moved < 0 ? 1 : -1));
  });
  grip.addEventListener("click", () => {
    if (!dragged) set(at() === HEIGHTS.length - 1 ? 0 : at() + 1);
    dragged = false;
  });
  grip.addEventListener("keydown", (event) => {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    set(at() + step);
  });
  panel.addEventListener("raise", () => {
    if (at() === 0) set(1);
  });
  panel.addEventListener("lower", () => {
    if (at() === HEIGHTS.length - 1) set(1);
  });
  panel.addEventListener("focusin", (event) => {
    // What has focus must be seen: the lowest height shows the search alone.
    if (at() === 0 && event.target !== grip && event.target.matches(":focus-visible")) set(1);
  });
}
