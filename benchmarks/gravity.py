"""Measure flows with known totals: 342 zones and 5,000, to 1e-8, beside plain Furness.

Run with ``python -m benchmarks.gravity``. Zones lie at random in a square of 1 by 1, totals
are lognormal, and flows fall with ``exp(-20 * distance)``: the mean flow goes about a tenth of
the square. The peer is Furness as one would write it in numpy, two products a round, in the
same process on the same numbers, to the same error; it ends with the flows, as ours does.
Processor seconds stand beside the clock's: they tell less of what else the machine does.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from benchmarks.matching import pace
from geo_assen.commuting import balance, fit_gravity

BETA = 20.0
TOLERANCE = 1e-8

Floats = np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--zones", type=int, nargs="*", default=[342, 5_000])
    parser.add_argument("--beta", type=float, default=BETA)
    asked = parser.parse_args()
    print(f"ten million additions in Python: {pace():.2f} s (how fast the machine is now)")
    for zones in asked.zones:
        measure(zones, asked.beta, runs=50 if zones < 1_000 else 5)


def measure(zones: int, beta: float, runs: int) -> None:
    """Time one size and print its rows."""
    leaving, arriving, distance = drawn(zones)
    kernel = np.exp(-beta * distance)
    print(f"\n{zones:,} zones, flows fall with exp(-{beta:g} d)\n")
    print("| what | best | median | processor, best | rounds |\n|---|---|---|---|---|")
    ours, quick, ours_cpu = row("ours", runs, lambda: balance(leaving, arriving, kernel))
    peers, slow, peers_cpu = row("Furness in numpy", max(1, runs // 5),
                                 lambda: furness(leaving, arriving, kernel))  # fmt: skip
    mean = float((ours.flows * distance).sum() / leaving.sum())
    fit, _, _ = row("ours, fitted to the mean distance", max(1, runs // 5),
                    lambda: fit_gravity(leaving, arriving, distance, mean))  # fmt: skip
    strict = balance(leaving, arriving, kernel, tolerance=1e-12).flows
    print(f"\nby the clock {slow / quick:.1f} times as quick, in processor time "
          f"{peers_cpu / ours_cpu:.1f} times; error {ours.error:.1e} and {peers.error:.1e}")
    print(f"largest relative difference of a flow from that at 1e-12: ours "
          f"{np.abs(ours.flows / strict - 1).max():.1e}, "
          f"Furness {np.abs(peers.flows / strict - 1).max():.1e}")
    print(f"mean distance {mean:.4f}; fitted decay {fit.beta:.8f} in {fit.trials} trials, "
          f"converged: {fit.converged}")  # fmt: skip


def drawn(zones: int) -> tuple[Floats, Floats, Floats]:
    """What leaves, what arrives and distances between zones at random."""
    chance = np.random.default_rng(0)
    place = chance.random((zones, 2))
    distance = np.hypot(*(place[:, None, axis] - place[None, :, axis] for axis in (0, 1)))
    leaving, arriving = chance.lognormal(size=(2, zones))
    return leaving, arriving * (leaving.sum() / arriving.sum()), distance


class Found:
    """Flows of the peer, with what it took."""

    def __init__(self, flows: Floats, rounds: int, error: float) -> None:
        self.flows, self.rounds, self.error = flows, rounds, error


def furness(leaving: Floats, arriving: Floats, kernel: Floats) -> Found:
    """Rows and columns in turn until the columns are right within the tolerance."""
    b = np.ones(len(arriving))
    rounds, error = 0, np.inf
    while error > TOLERANCE:
        a = 1 / (kernel @ (b * arriving))
        columns = (a * leaving) @ kernel
        error = float(np.abs(b * columns - 1).max())
        if error > TOLERANCE:
            b = 1 / columns
        rounds += 1
    return Found((a * leaving)[:, None] * kernel * (b * arriving), rounds, error)


def row(name: str, runs: int, work: Callable[[], object]) -> tuple:
    """Time some work, print its row, and tell what it found and its best times."""
    clock, processor = [], []
    for _ in range(runs):
        begun = time.perf_counter(), time.process_time()
        found = work()
        clock.append(time.perf_counter() - begun[0])
        processor.append(time.process_time() - begun[1])
    best, median, used = min(clock), float(np.median(clock)), min(processor)
    print(f"| {name} | {best:,.4f} s | {median:,.4f} s | {used:,.4f} s | {found.rounds} |")
    return found, best, used


if __name__ == "__main__":
    main()
