"""Three-valued constraints: what passes, what fails and by how much, what is unknown.

A requirement becomes rules, one a constraint; a rule answers for any rows of the columns at
once. A missing value is unknown, never a fail; a rule on a field that does not apply to a
kind of site is left out for its sites.

Shortfalls are in the unit of the value: m², euros, metres, MVA and so on; days for dates;
steps for ordered categories; 1 for yes or no, ``one_of`` and ``use``; metres outside for
``inside``. To compare them (the order of failing sites) they are made relative:

===================  =============================================================
shortfall in         relative shortfall
===================  =============================================================
number, ``max_m``    shortfall / abs(limit); with a limit of 0 the shortfall itself
days                 days / 365
steps                steps / (number of categories - 1)
metres outside       metres / 1000: an area is no number to divide by
yes or no, one of    1
===================  =============================================================
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_assen.catalogue import CodeList, FieldDefinition
from geo_assen.matching.clauses import Constraint
from geo_assen.matching.columns import (
    Answers,
    Columns,
    Flags,
    Floats,
    Rows,
    days_since_1970,
    plain_numbers,
)
from geo_assen.matching.requirement import Requirement
from geo_assen.matching.written import Point, polygon_rd
from geo_assen.sites import Sites

__all__ = [
    "COSTLY",
    "MISSING",
    "NO_PLACE",
    "NO_TRAVEL_TIMES",
    "PART_FITS",
    "UNSURE",
    "AreaRange",
    "CodeRule",
    "Rule",
    "UseRule",
    "between",
    "metres",
    "rules",
]

UNSURE = {"vacant_without_offer": "vacant, not on offer"}
"""Words for why availability is unknown, where the note of the site is no word itself."""

MISSING = "not recorded"
NO_TRAVEL_TIMES = "no travel times are recorded"
NO_PLACE = "no such place is recorded"
PART_FITS = "a part fits"

TOLERANCE_M = 0.01
"""A site may reach this far outside an area: outlines that share a border differ by less."""

COSTLY = 2
"""Effort from which each row has to be measured."""

_DAYS_A_YEAR = 365.0
_FAR_OUTSIDE_M = 1000.0
_STEP_M = 10.0
_EVERY_KIND = ("plot", "premises")


@dataclass(eq=False)
class Rule:
    """One constraint, ready to be asked of rows of the columns.

    Attributes
    ----------
    name, unit
        As in :class:`geo_assen.matching.result.ConstraintResult`.
    kinds
        Kinds of site to which it applies.
    source
        Constraint as written; None for what every requirement asks.
    """

    name: str
    unit: str | None
    kinds: tuple[str, ...]
    source: Constraint | None

    effort = 1
    """Rules of less effort are asked first, and leave fewer rows to the others."""

    @property
    def limit(self) -> Any:
        """What is asked, in plain values; None where nothing is written."""
        return None if self.source is None else self.source.limit

    @abstractmethod
    def shortfall(self, columns: Columns, rows: Rows) -> Floats:
        """How far each row is from passing; above 0 it fails, NaN is unknown."""

    def fails(self, columns: Columns, rows: Rows) -> Flags:
        """Tell which rows fail."""
        return self.shortfall(columns, rows) > 0

    def passes(self, columns: Columns, rows: Rows) -> Flags:
        """Tell which rows are known to pass."""
        return self.shortfall(columns, rows) <= 0

    def unknown(self, columns: Columns, rows: Rows) -> Flags | None:
        """Tell for which rows the answer is unknown; None: for none."""
        return np.isnan(self.shortfall(columns, rows))

    def verdicts(self, columns: Columns, rows: Rows | slice) -> tuple[Flags, Flags | None]:
        """Tell which rows fail, and for which the answer is unknown; None: for none.

        Of all rows between two a slice is quicker to ask than their numbers.
        """
        if isinstance(rows, slice):
            rows = np.arange(rows.start, rows.stop)
        return self.fails(columns, rows), self.unknown(columns, rows)

    def bounds(self, columns: Columns) -> tuple[str, float, float] | None:  # noqa: ARG002
        """Numbers between which those of a column pass, both inclusive; None: it is not so."""
        return None

    def alike(self, columns: Columns, rows: Rows) -> NDArray[np.integer] | None:  # noqa: ARG002
        """Code of each row, such that rows of one code get the same answer; None: there is none."""
        return None

    def relative(self, shortfall: Floats, columns: Columns, rows: Rows) -> Floats:  # noqa: ARG002
        """Shortfalls of failing rows, made comparable."""
        return shortfall

    def values(self, columns: Columns, rows: Rows) -> list[Any]:
        """Value behind the answer for each row, in plain types."""
        return columns.objects(self.name, rows)

    def reasons(self, columns: Columns, rows: Rows, unknown: list[bool]) -> list[str | None]:  # noqa: ARG002
        """Words behind each answer: why it is unknown; None where there is nothing to say."""
        return [MISSING if is_unknown else None for is_unknown in unknown]


@dataclass(eq=False)
class CodeRule(Rule):
    """A rule about a column of codes: each different value has one answer.

    Attributes
    ----------
    wanted
        Values of which a site must have one; of any other value the shortfall is 1.
    """

    wanted: frozenset[Any]

    effort = 0

    @property
    def asked(self) -> Hashable:
        """What is asked: of a column the same gets the same answers."""
        return self.wanted

    def answer(self, value: Any) -> float:
        """Shortfall of one value."""
        if isinstance(value, frozenset):
            return float(value.isdisjoint(self.wanted)) if value else np.nan
        return 0.0 if value in self.wanted else 1.0

    def answers(self, columns: Columns) -> Answers:
        """Answers by value of the column, and of what is missing."""
        return columns.answers(self.name, self.asked, self.answer)

    def alike(self, columns: Columns, rows: Rows) -> NDArray[np.integer] | None:
        """Code of the value of each row."""
        return columns.codes(self.name).at[rows]

    def shortfall(self, columns: Columns, rows: Rows) -> Floats:
        """How far each row is from passing."""
        answers = self.answers(columns)
        return answers.shortfall[answers.at[rows]]

    def passes(self, columns: Columns, rows: Rows) -> Flags:
        """Tell which rows are known to pass."""
        answers = self.answers(columns)
        return answers.passes[answers.at[rows]]

    def verdicts(self, columns: Columns, rows: Rows | slice) -> tuple[Flags, Flags | None]:
        """Tell which rows fail, and for which the answer is unknown."""
        answers = self.answers(columns)
        if isinstance(rows, slice) and columns.are_few:
            fails, unknown = answers.by_row
            return fails[rows], None if unknown is None else unknown[rows]
        at = answers.at[rows]
        return answers.fails[at], None if answers.surely_known else answers.unknown[at]


@dataclass(eq=False)
class UseRule(CodeRule):
    """At least one of the uses that are asked.

    Attributes
    ----------
    uses
        In the order in which they are asked.
    """

    uses: tuple[str, ...]

    @property
    def limit(self) -> list[str]:
        """Uses that are asked."""
        return list(self.uses)


@dataclass(eq=False)
class StepRule(CodeRule):
    """A category that is at least so high.

    Attributes
    ----------
    codes
        All categories, the lowest first.
    """

    codes: CodeList
    lowest: str

    @property
    def asked(self) -> Hashable:
        """The lowest category that will do."""
        return self.lowest

    def answer(self, value: Any) -> float:
        """Steps up to the lowest that will do."""
        order = self.codes.values
        return float(order.index(self.lowest) - order.index(value)) if value in order else np.nan

    def relative(self, shortfall: Floats, columns: Columns, rows: Rows) -> Floats:  # noqa: ARG002
        """Steps as part of all steps there are."""
        return shortfall / max(1, len(self.codes.values) - 1)


@dataclass(eq=False)
class Availability(CodeRule):
    """Unknown where somebody else may come first; the sites say why."""

    def answer(self, value: Any) -> float:
        """Availability never fails: what cannot be had is no site."""
        return 0.0 if value == "pass" else np.nan

    def alike(self, columns: Columns, rows: Rows) -> NDArray[np.integer] | None:
        """Code of the status; whoever may come first is told of each row by itself."""
        own = -2 - np.arange(len(rows))
        return np.where(self.passes(columns, rows), columns.codes("status").at[rows], own)

    def values(self, columns: Columns, rows: Rows) -> list[Any]:
        """Status of each site."""
        return columns.objects("status", rows)

    def reasons(self, columns: Columns, rows: Rows, unknown: list[bool]) -> list[str | None]:
        """Who may come first, and until when."""
        if not any(unknown):
            return [None] * len(rows)
        notes = columns.objects("status_note", rows)
        ends = columns.objects("status_until", rows)
        return [
            _unsure(note, end) if is_unknown else None
            for note, end, is_unknown in zip(notes, ends, unknown, strict=True)
        ]


def _unsure(note: str | None, last: date | None) -> str:
    if note is None:
        return MISSING
    told = UNSURE.get(note, note)
    return told if last is None else f"{told} until {last}"


@dataclass(eq=False)
class Range(Rule):
    """A number or a date between two bounds, both inclusive.

    Attributes
    ----------
    low, high
        Bounds; infinite where there is none.
    """

    low: float
    high: float

    def shortfall(self, columns: Columns, rows: Rows) -> Floats:
        """How far each row is below the lower or above the upper bound."""
        values = columns.numbers(self.name)[rows]
        return np.maximum(self.low - values, values - self.high)

    def passes(self, columns: Columns, rows: Rows) -> Flags:
        """Tell which rows are known to pass."""
        return between(columns.numbers(self.name)[rows], self.low, self.high)

    def verdicts(self, columns: Columns, rows: Rows | slice) -> tuple[Flags, Flags | None]:
        """Tell which rows fail, and for which the answer is unknown."""
        values = columns.numbers(self.name)[rows]
        if self.high == np.inf:
            fails = values < self.low
        else:
            fails = values > self.high
            if self.low > -np.inf:
                fails |= values < self.low
        return fails, columns.missing(self.name, rows)

    def bounds(self, columns: Columns) -> tuple[str, float, float] | None:  # noqa: ARG002
        """Numbers between which those of a column pass."""
        return self.name, self.low, self.high

    def relative(self, shortfall: Floats, columns: Columns, rows: Rows) -> Floats:
        """Days as years, other numbers as a part of the bound that is missed."""
        if self.unit == "days":
            return shortfall / _DAYS_A_YEAR
        below = columns.numbers(self.name)[rows] < self.low
        return _relative(shortfall, np.where(below, self.low, self.high))


def between(values: Floats, low: float, high: float) -> Flags:
    """Tell which values lie between two bounds; what is missing does not."""
    if high == np.inf:
        return values >= low
    return values <= high if low == -np.inf else (values >= low) & (values <= high)


def _relative(shortfall: Floats, bound: Floats) -> Floats:
    size = np.abs(bound)
    usable = np.isfinite(size) & (size > 0)
    return np.where(usable, shortfall / np.where(usable, size, 1.0), shortfall)


@dataclass(eq=False)
class AreaRange(Range):
    """An area between two bounds; of divisible land every part may be the one asked.

    A site of A m² whose smallest part is p m² offers p to A m²: it fails the lower bound
    where A is too small and the upper one where even p is too large, never both.
    """

    effort = 0

    def shortfall(self, columns: Columns, rows: Rows) -> Floats:
        """How far the whole is below the lower, or the smallest part above the upper bound."""
        whole = columns.numbers(self.name)[rows]
        return np.maximum(self.low - whole, columns.least_parts_m2[rows] - self.high)

    def passes(self, columns: Columns, rows: Rows) -> Flags:
        """Tell which rows are known to pass."""
        fits = columns.numbers(self.name)[rows] >= self.low
        if self.high < np.inf:
            fits &= columns.least_parts_m2[rows] <= self.high
        return fits

    def verdicts(self, columns: Columns, rows: Rows | slice) -> tuple[Flags, Flags | None]:
        """Tell which rows fail, and for which the answer is unknown."""
        area = columns.numbers(self.name)[rows]
        fails = area < self.low
        if self.high < np.inf:
            fails |= columns.least_parts_m2[rows] > self.high
        return fails, columns.missing(self.name, rows)

    def reasons(self, columns: Columns, rows: Rows, unknown: list[bool]) -> list[str | None]:
        """Say where only a part of the site fits."""
        told = super().reasons(columns, rows, unknown)
        for at in (columns.numbers(self.name)[rows] > self.high).nonzero()[0].tolist():
            told[at] = PART_FITS
        return told


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
        return _relative(shortfall, np.full(len(shortfall), self.most_m))

    def values(self, columns: Columns, rows: Rows) -> list[Any]:
        """Metres, to the millimetre."""
        return metres(columns.distance_m(self.near, rows))

    def reasons(self, columns: Columns, rows: Rows, unknown: list[bool]) -> list[str | None]:  # noqa: ARG002
        """Say whether the site or the place is what is not known."""
        why = MISSING if self.is_known_kind else NO_PLACE
        return [why if is_unknown else None for is_unknown in unknown]


def metres(distances: Floats) -> list[int | float | None]:
    """Write metres to the millimetre; None where they are not known."""
    return plain_numbers(distances.round(3))


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
        return _relative(shortfall, np.full(len(shortfall), self.most_minutes))

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
        room = reach_m + TOLERANCE_M
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
        roomy = self.area.buffer(TOLERANCE_M)
        shapely.prepare(roomy)
        beyond = np.flatnonzero(known & ~shapely.covers(roomy, geometries))
        if len(beyond):
            parts = shapely.segmentize(shapely.difference(geometries[beyond], self.area), _STEP_M)
            points, owner = shapely.get_coordinates(parts, return_index=True)
            farthest = np.full(len(beyond), TOLERANCE_M)
            np.maximum.at(farthest, owner, shapely.distance(shapely.points(points), self.area))
            outside[beyond] = farthest
        return outside


def rules(requirement: Requirement, sites: Sites) -> tuple[Rule, ...]:
    """Rules of a requirement: ``use`` where it is asked, ``availability``, then as written."""
    found: list[Rule] = []
    if requirement.use:
        uses = requirement.use
        found.append(UseRule("use", None, _EVERY_KIND, None, frozenset(uses), uses))
    found.append(Availability("availability", None, _EVERY_KIND, None, frozenset()))
    return (*found, *[_rule(constraint, sites) for constraint in requirement.constraints])


def _rule(constraint: Constraint, sites: Sites) -> Rule:
    name = constraint.field
    if name is not None:
        return _field_rule(constraint, sites.fields[name], sites)
    name, near = constraint.name, constraint.near
    if near is None:
        inside = constraint.inside
        return Inside(name, "m", _EVERY_KIND, constraint, _area(inside or "", sites))
    known = not isinstance(near, str) or near in sites.kinds_of_place
    if constraint.max_m is None:
        most, has_times = float(constraint.max_minutes or 0), sites.travel is not None
        return Minutes(name, "minutes", _EVERY_KIND, constraint, near, most, has_times, known)
    return Near(name, "m", _EVERY_KIND, constraint, near, float(constraint.max_m), known)


def _field_rule(constraint: Constraint, field: FieldDefinition, sites: Sites) -> Rule:
    name, kinds = field.name, field.sites
    if constraint.at_least is not None:
        codes = sites.codes[field.codes or ""]
        return StepRule(name, "steps", kinds, constraint, frozenset(), codes, constraint.at_least)
    if constraint.one_of is not None:
        return CodeRule(name, None, kinds, constraint, frozenset(constraint.one_of))
    if constraint.equals is not None:
        return CodeRule(name, None, kinds, constraint, frozenset((constraint.equals,)))
    unit = "days" if field.type == "date" else field.unit
    low, high = _as_number(constraint.min, -np.inf), _as_number(constraint.max, np.inf)
    of_area = name == "area_m2"
    return (AreaRange if of_area else Range)(name, unit, kinds, constraint, low, high)


def _as_number(limit: int | float | date | None, otherwise: float) -> float:
    if limit is None:
        return otherwise
    return days_since_1970(limit) if isinstance(limit, date) else float(limit)


def _area(inside: str | dict[str, Any], sites: Sites) -> BaseGeometry:
    if not isinstance(inside, str):
        return polygon_rd(inside)
    areas = sites.areas
    outlines = areas.geometry.to_numpy()[(areas["code"] == inside).to_numpy(dtype=bool)]
    area: BaseGeometry = shapely.union_all(outlines)
    return area
