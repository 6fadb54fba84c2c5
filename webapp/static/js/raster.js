/** A surface of the map: tiles below all layers, and the lines between its classes. */
import { getJson, withQuery } from "./net.js";

const LINE = { color: "#2f1a52", weight: 1, opacity: 0.75, fill: false, interactive: false, smoothFactor: 0.5 };

export class RasterView {
  /**
   * @param {import("./board.js").Board} board
   * @param {Object} config see webapp/maps/view.py, MapRaster
   * @param {number} index place among the layers, from bottom to top
   */
  constructor(board, config, index) {
    this.board = board;
    this.config = config;
    this.on = config.on;
    this.isSurface = true;
    this.items = new Map();
    this.visible = [];
    this.answer = null;
    this.waiting = new Set();
    this.isNamed = false;
    this.isCut = false;
    this.total = 0;
    this.contours = [];
    this.asked = null;
    const name = `layer-${config.id}`;
    const pane = board.map.createPane(name);
    pane.style.zIndex = 260 + index;
    pane.style.pointerEvents = "none";
    this.tiles = L.tileLayer(this.address(config.url), {
      pane: name, minZoom: config.min_zoom, maxZoom: config.max_zoom,
    });
    // below the names and all records, above the tiles of the same pane
    this.lines = L.layerGroup();
    this.drawing = { ...LINE, pane: name, renderer: L.svg({ pane: name, padding: 0.3 }) };
    this.tiles.on("loading", () => this.wait("tiles"));
    this.tiles.on("load", () => this.done("tiles"));
  }

  /** Whether something of it is on its way. */
  get loading() {
    return this.waiting.size > 0;
  }

  /** What a prospect looks at asks for what anyone may see, whoever is signed in. */
  address(url) {
    return this.board.shownTo ? `${url}&view=${encodeURIComponent(this.board.shownTo)}` : url;
  }

  wait(part) {
    this.waiting.add(part);
    this.board.emit("loading", { view: this });
  }

  done(part) {
    this.waiting.delete(part);
    this.board.emit("data", { view: this });
  }

  /** Whether the surface draws at the zoom of the view. */
  get inRange() {
    const zoom = this.board.map.getZoom();
    return Math.ceil(zoom) >= this.config.min_zoom && Math.floor(zoom) <= this.config.max_zoom;
  }

  setOn(on) {
    this.on = on;
    this.refresh();
  }

  /** Draw or take away; which tiles the view needs is known to the map. */
  refresh() {
    const { map } = this.board;
    if (this.on && !map.hasLayer(this.tiles)) this.tiles.addTo(map);
    if (!this.on && map.hasLayer(this.tiles)) this.tiles.remove();
    const isLined = this.on && this.inRange;
    if (isLined && !map.hasLayer(this.lines)) this.lines.addTo(map);
    if (!isLined && map.hasLayer(this.lines)) this.lines.remove();
    if (isLined) this.ask();
    if (!isLined) this.done("tiles");
  }

  /** Ask for the contours, once. */
  async ask() {
    if (this.asked || !this.config.contours_url) return;
    const language = this.board.description.language;
    this.asked = getJson(withQuery(this.address(this.config.contours_url), { lang: language }));
    this.wait("contours");
    try {
      this.contours = (await this.asked).features.map((feature) => contourOf(feature));
      for (const { points } of this.contours) this.lines.addLayer(L.polyline(points, this.drawing));
      this.done("contours");
    } catch (error) {
      this.asked = null;
      this.waiting.delete("contours");
      this.board.emit("failed", { view: this, error });
    }
  }

  retry() {
    if (!this.on) return;
    this.tiles.redraw();
    this.ask();
  }

  /** What is written on the lines in the view: once in full for each value, else its number. */
  names(halfway) {
    if (!this.on || !this.inRange) return [];
    const view = this.board.map.getBounds();
    const told = new Set();
    const names = [];
    for (const { points, value, label, number } of this.contours) {
      const at = halfway(points, view);
      if (!at) continue;
      names.push({
        at, text: told.has(value) ? number : label, layer: this.config.id, key: "", kind: "contour",
        isNumber: false, beside: false, rank: told.has(value) ? 60 : 20, length: 0,
      });
      told.add(value);
    }
    return names;
  }

  /** Nothing of a surface can be lit. */
  light() {}
}

function contourOf({ geometry, properties }) {
  return { ...properties, points: geometry.coordinates.map(([lon, lat]) => L.latLng(lat, lon)) };
}
