"""A whole store into another one, on the same kind of database or the other kind.

Rows keep their ids, append-only rows and the history go over as they are, and what arrived
is read back and held against what was read before anything becomes final.
"""

# ruff: noqa: S608  # names of tables and columns are ours, no input

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import psycopg
import sqlalchemy as sa

from geo_assen.errors import StoreError
from geo_assen.store.batch import read_batch, store_version, write_batch
from geo_assen.store.faults import store_name, translate_errors
from geo_assen.store.geopackage import (
    feature_tables,
    is_register,
    recreate_spatial_index,
    refresh_contents,
)
from geo_assen.store.styles import STYLED
from geo_assen.store.tables import layer_styles, metadata, store_state
from geo_assen.store.values import (
    UnfitValue,
    add_to_digest,
    encoded,
    neutral,
    require_fit,
    stored_form,
)

__all__ = ["TableCopy", "copy_store", "tables_left_out"]

Progress = Callable[[str, int, int], None]
_Chunk = list[Sequence[Any]]
_Rows = list[tuple[Any, ...]]

_CHUNK = 5_000
_LAYER = "layer_"
_OF_THE_DATABASE = {layer_styles.name: ("f_table_catalog", "f_table_schema")}
"""Columns that say in which database a row stands; they are written anew."""


class TableCopy(NamedTuple):
    """What became of one table.

    Attributes
    ----------
    rows
        How many were copied.
    equal
        Whether the copy, read back, holds the same rows with the same values.
    """

    table: str
    rows: int
    equal: bool


@dataclass(frozen=True)
class _Part:
    """One table to copy: the columns that the source has of it, and its number of rows."""

    table: sa.Table
    columns: tuple[sa.Column[Any], ...]
    rows: int


class _Steps:
    """Counts rows and passes them on; each row counts when written and when compared."""

    def __init__(self, progress: Progress, parts: Sequence[_Part]) -> None:
        self._progress, self._done = progress, 0
        self._total = 2 * sum(part.rows for part in parts)

    def add(self, part: _Part, rows: int) -> None:
        self._done += rows
        self._progress(part.table.name, self._done, self._total)


def copy_store(
    source: sa.Engine,
    target: sa.Engine,
    *,
    custom_tables: Sequence[sa.Table] = (),
    progress: Progress = lambda *_: None,
) -> list[TableCopy]:
    """Copy everything in a store into an empty one, all of it or nothing.

    One state of the source is read, whatever others write meanwhile. The version of the
    target ends above that of both stores.

    Parameters
    ----------
    target
        A store with the same tables and no records; the styles that come with a new store
        may be there, and are replaced.
    custom_tables
        Tables of layers without a built-in one (:func:`~geo_assen.store.custom_table`); the
        target has them already, the source may lack them.
    progress
        Told the table at hand, the rows done and the rows to do; each row counts twice, when
        it is written and when it is compared.

    Returns
    -------
    One entry a table, in the order in which they refer to each other.

    Raises
    ------
    StoreError
        If the target holds records, the source holds a value that the target cannot keep or
        a layer that no layer file describes, or either cannot be read or written.
    """
    tables = [*_built_in(), *custom_tables]
    with read_batch(source) as reading:
        _require_described(reading, tables)
        parts = [part for table in tables if (part := _part(reading, table))]
        version = store_version(reading)
        with write_batch(target) as writing:
            steps = _Steps(progress, parts)
            with _rules_suspended(writing, tables):
                _require_empty(writing, tables)
                read = [_copy_table(reading, writing, part, steps) for part in parts]
                _place_styles(writing)
            _set_sequences(writing, tables)
            _set_version(writing, version)
            refresh_contents(writing, [table.name for table in tables])
            copies = [
                _compared(writing, part, digest, steps)
                for part, digest in zip(parts, read, strict=True)
            ]
            _require_equal(target, copies)
    return copies


def _built_in() -> list[sa.Table]:
    """Tables with records, each after those that it refers to."""
    return [table for table in metadata.sorted_tables if table is not store_state]


def tables_left_out(engine: sa.Engine, custom_tables: Sequence[sa.Table] = ()) -> list[str]:
    """Tables that other programs put beside ours, which a copy leaves where they are."""
    ours = {table.name for table in (*metadata.tables.values(), *custom_tables)}
    with read_batch(engine) as connection:
        present = set(sa.inspect(connection).get_table_names())
    left = present - ours - {"alembic_version"}
    return sorted(name for name in left if not is_register(name) and name[:6] != _LAYER)


