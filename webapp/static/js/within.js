/** Does a GeoJSON geometry meet a rectangle of degrees? The server asks the same of bbox. */

/**
 * @param {Object} geometry GeoJSON geometry in degrees
 * @param {[number, number, number, number]} box west, south, east, north
 * @returns {boolean}
 */
export function meets(geometry, box) {
  const { type, coordinates } = geometry;
  switch (type) {
    case "Point": return holds(box, coordinates);
    case "MultiPoint": return coordinates.some((point) => holds(box, point));
    case "LineString": return lineMeets(coordinates, box);
    case "MultiLineString": return coordinates.some((line) => lineMeets(line, box));
    case "Polygon": return polygonMeets(coordinates, box);
    case "MultiPolygon": return coordinates.some((polygon) => polygonMeets(polygon, box));
    default: return geometry.geometries.some((part) => meets(part, box));
  }
}

function holds([west, south, east, north], [x, y]) {
  return x >= west && x <= east && y >= south && y <= north;
}

function lineMeets(line, box) {
  return line.some((point, index) => index > 0 && segmentMeets(line[index - 1], point, box));
}

function polygonMeets(rings, box) {
  // Either an edge meets the box, or the box lies wholly inside (and in none of the holes).
  if (rings.some((ring) => lineMeets(ring, box))) return true;
  return rings.filter((ring) => surrounds(ring, [box[0], box[1]])).length === 1;
}

/** Clip the segment by each side in turn (Liang and Barsky); something left means it meets. */
function segmentMeets([x0, y0], [x1, y1], [west, south, east, north]) {
  let enters = 0;
  let leaves = 1;
  for (const [step, room] of [
    [x0 - x1, x0 - west], [x1 - x0, east - x0], [y0 - y1, y0 - south], [y1 - y0, north - y0],
  ]) {
    if (step === 0) {
      if (room < 0) return false;
    } else if (step < 0) {
      enters = Math.max(enters, room / step);
    } else {
      leaves = Math.min(leaves, room / step);
    }
  }
  return enters <= leaves;
}

function surrounds(ring, [x, y]) {
  let inside = false;
  for (let i = 1; i < ring.length; i += 1) {
    const [ax, ay] = ring[i - 1];
    const [bx, by] = ring[i];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
