"""Attributes as they were recorded, for any date in the past."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from geo_assen.crs import RD
from geo_assen.errors import NotFound
from geo_assen.store.columns import CodeSet, UtcTimestamp, from_utc_text, split_codes
from geo_assen.store.frames import read_frame, typed_series
from geo_assen.store.geometry import Geometry, decode_geometries
from geo_assen.store.tables import HISTORY_OF, attribute_history, metadata

__all__ = ["attributes_as_of", "frame_of_records"]

_LOCAL = ZoneInfo("Europe/Amsterdam")
"""A day ends where the municipality lies, not in UTC."""

_CHUNK = 5_000


def attributes_as_of(
    connection: sa.Connection, table_name: str, as_of: date
) -> pd.DataFrame | gpd.GeoDataFrame:
    """Answer what was recorded in a table at the end of a day.

    A row that was recorded later comes as it was at the end of the first day on which it
    was recorded, marked as such: what it was before that is not known. Rows deleted by the
    end of the day, or of that first day, are left out.

    Parameters
    ----------
    table_name
        One of the tables with history.
    as_of
        The day, in Dutch time.

    Returns
    -------
    The columns of the table (as :func:`geo_assen.store.frames.read_frame` gives them) and
    ``present_attributes``: True where the date lies before the first record. Ordered by code.

    Raises
    ------
    NotFound
        If the table keeps no history.
    """
    if table_name not in HISTORY_OF:
        raise NotFound("table with history", table_name, f"Known: {', '.join(HISTORY_OF)}.")
    table = metadata.tables[table_name]
    records = read_frame(
        connection,
        sa.select(*(attribute_history.c[c] for c in ("id", "code", "recorded_at", "operation")))
        .where(attribute_history.c.table_name == table_name)
        .order_by(attribute_history.c.recorded_at, attribute_history.c.id),
    )
    chosen = _records_in_force(records, as_of)
    kept = _read_records(connection, chosen["id"].tolist())
    ordered = [kept[number] for number in chosen["id"]]
    frame = frame_of_records(table, ordered)
    frame["present_attributes"] = chosen["present_attributes"].to_numpy()
    return frame


def _records_in_force(records: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Pick one record a code: the last of the day, or of the first day it was recorded."""
    first = records.groupby("code")["recorded_at"].transform("min")
    end = pd.Timestamp(datetime.combine(as_of + timedelta(days=1), time(), _LOCAL))
    later = first >= end
    day_after = first.dt.tz_convert(_LOCAL).dt.normalize() + pd.DateOffset(days=1)
    until = day_after.where(later, end.tz_convert(_LOCAL))
    counted = records.assign(present_attributes=later)[records["recorded_at"] < until]
    last: pd.DataFrame = counted.groupby("code").tail(1).sort_values("code", kind="stable")
    return last[last["operation"] != "delete"].reset_index(drop=True)


def _read_records(
    connection: sa.Connection, numbers: list[int]
) -> dict[int, tuple[dict[str, Any], bytes | None]]:
    kept: dict[int, tuple[dict[str, Any], bytes | None]] = {}
    history = attribute_history.c
    for start in range(0, len(numbers), _CHUNK):
        statement = sa.select(history.id, history.attributes, history.shape).where(
            history.id.in_(numbers[start : start + _CHUNK])
        )
        kept.update({row[0]: (row[1], row[2]) for row in connection.execute(statement)})
    return kept


def frame_of_records(
    table: sa.Table, records: list[tuple[dict[str, Any], bytes | None]]
) -> pd.DataFrame | gpd.GeoDataFrame:
    """Rows of a table from their recorded form: attributes as JSON, and a shape."""
    series = {}
    has_shape = False
    for column in table.columns:
        if isinstance(column.type, Geometry):
            has_shape = True
            continue
        parse = _parser(column.type)
        found = (attributes.get(column.name) for attributes, _ in records)
        values = [None if value is None else parse(value) for value in found]
        # A record may be older than the column.
        required = not column.nullable and None not in values
        series[column.name] = typed_series(values, column.type, required=required)
    frame = pd.DataFrame(series, index=pd.RangeIndex(len(records)))
    if not has_shape:
        return frame
    shapes = decode_geometries([shape for _, shape in records])
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, crs=RD, index=frame.index))


def _parser(kind: sa.types.TypeEngine[Any]) -> Callable[[Any], Any]:
    """How a value of the JSON record becomes what its column holds."""
    parsers: tuple[tuple[type, Callable[[Any], Any]], ...] = (
        (CodeSet, split_codes),
        (UtcTimestamp, from_utc_text),
        (sa.Date, date.fromisoformat),
        (sa.Boolean, bool),
        (sa.Float, float),
        (sa.JSON, lambda value: json.loads(value) if isinstance(value, str) else value),
    )
    return next((parse for known, parse in parsers if isinstance(kind, known)), _as_it_is)


def _as_it_is(value: Any) -> Any:
    return value
