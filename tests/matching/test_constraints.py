"""Three-valued constraints by hand: verdict, value, limit and shortfall."""

from __future__ import annotations

from datetime import date

import pytest
from shapely import Point, Polygon, box

from geo_assen.matching import match
from tests.matching.factories import (
    X,
    Y,
    make_area,
    make_place,
    make_requirement,
    make_site,
    make_sites,
)


def answer(constraint, site=None, **options):
    """Last constraint of the only site."""
    sites = make_sites([make_site(**(site or {}))], **options)
    only = match(make_requirement(constraint=[constraint]), sites).results[0]
    return only.constraints[-1]


def told(constraint, site=None, **options):
    found = answer(constraint, site, **options)
    return str(found.verdict), found.shortfall, found.unit


@pytest.mark.parametrize(
    ("constraint", "site", "expected"),
    [
        # numbers: both bounds are inclusive
        ({"field": "grid_mva", "min": 2}, {}, ("pass", None, "mva")),
        ({"field": "grid_mva", "min": 2.5}, {}, ("fail", 0.5, "mva")),
        ({"field": "grid_mva", "max": 2}, {}, ("pass", None, "mva")),
        ({"field": "grid_mva", "max": 0}, {}, ("fail", 2, "mva")),
        ({"field": "grid_mva", "min": 1}, {"grid_mva": None}, ("unknown", None, "mva")),
        ({"field": "grid_mva", "min": 1}, {"grid_mva": float("inf")}, ("unknown", None, "mva")),
        ({"field": "price_eur_m2", "max": 80}, {}, ("fail", 5, "eur_m2")),
        ({"field": "build_year", "min": 2000}, {"kind": "premises"}, ("fail", 2, "year")),
        # area, whole and divisible
        ({"field": "area_m2", "min": 8000, "max": 25000}, {}, ("pass", None, "m2")),
        ({"field": "area_m2", "min": 10340}, {}, ("fail", 340, "m2")),
        ({"field": "area_m2", "min": 10339.5}, {}, ("fail", 340, "m2")),
        ({"field": "area_m2", "max": 9000}, {}, ("fail", 1000, "m2")),
        ({"field": "area_m2", "max": 9000}, {"smallest_part_m2": 2000}, ("pass", None, "m2")),
        ({"field": "area_m2", "max": 9000}, {"smallest_part_m2": 9000}, ("pass", None, "m2")),
        ({"field": "area_m2", "max": 9000}, {"smallest_part_m2": 9400}, ("fail", 400, "m2")),
        ({"field": "area_m2", "max": 9000}, {"smallest_part_m2": 99_000}, ("fail", 1000, "m2")),
        ({"field": "area_m2", "min": 12000}, {"smallest_part_m2": 2000}, ("fail", 2000, "m2")),
        ({"field": "area_m2", "min": 4000, "max": 5000}, {"smallest_part_m2": 2000},
         ("pass", None, "m2")),
        ({"field": "area_m2", "max": 9000}, {"area_m2": None, "smallest_part_m2": 10},
         ("unknown", None, "m2")),
        # dates
        ({"field": "available_from", "max": "2026-06-01"}, {}, ("pass", None, "days")),
        ({"field": "available_from", "max": "2026-05-01"}, {}, ("fail", 31, "days")),
        ({"field": "available_from", "min": "2026-06-02"}, {}, ("fail", 1, "days")),
        ({"field": "available_from", "min": "2026-06-02"}, {"available_from": None},
         ("unknown", None, "days")),
        # ordered categories
        ({"field": "max_env_category", "at_least": "4.2"}, {}, ("pass", None, "steps")),
        ({"field": "max_env_category", "at_least": "5.2"}, {}, ("fail", 2, "steps")),
        ({"field": "max_env_category", "at_least": "1"}, {"max_env_category": None},
         ("unknown", None, "steps")),
        ({"field": "energy_label", "at_least": "A++"}, {"kind": "premises"}, ("fail", 3, "steps")),
        # yes or no, lists
        ({"field": "fibre", "is": True}, {}, ("pass", None, None)),
        ({"field": "fibre", "is": False}, {}, ("fail", 1, None)),
        ({"field": "rail", "is": True}, {}, ("fail", 1, None)),
        ({"field": "fibre", "is": False}, {"fibre": None}, ("unknown", None, None)),
        ({"field": "energy_label", "one_of": ["A", "B"]}, {"kind": "premises"},
         ("pass", None, None)),
        ({"field": "energy_label", "one_of": ["A", "C"]}, {"kind": "premises"}, ("fail", 1, None)),
        ({"field": "park", "one_of": ["MESSCHENVELD"]}, {}, ("pass", None, None)),
        ({"field": "park", "one_of": ["PEELERPARK"]}, {}, ("fail", 1, None)),
        ({"field": "park", "one_of": ["PEELERPARK"]}, {"park": None}, ("unknown", None, None)),
        # places, by the column that the sites bring
        ({"near": "motorway_exit", "max_m": 1200}, {}, ("pass", None, "m")),
        ({"near": "motorway_exit", "max_m": 1000}, {}, ("fail", 200, "m")),
        ({"near": "motorway_exit", "max_m": 1000}, {"distance_to_motorway_exit_m": None},
         ("unknown", None, "m")),
        ({"near": "motorway_exit", "max_minutes": 99}, {}, ("unknown", None, "minutes")),
    ],
)
def test_verdict_and_shortfall(constraint, site, expected):
    assert told(constraint, site) == expected


