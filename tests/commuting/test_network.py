"""Roads become times: by hand on a few roads, and against a search written out."""

from __future__ import annotations

import heapq

import numpy as np
import pytest

from geo_assen.commuting.network import (
    ACCESS_KMH,
    Road,
    build_graph,
    quickest_minutes,
    travel_minutes,
)
from geo_assen.commuting.reach import Origins, reach_grid
from geo_assen.errors import ArgumentRefused


def road(*points, car=None, bike=None, **more):
    kmh = {mode: speed for mode, speed in (("car", car), ("bike", bike)) if speed}
    return Road(np.array(points, dtype=float), kmh, **more)


@pytest.fixture(scope="module")
def town():
    """A street of 6 km with a motorway beside it, a lane one way, and an island."""
    return build_graph([
        road((0, 0), (3000, 0), (6000, 0), car=60, bike=15),
        road((0, 0), (0, 1500), (6000, 1500), (6000, 0), car=120, is_joined_anywhere=False),
        road((3000, 0), (3000, -1000), car=30, one_way=True),
        road((20_000, 0), (21_000, 0), car=50),
    ])  # fmt: skip


def minutes(graph, start, end, *, mode="car", limit=60):
    asked = (np.array([point], dtype=float) for point in (start, end))
    return travel_minutes(graph, mode, *asked, limit_minutes=limit).item()


def test_travel_along_a_road_takes_its_length_at_its_speed(town):
    assert minutes(town, (1000, 0), (3000, 0)) == pytest.approx(2)
    assert minutes(town, (1000, 0), (3000, 0), mode="bike") == pytest.approx(8)


def test_travel_takes_the_quicker_of_two_ways(town):
    assert minutes(town, (0, 0), (6000, 0)) == pytest.approx(9000 / 2000)


def test_travel_includes_the_straight_legs_at_both_sides(town):
    leg = 500 / (ACCESS_KMH["car"] * 1000 / 60)
    assert minutes(town, (1000, -500), (3000, 0)) == pytest.approx(2 + leg)
    assert minutes(town, (3000, 0), (1000, -500)) == pytest.approx(2 + leg)


def test_motorway_beside_a_place_is_not_joined(town):
    leg = 1400 / (ACCESS_KMH["car"] * 1000 / 60)
    assert minutes(town, (2000, 1400), (2000, 0)) == pytest.approx(leg)


def test_dead_end_of_a_one_way_road_is_no_place_to_join(town):
    leg = 1000 / (ACCESS_KMH["car"] * 1000 / 60)
    assert minutes(town, (3000, -1000), (3000, 0)) == pytest.approx(leg)


def test_place_beside_an_island_is_unknown_and_the_island_is_counted(town):
    assert np.isnan(minutes(town, (20_500, 0), (0, 0)))
    assert np.isnan(minutes(town, (0, 0), (20_500, 0)))
    assert town.island_nodes["car"] == 4 + 1 + 4
    assert town.island_nodes["bike"] == 0


def test_place_over_2_km_from_a_road_is_unknown_and_at_2_km_known(town):
    assert np.isnan(minutes(town, (1000, -2000.5), (1000, 0)))
    assert minutes(town, (1000, -2000), (1000, 0)) == pytest.approx(4.8)


def test_time_over_the_limit_is_infinite_and_at_the_limit_known(town):
    assert minutes(town, (1000, 0), (3000, 0), limit=2) == pytest.approx(2)
    assert minutes(town, (1000, 0), (3000, 0), limit=1.99) == np.inf


def test_quickest_of_some_places_is_that_of_each_start(town):
    starts = np.array([[0, 0], [3000, -400], [20_500, 0], [np.nan, np.nan], [6100, 0]], dtype=float)
    ends = np.array([[1000, 0], [6000, 0], [20_500, 0]], dtype=float)
    each = travel_minutes(town, "car", starts[[0, 1, 4]], ends[:2], limit_minutes=90)
    found = quickest_minutes(town, "car", starts, ends)
    assert found[[0, 1, 4]].tolist() == pytest.approx(each.min(axis=1).tolist())
    assert np.isnan(found[2:4]).all()
    assert np.isnan(quickest_minutes(town, "car", starts, ends[2:])).all()


