"""The index: the quick way finds what the long way finds, and edits are followed."""

from __future__ import annotations

import gc
import os
import signal
import weakref
from random import Random
from typing import Any

import pytest

from geo_assen.errors import NotFound, RequirementError
from geo_assen.matching import Requirement, SiteIndex, index_of, many, match, match_pairs, order
from geo_assen.sites import Sites
from tests.matching.asking import WRONG, check_in_order
from tests.matching.chance import (
    AREAS,
    PLACES,
    dice_of,
    random_requirement,
    random_site,
    random_sites,
)
from tests.matching.factories import make_requirement, make_site, make_sites

PRICE = {"field": "price_eur_m2", "curve": {"smaller": [60, 140]}}
POINT = {"near": [6.5632, 52.9971], "curve": {"smaller": [500, 5000]}}


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Every set of sites counts as large; tells of each search whether the short way led home."""
    found: list[bool] = []
    short_way = order._best_passing

    def told(*arguments: Any) -> Any:
        answer = short_way(*arguments)
        found.append(answer is not None)
        return answer

    monkeypatch.setattr("geo_assen.matching.columns._FEW", 0)
    monkeypatch.setattr(order, "_FEW", 0)
    monkeypatch.setattr(order, "_SAMPLED", 3)
    monkeypatch.setattr(order, "_best_passing", told)
    return found


def fractional(dice: Random, number: int) -> dict[str, Any]:
    """Random site whose area and parts are no whole numbers of m²."""
    site = random_site(dice, number)
    for name in ("area_m2", "smallest_part_m2"):
        if site[name] is not None:
            site[name] += dice.choice((-0.5, 0.25, 0.5))
    return site


def many_sites(seed: int, size: int = 600) -> Sites:
    dice = dice_of(seed)
    draw = random_site if seed % 2 else fractional
    return make_sites([draw(dice, number) for number in range(size)], areas=AREAS, places=PLACES)


def simple_requirement(dice: Random) -> Requirement:
    """One that many sites pass, so that the short way is taken."""
    asked = [
        {"field": "area_m2", "min": 5_000, "max": dice.choice((12_000, 25_000))},
        {"field": "grid_mva", "min": 0},
        {"near": "motorway_exit", "max_m": 4000},
        {"near": [6.5632, 52.9971], "max_m": 6000},
    ]
    wished = [PRICE, POINT | {"weight": 2}, {"near": "station", "curve": {"smaller": [0, 3000]}},
              {"field": "grid_mva", "curve": {"points": [[0, 0.2], [1, 1], [5, 0.4]]}},
              {"field": "fibre", "curve": {"categories": {"true": 1}}},
              POINT | {"curve": {"points": [[0, 0], [900, 1], [4000, 0.1]]}},
              {"field": "area_m2", "curve": {"target": [4_000, 8_000, 12_000, 30_000]}},
    ]  # fmt: skip
    return make_requirement(
        constraint=dice.sample(asked, dice.randint(0, 3)),
        criterion=dice.sample(wished, dice.randint(1, 4)),
    )


@pytest.mark.usefixtures("taken")
@pytest.mark.parametrize("seed", range(12))
def test_first_ones_are_those_of_the_whole_order(seed: int) -> None:
    dice, index = dice_of(seed + 100), SiteIndex.of(many_sites(seed))
    for draw in (random_requirement, simple_requirement, simple_requirement, simple_requirement):
        requirement = draw(dice)
        whole = match(requirement, index).results
        for count in (1, 7, 40):
            assert match(requirement, index).top(count) == whole[:count]


def test_short_way_is_taken_where_many_pass(taken: list[bool]) -> None:
    index = SiteIndex.of(many_sites(1))
    for seed in range(10):
        match(simple_requirement(dice_of(seed)), index).top(5)
    assert sum(taken) > len(taken) / 2


def test_many_equal_scores_are_ordered_by_id(taken: list[bool]) -> None:
    sites = make_sites([make_site(id=f"plot:{n:04d}") for n in range(500)])
    ranking = match(make_requirement(criterion=[PRICE]), sites)
    assert [one.id for one in ranking.top(9)] == [f"plot:{n:04d}" for n in range(9)]
    assert any(taken)


def test_runs_are_told_apart_by_category_where_there_are_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sites, requirement = many_sites(3), make_requirement(
        constraint=[{"field": "max_env_category", "at_least": "3.1"}], criterion=[PRICE]
    )
    few = match(requirement, SiteIndex.of(sites)).results
    monkeypatch.setattr("geo_assen.matching.runs._MANY", 10)
    index = SiteIndex.of(sites)
    assert "max_env_category" in index.parts[0].columns.runs.codes
    assert match(requirement, index).results == few


@pytest.mark.parametrize("seed", range(12))
def test_few_sites_and_many_are_asked_in_another_way_and_answer_the_same(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice, sites = dice_of(seed), many_sites(seed, 300)
    asked = [draw(dice) for draw in (random_requirement, simple_requirement) for _ in range(6)]
    at_once = [match(one, SiteIndex.of(sites)) for one in asked]
    assert at_once[0].index.parts[0].columns.are_few
    told = [(one.results, one.counts) for one in at_once]
    monkeypatch.setattr("geo_assen.matching.columns._FEW", 0)
    index = SiteIndex.of(sites)
    assert [(one.results, one.counts) for one in (match(one, index) for one in asked)] == told


def test_site_of_which_a_part_fits_passes_where_areas_are_not_whole(taken: list[bool]) -> None:
    sites = make_sites([
        make_site(id=f"plot:{n:03d}", area_m2=9000.5, smallest_part_m2=800.5) for n in range(60)
    ])  # fmt: skip
    asked = make_requirement(
        constraint=[{"field": "area_m2", "min": 1000, "max": 2000}], criterion=[PRICE]
    )
    assert [one.verdict for one in match(asked, sites).top(3)] == ["pass"] * 3
    assert taken == [True]


@pytest.mark.parametrize("few", [0, 50_000])
@pytest.mark.parametrize("seed", range(8))
def test_changed_index_is_that_of_the_sites_as_they_are_now(
    seed: int, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo_assen.matching.columns._FEW", few)
    dice = dice_of(seed)
    before = {site["id"]: site for site in (random_site(dice, n) for n in range(150))}
    after = dict(before)
    touched = set(dice.sample(sorted(before), 20))
    for site_id in touched:
        after.pop(site_id)
        if dice.random() < 0.7:
            after[site_id] = random_site(dice, 0) | {
                "id": site_id, "kind": before[site_id]["kind"],
            }  # fmt: skip
    fresh = {site["id"]: site for site in (random_site(dice, 1000 + n) for n in range(5))}
    touched |= set(fresh)
    after |= fresh

    def sites(rows: dict[str, dict[str, Any]]) -> Sites:
        return make_sites(list(rows.values()), areas=AREAS, places=PLACES)

    index = SiteIndex.of(sites(before)).changed(
        touched, sites({key: row for key, row in after.items() if key in touched})
    )
    assert len(index) == len(after)
    for number in range(6):
        requirement = random_requirement(dice_of(seed * 10 + number))
        expected = match(requirement, sites(after))
        ranking = match(requirement, index)
        assert ranking.results == expected.results
        assert ranking.counts == expected.counts
        assert ranking.facts(["name", "park"]).equals(expected.facts(["name", "park"]))


def test_site_that_is_gone_is_not_found() -> None:
    sites = make_sites([make_site(id="plot:A"), make_site(id="plot:B")])
    index = SiteIndex.of(sites).changed(["plot:A"], make_sites([]))
    ranking = match(make_requirement(), index)
    assert [one.id for one in ranking.results] == ["plot:B"]
    with pytest.raises(NotFound):
        ranking.find("plot:A")


def test_many_requirements_are_answered_in_their_order() -> None:
    index = SiteIndex.of(random_sites(dice_of(1), 200))
    asked = [random_requirement(dice_of(seed)) for seed in range(150)]
    answers = list(match_pairs(((one, index) for one in asked), top=3))
    assert [answer.requirement for answer in answers] == asked
    for one, answer in zip(asked, answers, strict=True):
        assert answer.top(3) == match(one, index).top(3)


def test_wrong_one_of_many_is_told_when_its_turn_has_come() -> None:
    index = SiteIndex.of(random_sites(dice_of(1), 20))
    wrong = make_requirement(constraint=[{"field": "depth_m", "min": 3}])
    answers = match_pairs(((one, index) for one in (make_requirement(), wrong)), top=1)
    assert next(answers).requirement == make_requirement()
    with pytest.raises(RequirementError, match="depth_m"):
        next(answers)


def test_counts_of_pass_and_to_check_need_no_list_of_failing_ones() -> None:
    for seed in range(10):
        ranking = match(random_requirement(dice_of(seed)), random_sites(dice_of(seed), 60))
        assert ranking.counts["pass"] == ranking.passing
        assert ranking.counts["unknown"] == ranking.to_check


def test_index_is_kept_with_its_sites_and_no_longer() -> None:
    sites = make_sites([make_site()])
    assert index_of(sites) is index_of(sites)
    there = weakref.ref(sites)
    del sites
    gc.collect()
    assert there() is None


def test_sites_of_some_ids_are_those_that_hold_now() -> None:
    sites = make_sites([make_site(id=f"plot:{name}", name=name) for name in "ABC"])
    fresh = make_sites([make_site(id="plot:B", name="new B"), make_site(id="plot:D", name="D")])
    index = SiteIndex.of(sites).changed(["plot:B", "plot:C", "plot:D"], fresh)
    found = index.chosen(["plot:D", "plot:A", "plot:B", "plot:C", "plot:none"]).frame
    assert found["name"].tolist() == ["A", "new B", "D"]
    assert len(index.chosen(["plot:C"])) == 0
    assert index.chosen(["plot:A"]).frame["name"].tolist() == ["A"]


@pytest.mark.parametrize("wrong_at", [None, 0, 1, 7])
def test_second_process_finds_what_one_alone_finds(
    monkeypatch: pytest.MonkeyPatch, wrong_at: int | None
) -> None:
    monkeypatch.setattr(many, "_WORTH_A_PROCESS", 1)
    monkeypatch.setattr(many, "_TOGETHER", 9)
    index = SiteIndex.of(random_sites(dice_of(1), 100))
    asked = [random_requirement(dice_of(seed)) for seed in range(20)]
    if wrong_at is not None:
        asked[wrong_at] = WRONG
    answers = match_pairs(((one, index) for one in asked), top=4)
    check_in_order(answers, asked, index, 4)


def test_part_of_a_process_that_was_killed_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "_WORTH_A_PROCESS", 1)
    monkeypatch.setattr(many, "_answer", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    index = SiteIndex.of(random_sites(dice_of(1), 50))
    asked = [random_requirement(dice_of(seed)) for seed in range(6)]
    answers = list(match_pairs(((one, index) for one in asked), top=3))
    assert [a.top(3) for a in answers] == [match(one, index).top(3) for one in asked]
