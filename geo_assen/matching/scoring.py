"""Scores: weighted criteria of many sites at once.

``score = sum(w d) / sum(w)`` over the criteria that apply to a kind of site, with what is
unknown counted 0.5; 0 in the low score, 1 in the high one. Reliability is the known share
of the weight. Where nothing applies, or all weights are 0, the score is 0.5 between 0 and
1, with reliability 0.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geo_assen.matching.clauses import Criterion, Curve
from geo_assen.matching.columns import Columns, Flags, Floats, Rows, metres
from geo_assen.matching.constraints import between
from geo_assen.matching.desirability import (
    category_desirability,
    number_desirability,
    steepest,
    values_reaching,
)
from geo_assen.matching.requirement import Requirement
from geo_assen.matching.runs import Stretches
from geo_assen.matching.written import Number, Point
from geo_assen.sites import Sites

__all__ = [
    "DECIMALS",
    "ROUNDING",
    "UNKNOWN_COUNTS",
    "Scores",
    "Weighing",
    "Wish",
    "rounded",
    "wishes",
]

DECIMALS = 12
"""Scores are rounded to this, so that equal sums added in another order stay equal."""

UNKNOWN_COUNTS = 0.5
"""Desirability that an unknown value counts for, and score of a site without any."""

_EVERY_KIND = ("plot", "premises")
ROUNDING = 1e-9
"""More than rounding may add to a score or take from it."""


@dataclass(eq=False)
class Wish:
    """One criterion, ready to be asked of rows of the columns.

    Attributes
    ----------
    kinds
        Kinds of site to which it applies.
    """

    name: str
    weight: Number
    unit: str | None
    kinds: tuple[str, ...]
    curve: Curve

    @property
    def is_costly(self) -> bool:
        """Whether each row has to be measured."""
        return False

    @abstractmethod
    def desirability(self, columns: Columns, rows: Rows) -> Floats:
        """0 to 1, NaN where the value is missing."""

    @abstractmethod
    def may_be_unknown(self, columns: Columns) -> bool:
        """Whether any site lacks the value."""

    def column(self, columns: Columns) -> str | None:  # noqa: ARG002
        """Name of the numbers over which the curve runs; None: they have to be measured."""
        return None

    def about(self, columns: Columns, rows: Rows) -> tuple[Floats, Floats] | None:  # noqa: ARG002
        """Desirability that costs less to know, and how far it may be off; None: there is none."""
        return None

    def bounds(self, columns: Columns, least: float) -> tuple[str, float, float] | None:
        """Numbers of a column between which the desirability is at least so much.

        None: it is not so, or they have to be measured.
        """
        name = self.column(columns)
        between_these = None if name is None else values_reaching(self.curve, least)
        return None if name is None or between_these is None else (name, *between_these)

    def reaches(self, columns: Columns, rows: Rows, least: float) -> Flags:
        """Tell which rows may have a desirability of at least so much, unknown counted 0.5."""
        bounds = self.bounds(columns, least)
        if bounds is not None:
            name, low, high = bounds
            return _may_reach(columns.numbers(name)[rows], low, high, least)
        found = self.desirability(columns, rows)
        return ~(found < least) if least <= UNKNOWN_COUNTS else found >= least

    def told(self, columns: Columns, rows: Rows) -> tuple[Floats, list[Any]]:
        """Desirability of each row, and the value behind it in plain types."""
        return self.desirability(columns, rows), columns.objects(self.name, rows)


@dataclass(eq=False)
class NumberWish(Wish):
    """A curve over a number or a date."""

    def column(self, columns: Columns) -> str | None:  # noqa: ARG002
        """Name of the numbers over which the curve runs."""
        return self.name

    def desirability(self, columns: Columns, rows: Rows) -> Floats:
        """0 to 1, NaN where the value is missing."""
        return number_desirability(self.curve, columns.numbers(self.name)[rows])

    def may_be_unknown(self, columns: Columns) -> bool:
        """Whether any site lacks the value."""
        return columns.has_missing(self.name)


@dataclass(eq=False)
class CodeWish(Wish):
    """A desirability for each value of a category, flag or set."""

    def table(self, columns: Columns) -> Floats:
        """Desirability by code of the column, and last NaN for what is missing."""
        categories = self.curve.categories or {}
        codes = columns.codes(self.name)
        return codes.table(lambda value: category_desirability(categories, value))

    def desirability(self, columns: Columns, rows: Rows) -> Floats:
        """0 to 1, NaN where the value is missing."""
        return self.table(columns)[columns.codes(self.name).at[rows]]

    def may_be_unknown(self, columns: Columns) -> bool:
        """Whether any site lacks the value."""
        return columns.codes(self.name).has_missing


@dataclass(eq=False)
class NearWish(Wish):
    """A curve over the distance to a point, or to the nearest place of a kind."""

    near: str | Point

    @property
    def is_costly(self) -> bool:
        """A kind of place has a column; the distance to a point has to be measured."""
        return not isinstance(self.near, str)

    def column(self, columns: Columns) -> str | None:
        """Name of the distances over which the curve runs, for a kind of place."""
        return columns.of_place(self.near) if isinstance(self.near, str) else None

    def desirability(self, columns: Columns, rows: Rows) -> Floats:
        """0 to 1, NaN where the distance is not known."""
        return number_desirability(self.curve, columns.distance_m(self.near, rows))

    def about(self, columns: Columns, rows: Rows) -> tuple[Floats, Floats] | None:
        """Desirability from the middle of each site, and how far that may be off.

        None where it would say nothing: for a kind of place (whose distances are at hand)
        and for a curve with a step.
        """
        steep = steepest(self.curve)
        if isinstance(self.near, str) or not np.isfinite(steep):
            return None
        distance, off = columns.distance_about_m(self.near, rows)
        found = number_desirability(self.curve, distance)
        if self.curve.smaller is None and self.curve.larger is None:
            return found, np.minimum(off * steep, 1.0)
        # of a curve that only rises or only falls the ends tell how far it may be off
        ends = (number_desirability(self.curve, distance + sign * off) for sign in (-1, 1))
        return found, np.maximum(*(np.abs(end - found) for end in ends))

    def may_be_unknown(self, columns: Columns) -> bool:  # noqa: ARG002
        """Whether any site lacks a place."""
        return True

    def reaches(self, columns: Columns, rows: Rows, least: float) -> Flags:
        """Tell which rows may have a desirability of at least so much, unknown counted 0.5."""
        bounds = values_reaching(self.curve, least)
        if isinstance(self.near, str) or bounds is None:
            return super().reaches(columns, rows, least)
        distance, off = columns.distance_about_m(self.near, rows)
        good = (distance + off >= bounds[0]) & (distance - off <= bounds[1])
        return good | np.isnan(distance) if least <= UNKNOWN_COUNTS else good

    def told(self, columns: Columns, rows: Rows) -> tuple[Floats, list[Any]]:
        """Desirability of each row, and the distance in metres, to the millimetre."""
        distance = columns.distance_m(self.near, rows)
        return number_desirability(self.curve, distance), metres(distance)


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of some rows, each 0 to 1."""

    score: Floats
    low: Floats
    high: Floats
    reliability: Floats


