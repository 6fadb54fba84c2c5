"""Visitors of attractions by year, each value with who says so.

Sources may contradict each other: their values stand side by side and no mean is made of
them. A part (one day of the races, the library of a culture house) is no total and is kept
apart from it, and so is a bound ("less than 100,000"), which nobody counted. A year of which
nothing is told has no value; nothing is put in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

__all__ = [
    "AT_MOST",
    "LatestVisitors",
    "VisitorValue",
    "VisitorYear",
    "latest_visitors",
    "missing_years",
    "visitor_years",
]

AT_MOST = "at_most"
"""Part under which stands the most that a whole can have been: a bound, and no count."""

_TOTAL = frozenset({"", "total"})
"""What stands for no part in files."""


@dataclass(frozen=True)
class VisitorValue:
    """What one source says of a year.

    Attributes
    ----------
    source
        Name of the source; None where it is not known.
    certainty
        Code, such as ``stated``; None where nobody says.
    remark
        As it was recorded; None where there is none.
    """

    visitors: int
    source: str | None
    certainty: str | None
    remark: str | None = None


@dataclass(frozen=True)
class VisitorYear:
    """All that is told of an attraction, or of a part of it, in one year.

    Attributes
    ----------
    part
        Name of the part; None: the whole.
    values
        In the order in which they were recorded, at least one.
    """

    year: int
    part: str | None
    values: tuple[VisitorValue, ...]

    @property
    def low_visitors(self) -> int:
        """The least that any source says."""
        return min(value.visitors for value in self.values)

    @property
    def high_visitors(self) -> int:
        """The most that any source says."""
        return max(value.visitors for value in self.values)

    @property
    def contradicts(self) -> bool:
        """Whether sources say different numbers."""
        return self.low_visitors != self.high_visitors


@dataclass(frozen=True)
class LatestVisitors:
    """Visitors of the latest year of which a total is told.

    Attributes
    ----------
    visitors
        What was recorded last of that year.
    low_visitors, high_visitors
        Least and most that the sources of that year say.
    certainty
        Of the value recorded last; None where nobody says.
    """

    year: int
    visitors: int
    low_visitors: int
    high_visitors: int
    certainty: str | None


def visitor_years(
    attractions: Iterable[str], counts: pd.DataFrame
) -> dict[str, tuple[VisitorYear, ...]]:
    """Answer what is told of each attraction, year by year, the whole before its parts.

    Parameters
    ----------
    attractions
        Codes; each is in the answer, with nothing where nothing is counted.
    counts
        Rows in the order of recording: ``attraction year part visitors``, and where they are
        there ``source_name certainty remark``. A part that is missing, empty or ``total`` is
        the whole.
    """
    told: dict[str, dict[tuple[int, str], list[VisitorValue]]] = {code: {} for code in attractions}
    for row in counts.to_dict("records"):
        if row["attraction"] in told:
            part = _text(row.get("part")) or ""
            key = (int(row["year"]), "" if part in _TOTAL else part)
            told[row["attraction"]].setdefault(key, []).append(_value(row))
    return {
        code: tuple(
            VisitorYear(year, part or None, tuple(values))
            for (year, part), values in sorted(years.items())
        )
        for code, years in told.items()
    }


def latest_visitors(years: Sequence[VisitorYear], year: int) -> LatestVisitors | None:
    """Answer the visitors of the latest year up to one; None where no total is told."""
    totals = [one for one in years if one.part is None and one.year <= year]
    if not totals:
        return None
    last = max(totals, key=lambda one: one.year)
    value = last.values[-1]
    return LatestVisitors(
        last.year, value.visitors, last.low_visitors, last.high_visitors, value.certainty
    )


def missing_years(years: Sequence[VisitorYear]) -> tuple[int, ...]:
    """Answer of which years between the first and the last no total is told."""
    told = {one.year for one in years if one.part is None}
    return tuple(y for y in range(min(told), max(told)) if y not in told) if told else ()


def _value(row: Mapping[Any, Any]) -> VisitorValue:
    return VisitorValue(
        int(row["visitors"]),
        _text(row.get("source_name")),
        _text(row.get("certainty")),
        _text(row.get("remark")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