def test_value_and_limit_are_told_as_written():
    found = answer({"field": "area_m2", "min": 12_000, "max": 25_000})
    assert (found.name, found.value, found.limit) == (
        "area_m2", 10_000, {"min": 12_000, "max": 25_000}
    )
    found = answer({"field": "available_from", "max": date(2026, 1, 1)})
    assert (found.value, found.limit) == (date(2026, 6, 1), {"max": "2026-01-01"})
    found = answer({"near": "motorway_exit", "max_m": 1000.5})
    assert (found.name, found.value, found.limit) == (
        "near:motorway_exit", 1200, {"max_m": 1000.5}
    )
    assert answer({"field": "fibre", "is": True}).limit == {"is": True}
    assert answer({"inside": "MESSCHENVELD"}).limit == {"inside": "MESSCHENVELD"}


def test_reasons_say_why_an_answer_is_unknown():
    assert answer({"field": "fibre", "is": True}, {"fibre": None}).reason == "not recorded"
    assert answer({"near": "station", "max_minutes": 5}).reason == "no travel times are recorded"
    assert answer({"near": "railway", "max_m": 5}).reason == "no such place is recorded"
    divisible = answer({"field": "area_m2", "max": 9000}, {"smallest_part_m2": 2000})
    assert divisible.reason == "a part fits"
    assert answer({"field": "area_m2", "max": 10_000}, {"smallest_part_m2": 1}).reason is None
    assert answer({"field": "fibre", "is": False}).reason is None


def test_field_that_does_not_apply_is_left_out():
    sites = make_sites([make_site(), make_site(kind="premises", id="premises:1")])
    asked = make_requirement(constraint=[
        {"field": "energy_label", "one_of": ["A"]}, {"field": "price_eur_m2", "max": 100}
    ])
    ranking = match(asked, sites)
    assert [c.name for c in ranking.find("plot:P1").constraints] == [
        "availability", "price_eur_m2"
    ]
    assert [c.name for c in ranking.find("premises:1").constraints] == [
        "availability", "energy_label"
    ]


@pytest.mark.parametrize(
    ("use", "verdict", "shortfall"),
    [
        (frozenset({"office", "logistics"}), "pass", None),
        (frozenset({"office"}), "fail", 1),
        (frozenset(), "unknown", None),
        (None, "unknown", None),
    ],
)
def test_use_passes_when_one_of_the_uses_is_allowed(use, verdict, shortfall):
    sites = make_sites([make_site(use=use)])
    first = match(make_requirement(use=["logistics", "care"]), sites).results[0].constraints[0]
    assert (first.name, first.verdict, first.shortfall) == ("use", verdict, shortfall)
    assert first.limit == ["logistics", "care"]


def test_use_is_no_constraint_where_it_is_not_asked():
    sites = make_sites([make_site(use=None)])
    only = match(make_requirement(), sites).results[0]
    assert [c.name for c in only.constraints] == ["availability"]


