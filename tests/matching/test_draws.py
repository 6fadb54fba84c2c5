"""Shares and ranks over drawn weightings, against reckoning them one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymcdm.methods import WSM

from geo_assen.matching.alternatives import Alternatives
from geo_assen.matching.draws import (
    CONCENTRATION_PER_CRITERION,
    DRAWS,
    drawn_weights,
    first_shares,
    rank_counts,
    rank_intervals,
)
from geo_assen.matching.robustness import pareto
from tests.matching.alternatives import ROWS, make_alternatives, many_alternatives, order

FEW = 60


def slow_ranks(alternatives, **options):
    """Rank of every site (column) under every weighting (row), from 1."""
    weightings = drawn_weights(alternatives, **options)
    ranks = np.empty((len(weightings), len(alternatives.ids)), dtype=int)
    for row, weights in enumerate(weightings):
        ranks[row, order(alternatives, weights)] = np.arange(1, len(alternatives.ids) + 1)
    return ranks


def made(size, width, seed, *, coarse=False, kinds=1, unknown=0.1):
    """Alternatives at random; of several kinds each leaves one criterion out."""
    chance = np.random.default_rng(seed)
    given_ = chance.choice(ROWS, (size, width)) if coarse else chance.random((size, width))
    given_[chance.random((size, width)) < unknown] = np.nan
    applies = np.ones((size, width), dtype=bool)
    kind = chance.integers(0, kinds, size)
    for number in range(1, kinds):
        applies[kind == number, number] = False
    ids = tuple(f"plot:{number}" for number in chance.permutation(size))
    return Alternatives(ids, tuple("abcdefgh"[:width]), np.arange(1.0, width + 1), given_, applies)


# --- the weightings ---------------------------------------------------------------------


def test_weightings_lie_around_the_chosen_one_as_told():
    alternatives = make_alternatives([[1, 1, 1, 1]], [1, 2, 0, 5])
    found = drawn_weights(alternatives, draws=50_000)
    shares = np.array([1, 2, 0, 5]) / 8
    concentration = 3 * CONCENTRATION_PER_CRITERION
    spread = np.sqrt(shares * (1 - shares) / (concentration + 1))
    assert found.mean(axis=0) == pytest.approx(shares, abs=0.003)
    assert found.std(axis=0) == pytest.approx(spread, rel=0.02)
    assert found.sum(axis=1) == pytest.approx(1)
    assert (found >= 0).all()


def test_chosen_weighting_is_the_first_one():
    alternatives = make_alternatives([[1, 1, 1]], [1, 2, 1])
    assert drawn_weights(alternatives, draws=7)[0].tolist() == [0.25, 0.5, 0.25]
    assert drawn_weights(alternatives, draws=1).tolist() == [[0.25, 0.5, 0.25]]


def test_weight_of_zero_stays_exactly_zero():
    found = drawn_weights(make_alternatives([[1, 1, 1]], [1, 0, 1]))
    assert not found[:, 1].any()
    assert (found[:, [0, 2]] > 0).all()


def test_spread_of_an_average_weight_is_half_of_it_however_many_there_are():
    for width in (3, 6, 12):
        found = drawn_weights(make_alternatives([[1] * width]), draws=20_000)
        # the sum is divided out again, which takes a little off
        assert 0.38 < found[:, 0].std() * width < 0.5


def test_larger_concentration_draws_closer():
    alternatives = make_alternatives([[1, 1]])
    wide, narrow = (drawn_weights(alternatives, concentration=c).std() for c in (2, 200))
    assert narrow < wide / 5


def test_same_seed_draws_the_same_and_another_seed_does_not():
    alternatives = make_alternatives([[1, 1]])
    assert (drawn_weights(alternatives) == drawn_weights(alternatives)).all()
    assert (drawn_weights(alternatives, seed=1) != drawn_weights(alternatives, seed=2)).any()


@pytest.mark.parametrize("weights", [[1e-300, 1], [1e300, 1], [1e-320, 1e-320], [1e9, 1e-9]])
@pytest.mark.parametrize("concentration", [None, 1e-6, 1e9])
def test_extreme_weights_and_concentrations_still_give_weightings(weights, concentration):
    alternatives = make_alternatives([[1, 0], [0, 1]], weights)
    found = drawn_weights(alternatives, draws=500, concentration=concentration)
    assert found.sum(axis=1) == pytest.approx(1)
    shares = first_shares(alternatives, draws=500, concentration=concentration)
    assert shares.sum() == pytest.approx(1)


@pytest.mark.parametrize("options", [{"draws": 0}, {"draws": -1}, {"concentration": 0},
    {"concentration": -1.0}, {"concentration": np.nan}, {"concentration": np.inf}])  # fmt: skip
def test_draws_that_are_none_are_refused(options):
    with pytest.raises(ValueError, match=r"weighting|concentration"):
        first_shares(make_alternatives([[1, 0]]), **options)


# --- shares and ranks, reckoned one by one ----------------------------------------------


@given(many_alternatives(), st.integers(0, 50))
@settings(deadline=None, database=None, max_examples=200)
def test_shares_and_ranks_are_those_of_every_weighting_by_itself(alternatives, seed):
    ranks = slow_ranks(alternatives, draws=FEW, seed=seed)
    shares = first_shares(alternatives, draws=FEW, seed=seed)
    assert shares.tolist() == ((ranks == 1).sum(axis=0) / FEW).tolist()
    counts = rank_counts(alternatives, draws=FEW, seed=seed)
    for rank in range(1, len(alternatives.ids) + 1):
        assert counts[:, rank - 1].tolist() == (ranks == rank).sum(axis=0).tolist()
    best, worst, low, high = rank_intervals(alternatives, draws=FEW, seed=seed)
    assert best.tolist() == ranks.min(axis=0).tolist()
    assert worst.tolist() == ranks.max(axis=0).tolist()
    ordered = np.sort(ranks, axis=0)
    tail = FEW * 5 // 100
    assert low.tolist() == ordered[tail].tolist()
    assert high.tolist() == ordered[FEW - tail - 1].tolist()


@pytest.mark.parametrize("kinds", [1, 2, 4])
@pytest.mark.parametrize("coarse", [False, True])
def test_larger_cases_too(kinds, coarse):
    alternatives = made(80, 6, kinds, coarse=coarse, kinds=kinds)
    ranks = slow_ranks(alternatives, draws=400)
    shares = first_shares(alternatives, draws=400)
    assert shares.tolist() == ((ranks == 1).mean(axis=0)).tolist()
    best, worst, *_ = rank_intervals(alternatives, draws=400)
    assert best.tolist() == ranks.min(axis=0).tolist()
    assert worst.tolist() == ranks.max(axis=0).tolist()


@pytest.mark.parametrize("apart", [0, 1e-13, 4e-13, 6e-13, 1e-12, 1e-11, 1e-9, 1e-6])
def test_leads_near_what_rounding_sees_are_decided_as_in_the_ranking(apart):
    """Of two that differ by less than the last decimal the lower id stands first."""
    alternatives = make_alternatives(
        [[0.5, 0.5], [0.5 + apart, 0.5], [0.5, 0.5 + apart]], ids=["plot:1", "plot:2", "plot:0"]
    )
    ranks = slow_ranks(alternatives, draws=500)
    shares = first_shares(alternatives, draws=500)
    assert shares.tolist() == ((ranks == 1).mean(axis=0)).tolist()


def test_more_weightings_than_fit_in_one_part_count_all_the_same():
    alternatives = made(5, 3, 1, kinds=2)
    draws = 40_001
    shares = first_shares(alternatives, draws=draws)
    assert shares.sum() == pytest.approx(1)
    assert shares.tolist() == (rank_counts(alternatives, draws=draws)[:, 0] / draws).tolist()


def test_winners_are_those_of_another_library():
    alternatives = made(30, 5, 7, unknown=0)
    method = WSM(normalization_function=lambda values, cost: values)  # noqa: ARG005
    weightings = drawn_weights(alternatives, draws=300)
    firsts = [
        int(np.argmax(method(alternatives.desirability, weights, np.ones(5))))
        for weights in weightings
    ]
    shares = first_shares(alternatives, draws=300)
    assert shares.tolist() == (np.bincount(firsts, minlength=30) / 300).tolist()


def test_share_of_two_equal_opposites_is_about_a_half():
    """Each is first where its criterion weighs more; the tie at equal weights goes by id."""
    shares = first_shares(make_alternatives([[1, 0], [0, 1]]))
    assert shares == pytest.approx([0.5, 0.5], abs=0.02)


# --- properties -------------------------------------------------------------------------


@given(many_alternatives())
@settings(deadline=None, database=None)
def test_shares_sum_to_one_and_every_rank_is_taken_every_time(alternatives):
    assert first_shares(alternatives, draws=FEW).sum() == pytest.approx(1)
    counts = rank_counts(alternatives, draws=FEW)
    assert (counts.sum(axis=0) == FEW).all()
    assert (counts.sum(axis=1) == FEW).all()


@given(many_alternatives())
@settings(deadline=None, database=None)
def test_present_rank_lies_in_the_interval(alternatives):
    best, worst, *_ = rank_intervals(alternatives, draws=FEW)
    present = np.empty(len(alternatives.ids), dtype=int)
    present[order(alternatives, alternatives.shares)] = np.arange(1, len(present) + 1)
    assert (best <= present).all()
    assert (present <= worst).all()


@given(many_alternatives())
@settings(deadline=None, database=None)
def test_central_interval_lies_in_the_whole_one(alternatives):
    best, worst, low, high = rank_intervals(alternatives, draws=FEW)
    assert (best <= low).all()
    assert (low <= high).all()
    assert (high <= worst).all()


@given(many_alternatives(), st.sampled_from([2, 0.25, 1024]))
@settings(deadline=None, database=None)
def test_weights_times_a_number_change_nothing(alternatives, times):
    scaled = Alternatives(
        alternatives.ids, alternatives.criteria, alternatives.weights * times,
        alternatives.desirability, alternatives.applies,
    )  # fmt: skip
    before, after = (first_shares(found, draws=FEW) for found in (alternatives, scaled))
    assert before.tolist() == after.tolist()


@given(many_alternatives(), st.randoms(use_true_random=False))
@settings(deadline=None, database=None)
def test_order_of_the_sites_changes_nothing(alternatives, chance):
    new = list(range(len(alternatives.ids)))
    chance.shuffle(new)
    shuffled = Alternatives(
        tuple(alternatives.ids[row] for row in new), alternatives.criteria, alternatives.weights,
        alternatives.desirability[new], alternatives.applies[new],
    )  # fmt: skip
    before = first_shares(alternatives, draws=FEW)
    assert first_shares(shuffled, draws=FEW).tolist() == before[new].tolist()


@pytest.mark.parametrize("seed", range(5))
def test_order_of_the_criteria_changes_nothing_but_the_draws(seed):
    alternatives = made(12, 4, seed, kinds=2)
    new = np.random.default_rng(seed).permutation(4)
    shuffled = Alternatives(
        alternatives.ids, tuple(alternatives.criteria[k] for k in new), alternatives.weights[new],
        alternatives.desirability[:, new], alternatives.applies[:, new],
    )  # fmt: skip
    before, after = (first_shares(found, draws=40_000) for found in (alternatives, shuffled))
    assert after == pytest.approx(before, abs=0.015)


@given(many_alternatives(mixed=False, least=2))
@settings(deadline=None, database=None)
def test_dominated_site_is_never_first_but_by_a_tie(alternatives):
    dominated = ~pareto(alternatives)
    for weights in drawn_weights(alternatives, draws=FEW):
        first, *others = order(alternatives, weights)
        if dominated[first]:
            lead = alternatives.score_steps(weights[:, None])[:, 0]
            assert lead[first] == lead[others].max()


def test_dominated_site_is_never_first():
    alternatives = make_alternatives(
        [[0.9, 0.5, 0.7], [0.8, 0.5, 0.7], [0.2, 0.9, None]], ids=["plot:2", "plot:1", "plot:3"]
    )
    shares = first_shares(alternatives)
    assert shares[1] == 0
    assert shares[0] > shares[2] > 0


# --- edges ------------------------------------------------------------------------------


def test_one_site_is_always_first():
    alternatives = make_alternatives([[0.3, None, "-"]])
    assert first_shares(alternatives).tolist() == [1]
    assert [bound.tolist() for bound in rank_intervals(alternatives)] == [[1], [1], [1], [1]]


def test_no_site_is_no_share():
    alternatives = make_alternatives([], [1, 2])
    assert first_shares(alternatives).tolist() == []
    assert [bound.tolist() for bound in rank_intervals(alternatives)] == [[], [], [], []]


@pytest.mark.parametrize(
    "alternatives",
    [
        make_alternatives([[0, 1], [1, 1], [1, 0]], [0, 0], ["plot:2", "plot:1", "plot:3"]),
        make_alternatives([[None] * 2] * 3, [1, 2], ["plot:2", "plot:1", "plot:3"]),
        make_alternatives([["-"] * 2] * 3, [1, 2], ["plot:2", "plot:1", "plot:3"]),
        make_alternatives([[0.7, 0.1]] * 3, [1, 2], ["plot:2", "plot:1", "plot:3"]),
        make_alternatives([[], [], []], [], ["plot:2", "plot:1", "plot:3"]),
    ],
    ids=["all weights zero", "all unknown", "nothing applies", "identical", "no criteria"],
)
def test_where_all_score_the_same_the_id_decides(alternatives):
    assert first_shares(alternatives).tolist() == [0, 1, 0]
    best, worst, low, high = rank_intervals(alternatives)
    assert best.tolist() == worst.tolist() == low.tolist() == high.tolist() == [2, 1, 3]


def test_ids_are_compared_by_code_point():
    ids = ["plot:é", "plot:a", "plot:Z", "plot:10", "plot:9"]
    shares = first_shares(make_alternatives([[1]] * 5, ids=ids))
    assert ids[int(shares.argmax())] == "plot:10"


@pytest.mark.parametrize("rest", [1, 0.1])
def test_site_that_leaves_out_a_heavy_criterion_is_scored_on_the_rest(rest):
    """By the first criterion alone it would be last; on what applies it is the best."""
    alternatives = make_alternatives([[0.6, 0.6], ["-", 0.7]], [9, rest])
    assert first_shares(alternatives).tolist() == [0, 1]


def test_standard_number_of_weightings_is_ten_thousand():
    assert DRAWS == 10_000
    assert len(drawn_weights(make_alternatives([[1, 0]]))) == DRAWS
