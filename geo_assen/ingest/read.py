"""Read a file into plain rows: GeoJSON and CSV, without judging the values."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo_assen.errors import FileRefused
from geo_assen.ingest.issues import Issue

__all__ = ["CRS84", "FileContent", "Row", "read_file", "sha256_of"]

CRS84 = "OGC:CRS84"
_ENCODINGS = ("utf-8-sig", "cp1252")
_COORDINATES = {
    "lon": ("lon", "lng", "longitude", "lengtegraad"),
    "lat": ("lat", "latitude", "breedtegraad"),
    "x": ("x", "x_rd", "rd_x", "x_m"),
    "y": ("y", "y_rd", "rd_y", "y_m"),
}
_WKT_RD = "wkt_rd"
"""Column of our own exports: well-known text in RD."""
_WKT = (_WKT_RD, "wkt", "geom", "geometry", "the_geom")
_HEADER_SIGNS = 20_000
"""Part of a table in which its header is looked for."""
_NOT_A_FEATURE = (
    TypeError,
    ValueError,
    LookupError,
    OverflowError,
    AttributeError,
    shapely.errors.ShapelyError,
)
"""What taking a feature apart may end in when it is not shaped like one."""
_MAX_CSV_FIELD_BYTES = 50_000_000


@dataclass(frozen=True)
class Row:
    """One record: its number in the file from 1, its values, and its geometry as read."""

    number: int
    values: dict[str, Any]
    geometry: BaseGeometry | None


@dataclass(frozen=True)
class FileContent:
    """All records of one layer of a file.

    Attributes
    ----------
    name
        Name of the layer in the file; for one-layer formats the name of the file.
    crs
        Reference system of the geometries, or None where there are none.
    issues
        Faults met while reading; their rows are not in ``rows``.
    decimal
        Decimal sign where a number can be read in two ways: "1.500" is 1500 in a table with
        semicolons, 1.5 elsewhere.
    """

    name: str
    rows: list[Row]
    crs: str | None
    issues: list[Issue] = field(default_factory=list)
    decimal: Literal[".", ","] = "."


def sha256_of(path: Path) -> str:
    """Hash that tells two files with the same content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_file(path: Path, crs: str | None = None) -> list[FileContent]:
    """Read every layer of a file.

    Parameters
    ----------
    path
        A ``.geojson``, ``.json`` or ``.csv`` file.
    crs
        Reference system to assume; None: what the file says, or what its numbers say.

    Raises
    ------
    FileRefused
        If the file cannot be read as a whole.
    """
    if not path.is_file():
        raise FileRefused(path, "there is no such file.")
    kind = path.suffix.lower()
    try:
        if kind in {".geojson", ".json"}:
            return [_read_geojson(path, crs)]
        if kind == ".csv":
            return [_read_csv(path, crs)]
    except OSError as error:
        raise FileRefused(path, f"the file cannot be read: {error.strerror}.") from error
    raise FileRefused(
        path, f"{kind or 'a file without extension'} cannot be read; give .geojson or .csv."
    )


def _read_geojson(path: Path, crs: str | None) -> FileContent:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FileRefused(path, "the file is not UTF-8, as GeoJSON must be.") from error
    except json.JSONDecodeError as error:
        raise FileRefused(
            path, f"not valid JSON at line {error.lineno}, column {error.colno}: {error.msg}."
        ) from error
    except (RecursionError, ValueError) as error:
        raise FileRefused(path, "the JSON nests too deep or has a number too long.") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise FileRefused(path, "not a GeoJSON FeatureCollection: it has no list 'features'.")
    rows: list[Row] = []
    issues: list[Issue] = []
    for number, feature in enumerate(features, start=1):
        try:
            rows.append(_feature_row(number, feature))
        except _NOT_A_FEATURE:
            issues.append(
                Issue(
                    number,
                    "unreadable_row",
                    None,
                    str(feature)[:200],
                    "The feature cannot be read.",
                    "Repair the geometry or leave it out.",
                )
            )
    return FileContent(path.stem, rows, crs or _declared_crs(path, document), issues)


def _feature_row(number: int, feature: dict[str, Any]) -> Row:
    values = feature.get("properties") or {}
    if not isinstance(values, dict):
        raise TypeError("properties is not an object")
    if "id" in feature and "id" not in values:
        values = {"id": feature["id"], **values}
    values = {name: _finite(value) for name, value in values.items()}
    geometry = feature.get("geometry")
    return Row(number, values, None if geometry is None else shape(geometry))


