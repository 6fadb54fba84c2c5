"""The schematic base map: what makes a stranger say "that is Assen" without a network.

Only the order of things is sourced (which road passes where, on which side of what); the
lines themselves are sketched. Points are in kilometres RD for the sake of reading.
"""

from __future__ import annotations

from typing import Any

from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from data.drawing.centre import STREETS
from data.drawing.shapes import Points, outline, scaled_to_area, smooth

__all__ = ["A28", "CANALS", "RAILWAY", "ROADS", "base_map_rows", "line"]

A28: Points = (
    (230.55, 549.2), (231.05, 550.6), (231.55, 551.9), (232.003, 552.853), (232.28, 553.55),
    (232.50, 554.196), (232.52, 554.85), (232.28, 555.33), (231.93, 555.72), (231.75, 556.455),
    (231.72, 557.3), (231.86, 558.2), (232.25, 559.05), (232.85, 559.8), (233.55, 560.4),
    (234.22, 560.68), (234.693, 560.767), (234.93, 561.15), (235.1, 561.9), (235.45, 563.2),
    (235.9, 565.0),
)
RAILWAY: Points = (
    (232.35, 549.4), (232.75, 551.0), (233.25, 552.6), (233.72, 554.1), (234.15, 555.4),
    (234.40, 556.25), (234.492, 556.822), (234.60, 557.5), (234.88, 558.3), (235.28, 559.1),
    (235.85, 560.0), (236.42, 561.0), (236.85, 562.4), (237.1, 564.2),
)
CANALS: dict[str, Points] = {
    "Drentse Hoofdvaart": (
        (228.1, 554.75), (229.0, 555.36), (230.0, 556.0), (231.0, 556.58), (231.75, 556.95),
        (232.5, 557.13), (233.1, 557.16), (233.45, 557.1), (233.67, 557.075),
    ),
    "Kanaal": (
        (233.02, 557.165), (233.2, 557.5), (233.55, 557.83), (233.95, 557.95), (234.25, 557.82),
        (234.42, 557.6),
    ),
    "Noord-Willemskanaal": (
        (234.42, 557.6), (234.58, 557.98), (234.66, 558.5), (234.60, 559.1), (234.58, 559.65),
        (234.78, 560.08), (235.25, 560.17), (235.78, 560.27), (236.04, 560.75), (236.08, 561.5),
        (236.15, 562.7), (236.3, 564.8),
    ),
}
ROADS: dict[str, tuple[str, Points]] = {
    "N33": (
        "N33",
        ((232.50, 554.196), (233.0, 554.26), (233.6, 554.22), (234.3, 554.1), (235.0, 554.17),
         (235.7, 554.6), (236.5, 555.25), (237.6, 555.8)),
    ),
    "N371": (
        "N371",
        ((228.15, 554.62), (229.05, 555.24), (230.05, 555.88), (231.05, 556.46), (231.8, 556.83),
         (232.5, 557.0), (233.1, 557.04), (233.5, 556.99), (233.78, 556.94)),
    ),
    "europaweg-zuid": (
        "Europaweg",
        ((232.52, 554.99), (233.0, 555.13), (233.6, 555.24), (234.2, 555.3), (234.85, 555.5),
         (235.4, 555.95)),
    ),
    "europaweg-oost": (
        "Europaweg",
        ((235.4, 555.95), (235.75, 556.5), (235.92, 557.15), (236.0, 557.9), (235.98, 558.6),
         (235.72, 559.1)),
    ),
    "europaweg-noord": (
        "Europaweg-Noord",
        ((235.72, 559.1), (235.25, 559.17), (234.6, 559.13), (233.9, 558.98), (233.3, 558.82),
         (232.75, 558.5)),
    ),
    "europaweg-west": (
        "Europaweg",
        ((232.75, 558.5), (232.45, 557.95), (232.38, 557.3), (232.44, 556.65), (232.38, 556.05),
         (232.45, 555.5), (232.52, 554.99)),
    ),
    "balkenweg": (
        "Balkenweg",
        ((230.6, 556.9), (231.2, 556.62), (231.75, 556.455), (232.41, 556.42)),
    ),
    "groningerstraat": (
        "Groningerstraat",
        ((233.96, 557.41), (234.04, 557.72), (234.12, 558.15), (234.2, 558.6), (234.27, 559.08),
         (234.34, 559.6), (234.45, 560.2), (234.693, 560.767)),
    ),
    "rolderstraat": (
        "Rolderstraat",
        ((233.985, 557.15), (234.25, 557.1), (234.52, 557.02), (234.95, 556.9), (235.45, 556.83),
         (235.86, 556.86), (236.5, 556.75), (237.3, 556.5)),
    ),
    "beilerstraat": (
        "Beilerstraat",
        ((233.93, 556.86), (233.84, 556.5), (233.75, 556.1), (233.67, 555.65), (233.6, 555.24),
         (233.5, 554.95), (233.3, 554.6), (233.18, 554.3)),
    ),
    "graswijk": (
        "Graswijk",
        ((233.18, 554.3), (233.1, 553.9), (233.07, 553.4), (233.03, 552.9), (232.98, 552.62)),
    ),
    "masmanweg": (
        "Burgemeester Masmanweg",
        ((231.55, 552.96), (232.003, 552.853), (232.5, 552.76), (233.0, 552.73), (233.32, 552.8)),
    ),
    "haarweg": ("Haarweg", ((231.6, 553.75), (231.85, 554.35), (232.15, 554.78), (232.52, 554.99))),
    "kloosterveen": (None, ((231.2, 556.62), (230.95, 557.2), (230.5, 557.75), (229.9, 558.1))),
    "marsdijk": (
        None,
        ((234.34, 559.6), (234.62, 559.56), (235.1, 559.62), (235.6, 559.58), (236.1, 559.35),
         (236.25, 558.8), (236.0, 558.25)),
    ),
    "messchenveld": (None, ((234.693, 560.767), (234.95, 560.7), (235.2, 560.62))),
    "stationsbaan": (None, ((233.93, 556.86), (234.2, 556.8), (234.44, 556.82))),
}
_STREETS: dict[str, tuple[str | None, Points]] = {
    "vaart": ("Vaart", ((233.1, 557.21), (233.45, 557.15), (233.7, 557.115))),
    "brink": ("Brink", ((233.93, 556.86), (234.02, 556.9), (234.03, 556.98))),
    "philipsweg": (
        "Dr. A.F. Philipsweg",
        ((234.57, 557.02), (234.72, 557.45), (234.92, 557.8), (235.2, 558.05), (235.55, 558.2),
         (235.99, 558.22)),
    ),
    "industrieweg": (
        "Industrieweg",
        ((234.14, 558.22), (234.45, 558.27), (234.66, 558.3), (234.88, 558.42), (235.25, 558.52),
         (235.62, 558.6), (235.98, 558.6)),
    ),
    "havenkade": (
        "Havenkade",
        ((234.06, 557.78), (234.24, 557.72), (234.36, 557.58), (234.44, 557.48), (234.58, 557.42)),
    ),
    "port-natalweg": ("Port Natalweg", ((232.43, 555.9), (232.9, 556.0), (233.3, 556.02),
                                        (233.74, 556.08))),
    "schepersmaat": ("Schepersmaat", ((233.42, 554.78), (233.5, 554.6), (233.52, 554.42))),
    "stadsbroek": ("Stadsbroek", ((232.41, 555.62), (232.75, 555.75), (233.15, 555.86))),
    "bosrand": ("Bosrand", ((233.15, 555.86), (233.45, 556.15), (233.55, 556.5), (233.7, 556.8))),
}
_BUILT_UP: dict[str, tuple[str, Points]] = {
    "assen": (
        "Assen",
        ((232.65, 554.95), (233.3, 554.98), (234.0, 554.82), (234.7, 554.72), (235.3, 555.05),
         (235.85, 555.75), (236.3, 556.4), (236.75, 557.1), (236.85, 557.95), (236.75, 558.7),
         (236.6, 559.4), (236.2, 560.0), (235.55, 560.12), (234.9, 559.98), (234.45, 560.2),
         (233.75, 560.05), (233.2, 559.65), (232.9, 558.95), (232.72, 558.2), (232.75, 557.5),
         (232.45, 557.0), (232.5, 556.6), (233.2, 557.0), (233.55, 556.75), (233.42, 556.3),
         (233.0, 556.05), (232.45, 556.0), (232.22, 555.6)),
    ),
    "kloosterveen": (
        "Kloosterveen",
        ((229.42, 557.1), (229.75, 556.55), (230.3, 556.5), (230.9, 556.85), (231.42, 557.35),
         (231.5, 558.0), (231.25, 558.6), (230.7, 558.95), (230.1, 558.98), (229.6, 558.5),
         (229.4, 557.8)),
    ),
}
_HAMLETS: dict[str, tuple[float, float, float]] = {
    "Loon": (237.05, 559.05, 7.0),
    "Rhee": (234.06, 561.30, 4.0),
    "Ter Aard": (232.98, 560.85, 3.5),
    "Zeijerveen": (230.80, 559.35, 5.0),
    "Ubbena": (234.50, 562.68, 5.5),
    "Witten": (231.00, 554.30, 6.5),
}
_GREEN: dict[str, tuple[str | None, float | None, Points]] = {
    "asserbos": (
        "Asserbos", 114.0,
        ((232.5, 556.15), (232.95, 556.12), (233.35, 556.3), (233.48, 556.62), (233.35, 556.95),
         (232.95, 556.98), (232.58, 556.88), (232.48, 556.5)),
    ),
    "witterveld": (
        "Witterveld", None,
        ((229.5, 552.55), (230.3, 552.15), (230.85, 552.35), (231.0, 552.95), (230.7, 553.5),
         (230.05, 553.75), (229.5, 553.45)),
    ),
    "baggelhuizen": (
        None, None,
        ((231.9, 555.84), (232.05, 555.72), (232.28, 555.75), (232.3, 556.05), (232.08, 556.18),
         (231.86, 556.1)),
    ),
    "noord": (
        None, None,
        ((232.9, 561.2), (233.5, 561.05), (233.85, 561.6), (233.75, 562.3), (233.35, 562.8),
         (233.1, 562.1)),
    ),
    "oost": (
        None, None,
        ((236.95, 557.3), (237.3, 557.75), (237.75, 558.3), (237.5, 558.75), (237.05, 558.5),
         (236.95, 557.9)),
    ),
    "zuid": (
        None, None,
        ((233.6, 553.0), (234.0, 553.25), (234.45, 553.75), (234.3, 554.0), (233.95, 553.95),
         (233.75, 553.55)),
    ),
    "stadspark": (
        None, None,
        ((235.1, 555.75), (235.45, 556.05), (235.62, 556.45), (235.4, 556.6), (235.15, 556.3)),
    ),
    "marsdijk": (
        None, None,
        ((235.0, 559.4), (235.3, 559.33), (235.5, 559.5), (235.3, 559.58), (235.05, 559.56)),
    ),
}
_WATER: dict[str, tuple[str | None, Points]] = {
    "baggelhuizerplas": (
        "Baggelhuizerplas",
        ((231.93, 555.88), (232.05, 555.8), (232.15, 555.87), (232.13, 555.97), (232.02, 556.03),
         (231.92, 555.98)),
    ),
    "haven": (
        "Havenkanaal",
        ((234.37, 557.6), (234.42, 557.54), (234.47, 557.6), (234.49, 557.76), (234.53, 557.88),
         (234.49, 557.9), (234.42, 557.73)),
    ),
}
_ACCURACY_M = 500


