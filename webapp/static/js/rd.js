/**
 * Degrees to RD (EPSG:28992), by the same operation as geo_assen/crs.py: ETRS89 to the
 * Bessel ellipsoid by the seven parameters of "Amersfoort to ETRS89 (8)", then the double
 * stereographic projection of RD. Within a millimetre of it; test_map_page checks that.
 */

const RAD = Math.PI / 180;
const SECOND = RAD / 3600;
const GRS80 = { a: 6378137, f: 1 / 298.257222101 };
const BESSEL = { a: 6377397.155, f: 1 / 299.1528128 };
const SHIFT = { x: 565.7381, y: 50.4018, z: 465.2904, scale: 1 + 4.07244e-6,
  rx: 0.395025981036064 * SECOND, ry: -0.330772431242031 * SECOND, rz: 1.87607329462821 * SECOND };
const ORIGIN = { lat: 52.1561605555556 * RAD, lon: 5.38763888888889 * RAD };
const SCALE = 0.9999079;
const FALSE_X = 155000;
const FALSE_Y = 463000;

const e2 = ({ f }) => f * (2 - f);

function toCartesian(lon, lat, ellipsoid) {
  const n = ellipsoid.a / Math.sqrt(1 - e2(ellipsoid) * Math.sin(lat) ** 2);
  return [n * Math.cos(lat) * Math.cos(lon), n * Math.cos(lat) * Math.sin(lon), n * (1 - e2(ellipsoid)) * Math.sin(lat)];
}

/** Undo the shift: a transposed rotation, as the angles are a few millionths. */
function unshift([x, y, z]) {
  const [dx, dy, dz] = [(x - SHIFT.x) / SHIFT.scale, (y - SHIFT.y) / SHIFT.scale, (z - SHIFT.z) / SHIFT.scale];
  const { rx, ry, rz } = SHIFT;
  return [dx - rz * dy + ry * dz, rz * dx + dy - rx * dz, -ry * dx + rx * dy + dz];
}

function toDegreesOf([x, y, z], ellipsoid) {
  const p = Math.hypot(x, y);
  let lat = Math.atan2(z, p * (1 - e2(ellipsoid)));
  for (let i = 0; i < 5; i += 1) {
    const n = ellipsoid.a / Math.sqrt(1 - e2(ellipsoid) * Math.sin(lat) ** 2);
    lat = Math.atan2(z + e2(ellipsoid) * n * Math.sin(lat), p);
  }
  return [Math.atan2(y, x), lat];
}

// Gauss's sphere under the projection (EPSG guidance note 7-2, oblique stereographic).
const E = Math.sqrt(e2(BESSEL));
const SIN0 = Math.sin(ORIGIN.lat);
const RHO0 = (BESSEL.a * (1 - E * E)) / (1 - (E * SIN0) ** 2) ** 1.5;
const NU0 = BESSEL.a / Math.sqrt(1 - (E * SIN0) ** 2);
const RADIUS = Math.sqrt(RHO0 * NU0);
const N = Math.sqrt(1 + (E * E * Math.cos(ORIGIN.lat) ** 4) / (1 - E * E));
const grow = (sin) => ((1 + sin) / (1 - sin)) * ((1 - E * sin) / (1 + E * sin)) ** E;
const W1 = grow(SIN0) ** N;
const SIN_CHI0 = (W1 - 1) / (W1 + 1);
const C = ((N + SIN0) * (1 - SIN_CHI0)) / ((N - SIN0) * (1 + SIN_CHI0));
const CHI0 = Math.asin((C * W1 - 1) / (C * W1 + 1));

/**
 * @param {number} lon degrees east
 * @param {number} lat degrees north
 * @returns {[number, number]} x and y in metres
 */
export function lonLatToRd(lon, lat) {
  const [lambda, phi] = toDegreesOf(unshift(toCartesian(lon * RAD, lat * RAD, GRS80)), BESSEL);
  const w = C * grow(Math.sin(phi)) ** N;
  const chi = Math.asin((w - 1) / (w + 1));
  const turn = N * (lambda - ORIGIN.lon);
  const b = 1 + Math.sin(chi) * Math.sin(CHI0) + Math.cos(chi) * Math.cos(CHI0) * Math.cos(turn);
  const twice = 2 * RADIUS * SCALE;
  return [
    FALSE_X + (twice * Math.cos(chi) * Math.sin(turn)) / b,
    FALSE_Y + (twice * (Math.sin(chi) * Math.cos(CHI0) - Math.cos(chi) * Math.sin(CHI0) * Math.cos(turn))) / b,
  ];
}
