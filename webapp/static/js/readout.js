/** The bar under the map: zoom buttons, scale, and where the pointer is. */
import { lonLatToRd } from "./rd.js";

/** @param {import("./board.js").Board} board */
export function bindReadout(board) {
  const { map } = board;
  const bar = board.element.parentElement.querySelector("[data-map-bar]");
  if (!bar) return;
  const zoom = L.control.zoom({
    zoomInText: "+", zoomOutText: "−", zoomInTitle: board.say("zoom_in"), zoomOutTitle: board.say("zoom_out"),
  }).addTo(map);
  bar.querySelector("[data-map-zoom]").append(zoom.getContainer());
  const scale = L.control.scale({ imperial: false, maxWidth: 90 }).addTo(map);
  bar.querySelector("[data-map-scale]").append(scale.getContainer());
  const place = bar.querySelector("[data-map-place]");
  const write = ({ lng, lat }) => {
    const [x, y] = lonLatToRd(lng, lat).map((metres) => grouped(Math.round(metres)));
    const degrees = (value) => value.toLocaleString(board.description.language, { minimumFractionDigits: 5, maximumFractionDigits: 5 });
    place.textContent = board.say("place", { x, y, lat: degrees(lat), lon: degrees(lng) });
  };
  write(map.getCenter());
  map.on("mousemove", (event) => write(event.latlng));
  map.on("mouseout moveend", () => write(map.getCenter()));
}

/** 233968 as "233 968": RD is read in groups of three, in either language. */
function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, " ");
}
