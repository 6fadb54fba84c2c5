/** The screen of vacancy: its slider replays the observations, a drawn area has its own figures. */
import { bindLegends } from "./legends.js";
import { currentBoard } from "./map.js";
import { withQuery } from "./net.js";
import { bindReplay } from "./replay.js";
import { bindArea } from "./vacancy_area.js";

const HOTSPOTS = "vacancy_hotspots";
const PREMISES = ["vacancy", "vacancy_changes"];
const NARROWED = ["vacancy_areas", "vacancy_streets", ...PREMISES, HOTSPOTS];

const board = currentBoard();
const replay = bindReplay(board);
bindLegends(board);
if (replay) {
  bindHotspots();
  bindArea(board, (within) => {
    keep({ within: within || null });
    for (const id of NARROWED) {
      const layer = board.layer(id);
      layer?.load(withQuery(layer.config.url, { within: within || null }));
    }
    return replay.again();
  });
}

/** Hot spots take a while: they are asked for when somebody wants them. */
function bindHotspots() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-hot]");
    if (!link) return;
    event.preventDefault();
    const on = link.dataset.hot === "1";
    keep({ hot: on ? "1" : null });
    // One mark would hide the other: hot spots stand in the place of the premises.
    board.toggle(HOTSPOTS, on);
    for (const id of PREMISES) if (board.layer(id)) board.toggle(id, !on);
    replay.again();
  });
}

/** The address, and the links and forms that show the same otherwise. */
function keep(state) {
  history.replaceState(null, "", withQuery(location.pathname + location.search, state));
  for (const link of document.querySelectorAll("a[data-keep-view]")) {
    link.setAttribute("href", withQuery(link.getAttribute("href"), state));
  }
  for (const form of document.querySelectorAll("[data-date-form], [data-time], [data-ask]")) {
    for (const [name, value] of Object.entries(state)) hold(form, name, value ?? "");
  }
}

function hold(form, name, value) {
  const field = form.elements.namedItem(name);
  if (field) field.value = name === "within" && field.type === "textarea" ? value.replaceAll(";", "\n") : value;
  else if (value) form.prepend(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
}
