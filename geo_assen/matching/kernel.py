"""The first sites of many requirements in one machine-code pass over the same columns.

The rules are those of ``constraints`` and ``scoring``, asked row by row. This module needs
numba, which is an extra: who has it imports the module, who has not loses speed only.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from geo_assen.matching.runs import Flags
from geo_assen.sites import Floats, Rows

__all__ = [
    "AREA", "CODE", "FAILS", "FALLING", "POINTS", "RANGE", "RISING", "TABLE", "TARGET", "UNKNOWN",
    "AskedBlocks", "AskedRules", "AskedWishes", "Places", "first_of_each",
]  # fmt: skip

CODE, RANGE, AREA = 0, 1, 2
"""Kinds of rule: a verdict by code, a number between bounds, the area with its parts."""

TABLE, RISING, FALLING, TARGET, POINTS = 0, 1, 2, 3, 4
"""Kinds of wish: a desirability by code, and the curves over a number."""

UNKNOWN, FAILS = 1, 2
"""Marks of a row and verdicts of a code; 0 passes."""

_Numbers = NDArray[np.int64]


def _machine_code(function: Any) -> Any:
    """Compile at the first call, and keep what was compiled where that can be written."""
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        return numba.njit(nogil=True)(function)


class Places(NamedTuple):
    """Columns that are asked, and the runs in which their rows lie.

    Attributes
    ----------
    numbers, codes
        A column a line; codes count from 1, and 0 is missing.
    ids
        Order of the ids.
    kind, use
        Code of each run, from 1.
    start, unknown, end
        First row of each run, first of unknown area, and the row behind.
    whole
        Which runs hold sites that are sold whole only.
    """

    numbers: Floats
    codes: NDArray[np.int32]
    ids: Floats
    kind: _Numbers
    use: _Numbers
    start: Rows
    unknown: Rows
    end: Rows
    whole: Flags


class AskedRules(NamedTuple):
    """Rules of all blocks one after the other.

    Attributes
    ----------
    op, column
        Kind of rule, and line of what it asks.
    part
        Line of the smallest part, of an area.
    low, high
        Bounds of a number.
    table, verdict
        First verdict of a rule about codes, and the verdicts of all.
    """

    op: _Numbers
    column: _Numbers
    part: _Numbers
    low: Floats
    high: Floats
    table: _Numbers
    verdict: NDArray[np.uint8]


class AskedWishes(NamedTuple):
    """Wishes of all blocks one after the other.

    Attributes
    ----------
    op, column
        Kind of wish, and line of what it asks.
    share
        Weight as part of all weight of the block.
    knots
        Four a wish; of points the first of them and how many, in ``x`` and ``d``.
    table, degree
        First desirability of a wish about codes, and the desirabilities of all.
    """

    op: _Numbers
    column: _Numbers
    share: Floats
    knots: Floats
    table: _Numbers
    degree: Floats
    x: Floats
    d: Floats


class AskedBlocks(NamedTuple):
    """Blocks of all requirements one after the other.

    Attributes
    ----------
    first
        First block of each requirement, and the number of all.
    kind
        Code of the kind of each block, from 1.
    rule, wish
        First rule and first wish of each block, and the number of all.
    use, area
        Rule of each block about the use and about the area; -1: none.
    """

    first: _Numbers
    kind: _Numbers
    rule: _Numbers
    wish: _Numbers
    use: _Numbers
    area: _Numbers


@_machine_code
def _cut(area: Floats, start: int, end: int, least: float) -> int:
    """First row of a run, ordered by whole m², with so many m²."""
    while start < end:
        middle = (start + end) // 2
        if max(np.floor(area[middle]), 0.0) < least:
            start = middle + 1
        else:
            end = middle
    return start


@_machine_code
def _mark_codes(marks: Any, codes: Any, verdict: Any) -> None:
    """Mark rows by the verdict of their code."""
    for at in range(len(marks)):
        marks[at] |= verdict[codes[at]]


@_machine_code
def _mark_numbers(marks: Any, numbers: Any, parts: Any, low: float, high: float) -> None:
    """Mark rows of which the number is below or the smallest part above its bound, or unknown."""
    for at in range(len(marks)):
        number = numbers[at]
        fails = (number < low) | (parts[at] > high)
        marks[at] |= np.uint8(fails * FAILS + math.isnan(number) * UNKNOWN)


@_machine_code
def _mark(places: Any, rules: Any, first: int, last: int, start: int, marks: Any) -> None:
    """Mark which of some rows that lie side by side fail a rule or leave one unknown."""
    marks[:] = 0
    end = start + len(marks)
    for rule in range(first, last):
        column = rules.column[rule]
        if rules.op[rule] == CODE:
            _mark_codes(marks, places.codes[column, start:end], rules.verdict[rules.table[rule] :])
        else:
            numbers = places.numbers[column, start:end]
            of_area = rules.op[rule] == AREA
            parts = places.numbers[rules.part[rule], start:end] if of_area else numbers
            _mark_numbers(marks, numbers, parts, rules.low[rule], rules.high[rule])


@_machine_code
def _rising(number: float, bad: float, good: float) -> float:
    if bad == good:
        return 1.0 if number >= good else 0.0
    return (min(max(number, bad), good) - bad) / (good - bad)


@_machine_code
def _falling(number: float, good: float, bad: float) -> float:
    if bad == good:
        return 1.0 if number <= good else 0.0
    return (bad - min(max(number, good), bad)) / (bad - good)


@_machine_code
def _add_codes(scores: Any, codes: Any, degree: Any, share: float) -> None:
    """Add the share of a wish about codes to the scores of rows."""
    for at in range(len(scores)):
        found = degree[codes[at]]
        scores[at] += (0.5 if math.isnan(found) else found) * share


@_machine_code
def _add_curve(scores: Any, numbers: Any, op: int, knots: Any, share: float) -> None:
    """Add the share of a wish about numbers, whose curve has no points."""
    a, b, c, d = knots[0], knots[1], knots[2], knots[3]
    for at in range(len(scores)):
        number = numbers[at]
        if math.isnan(number):
            found = 0.5
        elif op == RISING:
            found = _rising(number, a, b)
        elif op == FALLING:
            found = _falling(number, a, b)
        else:
            found = min(_rising(number, a, b), _falling(number, c, d))
        scores[at] += found * share


@_machine_code
def _add_points(scores: Any, numbers: Any, x: Any, d: Any, share: float) -> None:
    """Add the share of a wish about numbers, on the lines between points."""
    for at in range(len(scores)):
        number = numbers[at]
        if math.isnan(number):
            found = 0.5
        elif number >= x[-1]:
            found = d[-1]
        elif number <= x[0]:
            found = d[0]
        else:
            line = np.searchsorted(x, number, side="right") - 1
            slope = (d[line + 1] - d[line]) / (x[line + 1] - x[line])
            found = slope * (number - x[line]) + d[line]
        scores[at] += found * share


@_machine_code
def _score(places: Any, wishes: Any, first: int, last: int, start: int, scores: Any) -> None:
    """Score rows that lie side by side, what is unknown counted 0.5; before rounding."""
    scores[:] = 0.0 if first < last else 0.5
    end = start + len(scores)
    for wish in range(first, last):
        op, column, share = wishes.op[wish], wishes.column[wish], wishes.share[wish]
        knots = wishes.knots[wish]
        if op == TABLE:
            codes, degree = places.codes[column, start:end], wishes.degree[wishes.table[wish] :]
            _add_codes(scores, codes, degree, share)
        elif op == POINTS:
            begin, stop = int(knots[0]), int(knots[0] + knots[1])
            x, d = wishes.x[begin:stop], wishes.d[begin:stop]
            _add_points(scores, places.numbers[column, start:end], x, d, share)
        else:
            _add_curve(scores, places.numbers[column, start:end], op, knots, share)


@_machine_code
def _place(rank: float, id_key: float, block: int, row: int, held: int, best: Any) -> int:
    """Put a row where it belongs among the best so far; how many they are then."""
    ranks, ids, blocks, rows = best
    at = min(held, len(ranks) - 1)
    while at > 0 and (rank > ranks[at - 1] or (rank == ranks[at - 1] and id_key < ids[at - 1])):
        ranks[at], ids[at] = ranks[at - 1], ids[at - 1]
        blocks[at], rows[at] = blocks[at - 1], rows[at - 1]
        at -= 1
    ranks[at], ids[at], blocks[at], rows[at] = rank, id_key, block, row
    return min(held + 1, len(ranks))


@_machine_code
def _spans(places: Any, blocks: Any, rules: Any, block: int) -> Any:
    """Rows of a block that the order does not rule out, as stretches of neighbours."""
    use, area = blocks.use[block], blocks.area[block]
    found = [(0, 0) for _ in range(0)]
    for run in range(len(places.kind)):
        if places.kind[run] != blocks.kind[block]:
            continue
        if use >= 0 and rules.verdict[rules.table[use] + places.use[run]] >= FAILS:
            continue
        start, end = places.start[run], places.unknown[run]
        if area >= 0:
            line = places.numbers[rules.column[area]]
            start = _cut(line, start, end, np.floor(rules.low[area]))
            if places.whole[run]:
                end = _cut(line, start, end, np.floor(rules.high[area]) + 1.0)
        if start < end:
            found.append((start, end))
        if places.unknown[run] < places.end[run]:
            found.append((places.unknown[run], places.end[run]))
    return found


@_machine_code
def _best(found: Any, ids: Any, start: int, block: int, held: int, best: Any) -> int:
    """Put the best of rows that lie side by side among the others; how many they are then."""
    marks, scores, scale = found
    ranks, keys = best[0], best[1]
    most = len(ranks)
    for at in range(len(marks)):
        if marks[at] >= FAILS:
            continue
        score = min(max(np.rint(scores[at] * scale) / scale, 0.0), 1.0)
        # those to check stand behind all that pass, as no score is above 1
        rank = score - 2.0 * marks[at]
        last = held == most
        if last and (rank < ranks[-1] or (rank == ranks[-1] and ids[at] > keys[-1])):
            continue
        held = _place(rank, ids[at], block, start + at, held, best)
    return held


@_machine_code
def first_of_each(
    places: Any, blocks: Any, rules: Any, wishes: Any, scale: float, which: Any, rows: Any
) -> Any:
    """Find the first sites of each requirement: those that pass, then those to check.

    Parameters
    ----------
    places, blocks, rules, wishes
        What is asked of what.
    scale
        Scores are rounded to one part of so many.
    which, rows
        Filled: block of the requirement and row of the sites in their order, a requirement
        a line; as many as there are columns.

    Returns
    -------
    How many were found, by requirement.
    """
    count, most = which.shape
    found = np.zeros(count, np.int64)
    longest = places.numbers.shape[1]
    all_marks, all_scores = np.empty(longest, np.uint8), np.empty(longest)
    ranks, keys = np.empty(most), np.empty(most)
    for one in range(count):
        best = (ranks, keys, which[one], rows[one])
        for block in range(blocks.first[one], blocks.first[one + 1]):
            rule, wish = blocks.rule[block], blocks.wish[block]
            last_rule, last_wish = blocks.rule[block + 1], blocks.wish[block + 1]
            number = block - blocks.first[one]
            for start, end in _spans(places, blocks, rules, block):
                marks, scores = all_marks[: end - start], all_scores[: end - start]
                _mark(places, rules, rule, last_rule, start, marks)
                _score(places, wishes, wish, last_wish, start, scores)
                ids = places.ids[start:end]
                own = (marks, scores, scale)
                found[one] = _best(own, ids, start, number, found[one], best)
    return found
