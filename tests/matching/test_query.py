"""Requirements as the parameters of a URL."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given, settings

from geo_assen.errors import RequirementError
from geo_assen.matching import Requirement
from tests.matching.drawn import requirements


def read(url, **options):
    return Requirement.from_query(parse_qs(url, keep_blank_values=True), **options)


def faults(url):
    with pytest.raises(RequirementError) as refused:
        read(url)
    return list(refused.value.faults)


def test_url_carries_what_a_file_carries():
    asked = read(
        "title=Distributie&use=logistics&use=industrial&kinds=plot&as_of=2026-11-01"
        "&min.area_m2=8000&max.area_m2=25000&at_least.max_env_category=4.1&is.fibre=true"
        "&one_of.energy_label=A&one_of.energy_label=B&near.motorway_exit.max_m=3000"
        "&near.6.5632,52.9971.max_minutes=10&inside=MESSCHENVELD&max.available_from=2027-01-01"
        "&w.price_eur_m2=3&c.price_eur_m2=smaller:60,140&w.near.station=2.5"
        "&c.near.station=points:0,1;2000,0.5&c.energy_label=categories:A=1,B=0.7&jobs=12"
    )
    assert asked == Requirement.parse({
        "title": "Distributie",
        "use": ["logistics", "industrial"],
        "kinds": ["plot"],
        "as_of": "2026-11-01",
        "jobs": 12,
        "constraint": [
            {"field": "area_m2", "min": 8000, "max": 25000},
            {"field": "max_env_category", "at_least": "4.1"},
            {"field": "fibre", "is": True},
            {"field": "energy_label", "one_of": ["A", "B"]},
            {"near": "motorway_exit", "max_m": 3000},
            {"near": [6.5632, 52.9971], "max_minutes": 10},
            {"inside": "MESSCHENVELD"},
            {"field": "available_from", "max": "2027-01-01"},
        ],
        "criterion": [
            {"field": "price_eur_m2", "weight": 3, "curve": {"smaller": [60, 140]}},
            {"near": "station", "weight": 2.5, "curve": {"points": [[0, 1], [2000, 0.5]]}},
            {"field": "energy_label", "weight": 1, "curve": {"categories": {"A": 1, "B": 0.7}}},
        ],
    })


def test_parameters_read_well():
    asked = Requirement.parse({
        "constraint": [
            {"field": "area_m2", "min": 8000},
            {"field": "area_m2", "max": 25000},
            {"inside": "WEST"},
            {"inside": "OOST"},
        ],
        "criterion": [{"field": "park", "weight": 2, "curve": {"categories": {"A=B, 50%": 1}}}],
    })
    assert asked.to_query() == {
        "min.area_m2": ["8000"],
        "max.area_m2~2": ["25000"],
        "inside": ["WEST"],
        "inside~2": ["OOST"],
        "w.park": ["2"],
        "c.park": ["categories:A%3DB%2C 50%25=1"],
    }


@settings(deadline=None, max_examples=120, database=None)
@given(requirements())
def test_query_reads_back_the_same(asked):
    assert Requirement.from_query(asked.to_query()) == asked


@settings(deadline=None, max_examples=50, database=None)
@given(requirements())
def test_url_reads_back_the_same(asked):
    assert read(urlencode(asked.to_query(), doseq=True)) == asked


def test_empty_values_count_as_not_given():
    assert read("min.area_m2=&title=&use=&near.station.max_m=&w.grid_mva=") == Requirement()


def test_parameters_of_somebody_else_are_passed_over_when_named():
    assert read("lang=nl&is.fibre=false", ignore=("lang",)).constraints[0].equals is False
    assert faults("lang=nl") == [("lang", "unknown parameter")]


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("min.area_m2=veel", ("min.area_m2", "must be a number or a date such as 2026-11-01")),
        ("min.area_m2=nan", ("min.area_m2", "must be a number or a date such as 2026-11-01")),
        ("max.area_m2=1e999", ("max.area_m2", "must be a finite number")),
        ("min.area_m2=1&min.area_m2=2", ("min.area_m2", "is given 2 times; once is allowed")),
        ("is.fibre=ja", ("is.fibre", "must be true or false")),
        ("is.fibre~2=ja", ("is.fibre~2", "must be true or false")),
        ("near.station.max_m=-1", ("near.station.max_m", "must be 0 or more")),
        ("near.52.9,6.5.max_m=10",
         ("near.52.9,6.5.max_m", "near must have the longitude first: [6.5, 52.9]")),
        ("near.station=10", ("near.station", "unknown parameter")),
        ("near.station.min=10", ("near.station.min", "unknown parameter")),
        ("as_of=gisteren", ("as_of", "must be a date such as 2026-11-01")),
        ("kind=move", ("kind", "must be new, grow or relocate")),
        ("kinds=house", ("kinds", "must hold plot, premises or both, not 'house'")),
        ("jobs=veel", ("jobs", "must be a number")),
        ("w.grid_mva=-2&c.grid_mva=larger:0,2", ("w.grid_mva", "must be 0 or more")),
        ("w.grid_mva=2", ("c.grid_mva", "is missing")),
        ("c.grid_mva=larger:2", ("c.grid_mva", "must be a list of 2 numbers or dates")),
        ("c.grid_mva=larger", ("c.grid_mva", "must be a table of keys")),
        ("c.grid_mva=lager:0,1",
         ("c.grid_mva", "unknown key 'lager'; did you mean 'larger'?")),
        ("c.near.station=categories:A=1", ("c.near.station", "curve of near must run over metres")),
        ("inside={", ("inside",
         "must be the code of an area or park, or a GeoJSON geometry of type Polygon or "
         "MultiPolygon")),
        ("at_least.fibre=A&is.fibre=true",
         ("at_least.fibre", "must have min and/or max, or at_least, or is, or one_of")),
        ("foo=1", ("foo", "unknown parameter")),
        ("w.=1", ("w.", "unknown parameter")),
    ],
)
def test_fault_is_named_by_its_parameter(url, fault):
    assert faults(url) == [fault]


def test_all_faults_of_a_url_are_listed():
    found = faults("foo=1&min.area_m2=x&w.grid_mva=y&c.grid_mva=larger:0,1")
    assert [place for place, _ in found] == ["foo", "min.area_m2", "w.grid_mva"]
