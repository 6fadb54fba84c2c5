"""Vacancy observations: who says what, and until when that holds."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.sites.columns import as_day, as_days, as_objects, numbers_of, text_of
from geo_assen.vacancy.durations import add_months
from geo_assen.vacancy.rule import SOURCES, VacancyRule

__all__ = ["STATES", "VACANT_STATES", "one_of_the_premises", "usable_observations"]

STATES = ("occupied", "vacant", "partly", "unknown")
"""What an observation can say."""

VACANT_STATES = ("vacant", "partly")
"""States that make premises a vacant unit."""


def one_of_the_premises(observations: pd.DataFrame, what: str) -> pd.Index[str]:
    """Code of the premises that observations are of; empty without observations.

    Raises
    ------
    ValueError
        If they are of several.
    """
    codes = as_objects(pd.unique(text_of(observations["premises"])))
    if len(codes) > 1:
        raise ValueError(f"{what} is of one of the premises, not of {', '.join(codes)}")
    return codes


def usable_observations(
    observations: pd.DataFrame,
    premises: pd.Index[str],
    *,
    as_of: date,
    known_at: date | None,
    rule: VacancyRule,
) -> pd.DataFrame:
    """Observations that can bear on a date, in the order in which each source spoke.

    The BAG says that an object is in use, which is no word about who is inside: its
    ``occupied`` becomes ``unknown``, and nobody was seen. Its ``vacant`` (out of use) stays.

    Parameters
    ----------
    observations
        Rows of ``vacancy_observation``, in any order; of rows that agree in premises,
        source and both dates the one further down counts.
    premises
        Codes of the premises that are asked about.
    as_of, known_at
        Rows observed after the first or recorded after the second are left out.
    rule
        Whom to believe first, and how long a word holds.

    Returns
    -------
    ``row`` (position in ``premises``), ``trust`` (0 is most trusted), ``day``, ``recorded``
    and ``expires`` (first day on which it no longer holds) as days since 1970, ``state``
    (position in ``STATES``), ``seen`` (False for the BAG's "in use"), ``share`` (vacant
    share, NaN if not known), ordered by trust, row, day and record.

    Raises
    ------
    ValueError
        If a source or state is none of those above.
    """
    days = as_days(observations["observed_on"])
    keep = days <= as_day(as_of)
    if known_at is not None:
        keep &= ~(as_days(observations["recorded_on"]) > as_day(known_at))
    rows = premises.get_indexer(as_objects(text_of(observations["premises"])))
    keep &= rows >= 0
    kept, days, rows = observations[keep], days[keep], rows[keep]
    trust = _places(kept["source"], SOURCES, "source", rule.order)
    said = _places(kept["state"], STATES, "state")
    in_use = (trust == rule.order.index("bag")) & (said == STATES.index("occupied"))
    months = np.array(list(rule.months.values()))
    found = pd.DataFrame(
        {
            "row": rows,
            "trust": trust,
            "day": days.astype(np.int64),
            "recorded": as_days(kept["recorded_on"]).astype(np.int64),
            "expires": add_months(days, months[trust]).astype(np.int64) + 1,
            "state": np.where(in_use, STATES.index("unknown"), said),
            "seen": ~in_use,
            "share": numbers_of(kept["vacant_share"]),
        }
    )
    order = np.lexsort([found[name] for name in ("recorded", "day", "row", "trust")])
    return found.iloc[order].reset_index(drop=True)


def _places(
    column: pd.Series[str], known: tuple[str, ...], word: str, order: tuple[str, ...] = ()
) -> NDArray[np.intp]:
    """Place of each text in an order of those that are known."""
    places = pd.Index(order or known, dtype=object).get_indexer(as_objects(text_of(column)))
    if (places < 0).any():
        odd = column.to_numpy()[places < 0][0]
        raise ValueError(f"a vacancy observation has {word} {odd!r}, not one of {', '.join(known)}")
    return places
