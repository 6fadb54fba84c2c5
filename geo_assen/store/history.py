"""Attributes as they were recorded, for any date in the past."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
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

__all__ = ["Recorded", "attributes_as_of", "frame_of_records", "recorded"]

_LOCAL = ZoneInfo("Europe/Amsterdam")
"""A day ends where the municipality lies, not in UTC."""

_CHUNK = 5_000


@dataclass(frozen=True)
class Recorded:
    """When the rows of a table were recorded.

    Attributes
    ----------
    once
        When each code was recorded that has one record alone; most rows have.
    several
        Records of the other codes: ``id, code, recorded_at, operation``, in their order.
    """

    once: pd.Series[Any]
    several: pd.DataFrame


def recorded(connection: sa.Connection, table_name: str) -> Recorded:
    """Answer when the rows of a table with history were recorded.

    Raises
    ------
    NotFound
        If the table keeps no history.
    """
    if table_name not in HISTORY_OF:
        raise NotFound("table with history", table_name, f"Known: {', '.join(HISTORY_OF)}.")
    history = attribute_history.c
    of_table = history.table_name == table_name
    codes = sa.select(history.code).where(of_table).group_by(history.code)
    once = read_frame(
        connection,
        sa.select(history.code, history.recorded_at)
        .where(of_table, history.code.in_(codes.having(sa.func.count() == 1))),
    )  # fmt: skip
    several = read_frame(
        connection,
        sa.select(*(history[c] for c in ("id", "code", "recorded_at", "operation")))
        .where(of_table, history.code.in_(codes.having(sa.func.count() > 1)))
        .order_by(history.recorded_at, history.id),
    )
    return Recorded(once.set_index("code")["recorded_at"], several)


def attributes_as_of(
    connection: sa.Connection,
    table_name: str,
    as_of: date,
    *,
    present: pd.DataFrame | None = None,
    records: Recorded | None = None,
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
    present, records
        All rows of the table as they are now, and what :func:`recorded` tells of it, where
        they are at hand; None: they are read.

    Returns
    -------
    The columns of the table (as :func:`geo_assen.store.frames.read_frame` gives them) and
    ``present_attributes``: True where the date lies before the first record. Ordered by code.

    Raises
    ------
    NotFound
        If the table keeps no history.
    """
    records = recorded(connection, table_name) if records is None else records
    table = metadata.tables[table_name]
    present = read_frame(connection, table) if present is None else present
    first = records.once.reindex(present["code"]).set_axis(present.index)
    unchanged = present.assign(present_attributes=first >= pd.Timestamp(_end_of(as_of)))
    unchanged = unchanged[first.notna()]
    changed = _of_changed(connection, table, records.several, as_of)
    if changed.empty:
        found = unchanged
    elif unchanged.empty:
        found = changed
    else:
        found = pd.concat([unchanged, changed[unchanged.columns]])
    return found.sort_values("code", kind="stable").reset_index(drop=True)


def _of_changed(
    connection: sa.Connection, table: sa.Table, records: pd.DataFrame, as_of: date
) -> pd.DataFrame | gpd.GeoDataFrame:
    """Rows with more than one record, as they were on a day."""
    chosen = _records_in_force(records, as_of)
    kept = _read_records(connection, chosen["id"].tolist())
    frame = frame_of_records(table, [kept[number] for number in chosen["id"]])
    frame["present_attributes"] = chosen["present_attributes"].to_numpy(dtype=bool)
    return frame


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), _LOCAL)


def _records_in_force(records: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Pick one record a code: the last of the day, or of the first day it was recorded."""
    first = records.groupby("code")["recorded_at"].transform("min")
    end = pd.Timestamp(_end_of(as_of))
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
