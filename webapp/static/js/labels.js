/** Names on the map: the weightier first, none over another. */

const RANK = { centre: 0, motorway: 15, railway: 46, water: 47, green: 48 };
const KINDS = new Set(["motorway", "water", "green", "centre", "contour"]);
const MOST_NAMES = 120;
const MOST_RANKS = 1000;

/** @param {import("./board.js").Board} board */
export function bindLabels(board) {
  const { map } = board;
  map.createPane("names").style.zIndex = 640;
  map.getPane("names").style.pointerEvents = "none";
  const group = L.layerGroup().addTo(map);
  let planned = 0;
  const plan = () => {
    cancelAnimationFrame(planned);
    planned = requestAnimationFrame(() => write(board, group));
  };
  for (const name of ["data", "toggled", "moved"]) board.addEventListener(name, plan);
  board.addEventListener("lit", ({ detail }) => lightNumber(group, detail, true));
  board.addEventListener("unlit", ({ detail }) => lightNumber(group, detail, false));
}

function write(board, group) {
  group.clearLayers();
  const taken = [];
  const isStill = board.element.closest("[data-still]") !== null;
  let written = 0;
  for (const name of candidates(board)) {
    if (written >= MOST_NAMES) break;
    // On paper nobody can move the map to read on.
    if (isStill) moveInside(board.map, name);
    const box = boxOf(board.map, name);
    if (!name.isNumber && taken.some((other) => overlaps(box, other))) continue;
    taken.push(box);
    group.addLayer(name.isNumber ? numberMarker(board, name) : marker(name));
    written += 1;
  }
}

/** Every name that could be written in the view, weightiest first. */
function candidates(board) {
  const view = board.map.getBounds();
  const names = [];
  for (const layer of board.views.values()) {
    if (!layer.on) continue;
    if (layer.isSurface) names.push(...layer.names(halfway));
    const numbered = layer.config.number_field;
    if (!layer.isNamed && !numbered) continue;
    const seen = new Map();
    for (const item of layer.visible) {
      if (layer.config.curved) {
        names.push(...endNames(layer, item, view, seen));
        continue;
      }
      const { properties } = item.feature;
      const text = numbered ? properties[numbered] : (properties.label ?? properties.title ?? properties[layer.config.label_field]);
      if (text === null || text === undefined || text === "") continue;
      const at = anchor(item, view);
      if (!at) continue;
      const kind = String(item.feature.properties[layer.config.class_field] ?? "");
      const isLine = item.feature.geometry.type.includes("LineString");
      const name = {
        at, text: String(text), layer: layer.config.id, key: item.key, kind, isNumber: Boolean(numbered),
        beside: item.feature.geometry.type === "Point" && !numbered,
        rank: RANK[kind] ?? layer.config.order, length: isLine ? extent(item.bounds) : 0,
      };
      // A road in many pieces is named once, on its longest piece.
      const before = isLine ? seen.get(name.text) : undefined;
      if (before && before.length >= name.length) continue;
      if (before) names.splice(names.indexOf(before), 1);
      if (isLine) seen.set(name.text, name);
      names.push(name);
    }
  }
  return names.sort((a, b) => b.isNumber - a.isNumber || a.rank - b.rank);
}

/** Names of both ends of a flow, "from → to", each once on the map. */
function endNames(layer, item, view, seen) {
  const { coordinates } = item.feature.geometry;
  const ends = [coordinates[0], coordinates.at(-1)];
  const names = String(item.feature.properties.title).split(" → ").map((text, end) => ({
    at: L.latLng(ends[end][1], ends[end][0]), text, layer: layer.config.id, key: item.key, kind: "",
    isNumber: false, beside: true, rank: layer.config.order, length: 0,
  }));
  return names.filter((name) => {
    const isNew = !seen.has(name.text) && view.contains(name.at);
    if (isNew) seen.set(name.text, name);
    return isNew;
  });
}

function extent(bounds) {
  return Math.abs(bounds.getEast() - bounds.getWest()) + Math.abs(bounds.getNorth() - bounds.getSouth());
}

/** Where a name stands: on the point, inside the area, halfway the visible part of a line. */
function anchor(item, view) {
  const { type, coordinates } = item.feature.geometry;
  if (type === "Point") return L.latLng(coordinates[1], coordinates[0]);
  if (type.includes("LineString")) {
    const lines = type === "LineString" ? [coordinates] : coordinates;
    const points = lines.flat().map(([lon, lat]) => L.latLng(lat, lon));
    return halfway(points, view);
  }
  const rings = type === "Polygon" ? [coordinates[0]] : coordinates.map((part) => part[0]);
  const largest = rings.reduce((best, ring) => (Math.abs(area(ring)) > Math.abs(area(best)) ? ring : best));
  return centroid(largest);
}