def test_availability_carries_its_reason():
    sites = make_sites([
        make_site(status="option", availability="unknown", status_note="option until 1 March 2027")
    ])
    only = match(make_requirement(), sites).results[0]
    (availability,) = only.constraints
    assert (only.verdict, availability.verdict) == ("unknown", "unknown")
    assert (availability.value, availability.limit) == ("option", None)
    assert availability.reason == "option until 1 March 2027"


def _verdict_of(**site):
    asked = make_requirement(constraint=[
        {"field": "fibre", "is": True}, {"field": "grid_mva", "min": 1}
    ])
    return str(match(asked, make_sites([make_site(**site)])).find("plot:P1").verdict)


@pytest.mark.parametrize(
    ("fibre", "grid_mva", "expected"),
    [
        (True, 2, "pass"), (True, None, "unknown"), (True, 0, "fail"),
        (None, 2, "unknown"), (None, None, "unknown"), (None, 0, "fail"),
        (False, 2, "fail"), (False, None, "fail"), (False, 0, "fail"),
    ],
)
def test_fail_outweighs_unknown_and_unknown_outweighs_pass(fibre, grid_mva, expected):
    assert _verdict_of(fibre=fibre, grid_mva=grid_mva) == expected


def test_distance_is_measured_to_the_nearest_place_from_the_edge_of_the_plot():
    places = [make_place("station", X - 900, Y), make_place("station", X + 400, Y + 50)]
    options = {"places": places, "without": ("distance_to_station_m",)}
    site = {"geometry": box(X, Y, X + 100, Y + 100)}
    assert told({"near": "station", "max_m": 300}, site, **options) == ("pass", None, "m")
    assert told({"near": "station", "max_m": 250}, site, **options) == ("fail", 50, "m")
    inside = {"geometry": box(X + 300, Y, X + 500, Y + 100)}
    assert answer({"near": "station", "max_m": 0}, inside, **options).value == 0


def test_place_without_geometry_or_of_a_kind_without_places_is_unknown():
    options = {"without": ("distance_to_station_m",)}
    near = {"near": "station", "max_m": 9000}
    assert told(near, {"geometry": None}, **options)[0] == "unknown"
    assert told(near, {"geometry": Polygon()}, **options)[0] == "unknown"
    assert told(near, places=[], **options)[0] == "unknown"


def test_point_is_given_in_degrees_and_measured_in_metres():
    # 1/1000 degree of latitude is 111.3 m at 53 degrees north
    at = {"near": [6.5632, 52.9971], "max_m": 1}
    here = answer(at, {"geometry": Point(X, Y)}).value
    north = answer({**at, "near": [6.5632, 52.9981]}, {"geometry": Point(X, Y + 111.3)}).value
    assert north == pytest.approx(here, abs=3)


AREA = [make_area("VAK", box(X, Y, X + 1000, Y + 1000))]


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        (box(X + 100, Y + 100, X + 200, Y + 200), ("pass", None, "m")),
        (box(X, Y, X + 1000, Y + 1000), ("pass", None, "m")),
        (box(X - 0.005, Y, X + 100, Y + 100), ("pass", None, "m")),
        (box(X - 30, Y, X + 100, Y + 100), ("fail", 30, "m")),
        (box(X - 200, Y, X - 100, Y + 100), ("fail", 200, "m")),
        (box(X - 30, Y - 40, X + 100, Y + 100), ("fail", 50, "m")),
        (Point(X + 1, Y + 1), ("pass", None, "m")),
        (Point(X - 3, Y - 4), ("fail", 5, "m")),
        (None, ("unknown", None, "m")),
    ],
)
def test_inside_asks_for_the_whole_site(geometry, expected):
    assert told({"inside": "VAK"}, {"geometry": geometry}, areas=AREA) == expected


def test_site_over_a_hole_in_an_area_is_not_inside():
    hole = Polygon(
        box(X, Y, X + 1000, Y + 1000).exterior.coords,
        [box(X + 400, Y + 400, X + 500, Y + 500).exterior.coords],
    )
    # its edges cross the hole 40 m from the solid part
    site = {"geometry": box(X + 300, Y + 440, X + 600, Y + 460)}
    verdict, shortfall, _ = told({"inside": "VAK"}, site, areas=[make_area("VAK", hole)])
    assert verdict == "fail"
    assert shortfall == 40


def test_area_without_outline_leaves_it_unknown():
    assert told({"inside": "VAK"}, areas=[make_area("VAK", None)])[0] == "unknown"
