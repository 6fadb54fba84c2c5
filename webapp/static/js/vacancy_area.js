/**
 * Draw an area on the map: click its corners; double click, Enter or its first corner closes it,
 * Backspace takes the last corner back, Escape stops. The field of the form does the same without
 * a map.
 */
import { lonLatToRd } from "./rd.js";

const INK = "#101010";
const PANE = "drawn";
const LINE = { pane: PANE, color: INK, weight: 2.5, interactive: false };
const SAME_PLACE_PX = 8;

/**
 * @param {import("./board.js").Board} board
 * @param {(within: string) => Promise<void>} ask shows the figures of an area; "" for all
 */
export function bindArea(board, ask) {
  const root = document.querySelector("[data-draw]");
  if (root) new DrawnArea(board, root, ask).bind();
}

/** Place for areas on a map, over its layers and their names. */
export function makeRoom(map) {
  map.createPane(PANE).style.zIndex = 650;
}

/** A closed area. */
export function areaShape(corners) {
  return L.polygon(corners, { ...LINE, fillColor: INK, fillOpacity: 0.06 });
}

class DrawnArea {
  constructor(board, root, ask) {
    this.board = board;
    this.root = root;
    this.ask = ask;
    this.button = root.querySelector("[data-draw-on]");
    this.help = root.querySelector("[data-draw-help]");
    this.corners = [];
    this.shown = cornersOf(root.dataset.within);
    makeRoom(board.map);
    this.group = L.layerGroup().addTo(board.map);
  }

  get isDrawing() {
    return this.button.getAttribute("aria-pressed") === "true";
  }

  bind() {
    const { board } = this;
    // Over the map, not in the bar beside it; what is pressed there is no corner.
    board.element.append(this.root);
    L.DomEvent.disableClickPropagation(this.root);
    this.root.hidden = false;
    this.button.addEventListener("click", () => this.setDrawing(!this.isDrawing));
    document.addEventListener("click", (event) => {
      if (!event.target.closest?.("[data-draw-clear]")) return;
      event.preventDefault();
      this.wipe();
    });
    this.root.querySelector("[data-draw-clear]").addEventListener("click", () => this.wipe());
    board.map.on("click", ({ latlng }) => this.add(latlng));
    board.map.on("dblclick", () => this.isDrawing && this.close());
    board.map.on("mousemove", ({ latlng }) => this.follow(latlng));
    document.addEventListener("keydown", (event) => this.key(event));
    this.draw();
  }

  wipe() {
    this.setDrawing(false);
    this.take([]);
  }

  setDrawing(on) {
    const { map, element } = this.board;
    this.button.setAttribute("aria-pressed", String(on));
    element.classList.toggle("is-drawing", on);
    map.doubleClickZoom[on ? "disable" : "enable"]();
    this.corners = [];
    this.say(on ? this.root.dataset.start : "");
    if (on) {
      this.board.lowerPanel();
      element.focus({ preventScroll: true });
    }
    this.draw();
  }

  key(event) {
    if (!this.isDrawing || event.target.closest?.("input, select, textarea")) return;
    if (event.key === "Escape") {
      this.setDrawing(false);
      this.button.focus();
    } else if (event.key === "Backspace") {
      event.preventDefault();
      this.corners.pop();
      this.draw();
    } else if (event.key === "Enter" && event.target.closest?.("button, a") === null) {
      event.preventDefault();
      this.close();
    }
  }

  add(at) {
    if (!this.isDrawing) return;
    const { map } = this.board;
    const most = Number(this.root.dataset.most);
    const near = (corner) => corner && map.latLngToContainerPoint(corner).distanceTo(map.latLngToContainerPoint(at)) < SAME_PLACE_PX;
    // The second half of a double click is no corner of its own.
    if (near(this.corners.at(-1))) return;
    if (this.corners.length > 2 && near(this.corners[0])) {
      this.close();
      return;
    }
    if (this.corners.length >= most) {
      this.say(this.root.dataset.many.replace("{n}", most));
      return;
    }
    this.corners.push(at);
    this.draw();
  }

  close() {
    const { few, crossing } = this.root.dataset;
    if (this.corners.length < 3) this.say(few);
    else if (crosses(this.corners.map(({ lng, lat }) => lonLatToRd(lng, lat)))) this.say(crossing);
    else {
      const { corners } = this;
      this.setDrawing(false);
      this.take(corners);
    }
  }

  take(corners) {
    this.shown = corners;
    this.draw();
    this.ask(written(corners));
  }

  say(text) {
    this.help.textContent = text;
    this.help.hidden = text === "";
  }

  draw() {
    this.group.clearLayers();
    this.root.querySelector("[data-draw-clear]").hidden = this.isDrawing || !this.shown.length;
    if (this.shown.length && !this.isDrawing) areaShape(this.shown).addTo(this.group);
    if (!this.isDrawing) return;
    this.line = L.polyline(this.corners, { ...LINE, dashArray: "8 5" }).addTo(this.group);
    for (const corner of this.corners) {
      L.circleMarker(corner, { ...LINE, radius: 5, fillColor: "#fff", fillOpacity: 1 }).addTo(this.group);
    }
  }

  follow(at) {
    if (this.isDrawing && this.corners.length) this.line.setLatLngs([...this.corners, at]);
  }
}

/** Corners of an address. */
export function cornersOf(within) {
  return within.split(";").filter(Boolean).map((pair) => {
    const [lng, lat] = pair.split(",").map(Number);
    return L.latLng(lat, lng);
  });
}

function written(corners) {
  return corners.map(({ lng, lat }) => `${lng.toFixed(6)},${lat.toFixed(6)}`).join(";");
}

/** Whether two sides of a ring, that are not neighbours, meet. */
function crosses(ring) {
  const side = (index) => [ring[index], ring[(index + 1) % ring.length]];
  return ring.some((_, i) => ring.some((__, j) => {
    const apart = Math.min(Math.abs(i - j), ring.length - Math.abs(i - j));
    return apart > 1 && meet(side(i), side(j));
  }));
}

function meet([a, b], [c, d]) {
  const turn = (p, q, r) => Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]));
  return turn(a, b, c) !== turn(a, b, d) && turn(c, d, a) !== turn(c, d, b);
}
