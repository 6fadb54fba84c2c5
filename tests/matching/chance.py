"""Random sites and requirements, the same for the same number."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from shapely import Point, box

from geo_assen.matching import Requirement
from geo_assen.sites import Sites
from tests.matching.factories import (
    X,
    Y,
    catalogue,
    make_area,
    make_place,
    make_requirement,
    make_site,
    make_sites,
)

DAY = date(2026, 1, 1)
AREAS = (
    make_area("WEST", box(X, Y, X + 2000, Y + 4000)),
    make_area("OOST", box(X + 1500, Y, X + 4000, Y + 4000)),
)
PLACES = (
    *(make_place("station", X + 500 * n, Y - 300 * n) for n in range(3)),
    make_place("centre", X + 1000, Y + 1000),
)


def dice_of(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - the same numbers in every run are the point


def _codes(name: str) -> list[str]:
    return list(catalogue().codes[name].values)


def random_site(dice: Random, number: int) -> dict[str, Any]:
    kind = dice.choice(("plot", "plot", "premises"))
    x, y, side = X + dice.uniform(0, 4000), Y + dice.uniform(0, 4000), dice.choice((0, 60, 200))
    changes: dict[str, Any] = {
        "id": f"{kind}:{dice.choice('aAzé')}{number}",
        "kind": kind,
        "use": frozenset(dice.sample(_codes("uses"), dice.randint(1, 3))),
        "area_m2": dice.choice((5_000, 8_000, 12_000, 25_000, 40_000)),
        "smallest_part_m2": dice.choice((None, 2_000, 9_000, 30_000)),
        "max_env_category": dice.choice(_codes("env_category")),
        "available_from": DAY + timedelta(days=dice.randint(0, 900)),
        "grid_mva": dice.choice((0.0, 0.5, 2.0, 10.0)),
        "fibre": dice.random() < 0.5,
        "park": dice.choice(("MESSCHENVELD", "PEELERPARK")),
        "availability": dice.choice(("pass", "pass", "unknown")),
        "geometry": box(x, y, x + side, y + side) if side else Point(x, y),
        "distance_to_motorway_exit_m": dice.uniform(0, 5000),
    }
    if kind == "plot":
        changes["price_eur_m2"] = dice.choice((60.0, 85.0, 100.0, 140.0, 200.0))
    else:
        changes["energy_label"] = dice.choice(_codes("energy_label"))
    for name in changes:
        if name not in ("id", "kind", "availability") and dice.random() < 0.1:
            changes[name] = None
    return make_site(**changes)


def random_sites(dice: Random, size: int) -> Sites:
    rows = [random_site(dice, number) for number in range(size)]
    return make_sites(rows, areas=AREAS, places=PLACES, without=("distance_to_station_m",))


def _constraints(dice: Random) -> list[dict[str, Any]]:
    day = DAY + timedelta(days=dice.randint(0, 900))
    low, high = dice.choice((4_000, 8_000)), dice.choice((10_000, 26_000))
    return [
        {"field": "area_m2", "min": low, "max": high},
        {"field": "area_m2", "min": dice.choice((0, 12_000))},
        {"field": "area_m2", "max": 8_000},
        {"field": "grid_mva", "min": dice.choice((0.5, 1.5))},
        {"field": "grid_mva", "max": 0},
        {"field": "price_eur_m2", "max": dice.choice((60, 100))},
        {"field": "available_from", "max": day},
        {"field": "available_from", "min": day},
        {"field": "max_env_category", "at_least": dice.choice(_codes("env_category"))},
        {"field": "energy_label", "one_of": ["A", "B", "C"]},
        {"field": "energy_label", "at_least": "C"},
        {"field": "park", "one_of": ["PEELERPARK"]},
        {"field": "fibre", "is": dice.random() < 0.5},
        {"near": "station", "max_m": dice.choice((0, 1500, 3000))},
        {"near": "motorway_exit", "max_m": 2000},
        {"near": "station", "max_minutes": 10},
        {"near": [6.5632, 52.9971], "max_m": 4000},
        {"inside": dice.choice(("WEST", "OOST"))},
    ]


def _criteria() -> list[dict[str, Any]]:
    return [
        {"field": "price_eur_m2", "curve": {"smaller": [60, 140]}},
        {"field": "rent_eur_m2_year", "curve": {"smaller": [45, 45]}},
        {"field": "area_m2", "curve": {"target": [5_000, 8_000, 12_000, 40_000]}},
        {"field": "grid_mva", "curve": {"larger": [0, 2]}},
        {"field": "grid_mva", "curve": {"points": [[0, 0.2], [1, 1], [5, 0.4]]}},
        {"field": "available_from", "curve": {"smaller": [DAY, DAY + timedelta(days=365)]}},
        {"field": "energy_label", "curve": {"categories": {"A": 1, "B": 0.7}}},
        {"field": "fibre", "curve": {"categories": {"true": 1}}},
        {"field": "use", "curve": {"categories": {"logistics": 1, "office": 0.4}}},
        {"near": "station", "curve": {"smaller": [500, 5000]}},
        {"near": "centre", "curve": {"larger": [0, 3000]}},
        {"near": [6.5632, 52.9971], "curve": {"points": [[0, 0], [1000, 1], [4000, 0.1]]}},
    ]


def random_requirement(dice: Random) -> Requirement:
    weighed = dice.sample(_criteria(), dice.randint(0, 5))
    return make_requirement(
        use=dice.sample(_codes("uses"), dice.choice((0, 2, 4))),
        kinds=dice.choice((["plot", "premises"], ["plot"], ["premises"])),
        constraint=dice.sample(_constraints(dice), dice.randint(0, 4)),
        criterion=[item | {"weight": dice.choice((0, 1, 2, 3.5))} for item in weighed],
    )
