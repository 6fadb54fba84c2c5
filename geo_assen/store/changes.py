"""What a batch of writing changed, kept so that it can be undone.

Rows that came new are told by their ids, which follow each other; of rows that were changed
the state before is kept in ``import_change``, in the form that history has.
"""

# ruff: noqa: S608  # names of tables and columns are ours, no input

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import sqlalchemy as sa

from geo_assen.store.batch import note_change
from geo_assen.store.history import frame_of_records
from geo_assen.store.tables import HISTORY_OF, import_change, metadata
from geo_assen.store.triggers import row_as_json
from geo_assen.store.writing import upsert_frame

__all__ = ["changed_since", "history_mark", "referring_rows", "remember_before", "take_back"]

_CHUNK = 5_000


def remember_before(
    connection: sa.Connection, batch_id: int, table: sa.Table, ids: Sequence[int]
) -> None:
    """Keep rows as they are now, before a batch changes them."""
    attributes, shape = row_as_json(connection, table.name)
    for start in range(0, len(ids), _CHUNK):
        statement = sa.text(
            "INSERT INTO import_change (import_batch_id, row_id, before, shape) "
            f'SELECT :batch, id, {attributes}, {shape} FROM "{table.name}" '
            "WHERE id IN :ids ORDER BY id"
        ).bindparams(sa.bindparam("ids", expanding=True))
        chosen = list(ids[start : start + _CHUNK])
        connection.execute(statement, {"batch": batch_id, "ids": chosen})
    note_change(connection, import_change.name)


def history_mark(connection: sa.Connection) -> int:
    """Newest record of history: what is changed later lies above it."""
    history = metadata.tables["attribute_history"]
    return int(connection.execute(sa.select(sa.func.max(history.c.id))).scalar() or 0)


def changed_since(
    connection: sa.Connection, table: sa.Table, codes: sa.Select[tuple[str]], mark: int
) -> list[str]:
    """Name rows of a table with history that were changed or deleted after a mark, ten at most."""
    if table.name not in HISTORY_OF:
        return []
    history = metadata.tables["attribute_history"]
    found = (
        sa.select(history.c.code)
        .where(history.c.table_name == table.name, history.c.id > mark)
        .where(history.c.code.in_(codes))
        .distinct()
        .order_by(history.c.code)
        .limit(10)
    )
    return list(connection.execute(found).scalars())


def referring_rows(
    connection: sa.Connection, table: sa.Table, brought: sa.ColumnElement[bool]
) -> dict[str, int]:
    """Count the rows that refer to some rows of a table, by table; only where there are any.

    Parameters
    ----------
    brought
        Which rows; references among themselves do not count.
    """
    counts: dict[str, int] = {}
    if "code" not in table.c:
        return counts
    codes = sa.select(table.c.code).where(brought)
    for other in metadata.tables.values():
        for column in other.columns:
            if not column.references(table.c.code):
                continue
            counted = sa.select(sa.func.count()).select_from(other).where(column.in_(codes))
            if other.name == table.name:
                counted = counted.where(sa.not_(brought))
            number = connection.execute(counted).scalar_one()
            if number:
                counts[other.name] = counts.get(other.name, 0) + number
    return counts


def take_back(
    connection: sa.Connection, table: sa.Table, batch_id: int, first_id: int, last_id: int
) -> tuple[int, int]:
    """Delete the rows that a batch brought, and set those it changed to what they were.

    Parameters
    ----------
    first_id, last_id
        Ids of the rows that came new, both included; last below first: none came.

    Returns
    -------
    How many rows were deleted and how many set back.
    """
    brought = table.c.id.between(first_id, last_id)
    deleted = connection.execute(sa.delete(table).where(brought)).rowcount
    kept = connection.execute(
        sa.select(import_change.c.before, import_change.c.shape)
        .where(import_change.c.import_batch_id == batch_id)
        .order_by(import_change.c.id)
    ).all()
    for start in range(0, len(kept), _CHUNK):
        records = [(row[0], row[1]) for row in kept[start : start + _CHUNK]]
        before: pd.DataFrame = frame_of_records(table, records)
        upsert_frame(connection, table, before, "id")
    return int(deleted), len(kept)
