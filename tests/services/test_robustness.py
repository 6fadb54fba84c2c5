"""Robustness of rankings of the sample."""

from __future__ import annotations

from datetime import date

import pytest

from geo_assen import services
from geo_assen.matching import Ranking, Requirement, Verdict
from geo_assen.services import Store

DAY = date(2026, 11, 1)
CRITERIA = [
    {"field": "price_eur_m2", "weight": 3, "curve": {"smaller": [60, 140]}},
    {"field": "area_m2", "weight": 2, "curve": {"larger": [500, 20_000]}},
    {"near": "station", "weight": 1, "curve": {"smaller": [500, 5000]}},
]


def ranking(store: Store, **document: object) -> Ranking:
    asked = {"title": "Test", "criterion": CRITERIA} | document
    return services.match_sites(store, Requirement.parse(asked), as_of=DAY)


def test_sites_of_the_sample_get_shares_and_ranks_in_their_order(sample: Store) -> None:
    ranked = ranking(sample)
    found = services.robustness_of(ranked)
    assert found is not None
    group = "pass" if ranked.counts["pass"] else "unknown"
    assert found.group == group
    assert len(found.sites) + found.left_out == ranked.counts[group]
    listed = ranked.top(len(found.sites))
    assert [site.id for site in found.sites] == [result.id for result in listed]
    assert sum(site.first_share for site in found.sites) == pytest.approx(1)
    for rank, site in enumerate(found.sites, start=1):
        assert site.best_rank <= rank <= site.worst_rank


def test_only_sites_that_pass_compete_where_some_do(sample: Store) -> None:
    ranked = ranking(sample, constraint=[{"field": "max_env_category", "at_least": "3.2"}])
    assert ranked.counts["pass"] > 1
    assert ranked.counts["unknown"]
    found = services.robustness_of(ranked)
    assert found is not None
    assert found.group is Verdict.PASS
    assert len(found.sites) + found.left_out == ranked.counts["pass"]


def test_no_more_sites_than_asked_and_the_rest_is_counted(sample: Store) -> None:
    ranked = ranking(sample)
    found = services.robustness_of(ranked, most=3)
    assert found is not None
    assert len(found.sites) == 3
    group = ranked.counts["pass"] or ranked.counts["unknown"]
    assert found.left_out == group - 3


@pytest.mark.parametrize(
    "document",
    [
        {"criterion": []},
        {"criterion": [criterion | {"weight": 0} for criterion in CRITERIA]},
        {"constraint": [{"field": "area_m2", "min": 10**9}]},
        {"kinds": ["plot"], "criterion": [
            {"field": "rent_eur_m2_year", "weight": 1, "curve": {"smaller": [20, 90]}}]},
    ],
    ids=["no criteria", "all weights zero", "no site in the group", "none applies"],
)  # fmt: skip
def test_where_there_is_nothing_to_compare_there_is_no_answer(
    sample: Store, document: dict[str, object]
) -> None:
    assert services.robustness_of(ranking(sample, **document)) is None


def test_fewer_than_two_sites_are_nothing_to_compare(sample: Store) -> None:
    assert services.robustness_of(ranking(sample), most=1) is None
