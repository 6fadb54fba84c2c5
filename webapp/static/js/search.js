/** The search box: a combobox; arrows choose, Enter goes there, Escape closes. */
import { element } from "./dom.js";
import { getJson, withQuery } from "./net.js";

const PAUSE_MS = 180;
const SHORTEST = 2;

/** @param {import("./board.js").Board} board */
export function bindSearch(board) {
  const form = document.querySelector("[data-search]");
  if (form) new Search(board, form).bind();
}

class Search {
  constructor(board, form) {
    this.board = board;
    this.form = form;
    this.box = form.querySelector("[role=combobox]");
    this.list = form.querySelector("[role=listbox]");
    this.status = form.querySelector("[data-search-status]");
    this.hits = [];
    this.at = -1;
  }

  bind() {
    this.box.addEventListener("input", () => {
      clearTimeout(this.pause);
      this.pause = setTimeout(() => this.ask(), PAUSE_MS);
    });
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (this.list.hidden) await this.ask();
      if (this.hits.length) this.go(Math.max(this.at, 0));
    });
    this.list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option) return;
      event.preventDefault();
      this.go([...this.list.children].indexOf(option));
    });
  }

  async ask() {
    clearTimeout(this.pause);
    this.asking?.abort();
    const text = this.box.value.trim();
    if (text.length < SHORTEST) return this.close();
    this.asking = new AbortController();
    const { as_of: asOf, language } = this.board.description;
    try {
      const url = withQuery("/search", { q: text, as_of: asOf, lang: language });
      this.show((await getJson(url, this.asking.signal)).hits, text);
    } catch (error) {
      if (error.name === "AbortError") return undefined;
      this.tell(error.kind === "unreachable" ? this.board.say("unreachable") : error.detail);
    }
    return undefined;
  }

  show(hits, text) {
    this.hits = hits;
    this.at = -1;
    if (!hits.length) {
      this.tell(this.board.say("no_hits", { text }));
      return;
    }
    this.list.replaceChildren(...hits.map((hit, index) => element("li",
      { role: "option", id: `search-hit-${index}`, class: "search__hit", "aria-selected": "false" },
      element("span", { class: "search__title" }, hit.title),
      element("span", { class: "search__detail" }, [hit.layer_title, hit.detail].filter(Boolean).join(" · ")))));
    this.status.textContent = this.board.say("hits", { n: hits.length });
    this.setOpen(true);
  }

  /** A line in the list that cannot be chosen. */
  tell(text) {
    this.hits = [];
    this.at = -1;
    this.status.textContent = text;
    this.list.replaceChildren(element("li", { role: "option", "aria-disabled": "true", "aria-selected": "false", class: "search__hit" }, text));
    this.setOpen(true);
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.hits.length) {
      event.preventDefault();
      this.setOpen(true);
      this.mark((this.at + step + this.hits.length + (this.at < 0 && step < 0 ? 1 : 0)) % this.hits.length);
    } else if (event.key === "Escape") {
      if (this.list.hidden) this.box.value = "";
      this.close();
    }
  }

  mark(index) {
    this.at = index;
    [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    this.box.setAttribute("aria-activedescendant", `search-hit-${index}`);
    this.list.children[index].scrollIntoView({ block: "nearest" });
  }

  go(index) {
    const hit = this.hits[index];
    if (!hit) return;
    this.close();
    this.box.value = hit.title;
    const { board } = this;
    const view = board.layer(hit.layer);
    if (view && !view.on) {
      const box = document.querySelector(`[data-layers] input[name=layers][value="${CSS.escape(hit.layer)}"]`);
      if (box) box.click();
      else board.toggle(hit.layer, true);
    }
    if (hit.lon !== null && hit.lat !== null) {
      const zoom = Math.max(board.map.getZoom(), view?.config.min_zoom ?? 0, 14.5);
      board.map.setView([hit.lat, hit.lon], zoom, { animate: false });
      board.map.panBy([0, board.covered() / 2], { animate: false });
    }
    board.choose(hit.layer, hit.key, { focus: true });
    board.light(hit.layer, hit.key, "map");
  }

  close() {
    this.setOpen(false);
  }

  setOpen(open) {
    this.list.hidden = !open;
    this.box.setAttribute("aria-expanded", String(open));
    if (!open) {
      this.at = -1;
      this.box.removeAttribute("aria-activedescendant");
    }
  }
}
