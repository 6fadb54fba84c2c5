"""The ledger of land as a whole, to try on it what somebody is about to record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd
import sqlalchemy as sa

from geo_assen.land import LedgerFault, ledger_faults, park_stock, plot_states, uptake_rows
from geo_assen.store import metadata, read_frame

__all__ = ["Ledger"]

Row = dict[str, Any]


@dataclass(frozen=True)
class Ledger:
    """What the ledger is folded from, all rows there are.

    Attributes
    ----------
    plots, events, parks
        Rows of ``plot``, ``land_event`` and ``business_park``, without outlines.
    """

    plots: pd.DataFrame
    events: pd.DataFrame
    parks: pd.DataFrame

    @classmethod
    def of(cls, connection: sa.Connection) -> Ledger:
        """Read it as a connection sees it: within a batch, nobody writes meanwhile."""
        tables = metadata.tables
        plots, parks = (
            read_frame(connection, sa.select(*(c for c in tables[name].c if c.name != "geom")))
            for name in ("plot", "business_park")
        )
        return cls(plots, read_frame(connection, tables["land_event"]), parks)

    def park_of(self, plot: str | None) -> str | None:
        """Park of a plot; None where there is no such plot."""
        own = self.plots.loc[self.plots["code"] == plot, "park"]
        return str(own.iloc[0]) if len(own) else None

    def with_rows(
        self, *, events: Sequence[Row] = (), plots: Sequence[Row] = ()
    ) -> Ledger:
        """Answer the same with rows added."""
        return replace(
            self, events=_added(self.events, events), plots=_added(self.plots, plots)
        )

    @cached_property
    def faults(self) -> frozenset[LedgerFault]:
        """Contradictions between its rows; worked out once."""
        return frozenset(ledger_faults(self.plots, self.events, self.parks))

    @cached_property
    def final_states(self) -> pd.DataFrame:
        """State of every plot after all that is recorded, indexed by code; worked out once."""
        return self.states(date.max)

    def stock(self, park: str | None, as_of: date, year: int) -> dict[str, int]:
        """Stock of a park on a date, and ``uptake_m2`` of a year, in whole m²."""
        found = park_stock(self.parks, self.plots, self.events, as_of=as_of)
        if park not in found.index:
            return {}
        rows = uptake_rows(self.events, plots=self.plots, as_of=date.max)
        uptake = rows.loc[(rows["park"] == park) & (rows["year"] == year), "uptake_m2"].sum()
        stock = {str(name): int(value) for name, value in found.loc[[park]].iloc[0].items()}
        return {**stock, "uptake_m2": int(uptake)}

    def states(self, as_of: date) -> pd.DataFrame:
        """State of every plot on a date, indexed by code, as ``plot_states`` gives it."""
        return plot_states(self.plots, self.events, parks=self.parks, as_of=as_of)

    def state(self, plot: str | None, as_of: date) -> dict[str, Any] | None:
        """State of a plot on a date; None where there is no such plot."""
        states = self.states(as_of)
        return dict(states.loc[plot]) if plot in states.index else None


def _added(frame: pd.DataFrame, rows: Sequence[Row]) -> pd.DataFrame:
    if not rows:
        return frame
    added = pd.DataFrame(list(rows)).reindex(columns=frame.columns)
    return pd.concat([frame.astype(object), added.astype(object)], ignore_index=True)
