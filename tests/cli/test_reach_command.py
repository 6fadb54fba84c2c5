"""Labour reach at the command line, and the same figures in library, command and page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import rasterio
from rio_cogeo import cog_validate

from geo_assen import services
from tests.cli.running import run
from tests.services.gtfs_feed import gtfs_feed
from tests.services.sample import lay_reach, opened
from webapp import create_app

Write = Callable[[str, str], Path]


def test_reach_file_is_valid_and_is_the_raster_of_the_sample(copy: Path, tmp_path: Path) -> None:
    path = tmp_path / "reach.tif"
    done = run("reach", "--minutes", 30, "-o", path, "--store", copy)
    assert (done.code, done.out) == (0, b"")
    assert "they are in no sum" in done.err
    assert cog_validate(path, strict=True, quiet=True)[0]
    feed, folder = gtfs_feed(tmp_path / "feed.zip"), tmp_path / "rasters"
    every = run("reach", "--all", "--gtfs", feed, "--day", "2026-12-08", "--store", copy)
    assert (every.code, every.text.count(".tif\n")) == (0, 7)
    assert path.read_bytes() == (folder / "reach_car_30.tif").read_bytes()
    store = opened(copy)
    layers = store.catalogue.rasters.values()
    files = {layer.raster.file for layer in layers if layer.id.startswith("reach_")}
    assert files == {file.name for file in folder.glob("*.tif")}
    assert store.raster_folder.roads == folder / "road_graph.geojson"
    store.close()


def test_reach_without_a_file_tells_its_figures(sample: Path) -> None:
    done = run("reach", "--minutes", 15, "--mode", "bike", "--json", "--store", sample)
    told = json.loads(done.out)
    assert (told["minutes"], told["mode"], told["certainty"]) == (15, "bike", "illustrative")
    reached = told["reached_workers"]
    assert 0 <= reached["least"] < reached["median"] < reached["most"] < told["workers"]
    assert told["known_cells"] < told["cells"]
    plain = run("reach", "--minutes", 15, "--mode", "bike", "--store", sample).text
    assert f"{reached['most']:,}" in plain


@pytest.mark.parametrize(("arguments", "said"), [
    (("--minutes", 0), "1 to 120"),
    (("--roads", "nowhere.geojson"), "nowhere.geojson"),
    (("--workers", "nowhere.csv"), "nowhere.csv"),
    (("--bounds", "234000,557000,233000,556000"), "west before east"),
    (("--bounds", "6.5,52.9,6.6,53.0"), "6.5, 52.9 is no place there"),
    (("--mode", "transit"), "no timetable was given: no data."),
    (("--mode", "transit", "--gtfs", "nowhere.zip"), "nowhere.zip"),
])  # fmt: skip
def test_reach_that_has_no_answer_is_one_sentence(sample: Path, arguments, said) -> None:
    assert said in run("reach", *arguments, "--store", sample).sentence()


def test_reach_by_a_mode_without_roads_is_wrong_usage(sample: Path) -> None:
    assert run("reach", "--mode", "train", "--store", sample).code == 2
    assert run("reach", "--bounds", "here", "--store", sample).code == 2
    assert run("reach", "--all", "--minutes", 30, "--store", sample).code == 2
    assert run("reach", "--day", "2026-12-08", "--store", sample).code == 2


def test_reach_by_public_transport_says_what_it_was_computed_from(
    sample: Path, tmp_path: Path
) -> None:
    feed, path = gtfs_feed(tmp_path / "feed.zip"), tmp_path / "reach.tif"
    arguments = ("--bounds", "233000,556000,234000,557000", "--store", sample)
    done = run("reach", "--minutes", 45, "--mode", "transit", "--gtfs", feed, "--day",
               "2026-12-08", "-o", path, "--json", *arguments)  # fmt: skip
    assert "Timetable of 2026-12-08." in done.err
    told = json.loads(done.out)
    assert (told["mode"], told["service_day"]) == ("transit", "2026-12-08")
    assert told["reached_workers"]["most"] > 0
    with rasterio.open(path) as file:
        tags, values = file.tags(), file.read(1)
    assert (tags["MODE"], tags["MINUTES"]) == ("transit", "45")
    assert tags["SOURCE"].startswith("Lines of the North")
    assert tags["CERTAINTY"] == "illustrative"  # as the workers of the sample are
    assert values.max() == told["reached_workers"]["most"]


def test_library_command_and_page_say_the_same_of_reach(
    copy: Path, write: Write, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lay_reach(tmp_path_factory.getbasetemp(), copy.parent)
    store = opened(copy)
    asked = write("asked.toml", (
        'title = "Hands"\nkinds = ["plot"]\n[[constraint]]\nfield = "workers_30min"\nmin = 340000\n'
        '[[criterion]]\nfield = "workers_30min"\ncurve = { larger = [300000, 400000] }\n'
    ))  # fmt: skip
    sites = store.sites(services.today()).frame
    known = dict(zip(sites["id"], sites["workers_30min"], strict=True))
    store.close()
    done = run("match", asked, "--format", "json", "--top", 100, "--store", copy)
    by_command = {
        result["id"]: (result["criteria"][0]["value"], result["constraints"][-1]["verdict"])
        for result in json.loads(done.out)["results"]
    }
    assert len(by_command) > 10
    for site, (value, verdict) in by_command.items():
        assert (value, verdict) == (known[site], "pass" if known[site] >= 340_000 else "fail")
    app = create_app(opened(copy).settings)
    client = app.test_client()
    query = (
        "kinds=plot&min.workers_30min=340000"
        "&w.workers_30min=1&c.workers_30min=larger:300000,400000"
    )
    page = client.get(f"/match.geojson?{query}").get_json()
    by_page = {
        item["id"]: item["properties"]["criteria"][0]["value"] for item in page["features"]
    }
    assert by_page.items() <= {site: value for site, (value, _) in by_command.items()}.items()
    assert len(by_page) > 10
    listed = client.get("/sites.geojson?min.workers_30min=340000").get_json()["features"]
    assert {item["id"] for item in listed} == {s for s, value in known.items() if value >= 340_000}
    app.extensions["geo_assen"].close()
