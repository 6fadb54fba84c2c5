"""Transactions: everything that is written goes through one door, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from geo_assen.store.faults import translate_errors
from geo_assen.store.geopackage import refresh_contents
from geo_assen.store.tables import store_state

__all__ = ["note_change", "read_batch", "store_version", "write_batch"]

_CHANGED = "changed_tables"


@contextmanager
def write_batch(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection on which everything is written together, or not at all.

    Batches come one after another, also between processes. The version of the store rises
    by one in the same transaction, and the extents that the GeoPackage states are set.

    Raises
    ------
    StoreError
        If the store is locked, full or out of reach, or if a rule of the store refuses
        something; nothing has been written then.
    """
    changed: set[str] = set()

    def note_table(_: sa.Connection, statement: Any, *__: Any) -> None:
        if getattr(statement, "is_dml", False):
            changed.add(statement.table.name)

    with translate_errors(engine.url), engine.connect() as plain:
        connection = plain.execution_options(sqlite_begin="IMMEDIATE")
        sa.event.listen(connection, "after_execute", note_table)
        connection.info[_CHANGED] = changed
        with connection.begin():
            _raise_version(connection)
            yield connection
            refresh_contents(connection, changed)


@contextmanager
def read_batch(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection that sees one state of the store, whatever others write meanwhile.

    Raises
    ------
    StoreError
        If the store cannot be read.
    """
    with translate_errors(engine.url), engine.connect() as plain:
        connection = plain
        if engine.dialect.name == "postgresql":
            connection = plain.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


def note_change(connection: sa.Connection, table_name: str) -> None:
    """Say that a table was written through the driver, where no statement tells it."""
    connection.info.setdefault(_CHANGED, set()).add(table_name)


def store_version(connection: sa.Connection) -> int:
    """Answer how many batches have been written; caches hold for one version."""
    found = connection.execute(sa.select(store_state.c.store_version)).scalar_one()
    return int(found)


def _raise_version(connection: sa.Connection) -> None:
    # First of all: on PostgreSQL the lock on this row makes other writers wait.
    connection.execute(
        sa.update(store_state).values(
            store_version=store_state.c.store_version + 1, changed_at=datetime.now(UTC)
        )
    )
