from __future__ import annotations

import ast
import re
from itertools import combinations
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import Point, box

from geo_assen.crs import RD
from geo_assen.errors import CrsError
from geo_assen.vacancy import HOTSPOT_CLASSES, hotspots, vacancy_hotspots

X_M, Y_M = 233_000, 556_000


def _units(places: np.ndarray, vacant: np.ndarray) -> gpd.GeoDataFrame:
    """Units at places in metres from a corner, vacant or occupied."""
    shapes = [Point(X_M + x, Y_M + y) for x, y in places]
    state = np.where(vacant, "vacant", "occupied").astype(object)
    codes = [f"u{at}" for at in range(len(places))]
    return gpd.GeoDataFrame({"state": state}, index=codes, geometry=shapes, crs=RD)


@pytest.fixture(scope="module")
def town() -> tuple[np.ndarray, np.ndarray]:
    """300 places without order and, by chance, 30 vacant ones."""
    draw = np.random.default_rng(8)
    places = draw.uniform(0, 800, (300, 2))
    return places, draw.permutation(np.arange(300) < 30)


def test_scores_and_neighbours_are_those_of_the_formula(
    town: tuple[np.ndarray, np.ndarray],
) -> None:
    places, vacant = town[0][:60] / 3, town[1][:60]
    rows = vacancy_hotspots(_units(places, vacant), distance_m=60).rows
    n, mean = 60, vacant.sum() / 60
    spread = np.sqrt((vacant**2.0).sum() / n - mean**2)
    for at in range(n):
        near = [to for to in range(n) if np.hypot(*(places[at] - places[to])) <= 60]
        weight = len(near)
        found = sum(bool(vacant[to]) for to in near)
        above = found - mean * weight
        gi_z = above / (spread * np.sqrt((n * weight - weight**2) / (n - 1)))
        row = rows.loc[f"u{at}"]
        assert (row["neighbours"], row["vacant_neighbours"]) == (weight, found)
        assert row["gi_z"] == pytest.approx(gi_z)


def test_chance_is_that_of_all_ways_to_deal_the_vacant_units_anew() -> None:
    # nine units in a row, three vacant; neighbours are the next two on either side
    vacant = np.array([1, 1, 0, 0, 0, 0, 1, 0, 0], dtype=bool)
    places = np.column_stack([np.arange(9) * 10.0, np.zeros(9)])
    rows = vacancy_hotspots(_units(places, vacant), distance_m=20).rows
    for at in range(9):
        near = {to for to in range(9) if abs(to - at) <= 2}
        others = [to for to in range(9) if to != at]
        own = {at} if vacant[at] else set()
        dealt = [
            len((own | set(chosen)) & near) for chosen in combinations(others, 3 - len(own))
        ]
        found = int(vacant[list(near)].sum())
        tails = (sum(c >= found for c in dealt), sum(c <= found for c in dealt))
        expected = min(1.0, 2 * min(tails) / len(dealt))
        assert rows.at[f"u{at}", "p_value"] == pytest.approx(expected)


def test_planted_cluster_is_hot_and_chance_is_not(town: tuple[np.ndarray, np.ndarray]) -> None:
    places, vacant = town
    by_chance = vacancy_hotspots(_units(places, vacant))
    assert set(by_chance.rows["hotspot"]) <= {"not_significant", "too_few"}
    assert (by_chance.units, by_chance.vacant_units, by_chance.warnings) == (300, 30, ())
    centre = np.hypot(*(places - [400, 400]).T) <= 90
    found = vacancy_hotspots(_units(places, vacant | centre)).rows["hotspot"]
    innermost = np.hypot(*(places - [400, 400]).T) <= 50
    assert set(found[innermost]) == {"hot_99"}
    outside = np.hypot(*(places - [400, 400]).T) > 90 + 100
    assert not found[outside].str.startswith("hot").any()


def test_place_without_vacancy_among_many_is_cold() -> None:
    places = np.column_stack([np.arange(200) * 10.0, np.zeros(200)])
    vacant = np.ones(200, dtype=bool)
    vacant[90:110] = False
    found = vacancy_hotspots(_units(places, vacant)).rows
    assert found.loc["u100", "hotspot"] == "cold_99"
    assert found.loc["u100", "gi_z"] < 0
    assert set(found["hotspot"]) <= set(HOTSPOT_CLASSES)


def test_too_few_neighbours_are_not_judged() -> None:
    # eight vacant units together, seven more far away, and a crowd of occupied ones
    places = [(x * 10.0, y) for count, y in ((8, 0), (7, 1000), (80, 2000)) for x in range(count)]
    vacant = np.arange(95) < 15
    found = vacancy_hotspots(_units(np.array(places), vacant)).rows["hotspot"]
    assert set(found.iloc[:8]) == {"hot_99"}
    assert set(found.iloc[8:15]) == {"too_few"}


def test_unknown_units_are_left_out_and_outlines_stand_for_a_point() -> None:
    places = np.column_stack([np.arange(40) * 5.0, np.zeros(40)])
    units = _units(places, np.arange(40) % 4 == 0)
    units.loc["u1", "state"], units.loc["u2", "state"] = "unknown", "partly"
    units.loc["u3", "geometry"] = None
    same = vacancy_hotspots(units)
    assert (same.units, same.vacant_units, same.left_out) == (38, 11, 2)
    assert not {"u1", "u3"} & set(same.rows.index)
    units["geometry"] = [shape and box(shape.x - 2, shape.y - 2, shape.x + 2, shape.y + 2)
                         for shape in units.geometry]  # fmt: skip
    assert vacancy_hotspots(units).rows.equals(same.rows)


@pytest.mark.parametrize(
    ("count", "vacant", "warnings"),
    [
        (29, 5, ("few_units",)),
        (30, 4, ("few_vacant",)),
        (30, 0, ("few_vacant", "all_alike")),
        (30, 30, ("all_alike",)),
        (0, 0, ("few_units", "few_vacant", "all_alike")),
    ],
)
def test_small_numbers_are_warned_of(count: int, vacant: int, warnings: tuple[str, ...]) -> None:
    places = np.column_stack([np.arange(count) * 20.0, np.zeros(count)])
    found = vacancy_hotspots(_units(places, np.arange(count) < vacant))
    assert found.warnings == warnings
    if "all_alike" in warnings:
        assert set(found.rows["hotspot"]) <= {"not_significant"}
        assert found.rows["p_value"].isna().all()


def test_units_that_are_all_neighbours_have_no_score_and_are_not_significant() -> None:
    found = vacancy_hotspots(_units(np.zeros((10, 2)), np.arange(10) < 3)).rows
    assert found["gi_z"].isna().all()
    assert set(found["hotspot"]) == {"not_significant"}


def test_degrees_are_refused() -> None:
    units = _units(np.zeros((2, 2)), np.array([True, False]))
    with pytest.raises(CrsError, match="hot spots"):
        vacancy_hotspots(units.set_crs("EPSG:4326", allow_override=True))


def test_importing_the_module_does_not_import_the_library() -> None:
    module = ast.parse(Path(hotspots.__file__).read_text(encoding="utf-8"))
    nodes = [node for node in ast.walk(module) if isinstance(node, ast.Import | ast.ImportFrom)]
    imports = [ast.unparse(node) for node in nodes]
    assert imports
    assert [line for line in imports if re.search("esda|pysal|sklearn", line)] == []
