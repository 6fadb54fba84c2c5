/** How a class of a legend looks on the map: colour, and a second mark that needs no colour. */

const SVG = "http://www.w3.org/2000/svg";
const LIT = "#101010";
const SHAPES = new Set(["ring", "half", "full", "cross", "square", "triangle", "diamond"]);
const PATTERNED = new Set(["hatch", "dense", "dots"]);
const FILL = { solid: 0.55, bold: 0.6, outline: 0.05 };

let patternHost = null;

/** Create an SVG element with attributes. */
function svg(name, attributes = {}, children = []) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Give the map a place for fill patterns; they are made when first used. */
export function installPatterns(map) {
  patternHost = svg("defs");
  const holder = svg("svg", { class: "patterns", "aria-hidden": "true", focusable: "false" }, [patternHost]);
  map.getPanes().overlayPane.append(holder);
}

function patternFill(mark, colour) {
  const id = `pattern-${mark}-${colour.slice(1)}`;
  if (!document.getElementById(id)) {
    const size = { hatch: 8, dense: 5, dots: 8 }[mark];
    const ground = svg("rect", { width: size, height: size, fill: colour, "fill-opacity": 0.14 });
    const line = { stroke: colour, "stroke-width": mark === "dense" ? 1.2 : 1.8 };
    const marks = mark === "dots"
      ? [svg("circle", { cx: size / 2, cy: size / 2, r: 1.6, fill: colour })]
      : [svg("path", { d: `M0 0V${size}`, ...line }), ...(mark === "dense" ? [svg("path", { d: `M0 0H${size}`, ...line })] : [])];
    patternHost.append(svg("pattern", {
      id, width: size, height: size, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)",
    }, [ground, ...marks]));
  }
  return `url(#${id})`;
}

/**
 * Arrow for the end of a line; it is made when first used.
 * @param {string} colour
 * @param {number} weight width of the line in pixels
 * @returns {string} id of the marker
 */
export function arrowHead(colour, weight) {
  const width = Math.round(weight);
  const id = `arrow-${colour.slice(1)}-${width}`;
  if (!document.getElementById(id)) {
    const size = 8 + 1.7 * width;
    patternHost.append(svg("marker", {
      id, viewBox: "0 0 10 10", refX: 3, refY: 5, markerWidth: size, markerHeight: size,
      markerUnits: "userSpaceOnUse", orient: "auto",
    }, [svg("path", { d: "M0 0 10 5 0 10 2.5 5z", fill: colour })]));
  }
  return id;
}

/**
 * Path options of Leaflet for a feature.
 * @param {Object} item class of the legend
 * @param {string} geometry GeoJSON type
 * @param {{base?: boolean, share?: number|null}} how `share`: 0..1 of the widest line
 */
export function featureStyle(item, geometry, { base = false, share = null } = {}) {
  const { colour, mark } = item;
  if (geometry.includes("LineString")) {
    const weight = share === null ? item.width : 1 + 9 * Math.sqrt(share);
    return { color: colour, weight, opacity: base ? 1 : 0.85, fill: false, lineCap: mark === "dash" ? "butt" : "round",
      dashArray: mark === "dash" ? "7 5" : null };
  }
  if (base) return { color: colour, weight: 1, opacity: 0.6, fillColor: colour, fillOpacity: 0.75 };
  const style = { color: colour, weight: mark === "bold" ? 3.5 : 1.5, opacity: 1, fill: true,
    fillColor: colour, fillOpacity: FILL[mark] ?? 0.18, dashArray: null };
  if (mark === "dash") return { ...style, weight: 2, dashArray: "7 5", fill: false };
  if (mark === "outline") style.weight = 2.2;
  if (PATTERNED.has(mark)) Object.assign(style, { fillColor: patternFill(mark, colour), fillOpacity: 1 });
  return style;
}

/** The same style, lit. */
export function litStyle(style) {
  return { ...style, color: LIT, weight: style.weight + 2, opacity: 1 };
}

/** Whether an area needs the shape of its class at its middle to be told without colour. */
export function needsMark(feature, item) {
  return SHAPES.has(item.mark) && feature.geometry.type.includes("Polygon");
}

/** Marker of a class at a place: a small drawing, told by its shape. */
export function pointMark(at, item, pane, size = 16) {
  const drawing = svg("svg", { width: size, height: size, viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" },
    shape(item.mark, item.colour));
  const icon = L.divIcon({ html: drawing, className: "mark", iconSize: [size, size], iconAnchor: [size / 2, size / 2] });
  return L.marker(at, { icon, pane, keyboard: false });
}

function shape(mark, colour) {
  const edge = { stroke: "#fff", "stroke-width": 1.2 };
  switch (mark) {
    case "ring":
      return [svg("circle", { cx: 8, cy: 8, r: 5, fill: "#fff", stroke: colour, "stroke-width": 3 })];
    case "half":
      return [svg("circle", { cx: 8, cy: 8, r: 6, fill: "#fff", stroke: colour, "stroke-width": 2 }),
        svg("path", { d: "M8 2a6 6 0 0 0 0 12z", fill: colour })];
    case "cross":
      return [svg("path", { d: "M3 3l10 10M13 3 3 13", stroke: "#fff", "stroke-width": 5 }),
        svg("path", { d: "M3 3l10 10M13 3 3 13", stroke: colour, "stroke-width": 2.8 })];
    case "square":
      return [svg("rect", { x: 2, y: 2, width: 12, height: 12, fill: colour, ...edge })];
    case "triangle":
      return [svg("path", { d: "M8 1 15.5 14.5H.5z", fill: colour, ...edge })];
    case "diamond":
      return [svg("path", { d: "M8 0l8 8-8 8-8-8z", fill: colour, ...edge })];
    case "dots":
      return [svg("circle", { cx: 8, cy: 8, r: 3.2, fill: colour, ...edge })];
    default:
      return [svg("circle", { cx: 8, cy: 8, r: 6.5, fill: colour, ...edge })];
  }
}
