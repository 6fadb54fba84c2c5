"""Faults of plots: too much issued, rival promises, events on what is not there, lost area."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from geo_assen.land.balances import issued_by_plot, plot_balances
from geo_assen.land.book import Book, Flags, Rows
from geo_assen.land.events import KINDS, OVER_SHARE_ALLOWED, PROMISES, REPLACING
from geo_assen.land.fault import LedgerFault, first_of_each_place
from geo_assen.land.promises import promises_of
from geo_assen.sites.columns import taken

__all__ = ["plot_faults"]

_HANDING = ("deed", *PROMISES)
_NEARLY_M2 = 1
"""Areas are whole m²; more than this is not lost by rounding."""

_ENDLESS = pd.Timestamp.max.floor("s")


def plot_faults(book: Book) -> Iterator[LedgerFault]:
    """Faults of single plots: what was issued, promised, divided and merged of each."""
    yield from _misplaced(book)
    yield from _equal_ranks(book)
    yield from _lineage_faults(book)
    yield from _balance_faults(book)


def _balance_faults(book: Book) -> Iterator[LedgerFault]:
    days = plot_balances(book)
    bound = (1 + OVER_SHARE_ALLOWED) * np.maximum(days["area_m2"], days["final_area_m2"])
    yield from first_of_each_place(
        days[days["issued_m2"] > bound], "over_issued_plot",
        "Plot {place} has {area_m2} m², but {issued_m2} m² of it was issued by "
        f"{{day:%Y-%m-%d}}; more than {OVER_SHARE_ALLOWED:.0%} over is refused.",
    )  # fmt: skip
    yield from first_of_each_place(
        days[(days["issued_m2"] < 0) & ~days["inherits"]], "bought_back_too_much",
        "Plot {place}: more was bought back than issued by {day:%Y-%m-%d}.",
    )  # fmt: skip
    partly = days["is_last"] & days["replaced"] & (days["issued_m2"] > 0)
    yield from first_of_each_place(
        days[partly & (days["issued_m2"] < days["area_m2"])], "split_while_issued",
        "Plot {place} was split or merged with {issued_m2} m² of {area_m2} issued: buy back "
        "and record the deed on the new plot.",
    )  # fmt: skip


def _misplaced(book: Book) -> Iterator[LedgerFault]:
    """Events on a plot that is not there, or no longer."""
    rows = book.on_plots(*KINDS)
    at = rows["row"].to_numpy()
    gone = book.on_plots("withdrawal")
    whole = gone[gone["amount_m2"] >= book.area_m2[gone["row"].to_numpy()]]
    born = taken(book.replaced_on, book.parent)
    places, codes = book.codes.to_numpy(dtype=object)[at], rows["code"].to_numpy()
    withdrawn, days = book.first_day(whole), rows["day"].to_numpy()
    checks = [
        ("on_withdrawn_plot", (days > withdrawn[at]) & rows["kind"].isin(_HANDING).to_numpy(),
         "its plot was withdrawn before that day."),
        ("on_replaced_plot", days > book.replaced_on[at],
         f"its plot had been replaced ({' or '.join(REPLACING)}) before that day."),
        ("before_plot", days < born[at], "its plot did not exist yet on that day."),
    ]  # fmt: skip
    for name, mask, message in checks:
        for i in np.flatnonzero(mask):
            yield LedgerFault(places[i], name, codes[i], message)


def _equal_ranks(book: Book) -> Iterator[LedgerFault]:
    """Two options, or two reservations, of equal rank that run on one plot on one day."""
    promises = promises_of(book)
    promises = promises.assign(ended=promises["ended"].fillna(_ENDLESS))
    promises = promises[promises["ended"] > promises["day"]]
    keys = ["row", "kind", "priority_rank"]
    ordered = promises.sort_values([*keys, "day", "recorded", "code"])
    latest = ordered.groupby(keys)["ended"].cummax()
    before = latest.groupby([ordered[key] for key in keys]).shift()
    places = book.codes.to_numpy(dtype=object)
    for row in ordered[ordered["day"] < before].to_dict("records"):
        place, rank = places[row["row"]], int(row["priority_rank"])
        message = (
            f"plot {place} has a running {row['kind']} of rank {rank} already on "
            f"{row['day']:%Y-%m-%d}; give this one another rank, or record the lapse of that one."
        )
        yield LedgerFault(place, "equal_rank", row["code"], message)


def _lineage_faults(book: Book) -> Iterator[LedgerFault]:
    """Plots that come from nothing, and area that a split or merger lost or made."""
    codes = book.codes.to_numpy(dtype=object)
    lone = (book.parent >= 0) & np.isnat(taken(book.replaced_on, book.parent))
    for code, parent in zip(codes[lone], codes[book.parent[lone]], strict=True):
        message = f"Plot {code} comes from plot {parent}, which was never split or merged."
        yield LedgerFault(code, "never_split", None, message)
    merged_into = _merged_into(book)
    yield from _lost_in_mergers(book, merged_into)
    yield from _mixed_mergers(book, merged_into)
    total = np.zeros(len(codes), dtype=np.int64)
    of_split = (book.parent >= 0) & ~lone & ~_is_merger(book, merged_into)
    np.add.at(total, book.parent[of_split], book.recorded_area_m2[of_split])
    divided = np.flatnonzero(total > 0)
    for at in divided[np.abs(total - book.area_m2)[divided] > _NEARLY_M2]:
        message = (
            f"Plot {codes[at]} has {book.area_m2[at]} m², but the plots that came of its split "
            f"have {total[at]} m² together."
        )
        yield LedgerFault(codes[at], "area_not_conserved", None, message)


def _merged_into(book: Book) -> Rows:
    """Row of the plot that each plot was merged into, or -1."""
    into = np.full(len(book.codes), -1, dtype=np.intp)
    rows = book.on_plots("merge")
    into[rows["row"].to_numpy()] = rows["into"].to_numpy()
    return into


def _is_merger(book: Book, merged_into: Rows) -> Flags:
    """Whether each plot came of a merger."""
    merged = np.zeros(len(book.codes), dtype=bool)
    merged[book.on_plots("merge")["row"].to_numpy()] = True
    came = merged[book.parent] & (book.parent >= 0)
    came[merged_into[merged_into >= 0]] = True
    return came


def _lost_in_mergers(book: Book, merged_into: Rows) -> Iterator[LedgerFault]:
    """Mergers whose plots have another area than they had together."""
    codes = book.codes.to_numpy(dtype=object)
    known = merged_into >= 0
    total = np.zeros(len(codes), dtype=np.int64)
    np.add.at(total, merged_into[known], book.area_m2[known])
    made = np.flatnonzero(total > 0)
    for at in made[np.abs(total - book.recorded_area_m2)[made] > _NEARLY_M2]:
        message = (
            f"Plot {codes[at]} has {book.recorded_area_m2[at]} m², but the plots that were "
            f"merged into it had {total[at]} m² together."
        )
        yield LedgerFault(codes[at], "area_not_conserved", None, message)


def _mixed_mergers(book: Book, merged_into: Rows) -> Iterator[LedgerFault]:
    """Mergers of plots of which some are issued and others are not."""
    codes = book.codes.to_numpy(dtype=object)
    merged = np.flatnonzero(merged_into >= 0)
    is_issued = pd.Series(issued_by_plot(book)[merged] > 0).groupby(merged_into[merged])
    for at in is_issued.nunique().loc[lambda kinds: kinds > 1].index:
        message = f"Plot {codes[at]} was merged from plots of which only some are issued."
        yield LedgerFault(codes[at], "mixed_merger", None, message)
