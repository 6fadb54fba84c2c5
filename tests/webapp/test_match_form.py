from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from geo_assen.catalogue import Catalogue, load_catalogue
from geo_assen.matching import Requirement
from geo_assen.settings import PROJECT_FOLDER
from webapp.fields import read_number, written_number
from webapp.matching.address import canonical, ignored, query_of, says_something
from webapp.matching.curves import draw_curve, ends_of, read_curve
from webapp.matching.switching import constraint_name, curve_for, limits_for, split_constraint
from webapp.matching.wishes import usual_curves

USUAL = {"price_eur_m2": "smaller:96,170", "near.station": "smaller:520,4100"}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(PROJECT_FOLDER / "layers")


@pytest.fixture
def settled(catalogue):
    def settle(query: str) -> dict[str, list[str]]:
        args = MultiDict(parse_qsl(query, keep_blank_values=True))
        once = canonical(args, catalogue, USUAL)
        again = canonical(once, catalogue, USUAL)
        assert dict(again.lists()) == dict(once.lists()), "a link must lead to itself"
        return dict(once.lists())

    return settle


def test_empty_fields_and_idle_wishes_are_left_out(settled):
    told = settled(
        "use=office&min.area_m2=&max.rent_eur_m2_year=+&w.price_eur_m2=0&good.price_eur_m2=96"
        "&bad.price_eur_m2=170&kind=new&weigh=sliders"
    )
    assert told == {"use": ["office"]}


def test_changed_curve_of_an_idle_wish_is_set_aside(settled):
    told = settled("w.price_eur_m2=0&good.price_eur_m2=60&bad.price_eur_m2=140")
    assert told == {"off.c.price_eur_m2": ["smaller:60,140"]}


def test_curve_only_a_file_can_say_is_kept(settled):
    curve = "points:10,0;20,1;40,0.2"
    told = settled(f"w.price_eur_m2=2&c.price_eur_m2={curve}")
    assert told["c.price_eur_m2"] == [curve]


@pytest.mark.parametrize(
    ("name", "typed", "read"),
    [
        ("min.grid_mva", "0,5", "0.5"),
        ("min.area_m2", "2.500", "2500"),
        ("min.area_m2", "2500", "2500"),
        ("min.area_m2", "1 250 000", "1250000"),
        ("near.station.max_m", "3.000", "3000"),
        ("max.price_eur_m2", "92,50", "92.50"),
        ("max.price_eur_m2", "1.5", "1.5"),
        ("min.area_m2", "abc", "abc"),
        ("max.available_from", "2027-05-01", "2027-05-01"),
    ],
)
def test_numbers_are_read_as_a_dutch_reader_writes_them(settled, name, typed, read):
    assert settled(f"{name}={typed}") == {name: [read]}


@pytest.mark.parametrize(
    ("limit", "wish"),
    [
        ("max.price_eur_m2=100", "smaller:100,150"),
        ("min.grid_mva=2", "larger:1,2"),
        ("min.area_m2=1000&max.area_m2=2000", "target:500,1000,2000,3000"),
        ("near.station.max_m=800", "smaller:800,1200"),
        ("near.6.56,52.99.max_m=800", "smaller:800,1200"),
        ("is.fibre=true", "categories:true=1,false=0"),
        ("at_least.energy_label=A", "categories:A=1,A+=1,A++=1,A+++=1,A++++=1"),
        ("one_of.energy_label=A&one_of.energy_label=B", "categories:A=1,B=1"),
        ("max.available_from=2027-05-01", "smaller:2027-05-01,2028-05-01"),
        ("max.area_m2~2=5000", "smaller:5000,7500"),
    ],
)
def test_what_must_hold_becomes_a_wish_and_comes_back_as_it_was(settled, limit, wish):
    limit = limit.replace("+", "%2B")
    subject = split_constraint(limit.partition("=")[0])[1]
    wished = settled(f"use=office&{limit}&to_wish.{subject}=1")
    assert wished[f"c.{subject}"] == [wish]
    assert wished[f"w.{subject}"] == ["3"]
    assert all(name.startswith(("use", "off.", "w.", "c.")) for name in wished)
    back = settled(query_of(MultiDict(wished)) + f"&to_must.{subject}=1")
    assert {n: v for n, v in back.items() if not n.startswith("off.")} == {
        "use": ["office"], **dict(MultiDict(parse_qsl(limit)).lists()),
    }  # fmt: skip
    assert Requirement.from_query(back, ignore=ignored(back)).constraints
    again = settled(query_of(MultiDict(back)) + f"&to_wish.{subject}=1")
    assert again == wished


