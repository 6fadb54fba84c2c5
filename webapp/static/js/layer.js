/** One layer of the map: asks for what the view needs, keeps it, draws it. */
import { curvedLine } from "./curves.js";
import { getJson, withQuery } from "./net.js";
import { meets } from "./within.js";
import { featureStyle, litStyle, needsMark, pointMark } from "./symbols.js";

const KEPT_ANSWERS = 12;
const MOST_FEATURES = 5000;
const POINT_PX = 16;
const POINT_MORE_PX = 28;

/**
 * @typedef {Object} Item one feature as drawn
 * @property {string} key
 * @property {Object} feature GeoJSON
 * @property {L.Layer[]} drawn
 * @property {L.LatLngBounds|null} bounds
 * @property {{title: string, cells: string[], source: string, certainty: string,
 *   certaintyTitle: string}} row
 */

export class LayerView {
  constructor(board, config, index) {
    this.board = board;
    this.config = config;
    this.on = config.on;
    this.items = new Map();
    this.answers = new Map();
    this.answer = null;
    this.loading = null;
    this.group = L.featureGroup();
    this.pane = `layer-${config.id}`;
    const pane = board.map.createPane(this.pane);
    pane.style.zIndex = config.base ? 250 : 400 + index;
    if (config.base) pane.style.pointerEvents = "none";
    this.renderer = L.svg({ pane: this.pane, padding: 0.3 });
    this.classes = new Map(config.legend.map((item) => [item.value, item]));
  }

  /** Whether the layer draws at the zoom of the view. */
  get inRange() {
    const zoom = this.board.map.getZoom();
    const span = this.config.zoom_span;
    if (span) return zoom >= span[0] && zoom < span[1];
    return Math.ceil(zoom) >= this.config.min_zoom && Math.floor(zoom) <= this.config.max_zoom;
  }

  /** Whether names are written at the zoom of the view. */
  get isNamed() {
    return Math.ceil(this.board.map.getZoom()) >= this.config.label_zoom;
  }

  setOn(on) {
    this.on = on;
    if (on) this.refresh();
    else this.clear();
  }

  /** Take features from another address, such as the answer to a changed question. */
  load(url) {
    this.config.url = url;
    this.answers.clear();
    this.refresh();
  }

  /** Drop what was loaded and ask again. */
  retry() {
    this.answers.clear();
    this.refresh();
  }

  /** Load and draw what the view needs, unless that is there. */
  async refresh() {
    this.loading?.abort();
    this.loading = null;
    if (!this.on || !this.inRange) {
      this.clear();
      this.board.emit("data", { view: this });
      return;
    }
    const url = this.requestUrl();
    if (this.answers.has(url)) {
      this.show(url, this.answers.get(url));
      return;
    }
    const loading = (this.loading = new AbortController());
    this.board.emit("loading", { view: this });
    try {
      const answer = await getJson(url, loading.signal);
      this.loading = null;
      this.keep(url, answer);
      this.show(url, answer);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.loading = null;
      this.board.emit("failed", { view: this, error });
    }
  }

  /** Address for the view; bounds are widened to tiles so that a small move asks nothing. */
  requestUrl() {
    const { as_of: asOf, language } = this.board.description;
    const bbox = this.config.whole ? null : snapped(this.board.map);
    return withQuery(this.config.url, {
      bbox, as_of: asOf, lang: language, for: "map", view: this.board.shownTo,
      limit: this.config.whole ? null : MOST_FEATURES,
    });
  }

  keep(url, answer) {
    this.answers.set(url, answer);
    if (this.answers.size > KEPT_ANSWERS) this.answers.delete(this.answers.keys().next().value);
  }

  clear() {
    this.group.clearLayers();
    this.group.remove();
    this.items.clear();
    this.answer = null;
    this.drawnUrl = null;
  }

  show(url, answer) {
    if (this.drawnUrl !== url || this.answer !== answer) {
      this.clear();
      this.answer = answer;
      this.drawnUrl = url;
      this.widest = Math.max(...answer.features.map((f) => f.properties[this.config.width_field] ?? 0), 1);
      answer.features.forEach((feature, index) => this.draw(feature, index));
      this.group.addTo(this.board.map);
      for (const marked of [this.board.lit, this.board.chosen]) {
        if (marked?.layer === this.config.id) this.light(marked.key, true);
      }
    }
    this.board.emit("data", { view: this });
  }

  draw(feature, index) {
    const key = uniqueKey(this.items, String(feature.id ?? index));
    const item = { key, feature, drawn: [], bounds: null, row: rowOf(this.answer, index, feature) };
    this.items.set(key, item);
    if (!feature.geometry) return;
    const shape = this.shapeOf(feature);
    item.drawn.push(shape);
    item.bounds = shape.getBounds();
    if (needsMark(feature, this.classOf(feature))) {
      item.drawn.push(pointMark(item.bounds.getCenter(), this.classOf(feature), this.pane));
    }
    for (const part of item.drawn) {
      if (!this.config.base) this.listen(part, key);
      this.group.addLayer(part);
    }
  }

