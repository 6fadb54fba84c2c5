from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from geo_assen.sites.columns import as_dates, as_days, as_objects, numbers_of, taken, text_of

DAY = date(2024, 2, 29)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NaT])
def test_days_survive_every_sign_for_missing(missing: object) -> None:
    days = as_days(pd.Series([DAY, missing], dtype=object))
    assert as_dates(days).tolist() == [DAY, None]


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(pd.to_datetime(["2024-02-29", None])),
        pd.Series(["2024-02-29", None]),
        [DAY, None],
    ],
)
def test_days_are_read_from_timestamps_texts_and_lists(column: pd.Series | list[object]) -> None:
    assert as_dates(as_days(column)).tolist() == [DAY, None]


def test_days_of_nothing_but_missing_are_missing() -> None:
    assert as_dates(as_days([None, None])).tolist() == [None, None]
    assert len(as_days([])) == 0


def test_what_is_no_date_is_refused() -> None:
    with pytest.raises(ValueError, match="soon"):
        as_days(["soon"])


def test_numbers_and_texts_have_one_sign_for_missing() -> None:
    numbers = numbers_of(pd.Series(pd.array([1, pd.NA], dtype="Int64")))
    assert numbers[0] == 1
    assert np.isnan(numbers[1])
    assert text_of(pd.Series(["a", None])).tolist() == ["a", None]


def test_frame_keeps_objects_as_they_are() -> None:
    frame = pd.DataFrame({"name": as_objects(np.array(["a", None], dtype=object))})
    assert frame["name"].tolist() == ["a", None]


def test_taken_fills_in_where_there_is_no_row() -> None:
    values = np.array(["a", "b"], dtype=object)
    assert taken(values, np.array([1, -1, 0])).tolist() == ["b", None, "a"]
    assert taken(values[:0], np.array([-1])).tolist() == [None]
