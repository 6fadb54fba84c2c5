"""The order of a ranking: the best of a group, and the failing sites nearest to passing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo_assen.matching.columns import Floats, Rows
from geo_assen.matching.scoring import DECIMALS, ROUNDING, rounded
from geo_assen.matching.search import Block

__all__ = ["Placed", "best", "nearest_to_passing"]

_FEW = 4_000
"""Candidates up to which it is quicker to ask every one everything."""

_SAMPLED = 16
"""One candidate in so many is asked first."""

Placed = tuple[Rows, Rows]
"""Number of the block, and row in its columns, of sites in their order."""


def best(found: Sequence[Block], *, unknown: bool, most: int | None) -> Placed:
    """Best of the sites that pass, or of those with an unknown: by score, then id.

    Parameters
    ----------
    most
        How many; None: all.
    """
    if unknown:
        rows = [block.eligible[block.unknown] for block in found]
    else:
        candidates = [block.part.there(block.candidates(known=True)) for block in found]
        if most is not None and sum(map(len, candidates)) > _FEW:
            quick = _best_passing(found, candidates, most)
            if quick is not None:
                return quick
        rows = [block.passing(own) for block, own in zip(found, candidates, strict=True)]
    count = sum(map(len, rows))
    if not count:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    which, places, _ = _leading(found, rows, count if most is None else min(most, count))
    return which, places


def _best_passing(
    found: Sequence[Block], candidates: Sequence[Rows], most: int
) -> Placed | None:
    """Best of the sites that pass, without asking every candidate everything.

    A sample tells about which score is enough. Where that many sites do reach it, the
    others need no second look; where they do not, None is the answer.
    """
    enough = int(most / _SAMPLED * 1.5) + 5
    sampled = [
        block.passing(rows[::_SAMPLED]) for block, rows in zip(found, candidates, strict=True)
    ]
    surely = [block.weighing.at_least(block.columns, rows)
              for block, rows in zip(found, sampled, strict=True)]  # fmt: skip
    known = np.concatenate(surely)
    if len(known) < 2 * enough:
        return None
    least = _largest(known, enough)
    rows = [
        block.passing(block.weighing.reaching(block.columns, own, least))
        for block, own in zip(found, candidates, strict=True)
    ]
    which, places, score = _leading(found, rows, most)
    if len(places) < most or score[-1] < least:
        return None
    return which, places


def _largest(values: Floats, place: int) -> float:
    """Value at a place counted from the largest, which is the first."""
    return float(np.partition(values, len(values) - place)[len(values) - place])


def _leading(
    found: Sequence[Block], rows: Sequence[Rows], most: int
) -> tuple[Rows, Rows, Floats]:
    """Best of some rows by score, then id: block, row and score.

    Only of those that can be among so many the score is worked out to the last digit, and
    only those that are among them are put in order.
    """
    which = np.repeat(np.arange(len(found)), [len(own) for own in rows])
    told = [b.weighing.about(b.columns, own) for b, own in zip(found, rows, strict=True)]
    score, off = (np.concatenate([about[i] for about in told]) for i in (0, 1))
    every = np.concatenate(rows)
    if most < len(every):
        may_be = score + off >= _largest(score - off, most) - 2 * ROUNDING
        which, every, score, off = which[may_be], every[may_be], score[may_be], off[may_be]
    score = rounded(score)
    for number, block in enumerate(found):
        vague = np.flatnonzero((which == number) & (off > 0))
        if len(vague):
            score[vague] = block.weighing.score(block.columns, every[vague])
    ids = np.empty(len(every))
    for number, block in enumerate(found):
        own = which == number
        ids[own] = block.columns.id_keys[every[own]]
    order = _first_of(score, ids, most)
    return which[order], every[order], score[order]


def _first_of(score: Floats, ids: Floats, most: int) -> Rows:
    """Places of the best by score, then id; of many equal ones few are put in order."""
    if most >= len(score):
        return np.lexsort((ids, -score))
    last = _largest(score, most)
    better = np.flatnonzero(score > last)
    equal = np.flatnonzero(score == last)
    rest = most - len(better)
    if rest < len(equal):
        equal = equal[ids[equal] <= np.partition(ids[equal], rest - 1)[rest - 1]]
    chosen = np.concatenate([better, equal])
    return chosen[np.lexsort((ids[chosen], -score[chosen]))]


def nearest_to_passing(found: Sequence[Block], most: int) -> Placed:
    """Failing sites that fail one rule: by relative shortfall, then score, then id."""
    missed = [block.near_misses() for block in found]
    which = np.repeat(np.arange(len(found)), [len(one.rows) for one in missed])
    none = np.empty(0)
    rows = np.concatenate([*(one.rows for one in missed), none]).astype(np.intp)
    relative = np.round(np.concatenate([*(one.relative for one in missed), none]), DECIMALS)
    score = np.concatenate([*(one.score for one in missed), none])
    ids = np.concatenate(
        [*(b.columns.id_keys[m.rows] for b, m in zip(found, missed, strict=True)), none]
    )
    if len(rows) > most:
        near = relative <= np.partition(relative, most - 1)[most - 1]
        which, rows, relative = which[near], rows[near], relative[near]
        score, ids = score[near], ids[near]
    order = np.lexsort((ids, -score, relative))[:most]
    return which[order], rows[order]
