"""Files that leave besides GeoJSON: GeoPackage, FlatGeobuf, CSV and XLSX."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import shapely

from geo_assen.errors import FileRefused
from geo_assen.export.cells import guarded, text_cell
from geo_assen.export.geojson import feature_collection, feature_sequence
from geo_assen.export.rows import LayerRows, plain_value, records

__all__ = ["FORMATS", "MEDIA_TYPES", "encode"]

MEDIA_TYPES = {
    "geojson": "application/geo+json",
    "geojsonseq": "application/geo+json-seq",
    "gpkg": "application/geopackage+sqlite3",
    "fgb": "application/flatgeobuf",
    "csv": "text/csv; charset=utf-8",
    "csv-nl": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMATS = tuple(MEDIA_TYPES)
_DECIMALS = {True: 3, False: 8}
"""Digits of coordinates in metres and in degrees: a millimetre either way."""
_TYPES = {"integer": "Int64", "number": "float64", "boolean": "boolean"}


def encode(rows: LayerRows, kind: str, language: str = "nl") -> bytes:
    """Write rows of a layer as a file of the given kind.

    Parameters
    ----------
    kind
        One of :data:`FORMATS`. ``csv-nl`` has ``;`` and a decimal comma, for Dutch
        spreadsheets. GeoJSON is in CRS84, everything else in EPSG:28992.
    language
        Language of the column titles of XLSX.

    Raises
    ------
    FileRefused
        If the kind is unknown, or the layer has no geometry and the kind needs one.
    """
    if kind not in _WRITERS:
        raise FileRefused(kind, f"unknown format; use one of {', '.join(FORMATS)}.")
    return _WRITERS[kind](rows, language)


def _geojson(rows: LayerRows, _language: str) -> bytes:
    return "".join(feature_collection(rows)).encode()


def _geojsonseq(rows: LayerRows, _language: str) -> bytes:
    return "".join(feature_sequence(rows)).encode()


def _csv(rows: LayerRows, _language: str) -> bytes:
    return _table_text(rows, ",", ".")


def _csv_nl(rows: LayerRows, _language: str) -> bytes:
    return b"\xef\xbb\xbf" + _table_text(rows, ";", ",")


def _table_text(rows: LayerRows, delimiter: str, decimal: str) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    shapes = rows.geometries
    writer.writerow(rows.columns + _wkt_column(shapes))
    texts = None if shapes is None else _wkt(shapes)
    for index, record in enumerate(records(rows)):
        cells = [_cell(value, decimal) for value in record.values()]
        writer.writerow(cells if texts is None else [*cells, texts[index] or ""])
    return out.getvalue().encode()


def _wkt_column(shapes: gpd.GeoSeries | None) -> list[str]:
    """Name of the column with the geometry; only in RD does it say the reference system."""
    if shapes is None:
        return []
    return ["wkt_rd" if shapes.crs is None or shapes.crs.to_epsg() == 28992 else "wkt"]


def _wkt(shapes: gpd.GeoSeries) -> Any:
    decimals = _DECIMALS[shapes.crs is None or shapes.crs.is_projected]
    return shapely.to_wkt(shapes.to_numpy(), rounding_precision=decimals)


def _cell(value: Any, decimal: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(value)
    if isinstance(value, float):
        return f"{value:.15g}".replace(".", decimal)
    return guarded(value) if isinstance(value, str) else str(value)


def _xlsx(rows: LayerRows, language: str) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(rows.layer.title.of(language)[:31])
    titles = {field.name: field.title.of(language) for field in rows.fields}
    sheet.append([titles.get(name, name) for name in rows.columns])
    for record in records(rows):
        sheet.append([_xlsx_cell(sheet, value) for value in record.values()])
    about = book.create_sheet("Bron" if language == "nl" else "Source")
    for line in (
        (rows.layer.title.of(language), rows.layer.description.of(language)),
        ("licence", rows.layer.source.licence),
        ("publisher", rows.layer.source.publisher),
        ("as_of", rows.as_of.isoformat()),
    ):
        about.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xlsx_cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, list):
        value = ";".join(value)
    return text_cell(sheet, value) if isinstance(value, str) else value


def _vector_file(driver: str, suffix: str) -> Callable[[LayerRows, str], bytes]:
    def write(rows: LayerRows, _language: str) -> bytes:
        shapes = rows.geometries
        if shapes is None:
            raise FileRefused(rows.layer.id, f"the layer has no geometry; {suffix} needs one.")
        values = pd.DataFrame(
            {name: _column(rows, name) for name in rows.columns if name in rows.frame}
        )
        frame = gpd.GeoDataFrame(values, geometry=shapes.to_numpy(), crs=shapes.crs)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{rows.layer.id}.{suffix}"
            pyogrio.write_dataframe(
                frame, path, driver=driver, layer=rows.layer.id, **_options(rows, shapes, driver)
            )
            return path.read_bytes()

    return write


def _options(rows: LayerRows, shapes: gpd.GeoSeries, driver: str) -> dict[str, Any]:
    """Licence, source and date, where the format has a place for them."""
    if driver != "GPKG":
        # A record without a place fits in FlatGeobuf only where the file has no index.
        return {"SPATIAL_INDEX": "NO" if shapes.isna().any() or shapes.is_empty.any() else "YES"}
    source = rows.layer.source
    return {
        "layer_metadata": {
            "IDENTIFIER": rows.layer.title.nl,
            "DESCRIPTION": f"{source.publisher}; {source.licence}; {rows.as_of.isoformat()}",
        }
    }


def _column(rows: LayerRows, name: str) -> pd.Series[Any]:
    """Values of a column in the type of its field, so that a file without rows has it too."""
    field = next((item for item in rows.fields if item.name == name), None)
    kind = _TYPES.get(field.type, "object") if field else "object"
    return pd.Series([_flat(value) for value in rows.frame[name]], dtype=kind)


def _flat(value: Any) -> Any:
    plain = plain_value(value)
    return ";".join(plain) if isinstance(plain, list) else plain


_WRITERS: dict[str, Callable[[LayerRows, str], bytes]] = {
    "geojson": _geojson,
    "geojsonseq": _geojsonseq,
    "gpkg": _vector_file("GPKG", "gpkg"),
    "fgb": _vector_file("FlatGeobuf", "fgb"),
    "csv": _csv,
    "csv-nl": _csv_nl,
    "xlsx": _xlsx,
}
