"""Reading and writing requirements as files."""

from __future__ import annotations

import json
import tomllib
from dataclasses import FrozenInstanceError, replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings

from geo_assen.errors import FileRefused, RequirementError
from geo_assen.matching import Constraint, Criterion, Curve, Requirement, match
from tests.matching.drawn import requirements
from tests.matching.factories import make_site, make_sites

EXAMPLE = """
title = "Distribution centre"
use = ["logistics", "industrial"]          # any of these
kinds = ["plot", "premises"]
as_of = 2026-11-01

[[constraint]]
field = "area_m2"
min = 8000
max = 25000
[[constraint]]
field = "max_env_category"
at_least = "4.1"
[[constraint]]
field = "fibre"
is = true
[[constraint]]
field = "energy_label"
one_of = ["A", "B"]
[[constraint]]
near = "motorway_exit"
max_m = 3000

[[criterion]]
field = "price_eur_m2"
weight = 3
curve = { smaller = [60, 140] }
[[criterion]]
near = [6.5632, 52.9971]
weight = 2
curve = { smaller = [500, 5000] }
"""


def parse(**document):
    return Requirement.parse(document, origin="vraag.toml")


def faults(**document):
    with pytest.raises(RequirementError) as refused:
        parse(**document)
    assert str(refused.value).startswith("vraag.toml cannot be matched: ")
    return list(refused.value.faults)


def fault_of_constraint(**constraint):
    (found,) = faults(constraint=[constraint])
    return found


def fault_of_curve(**curve):
    (found,) = faults(criterion=[{"field": "grid_mva", "curve": curve}])
    return found


def test_the_example_file_says_what_it_says(tmp_path):
    path = tmp_path / "requirement.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    assert Requirement.load(path) == Requirement(
        title="Distribution centre",
        use=("logistics", "industrial"),
        kinds=("plot", "premises"),
        as_of=date(2026, 11, 1),
        constraints=(
            Constraint(field="area_m2", min=8000, max=25000),
            Constraint(field="max_env_category", at_least="4.1"),
            Constraint(field="fibre", equals=True),
            Constraint(field="energy_label", one_of=("A", "B")),
            Constraint(near="motorway_exit", max_m=3000),
        ),
        criteria=(
            Criterion(field="price_eur_m2", weight=3, curve=Curve(smaller=(60, 140))),
            Criterion(near=(6.5632, 52.9971), weight=2, curve=Curve(smaller=(500, 5000))),
        ),
    )


def test_the_example_file_ranks_sites(tmp_path):
    path = tmp_path / "requirement.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    sites = make_sites([
        make_site(id="plot:past"),
        make_site(id="plot:vraag", fibre=None),
        make_site(id="plot:groot", area_m2=25_340),
        make_site(kind="premises", id="premises:label", energy_label="C"),
    ])
    ranking = match(Requirement.load(path), sites)
    assert [(r.id, r.verdict.value) for r in ranking.results] == [
        ("plot:past", "pass"), ("plot:vraag", "unknown"),
        ("plot:groot", "fail"), ("premises:label", "fail"),
    ]
    assert [c.name for c in ranking.results[0].constraints] == [
        "use", "availability", "area_m2", "max_env_category", "fibre", "near:motorway_exit"
    ]


def test_json_has_the_same_shape(tmp_path):
    toml, in_json, bare = (tmp_path / name for name in ("a.toml", "a.json", "a.txt"))
    toml.write_text(EXAMPLE, encoding="utf-8")
    asked = Requirement.load(toml)
    in_json.write_text(json.dumps(asked.to_document()), encoding="utf-8")
    bare.write_text(json.dumps(asked.to_document()), encoding="utf-8")
    assert Requirement.load(in_json) == Requirement.load(str(bare)) == asked


def test_everything_else_that_a_file_may_say():
    area = {"type": "Polygon", "coordinates": [[[6.5, 53], [6.6, 53], [6.6, 53.1], [6.5, 53]]]}
    asked = parse(
        code="VR-7", kind="relocate", present_site="premises:12", sector="energy", party="BV-1",
        stage="talking", needed_by="2027-06-01", jobs=0,
        constraint=[
            {"field": "available_from", "min": date(2026, 1, 1), "max": "2027-01-01"},
            {"near": "station", "max_minutes": 12.5},
            {"inside": "MESSCHENVELD"},
            {"inside": area},
            {"field": "park", "one_of": ["MESSCHENVELD"]},
        ],
        criterion=[
            {"field": "grid_mva", "curve": {"larger": [0, 2]}},
            {"field": "area_m2", "weight": 0, "curve": {"target": [1, 2, 2, 3]}},
            {"field": "area_m2", "weight": 0.5, "curve": {"points": [[1, 0], [2, 0.5]]}},
            {"field": "energy_label", "weight": 2, "curve": {"categories": {"A": 1, "B": 0.7}}},
            {"field": "available_from", "curve": {"smaller": ["2026-01-01", "2027-01-01"]}},
        ],
    )
    assert (asked.jobs, asked.needed_by, asked.party) == (0, date(2027, 6, 1), "BV-1")
    assert asked.constraints[0].max == date(2027, 1, 1)
    assert asked.constraints[3].name == "inside:polygon"
    assert [c.weight for c in asked.criteria] == [1, 0, 0.5, 2, 1]
    assert asked.criteria[4].curve.uses_dates


