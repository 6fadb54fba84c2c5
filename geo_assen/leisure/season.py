"""Events of a year by week and month, and which of them share days.

Weeks are those of ISO 8601: from Monday on, and the first is the one with the first Thursday
of the year. An event without an end lasts one day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

__all__ = ["Week", "events_of_year", "months_of", "shared_days", "weeks_of"]

TT_NAME = "TT Assen"
"""How the name of the races begins that make the TT week."""


@dataclass(frozen=True)
class Week:
    """A week with events.

    Attributes
    ----------
    number
        Of the ISO week, in the ISO year of its Monday.
    events
        Codes of the events with a day in it, earliest first.
    is_tt
        Whether the TT is ridden in it.
    """

    number: int
    starts_on: date
    ends_on: date
    events: tuple[str, ...]
    is_tt: bool

    @property
    def after(self) -> date:
        """The day after the week."""
        return self.ends_on + timedelta(days=1)


def events_of_year(events: pd.DataFrame, year: int) -> pd.DataFrame:
    """Answer the events with a day in a year, earliest first, each with an end.

    Parameters
    ----------
    events
        ``code name starts_on ends_on`` and anything besides.
    """
    ends = [_day(end) or _day(start) for start, end in
            zip(events["starts_on"], events["ends_on"], strict=True)]  # fmt: skip
    starts = [_day(start) for start in events["starts_on"]]
    told = events.assign(
        starts_on=pd.Series(starts, events.index, dtype=object),
        ends_on=pd.Series(ends, events.index, dtype=object),
    )
    inside = [
        start is not None and end is not None and start.year <= year <= end.year
        for start, end in zip(starts, ends, strict=True)
    ]
    kept = told[pd.Series(inside, events.index, dtype=bool)]
    return kept.sort_values(["starts_on", "ends_on", "code"]).reset_index(drop=True)


def months_of(events: pd.DataFrame, year: int) -> dict[int, tuple[str, ...]]:
    """Answer the events of each of the twelve months; one that lasts longer stands in several.

    Parameters
    ----------
    events
        As :func:`events_of_year` gives them.
    """
    rows = _rows(events)
    return {month: _within(rows, *_month(year, month)) for month in range(1, 13)}


def weeks_of(events: pd.DataFrame, year: int) -> tuple[Week, ...]:
    """Answer the weeks of a year in which something goes on, earliest first.

    Parameters
    ----------
    events
        As :func:`events_of_year` gives them. A week belongs to the year of its Thursday.
    """
    rows = _rows(events)
    tt = {row["code"] for row in rows if str(row["name"]).startswith(TT_NAME)}
    found = []
    for monday in _mondays(year):
        codes = _within(rows, monday, monday + timedelta(days=6))
        if codes:
            number = monday.isocalendar().week
            found.append(Week(number, monday, monday + timedelta(days=6), codes,
                              not tt.isdisjoint(codes)))  # fmt: skip
    return tuple(found)


def shared_days(events: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Answer which other events share a day with each, by code."""
    rows = _rows(events)
    return {
        row["code"]: tuple(
            code for code in _within(rows, row["starts_on"], row["ends_on"])
            if code != row["code"]
        )
        for row in rows
    }  # fmt: skip


def _within(rows: list[dict[str, Any]], first: date, last: date) -> tuple[str, ...]:
    return tuple(
        row["code"] for row in rows if row["starts_on"] <= last and row["ends_on"] >= first
    )


def _rows(events: pd.DataFrame) -> list[dict[str, Any]]:
    """Events as plain rows, read once: a frame is slow to read anew for each week."""
    names = ("code", "name", "starts_on", "ends_on")
    columns = zip(*(events[name].tolist() for name in names), strict=True)
    return [dict(zip(names, values, strict=True)) for values in columns]


def _mondays(year: int) -> Iterator[date]:
    monday = date.fromisocalendar(year, 1, 1)
    while monday.isocalendar().year == year:
        yield monday
        monday += timedelta(days=7)


def _month(year: int, month: int) -> tuple[date, date]:
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), after - timedelta(days=1)


def _day(value: Any) -> date | None:
    """Day of a cell; None where it is missing."""
    if value is None or value is pd.NaT or pd.isna(value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value
