"""Straight-line distances from shapes to the nearest reference point of a kind."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo_assen.crs import require_rd

__all__ = ["nearest_m"]


def nearest_m(
    shapes: NDArray[np.object_], places: gpd.GeoDataFrame, kind: str
) -> NDArray[np.float64]:
    """Measure how far each shape is from the nearest place of a kind.

    Parameters
    ----------
    shapes
        Geometries in EPSG:28992; None where a position is not known.
    places
        Reference points in EPSG:28992 with ``kind``.

    Returns
    -------
    Whole metres, from the nearest edge of the shape, 0 if the place lies in it; NaN where
    the shape is missing, and throughout where there is no place of the kind.

    Raises
    ------
    CrsError
        If the places are not in EPSG:28992.
    """
    require_rd(places, "nearest_m")
    found = np.full(len(shapes), np.nan)
    targets = places.geometry.to_numpy()[places["kind"].eq(kind).to_numpy()]
    targets = targets[~(shapely.is_missing(targets) | shapely.is_empty(targets))]
    known = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    if len(targets) and len(known):
        tree = shapely.STRtree(targets)
        pairs, distance = tree.query_nearest(
            shapes[known], return_distance=True, all_matches=False
        )
        found[known[pairs[0]]] = np.rint(distance)
    return found