def test_numbers_are_taken_as_values_of_categories():
    asked = parse(constraint=[{"field": "max_env_category", "at_least": 4.1}])
    assert asked.constraints[0].at_least == "4.1"


def test_empty_requirement_asks_for_nothing():
    assert parse() == Requirement()
    assert parse().to_document() == {}


def test_requirement_is_frozen_and_can_be_replaced():
    asked = parse(title="Een")
    with pytest.raises(FrozenInstanceError):
        asked.title = "Twee"
    assert replace(asked, code="VR-1") == parse(title="Een", code="VR-1")


def test_every_fault_is_listed_in_one_error():
    found = faults(
        titel="x",
        kinds=["house"],
        constraint=[{"field": "area_m2", "min": "many"}, {"near": "station"}],
        criterion=[{"field": "grid_mva", "weight": -1, "curve": {"larger": [0, 2]}}],
    )
    assert found == [
        ("requirement", "unknown key 'titel'; did you mean 'title'?"),
        ("kinds", "must hold plot, premises or both, not 'house'"),
        ("constraint 1 (area_m2)", "min must be a number or a date such as 2026-11-01"),
        ("constraint 2 (near:station)",
         "near must come with max_m or max_minutes, and nothing else"),
        ("criterion 1 (grid_mva)", "weight must be 0 or more"),
    ]


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({"use": "logistics"}, ("use", "must be a list of uses")),
        ({"kinds": []}, ("kinds", "must be a list with plot, premises or both")),
        ({"as_of": "2026-02-30"}, ("as_of", "must be a day that exists, not 2026-02-30")),
        ({"as_of": "1 maart"}, ("as_of", "must be a date such as 2026-11-01")),
        ({"as_of": datetime(2026, 1, 1, 12)}, ("as_of", "must be a date such as 2026-11-01")),
        ({"kind": "move"}, ("kind", "must be new, grow or relocate")),
        ({"jobs": 2.5}, ("jobs", "must be a whole number, 0 or more")),
        ({"title": 3}, ("title", "must be text")),
        ({"sector": " "}, ("sector", "must not be empty")),
        ({"constraint": {"field": "area_m2"}}, ("constraint", "must be a list")),
        ({"constraint": ["area_m2"]}, ("constraint 1", "must be a table of keys")),
        ({"criterion": [{"field": "grid_mva"}]},
         ("criterion 1 (grid_mva)", "curve is missing")),
        ({"criterion": [{"curve": {"larger": [0, 2]}}]},
         ("criterion 1", "must have exactly one of field, near")),
        ({"criterion": [{"near": "station", "curve": {"categories": {"A": 1}}}]},
         ("criterion 1 (near:station)", "curve of near must run over metres")),
    ],
)
def test_fault_is_named_by_its_key(document, fault):
    assert faults(**document) == [fault]


@pytest.mark.parametrize(
    ("constraint", "reason"),
    [
        ({"field": "area_m2"}, "must have min and/or max, or at_least, or is, or one_of"),
        ({"field": "area_m2", "min": 1, "is": True},
         "must have min and/or max, or at_least, or is, or one_of"),
        ({"field": "area_m2", "min": 2, "max": 1}, "min must not be above max"),
        ({"field": "area_m2", "min": 2, "max": "2026-01-01"},
         "min and max must both be numbers or both be dates"),
        ({"field": "area_m2", "min": float("nan")}, "min must be a finite number"),
        ({"field": "area_m2", "max": float("inf")}, "max must be a finite number"),
        ({"field": "area_m2", "max": 10**400}, "max must be a number between -1e15 and 1e15"),
        ({"field": "area_m2", "min": True}, "min must be a number"),
        ({"field": "area_m2", "max_m": 3}, "max_m belongs to near, not to a field"),
        ({"field": "area_m2", "minimum": 3}, "unknown key 'minimum'; did you mean 'min'?"),
        ({"field": "fibre", "is": "yes"}, "is must be true or false"),
        ({"field": "fibre", "equals": True},
         "unknown key 'equals'; allowed are field, near, inside, min, max, at_least, is, one_of, "
         "max_m, max_minutes"),
        ({"field": "park", "one_of": []}, "one_of must be a list of at least one value"),
        ({"field": "park", "one_of": "A"}, "one_of must be a list of at least one value"),
    ],
)
def test_fault_in_a_constraint_on_a_field(constraint, reason):
    assert fault_of_constraint(**constraint) == (f"constraint 1 ({constraint['field']})", reason)


