"""Where a row of a file lies, in degrees, if that can be said at all."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_assen.crs import RD_EXTENT, to_lonlat, to_rd
from geo_assen.errors import UnknownCrsError
from geo_assen.ingest import CRS84

__all__ = ["lonlat_of"]


def lonlat_of(geometry: BaseGeometry, crs: str | None) -> tuple[float, float] | None:
    """Longitude and latitude of a geometry as it was read.

    Parameters
    ----------
    crs
        Reference system of its file; None: degrees.

    Returns
    -------
    None where the numbers cannot be read in that system, or lie outside the country.
    """
    try:
        placed = to_rd(shapely.force_2d(geometry), crs or CRS84).item()
    except UnknownCrsError:
        return None
    if placed.is_empty or not np.isfinite(placed.bounds).all():
        return None
    if not shapely.intersects(placed, shapely.box(*RD_EXTENT)):
        return None
    point = to_lonlat(placed.representative_point()).item()
    return round(point.x, 6), round(point.y, 6)
