"""Whole tables as Arrow, read fast: for a million rows, where a frame would take minutes.

From PostgreSQL they come through its binary copy; a SQLite file is read in a process of its
own (see :mod:`geo_assen.store.bulk_process`). Sets of codes and dates come as the store keeps
them, shapes as WKB in the column ``geometry``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as adbc_postgresql
import pyarrow as pa
import sqlalchemy as sa

from geo_assen.errors import StoreError
from geo_assen.store.frames import GEOMETRY
from geo_assen.store.geometry import Geometry
from geo_assen.store.tables import metadata

__all__ = ["read_tables"]

_SCRIPT = Path(__file__).with_name("bulk_process.py")
_BOX_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
"""Bytes of the box in the header of a GeoPackage geometry, by the sign for its kind."""

_WKB = "CASE substr({0}, 4, 1) " + " ".join(
    f"WHEN x'{flags:02X}' THEN substr({{0}}, {9 + _BOX_BYTES[(flags >> 1) & 7]})"
    for flags in range(64)
    if (flags >> 1) & 7 in _BOX_BYTES
) + " END"
"""What follows the header of a GeoPackage geometry; the fourth byte tells how long that is."""


def read_tables(engine: sa.Engine, asked: Mapping[str, Sequence[str]]) -> dict[str, pa.Table]:
    """Read some columns of whole tables, ordered by code, at the same time.

    Parameters
    ----------
    asked
        Columns by name of the table; ``geom`` comes as ``geometry``.

    Raises
    ------
    StoreError
        If the store cannot be read.
    """
    statements = {name: _statement(engine, name, columns) for name, columns in asked.items()}
    if engine.dialect.name == "sqlite":
        return _read_sqlite(str(engine.url.database), statements)
    return _read_postgresql(engine, statements)


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


def _read_sqlite(path: str, statements: dict[str, str]) -> dict[str, pa.Table]:
    pipes = {name: os.pipe() for name in statements}
    command = [sys.executable, "-I", str(_SCRIPT), path]
    for name, statement in statements.items():
        command += [str(pipes[name][1]), statement]
    with subprocess.Popen(  # noqa: S603 - our own script
        command, pass_fds=[out for _, out in pipes.values()], stderr=subprocess.PIPE
    ) as process:
        for _, out in pipes.values():
            os.close(out)
        with ThreadPoolExecutor(len(pipes)) as pool:
            received = pool.map(_received, [read for read, _ in pipes.values()])
            tables = dict(zip(pipes, received, strict=True))
        assert process.stderr is not None  # noqa: S101 - opened above
        told = process.stderr.read().decode(errors="replace").strip()
    missing = [name for name, table in tables.items() if table is None]
    if process.returncode or missing:
        raise StoreError(Path(path).name, f"cannot be read ({told or 'the reader ended early'}).")
    return {name: table.slice(1) for name, table in tables.items() if table is not None}


def _received(number: int) -> pa.Table | None:
    """Table out of a pipe; None if its other end was closed before anything came."""
    with os.fdopen(number, "rb") as pipe:
        try:
            with pa.ipc.open_stream(pipe) as stream:
                return stream.read_all()
        except pa.ArrowInvalid:
            return None


def _read_postgresql(engine: sa.Engine, statements: dict[str, str]) -> dict[str, pa.Table]:
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with adbc_postgresql.connect(address) as connection, connection.cursor() as cursor:
            found = {}
            for name, statement in statements.items():
                cursor.execute(statement)
                found[name] = cursor.fetch_arrow_table()
            return found
    except adbc_postgresql.Error as error:
        named = engine.url.database or "store"
        raise StoreError(named, f"cannot be read ({' '.join(str(error).split())}).") from error

