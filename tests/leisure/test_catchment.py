"""Catchments after Huff and the reach of a site, against sums by hand and what must hold."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_assen.errors import ArgumentRefused
from geo_assen.leisure import huff, visitor_reach


def origins(*rows: tuple[str, float, float, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["code", "x_m", "y_m", "persons"])


def places(*rows: tuple[str, float, float, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["code", "x_m", "y_m", "visitors"])


def test_huff_of_two_places_gives_the_chances_worked_out_by_hand():
    # A draws 300 at 1 km: 300 / 1000^2; B draws 400 at 2 km: 400 / 2000^2, a third of A's
    found = huff(
        origins(("west", 0, 0, 800), ("none", 0, 0, None), ("east", 0, 0, 200)),
        places(("A", 1000, 0, 300), ("B", 0, 2000, 400)),
        alpha=1, beta=2, visits_per_person=2,
    )  # fmt: skip
    assert found.chances == pytest.approx(np.array([[0.75, 0.25]] * 3))
    assert found.visits[0] == pytest.approx([1200, 400])
    assert np.isnan(found.visits[1]).all()
    assert found.visits_by_place.to_dict() == pytest.approx({"A": 1500, "B": 500})
    assert found.visits_by_origin["west"] == pytest.approx(1600)
    assert math.isnan(found.visits_by_origin["none"])
    assert found.of_place("B").loc["west"].to_dict() == pytest.approx(
        {"share": 0.25, "distance_m": 2000, "visits": 400, "visits_share": 0.8}
    )
    # the other way round: of the 500 visits to B, 100 come from the east; of nobody none
    drawn = found.of_place("B")["visits_share"]
    assert drawn["east"] == pytest.approx(0.2)
    assert math.isnan(drawn["none"])


def test_huff_with_other_exponents_is_what_plain_sums_make_of_the_formula():
    homes = [("o", 0.0, 0.0, 900.0), ("p", 3000.0, 4000.0, 10.0), ("q", -700.0, 2400.0, 55.0)]
    goals = [("A", 600.0, 800.0, 1e6), ("B", 3000.0, 0.0, 2e5), ("C", -5000.0, 12000.0, 185.0)]
    found = huff(origins(*homes), places(*goals), alpha=0.8, beta=1.7, visits_per_person=3)
    for i, (_code, x, y, persons) in enumerate(homes):
        pulls = [s**0.8 / max(math.dist((x, y), (u, v)), 500) ** 1.7 for _c, u, v, s in goals]
        shares = [pull / sum(pulls) for pull in pulls]
        assert found.chances[i] == pytest.approx(shares, rel=1e-12)
        assert found.visits[i] == pytest.approx([3 * persons * one for one in shares])


def test_visits_of_a_place_are_unknown_where_no_inhabitants_are_known():
    found = huff(origins(("o", 0, 0, None)), places(("A", 1000, 0, 300)))
    assert found.visits_by_place.isna().all()
    assert found.of_place("A")["visits_share"].isna().all()
    assert huff(origins(), places(("A", 1000, 0, 300))).visits_by_place.isna().all()


def test_huff_at_distance_zero_takes_the_least_distance():
    # 100 at 500 m (not 0) against 100 at 1500 m: nine to one
    found = huff(origins(("o", 0, 0, 10)), places(("A", 0, 0, 100), ("B", 1500, 0, 100)),
                 beta=2, least_distance_m=500)  # fmt: skip
    assert found.chances[0] == pytest.approx([0.9, 0.1])
    assert found.distances_m[0] == pytest.approx([500, 1500])


def test_huff_without_places_has_no_chances():
    found = huff(origins(("o", 0, 0, 10)), places())
    assert found.chances.shape == (1, 0)
    assert found.visits_by_place.empty


coordinate = st.floats(-50_000, 50_000)
row = st.tuples(coordinate, coordinate, st.floats(1, 1e7))


@settings(max_examples=60, deadline=None)
@given(
    homes=st.lists(row, min_size=1, max_size=5),
    goals=st.lists(row, min_size=1, max_size=6),
    alpha=st.floats(0, 30),
    beta=st.floats(0, 60),
)
def test_huff_of_anything_gives_rows_that_sum_to_one_and_keeps_all_visits(
    homes, goals, alpha, beta
):
    found = huff(
        origins(*((f"o{n}", *one) for n, one in enumerate(homes))),
        places(*((f"p{n}", *one) for n, one in enumerate(goals))),
        alpha=alpha, beta=beta, visits_per_person=3,
    )  # fmt: skip
    assert (found.chances >= 0).all()
    assert found.chances.sum(axis=1) == pytest.approx(1)
    persons = sum(one[2] for one in homes)
    assert found.visits_by_place.sum() == pytest.approx(3 * persons)


@pytest.mark.parametrize(
    "wrong",
    [{"alpha": -0.1}, {"beta": math.inf}, {"visits_per_person": math.nan}, {"least_distance_m": 0}],
)
def test_huff_of_a_parameter_that_is_no_such_number_is_refused(wrong):
    with pytest.raises(ArgumentRefused, match=next(iter(wrong))):
        huff(origins(("o", 0, 0, 1)), places(("A", 1, 1, 5)), **wrong)


@pytest.mark.parametrize("visitors", [0, None])
def test_huff_of_a_place_without_visitors_is_refused(visitors):
    with pytest.raises(ArgumentRefused, match="visitors"):
        huff(origins(("o", 0, 0, 1)), places(("A", 1, 1, visitors)))


def test_visitor_reach_halves_with_each_half_distance_and_leaves_unknown_ones_out():
    around = places(("A", 0, 0, 800), ("B", 0, 4000, 1600), ("unknown", 0, 0, None))
    # at A: 800 + 1600 / 2^4; at 2 km from both: 800 / 4 + 1600 / 4; no place: no answer
    found = visitor_reach([0, 0, math.nan], [0, 2000, 0], around, half_distance_m=1000)
    assert found[:2] == pytest.approx([900, 600])
    assert math.isnan(found[2])


def test_visitor_reach_where_no_visitors_are_known_is_unknown():
    assert np.isnan(visitor_reach([0.0], [0.0], places(("A", 0, 0, None)))).all()
