from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo_assen.vacancy import (
    SIZE_CLASSES,
    size_class,
    use_of,
    vacancy_figures,
    vacant_floor_m2,
    without_large,
)


def _units(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Units as (state, class, share, floor, street)."""
    names = ["state", "vacancy_class", "vacant_share", "floor_area_m2", "street"]
    made = pd.DataFrame([*rows], columns=names, index=[f"u{at}" for at in range(len(rows))])
    floats = {"vacant_share": float, "floor_area_m2": float}
    return made.astype({**dict.fromkeys(names, object), **floats})


SEVEN = _units(
    ("occupied", "occupied", 0, 1000, "Kerkstraat"),
    ("vacant", "friction", 1, 200, "Kerkstraat"),
    ("partly", "long", 0.25, 150, "Kerkstraat"),     # 37.5, counted as 38
    ("vacant", "structural", 1, 3000, "Markt"),
    ("unknown", "unknown", None, 500, "Markt"),
    ("partly", "structural", None, 400, None),       # how much of it is not known
    ("vacant", "friction", 1, None, None),
)  # fmt: skip


def test_figures_of_all_count_the_unknown_in_the_denominator() -> None:
    row = vacancy_figures(SEVEN).loc["(all)"]
    assert row.to_dict() == {
        "units": 7, "vacant_units": 5, "floor_m2": 5250, "vacant_floor_m2": 3238,
        "friction_units": 2, "long_units": 1, "structural_units": 2, "unknown_units": 1,
        "partly_units": 2, "friction_floor_m2": 200, "long_floor_m2": 38,
        "structural_floor_m2": 3000, "unknown_floor_m2": 500, "unmeasured_units": 1,
        "unmeasured_vacant_units": 2, "vacant_units_share": 5 / 7,
        "vacant_floor_share": 3238 / 5250,
    }  # fmt: skip


def test_groups_are_in_order_and_add_up_to_the_whole() -> None:
    figures = vacancy_figures(SEVEN, "street")
    assert figures.index.name == "key"
    assert figures.index.tolist() == ["(none)", "Kerkstraat", "Markt"]
    assert figures["vacant_floor_m2"].tolist() == [0, 238, 3000]
    counted = figures.drop(columns=["vacant_units_share", "vacant_floor_share"])
    assert (counted.dtypes == np.int64).all()
    whole = vacancy_figures(SEVEN).loc["(all)", counted.columns]
    assert (counted.sum() == whole).all()


def test_shares_of_nothing_are_not_a_number() -> None:
    none = vacancy_figures(SEVEN.iloc[:0])
    assert none.index.tolist() == ["(all)"]
    assert none.loc["(all)", "units"] == 0
    assert none[["vacant_units_share", "vacant_floor_share"]].isna().all(axis=None)
    assert vacancy_figures(SEVEN.iloc[:0], "street").empty
    unmeasured = vacancy_figures(SEVEN.iloc[6:]).loc["(all)"]
    assert unmeasured["vacant_units_share"] == 1
    assert np.isnan(unmeasured["vacant_floor_share"])


def test_shares_where_no_state_is_known_are_not_a_number_and_no_zero() -> None:
    blank = ("unknown", "unknown", None, 300, "Markt")
    unknown = vacancy_figures(_units(blank, blank)).loc["(all)"]
    assert unknown[["vacant_units_share", "vacant_floor_share"]].isna().all()
    # one that is known to be in use makes it a fact again; without its floor, of units alone
    known = vacancy_figures(_units(blank, SEVEN.iloc[0])).loc["(all)"]
    assert known[["vacant_units_share", "vacant_floor_share"]].tolist() == [0, 0]
    unmeasured = ("occupied", "occupied", 0, None, "Markt")
    told = vacancy_figures(_units(blank, unmeasured)).loc["(all)"]
    assert told["vacant_units_share"] == 0
    assert np.isnan(told["vacant_floor_share"])


def test_vacant_floor_is_rounded_half_up_and_unknown_where_a_part_is() -> None:
    found = vacant_floor_m2(SEVEN)
    assert found.tolist()[:5] == [0, 200, 38, 3000, 0]
    assert found.isna().tolist() == [False] * 5 + [True] * 2
    # 0.145 is a little under what it says: the half is one all the same
    halves = _units(("partly", "long", 0.145, 100, None), ("partly", "long", 0.144, 100, None))
    assert vacant_floor_m2(halves).tolist() == [15, 14]


def test_units_without_a_floor_area_stay_when_large_ones_are_left_out() -> None:
    assert without_large(SEVEN, 1000).index.tolist() == ["u1", "u2", "u4", "u5", "u6"]


@pytest.mark.parametrize(
    ("floor", "expected"),
    [(0, "up_to_100"), (99, "up_to_100"), (100, "100_to_250"), (250, "250_to_500"),
     (499, "250_to_500"), (500, "500_to_1500"), (1500, "from_1500"), (None, "(none)")],
)  # fmt: skip
def test_size_classes_begin_at_their_first_number(floor: float | None, expected: str) -> None:
    assert size_class(pd.Series([floor], dtype=float)).tolist() == [expected]
    assert expected in SIZE_CLASSES


def test_use_is_the_only_one_or_mixed_or_none() -> None:
    sets = [frozenset({"retail"}), frozenset({"retail", "office"}), frozenset(), None]
    uses = pd.Series(sets, index=list("abcd"), dtype=object)
    assert use_of(uses).to_dict() == {"a": "retail", "b": "mixed", "c": "(none)", "d": "(none)"}
    assert use_of(uses.iloc[:0]).empty
