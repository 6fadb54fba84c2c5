"""Ledger cases written as text: the docstring of a test is its plots, events and balances.

Each line is one fact; words after the first are ``name=value``::

    park P 200000 serviced_on=2012-01-01      gross area
    plot A 10000 parent_plot=B                area; in the park named last
    2020-03-01 deed A 5000 code=E1            event on a plot or park, its area may be absent
    = 2020-03-01 A partly_issued left_m2=5000         expected state of a plot
    = 2020-03-01 P net_area_m2=20000 known=2020-04-01   expected stock of a park, as known then
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd
import pytest

from geo_assen.land import park_stock, plot_states
from tests.factories import LAND_EVENT, frame, make_event, make_park, make_plot


def _value(text: str) -> Any:
    if text in {"None", "True", "False"}:
        return {"None": None, "True": True, "False": False}[text]
    for read in (int, float, date.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    return text


@dataclass
class LedgerCase:
    """What a docstring tells."""

    parks: list[dict[str, Any]] = field(default_factory=list)
    plots: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    expected: list[tuple[str, date, str, str | None, dict[str, Any]]] = field(default_factory=list)

    def frames(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """Plots, events and parks."""
        return frame(self.plots), frame(self.events, LAND_EVENT), frame(self.parks)

    def read(self, line: str) -> None:
        """Take up one line."""
        words = [word for word in line.split() if "=" not in word or word == "="]
        named = dict(word.split("=") for word in line.split() if "=" in word and word != "=")
        facts = {name: _value(text) for name, text in named.items()}
        if words[0] == "park":
            self.parks.append(make_park(code=words[1], gross_area_m2=int(words[2]), **facts))
        elif words[0] == "plot":
            park = self.parks[-1]["code"]
            row = make_plot(code=words[1], park=park, area_m2=int(words[2]), **facts)
            self.plots.append(row)
        elif words[0] == "=":
            status = words[3] if len(words) > 3 else None
            self.expected.append((line, date.fromisoformat(words[1]), words[2], status, facts))
        else:
            place = "park" if words[2] in {row["code"] for row in self.parks} else "plot"
            size = {"area_m2": int(words[3])} if len(words) > 3 else {}
            event = {"effective_on": date.fromisoformat(words[0]), "kind": words[1]}
            self.events.append(make_event(**{**event, place: words[2], **size, **facts}))

    def check(self) -> None:
        """Compare every expectation with the ledger."""
        plots, events, parks = self.frames()
        assert self.expected, "the case expects nothing"
        for line, as_of, code, status, facts in self.expected:
            known_at = facts.pop("known", None)
            if code in set(parks["code"]):
                found = park_stock(parks, plots, events, as_of=as_of, known_at=known_at)
            else:
                found = plot_states(plots, events, parks=parks, as_of=as_of, known_at=known_at)
                facts["status"] = status
            told = {name: found.at[code, name] for name in facts}
            assert told == facts, line.strip()


@pytest.fixture
def ledger(request: pytest.FixtureRequest) -> LedgerCase:
    """The case in the docstring of the test."""
    case = LedgerCase()
    for line in (request.function.__doc__ or "").splitlines():
        if line.strip():
            case.read(line)
    return case
