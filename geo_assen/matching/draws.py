"""Weightings drawn around the chosen one, and what rank each site takes under them.

A ranking is decided by steps of its rounded scores, and by id where those are equal; so
are these counts, exactly. To find who is first, single precision narrows each weighting
down to the sites near the top, which nearly always is one; only where it is more than one
the steps themselves decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geo_assen.matching.alternatives import SCORE_STEPS, Alternatives
from geo_assen.matching.columns import Flags, Floats
from geo_assen.matching.scoring import UNKNOWN_COUNTS

__all__ = [
    "CONCENTRATION_PER_CRITERION",
    "DRAWS",
    "SEED",
    "Counts",
    "Ranks",
    "drawn_weights",
    "first_shares",
    "intervals_of",
    "rank_counts",
    "rank_intervals",
]

DRAWS = 10_000
"""Weightings that are looked at; the standard error of a share is at most 0.005."""

SEED = 5
"""Fixed, so that the same ranking always gets the same figures."""

CONCENTRATION_PER_CRITERION = 4.0
"""How closely weightings are drawn around the chosen one.

Drawing from a Dirichlet distribution is drawing every weight by itself and dividing by
the sum. With 4 a criterion the standard deviation of an average weight is half of it
(``1 / sqrt(4)``) however many criteria there are: a 2 is read as "2, give or take 1".
With 1, equal weights would say nothing: every weighting would be as likely as any other.
With very many, no doubt would be left.
"""

_TAIL = 0.05
_BLOCK = 1 << 14
_BLOCK_OF_RANKS = 1 << 9
_MARGIN = np.float32(1e-4)
"""Far above what single precision can be wrong by in a mean of values up to 1."""

_THIN = 1e-6
"""Weight below which a mean is left to double precision."""

_SURE = 1e-9
"""Lead that neither rounding nor the order of adding up can undo."""

_ONE_THREAD = (1 << 19) - 1
"""Multiplications up to which OpenBLAS keeps the product of two matrices in one thread."""

Counts = NDArray[np.int64]
Ranks = NDArray[np.intp]
Singles = NDArray[np.float32]


def drawn_weights(
    alternatives: Alternatives,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    concentration: float | None = None,
) -> Floats:
    """Weightings by which the shares and the ranks are found, the chosen one first.

    Drawn from a Dirichlet distribution with ``alpha = concentration * chosen share``, so
    that their mean is the chosen weighting. A weight of 0 stays 0: that wish was put
    aside.

    Parameters
    ----------
    concentration
        Above 0; ``None``: :data:`CONCENTRATION_PER_CRITERION` for each criterion with
        weight.

    Returns
    -------
    One row a weighting, one column a criterion; each row has the sum 1, or is all 0 where
    every weight is 0.

    Raises
    ------
    ValueError
        If ``draws`` is below 1 or ``concentration`` is not above 0.
    """
    drawn = _weightings(alternatives, draws, seed, concentration)
    weightings = np.zeros((draws, len(alternatives.criteria)))
    weightings[:, alternatives.weights > 0] = drawn.T
    return weightings


def first_shares(
    alternatives: Alternatives,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    concentration: float | None = None,
) -> Floats:
    """Share of the weightings of :func:`drawn_weights` under which each site is first.

    Exact for the weightings drawn: scores are rounded and ties are broken by id as in the
    ranking. Their sum is 1, unless there is no site.

    Parameters
    ----------
    concentration
        As of :func:`drawn_weights`.

    Returns
    -------
    One share a site, 0 to 1.
    """
    weightings = _weightings(alternatives, draws, seed, concentration)
    rows = _rivals(alternatives, weightings)
    rivals = _chosen(alternatives, rows)
    counts = np.zeros(len(alternatives.ids), dtype=np.int64)
    for block in _blocks(weightings, _BLOCK):
        counts[rows] += _first_counts(rivals, block)
    shares: Floats = counts / draws
    return shares


def rank_counts(
    alternatives: Alternatives,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    concentration: float | None = None,
) -> Counts:
    """Under how many of the weightings of :func:`drawn_weights` each site takes each rank.

    Returns
    -------
    One row a site, one column a rank, the first one first; each row and each column has
    the sum ``draws``.
    """
    weightings = _weightings(alternatives, draws, seed, concentration)
    size = len(alternatives.ids)
    ordered = _chosen(alternatives, alternatives.by_id)
    bits = size.bit_length()
    places, counts = np.arange(size), np.zeros(size * size, dtype=np.int64)
    for block in _blocks(weightings, _BLOCK_OF_RANKS):
        # one number holds the steps below the best score and then the place of the id, so
        # that one sort settles ties as well
        behind = int(SCORE_STEPS) - ordered.score_steps(block)
        keys = np.ascontiguousarray((behind << bits | places[:, None]).T)
        keys.sort(axis=1)
        taken = (keys & ((1 << bits) - 1)) * size + places
        counts += np.bincount(taken.ravel(), minlength=len(counts))
    by_row = np.empty((size, size), dtype=np.int64)
    by_row[alternatives.by_id] = counts.reshape(size, size)
    return by_row


def rank_intervals(
    alternatives: Alternatives,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    concentration: float | None = None,
) -> tuple[Ranks, Ranks, Ranks, Ranks]:
    """Ranks that each site takes under the weightings of :func:`drawn_weights`.

    Returns
    -------
    Best and worst rank, and the two that bound the central 90 % of the weightings; from
    1. The present rank lies between the best and the worst.
    """
    return intervals_of(
        rank_counts(alternatives, draws=draws, seed=seed, concentration=concentration)
    )


def intervals_of(counts: Counts) -> tuple[Ranks, Ranks, Ranks, Ranks]:
    """Best and worst rank and bounds of the central 90 %, out of :func:`rank_counts`."""
    if not len(counts):
        none = np.zeros(0, dtype=np.intp)
        return none, none, none, none
    reached = counts.cumsum(axis=1)
    draws = reached[:, -1:]
    best = (counts > 0).argmax(axis=1) + 1
    worst = (reached == draws).argmax(axis=1) + 1
    # of 10,000 weightings the 500 best and the 500 worst are left out
    low = (reached > draws * _TAIL).argmax(axis=1) + 1
    high = (reached >= draws * (1 - _TAIL)).argmax(axis=1) + 1
    return best, worst, low, high


def _weightings(
    alternatives: Alternatives, draws: int, seed: int, concentration: float | None
) -> Floats:
    """Drawn weights, one row a criterion with weight, one column a weighting."""
    if draws < 1:
        raise ValueError("there must be at least one weighting")
    shares = alternatives.shares[alternatives.weights > 0]
    spread = CONCENTRATION_PER_CRITERION * len(shares) if concentration is None else concentration
    if not (0 < spread < np.inf or (concentration is None and not len(shares))):
        raise ValueError("concentration must be a finite number above 0")
    return _drawn(tuple(shares.tolist()), draws, seed, spread)


@lru_cache(maxsize=8)
def _drawn(shares: tuple[float, ...], draws: int, seed: int, concentration: float) -> Floats:
    """Draw weightings; kept, because one view asks for shares, ranks and more of the same."""
    weightings = np.empty((len(shares), draws))
    weightings[:, 0] = shares
    if shares:
        # a share may be so small that its product is 0, which the distribution does not take
        alpha = np.maximum(concentration * np.array(shares), np.finfo(float).tiny)
        chance = np.random.Generator(np.random.SFC64(seed))
        weightings[:, 1:] = chance.dirichlet(alpha, draws - 1).T
    weightings.setflags(write=False)
    return weightings


def _blocks(weightings: Floats, size: int) -> Iterator[Floats]:
    """Weightings in parts that leave memory flat at any number of draws."""
    for start in range(0, weightings.shape[1], size):
        yield weightings[:, start : start + size]


def _chosen(alternatives: Alternatives, rows: Ranks) -> Alternatives:
    """Some alternatives in another order, with the criteria that have weight."""
    weighed = alternatives.weights > 0
    return Alternatives(
        tuple(alternatives.ids[row] for row in rows),
        tuple(name for name, has in zip(alternatives.criteria, weighed, strict=True) if has),
        alternatives.weights[weighed],
        alternatives.desirability[rows][:, weighed],
        alternatives.applies[rows][:, weighed],
    )


def _rivals(alternatives: Alternatives, weightings: Floats) -> Ranks:
    """Positions, in the order of ids, of the sites that can be first under a weighting.

    A site that another one reaches on every criterion cannot, if the other wins ties by
    its id, or leads by more than a tie under the least that each criterion ever weighs.
    """
    if not len(weightings):
        return alternatives.by_id[:1]
    ordered = _chosen(alternatives, alternatives.by_id)
    least = ordered.counted @ weightings.min(axis=1)
    beaten = np.zeros(len(least), dtype=bool)
    for rows in ordered.alike:
        # the first index is that of the site that reaches, the second of the one reached
        reaches = rows[:, None] < rows
        reaches |= least[rows, None] - least[rows] > _SURE
        for counted in ordered.counted[rows].T.copy():
            reaches &= counted[:, None] >= counted
        beaten[rows] = reaches.any(axis=0)
    return alternatives.by_id[~beaten]


def _first_counts(rivals: Alternatives, weightings: Floats) -> Counts:
    """Under how many weightings each is first; ``rivals`` are in the order of their ids."""
    size = len(rivals.ids)
    if not size:
        return np.zeros(0, dtype=np.int64)
    parts, is_thin = _quick_scores(rivals, weightings)
    top = np.maximum.reduce([scores.max(axis=0) for _, scores in parts]) - _MARGIN
    near = [(rows, scores >= top) for rows, scores in parts]
    at_top = np.add.reduce([_count(flags, size) for _, flags in near])
    unclear = np.flatnonzero((at_top != 1) | is_thin)
    counts = np.zeros(size, dtype=np.int64)
    for rows, flags in near:
        flags[:, unclear] = False
        counts[rows] = [np.count_nonzero(row) for row in flags]
    steps = rivals.score_steps(weightings[:, unclear])
    counts += np.bincount(steps.argmax(axis=0), minlength=size)
    return counts


def _count(flags: Flags, most: int) -> NDArray[np.integer]:
    """How many flags stand in each column; quick in the smallest type that holds it."""
    counts: NDArray[np.integer] = np.add.reduce(
        flags.view(np.uint8), axis=0, dtype=np.min_scalar_type(most)
    )
    return counts


def _quick_scores(
    rivals: Alternatives, weightings: Floats
) -> tuple[list[tuple[Ranks, Singles]], Flags]:
    """Scores in single precision, by the rows to which the same criteria apply.

    Returns
    -------
    Rows with their scores, and the weightings that leave too little on what applies to
    some row for its mean to be trusted.
    """
    weights, counted = weightings.astype(np.float32), rivals.counted.astype(np.float32)
    is_thin = np.zeros(weightings.shape[1], dtype=bool)
    parts = []
    for rows in rivals.alike:
        applies = rivals.applies[rows[0]]
        scores = _product(counted[rows], weights)
        if not applies.any():
            scores[:] = UNKNOWN_COUNTS
        elif not applies.all():
            total = applies @ weightings
            is_thin |= total < _THIN
            scores /= np.maximum(total, _THIN).astype(np.float32)
        parts.append((rows, scores))
    return parts, is_thin


def _product(counted: Singles, weights: Singles) -> Singles:
    """Matrix product in parts so small that they stay in this thread.

    On a machine that has other work, waiting for a second thread takes longer than the
    whole product.
    """
    scores = np.empty((len(counted), weights.shape[1]), dtype=np.float32)
    step = max(_ONE_THREAD // max(counted.size, 1), 1)
    for start in range(0, weights.shape[1], step):
        part = slice(start, start + step)
        np.matmul(counted, weights[:, part], out=scores[:, part])
    return scores
