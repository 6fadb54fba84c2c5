"""The smallest change of weights that lets one site overtake another.

Two sites to which the same criteria apply are compared by one linear programme: move as
little weight as possible so that the sum of weight times difference is not below 0.

Where different criteria apply, both scores are ratios with divisors of their own, and
"at least as high" is not linear. It is once a score ``t`` is named: the second reaches at
least ``t`` and the first at most ``t`` are two linear conditions. Over a whole range of
``t`` a linear programme in which the weights may be a mixture of two weightings, one for
each end of the range, gives a bound that no change can undercut. Ranges are split, the
lowest bound first, until the best change found is within :data:`WITHIN` of the lowest
bound that is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog

from geo_assen.matching.alternatives import SCORE_STEPS, Alternatives
from geo_assen.matching.columns import Flags, Floats
from geo_assen.matching.scoring import UNKNOWN_COUNTS

__all__ = ["WITHIN", "Flip", "smallest_flip"]

WITHIN = 1e-3
"""Share of weight by which a change may miss the smallest where different criteria apply."""

_KEPT = 1e-6
"""Share of weight that must stay on what applies to each of the two sites."""

_MOST_RANGES = 200
"""Ranges that are split at most, so that an answer always comes; some tens are usual."""

_DECIMALS = 12
_EXACT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


@dataclass(frozen=True)
class Flip:
    """A change of weights after which the second site scores at least as high as the first.

    Attributes
    ----------
    first, second
        Ids of the two sites.
    change
        Share of all weight that moves from some criteria to others, 0 to 1; 0 where the
        second already scores as high. Half the sum of the absolute changes.
    weights
        New weights by criterion, with sum 1.
    moved
        New less present share of the weight by criterion; their sum is 0.
    """

    first: str
    second: str
    change: float
    weights: Mapping[str, float]
    moved: Mapping[str, float]


class _Side(NamedTuple):
    """What the criteria give one of the two sites."""

    applies: Flags
    counted: Floats

    def surplus(self, score: float) -> Floats:
        """Per unit of weight, by how much each criterion lifts the site above a score."""
        return np.where(self.applies, self.counted - score, 0.0)

    def score(self, weights: Floats) -> float:
        total = float(weights @ self.applies)
        return float(weights @ self.counted) / total if total > 0 else UNKNOWN_COUNTS


class _Change(NamedTuple):
    moved: float
    score: float
    weights: Floats


def smallest_flip(alternatives: Alternatives, first: int = 0, second: int = 1) -> Flip | None:
    """Smallest change of weights after which ``second`` scores at least as high as ``first``.

    Weights stay 0 or more and their sum stays 1; a criterion that weighs nothing now may
    get weight. An unknown desirability counts 0.5, as in the score. Weightings that leave
    nothing of what applies to one of the two are not considered: they would compare a
    site with a score that stands for nothing. Exact where the same criteria apply to both
    sites, else within :data:`WITHIN` (see the module).

    Parameters
    ----------
    first, second
        Positions in ``alternatives``, from 0.

    Returns
    -------
    ``None`` if no weighting can do it, or if all weights are 0.

    Raises
    ------
    IndexError
        If there is no alternative at a position.
    """
    present = alternatives.shares
    above = _Side(alternatives.applies[first], alternatives.counted[first])
    below = _Side(alternatives.applies[second], alternatives.counted[second])
    if not present.any():
        return None
    lead = above.score(present) - below.score(present)
    change = (
        _Change(0.0, 0.0, present)
        if lead <= 0.5 / SCORE_STEPS
        else _smallest(present, above, below)
    )
    if change is None:
        return None
    weights = np.clip(change.weights, 0.0, 1.0)
    weights /= weights.sum()
    moved = np.round(weights - present, _DECIMALS) + 0.0
    return Flip(
        first=alternatives.ids[first],
        second=alternatives.ids[second],
        change=float(np.abs(moved).sum()) / 2,
        weights=dict(zip(alternatives.criteria, weights.tolist(), strict=True)),
        moved=dict(zip(alternatives.criteria, moved.tolist(), strict=True)),
    )


def _smallest(present: Floats, above: _Side, below: _Side) -> _Change | None:
    if (above.applies == below.applies).all():
        return _programme(present, above, below, (below.counted - above.counted)[None])
    # a site to which nothing applies always has the score that stands for an unknown
    low = above.counted[above.applies].min() if above.applies.any() else UNKNOWN_COUNTS
    high = below.counted[below.applies].max() if below.applies.any() else UNKNOWN_COUNTS
    return _over_range(present, above, below, float(low), float(high)) if low <= high else None


def _at(present: Floats, above: _Side, below: _Side, score: float) -> _Change | None:
    """Smallest change that brings the one down to a score and the other up to it."""
    lifted = np.stack([-above.surplus(score), below.surplus(score)])
    return _programme(present, above, below, lifted)


def _programme(present: Floats, above: _Side, below: _Side, wanted: Floats) -> _Change | None:
    """Move the least weight so that no row of ``wanted``, times the weights, is below 0."""
    rows, least = _kept(above, below)
    rows, least = np.vstack([wanted, rows]), np.concatenate([np.zeros(len(wanted)), least])
    ones = np.ones(len(present))
    # of each weight: what is added, and what is taken away, at most all of it
    found = linprog(
        np.concatenate([ones, np.zeros(len(present))]),
        A_ub=np.hstack([-rows, rows]),
        b_ub=rows @ present - least,
        A_eq=np.concatenate([ones, -ones])[None],
        b_eq=[0.0],
        bounds=[(0, None)] * len(present) + [(0, weight) for weight in present],
        method="highs-ds",
        options=_EXACT,
    )
    if found.status != 0:
        return None
    added, taken = np.split(found.x, 2)
    weights = present + added - taken
    return _Change(float(found.fun), above.score(weights), weights)


def _kept(above: _Side, below: _Side) -> tuple[Floats, Floats]:
    """Rows that keep some weight on what applies to each site, and how much."""
    rows = np.array([side.applies for side in (above, below) if side.applies.any()], dtype=float)
    return rows.reshape(-1, len(above.applies)), np.full(len(rows), _KEPT)


def _over_range(
    present: Floats, above: _Side, below: _Side, low: float, high: float
) -> _Change | None:
    """Smallest change at any score of a range, to within :data:`WITHIN`."""
    best: _Change | None = None
    waiting: list[tuple[float, float, float, float]] = []

    def look_into(low: float, high: float) -> None:
        nonlocal best
        bound = _bound(present, above, below, low, high)
        if bound is None or (best and bound.moved > best.moved - WITHIN):
            return
        if below.score(bound.weights) >= above.score(bound.weights):
            best = bound
            return
        found = _at(present, above, below, bound.score)
        if found and (best is None or found.moved < best.moved):
            best = found
        heappush(waiting, (bound.moved, low, high, bound.score))

    look_into(low, high)
    for _ in range(_MOST_RANGES):
        if not waiting or (best and waiting[0][0] > best.moved - WITHIN):
            break
        _, low, high, score = heappop(waiting)
        tenth = (high - low) / 10
        middle = score if low + tenth < score < high - tenth else (low + high) / 2
        look_into(low, middle)
        look_into(middle, high)
    return best


def _bound(
    present: Floats, above: _Side, below: _Side, low: float, high: float
) -> _Change | None:
    """Change that no flip at a score between two can undercut; ``None``: there is none.

    The weights are a mixture: a part meets the conditions at the low score, the rest at
    the high one, each part moved on its own. The unknowns are what is added and taken in
    each part, and how large the low part is.
    """
    size = len(present)
    rows, least = _kept(above, below)
    at_low = np.vstack([-above.surplus(low), below.surplus(low), rows])
    at_high = np.vstack([-above.surplus(high), below.surplus(high), rows])
    share = (at_low - at_high) @ present
    none, each, ones = np.zeros((size, size)), np.eye(size), np.ones(size)
    zeros = np.zeros(size)
    found = linprog(
        np.concatenate([ones, zeros, ones, zeros, [0.0]]),
        A_ub=np.vstack(
            [
                np.hstack([-at_low, at_low, -at_high, at_high, -share[:, None]]),
                np.hstack([none, each, none, none, -present[:, None]]),
                np.hstack([none, none, none, each, present[:, None]]),
            ]
        ),
        b_ub=np.concatenate([at_high @ present - [0.0, 0.0, *least], zeros, present]),
        A_eq=[
            np.concatenate([ones, -ones, zeros, zeros, [0.0]]),
            np.concatenate([zeros, zeros, ones, -ones, [0.0]]),
        ],
        b_eq=[0.0, 0.0],
        bounds=[(0, None)] * (4 * size) + [(0, 1)],
        method="highs-ds",
        options=_EXACT,
    )
    if found.status != 0:
        return None
    part = float(found.x[-1])
    added_low, taken_low, added_high, taken_high = np.split(found.x[:-1], 4)
    weights = present + added_low - taken_low + added_high - taken_high
    return _Change(float(found.fun), part * low + (1 - part) * high, weights)
