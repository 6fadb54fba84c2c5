/** The screen of a split: sides are pressed, an area is pulled or a line drawn; the plan follows. */
import { currentBoard } from "./map.js";
import { planWhileAsked, showLayer } from "./split_ask.js";
import { DrawnLine } from "./split_line.js";

const PULLING_MS = 60;
const CLOSE_ZOOM = 20;

const form = document.querySelector("[data-split]");
const board = currentBoard();
if (form) start();

function start() {
  lookClose();
  let line = null;
  const plan = planWhileAsked(form, "sides", (section) => {
    say(section.querySelector("[data-words]").dataset);
    showLayer(board, "sides", section.dataset.sidesUrl);
    showLayer(board, "pieces", section.dataset.piecesUrl);
    line?.take(JSON.parse(section.dataset.points));
  });
  line = new DrawnLine(board, form, plan);
  line.take(JSON.parse(document.getElementById("plan").dataset.points));
  pull(plan);
  board.addEventListener("chosen", ({ detail: { layer, key } }) => {
    board.release();
    const side = layer === "sides" && form.querySelector(`[name=access][value="${CSS.escape(key)}"]`);
    if (side) side.click();
  });
}

/** One plot is looked at from nearer by than a map usually goes; that is no move of the reader. */
function lookClose() {
  const { search, pathname } = location;
  if (new URLSearchParams(search).has("at")) return;
  board.showBounds(board.description.bounds, CLOSE_ZOOM);
  history.replaceState(null, "", pathname + search);
}

/** The ends of a side are named after the sides beside it. */
function say(words) {
  for (const place of form.querySelectorAll("[data-word]")) place.textContent = words[place.dataset.word];
}

/** The slider and the number say the same. */
function pull(plan) {
  const range = form.querySelector("[data-pull]");
  const area = form.elements.area_m2;
  const follow = () => {
    const typed = Number(area.value.replace(/\D/g, ""));
    if (typed > 0) range.value = typed;
  };
  follow();
  range.hidden = false;
  range.addEventListener("input", () => {
    area.value = range.value;
    plan(PULLING_MS);
  });
  area.addEventListener("input", follow);
}
