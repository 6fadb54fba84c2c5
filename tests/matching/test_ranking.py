"""Order, scores and groups of a ranking, also against a slow one written from the rules."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geo_assen.crs import RD
from geo_assen.errors import CrsError, NotFound, RequirementError
from geo_assen.matching import METHOD_VERSION, Requirement, match
from geo_assen.sites import Sites
from tests.matching import reference
from tests.matching.chance import dice_of, random_requirement, random_sites
from tests.matching.factories import AS_OF, X, Y, make_requirement, make_site, make_sites

PRICE = {"field": "price_eur_m2", "curve": {"smaller": [60, 140]}}
GRID = {"field": "grid_mva", "curve": {"larger": [0, 2]}}


def ids(ranking):
    return [result.id for result in ranking.results]


@pytest.mark.parametrize("seed", range(40))
def test_match_equals_the_slow_reference(seed):
    dice = dice_of(seed)
    sites, requirement = random_sites(dice, 60), random_requirement(dice)
    ranking = match(requirement, sites)
    expected = reference.rank(requirement, sites)
    assert ids(ranking) == [row["id"] for row in expected]
    for result, row in zip(ranking.results, expected, strict=True):
        assert result.verdict == row["verdict"]
        for name in ("score", "score_low", "score_high", "reliability"):
            assert getattr(result, name) == pytest.approx(row[name], abs=1e-9), name
        told = [(c.name, c.verdict.value) for c in result.constraints]
        assert told == [(name, verdict) for name, verdict, _, _ in row["constraints"]]
        for constraint, (_, _, shortfall, _) in zip(
            result.constraints, row["constraints"], strict=True
        ):
            expected_shortfall = None if shortfall is None else pytest.approx(shortfall, abs=1e-3)
            assert constraint.shortfall == expected_shortfall


def test_random_cases_reach_every_group():
    verdicts, hidden = set(), 0
    for seed in range(40):
        dice = dice_of(seed)
        sites, requirement = random_sites(dice, 60), random_requirement(dice)
        ranking = match(requirement, sites)
        verdicts |= {result.verdict.value for result in ranking.results}
        hidden += ranking.counts["fail_not_listed"]
    assert verdicts == {"pass", "unknown", "fail"}
    assert hidden > 0


def test_groups_come_before_scores():
    sites = make_sites([
        make_site(id="plot:cheap-fails", price_eur_m2=60.0, fibre=False),
        make_site(id="plot:cheap-unknown", price_eur_m2=60.0, fibre=None),
        make_site(id="plot:dear-passes", price_eur_m2=139.0),
    ])
    asked = make_requirement(constraint=[{"field": "fibre", "is": True}], criterion=[PRICE])
    ranking = match(asked, sites)
    assert ids(ranking) == ["plot:dear-passes", "plot:cheap-unknown", "plot:cheap-fails"]
    assert [r.verdict for r in ranking.results] == ["pass", "unknown", "fail"]


def test_equal_scores_are_ordered_by_code_point_of_the_id():
    names = ["plot:b", "plot:B", "premises:a", "plot:é", "plot:10", "plot:9"]
    sites = make_sites([make_site(id=name) for name in names])
    assert ids(match(make_requirement(), sites)) == [
        "plot:10", "plot:9", "plot:B", "plot:b", "plot:é", "premises:a"
    ]


def test_order_does_not_depend_on_the_order_of_the_frame():
    sites = random_sites(dice_of(5), 40)
    mixed = sites.frame.sample(frac=1, random_state=1).reset_index(drop=True)
    shuffled = Sites.of(mixed, sites.fields, sites.codes, sites.places, sites.areas, sites.as_of)
    for seed in range(5):
        requirement = random_requirement(dice_of(seed))
        assert ids(match(requirement, sites)) == ids(match(requirement, shuffled))


def test_score_by_hand_with_an_unknown():
    # price: (140 - 80) / 80 = 0.75 with weight 3; grid unknown with weight 1
    sites = make_sites([make_site(price_eur_m2=80.0, grid_mva=None)])
    asked = make_requirement(criterion=[PRICE | {"weight": 3}, GRID | {"weight": 1}])
    only = match(asked, sites).results[0]
    assert only.score == pytest.approx((3 * 0.75 + 0.5) / 4)
    assert only.score_low == pytest.approx(3 * 0.75 / 4)
    assert only.score_high == pytest.approx((3 * 0.75 + 1) / 4)
    assert only.reliability == 0.75
    price, grid = only.criteria
    assert (price.desirability, price.contribution, price.unknown) == (0.75, 2.25, False)
    assert (grid.desirability, grid.contribution, grid.unknown) == (None, 0.5, True)
    assert (price.value, price.unit, price.source) == (80, "eur_m2", "Gemeente Assen")
    assert price.date == date(2026, 1, 1)


def test_weight_of_a_criterion_that_does_not_apply_is_left_out():
    sites = make_sites([make_site(kind="premises", id="premises:1", grid_mva=2.0)])
    only = match(make_requirement(criterion=[PRICE | {"weight": 9}, GRID]), sites).results[0]
    assert [c.name for c in only.criteria] == ["grid_mva"]
    assert (only.score, only.reliability) == (1.0, 1.0)


@pytest.mark.parametrize(
    "criteria",
    [[], [PRICE], [GRID | {"weight": 0}]],
    ids=["none", "none that applies", "no weight at all"],
)
def test_without_weight_the_score_says_nothing(criteria):
    sites = make_sites([make_site(kind="premises", id="premises:1")])
    only = match(make_requirement(criterion=criteria), sites).results[0]
    assert (only.score, only.score_low, only.score_high, only.reliability) == (0.5, 0.0, 1.0, 0.0)


def test_reliability_never_changes_the_order():
    # unknown counts 0.5, and the known one is worth exactly 0.5: the id decides
    known = {"plot:a": None, "plot:b": 1.0}
    sites = make_sites([make_site(id=name, grid_mva=value) for name, value in known.items()])
    assert ids(match(make_requirement(criterion=[GRID]), sites)) == ["plot:a", "plot:b"]


def test_failing_sites_by_relative_shortfall_then_score():
    sites = make_sites([
        make_site(id="plot:a", area_m2=4_000, price_eur_m2=60.0),
        make_site(id="plot:b", area_m2=7_000, price_eur_m2=140.0),
        make_site(id="plot:c", area_m2=7_000, price_eur_m2=60.0),
        make_site(id="plot:twice", area_m2=7_999, fibre=False),
    ])
    asked = make_requirement(
        constraint=[{"field": "area_m2", "min": 8000}, {"field": "fibre", "is": True}],
        criterion=[PRICE],
    )
    ranking = match(asked, sites)
    assert ids(ranking) == ["plot:c", "plot:b", "plot:a"]
    assert ranking.counts == {
        "pass": 0, "unknown": 0, "fail": 4, "fail_listed": 3, "fail_not_listed": 1
    }


def test_failing_sites_of_different_units_compare_by_their_limit():
    sites = make_sites([
        make_site(id="plot:category", max_env_category="3.2"),  # 1 of 9 steps = 0.111
        make_site(id="plot:price", price_eur_m2=110.0),  # 10 / 100 = 0.100
        make_site(id="plot:date", available_from=date(2027, 2, 15)),  # 45 / 365 = 0.123
        make_site(id="plot:exit", distance_to_motorway_exit_m=3360.0),  # 360 / 3000 = 0.120
    ])
    asked = make_requirement(constraint=[
        {"field": "max_env_category", "at_least": "4.1"},
        {"field": "price_eur_m2", "max": 100},
        {"field": "available_from", "max": date(2027, 1, 1)},
        {"near": "motorway_exit", "max_m": 3000},
    ])
    assert ids(match(asked, sites)) == ["plot:price", "plot:category", "plot:exit", "plot:date"]


def test_at_most_a_hundred_failing_sites_are_listed():
    sites = make_sites(
        [make_site(id=f"plot:{n:03}", area_m2=5_000 + n) for n in range(130)]
        + [make_site(id="plot:passes")]
    )
    ranking = match(make_requirement(constraint=[{"field": "area_m2", "min": 9000}]), sites)
    assert len(ranking) == 101
    assert ids(ranking)[:3] == ["plot:passes", "plot:129", "plot:128"]
    assert ranking.counts["fail_not_listed"] == 30


def test_kinds_restrict_the_sites_that_are_looked_at():
    sites = make_sites([make_site(), make_site(kind="premises", id="premises:1")])
    ranking = match(make_requirement(kinds=["premises"]), sites)
    assert ids(ranking) == ["premises:1"]
    assert ranking.counts["pass"] == 1


def test_no_site_of_the_kind_gives_an_empty_ranking():
    ranking = match(make_requirement(kinds=["premises"]), make_sites([make_site()]))
    assert ranking.results == ()
    assert len(ranking.to_geodataframe()) == 0
    assert ranking.to_json_document()["results"] == []


def test_as_of_of_the_sites_counts_and_another_is_refused():
    sites = make_sites([make_site()], as_of=date(2026, 10, 1))
    asked = make_requirement(as_of=date(2026, 11, 1))
    assert match(asked, sites).as_of == date(2026, 10, 1)
    assert match(asked, sites, as_of=date(2026, 10, 1)).as_of == date(2026, 10, 1)
    with pytest.raises(RequirementError, match="drawn up for 2026-10-01, not for 2026-11-01"):
        match(asked, sites, as_of=date(2026, 11, 1))


def test_find_gives_sites_that_are_not_listed():
    sites = make_sites([make_site(area_m2=10, fibre=False)])
    asked = make_requirement(
        constraint=[{"field": "area_m2", "min": 100}, {"field": "fibre", "is": True}]
    )
    ranking = match(asked, sites)
    assert ranking.results == ()
    assert ranking.find("plot:P1").verdict == "fail"
    assert ranking.find("plot:P1").nearest_miss is None
    with pytest.raises(NotFound, match="plot:P2"):
        ranking.find("plot:P2")


def test_top_gives_the_head_of_the_results():
    ranking = match(make_requirement(), make_sites([make_site(id=f"plot:{n}") for n in range(5)]))
    assert ranking.top(2) == ranking.results[:2]
    assert ranking.top(99) == ranking.results
    assert ranking.top(0) == ()


def test_sites_in_degrees_are_refused():
    sites = make_sites([make_site()])
    with pytest.raises(CrsError):
        Sites.of(
            sites.frame.set_crs("EPSG:4326", allow_override=True),
            sites.fields, sites.codes, sites.places, sites.areas, AS_OF,
        )


def test_frame_has_the_rows_of_the_results_in_rd():
    sites = random_sites(dice_of(3), 50)
    ranking = match(random_requirement(dice_of(3)), sites)
    frame = ranking.to_geodataframe()
    assert frame.crs == RD
    assert list(frame["id"]) == ids(ranking)
    assert list(frame["rank"]) == list(range(1, len(ranking) + 1))
    assert list(frame["score"]) == [result.score for result in ranking.results]
    by_id = sites.frame.set_index("id").geometry
    for site_id, geometry in zip(frame["id"], frame.geometry, strict=True):
        assert geometry == by_id[site_id] or geometry is by_id[site_id] is None
    assert list(ranking.to_geodataframe(top=3)["id"]) == ids(ranking)[:3]


def test_json_document_has_the_promised_shape():
    sites = make_sites([
        make_site(),
        make_site(id="plot:P2", area_m2=25_340, price_eur_m2=None, available_from=None),
    ])
    asked = make_requirement(
        code="VR-1", use=["logistics"],
        constraint=[
            {"field": "area_m2", "min": 8000, "max": 25000},
            {"field": "available_from", "max": date(2027, 1, 1)},
        ],
        criterion=[PRICE | {"weight": 3}],
    )
    document = match(asked, sites).to_json_document()
    assert (document["requirement"], document["as_of"]) == ("VR-1", "2026-11-01")
    assert document["method_version"] == METHOD_VERSION == "match-1"
    passing, failing = document["results"]
    assert passing["constraints"] == [
        {"name": "use", "verdict": "pass", "value": ["industrial", "logistics"],
         "limit": ["logistics"], "shortfall": None, "unit": None, "reason": None},
        {"name": "availability", "verdict": "pass", "value": "issuable", "limit": None,
         "shortfall": None, "unit": None, "reason": None},
        {"name": "area_m2", "verdict": "pass", "value": 10_000,
         "limit": {"min": 8000, "max": 25000}, "shortfall": None, "unit": "m2", "reason": None},
        {"name": "available_from", "verdict": "pass", "value": "2026-06-01",
         "limit": {"max": "2027-01-01"}, "shortfall": None, "unit": "days", "reason": None},
    ]
    assert passing["criteria"] == [
        {"name": "price_eur_m2", "weight": 3, "value": 85, "unit": "eur_m2",
         "desirability": 0.6875, "contribution": 2.0625, "unknown": False,
         "source": "Gemeente Assen", "date": "2026-01-01"},
    ]
    assert (failing["verdict"], failing["id"], failing["kind"]) == ("fail", "plot:P2", "plot")
    assert failing["constraints"][2]["shortfall"] == 340
    assert type(failing["constraints"][2]["shortfall"]) is int
    assert failing["nearest_miss"] == {
        "constraint": "area_m2", "change": 340, "unit": "m2", "direction": "smaller"
    }
    assert failing["criteria"][0]["desirability"] is None
    assert failing["next_question"] == "available_from"
    assert list(passing)[:8] == [
        "id", "kind", "name", "verdict", "score", "score_low", "score_high", "reliability"
    ]


def _plain(value) -> bool:
    if isinstance(value, dict):
        return all(type(key) is str and _plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(_plain(item) for item in value)
    return value is None or type(value) in (str, int, bool) or (
        type(value) is float and math.isfinite(value)
    )


@pytest.mark.parametrize("seed", range(12))
def test_json_document_holds_plain_values_only(seed):
    sites, requirement = random_sites(dice_of(seed), 40), random_requirement(dice_of(seed))
    document = match(requirement, sites).to_json_document()
    assert _plain(document)


def test_field_without_a_column_is_unknown_everywhere():
    sites = make_sites([make_site()], without=("grid_mva",))
    asked = make_requirement(constraint=[{"field": "grid_mva", "min": 1}], criterion=[GRID])
    only = match(asked, sites).results[0]
    assert (only.verdict, only.reliability) == ("unknown", 0.0)


shares = st.floats(0, 1)
weights = st.floats(0, 100)


@settings(deadline=None, max_examples=30, database=None)
@given(st.lists(shares, min_size=2, max_size=2), weights, weights, st.floats(0, 100))
def test_more_weight_never_lifts_the_worst_over_the_best(others, first, second, more):
    """A site with d = 1 that stands above one with d = 0 stays there as that weight grows."""
    sites = make_sites([
        make_site(id="plot:worst", price_eur_m2=140.0, grid_mva=2 * others[0]),
        make_site(id="plot:best", price_eur_m2=60.0, grid_mva=2 * others[1]),
    ])

    def best_is_first(weight):
        criteria = [PRICE | {"weight": weight}, GRID | {"weight": second}]
        best, worst = (
            match(make_requirement(criterion=criteria), sites).find(name)
            for name in ("plot:best", "plot:worst")
        )
        return best.score >= worst.score

    if first + second > 0 and best_is_first(first):
        assert best_is_first(first + more)


@settings(deadline=None, max_examples=25, database=None)
@given(st.integers(0, 10_000), st.floats(0.01, 1000))
def test_scaling_all_weights_changes_nothing(seed, factor):
    sites, requirement = random_sites(dice_of(seed), 15), random_requirement(dice_of(seed))
    document = requirement.to_document()
    for criterion in document.get("criterion", []):
        criterion["weight"] *= factor
    before = match(requirement, sites)
    after = match(Requirement.parse(document), sites)
    assert [r.score for r in after.results] == pytest.approx([r.score for r in before.results])


@settings(deadline=None, max_examples=25, database=None)
@given(st.integers(0, 10_000))
def test_answering_an_unknown_lands_between_low_and_high(seed):
    dice = dice_of(seed)
    sites, requirement = random_sites(dice, 12), random_requirement(dice)
    filled = sites.frame.copy()
    filled["grid_mva"] = filled["grid_mva"].fillna(dice.uniform(0, 5))
    after = match(
        requirement,
        Sites.of(filled, sites.fields, sites.codes, sites.places, sites.areas, sites.as_of),
    )
    before = match(requirement, sites)
    for site_id in sites.frame.loc[sites.frame["kind"].isin(requirement.kinds), "id"]:
        low, high = before.find(site_id).score_low, before.find(site_id).score_high
        assert low - 1e-9 <= after.find(site_id).score <= high + 1e-9


def test_polygon_of_the_requirement_counts_as_an_area():
    ring = [[6.53, 52.98], [6.57, 52.98], [6.57, 53.01], [6.53, 53.01], [6.53, 52.98]]
    polygon = {"type": "Polygon", "coordinates": [ring]}
    sites = make_sites([
        make_site(),
        make_site(id="plot:far", geometry=box(X + 9000, Y, X + 9100, Y + 100)),
    ])
    ranking = match(make_requirement(constraint=[{"inside": polygon}]), sites)
    assert [(r.id, r.verdict.value) for r in ranking.results] == [
        ("plot:P1", "pass"), ("plot:far", "fail")
    ]
    told = ranking.results[1].constraints[1]
    assert (told.name, told.limit) == ("inside:polygon", {"inside": polygon})
