"""How firmly a ranking stands: who competes, who is undominated, and what is told of each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from geo_assen.matching import Verdict, first_shares, match, rank_intervals
from geo_assen.matching.alternatives import Alternatives
from geo_assen.matching.flip import smallest_flip
from geo_assen.matching.robustness import MOST_SITES, pareto, robustness
from tests.matching.alternatives import make_alternatives, make_result, many_alternatives
from tests.matching.factories import make_requirement, make_site, make_sites

# --- Pareto -----------------------------------------------------------------------------


def test_site_that_another_beats_is_dominated():
    found = pareto(make_alternatives([[0.9, 0.5], [0.9, 0.4], [0.1, 0.6]]))
    assert found.tolist() == [True, False, True]


def test_equal_sites_do_not_dominate_each_other():
    assert pareto(make_alternatives([[0.9, 0.5], [0.9, 0.5]])).tolist() == [True, True]


def test_criteria_without_weight_do_not_count():
    assert pareto(make_alternatives([[0.9, 0.1], [0.5, 0.9]], [1, 0])).tolist() == [True, False]
    assert pareto(make_alternatives([[0.9, 0.1], [0.5, 0.9]], [0, 0])).tolist() == [True, True]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # what is unknown may be the best, so that it is not dominated ...
        ([[0.9, 0.9], [0.5, None]], [True, True]),
        # ... and the worst, so that it does not dominate
        ([[0.9, None], [0.5, 0.5]], [True, True]),
        ([[0.9, None], [0.5, None]], [True, True]),
        ([[None, None], [None, None]], [True, True]),
        # no answer can lift it above the best there is, or push it below the worst
        ([[0.9, 1], [0.5, None]], [True, False]),
        ([[0.9, None], [0.5, 0]], [True, False]),
    ],
)
def test_unknown_decides_only_what_no_answer_can_change(rows, expected):
    assert pareto(make_alternatives(rows)).tolist() == expected


def test_sites_to_which_different_criteria_apply_are_not_compared():
    rows = [[0.9, 0.9, "-"], [0.1, "-", 0.1], [0.1, 0.1, "-"]]
    assert pareto(make_alternatives(rows)).tolist() == [True, True, False]


def test_criteria_without_weight_do_not_keep_sites_apart():
    rows = [[0.9, 0.9], [0.1, "-"]]
    assert pareto(make_alternatives(rows, [1, 0])).tolist() == [True, False]


def test_no_site_is_undominated_where_there_is_none():
    assert pareto(make_alternatives([], [1])).tolist() == []


@given(many_alternatives())
@settings(deadline=None, database=None)
def test_undominated_sites_are_those_of_a_slow_reckoning(alternatives):
    weighed = [column for column, weight in enumerate(alternatives.weights) if weight > 0]

    def beats(one, other):
        pairs = []
        for column in weighed:
            both = alternatives.applies[[one, other], column].tolist()
            if both[0] != both[1]:
                return False
            if both[0]:
                mine, theirs = alternatives.desirability[[one, other], column]
                pairs.append((0 if np.isnan(mine) else mine, 1 if np.isnan(theirs) else theirs))
        return all(mine >= theirs for mine, theirs in pairs) and any(
            mine > theirs for mine, theirs in pairs
        )

    sites = range(len(alternatives.ids))
    expected = [not any(beats(one, other) for one in sites) for other in sites]
    assert pareto(alternatives).tolist() == expected


@given(many_alternatives())
@settings(deadline=None, database=None)
def test_some_site_is_always_undominated(alternatives):
    assert pareto(alternatives).any()


# --- the whole --------------------------------------------------------------------------


def ranked(*desirabilities, verdict=Verdict.PASS, start=0):
    """Results with two criteria of equal weight, in the order given."""
    return [
        make_result(f"{start + number:03}", [("area", 2, one), ("price", 2, other)], verdict)
        for number, (one, other) in enumerate(desirabilities)
    ]


def test_each_site_is_told_what_the_parts_say():
    results = ranked((0.9, 0.5), (0.3, 0.9), (0.8, 0.3), (None, 0.4))
    found = robustness(results, draws=500)
    alternatives = Alternatives.of(results)
    best, worst, low, high = rank_intervals(alternatives, draws=500)
    assert [site.id for site in found.sites] == [result.id for result in results]
    assert [site.first_share for site in found.sites] == pytest.approx(
        first_shares(alternatives, draws=500).tolist()
    )
    assert [site.best_rank for site in found.sites] == best.tolist()
    assert [site.worst_rank for site in found.sites] == worst.tolist()
    assert [site.central_low for site in found.sites] == low.tolist()
    assert [site.central_high for site in found.sites] == high.tolist()
    assert [site.is_pareto for site in found.sites] == pareto(alternatives).tolist()
    assert found.flip == smallest_flip(alternatives)
    assert (found.draws, found.group, found.left_out) == (500, Verdict.PASS, 0)


def test_sites_to_be_checked_do_not_compete_with_those_that_pass():
    passing, unknown = ranked((0.2, 0.1), (0.1, 0.2)), ranked(
        (1, 1), (0.9, 1), verdict=Verdict.UNKNOWN, start=10
    )
    found = robustness([*passing, *unknown], draws=100)
    assert [site.id for site in found.sites] == [result.id for result in passing]
    assert found.group is Verdict.PASS
    assert found.left_out == 0


def test_sites_to_be_checked_compete_where_none_passes():
    failing = ranked((1, 1), verdict=Verdict.FAIL, start=20)
    unknown = ranked((0.9, 1), (1, 0.8), verdict=Verdict.UNKNOWN)
    found = robustness([*unknown, *failing], draws=100)
    assert [site.id for site in found.sites] == [result.id for result in unknown]
    assert found.group is Verdict.UNKNOWN


@pytest.mark.parametrize("results", [[], ranked((1, 1), (0, 1), verdict=Verdict.FAIL)])
def test_failing_sites_never_compete(results):
    found = robustness(results, draws=100)
    assert (found.sites, found.flip, found.group, found.left_out) == ((), None, None, 0)


def test_only_the_top_is_looked_at_and_the_rest_is_counted():
    results = ranked(*((1 - number / 1000, 0.5) for number in range(MOST_SITES + 37)))
    found = robustness(results, draws=50)
    assert len(found.sites) == MOST_SITES
    assert found.left_out == 37
    few = robustness(results, draws=50, most=5)
    assert [site.id for site in few.sites] == [result.id for result in results[:5]]
    assert few.left_out == MOST_SITES + 32


def test_one_site_is_always_first_and_nothing_flips_it():
    found = robustness(ranked((0.3, None)), draws=100)
    (site,) = found.sites
    assert site.first_share == 1
    assert (site.best_rank, site.worst_rank, site.central_low, site.central_high) == (1, 1, 1, 1)
    assert site.is_pareto
    assert found.flip is None


def test_weights_that_are_all_zero_leave_the_order_of_the_ids():
    results = [make_result(number, [("area", 0, number / 10)]) for number in (1, 2, 3)]
    found = robustness(results, draws=100)
    assert [site.first_share for site in found.sites] == [1, 0, 0]
    assert [site.worst_rank for site in found.sites] == [1, 2, 3]
    assert found.flip is None


def test_same_ranking_gets_the_same_figures_every_time():
    results = ranked((0.9, 0.5), (0.3, 0.9), (0.8, 0.3))
    assert robustness(results) == robustness(results)
    assert robustness(results) != robustness(results, seed=9)


def test_real_ranking_keeps_its_order_and_every_rank_in_its_interval():
    chance = np.random.default_rng(4)
    rows = [
        make_site(
            id=f"{kind}:{number:02}",
            kind=kind,
            price_eur_m2=float(chance.integers(50, 150)) if kind == "plot" else None,
            rent_eur_m2_year=float(chance.integers(20, 90)) if kind == "premises" else None,
            grid_mva=None if number % 5 == 0 else float(chance.random() * 3),
            distance_to_station_m=float(chance.integers(100, 6000)),
        )
        for number in range(20)
        for kind in ("plot", "premises")
    ]
    ranking = match(
        make_requirement(
            criterion=[
                {"field": "price_eur_m2", "weight": 3, "curve": {"smaller": [60, 140]}},
                {"field": "rent_eur_m2_year", "weight": 3, "curve": {"smaller": [20, 90]}},
                {"field": "grid_mva", "weight": 2, "curve": {"larger": [0, 3]}},
                {
                    "field": "distance_to_station_m",
                    "weight": 1,
                    "curve": {"smaller": [500, 5000]},
                },
            ]
        ),
        make_sites(rows),
    )
    results = ranking.top(None)
    found = robustness(results)
    assert [site.id for site in found.sites] == [result.id for result in results]
    assert sum(site.first_share for site in found.sites) == pytest.approx(1)
    for rank, site in enumerate(found.sites, start=1):
        assert site.best_rank <= rank <= site.worst_rank
        assert site.best_rank <= site.central_low <= site.central_high <= site.worst_rank
    assert found.sites[0].first_share == max(site.first_share for site in found.sites)
    assert found.flip is not None
    assert (found.flip.first, found.flip.second) == (results[0].id, results[1].id)
    assert set(found.flip.moved) == {item.name for result in results for item in result.criteria}
    assert 0 < found.flip.change < 1
