"""The pinned way between RD and degrees, on known points."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from shapely.geometry import Point, box

from geo_assen.crs import (
    LONLAT_ACCURACY_M,
    RD,
    RD_EXTENT,
    crs_wkt,
    from_rd,
    lonlat_to_rd,
    rd_to_lonlat,
    require_rd,
    to_lonlat,
    to_rd,
)
from geo_assen.errors import CrsError, UnknownCrsError

KNOWN = {
    # RD metres, and degrees by the official transformation RDNAPTRANS
    "Amersfoort": ((155_000.0, 463_000.0), (5.387203657, 52.155172897)),
    "Assen": ((233_700.0, 556_700.0), (6.5592826, 52.9915204)),
}
AS_RECORDED = (6.559282171, 52.991519308)
"""Degrees of (233700, 556700) by the pinned operation; must never change silently."""


@pytest.mark.parametrize(("rd", "degrees"), KNOWN.values(), ids=KNOWN.keys())
def test_known_points_lie_within_the_stated_accuracy(rd, degrees):
    x, y = lonlat_to_rd(np.array([degrees[0]]), np.array([degrees[1]]))
    assert Point(rd).distance(Point(x[0], y[0])) < LONLAT_ACCURACY_M
    lon, lat = rd_to_lonlat(np.array([rd[0]]), np.array([rd[1]]))
    per_degree = np.array([111_320 * np.cos(np.radians(degrees[1])), 111_320])
    apart_m = np.hypot(*(np.array([lon[0] - degrees[0], lat[0] - degrees[1]]) * per_degree))
    assert apart_m < LONLAT_ACCURACY_M


def test_origin_of_rd_is_amersfoort_in_bessel_degrees():
    bessel = from_rd(Point(155_000, 463_000), "EPSG:4289").item()
    assert bessel.coords[0] == pytest.approx((5.38763888889, 52.1561605555556), abs=1e-9)


def test_the_operation_does_not_depend_on_what_is_installed():
    """Grids, if there are any, move a point by centimetres; the pinned operation uses none."""
    lon, lat = rd_to_lonlat(np.array([233_700.0]), np.array([556_700.0]))
    assert (lon[0], lat[0]) == pytest.approx(AS_RECORDED, abs=1e-9)


def test_a_place_comes_back_within_a_millimetre_in_the_municipality():
    x_m, y_m = (grid.ravel() for grid in np.meshgrid(np.linspace(228_000, 239_000, 9),
                                                     np.linspace(550_000, 565_000, 9)))  # fmt: skip
    back_x, back_y = lonlat_to_rd(*rd_to_lonlat(x_m, y_m))
    assert np.hypot(back_x - x_m, back_y - y_m).max() < 0.001


DEGREES = ("EPSG:4326", "EPSG:4258", "OGC:CRS84", "EPSG:4979")
METRES = ("EPSG:3857", "EPSG:25831", "EPSG:25832", "EPSG:7415", "EPSG:31370", RD)


@pytest.mark.parametrize("crs", DEGREES + METRES)
def test_other_systems_lead_there_and_back(crs):
    place = Point(233_700, 556_700)
    assert to_rd(from_rd(place, crs).item(), crs).item().distance(place) < 0.001


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:25831", "EPSG:25832"])
def test_systems_made_from_the_same_degrees_take_the_pinned_way(crs):
    """Whoever goes through UTM or web mercator ends where whoever brings degrees ends."""
    lon, lat = AS_RECORDED
    base = pyproj.CRS(crs).geodetic_crs
    x, y = pyproj.Transformer.from_crs(base, crs, always_xy=True).transform(lon, lat)
    direct = to_rd(Point(lon, lat), "EPSG:4258").item()
    assert to_rd(Point(x, y), crs).item().distance(direct) < 1e-3
    assert from_rd(direct, crs).item().distance(Point(x, y)) < 1e-2


def test_wgs84_and_etrs89_are_the_same_here():
    place = Point(AS_RECORDED)
    assert to_rd(place, "EPSG:4326").item().equals(to_rd(place, "EPSG:4258").item())


@pytest.mark.parametrize("name", ["EPSG:0", "local grid", "", "EPSG:5709", "EPSG:4978"])
def test_system_that_makes_no_map_is_refused_by_name(name):
    with pytest.raises(UnknownCrsError, match=name or "''"):
        to_rd(Point(0, 0), name)
    with pytest.raises(UnknownCrsError):
        from_rd(Point(0, 0), name)


def test_arrays_keep_their_order_and_their_holes():
    turned = to_lonlat(np.array([Point(155_000, 463_000), None, box(0, 400_000, 1, 400_001)]))
    assert turned[1] is None
    assert turned[0].x == pytest.approx(5.3872, abs=1e-4)
    assert shapely.get_type_id(turned[2]) == shapely.GeometryType.POLYGON


def test_rd_itself_is_left_alone():
    place = Point(233_700.123456789, 556_700)
    assert to_rd(place, RD).item() is place


def test_extent_of_rd_holds_the_country():
    west, south, east, north = RD_EXTENT
    for lon, lat in [(3.37, 51.37), (7.2, 53.2), (5.7, 50.76), (4.85, 53.45)]:
        place = to_rd(Point(lon, lat), "EPSG:4258").item()
        assert west < place.x < east
        assert south < place.y < north


@pytest.mark.parametrize("crs", [None, "EPSG:4326", "EPSG:3857", "EPSG:4289"])
def test_what_is_not_rd_is_refused(crs):
    frame = gpd.GeoDataFrame(geometry=[Point(1, 2)], crs=crs)
    with pytest.raises(CrsError, match=r"uptake needs .* EPSG:28992") as refused:
        require_rd(frame, "uptake")
    assert ("no reference system" in str(refused.value)) == (crs is None)


def test_rd_is_let_through():
    require_rd(gpd.GeoDataFrame(geometry=[Point(1, 2)], crs=RD), "uptake")


def test_systems_are_registered_by_name_and_text():
    name, text = crs_wkt(28992)
    assert name == "Amersfoort / RD New"
    assert text.startswith("PROJCS[")
    assert pyproj.CRS(text).to_epsg() == 28992


def test_reference_system_of_a_projection_that_is_none_is_refused() -> None:
    well_written = (
        'PROJCS["x",GEOGCS["y",DATUM["D_y",SPHEROID["z",6377397.155,299.15]],'
        'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],'
        'PROJECTION["Nonsense"],UNIT["metre",1]]'
    )
    with pytest.raises(UnknownCrsError):
        to_rd(Point(1, 1), well_written)
    with pytest.raises(UnknownCrsError):
        from_rd(Point(233_000, 556_000), well_written)
