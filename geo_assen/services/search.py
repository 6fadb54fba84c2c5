"""Find places by name, address, plot code or BAG id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_assen.access import Role
from geo_assen.crs import rd_to_lonlat
from geo_assen.services.layers import layer_rows
from geo_assen.services.session import Session

__all__ = ["Hit", "search"]

_SEARCHED = {
    "business_parks": ("name", "code"),
    "areas": ("name", "code"),
    "reference_points": ("name",),
    "attractions": ("name", "address"),
    "base_map": ("name",),
    "plots": ("name", "code", "street"),
    "premises": ("name", "address", "code", "bag_id", "postcode"),
}
"""Layers in the order in which equally good hits are shown, and their searched fields."""

_SITE_LAYERS = {"plots": "plot", "premises": "premises"}


@dataclass(frozen=True)
class Hit:
    """One found place, with its position in degrees; ``url`` is its page, if it has one."""

    layer: str
    key: str
    title: str
    detail: str
    lon: float
    lat: float
    url: str | None


@dataclass(frozen=True)
class _Entry:
    text: str
    hit: Hit


def search(session: Session, text: str, *, as_of: date, role: Role, limit: int = 10) -> list[Hit]:
    """Places whose name, address, code or BAG id holds every word of a text.

    A hit that begins with the text goes before one that merely holds it; within that, the
    bigger things go first (parks, areas, attractions, plots, premises).
    """
    words = text.lower().split()
    if not words:
        return []
    entries = session.kept(("search", as_of, role), lambda: _entries(session, as_of, role))
    found = [entry for entry in entries if all(word in entry.text for word in words)]
    found.sort(key=lambda entry: not entry.hit.title.lower().startswith(text.lower()))
    return [entry.hit for entry in found[:limit]]


def _entries(session: Session, as_of: date, role: Role) -> list[_Entry]:
    entries: list[_Entry] = []
    for layer_id, names in _SEARCHED.items():
        layer = session.catalogue.layer(layer_id)
        if layer is not None and layer.role <= role:
            rows = layer_rows(session, layer_id, as_of=as_of, role=role)
            entries += _layer_entries(layer_id, rows.frame, names)
    return entries


def _layer_entries(layer_id: str, frame: pd.DataFrame, names: tuple[str, ...]) -> list[_Entry]:
    if not isinstance(frame, gpd.GeoDataFrame):
        return []
    placed = frame[frame.geometry.notna() & ~frame.geometry.is_empty]
    points = shapely.point_on_surface(placed.geometry.to_numpy())
    lon, lat = rd_to_lonlat(shapely.get_x(points), shapely.get_y(points))
    entries = []
    for index, record in enumerate(
        placed[list(dict.fromkeys(["code", *names]))].to_dict("records")
    ):
        texts = [str(record[name]) for name in names if isinstance(record[name], str)]
        if not texts:
            continue
        code = str(record["code"])
        kind = _SITE_LAYERS.get(layer_id)
        hit = Hit(
            layer=layer_id,
            key=code,
            title=texts[0],
            detail=", ".join(texts[1:]),
            lon=float(np.round(lon[index], 6)),
            lat=float(np.round(lat[index], 6)),
            url=f"/sites/{kind}:{code}" if kind else None,
        )
        entries.append(_Entry(" ".join([*texts, code]).lower(), hit))
    return entries
