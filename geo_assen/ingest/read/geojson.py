"""GeoJSON, feature by feature: a file of any size passes through a buffer of a few megabytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TextIO

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_assen.ingest.content import CRS84, PART_ROWS, FileLayer, Part
from geo_assen.ingest.issues import Issue
from geo_assen.ingest.read.columns import finite_column_of
from geo_assen.ingest.read.places import (
    PlaceColumn,
    chosen,
    find_places,
    geometries_of,
    in_order,
)
from geo_assen.ingest.read.safety import Source
from geo_assen.ingest.read.shapes import geometries_from, is_unclosed
from geo_assen.ingest.read.text import encoding_of

__all__ = ["geojson_layers", "geojsonseq_layers"]

GEOMETRY = "geometry"
"""What the geometry of a feature is called among columns that hold a place."""
_READ_SIGNS = 4 * 1024 * 1024
_MAX_FEATURE_SIGNS = 128 * 1024 * 1024
_BLANK = re.compile(r"[ \t\r\n\x1e]*")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""Escape of half a sign; two of them in a row are one."""
_SAMPLE = 1_000
_AT_ONCE = 100
"""Features whose lists of coordinates are held at the same time: many more slow Python down."""
_GEOMETRY_TYPES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
     "GeometryCollection"}
)  # fmt: skip


