"""Which sites pass a requirement or are to be checked: its rules, asked of the columns.

What the order of the rows can tell is not asked row by row; the other rules are asked of
the rows that are left, the easiest first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geo_assen.matching.columns import Columns, Flags, Floats, Rows
from geo_assen.matching.constraints import COSTLY, AreaRange, CodeRule, Rule
from geo_assen.matching.index import Part
from geo_assen.matching.runs import Spans, Stretches
from geo_assen.matching.scoring import Weighing

__all__ = ["Block", "blocks"]

_MANY = 4_000
"""Rows from which it is quicker to drop what fails one rule before the next is asked."""

_NO_ROWS: Rows = np.empty(0, dtype=np.intp)
_NO_SHORTFALLS: Floats = np.empty(0)


@dataclass(eq=False)
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
    def sifted(self) -> tuple[Rows, Flags]:
        """Rows that fail no rule, and which of them have an answer that is unknown."""
        columns = self.columns
        if columns.are_few:
            return self._sifted_at_once()
        rows, unsure = self._possible()
        fails = np.zeros(len(rows), dtype=bool)
        for rule in self._asked:
            failing, missing = rule.verdicts(columns, rows)
            fails |= failing
            if missing is not None:
                unsure |= missing
            if len(rows) > _MANY:
                kept = ~fails
                rows, unsure = rows[kept], unsure[kept]
                fails = np.zeros(len(rows), dtype=bool)
        kept = ~fails
        return rows[kept], unsure[kept]

    def _sifted_at_once(self) -> tuple[Rows, Flags]:
        """Same, of all rows of the kind: of few, to choose among them costs more than to ask."""
        columns, (start, end) = self.columns, self.columns.kind_bounds[self.kind]
        every = slice(start, end)
        gone = self.part.gone
        fails = np.zeros(end - start, dtype=bool) if gone is None else gone[every].copy()
        unsure = np.zeros(end - start, dtype=bool)
        for rule in self.rules:
            failing, missing = rule.verdicts(columns, every)
            fails |= failing
            if missing is not None:
                unsure |= missing
        kept = (~fails).nonzero()[0]
        return kept + start, unsure[kept]

    @cached_property
    def size(self) -> int:
        """Rows, about, that the order of the columns does not rule out; 0 where sites are few."""
        if self.columns.are_few:
            return 0
        spans = self._told[0]
        return int((spans.end - spans.start).sum())

    def candidates(self) -> Stretches:
        """Rows that the order of the columns does not rule out, and of which it tells no unknown.

        Whether they pass is for :meth:`passing` to tell.
        """
        spans, unsure = self._told
        return spans.stretches(None if unsure is None else ~unsure)

    def passing(self, rows: Rows) -> Rows:
        """Those of some candidates that are known to pass every rule."""
        rows = self.part.there(rows)
        for rule in self._asked:
            rows = rows[rule.passes(self.columns, rows)]
        return rows

    def _possible(self) -> tuple[Rows, Flags]:
        """Rows that the order does not rule out, and whether it leaves an answer unknown."""
        spans, unsure = self._told
        rows, area_unknown = spans.stretches().rows(), spans.unknown_area()
        found = np.concatenate([rows, area_unknown])
        unknown = np.concatenate([spans.spread(unsure), np.ones(len(area_unknown), dtype=bool)])
        if self.part.gone is None:
            return found, unknown
        held = ~self.part.gone[found]
        return found[held], unknown[held]

    @cached_property
    def _told(self) -> tuple[Spans, Flags | None]:
        """What the order does not rule out, and for which runs it leaves an answer unknown."""
        columns = self.columns
        chosen, unsure = columns.runs_of(self.kind), None
        for rule in self.rules:
            if isinstance(rule, CodeRule) and rule.name in columns.runs.codes:
                fits, unknown = rule.answers(columns).in_runs
                chosen = chosen & fits
                if unknown is not None:
                    unsure = unknown if unsure is None else unsure | unknown
        areas = [rule for rule in self.rules if isinstance(rule, AreaRange)]
        if areas:
            low = max([rule.low for rule in areas])
            spans = columns.runs.between(chosen, low, min([rule.high for rule in areas]))
        else:
            spans = columns.runs.whole(chosen)
        return spans, None if unsure is None else unsure[spans.runs]

    @cached_property
    def _asked(self) -> list[Rule]:
        """Rules that have to be asked row by row, the easiest first."""
        told = self.columns.runs.codes
        asked = [r for r in self.rules if not (r.name in told and isinstance(r, CodeRule))]
        asked.sort(key=lambda rule: rule.effort)
        return asked

    def near_misses(self) -> tuple[Rows, Floats]:
        """Rows that fail exactly one rule, in no order, and the relative shortfall of each."""
        columns, (start, end) = self.columns, self.columns.kind_bounds[self.kind]
        fails, fails_twice = (np.zeros(end - start, dtype=bool) for _ in range(2))
        told = []
        for rule in sorted(self.rules, key=lambda rule: rule.effort):
            if rule.effort < COSTLY:
                failing, _ = rule.verdicts(columns, slice(start, end))
            else:
                failing, left = np.zeros(end - start, dtype=bool), (~fails_twice).nonzero()[0]
                failing[left] = rule.fails(columns, left + start)
            fails_twice |= fails & failing
            fails |= failing
            told.append((rule, failing))
        missed, relative = [_NO_ROWS], [_NO_SHORTFALLS]
        for rule, failing in told:
            rows = self.part.there((failing & ~fails_twice).nonzero()[0] + start)
            if len(rows):
                missed.append(rows)
                relative.append(rule.relative(rule.shortfall(columns, rows), columns, rows))
        return np.concatenate(missed), np.concatenate(relative)


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
