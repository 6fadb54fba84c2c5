"""Whole columns into values of a field: each distinct value is read once.

Numbers that the file holds as numbers, and texts that a search finds nothing odd in, never
pass through the reader of single cells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.ingest.checks.dates import american_days
from geo_assen.ingest.checks.findings import Fault, Findings
from geo_assen.ingest.checks.texts import suspicious
from geo_assen.ingest.checks.values import LARGEST_INTEGER, CellReader

__all__ = ["Column", "constant_column", "distinct_values", "empty_column", "read_column"]

_ODD_ID = re.compile(r"\d[\d.,]*[eE]\+?\d|\d{4}-\d\d-\d\d[ T]")
_ODD_SIGNS = re.compile(r"\d[eE][+\d]|\d:\d")
"""What stands in one of those at least."""
_PLAIN_INTEGER = re.compile(r"-?\d{1,9}")
_PLAIN_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,2}|\.\d{4,12})?")
"""Three decimals may be thousands; they are read with care."""

_SCREENED = {
    "text": re.compile(""),
    "integer": _PLAIN_INTEGER,
    "number": _PLAIN_NUMBER,
    "date": re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII),
}
"""Types of which most texts need no reading, and what those of numbers look like."""

_FIRST_DAY, _LAST_DAY = np.datetime64("1901-01-01"), np.datetime64("9999-01-01")
"""Days before and after these stand for something else: they are read with care."""

_DTYPE: dict[str, Any] = {"number": np.float64, "integer": np.float64, "date": "datetime64[D]"}
"""How values of a type are held while they are checked; the others as objects."""


@dataclass
class Column:
    """Values of one field.

    Attributes
    ----------
    values
        Numbers as floats, dates as days, anything else as objects.
    missing
        Where there is no value.
    faulty
        Where the file has a value that cannot be used.
    """

    values: NDArray[Any]
    missing: NDArray[np.bool_]
    faulty: NDArray[np.bool_]

    def fill(self, where: NDArray[np.bool_], value: Any) -> None:
        """Put a value, or one for each row, where none is."""
        self.values[where] = value
        self.missing[where] = False


def empty_column(kind: str, rows: int) -> Column:
    """Column of a field that the file does not have."""
    values = _nothing(kind, rows)
    return Column(values, np.ones(rows, dtype=bool), np.zeros(rows, dtype=bool))


def constant_column(reader: CellReader, value: Any, rows: int) -> Column:
    """Column in which every row has the same value, already read."""
    column = empty_column(reader.field.type, rows)
    if value is not None:
        held = np.empty(1, dtype=column.values.dtype)
        held[0] = value
        column.fill(np.ones(rows, dtype=bool), held[0])
    return column


def read_column(reader: CellReader, cells: pd.Series[Any], findings: Findings) -> Column:
    """Values of a column of the file; the faults go to the findings."""
    if reader.reads_empty:
        cells = cells.astype(object).where(cells.notna(), "")
    numeric = reader.field.type in ("number", "integer") and not reader.texts
    if numeric and pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return _numbers(reader, cells, findings)
    if reader.field.type == "date" and cells.dtype.kind == "M":
        days = _days(reader, cells)
        if days is not None:
            return days
    codes, distinct = distinct_values(cells)
    values, faults = _read_distinct(reader, distinct)
    none = np.array([value is None for value in values], dtype=bool)
    table = _nothing(reader.field.type, len(distinct) + 1)
    table[:-1][~none] = values[~none]
    if faults:
        _report(reader, cells, codes, faults, findings)
    faulty = np.zeros(len(table), dtype=bool)
    faulty[[at for at in faults if none[at]]] = True
    return Column(table[codes], np.append(none, True)[codes], faulty[codes])


def _nothing(kind: str, rows: int) -> NDArray[Any]:
    dtype = _DTYPE.get(kind, object)
    if dtype is object:
        return np.full(rows, None, dtype=object)
    return np.full(rows, np.nan if dtype is np.float64 else np.datetime64("NaT"), dtype=dtype)


def _numbers(reader: CellReader, cells: pd.Series[Any], findings: Findings) -> Column:
    """Numbers of a column that holds numbers; those that look wrong are read one by one."""
    given = cells.to_numpy(dtype=np.float64, na_value=np.nan)
    missing = np.isnan(given)
    field, values = reader.field, given
    if reader.factor != 1:
        values = given * reader.factor
        values = np.round(values, 6) if field.type == "number" else values
    if field.type == "integer":
        whole = np.rint(values)
        rounds = field.unit == "m2" or reader.factor != 1
        odd = np.zeros(len(given), dtype=bool) if rounds else whole != values
        odd |= np.abs(whole) > LARGEST_INTEGER
        values = whole
    else:
        odd = ~np.isfinite(values)
    low, high = _limits(reader)
    odd = (odd | (values < low) | (values > high)) & ~missing
    column = Column(values.copy(), missing.copy(), np.zeros(len(values), dtype=bool))
    for at in np.flatnonzero(odd):
        value, faults = reader.read(cells.iloc[at])
        column.values[at] = np.nan if value is None else value
        column.missing[at] = value is None
        column.faulty[at] = value is None
        for fault in faults:
            findings.fault(at, field.name, cells.iloc[at], fault)
    return column


def _days(reader: CellReader, cells: pd.Series[Any]) -> Column | None:
    """Days of a column that holds moments; None where one of them has to be looked at."""
    days = cells.to_numpy().astype("datetime64[D]")
    missing = np.isnat(days)
    if ((days < _FIRST_DAY) | (days >= _LAST_DAY)).any() or reader.texts:
        return None
    return Column(days, missing, np.zeros(len(days), dtype=bool))


def distinct_values(cells: pd.Series[Any]) -> tuple[NDArray[np.int64], list[Any]]:
    """Place of each cell in the list of distinct values; -1 where there is none.

    The last place of a table made from the list is then that of an empty cell.
    """
    if cells.dtype != object or pd.api.types.infer_dtype(cells, skipna=True) in _UNIFORM:
        codes, found = pd.factorize(cells)
        return codes.astype(np.int64), np.asarray(found, dtype=object).tolist()
    # Python holds 1, 1.0 and True for the same: the type is part of what is told apart.
    places: dict[Any, int] = {}
    distinct: list[Any] = []
    codes = np.empty(len(cells), dtype=np.int64)
    for at, value in enumerate(cells.tolist()):
        if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
            codes[at] = -1
            continue
        key = (type(value), repr(value) if isinstance(value, (list, dict)) else value)
        codes[at] = places.setdefault(key, len(distinct))
        if codes[at] == len(distinct):
            distinct.append(value)
    return codes, distinct


_UNIFORM = frozenset({"string", "empty", "boolean", "integer", "floating", "date"})
"""Kinds of objects of which equal ones are the same."""


def _read_distinct(
    reader: CellReader, distinct: list[Any]
) -> tuple[NDArray[np.object_], dict[int, list[Fault]]]:
    """Value of each distinct value, and the faults of those that have any."""
    values, doubtful = _screened(reader, distinct)
    faults: dict[int, list[Fault]] = {}
    if reader.field.type == "date" and len(doubtful):
        faults = american_days(distinct, doubtful)
        doubtful = [at for at in doubtful if at not in faults]
    for at in doubtful:
        raw = distinct[at]
        values[at], found = reader.read(raw.item() if isinstance(raw, np.generic) else raw)
        if found:
            faults[at] = found
    return values, faults


def _screened(reader: CellReader, distinct: list[Any]) -> tuple[NDArray[np.object_], Sequence[int]]:
    """Values that are as they stand, and the places of those to be read one by one."""
    values = np.full(len(distinct), None, dtype=object)
    kind = reader.field.type
    as_written = not reader.texts and reader.factor == 1
    told = set(map(type, distinct))
    if as_written and kind == "date" and told == {date}:
        return _screened_days([day.isoformat() for day in distinct])
    if not as_written or kind not in _SCREENED or not told <= {str}:
        return values, range(len(distinct))
    if kind == "text":
        values[:] = distinct
        return values, _doubtful_texts(reader, distinct)
    if kind == "date":
        return _screened_days(distinct)
    pattern = _SCREENED[kind]
    plain = [at for at, text in enumerate(distinct) if pattern.fullmatch(text)]
    numbers = np.array([float(distinct[at]) for at in plain])
    low, high = _limits(reader)
    fit = np.array(plain, dtype=np.int64)[(numbers >= low) & (numbers <= high)]
    values[fit] = numbers[(numbers >= low) & (numbers <= high)]
    return values, sorted(set(range(len(distinct))) - set(fit.tolist()))


def _screened_days(distinct: list[str]) -> tuple[NDArray[np.object_], Sequence[int]]:
    """Days that are written as ISO has them, and the places of all others."""
    values = np.full(len(distinct), None, dtype=object)
    plain = [at for at, text in enumerate(distinct) if _SCREENED["date"].fullmatch(text)]
    try:
        days = np.array([distinct[at] for at in plain], dtype="datetime64[D]")
    except ValueError:  # one of them is no day of the calendar
        return values, range(len(distinct))
    fits = (days >= _FIRST_DAY) & (days < _LAST_DAY)
    fit = np.array(plain, dtype=np.int64)[fits]
    values[fit] = days[fits].astype(object)
    return values, sorted(set(range(len(distinct))) - set(fit.tolist()))


def _limits(reader: CellReader) -> tuple[float, float]:
    """Least and largest number of a field."""
    low, high = reader.field.minimum, reader.field.maximum
    return -np.inf if low is None else low, np.inf if high is None else high


def _doubtful_texts(reader: CellReader, distinct: list[str]) -> list[int]:
    found = set(suspicious(distinct))
    if reader.longest is not None and max(map(len, distinct), default=0) > reader.longest:
        found |= {at for at, text in enumerate(distinct) if len(text) > reader.longest}
    digits = reader.field.digits
    if digits is not None:
        found |= {
            at for at, text in enumerate(distinct) if len(text) != digits or not text.isdigit()
        }
    elif reader.is_id and _ODD_SIGNS.search("\n".join(distinct)):
        found |= {at for at, text in enumerate(distinct) if _ODD_ID.match(text)}
    return sorted(found)


def _report(
    reader: CellReader,
    cells: pd.Series[Any],
    codes: NDArray[np.int64],
    faults: dict[int, list[Fault]],
    findings: Findings,
) -> None:
    for at in np.flatnonzero(np.isin(codes, list(faults))):
        for fault in faults[int(codes[at])]:
            findings.fault(at, reader.field.name, cells.iat[int(at)], fault)
