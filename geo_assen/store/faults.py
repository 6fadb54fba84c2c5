"""Every way in which a database can fail, told in one sentence with what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa

from geo_assen.errors import StoreError

__all__ = ["store_name", "translate_errors"]

_LOCKED = (
    "another program holds it locked for longer than the time set to wait; "
    "close it there or try again"
)
_DISK_FULL = "the disk is full and nothing was written; make room and try again"
_NO_PERMISSION = (
    "this account may not write to it; give it write permission on the file and its folder"
)
_SQLITE_REASONS = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_PERM: _NO_PERMISSION,
    sqlite3.SQLITE_READONLY: _NO_PERMISSION,
    sqlite3.SQLITE_FULL: _DISK_FULL,
    sqlite3.SQLITE_CANTOPEN: (
        "the file cannot be opened; check that the folder exists and that this account may "
        "read and write in it"
    ),
    sqlite3.SQLITE_CORRUPT: "the file is damaged; put a backup back with geo-assen restore",
    sqlite3.SQLITE_IOERR: "the disk reports an error in reading or writing; check the disk",
    sqlite3.SQLITE_NOTADB: (
        "the file is not an SQLite file; name another file, or move this one away and run "
        "geo-assen init"
    ),
}
_POSTGRES_REASONS = {
    "55P03": _LOCKED,
    "40P01": _LOCKED,
    "40001": _LOCKED,
    "53100": _DISK_FULL,
    "42501": "this account of the database may not do that; ask its owner for the rights",
    "25006": "the database is read-only; name one that can be written",
}


def store_name(url: str | sa.URL) -> str:
    """Name of a store as messages show it: a path, or an address without its password."""
    if isinstance(url, str):
        try:
            url = sa.make_url(url)
        except sa.exc.ArgumentError:
            return repr(url)
    if url.get_backend_name() == "sqlite" and url.database:
        return url.database
    return url.render_as_string(hide_password=True)


@contextmanager
def translate_errors(url: str | sa.URL) -> Iterator[None]:
    """Turn what a database or its driver raises into a :class:`StoreError`.

    Parameters
    ----------
    url
        Address of the store, for the message.

    Raises
    ------
    StoreError
        In the place of any failure of a statement or a connection; the original is its
        cause. Errors of a program's own making pass through.
    """
    try:
        yield
    except sa.exc.StatementError as error:
        raise StoreError(store_name(url), f"{_reason(error.orig)}.") from error
    except sa.exc.TimeoutError as error:
        reason = "all its connections are in use; try again in a moment."
        raise StoreError(store_name(url), reason) from error
    except sqlite3.Error as error:
        raise StoreError(store_name(url), f"{_reason(error)}.") from error


def _reason(error: BaseException | None) -> str:
    if isinstance(error, sqlite3.Error):
        return _sqlite_reason(error)
    if isinstance(error, psycopg.Error):
        return _postgres_reason(error)
    return f"a value cannot be stored ({error})"


def _sqlite_reason(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_CONSTRAINT:
        return _refused(str(error))
    return _SQLITE_REASONS.get(code, f"the database answers: {error}")


def _postgres_reason(error: psycopg.Error) -> str:
    state = error.sqlstate or ""
    if state.startswith("23"):
        return _refused(error.diag.message_primary or str(error))
    if state in _POSTGRES_REASONS:
        return _POSTGRES_REASONS[state]
    if isinstance(error, psycopg.OperationalError):
        return (
            f"the database server cannot be reached or ended the connection ({_line(error)}); "
            "check that it runs and that host, port, database, name and password are right"
        )
    return f"the database answers: {_line(error)}"


def _line(error: Any) -> str:
    return " ".join(str(error).split("\n")[0].split()) or type(error).__name__


def _refused(detail: str) -> str:
    return f"a rule of the store refuses this and nothing was written ({detail})"
