/** The map with its layers, and what is lit or chosen; the parts of the page listen to it. */
import { LayerView } from "./layer.js";
import { installPatterns } from "./symbols.js";

const SETTLE_MS = 150;

/**
 * Events (CustomEvent, `detail` in brackets): `loading` {view}, `data` {view}, `failed`
 * {view, error}, `toggled` {view}, `lit` {layer, key, origin}, `unlit` {layer, key},
 * `chosen` {layer, key, focus}, `moved`.
 */
export class Board extends EventTarget {
  /**
   * @param {HTMLElement} element
   * @param {Object} description
   */
  constructor(element, description) {
    super();
    this.description = description;
    this.words = description.words;
    this.element = element;
    this.views = new Map();
    this.lit = null;
    this.chosen = null;
    this.map = L.map(element, {
      zoomControl: false, attributionControl: false, zoomSnap: 0.25, zoomDelta: 1,
      minZoom: 8, maxZoom: 20, wheelPxPerZoomLevel: 100,
      fadeAnimation: false, zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    });
    L.control.attribution({ prefix: false }).addTo(this.map);
    installPatterns(this.map);
  }

  /** Fill `{name}` in a text that the server sent. */
  say(name, values = {}) {
    return this.words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
  }

  /** @param {Object} config */
  addLayer(config) {
    this.add(new LayerView(this, config, this.views.size));
  }

  /** @param {LayerView|import("./raster.js").RasterView} view */
  add(view) {
    this.views.set(view.config.id, view);
  }

  /** @returns {LayerView|undefined} */
  layer(id) {
    return this.views.get(id);
  }

  /** Layers that are drawn and can be pointed at, uppermost last. */
  get shown() {
    return [...this.views.values()].filter((view) => view.on && !view.config.base && !view.isSurface);
  }

  /** Surfaces that are drawn, uppermost last. */
  get surfaces() {
    return [...this.views.values()].filter((view) => view.on && view.isSurface);
  }

  /** Set the first view; controls need it before they can be added. */
  place() {
    const { bounds, view } = this.description;
    if (view) this.map.setView([view[1], view[0]], view[2], { animate: false });
    else this.showBounds(bounds);
  }

  /** Load what lies in the view, now and after each move. */
  start() {
    this.map.on("moveend", () => {
      clearTimeout(this.settling);
      this.settling = setTimeout(() => this.refresh(), SETTLE_MS);
      this.emit("moved", {});
    });
    this.refresh();
  }

  /** Fit bounds [west, south, east, north] into the part of the map that nothing covers. */
  showBounds([west, south, east, north], maxZoom = 17) {
    this.map.fitBounds([[south, west], [north, east]], {
      animate: false, maxZoom, paddingTopLeft: [16, 16], paddingBottomRight: [16, 16 + this.covered()],
    });
  }

  /** Pixels at the lower edge that the panel hides on a small screen. */
  covered() {
    const panel = document.getElementById(this.description.panel);
    if (!panel || getComputedStyle(panel).position !== "absolute") return 0;
    const stage = this.element.getBoundingClientRect();
    return Math.max(0, Math.min(stage.height * 0.7, stage.bottom - panel.getBoundingClientRect().top));
  }

  /** Bring a sheet that covers all of the map back to its middle height. */
  lowerPanel() {
    const panel = document.getElementById(this.description.panel);
    panel?.dispatchEvent(new CustomEvent("lower"));
  }

  /** Ask each layer for what the view needs. */
  refresh() {
    for (const view of this.views.values()) view.refresh();
  }

  /** Draw a layer or take it away. */
  toggle(id, on) {
    this.layer(id).setOn(on);
    this.emit("toggled", { view: this.layer(id) });
  }

  /**
   * Light a feature wherever it stands: on the map, in the table, in a list.
   * @param {string} origin "map" or "page": who pointed; the other side scrolls along
   */
  light(layer, key, origin) {
    if (this.lit && this.lit.layer === layer && this.lit.key === key) return;
    this.unlight();
    this.lit = { layer, key };
    this.layer(layer)?.light(key, true);
    this.emit("lit", { layer, key, origin });
  }

  /** Put out whatever is lit. */
  unlight() {
    if (!this.lit) return;
    const { layer, key } = this.lit;
    this.lit = null;
    this.layer(layer)?.light(key, false);
    this.emit("unlit", { layer, key });
  }

  /**
   * Open a feature; it stays lit until another is opened or it is released.
   * @param {{pan?: boolean, focus?: boolean}} how move the map there; move focus to the card
   */
  choose(layer, key, { pan = false, focus = false } = {}) {
    this.release();
    this.chosen = { layer, key };
    this.layer(layer)?.light(key, true);
    if (pan) this.layer(layer)?.panTo(key);
    this.emit("chosen", { layer, key, focus });
  }

  /** Let go of the open feature. */
  release() {
    if (!this.chosen) return;
    const { layer, key } = this.chosen;
    this.chosen = null;
    this.layer(layer)?.light(key, false);
  }

  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