function halfway(points, view) {
  const inner = [];
  for (let i = 1; i < points.length; i += 1) {
    // Long pieces are walked in steps, so that a name lands where the line crosses the view.
    for (let step = 0; step <= 8; step += 1) {
      const t = step / 8;
      const at = L.latLng(points[i - 1].lat * (1 - t) + points[i].lat * t, points[i - 1].lng * (1 - t) + points[i].lng * t);
      if (view.contains(at)) inner.push(at);
    }
  }
  return inner.length ? inner[Math.floor(inner.length / 2)] : null;
}

function area(ring) {
  let sum = 0;
  for (let i = 1; i < ring.length; i += 1) sum += ring[i - 1][0] * ring[i][1] - ring[i][0] * ring[i - 1][1];
  return sum / 2;
}

function centroid(ring) {
  const total = area(ring);
  if (!total) return L.latLng(ring[0][1], ring[0][0]);
  const [x0, y0] = ring[0];
  let x = 0;
  let y = 0;
  for (let i = 1; i < ring.length; i += 1) {
    // Relative to the first point: degrees squared lose their digits otherwise.
    const [ax, ay, bx, by] = [ring[i - 1][0] - x0, ring[i - 1][1] - y0, ring[i][0] - x0, ring[i][1] - y0];
    const cross = ax * by - bx * ay;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return L.latLng(y0 + y / (6 * total), x0 + x / (6 * total));
}

function boxOf(map, name) {
  const { x, y } = map.latLngToContainerPoint(name.at);
  const width = Math.min(130, name.text.length * 7.2) + 6;
  const height = Math.ceil((name.text.length * 7.2) / 130) * 17 + 4;
  const left = name.beside ? x - 8 : x - width / 2;
  return { left, right: left + width + (name.beside ? 16 : 0), top: y - height / 2, bottom: y + height / 2 };
}

/** A name that runs over the edge of the map stands beside its place, all of it. */
function moveInside(map, name) {
  const size = map.getSize();
  const { left, right, top, bottom } = boxOf(map, name);
  if (right < 0 || bottom < 0 || left > size.x || top > size.y) return;
  const step = (low, high, most) => Math.max(0, -low) - Math.max(0, high - most);
  const [x, y] = [step(left, right, size.x), step(top, bottom, size.y)];
  if (x || y) name.at = map.containerPointToLatLng(map.latLngToContainerPoint(name.at).add([x, y]));
}

function overlaps(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function marker(name) {
  const text = document.createElement("span");
  text.textContent = name.text;
  text.className = "name__text";
  const classes = ["name", `name--${name.layer}`];
  if (KINDS.has(name.kind)) classes.push(`name--${name.kind}`);
  if (name.beside) classes.push("name--beside");
  const icon = L.divIcon({ html: text, className: classes.join(" "), iconSize: [0, 0] });
  return L.marker(name.at, { icon, pane: "names", interactive: false, keyboard: false });
}

/** A rank at its place: the higher ones above the lower, lit and opened like the place itself. */
function numberMarker(board, name) {
  const { layer, key } = name;
  const text = document.createElement("span");
  text.textContent = name.text;
  text.className = "number__text";
  const isLit = board.lit?.layer === layer && board.lit.key === key;
  const icon = L.divIcon({
    html: text, iconSize: [0, 0],
    className: `name name--number number--${name.kind}${isLit ? " is-lit" : ""}`,
  });
  const number = L.marker(name.at, {
    icon, pane: "names", keyboard: false, zIndexOffset: depth(name.text),
  });
  Object.assign(number, { place: { layer, key }, depth: depth(name.text) });
  number.on("mouseover", () => board.light(layer, key, "map"));
  number.on("mouseout", () => board.unlight());
  number.on("click", (event) => {
    L.DomEvent.stopPropagation(event);
    board.choose(layer, key);
  });
  return number;
}

/** Leaflet stacks markers by latitude; a step larger than any map is high makes rank win. */
function depth(rank) {
  return (MOST_RANKS - Number(rank)) * 10000;
}

function lightNumber(group, { layer, key }, isLit) {
  group.eachLayer((number) => {
    if (number.place?.layer !== layer || number.place.key !== key) return;
    number.getElement()?.classList.toggle("is-lit", isLit);
    number.setZIndexOffset(isLit ? depth(0) : number.depth);
  });
}
