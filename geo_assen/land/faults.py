"""Faults that land events have between them, as values; and the check that refuses them.

The balance is drawn up whatever the events say. What cannot be true together is listed
here: row by row first, then as balances at the end of every day on which something
happened.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

import numpy as np
import pandas as pd

from geo_assen.errors import LedgerError
from geo_assen.land.balances import park_balances
from geo_assen.land.book import Book, open_book
from geo_assen.land.events import KINDS, NEEDS_PLOT, PROMISES
from geo_assen.land.fault import LedgerFault, first_of_each_place
from geo_assen.land.plot_faults import plot_faults
from geo_assen.sites.columns import as_objects, taken, text_of

__all__ = ["ledger_faults", "refuse_faults"]

_NEEDS_AREA = ("net_set", "opening_balance", "survey", "deed", "buy_back", "withdrawal")
_HANDING = ("deed", *PROMISES)
_SHOWN = 5


def ledger_faults(
    plots: pd.DataFrame, events: pd.DataFrame, parks: pd.DataFrame
) -> list[LedgerFault]:
    """List everything that plots, events and parks contradict each other in.

    Parameters
    ----------
    plots, events, parks
        Rows of ``plot``, ``land_event`` and ``business_park``; all rows recorded so far
        are judged together, whatever their date.

    Returns
    -------
    Faults ordered by place and kind; an empty list where all is well.
    """
    book = open_book(plots, events, date.max)
    park_codes = as_objects(text_of(parks["code"]))
    found = [
        *_correction_faults(events),
        *_row_faults(book, events, park_codes),
        *plot_faults(book),
        *_park_faults(book, parks, park_codes),
    ]
    return sorted(found, key=lambda f: (f.place, f.kind, f.event or "", f.message))


def refuse_faults(faults: Collection[LedgerFault]) -> None:
    """Refuse what would bring faults about; of none at all nothing is said.

    Raises
    ------
    LedgerError
        Naming the first five.
    """
    if faults:
        more = f" And {len(faults) - _SHOWN} more." if len(faults) > _SHOWN else ""
        raise LedgerError(" ".join(str(fault) for fault in sorted(faults)[:_SHOWN]) + more)


def _correction_faults(events: pd.DataFrame) -> Iterator[LedgerFault]:
    if "corrects" not in events:
        return
    codes = set(events["code"])
    rows = events[events["corrects"].notna()].sort_values("code")
    twice = rows["corrects"].duplicated(keep=False)
    for code, target, again in zip(rows["code"], rows["corrects"], twice, strict=True):
        if target == code or target not in codes:
            what = "itself" if target == code else f"{target}, which is not recorded"
            yield LedgerFault("", "correction_of_nothing", code, f"it corrects {what}.")
        elif again:
            message = f"{target} is corrected more than once; correct the correction instead."
            yield LedgerFault("", "corrected_twice", code, message)


def _row_faults(
    book: Book, events: pd.DataFrame, park_codes: pd.Index[str]
) -> Iterator[LedgerFault]:
    """Faults that one row has with itself or with the plot and park it names."""
    named = events.set_index("code").reindex(columns=["plot", "park"])
    rows = book.events
    plot = text_of(named["plot"].reindex(rows["code"]))
    park = text_of(named["park"].reindex(rows["code"]))
    has_plot, has_park = pd.notna(plot), pd.notna(park)
    placed = (rows["row"] >= 0).to_numpy()
    codes = rows["code"].to_numpy()
    kind, kinds = rows["kind"], rows["kind"].to_numpy()
    own = taken(book.parks, rows["row"].to_numpy())
    unsized = kind.isin(_NEEDS_AREA).to_numpy() & ~rows["stated"].to_numpy()
    unsized &= ~(placed & (kinds != "net_set") & (kinds != "survey"))
    checks = [
        ("unknown_kind", ~kind.isin(KINDS), "there is no such kind of event."),
        ("unknown_plot", has_plot & ~placed, "it names a plot that is not known."),
        ("unknown_park", has_park & ~np.isin(park, list(park_codes)),
         "it names a park that is not known."),
        ("other_park", placed & has_park & (park != own),
         "its plot lies in another park than it names."),
        ("missing_plot", kind.isin(NEEDS_PLOT) & ~has_plot, "this kind of event needs a plot."),
        ("missing_area", unsized, "it does not say how many m²."),
        ("survey_of_nothing", (kind == "survey") & rows["stated"] & (rows["amount_m2"] <= 0),
         "a survey finds more than 0 m²."),
        ("end_before_start", kind.isin(PROMISES) & (rows["until"] < rows["day"]),
         "it ends before it starts."),
    ]  # fmt: skip
    for name, mask, message in checks:
        for at in np.flatnonzero(np.asarray(mask)):
            yield LedgerFault(plot[at] or park[at] or "", name, codes[at], message)


def _park_faults(
    book: Book, parks: pd.DataFrame, park_codes: pd.Index[str]
) -> Iterator[LedgerFault]:
    days = park_balances(book)
    days = days[days["place"].isin(park_codes)]
    gross = dict(zip(park_codes, parks["gross_area_m2"], strict=True))
    days = days.assign(gross_m2=days["place"].map(gross))
    over = days["issued_m2"] > days["net_m2"]
    faults = {
        "net_over_gross": (
            days["net_m2"] > days["gross_m2"],
            "Park {place} has {net_m2} m² net on {day:%Y-%m-%d}, more than its {gross_m2} m² "
            "gross.",
        ),
        "over_issued_park": (
            over & days["net_known"],
            "Park {place} has {net_m2} m² net on {day:%Y-%m-%d}, but {issued_m2} m² of it is "
            "issued; land that was issued is bought back before it is withdrawn.",
        ),
        "net_not_set": (
            over & ~days["net_known"],
            "Park {place} issues land on {day:%Y-%m-%d}, before its net area is set.",
        ),
        "bought_back_too_much": (
            days["issued_m2"] < 0,
            "Park {place}: more was bought back than issued by {day:%Y-%m-%d}.",
        ),
    }
    for kind, (wrong, message) in faults.items():
        yield from first_of_each_place(days[wrong], kind, message)
    yield from _opening_faults(book)


def _opening_faults(book: Book) -> Iterator[LedgerFault]:
    opening = book.of("opening_balance")
    if opening.empty:
        return
    start = opening.groupby("park")["day"].min()
    early = book.of("deed", "buy_back")
    early = early[early["day"] < early["park"].map(start)]
    for code, park in zip(early["code"], early["park"], strict=True):
        message = f"it lies before the opening balance of park {park}, which holds it already."
        yield LedgerFault(park, "before_opening", code, message)
    whole = opening[opening["row"] < 0].sort_values("code")
    again = whole[whole.duplicated("park")]
    for code, park in zip(again["code"], again["park"], strict=True):
        message = f"park {park} has an opening balance already."
        yield LedgerFault(park, "second_opening", code, message)
