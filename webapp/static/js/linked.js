/**
 * Elements of the page with data-layer and data-key (rows, cards) light their feature when
 * pointed at or focused, and are lit, and scrolled to, when the map is pointed at.
 */

const SELECTOR = "[data-layer][data-key]";
const FEATURE = ".leaflet-interactive";

/** @param {import("./board.js").Board} board */
export function bindLinked(board) {
  const elementOf = (event) => (event.target instanceof Element ? event.target.closest(SELECTOR) : null);
  const light = (event) => {
    const element = elementOf(event);
    if (element) board.light(element.dataset.layer, element.dataset.key, "page");
  };
  const unlight = (event) => {
    const element = elementOf(event);
    if (element && !element.contains(event.relatedTarget)) board.unlight();
  };
  document.addEventListener("mouseover", light);
  document.addEventListener("mouseout", unlight);
  // What is drawn anew under the pointer goes without a word: no "mouseout" tells of it.
  let pointedAt = null;
  document.addEventListener("mouseover", (event) => {
    const now = elementOf(event) ?? (event.target instanceof Element ? event.target.closest(FEATURE) : null);
    if (!now && pointedAt && !pointedAt.isConnected) board.unlight();
    pointedAt = now;
  });
  document.addEventListener("focusin", light);
  document.addEventListener("focusout", unlight);
  board.addEventListener("lit", ({ detail }) => {
    for (const element of matching(detail)) {
      element.classList.add("is-lit");
      if (detail.origin === "map") element.scrollIntoView({ block: "nearest" });
    }
  });
  board.addEventListener("unlit", ({ detail }) => {
    for (const element of matching(detail)) element.classList.remove("is-lit");
  });
}

function matching({ layer, key }) {
  const quoted = CSS.escape(key);
  return document.querySelectorAll(`[data-layer="${CSS.escape(layer)}"][data-key="${quoted}"]`);
}