def test_quickest_follows_a_one_way_road_only_forwards():
    ring = build_graph([
        road((0, 0), (2000, 0), car=60, one_way=True), road((2000, 0), (2000, 2000), car=60),
        road((2000, 2000), (0, 2000), car=60), road((0, 2000), (0, 0), car=60),
    ])  # fmt: skip
    corner, next_corner = np.array([[0.0, 0.0]]), np.array([[2000.0, 0.0]])
    assert quickest_minutes(ring, "car", corner, next_corner).tolist() == pytest.approx([2])
    assert quickest_minutes(ring, "car", next_corner, corner).tolist() == pytest.approx([6])


def test_mode_without_speeds_is_refused(town):
    with pytest.raises(ArgumentRefused, match="one of car, bike"):
        minutes(town, (0, 0), (1, 1), mode="train")


def test_reach_agrees_with_a_search_written_out():
    rng = np.random.default_rng(7)
    at = rng.integers(0, 60, (40, 2)) * 250.0
    pairs = {(a, b) for a, b in rng.integers(0, 40, (70, 2)).tolist() if a < b}
    lines = [road(at[a], at[b], car=float(rng.integers(30, 100))) for a, b in sorted(pairs)]
    graph = build_graph(lines)
    homes = Origins(rng.uniform(0, 15_000, (25, 2)), rng.integers(1, 900, 25).astype(float))
    bounds = (0, 0, 15_000, 15_000)
    grid = reach_grid(graph, homes, bounds, minutes=12, mode="car")

    nodes, joins = graph.nodes_m, graph.joinable["car"]
    edges = graph.minutes["car"].tocoo()
    leaving = {}
    for a, b, time in zip(edges.row, edges.col, edges.data, strict=True):
        leaving.setdefault(int(a), []).append((int(b), float(time)))

    def joined(point):
        away = np.hypot(*(nodes[joins] - point).T)
        first = int(away.argmin())
        return (int(joins[first]), away[first] * 60 / 25_000) if away[first] <= 2000 else None

    def searched(start):
        best, queue = {}, [(0.0, start)]
        while queue:
            time, node = heapq.heappop(queue)
            if node not in best:
                best[node] = time
                for end, more in leaving.get(node, ()):
                    heapq.heappush(queue, (time + more, end))
        return best

    reaching = [
        (joined_at[1], searched(joined_at[0]), workers)
        for point, workers in zip(homes.points_m, homes.workers, strict=True)
        if (joined_at := joined(point))
    ]
    lost = sum(w for p, w in zip(homes.points_m, homes.workers, strict=True) if not joined(p))
    assert grid.unplaced_workers == lost
    for row, column in rng.integers(0, 150, (300, 2)).tolist():
        cell = joined(np.array([column * 100 + 50, 15_000 - row * 100 - 50]))
        expected = np.nan if cell is None else sum(
            workers for leg, times, workers in reaching
            if leg + times.get(cell[0], np.inf) + cell[1] <= 12
        )  # fmt: skip
        assert grid.workers[row, column] == pytest.approx(expected, nan_ok=True)
    assert np.isnan(grid.workers).any() and (grid.workers > 0).any()


def test_grid_lies_on_whole_hectometres_and_holds_the_bounds(town):
    homes = Origins(np.array([[0.0, 0.0]]), np.array([70.0]))
    grid = reach_grid(town, homes, (-150, -20, 1010, 130), minutes=1, mode="car")
    assert (grid.west_m, grid.north_m, grid.workers.shape) == (-200, 200, (3, 13))
    # of the row at y = 50 m: one kilometre in a minute, less the leg of 50 m and half a cell
    assert grid.workers[1, 2] == 70
    assert grid.workers[1].tolist() == [
        70.0 if abs_minutes <= 1 else 0.0
        for abs_minutes in (
            np.hypot(x - near, 50) / (25_000 / 60) + abs(near) / 1000
            for x in np.arange(-150, 1100, 100)
            for near in [min(np.arange(0, 1500, 250), key=lambda node, x=x: abs(node - x))]
        )
    ]


@pytest.mark.parametrize(("asked", "bounds"), [
    (0, (0, 0, 100, 100)), (121, (0, 0, 100, 100)), (30, (0, 0, 0, 100)),
    (30, (0, 0, 10e6, 10e6)), (30, (0, 0, float("nan"), 100)),
])  # fmt: skip
def test_reach_without_an_answer_is_refused(town, asked, bounds):
    homes = Origins(np.array([[0.0, 0.0]]), np.array([70.0]))
    with pytest.raises(ArgumentRefused):
        reach_grid(town, homes, bounds, minutes=asked, mode="car")
