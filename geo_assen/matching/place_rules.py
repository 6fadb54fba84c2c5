"""Constraints about where a site lies: near a place, a drive away, or inside an area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_assen.matching.columns import Columns, Flags, Floats, Rows, metres
from geo_assen.matching.constraints import (
    COSTLY,
    MISSING,
    NO_PLACE,
    NO_TRAVEL_TIMES,
    Rule,
    as_part_of,
)
from geo_assen.matching.written import Point

__all__ = ["Inside", "Minutes", "Near"]

_TOLERANCE_M = 0.01
"""A site may reach this far outside an area: outlines that share a border differ by less."""

_FAR_OUTSIDE_M = 1000.0
_STEP_M = 10.0


@dataclass(eq=False)
class Near(Rule):
    """A distance to a point, or to the nearest place of a kind, as the crow flies."""

    near: str | Point
    most_m: float
    is_known_kind: bool

    @property
    def effort(self) -> int:  # type: ignore[override]
        """A kind has a column; the distance to a point has to be measured."""
        return 1 if isinstance(self.near, str) else COSTLY

    def bounds(self, columns: Columns) -> tuple[str, float, float] | None:
        """Distances that pass, where a column has them."""
        if not isinstance(self.near, str):
            return None
        return columns.of_place(self.near), -np.inf, self.most_m

    def shortfall(self, columns: Columns, rows: Rows) -> Floats:
        """Metres too far."""
        return columns.distance_m(self.near, rows) - self.most_m

    def fails(self, columns: Columns, rows: Rows) -> Flags:
        """Tell which rows fail; only those that may go either way are measured exactly."""
        if isinstance(self.near, str):
            return columns.place_distances(self.near)[rows] > self.most_m
        about, off = columns.distance_about_m(self.near, rows)
        failing = about - off > self.most_m
        unsure = np.flatnonzero(~failing & (about + off > self.most_m))
        if len(unsure):
            failing[unsure] = self.shortfall(columns, rows[unsure]) > 0
        return failing

    def passes(self, columns: Columns, rows: Rows) -> Flags:
        """Tell which rows are known to pass; only those in doubt are measured exactly."""
        if isinstance(self.near, str):
            return columns.place_distances(self.near)[rows] <= self.most_m
        about, off = columns.distance_about_m(self.near, rows)
        good = about + off <= self.most_m
        unsure = np.flatnonzero(~good & (about - off <= self.most_m))
        if len(unsure):
            good[unsure] = self.shortfall(columns, rows[unsure]) <= 0
        return good

    def unknown(self, columns: Columns, rows: Rows) -> Flags | None:
        """Tell where the place of the site, or any place of the kind, is not known."""
        if isinstance(self.near, str):
            return np.isnan(columns.place_distances(self.near)[rows])
        return columns.has_no_place(rows)

    def verdicts(self, columns: Columns, rows: Rows | slice) -> tuple[Flags, Flags | None]:
        """Tell which rows fail, and for which the answer is unknown."""
        if not isinstance(self.near, str):
            return super().verdicts(columns, rows)
        name = columns.of_place(self.near)
        fails: Flags = columns.numbers(name)[rows] > self.most_m
        return fails, columns.missing(name, rows)

    def relative(self, shortfall: Floats, columns: Columns, rows: Rows) -> Floats:  # noqa: ARG002
        """Metres as a part of the distance asked."""
        return as_part_of(np.full(len(shortfall), self.most_m), shortfall)

    def values(self, columns: Columns, rows: Rows) -> list[Any]:
        """Metres, to the millimetre."""
        return metres(columns.distance_m(self.near, rows))

    def reasons(self, columns: Columns, rows: Rows, unknown: list[bool]) -> list[str | None]:  # noqa: ARG002
        """Say whether the site or the place is what is not known."""
        why = MISSING if self.is_known_kind else NO_PLACE
        return [why if is_unknown else None for is_unknown in unknown]


@dataclass(eq=False)
class Minutes(Rule):
    """A travel time by car to a point, or to the quickest reached place of a kind."""

    near: str | Point
    most_minutes: float
    has_times: bool
    is_known_kind: bool

    effort = COSTLY

    def shortfall(self, columns: Columns, rows: Rows) -> Floats:
        """Minutes too long."""
        return np.round(columns.travel_minutes(self.near)[rows] - self.most_minutes, 3)

    def relative(self, shortfall: Floats, columns: Columns, rows: Rows) -> Floats:  # noqa: ARG002
        """Minutes as a part of the time asked."""
        return as_part_of(np.full(len(shortfall), self.most_minutes), shortfall)

    def values(self, columns: Columns, rows: Rows) -> list[Any]:
        """Minutes, to a tenth."""
        return metres(columns.travel_minutes(self.near)[rows])

    def reasons(self, columns: Columns, rows: Rows, unknown: list[bool]) -> list[str | None]:  # noqa: ARG002
        """Say what is not known: any times, the place, or a road near the site."""
        why = MISSING if self.is_known_kind else NO_PLACE
        why = why if self.has_times else NO_TRAVEL_TIMES
        return [why if is_unknown else None for is_unknown in unknown]


@dataclass(eq=False)
class Inside(Rule):
    """Whether the whole site lies in an area; else how far it reaches outside."""

    area: BaseGeometry

    effort = 3

    def shortfall(self, columns: Columns, rows: Rows) -> Floats:
        """Metres outside."""
        return self._outside_m(columns, rows)

    def fails(self, columns: Columns, rows: Rows) -> Flags:
        """Tell which rows fail; what lies far from the box around the area surely does."""
        if self.area.is_empty:
            return np.zeros(len(rows), dtype=bool)
        min_x, min_y, max_x, max_y = self.area.bounds
        x_m, y_m, reach_m = (part[rows] for part in columns.circles)
        room = reach_m + _TOLERANCE_M
        failing: Flags = (x_m < min_x - room) | (x_m > max_x + room)
        failing |= (y_m < min_y - room) | (y_m > max_y + room)
        unsure = np.flatnonzero(~failing)
        failing[unsure] = self.shortfall(columns, rows[unsure]) > 0
        return failing

    def passes(self, columns: Columns, rows: Rows) -> Flags:
        """Tell which rows are known to pass."""
        good = ~self.fails(columns, rows)
        unknown = self.unknown(columns, rows)
        return good if unknown is None else good & ~unknown

    def unknown(self, columns: Columns, rows: Rows) -> Flags | None:
        """Tell where the place of the site or the outline of the area is not known."""
        if self.area.is_empty:
            return np.ones(len(rows), dtype=bool)
        return columns.has_no_place(rows)

    def relative(self, shortfall: Floats, columns: Columns, rows: Rows) -> Floats:  # noqa: ARG002
        """Metres as kilometres."""
        return shortfall / _FAR_OUTSIDE_M

    def values(self, columns: Columns, rows: Rows) -> list[Any]:
        """Metres outside, to the millimetre."""
        return metres(self.shortfall(columns, rows))

    def _outside_m(self, columns: Columns, rows: Rows) -> Floats:
        """Metres from the area to the farthest point of each site outside it; 0 if none.

        Taken over the corners of the part outside and over points every 10 m along its edge.
        """
        if self.area.is_empty:
            return np.full(len(rows), np.nan)
        geometries = columns.geometries(rows)
        known = ~shapely.is_missing(geometries)
        outside = np.where(known, 0.0, np.nan)
        roomy = self.area.buffer(_TOLERANCE_M)
        shapely.prepare(roomy)
        beyond = np.flatnonzero(known & ~shapely.covers(roomy, geometries))
        if len(beyond):
            parts = shapely.segmentize(shapely.difference(geometries[beyond], self.area), _STEP_M)
            points, owner = shapely.get_coordinates(parts, return_index=True)
            farthest = np.full(len(beyond), _TOLERANCE_M)
            np.maximum.at(farthest, owner, shapely.distance(shapely.points(points), self.area))
            outside[beyond] = farthest
        return outside
