"""Fitted decays and filled tables: published, by hand, and against the linear programme."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import linprog

from geo_assen.commuting import GravityError, balance, fill_unpublished, fit_gravity
from tests.commuting import austria
from tests.commuting.drawn import furness, region

CROSS = [[1.0, 3.0], [3.0, 1.0]]
"""Two zones, 1 within each and 3 between them."""


def refused(function, *arguments, **options) -> GravityError:
    with pytest.raises(GravityError) as caught:
        function(*arguments, **options)
    return caught.value


def mean_of(flows, cost) -> float:
    has = flows > 0
    return float((flows[has] * cost[has]).sum() / flows.sum())


# --- the decay --------------------------------------------------------------------------


def test_fit_gives_the_published_decay_and_flows_of_austrian_moves():
    moves, km = austria.moves(), austria.km()
    fit = fit_gravity(moves.sum(axis=1), moves.sum(axis=0), km, mean_of(moves, km))
    assert fit.converged
    assert round(fit.beta, 8) == austria.BETA
    assert fit.flows == pytest.approx(austria.modelled(), rel=1e-7)


@pytest.mark.parametrize(("form", "beta"), [("exponential", math.log(3)), ("power", 2.0)])
def test_fit_of_two_zones_is_the_one_by_hand(form, beta):
    # A mean of 1.2 has a tenth of each zone crossing: the odds 9 are exp(2 beta) or 3 ** beta.
    fit = fit_gravity([5, 5], [5, 5], CROSS, 1.2, form=form)
    assert fit.beta == pytest.approx(beta, rel=1e-7)
    assert fit.flows == pytest.approx(np.array([[4.5, 0.5], [0.5, 4.5]]), rel=1e-7)
    assert (fit.form, fit.converged) == (form, True)
    assert fit.mean_cost == pytest.approx(1.2, rel=1e-8)


@pytest.mark.parametrize("form", ["exponential", "power"])
def test_fit_finds_the_decay_that_flows_were_made_with(form):
    leaving, arriving, distance = region(12)
    deterrence = np.exp(-12 * distance) if form == "exponential" else distance**-1.5
    flows = furness(leaving, arriving, deterrence)
    fit = fit_gravity(leaving, arriving, distance, mean_of(flows, distance), form=form)
    assert fit.beta == pytest.approx(12 if form == "exponential" else 1.5, rel=1e-6)
    assert fit.flows == pytest.approx(flows, rel=1e-5)
    assert fit.error <= 1e-8


def test_fit_at_the_mean_without_deterrence_is_independence():
    fit = fit_gravity([6, 4], [5, 5], CROSS, 2.0)
    assert fit.beta == 0
    assert fit.flows == pytest.approx(np.array([[3, 3], [2, 2]]))


def test_fit_refuses_a_mean_longer_than_without_deterrence():
    error = refused(fit_gravity, [5, 5], [5, 5], CROSS, 2.1)
    assert error.reason == "mean_too_long"
    assert error.numbers["mean_cost"] == pytest.approx(2.0)


def test_fit_comes_as_near_the_shortest_mean_as_asked_and_refuses_less():
    leaving, arriving, distance = region(6)
    equal = np.vstack([np.kron(np.eye(6), np.ones(6)), np.kron(np.ones(6), np.eye(6))])
    done = linprog(distance.ravel(), A_eq=equal, b_eq=np.concatenate([leaving, arriving]))
    shortest = done.fun / leaving.sum()
    near = fit_gravity(leaving, arriving, distance, 1.001 * shortest)
    assert near.converged
    assert mean_of(near.flows, distance) == pytest.approx(1.001 * shortest, rel=1e-7)
    error = refused(fit_gravity, leaving, arriving, distance, 0.99 * shortest)
    assert error.reason == "mean_too_short"
    assert shortest <= error.numbers["mean_cost"] < 1.1 * shortest
    power = refused(fit_gravity, leaving, arriving, distance, 0.9 * shortest, form="power")
    assert power.reason == "mean_too_short"


def test_fit_refuses_what_has_no_answer_and_says_why():
    undetermined = refused(fit_gravity, [4], [1, 3], [[1, 2]], 1.6)
    assert undetermined.reason == "mean_undetermined"
    assert undetermined.numbers["mean_cost"] == pytest.approx(1.75)
    barred = [[1, 1], [1, np.inf]]
    assert refused(fit_gravity, [1, 3], [2, 2], barred, 1.0).reason == "not_balanced"
    cut = refused(fit_gravity, [1, 3], [2, 2], [[1, np.inf], [np.inf, 1]], 1.0)
    assert cut.reason == "parts_differ"
    assert refused(fit_gravity, [0], [0], [[1]], 1.0).reason == "bad_input"
    assert refused(fit_gravity, [1], [1], [[0]], 1.0, form="power").reason == "bad_input"
    assert refused(fit_gravity, [5, 5], [5, 5], CROSS, np.nan).reason == "bad_input"


# --- filling ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def modelled():
    """A table that follows the model exactly, its costs, and which cells are left blank."""
    leaving, arriving, distance = region(10, seed=2)
    flows = balance(leaving, arriving, np.exp(-5 * distance), tolerance=1e-12).flows
    blank = np.random.default_rng(3).random(flows.shape) < 0.4
    return flows, distance, blank


@pytest.mark.parametrize("told", ["mean", "published flows"])
def test_filling_gives_back_blanks_of_a_table_that_follows_the_model(modelled, told):
    flows, distance, blank = modelled
    known = np.where(blank, np.nan, flows)
    mean = mean_of(flows, distance) if told == "mean" else None
    filled = fill_unpublished(known, flows.sum(axis=1), flows.sum(axis=0), distance, mean)
    assert filled.beta == pytest.approx(5, rel=1e-5)
    assert filled.flows[blank] == pytest.approx(flows[blank], rel=1e-5)
    assert (filled.flows[~blank] == flows[~blank]).all()
    assert (filled.is_modelled == blank).all()
    assert filled.error <= 1e-8


def test_filling_keeps_published_flows_totals_and_mean_of_a_table_by_hand():
    # 10 leave each zone; 7 of the first stay there. Of the rest 3, 4 and 6 the blanks by hand.
    known = [[7, np.nan], [np.nan, np.nan]]
    filled = fill_unpublished(known, [10, 10], [11, 9], CROSS, 1.5)
    assert filled.flows == pytest.approx(np.array([[7, 3], [4, 6]]))
    assert filled.beta is None  # the totals alone settle it
    assert filled.is_modelled.tolist() == [[False, True], [True, True]]


def test_filling_a_table_without_blanks_or_rest_models_nothing():
    filled = fill_unpublished([[7, 3], [4, 6]], [10, 10], [11, 9], CROSS, None)
    assert (filled.beta, filled.is_modelled.any()) == (None, False)
    empty = fill_unpublished([[7, np.nan], [0, 6]], [7, 6], [7, 6], CROSS, 1.0)
    assert empty.flows.tolist() == [[7, 0], [0, 6]]
    assert empty.is_modelled.tolist() == [[False, True], [False, False]]


@pytest.mark.parametrize(
    ("known", "rows", "columns", "mean", "reason", "origins", "destinations"),
    [
        ([[7, 4], [np.nan, 6]], [10, 10], [10, 10], 1.5, "published_exceed", (0,), ()),
        ([[7, np.nan], [4, np.nan]], [11, 9], [10, 10], 1.5, "published_exceed", (), (0,)),
        ([[7, 2], [np.nan, np.nan]], [10, 10], [11, 9], 1.5, "nothing_left", (0,), ()),
        ([[7, np.nan], [1, np.nan]], [10, 10], [11, 9], 1.5, "nothing_left", (), (0,)),
        ([[7, np.nan], [np.nan, np.nan]], [10, 10], [11, 8], 1.5, "sums_differ", (), ()),
        ([[9, np.nan], [np.nan, np.nan]], [10, 10], [11, 9], 0.4, "mean_too_short", (), ()),
        ([[np.nan, 3], [4, np.nan]], [10, 9], [9, 10], 1.5, "parts_differ", (0,), (0,)),
    ],
)
def test_filling_refuses_a_rest_that_cannot_be_divided_and_names_it(
    known, rows, columns, mean, reason, origins, destinations
):
    error = refused(fill_unpublished, known, rows, columns, CROSS, mean)
    assert (error.reason, error.origins, error.destinations) == (reason, origins, destinations)
