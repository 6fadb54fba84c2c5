"""What matching says about one site: verdict, score and the reasons for both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from geo_assen.matching.written import Number

__all__ = [
    "ConstraintResult",
    "CriterionResult",
    "Direction",
    "NearestMiss",
    "Result",
    "Verdict",
]

Direction = Literal[
    "smaller",
    "larger",
    "lower",
    "higher",
    "earlier",
    "later",
    "nearer",
    "inside",
    "with",
    "without",
    "one_of",
]


class Verdict(StrEnum):
    """Answer to a constraint, and to all constraints of a site together."""

    PASS = "pass"  # noqa: S105 - a verdict
    UNKNOWN = "unknown"
    FAIL = "fail"


class ConstraintResult(NamedTuple):
    """Answer of one constraint for one site.

    Attributes
    ----------
    name
        Field, ``near:KIND``, ``near:LON,LAT``, ``inside:CODE``, ``use`` or ``availability``.
    value
        Value of the site; ``None``: unknown. Of ``near`` with ``max_m``: metres; of
        ``inside``: metres that the site reaches outside.
    limit
        What is asked, as written; for ``use`` the list, for ``availability`` ``None``.
    shortfall
        How far the value is from passing, in ``unit``; 1 where only yes or no is asked;
        ``None`` unless it fails.
    unit
        Unit of the shortfall, of a number that of the value too; ``days`` for dates,
        ``steps`` in an ordered category, ``None`` where it counts nothing.
    reason
        Why the answer is unknown, or that a part of divisible land fits; else ``None``.
    """

    name: str
    verdict: Verdict
    value: Any
    limit: Any
    shortfall: Number | None
    unit: str | None
    reason: str | None = None

    def to_document(self) -> dict[str, Any]:
        """Answer in plain JSON values."""
        return {
            "name": self.name,
            "verdict": self.verdict.value,
            "value": _json(self.value),
            "limit": self.limit,
            "shortfall": self.shortfall,
            "unit": self.unit,
            "reason": self.reason,
        }


class CriterionResult(NamedTuple):
    """What one criterion gives one site.

    Attributes
    ----------
    desirability
        0 to 1; ``None``: the value is unknown.
    contribution
        Weight times desirability, with the weight as given; an unknown value counts half.
    source, date
        Who says so, and the date of that source.
    """

    name: str
    weight: Number
    value: Any
    unit: str | None
    desirability: float | None
    contribution: float
    source: str | None
    date: date | None

    @property
    def unknown(self) -> bool:
        """Whether the value is missing."""
        return self.desirability is None

    def to_document(self) -> dict[str, Any]:
        """Criterion in plain JSON values."""
        return {
            "name": self.name,
            "weight": self.weight,
            "value": _json(self.value),
            "unit": self.unit,
            "desirability": self.desirability,
            "contribution": self.contribution,
            "unknown": self.unknown,
            "source": self.source,
            "date": _json(self.date),
        }


class NearestMiss(NamedTuple):
    """The one change of a site that would turn its only failing constraint into a pass.

    Attributes
    ----------
    constraint
        Name of the failing constraint.
    change
        How much, in ``unit``.
    direction
        Which way the site would have to change.
    """

    constraint: str
    change: Number
    unit: str | None
    direction: Direction

    def to_document(self) -> dict[str, Any]:
        """Nearest miss in plain JSON values."""
        return {
            "constraint": self.constraint,
            "change": self.change,
            "unit": self.unit,
            "direction": self.direction,
        }


class Result(NamedTuple):
    """One site in a ranking.

    Attributes
    ----------
    id
        ``plot:<code>`` or ``premises:<code>``.
    verdict
        Fail if any constraint fails, else unknown if any is unknown, else pass.
    score
        Weighted mean of the desirabilities, 0 to 1, an unknown one counted as 0.5.
    score_low, score_high
        The same with what is unknown counted as 0 and as 1.
    reliability
        Known weight as a share of all weight, 0 to 1; it never changes the order.
    constraints, criteria
        Those that apply to this kind of site, in the order of the requirement.
    nearest_miss
        For a site that fails exactly one constraint; else ``None``.
    next_question
        Name of the unknown whose answer would move the site most; ``None``: all is known.
    """

    id: str
    kind: str
    name: str
    verdict: Verdict
    score: float
    score_low: float
    score_high: float
    reliability: float
    constraints: tuple[ConstraintResult, ...]
    criteria: tuple[CriterionResult, ...]
    nearest_miss: NearestMiss | None
    next_question: str | None

    def to_document(self) -> dict[str, Any]:
        """Result in plain JSON values."""
        return {
            "id": self.id,
            "kind": self.kind,
            "name": self.name,
            "verdict": self.verdict.value,
            "score": self.score,
            "score_low": self.score_low,
            "score_high": self.score_high,
            "reliability": self.reliability,
            "constraints": [item.to_document() for item in self.constraints],
            "criteria": [item.to_document() for item in self.criteria],
            "nearest_miss": self.nearest_miss.to_document() if self.nearest_miss else None,
            "next_question": self.next_question,
        }


def _json(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return value
