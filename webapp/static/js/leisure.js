/** The screen of leisure: the sliders of the model answer on the map and in the tables at once. */
import { currentBoard } from "./map.js";
import { NetError, getText, withQuery } from "./net.js";

const CATCHMENT = "leisure_catchment";
const ATTRACTIONS = "attractions";
const DRAGGING_MS = 120;
const PATIENCE_MS = 300;

const form = document.querySelector("[data-model]");
if (form) new Model(form, currentBoard()).bind();

function Model(root, board) {
  const usual = Object.fromEntries(new URLSearchParams(root.querySelector("[data-usual]").dataset.usual.replaceAll(" ", "&")));
  const slides = Object.fromEntries([...root.querySelectorAll("[data-slide]")].map((slide) => [slide.dataset.slide, slide]));
  const names = Object.keys(slides);
  const status = root.querySelector("[data-model-status]");
  let planned = 0;
  let asking = null;

  this.bind = () => {
    for (const name of names) {
      const [slide, number] = [slides[name], root.elements[name]];
      slide.hidden = false;
      slide.addEventListener("input", () => {
        number.value = slide.value;
        plan();
      });
      number.addEventListener("input", () => {
        if (number.value === "" || !number.checkValidity()) return;
        slide.value = number.value;
        plan();
      });
      number.addEventListener("change", () => number.reportValidity());
    }
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      ask();
    });
    root.querySelector("[data-usual]").addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      for (const name of names) slides[name].value = root.elements[name].value = usual[name];
      ask();
    });
  };

  function plan() {
    clearTimeout(planned);
    planned = setTimeout(ask, DRAGGING_MS);
  }

  /** What is asked of the model; a usual value needs no place in an address. */
  function asked() {
    const told = names.map((name) => [name, root.elements[name].value]);
    return Object.fromEntries(told.map(([name, value]) => [name, value === "" || value === usual[name] ? null : value]));
  }

  async function ask() {
    clearTimeout(planned);
    asking?.abort();
    const mine = (asking = new AbortController());
    const state = asked();
    const parts = document.querySelectorAll("[data-live]");
    const waiting = setTimeout(() => {
      for (const part of parts) part.classList.add("is-waiting");
    }, PATIENCE_MS);
    for (const part of parts) part.setAttribute("aria-busy", "true");
    try {
      const answer = await getText(withQuery(location.pathname + location.search, state), { "X-Fragment": "model" }, mine.signal);
      if (!answer.ok) throw new NetError("refused");
      carry(state);
      draw(state);
      for (const there of new DOMParser().parseFromString(answer.text, "text/html").querySelectorAll("[data-live]")) put(there);
      say(root.dataset.done);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!(error instanceof NetError)) throw error;
      say(root.dataset.wrong, true);
    } finally {
      clearTimeout(waiting);
      if (asking === mine) {
        for (const part of document.querySelectorAll("[data-live]")) {
          part.classList.remove("is-waiting");
          part.removeAttribute("aria-busy");
        }
      }
    }
  }

  function draw(state) {
    const catchment = board.layer(CATCHMENT);
    catchment?.load(withQuery(catchment.config.url, state));
    const attractions = board.layer(ATTRACTIONS);
    // Of a place that is opened later the catchment is asked with these parameters too.
    for (const link of attractions?.config.links ?? []) link[1] = withQuery(link[1], state).replace("%7Bkey%7D", "{key}");
  }

  /** The address, and the links and forms that show the same otherwise. */
  function carry(state) {
    history.replaceState(history.state, "", withQuery(location.pathname + location.search, state));
    for (const link of document.querySelectorAll('a[href^="/leisure"]')) {
      if (link.closest(".head__menu") || link.dataset.usual) continue;
      const [address, part] = link.getAttribute("href").split("#");
      link.setAttribute("href", withQuery(address, state) + (part ? `#${part}` : ""));
    }
    for (const other of document.querySelectorAll('form[method="get"]')) {
      if (other === root || new URL(other.action, location).pathname !== location.pathname) continue;
      for (const [name, value] of Object.entries(state)) hold(other, name, value);
    }
  }

  function hold(other, name, value) {
    const field = other.elements.namedItem(name);
    if (value === null) field?.remove();
    else if (field) field.value = value;
    else other.prepend(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }

  function say(text, isWrong = false) {
    status.textContent = text;
    status.classList.toggle("is-wrong", isWrong);
    status.classList.toggle("visually-hidden", !isWrong);
  }
}

/** Put a part in its place; what was unfolded there stays so, what was folded too. */
function put(there) {
  const here = document.getElementById(there.id);
  if (!here) return;
  for (const fold of here.querySelectorAll("details[id]")) {
    const same = there.querySelector(`#${CSS.escape(fold.id)}`);
    if (same) same.open = fold.open;
  }
  here.replaceWith(document.adoptNode(there));
}
