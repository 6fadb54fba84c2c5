"""Curves by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_assen.matching import Curve
from geo_assen.matching.columns import days_since_1970
from geo_assen.matching.desirability import category_desirability, number_desirability


def desirability(value, **curve):
    return float(number_desirability(Curve(**curve), np.array([value], dtype=float))[0])


@pytest.mark.parametrize(
    ("value", "expected"), [(0, 1), (60, 1), (80, 0.75), (100, 0.5), (140, 0), (900, 0)]
)
def test_smaller_falls_from_good_to_bad(value, expected):
    assert desirability(value, smaller=(60, 140)) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(-5, 0), (0, 0), (0.5, 0.25), (2, 1), (3, 1)]
)
def test_larger_rises_from_bad_to_good(value, expected):
    assert desirability(value, larger=(0, 2)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(5, 0), (10, 0), (15, 0.5), (20, 1), (25, 1), (30, 1), (40, 0.75), (70, 0), (99, 0)],
)
def test_target_has_shoulders(value, expected):
    assert desirability(value, target=(10, 20, 30, 70)) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(-1, 0.2), (0, 0.2), (5, 0.6), (10, 1), (15, 0.5), (20, 0), (99, 0)]
)
def test_points_are_joined_by_straight_lines(value, expected):
    assert desirability(value, points=((0, 0.2), (10, 1), (20, 0))) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        ({"smaller": (60, 60)}, [1, 1, 0]),
        ({"larger": (60, 60)}, [0, 1, 1]),
        ({"target": (60, 60, 60, 60)}, [0, 1, 0]),
        ({"target": (59, 59, 60, 60)}, [1, 1, 0]),
    ],
)
def test_equal_knots_make_a_step_that_is_good_on_its_edge(curve, expected):
    assert [desirability(value, **curve) for value in (59, 60, 61)] == expected


def test_knots_that_almost_touch_do_not_overflow():
    assert desirability(1, larger=(0, 2e-313)) == 1
    assert desirability(1, smaller=(0, 2e-313)) == 0


def test_dates_run_evenly_through_the_calendar():
    curve = Curve(smaller=(date(2026, 1, 1), date(2027, 1, 1)))
    days = np.array([days_since_1970(date(2026, 1, 1 + n)) for n in (0, 30)] + [np.nan])
    found = number_desirability(curve, days)
    assert found[:2] == pytest.approx([1, 335 / 365])
    assert np.isnan(found[2])


@pytest.mark.parametrize(
    "curve",
    [
        {"smaller": (1, 2)}, {"smaller": (1, 1)}, {"larger": (1, 2)}, {"larger": (1, 1)},
        {"target": (1, 2, 3, 4)}, {"points": ((0, 0), (1, 1))},
    ],
)
def test_missing_value_stays_missing(curve):
    assert np.isnan(desirability(np.nan, **curve))


@pytest.mark.parametrize(
    ("value", "expected"),
    [("A", 1), ("B", 0.7), ("G", 0), (True, 0.3), (np.False_, 0), (frozenset({"B", "G"}), 0.7)],
)
def test_categories_that_are_not_listed_have_none(value, expected):
    assert category_desirability({"A": 1, "B": 0.7, "true": 0.3}, value) == expected


def test_empty_set_is_missing():
    assert np.isnan(category_desirability({"A": 1}, frozenset()))


def test_categories_have_no_numbers():
    with pytest.raises(ValueError, match="no numbers"):
        desirability(1, categories={"A": 1})


knots = st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=4).map(sorted)


@settings(deadline=None, database=None)
@given(knots, st.lists(st.floats(-2e6, 2e6), min_size=1, max_size=20))
def test_desirability_stays_between_0_and_1_and_keeps_the_order(four, values):
    ordered = np.array(sorted(values))
    rising = number_desirability(Curve(larger=tuple(four[:2])), ordered)
    falling = number_desirability(Curve(smaller=tuple(four[:2])), ordered)
    shouldered = number_desirability(Curve(target=tuple(four)), ordered)
    for found in (rising, falling, shouldered):
        assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(rising) >= 0).all()
    assert (np.diff(falling) <= 0).all()
