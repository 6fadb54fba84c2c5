"""Uptake: net land handed over by deed in a year, less what was bought back."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from geo_assen.land.book import open_book
from geo_assen.sites.columns import as_objects, taken

__all__ = ["uptake_by_year", "uptake_rows"]

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
    ``code, park, plot, effective_on`` (``datetime64[s]``), ``year, sector, uptake_m2``
    (whole m², below zero for a buy-back), ordered by date and code.
    """
    book = open_book(_NO_PLOTS if plots is None else plots, events, as_of, known_at)
    rows = book.of("deed", "buy_back").sort_values(["day", "code"])
    plot = taken(book.codes.to_numpy(dtype=object), rows["row"].to_numpy())
    return pd.DataFrame(
        {
            "code": rows["code"],
            "park": rows["park"],
            "plot": as_objects(plot),
            "effective_on": rows["day"],
            "year": rows["day"].dt.year.astype("int64"),
            "sector": rows["sector"],
            "uptake_m2": rows["amount_m2"] * np.where(rows["kind"] == "deed", 1, -1),
        }
    ).reset_index(drop=True)


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
    return rows.groupby(["park", "year"])["uptake_m2"].sum().reset_index()
