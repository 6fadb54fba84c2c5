"""Which sites pass a requirement or are to be checked: its rules, asked of the columns.

What the order of the rows can tell is not asked row by row; the other rules are asked one
after another, each of the rows that the ones before have left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geo_assen.matching.columns import Columns, Flags, Floats, Rows
from geo_assen.matching.constraints import AreaRange, CodeRule, Rule
from geo_assen.matching.index import Part
from geo_assen.matching.scoring import Weighing

__all__ = ["Block", "NearMisses", "blocks"]


@dataclass(frozen=True, eq=False)
class NearMisses:
    """Rows that fail exactly one rule."""

    rows: Rows
    relative: Floats
    score: Floats


@dataclass(frozen=True, eq=False)
class Block:
    """Sites of one kind in one part of the index, asked by one requirement.

    Attributes
    ----------
    rules, weighing
        Constraints and criteria that apply to the kind, in the order of the requirement.
    """

    part: Part
    kind: str
    rules: tuple[Rule, ...]
    weighing: Weighing

    @property
    def columns(self) -> Columns:
        """Columns of the part."""
        return self.part.columns

    @cached_property
    def eligible(self) -> Rows:
        """Rows that fail no rule."""
        rows = self.part.there(self.candidates(known=False))
        for rule in self._asked:
            rows = rows[~rule.fails(self.columns, rows)]
        return rows

    @cached_property
    def unknown(self) -> Flags:
        """Which of the eligible rows have an answer that is unknown."""
        unsure = np.zeros(len(self.eligible), dtype=bool)
        for rule in self.rules:
            missing = rule.unknown(self.columns, self.eligible)
            if missing is not None:
                unsure |= missing
        return unsure

    def near_misses(self) -> NearMisses:
        """Rows that fail exactly one rule, with the relative shortfall."""
        start, end = self.columns.kind_bounds.get(self.kind, (0, 0))
        rows = self.part.there(np.arange(start, end))
        culprit = np.full(len(rows), -1, dtype=np.int16)
        order = sorted(range(len(self.rules)), key=lambda at: self.rules[at].effort)
        for at in order:
            fails = self.rules[at].fails(self.columns, rows)
            once = ~fails | (culprit < 0)
            rows, culprit, fails = rows[once], culprit[once], fails[once]
            culprit[fails] = at
        rows, culprit = rows[culprit >= 0], culprit[culprit >= 0]
        relative = np.zeros(len(rows))
        for at in np.unique(culprit):
            rule, of_rule = self.rules[at], culprit == at
            shortfall = rule.shortfall(self.columns, rows[of_rule])
            relative[of_rule] = rule.relative(shortfall, self.columns, rows[of_rule])
        return NearMisses(rows, relative, self.weighing.score(self.columns, rows))

    def candidates(self, *, known: bool) -> Rows:
        """Rows that the order of the columns does not rule out.

        Parameters
        ----------
        known
            Leave out those of which it tells that an answer is unknown.
        """
        runs = self.columns.runs
        kinds = self.columns.codes("kind").values
        chosen: Flags = runs.codes["kind"] == kinds.index(self.kind)
        areas = [rule for rule in self.rules if isinstance(rule, AreaRange)]
        for rule in self.rules:
            if self._told_by_order(rule):
                table = rule.table(self.columns)  # type: ignore[attr-defined]
                good: Flags = table <= 0 if known else ~(table > 0)
                chosen &= good[runs.codes[rule.name]]
        low = max((rule.low for rule in areas), default=-np.inf)
        high = min((rule.high for rule in areas), default=np.inf)
        rows, in_parts = runs.rows(chosen, low, high, known=known and bool(areas))
        for rule in areas:
            in_parts = in_parts[rule.parts_fit(self.columns, in_parts)]
        return np.concatenate([rows, in_parts]) if len(in_parts) else rows

    def passing(self, rows: Rows) -> Rows:
        """Those of some candidates, of which all answers are known, that pass every rule."""
        for rule in self._asked:
            if not (isinstance(rule, AreaRange) and self.columns.runs.all_whole):
                rows = rows[rule.passes(self.columns, rows)]
        return rows

    @cached_property
    def _asked(self) -> tuple[Rule, ...]:
        """Rules that have to be asked row by row, the easiest first."""
        asked = (rule for rule in self.rules if not self._told_by_order(rule))
        return tuple(sorted(asked, key=lambda rule: rule.effort))

    def _told_by_order(self, rule: Rule) -> bool:
        return isinstance(rule, CodeRule) and rule.name in self.columns.runs.codes


def blocks(
    parts: Sequence[Part],
    kinds: Sequence[str],
    rules: Sequence[Rule],
    weighings: Mapping[str, Weighing],
) -> tuple[Block, ...]:
    """Every kind of site in every part, with the rules that apply to it."""
    by_kind = {kind: tuple(rule for rule in rules if kind in rule.kinds) for kind in kinds}
    return tuple(
        Block(part, kind, by_kind[kind], weighings[kind])
        for part in parts
        for kind in kinds
        if kind in part.columns.kind_bounds
    )
