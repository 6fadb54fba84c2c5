"""Weights of criteria from an order of importance, or from comparisons in pairs.

Both give weights that add up to 1 and can be put into a requirement as they are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_assen.errors import RequirementError

__all__ = [
    "CONSISTENT_BELOW",
    "MOST_COMPARED",
    "RANDOM_INDEX",
    "PairedWeights",
    "paired_weights",
    "rank_order_weights",
]

_RANDOM_INDEX_TO_10 = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
RANDOM_INDEX = (*_RANDOM_INDEX_TO_10, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Consistency index of random answers on 1, 2, ... 15 criteria (Saaty, 1980)."""

MOST_COMPARED = len(RANDOM_INDEX)
"""Criteria that can be compared in pairs at most: the random index ends there."""

CONSISTENT_BELOW = 0.10
"""Consistency ratio from which the answers should be looked at again (Saaty, 1980)."""

_LARGEST = 9.0
_TOLERANCE = 1e-9

_Matrix = NDArray[np.float64]
_Pair = tuple[int, int]


@dataclass(frozen=True)
class PairedWeights:
    """Weights from comparisons in pairs, and how well the comparisons agree.

    Attributes
    ----------
    weights
        One a criterion, in the order of the criteria; their sum is 1.
    lambda_max
        Principal eigenvalue of the comparisons; the number of criteria when they agree
        wholly, larger otherwise.
    consistency_index
        ``(lambda_max - n) / (n - 1)``, 0 or more.
    consistency_ratio
        The index as a share of that of random answers to the same number of questions;
        0 where no answer can contradict another.
    to_reconsider
        The pair that contradicts the rest most, as it was given, and the answer on the
        scale (1/9 to 9) that fits what the rest implies; ``None``: no pair does.
    """

    weights: tuple[float, ...]
    lambda_max: float
    consistency_index: float
    consistency_ratio: float
    to_reconsider: tuple[int, int, float] | None

    @property
    def is_consistent(self) -> bool:
        """Whether the ratio is below 0.10; at 0.10 itself it is not."""
        return self.consistency_ratio < CONSISTENT_BELOW


def rank_order_weights(places: Sequence[int]) -> tuple[float, ...]:
    """Weights from the order of importance of the criteria.

    The rank-order centroid: of ``n`` criteria the one on place ``k`` weighs
    ``(1/k + 1/(k + 1) + ... + 1/n) / n``, the mean of all weights that respect the order
    (Barron & Barrett, Management Science 42(11), 1996). Criteria on one place share the
    mean of the weights of the places that they occupy together.

    Parameters
    ----------
    places
        Place of each criterion, 1 the most important; only their order counts, so that
        1, 2, 2, 3 and 1, 2, 2, 4 say the same.

    Returns
    -------
    One weight a criterion, in the order given; their sum is 1.

    Raises
    ------
    RequirementError
        If there is no criterion, or a place is not a whole number from 1 on.
    """
    faults = [
        (f"criterion {number}", f"must have a whole number from 1 on as its place, not {place!r}")
        for number, place in enumerate(places, start=1)
        if not _is_whole(place) or place < 1
    ]
    if not len(places):
        faults = [("criterion", "there is none to put in order")]
    if faults:
        raise RequirementError("An order of importance", faults)
    ordered = sorted(places)
    centroid = [sum(1 / k for k in range(place, len(places) + 1)) for place in _places(places)]
    return tuple(
        math.fsum(centroid[start : start + tied]) / tied / len(places)
        for start, tied in ((ordered.index(place), ordered.count(place)) for place in places)
    )


def _places(criteria: Sequence[object]) -> range:
    return range(1, len(criteria) + 1)


def _is_whole(number: object) -> bool:
    return isinstance(number, (int, np.integer)) and not isinstance(number, bool)


def paired_weights(comparisons: Mapping[tuple[int, int], float], size: int) -> PairedWeights:
    """Weights from answers to "how many times as important is this one as that one?".

    The analytic hierarchy process (Saaty, 1980): the weights are the principal
    eigenvector of the matrix of answers. A pair that is missing is not invented but left
    out after Harker (Mathematical Modelling 9(11), 1987): its two entries are 0 and one
    is added to the diagonal of both rows, which lets the weights themselves stand for the
    answer. With fewer answers random ones contradict each other less: the random index
    falls in proportion to the answers beyond the n - 1 that tie the criteria together
    (Ágoston & Csató, Omega 108, 2022, find it nearly linear).

    Parameters
    ----------
    comparisons
        ``{(i, j): 3}``: criterion ``i`` is three times as important as ``j``, counted
        from 0; 1/9 to 9. The reverse is implied and need not be given.
    size
        Number of criteria, 1 to 15.

    Raises
    ------
    RequirementError
        If an answer lies outside the scale or contradicts its own reverse, if a criterion
        is compared with itself or does not exist, if there are too few or too many, or if
        the answers do not tie all criteria together; it names which ones.
    """
    _check_size(size)
    _check_answers(comparisons, size)
    answers = _answer_matrix(comparisons, size)
    apart = _apart(answers)
    if apart:
        rest = [number for number in _numbers(size) if number not in apart]
        reason = f"{_listed(apart)} not compared, directly or through others, with {_named(rest)}"
        raise RequirementError("A comparison in pairs", [("comparisons", reason)])
    weights, lambda_max = _principal(answers)
    index = max(0.0, (lambda_max - size) / (size - 1)) if size > 1 else 0.0
    random_index = _random_index(answers)
    return PairedWeights(
        weights=tuple(float(weight) for weight in weights),
        lambda_max=lambda_max,
        consistency_index=index,
        consistency_ratio=index / random_index if random_index > 0 else 0.0,
        to_reconsider=_to_reconsider(comparisons, answers),
    )