@pytest.mark.parametrize(
    ("subject", "curve", "limits"),
    [
        ("price_eur_m2", "smaller:60,140", {"max.price_eur_m2": ["140"]}),
        ("grid_mva", "larger:0.2,1.5", {"min.grid_mva": ["0.2"]}),
        ("area_m2", "target:1,2,3,4", {"min.area_m2": ["1"], "max.area_m2": ["4"]}),
        ("near.station", "smaller:500,3000", {"near.station.max_m": ["3000"]}),
        ("price_eur_m2", "points:10,1;20,0.4", {"max.price_eur_m2": ["20"]}),
        ("max_env_category", "categories:4.1=1,4.2=1,5.1=1,5.2=1,5.3=1,6=0.5",
         {"at_least.max_env_category": ["4.1"]}),
        ("energy_label", "categories:A=1,C=0.5,B=0",
         {"one_of.energy_label": ["A", "C"]}),
        ("fibre", "categories:true=1,false=0", {"is.fibre": ["true"]}),
    ],
)  # fmt: skip
def test_wish_becomes_a_constraint_that_keeps_what_counted(settled, subject, curve, limits):
    told = settled(f"w.{subject}=2&c.{subject}={curve}&to_must.{subject}=1")
    kept = {f"off.w.{subject}": ["2"], f"off.c.{subject}": [curve]}
    assert told == {**kept, **limits}
    back = settled(query_of(MultiDict(told)) + f"&to_wish.{subject}=1")
    assert back[f"w.{subject}"] == ["2"]
    assert back[f"c.{subject}"] == [curve]


def test_idle_row_that_is_turned_starts_from_the_usual_curve(settled):
    told = settled("use=office&to_wish.price_eur_m2=1")
    assert (told["w.price_eur_m2"], told["c.price_eur_m2"]) == (["3"], ["smaller:96,170"])
    told = settled("use=office&w.near.station=0&to_must.near.station=1")
    assert told["near.station.max_m"] == ["4100"]
    assert settled("to_must.castle=1&to_wish.castle=1") == {}


def test_constraint_stays_beside_a_wish_about_the_same(settled):
    told = settled("near.station.max_m=900&w.near.station=2&c.near.station=smaller:1,2")
    assert set(told) == {"near.station.max_m", "w.near.station", "c.near.station"}


def test_ranks_give_the_weights_and_stay_in_the_link(settled):
    told = settled(
        "w.price_eur_m2=1&c.price_eur_m2=smaller:1,2&w.grid_mva=1&c.grid_mva=larger:1,2"
        "&w.area_m2=1&c.area_m2=larger:1,2&weigh=ranks&rank.price_eur_m2=2&rank.grid_mva=1"
        "&rank.area_m2=3"
    )
    # Rank-order centroid of three: 11/18, 5/18, 2/18.
    weights = {n[2:]: float(v[0]) for n, v in told.items() if n.startswith("w.")}
    assert weights == {"grid_mva": 5, "price_eur_m2": 2.27, "area_m2": 0.91}
    assert told["rank.grid_mva"] == ["1"]
    assert told["weigh"] == ["ranks"]


def test_pairs_give_the_weights_and_stay_in_the_link(settled):
    told = settled(
        "w.price_eur_m2=1&c.price_eur_m2=smaller:1,2&w.grid_mva=1&c.grid_mva=larger:1,2"
        "&weigh=pairs&pair.price_eur_m2:grid_mva=1/4"
    )
    assert (told["w.grid_mva"], told["w.price_eur_m2"]) == (["5"], ["1.25"])
    assert told["pair.price_eur_m2:grid_mva"] == ["1/4"]


def test_first_look_at_pairs_starts_from_the_weights(settled):
    told = settled(
        "w.price_eur_m2=4&c.price_eur_m2=smaller:1,2&w.grid_mva=2&c.grid_mva=larger:1,2&weigh=pairs"
    )
    assert told["pair.price_eur_m2:grid_mva"] == ["2"]
    assert (told["w.price_eur_m2"], told["w.grid_mva"]) == (["5"], ["2.5"])


