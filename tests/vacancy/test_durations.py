from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from geo_assen.sites.columns import as_dates, as_day, as_days
from geo_assen.vacancy import add_months, duration_classes


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-08-31", 6, "2025-02-28"),
        ("2024-05-15", 18, "2025-11-15"),
        ("1969-12-31", 2, "1970-02-28"),
    ],
)
def test_months_end_on_the_same_number_or_the_last_day(
    start: str, months: int, expected: str
) -> None:
    found = add_months(as_days([date.fromisoformat(start)]), months)
    assert as_dates(found).tolist() == [date.fromisoformat(expected)]


@pytest.mark.parametrize(
    ("as_of", "name"),
    [
        (date(2020, 3, 1), "friction"),
        (date(2021, 3, 1), "friction"),
        (date(2021, 3, 2), "long"),
        (date(2023, 3, 1), "long"),
        (date(2023, 3, 2), "structural"),
    ],
)
def test_exact_years_belong_to_the_shorter_class(as_of: date, name: str) -> None:
    since = as_days([date(2020, 3, 1), None])
    assert duration_classes(since, as_day(as_of)).tolist() == [name, None]


def test_days_that_are_missing_stay_missing() -> None:
    assert np.isnat(add_months(as_days([None]), 12)).all()
