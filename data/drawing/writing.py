"""Write rows as CSV or GeoJSON, with the columns of their layer file and one row a line."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from shapely.geometry import mapping

from data.drawing.shapes import to_degrees
from geo_assen.catalogue import FieldDefinition, LayerDefinition

__all__ = ["write_csv", "write_geojson"]

Row = Mapping[str, Any]


def write_csv(folder: Path, layer: LayerDefinition, rows: Iterable[Row]) -> None:
    """Write ``<layer>.csv``: header of field names, empty cells for what is not known."""
    names = [field.name for field in layer.stored_fields]
    with (folder / f"{layer.id}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for row in rows:
            _refuse_unknown(layer, row, names)
            writer.writerow([_cell(row.get(name)) for name in names])


def write_geojson(folder: Path, layer: LayerDefinition, rows: Iterable[Row]) -> None:
    """Write ``<layer>.geojson`` in CRS84; ``geometry`` of a row is a shape in RD or None."""
    lines = [_feature(layer, row) for row in rows]
    text = '{"type": "FeatureCollection", "features": [\n' + ",\n".join(lines) + "\n]}\n"
    (folder / f"{layer.id}.geojson").write_text(text, encoding="utf-8", newline="\n")


def _feature(layer: LayerDefinition, row: Row) -> str:
    _refuse_unknown(layer, row, [field.name for field in layer.stored_fields] + ["geometry"])
    shape = row["geometry"]
    feature = {
        "type": "Feature",
        "properties": {f.name: _plain(f, row.get(f.name)) for f in layer.stored_fields},
        "geometry": None if shape is None else mapping(to_degrees(shape)),
    }
    return json.dumps(feature, ensure_ascii=False)


def _refuse_unknown(layer: LayerDefinition, row: Row, names: list[str]) -> None:
    unknown = sorted(set(row) - set(names))
    if unknown:
        raise ValueError(f"{layer.id} has no field {unknown[0]!r}")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return ";".join(value) if isinstance(value, tuple) else str(value)


def _plain(field: FieldDefinition, value: Any) -> Any:
    if isinstance(value, tuple):
        return ";".join(value)
    if isinstance(value, date):
        return value.isoformat()
    return round(value) if field.type == "integer" and value is not None else value
