"""Vacancy spells: every unbroken vacancy there was, and how it ended."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from geo_assen.sites.columns import as_dates, as_day, as_objects, text_of
from geo_assen.vacancy.deciding import KINDS, days_at, moments_of, runs_of
from geo_assen.vacancy.durations import duration_classes
from geo_assen.vacancy.observation import usable_observations
from geo_assen.vacancy.rule import USUAL_RULE, VacancyRule

__all__ = ["vacancy_spells"]

_RUNNING = len(KINDS)
_ENDED_BY = np.array([*KINDS, "running"], dtype=object)


def vacancy_spells(
    premises: pd.DataFrame,
    observations: pd.DataFrame,
    *,
    as_of: date,
    known_at: date | None = None,
    rule: VacancyRule = USUAL_RULE,
) -> pd.DataFrame:
    """Answer when premises stood empty, from the first observation to a date.

    A spell is unbroken by the deciding states, whatever the rule says about short uses.

    Parameters
    ----------
    premises, observations, as_of, known_at, rule
        As for :func:`geo_assen.vacancy.vacancy_states`.

    Returns
    -------
    One row for each spell, in the order of the premises and then of time:

    - ``premises``: code.
    - ``starts_on``, ``ends_on``: first and last vacant day; None where it still runs.
    - ``ended_by``: occupied, unknown (nothing that was said held any longer, or who spoke
      did not know) or running.
    - ``at_least``: whether the spell may have begun earlier.
    - ``days``: length in days so far, first and last day both counted.
    - ``vacancy_class``: friction, long or structural, by its length on its last day.
    - ``used_before_days``: days of use between the spell before and this one; NaN unless a
      known use, of any length, is all that lies between them.
    """
    codes = as_objects(text_of(premises["code"]))
    found = usable_observations(observations, codes, as_of=as_of, known_at=known_at, rule=rule)
    runs = runs_of(moments_of(found, len(codes), int(as_day(as_of).astype(np.int64))))
    at = np.flatnonzero(runs.kind == KINDS.index("vacant"))
    start, end, runs_on = runs.start[at], runs.end[at], runs.is_last[at]
    after = np.append(runs.kind, _RUNNING)[at + 1]
    starts_on = start.astype("datetime64[D]")
    ends_on = end.astype("datetime64[D]")
    return pd.DataFrame(
        {
            "premises": codes[runs.row[at]],
            "starts_on": as_dates(starts_on),
            "ends_on": as_dates(days_at(runs.end, np.where(runs_on, -1, at))),
            "ended_by": as_objects(_ENDED_BY[np.where(runs_on, _RUNNING, after)]),
            "at_least": runs.is_open()[at],
            "days": end - start + 1,
            "vacancy_class": as_objects(duration_classes(starts_on, ends_on)),
            "used_before_days": runs.used_before()[at],
        }
    )
