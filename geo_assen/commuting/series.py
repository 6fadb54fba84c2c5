"""Series of flows, and where one must not be joined to the next.

A series is what one table, or one source, says by one method. Two tables that count the same
thing may stand in one chart, with a break between them; another source never does.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "CUT_OFF",
    "SERIES",
    "Break",
    "Series",
    "breaks_between",
    "first_series",
    "related",
    "series_named",
    "series_of",
]

_CBS = "cbs-jobs"


@dataclass(frozen=True)
class Series:
    """A series.

    Attributes
    ----------
    family
        Series of one family count the same thing.
    first_year, last_year
        Years of its table, both included; None: it goes on.
    break_before
        Why it cannot be joined to what its family has of earlier years; None: it can.
    """

    id: str
    family: str
    first_year: int
    last_year: int | None
    break_before: str | None = None


@dataclass(frozen=True)
class Break:
    """A place between two years over which nothing is joined."""

    last_year: int
    first_year: int
    reason: str


SERIES = (
    Series("cbs-81251ned", _CBS, 2006, 2014),
    Series("cbs-83628ned", _CBS, 2014, 2020, "road_distance"),
    Series("cbs-85481ned", _CBS, 2021, None, "new_method"),
)
"""Tables of CBS with the jobs of employees in December by municipality of home and of work.

From 2014 on distance is measured along roads, and from 2021 on the method is another. Of 2014
there are two tables, which differ."""

CUT_OFF = frozenset({"cbs-2016-17"})
"""Series that leave out small pairs and those who cross the border, in their totals too: what
they add up to is a lower bound."""

_TABLE = re.compile(r"(81251|83628|85481)\s*ned", re.IGNORECASE)


def series_named(text: str) -> str | None:
    """Series of the table that a text names, such as the name of a file; None: it names none."""
    found = _TABLE.search(text)
    return f"cbs-{found[1]}ned" if found else None


def series_of(year: int) -> str | None:
    """Series in which CBS tells of a year, the later of two; None of years before its tables."""
    return next(
        (s.id for s in reversed(SERIES) if s.first_year <= year <= (s.last_year or year)), None
    )


def first_series(there: Iterable[str]) -> str:
    """Which of some series of one year is told where none is asked: the latest table of CBS."""
    ranks = {one.id: rank for rank, one in enumerate(reversed(SERIES))}
    return min(there, key=lambda series: (ranks.get(series, len(ranks)), series))


def related(series: str, there: Iterable[str]) -> tuple[str, ...]:
    """Which of some series may stand in one chart with a series, itself among them."""
    families = {one.id: one.family for one in SERIES}
    own = families.get(series)
    return tuple(
        sorted(
            one for one in set(there)
            if one == series or (own is not None and families.get(one) == own)
        )
    )  # fmt: skip


def breaks_between(points: Iterable[tuple[str, int]]) -> tuple[Break, ...]:
    """Breaks along the years of a chart.

    Parameters
    ----------
    points
        Series and year of each value, in any order.
    """
    reasons = {one.id: one.break_before for one in SERIES}
    ordered = sorted(set(points), key=lambda point: (point[1], point[0]))
    return tuple(
        Break(before[1], after[1], reasons.get(after[0]) or "other_series")
        for before, after in itertools.pairwise(ordered)
        if before[0] != after[0]
    )
