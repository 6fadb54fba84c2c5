/**
 * A form whose plan is drawn up anew while it is filled in: the server answers the same address
 * with the parts of the page, and only these are swapped. Splits and mergers share it.
 */
import { currentBoard } from "./map.js";
import { NetError, getText, withQuery } from "./net.js";

const PATIENCE_MS = 300;
const TYPING_MS = 400;
const OWN_ARGS = ["lang", "as_of", "at"];

/**
 * @param {HTMLFormElement} form
 * @param {string} slot id of the part of the form that the answer brings anew
 * @param {(plan: HTMLElement) => void} take shows what else the plan tells
 * @returns {(pause: number) => void} asks after a pause; what is asked meanwhile is one question
 */
export function planWhileAsked(form, slot, take) {
  const board = currentBoard();
  let planned = 0;
  let asking = null;

  const plan = (pause) => {
    clearTimeout(planned);
    asking?.abort();
    planned = setTimeout(ask, pause);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    plan(0);
  });
  form.addEventListener("input", ({ target }) => {
    if (target.matches("input:not([type=checkbox], [type=radio], [type=range]), textarea")) plan(TYPING_MS);
  });
  form.addEventListener("change", ({ target }) => {
    if (target.matches("[type=checkbox], [type=radio], select")) plan(0);
  });

  /** Address of what the form says. */
  function address() {
    const here = new URLSearchParams(location.search);
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "") query.append(name, value);
    for (const name of OWN_ARGS) if (here.has(name)) query.set(name, here.get(name));
    const text = query.toString().replaceAll("%2C", ",");
    return text ? `${location.pathname}?${text}` : location.pathname;
  }

  async function ask() {
    const mine = (asking = new AbortController());
    const here = address();
    const section = document.getElementById("plan");
    section.setAttribute("aria-busy", "true");
    const waiting = setTimeout(() => section.classList.add("is-waiting"), PATIENCE_MS);
    try {
      const answer = await getText(here, { "X-Fragment": "plan" }, mine.signal);
      const parts = new DOMParser().parseFromString(answer.text, "text/html");
      if (!answer.ok || !parts.getElementById("plan")) throw new NetError("refused");
      if (mine.signal.aborted) return;
      swap(parts, slot);
      swap(parts, "plan");
      mark(form);
      follow(here);
      take(document.getElementById("plan"));
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!(error instanceof NetError)) throw error;
      tell(form.dataset.wrong);
    } finally {
      clearTimeout(waiting);
      section.classList.remove("is-waiting");
      section.setAttribute("aria-busy", "false");
    }
  }

  mark(form);
  take(document.getElementById("plan"));
  return plan;

  /** The address, and the links and forms that show the same otherwise. */
  function follow(here) {
    history.replaceState(null, "", withQuery(here, { at: new URLSearchParams(location.search).get("at") }));
    const shown = location.pathname + location.search;
    for (const link of document.querySelectorAll("a[data-keep-view]")) {
      link.setAttribute("href", withQuery(shown, link.hreflang ? { lang: link.hreflang } : { as_of: null }));
    }
    for (const dates of document.querySelectorAll("[data-date-form]")) {
      dates.querySelectorAll("input[type=hidden]").forEach((field) => field.remove());
      for (const [name, value] of new URLSearchParams(location.search)) {
        if (name === "as_of") continue;
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name, value });
        dates.prepend(field);
      }
    }
    board.map.invalidateSize({ pan: false });
  }
}

/** Load a layer from another address, or take it off the map where there is none. */
export function showLayer(board, id, url) {
  const layer = board.layer(id);
  if (url && layer.config.url !== url) layer.load(url);
  if (layer.on !== Boolean(url)) board.toggle(id, Boolean(url));
}

/** Put a part in its place; the focus stays on the same field. */
function swap(parts, id) {
  const here = document.getElementById(id);
  const there = parts.getElementById(id);
  if (!here || !there) return;
  const { name, value, id: focused } = document.activeElement ?? {};
  const held = here.contains(document.activeElement);
  here.replaceWith(document.adoptNode(there));
  if (!held) return;
  const field = focused
    ? document.getElementById(focused)
    : there.querySelector(`[name="${CSS.escape(name ?? "")}"][value="${CSS.escape(value ?? "")}"]`);
  field?.focus({ preventScroll: true });
}

/** The field that a fault is about says so. */
function mark(form) {
  const fault = document.getElementById("fault");
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    if (field.getAttribute("aria-describedby") === "fault") field.removeAttribute("aria-describedby");
  }
  if (!fault) return;
  for (const field of form.querySelectorAll(`[name="${CSS.escape(fault.dataset.field)}"]`)) {
    field.setAttribute("aria-invalid", "true");
    if (!field.hasAttribute("aria-describedby")) field.setAttribute("aria-describedby", "fault");
  }
}

function tell(text) {
  const said = document.createElement("p");
  said.className = "field-error";
  said.setAttribute("role", "alert");
  said.textContent = text;
  document.querySelector("#plan .plan__record")?.remove();
  document.querySelector("#plan > [role=alert].field-error")?.remove();
  document.querySelector("#plan h2").after(said);
}
