"""The ledger of land: status of every plot and stock of every park, on any date.

Both are folded from the events each time; nothing of it is stored. ``as_of`` is the end of
a day; the national reference date 1 January is the ``as_of`` of the day before. Areas are
whole m².
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.land.balances import issued_by_plot
from geo_assen.land.book import Book, Flags, Metres, open_book
from geo_assen.land.promises import promised_at, promises_of
from geo_assen.land.readiness import ALWAYS, plan_days, ready_days
from geo_assen.sites.columns import Days, as_dates, as_day, as_objects, taken, text_of

__all__ = ["park_stock", "plot_states"]

_STOCK = (
    "net_area_m2", "issued_m2", "issuable_m2", "immediately_issuable_m2", "optioned_m2",
    "reserved_m2", "hard_plan_m2",
)  # fmt: skip


def plot_states(
    plots: pd.DataFrame,
    events: pd.DataFrame,
    *,
    as_of: date,
    known_at: date | None = None,
    parks: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Answer in what state every plot is on a date.

    Parameters
    ----------
    plots
        Rows of ``plot``; ``plan_adopted_on`` may be joined from the park.
    events
        Rows of ``land_event``, in any order.
    as_of
        End of the day for which the states hold.
    known_at
        Day up to which rows were recorded; ``None``: all rows there are.
    parks
        Rows of ``business_park``, for the plan and the servicing of their plots; without
        it only plots that carry ``plan_adopted_on`` themselves can be immediately issuable.

    Returns
    -------
    One row a plot, in the order of ``plots``, indexed by code:

    - ``status``: withdrawn, issued, reservation, option, partly_issued,
      immediately_issuable or issuable; where several hold, the first of this list.
    - ``status_since``: date of the event or term that led to it; None if none is known.
    - ``area_m2`` after surveys; ``issued_m2``; ``withdrawn_m2`` since the last survey;
      ``left_m2``, what can still be issued of it.
    - ``optioned_m2``, ``reserved_m2``, ``immediately_issuable_m2``: parts of ``left_m2``
      that do not overlap.
    - ``option_until``, ``reservation_until``: last day of what runs; None if nothing runs
      or it has no end.
    - ``over_share``: part by which the deeds exceed the area, 0 if they do not; such a
      plot waits for its survey.
    - ``split_away``: replaced by other plots. ``exists``: False before the split or
      merger that makes the plot.
    """
    book = open_book(plots, events, as_of, known_at)
    return _states(book, ready_days(plots, parks), as_day(as_of))


def _states(book: Book, ready: Days, day: np.datetime64) -> pd.DataFrame:
    issued = issued_by_plot(book)
    withdrawn, withdrawals = _withdrawn(book)
    there = book.exists & np.isnat(book.replaced_on)
    left = np.where(there, np.maximum(book.area_m2 - withdrawn - np.maximum(issued, 0), 0), 0)
    promises = promises_of(book)
    option = promised_at(book, promises, "option", day)
    reservation = promised_at(book, promises, "reservation", day)
    reserved = np.minimum(left, reservation.wanted_m2)
    at_once = (ready <= day) & ~option.runs & ~reservation.runs & (left > 0)
    conditions = {
        "withdrawn": (withdrawn > 0) & (withdrawn >= book.area_m2),
        "issued": (issued > 0) & (book.area_m2 - withdrawn - issued <= 0),
        "reservation": reservation.runs,
        "option": option.runs,
        "partly_issued": issued > 0,
        "immediately_issuable": at_once,
    }
    promised = {"option": option.since, "reservation": reservation.since}
    since = {"withdrawn": withdrawals, **promised, **_since(book, promises, ready, day)}
    status, status_since = _first_that_holds(conditions, since)
    return pd.DataFrame(
        {
            "status": as_objects(status),
            "status_since": as_dates(status_since),
            "area_m2": book.area_m2,
            "issued_m2": issued,
            "withdrawn_m2": withdrawn,
            "left_m2": left,
            "optioned_m2": np.minimum(left - reserved, option.wanted_m2),
            "reserved_m2": reserved,
            "immediately_issuable_m2": np.where(at_once, left, 0),
            "option_until": as_dates(option.until),
            "reservation_until": as_dates(reservation.until),
            "over_share": _over_share(issued, book.area_m2),
            "split_away": ~np.isnat(book.replaced_on),
            "exists": book.exists,
        },
        index=book.codes.rename("code"),
    )


def _first_that_holds(
    conditions: dict[str, Flags], since: Mapping[str, Days]
) -> tuple[NDArray[np.object_], Days]:
    """Name of the first condition that holds for each plot, and since when."""
    status = np.full(len(since["issuable"]), "issuable", dtype=object)
    day = since["issuable"].copy()
    for name, holds in reversed(conditions.items()):
        status[holds] = name
        day[holds] = since[name][holds]
    return status, day


