"""Shapes in RD: smooth outlines, exact areas, and land cut into plots.

All coordinates are metres in EPSG:28992; small letters ``u`` and ``v`` are the same metres
in a frame turned along the streets of a park.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from geo_assen.crs import lonlat_to_rd, rd_to_lonlat

__all__ = [
    "Points",
    "as_written",
    "cut_by_area",
    "largest_part",
    "move_along",
    "outline",
    "scaled_to_area",
    "smooth",
    "to_degrees",
]

Points = Sequence[tuple[float, float]]
DECIMALS = 7
"""Of a degree, in the files: about a centimetre."""


def to_degrees(geometry: BaseGeometry) -> BaseGeometry:
    """Turn a shape into CRS84 with the decimals of the files."""

    def change(xy: np.ndarray) -> np.ndarray:
        return np.round(np.column_stack(rd_to_lonlat(xy[:, 0], xy[:, 1])), DECIMALS)

    return shapely.transform(geometry, change)


def as_written(geometry: BaseGeometry) -> BaseGeometry:
    """Shape in RD as a reader of the files gets it back; areas are stated of this one."""

    def back(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(lonlat_to_rd(xy[:, 0], xy[:, 1]))

    return shapely.transform(to_degrees(geometry), back)


def smooth(points: Points, *, closed: bool, steps: int = 5) -> list[tuple[float, float]]:
    """Lead a centripetal Catmull-Rom curve through the points.

    Parameters
    ----------
    points
        Corner points; of a closed curve the first is not repeated.
    steps
        Pieces between two points.
    """
    known = np.asarray(points, dtype=float)
    if closed:
        known = np.vstack([known[-1], known, known[:2]])
    else:
        known = np.vstack([2 * known[0] - known[1], known, 2 * known[-1] - known[-2]])
    curve = [tuple(known[1])]
    for p0, p1, p2, p3 in zip(known, known[1:], known[2:], known[3:], strict=False):
        curve += [tuple(_on_curve(p0, p1, p2, p3, step / steps)) for step in range(1, steps + 1)]
    return [(float(x), float(y)) for x, y in (curve[:-1] if closed else curve)]


def _on_curve(
    p0: np.ndarray, p1: np.ndarray, p2: np.ndarray, p3: np.ndarray, part: float
) -> np.ndarray:
    """Point on the piece from ``p1`` to ``p2`` (Barry and Goldman's pyramid, alpha 0.5)."""
    t1 = np.hypot(*(p1 - p0)) ** 0.5
    t2 = t1 + np.hypot(*(p2 - p1)) ** 0.5
    t3 = t2 + np.hypot(*(p3 - p2)) ** 0.5
    t = t1 + part * (t2 - t1)
    a1 = (t1 - t) / t1 * p0 + t / t1 * p1
    a2 = (t2 - t) / (t2 - t1) * p1 + (t - t1) / (t2 - t1) * p2
    a3 = (t3 - t) / (t3 - t2) * p2 + (t - t2) / (t3 - t2) * p3
    b1 = (t2 - t) / t2 * a1 + t / t2 * a2
    b2 = (t3 - t) / (t3 - t1) * a2 + (t - t1) / (t3 - t1) * a3
    return (t2 - t) / (t2 - t1) * b1 + (t - t1) / (t2 - t1) * b2


def outline(points: Points, *, curved: bool = True) -> Polygon:
    """Closed area through the points."""
    return Polygon(smooth(points, closed=True) if curved else points)


def scaled_to_area(polygon: Polygon, area_m2: float) -> Polygon:
    """Grow or shrink an area around its own middle to an exact size."""
    factor = (area_m2 / polygon.area) ** 0.5
    return affinity.scale(polygon, factor, factor, origin=polygon.centroid)


def largest_part(geometry: BaseGeometry) -> Polygon:
    """Biggest polygon of a shape; an empty polygon where it has none."""
    parts = [part for part in shapely.get_parts(geometry) if isinstance(part, Polygon)]
    return max(parts, key=lambda part: part.area, default=Polygon())


def cut_by_area(land: Polygon, area_m2: float) -> tuple[Polygon, Polygon]:
    """Cut a piece of an exact size off the left end of land that lies along the x axis.

    Returns
    -------
    The piece and the rest; the piece is all of the land where the land is too small.
    """
    min_x, min_y, max_x, max_y = land.bounds
    if land.area <= area_m2:
        return land, Polygon()

    def left_of(x: float) -> BaseGeometry:
        return land.intersection(box(min_x - 1, min_y - 1, x, max_y + 1))

    at = _bisect(lambda x: left_of(x).area - area_m2, min_x, max_x)
    return largest_part(left_of(at)), largest_part(
        land.intersection(box(at, min_y - 1, max_x + 1, max_y + 1))
    )


def _bisect(rising: Callable[[float], float], low: float, high: float) -> float:
    """Zero of a rising function, to a tenth of a micrometre over a kilometre."""
    for _ in range(34):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return (low + high) / 2


def move_along(line: LineString, distance_m: float, aside_m: float) -> tuple[float, float]:
    """Point at a distance along a line and aside of it; left of the line is positive."""
    start = line.interpolate(max(0.0, distance_m - 0.5))
    end = line.interpolate(min(line.length, distance_m + 0.5))
    dx, dy = end.x - start.x, end.y - start.y
    length = (dx**2 + dy**2) ** 0.5
    here = line.interpolate(distance_m)
    return here.x - dy / length * aside_m, here.y + dx / length * aside_m
