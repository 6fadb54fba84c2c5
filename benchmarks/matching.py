"""Measure matching at the size of a country, beside databases and frames in the same run.

Run with ``make bench-match``; it prints the table that stands in docs/benchmarks.md. All rank
the same sites (benchmarks/national.py) by the rules of matching, unknowns included: passing
ones first, then those to check, each by score and id. The peers get one flat table in memory
with the distances at hand, and give ids and scores; ours gives the reasons too where it says so.
Every answer is compared with a plain one, worked out over all rows for each requirement.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl

from benchmarks.imports import measured
from benchmarks.national import make_store
from benchmarks.needs import Flat, Need, drawn, flat_table, plain_answer
from benchmarks.peers import (
    duckdb_answers,
    duckdb_of,
    pandas_answer,
    polars_answer,
    postgis_answers,
    sql_answer,
)
from geo_assen import Store
from geo_assen.matching import SiteIndex, match, match_pairs
from geo_assen.services import today
from geo_assen.services.site_index import index_at

FIRST = 100
TOP = 10
COMPILED_FROM = 10_000
"""Requirements over few sites from which they are asked in machine code."""

SCALED_FROM = 20
"""Requirements that a slow peer gets; its time is scaled to all of them."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=1_000_000)
    parser.add_argument("--requirements", type=int, default=1000)
    parser.add_argument("--store", type=Path, help="a store made before")
    given = parser.parse_args()
    print(f"ten million additions in Python: {pace():.2f} s (how fast the machine is now)")
    with tempfile.TemporaryDirectory() as folder:
        file = given.store or Path(folder, "national.gpkg")
        if given.store is None:
            make_store(file, given.sites)
        of_index(file)
        index = index_at(Store(f"sqlite:///{file}"), today())
        needs = drawn(given.requirements, seed=1)
        print(f"{len(index):,} sites, {len(needs):,} requirements; best of the runs, and median")
        of_one(index, flat_table(index), needs[:40])
        of_many(index, flat_table(index), needs)
        few = Path(folder, "few.gpkg")
        make_store(few, 30_000)
        small = SiteIndex.of(Store(f"sqlite:///{few}").sites())
        of_many(small, flat_table(small), needs[:200])


def pace() -> float:
    """Seconds of a plain loop."""
    begun = time.perf_counter()
    total = 0
    for number in range(10_000_000):
        total += number
    return time.perf_counter() - begun


def of_index(file: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.index", str(file)]
    empty = [sys.executable, "-m", "benchmarks.index"]
    start = measured(empty, dict(os.environ))
    runs = [measured(command, dict(os.environ)) for _ in range(3)]
    best = min(run.seconds for run in runs)
    print(
        f"| index of a million sites out of the store | {best - start.seconds:.1f} s, and "
        f"{start.seconds:.1f} s for the program to start | {max(r.peak_mb for r in runs):.0f} MiB |"
    )


def timed(act: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Best and median seconds of some rounds."""
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        taken.append(time.perf_counter() - begun)
    return min(taken), float(np.median(taken))


def row(label: str, taken: Sequence[tuple[float, float]]) -> None:
    """Mean over requirements of the best and of the median, in milliseconds."""
    best, median = (1000 * float(np.mean([pair[at] for pair in taken])) for at in (0, 1))
    print(f"| {label} | {best:,.2f} ms | {median:,.2f} ms |")


def of_one(index: SiteIndex, flat: Flat, needs: Sequence[Need]) -> None:
    print(f"\nThe first {FIRST} of one requirement, the mean of {len(needs)}\n")
    asked = [need.requirement() for need in needs]
    for one in asked:  # columns are laid out when they are first asked for
        match(one, index).top(FIRST)
    row("ours, with reasons", [timed(lambda r=r: match(r, index).top(FIRST), 15) for r in asked])
    found = [timed(lambda r=r: match(r, index).look_for(FIRST), 15) for r in asked]
    row("ours, ids and scores", found)
    frame, table = pd.DataFrame(flat.columns), pl.DataFrame(flat.columns)
    database = duckdb_of(flat)
    some = needs[:SCALED_FROM]
    row("polars", [timed(lambda n=n: polars_answer(table, n, FIRST), 5) for n in some])
    row("DuckDB", [timed(lambda n=n: sql_answer(database, n, FIRST), 5) for n in some])
    row("pandas", [timed(lambda n=n: pandas_answer(frame, n, FIRST), 3) for n in some])
    with postgis_answers(flat) as ask:
        if ask is None:
            print("| PostGIS | not installed here | |")
        else:
            row("PostGIS", [timed(lambda n=n: ask(n, FIRST), 3) for n in some])
    wrong = [n for n, one in zip(needs, asked, strict=True)
             if not alike(match(one, index).top(FIRST), plain_answer(flat, n, FIRST))]  # fmt: skip
    peers_wrong = [n for n in some if not same(sql_answer(database, n, FIRST), flat, n, FIRST)]
    print(f"answers that differ from the plain one: ours {len(wrong)}, DuckDB {len(peers_wrong)}")


def of_many(index: SiteIndex, flat: Flat, needs: Sequence[Need]) -> None:
    count = len(needs)
    print(f"\nThe first {TOP} of each of {count:,} requirements over {len(index):,} sites\n")
    asked = [need.requirement() for need in needs]
    list(match_pairs(((one, index) for one in asked), top=TOP))

    def ours() -> list[object]:
        return list(match_pairs(((one, index) for one in asked), top=TOP))

    taken = {"ours": timed(ours, 5)}
    if index.is_small:
        # so many repay the loading of machine code, which then answers
        many = asked * (COMPILED_FROM // count + 1)
        deque(match_pairs(((one, index) for one in many), top=TOP), maxlen=0)
        taken["ours, once machine code is loaded"] = timed(ours, 15)
    taken["DuckDB, one statement"] = timed(lambda: duckdb_answers(flat, needs, TOP), 2)
    for label, (best, median) in taken.items():
        print(f"| {label} | {best * 1000:,.0f} ms | {median * 1000:,.0f} ms |")
    table = pl.DataFrame(flat.columns)
    some = needs[:SCALED_FROM]
    best, _ = timed(lambda: [polars_answer(table, need, TOP) for need in some], 2)
    print(f"| polars, scaled from {len(some)} | {best * count / len(some) * 1000:,.0f} ms | |")
    rankings = match_pairs(((one, index) for one in asked), top=TOP)
    wrong = sum(
        not alike(ranking.top(TOP), plain_answer(flat, need, TOP))
        for ranking, need in zip(rankings, needs, strict=True)
    )
    print(f"answers that differ from the plain one: {wrong} of {count:,}")


def alike(results: Sequence[object], expected: list[tuple[str, float]]) -> bool:
    """Whether ids and scores (to 1e-9) are the expected ones, failing sites left aside."""
    found = [(r.id, r.score) for r in results if r.verdict != "fail"]  # type: ignore[attr-defined]
    return _close(found, expected)


def same(found: list[tuple[str, float]], flat: Flat, need: Need, count: int) -> bool:
    return _close(found, plain_answer(flat, need, count))


def _close(found: list[tuple[str, float]], expected: list[tuple[str, float]]) -> bool:
    return [one[0] for one in found] == [one[0] for one in expected] and all(
        abs(a[1] - b[1]) <= 1e-9 for a, b in zip(found, expected, strict=True)
    )


if __name__ == "__main__":
    main()
