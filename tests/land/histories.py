"""Thousands of random histories of parks, each such as a careful clerk would write.

Every park keeps its own books in plain integers beside the events, day by day; the ledger is
then held against them, and against what must hold at any date.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pandas as pd

from tests.factories import LAND_EVENT, frame, make_event, make_park, make_plot

START = date(2015, 1, 1)
DAYS = 400

Row = dict[str, Any]


@dataclass
class Clerk:
    """One park: what is recorded of it, and the books that the clerk keeps.

    Attributes
    ----------
    books
        Net and issued area (m²) at the end of each day, from the start on.
    """

    code: str
    chance: random.Random
    plots: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    books: list[tuple[int, int]] = field(default_factory=list)
    area_m2: dict[str, int] = field(default_factory=dict)
    issued_m2: dict[str, int] = field(default_factory=dict)
    promises: dict[str, dict[tuple[str, int], date]] = field(default_factory=dict)
    net_m2: int = 0
    opened_m2: int = 0

    def write(self) -> Clerk:
        """Live through all days."""
        for number in range(self.chance.randint(1, 4)):
            self._plot(f"{self.code}-{number}", self.chance.randint(500, 20_000), None)
        drawn = sum(self.area_m2.values())
        self.opened_m2 = self.chance.choice([0, self.chance.randint(1, 30_000)])
        self.net_m2 = drawn + self.opened_m2 + self.chance.choice([0, 5_000])
        self._event("net_set", START, area_m2=self.net_m2)
        if self.opened_m2 or self.chance.random() < 0.5:
            self._event("opening_balance", START, area_m2=self.opened_m2)
        for number in range(DAYS):
            day = START + timedelta(number)
            if number and self.chance.random() < 0.04:
                self._happening(day)
            self.books.append((self.net_m2, self.opened_m2 + sum(self.issued_m2.values())))
        return self

    def _plot(self, code: str, area_m2: int, parent: str | None, issued_m2: int = 0) -> None:
        self.plots.append(
            make_plot(code=code, park=self.code, area_m2=area_m2, parent_plot=parent)
        )
        self.area_m2[code], self.issued_m2[code], self.promises[code] = area_m2, issued_m2, {}

    def _event(self, kind: str, day: date, plot: str | None = None, **more: Any) -> None:
        later = timedelta(self.chance.choice([0, 0, 3, 40]))
        self.events.append(make_event(
            code=f"{self.code}-E{len(self.events):03}", kind=kind, effective_on=day,
            recorded_on=day + later, **({"plot": plot} if plot else {"park": self.code}), **more,
        ))  # fmt: skip

    def _happening(self, day: date) -> None:
        plot = self.chance.choice(sorted(self.area_m2))
        act = self.chance.choice(
            [self._promise, self._promise, self._lapse, self._deed, self._deed, self._buy_back,
             self._split, self._merge, self._withdraw]
        )  # fmt: skip
        act(day, plot)

    def _promise(self, day: date, plot: str) -> None:
        kind = self.chance.choice(["option", "reservation"])
        rank = self.chance.randint(1, 2)
        last = self.promises[plot].get((kind, rank))
        if self.issued_m2[plot] or (last is not None and last >= day):
            return
        until = day + timedelta(self.chance.randint(0, 120))
        self.promises[plot][kind, rank] = until
        self._event(kind, day, plot, valid_until=until, priority_rank=rank)

    def _lapse(self, day: date, plot: str) -> None:
        running = sorted(key for key, until in self.promises[plot].items() if until >= day)
        if running:
            kind, rank = self.chance.choice(running)
            del self.promises[plot][kind, rank]
            self._event(f"{kind}_lapsed", day, plot, priority_rank=rank)

    def _deed(self, day: date, plot: str) -> None:
        if self.issued_m2[plot]:
            return
        self.issued_m2[plot] = self.area_m2[plot]
        self.promises[plot] = {}
        said = {} if self.chance.random() < 0.5 else {"area_m2": self.area_m2[plot]}
        self._event("deed", day, plot, **said)

    def _buy_back(self, day: date, plot: str) -> None:
        own = [e for e in self.events if e["kind"] == "deed" and e["plot"] == plot]
        if own and self.issued_m2[plot] == self.area_m2[plot] and own[-1]["effective_on"] < day:
            self.issued_m2[plot] = 0
            self._event("buy_back", day, plot)

    def _split(self, day: date, plot: str) -> None:
        area = self.area_m2[plot]
        if area < 200 or self._touched(day, plot):
            return
        issued = self.issued_m2.pop(plot) > 0
        del self.area_m2[plot], self.promises[plot]
        self._event("split", day, plot)
        first = self.chance.randint(100, area - 100)
        for letter, part in (("a", first), ("b", area - first)):
            self._plot(plot + letter, part, plot, part if issued else 0)

    def _merge(self, day: date, plot: str) -> None:
        others = [
            other for other in sorted(self.area_m2)
            if other != plot and not self.issued_m2[other] and not self._touched(day, other)
        ]  # fmt: skip
        if not others or self.issued_m2[plot] or self._touched(day, plot):
            return
        gone = [plot, self.chance.choice(others)]
        area = sum(self.area_m2[one] for one in gone)
        for one in gone:
            del self.area_m2[one], self.issued_m2[one], self.promises[one]
            self._event("merge", day, one, into_plot=f"{plot}m")
        self._plot(f"{plot}m", area, plot)

    def _withdraw(self, day: date, plot: str) -> None:
        del plot
        free = self.net_m2 - self.opened_m2 - sum(self.area_m2.values())
        if free > 0:
            part = self.chance.randint(1, free)
            self.net_m2 -= part
            self._event("withdrawal", day, area_m2=part)

    def _touched(self, day: date, plot: str) -> bool:
        """Whether anything happened on a plot on a day: then it is not divided on it."""
        return any(e["plot"] == plot and e["effective_on"] == day for e in self.events)


@dataclass(frozen=True)
class Histories:
    """Many parks at once: what the ledger is asked of."""

    clerks: list[Clerk]
    plots: pd.DataFrame
    events: pd.DataFrame
    parks: pd.DataFrame


def write_histories(count: int, seed: int) -> Histories:
    """So many parks, each with a history of its own."""
    clerks = [
        Clerk(f"K{n:04}", random.Random(seed * 100_000 + n)).write()  # noqa: S311  # no secret
        for n in range(count)
    ]
    return Histories(
        clerks,
        frame([row for clerk in clerks for row in clerk.plots]),
        frame([row for clerk in clerks for row in clerk.events], LAND_EVENT),
        frame([make_park(code=clerk.code) for clerk in clerks]),
    )
