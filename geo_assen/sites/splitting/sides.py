"""Sides of an outline, and the one that a road runs along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo_assen.sites.splitting.outline import Floats, read_outline

__all__ = ["Side", "access_side", "sides_of"]

_CORNER_DEG = 10.0
_BENT_DEG = 45.0
"""A side bends no more than this from where it begins: a rounded corner ends it too."""

_SHORTEST_EDGE_M = 0.01
_STEP_M = 1.0
_FACING_COSINE = 0.5
_LEVEL_M = 1.0
_ASKED = "A list of its sides"


@dataclass(frozen=True)
class Side:
    """One straight side of an outline.

    Attributes
    ----------
    number
        From 0, clockwise.
    line
        The side clockwise along the outline, EPSG:28992: the plot lies to its right.
    """

    number: int
    line: LineString

    @property
    def length_m(self) -> float:
        """Length along the outline, in metres."""
        return float(self.line.length)


def sides_of(outline: Polygon | MultiPolygon) -> tuple[Side, ...]:
    """Sides of an outline, clockwise from its northernmost vertex.

    Edges that turn by less than 10 degrees are one side, until it has turned by 45 degrees
    in all. Where the northernmost vertex is no corner, the side it lies on is number 0; of
    several such vertices the westernmost counts. Edges under 1 cm are passed over; holes
    have no sides.

    Parameters
    ----------
    outline
        Polygon in EPSG:28992, or a multipolygon of one part.

    Raises
    ------
    CrsError
        If the coordinates cannot be RD.
    SplitRefused
        If it is no single polygon (``not_one_piece``) or crosses itself
        (``invalid_outline``).
    """
    ring = _clockwise_from_north(read_outline(outline, _ASKED))
    turns = _turns_deg(ring)
    corners = np.flatnonzero(np.abs(turns) >= _CORNER_DEG)
    if len(corners) and corners[0] > 0:  # the first side began before the northernmost vertex
        ring, turns = np.roll(ring, -corners[-1], axis=0), np.roll(turns, -corners[-1])
    starts, bent_deg = [0], 0.0
    for vertex in range(1, len(ring)):
        bent_deg += turns[vertex]
        if abs(turns[vertex]) >= _CORNER_DEG or abs(bent_deg) >= _BENT_DEG:
            starts.append(vertex)
            bent_deg = 0.0
    closed = np.vstack([ring, ring[:1]])
    ends = [*starts[1:], len(ring)]
    return tuple(
        Side(number, LineString(closed[start : end + 1]))
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    )


def _clockwise_from_north(outline: Polygon) -> Floats:
    """Vertices of the outer ring, each once, from the northernmost on."""
    ring = shapely.get_coordinates(outline.exterior)[:0:-1]
    step_m = np.hypot(*(ring - np.roll(ring, 1, axis=0)).T)
    kept = step_m >= _SHORTEST_EDGE_M
    ring = ring[kept] if kept.sum() >= 3 else ring
    first = np.lexsort((ring[:, 0], -ring[:, 1]))[0]
    return np.roll(ring, -first, axis=0)


def _turns_deg(ring: Floats) -> Floats:
    """Change of direction at each vertex, -180 to 180 degrees, clockwise positive."""
    ahead = np.roll(ring, -1, axis=0) - ring
    bearing = np.arctan2(ahead[:, 0], ahead[:, 1])
    turn: Floats = np.degrees(bearing - np.roll(bearing, 1))
    return (turn + 180) % 360 - 180


def access_side(
    outline: Polygon | MultiPolygon, roads: Sequence[BaseGeometry], within_m: float = 25.0
) -> int | None:
    """Number of the side that faces the nearest road, as a proposal.

    Every metre of a side looks at the road nearest to it, and faces it where that is within
    reach and no more than 60 degrees from straight ahead. A side counts when more than half
    of it faces a road. The one nearest to its road is answered; of those that are as near
    to 1 m the longest, then the lowest number.

    Parameters
    ----------
    outline
        Polygon in EPSG:28992, or a multipolygon of one part.
    roads
        Lines or areas of roads in EPSG:28992.
    within_m
        Reach in metres; a road drawn by its middle lies half its width from the plot.

    Returns
    -------
    Number as in :func:`sides_of`; None where no side faces a road within reach.

    Raises
    ------
    CrsError
        If the coordinates cannot be RD.
    SplitRefused
        As :func:`sides_of`.
    """
    sides = sides_of(outline)
    around = shapely.union_all([road for road in roads if not road.is_empty])
    if around.is_empty:
        return None
    found = [(_nearest_faced_m(side.line, around, within_m), side) for side in sides]
    faced = [(distance_m, side) for distance_m, side in found if distance_m is not None]
    if not faced:
        return None
    nearest_m = min(distance_m for distance_m, _ in faced)
    level = [side for distance_m, side in faced if distance_m <= nearest_m + _LEVEL_M]
    return min(level, key=lambda side: (-round(side.length_m, 2), side.number)).number


def _nearest_faced_m(side: LineString, roads: BaseGeometry, within_m: float) -> float | None:
    """Distance from a side to the nearest road it faces; None where it faces none."""
    count = max(1, int(np.ceil(side.length / _STEP_M)))
    step_m = side.length / count
    middle_m = (np.arange(count) + 0.5) * step_m
    points = shapely.line_interpolate_point(side, middle_m)
    ends = [
        shapely.get_coordinates(shapely.line_interpolate_point(side, middle_m + shift_m))
        for shift_m in (-step_m / 2, step_m / 2)
    ]
    ahead = ends[1] - ends[0]
    outward = np.column_stack([-ahead[:, 1], ahead[:, 0]])  # the plot lies to the right
    lines = shapely.get_coordinates(shapely.shortest_line(points, roads)).reshape(-1, 2, 2)
    look = lines[:, 1] - lines[:, 0]
    distance_m = np.hypot(*look.T)
    straight = (look * outward).sum(axis=1) >= (
        _FACING_COSINE * distance_m * np.hypot(*outward.T)
    )
    faces = straight & (distance_m <= within_m)
    return float(distance_m[faces].min()) if faces.mean() > 0.5 else None
