/**
 * The date slider of a page with figures and a map (templates/macros/replay.html). Each stop asks
 * the map layers and the parts that its form names anew without a page load, and stands in the
 * address; what costs more follows at rest.
 */
import { NetError, getText, withQuery } from "./net.js";

const PATIENCE_MS = 300;
const DRAGGING_MS = 80;
const REST_MS = 500;
const STEP_MS = 450;
const STILL_STEP_MONTHS = 12;
const MOST_STEPS = 48;

/**
 * Run the slider of the page, where there is one.
 * @param {Board} board the map whose layers follow
 * @returns {Replay|null} `again` asks for the figures of the day anew, when the address asks
 *   something else of it; null where there is no slider
 */
export function bindReplay(board) {
  // Folded, a table cannot scroll yet, and has lost its stop for the keyboard.
  for (const table of document.querySelectorAll(".fold .table-scroll")) table.setAttribute("tabindex", "0");
  const form = document.querySelector("[data-time]");
  if (!form) return null;
  bindCardToDay(board, words(form.dataset.mapLayers));
  const replay = new Replay(board, form);
  replay.bind();
  return replay;
}

/** On another day the feature whose card is open may have another status. */
function bindCardToDay(board, layers) {
  const daysDrawn = new Map();
  board.addEventListener("data", ({ detail: { view } }) => {
    const { id } = view.config;
    const day = view.answer?.as_of;
    if (!layers.includes(id) || !day || day === daysDrawn.get(id)) return;
    const { chosen } = board;
    const isKnown = daysDrawn.has(id) && chosen?.layer === id && view.items.has(chosen.key);
    daysDrawn.set(id, day);
    if (isKnown && isCardOpen()) board.emit("chosen", { ...chosen, focus: false });
  });
}

function isCardOpen() {
  return document.querySelector("[data-card]")?.hidden === false;
}

