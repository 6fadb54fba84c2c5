"""The business parks: sourced hectares and dates, sketched outlines.

``illustrative_fields`` of a park names what is filled in here and stands in no source.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from shapely.geometry import Polygon

from data.drawing.shapes import Points, scaled_to_area

__all__ = ["PARKS", "Park", "park_rows", "park_shapes"]


@dataclass(frozen=True)
class Park:
    """One park as it is known; outline in kilometres RD, scaled to the gross hectares."""

    code: str
    name: str
    source_code: str
    gross_ha: float
    corners: Points
    sourced: frozenset[str]
    values: dict[str, Any]


_FILLED = (
    "type", "gross_area_m2", "plan_status", "plan_adopted_on", "plan_irrevocable_on",
    "serviced_on", "max_env_category", "price_min_eur_m2", "price_max_eur_m2", "grid_status",
    "park_management",
)  # fmt: skip

PARKS = (
    Park(
        "MV", "Messchenveld", "cases-assen-parks", 80.0,
        ((234.84, 560.36), (235.26, 560.27), (235.72, 560.37), (235.90, 560.72), (235.95, 561.10),
         (235.88, 561.40), (235.62, 561.50), (235.28, 561.46), (235.08, 561.22), (234.95, 560.86)),
        frozenset({"gross_area_m2", "serviced_on", "type"}),
        {
            "type": "business_park", "plan_status": "irrevocable",
            "plan_adopted_on": date(2003, 6, 26), "plan_irrevocable_on": date(2004, 9, 15),
            "serviced_on": date(2005, 9, 1), "max_env_category": "4.1",
            "price_min_eur_m2": 85.0, "price_max_eur_m2": 145.0, "grid_status": "limited",
            "park_management": True,
        },
    ),
    Park(
        "PP", "Peelerpark", "cases-assen-parks", 38.0,
        ((233.55, 560.06), (233.98, 560.03), (234.36, 560.12), (234.47, 560.30), (234.44, 560.58),
         (234.20, 560.58), (233.88, 560.46), (233.60, 560.30)),
        frozenset({"gross_area_m2", "type"}),
        {
            "type": "business_park", "plan_status": "irrevocable",
            "plan_adopted_on": date(1999, 5, 20), "plan_irrevocable_on": date(2000, 3, 1),
            "serviced_on": date(2001, 4, 1), "max_env_category": "3.2",
            "price_min_eur_m2": 95.0, "price_max_eur_m2": 130.0, "grid_status": "limited",
            "park_management": True,
        },
    ),
    Park(
        "SB", "Stadsbedrijvenpark", "plan-stadsbedrijvenpark", 247.0,
        ((234.52, 556.98), (234.95, 556.97), (235.42, 557.02), (235.80, 557.25), (235.90, 557.75),
         (235.88, 558.50), (235.66, 559.00), (235.25, 559.06), (234.70, 559.03), (234.33, 558.94),
         (234.26, 558.45), (234.16, 558.05), (234.12, 557.72), (234.28, 557.44)),
        frozenset({"gross_area_m2", "plan_status", "plan_adopted_on", "type"}),
        {
            "type": "business_park", "plan_status": "irrevocable",
            "plan_adopted_on": date(2015, 10, 1), "plan_irrevocable_on": None,
            "serviced_on": date(1965, 1, 1), "max_env_category": "4.2",
            "price_min_eur_m2": 90.0, "price_max_eur_m2": 165.0, "grid_status": "congested",
            "park_management": True,
        },
    ),
    Park(
        "AZ", "Werklandschap Assen-Zuid", "plan-assen-zuid", 60.0,
        ((232.15, 553.00), (232.58, 552.86), (232.96, 552.84), (233.01, 553.20), (233.01, 553.60),
         (232.95, 554.08), (232.66, 554.10), (232.56, 554.02), (232.40, 553.62), (232.25, 553.26)),
        frozenset({"gross_area_m2", "max_env_category", "type"}),
        {
            "type": "business_park", "plan_status": "irrevocable",
            "plan_adopted_on": date(2011, 6, 30), "plan_irrevocable_on": date(2012, 8, 22),
            "serviced_on": date(2014, 11, 1), "max_env_category": "3.2",
            "price_min_eur_m2": 110.0, "price_max_eur_m2": 175.0, "grid_status": "congested",
            "park_management": True,
        },
    ),
    Park(
        "GW", "Graswijk", "sample-illustrative", 18.0,
        ((233.10, 552.86), (233.25, 552.90), (233.32, 553.15), (233.34, 553.52), (233.35, 553.88),
         (233.32, 554.08), (233.17, 554.09), (233.13, 553.60), (233.11, 553.15)),
        frozenset(),
        {
            "type": "business_park", "plan_status": "adopted",
            "plan_adopted_on": date(2020, 10, 15), "plan_irrevocable_on": None,
            "serviced_on": date(2008, 5, 1), "max_env_category": "2",
            "price_min_eur_m2": 130.0, "price_max_eur_m2": 185.0, "grid_status": "available",
            "park_management": False,
        },
    ),
    Park(
        "SM", "Schepersmaat", "sample-illustrative", 16.0,
        ((233.27, 554.47), (233.48, 554.42), (233.66, 554.45), (233.68, 554.66), (233.63, 554.84),
         (233.45, 554.88), (233.30, 554.83), (233.25, 554.64)),
        frozenset({"name"}),
        {
            "type": "economic_zone", "plan_status": "irrevocable",
            "plan_adopted_on": date(1998, 9, 10), "plan_irrevocable_on": date(1999, 7, 1),
            "serviced_on": date(2000, 3, 1), "max_env_category": "2",
            "price_min_eur_m2": 150.0, "price_max_eur_m2": 210.0, "grid_status": "limited",
            "park_management": True,
        },
    ),
)  # fmt: skip
"""Parks from north to south within their part of town."""


def park_shapes() -> dict[str, Polygon]:
    """Outlines by code in RD, exactly as large as the gross hectares."""
    return {
        park.code: scaled_to_area(
            Polygon([(x * 1000, y * 1000) for x, y in park.corners]), park.gross_ha * 10_000
        )
        for park in PARKS
    }


def park_rows(shapes: dict[str, Polygon]) -> list[dict[str, Any]]:
    """Rows of the layer ``business_parks``."""
    return [_row(park, shapes[park.code]) for park in PARKS]


def _row(park: Park, shape: Polygon) -> dict[str, Any]:
    values = {**park.values, "gross_area_m2": round(park.gross_ha * 10_000)}
    filled = [name for name in _FILLED if values[name] is not None and name not in park.sourced]
    return {
        **values,
        "code": park.code,
        "name": park.name,
        "illustrative_fields": ";".join([*filled, "geometry"]),
        "source_code": park.source_code,
        "geometry": shape,
    }