@pytest.mark.parametrize("answer", ["0", "10", "x", "1/0", "-3", "³", "3.5"])
def test_answer_that_means_nothing_counts_as_not_given(settled, answer):
    told = settled(
        "w.price_eur_m2=2&c.price_eur_m2=smaller:1,2&w.grid_mva=2&c.grid_mva=larger:1,2"
        f"&weigh=pairs&pair.price_eur_m2:grid_mva={answer}"
    )
    assert told["pair.price_eur_m2:grid_mva"] == ["1"]
    assert settled(f"weigh=ranks&w.a=1&c.a=larger:1,2&rank.a={answer}")["w.a"] == ["5"]


def test_matching_ignores_how_the_page_is_shown():
    args = ["lang", "keep", "view", "advanced", "weigh", "off.min.area_m2", "rank.x", "pair.x:y"]
    assert ignored(args) >= set(args)
    assert not says_something([*args, "as_of"])
    assert says_something([*args, "min.area_m2"])


def test_present_site_stays_aside_while_nobody_leaves_one(settled):
    aside = {"off.present_site": ["premises:W-1"]}
    assert settled("kind=new&present_site=premises:W-1") == aside
    told = settled("kind=relocate&off.present_site=premises:W-1")
    assert told == {"kind": ["relocate"], "present_site": ["premises:W-1"]}


@pytest.mark.parametrize(
    "name",
    ["min.area_m2", "is.fibre", "near.station.max_m", "near.6.5,52.9.max_m~2", "max.area_m2~3"],
)
def test_parameter_is_split_and_joined_again(name):
    assert constraint_name(*split_constraint(name)) == name


@pytest.mark.parametrize("name", ["inside", "title", "near.station", "w.price_eur_m2", "min."])
def test_other_parameters_are_no_such_constraint(name):
    assert split_constraint(name) is None


def test_nothing_is_asked_of_a_curve_that_cannot_be_asked():
    assert limits_for("larger:1,2", "near.station", None) == []
    assert limits_for("nonsense", "price_eur_m2", None) == []
    assert curve_for({"max_minutes": ["10"]}, None) == ""


def test_curves_are_read():
    assert read_curve("smaller:60,140") == ("smaller", (("60", 1.0), ("140", 0.0)))
    assert read_curve("categories:A%2B=1,B=0.5")[1] == (("A+", 1.0), ("B", 0.5))
    assert read_curve("target:1,2")[1] == ()
    assert ends_of("larger:1,2") == ("2", "1")
    assert ends_of("points:1,0;2,1") is None


def test_curve_is_drawn_with_the_values_that_bend_it(sample_app: Flask):
    with sample_app.test_request_context("/match"):
        drawn = draw_curve("smaller:60,140", str)
        assert [text for _x, text in drawn.ticks] == ["60", "140"]
        assert drawn.ticks[0][0] < drawn.ticks[1][0]
        assert drawn.path.startswith("M10 5")
        bars = draw_curve("categories:A=1,B=0.5", str).bars
        assert [bar.title for bar in bars] == ["A", "B"]
        assert bars[0].height == 2 * bars[1].height
        dates = draw_curve("larger:2027-01-01,2028-01-01", str)
        assert [text for _x, text in dates.ticks] == ["2027-01-01", "2028-01-01"]
        for nonsense in ("", "smaller:a,b", "points:1,x", "castle:1,2"):
            assert draw_curve(nonsense, str) is None


def test_every_kind_of_field_has_a_curve_to_start_with(catalogue):
    curves = usual_curves({"price_eur_m2": (96, 170), "distance_to_station_m": (520, 4100),
                           "grid_mva": (0.17, 1.5)}, catalogue)  # fmt: skip
    assert curves["price_eur_m2"] == "smaller:96,170"
    assert curves["near.station"] == "smaller:520,4100"
    assert curves["grid_mva"] == "larger:0.17,1.5"
    assert curves["fibre"] == "categories:true=1,false=0"
    assert curves["energy_label"].startswith("categories:G=0,")


def test_numbers_are_written_without_losing_a_digit():
    assert [written_number(n) for n in (3.0, 0.5, 1234567.25, -2.0)] == [
        "3", "0.5", "1234567.25", "-2"]  # fmt: skip
    assert read_number("0,5") == 0.5
    assert read_number("x") != read_number("x")
    assert read_number("inf") != read_number("inf")
