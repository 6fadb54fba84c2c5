"""Weights from an order and from pairs, against published tables and another library."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymcdm.weights.subjective import AHP

from geo_assen.errors import RequirementError
from geo_assen.matching.weights import (
    MOST_COMPARED,
    RANDOM_INDEX,
    PairedWeights,
    paired_weights,
    rank_order_weights,
)

SCALE = [*(1 / n for n in range(9, 1, -1)), *range(1, 10)]


def answers(text: str) -> tuple[dict[tuple[int, int], float], int]:
    """Upper half of a written matrix of comparisons, and its size."""
    rows = [[float(Fraction(cell)) for cell in row.split()] for row in text.strip().splitlines()]
    pairs = combinations(range(len(rows)), 2)
    return {(i, j): rows[i][j] for i, j in pairs}, len(rows)


# --- order ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "printed"),
    [
        (2, [0.7500, 0.2500]),
        (3, [0.6111, 0.2778, 0.1111]),
        (4, [0.5208, 0.2708, 0.1458, 0.0625]),
        (5, [0.4567, 0.2567, 0.1567, 0.0900, 0.0400]),
    ],
)
def test_centroid_weights_are_those_printed_by_barron_and_barrett(size, printed):
    """Barron & Barrett (1996), "Decision quality using ranked attribute weights"."""
    found = rank_order_weights(range(1, size + 1))
    assert [round(weight, 4) for weight in found] == printed


def test_weights_stand_in_the_order_of_the_criteria_not_of_their_places():
    first, second, third = rank_order_weights([1, 2, 3])
    assert rank_order_weights([3, 1, 2]) == (third, first, second)


@pytest.mark.parametrize("places", [[1, 2, 2, 4], [1, 2, 2, 3], [10, 20, 20, 99]])
def test_equal_places_share_the_mean_of_the_places_they_occupy(places):
    one, two, three, four = rank_order_weights([1, 2, 3, 4])
    shared = (two + three) / 2
    assert rank_order_weights(places) == pytest.approx((one, shared, shared, four))


@given(st.lists(st.integers(1, 12), min_size=1, max_size=12))
@settings(deadline=None, database=None)
def test_centroid_weights_sum_to_one_and_follow_the_order(places):
    found = rank_order_weights(places)
    assert math.fsum(found) == pytest.approx(1, abs=1e-12)
    for (place, weight), (other, less) in combinations(zip(places, found, strict=True), 2):
        assert (place < other) == (weight > less)
        assert (place == other) == (weight == less)


@pytest.mark.parametrize("places", [[], [0], [1, -1], [1.5], [True], [float("nan")], ["1"], [None]])
def test_places_that_are_none_are_refused(places):
    with pytest.raises(RequirementError):
        rank_order_weights(places)


def test_every_wrong_place_is_named():
    with pytest.raises(RequirementError) as refused:
        rank_order_weights([1, 0, 2, -3])
    assert [place for place, _ in refused.value.faults] == ["criterion 2", "criterion 4"]


# --- pairs ------------------------------------------------------------------------------


DRINKS = """
    1    9  5    2    1    1    1/2
    1/9  1  1/3  1/9  1/9  1/9  1/9
    1/5  3  1    1/3  1/4  1/3  1/9
    1/2  9  3    1    1/2  1    1/3
    1    9  4    2    1    2    1/2
    1    9  3    1    1/2  1    1/3
    2    9  9    3    2    3    1
"""
HOUSE = """
    1    5    3    7  6    6    1/3  1/4
    1/5  1    1/3  5  3    3    1/5  1/7
    1/3  3    1    6  3    4    6    1/5
    1/7  1/5  1/6  1  1/3  1/4  1/7  1/8
    1/6  1/3  1/3  3  1    1/2  1/5  1/6
    1/6  1/3  1/4  4  2    1    1/5  1/6
    3    5    1/6  7  5    5    1    1/2
    4    7    5    8  6    6    2    1
