"""Labour reach from the sample's files, and raster layers where sites lie."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio import Affine
from rasterio.warp import transform

from geo_assen import services
from geo_assen.access import Role
from geo_assen.commuting import travel_minutes
from geo_assen.errors import ArgumentRefused, FileRefused
from geo_assen.matching import Requirement, match
from geo_assen.services import Store, site_rows
from geo_assen.services.reach_files import read_origins, read_roads
from geo_assen.services.site_index import index_at
from geo_assen.settings import PROJECT_FOLDER
from tests.services.sample import copied, lay_reach, opened

# the library multiplies transforms in a way that a later version of it gives up
pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")

TODAY = services.today()
SAMPLE = PROJECT_FOLDER / "data" / "assen"
ASKED = Requirement.parse({
    "title": "many hands",
    "constraint": [{"field": "workers_30min", "min": 350_000}],
    "criterion": [{"field": "workers_15min_bike", "curve": {"larger": [0, 20_000]}}],
})  # fmt: skip


@pytest.fixture(scope="module")
def reached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The sample with its reach rasters; no test may change it."""
    base, folder = tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("reached")
    lay_reach(base, folder)
    store = opened(copied(base, folder))
    yield store
    store.close()


def value_in(path: Path, x_m: float, y_m: float) -> float:
    with rasterio.open(path) as file:
        row, column = file.index(x_m, y_m)
        value = file.read(1)[row, column]
        return np.nan if value == file.nodata else float(value)


def test_sample_reach_is_there_for_both_modes_and_grows_with_time(reached):
    files = reached.raster_folder.files()
    assert sorted(files) == [f"reach_{m}_{t}" for m in ("bike", "car") for t in (15, 30, 45)]
    for mode in ("car", "bike"):
        layers = [rasterio.open(files[f"reach_{mode}_{t}"]) for t in (15, 30, 45)]
        shorter, middle, longer = (file.read(1) for file in layers)
        assert (shorter <= middle).all() and (middle <= longer).all() and longer.max() > 0
        assert {file.tags()["CERTAINTY"] for file in layers} == {"illustrative"}
        for file in layers:
            file.close()


def test_every_site_has_the_value_of_the_cell_in_its_middle(reached):
    frame = reached.sites(TODAY).frame
    folder = reached.raster_folder.path
    bounds = frame.geometry.bounds
    middle = (bounds["minx"] + bounds["maxx"]) / 2, (bounds["miny"] + bounds["maxy"]) / 2
    for field, name in (("workers_30min", "reach_car_30"), ("workers_45min_bike", "reach_bike_45")):
        expected = [value_in(folder / f"{name}.tif", *place) for place in zip(*middle, strict=True)]
        assert frame[field].tolist() == pytest.approx(expected, nan_ok=True)
    assert frame["workers_30min"].notna().sum() > 100
    assert frame["workers_45min_transit"].isna().all()  # no timetable was given


def test_reach_is_a_constraint_and_a_criterion_with_its_own_source(reached):
    ranking = match(ASKED, reached.sites(TODAY))
    frame = reached.sites(TODAY).frame
    known = dict(zip(frame["id"], frame["workers_30min"], strict=True))
    verdicts = {result.id: result.constraints[-1].verdict.value for result in ranking.results}
    assert {"pass", "fail"} <= set(verdicts.values())
    assert all((known[site] >= 350_000) == (said == "pass") for site, said in verdicts.items())
    first = ranking.results[0]
    (wish,) = first.criteria
    assert wish.desirability == pytest.approx(min(wish.value / 20_000, 1))
    assert "schets van het wegennet" in wish.source
    assert wish.date == date(2026, 11, 24)


def test_travel_time_is_a_constraint_where_there_are_roads(reached):
    asked = Requirement.parse({
        "title": "near a motorway",
        "constraint": [{"near": "motorway_exit", "max_minutes": 6},
                       {"near": [6.57111, 52.9925], "max_minutes": 12}],
    })  # fmt: skip
    sites = reached.sites(TODAY)
    roads = read_roads(SAMPLE / "road_graph.geojson").graph
    exits = sites.places[sites.places["kind"] == "motorway_exit"].geometry
    ends = np.column_stack([exits.x, exits.y])
    seen = set()
    for result in match(asked, sites).results:
        _, exit_, station = result.constraints
        west, south, east, north = sites.frame.geometry[sites.row_of(result.id)].bounds
        middle = np.array([[(west + east) / 2, (south + north) / 2]])
        minutes = travel_minutes(roads, "car", middle, ends, limit_minutes=90).min()
        assert exit_.value == pytest.approx(minutes, abs=0.0501)
        assert exit_.verdict.value == ("pass" if exit_.value <= 6 else "fail")
        assert station.unit == "minutes"
        if exit_.shortfall is not None:
            assert exit_.shortfall == pytest.approx(exit_.value - 6)
        seen |= {exit_.verdict.value, station.verdict.value}
    assert seen == {"pass", "fail"}
    failing = next(r for r in match(asked, sites).results if r.nearest_miss)
    assert failing.nearest_miss.direction == "nearer"


