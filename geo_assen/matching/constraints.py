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
from numpy.typing import NDArray

from geo_assen.catalogue import CodeList
from geo_assen.matching.clauses import Constraint
from geo_assen.matching.columns import Answers, Columns, Flags, Floats, Rows

__all__ = [
    "COSTLY",
    "MISSING",
    "NO_PLACE",
    "NO_TRAVEL_TIMES",
    "PART_FITS",
    "UNSURE",
    "AreaRange",
    "Availability",
    "CodeRule",
    "Range",
    "Rule",
    "StepRule",
    "UseRule",
    "as_part_of",
    "between",
]

UNSURE = {"vacant_without_offer": "vacant, not on offer"}
"""Words for why availability is unknown, where the note of the site is no word itself."""

MISSING = "not recorded"
NO_TRAVEL_TIMES = "no travel times are recorded"
NO_PLACE = "no such place is recorded"
PART_FITS = "a part fits"

COSTLY = 2
"""Effort from which each row has to be measured."""

_DAYS_A_YEAR = 365.0


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
        return as_part_of(np.where(below, self.low, self.high), shortfall)


def between(values: Floats, low: float, high: float) -> Flags:
    """Tell which values lie between two bounds; what is missing does not."""
    if high == np.inf:
        return values >= low
    return values <= high if low == -np.inf else (values >= low) & (values <= high)


def as_part_of(bound: Floats, shortfall: Floats) -> Floats:
    """Shortfalls as a part of the size of a bound; of a bound of 0 or none as they are."""
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
