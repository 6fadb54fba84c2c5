"""Vacancy observations: who says what, how long it holds, and whom to believe first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.sites.columns import as_day, as_days, as_objects, numbers_of, text_of
from geo_assen.vacancy.durations import add_months

__all__ = ["SOURCES", "STATES", "VACANT_STATES", "VALIDITY_MONTHS", "usable_observations"]

STATES = ("occupied", "vacant", "partly", "unknown")
"""What an observation can say."""

VACANT_STATES = ("vacant", "partly")
"""States that make premises a vacant unit."""

VALIDITY_MONTHS: Mapping[str, int] = MappingProxyType(
    {"field": 18, "owner": 12, "register": 12, "listing": 6, "bag": 12}
)
"""Sources from most to least trusted, and the months for which each one's word holds."""

SOURCES = tuple(VALIDITY_MONTHS)
"""Sources from most to least trusted."""


def usable_observations(
    observations: pd.DataFrame,
    premises: pd.Index[str],
    *,
    as_of: date,
    known_at: date | None,
    validity_months: Mapping[str, int],
) -> pd.DataFrame:
    """Observations that can bear on a date, in the order in which each source spoke.

    The BAG says that an object is in use, which is no word about who is inside: its
    ``occupied`` becomes ``unknown``. Its ``vacant`` (out of use) stays.

    Parameters
    ----------
    observations
        Rows of ``vacancy_observation``, in any order; of rows that agree in premises,
        source and both dates the one further down counts.
    premises
        Codes of the premises that are asked about.
    as_of, known_at
        Rows observed after the first or recorded after the second are left out.

    Returns
    -------
    ``row`` (position in ``premises``), ``trust`` (0 is most trusted), ``day`` and
    ``expires`` (first day on which it no longer holds) as days since 1970, ``state``
    (position in ``STATES``), ``share`` (vacant share, NaN if not known), ordered by trust,
    row, day and record.

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
    trust = _places(kept["source"], SOURCES, "source")
    months = np.array([validity_months[source] for source in SOURCES])
    found = pd.DataFrame(
        {
            "row": rows,
            "trust": trust,
            "day": days.astype(np.int64),
            "recorded": as_days(kept["recorded_on"]).astype(np.int64),
            "expires": add_months(days, months[trust]).astype(np.int64) + 1,
            "state": _states(kept),
            "share": numbers_of(kept["vacant_share"]),
        }
    )
    order = np.lexsort([found[name] for name in ("recorded", "day", "row", "trust")])
    return found.iloc[order].reset_index(drop=True)


def _states(kept: pd.DataFrame) -> NDArray[np.intp]:
    said = _places(kept["state"], STATES, "state")
    in_use = (said == STATES.index("occupied")) & kept["source"].eq("bag").to_numpy()
    return np.where(in_use, STATES.index("unknown"), said)


def _places(column: pd.Series[str], known: tuple[str, ...], word: str) -> NDArray[np.intp]:
    places = pd.Index(known, dtype=object).get_indexer(as_objects(text_of(column)))
    if (places < 0).any():
        odd = column.to_numpy()[places < 0][0]
        raise ValueError(f"a vacancy observation has {word} {odd!r}, not one of {', '.join(known)}")
    return places
