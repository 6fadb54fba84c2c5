"""Straight-line distances from shapes to the nearest reference point of a kind."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo_assen.crs import require_rd

__all__ = ["edge_distances_m", "nearest_m"]


def nearest_m(
    shapes: NDArray[np.object_], places: gpd.GeoDataFrame, kind: str
) -> NDArray[np.float64]:
    """Measure how far each shape is from the nearest place of a kind, in whole metres.

    That is what the columns ``distance_to_<kind>_m`` hold; see :func:`edge_distances_m`.
    """
    return np.rint(edge_distances_m(shapes, places, kind))


def edge_distances_m(
    shapes: NDArray[np.object_], places: gpd.GeoDataFrame, kind: str
) -> NDArray[np.float64]:
    """Measure how far each shape is from the nearest place of a kind.

    The places nearest to the middle of a shape are found first. Where the second lies
    farther than the shape can reach, the first is the nearest of its edge too; where the
    third does, one of the two; only for the few others all places are asked.

    Parameters
    ----------
    shapes
        Geometries in EPSG:28992; None where a position is not known.
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
    require_rd(places, "edge_distances_m")
    found = np.full(len(shapes), np.nan)
    targets = places.geometry.to_numpy()[places["kind"].eq(kind).to_numpy()]
    targets = targets[~(shapely.is_missing(targets) | shapely.is_empty(targets))]
    known = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    if len(targets) and len(known):
        found[known] = _to_nearest(shapes[known], targets)
    return found


def _to_nearest(
    shapes: NDArray[np.object_], targets: NDArray[np.object_]
) -> NDArray[np.float64]:
    middle, reach = _circles(shapes)
    ends, spread = _circles(targets)
    width = reach + spread.max()
    distance, nearest = cKDTree(ends).query(middle, k=[1, 2, 3])
    answer: NDArray[np.float64] = distance[:, 0]
    # the nearest of the edge is no farther from the middle than this
    within = distance[:, 0] + 2 * width
    wide = np.flatnonzero(width > 0)
    answer[wide] = shapely.distance(shapes[wide], targets[nearest[wide, 0]])
    two = np.flatnonzero((width > 0) & (distance[:, 1] <= within))
    second = shapely.distance(shapes[two], targets[nearest[two, 1]])
    answer[two] = np.minimum(answer[two], second)
    many = np.flatnonzero((width > 0) & (distance[:, 2] <= within))
    if len(many):
        pairs, metres = shapely.STRtree(targets).query_nearest(
            shapes[many], return_distance=True, all_matches=False
        )
        answer[many[pairs[0]]] = metres
    return answer


def _circles(shapes: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    bounds = shapely.bounds(shapes)
    low, high = bounds[:, :2], bounds[:, 2:]
    return (low + high) / 2, np.hypot(*(high - low).T) / 2