def _check_size(size: int) -> None:
    if not _is_whole(size) or not 1 <= size <= MOST_COMPARED:
        reason = f"must be a whole number from 1 to {MOST_COMPARED}, not {size!r}"
        raise RequirementError("A comparison in pairs", [("number of criteria", reason)])


def _check_answers(comparisons: Mapping[_Pair, float], size: int) -> None:
    faults = [
        (f"criterion {_shown(i)} against {_shown(j)}", reason)
        for (i, j), answer in comparisons.items()
        if (reason := _fault(i, j, answer, comparisons.get((j, i)), size))
    ]
    if faults:
        raise RequirementError("A comparison in pairs", faults)


def _fault(i: int, j: int, answer: float, reverse: float | None, size: int) -> str:
    """What is wrong with one answer; empty: nothing."""
    if not all(_is_whole(k) and 0 <= k < size for k in (i, j)):
        return f"there are only criteria 1 to {size}"
    if i == j:
        return "a criterion is not compared with itself"
    if not _on_scale(answer):
        return f"must be a number from 1/9 to 9, not {answer!r}"
    if reverse is not None and _on_scale(reverse) and abs(answer * reverse - 1) > _TOLERANCE:
        return f"is {answer:g}, but the other way round it is {reverse:g}, not one divided by that"
    return ""


def _on_scale(answer: object) -> bool:
    if isinstance(answer, bool) or not isinstance(answer, (int, float, np.number)):
        return False
    return bool(1 / _LARGEST - _TOLERANCE <= float(answer) <= _LARGEST + _TOLERANCE)


def _shown(position: object) -> object:
    return int(position) + 1 if isinstance(position, (int, np.integer)) else position


def _answer_matrix(comparisons: Mapping[_Pair, float], size: int) -> _Matrix:
    """Answers and their reverses, 1 on the diagonal, 0 where there is no answer."""
    answers = np.eye(size)
    for (i, j), answer in comparisons.items():
        answers[i, j], answers[j, i] = answer, 1 / answer
    return answers


def _apart(answers: _Matrix) -> list[int]:
    """Numbers, from 1, of the criteria that no chain of answers ties to the first."""
    tied, new = {0}, {0}
    while new:
        new = {int(k) for k in np.flatnonzero(answers[list(new)].any(axis=0))} - tied
        tied |= new
    return [number for number in _numbers(len(answers)) if number - 1 not in tied]


def _numbers(size: int) -> range:
    return range(1, size + 1)


def _named(numbers: Sequence[int]) -> str:
    one = "criterion" if len(numbers) == 1 else "criteria"
    return f"{one} {', '.join(str(number) for number in numbers)}"


def _listed(numbers: Sequence[int]) -> str:
    return f"{_named(numbers)} {'is' if len(numbers) == 1 else 'are'}"


def _principal(answers: _Matrix) -> tuple[_Matrix, float]:
    """Principal eigenvector with sum 1, and its eigenvalue, missing answers left out."""
    completed = answers + np.diag((answers == 0).sum(axis=1))
    values, vectors = np.linalg.eig(completed)
    first = int(values.real.argmax())
    vector = np.abs(vectors[:, first].real)
    return vector / vector.sum(), float(values[first].real)


def _random_index(answers: _Matrix) -> float:
    """Consistency index of random answers to the questions that were answered."""
    size = len(answers)
    if size < 3:
        return 0.0
    most_missing = (size - 1) * (size - 2) / 2
    missing = int((answers == 0).sum()) / 2
    return RANDOM_INDEX[size - 1] * (1 - missing / most_missing)


def _to_reconsider(
    comparisons: Mapping[_Pair, float], answers: _Matrix
) -> tuple[int, int, float] | None:
    """Pair whose answer differs by the largest factor from what all others imply."""
    worst, found = _TOLERANCE, None
    for i, j in comparisons:
        rest = answers.copy()
        rest[i, j] = rest[j, i] = 0.0
        if _apart(rest):
            continue
        weights, _ = _principal(rest)
        implied = float(np.clip(weights[i] / weights[j], 1 / _LARGEST, _LARGEST))
        differs = abs(math.log(answers[i, j] / implied))
        if differs > worst + _TOLERANCE:
            worst, found = differs, (int(i), int(j), implied)
    return found
