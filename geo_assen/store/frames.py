"""Whole tables as frames: read fast, written fast, updated only where something changed.

Columns of a frame, by the type of the stored column:

======================  ==============================================================
stored                  in the frame
======================  ==============================================================
integer, never empty    ``int64``
integer, may be empty   ``Int64`` with ``pandas.NA``; by schema, not by what is there
number                  ``float64`` with NaN
boolean                 ``object``: True, False or None
text, category          ``object``: str or None
set of codes            ``object``: frozenset or None
date                    ``object``: ``datetime.date`` or None
moment                  ``datetime64[ms, UTC]`` with NaT
JSON, bytes             ``object``
geometry                geometry column ``geometry`` in EPSG:28992, None where empty
======================  ==============================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from numpy.typing import NDArray

from geo_assen.crs import RD, require_rd
from geo_assen.store.columns import CodeSet, UtcTimestamp
from geo_assen.store.geometry import Geometry, StoredGeometry, conform, decode_geometries
from geo_assen.store.tables import DERIVED

__all__ = [
    "GEOMETRY",
    "UpsertCounts",
    "insert_frame",
    "read_frame",
    "replace_rows",
    "typed_series",
    "upsert_frame",
]

GEOMETRY = "geometry"
"""Name of the geometry column in frames; in tables it is ``geom``."""

_CHUNK = 5_000
_Selectable = sa.Table | sa.Select[Any]


class UpsertCounts(NamedTuple):
    """What became of the rows of a frame."""

    inserted: int
    updated: int
    unchanged: int


def read_frame(
    connection: sa.Connection, selected: _Selectable
) -> pd.DataFrame | gpd.GeoDataFrame:
    """Read a table or a selection; with a geometry column it is a GeoDataFrame.

    A table comes ordered by ``id``, a selection as it says.

    Raises
    ------
    ValueError
        If the selection has more than one geometry column.
    """
    statement = selected if isinstance(selected, sa.Select) else (
        sa.select(selected).order_by(*selected.primary_key)
    )
    columns = list(statement.selected_columns)
    names = [str(column.key) for column in columns]
    shapes = [n for n, c in zip(names, columns, strict=True) if isinstance(c.type, Geometry)]
    if len(shapes) > 1:
        raise ValueError(f"a frame has one geometry, the selection has {', '.join(shapes)}")
    stored = [
        sa.type_coerce(c, StoredGeometry()).label(name) if isinstance(c.type, Geometry) else c
        for c, name in zip(columns, names, strict=True)
    ]
    rows = connection.execute(
        statement.with_only_columns(*stored, maintain_column_froms=True)
    ).fetchall()
    values: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    series = {
        name: typed_series(value, column.type, required=_is_required(column))
        for name, column, value in zip(names, columns, values, strict=True)
        if name not in shapes
    }
    frame = pd.DataFrame(series, index=pd.RangeIndex(len(rows)))
    if not shapes:
        return frame
    geometries = decode_geometries(values[names.index(shapes[0])])
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(geometries, crs=RD, index=frame.index))


def _is_required(column: sa.ColumnElement[Any]) -> bool:
    return isinstance(column, sa.Column) and not column.nullable


def typed_series(
    values: Sequence[Any], kind: sa.types.TypeEngine[Any], *, required: bool = False
) -> pd.Series[Any]:
    """Put values of one stored column into the dtype that the table above names."""
    if isinstance(kind, UtcTimestamp):
        moments = pd.to_datetime(pd.Series(list(values), dtype=object), utc=True)
        return moments.astype("datetime64[ms, UTC]")
    if isinstance(kind, sa.Integer):
        return pd.Series(list(values), dtype="int64" if required else "Int64")
    if isinstance(kind, sa.Float):
        return pd.Series(list(values), dtype="float64")
    return pd.Series(list(values), dtype=object)


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
    _execute_rows(connection, sa.insert(table), _encoded(connection, table, plain), len(frame))
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
    connection.execute(sa.delete(table))
    return insert_frame(connection, table, frame)


def upsert_frame(
    connection: sa.Connection, table: sa.Table, frame: pd.DataFrame, key: str | Sequence[str]
) -> UpsertCounts:
    """Insert rows with a new key and update those that differ; equal rows are not touched.

    Only the columns of the frame are compared and written. A geometry is equal if every
    vertex is.

    Parameters
    ----------
    key
        Column or columns that together identify a row, in frame and table alike.

    Raises
    ------
    CrsError, ValueError
        As :func:`insert_frame`; also if the frame has a key twice or without a value.
    """
    keys = [key] if isinstance(key, str) else list(key)
    plain = _plain_columns(table, frame)
    wanted = _keys_of(plain, keys)
    stored, ids = _stored_rows(connection, table, plain, keys)
    places = {found: i for i, found in enumerate(_keys_of(stored, keys))} if ids else {}
    there = np.array([places.get(k, -1) for k in wanted], dtype=int)
    known = np.flatnonzero(there >= 0)
    changed = known[_differs(table, plain, stored, known, there[known])]
    encoded = _encoded(connection, table, plain)
    fresh = np.flatnonzero(there < 0)
    _execute_rows(connection, sa.insert(table), _taken(encoded, fresh), len(fresh))
    if len(changed):
        values = {f"new_{name}": column for name, column in _taken(encoded, changed).items()}
        values["row_id"] = [ids[there[i]] for i in changed]
        statement = sa.update(table).where(table.c.id == sa.bindparam("row_id")).values(
            {name: sa.bindparam(f"new_{name}", type_=table.c[name].type) for name in plain}
        )
        _execute_rows(connection, statement, values, len(changed))
    return UpsertCounts(len(fresh), len(changed), len(known) - len(changed))


def _plain_columns(table: sa.Table, frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Columns of a frame by column of the table, with None for whatever means missing."""
    shape = next((c.name for c in table.columns if isinstance(c.type, Geometry)), None)
    if GEOMETRY in frame.columns and shape is not None:
        if not isinstance(frame, gpd.GeoDataFrame):
            frame = gpd.GeoDataFrame(frame, geometry=GEOMETRY)
        require_rd(frame, f"Writing {table.name}")
    plain: dict[str, list[Any]] = {}
    for label in frame.columns:
        name = shape if label == GEOMETRY and shape else str(label)
        if name not in table.c:
            raise ValueError(f"{table.name} has no column {name!r}")
        plain[name] = _plain_values(frame[label], table.c[name].type)
    return plain