def line(points: Points) -> LineString:
    """Smooth line in metres through points in kilometres."""
    return LineString(smooth([(x * 1000, y * 1000) for x, y in points], closed=False))


def base_map_rows(parks: dict[str, Polygon], park_streets: list[LineString]) -> list[dict[str, Any]]:
    """Rows of the layer ``base_map``: areas first, so that lines draw over them.

    Parameters
    ----------
    parks
        Outlines of the business parks by code; they count as built-up area.
    park_streets
        Streets between the plots of the parks.
    """
    rows = [*_built_up(parks), *_green(), *_water()]
    rows += [
        _row(f"water-{_slug(name)}", "water", name, 1, line(points))
        for name, points in CANALS.items()
    ]
    rows += [
        _row(f"street-{code}", "street", name, 5, line(points))
        for code, (name, points) in _STREETS.items()
    ]
    rows += [
        _row(f"street-park-{number:02d}", "street", None, 6, street)
        for number, street in enumerate(park_streets, start=1)
    ]
    rows += [
        _row(f"street-centre-{_slug(name)}", "street", name, 6, LineString(points))
        for name, points in STREETS.items()
        if name not in ("Rolderstraat", "Groningerstraat")
    ]
    rows += [
        _row(f"road-{code.lower()}", "main_road", name, 3, line(points))
        for code, (name, points) in ROADS.items()
    ]
    rows.append(_row("railway", "railway", "Spoorlijn Beilen - Assen - Groningen", 2, line(RAILWAY)))
    rows.append(_row("motorway-a28", "motorway", "A28", 1, line(A28)))
    return rows


