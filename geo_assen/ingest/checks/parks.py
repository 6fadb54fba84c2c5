"""In which business park something lies that does not say so."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo_assen.ingest.checks.columns import Column

__all__ = ["fill_parks"]


def fill_parks(column: Column, shapes: NDArray[np.object_], parks: gpd.GeoDataFrame) -> None:
    """Fill in the park in which a point of each thing lies, where the row names none.

    Parameters
    ----------
    shapes
        Places in RD; what has none stays without a park.
    parks
        Parks with ``code`` and ``geometry`` in RD; of two that overlap the first counts.
    """
    rows = np.flatnonzero(column.missing & ~column.faulty & ~shapely.is_missing(shapes))
    if not len(rows) or not len(parks):
        return
    outlines = parks.geometry.to_numpy()
    points = shapely.point_on_surface(shapes[rows])
    found, inside = shapely.STRtree(outlines).query(points, predicate="intersects")
    order = np.lexsort((inside, found))
    first = np.ones(len(order), dtype=bool)
    first[1:] = found[order][1:] != found[order][:-1]
    chosen = order[first]
    column.values[rows[found[chosen]]] = parks["code"].to_numpy(dtype=object)[inside[chosen]]
    column.missing[rows[found[chosen]]] = False
