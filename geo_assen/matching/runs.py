"""Runs: rows of sites that agree in what most requirements ask, each ordered by area.

A requirement that asks for some kinds, uses and sizes touches a few runs, and of those a
few rows; no other row is looked at.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo_assen.sites import Coded, Floats, Rows, Sites

__all__ = ["Flags", "Runs", "Spans", "Stretches", "laid_out"]

Flags = NDArray[np.bool_]
_KEYS = ("kind", "use", "availability", "max_env_category")
"""Coded columns by which rows lie, the first outermost; of few sites the first two."""

_PART_SIZES = 12
"""Sizes of smallest parts that are told apart, each four times the one before; and none."""

_MANY = 100_000
"""Sites from which it is worth having more runs, and shorter ones."""

_ROOM = float(2**34)
"""Places for areas inside one run, a place a m²: more than any country has."""

_STEPS_M2 = (-math.inf, *sorted({float(2 ** (step / 8) // 1) for step in range(8 * 26)}))
"""Whole areas at which runs are cut, each a tenth above the one before."""

_NO_ROWS: Rows = np.empty(0, dtype=np.intp)


@dataclass(eq=False)
class Stretches:
    """Rows that lie side by side, stretch after stretch, before any of them is looked at.

    To cut a column into slices is quicker than to gather it by row; only of the places that
    are left the rows are told.

    Attributes
    ----------
    numbers
        Number of every row there is.
    start, end
        First row of each stretch and the row behind its last; no stretch is empty.
    """

    numbers: Rows
    start: Rows
    end: Rows

    @cached_property
    def _slices(self) -> list[slice]:
        return list(map(slice, self.start.tolist(), self.end.tolist()))

    @cached_property
    def _ends(self) -> Rows:
        """Place behind the last of each stretch."""
        return (self.end - self.start).cumsum()

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def of(self, column: NDArray[Any]) -> NDArray[Any]:
        """Values of a column at every place; to be read only."""
        parts = [column[own] for own in self._slices]
        if len(parts) == 1:
            return parts[0]
        return np.concatenate(parts) if parts else column[:0]

    def rows(self) -> Rows:
        """Rows at every place; to be read only."""
        return self.of(self.numbers)

    def at(self, places: Rows) -> Rows:
        """Rows at some places, which rise."""
        if not len(self._ends):
            return _NO_ROWS
        counts = places.searchsorted(self._ends)
        counts[1:] -= counts[:-1].copy()
        return places + (self.end - self._ends).repeat(counts)


@dataclass(eq=False)
class Spans:
    """Rows of some runs that the order of the rows does not rule out.

    Attributes
    ----------
    numbers
        Number of every row there is.
    runs
        Number of each run.
    start, end
        Rows of each run that may hold the area that is asked.
    unknown, last
        Rows of the run of which the area is not known, where one is asked.
    """

    numbers: Rows
    runs: Rows
    start: Rows
    end: Rows
    unknown: Rows
    last: Rows

    def stretches(self, chosen: Flags | None = None) -> Stretches:
        """Rows of some runs, or of all, that may hold the area."""
        held = self.start < self.end
        if chosen is not None:
            held &= chosen
        return Stretches(self.numbers, self.start[held], self.end[held])

    def unknown_area(self) -> Rows:
        """Rows of which the area is not known."""
        held = self.unknown < self.last
        return Stretches(self.numbers, self.unknown[held], self.last[held]).rows()

    def spread(self, flags: Flags | None) -> Flags:
        """Flags of runs as flags of their rows that may hold the area; None: not set."""
        lengths = np.maximum(self.end - self.start, 0)
        if flags is None:
            return np.zeros(int(lengths.sum()), dtype=bool)
        return flags.repeat(lengths)


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs of rows that agree in all keys, each ordered by area; unknown areas come last.

    Attributes
    ----------
    codes
        Position of each run's value by key, -1 where missing.
    least_part_m2
        No site of the run can be sold in smaller parts; infinite where they are sold whole.
    start, unknown, end
        First row of each run, first of which the area is not known, and the row behind.
    cuts
        First row of each run with at least the area of each of :data:`_STEPS_M2`, a step a
        line; the last line is ``unknown``.
    """

    codes: Mapping[str, NDArray[np.int64]]
    least_part_m2: Floats
    start: Rows
    unknown: Rows
    end: Rows
    cuts: Rows

    @cached_property
    def numbers(self) -> Rows:
        """Number of every row: what stretches are cut from."""
        return np.arange(self.end[-1] if len(self.end) else 0)

    @cached_property
    def _in_parts(self) -> Flags:
        """Which runs can be sold in parts."""
        in_parts: Flags = np.isfinite(self.least_part_m2)
        return in_parts

    def whole(self, chosen: Flags) -> Spans:
        """All rows of some runs, whatever their area."""
        runs = chosen.nonzero()[0]
        end = self.end[runs]
        return Spans(self.numbers, runs, self.start[runs], end, end, end)

    def between(self, chosen: Flags, low_m2: float, high_m2: float) -> Spans:
        """Rows of some runs that may hold an area between two bounds.

        They are cut at the nearest steps outside, and land that is sold in parts only from
        below: which of them do hold it is for the rule to tell.
        """
        if high_m2 < math.inf:
            chosen = chosen & ~(self._in_parts & (self.least_part_m2 > high_m2))
        runs = chosen.nonzero()[0]
        unknown, last = self.unknown[runs], self.end[runs]
        start = self.cuts[bisect_right(_STEPS_M2, low_m2) - 1][runs]
        end = self.cuts[bisect_right(_STEPS_M2, high_m2)][runs]
        end = np.where(self._in_parts[runs], unknown, end)
        return Spans(self.numbers, runs, start, end, unknown, last)


