"""State of premises on a date: sources weighed, and how long a vacancy has lasted.

On every day the most trusted source whose word still holds decides; of one source the
newest word replaces the older ones. No word that holds means unknown. Both the state on a
date and the length of a vacancy are read from that one sequence of deciding states, so
that a time slider and a duration never contradict each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.sites.columns import as_dates, as_day, as_objects, text_of
from geo_assen.vacancy.durations import duration_classes
from geo_assen.vacancy.observation import (
    SOURCES,
    STATES,
    VACANT_STATES,
    VALIDITY_MONTHS,
    usable_observations,
)

__all__ = ["timeline", "vacancy_states"]

_Ints = NDArray[np.int64]
_UNKNOWN = STATES.index("unknown")
_VACANT = [STATES.index(state) for state in VACANT_STATES]
_NAMES = np.array(STATES, dtype=object)
_SPAN = 1 << 22
"""More days than any calendar here holds: premises and day fit into one sortable number."""


@dataclass(frozen=True)
class _Moments:
    """The deciding observation at every day on which it may change, per premises in time."""

    row: _Ints
    day: _Ints
    winner: _Ints
    """Position among the observations, or -1 where none holds."""
    disagreement: NDArray[np.bool_]
    state: _Ints
    """Position in ``STATES``."""


def vacancy_states(
    premises: pd.DataFrame,
    observations: pd.DataFrame,
    *,
    as_of: date,
    known_at: date | None = None,
    validity_months: Mapping[str, int] = VALIDITY_MONTHS,
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
    validity_months
        Months for which the word of each source holds; the last day counts.

    Returns
    -------
    One row for each of the premises, in their order, indexed by code:

    - ``state``: occupied, vacant, partly or unknown.
    - ``vacancy_class``: occupied, friction, long, structural or unknown; ``partly`` counts
      as vacant.
    - ``vacant_since``: first day of the unbroken vacancy; None where not vacant. Days on
      which nothing is known break it: what was not seen is not counted.
    - ``at_least``: True where nothing told that the premises were occupied just before,
      so that the vacancy may be older.
    - ``vacant_share``: 1 for vacant, 0 for occupied, what was observed for partly; NaN
      where that is not known.
    - ``source``, ``observed_on``: the observation that decides; None for none.
    - ``age_days``: days since that observation; NaN for none.
    - ``disagreement``: whether sources whose word holds contradict each other; a source
      that does not know contradicts none.
    """
    codes = as_objects(text_of(premises["code"])).rename("code")
    found = usable_observations(
        observations, codes, as_of=as_of, known_at=known_at, validity_months=validity_months
    )
    day = as_day(as_of)
    moments = _moments(found, len(codes), int(day.astype(np.int64)))
    last = np.flatnonzero(np.append(moments.row[1:] != moments.row[:-1], True))[: len(codes)]
    since, at_least = _spells(moments, last)
    winner, state = moments.winner[last], _NAMES[moments.state[last]]
    classes = duration_classes(since, day)
    vacant = ~np.isnat(since)
    observed = _observed(found["day"].to_numpy(), winner)
    return pd.DataFrame(
        {
            "state": as_objects(state),
            "vacancy_class": as_objects(np.where(vacant, classes, state)),
            "vacant_since": as_dates(since),
            "at_least": at_least,
            "vacant_share": _share(state, found["share"].to_numpy(), winner),
            "source": as_objects(_source(found, winner)),
            "observed_on": as_dates(observed),
            "age_days": np.where(winner >= 0, (day - observed).astype(np.float64), np.nan),
            "disagreement": moments.disagreement[last],
        },
        index=codes,
    )


def _moments(found: pd.DataFrame, count: int, as_of: int) -> _Moments:
    """Weigh the sources on every day an observation comes or goes, and on the day asked."""
    row, day = found["row"].to_numpy(), found["day"].to_numpy()
    expires = found["expires"].to_numpy()
    gone = expires <= as_of
    points = np.concatenate(
        [row * _SPAN + day, (row * _SPAN + expires)[gone], np.arange(count) * _SPAN + as_of]
    )
    points = np.unique(points)
    # Days before 1970 are negative: the day asked last is the one nearest to a multiple.
    at_row = (points + _SPAN // 2) // _SPAN
    at_day = points - at_row * _SPAN
    winner = np.full(len(points), -1, dtype=np.int64)
    states = found["state"].to_numpy()
    said = np.full(len(points), _UNKNOWN)
    disagreement = np.zeros(len(points), dtype=bool)
    for trust in range(len(SOURCES)):
        first, end = np.searchsorted(found["trust"], [trust, trust + 1])
        if first == end:
            continue
        latest = _latest_word(row[first:end] * _SPAN + day[first:end], points) + first
        holds = latest >= first
        holds &= (row[latest] == at_row) & (at_day < expires[latest])
        winner = np.where((winner < 0) & holds, latest, winner)
        word = np.where(holds, states[latest], _UNKNOWN)
        disagreement |= (said != _UNKNOWN) & (word != _UNKNOWN) & (said != word)
        said = np.where(said == _UNKNOWN, word, said)
    state = np.append(states, _UNKNOWN)[winner]
    return _Moments(at_row, at_day, winner, disagreement, state)


def _latest_word(spoken: _Ints, points: _Ints) -> _Ints:
    """Position of the last word at or before each point, or -1."""
    return np.searchsorted(spoken, points, side="right") - 1


def _spells(
    moments: _Moments, last: NDArray[np.intp]
) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    """First day of the vacancy that runs on the last moment, and whether it may be older."""
    vacant = np.isin(moments.state, _VACANT)
    at = np.arange(len(vacant))
    broken = np.maximum.accumulate(np.where(vacant, -1, at)) if len(at) else at
    first = np.append(0, last[:-1] + 1)[: len(last)]
    start = np.maximum(broken[last] + 1, first)
    before = np.where(start > first, moments.state[start - 1], _UNKNOWN)
    runs = vacant[last]
    days = moments.day[np.where(runs, start, 0)] if len(last) else moments.day
    since = np.where(runs, days.astype("datetime64[D]"), np.datetime64("NaT", "D"))
    return since, runs & (before != STATES.index("occupied"))


def _observed(days: _Ints, winner: _Ints) -> NDArray[np.datetime64]:
    told = np.append(days.astype("datetime64[D]"), np.datetime64("NaT", "D"))
    observed: NDArray[np.datetime64] = told[winner]
    return observed


def _share(
    state: NDArray[np.object_], shares: NDArray[np.float64], winner: _Ints
) -> NDArray[np.float64]:
    told = np.append(shares, np.nan)[winner]
    names = [state == "vacant", state == "occupied", state == "partly"]
    return np.select(names, [1.0, 0.0, told], np.nan)


def _source(found: pd.DataFrame, winner: _Ints) -> NDArray[np.object_]:
    trust = np.append(found["trust"].to_numpy(), len(SOURCES))[winner]
    named: NDArray[np.object_] = np.array([*SOURCES, None], dtype=object)[trust]
    return named


def timeline(
    observations: pd.DataFrame,
    *,
    as_of: date,
    known_at: date | None = None,
    validity_months: Mapping[str, int] = VALIDITY_MONTHS,
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
    codes = as_objects(pd.unique(text_of(observations["premises"])))
    if len(codes) > 1:
        raise ValueError(f"a timeline is of one of the premises, not of {', '.join(codes)}")
    found = usable_observations(
        observations, codes, as_of=as_of, known_at=known_at, validity_months=validity_months
    )
    moments = _moments(found, len(codes) if len(found) else 0, int(as_day(as_of).astype(np.int64)))
    source = _source(found, moments.winner)
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
