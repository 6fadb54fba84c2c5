"""Straight-line distances from shapes to the nearest reference point of a kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo_assen.crs import require_rd
from geo_assen.sites.outlines import Outlines, circles_of, decoded
from geo_assen.sites.packed import Floats, Rows

__all__ = ["Measured", "edge_distances_m"]

_CELL_M = 1000.0
"""Side of the cells whose shapes share the search for the places around them."""

_RANKS = 4
"""Places that are looked for around a cell at a time."""

_FARTHEST_CELL = 2**28
"""Cells from the origin that are told apart; what is farther away counts as there."""


def edge_distances_m(wkb: pa.Array, places: gpd.GeoDataFrame, kind: str) -> Floats:
    """Measure how far each shape is from the nearest place of a kind.

    Parameters
    ----------
    wkb
        Shapes in EPSG:28992; null where a position is not known.
    places
        Reference points in EPSG:28992 with ``kind``.

    Returns
    -------
    Metres, from the nearest edge of the shape, 0 if the place lies in it; NaN where the
    shape is missing, and throughout where there is no place of the kind.

    Raises
    ------
    CrsError
        If the places are not in EPSG:28992.
    """
    return Measured.of(wkb).edge_distances_m(places, kind)


@dataclass(frozen=True, eq=False)
class _Ends:
    """Places that are measured to, with the circle of each; a point's has no width."""

    shapes: NDArray[np.object_]
    circles: Floats

    @classmethod
    def of(cls, places: gpd.GeoDataFrame, kind: str) -> _Ends:
        require_rd(places, "edge_distances_m")
        shapes = places.geometry.to_numpy()[places["kind"].eq(kind).to_numpy()]
        shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
        return cls(shapes, circles_of(shapes))

    def __len__(self) -> int:
        return len(self.shapes)

    def at(self, rows: Rows) -> _Ends:
        return _Ends(self.shapes[rows], self.circles[rows])


@dataclass(frozen=True, eq=False)
class Measured:
    """Shapes with their corners, to be measured from more than once."""

    wkb: pa.Array
    outlines: Outlines

    @classmethod
    def of(cls, wkb: pa.Array) -> Measured:
        """Read the corners of an array of WKB."""
        return cls(wkb, Outlines.of(wkb))

    def edge_distances_m(self, places: gpd.GeoDataFrame, kind: str) -> Floats:
        """Answer :func:`edge_distances_m` of these shapes.

        The places around a cell are asked in the order in which they lie from its middle.
        A shape is done with when the next of them cannot be nearer than what was found.
        """
        ends = _Ends.of(places, kind)
        if not len(ends):
            return np.full(len(self.wkb), np.nan)
        cells, cell, slack_m = self._cells
        slack_m = slack_m + ends.circles[:, 2].max()
        nearest = np.where(np.isnan(slack_m), np.nan, np.inf)
        still = np.flatnonzero(~np.isnan(slack_m))
        tree = cKDTree(ends.circles[:, :2])
        for rank in range(len(ends)):
            if rank % _RANKS == 0:
                ranks = range(rank + 1, min(rank + _RANKS, len(ends)) + 1)
                around_m, around = _of_ranks(tree, ranks, cells, cell[still])
            metres, at = (found[cell[still], rank % _RANKS] for found in (around_m, around))
            open_ = (metres - slack_m[still] < nearest[still]) & (nearest[still] > 0)
            still, at = still[open_], at[open_]
            if not len(still):
                break
            nearest[still] = self._nearer(nearest[still], still, ends.at(at))
        return nearest

    @cached_property
    def _cells(self) -> tuple[Floats, Rows, Floats]:
        """Middles of cells, cell of each shape, and how far the shape goes from that middle."""
        x_m, y_m, reach_m = self.outlines.circles.T
        column, row = (
            np.clip(np.nan_to_num(np.floor(m / _CELL_M)), -_FARTHEST_CELL, _FARTHEST_CELL)
            for m in (x_m, y_m)
        )
        combined = column.astype(np.int64) * 4 * _FARTHEST_CELL + row.astype(np.int64)
        _, first, cell = np.unique(combined, return_index=True, return_inverse=True)
        middles = (np.column_stack([column[first], row[first]]) + 0.5) * _CELL_M
        off_m = np.hypot(x_m - middles[cell, 0], y_m - middles[cell, 1])
        return middles, cell, off_m + reach_m

    def _nearer(self, known_m: Floats, rows: Rows, ends: _Ends) -> Floats:
        """Metres known of some shapes, or to one more place of each where that is nearer."""
        x_m, y_m, reach_m = self.outlines.circles[rows].T
        to_x, to_y, spread_m = ends.circles.T
        apart = np.hypot(x_m - to_x, y_m - to_y)
        wide = reach_m + spread_m > 0
        found = np.where(wide, known_m, np.minimum(known_m, apart))
        near = wide & (apart - reach_m - spread_m < known_m)
        # a point outside the circle of a shape does not lie in the shape
        drawn = near & (self.outlines.count[rows] > 0) & (spread_m == 0) & (apart > reach_m)
        plain, other = np.flatnonzero(drawn), np.flatnonzero(near & ~drawn)
        if len(plain):
            metres = self.outlines.edge_distances_m(rows[plain], to_x[plain], to_y[plain])
            found[plain] = np.minimum(known_m[plain], metres)
        if len(other):
            shapes = decoded(self.wkb.take(pa.array(rows[other])))
            found[other] = np.minimum(
                known_m[other], shapely.distance(shapes, ends.shapes[other])
            )
        return found


def _of_ranks(
    tree: cKDTree, ranks: Sequence[int], cells: Floats, asked: Rows
) -> tuple[Floats, Rows]:
    """How far the places of some ranks (1: the nearest) are from cells asked, and which those are.

    One row a cell, one column a rank.
    """
    wanted = np.zeros(len(cells), dtype=bool)
    wanted[asked] = True
    shape = (len(cells), len(ranks))
    metres, at = np.empty(shape), np.empty(shape, dtype=np.intp)
    metres[wanted], at[wanted] = tree.query(cells[wanted], k=list(ranks))
    return metres, at
