"""Coordinates as people and spreadsheets write them, as numbers."""

from __future__ import annotations

import re
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["coordinates_from", "is_blank"]

_BLANKS = frozenset({"", "null", "none", "nan", "n/a", "#n/a", "na", "-", "<null>", "nat"})
_SPACES = re.compile(r"[\s'’\u00a0\u202f]")
_NUMBER = re.compile(r"^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$", re.IGNORECASE)
_NO_DEGREE = 60.0
"""Beyond every longitude and latitude of the country."""
_THOUSANDS = re.compile(r"^[-+]?\d{1,3}[.,]\d{3}$")


def is_blank(cell: Any) -> bool:
    """Whether a cell holds nothing, or one of the words for nothing."""
    if cell is None or cell is pd.NaT:
        return True
    if isinstance(cell, float):
        return cell != cell  # noqa: PLR0124 - the one number that is not itself
    return isinstance(cell, str) and cell.strip().lower() in _BLANKS


def coordinates_from(
    column: pd.Series, decimal: Literal[".", ","], *, metres: bool
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Numbers of a column of coordinates, and which cells are blank.

    Parameters
    ----------
    decimal
        Sign before decimals where a cell does not tell.
    metres
        Metres of RD rather than degrees: "233.700" is then 233700 where the column has
        numbers that no degree of the country has.

    Returns
    -------
    Numbers, NaN where a cell is blank or holds none; and a mask of the blank cells.
    """
    if pd.api.types.is_numeric_dtype(column.dtype):
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return np.where(np.isfinite(numbers), numbers, np.nan), np.isnan(numbers)
    cells = column.to_numpy(dtype=object)
    numbers = pd.to_numeric(pd.Series(cells, dtype=object), errors="coerce").to_numpy(
        dtype=np.float64, na_value=np.nan, copy=True
    )
    blank = np.zeros(len(cells), dtype=bool)
    for at in np.flatnonzero(~np.isfinite(numbers)):
        blank[at] = is_blank(cells[at])
        numbers[at] = np.nan if blank[at] else _parsed(cells[at], decimal, metres)
    numbers[~np.isfinite(numbers)] = np.nan
    if metres and np.any(np.abs(numbers) > _NO_DEGREE):
        for at in np.flatnonzero(np.abs(numbers) < 1000):
            if isinstance(cells[at], str) and _THOUSANDS.match(_SPACES.sub("", cells[at])):
                numbers[at] = float(re.sub(r"[.,\s'’\u00a0\u202f]", "", cells[at]))
    return numbers, blank


def _parsed(cell: Any, decimal: str, metres: bool) -> float:
    if isinstance(cell, bool):
        return np.nan
    if isinstance(cell, (int, float)):
        return float(cell) if abs(cell) < 1e300 else np.nan
    text = _with_point(_SPACES.sub("", str(cell)), decimal, metres)
    return float(text) if _NUMBER.match(text) else np.nan


def _with_point(text: str, decimal: str, metres: bool) -> str:
    """Text with a point before its decimals and nothing between its thousands."""
    points, commas = text.count("."), text.count(",")
    if points and commas:
        sign = max(".,", key=text.rfind)
        other = "." if sign == "," else ","
        return text.replace(other, "").replace(sign, ".")
    if points + commas == 1:
        return text.replace(",", ".")
    if metres and (commas > 1 or decimal == ","):
        return _joined_thousands(text)
    return text


def _joined_thousands(text: str) -> str:
    """Text without the signs between thousands, where they part thousands; else as it is."""
    grouped = re.fullmatch(r"[-+]?\d{1,3}([.,]\d{3})+", text)
    return re.sub(r"[.,]", "", text) if grouped else text
