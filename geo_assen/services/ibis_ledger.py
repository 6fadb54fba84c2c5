"""Yearly balances against the ledger: which land events a row of a file amounts to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from geo_assen.export import IbisIssue, IbisRow
from geo_assen.land import (
    effective_events,
    event_parks,
    ledger_faults,
    park_stock,
    uptake_by_year,
)
from geo_assen.services.ledger import Ledger
from geo_assen.units import hectares

__all__ = ["Amounting", "IbisLedger"]

_BALANCE = ("opening_balance", "net_set", "deed", "buy_back", "withdrawal")
"""Kinds of events that change what is net or issued; a promise does not."""


@dataclass(frozen=True)
class Amounting:
    """What a row adds to the store; nothing where the store says the same already."""

    events: tuple[dict[str, Any], ...] = ()
    is_new_park: bool = False


@dataclass(frozen=True)
class _Balance:
    """Net, issued and uptake of a park in whole m², at the end of a year."""

    net_m2: int
    issued_m2: int
    uptake_m2: int

    def __str__(self) -> str:
        """The three in hectares, for a sentence."""
        return (
            f"net {hectares(self.net_m2):.4f}, issued {hectares(self.issued_m2):.4f}, "
            f"uptake {hectares(self.uptake_m2):.4f} ha"
        )


Judged = Amounting | IbisIssue


class IbisLedger:
    """The ledger of the parks of a file while an import adds to it.

    Parameters
    ----------
    ledger
        The ledger as it stands.
    recorded_on
        Day on which what is added counts as recorded.
    """

    def __init__(self, ledger: Ledger, *, recorded_on: date) -> None:
        self._parks, self._plots = ledger.parks, ledger.plots
        # What is added gets its id when it is written.
        self._events = ledger.events.drop(columns="id")
        self._recorded_on = recorded_on
        self._taken = set(ledger.events["code"])

    def judged(self, rows: Sequence[IbisRow]) -> list[tuple[IbisRow, Judged]]:
        """Answer which events each row amounts to, or why it is refused.

        The earlier years of a park come before the later ones, which see what they added.
        """
        self._narrow({row.code for row in rows})
        turns: dict[int, list[IbisRow]] = {}
        turn_of: Counter[str] = Counter()
        for row in sorted(rows, key=lambda r: (r.code, r.year, r.row)):
            turns.setdefault(turn_of[row.code], []).append(row)
            turn_of[row.code] += 1
        return [pair for turn in turns.values() for pair in self._turn(turn)]

    def _narrow(self, codes: set[str]) -> None:
        """Leave out the parks that no row is about."""
        self._parks = self._parks[self._parks["code"].isin(codes)]
        self._plots = self._plots[self._plots["park"].isin(codes)]
        self._events = self._events[event_parks(self._events, self._plots).isin(codes)]

    def _turn(self, rows: list[IbisRow]) -> Iterator[tuple[IbisRow, Judged]]:
        """Judge rows of different parks together: they do not touch each other."""
        balances = _Balances(self._parks, self._plots, self._events)
        counted = effective_events(self._events, date.max)
        counted = counted[counted["kind"].isin(_BALANCE)]
        parks = event_parks(counted, self._plots)
        days = counted["effective_on"].dt.date.groupby(parks).agg(list)
        found = {row.code: self._amounting(row, days.get(row.code, []), balances) for row in rows}
        faults = self._faults(rows, found)
        for row in rows:
            judged = found[row.code]
            if row.code in faults:
                judged = IbisIssue(
                    row.row, "balance", None, row.code, " ".join(faults[row.code]),
                    "Correct the row, or the land events of this work location.",
                )  # fmt: skip
            elif isinstance(judged, Amounting):
                self._add(row, judged)
            yield row, judged

    def _amounting(self, row: IbisRow, days: list[date], balances: _Balances) -> Judged:
        """What a row adds to the balance of its park, before the ledger is asked."""
        end, before = date(row.year, 12, 31), date(row.year - 1, 12, 31)
        if not days:
            events = self._opening(row, before) + self._uptake(row, end)
            return Amounting(tuple(events), row.code not in set(self._parks["code"]))
        told = _Balance(row.net_area_m2, row.issued_m2, row.uptake_m2)
        known = balances.of(row.code, row.year)
        if known == told:
            return Amounting()
        later = [day for day in days if day > before]
        if later:
            return _exists(row, f"From {min(later)} on the store has a balance of its own: "
                           f"{known} at the end of {row.year}, and the row says {told}.")
        earlier = balances.of(row.code, row.year - 1)
        if earlier.issued_m2 != row.issued_m2 - row.uptake_m2:
            return _exists(row, f"At the end of {row.year - 1} the store has "
                           f"{hectares(earlier.issued_m2):.4f} ha issued, and the row "
                           f"{hectares(row.issued_m2 - row.uptake_m2):.4f} ha before its uptake.")
        # The net area of the year before was told by its own row: it changes on the last day.
        changed = [] if earlier.net_m2 == row.net_area_m2 else [self._net(row, end)]
        return Amounting(tuple(changed + self._uptake(row, end)))

    def _faults(
        self, rows: list[IbisRow], found: Mapping[str, Judged]
    ) -> dict[str, list[str]]:
        """What the ledger would contradict itself in, by park, if all were added."""
        added = [e for judged in found.values() if isinstance(judged, Amounting)
                 for e in judged.events]  # fmt: skip
        if not added:
            return {}
        parks = self._with_parks([r for r in rows if _is_new(found[r.code])])
        before = set(ledger_faults(self._plots, self._events, parks))
        after = ledger_faults(self._plots, self._with_events(added), parks)
        park_of = dict(zip(self._plots["code"], self._plots["park"], strict=True))
        faults: dict[str, list[str]] = {}
        for fault in after:
            if fault not in before:
                faults.setdefault(park_of.get(fault.place, fault.place), []).append(str(fault))
        return faults

    def _add(self, row: IbisRow, found: Amounting) -> None:
        """Take what a row amounts to into the ledger, for the rows after it."""
        if found.is_new_park:
            self._parks = self._with_parks([row])
        if found.events:
            self._events = self._with_events(found.events)

    def _with_parks(self, rows: Sequence[IbisRow]) -> pd.DataFrame:
        if not rows:
            return self._parks
        new = {"code": [r.code for r in rows], "gross_area_m2": [r.gross_area_m2 for r in rows]}
        return pd.concat([self._parks, pd.DataFrame(new)], ignore_index=True)

    def _with_events(self, events: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
        kinds = self._events.dtypes.to_dict()
        added = pd.DataFrame(events).reindex(columns=self._events.columns).astype(kinds)
        return added if self._events.empty else pd.concat(
            [self._events, added], ignore_index=True
        )  # fmt: skip

    def _opening(self, row: IbisRow, day: date) -> list[dict[str, Any]]:
        opening = self._event(row, "opening", "opening_balance", day, row.issued_m2 - row.uptake_m2)
        return [self._net(row, day), opening]

    def _net(self, row: IbisRow, day: date) -> dict[str, Any]:
        return self._event(row, "net", "net_set", day, row.net_area_m2)

    def _uptake(self, row: IbisRow, day: date) -> list[dict[str, Any]]:
        if row.uptake_m2 == 0:
            return []
        kind = "deed" if row.uptake_m2 > 0 else "buy_back"
        return [self._event(row, "uptake", kind, day, abs(row.uptake_m2))]

    def _event(
        self, row: IbisRow, part: str, kind: str, day: date, area_m2: int
    ) -> dict[str, Any]:
        code = f"IBIS-{row.year}-{row.code}-{part}"
        # The code may have gone to an event of before that was undone or corrected.
        number = 2
        while code in self._taken:
            code = f"IBIS-{row.year}-{row.code}-{part}-{number}"
            number += 1
        self._taken.add(code)
        return {
            "code": code, "kind": kind, "park": row.code, "effective_on": day,
            "recorded_on": self._recorded_on, "area_m2": area_m2,
        }  # fmt: skip


class _Balances:
    """Balances of parks at the ends of years, each year drawn up once."""

    def __init__(self, parks: pd.DataFrame, plots: pd.DataFrame, events: pd.DataFrame) -> None:
        self._parks, self._plots, self._events = parks, plots, events
        self._drawn: dict[int, dict[str, _Balance]] = {}

    def of(self, park: str, year: int) -> _Balance:
        """Balance of a park that is known, at the end of a year."""
        if year not in self._drawn:
            self._drawn[year] = self._at(year)
        return self._drawn[year][park]

    def _at(self, year: int) -> dict[str, _Balance]:
        day = date(year, 12, 31)
        stock = park_stock(self._parks, self._plots, self._events, as_of=day)
        uptake = uptake_by_year(self._events, as_of=day, plots=self._plots)
        of_year = uptake[uptake["year"] == year].set_index("park")["uptake_m2"].to_dict()
        told = zip(stock.index, stock["net_area_m2"], stock["issued_m2"], strict=True)
        return {
            str(code): _Balance(int(net), int(issued), int(of_year.get(code, 0)))
            for code, net, issued in told
        }


def _is_new(judged: Judged) -> bool:
    return isinstance(judged, Amounting) and judged.is_new_park


def _exists(row: IbisRow, message: str) -> IbisIssue:
    return IbisIssue(
        row.row, "balance_exists", None, f"{row.code}, {row.year}", message,
        "A balance that exists is not overwritten: record a land event that corrects it.",
    )  # fmt: skip
