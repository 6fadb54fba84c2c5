"""Rows on their way out: a frame with the definitions that explain it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

from geo_assen.catalogue import FieldDefinition, LayerDefinition
from geo_assen.sites import FieldSource

__all__ = ["PROVENANCE", "LayerRows", "plain_value", "records"]

PROVENANCE = ("source_name", "source_date", "certainty", "licence")
"""Columns that travel with every record that leaves."""


@dataclass(frozen=True)
class LayerRows:
    """Rows of one layer at a date, with only the fields that the asker may see.

    Attributes
    ----------
    layer
        Definition of the layer.
    fields
        Fields shown, in the order of the layer file.
    frame
        One row a record in EPSG:28992: a column a field, the columns of
        :data:`PROVENANCE`, and ``geometry`` where the layer has one.
    total
        Number of records before ``limit`` cut them.
    as_of
        Date for which the rows are said.
    present_attributes
        True where attributes of today stand in for ones never recorded for the date.
    names
        Names of records that fields refer to, by layer and code, for readers.
    field_sources
        Who says what stands in a field, for fields that have a source of their own.
    """

    layer: LayerDefinition
    fields: tuple[FieldDefinition, ...]
    frame: pd.DataFrame
    total: int
    as_of: date
    present_attributes: bool = False
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    field_sources: Mapping[str, FieldSource] = field(default_factory=dict)

    @property
    def geometries(self) -> gpd.GeoSeries | None:
        """Geometries in RD, or None for a layer without."""
        return self.frame.geometry if isinstance(self.frame, gpd.GeoDataFrame) else None

    @property
    def columns(self) -> list[str]:
        """Names of what leaves: fields, then provenance."""
        names = [item.name for item in self.fields]
        return names + [name for name in PROVENANCE if name not in names]


def records(rows: LayerRows) -> Iterator[dict[str, Any]]:
    """Each row as plain values by column: ISO dates, lists for sets, None for missing."""
    columns = [
        [plain_value(value) for value in rows.frame[name]]
        if name in rows.frame
        else [None] * len(rows.frame)
        for name in rows.columns
    ]
    for values in zip(*columns, strict=True):
        yield dict(zip(rows.columns, values, strict=True))


def plain_value(value: Any) -> Any:
    """Value as JSON may hold it; a number that is none (NaN, infinite) is missing."""
    if isinstance(value, (frozenset, set)):
        return sorted(value)
    if isinstance(value, (str, bool)) or value is None:
        return value
    if pd.isna(value):
        return None
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return _plain_float(value)
    return value


def _plain_float(value: float) -> float | int | None:
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() else value