@dataclass(eq=False)
class Weighing:
    """The criteria that apply to one kind of site, with their weights.

    Attributes
    ----------
    heavy
        Wishes that weigh anything.
    total
        All weight.
    """

    wishes: tuple[Wish, ...]

    def __post_init__(self) -> None:
        self.heavy = [wish for wish in self.wishes if wish.weight > 0]
        self.total = float(sum([float(wish.weight) for wish in self.heavy]))

    def reaching(self, columns: Columns, places: Stretches, least: float) -> Rows:
        """Rows whose score may be at least so much."""
        rows: Rows | None = None
        for wish in sorted(self.heavy, key=lambda wish: (wish.is_costly, -wish.weight)):
            rest = (1.0 - least) * self.total / float(wish.weight)
            if rest >= 1:
                continue
            enough = 1.0 - rest - ROUNDING  # a little less, for what rounding may take
            bounds = wish.bounds(columns, enough) if rows is None else None
            if bounds is not None:
                name, low, high = bounds
                good = _may_reach(places.of(columns.numbers(name)), low, high, enough)
                rows = places.at(good.nonzero()[0])
            else:
                rows = places.rows() if rows is None else rows
                rows = rows[wish.reaches(columns, rows, enough)]
        return places.rows() if rows is None else rows

    def score(self, columns: Columns, rows: Rows) -> Floats:
        """Score of each row, what is unknown counted 0.5."""
        return self._mean(columns, rows, [w.desirability(columns, rows) for w in self.heavy])

    def about(self, columns: Columns, rows: Rows) -> tuple[Floats, Floats | None]:
        """Score of each row but for rounding, and how far it may be off beside that.

        It is off where the distance to a point is that of the middle of a site; None: nowhere.
        """
        if not self.total:
            return np.full(len(rows), UNKNOWN_COUNTS), None
        off: Floats | None = None
        score = np.zeros(len(rows))
        for wish in self.heavy:
            share = wish.weight / self.total
            told = wish.about(columns, rows) if wish.is_costly else None
            if told is not None:
                may_be = np.where(np.isnan(told[1]), 0.0, told[1]) * share
                off = may_be if off is None else off + may_be
            found = wish.desirability(columns, rows) if told is None else told[0]
            score += self._counted(wish, columns, found) * share
        return score, off

    def at_least(self, columns: Columns, rows: Rows) -> Floats:
        """Score that each row has at least."""
        score, off = self.about(columns, rows)
        score -= ROUNDING
        return score if off is None else score - off

    def _mean(self, columns: Columns, rows: Rows, found: Sequence[Floats]) -> Floats:
        """Score by the desirabilities of the wishes that weigh anything; they are used up."""
        if not self.total:
            return np.full(len(rows), UNKNOWN_COUNTS)
        score = np.zeros(len(rows))
        for wish, desirability in zip(self.heavy, found, strict=True):
            score += self._counted(wish, columns, desirability) * (wish.weight / self.total)
        return rounded(score)

    @staticmethod
    def _counted(wish: Wish, columns: Columns, desirability: Floats) -> Floats:
        """Desirabilities, in their own place, as they count where they are unknown."""
        if wish.may_be_unknown(columns):
            desirability[np.isnan(desirability)] = UNKNOWN_COUNTS
        return desirability

    def scores(self, columns: Columns, rows: Rows, found: Sequence[Floats]) -> Scores:
        """All scores of rows whose desirabilities are at hand, one array a wish."""
        if not self.total:
            none = np.zeros(len(rows))
            return Scores(np.full(len(rows), UNKNOWN_COUNTS), none, np.ones(len(rows)), none)
        sure, known = np.zeros(len(rows)), np.zeros(len(rows))
        heavy = []
        for wish, desirability in zip(self.wishes, found, strict=True):
            weight = float(wish.weight)
            unknown = np.isnan(desirability)
            known += np.where(unknown, 0.0, weight)
            sure += weight * np.where(unknown, 0.0, desirability)
            if weight > 0:
                heavy.append(desirability.copy())
        unsure = np.maximum(self.total - known, 0.0)
        return Scores(
            self._mean(columns, rows, heavy),
            _share(sure, self.total),
            _share(sure + unsure, self.total),
            _share(known, self.total),
        )


def _may_reach(numbers: Floats, low: float, high: float, least: float) -> Flags:
    """Tell which numbers lie between two bounds, or are unknown where that is enough."""
    good = between(numbers, low, high)
    return good | np.isnan(numbers) if least <= UNKNOWN_COUNTS else good


def _share(parts: Floats, total: float) -> Floats:
    return rounded(parts / total)


def rounded(score: Floats) -> Floats:
    """Scores as they are compared and told."""
    return np.minimum(np.maximum(score.round(DECIMALS), 0.0), 1.0)


def wishes(requirement: Requirement, sites: Sites) -> tuple[Wish, ...]:
    """Turn the criteria of a requirement into wishes, in their order."""
    return tuple([_wish(criterion, sites) for criterion in requirement.criteria])


def _wish(criterion: Criterion, sites: Sites) -> Wish:
    name, weight, curve = criterion.name, criterion.weight, criterion.curve
    if criterion.near is not None:
        return NearWish(name, weight, "m", _EVERY_KIND, curve, criterion.near)
    field = sites.fields[criterion.field or ""]
    kind = NumberWish if curve.categories is None else CodeWish
    return kind(field.name, weight, field.unit, field.sites, curve)
