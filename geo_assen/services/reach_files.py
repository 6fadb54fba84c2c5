"""What labour reach is computed from: a road graph and where workers live, read from files."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from geo_assen.catalogue import CERTAINTIES
from geo_assen.commuting import MODES, Floats, Origins, Road, RoadGraph, build_graph
from geo_assen.crs import RD_EXTENT, lonlat_to_rd
from geo_assen.errors import FileRefused
from geo_assen.services.osm_roads import OSM_ENDINGS, osm_roads

__all__ = ["ReadOrigins", "ReadRoads", "read_origins", "read_roads"]

_COLUMNS = ("code", "x_m", "y_m", "workers")
_MOST_KMH = 200
_OSM_SOURCE = "OpenStreetMap contributors, ODbL 1.0"


@dataclass(frozen=True, eq=False)
class ReadRoads:
    """A road graph and what its file says of itself; parts that it does not say are None."""

    graph: RoadGraph
    source: str | None
    day: date | None
    certainty: str | None


@dataclass(frozen=True, eq=False)
class ReadOrigins:
    """Places where workers live, and the codes of the sources that their file names."""

    origins: Origins
    source_codes: frozenset[str]


def read_roads(path: Path) -> ReadRoads:
    """Road graph of a file: GeoJSON of lines with speeds, or an extract of OpenStreetMap.

    A line has ``car_kmh`` and ``bike_kmh`` (absent or null: closed to it), ``oneway`` (for
    cars) and ``access`` (false: entered only where it meets other roads). The collection may
    say its ``source``, ``date`` and ``certainty``.

    Raises
    ------
    FileRefused
        If it cannot be read as one of these, or has no road.
    """
    if path.name.endswith(OSM_ENDINGS):
        roads = list(osm_roads(path))
        document: dict[str, Any] = {"source": _OSM_SOURCE, "certainty": "modelled"}
    else:
        document = _document(path)
        roads = [road for one in _features(path, document) for road in one]
    if not roads:
        raise FileRefused(path, "it holds no road with a speed; docs/reach.md says what to give.")
    return ReadRoads(
        build_graph(roads), _text(document, "source"), _day(path, document),
        _certainty(path, document),
    )  # fmt: skip


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise FileRefused(path, f"cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise FileRefused(path, "it is not JSON; give GeoJSON of lines.") from error
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise FileRefused(path, "it is not a GeoJSON FeatureCollection; give one of lines.")
    return document


def _features(path: Path, document: Mapping[str, Any]) -> Iterator[list[Road]]:
    for number, feature in enumerate(document["features"], start=1):
        try:
            yield _roads(feature)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            told = error.args[0] if isinstance(error, _Wrong) else "it is not a line with speeds"
            raise FileRefused(path, f"feature {number}: {told}; mend or drop it.") from error


class _Wrong(ValueError):
    """What is wrong with a feature, in words."""


def _roads(feature: Mapping[str, Any]) -> list[Road]:
    properties, geometry = feature["properties"], feature["geometry"]
    lines = {"LineString": lambda c: [c], "MultiLineString": list}[geometry["type"]](
        geometry["coordinates"]
    )
    kmh = {mode: _speed(properties.get(f"{mode}_kmh")) for mode in MODES}
    used = {mode: speed for mode, speed in kmh.items() if speed is not None}
    return [
        Road(
            _metres(line), used, bool(properties.get("oneway")),
            properties.get("access") is not False,
        )
        for line in lines
        if used
    ]  # fmt: skip


def _speed(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= _MOST_KMH:
        raise _Wrong(f"a speed is a number of kilometres an hour up to {_MOST_KMH}, not {value!r}")
    return float(value)


def _metres(line: list[list[float]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    degrees = np.array([point[:2] for point in line], dtype=np.float64)
    if len(degrees) < 2 or not np.isfinite(degrees).all() or (np.abs(degrees) > (180, 90)).any():
        raise _Wrong("its corners are not longitude and latitude in degrees")
    return np.column_stack(lonlat_to_rd(degrees[:, 0], degrees[:, 1]))


def _text(document: Mapping[str, Any], name: str) -> str | None:
    value = document.get(name)
    return value if isinstance(value, str) and value else None


def _day(path: Path, document: Mapping[str, Any]) -> date | None:
    text = _text(document, "date")
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise FileRefused(path, f"its date {text!r} is not like 2026-03-01.") from error


def _certainty(path: Path, document: Mapping[str, Any]) -> str | None:
    text = _text(document, "certainty")
    if text is not None and text not in CERTAINTIES:
        known = ", ".join(sorted(CERTAINTIES))
        raise FileRefused(path, f"its certainty {text!r} is not one of {known}.")
    return text


def read_origins(path: Path) -> ReadOrigins:
    """Origins of a CSV with ``code``, ``x_m`` and ``y_m`` in EPSG:28992, and ``workers``.

    Raises
    ------
    FileRefused
        If a column is missing, or a row has no place or number of workers, or has the place
        of an earlier row; it names the row.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
            if missing:
                wanted = ", ".join(_COLUMNS)
                raise FileRefused(path, f"it has no column {missing[0]!r}; give {wanted}.")
            listed = [(_origin(path, number, row), row) for number, row in enumerate(rows, start=2)]
    except OSError as error:
        raise FileRefused(path, f"cannot be read ({error.strerror}).") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileRefused(path, "it is not CSV in UTF-8; save it as that.") from error
    if not listed:
        raise FileRefused(path, "it holds no origin; give a row for each place where workers live.")
    numbers = np.array([one for one, _ in listed], dtype=np.float64)
    _refuse_twice(path, numbers)
    codes = frozenset(code for _, row in listed if (code := row.get("source_code")))
    return ReadOrigins(Origins(numbers[:, :2], numbers[:, 2]), codes)


def _refuse_twice(path: Path, origins: Floats) -> None:
    """Refuse a place that stands twice: its workers would count twice."""
    first: dict[tuple[float, float], int] = {}
    for number, (x_m, y_m, _) in enumerate(origins.tolist(), start=2):
        before = first.setdefault((x_m, y_m), number)
        if before != number:
            raise FileRefused(
                path,
                f"row {number}: {x_m:.10g}, {y_m:.10g} stands in row {before} already; "
                "give each place once, with all who live there.",
            )


def _origin(path: Path, number: int, row: Mapping[str, str | None]) -> tuple[float, float, float]:
    """Place and workers of a row."""
    found = []
    for name in _COLUMNS[1:]:
        try:
            value = float(row[name] or "")
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise FileRefused(path, f"row {number}: {name} is no number but {row[name]!r}.")
        found.append(value)
    x_m, y_m, workers = found
    west, south, east, north = RD_EXTENT
    if not (west <= x_m <= east and south <= y_m <= north):
        raise FileRefused(path, f"row {number}: {x_m:g}, {y_m:g} is no place in EPSG:28992.")
    if workers < 0:
        raise FileRefused(path, f"row {number}: {workers:g} workers is less than none.")
    return x_m, y_m, workers
