"""The order of a ranking: the best of a group, and the failing sites nearest to passing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from geo_assen.matching.columns import Flags, Floats, Rows
from geo_assen.matching.scoring import DECIMALS, ROUNDING, rounded
from geo_assen.matching.search import Block

__all__ = ["NOTHING", "Placed", "first", "nearest_to_passing"]

_FEW = 4_000
"""Candidates up to which it is quicker to ask every one everything."""

_SAMPLED = 16
"""One candidate in so many is asked first."""

_NEIGHBOURS = 8
"""Candidates that lie beside each other in a sample."""

Placed = tuple[Rows, Rows]
"""Number of the block, and row in its columns, of sites in their order."""

NOTHING: Placed = (np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp))


def first(found: Sequence[Block], most: int | None) -> Placed:
    """Sites that pass, then those to check, each by score and then id.

    Parameters
    ----------
    most
        How many; None: all.
    """
    if not found or most == 0:
        return NOTHING
    if most is not None and sum([block.size for block in found]) > _FEW:
        quick = _best_passing(found, most)
        if quick is not None:
            return quick
    rows = [block.sifted[0] for block in found]
    unsure = [block.sifted[1] for block in found]
    if most is not None and sum(map(len, rows)) > most:
        passing = [own[~flags] for own, flags in zip(rows, unsure, strict=True)]
        if sum(map(len, passing)) >= most:
            return _leading(found, passing, most)[:2]
    return _leading(found, rows, most, unsure)[:2]


def _best_passing(found: Sequence[Block], most: int) -> Placed | None:
    """Best of the sites that pass, without asking every candidate everything.

    A sample tells about which score is enough. Where that many sites do reach it, the
    others need no second look; where they do not, None is the answer.
    """
    enough = int(most / _SAMPLED * 1.5) + 5
    candidates = [block.candidates() for block in found]
    sampled = [
        block.passing(places.at(_sample(len(places))))
        for block, places in zip(found, candidates, strict=True)
    ]
    if sum(map(len, sampled)) < 2 * enough:
        return None
    surely = [block.weighing.at_least(block.columns, rows)
              for block, rows in zip(found, sampled, strict=True)]  # fmt: skip
    least = _largest(_joined(surely), enough)
    rows = [
        block.passing(block.weighing.reaching(block.columns, own, least))
        for block, own in zip(found, candidates, strict=True)
    ]
    which, places, score = _leading(found, rows, most)
    if len(places) < most or score[-1] < least:
        return None
    return which, places


def _sample(count: int) -> Rows:
    """Some places of so many, as groups of neighbours: those are read at once."""
    groups = np.arange(0, count, _SAMPLED * _NEIGHBOURS)
    places = (groups[:, None] + np.arange(_NEIGHBOURS)).ravel()
    return places[: places.searchsorted(count)]


def _largest(values: Floats, place: int) -> float:
    """Value at a place counted from the largest, which is the first."""
    at = len(values) - place
    some = values.copy()
    some.partition(at)
    return float(some[at])


def _joined(arrays: Sequence[Any]) -> Any:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _leading(
    found: Sequence[Block],
    rows: Sequence[Rows],
    most: int | None,
    unsure: Sequence[Flags] | None = None,
) -> tuple[Rows, Rows, Floats]:
    """Best of some rows by group, score and id: block, row and score.

    Only of those that can be among so many the score is worked out to the last digit, and
    only those that are among them are put in order.

    Parameters
    ----------
    unsure
        Rows of the second group; None: all are of the first.
    """
    told = [b.weighing.about(b.columns, own) for b, own in zip(found, rows, strict=True)]
    score, every = _joined([about[0] for about in told]), _joined(rows)
    # those in doubt stand behind all others, as no score is above 1
    behind = None if unsure is None else 2.0 * _joined(unsure)
    which, off = np.arange(len(found)).repeat([len(own) for own in rows]), _off(told)
    if most is not None and most < len(every):
        near = _near(score if behind is None else score - behind, off, most)
        which, every, score = which[near], every[near], score[near]
        off = None if off is None else off[near]
        behind = None if behind is None else behind[near]
    score = rounded(score)
    if len(found) == 1:
        ids = found[0].columns.id_keys[every]
    else:
        ids = np.empty(len(every))
        for number, block in enumerate(found):
            own = which == number
            ids[own] = block.columns.id_keys[every[own]]
    if off is not None:
        for number, block in enumerate(found):
            vague = ((which == number) & (off > 0)).nonzero()[0]
            score[vague] = block.weighing.score(block.columns, every[vague])
    rank = score if behind is None else score - behind
    order = _first_of(rank, ids, len(every) if most is None else most)
    return which[order], every[order], score[order]


def _off(told: Sequence[tuple[Floats, Floats | None]]) -> Floats | None:
    """How far scores may be off, block by block; None: none is."""
    if all(off is None for _, off in told):
        return None
    every: Floats = _joined([np.zeros(len(score)) if off is None else off for score, off in told])
    return every


def _near(rank: Floats, off: Floats | None, most: int) -> Rows:
    """Places of the ranks that can be among so many, in view of how far they may be off."""
    if off is None:
        return (rank >= _largest(rank, most) - 2 * ROUNDING).nonzero()[0]
    return (rank + off >= _largest(rank - off, most) - 2 * ROUNDING).nonzero()[0]


def _first_of(rank: Floats, ids: Floats, most: int) -> Rows:
    """Places of the largest ranks, equal ones by id; of many equal ones few are put in order."""
    if len(rank) <= 4 * most:
        return np.lexsort((ids, -rank))[:most]
    last = _largest(rank, most)
    better = np.flatnonzero(rank > last)
    equal = np.flatnonzero(rank == last)
    rest = most - len(better)
    if rest < len(equal):
        equal = equal[ids[equal] <= np.partition(ids[equal], rest - 1)[rest - 1]]
    chosen = np.concatenate([better, equal])
    return chosen[np.lexsort((ids[chosen], -rank[chosen]))]


def nearest_to_passing(found: Sequence[Block], most: int) -> Placed:
    """Failing sites that fail one rule: by relative shortfall, then score, then id."""
    missed = [block.near_misses() for block in found]
    if not any(len(rows) for rows, _ in missed):
        return NOTHING
    which = np.arange(len(found)).repeat([len(rows) for rows, _ in missed])
    rows = _joined([rows for rows, _ in missed])
    relative = _joined([relative for _, relative in missed]).round(DECIMALS)
    if len(rows) > most:
        near = relative <= -_largest(-relative, most)
        which, rows, relative = which[near], rows[near], relative[near]
    score, ids = np.empty(len(rows)), np.empty(len(rows))
    for number, block in enumerate(found):
        own = which == number
        score[own] = block.weighing.score(block.columns, rows[own])
        ids[own] = block.columns.id_keys[rows[own]]
    farthest = relative == relative.max()
    chosen = (~farthest).nonzero()[0]
    farthest = farthest.nonzero()[0]
    chosen = np.concatenate(
        [chosen, farthest[_first_of(score[farthest], ids[farthest], most - len(chosen))]]
    )
    order = chosen[np.lexsort((ids[chosen], -score[chosen], relative[chosen]))]
    return which[order], rows[order]
