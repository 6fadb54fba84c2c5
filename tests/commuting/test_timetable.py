"""Journeys by public transport: by hand, and beside a search that tries everything."""

from __future__ import annotations

import math

import numpy as np
import pytest

from geo_assen.commuting import Origins, Timetable, transit_minutes, transit_reach_grid

EIGHT_S = 8 * 3600
HOME_M = np.array([[-400.0, 0.0]])  # five minutes from the first stop
STOPS_M = [(0, 0), (5_000, 0), (20_000, 0), (5_000, 240)]
A, B, C, D = range(4)


def timetable(*trips, stops_m=STOPS_M):
    """Trips of (stop, minutes past eight, stop, minutes past eight, ...)."""
    rows = [
        (trip[at], trip[at + 2], trip[at + 1] * 60, trip[at + 3] * 60, number)
        for number, trip in enumerate(trips)
        for at in range(0, len(trip) - 2, 2)
    ]
    start, end, departs, arrives, trip = np.array(rows).T
    every = np.ones(len(rows), dtype=bool)
    return Timetable(
        np.array(stops_m, dtype=float), start, end, EIGHT_S + departs.astype(float),
        EIGHT_S + arrives.astype(float), trip, every, every,
    )  # fmt: skip


FIRST = (A, 10, B, 20)
MISSED = (B, 21, C, 30)
LATER = (B, 30, C, 45)
ON_FOOT_MISSED = (D, 24, C, 32)
ON_FOOT = (D, 25, C, 35)  # 20, and 2 for the change, and 3 for the walk


def minutes(trips, end_m, *, leaving=(0,), **asked):
    found = transit_minutes(
        timetable(*trips), HOME_M, np.array([end_m], dtype=float),
        departures_s=[EIGHT_S + at * 60 for at in leaving],
        **{"limit_minutes": 60, **asked},
    )  # fmt: skip
    return float(found[0, 0])


EVERY = (FIRST, MISSED, LATER, ON_FOOT_MISSED, ON_FOOT)
BY_C = (20_000, 160)  # two minutes from it


@pytest.mark.parametrize(("trips", "end_m", "asked", "expected"), [
    (EVERY, (5_000, -800), {}, 30),  # 5, waits 5, rides 10, walks 10
    ((FIRST, MISSED, LATER), BY_C, {}, 47),
    (EVERY, BY_C, {}, 37),
    ((FIRST, MISSED, LATER), BY_C, {"least_change_s": 60}, 32),
    ((FIRST, MISSED), BY_C, {}, math.nan),
    (((A, 10, B, 20, C, 30),), BY_C, {}, 32),  # who stays seated changes nothing
    (((B, 20, C, 30), (A, 20, B, 20)), BY_C, {"least_change_s": 0}, 32),  # in no time at all
    (EVERY, BY_C, {"leaving": (0, 5)}, 32),  # 5 past is just in time for the first
    (EVERY, BY_C, {"leaving": (6,)}, math.nan),
    (EVERY, BY_C, {"limit_minutes": 37}, 37),
    (EVERY, BY_C, {"limit_minutes": 36.9}, math.nan),
    (EVERY, (-400, 800), {}, 10),  # on foot
    (EVERY, (-400, 1_200), {}, math.nan),
    (EVERY, (5_000, 1_040), {}, math.nan),  # near D, where nobody gets out
    (((A, 4, B, 20),), (5_000, 0), {}, math.nan),  # gone before
    (EVERY, (5_000, 0), {"most_walk_m": 399}, math.nan),
])  # fmt: skip
def test_journey_takes_the_minutes_that_it_takes_by_hand(trips, end_m, asked, expected):
    assert minutes(trips, end_m, **asked) == pytest.approx(expected, nan_ok=True)


