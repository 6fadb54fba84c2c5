"""The schematic road graph of the sample: speeds on sketched lines, to show labour reach.

Inside Assen the lines are those of the base map; outside it roads are drawn from town to town.
Which road joins which places is common knowledge; courses and speeds are our own, so that
travel times are illustrative.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, Point, mapping

from data.drawing.base_map import A28, ROADS, STREETS_OF_PARKS
from data.drawing.centre import STREETS
from data.drawing.shapes import Points, to_degrees
from geo_assen.crs import lonlat_to_rd

__all__ = ["PLACES", "drawn_roads", "rd_of", "write_road_graph"]

HEAD = {
    "source": "Voorbeeld van Assen, schets van het wegennet",
    "licence": "CC0-1.0",
    "date": "2026-11-27",
    "certainty": "illustrative",
}

# fmt: off
PLACES: dict[str, tuple[float, float]] = {
    "annen": (53.058, 6.718), "appelscha": (52.952, 6.360), "appingedam": (53.320, 6.860),
    "beilen": (52.857, 6.512), "borger": (52.925, 6.785), "bovensmilde": (52.973, 6.483),
    "coevorden": (52.662, 6.742), "dieverbrug": (52.848, 6.345), "donkerbroek": (53.021, 6.240),
    "drachten": (53.105, 6.110), "eelde": (53.135, 6.565), "emmen": (52.785, 6.885),
    "gieten": (53.005, 6.763), "grolloo": (52.931, 6.680), "groningen": (53.213, 6.567),
    "haren": (53.172, 6.602), "haulerwijk": (53.063, 6.332), "havelte": (52.770, 6.238),
    "heerenveen": (52.960, 5.930), "hoogersmilde": (52.905, 6.385), "hoogeveen": (52.722, 6.475),
    "hoogezand": (53.161, 6.758), "hooghalen": (52.920, 6.538), "huis-ter-heide": (53.020, 6.470),
    "klazienaveen": (52.733, 6.985), "leek": (53.160, 6.378), "meppel": (52.698, 6.192),
    "norg": (53.066, 6.461), "odoorn": (52.853, 6.848), "oosterwolde": (52.991, 6.291),
    "peize": (53.147, 6.497), "roden": (53.137, 6.432), "rolde": (52.987, 6.647),
    "schoonloo": (52.905, 6.700), "smilde": (52.945, 6.450), "stadskanaal": (52.992, 6.950),
    "steenwijk": (52.788, 6.120), "ter-apel": (52.876, 7.060), "tynaarlo": (53.078, 6.617),
    "ubbena": (53.046, 6.575), "veendam": (53.106, 6.875), "veenhuizen": (53.041, 6.391),
    "vries": (53.077, 6.578), "westerbork": (52.851, 6.608), "winschoten": (53.143, 7.035),
    "wolvega": (52.878, 5.998), "zuidlaren": (53.094, 6.684), "zuidwolde": (52.671, 6.428),
    "zweeloo": (52.794, 6.729), "zwolle": (52.512, 6.094),
    "gorredijk": (53.006, 6.065), "marum": (53.143, 6.270), "oosterhesselen": (52.753, 6.720),
    "pesse": (52.773, 6.455), "scheemda": (53.172, 6.972), "staphorst": (52.643, 6.213),
    "zuidbroek": (53.163, 6.862), "hoogkerk": (53.212, 6.505), "ruinen": (52.763, 6.355),
    # exits and junctions
    "x-westerbork": (52.880, 6.502), "x-beilen": (52.848, 6.494), "x-spier": (52.815, 6.470),
    "x-pesse": (52.770, 6.458), "j-hoogeveen": (52.735, 6.448), "x-hoogeveen": (52.716, 6.440),
    "x-zuidwolde": (52.690, 6.370), "j-lankhorst": (52.666, 6.225), "x-staphorst": (52.643, 6.203),
    "x-lichtmis": (52.590, 6.205), "x-zwolle": (52.530, 6.135), "x-vries": (53.074, 6.598),
    "x-zuidlaren": (53.113, 6.606), "x-eelde": (53.139, 6.599), "x-haren": (53.165, 6.592),
    "x-groningen": (53.190, 6.577), "j-groningen": (53.204, 6.558), "x-hoogkerk": (53.204, 6.500),
    "x-leek": (53.166, 6.375), "x-marum": (53.145, 6.262), "x-drachten": (53.104, 6.125),
    "x-gorredijk": (53.030, 6.030), "j-heerenveen": (52.965, 5.945), "x-oost": (53.207, 6.612),
    "x-hoogezand": (53.166, 6.745), "j-zuidbroek": (53.158, 6.868), "x-scheemda": (53.166, 6.975),
    "x-winschoten": (53.138, 7.045), "x-rolde": (52.984, 6.655), "x-gieten": (52.999, 6.752),
    "x-bareveld": (53.060, 6.862), "x-veendam": (53.105, 6.863), "x-appingedam": (53.310, 6.868),
    "x-meppel": (52.698, 6.205), "x-steenwijk": (52.785, 6.135), "x-wolvega": (52.876, 6.010),
    "x-oosterhesselen": (52.745, 6.700), "j-holsloot": (52.737, 6.800), "x-emmen": (52.738, 6.900),
    "x-klazienaveen": (52.736, 6.980), "n34-emmen": (52.788, 6.850), "n34-odoorn": (52.853, 6.838),
    "n34-borger": (52.925, 6.778), "n34-annen": (53.060, 6.703), "n34-zuidlaren": (53.092, 6.668),
    "n34-coevorden": (52.668, 6.750),
}
"""Towns, exits and junctions: latitude and longitude, to a thousandth of a degree."""

_EDGE: dict[str, tuple[float, float]] = {
    "a28-south": (230.55, 549.2), "a28-north": (235.9, 565.0), "n33-east": (237.6, 555.8),
    "n371-west": (228.15, 554.62), "rolderstraat-east": (237.3, 556.5),
    "graswijk-south": (232.98, 552.62), "kloosterveen-west": (229.9, 558.1),
    "exit-34": (234.693, 560.767), "a28-tt": (232.52, 554.85), "europaweg-tt": (232.52, 554.99),
    "witten": (231.00, 554.30), "haarweg-west": (231.6, 553.75), "loon": (237.05, 559.05),
    "marsdijk-east": (236.25, 558.8), "zeijerveen": (230.80, 559.35),
    "kloosterveen-north": (230.75, 558.3),
}
"""Where the lines of the base map end, and hamlets, in kilometres RD."""

_MOTORWAYS: tuple[tuple[str, int, str], ...] = (
    ("A28", 100, "a28-south x-westerbork x-beilen x-spier x-pesse j-hoogeveen x-hoogeveen "
                 "x-zuidwolde j-lankhorst x-staphorst x-lichtmis x-zwolle"),
    ("A28", 100, "a28-north x-vries x-zuidlaren x-eelde x-haren x-groningen j-groningen"),
    ("A7", 100, "j-groningen x-hoogkerk x-leek x-marum x-drachten x-gorredijk j-heerenveen"),
    ("A7", 100, "j-groningen x-oost x-hoogezand j-zuidbroek x-scheemda x-winschoten"),
    ("A32", 100, "j-lankhorst x-meppel x-steenwijk x-wolvega j-heerenveen"),
    ("A37", 100, "j-hoogeveen x-oosterhesselen j-holsloot x-emmen x-klazienaveen"),
    ("N33", 95, "n33-east x-rolde x-gieten x-bareveld x-veendam j-zuidbroek x-appingedam"),
    ("N34", 90, "n34-coevorden j-holsloot n34-emmen n34-odoorn n34-borger x-gieten n34-annen "
                "n34-zuidlaren x-zuidlaren"),
)
_ROADS: tuple[tuple[str, int, str], ...] = (
    ("N371", 60, "n371-west bovensmilde smilde hoogersmilde dieverbrug havelte meppel"),
    ("N373", 65, "kloosterveen-west huis-ter-heide norg roden leek x-leek"),
    ("N372", 65, "roden peize x-hoogkerk groningen j-groningen"),
    ("N386", 60, "peize vries x-vries tynaarlo zuidlaren n34-zuidlaren"),
    ("Groningerstraat", 55, "exit-34 ubbena vries eelde x-eelde haren x-haren"),
    ("N919", 65, "huis-ter-heide veenhuizen haulerwijk oosterwolde"),
    ("N381", 80, "hoogersmilde appelscha oosterwolde donkerbroek x-drachten drachten"),
    ("N381", 80, "x-westerbork westerbork zweeloo n34-emmen emmen"),
    ("N381", 60, "hoogersmilde beilen x-beilen"),
    ("Hooghalen", 55, "graswijk-south hooghalen beilen x-westerbork"),
    ("Rolderstraat", 60, "rolderstraat-east rolde x-rolde"),
    ("N376", 65, "rolde grolloo schoonloo westerbork"),
    ("N374", 65, "schoonloo borger n34-borger"),
    ("N374", 65, "borger stadskanaal"),
    ("N366", 75, "x-bareveld stadskanaal ter-apel emmen"),
    ("Annen", 60, "gieten annen zuidlaren"),
    ("Annen", 60, "annen n34-annen"),
    ("Gieten", 50, "gieten x-gieten"),
    ("Veendam", 50, "veendam x-veendam"),
    ("Zuidlaren", 60, "zuidlaren hoogezand x-hoogezand"),
    ("Haren", 50, "haren x-groningen groningen"),
    ("Groningen", 50, "groningen x-oost"),
    ("Appingedam", 50, "appingedam x-appingedam"),
    ("Winschoten", 50, "winschoten x-winschoten"),
    ("Odoorn", 60, "odoorn n34-odoorn"),
    ("Coevorden", 50, "coevorden n34-coevorden"),
    ("Emmen", 60, "emmen x-emmen"),
    ("Klazienaveen", 50, "klazienaveen x-klazienaveen"),
    ("Spier", 60, "dieverbrug x-spier"),
    ("Hoogeveen", 50, "hoogeveen x-hoogeveen"),
    ("Hoogeveen", 50, "hoogeveen j-hoogeveen"),
    ("Zuidwolde", 55, "hoogeveen zuidwolde x-zuidwolde"),
    ("Meppel", 50, "meppel x-meppel"),
    ("Steenwijk", 50, "steenwijk x-steenwijk havelte"),
    ("Wolvega", 50, "wolvega x-wolvega"),
    ("Heerenveen", 50, "heerenveen j-heerenveen"),
    ("Zwolle", 50, "zwolle x-zwolle"),
    ("Gorredijk", 60, "gorredijk x-gorredijk"),
    ("Marum", 50, "marum x-marum"),
    ("Oosterhesselen", 60, "zweeloo oosterhesselen x-oosterhesselen"),
    ("Pesse", 60, "ruinen pesse x-pesse"),
    ("Scheemda", 50, "scheemda x-scheemda"),
    ("Staphorst", 50, "staphorst x-staphorst"),
    ("Zuidbroek", 50, "zuidbroek j-zuidbroek"),
    ("Hoogkerk", 50, "hoogkerk x-hoogkerk"),
    ("Europaweg", 50, "a28-tt europaweg-tt"),
    ("Witten", 50, "witten haarweg-west"),
    ("Loon", 50, "loon marsdijk-east"),
    ("Zeijerveen", 50, "zeijerveen kloosterveen-north"),
)
# fmt: on
_BIKE_KMH = 16
_MAIN_KMH, _STREET_KMH = 45, 25
_NOT_JOINED_IN_TOWN = "N33"
_GAP_M = 60.0


@dataclass(frozen=True)
class DrawnRoad:
    """One line of the graph in RD, with its speeds; no bicycle speed: a motorway."""

    name: str
    line: LineString
    car_kmh: int
    bike_kmh: int | None


def rd_of(place: str) -> tuple[float, float]:
    """Place in whole metres RD."""
    if place in _EDGE:
        x_km, y_km = _EDGE[place]
        return x_km * 1000, y_km * 1000
    lat, lon = PLACES[place]
    x_m, y_m = lonlat_to_rd(np.array([lon]), np.array([lat]))
    return float(np.rint(x_m[0])), float(np.rint(y_m[0]))


def drawn_roads() -> Iterator[DrawnRoad]:
    """All roads: motorways first, then the region, then the town."""
    yield DrawnRoad("A28", _line(A28), 100, None)
    yield DrawnRoad("N33", _line(ROADS[_NOT_JOINED_IN_TOWN][1]), 95, None)
    for name, kmh, places in _MOTORWAYS:
        yield DrawnRoad(name, _between(places), kmh, None)
    for name, kmh, places in _ROADS:
        yield DrawnRoad(name, _between(places), kmh, _BIKE_KMH)
    yield from _in_town()


def _in_town() -> Iterator[DrawnRoad]:
    """Main roads and streets of Assen, cut where they cross; short gaps are closed."""
    main = [_line(points) for name, (_, points) in ROADS.items() if name != _NOT_JOINED_IN_TOWN]
    streets = [_line(points) for _, points in STREETS_OF_PARKS]
    streets += [LineString(points) for points in STREETS.values()]
    every = shapely.union_all([*main, *streets, *_gaps([*main, *streets])])
    near_main = shapely.union_all(main).buffer(1)
    for part in sorted(shapely.get_parts(every), key=lambda one: one.wkt):
        kmh = _MAIN_KMH if near_main.covers(part) else _STREET_KMH
        if part.length > 1:  # ends that met by rounding
            yield DrawnRoad("Assen", part, kmh, _BIKE_KMH)


def _gaps(lines: list[LineString]) -> Iterator[LineString]:
    """Lines from ends that stop just short of another line to that line."""
    for own in lines:
        others = shapely.union_all([line for line in lines if line is not own])
        for end in (own.coords[0], own.coords[-1]):
            if 0 < others.distance(Point(end)) <= _GAP_M:
                there = others.interpolate(others.project(Point(end)))
                # a little farther, so that the lines surely cross
                beyond = [there.x + (there.x - end[0]) * 0.05, there.y + (there.y - end[1]) * 0.05]
                yield LineString([end, beyond])


def _line(points: Points) -> LineString:
    return LineString([(x * 1000, y * 1000) for x, y in points])


def _between(places: str) -> LineString:
    return LineString([rd_of(place) for place in places.split()])


def write_road_graph(folder: Path) -> None:
    """Write ``road_graph.geojson``: lines in CRS84 with their speeds."""
    lines = [json.dumps(_feature(road), ensure_ascii=False) for road in drawn_roads()]
    head = json.dumps(HEAD, ensure_ascii=False)[1:-1]
    text = f'{{"type": "FeatureCollection", {head}, "features": [\n' + ",\n".join(lines) + "\n]}\n"
    (folder / "road_graph.geojson").write_text(text, encoding="utf-8", newline="\n")


def _feature(road: DrawnRoad) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {
            "name": road.name,
            "car_kmh": road.car_kmh,
            "bike_kmh": road.bike_kmh,
            "access": road.bike_kmh is not None,
        },
        "geometry": mapping(to_degrees(road.line)),
    }