class _Scanner:
    """Values of a JSON text one after the other, read from disk as they are needed."""

    def __init__(self, source: Source, stream: TextIO) -> None:
        self._source = source
        self._stream = stream
        self._decoder = json.JSONDecoder()
        self._buffer = ""
        self._at = 0
        self._lines_before = 0
        self._column_before = 0
        self._ended = False
        self._halves = False

    def peek(self) -> str:
        """Next sign that is no blank; "" at the end of the file."""
        while True:
            self._at = _BLANK.match(self._buffer, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def take(self, signs: str) -> str:
        """Take the next sign, which must be one of some."""
        sign = self.peek()
        if sign == "" or sign not in signs:
            raise self._fault(f"expected {' or '.join(signs)}", self._at)
        self._at += 1
        return sign

    def end(self) -> None:
        """Refuse anything that still follows."""
        if self.peek():
            raise self._fault("Extra data", self._at)

    def value(self) -> Any:
        """Take the next value."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                ahead = error.pos - self._at
                if self._cut_off(error) and self._more():
                    continue
                raise self._fault(error.msg, self._at + ahead) from error
            except (RecursionError, ValueError) as error:
                raise self._source.refused(
                    "the JSON nests too deep or has a number too long."
                ) from error
            ahead = end - self._at
            if end == len(self._buffer) and self._more():
                continue  # a number may go on
            self._at += ahead
            return _whole_signs(value) if self._halves else value

    def _cut_off(self, error: json.JSONDecodeError) -> bool:
        """Whether the fault may be the end of the buffer rather than of the file."""
        near_the_end = error.pos > len(self._buffer) - 20
        return near_the_end or error.msg.startswith("Unterminated")

    def _more(self) -> bool:
        """Read on, what was taken left out; False at the end of the file."""
        if self._ended:
            return False
        taken = self._buffer[: self._at]
        if breaks := taken.count("\n"):
            self._lines_before += breaks
            self._column_before = len(taken) - taken.rfind("\n") - 1
        else:
            self._column_before += len(taken)
        rest = self._buffer[self._at :]
        if len(rest) > _MAX_FEATURE_SIGNS:
            raise self._source.refused(
                "one feature is larger than 128 MB; simplify it or leave it out."
            )
        read = self._stream.read(max(_READ_SIGNS, len(rest)))
        self._ended = read == ""
        self._halves = self._halves or _HALF.search(read) is not None
        self._buffer, self._at = rest + read, 0
        return not self._ended

    def _fault(self, what: str, position: int) -> Exception:
        before = self._buffer[:position]
        line = self._lines_before + before.count("\n") + 1
        column = len(before) - before.rfind("\n") if "\n" in before else (
            self._column_before + len(before) + 1
        )  # fmt: skip
        return self._source.refused(f"not valid JSON at line {line}, column {column}: {what}.")


def _whole_signs(value: Any) -> Any:
    """Value in which half a sign, that JSON can write and nothing can keep, is marked as lost."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole_signs(part) for part in value]
    if isinstance(value, dict):
        return {_whole_signs(name): _whole_signs(part) for name, part in value.items()}
    return value


class _Collection:
    """Features of a FeatureCollection, and its other members as they come by."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.members: dict[str, Any] = {}
        self.has_features = False

    def features(self) -> Iterator[Any]:
        """Features from the first to the last; the other members are known after the last."""
        with _opened(self._source) as stream:
            scanner = _Scanner(self._source, stream)
            if scanner.peek() != "{":
                yield from self._whole(scanner)
            else:
                yield from self._members_of(scanner)
            scanner.end()

    def _whole(self, scanner: _Scanner) -> Iterator[Any]:
        scanner.value()
        yield from ()

    def _members_of(self, scanner: _Scanner) -> Iterator[Any]:
        scanner.take("{")
        if scanner.peek() == "}":
            scanner.take("}")
            return
        while True:
            name = self._name(scanner)
            scanner.take(":")
            if name == "features" and scanner.peek() == "[":
                self.has_features = True
                yield from _elements(scanner)
            else:
                self.members[name] = scanner.value()
            if scanner.take(",}") == "}":
                return

    def _name(self, scanner: _Scanner) -> str:
        if scanner.peek() != '"':
            scanner.take('"')
        return str(scanner.value())


def _elements(scanner: _Scanner) -> Iterator[Any]:
    scanner.take("[")
    if scanner.peek() == "]":
        scanner.take("]")
        return
    while True:
        yield scanner.value()
        if scanner.take(",]") == "]":
            return


def _opened(source: Source) -> TextIO:
    encoding = encoding_of(source.path)
    if not encoding.startswith("utf"):
        raise source.refused("the file is not UTF-8, as GeoJSON must be.")
    return source.path.open(encoding=encoding, newline="")


def geojson_layers(source: Source) -> list[FileLayer]:
    """Layer of a GeoJSON file: a FeatureCollection, one feature, or one geometry.

    Raises
    ------
    FileRefused
        If it is not valid JSON to the last sign, or no GeoJSON.
    """
    collection = _Collection(source)
    survey = _Survey()
    for feature in collection.features():
        survey.add(feature)
    if collection.has_features:
        crs = source.crs or _declared_crs(source, collection.members.get("crs"))
        return [_layer(source, survey, crs, lambda: _Collection(source).features())]
    feature = _as_feature(collection.members)
    if feature is None:
        raise source.refused("not a GeoJSON FeatureCollection: it has no list 'features'.")
    survey.add(feature)
    crs = source.crs or _declared_crs(source, collection.members.get("crs"))
    return [_layer(source, survey, crs, lambda: iter([feature]))]


def geojsonseq_layers(source: Source) -> list[FileLayer]:
    """Layer of a file with one feature a line, with or without the record separator."""
    survey = _Survey()
    for feature in _sequence(source):
        survey.add(feature)
    return [_layer(source, survey, source.crs or CRS84, lambda: _sequence(source))]


def _sequence(source: Source) -> Iterator[Any]:
    with _opened(source) as stream:
        scanner = _Scanner(source, stream)
        while scanner.peek():
            value = scanner.value()
            yield (_as_feature(value) or value) if isinstance(value, dict) else value


def _as_feature(document: dict[str, Any]) -> dict[str, Any] | None:
    if document.get("type") == "Feature":
        return document
    if document.get("type") in _GEOMETRY_TYPES:
        return {"type": "Feature", "properties": {}, "geometry": document}
    return None


def _declared_crs(source: Source, member: Any) -> str:
    """CRS84, unless the file carries the ``crs`` member of GeoJSON before RFC 7946."""
    if not member:
        return CRS84
    properties = member.get("properties") if isinstance(member, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if "CRS84" in name:
        return CRS84
    found = re.search(r"\bEPSG(?::|/)(?:[\d.]*(?::|/))?(\d{4,6})$", name)
    if found is None:
        raise source.refused(f"unknown reference system {name!r}; give it with --crs EPSG:n.")
    return f"EPSG:{found[1]}"


class _Survey:
    """Columns, number and first values of the features of a file."""

    def __init__(self) -> None:
        self.count = 0
        self.columns: dict[str, None] = {}
        self.sample: list[dict[str, Any]] = []
        self.types: set[str] = set()

    def add(self, feature: Any) -> None:
        """Look at one more feature."""
        self.count += 1
        values = _values_of(feature)
        if values is None:
            return
        self.columns.update(dict.fromkeys(values))
        if len(self.sample) < _SAMPLE:
            self.sample.append(values)
            geometry = feature.get("geometry")
            if isinstance(geometry, dict):
                self.types.add(str(geometry.get("type")))

    def places(self, crs: str) -> list[PlaceColumn]:
        """Geometry of the features, and columns that hold another."""
        own = PlaceColumn(
            GEOMETRY,
            "native",
            (GEOMETRY,),
            crs,
            any("Polygon" in kind for kind in self.types),
            filled=bool(self.types) or not self.count,
        )
        names = list(self.columns)
        others = find_places(names, [[row.get(name) for name in names] for row in self.sample])
        return in_order([own, *(place for place in others if place.filled)])


def _layer(source: Source, survey: _Survey, crs: str, features: Any) -> FileLayer:
    places = chosen(survey.places(crs), source.geometry_column, source.crs)
    columns = tuple(survey.columns)
    if places[0].form != "native":
        own = GEOMETRY if GEOMETRY not in columns else f"{GEOMETRY} (2)"
        columns = (*columns, own)
    return FileLayer(
        source.name,
        columns,
        lambda: _parts(features(), columns, places[0]),
        crs=places[0].crs,
        rows=survey.count,
        geometry_columns=tuple(place.name for place in places),
    )


def _values_of(feature: Any) -> dict[str, Any] | None:
    """Properties of a feature with its id; None where it is not shaped like a feature."""
    if not isinstance(feature, dict):
        return None
    values = feature.get("properties") or {}
    if not isinstance(values, dict):
        return None
    if "id" in feature and "id" not in values:
        return {"id": feature["id"], **values}
    return values


@dataclass
class _Read:
    """Features that were taken apart: their numbers, values, geometries, and what was wrong."""

    numbers: list[int] = field(default_factory=list)
    values: list[dict[str, Any]] = field(default_factory=list)
    drawn: list[NDArray[np.object_]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def add(self, batch: list[tuple[int, Any]]) -> None:
        """Take some more features apart, so that their lists of coordinates can go."""
        values = [_values_of(feature) for _, feature in batch]
        drawn, bad = geometries_from(
            [
                None if row is None else feature.get("geometry")
                for row, (_, feature) in zip(values, batch, strict=True)
            ]
        )
        kept = np.array([row is not None for row in values], dtype=bool) & ~bad
        self.drawn.append(drawn[kept])
        for (number, feature), row, keep in zip(batch, values, kept, strict=True):
            if not keep or row is None:
                self.issues.append(_unreadable(number, feature))
                continue
            self.numbers.append(number)
            self.values.append(row)
            if is_unclosed(feature.get("geometry")):
                self.issues.append(_closed(number))


def _parts(features: Iterator[Any], columns: tuple[str, ...], place: PlaceColumn) -> Iterator[Part]:
    numbered = enumerate(features, start=1)
    while True:
        read = _Read()
        for _ in range(PART_ROWS // _AT_ONCE):
            if batch := list(islice(numbered, _AT_ONCE)):
                read.add(batch)
        if not read.drawn:
            return
        yield _part(read, columns, place)


def _part(read: _Read, columns: tuple[str, ...], place: PlaceColumn) -> Part:
    numbers = np.array(read.numbers, dtype=np.int64)
    drawn = np.concatenate(read.drawn)
    frame = pd.DataFrame(
        {name: finite_column_of([row.get(name) for row in read.values]) for name in columns},
        index=pd.RangeIndex(len(numbers)),
    )
    if place.form == "native":
        return Part(numbers, frame, drawn, read.issues)
    geometry, faults = geometries_of(place, frame, numbers, ".")
    frame[columns[-1]] = pd.Series(shapely.to_wkt(drawn, rounding_precision=-1), dtype=object)
    return Part(numbers, frame, geometry, read.issues + faults)


def _closed(number: int) -> Issue:
    return Issue(
        number,
        "invalid_geometry_repaired",
        None,
        None,
        "Repaired: the outline did not end where it began; it is closed.",
    )


def _unreadable(number: int, feature: Any) -> Issue:
    return Issue(
        number,
        "unreadable_row",
        None,
        str(feature)[:2000],
        "The feature cannot be read.",
        "Repair the geometry or leave it out.",
    )
