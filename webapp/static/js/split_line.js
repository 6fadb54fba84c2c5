/** The cut as it is drawn: press to add a point, pull a point, undo; the field holds it in RD. */
import { lonLatToRd } from "./rd.js";

/**
 * @param {import("./board.js").Board} board
 * @param {HTMLFormElement} form
 * @param {(pause: number) => void} plan asks for the plan after a pause
 */
export class DrawnLine {
  constructor(board, form, plan) {
    this.board = board;
    this.form = form;
    this.plan = plan;
    this.field = form.elements.line;
    this.tools = form.querySelector("[data-draw]");
    this.button = this.tools.querySelector("[data-draw-on]");
    this.points = [];
    this.pulled = false;
    board.map.createPane("cut").style.zIndex = 650;
    this.group = L.layerGroup().addTo(board.map);
    this.bind();
  }

  bind() {
    this.tools.hidden = false;
    this.button.addEventListener("click", () => this.setDrawing(!this.isDrawing));
    this.tools.querySelector("[data-draw-undo]").addEventListener("click", () => this.keep(this.points.slice(0, -1)));
    this.tools.querySelector("[data-draw-clear]").addEventListener("click", () => {
      this.keep([]);
      this.setDrawing(true);
    });
    this.board.map.on("click", ({ latlng }) => {
      if (this.isDrawing) this.keep([...this.points, latlng]);
    });
    this.form.addEventListener("change", ({ target }) => {
      if (target.name === "how") this.setDrawing(this.isAsked && this.points.length < 2);
    });
    this.board.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.setDrawing(false);
    });
    this.setDrawing(this.isAsked && this.field.value === "");
  }

  get isAsked() {
    return this.form.elements.how.value === "line";
  }

  get isDrawing() {
    return this.button.getAttribute("aria-pressed") === "true";
  }

  setDrawing(on) {
    const { map, element } = this.board;
    this.button.setAttribute("aria-pressed", String(on));
    element.classList.toggle("is-drawing", on);
    // Two quick points are no wish to come nearer.
    map.doubleClickZoom[on ? "disable" : "enable"]();
    if (on) this.board.lowerPanel();
    this.draw();
  }

  /** Points as the server read them out of the field. */
  take(points) {
    if (this.pulled) return;
    this.points = points.map(([lng, lat]) => L.latLng(lat, lng));
    this.draw();
  }

  /** Other points than before: write them into the field, and ask. */
  keep(points, pause = 0) {
    this.points = points;
    this.field.value = points
      .map(({ lng, lat }) => lonLatToRd(lng, lat).map((metres) => metres.toFixed(2)).join(" "))
      .join("\n");
    this.draw();
    this.plan(pause);
  }

  draw() {
    if (this.pulled) {
      this.drawn?.setLatLngs(this.points);
      return;
    }
    this.group.clearLayers();
    if (!this.isAsked) return;
    this.drawn = L.polyline(this.points, {
      pane: "cut", color: "#101010", weight: 3, dashArray: "8 5", interactive: false,
    }).addTo(this.group);
    this.points.forEach((point, index) => this.handle(point, index).addTo(this.group));
  }

  /** A point that can be pulled; at the keyboard the field does the same. */
  handle(point, index) {
    const icon = L.divIcon({ className: "vertex", iconSize: [18, 18] });
    const handle = L.marker(point, { icon, pane: "cut", draggable: true, keyboard: false });
    handle.on("dragstart", () => {
      this.pulled = true;
    });
    handle.on("drag", ({ latlng }) => this.keep(this.points.with(index, latlng), 60));
    handle.on("dragend", () => {
      this.pulled = false;
      this.keep(this.points);
    });
    return handle;
  }
}
