from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from geo_assen.vacancy import worklist

AS_OF = date(2026, 11, 27)
FOLLOW_UP = ("premises", "followed_on", "step", "due_on", "id")


def _units(rows: dict[str, tuple[Any, ...]]) -> pd.DataFrame:
    """Units by code as (class, vacant since, disagreement, newest word)."""
    names = ["vacancy_class", "vacant_since", "disagreement", "newest_on"]
    units = pd.DataFrame.from_dict(rows, orient="index", columns=names).astype(object)
    ages = [None if day is None else (AS_OF - day).days for day in units["newest_on"]]
    return units.assign(newest_age_days=pd.Series(ages, units.index, dtype=float))


def _follow_ups(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame([*rows], columns=list(FOLLOW_UP), dtype=object)


RECENT, YEAR_AGO = date(2026, 10, 1), date(2025, 11, 27)
UNITS = _units({
    "a": ("occupied", None, False, None),
    "b": ("occupied", None, False, date(2025, 11, 26)),
    "c": ("occupied", None, False, YEAR_AGO),
    "d": ("friction", RECENT, True, RECENT),
    "e": ("structural", date(2021, 1, 1), False, RECENT),
    "f": ("structural", date(2020, 1, 1), True, None),
    "g": ("occupied", None, False, RECENT),
    "h": ("occupied", None, False, RECENT),
    "i": ("occupied", None, False, date(2025, 6, 1)),
    "j": ("structural", date(2021, 1, 1), False, RECENT),
    "k": ("occupied", None, True, RECENT),
})  # fmt: skip
LOG = _follow_ups(
    ("g", date(2026, 9, 1), "visited", date(2026, 11, 27), 2),
    ("h", date(2026, 9, 1), "visited", date(2026, 10, 1), 3),
    ("c", date(2026, 9, 1), "visited", date(2026, 11, 28), 4),
    ("j", date(2026, 9, 1), "contacted", date(2026, 9, 15), 5),
    ("j", date(2026, 9, 20), "closed", None, 6),
    ("e", date(2026, 12, 1), "closed", None, 7),
)


def test_list_is_in_the_order_of_review_and_says_why() -> None:
    found = worklist(UNITS, LOG, as_of=AS_OF)
    assert found["reasons"].to_dict() == {
        "f": ("structural", "disagreement", "unseen"), "e": ("structural",), "j": ("structural",),
        "d": ("disagreement",), "k": ("disagreement",), "h": ("follow_up_due",),
        "g": ("follow_up_due",), "a": ("unseen",), "i": ("unseen",), "b": ("unseen",),
    }  # fmt: skip
    assert found.index.tolist() == ["f", "e", "j", "d", "k", "h", "g", "a", "i", "b"]


def test_latest_follow_up_by_the_date_is_shown() -> None:
    found = worklist(UNITS, LOG, as_of=AS_OF)
    names = ["last_step", "last_followed_on", "due_on", "is_closed"]
    assert found.loc["j", names].tolist() == ["closed", date(2026, 9, 20), None, True]
    assert found.loc["e", names].tolist() == [None, None, None, False]
    assert found.loc["h", names].tolist() == [
        "visited", date(2026, 9, 1), date(2026, 10, 1), False
    ]


def test_of_two_follow_ups_of_one_day_the_later_entry_counts() -> None:
    log = _follow_ups(
        ("g", date(2026, 9, 1), "agreed", date(2027, 1, 1), 9),
        ("g", date(2026, 9, 1), "visited", date(2026, 9, 2), 8),
    )
    assert worklist(UNITS.loc[["g"]], log, as_of=AS_OF).empty


def test_unseen_is_longer_ago_than_is_asked() -> None:
    units = UNITS.loc[["b", "c"]]
    assert worklist(units, _follow_ups(), as_of=AS_OF).index.tolist() == ["b"]
    assert worklist(units, _follow_ups(), as_of=AS_OF, unseen_days=364).index.tolist() == ["b", "c"]
    assert worklist(units, _follow_ups(), as_of=AS_OF, unseen_days=366).empty
