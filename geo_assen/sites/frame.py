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
        of ``layers/sites.toml`` plus ``geometry`` (point or polygon). Numbers, whole ones
        too, are float64 with NaN for missing; everything else is an object or None:
        ``use`` holds frozensets, dates are ``datetime.date``, booleans True or False,
        categories text. Three columns carry the constraint on availability:
        ``availability`` (``pass`` or ``unknown``), ``status_note`` (why it is unknown:
        ``option``, ``reservation``, ``vacant_without_offer``; else None) and
        ``status_until`` (last day of the option or reservation; None if it has no end).
        They are data: whoever shows them finds the words.
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