def _finite(value: Any) -> Any:
    """Value in which NaN and infinity are text: JSON does not know them as numbers."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list):
        return [_finite(part) for part in value]
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    return value


def _declared_crs(path: Path, document: dict[str, Any]) -> str:
    """CRS84, unless the file carries the ``crs`` member of GeoJSON before RFC 7946."""
    member = document.get("crs")
    if not member:
        return CRS84
    properties = member.get("properties") if isinstance(member, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if "CRS84" in name:
        return CRS84
    found = re.search(r"\bEPSG(?::|/)(?:[\d.]*(?::|/))?(\d{4,6})$", name)
    if found is None:
        raise FileRefused(path, f"unknown reference system {name!r}; give it with --crs EPSG:n.")
    return f"EPSG:{found[1]}"


def _read_csv(path: Path, crs: str | None) -> FileContent:
    text, delimiter = _without_delimiter_line(_decoded(path))
    csv.field_size_limit(_MAX_CSV_FIELD_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = _header(path, next(reader, []))
    rows: list[Row] = []
    issues: list[Issue] = []
    place = _place_columns(header)
    for number, cells in enumerate(_filled(path, reader), start=1):
        if len(cells) != len(header):
            issues.append(
                Issue(
                    number,
                    "unreadable_row",
                    None,
                    delimiter.join(cells)[:200],
                    f"The row has {len(cells)} cells, the header {len(header)}.",
                    "Quote cells that hold the delimiter.",
                )
            )
            continue
        values: dict[str, Any] = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        rows.append(Row(number, values, _place(values, place)))
    decimal: Literal[".", ","] = "," if delimiter == ";" else "."
    return FileContent(path.stem, rows, _csv_crs(path, place, crs), issues, decimal)


def _header(path: Path, cells: list[str]) -> list[str]:
    """Names of the columns; one without a name is called by its position."""
    if not any(cell.strip() for cell in cells):
        raise FileRefused(path, "the file has no header row.")
    header = [cell.strip() or f"column {at}" for at, cell in enumerate(cells, start=1)]
    doubles = sorted({name for name in header if header.count(name) > 1})
    if doubles:
        raise FileRefused(path, f"the header has {doubles[0]!r} twice.")
    return header


def _filled(path: Path, reader: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from (cells for cells in reader if cells)
    except csv.Error as error:
        raise FileRefused(path, f"the table cannot be taken apart: {error}.") from error


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused(path, "the text is neither UTF-8 nor Windows-1252.")


def _without_delimiter_line(text: str) -> tuple[str, str]:
    """Text of the table and its delimiter, which a spreadsheet may say in a line of its own."""
    stated = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    if stated:
        return text[stated.end() :], stated[1]
    bare = re.sub(r'"[^"]*"', "", text[:_HEADER_SIGNS])
    header = (bare.splitlines() or [""])[0]
    return text, max(",;\t|", key=header.count)


def _place_columns(header: list[str]) -> dict[str, str]:
    """Columns that hold the place: {'wkt': name}, {'lon','lat'} or {'x','y'}."""
    lower = {name.lower(): name for name in header}
    for name in _WKT:
        if name in lower:
            return {"wkt": lower[name]}
    found = {
        axis: lower[name] for axis, names in _COORDINATES.items() for name in names if name in lower
    }
    for pair in (("lon", "lat"), ("x", "y")):
        if all(axis in found for axis in pair):
            return {axis: found[axis] for axis in pair}
    return {}


def _place(values: dict[str, Any], columns: dict[str, str]) -> BaseGeometry | None:
    """Geometry of a row, its columns taken out; unreadable text gives None."""
    texts = {axis: str(values.pop(name)) for axis, name in columns.items()}
    if "wkt" in texts:
        return _from_wkt(texts["wkt"])
    try:
        numbers = [float(text.replace(",", ".")) for text in texts.values()]
    except ValueError:
        return None
    known = len(numbers) == 2 and all(math.isfinite(number) for number in numbers)
    return shapely.Point(numbers) if known else None


def _from_wkt(text: str) -> BaseGeometry | None:
    try:
        with np.errstate(invalid="ignore"):  # a coordinate that is none is judged later
            return shapely.from_wkt(text or None, on_invalid="ignore")
    except (NotImplementedError, shapely.errors.ShapelyError):  # arcs and the like
        return None


def _csv_crs(path: Path, columns: dict[str, str], crs: str | None) -> str | None:
    if not columns:
        return None
    if crs:
        return crs
    if "lon" in columns:
        return CRS84
    if "x" in columns or columns.get("wkt", "").lower() == _WKT_RD:
        return "EPSG:28992"
    raise FileRefused(
        path, "the geometry column does not say its reference system; give --crs EPSG:n."
    )
