"""Kill an import in the middle, again and again, and look whether the store is as it was.

Run with ``make test-kills``. Each round starts the import of many polygons into a copy of the
sample, ends it at a moment drawn at random, and examines what is left: the store is sound, each
table has the rows it had, the version is the one of before, all triggers and R-trees stand. An
import that was asked to stop (not killed) also says so in one sentence and leaves no temporary
file. Exit code 1 with the findings where one of this does not hold.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.imports import draw, layers_with_parcels

COMMAND = (sys.executable, "-m", "geo_assen.cli")
SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGINT, signal.SIGTERM)
"""Taken in turn: half of the rounds kill, the others ask to stop."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=20261127)
    asked = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where we run behind &
    with tempfile.TemporaryDirectory() as name:
        findings = attacked(Path(name), asked.rows, asked.rounds, random.Random(asked.seed))  # noqa: S311
    for finding in findings:
        print(finding)
    sys.exit(1 if findings else 0)


def attacked(folder: Path, rows: int, rounds: int, draws: random.Random) -> list[str]:
    """Findings of all rounds; none: every import that did not end left nothing."""
    few, many, base = folder / "few.gpkg", folder / "many.gpkg", folder / "base.gpkg"
    draw(few, 1_000)
    draw(many, rows)
    temporary = folder / "temporary"
    temporary.mkdir()
    layers = layers_with_parcels(folder)
    environment = {**os.environ, "GEO_ASSEN_LAYERS": str(layers), "TMPDIR": str(temporary)}
    for arguments in (("init", "--sample"), ("import", "parcels", str(few))):
        run = [*COMMAND, *arguments, "--store", str(base)]
        subprocess.run(run, env=environment, check=True, capture_output=True)
    before, store = state(base), folder / "store.gpkg"
    command = [*COMMAND, "import", "parcels", str(many), "--store", str(store)]
    seconds = ended(command, environment, base, store, None)[0]
    print(f"the whole import takes {seconds:.1f} s")
    findings: list[str] = []
    for at in range(rounds):
        number, wait = SIGNALS[at % len(SIGNALS)], draws.uniform(0.2, 0.98) * seconds
        _, code, said = ended(command, environment, base, store, (wait, number))
        told = f"round {at + 1}, {number.name} after {wait:.1f} s, code {code}"
        if code == 0 or "had landed already" in said:
            print(f"{told}: landed before")
            continue
        wrong = judged(store, before, environment)
        if number != signal.SIGKILL:
            wrong += judged_end(code, said, temporary, number)
        shutil.rmtree(temporary)
        temporary.mkdir()
        print(f"{told}: {'as it was' if not wrong else 'NOT as it was'}", flush=True)
        findings += [f"{told}: {finding}" for finding in wrong]
    return findings


def ended(
    command: list[str],
    environment: dict[str, str],
    base: Path,
    store: Path,
    stop: tuple[float, signal.Signals] | None,
) -> tuple[float, int, str]:
    """Seconds, exit code and words of an import into a new copy, stopped after so many seconds."""
    for ending in ("", "-wal", "-shm"):
        Path(f"{store}{ending}").unlink(missing_ok=True)
    shutil.copy(base, store)
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    if stop is not None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(stop[0])
        process.send_signal(stop[1])
    said = process.communicate()[1]
    return time.perf_counter() - begun, process.returncode, said


def state(path: Path) -> dict[str, Any]:
    """Rows of every table, version, triggers and indexes of a store."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        names = [
            row[0] for row in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]  # fmt: skip
        found: dict[str, Any] = {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
            for name in names
        }
        found["version"] = connection.execute("SELECT store_version FROM store_state").fetchone()
        found["parts"] = connection.execute(
            "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
        ).fetchall()
    return found


def judged(store: Path, before: dict[str, Any], environment: dict[str, str]) -> list[str]:
    """What is wrong with a store whose import did not end."""
    check = [*COMMAND, "check", "--store", str(store)]
    done = subprocess.run(check, env=environment, capture_output=True, text=True, check=False)
    wrong = [] if done.returncode == 0 else done.stderr.splitlines()
    after = state(store)
    return wrong + [
        f"{name} is {after.get(name)!s:.80}, was {before.get(name)!s:.80}"
        for name in sorted({*before, *after}) if before.get(name) != after.get(name)
    ]  # fmt: skip


def judged_end(code: int, said: str, temporary: Path, number: signal.Signals) -> list[str]:
    """What is wrong with the way in which an import stopped that was asked to."""
    if code == -number and not said:  # it had not begun yet
        return []
    wrong = [] if code == 1 and said.count("\n") == 1 else [f"code {code}, said {said[-300:]!r}"]
    return wrong + [f"left {path.name}" for path in temporary.iterdir()]


if __name__ == "__main__":
    main()
