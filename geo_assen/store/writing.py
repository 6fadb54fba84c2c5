"""Whole frames written: inserted fast, updated only where something changed."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from numpy.typing import NDArray

from geo_assen.crs import require_rd
from geo_assen.store.batch import note_change
from geo_assen.store.columns import CodeSet
from geo_assen.store.frames import GEOMETRY
from geo_assen.store.geometry import Geometry, StoredGeometry, conform, decode_geometries
from geo_assen.store.geopackage import drop_spatial_index_triggers, recreate_spatial_index
from geo_assen.store.selecting import among
from geo_assen.store.tables import DERIVED, HISTORY_OF
from geo_assen.store.triggers import record_inserted, suspend_history

__all__ = [
    "UpsertCounts",
    "bulk_writing",
    "insert_frame",
    "last_id",
    "replace_rows",
    "upsert_frame",
]

_CHUNK = 5_000
_AS_THEY_ARE = {str, int, float, bool, date, bytes, frozenset, dict, list, type(None)}
"""Types that the driver, or the type of the column, takes without help."""

Columns = dict[str, Sequence[Any]]


@dataclass(frozen=True)
class UpsertCounts:
    """What became of the rows of a frame.

    Attributes
    ----------
    present
        Ids of the rows of the table that the frame has, whether they were changed or not.
    """

    inserted: int
    updated: int
    unchanged: int
    present: list[int] = field(default_factory=list, compare=False, repr=False)


def last_id(connection: sa.Connection, table: sa.Table) -> int:
    """Highest id in a table; 0 where it is empty. What is inserted later lies above it."""
    return int(connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0)


def insert_frame(connection: sa.Connection, table: sa.Table, frame: pd.DataFrame) -> int:
    """Insert every row of a frame and tell how many; columns left out stay empty.

    Raises
    ------
    CrsError
        If the frame has geometry that is not in EPSG:28992.
    ValueError
        If the frame has a column that the table has not, or a geometry of another kind.
    """
    plain = _plain_columns(table, frame)
    _insert_rows(connection, table, _encoded(connection, table, plain), len(frame))
    return len(frame)


def replace_rows(connection: sa.Connection, table: sa.Table, frame: pd.DataFrame) -> int:
    """Put the rows of a frame in the place of all rows of a derived layer.

    Raises
    ------
    ValueError
        If the table is not a derived one: facts are never replaced wholesale.
    """
    if table.name not in DERIVED:
        raise ValueError(f"{table.name} holds facts; only {', '.join(DERIVED)} are replaced")
    with bulk_writing(connection, table, len(frame)):
        connection.execute(sa.delete(table))
        return insert_frame(connection, table, frame)


def upsert_frame(
    connection: sa.Connection,
    table: sa.Table,
    frame: pd.DataFrame,
    key: str | Sequence[str],
    *,
    before_update: Callable[[list[int]], None] = lambda _: None,
) -> UpsertCounts:
    """Insert rows with a new key and update those that differ; equal rows are not touched.

    Only the columns of the frame are compared and written. A geometry is equal if every
    vertex is.

    Parameters
    ----------
    key
        Column or columns that together identify a row, in frame and table alike.
    before_update
        Told the ids of the rows that differ while they still are as they were.

    Raises
    ------
    CrsError, ValueError
        As :func:`insert_frame`; also if the frame has a key twice or without a value.
    """
    keys = [key] if isinstance(key, str) else list(key)
    plain = _plain_columns(table, frame)
    encoded = _encoded(connection, table, plain)
    _require_keys(encoded, keys)
    told = _as_stored(connection, table, encoded)
    stored, ids = _stored_rows(connection, table, plain, keys)
    places = {found: at for at, found in enumerate(zip(*(stored[k] for k in keys), strict=True))}
    wanted = zip(*(told[k] for k in keys), strict=True)
    there = np.array([places.get(found, -1) for found in wanted], dtype=np.int64)
    known = np.flatnonzero(there >= 0)
    old = _taken(stored, there[known])
    unlike = _unlike(_taken(told, known), old, len(known))
    maybe = known[unlike]
    differs = _differs(connection, table, _taken(plain, maybe), _taken(old, unlike))
    changed = maybe[differs]
    fresh = np.flatnonzero(there < 0)
    chosen = encoded if len(fresh) == len(frame) else _taken(encoded, fresh)
    _insert_rows(connection, table, chosen, len(fresh))
    if len(changed):
        changed_ids = [ids[there[i]] for i in changed]
        before_update(changed_ids)
        _update_rows(connection, table, _taken(encoded, changed), changed_ids)
    present = [ids[i] for i in there[known]]
    return UpsertCounts(len(fresh), len(changed), len(known) - len(changed), present)


@contextmanager
def bulk_writing(connection: sa.Connection, table: sa.Table, rows: int | None) -> Iterator[None]:
    """Make the writing of very many rows fast; what follows row by row is done at the end.

    On SQLite the R-tree and the history of a table are kept by triggers. While very many
    rows are inserted these are set aside; then the index is built once, packed, and the
    history of the new rows is written in one statement. All of it happens in the transaction
    of the connection: another never sees a table without them.

    Parameters
    ----------
    rows
        How many rows will come; None: nobody knows, which counts as many.
    """
    few = rows is not None and rows < _BULK_ROWS
    if few or connection.dialect.name != "sqlite":
        yield
        return
    mark = last_id(connection, table)
    shape = next((c.name for c in table.columns if isinstance(c.type, Geometry)), None)
    keeps_history = table.name in HISTORY_OF
    if shape:
        drop_spatial_index_triggers(connection, table.name, shape)
    if keeps_history:
        suspend_history(connection, table.name)
    yield
    if keeps_history:
        record_inserted(connection, table.name, mark)
    if shape:
        recreate_spatial_index(connection, table.name, shape)


_BULK_ROWS = 20_000
"""Rows from which building an index anew is quicker than keeping it in step."""


def _plain_columns(table: sa.Table, frame: pd.DataFrame) -> Columns:
    """Columns of a frame by column of the table, with None for whatever means missing."""
    shape = next((c.name for c in table.columns if isinstance(c.type, Geometry)), None)
    if GEOMETRY in frame.columns and shape is not None:
        if not isinstance(frame, gpd.GeoDataFrame):
            frame = gpd.GeoDataFrame(frame, geometry=GEOMETRY)
        require_rd(frame, f"Writing {table.name}")
    plain: Columns = {}
    for label in frame.columns:
        name = shape if label == GEOMETRY and shape else str(label)
        if name not in table.c:
            raise ValueError(f"{table.name} has no column {name!r}")
        plain[name] = _plain_values(frame[label], table.c[name].type)
    return plain


def _plain_values(series: pd.Series[Any], kind: sa.types.TypeEngine[Any]) -> list[Any]:
    if isinstance(kind, Geometry):
        return list(np.asarray(series, dtype=object))
    array = series.to_numpy(dtype=object, copy=True)
    array[series.isna().to_numpy()] = None
    listed: list[Any] = array.tolist()
    found = set(map(type, listed))
    if not found <= _AS_THEY_ARE or _mistyped(found, kind):
        return [None if value is None else _plain_value(value, kind) for value in listed]
    return listed


def _mistyped(found: set[type], kind: sa.types.TypeEngine[Any]) -> bool:
    """Whether a value has to become of another type for its column."""
    if isinstance(kind, CodeSet):
        return not found <= {frozenset, type(None)}
    return (isinstance(kind, sa.Integer) and float in found) or (
        isinstance(kind, sa.Float) and int in found
    )


def _plain_value(value: Any, kind: sa.types.TypeEngine[Any]) -> Any:
    """One value as the driver takes it: numpy's and pandas' scalars are not."""
    if isinstance(value, pd.Timestamp):
        return value.date() if isinstance(kind, sa.Date) else value.to_pydatetime()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(kind, CodeSet):
        return frozenset(value)
    if isinstance(kind, sa.Integer) and isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(kind, sa.Float) and isinstance(value, int):
        return float(value)
    return value


def _encoded(connection: sa.Connection, table: sa.Table, plain: Columns) -> Columns:
    encoded: Columns = {}
    for name, values in plain.items():
        kind = table.c[name].type
        encoded[name] = (
            kind.encode(values, connection.dialect) if isinstance(kind, Geometry) else values
        )
    return encoded


def _taken(columns: Columns, rows: NDArray[Any]) -> Columns:
    return {name: [values[i] for i in rows] for name, values in columns.items()}


def _insert_rows(connection: sa.Connection, table: sa.Table, columns: Columns, count: int) -> None:
    if connection.dialect.name == "sqlite":
        _insert_through_driver(connection, table, columns, count)
    else:
        _execute_rows(connection, sa.insert(table), columns, count)


def _insert_through_driver(
    connection: sa.Connection, table: sa.Table, columns: Columns, count: int
) -> None:
    """Hand whole columns to the driver: a mapping a row would cost as much as the writing."""
    if not count:
        return
    columns = {**columns, **_defaults(table, columns, count)}
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in columns)
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})"  # noqa: S608  # names are ours
    bound = [_bound(connection, table.c[name].type, values) for name, values in columns.items()]
    note_change(connection, table.name)
    cursor: Any = connection.connection.cursor()
    cursor.executemany(statement, zip(*bound, strict=True))


def _defaults(table: sa.Table, columns: Columns, count: int) -> Columns:
    """Values of columns that nobody names and that have a value of their own."""
    return {
        column.name: [column.default.arg] * count
        for column in table.columns
        if column.name not in columns and isinstance(column.default, sa.ColumnDefault)
        and column.default.is_scalar
    }  # fmt: skip


def _bound(
    connection: sa.Connection, kind: sa.types.TypeEngine[Any], values: Sequence[Any]
) -> Sequence[Any]:
    """Values as the driver takes them, by the rules of the column's type."""
    if isinstance(kind, Geometry):
        return values
    dialect = connection.dialect
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return values
    if isinstance(kind, CodeSet | sa.Date | sa.Boolean):  # a few values over and over
        written = {value: process(value) for value in set(values)}
        return [written[value] for value in values]
    return list(map(process, values))


