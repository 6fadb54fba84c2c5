"""Robustness: what would become of a ranking if its weights were somewhat different.

Weights are opinions. Many weightings are drawn around the chosen ones, and each site is
told how often it would be first and between which ranks it would lie. Beside that stand
two answers without chance: which sites no other one beats on every criterion, and the
smallest change of weights that flips the top two.

Only sites of one group compete. A site that passes stands before one that is to be
checked whatever the weights are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo_assen.matching.alternatives import Alternatives
from geo_assen.matching.columns import Flags
from geo_assen.matching.draws import (
    DRAWS,
    SEED,
    Counts,
    drawn_weights,
    first_shares,
    intervals_of,
    rank_counts,
    rank_intervals,
)
from geo_assen.matching.flip import Flip, smallest_flip
from geo_assen.matching.result import Result, Verdict

__all__ = [
    "DRAWS",
    "MOST_SITES",
    "SEED",
    "Alternatives",
    "Flip",
    "Robustness",
    "SiteRobustness",
    "drawn_weights",
    "first_shares",
    "pareto",
    "rank_intervals",
    "robustness",
    "smallest_flip",
]

MOST_SITES = 200
"""Sites that are looked at, from the top; those below seldom come first."""


@dataclass(frozen=True)
class SiteRobustness:
    """How firmly one site stands where it stands.

    Attributes
    ----------
    first_share
        Share of the weightings under which it is first, 0 to 1.
    best_rank, worst_rank
        Best and worst rank, from 1, under any of the weightings; its present rank lies
        between them, because the chosen weights are one of the weightings.
    central_low, central_high
        Ranks between which it lies in the middle 90 % of the weightings.
    is_pareto
        Whether no other site is at least as good on every criterion and better on one.
    """

    id: str
    first_share: float
    best_rank: int
    worst_rank: int
    central_low: int
    central_high: int
    is_pareto: bool


@dataclass(frozen=True)
class Robustness:
    """What other weights would do to the top of a ranking.

    Attributes
    ----------
    sites
        One entry a site that competes, in the order of the ranking.
    flip
        Smallest change of weights that flips the first two; ``None``: none can, or there
        is no second.
    draws
        Number of weightings, the chosen one among them.
    group
        Verdict that the sites share: pass, or unknown where none passes. ``None``: no
        site passes or may pass.
    left_out
        Sites of that group that stand lower and were not looked at.
    """

    sites: tuple[SiteRobustness, ...]
    flip: Flip | None
    draws: int
    group: Verdict | None
    left_out: int


def robustness(
    results: Sequence[Result], *, draws: int = DRAWS, seed: int = SEED, most: int = MOST_SITES
) -> Robustness:
    """Answer how firmly the top of a ranking stands.

    Parameters
    ----------
    results
        Results of one ranking in their order. Those that pass compete with each other,
        or, where none passes, those to be checked; failing ones never do.
    draws
        Number of weightings, 1 or more.
    seed
        Of the draws; the same seed gives the same figures.
    most
        Sites that are looked at, from the top, 1 or more.
    """
    verdicts = {result.verdict for result in results}
    group = next((v for v in (Verdict.PASS, Verdict.UNKNOWN) if v in verdicts), None)
    competing = [result for result in results if result.verdict is group]
    alternatives = Alternatives.of(competing[:most])
    return Robustness(
        sites=_sites(alternatives, rank_counts(alternatives, draws=draws, seed=seed)),
        flip=smallest_flip(alternatives) if len(alternatives.ids) > 1 else None,
        draws=draws,
        group=group,
        left_out=max(len(competing) - most, 0),
    )


def _sites(alternatives: Alternatives, counts: Counts) -> tuple[SiteRobustness, ...]:
    best, worst, low, high = (bound.tolist() for bound in intervals_of(counts))
    undominated = pareto(alternatives).tolist()
    shares = (counts[:, :1] / counts.sum(axis=1, keepdims=True)).ravel().tolist()
    told = zip(
        alternatives.ids, shares, best, worst, low, high, undominated, strict=True
    )
    return tuple(SiteRobustness(*one) for one in told)


def pareto(alternatives: Alternatives) -> Flags:
    """Whether each site is undominated: no other is at least as good on all and better on one.

    Only criteria with weight count. What is unknown may turn out anything: a site
    dominates another only if it does so whatever the answers are, that is if its lowest
    possible desirability reaches the highest possible of the other on every criterion.
    So an unknown never makes a site better, and only a desirability of 1 is sure to
    match what is unknown elsewhere. Sites to which different criteria apply (a plot has
    no rent) are not compared: to be better on what they share says nothing of the rest.
    """
    weighed = alternatives.weights > 0
    applies = alternatives.applies[:, weighed]
    known = alternatives.desirability[:, weighed]
    low = np.where(applies, np.nan_to_num(known, nan=0.0), 0.0)
    high = np.where(applies, np.nan_to_num(known, nan=1.0), 0.0)
    size = len(alternatives.ids)
    dominates, better = np.ones((size, size), dtype=bool), np.zeros((size, size), dtype=bool)
    for column in range(applies.shape[1]):
        mine, theirs = low[:, column, None], high[:, column]
        dominates &= applies[:, column, None] == applies[:, column]
        dominates &= mine >= theirs
        better |= mine > theirs
    dominated: Flags = np.asarray((dominates & better).any(axis=0))
    return ~dominated
