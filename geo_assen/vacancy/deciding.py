"""The sequence of deciding words: on every day the most trusted source that still holds.

Of one source the newest word replaces the older ones, also where it does not know. State,
duration, spells and timeline are all read from this one sequence, so that a time slider
and a duration never contradict each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.sites.columns import Days
from geo_assen.vacancy.observation import STATES, VACANT_STATES

__all__ = [
    "KINDS", "Ints", "Moments", "Runs", "days_at", "kinds_of", "moments_of", "runs_of", "share_of",
]  # fmt: skip

Ints = NDArray[np.int64]

KINDS = ("occupied", "vacant", "unknown")
"""What the days of a run have in common; ``partly`` counts as vacant."""

_UNKNOWN = STATES.index("unknown")
_KIND_OF_STATE = np.array(
    [KINDS.index("vacant" if state in VACANT_STATES else state) for state in STATES]
)
_VACANT, _OCCUPIED, _NOT_KNOWN = (KINDS.index(k) for k in ("vacant", "occupied", "unknown"))
_SPAN = 1 << 22
"""More days than any calendar here holds: premises and day fit into one sortable number."""

_NEVER = np.iinfo(np.int64).min
"""A day that is none; it is what numpy keeps for NaT as well."""


@dataclass(frozen=True)
class Moments:
    """What is said at every day on which it may change, per premises in time.

    Sources that say something are kept as bits: 1 for the most trusted, 2 for the next.
    """

    row: Ints
    day: Ints
    winner: Ints
    """Position among the observations, or -1 where none holds."""
    state: Ints
    """Position in ``STATES``."""
    vacant: Ints
    """Sources whose word that holds is vacant or partly."""
    occupied: Ints
    """Sources whose word that holds is occupied."""
    newest: Ints
    """Day of the newest word that holds; the least number there is for none."""

    @property
    def kind(self) -> Ints:
        """Position in ``KINDS``."""
        return kinds_of(self.state)

    @property
    def disagreement(self) -> NDArray[np.bool_]:
        """Whether sources contradict each other about vacant or occupied."""
        contradicted: NDArray[np.bool_] = (self.vacant > 0) & (self.occupied > 0)
        return contradicted

    def last_of(self, count: int) -> NDArray[np.intp]:
        """Position of the last moment of each of the premises: the day asked."""
        return np.flatnonzero(np.append(self.row[1:] != self.row[:-1], True))[:count]


@dataclass(frozen=True)
class Runs:
    """Stretches of days of one kind, per premises in time, without gaps."""

    row: Ints
    kind: Ints
    """Position in ``KINDS``."""
    start: Ints
    end: Ints
    """Last day; the day asked for the run that still runs."""
    is_last: NDArray[np.bool_]

    def used_before(self) -> NDArray[np.float64]:
        """Days of use between each vacancy and the one before it.

        NaN for other runs, and where anything but a known use lies directly before it or
        anything but a vacancy directly before that.
        """
        days = np.full(len(self.row), np.nan)
        if len(days) > 2:
            same = (self.row[2:] == self.row[:-2]) & (self.kind[2:] == _VACANT)
            known = same & (self.kind[1:-1] == _OCCUPIED) & (self.kind[:-2] == _VACANT)
            length = self.end[1:-1] - self.start[1:-1] + 1
            days[2:] = np.where(known, length, np.nan)
        return days

    def chained(self, short_use_days: int) -> NDArray[np.intp]:
        """Position of the vacancy in which the chain through short uses began; own if none."""
        own = np.arange(len(self.row))
        vacant = np.flatnonzero(self.kind == _VACANT)
        heads = np.where(self.used_before()[vacant] <= short_use_days, -1, vacant)
        chain = own.copy()
        # A chain goes from each vacancy to the one before it: the last head so far began it.
        chain[vacant] = np.maximum.accumulate(heads) if len(heads) else heads
        return chain

    def is_open(self) -> NDArray[np.bool_]:
        """Whether nothing told that the premises were occupied on the day before each run."""
        first = np.append(True, self.row[1:] != self.row[:-1])[: len(self.row)]
        before = np.append(_NOT_KNOWN, self.kind[:-1])[: len(self.row)]
        is_open: NDArray[np.bool_] = first | (before != _OCCUPIED)
        return is_open


def kinds_of(states: Ints) -> Ints:
    """Position in ``KINDS`` of positions in ``STATES``."""
    kinds: Ints = _KIND_OF_STATE[states]
    return kinds


def moments_of(found: pd.DataFrame, count: int, as_of: int) -> Moments:
    """Weigh the sources on every day an observation comes or goes, and on the day asked.

    Parameters
    ----------
    found
        As :func:`geo_assen.vacancy.observation.usable_observations` gives them.
    count
        Number of premises; each has a moment on the day asked.
    as_of
        Day asked, as days since 1970.
    """
    row, day = found["row"].to_numpy(), found["day"].to_numpy()
    expires, states = found["expires"].to_numpy(), found["state"].to_numpy()
    trust = found["trust"].to_numpy()
    seen_on = np.where(found["seen"].to_numpy(), day, _NEVER)
    kinds = kinds_of(states)
    spoken = row * _SPAN + day
    gone = expires <= as_of
    ends = (row * _SPAN + expires)[gone]
    points = np.sort(np.concatenate([spoken, ends, np.arange(count) * _SPAN + as_of]))
    points = points[np.append(True, points[1:] != points[:-1])[: len(points)]]
    # Days before 1970 are negative: the day asked last is the one nearest to a multiple.
    at_row = (points + _SPAN // 2) // _SPAN
    at_day = points - at_row * _SPAN
    winner = np.full(len(points), -1, dtype=np.int64)
    vacant, occupied = np.zeros_like(points), np.zeros_like(points)
    newest = np.full_like(points, _NEVER)
    bounds = np.flatnonzero(np.diff(trust, prepend=-1, append=-1))
    for first, end in pairwise(bounds):
        latest = np.searchsorted(spoken[first:end], points, side="right") - 1 + first
        holds = latest >= first
        holds &= (row[latest] == at_row) & (at_day < expires[latest])
        bit = 1 << int(trust[first])
        winner = np.where((winner < 0) & holds, latest, winner)
        vacant |= np.where(holds & (kinds[latest] == _VACANT), bit, 0)
        occupied |= np.where(holds & (kinds[latest] == _OCCUPIED), bit, 0)
        newest = np.where(holds, np.maximum(newest, seen_on[latest]), newest)
    state = np.append(states, _UNKNOWN)[winner]
    return Moments(at_row, at_day, winner, state, vacant, occupied, newest)


def runs_of(moments: Moments) -> Runs:
    """Join moments of one kind that follow each other into runs."""
    row, kind = moments.row, moments.kind
    new_row = np.append(True, row[1:] != row[:-1])[: len(row)]
    changed = new_row | np.append(True, kind[1:] != kind[:-1])[: len(row)]
    first = np.flatnonzero(changed)
    is_last = np.append(new_row[first][1:], True)[: len(first)]
    after = np.append(first[1:], len(row))[: len(first)]
    until = np.append(moments.day[first][1:] - 1, 0)[: len(first)]
    end = np.where(is_last, moments.day[after - 1], until)
    return Runs(row[first], kind[first], moments.day[first], end, is_last)


def days_at(days: Ints, places: NDArray[np.intp] | Ints) -> Days:
    """Days at some positions, NaT at position -1."""
    told = np.append(days.astype("datetime64[D]"), np.datetime64("NaT", "D"))
    found: Days = told[places]
    return found


def share_of(state: NDArray[np.object_], told: NDArray[np.float64]) -> NDArray[np.float64]:
    """Vacant share: 1 for vacant, 0 for occupied, what was told for partly, else NaN."""
    names = [state == "vacant", state == "occupied", state == "partly"]
    return np.select(names, [1.0, 0.0, told], np.nan)
