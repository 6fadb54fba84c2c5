"""Columns of frames as plain arrays: days, numbers and texts with one sign for missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Days", "as_dates", "as_day", "as_days", "as_objects", "numbers_of", "taken", "text_of"]

Days = NDArray[np.datetime64]
"""Array of ``datetime64[D]``; NaT stands for a date that is missing."""

_Kind = TypeVar("_Kind", np.datetime64, np.object_, np.float64)


def as_day(day: date) -> np.datetime64:
    """One date as a numpy day."""
    return np.datetime64(day, "D")


def as_days(column: pd.Series[Any] | Sequence[Any]) -> Days:
    """Read a column of dates, timestamps or ISO texts; whatever is missing becomes NaT.

    Raises
    ------
    ValueError
        If a value is not a date.
    """
    values = column if isinstance(column, pd.Series) else pd.Series(list(column), dtype=object)
    days: Days = pd.to_datetime(values).to_numpy().astype("datetime64[D]")
    return days


def as_dates(days: Days) -> NDArray[np.object_]:
    """Turn days into ``datetime.date`` objects, NaT into None."""
    return days.astype("datetime64[D]").astype(object)


def as_objects(values: NDArray[np.object_]) -> pd.Index[Any]:
    """Wrap objects so that a frame keeps them as they are.

    Given a bare array, pandas turns texts into a type of its own, in which None is NaN.
    """
    return pd.Index(values, dtype=object)


def numbers_of(column: pd.Series[Any]) -> NDArray[np.float64]:
    """Read a column of numbers as float64; whatever is missing becomes NaN."""
    return pd.to_numeric(column).to_numpy(dtype=np.float64, na_value=np.nan)


def text_of(column: pd.Series[Any]) -> NDArray[np.object_]:
    """Read a column as objects; whatever is missing becomes None."""
    values = column.to_numpy(dtype=object, copy=True)
    values[column.isna().to_numpy()] = None
    return values


def taken(
    values: NDArray[_Kind], rows: NDArray[np.intp], missing: object = None
) -> NDArray[_Kind]:
    """Values at some rows, and what stands for missing where the row is -1."""
    found = np.full(len(rows), missing, dtype=values.dtype)
    known = rows >= 0
    found[known] = values[rows[known]]
    return found