"""


def test_drinks_of_saaty_come_out_as_printed():
    """Saaty (2008), "Decision making with the analytic hierarchy process"."""
    found = paired_weights(*answers(DRINKS))
    printed = (0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327)
    assert found.weights == pytest.approx(printed, abs=0.0005)
    assert round(found.consistency_ratio, 3) == 0.022
    assert found.is_consistent


def test_house_of_saaty_comes_out_as_printed_and_warns():
    """Saaty (1990), "How to make a decision: the analytic hierarchy process"."""
    found = paired_weights(*answers(HOUSE))
    printed = [0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333]
    assert [round(weight, 3) for weight in found.weights] == printed
    assert round(found.lambda_max, 3) == 9.669
    assert round(found.consistency_index, 3) == 0.238
    assert round(found.consistency_ratio, 2) == 0.17
    assert not found.is_consistent


def test_house_of_saaty_contradicts_itself_where_he_says_it_does():
    """Saaty (2003), "Why is the principal eigenvector necessary": the 6 of neighbourhood
    against condition should be about 1/2, which makes 8.811 of the eigenvalue, 0.083 of the
    ratio."""
    told, size = answers(HOUSE)
    found = paired_weights(told, size)
    assert found.to_reconsider is not None
    assert found.to_reconsider[:2] == (2, 6)
    assert found.to_reconsider[2] == pytest.approx(0.5, abs=0.1)
    mended = paired_weights(told | {(2, 6): 1 / 2}, size)
    assert mended.lambda_max == pytest.approx(8.811, abs=0.001)
    assert mended.consistency_ratio == pytest.approx(0.083, abs=0.001)
    assert mended.is_consistent


def test_missing_answer_is_left_out_as_in_the_example_of_harker():
    """Harker (1987), "Incomplete pairwise comparisons in the AHP": 4/7, 2/7, 1/7."""
    found = paired_weights({(0, 1): 2, (1, 2): 2}, 3)
    assert found.weights == pytest.approx((4 / 7, 2 / 7, 1 / 7))
    assert found.lambda_max == pytest.approx(3)
    assert found.consistency_ratio == 0


def test_answer_left_out_counts_as_what_the_others_imply():
    told = {(0, 1): 2, (1, 2): 3, (2, 3): 1 / 2, (0, 3): 4}
    left_out = paired_weights(told, 4)
    weights = left_out.weights
    implied = {(i, j): weights[i] / weights[j] for i, j in ((0, 2), (1, 3))}
    assert paired_weights(told | implied, 4).weights == pytest.approx(weights)


def test_ratio_of_incomplete_answers_is_measured_against_fewer_questions():
    told = {(0, 1): 2, (1, 2): 3, (2, 3): 1 / 2, (0, 3): 4, (0, 2): 5}
    found = paired_weights(told, 4)
    assert found.consistency_ratio == pytest.approx(found.consistency_index / (0.90 * 2 / 3))


@pytest.mark.parametrize("size", range(3, MOST_COMPARED + 1))
def test_weights_and_eigenvalue_agree_with_another_library(size):
    chance = np.random.default_rng(size)
    for _ in range(5):
        told = {pair: chance.choice(SCALE) for pair in combinations(range(size), 2)}
        matrix = np.eye(size)
        for (i, j), answer in told.items():
            matrix[i, j], matrix[j, i] = answer, 1 / answer
        peer = AHP(matrix=matrix)
        found = paired_weights(told, size)
        assert found.weights == pytest.approx(peer(), abs=1e-9)
        # its random index is another one, so that the index is compared
        assert found.consistency_index == pytest.approx(peer.get_cr() * AHP.RI_M[size - 1])
        assert found.consistency_ratio == found.consistency_index / RANDOM_INDEX[size - 1]


def test_random_index_lies_near_the_one_of_another_study():
    assert list(RANDOM_INDEX) == pytest.approx(AHP.RI_M, abs=0.06)


@pytest.mark.parametrize("size", [1, 2])
def test_one_or_two_criteria_cannot_contradict_each_other(size):
    told = {(0, 1): 9.0} if size == 2 else {}
    found = paired_weights(told, size)
    assert found.weights == pytest.approx((0.9, 0.1) if size == 2 else (1.0,))
    assert found.consistency_index == found.consistency_ratio == 0
    assert found.is_consistent
    assert found.to_reconsider is None


def test_ratio_of_exactly_a_tenth_warns():
    made = PairedWeights((0.5, 0.3, 0.2), 3.1, 0.058, 0.10, None)
    assert not made.is_consistent
    assert PairedWeights((0.5, 0.3, 0.2), 3.1, 0.058, 0.0999, None).is_consistent


weights = st.lists(st.floats(1, 3), min_size=2, max_size=7)


@given(weights)
@settings(deadline=None, database=None)
def test_answers_that_agree_give_their_weights_back(true):
    told = {(i, j): true[i] / true[j] for i, j in combinations(range(len(true)), 2)}
    found = paired_weights(told, len(true))
    assert found.weights == pytest.approx([weight / sum(true) for weight in true])
    assert found.consistency_ratio == pytest.approx(0, abs=1e-9)
    assert found.to_reconsider is None


told_answers = st.integers(3, 6).flatmap(
    lambda size: st.tuples(
        st.fixed_dictionaries(
            {pair: st.sampled_from(SCALE) for pair in combinations(range(size), 2)}
        ),
        st.just(size),
    )
)


@given(told_answers, st.randoms(use_true_random=False))
@settings(deadline=None, database=None)
def test_numbering_and_the_way_round_of_the_questions_change_nothing(told, chance):
    comparisons, size = told
    found = paired_weights(comparisons, size)
    new = list(range(size))
    chance.shuffle(new)
    turned = {
        (new[j], new[i]) if chance.random() < 0.5 else (new[i], new[j]): (i, j)
        for i, j in comparisons
    }
    renamed = {
        pair: comparisons[old] if pair == (new[old[0]], new[old[1]]) else 1 / comparisons[old]
        for pair, old in turned.items()
    }
    again = paired_weights(renamed, size)
    assert [again.weights[new[k]] for k in range(size)] == pytest.approx(found.weights, abs=1e-9)
    assert again.consistency_ratio == pytest.approx(found.consistency_ratio, abs=1e-9)


@given(told_answers)
@settings(deadline=None, database=None)
def test_answer_that_is_proposed_does_not_make_things_worse(told):
    comparisons, size = told
    found = paired_weights(comparisons, size)
    assert math.fsum(found.weights) == pytest.approx(1)
    assert min(found.weights) > 0
    if found.to_reconsider is None:
        assert found.consistency_index < 1e-6
        return
    i, j, better = found.to_reconsider
    assert 1 / 9 <= better <= 9
    assert better != comparisons[i, j]
    mended = paired_weights(comparisons | {(i, j): better}, size)
    assert mended.consistency_index <= found.consistency_index + 1e-9


def test_pair_to_reconsider_is_told_as_it_was_asked():
    told = {(1, 0): 1 / 2, (1, 2): 2, (3, 2): 1 / 2, (2, 0): 9, (0, 3): 8, (3, 1): 1 / 4}
    found = paired_weights(told, 4)
    assert found.to_reconsider is not None
    assert found.to_reconsider[:2] == (2, 0)
    assert found.to_reconsider[2] == pytest.approx(1 / 4, rel=0.05)


def test_pair_without_which_nothing_is_tied_contradicts_nothing():
    told = {(0, 1): 2, (1, 2): 2, (0, 2): 9, (2, 3): 7}
    found = paired_weights(told, 4)
    assert found.to_reconsider is not None
    assert 3 not in found.to_reconsider[:2]


@pytest.mark.parametrize(
    ("told", "size", "place", "reason"),
    [
        ({(0, 1): 10}, 2, "criterion 1 against 2", "from 1/9 to 9"),
        ({(0, 1): 0.1}, 2, "criterion 1 against 2", "from 1/9 to 9"),
        ({(0, 1): 0}, 2, "criterion 1 against 2", "from 1/9 to 9"),
        ({(0, 1): -3}, 2, "criterion 1 against 2", "from 1/9 to 9"),
        ({(0, 1): math.nan}, 2, "criterion 1 against 2", "from 1/9 to 9"),
        ({(0, 1): math.inf}, 2, "criterion 1 against 2", "from 1/9 to 9"),
        ({(0, 1): "3"}, 2, "criterion 1 against 2", "from 1/9 to 9"),
        ({(0, 1): True}, 2, "criterion 1 against 2", "from 1/9 to 9"),
        ({(0, 0): 1, (0, 1): 2}, 2, "criterion 1 against 1", "not compared with itself"),
        ({(0, 1): 2, (0, 2): 2}, 2, "criterion 1 against 3", "only criteria 1 to 2"),
        ({(-1, 0): 2, (0, 1): 2}, 2, "criterion 0 against 1", "only criteria 1 to 2"),
        ({(0, 1): 3, (1, 0): 3}, 2, "criterion 1 against 2", "other way round"),
        ({}, 0, "number of criteria", "from 1 to 15"),
        ({}, -1, "number of criteria", "from 1 to 15"),
        ({}, 16, "number of criteria", "from 1 to 15"),
        ({}, 2.0, "number of criteria", "from 1 to 15"),
        ({}, 2, "comparisons", "criterion 2 is not compared"),
    ],
)
def test_answers_that_mean_nothing_are_refused_by_name(told, size, place, reason):
    with pytest.raises(RequirementError) as refused:
        paired_weights(told, size)
    assert refused.value.faults[0][0] == place
    assert reason in refused.value.faults[0][1]


def test_criteria_that_nothing_ties_together_are_named():
    with pytest.raises(RequirementError) as refused:
        paired_weights({(0, 2): 3, (1, 3): 1 / 3, (3, 4): 2}, 5)
    ((_, reason),) = refused.value.faults
    assert reason == (
        "criteria 2, 4, 5 are not compared, directly or through others, with criteria 1, 3"
    )


def test_answer_may_be_given_both_ways_if_it_is_the_same():
    both = paired_weights({(0, 1): 3, (1, 0): 1 / 3}, 2)
    assert both == paired_weights({(0, 1): 3}, 2)


def test_ends_of_the_scale_are_on_it():
    assert paired_weights({(0, 1): 1 / 9}, 2).weights == pytest.approx((0.1, 0.9))
    assert paired_weights({(0, 1): 9}, 2).weights == pytest.approx((0.9, 0.1))
