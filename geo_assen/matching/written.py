"""Values as a requirement writes them: numbers, dates, words, points and polygons.

Each reader takes what a file, a form or a caller gives and returns the plain value, or
raises ``ValueError`` with the rest of a sentence that starts with the name of the key.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_assen.crs import RD_EXTENT, lonlat_to_rd, to_rd

__all__ = [
    "FIRST_DAY",
    "LARGEST_NUMBER",
    "LAST_DAY",
    "Limit",
    "Number",
    "Point",
    "day",
    "day_of_our_time",
    "inside_area",
    "limit",
    "near_target",
    "number",
    "point_rd",
    "polygon_rd",
    "text",
    "word",
]

Number = int | float
Limit = int | float | date
Point = tuple[Number, Number]

LARGEST_NUMBER = 1e15
"""Above this a floating number no longer tells whole numbers apart safely."""

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2100, 12, 31)

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOT_GEOJSON = (
    TypeError,
    ValueError,
    KeyError,
    IndexError,
    AttributeError,
    shapely.errors.ShapelyError,
)
_KIND = re.compile(r"[a-z][a-z0-9_]*")


def number(value: object) -> Number:
    """Read a finite number; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("must be a number")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("must be a finite number")
    if abs(value) > LARGEST_NUMBER:
        raise ValueError("must be a number between -1e15 and 1e15")
    return value


def day(value: object) -> date:
    """Read a day, as a date or as text of the form ``2026-11-01``."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"must be a day that exists, not {value}") from None
    raise ValueError("must be a date such as 2026-11-01")


def day_of_our_time(value: object) -> date:
    """Read a day on which somebody may ask or need something: of 1900 up to 2100."""
    read = day(value)
    if not FIRST_DAY <= read <= LAST_DAY:
        raise ValueError(f"must lie between 1900 and 2100, not {read.isoformat()}")
    return read


def limit(value: object) -> Limit:
    """Read a number or a day."""
    if isinstance(value, (date, str)):
        try:
            return day(value)
        except ValueError as error:
            if isinstance(value, str) and _DAY.fullmatch(value):
                raise
            raise ValueError("must be a number or a date such as 2026-11-01") from error
    return number(value)


def text(value: object) -> str:
    """Read text that holds more than blanks."""
    if not isinstance(value, str):
        raise ValueError("must be text")
    if not value.strip():
        raise ValueError("must not be empty")
    return value


def word(value: object) -> str:
    """Read a value of a category; a number is taken as it is written (4.1 is "4.1")."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(number(value))
    return text(value)


def near_target(value: object) -> str | Point:
    """Read what a site should be near: a kind of place, or a point in degrees."""
    if isinstance(value, str):
        if not _KIND.fullmatch(value):
            raise ValueError(f"must be a kind of place or [longitude, latitude], not {value!r}")
        return value
    if not isinstance(value, Sequence) or len(value) != 2:
        raise ValueError("must be a kind of place or [longitude, latitude]")
    lon, lat = number(value[0]), number(value[1])
    _check_degrees(lon, lat)
    x_m, y_m = point_rd((lon, lat))
    if not (RD_EXTENT[0] <= x_m <= RD_EXTENT[2] and RD_EXTENT[1] <= y_m <= RD_EXTENT[3]):
        raise ValueError(f"must lie in the Netherlands; [{lon}, {lat}] does not")
    return lon, lat


def _check_degrees(lon: Number, lat: Number) -> None:
    if 50 <= lon <= 54 and 3 <= lat <= 8:
        raise ValueError(f"must have the longitude first: [{lat}, {lon}]")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError("must be in degrees (CRS84), longitude first")


def point_rd(point: Point) -> tuple[float, float]:
    """Turn longitude and latitude into RD metres."""
    x_m, y_m = lonlat_to_rd(np.asarray([float(point[0])]), np.asarray([float(point[1])]))
    return float(x_m[0]), float(y_m[0])


def inside_area(value: object) -> str | dict[str, Any]:
    """Read where a site should lie: the code of an area or park, or a GeoJSON polygon."""
    if isinstance(value, str) and not value.startswith("{"):
        return text(value)
    if not isinstance(value, Mapping) or value.get("type") not in ("Polygon", "MultiPolygon"):
        raise ValueError(
            "must be the code of an area or park, or a GeoJSON geometry of type Polygon or "
            "MultiPolygon"
        )
    try:
        written: dict[str, Any] = json.loads(json.dumps(dict(value), allow_nan=False))
        polygon = _in_degrees(written)
    except _NOT_GEOJSON as error:
        raise ValueError("must have coordinates as GeoJSON asks for") from error
    for lon, lat in shapely.get_coordinates(polygon):
        _check_degrees(float(lon), float(lat))
    _check_outline(polygon_rd(written))
    return written


def _in_degrees(written: Mapping[str, Any]) -> BaseGeometry:
    return shapely.geometry.shape(dict(written))


def _check_outline(polygon: BaseGeometry) -> None:
    if polygon.is_empty:
        raise ValueError("must not be an empty polygon")
    if not np.isfinite(shapely.get_coordinates(polygon)).all():
        raise ValueError("must lie in the Netherlands")
    west, south, east, north = polygon.bounds
    if east < RD_EXTENT[0] or west > RD_EXTENT[2] or north < RD_EXTENT[1] or south > RD_EXTENT[3]:
        raise ValueError("must lie in the Netherlands")
    if not polygon.is_valid:
        raise ValueError(f"must be a valid polygon ({shapely.is_valid_reason(polygon)})")


def polygon_rd(written: Mapping[str, Any]) -> BaseGeometry:
    """Turn a GeoJSON polygon (CRS84) into RD."""
    turned = to_rd(np.asarray([_in_degrees(written)], dtype=object), "OGC:CRS84")
    polygon: BaseGeometry = turned[0]
    return polygon
