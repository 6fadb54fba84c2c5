"""Reasons in words: what fits, what to check, what would have to give."""

from __future__ import annotations

from datetime import date

import pytest

from geo_assen.matching import match, reasons, short_reason, why_not_higher
from tests.matching.factories import make_requirement, make_site, make_sites

PRICE = {"field": "price_eur_m2", "weight": 3, "curve": {"smaller": [60, 140]}}
GRID = {"field": "grid_mva", "curve": {"larger": [0, 2]}}


def only(constraint=(), criterion=(), use=(), **site):
    ranking = match(
        make_requirement(constraint=list(constraint), criterion=list(criterion), use=list(use)),
        make_sites([make_site(**site)]),
    )
    return ranking.find(f"{site.get('kind', 'plot')}:P1"), ranking


def said(*constraints, use=(), language="nl", **site):
    result, ranking = only(constraints, use=use, **site)
    return short_reason(result, language, ranking)


def test_site_that_fits_says_so():
    assert (said(), said(language="en")) == ("past", "fits")


def test_site_to_check_names_what_is_open():
    asked = ({"field": "grid_mva", "min": 1}, {"near": "station", "max_minutes": 5})
    assert said(*asked, grid_mva=None) == (
        "te checken: netaansluiting, afstand tot station (geen reistijden bekend)"
    )
    assert said(*asked, language="en", grid_mva=None) == (
        "to check: grid connection, distance to station (no travel times are recorded)"
    )
    assert said(availability="unknown", status_note="optie tot 1 maart 2027") == (
        "te checken: beschikbaarheid (optie tot 1 maart 2027)"
    )


@pytest.mark.parametrize(
    ("constraint", "nl", "en"),
    [
        ({"field": "area_m2", "max": 9660}, "340 m² kleiner", "340 m² smaller"),
        ({"field": "area_m2", "min": 10340}, "340 m² groter", "340 m² larger"),
        ({"field": "price_eur_m2", "max": 80}, "grondprijs € 5 per m² lager",
         "land price € 5 per m² lower"),
        ({"field": "grid_mva", "min": 2.5}, "netaansluiting 0,5 MVA hoger",
         "grid connection 0.5 MVA higher"),
        ({"field": "available_from", "max": "2026-05-01"}, "beschikbaar vanaf 31 dagen eerder",
         "available from 31 days earlier"),
        ({"field": "available_from", "min": "2026-06-02"}, "beschikbaar vanaf 1 dag later",
         "available from 1 day later"),
        ({"field": "max_env_category", "at_least": "5.2"},
         "maximale milieucategorie 2 stappen hoger",
         "highest environmental category 2 steps higher"),
        ({"field": "max_env_category", "at_least": "5.1"},
         "maximale milieucategorie 1 stap hoger", "highest environmental category 1 step higher"),
        ({"field": "fibre", "is": False}, "zonder glasvezel", "without fibre"),
        ({"field": "rail", "is": True}, "met spooraansluiting", "with rail access"),
        ({"field": "status", "one_of": ["option", "offered"]},
         "status In optie of Aangeboden", "status Under option or On offer"),
        ({"near": "motorway_exit", "max_m": 860}, "340 m dichter bij afrit snelweg",
         "340 m closer to motorway exit"),
    ],
)
def test_near_miss_says_what_would_have_to_give(constraint, nl, en):
    assert said(constraint) == f"ja, mits {nl}"
    assert said(constraint, language="en") == f"yes, if {en}"


def test_near_miss_of_use_point_and_area():
    assert said(use=["office"]) == "ja, mits bestemming Kantoor"
    point = said({"near": [6.5632, 52.9971], "max_m": 1000})
    assert point.startswith("ja, mits ")
    assert point.endswith(" m dichter bij het gekozen punt")
    ring = [[6.6, 53.0], [6.61, 53.0], [6.61, 53.01], [6.6, 53.0]]
    drawn = said({"inside": {"type": "Polygon", "coordinates": [ring]}}, language="en")
    assert drawn.startswith("yes, if inside the drawn area (now ")
    assert drawn.endswith(" outside)")


@pytest.mark.parametrize(("constraint", "nl", "en"), [
    ({"field": "workers_30min", "min": 150_739},
     "werkenden binnen 30 minuten met de auto (model): ongeveer 700 werkenden te weinig",
     "workers within 30 minutes by car (model): about 700 workers too few"),
    ({"field": "workers_30min", "max": 149_990},
     "werkenden binnen 30 minuten met de auto (model): minder dan 100 werkenden te veel",
     "workers within 30 minutes by car (model): fewer than 100 workers too many"),
    ({"field": "distance_to_station_m", "max": 2300}, "afstand tot station: 200 m te ver",
     "distance to station: 200 m too far"),
    ({"near": "motorway_exit", "max_m": 860}, "340 m te ver van afrit snelweg",
     "340 m too far from motorway exit"),
])  # fmt: skip
def test_what_follows_from_the_place_is_short_on_a_screen_and_asks_no_change(constraint, nl, en):
    result, ranking = only([constraint])
    assert short_reason(result, "nl", ranking, on_screen=True) == nl
    assert short_reason(result, "en", ranking, on_screen=True) == en
    assert said(constraint).startswith("ja, mits ")


def test_value_of_a_model_is_rounded_on_a_screen_alone_and_what_is_asked_never():
    result, ranking = only([{"field": "workers_30min", "min": 150_739}], workers_30min=150_012)
    rounded = reasons(result, "en", ranking, on_screen=True)[1]
    assert rounded.endswith(": about 150,000 workers, asked at least 150,739 workers")
    assert ": 150,012 workers, asked" in reasons(result, "en", ranking)[1]


