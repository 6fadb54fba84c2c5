"""Judge the geometry of a row, and bring it to RD."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_assen.catalogue import LayerDefinition
from geo_assen.crs import RD_EXTENT, to_rd
from geo_assen.ingest.read import CRS84

__all__ = ["GeometryFault", "place_in_rd"]

_DIMENSION = {"point": 0, "line": 1, "polygon": 2}
_LONLAT_WINDOW = (3.0, 50.5, 7.5, 54.0)
"""Longitudes and latitudes between which the Netherlands lie."""


@dataclass(frozen=True)
class GeometryFault:
    """Kind of issue with its message and suggestion."""

    kind: str
    message: str
    suggestion: str | None = None


def place_in_rd(
    layer: LayerDefinition, geometry: BaseGeometry | None, crs: str | None
) -> tuple[BaseGeometry | None, list[GeometryFault]]:
    """Bring a geometry as read to EPSG:28992, with the faults met on the way.

    Parameters
    ----------
    layer
        Says which kind of geometry is wanted and whether it may be missing.
    geometry
        As the file has it, in ``crs``, horizontal axis first.

    Returns
    -------
    Valid 2D geometry in RD, or None where it cannot be used; the faults say why.
    """
    if geometry is None or geometry.is_empty:
        if layer.geometry_in_file != "required":
            return None, []
        return None, [GeometryFault("missing_geometry", "The row has no geometry.")]
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        return None, [GeometryFault("invalid_geometry", "A coordinate is not a number.")]
    fault = _implausible(geometry, crs or CRS84)
    if fault:
        return None, [fault]
    placed = to_rd(shapely.force_2d(geometry), crs or CRS84).item()
    if not _inside(placed, RD_EXTENT):
        return None, [GeometryFault("outside_country", "The place lies outside the Netherlands.")]
    return _made_valid(layer, placed)


def _implausible(geometry: BaseGeometry, crs: str) -> GeometryFault | None:
    """Say what is wrong with the numbers themselves, before they are converted."""
    if crs in (CRS84, "EPSG:4326", "EPSG:4258"):
        return _implausible_degrees(geometry)
    if crs == "EPSG:28992" and not _inside(geometry, RD_EXTENT):
        if _inside(_swapped(geometry), RD_EXTENT):
            return GeometryFault(
                "swapped_projected_axes", "Easting and northing are swapped.", "Swap x and y."
            )
        if _inside(geometry, (-180.0, -90.0, 180.0, 90.0)):
            return GeometryFault(
                "crs_contradicts_values",
                "The numbers are degrees, not RD metres.",
                "Import with --crs EPSG:4326.",
            )
    return None


def _implausible_degrees(geometry: BaseGeometry) -> GeometryFault | None:
    if _inside(geometry, _LONLAT_WINDOW):
        return None
    if _inside(_swapped(geometry), _LONLAT_WINDOW):
        return GeometryFault(
            "swapped_axes", "Longitude and latitude are swapped.", "Put longitude first."
        )
    if not _inside(geometry, (-180.0, -90.0, 180.0, 90.0)):
        hint = "Import with --crs EPSG:28992." if _inside(geometry, RD_EXTENT) else None
        return GeometryFault("crs_contradicts_values", "The numbers are no degrees.", hint)
    return GeometryFault("outside_country", "The place lies outside the Netherlands.")


def _made_valid(
    layer: LayerDefinition, geometry: BaseGeometry
) -> tuple[BaseGeometry | None, list[GeometryFault]]:
    faults = []
    if not geometry.is_valid:
        reason = shapely.is_valid_reason(geometry)
        geometry = shapely.make_valid(geometry)
        faults.append(GeometryFault("invalid_geometry_repaired", f"Repaired: {reason}."))
    wanted = _DIMENSION.get(layer.geometry)
    if wanted is None:
        return geometry, faults
    kept = _parts_of(geometry, wanted)
    if kept is None:
        return None, [
            GeometryFault("invalid_geometry", f"The layer takes a {layer.geometry}, not this.")
        ]
    return kept, faults


def _parts_of(geometry: BaseGeometry, dimension: int) -> BaseGeometry | None:
    """Parts of the wanted dimension: repairing a polygon may leave stray lines behind."""
    if shapely.get_type_id(geometry) != shapely.GeometryType.GEOMETRYCOLLECTION:
        return geometry if shapely.get_dimensions(geometry) == dimension else None
    parts = [part for part in _simple_parts(geometry) if shapely.get_dimensions(part) == dimension]
    return shapely.union_all(parts) if parts else None


def _simple_parts(geometry: BaseGeometry) -> list[BaseGeometry]:
    """Points, lines and polygons of a geometry, out of collections in collections."""
    if not hasattr(geometry, "geoms"):
        return [geometry]
    return [simple for part in geometry.geoms for simple in _simple_parts(part)]


def _inside(geometry: BaseGeometry, window: tuple[float, float, float, float]) -> bool:
    min_x, min_y, max_x, max_y = geometry.bounds
    return window[0] <= min_x and window[1] <= min_y and max_x <= window[2] and max_y <= window[3]


def _swapped(geometry: BaseGeometry) -> BaseGeometry:
    swap: Callable[..., BaseGeometry] = shapely.transform
    return swap(shapely.force_2d(geometry), lambda xy: xy[:, ::-1])
