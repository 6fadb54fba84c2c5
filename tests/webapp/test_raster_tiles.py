"""Raster layers on the map: tiles in the colours of the legend, and what the panel says."""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from rasterio.io import MemoryFile

from geo_assen.commuting import picture_values
from geo_assen.crs import lonlat_to_rd
from geo_assen.settings import PROJECT_FOLDER
from tests.services.sample import lay_reach, settings_of
from tests.webapp.conftest import Tabs, served, settle
from tests.webapp.importing import Importer
from tests.webapp.pages import opened, parse

# the library that reads the pictures here says that they have no place
pytestmark = [
    pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
]

STATION = (6.57111, 52.99250)
ZOOM = 14


@pytest.fixture(scope="module")
def reach_app(staffed_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The sample with its reach rasters, of which one is for staff and one is not there."""
    folder = tmp_path_factory.mktemp("reach")
    layers = shutil.copytree(PROJECT_FOLDER / "layers", folder / "layers")
    private = layers / "reach_bike_45.toml"
    private.write_text(
        private.read_text("utf-8").replace("order = ", 'visible = "staff"\norder = '), "utf-8"
    )
    path = shutil.copy(staffed_sample, folder / "assen.gpkg")
    lay_reach(tmp_path_factory.getbasetemp(), folder)
    (folder / "rasters" / "reach_car_45.tif").unlink()
    yield from opened(settings_of(path, layers=layers))


@pytest.fixture
def visitor(reach_app: Flask) -> FlaskClient:
    return reach_app.test_client()


def tile_of(lon: float, lat: float, zoom: int = ZOOM) -> tuple[int, int, int, int]:
    """Column and row of the tile with a place, and of the pixel in it."""
    across = (lon + 180) / 360 * 2**zoom
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom
    return int(across), int(down), int(across % 1 * 256), int(down % 1 * 256)


def picture(data: bytes) -> np.ndarray:
    """Red, green, blue and opacity by pixel."""
    with MemoryFile(data) as memory, memory.open() as file:
        colours = file.colormap(1)
        table = np.array([colours.get(n, (0, 0, 0, 0)) for n in range(256)])
        return table[file.read(1)]


def test_tile_has_the_colour_of_the_class_of_the_value_there(visitor, reach_app):
    store = reach_app.extensions["geo_assen"]
    path = store.raster_folder.files()["reach_car_30"]
    column, row, px, py = tile_of(*STATION)
    answer = visitor.get(f"/rasters/reach_car_30/{ZOOM}/{column}/{row}.png")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    drawn = picture(answer.data)
    classes = store.catalogue.rasters["reach_car_30"].legend.classes
    seen = set()
    for x, y in [(px, py), (3, 3), (250, 17), (128, 200), (40, 240)]:
        lon = (column + (x + 0.5) / 256) / 2**ZOOM * 360 - 180
        lat = math.degrees(math.atan(math.sinh(
            math.pi * (1 - 2 * (row + (y + 0.5) / 256) / 2**ZOOM))))  # fmt: skip
        place = lonlat_to_rd(np.array([lon]), np.array([lat]))
        (value,) = picture_values(path, *place, is_soft=True)
        found = [item for item in classes if item.above is None or item.above <= value][-1]
        red, green, blue, opacity = drawn[y, x]
        assert f"#{red:02x}{green:02x}{blue:02x}" == found.colour
        assert opacity > 0
        seen.add(found.colour)
    assert len(seen) > 1


def test_tile_is_clear_where_there_are_no_values(visitor):
    column, row, *_ = tile_of(5.0, 52.0)
    drawn = picture(visitor.get(f"/rasters/reach_car_30/{ZOOM}/{column}/{row}.png").data)
    assert (drawn[..., 3] == 0).all()
    whole_world = picture(visitor.get("/rasters/reach_car_30/0/0/0.png").data)
    assert whole_world.shape == (256, 256, 4)


def test_tile_is_kept_until_the_file_changes(visitor, reach_app):
    address = "/rasters/reach_bike_15/11/1061/662.png"
    first = visitor.get(address)
    assert first.headers["Cache-Control"] == "public, max-age=300"
    tag = first.headers["ETag"]
    again = visitor.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    folder = reach_app.extensions["geo_assen"].raster_folder.path
    (folder / "reach_bike_15.tif").write_bytes((folder / "reach_bike_30.tif").read_bytes())
    changed = visitor.get(address, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.headers["ETag"] != tag) == (200, True)


@pytest.mark.parametrize(("address", "status"), [
    ("/rasters/plots/10/1/1.png", 404),
    ("/rasters/reach_car_45/10/1/1.png", 404),
    ("/rasters/reach_car_30/3/8/1.png", 404),
    ("/rasters/reach_car_30/23/1/1.png", 404),
    ("/rasters/reach_bike_45/10/1/1.png", 403),
    ("/rasters/reach_car_30/10/1/1.png?colour=red", 400),
    ("/rasters/reach_car_45/contours.geojson", 404),
    ("/rasters/reach_bike_45/contours.geojson", 403),
    ("/rasters/reach_bike_45.tif", 403),
    ("/rasters/plots.tif", 404),
])  # fmt: skip
def test_tile_that_is_not_there_is_refused(visitor, address, status):
    answer = visitor.get(address, headers={"Accept": "application/json"})
    assert answer.status_code == status


def test_contours_carry_their_value_in_the_language_and_show_a_prospect_what_is_public(reach_app):
    staff = Importer(reach_app)

    def lines(layer, query):
        answer = staff.client.get(f"/rasters/{layer}/contours.geojson?{query}",
                                  headers={"Accept": "application/json"})  # fmt: skip
        told = (answer.get_json() or {}).get("features", [])
        return answer.status_code, {(f["properties"]["value"], f["properties"]["label"],
                                     f["properties"]["number"]) for f in told}  # fmt: skip

    status, dutch = lines("reach_car_30", "lang=nl&v=1")
    assert (status, len(dutch)) == (200, 4)
    assert (350_000, "350.000 werkenden binnen 30 minuten", "350.000") in dutch
    english = lines("reach_car_30", "lang=en&view=prospect")[1]
    assert (350_000, "350,000 workers within 30 minutes", "350,000") in english
    assert lines("reach_bike_45", "lang=nl")[0] == 200
    assert lines("reach_bike_45", "lang=nl&view=prospect")[0] == 403


def test_file_of_a_layer_is_the_one_in_the_folder(visitor, reach_app):
    with visitor.get("/rasters/reach_car_30.tif") as answer:
        given = answer.mimetype, answer.data
    path = reach_app.extensions["geo_assen"].raster_folder.files()["reach_car_30"]
    assert given == ("image/tiff", path.read_bytes())


def test_site_says_where_its_reach_comes_from_on_its_page_and_in_its_file(visitor):
    page = parse(visitor.get("/sites/plot:P-AZ-006?lang=nl").get_data(as_text=True))
    text = " ".join(" ".join(page.find(".//main").itertext()).split())
    assert re.search(
        r"binnen 30 minuten met de auto \(model\) ongeveer [\d.]+00 werkenden \[a\]", text
    )
    # the sample has no timetable, and nobody says what grid connection this plot has
    assert re.search(r"Niet bekend: netaansluiting, [^.]*openbaar vervoer \(model\)\.", text)
    told = r"\[a\] Bron: .*schets van het wegennet.*, 24 november 2026 illustratief"
    assert re.search(told, text)
    listed = visitor.get("/sites.geojson?id=plot:P-AZ-006").get_json()
    source = listed["field_sources"]["workers_30min"]
    assert (source["date"], source["certainty"]) == ("2026-11-24", "illustrative")
    assert "schets van het wegennet" in source["source"]


def test_map_lists_rasters_with_legend_source_and_badge_and_says_where_data_lack(visitor):
    text = visitor.get("/?lang=nl&layers=reach_car_30").get_data(as_text=True)
    page = parse(text)
    rows = {e.get("data-layer-row"): e for e in page.iter("div") if e.get("data-layer-row")}
    told = {name: " ".join("".join(row.itertext()).split()) for name, row in rows.items()}
    assert "350.000 tot 375.000" in told["reach_car_30"]
    assert "schets van het wegennet" in told["reach_car_30"]
    assert "24 november 2026 illustratief" in told["reach_car_30"]
    boxes = {name: next(row.iter("input")) for name, row in rows.items()}
    assert boxes["reach_car_30"].get("checked") is not None
    assert boxes["reach_car_15"].get("checked") is None
    assert "Nog geen gegevens." in told["reach_car_45"]
    assert boxes["reach_car_45"].get("disabled") is not None
    assert "Nog geen gegevens." in told["reach_transit_45"]  # no timetable comes with the sample
    assert "reach_bike_45" not in rows
    assert text.count("addRaster(") == 4


def test_reader_puts_a_surface_on_and_off_and_the_link_says_so(tabs: Tabs, reach_app: Flask):
    for address in served(reach_app):
        page = tabs.take()
        page.goto(f"{address}/?lang=en&layers=business_parks")
        settle(page)
        box = page.locator("input[value=reach_car_30]")
        tiles = page.locator(".leaflet-layer-reach_car_30-pane img")
        assert tiles.count() == 0
        box.check()
        tiles.first.wait_for()
        settle(page)
        assert page.locator(".leaflet-layer-reach_car_30-pane path").count() > 4
        names = page.locator(".name--contour").all_inner_texts()
        assert "350,000 workers within 30 minutes" in {" ".join(name.split()) for name in names}
        assert tiles.evaluate_all("all => all.every(one => one.naturalWidth === 256)")
        assert "reach_car_30" in page.url
        pick, count = page.locator("[data-drawer-layer]"), page.locator("[data-drawer-count]")
        assert pick.is_visible()
        page.locator("input[value=business_parks]").uncheck()
        assert pick.is_hidden()
        assert "a surface has no table" in count.inner_text()
        page.locator("input[value=business_parks]").check()
        box.uncheck()
        assert tiles.count() == 0
        assert page.locator(".name--contour").count() == 0
        assert "reach_car_30" not in page.url