def test_index_read_in_bulk_has_the_same_values(reached, monkeypatch):
    few = match(ASKED, reached.sites(TODAY))
    monkeypatch.setattr(site_rows, "LARGE", 10)
    many = match(ASKED, index_at(reached, TODAY))
    assert (many.counts, many.results) == (few.counts, few.results)


def test_without_rasters_reach_is_unknown_and_new_files_count_at_once(
    tmp_path_factory, tmp_path, monkeypatch
):
    monkeypatch.setattr(site_rows, "LARGE", 10)
    store = opened(copied(tmp_path_factory.getbasetemp(), tmp_path))

    def verdicts():
        ranking = match(ASKED, index_at(store, TODAY))
        return {result.constraints[-1].verdict.value for result in ranking.results}

    def fitting():
        fits = services.requirements_fitting(store, "plot:P-MV-042", as_of=TODAY, role=Role.STAFF)
        return {fit.requirement.code: fit.result.verdict.value for fit in fits}["R-HANDS"]

    services.add_requirement(store, ASKED, role=Role.STAFF, code="R-HANDS")
    assert (verdicts(), fitting()) == ({"unknown"}, "unknown")
    lay_reach(tmp_path_factory.getbasetemp(), tmp_path)
    assert "pass" in verdicts()
    assert fitting() == "pass"
    (store.raster_folder.path / "reach_car_30.tif").unlink()
    assert verdicts() == {"unknown"}
    store.close()


def test_faulty_file_stops_the_start_and_is_told_where_it_comes_later(tmp_path_factory, tmp_path):
    path = copied(tmp_path_factory.getbasetemp(), tmp_path)
    store = opened(path)
    folder = tmp_path / "rasters"
    folder.mkdir()
    (folder / "reach_car_30.tif").write_bytes(b"no raster")
    with pytest.raises(FileRefused, match=r"reach_car_30\.tif: it is not a GeoTIFF"):
        opened(path)
    assert store.sites(TODAY).frame["workers_30min"].isna().all()
    (folder / "road_graph.geojson").write_text("[]")
    raster, roads = services.check(store)
    assert "reach_car_30.tif" in raster
    assert "road_graph.geojson: it is not a GeoJSON" in roads
    store.close()


def test_any_raster_becomes_a_field_of_sites_by_its_layer_file(tmp_path_factory, tmp_path):
    layers = shutil.copytree(PROJECT_FOLDER / "layers", tmp_path / "layers")
    sites = layers / "sites.toml"
    sites.write_text(sites.read_text("utf-8").replace("field = [\n", (
        'field = [\n  { name = "noise_level", type = "number", unit = "stated", derived = true, '
        'sites = ["plot"], filter = true, title = { nl = "Geluid", en = "Noise" } },\n'
    ), 1), "utf-8")  # fmt: skip
    (layers / "noise.toml").write_text(
        (layers / "reach_car_30.toml").read_text("utf-8")
        .replace("reach_car_30.tif", "noise.tif").replace("reach_car_30", "noise")
        .replace('unit = "workers", field = "workers_30min"', 'unit = "dB", field = "noise_level"')
        .replace(', certainty = "modelled"', ""),
        "utf-8",
    )  # fmt: skip
    # over the town in the system of Germany next door, 55 dB west and 65 dB east of the station
    corners = transform("EPSG:28992", "EPSG:32632", [228_000, 234_492], [565_000, 550_000])
    (left, edge), (top, _) = corners
    width = edge - left
    (tmp_path / "rasters").mkdir()
    with rasterio.open(
        tmp_path / "rasters" / "noise.tif", "w", driver="GTiff", width=2, height=1, count=1,
        dtype="float32", crs="EPSG:32632",
        transform=Affine(width, 0, left, 0, -20_000, top + 2_000),
    ) as file:
        file.write(np.array([[55.5, 65.5]], dtype=np.float32), 1)
    store = opened(copied(tmp_path_factory.getbasetemp(), tmp_path), layers=layers)
    frame = store.sites(TODAY).frame
    plots = frame[frame["kind"] == "plot"]
    places = plots.geometry.bounds
    east, _ = transform("EPSG:28992", "EPSG:32632", (places["minx"] + places["maxx"]) / 2,
                        (places["miny"] + places["maxy"]) / 2)  # fmt: skip
    expected = [55.5 if x < edge else 65.5 for x in east]
    assert plots["noise_level"].tolist() == expected
    assert set(expected) == {55.5, 65.5}
    assert frame[frame["kind"] == "premises"]["noise_level"].isna().all()  # it does not apply
    site = services.site_detail(store, "plot:P-MV-042", as_of=TODAY, role=Role.PUBLIC)
    (noise,) = [field for field in site.rows.fields if field.name == "noise_level"]
    assert noise.unit == "dB"  # as the raster states it
    assert site.field_sources["noise_level"].certainty is None  # nobody says how sure it is
    store.close()


