"""The process in which a large SQLite store is read: column by column, in threads.

Run as a file of its own, apart from the rest of the project, by :mod:`geo_assen.store.bulk`:
it has another SQLite library than the process that holds the store, and two of them on one
file in one process would drop each other's locks. Its arguments are the path of the store
and, for each question, the number of an open file and a statement; the answers are written
there as streams of Arrow record batches.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor

for _name in ("pandas", "polars"):
    sys.modules[_name] = None  # type: ignore[assignment]  # not needed here, and slow to start

import adbc_driver_manager as adbc  # noqa: E402
import adbc_driver_sqlite  # noqa: E402
import pyarrow as pa  # noqa: E402

__all__ = ["main"]

_BATCH_ROWS = 16_384
_AT_A_TIME = 2


def main(path: str, *asked: str) -> int:
    """Answer all questions in their order, two at a time; the exit code tells of a fault."""
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        answers = [
            pool.submit(_answer, path, int(number), statement)
            for number, statement in zip(asked[::2], asked[1::2], strict=True)
        ]
    faults = [fault for answer in answers if (fault := answer.exception()) is not None]
    for fault in faults:
        print(" ".join(str(fault).split()) or type(fault).__name__, file=sys.stderr)  # noqa: T201
    return 1 if faults else 0


def _answer(path: str, number: int, statement: str) -> None:
    with (
        os.fdopen(number, "wb") as out,
        adbc_driver_sqlite.connect(f"file:{path}?mode=ro") as database,
        adbc.AdbcConnection(database) as connection,
        adbc.AdbcStatement(connection) as asked,
    ):
        asked.set_options(**{"adbc.sqlite.query.batch_rows": str(_BATCH_ROWS)})
        asked.set_sql_query(statement)
        answer, _ = asked.execute_query()
        batches = pa.RecordBatchReader._import_from_c(answer.address)
        with pa.ipc.new_stream(out, batches.schema) as stream:
            for batch in batches:
                stream.write_batch(batch)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
