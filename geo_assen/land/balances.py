"""Running balances: what was issued of a plot or park at the end of each day that changed it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_assen.land.book import Book, Metres

__all__ = ["issued_by_plot", "park_balances", "plot_balances"]

_SIGN = {"deed": 1, "opening_balance": 1, "buy_back": -1}


def plot_balances(book: Book) -> pd.DataFrame:
    """Answer what was issued of each plot, day by day.

    Returns
    -------
    One row a plot and day with an event, ordered so: ``place, day, issued_m2, area_m2``
    (as surveyed by then), ``final_area_m2``, ``is_last`` (last day of the plot),
    ``replaced`` (by other plots, ever), ``inherits`` (comes from another plot, and may
    have been issued as a part of it). Issued land that a plot took over is not in it.
    """
    rows = book.on_plots(*_SIGN, "survey", "split", "merge").sort_values(
        ["day", "recorded", "code"], kind="stable"
    )
    at = rows["row"].to_numpy()
    signed = rows["kind"].map(_SIGN).fillna(0).astype("int64") * rows["amount_m2"]
    surveyed = rows["amount_m2"].where((rows["kind"] == "survey") & rows["stated"])
    running = pd.DataFrame(
        {
            "row": at,
            "day": rows["day"],
            "issued_m2": signed.groupby(at).cumsum(),
            "area_m2": surveyed.groupby(at).ffill(),
        }
    )
    running = running.drop_duplicates(["row", "day"], keep="last").sort_values(["row", "day"])
    at = running["row"].to_numpy()
    area = running["area_m2"].fillna(pd.Series(book.recorded_area_m2[at], index=running.index))
    return running.assign(
        place=book.codes[at],
        area_m2=area.astype("int64"),
        final_area_m2=book.area_m2[at],
        is_last=~running.duplicated("row", keep="last"),
        replaced=~np.isnat(book.replaced_on[at]),
        inherits=book.parent[at] >= 0,
    )


def park_balances(book: Book) -> pd.DataFrame:
    """Answer what was net and issued of each park, day by day.

    Returns
    -------
    One row a park and day with an event, ordered so: ``place, day, net_m2, net_known``
    (whether it was set by then), ``issued_m2``.
    """
    rows = book.of(*_SIGN, "net_set", "withdrawal")
    rows = rows[rows["park"].notna()]
    opens = (rows["kind"] != "net_set").astype("int64")
    rows = rows.assign(opens=opens).sort_values(["day", "opens", "recorded", "code"])
    told = (rows["kind"] == "net_set") & rows["stated"]
    gone = rows["amount_m2"].where(rows["kind"] == "withdrawal", 0)
    by_park = rows["park"]
    total_gone = gone.groupby(by_park).cumsum()
    # Net is what was last set, less what left since: the difference of two running sums.
    base = (rows["amount_m2"] + total_gone).where(told).groupby(by_park).ffill()
    running = pd.DataFrame(
        {
            "place": by_park,
            "day": rows["day"],
            "net_m2": (base - total_gone).fillna(0).astype("int64"),
            "net_known": base.notna(),
            "issued_m2": (rows["kind"].map(_SIGN).fillna(0).astype("int64") * rows["amount_m2"])
            .groupby(by_park)
            .cumsum(),
        }
    )
    ends = running.drop_duplicates(["place", "day"], keep="last")
    return ends.sort_values(["place", "day"])


def issued_by_plot(book: Book) -> Metres:
    """Issued area by plot; plots that come of a wholly issued plot start as issued."""
    taken = book.per_plot(book.on_plots("deed", "opening_balance"))
    own = taken - book.per_plot(book.on_plots("buy_back"))
    born = (book.parent >= 0) & book.exists
    replaced = ~np.isnat(book.replaced_on)
    issued = own
    while True:
        wholly = (issued > 0) & (issued >= book.area_m2) & replaced
        inherited = np.where(born & wholly[book.parent], book.area_m2, 0)
        if np.array_equal(own + inherited, issued):
            return issued
        issued = own + inherited
