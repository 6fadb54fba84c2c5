/**
 * The screen of matching: what is dragged, switched or typed ranks anew without a page load.
 * The server answers the same address with the parts of the page; only these are swapped.
 */
import { currentBoard } from "./map.js";
import { keptOpen, moveFrom, placesOf, restore } from "./matchlist.js";
import { NetError, getText, withQuery } from "./net.js";
import { isSite, suggestSites } from "./matchsite.js";

const PATIENCE_MS = 300;
const TYPING_MS = 500;
const DRAGGING_MS = 60;
const OWN_ARGS = ["lang", "at", "layers", "limit", "keep", "view", "advanced", "record"];

const form = document.querySelector("[data-need]");
const results = document.getElementById("results");
const board = currentBoard();
let planned = 0;
let asking = null;
let reshaping = false;
let hasMoved = false;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
form.addEventListener("input", ({ target }) => {
  // A name that is looked up is no answer yet.
  if (target.matches("[data-present-site]") && !isSite(target.value)) return;
  if (target.matches("[data-weight]")) drag(target);
  else if (target.matches("input:not([type=checkbox], [type=radio], [type=date])")) plan(TYPING_MS);
});
form.addEventListener("change", ({ target }) => plan(0, target.matches("[data-reshapes]")));
document.addEventListener("toggle", ({ target }) => {
  if (target.matches?.("[data-advanced]")) advance(target.open);
}, true);
board.addEventListener("chosen", ({ detail }) => goTo(detail));
foldNeed();
suggestSites(form, board);

/** Show the weight while it is dragged; a weight that is dragged is not derived any more. */
function drag(slider) {
  const row = slider.closest("[data-wish]");
  row.classList.toggle("is-active", Number(slider.value) > 0);
  const { language } = board.description;
  row.querySelector("output").value = Number(slider.value).toLocaleString(language, { maximumFractionDigits: 2 });
  const derived = form.elements.namedItem("weigh");
  const isDerived = derived && derived.value !== "sliders";
  if (isDerived) form.querySelectorAll("[name=weigh]").forEach((field) => {
    if (field.type === "radio") field.checked = field.value === "sliders";
    else field.value = "sliders";
  });
  reshaping ||= Boolean(isDerived);
  // While the hand moves, answers come one after the other: what is on its way is shown.
  if (planned || asking) hasMoved = true;
  else plan(DRAGGING_MS);
}

/** Ask soon; what is asked meanwhile is asked together. */
function plan(pause, reshapes = false) {
  reshaping ||= reshapes;
  clearTimeout(planned);
  planned = setTimeout(() => ask(), pause);
}

function advance(isOpen) {
  const here = new URLSearchParams(location.search);
  if (isOpen === here.has("advanced")) return;
  history.replaceState(null, "", withQuery(location.pathname + location.search, { advanced: isOpen ? "1" : null }));
  reshaping = true;
  ask();
}

/** Address of what the form says: its fields, and how the page is shown. */
function address() {
  const here = new URLSearchParams(location.search);
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value !== "" && !OWN_ARGS.includes(name)) query.append(name, value);
  }
  for (const name of OWN_ARGS) if (here.has(name)) query.set(name, here.get(name));
  return `/match?${query}`;
}

async function ask() {
  clearTimeout(planned);
  planned = 0;
  hasMoved = false;
  asking?.abort();
  const mine = (asking = new AbortController());
  const isReshaped = reshaping;
  results.setAttribute("aria-busy", "true");
  const waiting = setTimeout(() => results.classList.add("is-waiting"), PATIENCE_MS);
  try {
    const answer = await getText(address(), { "X-Fragment": "results" }, mine.signal);
    if (mine !== asking) return;
    if (!answer.headers.has("X-Address")) throw new NetError("refused");
    reshaping = false;
    take(new DOMParser().parseFromString(answer.text, "text/html"), answer, isReshaped);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof NetError)) throw error;
    tell(error);
  } finally {
    clearTimeout(waiting);
    if (mine === asking) {
      asking = null;
      results.classList.remove("is-waiting");
      results.setAttribute("aria-busy", "false");
      if (hasMoved) ask();
    }
  }
}

