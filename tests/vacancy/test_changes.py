from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from geo_assen.vacancy import CHANGES, change_figures, vacancy_changes, vacancy_figures

OLD, NEW = date(2020, 1, 1), date(2023, 5, 1)


def _units(rows: dict[str, tuple[Any, ...]]) -> pd.DataFrame:
    """Units by code as (state, class, vacant since, share, floor)."""
    names = ["state", "vacancy_class", "vacant_since", "vacant_share", "floor_area_m2"]
    made = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    floats = {"vacant_share": float, "floor_area_m2": float}
    return made.astype({**dict.fromkeys(names, object), **floats})


VACANT, OCCUPIED = ("vacant", "structural", OLD, 1), ("occupied", "occupied", None, 0)
UNKNOWN = ("unknown", "unknown", None, None)
BEFORE = _units({
    "stays": (*VACANT, 100), "again": (*VACANT, 200), "filled": (*VACANT, 300),
    "lost": (*VACANT, 400), "gone": (*VACANT, None), "emptied": (*OCCUPIED, 500),
    "seen": (*UNKNOWN, 600), "used": (*OCCUPIED, 700),
})  # fmt: skip
AFTER = _units({
    "stays": ("partly", "structural", OLD, 0.5, 120), "again": ("vacant", "friction", NEW, 1, 200),
    "filled": (*OCCUPIED, 300), "lost": (*UNKNOWN, 400),
    "emptied": ("vacant", "friction", NEW, 1, 500), "seen": ("vacant", "friction", NEW, 1, 600),
    "used": (*OCCUPIED, 700), "built": ("vacant", "friction", NEW, 1, 800),
})  # fmt: skip


def test_each_vacancy_is_told_once_with_what_became_of_it() -> None:
    told = vacancy_changes(BEFORE, AFTER)
    assert told["change"].to_dict() == {
        "built": "newly_vacant", "emptied": "newly_vacant", "seen": "newly_vacant",
        "filled": "newly_filled", "again": "still_vacant", "stays": "still_vacant",
        "lost": "lost_sight", "gone": "left_stock",
    }  # fmt: skip
    assert told.index.tolist() == [
        "built", "emptied", "seen", "filled", "again", "stays", "lost", "gone"
    ]
    assert told.index[told["used_between"]].tolist() == ["again"]


def test_both_days_stand_beside_each_other() -> None:
    told = vacancy_changes(BEFORE, AFTER)
    names = ["state_before", "state_after", "class_before", "class_after",
             "vacant_since_before", "vacant_since_after", "floor_area_m2",
             "vacant_m2_before", "vacant_m2_after"]  # fmt: skip
    assert told.loc["stays", names].tolist() == [
        "vacant", "partly", "structural", "structural", OLD, OLD, 120, 100, 60
    ]
    assert told.loc["built", names[:6]].tolist() == [
        None, "vacant", None, "friction", None, NEW
    ]
    assert told.loc["gone", names[:6]].tolist() == ["vacant", None, "structural", None, OLD, None]
    assert told.loc[["built", "gone"], "vacant_m2_before"].isna().all()
    assert told.loc["lost", ["floor_area_m2", "vacant_m2_before", "vacant_m2_after"]].tolist() == [
        400, 400, 0
    ]


def test_figures_have_every_change_and_add_up_to_both_days() -> None:
    figures = change_figures(vacancy_changes(BEFORE, AFTER))
    assert figures.index.tolist() == list(CHANGES)
    assert figures["units"].tolist() == [3, 1, 2, 1, 1]
    assert figures["used_between"].tolist() == [0, 0, 1, 0, 0]
    assert figures["vacant_m2_after"].tolist() == [1900, 0, 260, 0, 0]
    assert figures["floor_m2"].tolist() == [1900, 300, 320, 400, 0]
    assert figures["unmeasured_units"].tolist() == [0, 0, 0, 0, 1]
    for side, units in (("before", BEFORE), ("after", AFTER)):
        whole = vacancy_figures(units).loc["(all)", "vacant_floor_m2"]
        assert figures[f"vacant_m2_{side}"].sum() == whole


def test_no_vacancy_gives_five_rows_of_nothing() -> None:
    nothing = vacancy_changes(BEFORE.loc[["used"]], AFTER.iloc[:0])
    assert nothing.empty
    assert change_figures(nothing).to_numpy().tolist() == [[0] * 6] * 5
