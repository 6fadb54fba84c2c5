"""The smallest change of weights that turns two sites, against trying every one of a grid."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo_assen.matching.flip import WITHIN, Flip, smallest_flip
from tests.matching.alternatives import make_alternatives, many_alternatives, score

TENTHS = 10
SURE = 1e-9


def weightings(width, steps=TENTHS):
    """All weightings in steps of a tenth."""
    for parts in product(range(steps + 1), repeat=width - 1):
        if sum(parts) <= steps:
            yield np.array([*parts, steps - sum(parts)]) / steps


def counts_for(alternatives, row, weights):
    """Whether something that applies to a site has weight, or nothing applies at all."""
    applies = alternatives.applies[row]
    return not applies.any() or bool((weights[applies] > 0).any())


def flips(alternatives, weights, first=0, second=1):
    scores = (score(alternatives, row, weights) for row in (first, second))
    lead = next(scores) - next(scores)
    kept = all(counts_for(alternatives, row, weights) for row in (first, second))
    return kept and lead <= SURE


def moved_share(alternatives, weights):
    return float(np.abs(weights - alternatives.shares).sum()) / 2


def check(alternatives, found: Flip, first=0, second=1):
    """What must hold of every flip."""
    weights = np.array(list(found.weights.values()))
    moved = np.array(list(found.moved.values()))
    assert tuple(found.weights) == tuple(found.moved) == alternatives.criteria
    assert (found.first, found.second) == (alternatives.ids[first], alternatives.ids[second])
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1)
    assert moved.sum() == pytest.approx(0, abs=1e-9)
    assert alternatives.shares + moved == pytest.approx(weights, abs=1e-9)
    assert found.change == pytest.approx(np.abs(moved).sum() / 2)
    lead = score(alternatives, first, weights) - score(alternatives, second, weights)
    assert lead <= 1e-8


def test_change_by_hand():
    """0.7 w - 0.3 (1 - w) is 0 at w = 0.3: from a half, a fifth of the weight moves."""
    alternatives = make_alternatives([[0.9, 0.2], [0.2, 0.5]], [1, 1])
    found = smallest_flip(alternatives)
    assert found is not None
    assert found.change == pytest.approx(0.2)
    assert found.weights == pytest.approx({"a": 0.3, "b": 0.7})
    assert found.moved == pytest.approx({"a": -0.2, "b": 0.2})
    check(alternatives, found)


def test_weight_moves_from_where_the_first_leads_most_to_where_the_second_does():
    alternatives = make_alternatives(
        [[1.0, 0.6, 0.5, 0.4], [0.2, 0.5, 0.5, 0.9]], [2, 2, 2, 2]
    )
    found = smallest_flip(alternatives)
    assert found is not None
    assert found.moved["b"] == found.moved["c"] == 0
    assert found.change == pytest.approx((0.8 + 0.1 - 0.5) / 4 / (0.8 + 0.5))


def test_criterion_that_weighs_nothing_may_get_weight():
    alternatives = make_alternatives([[0.9, 0.1], [0.2, 0.8]], [3, 0])
    found = smallest_flip(alternatives)
    assert found is not None
    assert found.weights == pytest.approx({"a": 0.5, "b": 0.5})


def test_no_weighting_helps_a_site_that_is_worse_on_everything():
    assert smallest_flip(make_alternatives([[0.9, 0.2, 0.5], [0.8, 0.1, 0.4]])) is None
    assert smallest_flip(make_alternatives([[0.9, 0.85, "-"], [0.8, "-", 0.4]])) is None


@pytest.mark.parametrize("behind", [0.1, 0.001])
def test_site_that_is_worse_on_all_that_is_shared_and_poor_on_the_rest_is_not_helped(behind):
    rows = [[0.9, 0.3, "-"], [0.9 - behind, 0.3 - behind, 0.1]]
    assert smallest_flip(make_alternatives(rows)) is None


def test_weight_on_what_applies_to_neither_is_no_way_out():
    assert smallest_flip(make_alternatives([[0.9, "-"], [0.8, "-"]])) is None


def test_site_that_is_as_good_somewhere_can_reach_a_tie():
    alternatives = make_alternatives([[0.9, 0.5], [0.8, 0.5]])
    found = smallest_flip(alternatives)
    assert found is not None
    assert found.weights == pytest.approx({"a": 0, "b": 1}, abs=1e-9)


def test_unknown_counts_a_half():
    known, unknown = (
        smallest_flip(make_alternatives([[0.9, 0.2], [0.2, cell]])) for cell in (0.5, None)
    )
    assert known == unknown


@pytest.mark.parametrize(
    "rows",
    [
        [[0.4, 0.6], [0.6, 0.4]],
        [[None, None], [None, 0.5]],
        [["-", "-"], ["-", 0.5]],
        [["-", "-"], ["-", "-"]],
        [[0.3, "-"], ["-", 0.3]],
        [[0.5 + 1e-14, 0.5], [0.5, 0.5]],
    ],
)
def test_equal_scores_need_no_change(rows):
    alternatives = make_alternatives(rows)
    found = smallest_flip(alternatives)
    assert found is not None
    assert found.change == 0
    assert set(found.moved.values()) == {0}
    check(alternatives, found)


def test_second_that_stands_higher_already_needs_no_change():
    found = smallest_flip(make_alternatives([[0.1], [0.9]]))
    assert found is not None
    assert found.change == 0


def test_all_weights_zero_leave_nothing_to_move():
    assert smallest_flip(make_alternatives([[0.1, 0.2], [0.9, 0.3]], [0, 0])) is None


def test_no_criteria_leave_nothing_to_move():
    assert smallest_flip(make_alternatives([[], []])) is None


def test_site_to_which_nothing_applies_is_reached_at_a_half():
    alternatives = make_alternatives([[0.9, 0.1], ["-", "-"]], [3, 1])
    found = smallest_flip(alternatives)
    assert found is not None
    assert found.weights == pytest.approx({"a": 0.5, "b": 0.5}, abs=WITHIN)
    check(alternatives, found)


def test_site_to_which_nothing_applies_is_overtaken_at_a_half():
    alternatives = make_alternatives([["-", "-"], [0.1, 0.9]], [3, 1])
    found = smallest_flip(alternatives)
    assert found is not None
    assert found.weights == pytest.approx({"a": 0.5, "b": 0.5}, abs=WITHIN)


def test_any_two_positions_can_be_asked_for():
    alternatives = make_alternatives([[1, 1], [0.9, 0.2], [0.2, 0.5]])
    found = smallest_flip(alternatives, 1, 2)
    assert found is not None
    check(alternatives, found, 1, 2)
    with pytest.raises(IndexError):
        smallest_flip(alternatives, 0, 3)


def test_plot_and_premises_with_a_price_and_a_rent_of_their_own():
    """The price of the plot (0.2 of all) is what holds the premises down: by hand."""
    alternatives = make_alternatives([[0.6, 1.0, "-"], [0.6, "-", 0.2]], [3, 1, 1])
    found = smallest_flip(alternatives)
    assert found is not None
    check(alternatives, found)
    # both must come down to 0.6: the two prices lose all their weight
    assert found.change == pytest.approx(0.4, abs=WITHIN)


def test_optimum_inside_a_face_is_found_too():
    """A case whose best score is no corner of any of the linear programmes."""
    rows = [[0.9, 0.7, 0.1, "-"], [0.3, "-", 0.6, 0.5]]
    alternatives = make_alternatives(rows, [2, 3, 1, 2])
    found = smallest_flip(alternatives)
    assert found is not None
    check(alternatives, found)
    finest = min(
        moved_share(alternatives, weights)
        for weights in weightings(4, 25)
        if flips(alternatives, weights)
    )
    assert finest - 0.08 <= found.change <= finest + WITHIN


def lead_exactly(alternatives, weights):
    """Lead of the first over the second in fractions: nothing is rounded away."""
    return exact_score(alternatives, 0, weights) - exact_score(alternatives, 1, weights)


def exact_score(alternatives, row, weights):
    told = zip(weights, alternatives.desirability[row], alternatives.applies[row], strict=True)
    parts = [
        (Fraction(float(weight)), Fraction(0.5 if np.isnan(d) else float(d)))
        for weight, d, counts in told
        if counts
    ]
    total = sum(weight for weight, _ in parts)
    return sum(weight * d for weight, d in parts) / total if total else Fraction(1, 2)


def check_against_a_grid(alternatives, within):
    found = smallest_flip(alternatives)
    grid = [
        weights for weights in weightings(len(alternatives.criteria))
        if all(counts_for(alternatives, row, weights) for row in (0, 1))
    ]  # fmt: skip
    turned = [weights for weights in grid if lead_exactly(alternatives, weights) <= 0]
    if found is None:
        assert turned == []
        return
    undercut = [moved_share(alternatives, weights) for weights in turned]
    check(alternatives, found)
    assert found.change <= min(undercut, default=1) + within


@given(many_alternatives(mixed=False, least=2))
@settings(deadline=None, database=None)
def test_no_weighting_of_a_grid_undercuts_a_linear_programme(alternatives):
    assume(alternatives.weights.any())
    check_against_a_grid(alternatives, 1e-8)


@given(many_alternatives(least=2))
@settings(deadline=None, database=None, max_examples=60)
def test_no_weighting_of_a_grid_undercuts_where_different_criteria_apply(alternatives):
    assume(alternatives.weights.any())
    check_against_a_grid(alternatives, WITHIN)


@pytest.mark.parametrize("seed", range(12))
def test_change_is_small_enough_to_lie_near_the_best_of_a_fine_grid(seed):
    """And not only at most as large: half of it is never enough."""
    chance = np.random.default_rng(seed)
    rows = [[float(cell) for cell in row] for row in chance.random((2, 3))]
    if seed % 2:
        rows[0][0], rows[1][1] = "-", "-"
    alternatives = make_alternatives(rows, chance.integers(1, 5, 3).tolist())
    found = smallest_flip(alternatives)
    grid = [w for w in weightings(3, 100) if flips(alternatives, w)]
    if found is None:
        assert not grid
        return
    check(alternatives, found)
    best = min(moved_share(alternatives, weights) for weights in grid)
    assert best - 0.021 <= found.change <= best + WITHIN


@given(many_alternatives(mixed=False, least=2), st.sampled_from([2, 0.125, 4096]))
@settings(deadline=None, database=None)
def test_weights_times_a_number_change_nothing(alternatives, times):
    rows = alternatives.desirability.tolist()
    again = make_alternatives(rows, (alternatives.weights * times).tolist(), alternatives.ids)
    assert smallest_flip(again) == smallest_flip(alternatives)


def test_further_apart_takes_more():
    changes = []
    for lead in (0.1, 0.2, 0.4, 0.8):
        found = smallest_flip(make_alternatives([[0.1 + lead, 0.2], [0.1, 0.7]], [3, 1]))
        assert found is not None
        changes.append(found.change)
    assert all(less <= more for less, more in pairwise(changes))
