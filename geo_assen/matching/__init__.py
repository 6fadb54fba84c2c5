"""Matching: a requirement in, ranked sites out, with reasons.

In: a :class:`Requirement` and :class:`geo_assen.sites.Sites`. Out: a :class:`Ranking`.
Hard constraints come first and answer pass, fail or unknown; weighted criteria order what
is left; every result says why it stands where it stands. No clock, no store, no network.
"""

from geo_assen.matching.check import check
from geo_assen.matching.clauses import Constraint, Criterion, Curve
from geo_assen.matching.explain import Gain, reasons, short_reason, why_not_higher
from geo_assen.matching.ranking import METHOD_VERSION, Ranking, match
from geo_assen.matching.requirement import Requirement
from geo_assen.matching.result import (
    ConstraintResult,
    CriterionResult,
    NearestMiss,
    Result,
    Verdict,
)

__all__ = [
    "METHOD_VERSION",
    "Constraint",
    "ConstraintResult",
    "Criterion",
    "CriterionResult",
    "Curve",
    "Gain",
    "NearestMiss",
    "Ranking",
    "Requirement",
    "Result",
    "Verdict",
    "check",
    "match",
    "reasons",
    "short_reason",
    "why_not_higher",
]
