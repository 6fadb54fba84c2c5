"""Plots: the land of the parks, cut into pieces along sketched streets.

A park is divided in a frame turned along its streets: rows of plots of one depth, streets
and green strips between them. Each row is cut by area, so that sizes are chosen and not
the outcome of a grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import shapely
from shapely import affinity
from shapely.geometry import LineString, Polygon, box

from data.drawing.base_map import CANALS, RAILWAY, ROADS, line
from data.drawing.dice import between, share
from data.drawing.shapes import as_written, cut_by_area, largest_part

__all__ = ["Layout", "Piece", "halves", "park_layout", "values_of"]

EDGE_M = 9.0
"""Verge between a plot and the edge of its park."""
SMALLEST_M2 = 800
STREET_M = 16.0


@dataclass(frozen=True)
class Band:
    """One band of a park across the direction of its streets.

    Attributes
    ----------
    depth_m
        Depth of the plots, or width of what lies between rows.
    sizes
        Smallest and largest plot of a row; None for a street or green strip.
    first
        Exact sizes of the first plots of the row, before the drawn ones.
    street
        Whether a strip between rows carries a street that is drawn.
    """

    depth_m: float
    sizes: tuple[int, int] | None = None
    first: tuple[int, ...] = ()
    street: bool = False


@dataclass(frozen=True)
class Layout:
    """How a park, or a pocket of it, is divided.

    Attributes
    ----------
    angle
        Turn of the streets against the x axis, degrees.
    pocket
        Part of the park that is cut into plots, in kilometres RD; None: all of it.
    """

    park: str
    angle: float
    bands: tuple[Band, ...]
    pocket: tuple[tuple[float, float], ...] | None = None


@dataclass(frozen=True)
class Piece:
    """A piece of land that became a plot: code, shape as files hold it, whole m² and front."""

    code: str
    park: str
    shape: Polygon
    area_m2: int
    frontage_m: float


def _row(depth_m: float, low: int, high: int, *first: int) -> Band:
    return Band(depth_m, (low, high), first)


_STREET = Band(STREET_M, street=True)
_MAIN = Band(24.0, street=True)

LAYOUTS = (
    Layout("MV", 13.0, (
        _row(54, 1400, 3000), _STREET, _row(60, 2200, 4400), Band(26),
        _row(104, 6000, 11500), _MAIN, _row(118, 8000, 17000), Band(16),
        _row(140, 11000, 23000), _MAIN, _row(150, 13000, 27000, 41000), Band(34),
        _row(104, 7000, 12000), _STREET, _row(76, 4200, 7600), Band(18),
        _row(70, 3600, 6200),
    )),
    Layout("PP", 7.0, (
        _row(58, 2800, 5200), _STREET, _row(74, 4500, 8000), Band(22),
        _row(86, 6000, 10500), _STREET, _row(70, 4400, 8000),
    ), ((234.09, 559.9), (234.6, 559.9), (234.6, 560.8), (234.06, 560.8))),
    Layout("SB", 21.0, (
        _row(62, 3400, 6200), _STREET, _row(70, 4000, 8200),
    ), ((235.02, 557.20), (235.72, 557.24), (235.80, 557.62), (235.25, 557.62))),
    Layout("SB", 8.0, (
        _row(64, 3200, 6400), _STREET, _row(84, 5200, 9800),
    ), ((235.34, 558.66), (235.84, 558.64), (235.72, 559.0), (235.42, 559.05))),
    Layout("SB", 70.0, (
        _row(58, 2600, 4600), Band(8), _row(52, 2300, 4200),
    ), ((234.18, 557.86), (234.38, 557.92), (234.50, 558.20), (234.30, 558.22))),
    Layout("AZ", -9.0, (
        _row(58, 3200, 5600), _STREET, _row(72, 4500, 8600), Band(26),
        _row(128, 10000, 18000, 15000), _MAIN, _row(212, 18000, 26000, 70000), Band(56),
        _row(140, 12000, 20000, 30000), _MAIN, _row(118, 9000, 15000), Band(64),
        _row(84, 5200, 9000), _STREET, _row(72, 4600, 8200),
    ), ((232.0, 552.8), (232.86, 552.8), (232.84, 554.2), (232.0, 554.2))),
    Layout("GW", 87.0, (_row(52, 1800, 3400), _STREET, _row(60, 2300, 4600)),
           ((233.0, 552.9), (233.5, 552.9), (233.5, 553.42), (233.0, 553.42))),
    Layout("SM", 4.0, (
        _row(78, 5200, 9800), _STREET, _row(84, 6600, 10200), Band(16), _row(70, 5200, 8600),
    )),
)  # fmt: skip
NET_M2 = {"MV": 500_000}
"""Parks whose plots must come to an exact sum: nothing was issued before the first event."""


def park_layout(parks: dict[str, Polygon]) -> tuple[list[Piece], list[LineString]]:
    """Cut all parks into plots.

    Returns
    -------
    The plots, numbered per park, and the streets between them.
    """
    pieces: list[Piece] = []
    streets: list[LineString] = []
    for park, shape in parks.items():
        cut: list[Polygon] = []
        for number, layout in enumerate(item for item in LAYOUTS if item.park == park):
            found, lines = _divide(layout, _buildable(layout, shape), number)
            cut += found
            streets += [part for part in lines if part.length > 60]
        pieces += _to_sum(_numbered(park, cut), NET_M2.get(park))
    return pieces, streets


def _buildable(layout: Layout, park: Polygon) -> Polygon:
    """Land inside the park, clear of its edge, of water, rails and through roads."""
    land = park.buffer(-EDGE_M, join_style="mitre")
    if layout.pocket:
        land = land.intersection(Polygon([(x * 1000, y * 1000) for x, y in layout.pocket]))
    lines = [line(points) for points in CANALS.values()] + [line(RAILWAY)]
    taken = [one.buffer(24) for one in lines]
    taken += [line(points).buffer(18) for _name, points in ROADS.values()]
    return largest_part(land.difference(shapely.union_all(taken)))


def _divide(layout: Layout, land: Polygon, number: int) -> tuple[list[Polygon], list[LineString]]:
    origin = land.centroid
    turned = affinity.rotate(land, -layout.angle, origin=origin)
    min_x, bottom, max_x, top = turned.bounds
    wanted = sum(band.depth_m for band in layout.bands)
    stretch = (top - bottom) / wanted if layout.park != "SB" else 1.0
    shapes: list[Polygon] = []
    lines: list[LineString] = []
    for index, band in enumerate(layout.bands):
        depth = band.depth_m * stretch if band.sizes else band.depth_m
        strip = largest_part(turned.intersection(box(min_x, bottom, max_x, bottom + depth)))
        if band.sizes:
            shapes += _cut_row(strip, band, (layout.park, number, index))
        elif band.street:
            middle = bottom + depth / 2
            street = turned.intersection(LineString([(min_x, middle), (max_x, middle)]))
            lines += [part for part in shapely.get_parts(street) if part.length]
        bottom += depth
    back = [affinity.rotate(shape, layout.angle, origin=origin) for shape in shapes]
    return back, [affinity.rotate(one, layout.angle, origin=origin) for one in lines]


def _cut_row(strip: Polygon, band: Band, key: tuple[object, ...]) -> list[Polygon]:
    """Cut a row from left to right; every few plots a lane is left open."""
    low, high = band.sizes or (SMALLEST_M2, SMALLEST_M2)
    fixed = list(band.first)
    rest, shapes = strip, []
    while rest.area >= SMALLEST_M2:
        if fixed:
            target = fixed.pop(0)
        else:
            target = round(low + (high - low) * share(*key, len(shapes)) ** 1.4)
            if rest.area - target < 0.7 * low:
                target = int(rest.area)
        piece, rest = cut_by_area(rest, target)
        if _usable(piece):
            shapes.append(piece)
        if len(shapes) % 4 == 3 and rest.area > 3 * low:
            lane = between(10, 16, *key, "lane", len(shapes)) * band.depth_m
            rest = cut_by_area(rest, lane)[1]
        if rest.is_empty:
            break
    return shapes


def _usable(piece: Polygon) -> bool:
    """Large enough and not a sliver: it fills well the box around it."""
    around = piece.minimum_rotated_rectangle
    sides = sorted(
        LineString(pair).length
        for pair in zip(around.exterior.coords[:2], around.exterior.coords[1:3], strict=True)
    )
    return piece.area >= SMALLEST_M2 and piece.area / around.area > 0.62 and sides[0] > 18


def _numbered(park: str, shapes: list[Polygon]) -> list[Piece]:
    return [_piece(f"P-{park}-{n:03d}", park, shape) for n, shape in enumerate(shapes, start=1)]


def _piece(code: str, park: str, shape: Polygon) -> Piece:
    written = as_written(shapely.set_precision(shape, 0.001))
    sides = written.minimum_rotated_rectangle.exterior.coords
    front = min(LineString(sides[:2]).length, LineString(sides[1:3]).length)
    return Piece(code, park, written, round(written.area), round(front, 1))


def _to_sum(pieces: list[Piece], wanted_m2: int | None) -> list[Piece]:
    """Leave out the last plots and trim the one before them until the sum is exact."""
    if wanted_m2 is None:
        return pieces
    kept: list[Piece] = []
    total = 0
    for piece in pieces:
        if total + piece.area_m2 > wanted_m2:
            break
        kept.append(piece)
        total += piece.area_m2
    else:
        raise ValueError(f"the plots come to {total} m2, less than the {wanted_m2} asked")
    if wanted_m2 - total < SMALLEST_M2:
        total -= kept.pop().area_m2
        piece = pieces[len(kept)]
    return [*kept, _trimmed(piece, wanted_m2 - total)]


def _trimmed(piece: Piece, wanted_m2: int) -> Piece:
    for step in range(200):
        shape, _rest = cut_by_area(piece.shape, wanted_m2 + (-1) ** step * step * 0.05)
        found = _piece(piece.code, piece.park, shape)
        if found.area_m2 == wanted_m2:
            return found
    raise ValueError(f"plot {piece.code} cannot be trimmed to {wanted_m2} m2")


def halves(piece: Piece, first_m2: int) -> tuple[Piece, Piece]:
    """Split a plot in two whose whole m² add up; the codes get the letters A and B."""
    for step in range(400):
        left, right = cut_by_area(piece.shape, first_m2 + step / 8)
        a = _piece(f"{piece.code}A", piece.park, left)
        b = _piece(f"{piece.code}B", piece.park, right)
        if a.area_m2 + b.area_m2 == piece.area_m2:
            return a, b
    raise ValueError(f"plot {piece.code} cannot be split without losing a square metre")


def values_of(piece: Piece) -> dict[str, Any]:
    """What the shape alone says of a plot."""
    return {
        "code": piece.code,
        "park": piece.park,
        "area_m2": piece.area_m2,
        "frontage_m": piece.frontage_m,
        "geometry": piece.shape,
    }
