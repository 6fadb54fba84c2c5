"""Journeys by public transport over the timetable of one day.

Whoever travels walks to a stop, rides, changes, and walks on from the last stop: a scan of the
connections in order of departure finds when each stop is reached first. Nobody is taken to
know the timetable so well that a change shorter than the least one succeeds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo_assen.commuting.network import Floats, Rows

__all__ = ["MOST_WALK_M", "Change", "Timetable", "transit_minutes"]

MOST_WALK_M = 1_000.0
"""Longest walk to the first stop, from the last one, or all the way."""

_MOST_CHANGE_M = 300.0
"""Longest walk between two stops at a change."""

_STARTS_AT_ONCE = 64
_TOUCHING_M = 1e-6
"""What rounding may add to a distance that is just short enough."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Change:
    """What is known of changing from one stop to another, or at one.

    Attributes
    ----------
    takes_seconds
        Seconds that it takes, the walk included; infinite: it is not possible. None: as
        long as any other change with such a walk, however long the walk is.
    is_waited_for
        Whether the vehicle waits, so that the walk is all that it takes.
    """

    takes_seconds: float | None = None
    is_waited_for: bool = False


@dataclass(frozen=True, eq=False)
class Timetable:
    """What runs on one day: connections, each a vehicle from one stop to its next.

    Attributes
    ----------
    stops_m
        Places of stops in EPSG:28992, shape (n, 2).
    from_stop, to_stop
        Rows of ``stops_m``, by connection.
    departure_s, arrival_s
        Seconds since midnight, past 86,400 where the night goes on; by connection.
    trip
        Number of the trip that each connection is of; those of one trip stand in the order
        in which they are run.
    is_boarded, is_left
        Whether travellers may get in at the departure, and out at the arrival.
    changes
        What is known of changes, by the rows of both stops; others are as usual.
    """

    stops_m: Floats
    from_stop: Rows
    to_stop: Rows
    departure_s: Floats
    arrival_s: Floats
    trip: Rows
    is_boarded: Flags
    is_left: Flags
    changes: Mapping[tuple[int, int], Change] = field(default_factory=dict)

    def between(self, first_s: float, last_s: float) -> Timetable:
        """Connections that depart and arrive between two times, in order of departure."""
        used = np.flatnonzero((self.departure_s >= first_s) & (self.arrival_s <= last_s))
        # what takes no time goes first, so that it can be gone on from at the same second
        some = used[np.lexsort([self.arrival_s[used], self.departure_s[used]])]
        _, trip = np.unique(self.trip[some], return_inverse=True)
        return Timetable(
            self.stops_m, self.from_stop[some], self.to_stop[some], self.departure_s[some],
            self.arrival_s[some], trip.astype(np.intp), self.is_boarded[some], self.is_left[some],
            self.changes,
        )  # fmt: skip


def transit_minutes(
    timetable: Timetable,
    starts_m: Floats,
    ends_m: Floats,
    *,
    departures_s: Sequence[float],
    limit_minutes: float,
    walk_kmh: float = 4.8,
    most_walk_m: float = MOST_WALK_M,
    least_change_s: float = 120.0,
) -> Floats:
    """Travel time from each start to each end on foot and by public transport.

    Waiting counts, for the first vehicle as well. Walks are straight.

    Parameters
    ----------
    starts_m, ends_m
        Places in EPSG:28992, shape (n, 2).
    departures_s
        Times of leaving the start, in seconds since midnight; the quickest journey counts.
    limit_minutes
        Longest journey.
    most_walk_m
        Longest walk to the first stop and from the last one, each; and of a journey on foot.
    least_change_s
        Time that a change takes; between two stops, at most 300 m apart, the walk is added.
        What the timetable itself says of a change goes before it.

    Returns
    -------
    Minutes, one row a start and one column an end. NaN: not reached within the limit.
    """
    pace_s = 3.6 / walk_kmh
    leaving_s = np.asarray(departures_s, dtype=np.float64)
    found_s = _walked_s(starts_m, ends_m, most_walk_m, pace_s)
    if len(leaving_s) and len(timetable.stops_m) and len(starts_m) and len(ends_m):
        last_s = leaving_s.max() + limit_minutes * 60
        scan = _Scan.of(timetable.between(leaving_s.min(), last_s), least_change_s, pace_s)
        last_walks = _near(timetable.stops_m, ends_m, most_walk_m)
        for first in range(0, len(starts_m), _STARTS_AT_ONCE):
            some = slice(first, first + _STARTS_AT_ONCE)
            walked_s = _walked_s(starts_m[some], timetable.stops_m, most_walk_m, pace_s)
            ridden_s = scan.ridden_s(walked_s, leaving_s)
            for stop in np.flatnonzero(np.isfinite(ridden_s).any(axis=0)):
                ends, away_m = last_walks[stop]
                through_s = ridden_s[:, stop, None] + away_m * pace_s
                found_s[some, ends] = np.minimum(found_s[some, ends], through_s)
    return np.where(found_s <= limit_minutes * 60, found_s / 60, np.nan)


