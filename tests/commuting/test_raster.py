"""Rasters of labour reach pass an outside validator; values of any raster are read at places."""

from __future__ import annotations

import resource
from datetime import date

import numpy as np
import pytest
import rasterio
import shapely
from rasterio import Affine
from rio_cogeo import cog_info, cog_validate

from geo_assen.commuting.contours import contour_lines
from geo_assen.commuting.raster import (
    RasterTold,
    examine_raster,
    picture_values,
    reach_cog,
    values_at,
    zoom_drawn_from,
)
from geo_assen.commuting.reach import ReachGrid
from geo_assen.crs import from_rd
from geo_assen.errors import FileRefused

# the libraries multiply transforms in a way that a later version of theirs gives up
pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")

TOLD = RasterTold("roads: a sketch", date(2026, 11, 27), "illustrative")


@pytest.fixture(scope="module")
def reach(tmp_path_factory):
    workers = np.arange(146 * 98, dtype=float).reshape(146, 98)
    workers[:, 0] = np.nan
    grid = ReachGrid(workers, 228_700, 564_600, 30, "car", 120)
    path = tmp_path_factory.mktemp("reach") / "reach.tif"
    path.write_bytes(reach_cog(grid, TOLD))
    return path


def write(path, values, *, crs="EPSG:28992", transform=None, **more):
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[-2], width=values.shape[-1],
        count=1 if values.ndim == 2 else values.shape[0], dtype=values.dtype, crs=crs,
        transform=transform or Affine(10, 0, 230_000, 0, -10, 560_000), **more,
    ) as file:
        file.write(values, 1) if values.ndim == 2 else file.write(values)
    return path


def test_reach_raster_is_valid_for_an_outside_validator(reach):
    valid, errors, warnings = cog_validate(reach, strict=True)
    assert (valid, errors, warnings) == (True, [], [])
    info = cog_info(reach)
    assert len(info.IFD) >= 3  # the grid and two overviews
    with rasterio.open(reach) as file:
        assert (file.crs.to_epsg(), file.nodata, file.count) == (28992, -1, 1)
        assert file.bounds == (228_700, 550_000, 238_500, 564_600)
        assert file.res == (100, 100)
        told = [file.tags()[name] for name in ("MINUTES", "MODE", "UNPLACED_WORKERS")]
        assert told == ["30", "car", "120"]
    assert examine_raster(reach) == TOLD


def test_values_are_those_of_the_cells_that_hold_the_places(reach):
    x_m = np.array([228_850.0, 228_899.9, 228_900.0, 228_750.0, 228_699.0, np.nan, 238_499.0])
    y_m = np.array([564_599.0, 564_500.1, 564_500.0, 564_550.0, 564_550.0, 564_550.0, 550_001.0])
    expected = [1, 1, 98 + 2, np.nan, np.nan, np.nan, 146 * 98 - 1]
    assert values_at(reach, x_m, y_m).tolist() == pytest.approx(expected, nan_ok=True)


def test_values_read_block_by_block_are_those_of_the_whole(reach):
    rng = np.random.default_rng(3)
    column, row = rng.integers(1, 98, 500), rng.integers(0, 146, 500)
    found = values_at(reach, 228_750.0 + column * 100, 564_550.0 - row * 100)
    assert found.tolist() == (row * 98 + column).tolist()


def test_picture_holds_the_values_of_its_points_and_nothing_outside(reach):
    x_m, y_m = np.meshgrid(np.arange(228_650.0, 229_450, 100), np.arange(564_550.0, 563_950, -100))
    found = picture_values(reach, x_m, y_m)
    assert np.isnan(found[:, :2]).all()  # outside, and the column of nodata
    assert found[3, 2:].tolist() == [3 * 98 + column for column in range(1, 7)]


def test_soft_picture_runs_evenly_between_middles_and_keeps_its_edges(reach):
    # of row r and column c the value is 98 r + c; column 0 has none
    x_m, y_m = np.array([[228_850.0, 228_900, 228_925, 228_810, 228_750]]), np.full((1, 5), 564_500)
    assert picture_values(reach, x_m, y_m, is_soft=True)[0] == pytest.approx(
        [50, 50.5, 50.75, 50, np.nan], nan_ok=True
    )


