import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from geo_assen.errors import StoreError
from geo_assen.store import (
    insert_frame,
    open_engine,
    read_batch,
    read_frame,
    store_version,
    write_batch,
)
from tests.store import rows


def _version(engine: sa.Engine) -> int:
    with read_batch(engine) as connection:
        return store_version(connection)


def test_batch_raises_the_version_by_one(store: sa.Engine) -> None:
    before = _version(store)
    with write_batch(store) as connection:
        insert_frame(connection, rows.table("source"), rows.source_frame())
    assert _version(store) == before + 1


def test_failing_batch_writes_nothing_at_all(store: sa.Engine) -> None:
    before = _version(store)
    with pytest.raises(RuntimeError, match="stop"), write_batch(store) as connection:
        insert_frame(connection, rows.table("source"), rows.source_frame())
        raise RuntimeError("stop")
    assert _version(store) == before
    with read_batch(store) as connection:
        assert read_frame(connection, rows.table("source")).empty


def test_schema_change_in_a_failing_batch_is_undone(store: sa.Engine) -> None:
    with pytest.raises(RuntimeError, match="stop"), write_batch(store) as connection:
        connection.exec_driver_sql("CREATE TABLE extra (id INTEGER PRIMARY KEY)")
        raise RuntimeError("stop")
    assert "extra" not in sa.inspect(store).get_table_names()


def test_broken_rule_is_told_in_one_sentence(store: sa.Engine) -> None:
    rows.fill(store)
    with (
        pytest.raises(StoreError, match=r"a rule of the store refuses this .*nothing was written"),
        write_batch(store) as connection,
    ):
        insert_frame(connection, rows.table("plot"), rows.plot_frame("p", park="nowhere"))


def test_reader_keeps_its_state_while_another_writes(store: sa.Engine) -> None:
    with read_batch(store) as reading:
        before = store_version(reading)
        with write_batch(store) as writing:
            insert_frame(writing, rows.table("source"), rows.source_frame())
        assert store_version(reading) == before
        assert read_frame(reading, rows.table("source")).empty


def test_second_writer_is_refused_after_the_timeout(store: sa.Engine) -> None:
    with (
        write_batch(store),
        pytest.raises(StoreError, match="another program holds it locked"),
        write_batch(store),
    ):
        pass


def test_threads_write_one_after_another(store: sa.Engine) -> None:
    patient = open_engine(store.url.render_as_string(hide_password=False), busy_timeout_ms=20_000)

    def write(number: int) -> None:
        with write_batch(patient) as connection:
            frame = rows.source_frame(f"s{number}")
            insert_frame(connection, rows.table("source"), frame)

    threads = [threading.Thread(target=write, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with read_batch(patient) as connection:
        assert (store_version(connection), len(read_frame(connection, rows.table("source")))) == (
            6, 6,
        )
    patient.dispose()


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


def test_lock_of_another_process_is_told(sqlite_store: sa.Engine) -> None:
    command = [sys.executable, "-c", HOLD, str(sqlite_store.url.database)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with (
            pytest.raises(StoreError, match="another program holds it locked"),
            write_batch(sqlite_store),
        ):
            pass
        other.communicate()
    with write_batch(sqlite_store) as connection:
        assert store_version(connection) == 1


def test_full_disk_is_told_and_undone(sqlite_store: sa.Engine) -> None:
    sqlite_store.dispose()

    @sa.event.listens_for(sqlite_store, "connect")
    def _limit(connection: sqlite3.Connection, _: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    note = rows.table("note")
    with pytest.raises(StoreError, match="disk is full"), write_batch(sqlite_store) as connection:
        long = {"text": "x" * 10_000, "created_at": datetime(2026, 1, 1, tzinfo=UTC)}
        connection.execute(sa.insert(note), [long] * 100)
    with read_batch(sqlite_store) as connection:
        assert read_frame(connection, note).empty