@pytest.mark.parametrize(
    ("near", "reason"),
    [
        ([52.9971, 6.5632], "near must have the longitude first: [6.5632, 52.9971]"),
        ([233000, 556000], "near must be in degrees (CRS84), longitude first"),
        ([13.4, 52.5], "near must lie in the Netherlands; [13.4, 52.5] does not"),
        ([6.5], "near must be a kind of place or [longitude, latitude]"),
        (["a", "b"], "near must be a number"),
        ("Assen-Zuid", "near must be a kind of place or [longitude, latitude], not 'Assen-Zuid'"),
    ],
)
def test_fault_in_a_place(near, reason):
    assert fault_of_constraint(near=near, max_m=100)[1] == reason


def test_fault_in_the_distance_to_a_place():
    assert fault_of_constraint(near="station", max_m=-1)[1] == "max_m must be 0 or more"


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ({"type": "Point", "coordinates": [6.5, 53]},
         "inside must be the code of an area or park, or a GeoJSON geometry of type Polygon or "
         "MultiPolygon"),
        ({"type": "Polygon"}, "inside must have coordinates as GeoJSON asks for"),
        ({"type": "Polygon", "coordinates": [["a"]]},
         "inside must have coordinates as GeoJSON asks for"),
        ({"type": "Polygon", "coordinates": []}, "inside must not be an empty polygon"),
        ({"type": "Polygon", "coordinates": [[[233e3, 556e3], [234e3, 556e3], [234e3, 557e3],
                                              [233e3, 556e3]]]},
         "inside must be in degrees (CRS84), longitude first"),
        ({"type": "Polygon", "coordinates": [[[53, 6.5], [53, 6.6], [53.1, 6.6], [53, 6.5]]]},
         "inside must have the longitude first: [6.5, 53.0]"),
    ],
)
def test_fault_in_a_polygon(inside, reason):
    assert fault_of_constraint(inside=inside)[1] == reason


def test_polygon_that_crosses_itself_is_refused():
    bow = [[6.5, 53.0], [6.6, 53.1], [6.6, 53.0], [6.5, 53.1], [6.5, 53.0]]
    reason = fault_of_constraint(inside={"type": "Polygon", "coordinates": [bow]})[1]
    assert reason.startswith("inside must be a valid polygon (Self-intersection")


def test_inside_takes_no_operator():
    assert fault_of_constraint(inside="A", max_m=3)[1] == (
        "inside stands alone; max_m does not belong here"
    )


@pytest.mark.parametrize(
    ("curve", "reason"),
    [
        ({}, "curve must have exactly one of smaller, larger, target, points, categories"),
        ({"smaller": [1, 2], "larger": [1, 2]},
         "curve must have exactly one of smaller, larger, target, points, categories"),
        ({"smaller": [140, 60]}, "curve.smaller must run from low to high"),
        ({"larger": [1]}, "curve.larger must be a list of 2 numbers or dates"),
        ({"larger": [1, "2026-01-01"]}, "curve.larger must not mix numbers and dates"),
        ({"target": [1, 2, 3]}, "curve.target must be a list of 4 numbers or dates"),
        ({"target": [1, 3, 2, 4]}, "curve.target must run from low to high"),
        ({"points": [[1, 0]]}, "curve.points must be a list of at least two [value, desirability]"),
        ({"points": [[1, 0], [1, 1]]}, "curve.points must run from low to high"),
        ({"points": [[1, 0], [2, 1.5]]}, "curve.points must have desirabilities between 0 and 1"),
        ({"points": [1, 2]}, "curve.points must be a list of [value, desirability]"),
        ({"categories": {"A": -0.1}}, "curve.categories must have desirabilities between 0 and 1"),
        ({"categories": {}},
         "curve.categories must be a table of at least one value with its desirability"),
        ({"smalle": [1, 2]}, "curve unknown key 'smalle'; did you mean 'smaller'?"),
    ],
)
def test_fault_in_a_curve(curve, reason):
    assert fault_of_curve(**curve) == ("criterion 1 (grid_mva)", reason)


