"""A road graph by mode, and travel times over it.

Roads come in as lines with a speed for each mode and become nodes and times between them.
Whoever travels reaches the graph by a straight leg to the nearest node at which it can be
joined, at the speed that :data:`ACCESS_KMH` states. Only the largest part of a graph in which
every node reaches every other counts: what hangs loose is an island, is counted, and is never
taken for a place from which nothing can be reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from geo_assen.errors import ArgumentRefused

__all__ = [
    "ACCESS_KMH",
    "MODES",
    "MOST_ACCESS_M",
    "Floats",
    "Joined",
    "Road",
    "RoadGraph",
    "Rows",
    "build_graph",
    "minutes_between",
    "quickest_minutes",
    "travel_minutes",
]

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

MODES = ("car", "bike")
"""Ways of travelling for which roads have a speed."""

ACCESS_KMH: Mapping[str, float] = {"car": 25.0, "bike": 12.0}
"""Speed of the straight leg between a place and the road, by mode."""

MOST_ACCESS_M = 2_000.0
"""Longest leg to a road; what lies farther off has no travel time."""

_STEP_M = 250.0
"""Longest piece of a road between two nodes, so that it can be joined along its whole length."""

_SAME_M = 1.0
"""Distance up to which two ends of roads are one node."""

_STARTS_AT_ONCE = 64
"""Starts that are searched from together: each takes eight bytes for every node."""


@dataclass(frozen=True, eq=False)
class Road:
    """One line of a road graph.

    Attributes
    ----------
    points_m
        Corners in EPSG:28992, shape (n, 2).
    kmh
        Speed by mode; a mode that is left out may not use it.
    one_way
        Whether cars may only follow the line as it is drawn.
    is_joined_anywhere
        False: it is entered only where it meets other roads, as a motorway is.
    """

    points_m: Floats
    kmh: Mapping[str, float]
    one_way: bool = False
    is_joined_anywhere: bool = True


@dataclass(frozen=True, eq=False)
class Joined:
    """Where places join a graph.

    Attributes
    ----------
    node
        Node of each place; -1 where no road is near enough.
    minutes
        Time of the leg to it; infinite where there is none.
    """

    node: Rows
    minutes: Floats

    def at(self, some: slice) -> Joined:
        """Some of the places."""
        return Joined(self.node[some], self.minutes[some])


@dataclass(frozen=True, eq=False)
class RoadGraph:
    """Nodes and the times between them.

    Attributes
    ----------
    nodes_m
        Coordinates in EPSG:28992, shape (n, 2).
    minutes
        By mode: time from node to node along one piece of road.
    joinable
        By mode: nodes of the main part at which a place can join.
    island_nodes
        By mode: how many nodes hang loose from the main part.
    """

    nodes_m: Floats
    minutes: Mapping[str, csr_matrix]
    joinable: Mapping[str, Rows]
    island_nodes: Mapping[str, int]

    def join(self, mode: str, points_m: Floats) -> Joined:
        """Find where places join the graph: the nearest node, and the time of the leg to it."""
        require_mode(mode)
        nodes = self.joinable[mode]
        if not len(nodes) or not len(points_m):
            return Joined(np.full(len(points_m), -1), np.full(len(points_m), np.inf))
        away_m, at = cKDTree(self.nodes_m[nodes]).query(
            points_m, distance_upper_bound=MOST_ACCESS_M * (1 + 1e-12)
        )
        there = np.isfinite(away_m)
        node = np.where(there, nodes[np.where(there, at, 0)], -1)
        return Joined(node, away_m / (ACCESS_KMH[mode] * 1000 / 60))


def require_mode(mode: str) -> None:
    """Refuse a mode that roads have no speed for.

    Raises
    ------
    ArgumentRefused
    """
    if mode not in MODES:
        raise ArgumentRefused("mode", mode, f"one of {', '.join(MODES)}")


def build_graph(roads: Iterable[Road]) -> RoadGraph:
    """Lay roads out as a graph; two lines meet where they share a corner, not where they cross."""
    listed = [road for road in roads if np.ptp(road.points_m, axis=0).any()]
    lines = [shapely.segmentize(shapely.LineString(road.points_m), _STEP_M) for road in listed]
    corners, owner = shapely.get_coordinates(lines, return_index=True)
    nodes_m, node = _nodes(corners)
    start = np.flatnonzero(owner[:-1] == owner[1:])
    pieces = _Pieces(
        node[start], node[start + 1], np.hypot(*(corners[start + 1] - corners[start]).T),
        owner[start],
    )  # fmt: skip
    minutes, joinable, islands = {}, {}, {}
    for mode in MODES:
        minutes[mode] = _times(pieces, listed, mode, len(nodes_m))
        main, islands[mode] = _main_part(minutes[mode])
        joinable[mode] = _joinable(pieces, listed, mode, main)
    return RoadGraph(nodes_m, minutes, joinable, islands)


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Pieces of road between two nodes, with the road that each belongs to."""

    start: Rows
    end: Rows
    length_m: Floats
    road: Rows


