"""The sites of one date: what matching, lists, map and export all read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import geopandas as gpd
import pyarrow as pa
import pyarrow.compute as pc

from geo_assen.catalogue import CodeList, FieldDefinition
from geo_assen.crs import RD, require_rd
from geo_assen.sites.columns import as_objects
from geo_assen.sites.packed import Column, Rows, objects_of, packed, table_of, taken_rows
from geo_assen.sites.shapes import Shapes
from geo_assen.sites.surfaces import FieldSource, Travel

__all__ = ["BESIDE", "Sites", "kind_of_field"]

BESIDE = {"availability": "category", "status_note": "category", "status_until": "date"}
"""Columns that are there whether or not the layer lists them, with their types."""


def kind_of_field(name: str, fields: Mapping[str, FieldDefinition]) -> str:
    """Type of a column of sites, as its layer or :data:`BESIDE` names it."""
    return BESIDE[name] if name in BESIDE else fields[name].type


@dataclass(frozen=True, eq=False)
class Sites:
    """Everything that can be offered on one date, with what is needed to judge it.

    Attributes
    ----------
    columns
        By name, one value a site, packed as the module ``packed`` says; sites are ordered
        by ``id``, by code point. A column that is absent is missing throughout.
        Beside the fields of ``layers/sites.toml`` there are ``availability`` (``pass`` or
        ``unknown``), ``status_note`` (why it is unknown: ``option``, ``reservation``,
        ``vacant_without_offer``) and ``status_until`` (last day of the option or
        reservation; missing if it has no end). They are data: whoever shows them finds
        the words.
    shapes
        Points and polygons in EPSG:28992.
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
    sources
        Who says what stands in a field, for fields that have a source of their own.
    travel
        Travel times by car between places and sites; None: none are known.
    """

    columns: Mapping[str, Column]
    shapes: Shapes
    fields: Mapping[str, FieldDefinition]
    codes: Mapping[str, CodeList]
    places: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    as_of: date
    sources: Mapping[str, FieldSource] = field(default_factory=dict)
    travel: Travel | None = None

    def __post_init__(self) -> None:
        for name in ("places", "areas"):
            require_rd(getattr(self, name), f"Sites.{name}")

    @classmethod
    def of(
        cls,
        frame: gpd.GeoDataFrame,
        fields: Mapping[str, FieldDefinition],
        codes: Mapping[str, CodeList],
        places: gpd.GeoDataFrame,
        areas: gpd.GeoDataFrame,
        as_of: date,
    ) -> Sites:
        """Pack a frame that has the columns of :attr:`frame`, in any order of rows.

        Raises
        ------
        CrsError
            If a frame is not in EPSG:28992.
        """
        require_rd(frame, "Sites.frame")
        table = table_of(frame)
        order = pc.sort_indices(table["id"]).to_numpy()
        columns = {
            name: taken_rows(packed(table[name], kind_of_field(name, fields)), order)
            for name in table.column_names
            if name in fields or name in BESIDE
        }
        shapes = Shapes.of(frame.geometry.to_numpy()[order])
        return cls(columns, shapes, fields, codes, places, areas, as_of)

    @property
    def ids(self) -> pa.Array:
        """Id of each site as Arrow strings, in order by code point."""
        return self.columns["id"]

    def __len__(self) -> int:
        return len(self.shapes)

    @cached_property
    def frame(self) -> gpd.GeoDataFrame:
        """One row a site in EPSG:28992, index 0..n-1, ordered by ``id``.

        Numbers, whole ones too, are float64 with NaN for missing; everything else is an
        object or None: ``use`` holds frozensets, dates are ``datetime.date``, flags True
        or False, categories text. Shared: nobody may change it.
        """
        columns: dict[str, Any] = {}
        for name, column in self.columns.items():
            values = objects_of(column, kind_of_field(name, self.fields))
            columns[name] = as_objects(values) if values.dtype == object else values
        return gpd.GeoDataFrame(columns, geometry=self.shapes.at(slice(None)), crs=RD)

    @cached_property
    def kinds_of_place(self) -> frozenset[str]:
        """Kinds of which there is at least one reference point."""
        return frozenset(self.places["kind"].dropna())

    @cached_property
    def area_codes(self) -> frozenset[str]:
        """Codes of the areas and business parks."""
        return frozenset(self.areas["code"].dropna())

    def at(self, rows: Rows) -> Sites:
        """Sites of some rows, which rise, with all that surrounds them."""
        columns = {name: taken_rows(column, rows) for name, column in self.columns.items()}
        return replace(self, columns=columns, shapes=Shapes.of(self.shapes.at(rows)))

    def row_of(self, site_id: str) -> int | None:
        """Row of a site, or None if it is not among them."""
        at = pc.index(self.ids, pa.scalar(site_id)).as_py()
        return None if at < 0 else int(at)
