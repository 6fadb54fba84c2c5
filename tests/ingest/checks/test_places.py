"""Places: read, doubted, mended; each row by itself."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from geo_assen.crs import from_rd, to_lonlat
from geo_assen.errors import FileRefused
from geo_assen.ingest.issues import Fix, Issue
from tests.ingest.checks.conftest import (
    CRS84,
    PLACE,
    RD,
    codes,
    kinds,
    only,
    part_of,
    plot,
    square,
)

IN_ASSEN = Point(233_700, 556_700)
LONLAT = to_lonlat(IN_ASSEN).item()


def shop(place, **values):
    return {"code": "A", PLACE: place} | values


def lonlat(place):
    return to_lonlat(place).item()


def exchanged(place):
    return shapely.transform(place, lambda xy: xy[:, ::-1])


# What is right stays without a word


@pytest.mark.parametrize(
    "crs", [CRS84, "EPSG:4326", "EPSG:4258", "EPSG:25831", "EPSG:25832", "EPSG:3857", "EPSG:7415"]
)
def test_place_in_any_system_is_brought_to_rd_without_an_issue(run, crs):
    place = from_rd(IN_ASSEN, crs).item()
    outcome = run([shop(place)], "premises", crs=crs)
    assert outcome.counts() == {}
    assert outcome.accepted.crs == RD
    assert outcome.accepted.geometry.iloc[0].distance(IN_ASSEN) < 1


def test_heights_and_measures_are_left_out_without_an_issue(run):
    outcome = run([shop(Point(233_700, 556_700, 12))], "premises")
    assert outcome.counts() == {}
    assert not outcome.accepted.geometry.iloc[0].has_z


# Missing


def test_row_without_a_place_is_set_aside_where_the_layer_needs_one(run):
    outcome = run([plot(), plot(code="B", geometry=None), plot(code="C", geometry=Polygon())])
    assert outcome.counts() == {"missing_geometry": 2}
    assert codes(outcome) == ["A"]


def test_row_without_a_place_passes_where_the_layer_needs_none(run):
    row = {"code": "W", "kind": "district", "name": "W", "year": 2025}
    assert run([row], "areas", crs=None).counts() == {}


def test_layer_that_takes_no_place_does_not_ask_for_its_system(run):
    row = {"premises": "Q", "observed_on": "2026-01-01", "source": "field", "state": "vacant",
           PLACE: IN_ASSEN}  # fmt: skip
    outcome = run([row], "vacancy", crs=None)
    assert outcome.counts() == {}
    assert "geometry" not in outcome.accepted


def test_coordinate_that_the_reader_missed_is_counted_once(run):
    missed = Issue(2, "missing_coordinates", "geometry", ",556700", "There is no x.")
    part = part_of([shop(IN_ASSEN), shop(None, code="B", name="Hema")], issues=[missed])
    outcome = run([part], "premises")
    assert outcome.counts() == {"missing_coordinates": 1}
    assert [row.row for row in outcome.set_aside] == [2]


@pytest.mark.parametrize("crs", [RD, CRS84])
@pytest.mark.parametrize("x_and_y", [(0, 0), (-1, -1), (999_999, 999_999), (0, -1)])
def test_numbers_that_stand_for_no_coordinate_are_missing_ones(run, crs, x_and_y):
    outcome = run([shop(Point(x_and_y), name="Hema")], "premises", crs=crs)
    assert outcome.counts() == {"missing_coordinates": 1}


def test_corner_that_is_no_number_makes_an_invalid_geometry(run):
    with np.errstate(invalid="ignore"):
        outline = shapely.from_wkt(
            "POLYGON ((233700 556700, nan 556700, 233800 556800, 233700 556700))"
        )
    assert run([plot(geometry=outline)]).counts() == {"invalid_geometry": 1}


# Axes


def test_latitude_first_is_found_row_by_row_also_where_most_are_wrong(run):
    rows = [shop(exchanged(LONLAT), code=f"A{at}") for at in range(9)] + [shop(LONLAT, code="B")]
    outcome = run(rows, "premises", crs="EPSG:4326")
    assert outcome.counts() == {"swapped_axes": 9}
    assert codes(outcome) == ["B"]
    assert outcome.issues[0].fix == Fix("swap")


def test_northing_first_is_found(run):
    issue = only(run([shop(exchanged(IN_ASSEN))], "premises"))
    assert (issue.kind, issue.fix) == ("swapped_projected_axes", Fix("swap"))


def test_outline_with_swapped_axes_is_found(run):
    outline = exchanged(square(3))
    assert only(run([plot(geometry=outline)])).kind == "swapped_projected_axes"


@pytest.mark.parametrize(
    "says",
    [{}, {"gemeente": "Assen"}, {"Gemeentecode": "GM0106"}, {"gemeentecode": "0106"},
     {"gemeentenaam": "Gemeente Assen"}, {"gemeentecode": 106}, {"woonplaats": "ASSEN"},
     {"postcode": "9401 AB"}, {"address": "Brink 1, 9401AB Assen"}, {"gemeente": "Zwolle"}],
    ids=str,
)  # fmt: skip
def test_axes_swapped_before_conversion_are_found_by_what_the_row_says(run, says):
    row = shop(lonlat(exchanged(IN_ASSEN)), **says)
    issue = only(run([row], "premises", crs=CRS84))
    assert (issue.kind, issue.fix) == ("swapped_projected_axes", Fix("swap", RD))


def test_axes_swapped_before_conversion_are_found_where_most_rows_have_them(run):
    wrong = [shop(lonlat(exchanged(Point(233_000 + at, 556_000))), code=f"W{at}", gemeente="Assen")
             for at in range(20)]  # fmt: skip
    outcome = run([*wrong, shop(LONLAT, code="R")], "premises", crs=CRS84)
    assert outcome.counts() == {"swapped_projected_axes": 20}
    assert codes(outcome) == ["R"]


def test_place_abroad_is_not_taken_for_a_swapped_one_when_the_row_says_otherwise(run):
    nuremberg = Point(11.08, 49.45)  # exchanged in RD it would lie in Friesland
    assert only(run([shop(nuremberg, gemeente="Assen")], "premises", crs=CRS84)).kind == (
        "outside_country"
    )


# Systems


def test_degrees_where_metres_are_stated_are_found(run):
    issue = only(run([shop(LONLAT)], "premises"))
    assert (issue.kind, issue.fix) == ("crs_contradicts_values", Fix("crs", CRS84))


def test_metres_where_degrees_are_stated_are_found(run):
    issue = only(run([shop(IN_ASSEN)], "premises", crs=CRS84))
    assert (issue.kind, issue.fix) == ("crs_contradicts_values", Fix("crs", RD))


@pytest.mark.parametrize("actual", ["EPSG:25831", "EPSG:25832", "EPSG:3857"])
def test_metres_of_another_system_than_stated_are_found(run, actual):
    place = from_rd(IN_ASSEN, actual).item()
    issue = only(run([shop(place)], "premises"))
    assert (issue.kind, issue.fix) == ("crs_contradicts_values", Fix("crs", actual))


def test_rd_metres_stated_as_web_mercator_are_found(run):
    issue = only(run([shop(IN_ASSEN)], "premises", crs="EPSG:3857"))
    assert (issue.kind, issue.fix) == ("crs_contradicts_values", Fix("crs", RD))


@pytest.mark.parametrize(
    ("numbers", "named"),
    [((6.56, 52.99), "degrees"), ((233_700, 556_700), "RD metres"),
     ((692_000, 5_874_000), "UTM zone 31N"), ((730_000, 6_970_000), "web mercator"),
     ((5, 7_000_000), "Give it with --crs")],
)  # fmt: skip
def test_file_without_a_system_is_refused_with_what_its_numbers_look_like(run, numbers, named):
    with pytest.raises(FileRefused, match=named) as refused:
        run([shop(None), shop(Point(numbers))], "premises", crs=None)
    assert refused.value.kind == "crs_missing"


def test_file_without_a_system_and_without_places_is_not_refused(run):
    outcome = run([shop(None, name="Hema")], "premises", crs=None)
    assert outcome.counts() == {"missing_geometry": 1}


def test_system_that_does_not_exist_refuses_the_file(run):
    with pytest.raises(FileRefused, match="EPSG:n") as refused:
        run([shop(IN_ASSEN)], "premises", crs="EPSG:999999")
    assert refused.value.kind == "crs_missing"


# Country and municipality

ABROAD = {
    "Münster": (7.63, 51.96), "Brussels": (4.35, 50.85), "Antwerp": (4.40, 51.22),
    "London": (-0.1, 51.5), "Berlin": (13.4, 52.5), "Paris": (2.35, 48.85), "Oslo": (10.75, 59.91),
}  # fmt: skip


@pytest.mark.parametrize("lon_lat", ABROAD.values(), ids=ABROAD)
def test_place_abroad_is_outside_the_country(run, lon_lat):
    assert only(run([shop(Point(lon_lat))], "premises", crs=CRS84)).kind == "outside_country"


@pytest.mark.parametrize("easting_northing", [(430_000, 433_000), (250_000, 850_000)])
def test_british_places_are_simply_abroad(run, easting_northing):
    outcome = run([shop(Point(easting_northing))], "premises", crs="EPSG:27700")
    assert outcome.counts() == {"outside_country": 1}


AT_HOME = {
    "Vaals": (6.02, 50.77), "Cadzand": (3.40, 51.37), "Den Helder": (4.76, 52.96),
    "Schiermonnikoog": (6.2, 53.49), "Nieuweschans": (7.2, 53.18), "Denekamp": (7.0, 52.38),
    "Eijsden": (5.71, 50.78), "Rottumeroog": (6.58, 53.54), "Hoek van Holland": (4.10, 51.98),
}  # fmt: skip


@pytest.mark.parametrize("lon_lat", AT_HOME.values(), ids=AT_HOME)
def test_place_in_a_corner_of_the_country_is_only_outside_the_municipality(run, lon_lat):
    outcome = run([shop(Point(lon_lat))], "premises", crs=CRS84)
    assert outcome.counts() == {"outside_area": 1}
    assert codes(outcome) == ["A"]


def test_outline_across_the_border_of_the_municipality_is_inside(run):
    outline = box(228_600, 556_700, 228_800, 556_800)
    assert run([plot(geometry=outline, area_m2=20_000)]).counts() == {}


def test_row_far_from_the_municipality_that_it_names_is_warned_of_with_the_distance(run):
    outcome = run([shop(IN_ASSEN, gemeente="Groningen")], "premises")
    issue = only(outcome)
    assert (issue.kind, issue.value) == ("outside_area", "Groningen")
    assert "20.3 km" in issue.message
    assert codes(outcome) == ["A"]


def test_row_near_the_municipality_that_it_names_is_not_warned_of(run, context):
    near = dataclasses.replace(context, municipality=None)
    outcome = run([shop(Point(228_000, 556_700), gemeente="Assen")], "premises", within=near)
    assert outcome.counts() == {}


# Shapes

BOW_TIE = Polygon([(233_700, 556_700), (233_800, 556_800), (233_800, 556_700), (233_700, 556_800)])


def test_outline_that_crosses_itself_is_repaired_and_counted(run):
    outcome = run([plot(geometry=BOW_TIE, area_m2=5_000)])
    assert outcome.counts() == {"invalid_geometry_repaired": 1}
    assert outcome.repaired == 1
    assert outcome.accepted.geometry.iloc[0].is_valid
    assert outcome.accepted.geometry.iloc[0].area == pytest.approx(5_000)


def test_line_that_a_repair_leaves_behind_is_dropped(run):
    spiked = Polygon([(233_700, 556_700), (233_800, 556_700), (233_800, 556_800),
                      (233_900, 556_800), (233_800, 556_800), (233_700, 556_800)])  # fmt: skip
    outcome = run([plot(geometry=spiked)])
    assert outcome.counts() == {"invalid_geometry_repaired": 1}
    assert outcome.accepted.geometry.iloc[0].geom_type == "Polygon"


WRONG = {
    "point": IN_ASSEN,
    "line": LineString([(233_700, 556_700), (233_800, 556_700)]),
    "there and back": Polygon([(233_700, 556_700), (233_800, 556_700), (233_700, 556_700)]),
    "sliver": Polygon([(233_700, 556_700), (233_800, 556_700), (233_800, 556_700.00001)]),
    "points in a collection": GeometryCollection([IN_ASSEN, Point(233_701, 556_701)]),
}


@pytest.mark.parametrize("geometry", WRONG.values(), ids=WRONG)
def test_what_is_no_outline_is_set_aside(run, geometry):
    outcome = run([plot(geometry=geometry)])
    assert outcome.counts() == {"invalid_geometry": 1}
    assert outcome.set_aside[0].geometry is geometry


def test_outlines_of_several_parts_and_out_of_collections_are_taken(run):
    nested = GeometryCollection([GeometryCollection([square(2)])])
    rows = [
        plot(geometry=MultiPolygon([square(1)])),
        plot(code="B", geometry=nested),
        plot(code="C", geometry=MultiPolygon([square(3), square(8)]), area_m2=20_000),
    ]
    outcome = run(rows)
    assert outcome.counts() == {}
    assert [shape.geom_type for shape in outcome.accepted.geometry] == [
        "MultiPolygon", "Polygon", "MultiPolygon",
    ]  # fmt: skip


def test_point_beside_an_outline_is_left_out_and_said(run):
    both = GeometryCollection([GeometryCollection([Point(233_750, 556_750), square(2)])])
    outcome = run([plot(geometry=both)])
    assert outcome.counts() == {"invalid_geometry_repaired": 1}
    assert outcome.accepted.geometry[0].equals(square(2))


def test_hole_beside_its_outline_does_not_become_land(run):
    hole = box(234_000, 557_000, 234_050, 557_050)
    outline = Polygon(square(1).exterior, [hole.exterior])
    outcome = run([plot(geometry=MultiPolygon([outline, square(8)]), area_m2=20_000)])
    assert outcome.counts() == {"invalid_geometry_repaired": 1}
    assert outcome.accepted.geometry[0].area == 20_000


@pytest.mark.parametrize(
    "says",
    [
        {"land": "Duitsland"}, {"postcode": "90402"}, {"country": "DE"},
        {"adres": "Hauptmarkt 1, 90402 Nürnberg"}, {"adres": "Hauptmarkt 1, D-90402 Nürnberg"},
    ],
)  # fmt: skip
def test_place_abroad_is_not_taken_for_a_swapped_one_when_the_row_names_a_country(run, says):
    row = {"code": "A", "name": "Laden", PLACE: Point(11.08, 49.45)} | says
    assert run([row], "premises", crs=CRS84).counts() == {"outside_country": 1}
    home = row | dict.fromkeys(says, "NL")
    assert run([home], "premises", crs=CRS84).counts() == {"swapped_projected_axes": 1}


def test_other_municipality_lies_outside_this_one_and_a_district_of_it_does_not(run):
    row = {"code": "GM0363", "kind": "municipality", "name": "Amsterdam", "year": 2024,
           PLACE: box(118_000, 480_000, 124_000, 490_000)}  # fmt: skip
    assert run([row], "areas").counts() == {}
    assert run([row | {"kind": "district"}], "areas").counts() == {"outside_area": 1}


def test_empty_point_is_a_missing_place(run):
    row = {"code": "A", "name": "Hema", PLACE: Point()}
    assert run([row], "premises").counts() == {"missing_geometry": 1}


def test_point_layer_takes_a_lone_point_out_of_a_multipoint_and_no_cloud(run):
    row = {"code": "M", "name": "Museum", "kind": "museum"}
    cloud = MultiPoint([(233_700, 556_700), (233_710, 556_700)])
    outcome = run(
        [
            row | {PLACE: MultiPoint([(233_700, 556_700)])},
            row | {"code": "N", "name": "Nog een", PLACE: cloud},
        ],
        "attractions",
    )
    assert outcome.counts() == {"invalid_geometry": 1}
    assert outcome.accepted.geometry.iloc[0].geom_type == "Point"


# Area


@pytest.mark.parametrize(
    ("stated", "found"),
    [(10_000, []), (10_190, []), (10_210, ["area_mismatch"]), (9_700, ["area_mismatch"])],
)
def test_area_may_differ_by_two_percent_from_what_is_drawn(run, stated, found):
    outcome = run([plot(area_m2=stated)])
    assert kinds(outcome) == found
    assert codes(outcome) == ["A"]


def test_area_of_something_small_may_differ_by_two_square_metres(run):
    small = square(1, 3.0)
    assert run([plot(geometry=small, area_m2=11)]).counts() == {}
    assert run([plot(geometry=small, area_m2=12)]).counts() == {"area_mismatch": 1}


@pytest.mark.parametrize("stated", ["1,02", 1.02, 1])
def test_area_that_looks_like_hectares_is_said_to(run, stated):
    issue = only(run([plot(area_m2=stated)]))
    assert (issue.kind, issue.value) == ("area_mismatch", stated)
    assert "hectares" in issue.message
    assert issue.fix == Fix("set", 10_000)


# Parks


@pytest.fixture
def parks(context):
    frame = gpd.GeoDataFrame(
        {"code": ["P", "R"]},
        geometry=[box(233_000, 556_000, 234_000, 557_000), box(235_000, 556_000, 236_000, 557_000)],
        crs=RD,
    )
    return dataclasses.replace(context, parks=frame)


def test_plot_without_a_park_gets_the_one_in_which_it_lies(run, parks):
    there = box(235_100, 556_100, 235_200, 556_200)
    rows = [plot(park=None), plot(code="B", park="", geometry=there), plot(code="C", park="P",
            geometry=box(235_300, 556_100, 235_400, 556_200))]  # fmt: skip
    outcome = run(rows, within=parks)
    assert outcome.counts() == {}
    assert outcome.accepted["park"].tolist() == ["P", "R", "P"]


def test_plot_outside_every_park_misses_its_park(run, parks):
    away = box(237_000, 556_100, 237_100, 556_200)
    issue = only(run([plot(park=None, geometry=away)], within=parks))
    assert (issue.kind, issue.field) == ("missing_value", "park")


def test_plot_whose_place_is_wrong_is_not_said_to_miss_its_park_too(run, parks):
    swapped = box(556_000, 233_000, 556_100, 233_100)
    rows = [{k: v for k, v in plot(geometry=swapped).items() if k != "park"}]
    assert run(rows, within=parks).counts() == {"swapped_projected_axes": 1}


def test_wrong_park_is_not_overwritten_by_the_place(run, parks):
    assert only(run([plot(park="Z")], within=parks)).kind == "unknown_parent"


@pytest.mark.parametrize(("columns", "park"), [(None, None), ({"code": "code"}, "P")])
def test_park_that_is_optional_is_filled_in_only_where_the_file_has_no_column(
    run, parks, columns, park
):
    outcome = run([shop(IN_ASSEN, park=None)], "premises", within=parks, columns=columns)
    assert outcome.accepted["park"].tolist() == [park]
