"""What must hold of every ranking, whatever the sites and the requirement."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymcdm.methods import WSM

from geo_assen.matching import Ranking, Requirement, Verdict, match
from geo_assen.sites import Sites
from tests.matching.chance import AREAS, PLACES, dice_of, random_requirement, random_site
from tests.matching.factories import catalogue, make_requirement, make_site, make_sites

SEEDS = st.integers(0, 100_000)
many_sites = settings(max_examples=40)  # each draws 25 sites
GROUP = {Verdict.PASS: 0, Verdict.UNKNOWN: 1, Verdict.FAIL: 2}


def sites_of(rows: list[dict[str, Any]]) -> Sites:
    return make_sites(rows, areas=AREAS, places=PLACES)


def rows_of(dice: Random, count: int = 25) -> list[dict[str, Any]]:
    return [random_site(dice, number) for number in range(count)]


def told(ranking: Ranking, site_id: str) -> tuple[Any, ...]:
    one = ranking.find(site_id)
    return (one.verdict, one.score, one.score_low, one.score_high, one.reliability)


@many_sites
@given(SEEDS)
def test_another_site_changes_nothing_about_the_others(seed: int) -> None:
    dice = dice_of(seed)
    rows, requirement = rows_of(dice), random_requirement(dice)
    before = match(requirement, sites_of(rows))
    after = match(requirement, sites_of([*rows, random_site(dice, 999)]))
    looked_at = [row["id"] for row in rows if row["kind"] in requirement.kinds]
    assert [told(before, one) for one in looked_at] == [told(after, one) for one in looked_at]
    # of those that pass or are to be checked the order among themselves stays too
    kept = [r.id for r in after.results if r.id in set(looked_at) and r.verdict != Verdict.FAIL]
    assert kept == [r.id for r in before.results if r.verdict != Verdict.FAIL]


@many_sites
@given(SEEDS, st.floats(0, 300), st.floats(0, 300))
def test_better_value_never_lowers_a_score(seed: int, one: float, other: float) -> None:
    better, worse = sorted((one, other))
    dice = dice_of(seed)
    requirement = make_requirement(criterion=[
        {"field": "price_eur_m2", "weight": dice.uniform(0.1, 9), "curve": {"smaller": [60, 140]}},
        {"field": "grid_mva", "weight": dice.uniform(0, 9), "curve": {"larger": [0, 2]}},
        {"near": "station", "weight": dice.uniform(0, 9), "curve": {"smaller": [500, 5000]}},
    ])
    site = random_site(dice, 1) | {"id": "plot:A", "kind": "plot"}
    scores = [
        match(requirement, sites_of([site | {"price_eur_m2": price}])).find("plot:A").score
        for price in (better, worse)
    ]
    assert scores[0] >= scores[1]


def loosened(constraint: dict[str, Any]) -> dict[str, Any] | None:
    """The constraint asking less; None: not asking at all."""
    looser = dict(constraint)
    for name, change in (("min", -0.3), ("max", 0.3), ("max_m", 0.3)):
        value = constraint.get(name)
        if isinstance(value, (int, float)):
            looser[name] = value + abs(value) * change + np.sign(change)
            return looser
    if "one_of" in constraint:
        return looser | {"one_of": [*constraint["one_of"], "PEELERPARK"]} if (
            constraint["field"] == "park") else looser | {"one_of": list("ABCDEFG")}  # fmt: skip
    if "at_least" in constraint:
        codes = {"max_env_category": "env_category", "energy_label": "energy_label"}
        return looser | {"at_least": catalogue().codes[codes[constraint["field"]]].values[0]}
    return None


@many_sites
@given(SEEDS)
def test_loosened_constraint_never_loses_a_site(seed: int) -> None:
    dice = dice_of(seed)
    sites, requirement = sites_of(rows_of(dice)), random_requirement(dice)
    document = requirement.to_document()
    constraints = document.get("constraint", [])
    if not constraints:
        return
    at = dice.randrange(len(constraints))
    looser = loosened(constraints[at])
    rest = constraints[:at] + ([looser] if looser else []) + constraints[at + 1 :]
    after = match(Requirement.parse(document | {"constraint": rest}), sites)
    for result in match(requirement, sites).results:
        assert GROUP[after.find(result.id).verdict] <= GROUP[result.verdict]


@many_sites
@given(SEEDS)
def test_order_is_total_and_repeats_itself(seed: int) -> None:
    dice = dice_of(seed)
    rows, requirement = rows_of(dice), random_requirement(dice)
    ranking = match(requirement, sites_of(rows))
    keys = [(GROUP[r.verdict], -r.score, r.id) for r in ranking.results
            if r.verdict != Verdict.FAIL]  # fmt: skip
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    dice.shuffle(rows)
    assert match(requirement, sites_of(rows)).results == ranking.results


@pytest.mark.filterwarnings("ignore:Alternatives with indices")
@pytest.mark.parametrize("seed", range(20))
def test_scores_are_the_weighted_sums_of_another_library(seed: int) -> None:
    dice = dice_of(seed)
    weights = [dice.uniform(0.1, 9) for _ in range(3)]
    rows = [
        make_site(id=f"plot:{n:02d}", price_eur_m2=dice.uniform(40, 160),
                  grid_mva=dice.uniform(0, 3), distance_to_station_m=dice.uniform(0, 6000))
        for n in range(30)
    ]  # fmt: skip
    ranking = match(make_requirement(criterion=[
        {"field": "price_eur_m2", "weight": weights[0], "curve": {"smaller": [60, 140]}},
        {"field": "grid_mva", "weight": weights[1], "curve": {"larger": [0, 2]}},
        {"near": "station", "weight": weights[2], "curve": {"smaller": [500, 5000]}},
    ]), make_sites(rows))  # fmt: skip
    given_values = np.array([[c.desirability for c in r.criteria] for r in ranking.results])
    normalised = np.array(weights) / sum(weights)
    as_they_are = WSM(normalization_function=lambda values, cost: values)  # noqa: ARG005
    sums = as_they_are(given_values, normalised, np.ones(3))
    assert [r.score for r in ranking.results] == pytest.approx(list(sums), abs=1e-9)
