"""Labour reach: how many workers live within some minutes of each cell of a grid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo_assen.commuting.network import Floats, RoadGraph, minutes_between
from geo_assen.commuting.timetable import MOST_WALK_M, Timetable, transit_minutes
from geo_assen.errors import ArgumentRefused

__all__ = ["CELL_M", "MOST_MINUTES", "TRANSIT", "Bounds", "Origins", "ReachGrid", "reach_grid",
           "reach_grids", "transit_reach_grid"]  # fmt: skip

CELL_M = 100
"""Side of a cell; grids lie on whole multiples of it."""

TRANSIT = "transit"
"""Way of travelling for which there are timetables instead of roads."""

MOST_MINUTES = 120
_MOST_CELLS = 4_000_000
_ROUNDING_MINUTES = 1e-9
_ROUNDING_M = 1e-6
_STARTS_AT_ONCE = 32
"""Origins whose times to all cells are held at once."""

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Origins:
    """Where workers live.

    Attributes
    ----------
    points_m
        Places in EPSG:28992, shape (n, 2).
    workers
        Employed residents of each.
    """

    points_m: Floats
    workers: Floats


@dataclass(frozen=True, eq=False)
class ReachGrid:
    """Workers within some minutes, cell by cell.

    Attributes
    ----------
    workers
        Rows from north to south, columns from west to east; NaN where no road is near (by
        public transport: no stop, and no origin to walk from), so that nothing can be said.
    west_m, north_m
        Outer corner in EPSG:28992, whole multiples of :data:`CELL_M`.
    unplaced_workers
        Workers of origins that lie too far from any road, or stop, and are in no sum.
    """

    workers: Floats
    west_m: int
    north_m: int
    minutes: int
    mode: str
    unplaced_workers: int


def reach_grid(
    graph: RoadGraph, origins: Origins, bounds_m: Bounds, *, minutes: int, mode: str
) -> ReachGrid:
    """Workers who reach the middle of each cell within some minutes.

    Parameters
    ----------
    bounds_m
        West, south, east and north in EPSG:28992; widened to whole cells.
    minutes
        Longest travel time from door to door, one way.
    mode
        One of :data:`~geo_assen.commuting.network.MODES`.

    Raises
    ------
    ArgumentRefused
        If minutes, mode or bounds are not such that there is an answer.
    """
    return reach_grids(graph, origins, bounds_m, minutes=(minutes,), mode=mode)[0]


def reach_grids(
    graph: RoadGraph, origins: Origins, bounds_m: Bounds, *, minutes: Sequence[int], mode: str
) -> tuple[ReachGrid, ...]:
    """Answer :func:`reach_grid` for several times at once, searching the graph once."""
    _require_minutes(minutes)
    west, north, rows, columns = _laid_out(bounds_m)
    cells_m = _middles_m(west, north, rows, columns)
    homes, cells = graph.join(mode, origins.points_m), graph.join(mode, cells_m)
    reached = np.zeros((len(minutes), len(cells_m)))
    for first in range(0, len(origins.workers), _STARTS_AT_ONCE):
        some = slice(first, first + _STARTS_AT_ONCE)
        limit_minutes = max(minutes) + _ROUNDING_MINUTES
        times = minutes_between(graph, mode, homes.at(some), cells, limit_minutes=limit_minutes)
        for at, asked in enumerate(minutes):
            reached[at] += origins.workers[some] @ (times <= asked + _ROUNDING_MINUTES)
    reached[:, cells.node < 0] = np.nan
    lost = origins.workers[homes.node < 0].sum()
    return tuple(
        ReachGrid(grid.reshape(rows, columns), west, north, asked, mode, int(lost))
        for grid, asked in zip(reached, minutes, strict=True)
    )


def transit_reach_grid(
    timetable: Timetable,
    origins: Origins,
    bounds_m: Bounds,
    *,
    minutes: int,
    departures_s: Sequence[float],
) -> ReachGrid:
    """Workers who reach the middle of each cell by public transport within some minutes.

    Parameters
    ----------
    bounds_m
        West, south, east and north in EPSG:28992; widened to whole cells.
    departures_s
        Times of leaving home, in seconds since midnight; the quickest journey counts.

    Raises
    ------
    ArgumentRefused
        If minutes or bounds are not such that there is an answer.
    """
    _require_minutes((minutes,))
    west, north, rows, columns = _laid_out(bounds_m)
    cells_m = _middles_m(west, north, rows, columns)
    reached = np.zeros(len(cells_m))
    for first in range(0, len(origins.workers), _STARTS_AT_ONCE):
        some = slice(first, first + _STARTS_AT_ONCE)
        times = transit_minutes(
            timetable, origins.points_m[some], cells_m,
            departures_s=departures_s, limit_minutes=minutes + _ROUNDING_MINUTES,
        )  # fmt: skip
        reached += origins.workers[some] @ np.isfinite(times)
    stops_m = timetable.stops_m
    reached[~(_is_near(cells_m, stops_m) | _is_near(cells_m, origins.points_m))] = np.nan
    homes_m = origins.points_m
    lost = origins.workers[~(_is_near(homes_m, stops_m) | _is_near(homes_m, cells_m))].sum()
    return ReachGrid(reached.reshape(rows, columns), west, north, minutes, TRANSIT, int(lost))


def _is_near(places_m: Floats, others_m: Floats) -> NDArray[np.bool_]:
    """Which places have another one within walking reach."""
    if not len(others_m):
        return np.zeros(len(places_m), dtype=bool)
    away_m, _ = cKDTree(others_m).query(places_m)
    near: NDArray[np.bool_] = away_m <= MOST_WALK_M + _ROUNDING_M
    return near


def _require_minutes(minutes: Sequence[int]) -> None:
    for asked in minutes:
        if not 1 <= asked <= MOST_MINUTES:
            raise ArgumentRefused("minutes", asked, f"a whole number of 1 to {MOST_MINUTES}")


def _laid_out(bounds_m: Bounds) -> tuple[int, int, int, int]:
    """West and north of a grid, and its rows and columns."""
    west, south, east, north = _whole_cells(bounds_m)
    return west, north, (north - south) // CELL_M, (east - west) // CELL_M


def _middles_m(west: int, north: int, rows: int, columns: int) -> Floats:
    """Middles of cells, row by row."""
    x_m = west + (np.arange(columns) + 0.5) * CELL_M
    y_m = north - (np.arange(rows) + 0.5) * CELL_M
    return np.column_stack([np.tile(x_m, rows), np.repeat(y_m, columns)])


def _whole_cells(bounds_m: Bounds) -> tuple[int, int, int, int]:
    """Bounds widened to multiples of a cell."""
    if not all(math.isfinite(side) for side in bounds_m):
        raise ArgumentRefused("bounds", bounds_m, "west, south, east, north in metres")
    west, south = (math.floor(side / CELL_M) * CELL_M for side in bounds_m[:2])
    east, north = (math.ceil(side / CELL_M) * CELL_M for side in bounds_m[2:])
    if west >= east or south >= north:
        raise ArgumentRefused("bounds", bounds_m, "west before east and south before north")
    if (east - west) * (north - south) > _MOST_CELLS * CELL_M**2:
        raise ArgumentRefused("bounds", bounds_m, f"at most {_MOST_CELLS} cells of {CELL_M} m")
    return west, south, east, north
