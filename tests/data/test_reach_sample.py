"""Roads and workers of the sample: drawn by the code beside them, and fit for labour reach."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from shapely.geometry import shape

from data.drawing.road_graph import rd_of, write_road_graph
from data.drawing.workers import write_workers
from geo_assen.commuting import travel_minutes
from geo_assen.crs import to_rd
from geo_assen.services.reach_files import read_origins, read_roads

FOLDER = Path(__file__).resolve().parents[2] / "data" / "assen"


@pytest.fixture(scope="module")
def graph():
    return read_roads(FOLDER / "road_graph.geojson").graph


def test_files_are_what_the_code_draws(tmp_path):
    write_road_graph(tmp_path)
    assert (tmp_path / "road_graph.geojson").read_bytes() == (
        FOLDER / "road_graph.geojson"
    ).read_bytes()
    features = json.loads((FOLDER / "areas.geojson").read_text("utf-8"))["features"]
    outlines = {
        f["properties"]["code"]: to_rd(shape(f["geometry"]), "OGC:CRS84").item()
        for f in features if f["geometry"]
    }  # fmt: skip
    write_workers(tmp_path, outlines)
    assert (tmp_path / "workers.csv").read_bytes() == (FOLDER / "workers.csv").read_bytes()


def test_both_say_that_they_are_illustrative():
    document = json.loads((FOLDER / "road_graph.geojson").read_text("utf-8"))
    assert document["certainty"] == "illustrative"
    assert read_origins(FOLDER / "workers.csv").source_codes == {"sample-illustrative"}


def test_workers_add_up_to_48_percent_of_the_published_inhabitants():
    by_area = Counter()
    with (FOLDER / "workers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by_area[row["area"]] += int(row["workers"])
    assert sum(n for area, n in by_area.items() if area.startswith("WK0106")) == 33_000
    published = {"GM1730": 33_978, "GM1680": 25_399, "GM1731": 33_381, "GM1699": 31_214,
                 "GM0014": 233_273, "GM0114": 107_024}  # fmt: skip
    for area, inhabitants in published.items():
        assert by_area[area] == pytest.approx(0.48 * inhabitants, rel=0.01)


def test_travel_times_are_such_as_the_region_knows(graph):
    """By car about 20 to 30 minutes to Groningen and 30 to 40 to Emmen, outside the rush hour."""
    town = np.array([[233_968.0, 556_906.0]])
    ends = np.array([rd_of(name) for name in ("groningen", "emmen", "rolde")])
    groningen, emmen, rolde = travel_minutes(graph, "car", town, ends, limit_minutes=90)[0]
    assert 18 < groningen < 30
    assert 28 < emmen < 42
    assert 6 < rolde < 12
    assert travel_minutes(graph, "bike", town, ends[2:], limit_minutes=90)[0, 0] > 2 * rolde


def test_hardly_a_node_hangs_loose_for_cars(graph):
    assert graph.island_nodes["car"] <= 5
