"""Land events: what can happen to land, and which rows count on a date.

Events are only ever added. A row that names another in ``corrects`` takes its place from
the day on which the correction was recorded; an event that never took place is corrected
by one without effect (a deed of 0 m², or the lapse in the place of an option).

A split is recorded on the plot that is divided, a merger on every plot that disappears in
it, with the plot it goes into in ``into_plot``; the plots that come of it name one of those
in ``parent_plot``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from geo_assen.sites.columns import as_day, as_days

__all__ = [
    "KINDS",
    "NEEDS_PLOT",
    "OVER_SHARE_ALLOWED",
    "PROMISES",
    "PROMISE_OF_LAPSE",
    "REPLACING",
    "effective_events",
    "event_parks",
    "without_corrected",
]

PROMISES = ("option", "reservation")
"""Promises on a plot; they stand inside issuable land and are never counted as issued."""

PROMISE_OF_LAPSE: Mapping[str, str] = {f"{kind}_lapsed": kind for kind in PROMISES}
"""Promise that each kind of lapse ends."""

REPLACING = ("split", "merge")
"""Events after which a plot is replaced by the plots that name it as their parent."""

KINDS = (
    "opening_balance", "net_set", *PROMISES, *PROMISE_OF_LAPSE, "deed", "buy_back",
    "withdrawal", *REPLACING, "survey",
)  # fmt: skip
"""Every kind of event; the first two and a withdrawal may name a park alone, as may a deed."""

NEEDS_PLOT = frozenset({*PROMISES, *PROMISE_OF_LAPSE, *REPLACING, "survey"})
"""Kinds that mean nothing without a plot."""

OVER_SHARE_ALLOWED = 0.02
"""Part by which deeds may exceed the area of a plot until it has been surveyed."""

_OPTIONAL = (
    "park", "plot", "into_plot", "area_m2", "price_eur_m2", "sector", "party", "valid_until",
    "priority_rank", "selection", "published_on", "corrects",
)  # fmt: skip
_DATES = ("effective_on", "recorded_on", "valid_until")


def effective_events(
    events: pd.DataFrame, as_of: date, known_at: date | None = None
) -> pd.DataFrame:
    """Events that count at the end of a day, as they were known at the end of another.

    Parameters
    ----------
    events
        Rows of ``land_event``, in any order; columns that are never filled may be left out.
        A row without ``recorded_on`` counts as recorded on the day it takes effect.
    as_of
        Events that take effect after this day are left out.
    known_at
        Rows recorded after this day are left out, corrections too; ``None``: none are.

    Returns
    -------
    The rows that count, in the order they came, with ``effective_on``, ``recorded_on`` and
    ``valid_until`` as ``datetime64[s]``. Of several corrections of one row the last
    recorded counts.
    """
    found = _typed(events)
    if known_at is not None:
        found = found[~(found["recorded_on"] > pd.Timestamp(as_day(known_at)))]
    found = without_corrected(found)
    return found[found["effective_on"] <= pd.Timestamp(as_day(as_of))]


def without_corrected(events: pd.DataFrame) -> pd.DataFrame:
    """Leave out the rows in whose place a correction stands."""
    correcting = events.loc[events["corrects"].notna(), ["code", "corrects", "recorded_on"]]
    if correcting.empty:
        return events
    latest = correcting.sort_values(["recorded_on", "code"])
    outdone = latest.loc[latest.duplicated("corrects", keep="last"), "code"]
    gone = pd.Index(correcting["corrects"]).append(pd.Index(outdone))
    return events[~events["code"].isin(gone)]


def event_parks(events: pd.DataFrame, plots: pd.DataFrame) -> pd.Series[Any]:
    """Park of each event: that of its plot where it names one, else the one it names itself.

    Parameters
    ----------
    events, plots
        Rows of ``land_event`` and ``plot``; of an event on any other plot nothing is told.
    """
    parks = dict(zip(plots["code"], plots["park"], strict=True))
    return events["park"].where(events["plot"].isna(), events["plot"].map(parks))


def _typed(events: pd.DataFrame) -> pd.DataFrame:
    """Add columns that are left out and read the dates."""
    absent: dict[str, Any] = {name: None for name in _OPTIONAL if name not in events}
    dates: dict[str, Any] = {
        name: as_days(events[name]).astype("datetime64[s]")
        if name in events
        else np.full(len(events), "NaT", dtype="datetime64[s]")
        for name in _DATES
    }
    unsaid = np.isnat(dates["recorded_on"])
    dates["recorded_on"] = np.where(unsaid, dates["effective_on"], dates["recorded_on"])
    return events.assign(**{**absent, **dates})
