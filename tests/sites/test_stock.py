from __future__ import annotations

from datetime import date, timedelta

import pytest

from geo_assen.sites import is_live
from tests.factories import frame, make_premises

BUILT, GONE = date(2020, 3, 1), date(2024, 2, 29)


@pytest.mark.parametrize(
    ("live_from", "gone_on", "day", "expected"),
    [
        (None, None, date(1900, 1, 1), True),
        (BUILT, None, BUILT - timedelta(days=1), False),
        (BUILT, None, BUILT, True),
        (None, GONE, GONE - timedelta(days=1), True),
        (None, GONE, GONE, False),
        (BUILT, GONE, date(2022, 1, 1), True),
    ],
)
def test_premises_are_live_from_their_first_day_until_the_day_they_are_gone(
    live_from: date | None, gone_on: date | None, day: date, expected: bool
) -> None:
    premises = frame([make_premises(code="A", live_from=live_from, gone_on=gone_on)])
    assert is_live(premises, day).tolist() == [expected]
