"""A PostgreSQL server of one test run: made in a temporary folder, stopped at its end."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
SETTINGS = (
    "listen_addresses=''", "fsync=off", "synchronous_commit=off", "full_page_writes=off",
    "wal_level=minimal", "max_wal_senders=0", "shared_buffers=32MB", "max_connections=40",
)

_numbers = count(1)

SHAPE = """
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
    SELECT concat(c.relname, ' ', c.relkind, ' ', a.attname) AS part
    FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat(tgrelid, tgname, tgenabled)
        FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT version_num FROM alembic_version
) AS parts
"""
"""Everything about the tables that a test may have changed, as one text."""

EMPTY = """
SET session_replication_role = replica;
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
        AND tablename NOT IN ('spatial_ref_sys', 'alembic_version', 'store_state')
    LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'
    LOOP EXECUTE format('ALTER SEQUENCE %I RESTART', name); END LOOP;
    DELETE FROM store_state;
    INSERT INTO store_state VALUES (1, 0, now());
END $$
"""
"""Takes all rows out again, with triggers and references switched off meanwhile."""


def missing() -> str | None:
    """Why no server can be started here; None where one can."""
    if not BINARIES:
        return "the PostgreSQL server is not installed"
    share = Path("/usr/share/postgresql", BINARIES[-1].parent.name, "extension/postgis.control")
    return None if share.exists() else "PostGIS is not installed"


def execute(url: str, *statements: str) -> object:
    """Run statements one by one and give the first value of the last, if it has any."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def make_database(server: str, name: str, template: str) -> None:
    """Copy the files of a database: half the work of writing every page to the log first."""
    execute(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")


@contextmanager
def database(address: str, template: str) -> Iterator[str]:
    """A database of its own, dropped at the end so that the disk does not fill."""
    name, server = f"test_{next(_numbers)}", address.format(database="postgres")
    make_database(server, name, template)
    yield address.format(database=name)
    execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def cluster() -> Iterator[str]:
    """Start a server and give the address of its databases, with ``{database}`` to fill in."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    is_root = os.geteuid() == 0
    if is_root:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
    as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]

    def run(name: str, *arguments: str) -> None:
        command = [*(as_owner if is_root else []), str(BINARIES[-1] / name), *arguments]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)

    data = f"{folder}/data"
    settings = (*SETTINGS, f"unix_socket_directories={folder}")
    options = " ".join(f"-c {setting}" for setting in settings)
    try:
        run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
            "--locale=C.UTF-8")
        run("pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://postgres@/{{database}}?host={folder}"
        finally:
            run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