def _require_described(reading: sa.Connection, tables: Sequence[sa.Table]) -> None:
    """Refuse to leave records behind whose layer file is not among the layers at hand."""
    known = {table.name: table for table in tables}
    inspector = sa.inspect(reading)
    quote = reading.dialect.identifier_preparer.quote
    for name in inspector.get_table_names():
        if not name.startswith(_LAYER) or name in metadata.tables:
            continue
        present = [column["name"] for column in inspector.get_columns(name)]
        expected = set(known[name].c.keys()) if name in known else set()
        for column in [c for c in present if c not in expected]:
            held = f"SELECT count({quote(column)}) FROM {quote(name)}"
            if reading.execute(sa.text(held)).scalar_one():
                what = f"its column {column!r}" if name in known else "it"
                raise StoreError(
                    store_name(reading.engine.url),
                    f"no layer file describes the table {name!r}, or {what} is not a field any "
                    f"more; put the file of layer {name.removeprefix(_LAYER)!r} back as it was, "
                    "so that its records are copied too.",
                )


def _part(reading: sa.Connection, table: sa.Table) -> _Part | None:
    """How a table is copied; None where the source does not have it yet."""
    inspector = sa.inspect(reading)
    if not inspector.has_table(table.name):
        return None
    present = {column["name"] for column in inspector.get_columns(table.name)}
    present -= set(_OF_THE_DATABASE.get(table.name, ()))
    columns = tuple(column for column in table.columns if column.name in present)
    rows = reading.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    return _Part(table, columns, rows)


def _require_empty(writing: sa.Connection, tables: Sequence[sa.Table]) -> None:
    style = layer_styles.c
    made = sa.and_(style.f_table_name.in_(STYLED), style.stylename == style.f_table_name)
    writing.execute(sa.delete(layer_styles).where(made))
    for table in tables:
        if writing.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise StoreError(
                store_name(writing.engine.url),
                f"it holds records already, in the table {table.name}; copy into a store that "
                "is empty or not made yet.",
            )


@contextmanager
def _rules_suspended(writing: sa.Connection, tables: Sequence[sa.Table]) -> Iterator[None]:
    """Hold triggers and spatial indexes off while rows come in that went through them once.

    All of it happens inside the transaction: if that fails, it puts them back.
    """
    names = [table.name for table in tables]
    if writing.dialect.name == "sqlite":
        triggers = _take_triggers(writing, names)
        # A row may refer to one further on in its own table; all is checked at the end.
        writing.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        yield
        for table, column in feature_tables(writing):
            if table in names:
                recreate_spatial_index(writing, table, column)
        for statement in triggers:
            writing.exec_driver_sql(statement)
        return
    # Only our own triggers: those that keep the references are not a table owner's to stop.
    # It also keeps other writers out until the end.
    for name in names:
        writing.execute(sa.text(f'ALTER TABLE "{name}" DISABLE TRIGGER USER'))
    indexes = _take_spatial_indexes(writing, names)
    yield
    for statement in indexes:
        writing.execute(sa.text(statement))
    for name in names:
        writing.execute(sa.text(f'ALTER TABLE "{name}" ENABLE TRIGGER USER'))


