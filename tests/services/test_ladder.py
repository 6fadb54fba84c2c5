"""A development beside the sample: the figures of the ledger, the match and the vacancy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd
import pytest

from geo_assen import services
from geo_assen.access import Role
from geo_assen.errors import RequirementError
from geo_assen.land import Development, LadderDossier, missing
from geo_assen.matching import Requirement
from geo_assen.services import Store, vacancy
from geo_assen.services.land import stock_at
from tests.services.sample import opened, sample_file

AS_OF = date(2026, 11, 1)


@pytest.fixture(scope="module")
def assen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    found = opened(sample_file(tmp_path_factory.getbasetemp()))
    yield found
    found.close()


def made(store: Store, as_of: date = AS_OF, **changes: object) -> LadderDossier:
    development = Development.parse({"title": "Hall", "use": ["logistics"], **changes})
    return services.ladder_dossier(store, development, as_of=as_of, role=Role.PUBLIC)


@pytest.mark.parametrize("as_of", [AS_OF, date(2030, 1, 1)])
def test_the_development_of_the_sample_is_complete(assen: Store, as_of: date) -> None:
    path = assen.settings.sample / "developments" / "assen-zuid.toml"
    found = services.ladder_dossier(
        assen, Development.load(path), as_of=as_of, role=Role.PUBLIC
    )
    assert missing(found) == []
    assert found.is_illustrative


def test_hard_and_soft_make_up_what_is_issuable(assen: Store) -> None:
    found = made(assen)
    stock = stock_at(assen, AS_OF)
    assert [park.code for park in found.parks] == ["AZ", "GW", "MV", "PP", "SB", "SM"]
    assert found.hard_m2 + found.soft_m2 == stock["issuable_m2"].sum()
    assert found.soft_m2 == 0


def test_supply_is_soft_until_the_plan_is_in_force(assen: Store) -> None:
    before, after = (
        {park.code: park for park in made(assen, day).parks}["GW"]
        for day in (date(2020, 10, 14), date(2020, 10, 15))
    )
    assert (before.hard_m2, after.soft_m2) == (0, 0)
    assert before.soft_m2 == after.hard_m2 > 0


def test_a_park_is_no_surer_than_the_events_behind_its_figures(assen: Store) -> None:
    park = next(park for park in made(assen).parks if park.code == "MV")
    assert park.certainty == "illustrative"


def test_sites_are_those_of_the_match_screen_in_its_order(assen: Store) -> None:
    constraint = [{"field": "max_env_category", "at_least": "3.2"}]
    found = made(assen, constraint=constraint, area_m2=45_000, smallest_part_m2=15_000)
    asked = Requirement.parse({
        "title": "x", "use": ["logistics"],
        "constraint": [*constraint, {"field": "area_m2", "min": 15_000}],
    })  # fmt: skip
    ranking = services.match_sites(assen, asked, as_of=AS_OF)
    serving = [r for r in ranking.top(None) if r.verdict.value != "fail"]
    assert [(s.id, s.verdict) for s in found.sites] == [(r.id, r.verdict.value) for r in serving]
    assert len(found.sites) > 0


def test_without_parts_a_site_must_hold_the_whole_need(assen: Store) -> None:
    fitting = [s for s in made(assen, area_m2=30_000).sites if s.verdict == "pass"]
    assert fitting
    assert all(site.area_m2 >= 30_000 for site in fitting)


def test_a_size_of_its_own_takes_the_place_of_the_need(assen: Store) -> None:
    asked = [{"field": "area_m2", "max": 1_000}]
    small = made(assen, use=["retail"], constraint=asked, area_m2=90_000)
    assert small.sites
    assert small.sites == made(assen, use=["retail"], constraint=asked).sites


def test_vacancy_is_that_of_premises_among_the_sites(assen: Store) -> None:
    found = made(assen, use=["retail"], smallest_part_m2=200)
    states = vacancy.states_at(assen, AS_OF)
    ids = {site.id for site in found.sites if site.kind == "premises"}
    empty = states[states["state"].isin(["vacant", "partly"])]
    assert {item.id for item in found.vacancy} == ids & {f"premises:{c}" for c in empty.index}
    assert found.vacancy
    for item in found.vacancy:
        share = empty.loc[item.id.removeprefix("premises:"), "vacant_share"]
        known = pd.notna(share) and item.floor_area_m2 is not None
        assert item.vacant_m2 == (round(item.floor_area_m2 * share) if known else None)
    assert found.vacant_m2 == sum(item.vacant_m2 or 0 for item in found.vacancy)


def test_names_that_nothing_has_are_told(assen: Store) -> None:
    alternative = [{"park": "NOWHERE", "reason": "x"}, {"site": "plot:NONE", "reason": "x"},
                   {"park": "MV", "reason": "x"}]  # fmt: skip
    found = made(assen, place="ELSEWHERE", alternative=alternative)
    assert found.unknown == ("ELSEWHERE", "park:NOWHERE", "plot:NONE")
    assert made(assen, place="SA-KERN").unknown == ()


@pytest.mark.parametrize("change", [
    {"use": ["castle"]}, {"constraint": [{"field": "colour", "min": 1}]},
])
def test_what_cannot_be_matched_is_refused_by_its_field(
    assen: Store, change: dict[str, object]
) -> None:
    with pytest.raises(RequirementError, match="Hall"):
        made(assen, **change)


def test_the_page_is_made_by_the_same_service(assen: Store) -> None:
    html = services.ladder_file(assen, made(assen), language="en")
    assert '<html lang="en">' in html
    assert "What is still missing" in html
