"""Matching: a requirement in, ranked sites out, with reasons.

In: a :class:`Requirement` and :class:`geo_assen.sites.Sites`. Out: a :class:`Ranking`.
Hard constraints come first and answer pass, fail or unknown; weighted criteria order what
is left; every result says why it stands where it stands. No clock, no store, no network.
"""

from geo_assen.matching.check import check
from geo_assen.matching.clauses import Constraint, Criterion, Curve
from geo_assen.matching.explain import Gain, reasons, short_reason, why_not_higher
from geo_assen.matching.index import SiteIndex, index_of
from geo_assen.matching.many import match_pairs
from geo_assen.matching.ranking import METHOD_VERSION, Ranking, match
from geo_assen.matching.remarks import remarks
from geo_assen.matching.requirement import Requirement
from geo_assen.matching.result import (
    ConstraintResult,
    CriterionResult,
    NearestMiss,
    Result,
    Verdict,
)
from geo_assen.matching.robustness import (
    Alternatives,
    Flip,
    Robustness,
    SiteRobustness,
    first_shares,
    pareto,
    rank_intervals,
    robustness,
    smallest_flip,
)
from geo_assen.matching.weights import PairedWeights, paired_weights, rank_order_weights

__all__ = [
    "METHOD_VERSION",
    "Alternatives",
    "Constraint",
    "ConstraintResult",
    "Criterion",
    "CriterionResult",
    "Curve",
    "Flip",
    "Gain",
    "NearestMiss",
    "PairedWeights",
    "Ranking",
    "Requirement",
    "Result",
    "Robustness",
    "SiteIndex",
    "SiteRobustness",
    "Verdict",
    "check",
    "first_shares",
    "index_of",
    "match",
    "match_pairs",
    "paired_weights",
    "pareto",
    "rank_intervals",
    "rank_order_weights",
    "reasons",
    "remarks",
    "robustness",
    "short_reason",
    "smallest_flip",
    "why_not_higher",
]
