"""The date slider: its stops, the days that are marked along it, and the ends of years."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from webapp.figures.scale import percent

__all__ = ["Mark", "Replay", "replay_of"]

_YEARS_NAMED = 6


@dataclass(frozen=True)
class Mark:
    """A year named along the slider, at a place in percents."""

    at: float
    year: int


@dataclass(frozen=True)
class Replay:
    """A slider over the records.

    Attributes
    ----------
    stops
        Days that it stops at: ends of months, the first and last day, and the day shown.
    current
        Stop that is shown.
    ticks
        Places of marked days, in percents of its length, each once.
    marks
        Some years, at the end of their December before.
    year_ends
        Ends of years within it, the latest first.
    """

    stops: tuple[date, ...]
    current: int
    ticks: tuple[float, ...]
    marks: tuple[Mark, ...]
    year_ends: tuple[date, ...]

    @property
    def last(self) -> int:
        """Number of the last stop."""
        return len(self.stops) - 1

    @property
    def written(self) -> str:
        """Stops as the script of the page reads them."""
        return " ".join(day.isoformat() for day in self.stops)


def replay_of(first: date, today: date, shown: date, ticks_on: Iterable[date]) -> Replay:
    """Draw up a slider from the first record to today.

    Parameters
    ----------
    shown
        Day that the page shows; one outside makes the slider longer.
    ticks_on
        Days on which something happened, in any order.
    """
    low, high = min(first, shown), max(today, shown)
    stops = sorted({low, high, shown, min(today, high), *_month_ends(low, high)})
    days = np.array([day.toordinal() for day in stops])
    places = np.arange(len(stops))
    last = max(len(stops) - 1, 1)

    def at(day: date) -> float:
        return round(percent(float(np.interp(day.toordinal(), days, places)), last), 1)

    ends = [date(year, 12, 31) for year in range(low.year, high.year + 1)]
    ends = [end for end in ends if low <= end <= high]
    step = max(-(-len(ends) // _YEARS_NAMED), 1)
    return Replay(
        tuple(stops),
        stops.index(shown),
        tuple(sorted({at(day) for day in ticks_on})),
        tuple(Mark(at(end), end.year + 1) for end in ends[::step]),
        tuple(reversed(ends)),
    )


def _month_ends(low: date, high: date) -> list[date]:
    months = range(low.year * 12 + low.month - 1, high.year * 12 + high.month)
    ends = (
        date(month // 12, month % 12 + 1, calendar.monthrange(month // 12, month % 12 + 1)[1])
        for month in months
    )
    return [end for end in ends if low <= end <= high]
