"""Roads of an extract of OpenStreetMap, read by a library that is installed only where wanted."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from geo_assen.commuting import Road
from geo_assen.crs import lonlat_to_rd
from geo_assen.errors import FileRefused

__all__ = ["OSM_ENDINGS", "osm_roads"]

OSM_ENDINGS = (".osm.pbf", ".osm", ".osm.gz", ".osm.bz2")

_LIBRARY = "osmium"
osmium: Any = (
    importlib.import_module(_LIBRARY) if importlib.util.find_spec(_LIBRARY) is not None else None
)

_CAR_KMH: Mapping[str, float] = {
    "motorway": 100, "motorway_link": 60, "trunk": 90, "trunk_link": 50, "primary": 65,
    "primary_link": 45, "secondary": 60, "secondary_link": 40, "tertiary": 50, "tertiary_link": 40,
    "unclassified": 45, "residential": 25, "living_street": 12, "service": 15, "road": 30,
}  # fmt: skip
"""Usual speeds by kind of road; a lower ``maxspeed`` goes before it."""

_BIKE_KMH = 16.0
_CYCLED = frozenset(_CAR_KMH) - {"motorway", "motorway_link", "trunk", "trunk_link"} | {"cycleway"}
_ENTERED_AT_ENDS = frozenset({"motorway", "motorway_link", "trunk", "trunk_link"})
_CLOSED = frozenset({"no", "private"})
_ONE_WAY = frozenset({"yes", "true", "1"})
_BACKWARDS = "-1"


def osm_roads(path: Path) -> Iterator[Road]:
    """Roads of an extract, with usual speeds by kind of road.

    Raises
    ------
    FileRefused
        If the library that reads it is not installed, or it cannot be read.
    """
    if osmium is None:
        raise FileRefused(
            path, "the library that reads OpenStreetMap is not installed; "
            "install it with: pip install 'geo-assen[osm]'",
        )  # fmt: skip
    try:
        ways = osmium.FileProcessor(str(path)).with_locations()
        for way in ways.with_filter(osmium.filter.KeyFilter("highway")):
            if isinstance(way, osmium.osm.Way):
                road = _road(dict(way.tags), [n.location for n in way.nodes])
                if road is not None:
                    yield road
    except (RuntimeError, OSError) as error:
        raise FileRefused(path, "it cannot be read as OpenStreetMap; download it anew.") from error


def _road(tags: Mapping[str, str], places: list[Any]) -> Road | None:
    """Road of a way; None where neither car nor bicycle may use it, or it has no place."""
    kind = tags.get("highway", "")
    kmh = {}
    if kind in _CAR_KMH and _is_open(tags, ("motorcar", "motor_vehicle", "vehicle", "access")):
        kmh["car"] = min(_CAR_KMH[kind], _limit(tags.get("maxspeed", "")))
    if kind in _CYCLED and _is_open(tags, ("bicycle", "vehicle", "access")):
        kmh["bike"] = _BIKE_KMH
    known = [(place.lon, place.lat) for place in places if place.valid()]
    if not kmh or len(known) < 2:
        return None
    lon, lat = np.array(known, dtype=np.float64).T
    points = np.column_stack(lonlat_to_rd(lon, lat))
    said = tags.get("oneway", "yes" if tags.get("junction") == "roundabout" else "no")
    if said == _BACKWARDS:
        points = points[::-1]
    is_one_way = said in _ONE_WAY or said == _BACKWARDS or kind == "motorway"
    return Road(points, kmh, is_one_way, kind not in _ENTERED_AT_ENDS)


def _is_open(tags: Mapping[str, str], keys: tuple[str, ...]) -> bool:
    """What the most particular of the keys says."""
    said = next((tags[key] for key in keys if key in tags), "yes")
    return said not in _CLOSED


def _limit(text: str) -> float:
    """Speed limit in kilometres an hour; no limit where the text is no plain number."""
    return float(text) if text.isdecimal() and int(text) > 0 else float("inf")
