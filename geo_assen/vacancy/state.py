"""State of premises on a date: sources weighed, and how long a vacancy has lasted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.sites.columns import Days, as_dates, as_day, as_objects, text_of
from geo_assen.vacancy.deciding import (
    KINDS,
    Ints,
    Moments,
    days_at,
    moments_of,
    runs_of,
    share_of,
)
from geo_assen.vacancy.durations import duration_classes
from geo_assen.vacancy.observation import STATES, one_of_the_premises, usable_observations
from geo_assen.vacancy.rule import SOURCES, USUAL_RULE, VacancyRule

__all__ = ["timeline", "vacancy_states"]

_NAMES = np.array(STATES, dtype=object)


def vacancy_states(
    premises: pd.DataFrame,
    observations: pd.DataFrame,
    *,
    as_of: date,
    known_at: date | None = None,
    rule: VacancyRule = USUAL_RULE,
) -> pd.DataFrame:
    """Answer for all premises whether they are vacant on a date, and since when.

    Parameters
    ----------
    premises
        Rows of ``premises``.
    observations
        Rows of ``vacancy_observation``, in any order.
    as_of
        End of the day for which the states hold.
    known_at
        Day up to which observations were recorded; ``None``: all there are.
    rule
        Whom to believe first, how long a word holds, and what a short use does.

    Returns
    -------
    One row for each of the premises, in their order, indexed by code:

    - ``state``: occupied, vacant, partly or unknown.
    - ``vacancy_class``: occupied, friction, long, structural or unknown; ``partly`` counts
      as vacant.
    - ``vacant_since``: first day of the unbroken vacancy; None where not vacant. Days on
      which nothing is known break it: what was not seen is not counted. Where the rule says
      that a short use does not break it, first day of the chain through short uses.
    - ``at_least``: True where nothing told that the premises were occupied just before,
      so that the vacancy may be older.
    - ``vacant_share``: 1 for vacant, 0 for occupied, what was observed for partly; NaN
      where that is not known.
    - ``source``, ``observed_on``: the observation that decides; None for none.
    - ``age_days``: days since that observation; NaN for none.
    - ``agreeing``, ``disagreeing``: other sources, in order of trust and joined by commas,
      whose word that holds says the same or the opposite about vacant or occupied (``partly``
      is vacant). They are held against the most trusted source that knows: the deciding one,
      unless that does not know. A source that does not know is in neither.
    - ``disagreement``: whether any source disagrees.
    - ``newest_on``, ``newest_age_days``: day and age of the newest word of any source that
      still holds, also one that does not know; the BAG's "in use" is no word. None and NaN
      for none.
    - ``used_before_days``: days of use between the vacancy before and this one, where all
      of them are known and they are no more than the rule calls short; else NaN.
    - ``before_use_since``: first day of the chain of vacancies through such short uses;
      None without one.
    """
    codes = as_objects(text_of(premises["code"])).rename("code")
    found = usable_observations(observations, codes, as_of=as_of, known_at=known_at, rule=rule)
    day = as_day(as_of)
    moments = moments_of(found, len(codes), int(day.astype(np.int64)))
    last = moments.last_of(len(codes))
    winner, state = moments.winner[last], _NAMES[moments.state[last]]
    vacancy = _running(moments, rule)
    classes = np.where(np.isnat(vacancy.since), state, duration_classes(vacancy.since, day))
    trust = _trust(found, winner)
    observed = days_at(found["day"].to_numpy(), winner)
    newest = moments.newest[last].astype("datetime64[D]")
    agreeing, disagreeing = _sides(moments.vacant[last], moments.occupied[last], trust, rule)
    columns = {
        "state": as_objects(state),
        "vacancy_class": as_objects(classes),
        "vacant_since": as_dates(vacancy.since),
        "at_least": vacancy.at_least,
        "vacant_share": share_of(state, np.append(found["share"].to_numpy(), np.nan)[winner]),
        "source": as_objects(_source(trust, rule)),
        "observed_on": as_dates(observed),
        "age_days": _age_days(day, observed),
        "agreeing": as_objects(agreeing),
        "disagreeing": as_objects(disagreeing),
        "disagreement": disagreeing != "",
        "newest_on": as_dates(newest),
        "newest_age_days": _age_days(day, newest),
        "used_before_days": vacancy.used_before_days,
        "before_use_since": as_dates(vacancy.before_use_since),
    }
    return pd.DataFrame(columns, index=codes)


@dataclass(frozen=True)
class _Running:
    """The vacancy that runs on the day asked, of each of the premises; NaT where none does."""

    since: Days
    at_least: NDArray[np.bool_]
    used_before_days: NDArray[np.float64]
    before_use_since: Days


def _running(moments: Moments, rule: VacancyRule) -> _Running:
    runs = runs_of(moments)
    own = np.flatnonzero(runs.is_last)
    runs_now = runs.kind[own] == KINDS.index("vacant")
    used, head = runs.used_before()[own], runs.chained(rule.short_use_days)[own]
    short = used <= rule.short_use_days
    start = own if rule.short_use_breaks else head
    return _Running(
        since=days_at(runs.start, np.where(runs_now, start, -1)),
        at_least=runs_now & runs.is_open()[start],
        used_before_days=np.where(short, used, np.nan),
        before_use_since=days_at(runs.start, np.where(short, head, -1)),
    )


def _sides(
    vacant: Ints, occupied: Ints, trust: Ints, rule: VacancyRule
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Names of the sources that agree and that disagree with the most trusted that knows."""
    known = vacant | occupied
    leads_vacant = (vacant & known & -known) > 0
    agreeing = np.where(leads_vacant, vacant, occupied) & ~(1 << trust)
    disagreeing = np.where(leads_vacant, occupied, vacant)
    texts = np.array(
        [
            ",".join(source for at, source in enumerate(rule.order) if bits >> at & 1)
            for bits in range(1 << len(rule.order))
        ],
        dtype=object,
    )
    return texts[agreeing], texts[disagreeing]


