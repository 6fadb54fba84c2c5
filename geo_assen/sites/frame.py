"""The frame of sites that matching, lists, map and export all read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import geopandas as gpd

from geo_assen.catalogue import CodeList, FieldDefinition
from geo_assen.crs import require_rd

__all__ = ["Sites"]


@dataclass(frozen=True)
class Sites:
    """Everything that can be offered on one date, with what is needed to judge it.

    Attributes
    ----------
    frame
        One row a site in EPSG:28992, index 0..n-1, ordered by ``id``. Columns are those
        of ``layers/sites.toml`` (missing values are None, NaN or NaT) plus ``geometry``
        (point or polygon). ``use`` holds frozensets or None; dates are ``datetime.date``
        objects or None; booleans are True, False or None; categories are text or None.
        Two further columns carry the constraint on availability: ``availability``
        (``pass`` or ``unknown``) and ``status_note`` (reason in plain words, or None).
    fields
        Definitions of the fields by name, from ``layers/sites.toml``.
    codes
        Code lists by name; the order of an ordered list is its rank.
    places
        Reference points in EPSG:28992: ``code, kind, name, source_name, source_date,
        certainty, geometry``.
    areas
        Areas and business parks by ``code`` in EPSG:28992: ``code, name, geometry``.
    as_of
        Date for which the sites were drawn up.
    """

    frame: gpd.GeoDataFrame
    fields: Mapping[str, FieldDefinition]
    codes: Mapping[str, CodeList]
    places: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    as_of: date

    def __post_init__(self) -> None:
        for name in ("frame", "places", "areas"):
            require_rd(getattr(self, name), f"Sites.{name}")

    def __len__(self) -> int:
        return len(self.frame)
