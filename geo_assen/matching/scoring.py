"""Scores: weighted criteria of many sites at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo_assen.matching.clauses import Criterion
from geo_assen.matching.columns import Columns, Floats, plain_value
from geo_assen.matching.constraints import metres
from geo_assen.matching.desirability import category_desirability, number_desirability
from geo_assen.matching.requirement import Requirement
from geo_assen.matching.result import CriterionResult
from geo_assen.matching.written import Number

__all__ = ["DECIMALS", "Scores", "Wish", "weigh", "wishes"]

DECIMALS = 12
"""Scores are rounded to this, so that equal sums added in another order stay equal."""


@dataclass(frozen=True, eq=False)
class Wish:
    """One criterion over all sites that are looked at.

    Attributes
    ----------
    applies
        Sites whose kind has the field.
    desirability
        0 to 1, NaN where the value is missing; without meaning where it does not apply.
    value_at
        Value of one site in plain types.
    """

    name: str
    weight: Number
    unit: str | None
    applies: NDArray[np.bool_]
    desirability: Floats
    value_at: Callable[[int], Any]

    def at(self, position: int, source: tuple[Any, Any]) -> CriterionResult | None:
        """What the criterion gives one site; ``None`` where it does not apply."""
        if not self.applies[position]:
            return None
        known = not np.isnan(self.desirability[position])
        desirability = float(self.desirability[position]) if known else None
        counted = 0.5 if desirability is None else desirability
        return CriterionResult(
            self.name,
            self.weight,
            self.value_at(position),
            self.unit,
            desirability,
            float(self.weight) * counted,
            *source,
        )


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of all sites that are looked at, each 0 to 1."""

    score: Floats
    low: Floats
    high: Floats
    reliability: Floats


def wishes(requirement: Requirement, columns: Columns) -> tuple[Wish, ...]:
    """Turn every criterion of a requirement into desirabilities."""
    return tuple(_wish(criterion, columns) for criterion in requirement.criteria)


def _wish(criterion: Criterion, columns: Columns) -> Wish:
    if criterion.near is not None:
        distance = columns.distance_m(criterion.near)
        return Wish(
            criterion.name,
            criterion.weight,
            "m",
            np.full(len(columns), True),
            number_desirability(criterion.curve, distance),
            lambda position: metres(distance[position]),
        )
    field = columns.sites.fields[criterion.field or ""]
    values = columns.objects(field.name)
    categories = criterion.curve.categories
    if categories is None:
        desirability = number_desirability(criterion.curve, columns.field_numbers(field))
    else:
        desirability = columns.by_value(
            field.name, lambda value: category_desirability(categories, value)
        )
    return Wish(
        criterion.name,
        criterion.weight,
        field.unit,
        columns.applies(field),
        desirability,
        lambda position: plain_value(values[position], whole=field.type == "integer"),
    )


def weigh(found: Sequence[Wish], size: int) -> Scores:
    """Weighted mean of desirabilities: sum(w d) / sum(w) over the criteria that apply.

    What is unknown counts 0.5 in the score, 0 in the low one and 1 in the high one;
    reliability is the known share of the weight. Where nothing applies, or all weights
    are 0, the score is 0.5 between 0 and 1, with reliability 0.
    """
    total, known, sure = np.zeros(size), np.zeros(size), np.zeros(size)
    for wish in found:
        weight = np.where(wish.applies, float(wish.weight), 0.0)
        unknown = np.isnan(wish.desirability)
        total += weight
        known += np.where(unknown, 0.0, weight)
        sure += weight * np.where(unknown, 0.0, wish.desirability)
    weighed = total > 0
    divisor = np.where(weighed, total, 1.0)
    unsure = np.maximum(total - known, 0.0)

    def mean(sum_of_wd: Floats, otherwise: float) -> Floats:
        share = np.clip(np.round(sum_of_wd / divisor, DECIMALS), 0.0, 1.0)
        return np.where(weighed, share, otherwise)

    return Scores(
        score=mean(sure + 0.5 * unsure, 0.5),
        low=mean(sure, 0.0),
        high=mean(sure + unsure, 1.0),
        reliability=mean(known, 0.0),
    )
