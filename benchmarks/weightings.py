"""Measure how long the chance of being first takes: 10,000 weightings of 200 sites.

Run with ``python -m benchmarks.weightings``. The peers run in the same process on the same
sites and the same weightings: plain numpy (one matrix product, then the largest of each
row), and pymcdm, which ranks one weighting at a time. Peers know nothing of ties, unknowns
or criteria that do not apply: they get the desirabilities as the score counts them. Ours
settles ties as the ranking does.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from pymcdm.methods import WSM

from geo_assen.matching import Alternatives, first_shares, pareto, rank_intervals, smallest_flip
from geo_assen.matching.draws import DRAWS, SEED, drawn_weights

SITES, CRITERIA = 200, 8
LOOPED = 300
"""Weightings that pymcdm gets; its time is scaled to all of them."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    rounds = parser.parse_args().rounds
    plots, both = sites(kinds=1), sites(kinds=2)
    print(f"{DRAWS:,} weightings, {SITES} sites, {CRITERIA} criteria, {rounds} rounds")
    print()
    print("| what | best | median |")
    print("|---|---|---|")
    row("ours, weightings drawn anew", every(lambda n: first_shares(plots, seed=n), rounds))
    row("ours, weightings at hand", every(lambda _: first_shares(plots), rounds))
    row("ours, plots and premises, drawn anew", every(lambda n: first_shares(both, seed=n), rounds))
    weightings = drawn_weights(plots)
    row("plain numpy, drawn anew", every(lambda n: plain(plots, drawn(plots, n)), rounds))
    row("plain numpy, weightings at hand", every(lambda _: plain(plots, weightings), rounds))
    looped = every(lambda _: one_by_one(plots, weightings[:LOOPED]), 3)
    row(f"pymcdm, scaled from {LOOPED}", [taken * DRAWS / LOOPED for taken in looped])
    row("ours: rank intervals", every(lambda _: rank_intervals(both), 10))
    row("ours: Pareto set", every(lambda _: pareto(both), 10))
    row("ours: smallest flip, one kind", every(lambda _: smallest_flip(plots), 10))
    other = int(max(both.alike, key=lambda rows: rows[0])[0])
    row("ours: smallest flip, two kinds", every(lambda _: smallest_flip(both, 0, other), 10))
    print()
    print(f"largest difference of a share, ours and plain numpy: {difference(plots, weightings):g}")


def sites(*, kinds: int, seed: int = 1) -> Alternatives:
    """Sites at random in their order, a tenth unknown; a kind leaves one criterion out."""
    chance = np.random.default_rng(seed)
    desirability = chance.random((SITES, CRITERIA))
    desirability[chance.random(desirability.shape) < 0.1] = np.nan
    applies = np.ones(desirability.shape, dtype=bool)
    if kinds == 2:
        is_plot = chance.random(SITES) < 0.5
        applies[is_plot, 1] = applies[~is_plot, 0] = False
    ids = tuple(f"plot:{number}" for number in chance.permutation(SITES))
    names = tuple(f"criterion_{number}" for number in range(CRITERIA))
    weights = chance.integers(1, 6, CRITERIA).astype(float)
    found = Alternatives(ids, names, weights, desirability, applies)
    best = np.argsort(-found.score_steps(weights[:, None])[:, 0], kind="stable")
    ordered = tuple(ids[row] for row in best)
    return Alternatives(ordered, names, weights, desirability[best], applies[best])


def drawn(alternatives: Alternatives, seed: int) -> np.ndarray:
    alpha = 4 * CRITERIA * alternatives.shares
    return np.random.default_rng(seed).dirichlet(alpha, DRAWS)


def plain(alternatives: Alternatives, weightings: np.ndarray) -> np.ndarray:
    firsts = (weightings @ alternatives.counted.T).argmax(axis=1)
    return np.bincount(firsts, minlength=SITES) / len(weightings)


def one_by_one(alternatives: Alternatives, weightings: np.ndarray) -> np.ndarray:
    method = WSM(normalization_function=lambda values, cost: values)  # noqa: ARG005
    gains = np.ones(CRITERIA)
    firsts = [method(alternatives.counted, weights, gains).argmax() for weights in weightings]
    return np.bincount(firsts, minlength=SITES) / len(weightings)


def difference(alternatives: Alternatives, weightings: np.ndarray) -> float:
    ours = first_shares(alternatives, seed=SEED)
    return float(np.abs(ours - plain(alternatives, weightings)).max())


def every(act: Callable[[int], object], rounds: int) -> list[float]:
    """Seconds of each round; the first, which fills caches, is left out."""
    taken = []
    for number in range(rounds + 1):
        start = time.perf_counter()
        act(number + 100)
        taken.append(time.perf_counter() - start)
    return taken[1:]


def row(name: str, seconds: list[float]) -> None:
    best, median = (1000 * figure(seconds) for figure in (min, statistics.median))
    print(f"| {name} | {best:,.2f} ms | {median:,.2f} ms |")


if __name__ == "__main__":
    main()
