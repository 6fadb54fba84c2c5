/** The place of a row: press on the map to write it, write it to see it on the map. */
import { currentBoard } from "./map.js";
import { lonLatToRd } from "./rd.js";

const METRES = String.raw`(\d{1,3}[ \u00a0]?\d{3}(?:[.,]\d+)?)`;
const DEGREES = String.raw`(\d{1,2}(?:[.,]\d+)?)°?`;
const BETWEEN = String.raw`\s*[;,\s]\s*`;
const PAIRS = [
  new RegExp(`^\\s*(?:RD)?\\s*${METRES}${BETWEEN}${METRES}\\s*$`, "i"),
  new RegExp(`^\\s*${DEGREES}${BETWEEN}${DEGREES}\\s*$`),
];
const NEWTON_STEPS = 6;

const input = document.querySelector("[data-place-input]");
const board = currentBoard();
const dot = L.circleMarker([0, 0], {
  radius: 9, color: "#101010", weight: 3, fillColor: "#fff", fillOpacity: 0.9, interactive: false,
});

board.map.on("click", ({ latlng }) => {
  const [x, y] = lonLatToRd(latlng.lng, latlng.lat);
  input.value = `${x.toFixed(1)} ${y.toFixed(1)}`;
  show([latlng.lng, latlng.lat]);
});
input.addEventListener("change", () => {
  const place = read(input.value);
  show(place);
  if (place) board.map.panTo([place[1], place[0]]);
});
show(read(input.value));

function show(place) {
  if (place) dot.setLatLng([place[1], place[0]]).addTo(board.map);
  else dot.remove();
}

/** Longitude and latitude of what was typed; null where the server would refuse it too. */
function read(text) {
  const found = PAIRS.map((pair) => pair.exec(text)).find(Boolean);
  if (!found) return null;
  const [a, b] = found.slice(1).map((part) => Number(part.replace(/[ \u00a0]/g, "").replace(",", ".")));
  if (a >= 3 && a <= 8 && b >= 50 && b <= 54) return [a, b];
  if (b >= 3 && b <= 8 && a >= 50 && a <= 54) return [b, a];
  if (a >= 0 && a <= 300000 && b >= 300000 && b <= 630000) return rdToLonLat(a, b);
  return null;
}

/** The inverse of lonLatToRd by Newton's method; the map needs no more than a pixel. */
function rdToLonLat(x, y) {
  let lon = 5.387 + (x - 155000) / 67000;
  let lat = 52.155 + (y - 463000) / 111200;
  for (let step = 0; step < NEWTON_STEPS; step += 1) {
    const [atX, atY] = lonLatToRd(lon, lat);
    lon += (x - atX) / (111300 * Math.cos((lat * Math.PI) / 180));
    lat += (y - atY) / 111200;
  }
  return [lon, lat];
}