/** Put the parts of an answer in the place of what stands there. */
function take(parts, { ok, headers }, isReshaped) {
  const before = placesOf(results);
  const open = keptOpen(document);
  const focused = document.activeElement;
  if (isReshaped) swap(parts, "need-rows");
  for (const slot of parts.querySelectorAll("[data-slot]")) swap(parts, slot.id);
  mark();
  const said = parts.getElementById("answer");
  document.getElementById("answer").replaceChildren(...said.childNodes);
  // A need that cannot be matched yet leaves the list as it was.
  if (ok) swap(parts, "ranking");
  restore(open, board);
  if (!focused.isConnected) refocus(focused);
  moveFrom(before, results);
  document.title = parts.title || document.title;
  if (ok) follow(headers.get("X-Address"), parts.getElementById("results").dataset.mapUrl);
  results.classList.toggle("is-stale", !ok);
}

/** Give the focus back to what took the place of an element; a turned row went elsewhere. */
function refocus({ id, name = "" }) {
  const [word, subject] = [name.slice(0, 8), CSS.escape(name.slice(8))];
  const other = { "to_wish.": "to_must.", "to_must.": "to_wish." }[word];
  if (other) form.querySelector(`[name="${other}${subject}"]:checked`)?.focus();
  else if (id) document.getElementById(id)?.focus({ preventScroll: true });
}

function swap(parts, id) {
  const here = document.getElementById(id);
  const there = parts.getElementById(id);
  if (here && there) here.replaceChildren(...[...there.childNodes].map((node) => document.adoptNode(node)));
}

/** Rows with a fault say so on their inputs too. */
function mark() {
  for (const fault of form.querySelectorAll(".field-error")) {
    const isWrong = fault.textContent.trim() !== "";
    fault.closest(".ask, .wish")?.classList.toggle("is-wrong", isWrong);
    for (const field of form.querySelectorAll(`[aria-describedby~="${CSS.escape(fault.id)}"]`)) {
      if (isWrong) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
  }
}

/** The address, the map and the links of the frame show what the list shows. */
function follow(canonical, mapUrl) {
  // The map may have been moved while the answer was under way.
  const at = new URLSearchParams(location.search).get("at");
  const here = withQuery(canonical, { at });
  results.toggleAttribute("data-map-url", Boolean(mapUrl));
  if (mapUrl) results.dataset.mapUrl = mapUrl;
  // Another layer writes the place of the map into the address; nobody moved it here.
  showOnMap(mapUrl);
  history.replaceState(null, "", here);
  for (const link of document.querySelectorAll("a[data-keep-view]")) {
    const today = link.dataset.keepView === "today" ? { as_of: null } : {};
    link.setAttribute("href", withQuery(here, link.hreflang ? { lang: link.hreflang } : today));
  }
  for (const dates of document.querySelectorAll("[data-date-form]")) {
    dates.querySelectorAll("input[type=hidden]").forEach((field) => field.remove());
    for (const [name, value] of new URLSearchParams(here.split("?")[1] ?? "")) {
      if (name === "as_of") continue;
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      dates.prepend(field);
    }
  }
}

function showOnMap(url) {
  const ranked = board.layer("match");
  if (url && ranked.config.url !== url) ranked.load(url);
  else if (url && ranked.on) board.emit("data", { view: ranked });
  for (const [id, on] of [["sites", !url], ["match", Boolean(url)]]) {
    if (board.layer(id).on !== on) board.toggle(id, on);
  }
}

/** What went wrong on the way; the list stays, and says that it is older than the form. */
function tell(error) {
  results.classList.add("is-stale");
  document.getElementById("answer").replaceChildren(board.say(error.kind === "unreachable" ? "unreachable" : "refused"));
}

/** A number on the map leads to its place in the list. */
function goTo({ layer, key }) {
  const item = results.querySelector(`[data-layer="${CSS.escape(layer)}"][data-key="${CSS.escape(key)}"]`);
  if (!item) return;
  document.getElementById(board.description.panel)?.dispatchEvent(new CustomEvent("raise"));
  item.scrollIntoView({ block: "nearest" });
  item.querySelector("a")?.focus({ preventScroll: true });
}

/** On a small screen the answer comes first: the need is folded once there is one. */
function foldNeed() {
  const need = document.getElementById("need");
  const wide = matchMedia("(width > 1180px)");
  const fold = () => {
    need.open = wide.matches || !results.dataset.mapUrl;
  };
  wide.addEventListener("change", fold);
  if (!need.querySelector("[aria-invalid]")) fold();
}
