/** The ranked list between two answers: what moved is seen to move, what was open stays open. */

const MOVE_MS = 260;

/**
 * Height at which each site stands.
 * @param {HTMLElement} root
 * @returns {Map<string, number>}
 */
export function placesOf(root) {
  const places = new Map();
  for (const item of itemsOf(root)) places.set(item.dataset.key, item.getBoundingClientRect().top);
  return places;
}

/** Let sites glide from where they stood to where they stand now. */
export function moveFrom(before, root) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const item of itemsOf(root)) {
    const from = before.get(item.dataset.key);
    if (from === undefined) {
      item.animate([{ opacity: 0 }, { opacity: 1 }], { duration: MOVE_MS });
      continue;
    }
    const by = from - item.getBoundingClientRect().top;
    if (Math.abs(by) < 1) continue;
    item.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], { duration: MOVE_MS, easing: "ease-out" });
  }
}

/** Which details are open: those with an id by it, those of a site by its key. */
export function keptOpen(root) {
  return {
    ids: [...root.querySelectorAll("#need-rows details[id]")].map(({ id, open }) => [id, open]),
    whys: [...root.querySelectorAll("details[data-why][open]")].map((why) => [
      why.closest("[data-key]").dataset.key, why.dataset.why,
    ]),
    focus: focusOf(document.activeElement),
  };
}

/** Where the focus stands inside the list, if it does. */
function focusOf(element) {
  const item = element?.closest?.("#ranking [data-key]");
  if (!item) return null;
  return { key: item.dataset.key, at: focusable(item).indexOf(element) };
}

/** Open again what was open, light what is lit, and give the focus back. */
export function restore({ ids, whys, focus }, board) {
  for (const [id, open] of ids) {
    const details = document.getElementById(id);
    if (details && id !== "advanced") details.open = open;
  }
  for (const [key, why] of whys) {
    const details = itemOf(key)?.querySelector(`details[data-why="${why}"]`);
    if (details) details.open = true;
  }
  if (board.lit) itemOf(board.lit.key)?.classList.add("is-lit");
  if (focus) focusable(itemOf(focus.key))[focus.at]?.focus({ preventScroll: true });
}

function focusable(item) {
  return item ? [...item.querySelectorAll("a, button, summary, input")] : [];
}

function itemOf(key) {
  return document.querySelector(`#ranking [data-key="${CSS.escape(key)}"]`);
}

function itemsOf(root) {
  return root.querySelectorAll("li[data-key]");
}
