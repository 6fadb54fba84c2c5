"""Plots and the events on them, side by side in arrays: what every figure is folded from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.land.beginnings import days_begun
from geo_assen.land.events import REPLACING, effective_events
from geo_assen.sites.columns import Days, as_day, as_objects, numbers_of, text_of

__all__ = ["Book", "Flags", "Metres", "Rows", "open_book"]

Metres = NDArray[np.int64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.intp]

_WHOLE_PLOT = ("deed", "buy_back", "withdrawal", "opening_balance")
"""Kinds that mean the whole plot where they do not say how much."""

@dataclass(frozen=True)
class Book:
    """The state of knowledge on one date.

    Attributes
    ----------
    codes
        Plot codes, in the order of the plots; the arrays below have one value for each.
    parks
        Park of each plot.
    area_m2
        Area after the last survey; as recorded with the plot where none was made.
    recorded_area_m2
        Area as recorded with the plot.
    surveyed_on
        Day of that survey, or NaT.
    parent
        Row of the plot that each plot comes from, or -1.
    replaced_on
        Day from which a plot is replaced by others, or NaT.
    exists
        False for a plot that comes from another one which is not yet divided or merged, and
        for any plot before the records of its park begin.
    events
        Events that count: ``code, kind, day, recorded, until, park, row`` (of the plot, or
        -1), ``into`` (row of the plot that a merged one goes into, or -1), ``amount_m2``
        (whole m², 0 where none is meant), ``stated`` (whether the event itself says how
        much), ``party, priority_rank, sector, price_eur_m2``.
    """

    codes: pd.Index[str]
    parks: NDArray[np.object_]
    area_m2: Metres
    recorded_area_m2: Metres
    surveyed_on: Days
    parent: Rows
    replaced_on: Days
    exists: Flags
    events: pd.DataFrame

    def of(self, *kinds: str) -> pd.DataFrame:
        """Events of some kinds."""
        return self.events[self.events["kind"].isin(kinds)]

    def on_plots(self, *kinds: str) -> pd.DataFrame:
        """Events of some kinds that name a plot of the book."""
        return self.events[self.events["kind"].isin(kinds) & (self.events["row"] >= 0)]

    def per_plot(self, events: pd.DataFrame) -> Metres:
        """Sum of the amounts of some events, by plot."""
        total = np.zeros(len(self.codes), dtype=np.int64)
        np.add.at(total, events["row"].to_numpy(), events["amount_m2"].to_numpy())
        return total

    def last_day(self, events: pd.DataFrame) -> Days:
        """Last day of some events, by plot; NaT where there is none."""
        return _per_row(np.fmax, len(self.codes), events)

    def first_day(self, events: pd.DataFrame) -> Days:
        """First day of some events, by plot; NaT where there is none."""
        return _per_row(np.fmin, len(self.codes), events)


def open_book(
    plots: pd.DataFrame, events: pd.DataFrame, as_of: date, known_at: date | None = None
) -> Book:
    """Bring plots and the events that count on a date together.

    An event on a plot belongs to the park of that plot, whatever park it names. A deed,
    buy-back or withdrawal that does not say how much means the whole plot.
    """
    codes = as_objects(text_of(plots["code"]))
    parks = text_of(plots["park"])
    found = effective_events(events, as_of, known_at)
    rows = codes.get_indexer(as_objects(text_of(found["plot"])))
    placed = rows >= 0
    park = text_of(found["park"])
    park[placed] = parks[rows[placed]]
    listed = pd.DataFrame(
        {
            "code": as_objects(text_of(found["code"])),
            "kind": as_objects(text_of(found["kind"])),
            "day": found["effective_on"].to_numpy(),
            "recorded": found["recorded_on"].to_numpy(),
            "until": found["valid_until"].to_numpy(),
            "park": as_objects(park),
            "row": rows,
            "into": codes.get_indexer(as_objects(text_of(found["into_plot"]))),
            "party": as_objects(text_of(found["party"])),
            "priority_rank": numbers_of(found["priority_rank"]),
            "sector": as_objects(text_of(found["sector"])),
            "price_eur_m2": numbers_of(found["price_eur_m2"]),
        }
    )
    stated = numbers_of(found["area_m2"])
    recorded_area = _whole(np.nan_to_num(numbers_of(plots["area_m2"])))
    area, surveyed_on = _surveyed(recorded_area, listed, stated)
    parent, replaced_on, exists = _lineage(plots, codes, listed, events)
    exists &= ~(days_begun(codes, parks, events) > as_day(as_of))
    whole = np.isnan(stated) & placed & listed["kind"].isin(_WHOLE_PLOT).to_numpy()
    amount = np.nan_to_num(stated)
    amount[whole] = area[rows[whole]]
    listed = listed.assign(amount_m2=_whole(amount), stated=~np.isnan(stated))
    return Book(
        codes, parks, area, recorded_area, surveyed_on, parent, replaced_on, exists, listed
    )


def _per_row(chosen: np.ufunc, count: int, events: pd.DataFrame) -> Days:
    """First or last day (fmin or fmax) of the events of each row; NaT where there is none."""
    days = np.full(count, "NaT", dtype="datetime64[D]")
    chosen.at(days, events["row"].to_numpy(), events["day"].to_numpy().astype("datetime64[D]"))
    return days


def _whole(values: NDArray[np.float64]) -> Metres:
    return np.rint(values).astype(np.int64)


def _surveyed(
    recorded: Metres, listed: pd.DataFrame, stated: NDArray[np.float64]
) -> tuple[Metres, Days]:
    """Area of each plot after its last survey, and the day of that survey."""
    area = recorded.copy()
    day = np.full(len(recorded), "NaT", dtype="datetime64[D]")
    counts = (listed["kind"] == "survey").to_numpy() & (listed["row"] >= 0).to_numpy()
    counts &= ~np.isnan(stated)
    surveys = listed[counts].assign(measured=_whole(stated[counts]))
    last = surveys.sort_values(["day", "recorded", "code"]).drop_duplicates("row", keep="last")
    area[last["row"].to_numpy()] = last["measured"].to_numpy()
    day[last["row"].to_numpy()] = last["day"].to_numpy().astype("datetime64[D]")
    return area, day


def _lineage(
    plots: pd.DataFrame, codes: pd.Index[str], listed: pd.DataFrame, events: pd.DataFrame
) -> tuple[Rows, Days, Flags]:
    """Parent of each plot, the day on which it is replaced, and whether it is there at all."""
    ends = listed[listed["kind"].isin(REPLACING) & (listed["row"] >= 0)]
    replaced_on = _per_row(np.fmin, len(codes), ends)
    none = np.full(len(codes), None, dtype=object)
    named = text_of(plots["parent_plot"]) if "parent_plot" in plots else none
    parent = codes.get_indexer(as_objects(named))
    born = parent >= 0
    exists = np.ones(len(codes), dtype=bool)
    if born.any():
        # A parent that no event ever replaces is mentioned only as a fact of the past.
        corrected = events["corrects"].notna() if "corrects" in events else False
        few = events[events["kind"].isin(REPLACING) | corrected]
        ever = effective_events(few, date.max)
        dividing = codes.isin(text_of(ever.loc[ever["kind"].isin(REPLACING), "plot"]))
        exists[born] = ~np.isnat(replaced_on[parent[born]]) | ~dividing[parent[born]]
    return parent, replaced_on, exists
