"""When the records of a park begin: before that day none of its plots was there."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.sites.columns import Days, as_days, as_objects, numbers_of, taken, text_of

__all__ = ["days_begun", "parks_begun"]

_BEGINNING = ("net_set", "opening_balance")


def days_begun(codes: pd.Index[str], parks: NDArray[np.object_], events: pd.DataFrame) -> Days:
    """First day of the records of the park of each plot, or NaT where that is not told.

    Parameters
    ----------
    codes, parks
        Code and park of each plot.
    events
        Rows of ``land_event``, whenever they were recorded: how a park began does not
        depend on what was known when.
    """
    begun = parks_begun(codes, parks, events)
    at = begun.index.get_indexer(as_objects(parks))
    return taken(begun.to_numpy().astype("datetime64[D]"), at)


def parks_begun(
    codes: pd.Index[str], parks: NDArray[np.object_], events: pd.DataFrame
) -> pd.Series[pd.Timestamp]:
    """First day on which anything happened in each park, by park.

    It is told of parks whose net area or opening balance was ever set: of others nobody
    wrote down how they began. An opening balance of 0 m² begins nothing: a park that was
    drawn later has one too. Parameters as of :func:`days_begun`.
    """
    days = as_days(events["effective_on"])
    silent = np.zeros(len(events), dtype=bool)
    if "area_m2" in events:
        is_opening = events["kind"].eq("opening_balance").to_numpy()
        silent |= is_opening & (numbers_of(events["area_m2"]) == 0)
    if "corrects" in events:
        silent |= events["code"].isin(events["corrects"].dropna()).to_numpy()
    days[silent] = np.datetime64("NaT")
    none = np.full(len(events), None, dtype=object)
    plot = codes.get_indexer(as_objects(text_of(events["plot"]) if "plot" in events else none))
    named = text_of(events["park"]) if "park" in events else none
    park = np.where(plot >= 0, taken(parks, plot), named)
    first = pd.Series(days).groupby(park).min()
    begun = pd.unique(park[events["kind"].isin(_BEGINNING).to_numpy()])
    return first[first.index.isin(begun)]
