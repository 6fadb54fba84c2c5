"""Coordinate reference systems: the only module that knows pyproj.

Everything inside is EPSG:28992 (RD New), in metres. Longitude and latitude exist at the
edges alone: files that come in, GeoJSON and web maps that go out.

CRS84 means ETRS89 here. RD and ETRS89 are joined by one pinned operation, EPSG
"Amersfoort to ETRS89 (8)", whether or not correction grids are installed: two machines
then never differ, at the price of :data:`LONLAT_ACCURACY_M`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_assen.errors import CrsError, UnknownCrsError

__all__ = [
    "LONLAT_ACCURACY_M",
    "RD",
    "RD_EXTENT",
    "area_of_use",
    "crs_wkt",
    "from_rd",
    "is_degrees",
    "lonlat_to_rd",
    "rd_to_lonlat",
    "require_rd",
    "to_lonlat",
    "to_rd",
]

RD = "EPSG:28992"
LONLAT = "OGC:CRS84"
LONLAT_ACCURACY_M = 0.25
"""Accuracy of the pinned operation as the EPSG register states it."""

RD_EXTENT = (-7000.0, 289000.0, 300000.0, 629000.0)
"""Area of use of RD in metres (min x, min y, max x, max y), both coasts included."""

_PINNED = (
    "proj=pipeline step inv proj=sterea lat_0=52.1561605555556 lon_0=5.38763888888889 "
    "k=0.9999079 x_0=155000 y_0=463000 ellps=bessel step proj=push v_3 "
    "step proj=cart ellps=bessel step proj=helmert x=565.7381 y=50.4018 z=465.2904 "
    "rx=0.395025981036064 ry=-0.330772431242031 rz=1.87607329462821 s=4.07244 "
    "convention=coordinate_frame step inv proj=cart ellps=GRS80 step proj=pop v_3 "
    "step proj=unitconvert xy_in=rad xy_out=deg"
)
_Coordinates = NDArray[np.float64]


@cache
def _pinned() -> pyproj.Transformer:
    return pyproj.Transformer.from_pipeline(_PINNED)


@cache
def _transformer(source: str, target: str) -> pyproj.Transformer:
    try:
        return pyproj.Transformer.from_crs(source, target, always_xy=True)
    except pyproj.exceptions.ProjError as error:  # well written, of a projection that is none
        raise UnknownCrsError(target if source == RD else source) from error


def _is_lonlat(crs: pyproj.CRS) -> bool:
    """WGS84, ETRS89 and CRS84 all count as the ETRS89 of the pinned operation."""
    return (
        crs.is_geographic
        and crs.geodetic_crs is not None
        and any(name in crs.name for name in ("WGS 84", "ETRS89"))
    )


def lonlat_to_rd(lon: _Coordinates, lat: _Coordinates) -> tuple[_Coordinates, _Coordinates]:
    """Turn degrees (ETRS89, longitude first) into RD metres."""
    x, y = _pinned().transform(lon, lat, direction=pyproj.enums.TransformDirection.INVERSE)
    return x, y


def rd_to_lonlat(x_m: _Coordinates, y_m: _Coordinates) -> tuple[_Coordinates, _Coordinates]:
    """Turn RD metres into degrees (ETRS89, longitude first)."""
    lon, lat = _pinned().transform(x_m, y_m)
    return lon, lat


def to_lonlat(geometry: BaseGeometry | NDArray[np.object_]) -> NDArray[np.object_]:
    """Turn RD geometries (one or an array) into CRS84."""
    return _apply(geometry, rd_to_lonlat)


def to_rd(geometry: BaseGeometry | NDArray[np.object_], crs: str) -> NDArray[np.object_]:
    """Turn geometries of any reference system into RD.

    Parameters
    ----------
    geometry
        One geometry or an array; coordinates with the horizontal axis first.
    crs
        Identifier that pyproj knows, such as ``EPSG:4326``.

    Raises
    ------
    UnknownCrsError
        If the reference system does not exist.
    """
    kind, base = _kind_of(crs)
    if kind == "rd":
        return np.asarray(geometry, dtype=object)
    if kind == "lonlat":
        return _apply(geometry, lonlat_to_rd)
    if base is None:
        return _apply(geometry, _transformer(crs, RD).transform)
    to_base = _transformer(crs, base).transform
    return _apply(geometry, lambda x, y: lonlat_to_rd(*to_base(x, y)))


def from_rd(geometry: BaseGeometry | NDArray[np.object_], crs: str) -> NDArray[np.object_]:
    """Turn RD geometries into another reference system, horizontal axis first.

    Raises
    ------
    UnknownCrsError
        If the reference system does not exist.
    """
    kind, base = _kind_of(crs)
    if kind == "rd":
        return np.asarray(geometry, dtype=object)
    if kind == "lonlat":
        return to_lonlat(geometry)
    if base is None:
        return _apply(geometry, _transformer(RD, crs).transform)
    from_base = _transformer(base, crs).transform
    return _apply(geometry, lambda x, y: from_base(*rd_to_lonlat(x, y)))


@lru_cache(maxsize=64)
def _kind_of(crs: str) -> tuple[str, str | None]:
    """Tell what a reference system is: ``rd``, ``lonlat`` or ``other``.

    Of another one also the degrees it is made from, where the pinned operation starts there.
    """
    try:
        parsed = pyproj.CRS(crs)
    except pyproj.exceptions.CRSError as error:
        raise UnknownCrsError(crs) from error
    if not (parsed.is_geographic or parsed.is_projected):
        raise UnknownCrsError(crs)  # heights or a globe: nothing that a map can show
    if parsed == pyproj.CRS(RD):
        return "rd", None
    if _is_lonlat(parsed):
        return "lonlat", None
    base = parsed.geodetic_crs
    return "other", base.to_wkt() if base is not None and _is_lonlat(base) else None


def is_degrees(crs: str) -> bool:
    """Tell whether a reference system counts in degrees.

    Raises
    ------
    UnknownCrsError
        If the reference system does not exist.
    """
    _kind_of(crs)
    return bool(pyproj.CRS(crs).is_geographic)


@lru_cache(maxsize=64)
def area_of_use(crs: str) -> tuple[float, float, float, float] | None:
    """West, south, east and north of the area that a reference system is made for, in degrees.

    Returns
    -------
    None where its definition does not say.

    Raises
    ------
    UnknownCrsError
        If the reference system does not exist.
    """
    _kind_of(crs)
    area = pyproj.CRS(crs).area_of_use
    return None if area is None else (area.west, area.south, area.east, area.north)


def _apply(
    geometry: BaseGeometry | NDArray[np.object_],
    change: Callable[[_Coordinates, _Coordinates], tuple[_Coordinates, _Coordinates]],
) -> NDArray[np.object_]:
    def both(xy: _Coordinates) -> _Coordinates:
        return np.column_stack(change(xy[:, 0], xy[:, 1]))

    return np.asarray(shapely.transform(geometry, both), dtype=object)


def require_rd(frame: gpd.GeoDataFrame, where: str) -> None:
    """Refuse a frame that is not in RD; equality is asked, "is projected" is not enough.

    Raises
    ------
    CrsError
        If the frame has another reference system or none.
    """
    if frame.crs is None or frame.crs.to_epsg() != 28992:
        raise CrsError(where, frame.crs)


@cache
def crs_wkt(epsg: int) -> tuple[str, str]:
    """Name and WKT 1 text of a reference system, as a GeoPackage registers it."""
    parsed = pyproj.CRS(f"EPSG:{epsg}")
    return parsed.name, parsed.to_wkt("WKT1_GDAL")
