"""Columns of many sites, packed: numbers as floats, codes as positions, texts as Arrow.

=====================  ==========================================================
field of a site        packed as
=====================  ==========================================================
number, integer        float64, NaN where missing
date                   float64, days since 1970, NaN where missing
category, flag, set    :class:`Coded`, -1 where missing
text                   Arrow strings, null where missing; as codes where few differ
=====================  ==========================================================

A million sites of some thirty fields take a quarter of a gigabyte that way, and a question
about one field reads one plain array.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from geo_assen.sites.columns import as_dates, numbers_of, text_of

__all__ = [
    "GEOMETRY",
    "Coded",
    "Column",
    "Floats",
    "Rows",
    "coded_of",
    "floats_of",
    "joined",
    "objects_of",
    "packed",
    "table_of",
    "taken_rows",
    "text_array",
    "whole",
]

Floats = NDArray[np.float64]
Places = NDArray[np.int32]
"""Positions; in memory as few bytes as their number needs."""
Rows = NDArray[np.intp]
GEOMETRY = "geometry"
"""Name of the column of shapes in a table, as WKB."""

_SEPARATOR = ";"
_CODED = ("category", "boolean", "set")


@dataclass(frozen=True, eq=False)
class Coded:
    """Values of which few differ: the position of each in a list.

    Attributes
    ----------
    at
        Position in ``values`` by row, -1 where the value is missing.
    values
        The different values: text, True and False, or frozensets of codes.
    """

    at: Places
    values: tuple[Any, ...]

    @classmethod
    def of(cls, at: NDArray[Any], values: Sequence[Any]) -> Coded:
        """Pack positions in as few bytes as the number of values needs."""
        count = len(values)
        small = np.int8 if count < 127 else np.int16 if count < 32_767 else np.int32
        return cls(at.astype(small), tuple(values))

    def __len__(self) -> int:
        return len(self.at)

    def objects(self) -> NDArray[np.object_]:
        """Values by row, None where missing."""
        every = np.empty(len(self.values) + 1, dtype=object)
        every[:-1] = self.values
        every[-1] = None
        found: NDArray[np.object_] = every[self.at]
        return found

    def texts(self) -> pa.Array:
        """Values by row as Arrow strings."""
        every = pa.array([*self.values, None], pa.string())
        return every.take(pa.array(self.at.astype(np.int64) % (len(self.values) + 1)))


Column: TypeAlias = "Floats | Coded | pa.Array"


def whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Column as one array."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def floats_of(column: pa.ChunkedArray | pa.Array) -> Floats:
    """Numbers of a column; dates, also as ISO text, as days since 1970; NaN where missing.

    Raises
    ------
    ValueError
        If a text is not a date.
    """
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = pc.cast(column, pa.date32())
    elif pa.types.is_timestamp(column.type):
        column = pc.cast(column, pa.date32(), safe=False)
    if pa.types.is_date32(column.type):
        column = pc.cast(column, pa.int32())
    numbers = pc.cast(column, pa.float64())
    return np.array(whole(numbers).to_numpy(zero_copy_only=False), dtype=np.float64)


def text_array(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Texts of a column."""
    texts = whole(column)
    return texts if pa.types.is_string(texts.type) else pc.cast(texts, pa.string())


def coded_of(
    column: pa.ChunkedArray | pa.Array, read: Callable[[Any], Any] | None = None
) -> Coded:
    """Different values of a column and the position of each row among them.

    Parameters
    ----------
    read
        What a stored value means; None: itself. A value that means None is missing.
    """
    if pa.types.is_null(column.type):
        return Coded.of(np.full(len(column), -1), ())
    coded = pc.dictionary_encode(whole(column))
    at = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    values = coded.dictionary.to_pylist()
    if read is None:
        return Coded.of(at, values)
    return _meant(at, [read(value) for value in values])


