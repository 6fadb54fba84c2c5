"""The list of premises to be looked at again, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.sites.columns import as_day, as_days, as_objects, numbers_of, text_of

__all__ = ["REASONS", "worklist"]

REASONS = ("structural", "disagreement", "unseen", "follow_up_due")
"""Why premises are on the list, in the order in which reasons are told."""

_FIRST = ("structural", "disagreement", "follow_up_due", "unseen")
"""Which reason makes premises stand higher on the list."""

_Reasons = dict[str, NDArray[np.bool_]]


def worklist(
    units: pd.DataFrame, follow_ups: pd.DataFrame, *, as_of: date, unseen_days: int = 365
) -> pd.DataFrame:
    """Answer which premises are to be looked at again on a date.

    Parameters
    ----------
    units
        Units by code: the columns of :func:`geo_assen.vacancy.vacancy_states`.
    follow_ups
        ``premises, followed_on, step, due_on, id``, in any order; of one day the highest
        ``id`` is the latest. Those after the date are left out.
    unseen_days
        Longest time without a word of any source, in days.

    Returns
    -------
    Units with a reason, by code:

    - ``reasons``: those of ``REASONS`` that hold. ``structural``: by class; also where the
      follow-up is closed. ``disagreement``: sources contradict each other. ``unseen``: the
      newest word that holds is older than ``unseen_days``, or there is none.
      ``follow_up_due``: the date that the latest follow-up set has come.
    - ``vacant_since``, ``newest_on``, ``newest_age_days``: as of the states.
    - ``last_step``, ``last_followed_on``, ``due_on``: of the latest follow-up; None if none.
    - ``is_closed``: whether that closed the matter.

    In the order of review: structural vacancies, the longest first; then sources that
    disagree; then follow-ups that are due, the longest overdue first; then the unseen,
    those never seen before those seen longest ago. Ties go by code.
    """
    latest = _latest(follow_ups, as_of).reindex(units.index)
    reasons = _reasons(units, latest, as_of, unseen_days)
    found = pd.DataFrame(
        {
            "reasons": as_objects(_told(reasons, len(units))),
            "vacant_since": as_objects(text_of(units["vacant_since"])),
            "newest_on": as_objects(text_of(units["newest_on"])),
            "newest_age_days": numbers_of(units["newest_age_days"]),
            "last_step": as_objects(text_of(latest["step"])),
            "last_followed_on": as_objects(text_of(latest["followed_on"])),
            "due_on": as_objects(text_of(latest["due_on"])),
            "is_closed": latest["step"].eq("closed").to_numpy(dtype=bool),
        },
        index=as_objects(units.index.to_numpy(dtype=object)).rename("code"),
    )
    order = _order(found, reasons)
    is_listed = np.any(list(reasons.values()), axis=0)
    listed: pd.DataFrame = found.iloc[order[is_listed[order]]]
    return listed


def _latest(follow_ups: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Latest follow-up of each of the premises, by code."""
    days = as_days(follow_ups["followed_on"])
    past = follow_ups.assign(day=days)[days <= as_day(as_of)].sort_values(["day", "id"])
    latest: pd.DataFrame = past.drop_duplicates("premises", keep="last").set_index("premises")
    return latest


def _reasons(
    units: pd.DataFrame, latest: pd.DataFrame, as_of: date, unseen_days: int
) -> _Reasons:
    return {
        "structural": units["vacancy_class"].eq("structural").to_numpy(dtype=bool),
        "disagreement": units["disagreement"].to_numpy(dtype=bool),
        "unseen": ~(numbers_of(units["newest_age_days"]) <= unseen_days),
        "follow_up_due": as_days(latest["due_on"]) <= as_day(as_of),
    }


def _told(reasons: _Reasons, count: int) -> NDArray[np.object_]:
    """Reasons of each unit as a tuple."""
    told = np.empty(count, dtype=object)
    for at in range(count):
        told[at] = tuple(name for name in REASONS if reasons[name][at])
    return told


def _order(found: pd.DataFrame, reasons: _Reasons) -> NDArray[np.intp]:
    group = np.select([reasons[name] for name in _FIRST], list(range(len(_FIRST))), len(_FIRST))
    columns: list[Any] = ["vacant_since", None, "due_on", "newest_on"]
    # Within a group the oldest day stands first, and what never was before that.
    days = np.full(len(found), np.iinfo(np.int64).min)
    for place, column in enumerate(columns):
        if column is not None:
            days = np.where(group == place, as_days(found[column]).astype(np.int64), days)
    by_code = np.argsort(np.argsort(found.index.to_numpy(dtype=object), kind="stable"))
    return np.lexsort([by_code, days, group])
