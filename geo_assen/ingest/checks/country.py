"""Where the Netherlands lie, and what numbers that lie elsewhere look like.

The outline is drawn by hand from the graticule of a school atlas: 45 corners that keep to
the border within some kilometres and run through the sea outside the islands. It serves to
tell Münster from Enschede, not to find the border: five kilometres more are let through.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from geo_assen.crs import RD, RD_EXTENT, area_of_use, is_degrees, lonlat_to_rd, rd_to_lonlat, to_rd

__all__ = [
    "KNOWN_SYSTEMS",
    "in_country",
    "look_like",
    "plausible_elsewhere",
    "points_in_rd",
    "within_country",
]

_SLACK_M = 5_000
_CORNERS = (
    (3.36, 51.37), (3.36, 51.28), (3.45, 51.23), (3.80, 51.20), (3.97, 51.22), (4.24, 51.30),
    (4.40, 51.37), (4.48, 51.46), (4.78, 51.42), (5.10, 51.33), (5.24, 51.27), (5.56, 51.22),
    (5.78, 51.16), (5.75, 51.02), (5.64, 50.87), (5.70, 50.755), (6.02, 50.755), (6.10, 50.92),
    (6.18, 51.16), (6.08, 51.22), (6.23, 51.36), (6.21, 51.52), (5.96, 51.80), (6.17, 51.86),
    (6.40, 51.83), (6.72, 51.89), (6.83, 51.97), (7.07, 52.23), (7.07, 52.36), (6.98, 52.47),
    (6.70, 52.49), (6.72, 52.63), (7.06, 52.63), (7.21, 53.01), (7.22, 53.28), (6.85, 53.48),
    (6.60, 53.62), (5.90, 53.55), (5.20, 53.45), (4.70, 53.25), (4.50, 52.90), (4.30, 52.30),
    (3.90, 51.98), (3.50, 51.75), (3.30, 51.50),
)  # fmt: skip
"""Longitude and latitude of the corners, from the Zwin eastwards."""

KNOWN_SYSTEMS = {
    "OGC:CRS84": "degrees",
    "EPSG:28992": "RD metres",
    "EPSG:25831": "metres of UTM zone 31N",
    "EPSG:25832": "metres of UTM zone 32N",
    "EPSG:3857": "metres of web maps (web mercator)",
    "EPSG:31370": "metres of the Belgian Lambert system",
}
"""Reference systems in which Dutch data come, the likeliest first, in words."""

_MIDDLE = (5.3876, 52.1561)
"""Longitude and latitude of the tower of Amersfoort, on which RD is centred."""

_WORLD_DEGREES = 340
"""A system that is made for so many degrees of longitude is made for the world."""

_Numbers = NDArray[np.float64]
_Flags = NDArray[np.bool_]


@cache
def _outline() -> Polygon:
    lon, lat = np.array(_CORNERS).T
    outline = Polygon(np.column_stack(lonlat_to_rd(lon, lat))).buffer(
        _SLACK_M, join_style="mitre", mitre_limit=2
    )
    shapely.prepare(outline)
    return outline


def in_country(x_m: _Numbers, y_m: _Numbers) -> _Flags:
    """Which places in RD lie in the Netherlands; what is no number does not."""
    min_x, min_y, max_x, max_y = RD_EXTENT
    inside = (x_m >= min_x) & (x_m <= max_x) & (y_m >= min_y) & (y_m <= max_y)
    inside[inside] = shapely.contains_xy(_outline(), x_m[inside], y_m[inside])
    return inside


def within_country(geometries: NDArray[np.object_], bounds: NDArray[np.float64]) -> _Flags:
    """Which geometries in RD lie in the Netherlands, all of each within the extent of RD.

    Parameters
    ----------
    bounds
        Bounding boxes of the geometries, one row each.
    """
    min_x, min_y, max_x, max_y = RD_EXTENT
    fits: _Flags = (
        (bounds[:, 0] >= min_x)
        & (bounds[:, 1] >= min_y)
        & (bounds[:, 2] <= max_x)
        & (bounds[:, 3] <= max_y)
    )
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2
    inside = fits & in_country(middle[:, 0], middle[:, 1])
    doubtful = fits & ~inside
    if doubtful.any():
        inside[doubtful] = shapely.intersects(_outline(), geometries[doubtful])
    return inside


def points_in_rd(x: _Numbers, y: _Numbers, crs: str) -> tuple[_Numbers, _Numbers]:
    """Bring places of a reference system to RD; what cannot be brought there is infinite."""
    known = np.isfinite(x) & np.isfinite(y)
    placed = np.full((len(x), 2), np.inf)
    if crs == RD:
        placed[known] = np.column_stack([x, y])[known]
    elif known.any():
        placed[known] = shapely.get_coordinates(to_rd(shapely.points(x[known], y[known]), crs))
    return placed[:, 0], placed[:, 1]


def plausible_elsewhere(x_m: _Numbers, y_m: _Numbers, crs: str) -> _Flags:
    """Which places, brought to RD from a system of another country, lie in that country.

    Nothing is wrong with their numbers then. A system that covers the Netherlands has none.
    """
    area = area_of_use(crs)
    if area is None or _covers(area, *_MIDDLE):
        return np.zeros(len(x_m), dtype=bool)
    return _within(area, x_m, y_m)


def look_like(x: _Numbers, y: _Numbers, stated: str | None) -> NDArray[np.object_]:
    """Reference system in which each pair of numbers would lie in the Netherlands.

    Parameters
    ----------
    stated
        System that the numbers are said to be in. Those that are possible in it are left
        alone; None: nobody says.

    Returns
    -------
    One of :data:`KNOWN_SYSTEMS`, or None.
    """
    answer = np.full(len(x), None, dtype=object)
    doubtful = _doubtful(x, y, stated)
    for crs in KNOWN_SYSTEMS:
        left = np.flatnonzero(doubtful)
        if crs == stated or not len(left):
            continue
        fits = _would_lie(x[left], y[left], crs) | _would_lie(y[left], x[left], crs)
        answer[left[fits]] = crs
        doubtful[left[fits]] = False
    return answer


def _would_lie(x: _Numbers, y: _Numbers, crs: str) -> _Flags:
    """Which numbers are places in the Netherlands in a reference system."""
    possible = (np.abs(x) <= 180) & (np.abs(y) <= 90) if is_degrees(crs) else np.isfinite(x)
    place = points_in_rd(np.where(possible, x, np.nan), np.where(possible, y, np.nan), crs)
    return in_country(*place)


def _doubtful(x: _Numbers, y: _Numbers, crs: str | None) -> _Flags:
    """Which numbers are hardly places of the reference system that is stated."""
    everything = np.ones(len(x), dtype=bool)
    if crs is None:
        return everything
    if is_degrees(crs):
        beyond: _Flags = (np.abs(x) > 180) | (np.abs(y) > 90)
        return beyond
    area = area_of_use(crs)
    if area is None or area[2] - area[0] >= _WORLD_DEGREES:
        return everything
    return ~_within(area, *points_in_rd(x, y, crs))


def _within(area: tuple[float, float, float, float], x_m: _Numbers, y_m: _Numbers) -> _Flags:
    """Which places in RD lie between the degrees of an area."""
    west, south, east, north = area
    known = np.isfinite(x_m) & np.isfinite(y_m)
    lon, lat = rd_to_lonlat(np.where(known, x_m, 0.0), np.where(known, y_m, 0.0))
    within: _Flags = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return within & known


def _covers(area: tuple[float, float, float, float], lon: float, lat: float) -> bool:
    west, south, east, north = area
    return west <= lon <= east and south <= lat <= north