def test_contours_run_where_the_surface_has_their_value(reach):
    (low, lines), (high, none) = contour_lines(reach, [98 * 60 + 49.5, 1e9])
    assert (low, high, len(none)) == (98 * 60 + 49.5, 1e9, 0)
    (line,) = lines
    x_m, y_m = shapely.get_coordinates(line).T
    # 98 row + column = 5929.5 falls a row over the width, from row 60.495 to 59.505
    column = (x_m - 228_750) / 100
    row = (564_550 - y_m) / 100
    assert np.abs(98 * row + column - low).max() < 98 * 0.35
    assert (column.min(), column.max()) == pytest.approx((1, 97), abs=0.01)


def test_raster_in_degrees_turned_and_scaled_is_read_where_it_lies(tmp_path):
    x_m, y_m = np.array([233_968.0]), np.array([556_906.0])
    ((lon, lat),) = shapely.get_coordinates(from_rd(shapely.points(x_m, y_m), "EPSG:4326"))
    turned = Affine(0, 0.001, lon - 0.0015, 0.001, 0, lat - 0.0025)  # columns run north
    path = tmp_path / "depth.tif"
    values = np.array([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 255, 11]], dtype=np.uint8)
    write(path, values, crs="EPSG:4326", transform=turned, nodata=255)
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (0.5,), (-1.0,)
    assert values_at(path, x_m, y_m).tolist() == [6 * 0.5 - 1]
    # one cell to the east is one row down, and has no value
    assert np.isnan(values_at(path, x_m + 67, y_m)).all()


def test_large_raster_is_read_without_fitting_in_memory(tmp_path):
    """20,000 x 20,000 floats are 1.6 GB; a tenth of that is more than reading may take."""
    path = tmp_path / "height.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=20_000, height=20_000, count=1, dtype="float32",
        crs="EPSG:7415", transform=Affine(5, 0, 200_000, 0, -5, 580_000), nodata=-9999,
        tiled=True, blockxsize=512, blockysize=512, sparse_ok=True, compress="DEFLATE",
    ) as file:
        file.write(np.full((1, 512, 512), 4.25, dtype=np.float32),
                   window=rasterio.windows.Window(512, 1024, 512, 512))
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rng = np.random.default_rng(5)
    x_m, y_m = rng.uniform(200_000, 300_000, 400), rng.uniform(480_000, 580_000, 400)
    x_m[0], y_m[0] = 200_000 + 512 * 5 + 1, 580_000 - 1024 * 5 - 1
    found = values_at(path, x_m, y_m)
    assert found[0] == 4.25
    assert np.isnan(found).sum() > 390
    # without overviews it is drawn from nearby alone
    near = np.meshgrid(np.linspace(202_600, 203_000, 9), np.linspace(574_800, 574_500, 9))
    assert np.isfinite(picture_values(path, *near)).all()
    far = np.meshgrid(np.linspace(200_001, 249_999, 9), np.linspace(579_999, 530_001, 9))
    with pytest.raises(FileRefused, match=r"no overviews.*gdaladdo"):
        picture_values(path, *far)
    # a tile of zoom 12 is 9.8 km at the equator; of 4096 cells of 5 m half are 10.2 km
    assert zoom_drawn_from(path) == 12
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 160_000


@pytest.mark.parametrize(("fault", "said"), [
    ("crs", "reference system.*gdal_edit.py -a_srs EPSG:<number>"),
    ("bands", "3 bands.*gdal_translate -b 1"),
    ("place", "where it lies"),
    ("local", "not one of a map"),
    ("text", "not a GeoTIFF"),
    ("store", "not a GeoTIFF"),
    ("missing", "not a GeoTIFF"),
])  # fmt: skip
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_raster_of_no_use_is_refused_with_what_to_do(tmp_path, sqlite_template, fault, said):
    path, flat = tmp_path / "x.tif", np.zeros((4, 4), dtype=np.uint8)
    if fault == "crs":
        write(path, flat, crs=None)
    elif fault == "bands":
        write(path, np.zeros((3, 4, 4), dtype=np.uint8))
    elif fault == "place":
        write(path, flat, transform=Affine.identity())
    elif fault == "local":
        write(path, flat, crs='LOCAL_CS["drawing",UNIT["metre",1]]')
    elif fault == "text":
        path.write_text("not a raster")
    elif fault == "store":
        path = sqlite_template
    with pytest.raises(FileRefused, match=said) as refused:
        values_at(path, np.array([230_001.0]), np.array([559_999.0]))
    assert str(refused.value).startswith(str(path))