def _nodes(corners: Floats) -> tuple[Floats, Rows]:
    """Nodes, and the node of each corner; corners at one place are one node."""
    pairs = cKDTree(corners).query_pairs(_SAME_M, output_type="ndarray")
    joined = csr_matrix(
        (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(corners), len(corners))
    )
    count, node = connected_components(joined, directed=False)
    middle = np.empty((count, 2))
    middle[node[::-1]] = corners[::-1]  # the first corner of each stands for it
    return middle, node.astype(np.intp)


def _speeds(roads: Sequence[Road], mode: str) -> Floats:
    """Speed on each road; NaN where the mode may not use it."""
    return np.array([road.kmh.get(mode) or np.nan for road in roads], dtype=np.float64)


def _times(pieces: _Pieces, roads: Sequence[Road], mode: str, count: int) -> csr_matrix:
    kmh = _speeds(roads, mode)[pieces.road]
    minutes = pieces.length_m / (kmh * 1000 / 60)
    used = np.flatnonzero(np.isfinite(minutes) & (pieces.start != pieces.end))
    one_way = np.array([road.one_way and mode == "car" for road in roads], dtype=bool)
    back = used[~one_way[pieces.road[used]]]
    start = np.concatenate([pieces.start[used], pieces.end[back]])
    end = np.concatenate([pieces.end[used], pieces.start[back]])
    every = np.concatenate([minutes[used], minutes[back]])
    # of two pieces between the same nodes the quicker one counts
    order = np.lexsort([every, end, start])
    key = start[order].astype(np.int64) * count + end[order]
    _, first = np.unique(key, return_index=True)
    kept = order[first]
    return csr_matrix((every[kept], (start[kept], end[kept])), shape=(count, count))


def _main_part(minutes: csr_matrix) -> tuple[NDArray[np.bool_], int]:
    """Which nodes are in the largest part, and how many that roads lead to are not."""
    _, part = connected_components(minutes, directed=True, connection="strong")
    on_road = np.zeros(minutes.shape[0], dtype=bool)
    on_road[minutes.nonzero()[0]] = on_road[minutes.nonzero()[1]] = True
    if not on_road.any():
        return on_road, 0
    main = on_road & (part == np.bincount(part[on_road]).argmax())
    return main, int((on_road & ~main).sum())


def _joinable(
    pieces: _Pieces, roads: Sequence[Road], mode: str, main: NDArray[np.bool_]
) -> Rows:
    open_ = np.array([road.is_joined_anywhere for road in roads], dtype=bool)
    used = open_[pieces.road] & np.isfinite(_speeds(roads, mode)[pieces.road])
    touched = np.zeros(len(main), dtype=bool)
    touched[pieces.start[used]] = touched[pieces.end[used]] = True
    return np.flatnonzero(touched & main)


def travel_minutes(
    graph: RoadGraph, mode: str, starts_m: Floats, ends_m: Floats, *, limit_minutes: float
) -> Floats:
    """Travel time from each start to each end, the legs at both sides included.

    Parameters
    ----------
    starts_m, ends_m
        Places in EPSG:28992, shape (n, 2).
    limit_minutes
        Times above it are not looked for.

    Returns
    -------
    Minutes, one row a start and one column an end. Infinite: longer than the limit. NaN: the
    start or the end lies too far from any road for a time to be known.
    """
    starts, ends = graph.join(mode, starts_m), graph.join(mode, ends_m)
    return minutes_between(graph, mode, starts, ends, limit_minutes=limit_minutes)


def minutes_between(
    graph: RoadGraph, mode: str, starts: Joined, ends: Joined, *, limit_minutes: float
) -> Floats:
    """Answer :func:`travel_minutes` for places of which it is known where they join."""
    found = np.full((len(starts.node), len(ends.node)), np.nan)
    known = np.flatnonzero(ends.node >= 0)
    from_ = np.flatnonzero(starts.node >= 0)
    for first in range(0, len(from_), _STARTS_AT_ONCE):
        rows = from_[first : first + _STARTS_AT_ONCE]
        along = dijkstra(graph.minutes[mode], indices=starts.node[rows], limit=limit_minutes)
        minutes = starts.minutes[rows, None] + along[:, ends.node[known]] + ends.minutes[known]
        found[np.ix_(rows, known)] = np.where(minutes <= limit_minutes, minutes, np.inf)
    return found


def quickest_minutes(graph: RoadGraph, mode: str, starts_m: Floats, ends_m: Floats) -> Floats:
    """Travel time from each start to the end that it reaches first, both legs included.

    Parameters
    ----------
    starts_m, ends_m
        Places in EPSG:28992, shape (n, 2); NaN where a start is not known.

    Returns
    -------
    Minutes by start; NaN where it, or every end, lies too far from any road.
    """
    found = np.full(len(starts_m), np.nan)
    ends = graph.join(mode, ends_m)
    there = np.flatnonzero(ends.node >= 0)
    known = np.flatnonzero(np.isfinite(starts_m).all(axis=1))
    if not len(there):
        return found
    backwards = graph.minutes[mode].T.tocsr()
    best = np.full(len(graph.nodes_m), np.inf)
    for at in there:
        along = dijkstra(backwards, indices=ends.node[at])
        best = np.minimum(best, along + ends.minutes[at])
    starts = graph.join(mode, starts_m[known])
    placed = starts.node >= 0
    found[known[placed]] = best[starts.node[placed]] + starts.minutes[placed]
    return found
