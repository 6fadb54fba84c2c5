"""Balanced flows, by hand, by plain Furness, and by a library that iterates proportionally."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ipfn.ipfn import ipfn

from geo_assen.commuting import GravityError, balance
from tests.commuting.drawn import furness, region


@st.composite
def totals_and_deterrence(draw):
    """Whole totals with one sum, some of them 0, and deterrence over two orders of size."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    leaving = draw(st.lists(st.integers(0, 50), min_size=height, max_size=height))
    assume(sum(leaving) > 0)
    cuts = st.lists(st.integers(0, sum(leaving)), min_size=width - 1, max_size=width - 1)
    arriving = np.diff([0, *sorted(draw(cuts)), sum(leaving)])
    cell = st.floats(0.01, 1.0)
    rows = st.lists(cell, min_size=width, max_size=width)
    deterrence = draw(st.lists(rows, min_size=height, max_size=height))
    return np.array(leaving, float), arriving.astype(float), np.array(deterrence)


def refused(*arguments, **options) -> GravityError:
    with pytest.raises(GravityError) as caught:
        balance(*arguments, **options)
    return caught.value


@settings(max_examples=60)
@given(totals_and_deterrence())
def test_flows_of_any_totals_are_those_of_plain_furness_and_keep_every_total(drawn):
    leaving, arriving, deterrence = drawn
    found = balance(leaving, arriving, deterrence, tolerance=1e-10)
    assert found.converged
    assert found.flows.sum(axis=1) == pytest.approx(leaving, rel=1e-10, abs=0)
    assert found.flows.sum(axis=0) == pytest.approx(arriving, rel=1e-10, abs=0)
    plain = furness(leaving, arriving, deterrence)
    assert found.flows == pytest.approx(plain, rel=1e-6, abs=1e-9 * leaving.sum())
    product = np.outer(found.a * leaving, found.b * arriving) * deterrence
    assert product == pytest.approx(found.flows, rel=1e-9)


@settings(max_examples=40)
@given(totals_and_deterrence(), st.integers(-9, 9))
def test_flows_do_not_change_with_scales_and_turn_with_their_table(drawn, power):
    leaving, arriving, deterrence = drawn
    flows = balance(leaving, arriving, deterrence, tolerance=1e-11).flows
    near = {"rel": 1e-7, "abs": 1e-9 * leaving.sum()}
    scales = 10.0 ** np.linspace(-power, power, len(leaving))
    scaled = balance(leaving, arriving, deterrence * scales[:, None], tolerance=1e-11)
    assert scaled.flows == pytest.approx(flows, **near)
    turned = balance(arriving, leaving, deterrence.T, tolerance=1e-11).flows.T
    assert turned == pytest.approx(flows, **near)
    tenfold = balance(10 * leaving, 10 * arriving, deterrence, tolerance=1e-11)
    assert tenfold.flows == pytest.approx(10 * flows, rel=1e-7, abs=1e-8 * leaving.sum())


def test_flows_are_those_of_a_library_of_proportional_fitting():
    leaving, arriving, distance = region(9)
    deterrence = np.exp(-8 * distance)
    fitting = ipfn(deterrence.copy(), [leaving, arriving], [[0], [1]], convergence_rate=1e-13,
                   max_iteration=2000, rate_tolerance=0)  # fmt: skip
    found = balance(leaving, arriving, deterrence, tolerance=1e-11)
    assert found.flows == pytest.approx(fitting.iteration(), rel=1e-9)


def test_newton_gives_the_flows_of_furness_in_a_fifth_of_the_rounds():
    leaving, arriving, distance = region(120)
    deterrence = np.exp(-30 * distance)
    found = balance(leaving, arriving, deterrence, tolerance=1e-11)
    slow = balance(leaving, arriving, deterrence, tolerance=1e-11, method="furness")
    assert (found.method, slow.method) == ("newton", "furness")
    assert found.converged
    assert slow.converged
    assert found.flows == pytest.approx(slow.flows, rel=1e-7)
    assert slow.rounds > 5 * found.rounds


def test_flows_of_many_zones_in_single_precision_steps_are_as_exact():
    leaving, arriving, distance = region(1100)  # above the size from which steps are single
    deterrence = np.exp(-9 * distance)
    found = balance(leaving, arriving, deterrence)
    slow = balance(leaving, arriving, deterrence, tolerance=1e-11, method="furness")
    assert found.method == "newton"
    assert found.error <= 1e-8
    assert np.abs(found.flows / slow.flows - 1).max() < 1e-7


