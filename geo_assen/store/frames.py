"""Whole tables as frames, read fast.

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
from typing import Any

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from geo_assen.crs import RD
from geo_assen.store.columns import UtcTimestamp
from geo_assen.store.geometry import Geometry, StoredGeometry, decode_geometries
from geo_assen.store.tables import FACTS, import_batch

__all__ = ["GEOMETRY", "read_frame", "stands", "typed_series"]

GEOMETRY = "geometry"
"""Name of the geometry column in frames; in tables it is ``geom``."""

_Selectable = sa.Table | sa.Select[Any]


def read_frame(connection: sa.Connection, selected: _Selectable) -> pd.DataFrame | gpd.GeoDataFrame:
    """Read a table or a selection; with a geometry column it is a GeoDataFrame.

    A table comes ordered by ``id``, a selection as it says. Of a table of facts only those
    that stand: facts of an import that was undone stay in the store, but count no more.

    Raises
    ------
    ValueError
        If the selection has more than one geometry column.
    """
    statement = selected if isinstance(selected, sa.Select) else _whole(selected)
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


def _whole(table: sa.Table) -> sa.Select[Any]:
    statement = sa.select(table).order_by(*table.primary_key)
    return statement.where(stands(table)) if table.name in FACTS else statement


def stands(table: sa.Table) -> sa.ColumnElement[bool]:
    """Which rows of a table of facts stand: the import that brought them was not undone."""
    undone = (
        sa.select(import_batch.c.id)
        .where(import_batch.c.undone_at.is_not(None), import_batch.c.fact_table == table.name)
        .where(table.c.id.between(import_batch.c.first_id, import_batch.c.last_id))
    )
    return sa.not_(undone.exists())


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
