"""Alternatives out of the results of a ranking."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_assen.matching import match
from geo_assen.matching.alternatives import SCORE_STEPS, Alternatives
from tests.matching.alternatives import (
    make_alternatives,
    make_result,
    many_alternatives,
    score,
)
from tests.matching.factories import make_requirement, make_site, make_sites


def test_results_become_rows_and_criteria_columns():
    found = Alternatives.of(
        [make_result(2, [("area", 3, 0.5), ("price", 1, None)]), make_result(1, [("area", 3, 1)])]
    )
    assert found.ids == ("plot:2", "plot:1")
    assert found.criteria == ("area", "price")
    assert found.weights.tolist() == [3, 1]
    assert found.applies.tolist() == [[True, True], [True, False]]
    assert found.desirability[0, 0] == 0.5
    assert np.isnan([found.desirability[0, 1], found.desirability[1, 1]]).all()


def test_criteria_of_one_name_are_told_apart_by_number():
    found = Alternatives.of([make_result(1, [("near:station", 3, 1), ("near:station", 2, 0)])])
    assert found.criteria == ("near:station", "near:station#2")
    assert found.weights.tolist() == [3, 2]
    assert found.desirability.tolist() == [[1, 0]]


def test_criteria_of_several_kinds_stand_in_the_order_of_the_requirement():
    plot = make_result("plot", [("area", 1, 1), ("price", 2, 1), ("grid", 4, 1)])
    premises = make_result("premises", [("area", 1, 1), ("rent", 3, 1), ("grid", 4, 1)])
    assert Alternatives.of([plot, premises]).criteria in (
        ("area", "price", "rent", "grid"), ("area", "rent", "price", "grid")
    )  # fmt: skip


def test_no_results_are_no_alternatives():
    found = Alternatives.of([])
    assert found.ids == found.criteria == ()
    assert found.shares.shape == (0,)


def test_results_of_a_real_ranking_get_the_scores_of_the_ranking():
    rows = [
        make_site(id="plot:A", price_eur_m2=71.0, grid_mva=None),
        make_site(id="plot:B", price_eur_m2=None, area_m2=4000),
        make_site(id="plot:C", price_eur_m2=133.0, distance_to_station_m=None),
        make_site(id="premises:D", kind="premises", energy_label="C", grid_mva=0.7),
    ]
    ranking = match(
        make_requirement(
            criterion=[
                {"field": "price_eur_m2", "weight": 3, "curve": {"smaller": [60, 140]}},
                {"field": "grid_mva", "weight": 1.7, "curve": {"larger": [0, 3]}},
                {"near": "station", "weight": 2, "curve": {"smaller": [0, 5000]}},
                {"field": "energy_label", "weight": 0.3, "curve": {"categories": {"C": 0.37}}},
                {"field": "grid_mva", "weight": 0, "curve": {"smaller": [0, 3]}},
            ]
        ),
        make_sites(rows),
    )
    results = ranking.top(None)
    assert len(results) == 4
    found = Alternatives.of(results)
    steps = found.score_steps(found.weights[:, None])[:, 0]
    assert (steps / SCORE_STEPS).tolist() == [result.score for result in results]


@given(many_alternatives(), st.integers(0, 2**32 - 1))
@settings(deadline=None, database=None)
def test_scores_are_those_of_a_slow_reckoning(alternatives, seed):
    weightings = np.random.default_rng(seed).random((len(alternatives.criteria), 3))
    steps = alternatives.score_steps(weightings)
    for column, weights in enumerate(weightings.T):
        for row in range(len(alternatives.ids)):
            assert steps[row, column] / SCORE_STEPS == score(alternatives, row, weights)


@pytest.mark.parametrize("weights", [[5, 5], [1e300, 1e300], [1e-300, 1e-300], [3e-320, 3e-320]])
def test_shares_stay_right_at_the_ends_of_the_range_of_numbers(weights):
    assert make_alternatives([[1, 1]], weights).shares.tolist() == [0.5, 0.5]


def test_weights_that_are_all_zero_are_no_shares():
    assert make_alternatives([[1, 1]], [0, 0]).shares.tolist() == [0, 0]


@pytest.mark.parametrize("wrong", [-1, np.nan, np.inf])
def test_weights_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError, match="weights"):
        make_alternatives([[1, 1]], [1, wrong])


@pytest.mark.parametrize("wrong", [-0.1, 1.1, np.inf])
def test_desirabilities_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError, match="desirabilities"):
        make_alternatives([[1, wrong]])


def test_arrays_that_do_not_fit_are_refused():
    good = make_alternatives([[1, 1]])
    with pytest.raises(ValueError, match="shape"):
        Alternatives(("a", "b"), good.criteria, good.weights, good.desirability, good.applies)
    with pytest.raises(ValueError, match="one weight"):
        Alternatives(good.ids, good.criteria, np.ones(3), good.desirability, good.applies)


def test_what_does_not_apply_may_hold_anything():
    good = make_alternatives([[1, "-"]])
    odd = np.array([[1.0, -7.0]])
    found = Alternatives(good.ids, good.criteria, good.weights, odd, good.applies)
    assert found.counted.tolist() == [[1, 0]]