def _near(places_m: Floats, others_m: Floats, most_m: float) -> list[tuple[Rows, Floats]]:
    """For each place the others that are near enough to walk to, and how far they are."""
    found = cKDTree(others_m).query_ball_point(places_m, most_m + _TOUCHING_M)
    rows = [np.asarray(some, dtype=np.intp) for some in found]
    return [
        (some, np.hypot(*(others_m[some] - place).T))
        for place, some in zip(places_m, rows, strict=True)
    ]


def _walked_s(starts_m: Floats, ends_m: Floats, most_m: float, pace_s: float) -> Floats:
    """Seconds on foot from each start to each end; infinite where that is too far."""
    found = np.full((len(starts_m), len(ends_m)), np.inf)
    if len(starts_m) and len(ends_m):
        for row, (ends, away_m) in enumerate(_near(starts_m, ends_m, most_m)):
            found[row, ends] = away_m * pace_s
    return found


@dataclass(frozen=True, eq=False)
class _Scan:
    """Connections in order of departure, and what a change to each stop nearby takes."""

    timetable: Timetable
    changes_s: list[list[tuple[int, float]]]

    @classmethod
    def of(cls, timetable: Timetable, least_change_s: float, pace_s: float) -> _Scan:
        stops_m = timetable.stops_m
        taken_s = [
            dict(zip(stops.tolist(), (least_change_s + away_m * pace_s).tolist(), strict=True))
            for stops, away_m in _near(stops_m, stops_m, _MOST_CHANGE_M)
        ]
        for (start, end), change in timetable.changes.items():
            walk_s = float(np.hypot(*(stops_m[end] - stops_m[start]))) * pace_s
            usual_s = walk_s if change.is_waited_for else least_change_s + walk_s
            taken_s[start][end] = usual_s if change.takes_seconds is None else change.takes_seconds
        return cls(timetable, [
            [(stop, of_stop_s) for stop, of_stop_s in by_stop.items() if np.isfinite(of_stop_s)]
            for by_stop in taken_s
        ])  # fmt: skip

    def ridden_s(self, walked_s: Floats, leaving_s: Floats) -> Floats:
        """Seconds from leaving each start to getting out at each stop; infinite if never.

        All starts and times of leaving are followed at once, a column each.
        """
        starts, stops = walked_s.shape
        left_s = np.tile(leaving_s, starts)
        ready_s = np.repeat(walked_s.T, len(leaving_s), axis=1) + left_s
        out_s = np.full_like(ready_s, np.inf)
        self._follow(ready_s, out_s)
        taken_s = (out_s - left_s).reshape(stops, starts, len(leaving_s))
        quickest_s: Floats = taken_s.min(axis=2).T
        return quickest_s

    def _follow(self, ready_s: Floats, out_s: Floats) -> None:
        """Carry through when each stop is left at the earliest, and got out at."""
        of = self.timetable
        riding = np.zeros((int(of.trip.max(initial=-1)) + 1, ready_s.shape[1]), dtype=bool)
        columns = (of.from_stop, of.to_stop, of.departure_s, of.arrival_s, of.trip,
                   of.is_boarded, of.is_left)  # fmt: skip
        for start, end, departure_s, arrival_s, trip, is_boarded, is_left in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            on = riding[trip]
            if is_boarded:
                on |= ready_s[start] <= departure_s
            if not is_left or not on.any():
                continue
            sooner = on & (arrival_s < out_s[end])
            if not sooner.any():
                continue
            out_s[end, sooner] = arrival_s
            for stop, change_s in self.changes_s[end]:
                at = ready_s[stop]
                np.minimum(at, arrival_s + change_s, out=at, where=sooner)