def _update_rows(
    connection: sa.Connection, table: sa.Table, columns: Columns, ids: list[int]
) -> None:
    values: Columns = {f"new_{name}": column for name, column in columns.items()}
    values["row_id"] = ids
    statement = sa.update(table).where(table.c.id == sa.bindparam("row_id")).values(
        {name: sa.bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
    )  # fmt: skip
    _execute_rows(connection, statement, values, len(ids))


def _execute_rows(
    connection: sa.Connection, statement: sa.sql.dml.UpdateBase, columns: Columns, count: int
) -> None:
    names = list(columns)
    for start in range(0, count, _CHUNK):
        parts = [columns[name][start : start + _CHUNK] for name in names]
        rows = [dict(zip(names, values, strict=True)) for values in zip(*parts, strict=True)]
        connection.execute(statement, rows)


def _require_keys(columns: Columns, keys: Sequence[str]) -> None:
    """Refuse rows whose key is missing, or the same as that of another."""
    absent = [name for name in keys if name not in columns]
    if absent:
        raise ValueError(f"the key column {absent[0]!r} is missing")
    found = list(zip(*(columns[name] for name in keys), strict=True))
    if any(None in columns[name] for name in keys):
        raise ValueError(f"a row has no {' and '.join(keys)}")
    if len(set(found)) < len(found):
        twice = next(row for row in found if found.count(row) > 1)
        raise ValueError(f"two rows have the same {' and '.join(keys)}: {twice}")


def _as_stored(connection: sa.Connection, table: sa.Table, encoded: Columns) -> Columns:
    """Values as the driver would give them back, to compare without converting either side."""
    if connection.dialect.name != "sqlite":
        return encoded
    return {
        name: _bound(connection, table.c[name].type, values) for name, values in encoded.items()
    }


def _stored_rows(
    connection: sa.Connection, table: sa.Table, plain: Columns, keys: Sequence[str]
) -> tuple[Columns, list[int]]:
    """Rows of the table that may have a key of the frame, as stored, and their ids."""
    raw = connection.dialect.name == "sqlite"
    columns = [
        sa.type_coerce(c, StoredGeometry() if isinstance(c.type, Geometry) else sa.types.NullType())
        .label(c.name) if raw or isinstance(c.type, Geometry) else c
        for c in (table.c[name] for name in plain)
    ]  # fmt: skip
    chosen = among(connection.dialect, table.c[keys[0]], set(plain[keys[0]]))
    rows = connection.execute(sa.select(table.c.id, *columns).where(chosen)).fetchall()
    parts = list(zip(*rows, strict=True)) if rows else [()] * (len(plain) + 1)
    return dict(zip(plain, parts[1:], strict=True)), list(parts[0])


def _unlike(new: Columns, old: Columns, count: int) -> NDArray[np.int64]:
    """Positions of rows that are not the very same as stored, in any column."""
    unlike = np.zeros(count, dtype=bool)
    for name, values in new.items():
        unlike |= _unequal(values, old[name])
    return np.flatnonzero(unlike)


def _unequal(new: Sequence[Any], old: Sequence[Any]) -> NDArray[np.bool_]:
    return np.fromiter(map(operator.ne, new, old), dtype=bool, count=len(new))


def _differs(
    connection: sa.Connection, table: sa.Table, new: Columns, old: Columns
) -> NDArray[np.bool_]:
    """Which rows say something else than stored, however it is written, in any column."""
    differs = np.zeros(len(next(iter(new.values()))), dtype=bool)
    for name, values in new.items():
        kind = table.c[name].type
        if isinstance(kind, Geometry):
            there, here = decode_geometries(old[name]), conform(values, kind.kind)
            equal = shapely.equals_identical(shapely.force_2d(here), there)
            empty = shapely.is_missing(here) & shapely.is_missing(there)
            differs |= ~(equal | empty)
        else:
            differs |= _unequal(values, _read_values(connection, kind, old[name]))
    return differs


def _read_values(
    connection: sa.Connection, kind: sa.types.TypeEngine[Any], stored: Sequence[Any]
) -> Sequence[Any]:
    """Stored values by the rules of the column's type."""
    dialect = connection.dialect
    if dialect.name != "sqlite":
        return stored
    process = kind.dialect_impl(dialect).result_processor(dialect, None)
    return stored if process is None else [_read_value(process, value) for value in stored]


def _read_value(process: Callable[[Any], Any], value: Any) -> Any:
    try:
        return process(value)
    except (TypeError, ValueError):  # another program wrote what is none: it is not ours
        return value