def _meant(at: NDArray[Any], values: Sequence[Any]) -> Coded:
    """Values once each, without those that mean nothing."""
    different = tuple(dict.fromkeys(value for value in values if value is not None))
    place = {value: position for position, value in enumerate(different)}
    moved = np.array([*(-1 if v is None else place[v] for v in values), -1], dtype=np.int32)
    return Coded.of(moved[at], different)


def _set_of(stored: str) -> frozenset[str] | None:
    return frozenset(part.strip() for part in stored.split(_SEPARATOR) if part.strip()) or None


def packed(column: pa.ChunkedArray | pa.Array, kind: str) -> Column:
    """Column of a field, by the type that its layer names."""
    if kind in ("number", "integer", "date"):
        return floats_of(column)
    if kind == "set":
        return coded_of(column, _set_of)
    if kind == "boolean":
        return coded_of(column, bool)
    return coded_of(column) if kind in _CODED else text_array(column)


def joined(parts: Sequence[Column]) -> Column:
    """Columns of the same field, one behind the other; codes beside texts become texts."""
    if any(isinstance(part, pa.Array) for part in parts):
        parts = [part.texts() if isinstance(part, Coded) else part for part in parts]
    if isinstance(parts[0], Coded):
        return _joined_codes([part for part in parts if isinstance(part, Coded)])
    if isinstance(parts[0], np.ndarray):
        numbers = [np.asarray(part) for part in parts]
        if all(part.strides == (0,) for part in numbers):  # nothing is known anywhere
            return np.broadcast_to(np.float64(np.nan), (sum(map(len, numbers)),))
        return np.concatenate(numbers)
    return pa.concat_arrays(parts)


def _joined_codes(parts: Sequence[Coded]) -> Coded:
    values = tuple(dict.fromkeys(value for part in parts for value in part.values))
    place = {value: position for position, value in enumerate(values)}
    moved = [
        np.array([*(place[v] for v in part.values), -1], dtype=np.int32)[part.at] for part in parts
    ]
    return Coded.of(np.concatenate(moved), values)


def taken_rows(column: Column, rows: Rows) -> Column:
    """Values at some rows, none of them negative."""
    if isinstance(column, Coded):
        return Coded(column.at[rows], column.values)
    return column[rows] if isinstance(column, np.ndarray) else column.take(pa.array(rows))


def objects_of(column: Column, kind: str) -> NDArray[Any]:
    """Column as a frame shows it: floats, or objects with None for missing."""
    if isinstance(column, Coded):
        return column.objects()
    if isinstance(column, np.ndarray):
        numbers: Floats = column
        return _dates(numbers) if kind == "date" else numbers
    return np.asarray(column.to_pylist(), dtype=object)


def _dates(days: Floats) -> NDArray[np.object_]:
    known = np.isfinite(days)
    whole = np.where(known, days, 0).astype(np.int64).astype("datetime64[D]")
    whole[~known] = np.datetime64("NaT", "D")
    return as_dates(whole)


def table_of(frame: pd.DataFrame) -> pa.Table:
    """Frame as a table in the form in which a store hands out its rows.

    Sets become text with semicolons, shapes WKB in the column ``geometry``.
    """
    columns: dict[str, pa.Array] = {}
    for name in frame.columns:
        column = frame[name]
        if isinstance(frame, gpd.GeoDataFrame) and name == frame.geometry.name:
            columns[GEOMETRY] = pa.array(shapely.to_wkb(column.to_numpy()), type=pa.binary())
        else:
            columns[str(name)] = _stored(column)
    return pa.table(columns)


def _stored(column: pd.Series[Any]) -> pa.Array:
    if column.dtype.kind in "iuf":
        return pa.array(numbers_of(column), from_pandas=True)
    values = text_of(column)
    if any(isinstance(value, (set, frozenset, list, tuple)) for value in values):
        values = np.array([_SEPARATOR.join(sorted(v)) if v else None for v in values], dtype=object)
    return pa.array(values, from_pandas=True)