def _built_up(parks: dict[str, Polygon]) -> list[dict[str, Any]]:
    rows = [
        _row(f"built-{code}", "built_up", name, 1, outline(_metres(points)))
        for code, (name, points) in _BUILT_UP.items()
    ]
    rows += [
        _row(f"built-{_slug(name)}", "built_up", name, 4, _hamlet(x, y, hectares))
        for name, (x, y, hectares) in _HAMLETS.items()
    ]
    rows += [
        _row(f"built-park-{code.lower()}", "built_up", None, 5, shape)
        for code, shape in parks.items()
    ]
    return rows


def _green() -> list[dict[str, Any]]:
    rows = []
    for code, (name, hectares, points) in _GREEN.items():
        shape = outline(_metres(points))
        if hectares:
            shape = scaled_to_area(shape, hectares * 10_000)
        rows.append(_row(f"green-{code}", "green", name, 2, shape))
    return rows


def _water() -> list[dict[str, Any]]:
    return [
        _row(f"water-{code}", "water", name, 3, outline(_metres(points)))
        for code, (name, points) in _WATER.items()
    ]


def _hamlet(x: float, y: float, hectares: float) -> Polygon:
    around = ((-1.3, -0.3), (-0.4, -0.8), (0.7, -0.6), (1.2, 0.1), (0.6, 0.8), (-0.5, 0.7))
    shape = outline([(x * 1000 + 120 * dx, y * 1000 + 120 * dy) for dx, dy in around])
    return scaled_to_area(shape, hectares * 10_000)


def _metres(points: Points) -> Points:
    return [(x * 1000, y * 1000) for x, y in points]


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-").replace(".", "")


def _row(
    code: str, kind: str, name: str | None, rank: int, geometry: BaseGeometry
) -> dict[str, Any]:
    return {
        "code": code,
        "kind": kind,
        "name": name,
        "importance_rank": rank,
        "position_accuracy_m": _ACCURACY_M,
        "source_code": "sample-schematic",
        "geometry": geometry,
    }
