/**
 * The map on paper: its element takes the size of the sheet before the browser prints; or a page
 * of its own is for paper, and is told what was seen.
 */
import { withQuery } from "./net.js";
import { placeOf } from "./permalink.js";

const SITE_SCALE = 5000;
const METRES_PER_CSS_PIXEL = 0.0254 / 96;
const METRES_PER_PIXEL_AT_ZOOM_0 = 156543.034; // Web Mercator, at the equator

/** @param {import("./board.js").Board} board */
export function bindPrint(board) {
  const { map } = board;
  for (const link of document.querySelectorAll("a[data-paper]")) bindPaper(map, link);
  let seen = null;
  addEventListener("beforeprint", () => {
    seen = { bounds: map.getBounds(), centre: map.getCenter(), zoom: map.getZoom() };
    document.body.classList.add("is-printing");
    map.invalidateSize({ animate: false, pan: false });
    if (document.body.classList.contains("page--site")) showAtScale(map, seen.centre);
    else map.fitBounds(seen.bounds, { animate: false });
  });
  addEventListener("afterprint", () => {
    document.body.classList.remove("is-printing");
    map.invalidateSize({ animate: false, pan: false });
    if (seen) map.setView(seen.centre, seen.zoom, { animate: false });
    seen = null;
  });
}

/** A link to the page for paper says what part of the world is seen, and in which size. */
function bindPaper(map, link) {
  const follow = () => {
    const { x, y } = map.getSize();
    link.setAttribute("href", withQuery(link.getAttribute("href"), { at: placeOf(map), seen: `${x},${y}` }));
  };
  for (const name of ["pointerdown", "focusin"]) link.addEventListener(name, follow);
}

/**
 * Start a map with all that was seen on one of another size, as large as this one has room for.
 * What is drawn follows the zoom that was seen.
 * @param {import("./board.js").Board} board
 * @param {string} seen width and height in pixels with a comma between; "": not known
 */
export function startSeen(board, seen) {
  const { map } = board;
  const [width, height] = seen.split(",").map(Number);
  map.invalidateSize({ animate: false, pan: false });
  board.place();
  if (height && board.description.view) {
    const size = map.getSize();
    const nearer = Math.log2(Math.min(size.x / width, size.y / height));
    for (const { config } of board.views.values()) {
      config.zoom_span = config.zoom_span?.map((zoom) => zoom + nearer);
    }
    showBetweenStops(map, map.getCenter(), map.getZoom() + nearer);
  }
  board.start();
}

/** One site is printed at 1:5,000, whatever the zoom on the screen was. */
export function showAtScale(map, centre) {
  const wanted = SITE_SCALE * METRES_PER_CSS_PIXEL;
  const here = METRES_PER_PIXEL_AT_ZOOM_0 * Math.cos((centre.lat * Math.PI) / 180);
  showBetweenStops(map, centre, Math.log2(here / wanted));
}

/** A zoom that the reader could not choose. */
function showBetweenStops(map, centre, zoom) {
  const { zoomSnap } = map.options;
  map.options.zoomSnap = 0;
  map.setView(centre, zoom, { animate: false });
  map.options.zoomSnap = zoomSnap;
}