def tried(of, start_m, end_m, leaving_s):
    """Seconds of the quickest journey, trying every trip from every stop at every time."""
    pace_s = 0.75
    best = math.inf
    direct_m = math.dist(start_m, end_m)
    if direct_m <= 1_000:
        best = direct_m * pace_s
    at_stops = [
        (stop, leaving_s + math.dist(start_m, place) * pace_s)
        for stop, place in enumerate(of.stops_m)
        if math.dist(start_m, place) <= 1_000
    ]
    seen = set()
    while at_stops:
        stop, ready_s = at_stops.pop()
        if (stop, ready_s) in seen:
            continue
        seen.add((stop, ready_s))
        for row in range(len(of.trip)):
            if of.from_stop[row] != stop or of.departure_s[row] < ready_s or not of.is_boarded[row]:
                continue
            on = [at for at in range(row, len(of.trip)) if of.trip[at] == of.trip[row]]
            for at in (at for at in on if of.is_left[at]):
                place, out_s = of.stops_m[of.to_stop[at]], of.arrival_s[at]
                if math.dist(place, end_m) <= 1_000:
                    best = min(best, out_s + math.dist(place, end_m) * pace_s - leaving_s)
                at_stops += [
                    (other, out_s + 120 + math.dist(place, there) * pace_s)
                    for other, there in enumerate(of.stops_m)
                    if math.dist(place, there) <= 300
                ]
    return best


def drawn(chance):
    """A timetable at random, with trips that pass stops without time."""
    stops_m = chance.uniform(0, 2_500, (7, 2)).round()
    trips = []
    for _ in range(14):
        minute, trip = int(chance.integers(0, 30)), []
        for stop in chance.choice(7, 4, replace=False).tolist():
            trip += [stop, minute]
            minute += int(chance.integers(0, 6))
        trips.append(trip)
    of = timetable(*trips, stops_m=stops_m)
    of.is_boarded[:], of.is_left[:] = chance.random((2, len(of.trip))) < 0.8
    return of


@pytest.mark.parametrize("seed", range(4))
def test_random_journeys_take_what_trying_everything_finds(seed):
    chance = np.random.default_rng(seed)
    of = drawn(chance)
    starts_m, ends_m = chance.uniform(0, 2_500, (2, 5, 2))
    leaving_s = [EIGHT_S, EIGHT_S + 420]
    found = transit_minutes(of, starts_m, ends_m, departures_s=leaving_s, limit_minutes=45)
    best_s = np.array([
        [min(tried(of, start_m, end_m, at_s) for at_s in leaving_s) for end_m in ends_m]
        for start_m in starts_m
    ])  # fmt: skip
    expected = np.where(best_s <= 45 * 60, best_s / 60, np.nan)
    np.testing.assert_allclose(found, expected, atol=1e-9)
    walked = transit_minutes(of, starts_m, ends_m, departures_s=[], limit_minutes=45)
    assert (np.isfinite(found) & ~np.isfinite(walked)).any()


def test_grid_has_no_data_where_no_stop_and_no_origin_is_near():
    homes_m = np.array([[-400.0, 0.0], [50_000.0, 50_000.0], [22_100.0, 50.0]])
    origins = Origins(homes_m, np.array([10.0, 7.0, 5.0]))
    grid = transit_reach_grid(
        timetable(*EVERY), origins, (20_000, 0, 21_200, 100), minutes=40,
        departures_s=[EIGHT_S + 300],
    )  # fmt: skip
    # at C after 30 minutes; ten more are 800 m, and 1000 m is as far as a walk to a stop goes;
    # the last cell has no stop near, but a home
    expected = [[10.0] * 8 + [0.0] * 2 + [math.nan, 5.0]]
    np.testing.assert_array_equal(grid.workers, expected)
    assert (grid.mode, grid.minutes, grid.unplaced_workers) == ("transit", 40, 7)
    assert (grid.west_m, grid.north_m) == (20_000, 100)


def test_without_connections_only_walks_are_left():
    empty = timetable(FIRST).between(0, 0)
    found = transit_minutes(
        empty, HOME_M, np.array([[-400.0, 80.0], [0.0, 5_000.0]]),
        departures_s=[EIGHT_S], limit_minutes=30,
    )  # fmt: skip
    np.testing.assert_allclose(found, [[1.0, math.nan]])
