/** The map on paper: its element takes the size of the sheet before the browser prints. */

const SITE_SCALE = 5000;
const METRES_PER_CSS_PIXEL = 0.0254 / 96;
const METRES_PER_PIXEL_AT_ZOOM_0 = 156543.034; // Web Mercator, at the equator

/** @param {import("./board.js").Board} board */
export function bindPrint(board) {
  const { map } = board;
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

/** One site is printed at 1:5,000, whatever the zoom on the screen was. */
export function showAtScale(map, centre) {
  const wanted = SITE_SCALE * METRES_PER_CSS_PIXEL;
  const here = METRES_PER_PIXEL_AT_ZOOM_0 * Math.cos((centre.lat * Math.PI) / 180);
  const { zoomSnap } = map.options;
  map.options.zoomSnap = 0;
  map.setView(centre, Math.log2(here / wanted), { animate: false });
  map.options.zoomSnap = zoomSnap;
}
