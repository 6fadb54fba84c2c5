"""Curves in well-known binary as chains of straight pieces, which is all that shapely knows."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["straightened"]

_STEP_RADIANS = math.radians(4)
"""Angle of one straight piece of an arc, the usual step of GDAL."""
_COLLECTIONS: dict[int, Any] = {
    4: shapely.MultiPoint,
    5: shapely.MultiLineString,
    6: shapely.MultiPolygon,
    7: shapely.GeometryCollection,
    11: shapely.MultiLineString,
    12: shapely.MultiPolygon,
}
_Positions = NDArray[np.float64]


def straightened(wkb: bytes) -> Any:
    """Geometry of WKB with arcs in it; an arc becomes pieces of four degrees.

    Raises
    ------
    ValueError
        If the bytes hold another geometry, or none.
    """
    try:
        geometry, end = _geometry(wkb, 0)
    except (struct.error, IndexError) as error:
        raise ValueError("the bytes end before the geometry") from error
    if end != len(wkb):
        raise ValueError("the geometry ends before the bytes")
    return geometry


def _head(wkb: bytes, at: int) -> tuple[str, int, int, int]:
    """Byte order, kind and numbers per position of the geometry at a byte, and its start."""
    order = "<" if wkb[at] == 1 else ">"
    (code,) = struct.unpack_from(f"{order}I", wkb, at + 1)
    extra = bool(code & 0x80000000) + bool(code & 0x40000000)
    at += 9 if code & 0x20000000 else 5
    code &= 0x0FFFFFFF
    extra += {0: 0, 1: 1, 2: 1, 3: 2}.get(code // 1000, 0)
    return order, code % 1000, 2 + extra, at


def _count(wkb: bytes, order: str, at: int) -> tuple[int, int]:
    (number,) = struct.unpack_from(f"{order}I", wkb, at)
    return number, at + 4


def _positions(wkb: bytes, order: str, width: int, at: int) -> tuple[_Positions, int]:
    number, at = _count(wkb, order, at)
    end = at + number * width * 8
    if end > len(wkb):
        raise IndexError
    numbers = np.frombuffer(wkb, f"{order}f8", number * width, at)
    return numbers.reshape(number, width)[:, :2].astype(np.float64), end


def _geometry(wkb: bytes, at: int) -> tuple[Any, int]:
    order, kind, width, start = _head(wkb, at)
    if kind == 1:
        pair = struct.unpack_from(f"{order}2d", wkb, start)
        return shapely.Point(pair), start + width * 8
    if kind in {2, 8, 9}:
        line, end = _line(wkb, at)
        return shapely.LineString(line), end
    if kind == 3:
        return _polygon(wkb, order, width, start)
    if kind == 10:
        return _curve_polygon(wkb, order, start)
    if kind in _COLLECTIONS:
        return _collection(wkb, order, kind, start)
    raise ValueError(f"geometry of kind {kind}")


def _polygon(wkb: bytes, order: str, width: int, at: int) -> tuple[Any, int]:
    number, at = _count(wkb, order, at)
    rings = []
    for _ in range(number):
        ring, at = _positions(wkb, order, width, at)
        rings.append(ring)
    return _of_rings(rings), at


def _curve_polygon(wkb: bytes, order: str, at: int) -> tuple[Any, int]:
    number, at = _count(wkb, order, at)
    rings = []
    for _ in range(number):
        ring, at = _line(wkb, at)
        rings.append(ring)
    return _of_rings(rings), at


def _of_rings(rings: list[_Positions]) -> Any:
    return shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()


def _collection(wkb: bytes, order: str, kind: int, at: int) -> tuple[Any, int]:
    number, at = _count(wkb, order, at)
    parts = []
    for _ in range(number):
        part, at = _geometry(wkb, at)
        parts.append(part)
    return _COLLECTIONS[kind](parts), at


def _line(wkb: bytes, at: int) -> tuple[_Positions, int]:
    """Positions of a line, an arc string or a chain of both."""
    order, kind, width, at = _head(wkb, at)
    if kind == 2:
        return _positions(wkb, order, width, at)
    if kind == 8:
        through, at = _positions(wkb, order, width, at)
        return _arcs(through), at
    if kind != 9:
        raise ValueError(f"line of kind {kind}")
    number, at = _count(wkb, order, at)
    pieces: list[_Positions] = []
    for _ in range(number):
        piece, at = _line(wkb, at)
        pieces.append(piece[1:] if pieces else piece)
    return np.concatenate(pieces) if pieces else np.empty((0, 2)), at


def _arcs(through: _Positions) -> _Positions:
    """Positions along arcs, each given by its begin, a point on it and its end."""
    pieces = [through[:1]]
    for at in range(0, len(through) - 2, 2):
        pieces.append(_arc(*through[at : at + 3])[1:])
    return np.concatenate(pieces)


def _arc(begin: _Positions, middle: _Positions, end: _Positions) -> _Positions:
    if np.array_equal(begin, end):  # a whole circle, the middle opposite
        centre, turn = (begin + middle) / 2, 2 * math.pi
    else:
        (ax, ay), (bx, by) = middle - begin, end - begin
        cross = 2 * (ax * by - ay * bx)
        if cross == 0:
            return np.array([begin, middle, end])
        a, b = ax * ax + ay * ay, bx * bx + by * by
        centre = begin + np.array([by * a - ay * b, ax * b - bx * a]) / cross
        angles = [math.atan2(*(point - centre)[::-1]) for point in (begin, middle, end)]
        turn = (angles[2] - angles[0]) % (2 * math.pi)
        if (angles[1] - angles[0]) % (2 * math.pi) > turn:
            turn -= 2 * math.pi
    radius = math.hypot(*(begin - centre))
    first = math.atan2(*(begin - centre)[::-1])
    steps = max(2, math.ceil(abs(turn) / _STEP_RADIANS))
    along = first + turn * np.arange(1, steps) / steps
    between = centre + radius * np.column_stack([np.cos(along), np.sin(along)])
    return np.concatenate([begin[None], between, end[None]])