def _take_triggers(writing: sa.Connection, tables: Sequence[str]) -> list[str]:
    """Drop the triggers of tables; those of the R-trees come back with the R-trees."""
    rows = writing.exec_driver_sql(
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall()
    taken = [row for row in rows if row.tbl_name in tables]
    for row in taken:
        writing.exec_driver_sql(f'DROP TRIGGER "{row.name}"')
    return [row.sql for row in taken if not row.name.startswith("rtree_")]


def _take_spatial_indexes(writing: sa.Connection, tables: Sequence[str]) -> list[str]:
    """Drop the spatial indexes of tables: built once from all rows they cost far less."""
    taken = writing.execute(
        sa.text(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() "
            "AND tablename = ANY(:tables) AND indexdef LIKE '% USING gist %'"
        ),
        {"tables": list(tables)},
    ).fetchall()
    for row in taken:
        writing.execute(sa.text(f'DROP INDEX "{row.indexname}"'))
    return [row.indexdef for row in taken]


def _copy_table(
    reading: sa.Connection, writing: sa.Connection, part: _Part, steps: _Steps
) -> bytes:
    """Copy a table and answer the checksum of what was read."""
    digest = hashlib.sha256()

    def rows() -> Generator[_Rows, None, None]:
        with closing(_chunks(reading, part, fit=writing.dialect)) as chunks:
            for chunk in chunks:
                _add(digest, part, chunk)
                written = (
                    encoded(column.type, values, writing.dialect)
                    for column, values in zip(part.columns, chunk, strict=True)
                )
                yield list(zip(*written, strict=True))
                steps.add(part, len(chunk[0]))

    load = _load_sqlite if writing.dialect.name == "sqlite" else _load_postgres
    with closing(rows()) as read:
        load(writing, part, read)
    return digest.digest()


def _add(digest: Any, part: _Part, chunk: _Chunk) -> None:
    for column, values in zip(part.columns, chunk, strict=True):
        add_to_digest(digest, column.type, values)


def _chunks(
    connection: sa.Connection, part: _Part, *, fit: sa.Dialect | None = None
) -> Generator[_Chunk, None, None]:
    """Read a table by id, some thousand rows at a time, as columns of neutral values.

    Parameters
    ----------
    fit
        Database that the values must fit as well.
    """
    statement = sa.select(*(stored_form(column, connection.dialect) for column in part.columns))
    statement = statement.order_by(*part.table.primary_key)
    # What a reader of the other store does with a chunk is not this store's failure.
    with translate_errors(connection.engine.url):
        options = {"yield_per": _CHUNK}
        with connection.execute(statement, execution_options=options) as result:
            for rows in result.partitions():
                yield _neutral_chunk(connection, part, list(zip(*rows, strict=True)), fit)


def _neutral_chunk(
    connection: sa.Connection, part: _Part, stored: _Chunk, fit: sa.Dialect | None
) -> _Chunk:
    chunk = []
    for column, values in zip(part.columns, stored, strict=True):
        try:
            plain = neutral(column.type, values)
            if fit is not None:
                require_fit(column.type, plain, fit)
        except UnfitValue as fault:
            key = part.columns.index(part.table.c.id)
            raise StoreError(
                store_name(connection.engine.url),
                f"{part.table.name} with id {stored[key][fault.place]}, field {column.name}: "
                f"{fault}; correct it and copy again.",
            ) from fault
        chunk.append(plain)
    return chunk


def _load_sqlite(writing: sa.Connection, part: _Part, chunks: Iterator[_Rows]) -> None:
    marks = ", ".join("?" for _ in part.columns)
    statement = f"INSERT INTO {_spelled(writing, part)} VALUES ({marks})"
    for rows in chunks:
        writing.exec_driver_sql(statement, rows)


def _load_postgres(writing: sa.Connection, part: _Part, chunks: Iterator[_Rows]) -> None:
    """Write a table with one COPY: references inside it are checked when all is there."""
    driver: Any = writing.connection.driver_connection
    statement = f"COPY {_spelled(writing, part)} FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for rows in chunks:
                for row in rows:
                    copy.write_row(row)
    except psycopg.Error as error:
        raise sa.exc.DBAPIError(statement, None, error) from error


def _spelled(connection: sa.Connection, part: _Part) -> str:
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(column.name) for column in part.columns)
    return f"{quote(part.table.name)} ({names})"


def _place_styles(writing: sa.Connection) -> None:
    """Tell QGIS in which database the styles stand now."""
    is_sqlite = writing.dialect.name == "sqlite"
    writing.execute(
        sa.update(layer_styles).values(
            f_table_catalog="" if is_sqlite else writing.engine.url.database,
            f_table_schema="" if is_sqlite else "public",
        )
    )


def _set_sequences(writing: sa.Connection, tables: Sequence[sa.Table]) -> None:
    """Let new rows get ids above those that came along; SQLite does so by itself."""
    if writing.dialect.name == "sqlite":
        return
    for table in tables:
        writing.execute(
            sa.text(
                f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), max(id)) "
                f'FROM "{table.name}" HAVING max(id) >= 1'
            )
        )


def _set_version(writing: sa.Connection, version: int) -> None:
    """Raise the version above that of the source: what is cached for either holds no more."""
    writing.execute(
        sa.update(store_state)
        .where(store_state.c.store_version <= version)
        .values(store_version=version + 1)
    )


def _compared(writing: sa.Connection, part: _Part, expected: bytes, steps: _Steps) -> TableCopy:
    digest = hashlib.sha256()
    rows = 0
    with closing(_chunks(writing, part)) as chunks:
        for chunk in chunks:
            _add(digest, part, chunk)
            rows += len(chunk[0])
            steps.add(part, len(chunk[0]))
    return TableCopy(part.table.name, rows, (rows, digest.digest()) == (part.rows, expected))


def _require_equal(target: sa.Engine, copies: Sequence[TableCopy]) -> None:
    differing = [copy.table for copy in copies if not copy.equal]
    if differing:
        raise StoreError(
            store_name(target.url),
            f"what arrived in {', '.join(differing)} does not read as it did in the source, so "
            "nothing was written; run geo-assen check on both.",
        )
