"""Areas that somebody draws, or brings as a file, to ask about what lies inside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shapely.geometry.base import BaseGeometry

from geo_assen.errors import ArgumentRefused, FileRefused
from geo_assen.matching.written import inside_area, polygon_rd

__all__ = ["MOST_CORNERS", "drawn_area", "polygon_file"]

MOST_CORNERS = 200
"""Corners that a drawn area may have: it travels in addresses."""

_FEWEST_CORNERS = 3


def drawn_area(corners: Sequence[tuple[float, float]]) -> BaseGeometry:
    """Area with some corners, in EPSG:28992.

    Parameters
    ----------
    corners
        Longitude and latitude of each, in degrees, in the order in which they were drawn;
        the first one need not come again.

    Raises
    ------
    ArgumentRefused
        If it is no area: too few or too many corners, sides that cross, or far from the
        country.
    """
    if not _FEWEST_CORNERS <= len(corners) <= MOST_CORNERS:
        raise ArgumentRefused("within", len(corners), f"3 to {MOST_CORNERS} corners of an area")
    ring = [[lon, lat] for lon, lat in (*corners, corners[0])]
    try:
        return _area({"type": "Polygon", "coordinates": [ring]})
    except ValueError as error:
        raise ArgumentRefused("within", "a drawn area", f"one that counts: it {error}") from error


def polygon_file(path: Path) -> BaseGeometry:
    """Area of the polygon of a GeoJSON file, in EPSG:28992.

    Raises
    ------
    FileRefused
        If the file cannot be read or holds anything but one polygon or multipolygon, bare
        or as the only feature.
    """
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileRefused(path, "it cannot be read as GeoJSON") from error
    try:
        return _area(_geometry(written))
    except ValueError as error:
        raise FileRefused(path, f"its area {error}") from error


def _area(geometry: Any) -> BaseGeometry:
    polygon = inside_area(geometry)
    if isinstance(polygon, str):
        raise ValueError("must be a polygon")
    return polygon_rd(polygon)


def _geometry(written: Any) -> Any:
    """Geometry of a GeoJSON text that holds one."""
    if isinstance(written, Mapping) and written.get("type") == "FeatureCollection":
        features = written.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise ValueError("must be the only feature")
        written = features[0]
    if isinstance(written, Mapping) and written.get("type") == "Feature":
        written = written.get("geometry")
    if not isinstance(written, Mapping):
        raise ValueError("must be a GeoJSON polygon")
    return written
