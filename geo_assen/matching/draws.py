"""Weightings drawn around the chosen one, and what rank each site takes under them.

A ranking is decided by steps of its rounded scores, and by id where those are equal; so
are these counts, exactly. To find who is first, single precision narrows each weighting
down to the sites near the top, which nearly always is one of those that rank high now; only
where it is more than one, or another, the steps themselves decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
_PART = 1 << 11
"""Weightings of which the scores in single precision stay near the processor."""

_BLOCK_OF_RANKS = 1 << 9
_MARGIN = np.float32(1e-4)
"""Far above what single precision can be wrong by in a mean of values up to 1."""

_THIN = 1e-6
"""Weight below which a mean is left to double precision."""

_SURE = 1e-9
"""Lead that neither rounding nor the order of adding up can undo."""

_LEADERS = 16
"""Sites, the best under the chosen weights, by which the others are measured."""

_FRONT = 48
"""Sites, the best under the chosen weights, among which the first one is looked for."""

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
    is_front = np.zeros(len(rows), dtype=bool)
    is_front[rows.argsort()[:_FRONT]] = True  # a row is the present rank
    counts = np.zeros(len(alternatives.ids), dtype=np.int64)
    for block in _blocks(weightings, _BLOCK):
        counts[rows] += _first_counts(rivals, is_front, block)
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
    its id, or leads by more than a tie under the least that each criterion ever weighs. Only
    the leaders are asked whether they reach the others: they rule out nearly all that can be.
    """
    if not len(weightings):
        return alternatives.by_id[:1]
    ordered = _chosen(alternatives, alternatives.by_id)
    least = ordered.counted @ weightings.min(axis=1)
    beaten = np.zeros(len(least), dtype=bool)
    for rows in ordered.alike:
        leaders = rows[alternatives.by_id[rows].argsort()[:_LEADERS]]
        # the first index is that of the site that reaches, the second of the one reached
        reaches = leaders[:, None] < rows
        reaches |= least[leaders, None] - least[rows] > _SURE
        for counted in ordered.counted.T:
            reaches &= counted[leaders, None] >= counted[rows]
        beaten[rows] = reaches.any(axis=0)
    return alternatives.by_id[~beaten]


@dataclass(frozen=True, eq=False)
class _Group:
    """Rivals to which the same criteria apply, in single precision.

    Attributes
    ----------
    front
        Rows of those that rank high now.
    counted, others
        Desirabilities as they count, of the front and of those behind it.
    applies
        Criteria that are not left out; None: all are, or none is, and weights need no sum.
    """

    front: Ranks
    counted: Singles
    others: Singles
    applies: Flags | None

    @classmethod
    def of(cls, rivals: Alternatives, rows: Ranks, is_front: Flags) -> _Group:
        applies, counted = rivals.applies[rows[0]], rivals.counted[rows].astype(np.float32)
        if not applies.any():  # as if all were unknown
            counted[:] = UNKNOWN_COUNTS
        ahead, is_partial = is_front[rows], applies.any() and not applies.all()
        return cls(rows[ahead], counted[ahead], counted[~ahead], applies if is_partial else None)


def _first_counts(rivals: Alternatives, is_front: Flags, weightings: Floats) -> Counts:
    """Under how many weightings each is first; ``rivals`` are in the order of their ids."""
    size, draws = len(rivals.ids), weightings.shape[1]
    if not size:
        return np.zeros(0, dtype=np.int64)
    groups = [_Group.of(rivals, rows, is_front) for rows in rivals.alike]
    front = np.concatenate([group.front for group in groups])
    near, is_clear = np.empty((len(front), draws), dtype=bool), np.empty(draws, dtype=bool)
    for start in range(0, draws, _PART):
        part = slice(start, start + _PART)
        is_clear[part] = _mark_near(groups, weightings[:, part], near[:, part])
    unclear = np.flatnonzero(~is_clear)
    near[:, unclear] = False
    counts = np.zeros(size, dtype=np.int64)
    counts[front] = [np.count_nonzero(row) for row in near]
    steps = rivals.score_steps(weightings[:, unclear])
    counts += np.bincount(steps.argmax(axis=0), minlength=size)
    return counts


def _mark_near(groups: Sequence[_Group], weightings: Floats, near: Flags) -> Flags:
    """Mark which sites of the front are near the top of each weighting.

    Returns
    -------
    Whether that is one site, no site behind the front comes near it, and each mean can be
    trusted: too little weight on what applies to some sites makes it too coarse.
    """
    weights = weightings.astype(np.float32)
    scores, place = np.empty(near.shape, dtype=np.float32), 0
    beyond = np.zeros(weights.shape[1], dtype=np.float32)
    is_clear = np.ones(weights.shape[1], dtype=bool)
    for group in groups:
        own = scores[place : place + len(group.front)]
        place += len(group.front)
        for rows in _in_one_thread(group.counted, weights):
            np.matmul(group.counted[rows], weights, out=own[rows])
        highest = [(group.others[rows] @ weights).max(axis=0)
                   for rows in _in_one_thread(group.others, weights)]  # fmt: skip
        if group.applies is not None:
            total = group.applies @ weightings
            is_clear &= total >= _THIN
            divisor = np.maximum(total, _THIN).astype(np.float32)
            own /= divisor
            highest = [some / divisor for some in highest]
        beyond = np.maximum.reduce([beyond, *highest])
    top = scores.max(axis=0) - _MARGIN
    np.greater_equal(scores, top, out=near)
    at_top = np.add.reduce(near.view(np.uint8), axis=0, dtype=np.min_scalar_type(len(near)))
    is_clear &= at_top == 1
    is_clear &= beyond < top
    return is_clear


def _in_one_thread(counted: Singles, weights: Singles) -> Iterator[slice]:
    """Rows in parts so small that their product with the weights stays in this thread.

    On a machine that has other work, waiting for a second thread takes longer than the
    whole product.
    """
    step = max(_ONE_THREAD // max(weights.size, 1), 1)
    for start in range(0, len(counted), step):
        yield slice(start, start + step)
