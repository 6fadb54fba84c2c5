"""Whole tables as Arrow, read fast: for a million rows, where a frame would take minutes.

From PostgreSQL they come through its binary copy; a SQLite file is read in a process of its
own (see :mod:`geo_assen.store.bulk_process`). Sets of codes and dates come as the store keeps
them, shapes as WKB in the column ``geometry``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as adbc_postgresql
import pyarrow as pa
import sqlalchemy as sa

from geo_assen.errors import StoreError
from geo_assen.store.frames import GEOMETRY
from geo_assen.store.geometry import Geometry
from geo_assen.store.tables import metadata

__all__ = ["Reading", "reading"]

_TABLES_AT_A_TIME = 2
_SCRIPT = Path(__file__).with_name("bulk_process.py")
_BOX_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
"""Bytes of the box in the header of a GeoPackage geometry, by the sign for its kind."""

_WKB = "CASE substr({0}, 4, 1) " + " ".join(
    f"WHEN x'{flags:02X}' THEN substr({{0}}, {9 + _BOX_BYTES[(flags >> 1) & 7]})"
    for flags in range(64)
    if (flags >> 1) & 7 in _BOX_BYTES
) + " END"
"""What follows the header of a GeoPackage geometry; the fourth byte tells how long that is."""


class Reading:
    """Tables that are being read; what has been handed out is no longer held here."""

    def __init__(self, coming: Mapping[str, Future[pa.Table]]) -> None:
        self._coming = dict(coming)

    def take(self, name: str) -> pa.Table:
        """Wait for a table and hand it out, once.

        Raises
        ------
        StoreError
            If the store cannot be read.
        """
        return self._coming.pop(name).result()


@contextmanager
def reading(engine: sa.Engine, asked: Mapping[str, Sequence[str]]) -> Iterator[Reading]:
    """Read some columns of whole tables, ordered by code, two tables at a time.

    The caller works on the first ones while the others are read. Only after the end of the
    block is it certain that everything was read.

    Parameters
    ----------
    asked
        Columns by name of the table, the one that takes longest first; ``geom`` comes as
        ``geometry``.

    Raises
    ------
    StoreError
        If the store cannot be read.
    """
    statements = {name: _statement(engine, name, columns) for name, columns in asked.items()}
    if engine.dialect.name == "sqlite":
        read = _reading_sqlite(str(engine.url.database), statements)
    else:
        read = _reading_postgresql(engine.url, statements)
    with read as tables:
        yield tables


def _statement(engine: sa.Engine, name: str, columns: Sequence[str]) -> str:
    table = metadata.tables[name]
    chosen = []
    for column in columns:
        quoted = engine.dialect.identifier_preparer.quote(column)
        if isinstance(table.c[column].type, Geometry):
            shape = _WKB if engine.dialect.name == "sqlite" else "ST_AsBinary({})"
            quoted = f"{shape.format(quoted)} AS {GEOMETRY}"
        chosen.append(quoted)
    listed = ", ".join(chosen)
    if engine.dialect.name != "sqlite":
        return f'SELECT {listed} FROM {name} ORDER BY code COLLATE "C"'  # noqa: S608 - own names
    typed = ", ".join(f"{_typed(table.c[column].type)} AS {_key(column)}" for column in columns)
    rows = f"SELECT {listed} FROM {name} ORDER BY code"  # noqa: S608
    return f"SELECT {typed} UNION ALL SELECT * FROM ({rows})"  # noqa: S608


def _key(column: str) -> str:
    return GEOMETRY if column == "geom" else f'"{column}"'


def _typed(kind: sa.types.TypeEngine[Any]) -> str:
    """Value that a column begins with: the reader takes its type from the first that it sees."""
    if isinstance(kind, Geometry):
        return "x'00'"
    if isinstance(kind, sa.Boolean):
        return "0"
    return "0.5" if isinstance(kind, sa.Integer | sa.Float) else "'2000-01-01'"


@contextmanager
def _reading_sqlite(path: str, statements: Mapping[str, str]) -> Iterator[Reading]:
    pipes = {name: os.pipe() for name in statements}
    command = [sys.executable, "-I", str(_SCRIPT), path]
    for name, statement in statements.items():
        command += [str(pipes[name][1]), statement]
    with (
        subprocess.Popen(  # noqa: S603 - our own script
            command, pass_fds=[out for _, out in pipes.values()], stderr=subprocess.PIPE
        ) as process,
        ThreadPoolExecutor(len(pipes)) as pool,
    ):
        for _, out in pipes.values():
            os.close(out)
        try:
            yield Reading(
                {name: pool.submit(_received, read, path) for name, (read, _) in pipes.items()}
            )
        finally:
            assert process.stderr is not None  # noqa: S101 - opened above
            told = process.stderr.read().decode(errors="replace").strip()
            if process.wait():
                raise _unreadable(Path(path).name, told or "the reader ended early")


def _unreadable(store: str, told: str) -> StoreError:
    return StoreError(store, f"cannot be read ({told}).")


def _received(number: int, path: str) -> pa.Table:
    """Table out of a pipe, without the row that only tells the types."""
    with os.fdopen(number, "rb") as pipe:
        try:
            with pa.ipc.open_stream(pipe) as stream:
                return stream.read_all().slice(1)
        except pa.ArrowInvalid as error:
            raise _unreadable(Path(path).name, "the reader ended early") from error


@contextmanager
def _reading_postgresql(url: sa.URL, statements: Mapping[str, str]) -> Iterator[Reading]:
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    named = url.database or "store"
    with ThreadPoolExecutor(_TABLES_AT_A_TIME) as pool:
        yield Reading({
            name: pool.submit(_answered, address, named, statement)
            for name, statement in statements.items()
        })  # fmt: skip


def _answered(address: str, named: str, statement: str) -> pa.Table:
    try:
        with adbc_postgresql.connect(address) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetch_arrow_table()
    except adbc_postgresql.Error as error:
        raise _unreadable(named, " ".join(str(error).split())) from error
