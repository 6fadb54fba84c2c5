"""Alternatives for tests of robustness, and what a slow reckoning makes of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from geo_assen.matching.alternatives import Alternatives
from geo_assen.matching.result import CriterionResult, Result, Verdict

ROWS = [0, 0.25, 0.5, 0.75, 1]


def make_alternatives(
    rows: Sequence[Sequence[float | str | None]],
    weights: Sequence[float] | None = None,
    ids: Sequence[str] | None = None,
) -> Alternatives:
    """One row a site: desirabilities, None where unknown, "-" where it does not apply."""
    width = len(rows[0]) if rows else len(weights or ())
    known = [[np.nan if cell in (None, "-") else cell for cell in row] for row in rows]
    applies = [[cell != "-" for cell in row] for row in rows]
    return Alternatives(
        ids=tuple(ids or (f"plot:{number:03}" for number in range(len(rows)))),
        criteria=tuple("abcdefghijkl"[:width]),
        weights=np.array(weights if weights is not None else [1] * width, dtype=float),
        desirability=np.array(known, dtype=float).reshape(len(rows), width),
        applies=np.array(applies, dtype=bool).reshape(len(rows), width),
    )


def make_result(
    number: int | str,
    given: Sequence[tuple[str, float, float | None]],
    verdict: Verdict = Verdict.PASS,
) -> Result:
    """Result of a site from the name, weight and desirability of its criteria."""
    total = sum(weight for _, weight, _ in given)
    counted = sum(weight * (0.5 if d is None else d) for _, weight, d in given)
    score = counted / total if total else 0.5
    criteria = tuple(
        CriterionResult(name, weight, d, None, d, weight * (0.5 if d is None else d), None, None)
        for name, weight, d in given
    )
    site_id = f"plot:{number}"
    return Result(
        site_id, "plot", site_id, verdict, score, score, score, 1.0, (), criteria, None, None
    )


def score(alternatives: Alternatives, row: int, weights: Sequence[float]) -> float:
    """Score of one site by the rule of the ranking, one criterion after the other."""
    total = wanted = 0.0
    for column, weight in enumerate(weights):
        if alternatives.applies[row, column]:
            d = float(alternatives.desirability[row, column])
            total += weight
            wanted += weight * (0.5 if np.isnan(d) else d)
    return round(wanted / total, 12) if total > 0 else 0.5


def order(alternatives: Alternatives, weights: Sequence[float]) -> list[int]:
    """Positions of the sites in the order of the ranking under some weights."""
    return sorted(
        range(len(alternatives.ids)),
        key=lambda row: (-score(alternatives, row, weights), alternatives.ids[row]),
    )


desirabilities = st.one_of(st.sampled_from(ROWS), st.floats(0, 1), st.none())


@st.composite
def many_alternatives(draw: st.DrawFn, *, mixed: bool = True, least: int = 1) -> Alternatives:
    """Few sites and criteria with every oddity: unknown, not applying, equal, weight 0."""
    width = draw(st.integers(1, 4))
    cell = st.one_of(desirabilities, st.just("-")) if mixed else desirabilities
    row = st.lists(cell, min_size=width, max_size=width)
    rows = draw(st.lists(row, min_size=least, max_size=7))
    weights = draw(st.lists(st.sampled_from([0, 0.5, 1, 2, 5]), min_size=width, max_size=width))
    names = draw(st.permutations([f"plot:{number}" for number in range(len(rows))]))
    return make_alternatives(rows, weights, names)
