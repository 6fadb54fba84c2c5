"""Open a store, or make one: an SQLite file that is a GeoPackage, or a PostGIS database."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.pool import ConnectionPoolEntry

from geo_assen.errors import StoreError
from geo_assen.store.faults import store_name, translate_errors
from geo_assen.store.geometry import sql_functions
from geo_assen.store.geopackage import APPLICATION_ID, configure_dialect, create_geopackage
from geo_assen.store.schema import current_revision, is_current, migrate
from geo_assen.store.tables import metadata

__all__ = ["create_store", "open_engine"]

_INIT = "run geo-assen init to make the store"
_POSTGRES_LOCK = 0x67656F41
"""Key of the advisory lock under which a PostgreSQL schema is made or upgraded."""

Content = Literal["ours", "nothing", "other GeoPackage", "other SQLite database"]


def open_engine(url: str, *, busy_timeout_ms: int = 5000) -> sa.Engine:
    """Open an existing store; one of an older version is upgraded first.

    Parameters
    ----------
    url
        ``sqlite:////path/file.gpkg`` or ``postgresql+psycopg://...``.
    busy_timeout_ms
        How long to wait for a lock of another writer.

    Raises
    ------
    StoreError
        If there is no store at the address, something else is there, it is of a newer
        version, or it cannot be reached or written.
    """
    address = _address(url)
    with translate_errors(address):
        if address.get_backend_name() == "sqlite":
            _require_file_of_ours(address)
        engine = _engine(address, busy_timeout_ms)
        try:
            _upgrade(engine)
        except BaseException:
            engine.dispose()
            raise
        return engine


def create_store(url: str, *, busy_timeout_ms: int = 5000) -> sa.Engine:
    """Make an empty store, with its folder, and open it; one that exists is only opened.

    Raises
    ------
    StoreError
        If something else is at the address, or it cannot be reached or written. A file
        that was begun is taken away again.
    """
    address = _address(url)
    with translate_errors(address):
        path = _path(address) if address.get_backend_name() == "sqlite" else None
        content = _vacate(path, address) if path else None
        if content == "ours":
            return open_engine(url, busy_timeout_ms=busy_timeout_ms)
        engine = _engine(address, busy_timeout_ms)
        try:
            _fill(engine)
        except BaseException:
            engine.dispose()
            if path and content is None:
                _remove(path)
            raise
        return engine


def _address(url: str) -> sa.URL:
    expected = "use sqlite:////path/file.gpkg or postgresql+psycopg://user@host/database."
    try:
        address = sa.make_url(url)
        backend, driver = address.get_backend_name(), address.get_driver_name()
    except (sa.exc.ArgumentError, ValueError) as error:
        raise StoreError(repr(url), f"this is not an address of a store; {expected}") from error
    if (backend, driver) not in {("sqlite", "pysqlite"), ("postgresql", "psycopg")}:
        raise StoreError(store_name(address), f"this kind of database is not served; {expected}")
    named = address.database or ""
    if backend == "sqlite" and (named in ("", ":memory:") or named.startswith("file:")):
        raise StoreError(store_name(address), f"the store must be a file; {expected}")
    return address


def _path(address: sa.URL) -> Path:
    return Path(str(address.database))


def _require_file_of_ours(address: sa.URL) -> None:
    path, name = _path(address), store_name(address)
    try:
        exists, is_folder = path.exists(), path.is_dir()
    except PermissionError as error:
        raise StoreError(name, "this account may not look into its folder.") from error
    if not exists:
        raise StoreError(name, f"the file does not exist; {_INIT}.")
    if is_folder:
        raise StoreError(name, "this is a folder; name a file in it.")
    _require_writable(path, name)
    content = _content(path)
    if content != "ours":
        found = "an empty file" if content == "nothing" else f"an {content}"
        raise StoreError(name, f"this is {found}, not a store of geo-assen; {_INIT} elsewhere.")


def _require_writable(path: Path, name: str) -> None:
    effective = os.access in os.supports_effective_ids
    for what, place in (("file", path), ("folder", path.absolute().parent)):
        if not os.access(place, os.W_OK, effective_ids=effective):
            raise StoreError(
                name,
                f"this account may not write to the {what} {place}; SQLite needs write "
                "permission on the file and on its folder.",
            )


def _content(path: Path) -> Content:
    """Tell what a file holds without changing a byte of it.

    SQLite itself reads it: a second reader in this process would drop SQLite's locks.
    """
    probe = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)
    try:
        tables = {row[0] for row in probe.execute("SELECT name FROM sqlite_master")}
        application = probe.execute("PRAGMA application_id").fetchone()[0]
    finally:
        probe.close()
    if {"alembic_version", "store_state"} <= tables:
        return "ours"
    if not tables and application == 0:
        return "nothing"
    return "other GeoPackage" if application == APPLICATION_ID else "other SQLite database"


def _vacate(path: Path, address: sa.URL) -> Content | None:
    """Make the folder and look what is in the way; None where nothing is."""
    name = store_name(address)
    try:
        path.absolute().parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            return None
        if path.is_dir():
            raise StoreError(name, "this is a folder; name a file in it.")
    except OSError as error:
        raise StoreError(name, f"its folder cannot be made ({error.strerror}).") from error
    content = _content(path)
    if content not in ("ours", "nothing"):
        raise StoreError(name, f"an {content} is there already; name another file.")
    return content


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{end}").unlink(missing_ok=True)


def _engine(address: sa.URL, busy_timeout_ms: int) -> sa.Engine:
    if address.get_backend_name() == "sqlite":
        engine = sa.create_engine(address, connect_args={"timeout": busy_timeout_ms / 1000})
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    else:
        options = f"-c lock_timeout={busy_timeout_ms} -c timezone=UTC"
        engine = sa.create_engine(
            address,
            pool_pre_ping=True,
            connect_args={"options": options, "connect_timeout": 10},
        )
    configure_dialect(engine.dialect)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    # Without this the driver would commit before DDL and begin when it thinks fit.
    connection.isolation_level = None
    function: Callable[[Any], Any]
    for name, function in sql_functions().items():
        connection.create_function(name, 1, function, deterministic=True)
    for setting in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL"):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: sa.Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _upgrade(engine: sa.Engine) -> None:
    name = store_name(engine.url)
    with engine.connect() as connection:
        if current_revision(connection) is None:
            raise StoreError(name, f"the database holds no store of geo-assen; {_INIT}.")
        if is_current(connection):
            return
    with engine.connect() as plain:
        connection = plain.execution_options(sqlite_begin="IMMEDIATE")
        with connection.begin():
            _lock_schema(connection)
            # Another process may have upgraded it while this one waited.
            if not is_current(connection):
                migrate(connection)
    _checkpoint(engine)


def _fill(engine: sa.Engine) -> None:
    with engine.connect() as plain:
        connection = plain.execution_options(sqlite_begin="IMMEDIATE")
        with connection.begin():
            _lock_schema(connection)
            if current_revision(connection) is None:
                _require_vacant(connection)
                create_geopackage(connection)
                _require_postgis(connection)
                migrate(connection)
            elif not is_current(connection):
                migrate(connection)
    _checkpoint(engine)


def _lock_schema(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_POSTGRES_LOCK)))


def _require_vacant(connection: sa.Connection) -> None:
    taken = sorted(set(metadata.tables) & set(sa.inspect(connection).get_table_names()))
    if taken:
        raise StoreError(
            store_name(connection.engine.url),
            f"the database has a table {taken[0]!r} of something else; name another database.",
        )


def _require_postgis(connection: sa.Connection) -> None:
    if connection.dialect.name != "postgresql":
        return
    known = "SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'"
    if connection.execute(sa.text(known)).scalar() is None:
        raise StoreError(
            store_name(connection.engine.url),
            "the database server lacks PostGIS; install PostGIS 3 on it.",
        )
    connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS postgis"))


def _checkpoint(engine: sa.Engine) -> None:
    """Move the log into the file: GIS programs know a GeoPackage by the header in the file."""
    if engine.dialect.name != "sqlite":
        return
    with contextlib.closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