@pytest.mark.parametrize(("text", "said"), [
    ("[1, 2", "not JSON"),
    ('{"type": "Feature"}', "FeatureCollection"),
    ('{"features": []}', "no road with a speed"),
    ('{"features": [{"properties": {"car_kmh": 50}, "geometry": null}]}', "1: it is not a line"),
    ('{"features": [{"properties": {"car_kmh": "fast"}, "geometry": {"type": "LineString", '
     '"coordinates": [[6.5, 53], [6.6, 53]]}}]}', "feature 1: a speed is a number"),
    ('{"features": [{"properties": {"car_kmh": 50}, "geometry": {"type": "LineString", '
     '"coordinates": [[233968, 556906], [234968, 556906]]}}]}', "longitude and latitude"),
    ('{"date": "spring", "features": [{"properties": {"car_kmh": 50}, "geometry": {"type": '
     '"LineString", "coordinates": [[6.5, 53], [6.6, 53]]}}]}', "date 'spring'"),
])  # fmt: skip
def test_road_graph_of_no_use_is_refused_with_its_fault(write, text, said):
    with pytest.raises(FileRefused, match=said):
        read_roads(write("roads.geojson", text))


@pytest.mark.parametrize(("text", "said"), [
    ("code,x_m,y_m\nA,1,2\n", "no column 'workers'"),
    ("code,x_m,y_m,workers\n", "holds no origin"),
    ("code,x_m,y_m,workers\nA,233968,556906,many\n", "row 2: workers is no number but 'many'"),
    ("code,x_m,y_m,workers\nA,233968,556906,10\nB,233968,556906,-4\n", "row 3: -4 workers"),
    ("code,x_m,y_m,workers\nA,999999,556906,10\n", "row 2: 999999, 556906 is no place"),
    ("code,x_m,y_m,workers\nd,234000,557000,100\ne,234000,557001,1\nd,234000,557000,100\n",
     "row 4: 234000, 557000 stands in row 2 already"),
])  # fmt: skip
def test_origins_of_no_use_are_refused_with_their_row(write, text, said):
    with pytest.raises(FileRefused, match=said):
        read_origins(write("workers.csv", text))


def test_openstreetmap_is_read_with_its_speeds_and_directions(write):
    nodes = "".join(
        f'<node id="{n}" lat="{53 + n * 0.01:.2f}" lon="6.5" version="1"/>' for n in range(4)
    )

    def way(number, refs, **tags):
        told = "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        along = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        return f'<way id="{number}" version="1">{along}{told}</way>'

    ways = (
        way(1, [0, 1], highway="residential"),
        way(2, [1, 2], highway="secondary", maxspeed="30", oneway="yes"),
        way(3, [2, 1], highway="cycleway"),
        way(4, [2, 3], highway="service", access="private"),
    )
    path = write("town.osm", f'<osm version="0.6">{nodes}{"".join(ways)}</osm>')
    graph = read_roads(path).graph
    metres = 1112.9  # a hundredth of a degree of latitude here
    total = {mode: graph.minutes[mode].sum() for mode in ("car", "bike")}
    street, road = metres / (25_000 / 60), metres / (30_000 / 60)
    assert total["car"] == pytest.approx(2 * street + road, rel=2e-3)
    # by bicycle both ways over all three; of the two between the same nodes one counts
    assert total["bike"] == pytest.approx(4 * metres / (16_000 / 60), rel=2e-3)


def test_reach_without_outline_of_the_municipality_asks_for_bounds(tmp_path_factory, tmp_path):
    path = copied(tmp_path_factory.getbasetemp(), tmp_path)
    store = opened(path, municipality_code="GM0014")
    with pytest.raises(ArgumentRefused, match="no outline of GM0014"):
        services.labour_reach(store, minutes=30, mode="car")
    around = services.labour_reach(
        store, minutes=30, mode="car", bounds_m=(233_000, 556_000, 234_000, 557_000)
    )
    assert around.grid.workers.shape == (10, 10)
    assert around.least > 100_000
    store.close()