def laid_out(sites: Sites) -> tuple[Rows, Runs]:
    """Order of the rows, and their runs."""
    names = _KEYS if len(sites) >= _MANY else _KEYS[:2]
    keys = [_key(sites, name) for name in names]
    area = _of_numbers(sites, "area_m2")
    part = _of_numbers(sites, "smallest_part_m2")
    sizes = _part_sizes(np.where(np.isnan(area) | np.isnan(part), np.nan, np.fmin(part, area)))
    combined = np.zeros(len(sites), dtype=np.int64)
    for key in keys:
        combined = combined * (len(key.values) + 1) + key.at.astype(np.int64) + 1
    combined = combined * _PART_SIZES + sizes
    different, run = np.unique(combined, return_inverse=True)
    del combined, sizes, part  # of a country of sites they are large
    inside = np.where(np.isnan(area), _ROOM - 1, np.clip(np.floor(area), 0, _ROOM - 2))
    places = run.astype(np.float64)
    places *= _ROOM
    places += inside
    del inside, area
    order = np.argsort(places, kind="stable")
    bounds = np.searchsorted(run[order], np.arange(len(different) + 1))
    codes: dict[str, NDArray[np.int64]] = {}
    rest, size = np.divmod(different, _PART_SIZES)
    least_part = np.where(size > 0, 4.0 ** (size - 1.0), np.inf)
    least_part[size == 1] = 0.0
    for name, key in zip(reversed(names), reversed(keys), strict=True):
        rest, at = np.divmod(rest, len(key.values) + 1)
        codes[name] = at - 1
    steps = [0.0, *_STEPS_M2[1:], _ROOM - 1]
    cuts = places[order].searchsorted(np.arange(len(different)) * _ROOM + np.array([steps]).T)
    return order, Runs(codes, least_part, bounds[:-1], cuts[-1], bounds[1:], cuts)


def _part_sizes(part_m2: Floats) -> NDArray[np.int64]:
    """Size of the smallest part in fours: 1 below 4 m², 2 below 16 m²; 0 where there is none."""
    known = ~np.isnan(part_m2)
    size = np.floor(np.log2(np.maximum(part_m2, 1.0, where=known, out=np.ones_like(part_m2))) / 2)
    return np.where(known, np.clip(size, 0, _PART_SIZES - 2) + 1, 0).astype(np.int64)


def _key(sites: Sites, name: str) -> Coded:
    column = sites.columns.get(name)
    return column if isinstance(column, Coded) else Coded.of(np.full(len(sites), -1), ())


def _of_numbers(sites: Sites, name: str) -> Floats:
    column = sites.columns.get(name)
    if not isinstance(column, np.ndarray):
        return np.full(len(sites), np.nan)
    return np.where(np.isfinite(column), column, np.nan)
