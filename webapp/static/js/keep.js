/** The shortlist lives in the address: its buttons change it there, and links take it along. */
import { withQuery } from "./net.js";

const LISTING = new Set(["match", "compare", "sites"]);
const OF_A_PAGE = ["limit", "at", "sheet"];
const OF_THE_FRAME = ["as_of", "lang", "view"];

const isPresentation = new URLSearchParams(location.search).get("view") === "prospect";
let kept = idsIn(location.search);

if (LISTING.has(location.pathname.split("/")[1])) bind();

/** The bar of the list; a list that is ranked anew brings its own. */
function theBar() {
  return document.querySelector("[data-kept]");
}

function bind() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-keep-id]");
    const clear = event.target.closest?.("[data-kept-clear]");
    if (!(button || clear) || !theBar() || event.metaKey || event.ctrlKey || event.shiftKey) return;
    // On the comparison a site less is a column less: that page comes anew.
    if (document.body.classList.contains("page--compare")) return;
    event.preventDefault();
    if (clear) change([]);
    else toggle(button.dataset.keepId);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !event.target.matches?.("[data-keep-id][role=button]")) return;
    event.preventDefault();
    event.target.click();
  });
  // A card opens, or a list is ranked anew: what came in takes the list along too.
  let planned = 0;
  new MutationObserver(() => {
    cancelAnimationFrame(planned);
    planned = requestAnimationFrame(show);
  }).observe(document.body, { childList: true, subtree: true });
  for (const name of ["pointerdown", "focusin"]) {
    // The map writes its place into the address without a word.
    document.addEventListener(name, ({ target }) => {
      const link = target.closest?.("a[data-view]");
      if (link) showOtherView(link);
    });
  }
  addEventListener("popstate", () => {
    kept = idsIn(location.search);
    show();
  });
  show();
}

function idsIn(search) {
  const written = new URLSearchParams(search).getAll("keep").join(",");
  return [...new Set(written.split(",").map((id) => id.trim()).filter(Boolean))];
}

function toggle(id) {
  if (kept.includes(id)) change(kept.filter((other) => other !== id));
  else if (kept.length >= Number(theBar().dataset.most)) say(theBar().dataset.full);
  else change([...kept, id]);
}

function change(ids) {
  kept = ids;
  const { none, one, many } = theBar().dataset;
  say(kept.length === 0 ? none : kept.length === 1 ? one : many.replace("{n}", kept.length));
  show();
}

function say(text) {
  theBar().querySelector("[data-kept-count]").textContent = text;
}

/** Bring address, buttons, links and forms in step with the list. */
function show() {
  const keep = kept.join(",") || null;
  const here = location.pathname + location.search;
  if (idsIn(location.search).join(",") !== (keep ?? "")) {
    history.replaceState(history.state, "", withQuery(here, { keep }) + location.hash);
  }
  for (const button of document.querySelectorAll("[data-keep-id]")) showButton(button);
  for (const link of document.querySelectorAll("a[href]")) carry(link, { keep });
  for (const link of document.querySelectorAll("a[data-view]")) showOtherView(link);
  for (const form of document.querySelectorAll("form")) carryInForm(form, keep);
  const bar = theBar();
  if (!bar) return;
  bar.querySelector("[data-kept-links]").hidden = kept.length === 0;
  const compare = bar.querySelector("[data-kept-compare]");
  if (compare) set(compare, "href", compareUrl(keep));
}

function showButton(button) {
  const on = kept.includes(button.dataset.keepId);
  set(button, "role", "button");
  set(button, "aria-pressed", String(on));
  set(button, "aria-label", on ? button.dataset.labelOn : button.dataset.labelOff);
  const word = button.querySelector("[data-keep-word]");
  write(word, on ? word.dataset.on : word.dataset.off);
  write(button.querySelector(".keep__mark"), on ? "★" : "☆");
}

/** What the server does for the links of a page (webapp/carried.py), for those that came later. */
function carry(link, carried) {
  const href = link.getAttribute("href");
  if (link.dataset.leaves || !takesTheList(href)) return;
  if (isPresentation) carried.view = "prospect";
  set(link, "href", withQuery(href.startsWith("?") ? location.pathname + href : href, carried));
}

/** The same page as a presentation, or no longer as one, with all that is chosen by now. */
function showOtherView(link) {
  // Which requirement the need came from is for staff.
  const changes = link.dataset.view ? { view: link.dataset.view, record: null } : { view: null };
  set(link, "href", withQuery(location.pathname + location.search, changes));
}

function carryInForm(form, keep) {
  if (form.method !== "get" || !takesTheList(form.getAttribute("action") ?? location.pathname)) return;
  let field = form.querySelector('input[name="keep"]');
  if (!keep) field?.remove();
  else if (!field) {
    field = Object.assign(document.createElement("input"), { type: "hidden", name: "keep", value: keep });
    form.prepend(field);
  } else if (field.value !== keep) field.value = keep;
}

function takesTheList(address) {
  if (address.includes("#")) return false;
  const [path] = address.split("?");
  return LISTING.has((path || (address.startsWith("?") ? location.pathname : "")).split("/")[1]);
}

/** The need of this page goes along to the comparison; the filter of a list is none. */
function compareUrl(keep) {
  const own = new URLSearchParams(location.search);
  const asks = /^\/(match|compare)\b/.test(location.pathname);
  for (const name of new Set(own.keys())) {
    if (OF_A_PAGE.includes(name) || !(asks || OF_THE_FRAME.includes(name))) own.delete(name);
  }
  return withQuery(`/compare?${own}`, { keep });
}

/** Write only what changes, or the observer of the page would never rest. */
function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
