"""Uptake: net land handed over by deed in a year, less what was bought back."""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args

import numpy as np
import pandas as pd

from geo_assen.land.book import open_book
from geo_assen.sites.columns import as_objects, taken

__all__ = [
    "SIZE_CLASSES",
    "UNKNOWN_SECTOR",
    "UPTAKE_BY",
    "UptakeBy",
    "uptake_by",
    "uptake_by_year",
    "uptake_rows",
    "withdrawal_rows",
]

UptakeBy = Literal["park", "year", "sector", "size"]
UPTAKE_BY: tuple[UptakeBy, ...] = get_args(UptakeBy)
"""What the uptake of a year can be told by."""

SIZE_CLASSES: tuple[tuple[str, int], ...] = (
    ("under_2500", 0),
    ("from_2500", 2_500),
    ("from_5000", 5_000),
    ("from_10000", 10_000),
    ("from_20000", 20_000),
    ("from_50000", 50_000),
)
"""Classes of the size of one deed or buy-back, each with its lower bound in m²."""

UNKNOWN_SECTOR = "unknown"
"""Sector of a deed that names none."""

_NO_PLOTS = pd.DataFrame({"code": [], "park": [], "area_m2": []}, dtype=object)


def uptake_rows(
    events: pd.DataFrame,
    *,
    as_of: date,
    known_at: date | None = None,
    plots: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List the deeds and buy-backs that make up the uptake until a date.

    An opening balance is no uptake: it says what was issued before the records begin.

    Parameters
    ----------
    plots
        Rows of ``plot``; they give an event its park, and its area where it means the
        whole plot. ``None``: every event names its park and says how much.

    Returns
    -------
    ``code, kind, park, plot, effective_on, recorded_on`` (``datetime64[s]``), ``year,
    sector, size`` (a class of :data:`SIZE_CLASSES`), ``uptake_m2`` (whole m², below zero
    for a buy-back), ``price_eur_m2`` (NaN where none is recorded), ordered by date and code.
    """
    book = open_book(_NO_PLOTS if plots is None else plots, events, as_of, known_at)
    rows = book.of("deed", "buy_back").sort_values(["day", "code"])
    plot = taken(book.codes.to_numpy(dtype=object), rows["row"].to_numpy())
    return pd.DataFrame(
        {
            "code": rows["code"],
            "kind": rows["kind"],
            "park": rows["park"],
            "plot": as_objects(plot),
            "effective_on": rows["day"],
            "recorded_on": rows["recorded"],
            "year": rows["day"].dt.year.astype("int64"),
            "sector": rows["sector"].where(rows["sector"].notna(), UNKNOWN_SECTOR),
            "size": as_objects(_size_classes(rows["amount_m2"])),
            "uptake_m2": rows["amount_m2"] * np.where(rows["kind"] == "deed", 1, -1),
            "price_eur_m2": rows["price_eur_m2"],
        }
    ).reset_index(drop=True)


def withdrawal_rows(
    events: pd.DataFrame,
    *,
    as_of: date,
    known_at: date | None = None,
    plots: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List the withdrawals of land from its park until a date.

    Parameters
    ----------
    plots
        As of :func:`uptake_rows`.

    Returns
    -------
    ``code, park, year, withdrawn_m2`` (whole m²), ordered by date and code.
    """
    book = open_book(_NO_PLOTS if plots is None else plots, events, as_of, known_at)
    rows = book.of("withdrawal").sort_values(["day", "code"])
    return pd.DataFrame(
        {
            "code": rows["code"],
            "park": rows["park"],
            "year": rows["day"].dt.year.astype("int64"),
            "withdrawn_m2": rows["amount_m2"],
        }
    ).reset_index(drop=True)


def _size_classes(area_m2: pd.Series[int]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    names = np.array([name for name, _ in SIZE_CLASSES], dtype=object)
    bounds = [lower for _, lower in SIZE_CLASSES]
    return names[np.searchsorted(bounds, area_m2.to_numpy(), side="right") - 1]


def uptake_by(rows: pd.DataFrame, by: UptakeBy) -> pd.DataFrame:
    """Add the rows of the uptake up by year, and by park, sector or size beside it.

    Parameters
    ----------
    rows
        As :func:`uptake_rows` gives them.

    Returns
    -------
    What it is told by (not for ``year``), ``year, uptake_m2, deeds`` (how many),
    ``price_eur_m2``: the price realised, the mean of the deeds that have one, weighed by
    their area (NaN where none has one), and ``priced_deeds``. Ordered by the first two; a
    year without deeds or buy-backs has no row.
    """
    keys = ["year"] if by == "year" else [by, "year"]
    is_deed = rows["kind"] == "deed"
    is_priced = is_deed & rows["price_eur_m2"].notna() & (rows["uptake_m2"] > 0)
    sums = rows.assign(
        deeds=is_deed.astype("int64"),
        priced_deeds=is_priced.astype("int64"),
        priced_m2=rows["uptake_m2"].where(is_priced, 0),
        paid_eur=(rows["uptake_m2"] * rows["price_eur_m2"]).where(is_priced, 0.0),
    )
    summed = ["uptake_m2", "deeds", "priced_deeds", "priced_m2", "paid_eur"]
    added = sums.groupby(keys)[summed].sum().reset_index()
    price = added["paid_eur"] / added["priced_m2"].where(added["priced_m2"] > 0)
    return added.assign(price_eur_m2=price).drop(columns=["priced_m2", "paid_eur"])


def uptake_by_year(
    events: pd.DataFrame,
    *,
    as_of: date,
    known_at: date | None = None,
    plots: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Answer how much land each park handed over in each calendar year, until a date.

    Returns
    -------
    ``park, year, uptake_m2`` (whole m²; may be below zero), ordered by park and year. A
    year without deeds or buy-backs has no row.
    """
    rows = uptake_rows(events, as_of=as_of, known_at=known_at, plots=plots)
    return uptake_by(rows, "park")[["park", "year", "uptake_m2"]]