function Replay(board, root) {
  const part = (name) => root.querySelector(`[data-time-${name}]`);
  const range = part("range");
  const play = part("play");
  const end = part("end");
  const status = part("status");
  const stops = words(root.dataset.stops);
  const atStops = words(root.dataset.parts);
  const atRest = words(root.dataset.rest);
  const layers = words(root.dataset.mapLayers);
  const isStill = matchMedia("(prefers-reduced-motion: reduce)");
  let planned = 0;
  let resting = 0;
  let playing = 0;
  let asking = null;
  let shownDay = stops[range.value];

  this.again = async () => {
    clearTimeout(resting);
    age();
    // Only whoever was not overtaken may ask for what costs more: it would stop the other.
    if ((await swap(atStops)) && !playing) rest();
  };

  this.bind = () => {
    range.hidden = play.hidden = false;
    part("go").hidden = true;
    name();
    range.addEventListener("input", () => {
      stop();
      say();
      clearTimeout(planned);
      planned = setTimeout(() => show(stops[range.value]), DRAGGING_MS);
    });
    end.addEventListener("change", () => {
      if (!end.value) return;
      stop();
      goTo(end.value);
    });
    root.addEventListener("submit", (event) => event.preventDefault());
    document.querySelector(".stage [data-date-form]").addEventListener("submit", (event) => {
      const day = event.target.elements.as_of.value;
      if (!stops.includes(day)) return;
      event.preventDefault();
      stop();
      goTo(day);
    });
    play.addEventListener("click", () => {
      if (isStill.matches) stepOn(STILL_STEP_MONTHS);
      else if (playing) stop();
      else start();
    });
    isStill.addEventListener("change", () => {
      stop();
      name();
    });
  };

  /** Who asked for less motion steps by hand. */
  function name() {
    const word = isStill.matches ? "step" : playing ? "pause" : "play";
    play.textContent = root.dataset[word];
  }

  function say() {
    range.setAttribute("aria-valuetext", dayWords(stops[range.value], board));
  }

  function goTo(day) {
    range.value = stops.indexOf(day);
    say();
    return show(day);
  }

  function start() {
    if (Number(range.value) === stops.length - 1) range.value = 0;
    playing = 1;
    name();
    run();
  }

  function stop() {
    if (!playing) return;
    playing = 0;
    name();
    // What is still asked for a stop must not be let go: the rest follows when it is there.
    if (!asking) rest();
  }

  /** One stop after the other; the next one waits until this one is drawn. */
  async function run() {
    const stride = Math.ceil(stops.length / MOST_STEPS);
    while (playing) {
      const began = performance.now();
      await stepOn(stride);
      if (Number(range.value) === stops.length - 1) stop();
      await pause(STEP_MS - (performance.now() - began));
    }
  }

  function stepOn(stride) {
    const last = stops.length - 1;
    const at = Number(range.value);
    return goTo(stops[at === last ? 0 : Math.min(at + stride, last)]);
  }

  /** Ask for the map and the figures of a day. */
  async function show(day) {
    if (day === shownDay) return;
    shownDay = day;
    clearTimeout(resting);
    board.description.as_of = day === stops.at(-1) && isToday(day) ? null : day;
    follow();
    age();
    await Promise.all([...layers.map((id) => board.layer(id)?.refresh()), swap(atStops)]);
    if (shownDay === day && !playing) rest();
  }

  /** What costs more tells of another question until it follows. */
  function age() {
    for (const id of atRest) document.getElementById(id)?.classList.add("is-stale");
  }

  function rest() {
    clearTimeout(resting);
    if (atRest.length) resting = setTimeout(() => swap(atRest), REST_MS);
  }

  /**
   * Ask for parts by their ids; what was asked before and is not there yet is let go.
   * @returns {Promise<boolean>} whether they came
   */
  async function swap(ids) {
    asking?.abort();
    const mine = (asking = new AbortController());
    const places = ids.map((id) => document.getElementById(id)).filter(Boolean);
    for (const here of places) here.setAttribute("aria-busy", "true");
    const waiting = setTimeout(() => {
      for (const here of places) here.classList.add("is-waiting");
    }, PATIENCE_MS);
    try {
      for (const parts of await Promise.all(ids.map((id) => fetched(id, mine.signal)))) take(parts);
      if (ids === atStops && !playing) status.textContent = dayWords(shownDay, board);
      if (status.textContent === root.dataset.wrong) status.textContent = "";
      status.classList.remove("is-wrong");
      return true;
    } catch (error) {
      if (error.name === "AbortError") return false;
      if (!(error instanceof NetError)) throw error;
      stop();
      status.textContent = root.dataset.wrong;
      status.classList.add("is-wrong");
      return false;
    } finally {
      if (asking === mine) asking = null;
      clearTimeout(waiting);
      for (const here of places) {
        here.classList.remove("is-waiting");
        here.setAttribute("aria-busy", "false");
      }
    }
  }

  async function fetched(id, signal) {
    const answer = await getText(address(), { "X-Fragment": id }, signal);
    if (!answer.ok) throw new NetError("refused");
    return new DOMParser().parseFromString(answer.text, "text/html");
  }

  /** Put what an answer holds in its place. */
  function take(parts) {
    for (const there of parts.querySelectorAll("[data-live]")) put(document.getElementById(there.id), there);
    notice(parts.querySelector(".date-notice"));
  }

  /** What was unfolded stays so. */
  function put(here, there) {
    if (!here) return;
    for (const fold of here.querySelectorAll("details[open][id]")) {
      there.querySelector(`#${CSS.escape(fold.id)}`)?.setAttribute("open", "");
    }
    const focused = document.activeElement?.closest?.("details")?.id;
    const held = here.contains(document.activeElement);
    here.replaceWith(document.adoptNode(there));
    if (held && focused) document.getElementById(focused)?.querySelector("summary")?.focus({ preventScroll: true });
  }

  function notice(said) {
    const here = document.querySelector(".date-notice");
    if (here && said) here.replaceWith(document.adoptNode(said));
    else if (said) document.querySelector(".head").after(document.adoptNode(said));
    else here?.remove();
    // The map has another height only where the notice came or went.
    if (Boolean(here) !== Boolean(said)) board.map.invalidateSize({ pan: false });
  }

  function address() {
    return withQuery(location.pathname + location.search, {});
  }

  /** The address, the links and the forms of the page show the day of the slider. */
  function follow() {
    const asOf = board.description.as_of;
    history.replaceState(null, "", withQuery(location.pathname + location.search, { as_of: asOf }));
    for (const link of document.querySelectorAll("a[data-keep-date], a[data-keep-view]")) {
      if (link.dataset.keepView === "today") continue;
      link.setAttribute("href", withQuery(link.getAttribute("href"), { as_of: asOf }));
    }
    for (const field of document.querySelectorAll(".stage #as-of")) field.value = shownDay;
    const ask = document.querySelector("[data-ask]");
    if (ask) {
      const field = ask.querySelector("[name=as_of]") ?? document.createElement("input");
      Object.assign(field, { type: "hidden", name: "as_of", value: asOf ?? "" });
      ask.prepend(field);
    }
    end.value = [...end.options].some((option) => option.value === shownDay) ? shownDay : "";
  }

  function isToday(day) {
    return day === root.dataset.today;
  }
}

/** Words of an attribute; none where it is missing. */
function words(text) {
  return (text ?? "").split(" ").filter(Boolean);
}

function dayWords(day, board) {
  const [year, month, date] = day.split("-").map(Number);
  const language = board.description.language === "en" ? "en-GB" : "nl";
  return new Date(year, month - 1, date).toLocaleDateString(language, {
    day: "numeric", month: "long", year: "numeric",
  });
}

function pause(ms) {
  return new Promise((done) => {
    setTimeout(done, Math.max(0, ms));
  });
}