def test_site_that_fails_more_has_no_near_miss():
    asked = ({"field": "fibre", "is": False}, {"field": "area_m2", "max": 100})
    result, ranking = only(asked)
    assert result.nearest_miss is None
    assert short_reason(result, "nl", ranking) == "nee, faalt op glasvezel, oppervlakte"
    assert short_reason(result, "en", ranking) == "no, fails on fibre, area"


def test_near_miss_is_told_as_numbers_too():
    result, _ = only([{"field": "available_from", "max": date(2026, 5, 1)}])
    miss = result.nearest_miss
    assert (miss.constraint, miss.change, miss.unit, miss.direction) == (
        "available_from", 31, "days", "earlier"
    )


def test_reasons_tell_the_group_then_constraints_then_wishes_by_weight():
    asked = [{"field": "area_m2", "max": 9000}, {"near": "station", "max_minutes": 5}]
    result, ranking = only(asked, [GRID | {"weight": 9}, PRICE], grid_mva=None)
    assert reasons(result, "nl", ranking) == (
        "ja, mits 1.000 m² kleiner",
        "Oppervlakte: 10.000 m², gevraagd hoogstens 9.000 m²",
        "Afstand tot station: geen reistijden bekend",
        "Grondprijs: € 85 per m², wens voor 69 % vervuld",
        "Netaansluiting: niet bekend, telt voor de helft",
    )
    assert reasons(result, "en", ranking)[1:] == (
        "Area: 10,000 m², asked at most 9,000 m²",
        "Distance to station: no travel times are recorded",
        "Land price: € 85 per m², 69 % of the wish met",
        "Grid connection: not recorded, counts for half",
    )


@pytest.mark.parametrize(
    ("constraint", "sentence"),
    [
        ({"field": "max_env_category", "at_least": "5.1"},
         "Maximale milieucategorie: Categorie 4.2, gevraagd minstens Categorie 5.1"),
        ({"field": "available_from", "max": "2026-05-01"},
         "Beschikbaar vanaf: 1 juni 2026, gevraagd hoogstens 1 mei 2026"),
        ({"field": "fibre", "is": False}, "Glasvezel: ja, gevraagd nee"),
        ({"near": "motorway_exit", "max_m": 1199},
         "Afstand tot afrit snelweg: 1.200 m, gevraagd hoogstens 1.199 m"),
        ({"field": "area_m2", "min": 20000, "max": 30000},
         "Oppervlakte: 10.000 m², gevraagd minstens 20.000 m² en hoogstens 30.000 m²"),
    ],
)
def test_failing_constraint_sets_the_value_beside_the_limit(constraint, sentence):
    result, ranking = only([constraint])
    assert reasons(result, "nl", ranking)[1] == sentence


def test_next_question_is_an_unknown_constraint_before_any_criterion():
    result, _ = only([{"field": "fibre", "is": True}], [GRID | {"weight": 50}],
                     fibre=None, grid_mva=None)
    assert result.next_question == "fibre"


def test_next_question_of_two_constraints_is_the_one_that_also_weighs():
    asked = [{"field": "fibre", "is": True}, {"field": "grid_mva", "min": 1}]
    result, _ = only(asked, [GRID], fibre=None, grid_mva=None)
    assert result.next_question == "grid_mva"
    result, _ = only(asked, fibre=None, grid_mva=None)
    assert result.next_question == "fibre"


def test_next_question_is_else_the_unknown_criterion_that_weighs_most():
    result, _ = only([], [GRID, PRICE], grid_mva=None, price_eur_m2=None)
    assert result.next_question == "price_eur_m2"
    result, _ = only([], [GRID | {"weight": 0}], grid_mva=None)
    assert result.next_question is None


def test_nothing_to_ask_where_all_is_known():
    result, _ = only([{"field": "fibre", "is": True}], [GRID, PRICE])
    assert result.next_question is None


def test_why_not_higher_lists_what_the_site_above_gains():
    sites = make_sites([
        make_site(id="plot:above", price_eur_m2=60.0, grid_mva=1.0),
        make_site(id="plot:here", price_eur_m2=100.0, grid_mva=2.0),
    ])
    ranking = match(make_requirement(criterion=[PRICE, GRID]), sites)
    above, here = ranking.results
    (gain,) = why_not_higher(here, above)
    # (1 - 0.5) * 3 of all weight 4
    assert (gain.name, gain.score_gain) == ("price_eur_m2", pytest.approx(0.375))
    assert (gain.here.value, gain.above.value) == (100, 60)
    (lost,) = why_not_higher(above, here)
    assert (lost.name, lost.score_gain) == ("grid_mva", pytest.approx(0.125))


def test_why_not_higher_compares_plots_and_premises_by_part_of_the_score():
    sites = make_sites([
        make_site(price_eur_m2=140.0, grid_mva=2.0),
        make_site(kind="premises", id="premises:1", grid_mva=2.0),
    ])
    ranking = match(make_requirement(criterion=[PRICE, GRID]), sites)
    (gain,) = why_not_higher(ranking.find("plot:P1"), ranking.find("premises:1"))
    assert (gain.name, gain.score_gain) == ("grid_mva", pytest.approx(0.75))
    assert why_not_higher(ranking.find("premises:1"), ranking.find("plot:P1")) == ()


def test_two_wishes_about_one_field_are_kept_apart():
    sites = make_sites([make_site(id="plot:a", grid_mva=2.0), make_site(id="plot:b", grid_mva=0.0)])
    other = {"field": "grid_mva", "weight": 0.5, "curve": {"smaller": [0, 2]}}
    ranking = match(make_requirement(criterion=[GRID, other]), sites)
    gains = why_not_higher(ranking.find("plot:b"), ranking.find("plot:a"))
    assert [gain.above.weight for gain in gains] == [1]
