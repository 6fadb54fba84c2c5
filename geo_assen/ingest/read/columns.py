"""Values of one column as an array: a type of its own where all of them have it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["EXACT_INTEGER", "column_of", "finite_column_of"]

EXACT_INTEGER = 2**53
"""Whole numbers up to here are the same as floating-point numbers."""


def column_of(values: list[Any]) -> pd.Series:
    """Column of whole numbers, numbers or yes/no where all values are so, else of objects.

    Where values are missing, numbers become floating-point numbers with NaN for the
    missing ones, unless they are too large for that.
    """
    kinds = set(map(type, values))
    missing = type(None) in kinds
    kinds.discard(type(None))
    if kinds == {bool} and not missing:
        return pd.Series(values, dtype=bool)
    if kinds == {int} and all(abs(value) <= EXACT_INTEGER for value in values if value is not None):
        return pd.Series(values, dtype=np.float64 if missing else np.int64)
    if kinds == {float}:
        return pd.Series(values, dtype=np.float64)
    return pd.Series(values, dtype=object)


def finite_column_of(values: list[Any]) -> pd.Series:
    """Column of values out of JSON, in which numbers that JSON does not know become text."""
    if {float, list, dict} & set(map(type, values)):
        values = [_finite(value) for value in values]
    return column_of(values)


def _finite(value: Any) -> Any:
    """Value in which NaN and infinity are text: JSON does not know them as numbers."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list):
        return [_finite(part) for part in value]
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    return value
