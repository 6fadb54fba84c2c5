"""The rule of vacancy in the plainest way: day by day, source by source, in Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from math import isnan
from typing import Any

import pandas as pd

from geo_assen.vacancy import VacancyRule

ONE_DAY = timedelta(1)
SAYS = {"vacant": "vacant", "partly": "vacant", "occupied": "occupied", "unknown": "unknown"}


def plain(value: Any) -> Any:
    """NaN as None, so that answers compare."""
    return None if isinstance(value, float) and isnan(value) else value


def state_of(row: dict[str, Any]) -> str:
    in_use = (row["source"], row["state"]) == ("bag", "occupied")
    return "unknown" if in_use else row["state"]


def holds_until(row: dict[str, Any], rule: VacancyRule) -> date:
    months = rule.months[row["source"]]
    return (pd.Timestamp(row["observed_on"]) + pd.DateOffset(months=months)).date()


@dataclass
class Day:
    """What each source says on one day, the most trusted first."""

    day: date
    words: list[dict[str, Any]]

    @property
    def state(self) -> str:
        return state_of(self.words[0]) if self.words else "unknown"

    @property
    def kind(self) -> str:
        return SAYS[self.state]

    def sources(self, *, agree: bool) -> str:
        """Sources that agree or disagree with the first one that knows."""
        known = [word for word in self.words if state_of(word) != "unknown"]
        return ",".join(
            word["source"]
            for word in known
            if (SAYS[state_of(word)] == SAYS[state_of(known[0])]) is agree
            and word is not self.words[0]
        )

    @property
    def newest_on(self) -> date | None:
        seen = [w for w in self.words if (w["source"], w["state"]) != ("bag", "occupied")]
        return max((word["observed_on"] for word in seen), default=None)


def walk(
    rows: list[dict[str, Any]], *, as_of: date, rule: VacancyRule, known_at: date | None = None
) -> list[Day]:
    """Each day from the one before the first observation to the date."""
    kept = [
        (row["observed_on"], row["recorded_on"], number, holds_until(row, rule), row)
        for number, row in enumerate(rows)
        if known_at is None or row["recorded_on"] <= known_at
    ]
    day = min([as_of, *(told[0] for told in kept)]) - ONE_DAY
    days = []
    while day <= as_of:
        words = []
        for source in rule.months:
            spoken = [t for t in kept if t[4]["source"] == source and t[0] <= day]
            if spoken and (last := max(spoken, key=lambda told: told[:3]))[3] >= day:
                words.append(last[4])
        days.append(Day(day, words))
        day += ONE_DAY
    return days


def runs(days: list[Day]) -> list[tuple[str, list[Day]]]:
    """Stretches of days of one kind."""
    return [(kind, list(stretch)) for kind, stretch in groupby(days, key=lambda day: day.kind)]


def used_before(found: list[tuple[str, list[Day]]], place: int) -> int | None:
    """Days of use between a vacancy and the one before it, if that is all that lies between."""
    if place < 2 or [kind for kind, _ in found[place - 2 : place]] != ["vacant", "occupied"]:
        return None
    return len(found[place - 1][1])


def running(days: list[Day], rule: VacancyRule) -> dict[str, Any]:
    """The vacancy on the last day, in the columns of the states."""
    found = runs(days)
    place = len(found) - 1
    answer: dict[str, Any] = dict.fromkeys(
        ("vacant_since", "used_before_days", "before_use_since")
    )
    if found[place][0] != "vacant":
        return answer | {"at_least": False}
    head = place
    while (days_used := used_before(found, head)) and days_used <= rule.short_use_days:
        head -= 2
    if head < place:
        answer["used_before_days"] = used_before(found, place)
        answer["before_use_since"] = found[head][1][0].day
    start = place if rule.short_use_breaks else head
    answer["vacant_since"] = found[start][1][0].day
    return answer | {"at_least": found[start - 1][0] != "occupied"}
