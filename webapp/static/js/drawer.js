/** The table drawer: the rows of one layer that lie in the view, in step with the map. */
import { certaintyBadge, element } from "./dom.js";
import { withQuery } from "./net.js";
import { failureText } from "./status.js";

const ROWS_AT_ONCE = 300;
const PATIENCE_MS = 300;
const LONG_CELL = 40;

/** @param {import("./board.js").Board} board */
export function bindDrawer(board) {
  const root = document.getElementById(board.description.drawer);
  if (root?.querySelector("[data-drawer-table]")) new Drawer(board, root).bind();
}

class Drawer {
  constructor(board, root) {
    this.board = board;
    this.root = root;
    this.part = (name) => root.querySelector(`[data-drawer-${name}]`);
    this.holder = this.part("table");
    this.handle = this.part("handle");
    this.pick = this.part("layer");
    this.limit = ROWS_AT_ONCE;
    this.active = null;
  }

  bind() {
    const { board } = this;
    board.addEventListener("toggled", () => {
      this.fillPick();
      this.followZoom();
    });
    board.addEventListener("moved", () => {
      this.followZoom();
      this.update();
    });
    board.addEventListener("data", ({ detail: { view } }) => view === this.view && this.update());
    board.addEventListener("loading", ({ detail: { view } }) => view === this.view && this.wait());
    board.addEventListener("failed", ({ detail: { view, error } }) => {
      if (view === this.view) this.note(failureText(board, view, error));
    });
    board.addEventListener("lit", ({ detail }) => this.follow(detail));
    this.pick.addEventListener("change", () => this.activate(this.pick.value));
    this.holder.addEventListener("keydown", (event) => this.key(event));
    this.holder.addEventListener("click", (event) => this.open(event.target.closest("tr[data-key]"), false));
    this.bindHandle();
    this.fillPick();
  }

  get view() {
    return this.board.layer(this.active);
  }

  /** Offer the layers that are on; keep the active one while it is among them. */
  fillPick() {
    const shown = this.board.shown;
    const options = shown.map((view) => element("option", { value: view.config.id }, view.config.title));
    this.pick.replaceChildren(...options);
    this.pick.closest("label").hidden = shown.length === 0;
    const keep = shown.some((view) => view.config.id === this.active);
    const ahead = ({ order, zoom_span: span }) => order <= 30 || span;
    const first = shown.find((view) => view.inRange && ahead(view.config)) ?? shown[0];
    this.activate(keep ? this.active : (first?.config.id ?? null));
  }

  /** Of layers that take turns by zoom, the one that is drawn has the table. */
  followZoom() {
    const { view } = this;
    if (!view?.config.zoom_span || view.inRange) return;
    const drawn = this.board.shown.find((other) => other.config.zoom_span && other.inRange);
    if (drawn) this.activate(drawn.config.id);
  }

  activate(id) {
    this.active = id;
    this.limit = ROWS_AT_ONCE;
    if (id) this.pick.value = id;
    this.update();
  }

  /** Bring the row of a feature that the map points at into the table, however far down it is. */
  follow({ layer, key, origin }) {
    if (origin !== "map" || layer !== this.active || this.holder.hidden) return;
    const at = this.view.visible.findIndex((item) => item.key === key);
    if (at >= this.limit) {
      this.limit = at + ROWS_AT_ONCE;
      this.draw();
      this.holder.querySelector(`[data-key="${CSS.escape(key)}"]`)?.classList.add("is-lit");
    }
  }

  update() {
    clearTimeout(this.waiting);
    const { board, view } = this;
    const count = view ? view.visible.length : 0;
    this.part("count").textContent = view
      ? board.say("rows", { n: count.toLocaleString(board.description.language), layer: view.config.title })
      : this.rowless() ?? board.say("no_layer");
    this.links();
    if (!this.holder.hidden) this.draw();
  }

  /** What is said where nothing but a surface is drawn; null where none is. */
  rowless() {
    const surface = this.board.surfaces.at(-1);
    return surface ? this.board.say("no_rows", { layer: surface.config.title }) : null;
  }

  /** Links to the same rows as a page and as files. */
  links() {
    const { view, board } = this;
    const page = view?.config.table_url;
    const query = { bbox: page ? boundsText(board.map) : null, as_of: board.description.as_of };
    for (const [name, ending] of [["page", ""], ["geojson", ".geojson"], ["csv", ".csv"]]) {
      const link = this.part(name);
      link.hidden = !page;
      if (page) link.href = withQuery(page + ending, query);
    }
  }

  draw() {
    const { board, view } = this;
    if (!view) return this.note(this.rowless() ?? board.say("empty_hint"));
    if (!view.inRange) return this.note(board.say("zoom_for"));
    const visible = view.visible;
    if (!visible.length) {
      if (!view.loading) this.note(board.say("empty"));
      return undefined;
    }
    const focused = document.activeElement?.closest?.("tr[data-key]")?.dataset.key;
    const scrolled = this.holder.scrollTop;
    this.holder.replaceChildren(table(view, visible.slice(0, this.limit)));
    if (visible.length > this.limit) this.holder.append(this.moreButton(visible.length));
    this.holder.scrollTop = scrolled;
    if (focused) this.holder.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    const { lit } = board;
    if (lit) this.holder.querySelector(`[data-layer="${CSS.escape(lit.layer)}"][data-key="${CSS.escape(lit.key)}"]`)?.classList.add("is-lit");
    return undefined;
  }

