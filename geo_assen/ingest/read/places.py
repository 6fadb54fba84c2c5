"""Places in the columns of a table: coordinates, well-known text, GeoJSON in a cell."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo_assen.ingest.content import CRS84
from geo_assen.ingest.issues import Issue
from geo_assen.ingest.read.numbers import coordinates_from, is_blank

__all__ = ["PlaceColumn", "chosen", "find_places", "geometries_of"]

_RD = "EPSG:28992"
_DEGREES = (CRS84, "EPSG:4326", "EPSG:4258")
_NOT_A_GEOMETRY = (TypeError, ValueError, LookupError, OverflowError, AttributeError,
                   NotImplementedError, RecursionError, shapely.errors.ShapelyError)  # fmt: skip
_AXES: dict[str, tuple[str, ...]] = {
    "lon": ("lon", "lng", "long", "longitude", "lengtegraad", "geolon", "geolng", "geolongitude",
            "gpslon", "lonwgs84", "wgs84lon", "longitudewgs84", "wgs84longitude", "lonetrs89",
            "longwgs84", "coordlon", "locationlongitude", "lengtegraadwgs84", "londd"),
    "lat": ("lat", "lat", "lat", "latitude", "breedtegraad", "geolat", "geolat", "geolatitude",
            "gpslat", "latwgs84", "wgs84lat", "latitudewgs84", "wgs84latitude", "latetrs89",
            "latwgs84", "coordlat", "locationlatitude", "breedtegraadwgs84", "latdd"),
    "x": ("x", "xrd", "rdx", "xm", "xcoord", "xcoordinaat", "xcoordinate", "coordx",
          "coordinaatx", "pointx", "easting", "eastings", "geox", "xcoordinaatrd", "rdxcoordinaat",
          "xcoordrd", "xmeter", "posx", "xpos", "coordinatesx", "xco", "xrdnew", "rdnewx",
          "xcentroid", "centroidx", "rdcoordinaatx", "oost"),
    "y": ("y", "yrd", "rdy", "ym", "ycoord", "ycoordinaat", "ycoordinate", "coordy",
          "coordinaaty", "pointy", "northing", "northings", "geoy", "ycoordinaatrd",
          "rdycoordinaat", "ycoordrd", "ymeter", "posy", "ypos", "coordinatesy", "yco", "yrdnew",
          "rdnewy", "ycentroid", "centroidy", "rdcoordinaaty", "noord"),
}  # fmt: skip
"""Names of coordinate columns, lower case, letters and digits only; pairs stand side by side."""
_WKT_NAMES = frozenset({"wktrd", "wkt", "geom", "geometry", "thegeom", "geometrie", "shape"})
_PAIR_NAME = re.compile(r"coord|lat.?lo?ng?|lo?ng?.?lat|geo|gps|locat|positi|point|punt|x.?y")
_WKT = re.compile(
    r"^\s*(?:SRID=(\d+);)?\s*(POINT|LINESTRING|POLYGON|MULTI(?:POINT|LINESTRING|POLYGON|CURVE|"
    r"SURFACE)|GEOMETRYCOLLECTION|CURVEPOLYGON|CIRCULARSTRING|COMPOUNDCURVE)\s*(?:Z|M|ZM)?\s*"
    r"(\(|EMPTY)",
    re.IGNORECASE,
)
_SRID = re.compile(r"^\s*SRID=\d+;", re.IGNORECASE)
_GEOJSON = re.compile(r"^\s*\{.*\"type\"\s*:", re.DOTALL)
_OUTLINE = re.compile(r"POLYGON|SURFACE", re.IGNORECASE)
_PAIR = re.compile(r"^\s*[(\[]?\s*([-+]?\d+(?:[.,]\d+)?)(?:\s*[,;]\s*|\s+)([-+]?\d+(?:[.,]\d+)?)"
                   r"\s*[)\]]?\s*$")  # fmt: skip
_SYSTEM_NAMES = frozenset(
    {"crs", "srs", "srid", "epsg", "coordinatereferencesystem", "coordinatesystem",
     "coordinaatsysteem", "coordinatenstelsel", "referentiestelsel", "projection", "projectie"}
)  # fmt: skip
_SYSTEMS = {"wgs84": CRS84, "crs84": CRS84, "etrs89": "EPSG:4258", "osgb36": "EPSG:27700",
            "rd": _RD, "rdnew": _RD, "rdnieuw": _RD, "amersfoortrdnew": _RD,
            "rijksdriehoek": _RD}  # fmt: skip

Form = Literal["wkt", "geojson", "lonlat", "xy", "pair", "native"]


@dataclass(frozen=True)
class PlaceColumn:
    """A column, or two, that could be the place of a record.

    Attributes
    ----------
    name
        What the user calls it: the column, or both with a comma between.
    form
        How the place is written; ``native``: the format itself has geometries.
    columns
        The column, or easting and northing (or longitude and latitude).
    crs
        Reference system that the column states or implies; None: it does not say.
    outline
        Whether it holds polygons.
    filled
        Whether the first records have one.
    """

    name: str
    form: Form
    columns: tuple[str, ...]
    crs: str | None
    outline: bool = False
    filled: bool = True


def chosen(
    places: Sequence[PlaceColumn], wanted: str | None, crs: str | None
) -> tuple[PlaceColumn, ...]:
    """Put the place to read first: the one that is asked for where the layer has it.

    Parameters
    ----------
    wanted
        Name of the column that the caller asks for.
    crs
        Reference system of the caller, which wins over what the file says.
    """
    stated = [replace(place, crs=crs or place.crs) for place in places]
    return tuple(sorted(stated, key=lambda place: wanted not in (place.name, *place.columns)))


def in_order(places: Sequence[PlaceColumn]) -> list[PlaceColumn]:
    """Put filled ones before empty ones, and outlines before points; else as in the file."""
    return sorted(places, key=lambda place: (not place.filled, not place.outline))


def find_places(names: Sequence[str], sample: Sequence[Sequence[Any]]) -> list[PlaceColumn]:
    """Columns of a table that could be the place, the best first.

    Parameters
    ----------
    names
        Columns of the table.
    sample
        Values of its first records.
    """
    cells = {
        name: [str(row[at]) for row in sample if at < len(row) and not is_blank(row[at])]
        for at, name in enumerate(names)
    }
    stated = _stated_system(cells)
    texts = [place for name in names if (place := _text_place(name, cells[name], stated))]
    pairs = [place for name in names if (place := _pair_place(name, cells[name], stated))]
    taken = {place.name for place in texts}
    both = _coordinate_places([name for name in names if name not in taken], cells, stated)
    return in_order([*texts, *both, *(pair for pair in pairs if pair.name not in taken)])


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _stated_system(cells: dict[str, list[str]]) -> str | None:
    """Reference system that a column of the table states for every record."""
    for name, texts in cells.items():
        if _key(name) in _SYSTEM_NAMES and texts:
            systems = {_system_of(text) for text in texts}
            return systems.pop() if len(systems) == 1 else None
    return None


def _system_of(text: str) -> str | None:
    code = re.fullmatch(r"(?:EPSG[:/\s]*)?(\d{4,6})(?:\.0)?", text.strip(), re.IGNORECASE)
    return f"EPSG:{code[1]}" if code else _SYSTEMS.get(_key(text))


def _text_place(name: str, texts: list[str], stated: str | None) -> PlaceColumn | None:
    """Place written as text in one column; its first cells show it, or else its name."""
    wkt = [found for text in texts if (found := _WKT.match(text))]
    if texts and len(wkt) * 2 > len(texts):
        srids = {found[1] for found in wkt}
        srid = srids.pop() if len(srids) == 1 else None
        crs = f"EPSG:{srid}" if srid else _system_in(name) or stated
        return PlaceColumn(name, "wkt", (name,), crs, any(_OUTLINE.search(m[2]) for m in wkt))
    json_texts = [text for text in texts if _GEOJSON.match(text) and '"coordinates"' in text]
    if texts and len(json_texts) * 2 > len(texts):
        outline = any(_OUTLINE.search(text[:200]) for text in json_texts)
        crs = _system_in(name) or stated or _system_of_geojson(json_texts[0])
        return PlaceColumn(name, "geojson", (name,), crs, outline)
    if _key(name) in _WKT_NAMES and not texts:
        return PlaceColumn(name, "wkt", (name,), _system_in(name) or stated, filled=False)
    return None


def _system_of_geojson(text: str) -> str | None:
    """Degrees, unless the numbers are none: GeoJSON in a cell then does not say its system."""
    number = re.search(r"\[\s*(-?\d+(?:\.\d+)?)", text)
    return CRS84 if number and abs(float(number[1])) <= 180 else None


def _system_in(name: str) -> str | None:
    words = re.split(r"[^a-z0-9]+", name.lower())
    if {"rd", "28992", "rdnew"} & set(words):
        return _RD
    return CRS84 if {"ll", "wgs84", "4326", "latlon", "lonlat", "crs84"} & set(words) else None


def _coordinate_places(
    names: Sequence[str], cells: dict[str, list[str]], stated: str | None
) -> list[PlaceColumn]:
    places: list[PlaceColumn] = []
    by_key: dict[str, str] = {}
    for name in names:
        by_key.setdefault(_key(name), name)
    for form, first, second, implied in (
        ("lonlat", "lon", "lat", CRS84),
        ("xy", "x", "y", _RD),
    ):
        for pair in _axis_pairs(by_key, _AXES[first], _AXES[second]):
            filled = any(cells[name] for name in pair)
            crs = stated or implied
            kind: Form = "lonlat" if form == "lonlat" else "xy"
            places.append(PlaceColumn(", ".join(pair), kind, pair, crs, filled=filled))
    return places


def _axis_pairs(
    by_key: dict[str, str], first: Sequence[str], second: Sequence[str]
) -> list[tuple[str, str]]:
    pairs = dict.fromkeys(
        (by_key[one], by_key[other])
        for one, other in zip(first, second, strict=True)
        if one in by_key and other in by_key
    )
    if pairs:
        return list(pairs)
    ones = [by_key[key] for key in first if key in by_key]
    others = [by_key[key] for key in second if key in by_key]
    return [(ones[0], others[0])] if ones and others else []


def _pair_place(name: str, texts: list[str], stated: str | None) -> PlaceColumn | None:
    """Both coordinates in one cell, under a name that speaks of a place."""
    if not texts or not _PAIR_NAME.search(name.lower()):
        return None
    found = [match for text in texts if (match := _PAIR.match(text))]
    if len(found) * 2 <= len(texts):
        return None
    first = [float(match[1].replace(",", ".")) for match in found]
    metres = sum(abs(number) > 360 for number in first) * 2 > len(first)
    return PlaceColumn(name, "pair", (name,), stated or (_RD if metres else CRS84))


def geometries_of(
    place: PlaceColumn,
    values: pd.DataFrame,
    numbers: NDArray[np.int64],
    decimal: Literal[".", ","],
) -> tuple[NDArray[np.object_], list[Issue]]:
    """Geometries of records from the columns that hold them.

    Returns
    -------
    One geometry a record, None where there is none; and an issue for each record whose
    place is there but cannot be read.
    """
    if place.form in {"lonlat", "xy"}:
        return _points(place, values, numbers, decimal)
    read: Callable[[str], BaseGeometry | None] = {
        "wkt": _from_wkt, "geojson": _from_geojson, "pair": _pair_reader(values, place),
    }[place.form]  # fmt: skip
    cells = values[place.columns[0]].to_numpy(dtype=object)
    geometries = np.full(len(cells), None, dtype=object)
    issues: list[Issue] = []
    for at, cell in enumerate(cells):
        if is_blank(cell):
            continue
        geometries[at] = read(str(cell))
        if geometries[at] is None:
            issues.append(_unreadable(place, int(numbers[at]), cell))
    return geometries, issues


def _unreadable(place: PlaceColumn, number: int, cell: Any) -> Issue:
    kind = "missing_coordinates" if place.form == "pair" else "invalid_geometry"
    return Issue(
        number,
        kind,
        None,
        str(cell)[:200],
        f"The place in column {place.name!r} cannot be read.",
        "Repair the text of the place, or leave the cell empty.",
    )


def _from_wkt(text: str) -> BaseGeometry | None:
    try:
        with np.errstate(invalid="ignore"):  # a coordinate that is none is judged later
            return shapely.from_wkt(_SRID.sub("", text), on_invalid="ignore")
    except (NotImplementedError, shapely.errors.ShapelyError):  # arcs and the like
        return None


def _from_geojson(text: str) -> BaseGeometry | None:
    try:
        document = json.loads(text)
        return shape(document.get("geometry") or document)
    except _NOT_A_GEOMETRY:
        return None


def _pair_reader(values: pd.DataFrame, place: PlaceColumn) -> Callable[[str], BaseGeometry | None]:
    """Reader of cells with two numbers; all cells of a column have the same order."""
    name = place.columns[0]
    latitude_first = place.crs != _RD and _latitude_first(name, values[name])

    def read(text: str) -> BaseGeometry | None:
        found = _PAIR.match(text)
        if found is None:
            return None
        pair = [float(part.replace(",", ".")) for part in found.groups()]
        return shapely.Point(pair[::-1] if latitude_first else pair)

    return read


def _latitude_first(name: str, cells: pd.Series) -> bool:
    key = _key(name)
    if re.search(r"lat.*lo?n", key):
        return True
    if re.search(r"lo?ng?.*lat", key):
        return False
    found = [match for cell in cells if not is_blank(cell) and (match := _PAIR.match(str(cell)))]
    firsts = [abs(float(m[1].replace(",", "."))) for m in found]
    seconds = [abs(float(m[2].replace(",", "."))) for m in found]
    return sum(a >= b for a, b in zip(firsts, seconds, strict=True)) * 2 >= len(found)


def _points(
    place: PlaceColumn,
    values: pd.DataFrame,
    numbers: NDArray[np.int64],
    decimal: Literal[".", ","],
) -> tuple[NDArray[np.object_], list[Issue]]:
    metres = place.form == "xy" and place.crs not in _DEGREES
    axes = [coordinates_from(values[name], decimal, metres=metres) for name in place.columns]
    known = np.isfinite(axes[0][0]) & np.isfinite(axes[1][0])
    blank = axes[0][1] & axes[1][1]
    geometries = np.full(len(values), None, dtype=object)
    geometries[known] = shapely.points(axes[0][0][known], axes[1][0][known])
    issues = [
        _missing(place, values, int(at), int(numbers[at])) for at in np.flatnonzero(~known & ~blank)
    ]
    return geometries, issues


def _missing(place: PlaceColumn, values: pd.DataFrame, at: int, number: int) -> Issue:
    cells = [values[name].iloc[at] for name in place.columns]
    bad = [n for n, cell in enumerate(cells) if is_blank(cell)] or [
        n for n, cell in enumerate(cells) if not math.isfinite(_number(cell))
    ]
    column = place.columns[bad[0]] if bad else place.columns[0]
    shown = cells[bad[0]] if bad else cells[0]
    what = (
        f"Column {column!r} is empty"
        if is_blank(shown)
        else f"{shown!r} in {column!r} is no number"
    )
    return Issue(
        number, "missing_coordinates", None, ", ".join(str(cell) for cell in cells)[:200],
        f"{what}; a place needs both coordinates.",
        "Fill in the coordinate, or let the address say where it is.",
    )  # fmt: skip


def _number(cell: Any) -> float:
    parsed, _ = coordinates_from(pd.Series([cell], dtype=object), ".", metres=False)
    return float(parsed[0])
