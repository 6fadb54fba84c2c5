"""Voices: what each source last said about one of the premises, and whether it counts."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from geo_assen.sites.columns import as_dates, as_day, as_objects
from geo_assen.vacancy.deciding import KINDS, kinds_of, share_of
from geo_assen.vacancy.observation import STATES, one_of_the_premises, usable_observations
from geo_assen.vacancy.rule import USUAL_RULE, VacancyRule

__all__ = ["voices"]


def voices(
    observations: pd.DataFrame,
    *,
    as_of: date,
    known_at: date | None = None,
    rule: VacancyRule = USUAL_RULE,
) -> pd.DataFrame:
    """Answer what each source last said about one of the premises up to a date.

    Parameters
    ----------
    observations
        Rows of ``vacancy_observation`` of one of the premises.
    as_of, known_at, rule
        As for :func:`geo_assen.vacancy.vacancy_states`.

    Returns
    -------
    One row for each source that ever spoke, the most trusted first:

    - ``source``, ``observed_on``, ``recorded_on``.
    - ``state``: as it is weighed: the BAG's "in use" is unknown.
    - ``vacant_share``: as of :func:`geo_assen.vacancy.vacancy_states`; NaN if not known.
    - ``holds_until``: last day on which the word holds.
    - ``holds``: whether it holds on the date.
    - ``decides``: whether it makes the state on the date.
    - ``agrees``: whether it says the same about vacant or occupied as the most trusted
      source that knows; None where it does not know or no longer holds.
    - ``age_days``: days since it was observed.

    Raises
    ------
    ValueError
        If the observations are of several premises.
    """
    codes = one_of_the_premises(observations, "a voice")
    found = usable_observations(observations, codes, as_of=as_of, known_at=known_at, rule=rule)
    last = found.drop_duplicates("trust", keep="last")
    day = int(as_day(as_of).astype(np.int64))
    expires, state = last["expires"].to_numpy(), np.array(STATES, dtype=object)[last["state"]]
    holds = day < expires
    kinds = kinds_of(last["state"].to_numpy())
    known = holds & (kinds != KINDS.index("unknown"))
    agrees = np.full(len(last), None, dtype=object)
    agrees[known] = kinds[known] == kinds[known][:1]
    return pd.DataFrame(
        {
            "source": as_objects(np.array(rule.order, dtype=object)[last["trust"]]),
            "state": as_objects(state),
            "vacant_share": share_of(state, last["share"].to_numpy()),
            "observed_on": as_dates(last["day"].to_numpy().astype("datetime64[D]")),
            "recorded_on": as_dates(last["recorded"].to_numpy().astype("datetime64[D]")),
            "holds_until": as_dates((expires - 1).astype("datetime64[D]")),
            "holds": holds,
            "decides": holds & (np.cumsum(holds) == 1),
            "agrees": as_objects(agrees),
            "age_days": day - last["day"].to_numpy(),
        }
    )