def test_what_is_no_table_is_refused():
    with pytest.raises(RequirementError, match="must be a table of keys"):
        Requirement.parse(["area_m2"])


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.toml", b"title = ", "not valid TOML"),
        ("a.json", b"{", "not valid JSON"),
        ("a.toml", b"title = '\xff'", "not UTF-8"),
    ],
)
def test_file_that_cannot_be_read_is_refused(tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileRefused, match=reason):
        Requirement.load(tmp_path / name)


def test_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FileRefused, match=r"none\.toml: cannot be read"):
        Requirement.load(tmp_path / "none.toml")


def test_error_names_the_file(tmp_path):
    path = tmp_path / "vraag.toml"
    path.write_text("wish = 1\n", encoding="utf-8")
    with pytest.raises(RequirementError, match=r"vraag\.toml cannot be matched: requirement: unkn"):
        Requirement.load(path)


@settings(deadline=None, max_examples=80, database=None)
@given(requirements())
def test_document_and_toml_read_back_the_same(asked):
    assert Requirement.parse(json.loads(json.dumps(asked.to_document()))) == asked
    assert Requirement.parse(tomllib.loads(asked.to_toml())) == asked



SEVERAL = """
[[requirement]]
title = "Een"
[[requirement.constraint]]
field = "area_m2"
min = 100
[[requirement]]
code = "VR-2"
wish = 1
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", SEVERAL),
        ("a.json", json.dumps({"requirement": tomllib.loads(SEVERAL)["requirement"]})),
        ("a.json", json.dumps(tomllib.loads(SEVERAL)["requirement"])),
        ("a.txt", json.dumps(tomllib.loads(SEVERAL)["requirement"])),
    ],
)
def test_file_may_hold_several_and_a_wrong_one_does_not_spoil_the_others(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    first, second = Requirement.load_each(path)
    assert first == parse(title="Een", constraint=[{"field": "area_m2", "min": 100}])
    assert isinstance(second, RequirementError)
    assert str(second).startswith(f"{path}, requirement 2 (VR-2), cannot be matched: requirement: ")
    with pytest.raises(RequirementError, match="one is asked, and this file holds a list of 2"):
        Requirement.load(path)


def test_file_of_one_is_no_list(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    assert Requirement.load_each(path) is None


@pytest.mark.parametrize("text", ["[]", '{"requirement": []}', '{"requirement": [{}], "a": 1}'])
def test_list_that_says_nothing_or_too_much_is_refused(tmp_path, text):
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RequirementError, match=r"list is empty|beside a list"):
        Requirement.load_each(path)


@pytest.mark.parametrize("item", [3, None, "x", ["x"]])
def test_what_is_no_requirement_in_a_list_is_named_by_its_place(tmp_path, item):
    path = tmp_path / "a.json"
    path.write_text(json.dumps([item, {}]), encoding="utf-8")
    wrong, empty = Requirement.load_each(path)
    assert "requirement 1, cannot be matched: requirement: must be a table of keys" in str(wrong)
    assert empty == Requirement()


@pytest.mark.parametrize("key", ["as_of", "needed_by"])
@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), "2101-01-01"])
def test_day_of_another_age_is_refused(key, day):
    ((place, reason),) = faults(**{key: day})
    assert (place, reason.startswith("must lie between 1900 and 2100, not ")) == (key, True)


@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
@pytest.mark.parametrize("place", ["min", "weight", "curve", "near"])
def test_toml_number_that_is_none_is_refused(number, place):
    text = {
        "min": f'[[constraint]]\nfield = "area_m2"\nmin = {number}',
        "weight": f'[[criterion]]\nfield = "area_m2"\nweight = {number}\ncurve = {{larger=[0, 1]}}',
        "curve": f'[[criterion]]\nfield = "area_m2"\ncurve = {{ larger = [0, {number}] }}',
        "near": f'[[constraint]]\nnear = [6.5, {number}]\nmax_m = 3',
    }[place]
    with pytest.raises(RequirementError, match="must be a finite number"):
        Requirement.from_text(text, "a.toml")


@pytest.mark.parametrize("corner", [[13.4, 52.5], [-3.7, 40.4]])
def test_polygon_outside_the_country_is_refused(corner):
    lon, lat = corner
    ring = [[lon, lat], [lon + 0.1, lat], [lon + 0.1, lat + 0.1], [lon, lat]]
    reason = fault_of_constraint(inside={"type": "Polygon", "coordinates": [ring]})[1]
    assert reason == "inside must lie in the Netherlands"


def test_json_that_nests_without_end_is_refused(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(FileRefused, match="not valid JSON"):
        Requirement.load(path)