  shapeOf(feature) {
    const drawn = { pane: this.pane, renderer: this.renderer, interactive: !this.config.base };
    if (this.config.curved && feature.geometry.type === "LineString") {
      return curvedLine(feature, { ...drawn, ...this.styleOf(feature) });
    }
    return L.geoJSON(feature, {
      ...drawn, style: this.styleOf(feature),
      pointToLayer: (_, at) => pointMark(at, this.classOf(feature), this.pane, this.sizeOf(feature)),
    });
  }

  listen(part, key) {
    const { board } = this;
    const { id } = this.config;
    part.on("mouseover", () => board.light(id, key, "map"));
    part.on("mouseout", () => board.unlight());
    part.on("click", (event) => {
      L.DomEvent.stopPropagation(event);
      board.choose(id, key);
    });
  }

  /** Class of the legend that a feature falls in; the first where its value has none. */
  classOf(feature) {
    const value = feature.properties[this.config.class_field];
    return this.classes.get(String(value)) ?? this.config.legend[0];
  }

  styleOf(feature) {
    const width = feature.properties[this.config.width_field];
    const share = width === undefined || width === null ? null : width / this.widest;
    return featureStyle(this.classOf(feature), feature.geometry.type, { base: this.config.base, share });
  }

  /** Pixels of a point: by its number where the layer has one for widths, so that areas compare. */
  sizeOf(feature) {
    if (!this.config.width_field) return POINT_PX;
    const share = (feature.properties[this.config.width_field] ?? 0) / this.widest;
    return POINT_PX + Math.round(POINT_MORE_PX * Math.sqrt(share));
  }

  light(key, asked) {
    const item = this.items.get(key);
    if (!item) return;
    const { chosen } = this.board;
    const on = asked || (chosen?.layer === this.config.id && chosen.key === key);
    for (const part of item.drawn) {
      if (part.setStyle) part.setStyle(on ? litStyle(this.styleOf(item.feature)) : this.styleOf(item.feature));
      part.getElement?.()?.classList.toggle("is-lit", on);
      part.eachLayer?.((inner) => inner.getElement?.()?.classList.toggle("is-lit", on));
      if (on && part.bringToFront) part.bringToFront();
    }
  }

  panTo(key) {
    const bounds = this.items.get(key)?.bounds;
    const { map } = this.board;
    if (!bounds?.isValid()) return;
    const free = L.point(0, this.board.covered() / 2);
    const zoom = Math.max(map.getZoom(), Math.min(map.getBoundsZoom(bounds) - 1, 16));
    const centre = map.unproject(map.project(bounds.getCenter(), zoom).add(free), zoom);
    map.setView(centre, zoom);
  }

  /** Items within the view, in the order of the answer. */
  get visible() {
    const view = this.board.map.getBounds();
    const box = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()];
    return [...this.items.values()].filter(({ feature }) => feature.geometry && meets(feature.geometry, box));
  }

  get total() {
    return this.answer?.numberMatched ?? this.items.size;
  }

  get isCut() {
    return this.answer !== null && this.total > this.items.size;
  }
}

function uniqueKey(items, key) {
  let free = key;
  for (let n = 2; items.has(free); n += 1) free = `${key}#${n}`;
  return free;
}

function rowOf(answer, index, feature) {
  const row = answer.view?.rows[index];
  if (!row) {
    return { title: String(feature.properties.title ?? feature.properties.name ?? feature.id ?? ""),
      cells: [], source: "", certainty: "", certaintyTitle: "" };
  }
  const [title, cells, source, certainty, certaintyTitle] = row;
  return { title, cells, source, certainty, certaintyTitle };
}

/** Bounds of the tiles (of half the view's size) that the view touches, as bbox text. */
function snapped(map) {
  const zoom = Math.max(0, Math.floor(map.getZoom()));
  const box = map.getPixelBounds(map.getCenter(), zoom);
  const size = 512;
  const low = L.point(Math.floor(box.min.x / size) * size, Math.floor(box.min.y / size) * size);
  const high = L.point(Math.ceil(box.max.x / size) * size, Math.ceil(box.max.y / size) * size);
  const northWest = map.unproject(low, zoom);
  const southEast = map.unproject(high, zoom);
  const edge = (value, most) => Math.max(-most, Math.min(most, value)).toFixed(5);
  return [edge(northWest.lng, 180), edge(southEast.lat, 85), edge(southEast.lng, 180), edge(northWest.lat, 85)].join(",");
}