def test_error_is_that_of_the_flows_and_rounds_stop_where_they_should():
    leaving, arriving, distance = region(30)
    found = balance(leaving, arriving, np.exp(-30 * distance), most_rounds=4)
    off = np.abs(found.flows.sum(axis=0) / arriving - 1).max()
    assert found.error == pytest.approx(off)
    assert off > 1e-3
    assert (found.rounds, found.converged) == (4, False)


def test_a_deterrence_as_small_as_numbers_go_is_balanced_all_the_same():
    found = balance([2, 2], [1, 3], [[1e-250, 3e-250], [1, 1e-200]])
    assert found.converged
    assert found.flows == pytest.approx(np.array([[0, 2], [1, 1]]), abs=1e-7)


# --- zeros ------------------------------------------------------------------------------


def test_cells_and_totals_of_zero_stay_zero():
    found = balance([4, 0, 6], [0, 4, 6], [[1, 1, 0], [1, 1, 1], [1, 0, 5]])
    assert found.flows.tolist() == [[0, 4, 0], [0, 0, 0], [0, 0, 6]]
    assert found.a[1] == found.b[0] == 0
    nothing = balance([0, 0], [0], [[1], [1]])
    assert nothing.converged
    assert nothing.flows.tolist() == [[0], [0]]


def test_parts_that_are_cut_off_are_balanced_each_for_itself():
    # Zones 0 and 2 send to 0 alone; 1 sends to 1 and 2, in proportion to what they get.
    found = balance([1, 8, 2], [3, 2, 6], [[1, 0, 0], [0, 7, 7], [1, 0, 0]])
    assert found.converged
    assert found.flows == pytest.approx(np.array([[1, 0, 0], [0, 2, 6], [2, 0, 0]]))


def test_a_part_that_is_cut_off_and_does_not_add_up_is_named():
    error = refused([1, 8, 2], [4, 2, 5], [[1, 0, 0], [0, 7, 7], [1, 0, 0]])
    assert error.reason == "parts_differ"
    assert (error.origins, error.destinations) == ((0, 2), (0,))
    assert error.numbers == {"origins": 3, "destinations": 4}
    assert "origins 0, 2" in str(error)


def test_zones_without_a_pair_are_named_by_their_own_positions():
    error = refused([0, 3, 2], [2, 1, 2], [[1, 1, 1], [0, 0, 0], [1, 0, 1]])
    assert error.reason == "unreachable"
    assert (error.origins, error.destinations) == ((1,), (1,))


def test_zero_cells_that_leave_no_flows_do_not_converge():
    # The second origin may send its 3 to the first destination alone, which takes 2.
    found = balance([1, 3], [2, 2], [[1, 1], [1, 0]], most_rounds=200)
    assert not found.converged
    assert found.error > 0.1


def test_zero_cells_that_leave_one_way_empty_another_cell():
    found = balance([2, 2], [2, 2], [[1, 1], [1, 0]])
    assert found.converged
    assert found.flows == pytest.approx(np.array([[0, 2], [2, 0]]), abs=1e-7)


# --- refused ----------------------------------------------------------------------------


def test_sums_that_differ_are_refused_with_both():
    error = refused([1, 2], [1, 3], [[1, 1], [1, 1]])
    assert error.reason == "sums_differ"
    assert error.numbers == {"origins": 3, "destinations": 4}
    assert "3" in str(error)
    assert "4" in str(error)


@pytest.mark.parametrize(
    ("leaving", "deterrence", "said"),
    [
        ([1, -1], [[1, 1], [1, 1]], "origin 1"),
        ([1, np.nan], [[1, 1], [1, 1]], "origin 1"),
        ([1, 1], [[1, 1]], "shape"),
        ([1, 1], [[1, -1], [1, 1]], "below 0"),
        ([1, 1], [[1, np.nan], [1, 1]], "no number"),
        ([1, 1], [[1, np.inf], [1, 1]], "no finite number"),
    ],
)
def test_input_that_is_none_is_refused_with_what_is_wrong(leaving, deterrence, said):
    error = refused(leaving, [1, 1], deterrence)
    assert error.reason == "bad_input"
    assert said in str(error)