def _trust(found: pd.DataFrame, winner: Ints) -> Ints:
    """Place of the deciding source in the order of trust; behind the last one for none."""
    trust: Ints = np.append(found["trust"].to_numpy(), len(SOURCES))[winner]
    return trust


def _source(trust: Ints, rule: VacancyRule) -> NDArray[np.object_]:
    named: NDArray[np.object_] = np.array([*rule.order, None], dtype=object)[trust]
    return named


def _age_days(day: np.datetime64, told: Days) -> NDArray[np.float64]:
    return np.where(np.isnat(told), np.nan, (day - told).astype(np.float64))


def timeline(
    observations: pd.DataFrame,
    *,
    as_of: date,
    known_at: date | None = None,
    rule: VacancyRule = USUAL_RULE,
) -> pd.DataFrame:
    """Answer what state one of the premises was in from the first observation on.

    Parameters
    ----------
    observations
        Rows of ``vacancy_observation`` of one of the premises.

    Returns
    -------
    One row for each stretch of days with one state told by one source, oldest first:
    ``starts_on``, ``ends_on`` (last day; the date asked for the stretch that still runs),
    ``state``, ``source`` (None where nothing that was said still holds) and
    ``disagreement`` (on any day of it). Empty without observations.

    Raises
    ------
    ValueError
        If the observations are of several premises.
    """
    codes = one_of_the_premises(observations, "a timeline")
    found = usable_observations(observations, codes, as_of=as_of, known_at=known_at, rule=rule)
    count = len(codes) if len(found) else 0
    moments = moments_of(found, count, int(as_day(as_of).astype(np.int64)))
    source = _source(_trust(found, moments.winner), rule)
    same = (moments.state[1:] == moments.state[:-1]) & (source[1:] == source[:-1])
    first = np.flatnonzero(np.append(True, ~same)[: len(source)])
    starts = moments.day[first]
    ends = np.append(starts[1:] - 1, moments.day[-1:])
    stretch = np.add.reduceat(moments.disagreement, first) if len(first) else first
    return pd.DataFrame(
        {
            "starts_on": as_dates(starts.astype("datetime64[D]")),
            "ends_on": as_dates(ends.astype("datetime64[D]")),
            "state": as_objects(_NAMES[moments.state[first]]),
            "source": as_objects(source[first]),
            "disagreement": stretch.astype(bool),
        }
    )
