"""Areas: the municipality and its districts as schemes, neighbours as points without outline.

Areas, inhabitants, codes and middles are sourced where the source says so; every outline is
sketched. The municipality is fitted to its published size and extent.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Polygon, box
from shapely.geometry.base import BaseGeometry

from data.drawing.centre import CORE_STREETS
from data.drawing.shapes import Points, outline, scaled_to_area, smooth
from geo_assen.crs import lonlat_to_rd

__all__ = ["area_rows", "municipality"]

EXTENT = (228_720.6, 550_114.2, 238_563.9, 564_562.2)
AREA_M2 = 83_450_000.0
_SKETCH: Points = (
    (232.3, 550.1), (233.3, 552.2), (234.3, 552.9), (235.3, 554.2), (236.2, 555.6),
    (237.0, 557.4), (238.0, 559.1), (238.5, 560.3), (237.1, 561.3), (237.0, 562.9),
    (236.3, 564.5), (235.1, 563.9), (233.8, 564.1), (233.0, 562.5), (231.9, 562.2),
    (230.4, 562.7), (229.5, 561.2), (230.0, 559.5), (229.1, 558.1), (229.2, 556.5),
    (228.7, 554.7), (229.3, 553.3), (228.8, 552.1), (230.5, 551.5),
)  # fmt: skip
_DISTRICTS: dict[str, tuple[str, str, int, int | None, float | None, Points]] = {
    "WK010600": ("Assen centrum", "sample-schematic", 2021, None, None, (
        (233.45, 556.87), (233.78, 556.8), (234.1, 556.75), (234.46, 556.8), (234.5, 556.97),
        (234.27, 557.42), (234.1, 557.7), (233.82, 557.84), (233.5, 557.72), (233.32, 557.4),
        (233.36, 557.1),
    )),
    "WK010601": ("Lariks", "districts-list", 2021, None, 135.0, (
        (236.05, 557.0), (236.45, 556.92), (236.8, 557.25), (236.9, 557.8), (236.8, 558.35),
        (236.4, 558.52), (236.1, 558.4), (236.12, 557.8),
    )),
    "WK010602": ("Noorderpark", "sample-schematic", 2021, None, None, (
        (232.8, 557.95), (233.2, 557.75), (233.5, 557.9), (233.9, 558.02), (234.08, 558.15),
        (234.2, 558.55), (234.22, 558.88), (233.6, 558.82), (233.0, 558.55),
    )),
    "WK010603": ("Assen Oost", "sample-schematic", 2021, None, None, (
        (234.56, 556.74), (235.2, 556.82), (235.9, 556.76), (236.32, 556.45), (235.9, 555.75),
        (235.3, 555.1), (234.7, 554.8), (234.25, 554.95), (234.33, 555.7), (234.48, 556.3),
    )),
    "WK010604": ("Pittelo", "sample-schematic", 2021, None, None, (
        (233.42, 556.15), (233.75, 556.3), (234.2, 556.22), (234.12, 555.5), (233.98, 554.95),
        (233.6, 555.02), (233.4, 555.55),
    )),
    "WK010605": ("Assen West", "sample-schematic", 2021, None, None, (
        (232.4, 555.98), (232.36, 555.5), (232.6, 555.05), (233.1, 555.12), (233.28, 555.5),
        (233.3, 556.0), (232.85, 556.05),
    )),
    "WK010606": ("Peelo", "wiki-peelo", 2021, 6_490, None, (
        (233.0, 558.75), (233.6, 558.97), (234.3, 559.1), (234.5, 559.5), (234.42, 559.98),
        (233.85, 559.98), (233.3, 559.6),
    )),
    "WK010607": ("Marsdijk", "soundscape-places", 2017, 13_000, None, (
        (234.72, 559.2), (235.3, 559.24), (235.8, 559.2), (236.35, 558.8), (236.66, 559.0),
        (236.5, 559.6), (236.1, 560.02), (235.4, 560.06), (234.9, 559.95), (234.68, 559.6),
    )),
    "WK010608": ("Kloosterveen", "soundscape-places", 2015, 11_000, None, (
        (229.45, 557.1), (229.78, 556.58), (230.3, 556.55), (230.9, 556.88), (231.4, 557.35),
        (231.48, 558.0), (231.22, 558.55), (230.7, 558.9), (230.1, 558.93), (229.62, 558.45),
    )),
}  # fmt: skip
"""Code: name, source, year, inhabitants, hectares, corners in kilometres RD."""
_NEIGHBOURHOOD_CENTRES = {
    "SA-KLOOSTERVEEN": ("Wijkwinkelcentrum Kloosterveen", 230_560.0, 557_790.0),
    "SA-MARSDIJK": ("Wijkwinkelcentrum Marsdijk", 235_150.0, 559_690.0),
}
_HARBOUR: Points = (
    (234.0, 557.2), (234.56, 557.1), (234.62, 557.5), (234.74, 557.86), (234.45, 558.02),
    (234.05, 557.98),
)  # fmt: skip
_TOWNS: tuple[tuple[str, str, int | None, float, float], ...] = (
    ("GM1730", "Tynaarlo", 33_978, 234_820, 566_199),
    ("GM1680", "Aa en Hunze", 25_399, 247_375, 558_475),
    ("GM1731", "Midden-Drenthe", 33_381, 229_826, 542_324),
    ("GM1699", "Noordenveld", 31_214, 222_776, 572_382),
    ("GM0014", "Groningen", 233_273, 233_770, 582_065),
    ("GM0114", "Emmen", 107_024, 256_678, 533_584),
    ("GM0118", "Hoogeveen", 55_603, 228_484, 524_496),
    ("GM0109", "Coevorden", 35_317, 245_605, 519_642),
    ("GM1681", "Borger-Odoorn", 25_598, 249_499, 550_090),
    ("GM0119", "Meppel", 34_386, 209_400, 523_390),
)
"""Neighbours and other municipalities: code, name, inhabitants 2021, main town in RD metres."""
_ABOUT: tuple[tuple[str, str, int | None, int, float, float], ...] = (
    ("GM1690", "De Wolden", 24_374, 2021, 6.43, 52.67),
    ("GM1701", "Westerveld", 19_661, 2021, 6.32, 52.85),
    ("GM0037", "Stadskanaal", None, 2016, 6.95, 52.99),
    ("GM0047", "Veendam", None, 2016, 6.88, 53.11),
    ("GM1895", "Oldambt", None, 2016, 7.04, 53.14),
    ("GM0085", "Ooststellingwerf", None, 2016, 6.29, 52.99),
    ("GM0193", "Zwolle", None, 2016, 6.09, 52.51),
    ("GM0017", "Haren", None, 2016, 6.61, 53.17),
    ("GM0018", "Hoogezand-Sappemeer", None, 2016, 6.76, 53.16),
    ("GM0048", "Vlagtwedde", None, 2016, 7.11, 53.03),
    ("GM0022", "Leek", None, 2016, 6.38, 53.16),
)
"""Municipalities without a sourced point: the town to a hundredth of a degree."""
_REGIONS = (
    ("OTHER", "Overige gemeenten", "cbs-pendel-2016-derived", 2016),
    ("NL", "Nederland", "economische-agenda-2020", 2020),
    ("NL-noord", "Noord-Nederland", "economische-agenda-2020", 2020),
    ("NL-middelgrote-stad", "Middelgrote stad in Nederland", "economische-agenda-2020", 2020),
    ("NL-noord-drenthe", "Noord-Drenthe", "economische-agenda-2020", 2020),
    ("REGIO-GA", "Regio Groningen-Assen", "press-uptake", 2022),
)


def municipality() -> Polygon:
    """Outline of the municipality: sketched, then fitted to the published extent and area.

    The corners between the outermost ones move towards the middle or away from it until
    the area is right.
    """
    low, high = -0.4, 0.4
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if _fitted(middle).area > AREA_M2 else (middle, high)
    return _fitted((low + high) / 2)


def _fitted(swell: float) -> Polygon:
    points = np.asarray(_SKETCH) * 1000
    centre = points.mean(axis=0)
    outer = {*points.argmin(axis=0).tolist(), *points.argmax(axis=0).tolist()}
    inner = [place for place in range(len(points)) if place not in outer]
    points[inner] = centre + (points[inner] - centre) * (1 + swell)
    drawn = np.asarray(smooth([tuple(point) for point in points], closed=True))
    size = drawn.max(axis=0) - drawn.min(axis=0)
    wanted = np.array([EXTENT[2] - EXTENT[0], EXTENT[3] - EXTENT[1]])
    return Polygon((drawn - drawn.min(axis=0)) / size * wanted + np.array(EXTENT[:2]))


def area_rows(parks: dict[str, Polygon]) -> list[dict[str, Any]]:
    """Rows of the layer ``areas``, from large to small."""
    whole = municipality()
    districts = _districts()
    rows = [_row("GM0106", "municipality", "Assen", 2024, "wiki-assen", whole, 69_691)]
    rows += districts
    built = shapely.union_all([row["geometry"] for row in districts] + [parks["SB"]])
    outside = whole.difference(built)
    rows.append(_row("WK010699", "district", "Buitengebied", 2021, "sample-schematic", outside))
    rows += _shopping_areas()
    rows.append(_row("RD-HAVENKWARTIER", "redevelopment", "Havenkwartier", 2024,
                     "sample-schematic", _harbour(parks["SB"])))  # fmt: skip
    rows += [
        _row(code, "municipality", name, 2021, "cbs-population-2021", None, persons, (x, y))
        for code, name, persons, x, y in _TOWNS
    ]
    rows += [
        _row(code, "municipality", name, year, "sample-schematic" if persons is None
             else "cbs-population-2021", None, persons, _about(lon, lat))
        for code, name, persons, year, lon, lat in _ABOUT
    ]  # fmt: skip
    rows += [
        _row(code, "region", name, year, source, None) for code, name, source, year in _REGIONS
    ]
    return rows


def _districts() -> list[dict[str, Any]]:
    rows = []
    for code, (name, source, year, persons, hectares, corners) in _DISTRICTS.items():
        shape = outline([(x * 1000, y * 1000) for x, y in corners])
        if hectares:
            shape = scaled_to_area(shape, hectares * 10_000)
        rows.append(_row(code, "district", name, year, source, shape, persons))
    return rows


def _shopping_areas() -> list[dict[str, Any]]:
    ends = [point for points in CORE_STREETS.values() for point in points]
    streets = shapely.union_all([LineString(points) for points in CORE_STREETS.values()])
    core = streets.buffer(48).buffer(-22).union(MultiPoint(ends[:20]).convex_hull.buffer(20))
    core = Polygon(core.exterior)
    rows = [_row("SA-KERN", "shopping_area", "Kernwinkelgebied", 2024, "sample-schematic",
                 core.simplify(2))]  # fmt: skip
    for code, (name, x, y) in _NEIGHBOURHOOD_CENTRES.items():
        shape = box(x - 62, y - 40, x + 62, y + 40).buffer(8, quad_segs=3)
        rows.append(_row(code, "shopping_area", name, 2024, "sample-schematic", shape))
    return rows


def _harbour(park: Polygon) -> BaseGeometry:
    shape = Polygon([(x * 1000, y * 1000) for x, y in _HARBOUR])
    return shape.intersection(park.buffer(-2))


def _about(lon: float, lat: float) -> tuple[float, float]:
    x, y = lonlat_to_rd(np.array([lon]), np.array([lat]))
    return round(float(x[0]), -2), round(float(y[0]), -2)


def _row(
    code: str, kind: str, name: str, year: int, source: str, shape: BaseGeometry | None,
    persons: int | None = None, centre: tuple[float, float] | None = None,
) -> dict[str, Any]:  # fmt: skip
    if centre is None and shape is not None:
        middle = shape.representative_point() if code != "GM0106" else None
        centre = (round(middle.x, 1), round(middle.y, 1)) if middle else (233_968.0, 556_906.0)
    return {
        "code": code,
        "kind": kind,
        "name": name,
        "year": year,
        "population_persons": persons,
        "centre_x_m": centre[0] if centre else None,
        "centre_y_m": centre[1] if centre else None,
        "source_code": source,
        "geometry": shape,
    }
