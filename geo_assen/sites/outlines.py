"""Corners of many shapes, read out of WKB without making an object of each.

Points, polygons of one ring and multipolygons of one such polygon are read: nearly all that
can be offered. Of any other shape the corners are not told, and whoever wants them asks
shapely.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from geo_assen.sites.packed import Floats, Rows

__all__ = ["Outlines", "circles_of", "decoded"]

_POINT = b"\x01\x01\0\0\0"
_RING = b"\x01\x03\0\0\0\x01\0\0\0"
_RING_OF_MANY = b"\x01\x06\0\0\0\x01\0\0\0" + _RING
"""What WKB begins with: little-endian, type, and how many parts and rings there are."""

_CORNER_BYTES = 16
_COUNT_BYTES = 4
_FEWEST_CORNERS = 4
"""Corners of a triangle, the first of which is the last too."""


def decoded(wkb: pa.Array) -> NDArray[np.object_]:
    """Geometries of WKB; None where there is none, or an empty one."""
    found: NDArray[np.object_] = shapely.from_wkb(wkb.to_numpy(zero_copy_only=False))
    found[shapely.is_empty(found)] = None
    return found


@dataclass(frozen=True, eq=False)
class Outlines:
    """Corners of shapes, one shape behind the other.

    Attributes
    ----------
    x_m, y_m
        Coordinates of all corners in EPSG:28992; the last corner of a ring is its first.
    start
        First corner of each shape.
    count
        Corners of each shape: 1 of a point, 0 where they are not told.
    circles
        Middle of the bounding box (x, y) and half its diagonal, in metres, by shape;
        shape (n, 3), NaN where nothing is there. Every point of a shape lies in its circle.
    """

    x_m: Floats
    y_m: Floats
    start: Rows
    count: Rows
    circles: Floats

    @classmethod
    def of(cls, wkb: pa.Array) -> Outlines:
        """Read the shapes of an array of WKB."""
        at, count = _placed(wkb)
        start = np.cumsum(count) - count
        numbers = _numbers(wkb, "<f8")
        places = np.repeat(at - start * _CORNER_BYTES, count)
        places += np.arange(len(places)) * _CORNER_BYTES
        x_m, y_m = numbers[places], numbers[places + _CORNER_BYTES // 2]
        circles = np.full((len(wkb), 3), np.nan)
        told = np.flatnonzero(count)
        if len(told):
            circles[told] = _circles(x_m, y_m, start[told])
        others = np.flatnonzero(count == 0)
        if len(others):
            circles[others] = circles_of(decoded(wkb.take(pa.array(others))))
        return cls(x_m, y_m, start, count, circles)

    def edge_distances_m(self, rows: Rows, x_m: Floats, y_m: Floats) -> Floats:
        """Metres from the outline of some shapes, whose corners are told, to one point of each.

        That is how far the point is from the shape itself where it lies outside.
        """
        count = self.count[rows]
        start = np.cumsum(count) - count
        corners = np.repeat(self.start[rows] - start, count)
        corners += np.arange(len(corners))
        from_x = self.x_m[corners] - np.repeat(x_m, count)
        from_y = self.y_m[corners] - np.repeat(y_m, count)
        along_x, along_y = np.diff(from_x, append=0.0), np.diff(from_y, append=0.0)
        length = along_x**2 + along_y**2
        length[length == 0] = 1.0
        # the foot of the point on each edge, as the share of the edge that lies before it
        share = np.clip(-(from_x * along_x + from_y * along_y) / length, 0, 1)
        apart = (from_x + share * along_x) ** 2 + (from_y + share * along_y) ** 2
        apart[start + count - 1] = np.inf  # no edge leads from the last corner to another shape
        nearest: Floats = np.sqrt(np.minimum.reduceat(apart, start))
        return nearest


def _placed(wkb: pa.Array) -> tuple[Rows, Rows]:
    """Byte at which the corners of each shape begin, and how many they are; 0: not told."""
    offsets = np.frombuffer(wkb.buffers()[1], np.int32)[wkb.offset :][: len(wkb) + 1]
    first, size = offsets[:-1].astype(np.intp), np.diff(offsets)
    data, counts = _numbers(wkb, "u1"), _numbers(wkb, "<u4")
    valid = pc.is_valid(wkb).to_numpy(zero_copy_only=False)
    at, count = first.copy(), np.zeros(len(wkb), dtype=np.intp)
    for head in (_RING, _RING_OF_MANY):
        rows = _beginning(head, data, first, np.flatnonzero(valid & (size > len(head))))
        corners = counts[first[rows] + len(head)].astype(np.intp)
        body = len(head) + _COUNT_BYTES
        full = (size[rows] == body + corners * _CORNER_BYTES) & (corners >= _FEWEST_CORNERS)
        rows, corners = rows[full], corners[full]
        at[rows] += body
        count[rows] = corners
    fitting = valid & (size == len(_POINT) + _CORNER_BYTES)
    rows = _beginning(_POINT, data, first, np.flatnonzero(fitting))
    at[rows] += len(_POINT)
    count[rows] = 1
    return at, count


def _beginning(head: bytes, data: NDArray[np.uint8], first: Rows, rows: Rows) -> Rows:
    """Rows of some, whose bytes begin with a head."""
    for number, byte in enumerate(head):
        rows = rows[data[first[rows] + number] == byte]
    return rows


def _numbers(wkb: pa.Array, kind: str) -> NDArray[Any]:
    """Number that begins at each byte; WKB puts them anywhere."""
    buffer, size = wkb.buffers()[2], np.dtype(kind).itemsize
    if buffer is None or buffer.size < size:
        return np.empty(0, dtype=kind)
    return np.ndarray((buffer.size - size + 1,), kind, buffer=buffer, strides=(1,))


def _circles(x_m: Floats, y_m: Floats, start: Rows) -> Floats:
    """Circles of shapes that lie one behind the other."""
    low_x, high_x = np.minimum.reduceat(x_m, start), np.maximum.reduceat(x_m, start)
    low_y, high_y = np.minimum.reduceat(y_m, start), np.maximum.reduceat(y_m, start)
    reach = np.hypot(high_x - low_x, high_y - low_y) / 2
    return np.column_stack([(low_x + high_x) / 2, (low_y + high_y) / 2, reach])


def circles_of(shapes: NDArray[np.object_]) -> Floats:
    """Circle of each geometry, as :attr:`Outlines.circles` has it."""
    bounds = shapely.bounds(shapes)
    low, high = bounds[:, :2], bounds[:, 2:]
    return np.column_stack([(low + high) / 2, np.hypot(*(high - low).T) / 2])
