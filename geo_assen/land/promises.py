"""Options and reservations: which of them run on a date, and until when.

A promise runs from its day up to and including ``valid_until``. It ends earlier by a lapse,
by any deed on the plot, or when the plot is split or merged. A lapse that names a party or
a rank ends only the promises of that party or rank. Within one day the rows count in the
order in which they were recorded, then by code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from geo_assen.land.book import Book, Flags, Metres, open_book
from geo_assen.land.events import PROMISE_OF_LAPSE, PROMISES, REPLACING
from geo_assen.sites.columns import Days, as_dates, as_day, as_objects

__all__ = ["Promised", "promised_at", "promises_of", "running_promises"]

_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Promised:
    """Running promises of one kind, by plot.

    Attributes
    ----------
    runs
        Whether one runs at all.
    since, until
        First day of those that run, and last day of the longest; NaT in ``until`` where
        none runs or one has no end.
    wanted_m2
        What they claim, by those of the best rank; the whole plot where they do not say,
        0 where none runs.
    """

    runs: Flags
    since: Days
    until: Days
    wanted_m2: Metres


def promises_of(book: Book) -> pd.DataFrame:
    """Every promise of a book with ``ended``, the first day on which it no longer runs.

    NaT in ``ended`` means that no end is known. A promise that ends on the day it starts
    never runs.
    """
    promises = book.on_plots(*PROMISES).reset_index(drop=True)
    promises = promises.assign(priority_rank=promises["priority_rank"].fillna(1))
    ended = promises["until"].to_numpy().astype("datetime64[D]") + _DAY
    by_event = _ended_by_event(book, promises)
    return promises.assign(ended=np.fmin(ended, by_event).astype("datetime64[s]"))


def _ended_by_event(book: Book, promises: pd.DataFrame) -> Days:
    """First day on which an event ends each promise, or NaT."""
    enders = book.on_plots(*PROMISE_OF_LAPSE, "deed", *REPLACING)
    columns = ["row", "kind", "day", "recorded", "code", "party", "priority_rank"]
    pairs = promises[columns].assign(promise=promises.index).merge(
        enders[columns], on="row", suffixes=("", "_end")
    )
    lapse = pairs["kind_end"].map(PROMISE_OF_LAPSE)
    ends = lapse.isna() & (pairs["day_end"] >= pairs["day"])
    for name in ("party", "priority_rank"):
        stranger = pairs[name].notna() & pairs[f"{name}_end"].notna()
        lapse = lapse.mask(stranger & (pairs[name] != pairs[f"{name}_end"]))
    ends |= (lapse == pairs["kind"]) & _comes_after(pairs)
    first = pairs[ends].groupby("promise")["day_end"].min()
    return first.reindex(promises.index).to_numpy().astype("datetime64[D]")


def _comes_after(pairs: pd.DataFrame) -> pd.Series[bool]:
    """Whether the end of each pair was written after its promise."""
    later = pairs["code_end"] > pairs["code"]
    for name in ("recorded", "day"):
        same = pairs[f"{name}_end"] == pairs[name]
        later = (pairs[f"{name}_end"] > pairs[name]) | (same & later)
    return later


def running_promises(
    plots: pd.DataFrame, events: pd.DataFrame, *, as_of: date, known_at: date | None = None
) -> pd.DataFrame:
    """List the options and reservations that run at the end of a day.

    Returns
    -------
    ``code, kind, plot, park, since, until`` (dates; None in ``until``: no last day is
    known), ``priority_rank, party, wanted_m2`` (whole m²) and ``waits``: whether another of
    the same kind and a better rank stands before it on the plot. Ordered by last day, those
    without one at the end.
    """
    book = open_book(plots, events, as_of, known_at)
    promises = promises_of(book)
    day = pd.Timestamp(as_day(as_of))
    running = promises[promises["ended"].isna() | (promises["ended"] > day)]
    rows = running["row"].to_numpy()
    whole = np.where(running["stated"], running["amount_m2"], book.area_m2[rows])
    best = running.groupby(["row", "kind"])["priority_rank"].transform("min")
    listed = pd.DataFrame(
        {
            "code": running["code"],
            "kind": running["kind"],
            "plot": as_objects(book.codes.to_numpy(dtype=object)[rows]),
            "park": as_objects(book.parks[rows]),
            "since": as_objects(as_dates(running["day"].to_numpy())),
            "until": as_objects(as_dates(running["until"].to_numpy())),
            "priority_rank": running["priority_rank"].astype("int64"),
            "party": running["party"],
            "wanted_m2": whole.astype(np.int64),
            "waits": running["priority_rank"] > best,
        }
    )
    return listed.sort_values(
        ["until", "plot", "priority_rank", "code"], na_position="last"
    ).reset_index(drop=True)


def promised_at(book: Book, promises: pd.DataFrame, kind: str, as_of: np.datetime64) -> Promised:
    """Fold the promises of one kind that run at the end of a day."""
    day = pd.Timestamp(as_of)
    running = promises[
        (promises["kind"] == kind)
        & (promises["day"] <= day)
        & (promises["ended"].isna() | (promises["ended"] > day))
    ]
    runs = np.zeros(len(book.codes), dtype=bool)
    runs[running["row"].to_numpy()] = True
    return Promised(runs, book.first_day(running), _until(book, running), _wanted(book, running))


def _until(book: Book, running: pd.DataFrame) -> Days:
    longest = running.assign(day=running["until"])
    until = book.last_day(longest[longest["day"].notna()])
    until[running.loc[running["until"].isna(), "row"].to_numpy()] = np.datetime64("NaT")
    return until


def _wanted(book: Book, running: pd.DataFrame) -> Metres:
    """Sum of what the best rank on each plot wants; a lower rank waits for the same land."""
    best = running.groupby("row")["priority_rank"].transform("min")
    first = running[running["priority_rank"] == best]
    whole = first.assign(
        amount_m2=np.where(
            first["stated"], first["amount_m2"], book.area_m2[first["row"].to_numpy()]
        )
    )
    return book.per_plot(whole)
