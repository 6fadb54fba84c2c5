/** Flows as curves that end in an arrow: the shape tells the direction, colour only repeats it. */
import { arrowHead } from "./symbols.js";

const BEND = 0.16;
const ENDS_AT = { in: 0.86, out: 0.97 };

/**
 * Curve from the first to the last corner of a line, bent to the right of its way, so that both
 * directions between two places lie apart.
 * @param {Object} feature GeoJSON of a line
 * @param {Object} options of a Leaflet path
 * @returns {L.Polyline}
 */
export function curvedLine(feature, options) {
  const { coordinates } = feature.geometry;
  const corners = curve(coordinates[0], coordinates.at(-1), ENDS_AT[feature.properties.direction] ?? 1);
  const line = L.polyline(corners, { ...options, noClip: true, smoothFactor: 0 });
  // Drawn by its three corners, unrounded: many short pieces on whole pixels would tremble.
  line._updatePath = () => {
    const map = line._map;
    const [from, bend, to] = corners.map((corner) => map.project(corner).subtract(map.getPixelOrigin()));
    line._renderer._setPath(line, `M${from.x} ${from.y}Q${bend.x} ${bend.y} ${to.x} ${to.y}`);
  };
  const arrow = () => {
    const { color, weight } = line.options;
    line.getElement()?.setAttribute("marker-end", `url(#${arrowHead(color, weight)})`);
  };
  line.on("add", arrow);
  const setStyle = line.setStyle.bind(line);
  line.setStyle = (style) => {
    setStyle(style);
    arrow();
    return line;
  };
  return line;
}

/** Corners of the curve; it stops short, so that arrows at one place do not hide each other. */
function curve([fromLon, fromLat], [toLon, toLat], endsAt) {
  const from = L.CRS.EPSG3857.project(L.latLng(fromLat, fromLon));
  const to = L.CRS.EPSG3857.project(L.latLng(toLat, toLon));
  const along = to.subtract(from);
  const bend = from.add(along.divideBy(2)).add(L.point(along.y, -along.x).multiplyBy(BEND));
  const between = (a, b) => a.multiplyBy(1 - endsAt).add(b.multiplyBy(endsAt));
  const nearer = between(from, bend);
  const end = between(nearer, between(bend, to));
  return [from, nearer, end].map((corner) => L.CRS.EPSG3857.unproject(corner));
}
