"""Export of any layer: the same rows as on screen, filtered, as of a date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import geopandas as gpd

from geo_assen.access import Role
from geo_assen.crs import from_rd
from geo_assen.errors import FileRefused
from geo_assen.export import FORMATS, encode, filtered
from geo_assen.services.layers import layer_rows
from geo_assen.services.session import Session

__all__ = ["export_layer"]

_CRS84_ONLY = ("geojson", "geojsonseq")


def export_layer(
    session: Session,
    layer_id: str,
    *,
    kind: str = "geojson",
    as_of: date,
    role: Role,
    bounds_lonlat: tuple[float, float, float, float] | None = None,
    condition: str | None = None,
    crs: str | None = None,
    language: str = "nl",
) -> bytes:
    """Write a layer as a file.

    Parameters
    ----------
    kind
        One of :data:`geo_assen.export.FORMATS`.
    condition
        CQL2 text; None: all rows.
    crs
        Reference system of the file, such as ``EPSG:4258``; None: CRS84 for GeoJSON,
        EPSG:28992 for the rest.

    Raises
    ------
    NotFound, NotAllowed
        If the layer does not exist or the role may not see it.
    FilterError, CrsError, FileRefused
        If filter, reference system or format cannot be used.
    """
    if kind not in FORMATS:
        raise FileRefused(kind, f"unknown format; use one of {', '.join(FORMATS)}.")
    if kind in _CRS84_ONLY and crs not in (None, "OGC:CRS84"):
        raise FileRefused(
            kind,
            f"GeoJSON is in CRS84 only (RFC 7946), not {crs}; "
            "take --format gpkg, fgb or csv for another reference system.",
        )
    rows = layer_rows(session, layer_id, as_of=as_of, role=role, bounds_lonlat=bounds_lonlat)
    if condition:
        rows = filtered(rows, condition)
    if crs is not None and kind not in _CRS84_ONLY and isinstance(rows.frame, gpd.GeoDataFrame):
        shapes = gpd.GeoSeries(
            from_rd(rows.frame.geometry.to_numpy(), crs), index=rows.frame.index, crs=crs
        )
        rows = replace(rows, frame=rows.frame.set_geometry(shapes))
    return encode(rows, kind, language)
