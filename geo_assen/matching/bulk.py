"""Many requirements written as plain numbers, for the pass in machine code.

A rule or wish that measures from a point, asks an outline or a travel time is not written:
its requirement is answered one at a time like any other.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np

from geo_assen.matching.columns import Columns
from geo_assen.matching.constraints import AreaRange, CodeRule, Rule, UseRule
from geo_assen.matching.desirability import knots_of
from geo_assen.matching.order import Placed
from geo_assen.matching.scoring import DECIMALS, CodeWish, Weighing, Wish
from geo_assen.matching.search import Block

__all__ = ["can_compile", "first_of_many", "is_compiled"]

_KERNEL = "geo_assen.matching.kernel"
_PARTS = "smallest part that can be had"
"""Name under which the kernel gets the least parts, which are no column of their own."""


@cache
def can_compile() -> bool:
    """Whether the extra is installed by which many requirements are asked in machine code."""
    return find_spec("numba") is not None


def is_compiled() -> bool:
    """Whether the machine code is loaded in this process."""
    return _KERNEL in sys.modules


@cache
def _kernel() -> ModuleType:
    return import_module(_KERNEL)


def first_of_many(asked: Sequence[Sequence[Block]], most: int) -> list[Placed | None]:
    """First sites of many requirements over one part: as ``order.first`` finds them.

    Parameters
    ----------
    asked
        Blocks of each requirement, all over the same columns of which no row is gone.
    most
        How many sites of each.

    Returns
    -------
    None for a requirement of which so many pass or are to be checked nowhere, or that
    cannot be written in plain numbers.
    """
    answers: list[Placed | None] = [None] * len(asked)
    columns = next((blocks[0].columns for blocks in asked if blocks), None)
    if columns is None:
        return answers
    writing = _Writing(columns)
    written = [at for at, blocks in enumerate(asked) if writing.add(blocks)]
    shape = (len(written), most)
    which, rows = np.empty(shape, dtype=np.intp), np.empty(shape, dtype=np.intp)
    found = _kernel().first_of_each(*writing.arrays(), 10.0**DECIMALS, which, rows)
    for line, at in enumerate(written):
        if found[line] == most:
            answers[at] = which[line], rows[line]
    return answers


@dataclass(eq=False)
class _Tables:
    """Tables by code one after the other, each written once; what is missing stands first."""

    parts: list[Any] = field(default_factory=list)
    starts: dict[Hashable, int] = field(default_factory=dict)
    count: int = 0

    def start_of(self, what: Hashable, table: Callable[[], Any]) -> int:
        """Where the table of something starts."""
        start = self.starts.get(what)
        if start is None:
            start = self.starts[what] = self.count
            values = table()
            self.parts += [values[-1:], values[:-1]]
            self.count += len(values)
        return start

    def joined(self, kind: Any) -> Any:
        """All tables as one array."""
        return np.concatenate([np.zeros(0), *self.parts]).astype(kind)


class _Writing:
    """Requirements as arrays of numbers, one after the other."""

    def __init__(self, columns: Columns) -> None:
        self.columns, self.kernel = columns, _kernel()
        self.kinds = columns.codes("kind").values
        self.numbers: dict[str, int] = {}
        self.codes: dict[str, int] = {}
        self.verdicts, self.degrees = _Tables(), _Tables()
        self.points: list[tuple[float, float]] = []
        self.first = [0]
        self.blocks: list[tuple[int, ...]] = []
        self.rules: list[tuple[Any, ...]] = []
        self.wishes: list[tuple[Any, ...]] = []

    def add(self, blocks: Sequence[Block]) -> bool:
        """Write the blocks of a requirement; False, and nothing is, where that cannot be done."""
        rules, wishes, written = len(self.rules), len(self.wishes), len(self.blocks)
        for block in blocks:
            own = (self.kinds.index(block.kind) + 1, len(self.rules), len(self.wishes))
            if not (self._add_rules(block.rules) and self._add_wishes(block.weighing)):
                del self.rules[rules:], self.wishes[wishes:], self.blocks[written:]
                return False
            self.blocks.append((*own, *self._told_by_order(block.rules, own[1])))
        self.first.append(len(self.blocks))
        return True

    @staticmethod
    def _told_by_order(rules: Sequence[Rule], start: int) -> tuple[int, int]:
        """Where the rules about the use and about the area stand; -1: nowhere."""
        kinds = (UseRule, AreaRange)
        use, area = (
            next((start + at for at, rule in enumerate(rules) if isinstance(rule, kind)), -1)
            for kind in kinds
        )
        return use, area

    def _add_rules(self, rules: Iterable[Rule]) -> bool:
        kernel, columns = self.kernel, self.columns
        for rule in rules:
            if isinstance(rule, CodeRule):
                line = _line(self.codes, rule.name)
                make = partial(self._verdicts, rule)
                start = self.verdicts.start_of((rule.name, rule.asked), make)
                self.rules.append((kernel.CODE, line, 0, 0.0, 0.0, start))
                continue
            bounds = rule.bounds(columns)
            if bounds is None:
                return False
            name, low, high = bounds
            is_area = isinstance(rule, AreaRange)
            part = _line(self.numbers, _PARTS) if is_area else 0
            kind = kernel.AREA if is_area else kernel.RANGE
            self.rules.append((kind, _line(self.numbers, name), part, low, high, 0))
        return True

    def _verdicts(self, rule: CodeRule) -> Any:
        answers = rule.answers(self.columns)
        return answers.fails * self.kernel.FAILS + answers.unknown * self.kernel.UNKNOWN

    def _add_wishes(self, weighing: Weighing) -> bool:
        for wish in weighing.heavy:
            share = wish.weight / weighing.total
            if isinstance(wish, CodeWish):
                asked = (wish.name, *(wish.curve.categories or {}).items())
                start = self.degrees.start_of(asked, partial(wish.table, self.columns))
                line = _line(self.codes, wish.name)
                self.wishes.append((self.kernel.TABLE, line, share, start, 0.0, 0.0, 0.0, 0.0))
                continue
            name = wish.column(self.columns)
            if name is None:
                return False
            line = _line(self.numbers, name)
            self.wishes.append(self._curve(wish, line, share))
        return True

    def _curve(self, wish: Wish, line: int, share: float) -> tuple[Any, ...]:
        kernel, curve = self.kernel, wish.curve
        kinds = {"smaller": kernel.FALLING, "larger": kernel.RISING, "target": kernel.TARGET,
                 "points": kernel.POINTS}  # fmt: skip
        knots, degrees = knots_of(curve)
        if degrees:
            points = list(zip(knots, degrees, strict=True))
            knots = [float(len(self.points)), float(len(points))]
            self.points += points
        rest = [0.0] * (4 - len(knots))
        return kinds[curve.shape], line, share, 0, *knots, *rest

    def arrays(self) -> tuple[Any, Any, Any, Any]:
        """Places, blocks, rules and wishes, as the kernel wants them."""
        kernel = self.kernel
        kind, rule, wish, use, area = _columns(self.blocks, (int,) * 5)
        ends = ([len(self.rules)], [len(self.wishes)])
        rule, wish = (np.append(own, end) for own, end in zip((rule, wish), ends, strict=True))
        op, column, part, low, high, table = _columns(
            self.rules, (int, int, int, float, float, int)
        )
        rules = kernel.AskedRules(
            op, column, part, low, high, table, self.verdicts.joined(np.uint8)
        )
        op, column, share, table, *knots = _columns(
            self.wishes, (int, int, float, int, float, float, float, float)
        )
        x, d = _columns(self.points, (float, float))
        wishes = kernel.AskedWishes(
            op, column, share, np.stack(knots, axis=1), table, self.degrees.joined(float), x, d
        )
        blocks = kernel.AskedBlocks(np.array(self.first), kind, rule, wish, use, area)
        return self._places(), blocks, rules, wishes

    def _places(self) -> Any:
        columns, runs = self.columns, self.columns.runs
        numbers = [
            columns.least_parts_m2 if name == _PARTS else columns.numbers(name)
            for name in self.numbers
        ]
        codes = [columns.codes(name).at for name in self.codes]
        empty = np.zeros((1, len(columns)))
        return self.kernel.Places(
            np.stack(numbers) if numbers else empty,
            (np.stack(codes) if codes else empty.astype(np.int32)) + 1,
            columns.id_keys, runs.codes["kind"] + 1, runs.codes["use"] + 1, runs.start,
            runs.unknown, runs.end, np.isinf(runs.least_part_m2),
        )  # fmt: skip


def _line(lines: dict[str, int], name: str) -> int:
    """Line of a column, a new one where it has none yet."""
    return lines.setdefault(name, len(lines))


def _columns(rows: Sequence[tuple[Any, ...]], kinds: Sequence[type]) -> list[Any]:
    """Rows of plain values as one array a column."""
    turned = zip(*rows, strict=True) if rows else ((),) * len(kinds)
    return [np.array(own, dtype=kind) for own, kind in zip(turned, kinds, strict=True)]