def _plain_values(series: pd.Series[Any], kind: sa.types.TypeEngine[Any]) -> list[Any]:
    if isinstance(kind, Geometry):
        return list(conform(np.asarray(series, dtype=object), kind.kind))
    missing = series.isna().to_numpy()
    listed = series.astype(object).tolist()
    return [
        None if gone else _plain_value(value, kind)
        for value, gone in zip(listed, missing, strict=True)
    ]


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


def _encoded(
    connection: sa.Connection, table: sa.Table, plain: dict[str, list[Any]]
) -> dict[str, Sequence[Any]]:
    encoded: dict[str, Sequence[Any]] = {}
    for name, values in plain.items():
        kind = table.c[name].type
        encoded[name] = (
            kind.encode(values, connection.dialect) if isinstance(kind, Geometry) else values
        )
    return encoded


def _taken(columns: dict[str, Sequence[Any]], rows: NDArray[Any]) -> dict[str, Sequence[Any]]:
    return {name: [values[i] for i in rows] for name, values in columns.items()}


def _execute_rows(
    connection: sa.Connection,
    statement: sa.sql.dml.UpdateBase,
    columns: dict[str, Sequence[Any]],
    count: int,
) -> None:
    names = list(columns)
    for start in range(0, count, _CHUNK):
        parts = [columns[name][start : start + _CHUNK] for name in names]
        rows = [dict(zip(names, values, strict=True)) for values in zip(*parts, strict=True)]
        connection.execute(statement, rows)


def _keys_of(columns: dict[str, list[Any]], keys: Sequence[str]) -> list[tuple[Any, ...]]:
    absent = [name for name in keys if name not in columns]
    if absent:
        raise ValueError(f"the key column {absent[0]!r} is missing")
    found = list(zip(*(columns[name] for name in keys), strict=True))
    if any(value is None for row in found for value in row):
        raise ValueError(f"a row has no {' and '.join(keys)}")
    if len(set(found)) < len(found):
        twice = next(row for row in found if found.count(row) > 1)
        raise ValueError(f"two rows have the same {' and '.join(keys)}: {twice}")
    return found


def _stored_rows(
    connection: sa.Connection, table: sa.Table, plain: dict[str, list[Any]], keys: Sequence[str]
) -> tuple[dict[str, list[Any]], list[int]]:
    """Rows of the table that may have a key of the frame, and their ids."""
    columns = [
        sa.type_coerce(c, StoredGeometry()).label(c.name) if isinstance(c.type, Geometry) else c
        for c in (table.c[name] for name in plain)
    ]
    first = sorted(set(plain[keys[0]]))
    rows: list[Any] = []
    for start in range(0, len(first), _CHUNK):
        chosen = table.c[keys[0]].in_(first[start : start + _CHUNK])
        rows += connection.execute(sa.select(table.c.id, *columns).where(chosen)).fetchall()
    stored = {name: [row[i + 1] for row in rows] for i, name in enumerate(plain)}
    return stored, [row[0] for row in rows]


def _differs(
    table: sa.Table,
    plain: dict[str, list[Any]],
    stored: dict[str, list[Any]],
    rows: NDArray[Any],
    places: NDArray[Any],
) -> NDArray[np.bool_]:
    """Which of the rows differ from the stored ones at those places, in any column."""
    differs = np.zeros(len(rows), dtype=bool)
    for name, values in plain.items():
        new = [values[i] for i in rows]
        old = [stored[name][i] for i in places]
        if isinstance(table.c[name].type, Geometry):
            there, here = decode_geometries(old), np.empty(len(new), dtype=object)
            here[:] = new
            equal = shapely.equals_identical(shapely.force_2d(here), there)
            empty = shapely.is_missing(here) & shapely.is_missing(there)
            differs |= ~(equal | empty)
        else:
            differs |= np.fromiter(
                (a != b for a, b in zip(new, old, strict=True)), dtype=bool, count=len(new)
            )
    return differs