  moreButton(total) {
    const text = this.board.say("more_rows", { shown: this.limit, total });
    const button = element("button", { type: "button", class: "text-button drawer__note" }, text);
    button.addEventListener("click", () => {
      this.limit += ROWS_AT_ONCE;
      this.draw();
    });
    return button;
  }

  note(text) {
    clearTimeout(this.waiting);
    this.holder.replaceChildren(element("p", { class: "drawer__note" }, text));
  }

  /** A skeleton, once waiting can be felt and there is nothing to look at. */
  wait() {
    clearTimeout(this.waiting);
    if (this.holder.hidden || this.holder.querySelector("table")) return;
    this.waiting = setTimeout(() => {
      const lines = Array.from({ length: 5 }, () => element("li"));
      this.holder.replaceChildren(element("ul", { class: "skeleton", "aria-hidden": "true" }, ...lines));
    }, PATIENCE_MS);
  }

  key(event) {
    const row = event.target.closest("tr[data-key]");
    if (!row || event.target !== row) return;
    const rows = [...this.holder.querySelectorAll("tr[data-key]")];
    const at = rows.indexOf(row);
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (target !== undefined) {
      event.preventDefault();
      rows[target]?.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.open(row, true);
    } else if (event.key === "Escape") {
      this.handle.focus();
    }
  }

  open(row, focus) {
    if (row) this.board.choose(row.dataset.layer, row.dataset.key, { pan: true, focus });
  }

  /** Press the handle to open or close, drag it to set the height. */
  bindHandle() {
    let start = null;
    this.handle.addEventListener("pointerdown", (event) => {
      start = { y: event.clientY, height: this.holder.hidden ? 0 : this.holder.offsetHeight, dragged: false };
      this.handle.setPointerCapture(event.pointerId);
    });
    this.handle.addEventListener("pointermove", (event) => {
      if (!start) return;
      const moved = start.y - event.clientY;
      if (Math.abs(moved) < 6 && !start.dragged) return;
      start.dragged = true;
      this.setHeight(start.height + moved);
    });
    this.handle.addEventListener("pointerup", () => {
      this.wasDragged = start?.dragged ?? false;
      start = null;
    });
    this.handle.addEventListener("click", () => {
      if (!this.wasDragged) this.setOpen(this.holder.hidden);
      this.wasDragged = false;
    });
    this.handle.addEventListener("keydown", (event) => {
      const step = { ArrowUp: 48, ArrowDown: -48 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.setHeight((this.holder.hidden ? 0 : this.holder.offsetHeight) + step);
    });
  }

  setHeight(pixels) {
    this.root.style.setProperty("--drawer-height", `${Math.max(96, pixels)}px`);
    this.setOpen(pixels >= 48);
  }

  setOpen(open) {
    if (this.holder.hidden === open) {
      this.holder.hidden = !open;
      this.handle.setAttribute("aria-expanded", String(open));
      if (open) this.draw();
    }
    this.board.map.invalidateSize({ pan: false });
  }
}

function boundsText(map) {
  const box = map.getBounds();
  return [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((n) => n.toFixed(5)).join(",");
}

function table(view, items) {
  const said = view.answer.view ?? { columns: [] };
  const columns = said.columns;
  const sure = items.some((item) => item.row.certaintyTitle);
  const words = view.board.words;
  const heads = columns.map(([, title, numeric]) => element("th", { scope: "col", class: numeric ? "numeric" : null }, title));
  if (!columns.length) heads.push(element("th", { scope: "col" }, view.config.title));
  heads.push(element("th", { scope: "col" }, words.source));
  if (sure) heads.push(element("th", { scope: "col" }, words.certainty));
  const body = items.map((item, index) => row(view, item, columns, { sure, first: index === 0 }));
  return element("table", { class: "utrecht-table rows" },
    element("caption", { class: "visually-hidden" }, view.config.title),
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...body));
}

function row(view, item, columns, { sure, first }) {
  const { cells, title, source, certainty, certaintyTitle } = item.row;
  const made = element("tr", { "data-layer": view.config.id, "data-key": item.key, tabindex: first ? "0" : "-1" });
  made.append(element("th", { scope: "row" }, (columns.length ? cells[0] : title) || title));
  columns.slice(1).forEach(([, , numeric], index) => {
    const text = cells[index + 1];
    made.append(element("td", { class: numeric ? "numeric" : text.length > LONG_CELL ? "long" : null }, text));
  });
  made.append(element("td", {}, source));
  if (sure) made.append(element("td", {}, certaintyBadge(certainty, certaintyTitle) ?? certaintyTitle));
  return made;
}