def _withdrawn(book: Book) -> tuple[Metres, Days]:
    """Area that left each plot since it was measured, and the last day on which any did."""
    rows = book.on_plots("withdrawal")
    measured = book.surveyed_on[rows["row"].to_numpy()]
    days = rows["day"].to_numpy().astype("datetime64[D]")
    # A survey speaks for the start of its day: what leaves on that day comes off it.
    rows = rows[np.isnat(measured) | (days >= measured)]
    return book.per_plot(rows), book.last_day(rows)


def _since(
    book: Book, promises: pd.DataFrame, ready: Days, day: np.datetime64
) -> dict[str, Days]:
    """Day from which land is issued, or free again, by status."""
    born_on = taken(book.replaced_on, book.parent)
    handed = book.last_day(book.on_plots("deed", "buy_back", "opening_balance"))
    over = promises[promises["ended"] <= pd.Timestamp(day)]
    ended = book.last_day(over.assign(day=over["ended"]))
    returned = book.last_day(book.on_plots("buy_back"))
    free = np.fmax(np.fmax(born_on, ended), returned)
    at_once = np.fmax(free, np.where(ready == ALWAYS, np.datetime64("NaT", "D"), ready))
    handed = np.where(np.isnat(handed), born_on, handed)
    return {
        "issued": handed,
        "partly_issued": handed,
        "immediately_issuable": at_once,
        "issuable": free,
    }


def _over_share(issued: Metres, area: Metres) -> NDArray[np.float64]:
    return np.where(area > 0, np.maximum(issued / np.maximum(area, 1) - 1, 0), 0.0)


def park_stock(
    parks: pd.DataFrame,
    plots: pd.DataFrame,
    events: pd.DataFrame,
    *,
    as_of: date,
    known_at: date | None = None,
) -> pd.DataFrame:
    """Answer how much land every park has, has issued and can still issue on a date.

    Net is what was last set, less the land withdrawn on that day or later. Issued is the
    opening balance plus deeds less buy-backs; deeds of ground lease count as any other.
    Issuable is net less issued, so that the balance always closes; it is below zero only
    where the events contradict each other (:func:`geo_assen.land.ledger_faults`).

    Returns
    -------
    One row a park, in the order of ``parks``, indexed by code, in whole m²:
    ``net_area_m2, issued_m2, issuable_m2, immediately_issuable_m2, optioned_m2,
    reserved_m2, hard_plan_m2``. The three before the last are sums over plots, do not
    overlap, and are cut off at the issuable area where more is drawn in plots than can be
    issued. The last is the issuable area where the plan is in force on the date, else 0.
    """
    book = open_book(plots, events, as_of, known_at)
    states = _states(book, ready_days(plots, parks), as_day(as_of))
    codes = as_objects(text_of(parks["code"])).rename("code")
    net = _net(book, codes)
    issued = _per_park(book.of("deed", "opening_balance"), codes)
    issued = issued - _per_park(book.of("buy_back"), codes)
    issuable = net - issued
    drawn = states.assign(park=book.parks)
    room = np.maximum(issuable, 0)
    stock = {"net_area_m2": net, "issued_m2": issued, "issuable_m2": issuable}
    for name in ("reserved_m2", "optioned_m2", "immediately_issuable_m2"):
        part = _per_park(drawn.assign(amount_m2=drawn[name]), codes)
        stock[name] = np.minimum(part, room)
        room = room - stock[name]
    in_force = plan_days(parks) <= as_day(as_of)
    stock["hard_plan_m2"] = np.where(in_force, np.maximum(issuable, 0), 0)
    return pd.DataFrame({name: stock[name] for name in _STOCK}, index=codes)


def _net(book: Book, codes: pd.Index[str]) -> Metres:
    """Net area by park: 0 until it is set for the first time."""
    told = book.of("net_set")
    told = told[told["stated"]].sort_values(["day", "recorded", "code"])
    last = told.drop_duplicates("park", keep="last")
    gone = book.of("withdrawal").merge(
        last[["park", "day"]].rename(columns={"day": "told"}), on="park"
    )
    return _per_park(last, codes) - _per_park(gone[gone["day"] >= gone["told"]], codes)


def _per_park(rows: pd.DataFrame, codes: pd.Index[str]) -> Metres:
    at = codes.get_indexer(as_objects(text_of(rows["park"])))
    known: Flags = at >= 0
    total = np.zeros(len(codes), dtype=np.int64)
    np.add.at(total, at[known], rows["amount_m2"].to_numpy(dtype=np.int64)[known])
    return total
