"""Results of chosen rows: verdict, score and the reasons for both, many sites at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial, reduce
from itertools import repeat
from typing import Any

import numpy as np

from geo_assen.matching.columns import Columns, Floats, Rows
from geo_assen.matching.constraints import Rule
from geo_assen.matching.explain import nearest_miss, next_question
from geo_assen.matching.result import (
    ConstraintResult,
    CriterionResult,
    NearestMiss,
    Result,
    Verdict,
)
from geo_assen.matching.scoring import UNKNOWN_COUNTS, Wish
from geo_assen.matching.search import Block
from geo_assen.matching.written import Number

__all__ = ["listed"]

_CONSTRAINT: Callable[[tuple[Any, ...]], ConstraintResult] = partial(
    tuple.__new__, ConstraintResult
)
_CRITERION: Callable[[tuple[Any, ...]], CriterionResult] = partial(tuple.__new__, CriterionResult)
"""Make results of their parts; hundreds of them are made for every list."""

_RESULT: Callable[[tuple[Any, ...]], Result] = partial(tuple.__new__, Result)

_VERDICTS = (Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL)
_PASSES, _UNSURE, _FAILS = range(3)
"""Places of the verdicts, so that the worst of several is the largest."""


def listed(block: Block, rows: Rows) -> list[Result]:
    """Results of some rows of a block, in their order."""
    columns = block.columns
    answers = [_answers(rule, columns, rows) for rule in block.rules]
    wishes = block.weighing.wishes
    told_of = [wish.told(columns, rows) for wish in wishes]
    found = [desirability for desirability, _ in told_of]
    own = (columns.objects("source_name", rows), columns.objects("source_date", rows))
    given = [
        _given(wish, desirability, values, _sources(wish, columns, own))
        for wish, (desirability, values) in zip(wishes, told_of, strict=True)
    ]
    scores = block.weighing.scores(columns, rows, found)
    constraints = list(zip(*(told for told, _ in answers), strict=True))
    criteria = list(zip(*given, strict=True)) if given else [()] * len(rows)
    verdict = reduce(np.maximum, [verdicts for _, verdicts in answers])
    told = zip(
        columns.objects("id", rows),
        repeat(block.kind, len(rows)),
        [name or "" for name in columns.objects("name", rows)],
        [_VERDICTS[code] for code in verdict.tolist()],
        scores.score.tolist(),
        scores.low.tolist(),
        scores.high.tolist(),
        scores.reliability.tolist(),
        constraints,
        criteria,
        *_what_follows(verdict, scores.reliability, constraints, criteria),
        strict=True,
    )
    return list(map(_RESULT, told))


def _what_follows(
    verdict: np.ndarray[Any, Any],
    reliability: Floats,
    constraints: Sequence[Sequence[ConstraintResult]],
    criteria: Sequence[Sequence[CriterionResult]],
) -> tuple[list[NearestMiss | None], list[str | None]]:
    """Nearest miss and next question of each row; of most sites there is neither."""
    misses: list[NearestMiss | None] = [None] * len(verdict)
    questions: list[str | None] = [None] * len(verdict)
    for at in (verdict == _FAILS).nonzero()[0].tolist():
        misses[at] = nearest_miss(constraints[at])
    for at in ((verdict != _PASSES) | (reliability != 1)).nonzero()[0].tolist():
        questions[at] = next_question(constraints[at], criteria[at])
    return misses, questions


_Answers = tuple[list[ConstraintResult], np.ndarray[Any, Any]]


def _answers(rule: Rule, columns: Columns, rows: Rows) -> _Answers:
    """Answers of one rule, and the place of each verdict."""
    codes = rule.alike(columns, rows)
    if codes is None:
        return _answers_by_row(rule, columns, rows)
    # rows of one code get one answer, made once
    every = codes.tolist()
    places = dict(zip(every, range(len(rows)), strict=True))
    told, verdicts = _answers_by_row(rule, columns, rows[list(places.values())])
    if len(told) == 1:
        return told * len(rows), verdicts.repeat(len(rows))
    numbers = dict(zip(places, range(len(told)), strict=True))
    which = list(map(numbers.__getitem__, every))
    every_verdict = verdicts[which] if verdicts.any() else np.zeros(len(rows), dtype=np.intp)
    return list(map(told.__getitem__, which)), every_verdict


def _answers_by_row(rule: Rule, columns: Columns, rows: Rows) -> _Answers:
    shortfall = rule.shortfall(columns, rows)
    verdicts = np.zeros(len(rows), dtype=np.intp)
    if (shortfall <= 0).all():
        said: Iterable[Verdict] = repeat(Verdict.PASS)
        missed: Iterable[Number | None] = repeat(None)
        reasons = rule.reasons(columns, rows, [False] * len(rows))
    else:
        verdicts[np.isnan(shortfall)], verdicts[shortfall > 0] = _UNSURE, _FAILS
        said = [_VERDICTS[place] for place in verdicts.tolist()]
        reasons = rule.reasons(columns, rows, (verdicts == _UNSURE).tolist())
        amounts: list[Number | None] = [None] * len(rows)
        missed = amounts
        for at in (verdicts == _FAILS).nonzero()[0].tolist():
            amounts[at], reasons[at] = _amount(float(shortfall[at]), rule.unit), None
    told = zip(
        repeat(rule.name),
        said,
        rule.values(columns, rows),
        repeat(rule.limit),
        missed,
        repeat(rule.unit),
        reasons,
        strict=False,
    )
    return list(map(_CONSTRAINT, told)), verdicts


def _amount(shortfall: float, unit: str | None) -> Number:
    if unit == "m2":
        return math.ceil(shortfall)
    if unit == "m":
        shortfall = max(round(shortfall, 3), 0.001)
    return int(shortfall) if shortfall.is_integer() else shortfall


_Told = tuple[Sequence[Any], Sequence[Any]]


def _sources(wish: Wish, columns: Columns, own: _Told) -> _Told:
    """Name and date of the source of each value: of its field, else of the site."""
    source = columns.sites.sources.get(wish.name)
    if source is None:
        return own
    return [source.name] * len(own[0]), [source.day] * len(own[1])


def _given(
    wish: Wish,
    desirability: Floats,
    values: Sequence[Any],
    sources: _Told,
) -> list[CriterionResult]:
    unknown = np.isnan(desirability)
    known: list[float | None] = desirability.tolist()
    for at in unknown.nonzero()[0].tolist():
        known[at] = None
    told = zip(
        repeat(wish.name),
        repeat(wish.weight),
        values,
        repeat(wish.unit),
        known,
        (float(wish.weight) * np.where(unknown, UNKNOWN_COUNTS, desirability)).tolist(),
        *sources,
        strict=False,
    )
    return list(map(_CRITERION, told))
