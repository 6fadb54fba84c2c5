"""Rows of any layer at a date, with only what the asker may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_assen.access import Role
from geo_assen.catalogue import FieldDefinition, LayerDefinition
from geo_assen.crs import lonlat_to_rd
from geo_assen.errors import NotAllowed, NotFound
from geo_assen.export import LayerRows
from geo_assen.services.names import names_for
from geo_assen.services.provenance import with_provenance
from geo_assen.services.session import Session
from geo_assen.services.views import rows_of

__all__ = ["layer_feature", "layer_rows", "rd_box", "visible_layer"]

_EDGE_POINTS = 21
"""Points along a side of a box in degrees."""

_RD_DEGREES = ((2.0, 9.0), (50.0, 55.0), (2.0, 9.0), (50.0, 55.0))
"""Limits of west, south, east and north within which RD is sound, all of the country inside."""


def visible_layer(session: Session, layer_id: str, role: Role) -> LayerDefinition:
    """Layer of that id, if the role may see it.

    Raises
    ------
    NotFound, NotAllowed
    """
    layer = session.catalogue.layer(layer_id)
    if layer is None:
        known = ", ".join(item.id for item in session.catalogue if item.role <= role)
        raise NotFound("layer", layer_id, f"Known: {known}.")
    if layer.role > role:
        raise NotAllowed(f"Layer {layer_id!r}")
    return layer


def layer_rows(
    session: Session,
    layer_id: str,
    *,
    as_of: date,
    role: Role,
    bounds_lonlat: tuple[float, float, float, float] | None = None,
    limit: int | None = None,
    known_at: date | None = None,
) -> LayerRows:
    """Rows of a layer on a date.

    Parameters
    ----------
    bounds_lonlat
        Box in degrees (min lon, min lat, max lon, max lat); rows that do not meet it, and
        rows without geometry, are left out. None: all rows.
    limit
        Rows at most; ``total`` still counts all.
    known_at
        Day up to which land events were recorded, for the status of plots and the stock of
        parks; None: all that are recorded.

    Raises
    ------
    NotFound, NotAllowed
    """
    layer = visible_layer(session, layer_id, role)
    rows = _all_rows(session, layer, as_of, role, known_at)
    if bounds_lonlat is not None and isinstance(rows.frame, gpd.GeoDataFrame):
        rows = _cut(rows, _meets(rows.frame, rd_box(bounds_lonlat)))
    if limit is not None and len(rows.frame) > limit:
        rows = replace(rows, frame=rows.frame.iloc[:limit])
    return rows


def layer_feature(
    session: Session, layer_id: str, key: str, *, as_of: date, role: Role
) -> LayerRows:
    """One record of a layer.

    Raises
    ------
    NotFound
        If no record has that key on the date.
    """
    rows = layer_rows(session, layer_id, as_of=as_of, role=role)
    chosen = rows.frame[rows.layer.key].astype(str) == key
    if not chosen.any():
        raise NotFound(f"record in layer {layer_id!r}", key)
    return _cut(rows, chosen.to_numpy())


def _all_rows(
    session: Session,
    layer: LayerDefinition,
    as_of: date,
    role: Role,
    known_at: date | None = None,
) -> LayerRows:
    def build() -> LayerRows:
        frame, present = rows_of(session, layer, as_of, known_at)
        if "source_code" in frame:
            frame = with_provenance(session, frame)
        elif "licence" not in frame:
            frame = frame.assign(licence=layer.source.licence)
        fields = layer.fields_for(role)
        return LayerRows(
            layer,
            fields,
            _reduced(frame, layer, fields),
            len(frame),
            as_of,
            present,
            names_for(session, fields),
        )

    return session.kept(("rows", layer.id, as_of, role, known_at), build)


def _reduced(
    frame: pd.DataFrame, layer: LayerDefinition, fields: tuple[FieldDefinition, ...]
) -> pd.DataFrame:
    """Only the columns that may be seen, and provenance and geometry beside them."""
    kept = [*(field.name for field in fields), "source_name", "source_date", "certainty", "licence"]
    kept = [name for name in dict.fromkeys(kept) if name in frame]
    if layer.geometry != "none":
        kept.append("geometry")
    return frame[kept].reset_index(drop=True)


def rd_box(bounds_lonlat: tuple[float, float, float, float]) -> shapely.Polygon:
    """Box in degrees as a polygon in RD; its sides are slightly bent there.

    Far from the Netherlands RD has no coordinates: a box that reaches there is cut to
    where it has.
    """
    west, south, east, north = (
        min(max(value, low), high)
        for value, (low, high) in zip(bounds_lonlat, _RD_DEGREES, strict=True)
    )
    lon = np.linspace(west, east, _EDGE_POINTS)
    lat = np.linspace(south, north, _EDGE_POINTS)
    sides = (
        (lon, np.full_like(lon, south)),
        (np.full_like(lat, east), lat),
        (lon[::-1], np.full_like(lon, north)),
        (np.full_like(lat, west), lat[::-1]),
    )
    x_m, y_m = lonlat_to_rd(*(np.concatenate(axis) for axis in zip(*sides, strict=True)))
    return shapely.Polygon(np.column_stack([x_m, y_m]))


def _meets(frame: gpd.GeoDataFrame, box: shapely.Polygon) -> NDArray[np.bool_]:
    shapely.prepare(box)
    return np.asarray(shapely.intersects(box, frame.geometry.to_numpy()), dtype=bool)


def _cut(rows: LayerRows, chosen: NDArray[np.bool_]) -> LayerRows:
    frame = rows.frame[chosen]
    return replace(rows, frame=frame, total=len(frame))
