"""Sites of a ranking as plain arrays, for asking what other weights would do to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo_assen.matching.columns import Flags, Floats
from geo_assen.matching.result import CriterionResult, Result
from geo_assen.matching.scoring import DECIMALS, UNKNOWN_COUNTS

__all__ = ["SCORE_STEPS", "Alternatives"]

SCORE_STEPS = 10.0**DECIMALS
"""Scores are compared in steps of one part in so many, as the ranking rounds them."""


@dataclass(frozen=True, eq=False)
class Alternatives:
    """Sites that compete with each other, by what each criterion gives them.

    Attributes
    ----------
    ids
        In the order of the ranking.
    criteria
        Names; the second of a name is ``name#2``, the third ``name#3``.
    weights
        One a criterion, as given: 0 or more, with any sum.
    desirability
        One row a site, one column a criterion: 0 to 1, NaN where unknown.
    applies
        Whether the criterion applies to the kind of site; where it does not it is left
        out for that site, its weight with it.

    Raises
    ------
    ValueError
        If the arrays do not fit each other, or hold what is no weight or desirability.
    """

    ids: tuple[str, ...]
    criteria: tuple[str, ...]
    weights: Floats
    desirability: Floats
    applies: Flags

    def __post_init__(self) -> None:
        shape = (len(self.ids), len(self.criteria))
        if self.desirability.shape != shape or self.applies.shape != shape:
            raise ValueError(f"desirability and applies must both have the shape {shape}")
        if self.weights.shape != shape[1:]:
            raise ValueError("there must be one weight a criterion")
        if not (np.isfinite(self.weights) & (self.weights >= 0)).all():
            raise ValueError("weights must be finite numbers from 0 on")
        known = self.desirability[self.applies & ~np.isnan(self.desirability)]
        if not ((known >= 0) & (known <= 1)).all():
            raise ValueError("desirabilities must lie between 0 and 1")

    @classmethod
    def of(cls, results: Sequence[Result]) -> Alternatives:
        """Alternatives out of the results of one ranking, in their order."""
        told = [dict(_numbered(result.criteria)) for result in results]
        criteria = _merged(told)
        at = {name: position for position, name in enumerate(criteria)}
        weights = np.zeros(len(criteria))
        desirability = np.full((len(told), len(criteria)), np.nan)
        applies = np.zeros(desirability.shape, dtype=bool)
        for row, given in enumerate(told):
            for name, criterion in given.items():
                column = at[name]
                weights[column] = criterion.weight
                applies[row, column] = True
                if criterion.desirability is not None:
                    desirability[row, column] = criterion.desirability
        ids = tuple(result.id for result in results)
        return cls(ids, criteria, weights, desirability, applies)

    @cached_property
    def shares(self) -> Floats:
        """Weights as shares of their sum; all 0 where every weight is 0."""
        largest = self.weights.max(initial=0.0)
        if largest == 0:
            return np.zeros(len(self.weights))
        # divided twice: the sum of very large or very small weights would leave the range
        scaled = self.weights / largest
        shares: Floats = scaled / scaled.sum()
        return shares

    @cached_property
    def counted(self) -> Floats:
        """Desirabilities as the score counts them: an unknown one 0.5, 0 where none applies."""
        known = np.where(np.isnan(self.desirability), UNKNOWN_COUNTS, self.desirability)
        return np.where(self.applies, known, 0.0)

    @cached_property
    def by_id(self) -> NDArray[np.intp]:
        """Positions of the alternatives in the order of their ids, by code point."""
        return np.array(sorted(range(len(self.ids)), key=self.ids.__getitem__), dtype=np.intp)

    @cached_property
    def alike(self) -> tuple[NDArray[np.intp], ...]:
        """Positions of the alternatives to which the same criteria apply, together."""
        found: dict[bytes, list[int]] = {}
        for row, applies in enumerate(self.applies):
            found.setdefault(applies.tobytes(), []).append(row)
        return tuple(np.array(rows, dtype=np.intp) for rows in found.values())

    def score_steps(self, weightings: Floats) -> NDArray[np.int64]:
        """Scores under many weightings, in whole steps, to be compared for order and ties.

        The weighted mean of what applies, as in the ranking; 0.5 where nothing that
        applies has weight. Added up criterion by criterion, so that equal sites always
        get equal scores.

        Parameters
        ----------
        weightings
            One row a criterion, one column a weighting; each column has some weight.

        Returns
        -------
        One row an alternative, one column a weighting; 0 to :data:`SCORE_STEPS`.
        """
        steps = np.empty((len(self.ids), weightings.shape[1]), dtype=np.int64)
        for rows in self.alike:
            applies = self.applies[rows[0]]
            total = np.zeros(weightings.shape[1])
            scores = np.zeros((len(rows), weightings.shape[1]))
            gain = np.empty_like(scores)
            for column in np.flatnonzero(applies):
                total += weightings[column]
                np.multiply.outer(self.counted[rows, column], weightings[column], out=gain)
                scores += gain
            np.divide(scores, total, out=scores, where=total > 0)
            scores[:, total == 0] = UNKNOWN_COUNTS
            scores *= SCORE_STEPS
            steps[rows] = np.rint(scores, out=scores)
        return steps


def _numbered(criteria: Sequence[CriterionResult]) -> Iterator[tuple[str, CriterionResult]]:
    """Criteria by name; a name that comes again gets its number behind it."""
    met: dict[str, int] = {}
    for criterion in criteria:
        met[criterion.name] = number = met.get(criterion.name, 0) + 1
        yield (criterion.name if number == 1 else f"{criterion.name}#{number}"), criterion


def _merged(told: Sequence[dict[str, CriterionResult]]) -> tuple[str, ...]:
    """All names, each behind the one that it follows in a result."""
    merged: list[str] = []
    seen: set[tuple[str, ...]] = set()
    for names in (tuple(given) for given in told):
        if names in seen:
            continue
        seen.add(names)
        place = 0
        for name in names:
            if name not in merged:
                merged.insert(place, name)
            place = merged.index(name) + 1
    return tuple(merged)
