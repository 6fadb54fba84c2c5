"""Cuts: where a straight line takes a given area, and the parts that a line leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.optimize import brentq
from shapely import LineString, Point, Polygon

from geo_assen.sites.splitting.outline import Floats, edges_of

__all__ = ["MOST_ADDED_M", "Axes", "axes_of", "parts_of", "reaching", "straight_cut"]

MOST_ADDED_M = 5.0
"""An end of a drawn line that stops short of the outline is prolonged by up to so much."""

_EXACT_M = 1e-9
_SAME_PLACE_M = 1e-6
"""A straight cut this near to a vertex goes through it: 1 km of it is worth 0.001 m²."""

_DRAWN_M = 0.01
"""A drawn line this near to a vertex is meant to go through it."""

_PAST_M = 0.001
_BESIDE_M = 0.5


@dataclass(frozen=True, eq=False)
class Axes:
    """Directions of a plot as seen from its access side: unit vectors, and where they start."""

    origin: Floats
    along: Floats
    inward: Floats

    def depth_m(self, piece: Polygon) -> float:
        """Extent of a piece square to the access side, in metres."""
        return float(np.ptp(shapely.get_coordinates(piece) @ self.inward))


def axes_of(outline: Polygon, side: LineString) -> Axes | None:
    """Axes of an outline from the straight line between the ends of its access side.

    Inward is where more of the plot lies beside the side itself, not where its middle is:
    the two differ where the side lies in a recess.

    Returns
    -------
    None where the ends meet, so that there is no direction.
    """
    ends = shapely.get_coordinates(side)[[0, -1]]
    length_m = float(np.hypot(*(ends[1] - ends[0])))
    if length_m < _DRAWN_M:
        return None
    along = (ends[1] - ends[0]) / length_m
    left, right = (
        outline.intersection(side.buffer(reach_m, single_sided=True)).area
        for reach_m in (_BESIDE_M, -_BESIDE_M)
    )
    to_left = np.array([-along[1], along[0]])
    return Axes(ends[0], along, to_left if left >= right else -to_left)


def straight_cut(
    outline: Polygon, origin: Floats, toward: Floats, share: float
) -> LineString:
    """Straight line square to ``toward`` behind which a share of the outline lies.

    The area behind a line that moves on is continuous and grows, so that it takes each
    share at one place; it is summed edge by edge (Green's theorem).

    Parameters
    ----------
    share
        Share of the area, between 0 and 1, on the side that ``toward`` comes from.

    Returns
    -------
    Line from outside the outline to outside it, bent by no more than :data:`_SAME_PLACE_M`
    where it passes a vertex.
    """
    beside = np.array([-toward[1], toward[0]])
    edges = edges_of(outline) - origin
    u, v = edges @ toward, edges @ beside
    low, high = float(u.min()), float(u.max())
    total_m2 = _area_behind_m2(u, v, high)
    offset_m = brentq(
        lambda at: _area_behind_m2(u, v, at) - share * total_m2, low, high, xtol=_EXACT_M
    )
    reach_m = np.array([[v.min() - MOST_ADDED_M], [v.max() + MOST_ADDED_M]])
    line = LineString(origin + offset_m * toward + reach_m * beside)
    return _through_vertices(line, outline, _SAME_PLACE_M)


def _area_behind_m2(u: Floats, v: Floats, offset_m: float) -> float:
    """Area where u is below the offset, of rings whose edges are given in turn.

    Edges beyond the offset are laid onto it, where they enclose nothing.
    """
    rise = u[:, 1] - u[:, 0]
    level = rise == 0
    slope = np.where(level, 0.0, (v[:, 1] - v[:, 0]) / np.where(level, 1.0, rise))
    laid = np.minimum(u, offset_m)
    across = v[:, :1] + slope[:, None] * (laid - u[:, :1])
    return abs(float(((laid[:, 1] - laid[:, 0]) * across.sum(axis=1)).sum())) / 2


def reaching(line: LineString, outline: Polygon) -> LineString:
    """Drawn line whose ends are prolonged to the outline, by up to :data:`MOST_ADDED_M`.

    An end outside stays as it is, and so does one that is farther away. Vertices of the
    outline within 1 cm of the line become vertices of it.
    """
    points = list(shapely.get_coordinates(shapely.remove_repeated_points(line)))
    head = _next_on_outline(points[1], points[0], outline)
    tail = _next_on_outline(points[-2], points[-1], outline)
    return _through_vertices(LineString([*head, *points, *tail]), outline, _DRAWN_M)


def _next_on_outline(before: Floats, end: Floats, outline: Polygon) -> Sequence[Floats]:
    """Point just past the outline, straight on from an end that lies inside; else none."""
    if not outline.covers(Point(end)):
        return ()
    ahead = (end - before) / np.hypot(*(end - before))
    ray = LineString([end, end + ahead * MOST_ADDED_M])
    if not ray.intersects(outline.boundary):
        return ()
    gap_m = Point(end).distance(ray.intersection(outline.boundary))
    return (end + ahead * (gap_m + _PAST_M),)


def _through_vertices(line: LineString, outline: Polygon, within_m: float) -> LineString:
    """Line that goes through the vertices it passes, so that no slivers lie between them."""
    corners = _points(np.unique(shapely.get_coordinates(outline), axis=0))
    near = corners[shapely.dwithin(corners, line, within_m)]
    if not len(near):
        return line
    own = _points(shapely.get_coordinates(line))
    own = own[shapely.distance(own, shapely.multipoints(near)) > within_m]
    points = np.concatenate([own, near])
    order = np.argsort(shapely.line_locate_point(line, points), kind="stable")
    return LineString(points[order]) if len(points) > 1 else line


def _points(coordinates: Floats) -> NDArray[np.object_]:
    return np.asarray(shapely.points(coordinates), dtype=object)


def parts_of(outline: Polygon, line: LineString) -> list[Polygon]:
    """Parts into which a line divides an outline; one where it does not cross it.

    Parts share the points of the line exactly, and keep the vertices of the outline.
    """
    linework = shapely.union_all([outline.boundary, line])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(linework)))
    return [face for face in faces if outline.contains(face.representative_point())]
