"""Runs: rows of sites that agree in what most requirements ask, each ordered by area.

A requirement that asks for some kinds, uses and sizes touches a few runs, and of those a
few rows; no other row is looked at.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo_assen.sites import Coded, Floats, Rows, Sites

__all__ = ["Flags", "Runs", "Spans", "laid_out"]

Flags = NDArray[np.bool_]
_KEYS = ("kind", "use", "availability", "max_env_category")
"""Coded columns by which rows lie, the first outermost; of few sites the first two."""

_PART_SIZES = 12
"""Sizes of smallest parts that are told apart, each four times the one before; and none."""

_MANY = 100_000
"""Sites from which it is worth having more runs, and shorter ones."""

_ROOM = float(2**34)
"""Places for areas inside one run, a place a m²: more than any country has."""

_NO_ROWS: Rows = np.empty(0, dtype=np.intp)


@dataclass(eq=False)
class Spans:
    """Rows between two areas, of some runs.

    Attributes
    ----------
    numbers
        Number of every row there is.
    runs
        Number of each run.
    start, end
        Rows of each run that are surely between them.
    doubtful_end
        Rows from ``end`` up to this one are so where their smallest part is small enough.
    unknown, last
        Rows of the run of which the area is not known, where one is asked.
    """

    numbers: Rows
    runs: Rows
    start: Rows
    end: Rows
    doubtful_end: Rows
    unknown: Rows
    last: Rows

    def at(self, chosen: Flags) -> Spans:
        """Those of some runs."""
        end = self.end[chosen]
        is_doubtful = self.doubtful_end is not self.end
        doubtful_end = self.doubtful_end[chosen] if is_doubtful else end
        return Spans(self.numbers, self.runs[chosen], self.start[chosen], end, doubtful_end,
                     self.unknown[chosen], self.last[chosen])  # fmt: skip

    def rows(self, start: Rows, end: Rows) -> Rows:
        """Numbers from each start up to, not with, its end."""
        numbers = self.numbers
        parts = [
            numbers[first:last]
            for first, last in zip(start.tolist(), end.tolist(), strict=True)
            if first < last
        ]
        if len(parts) == 1:
            return parts[0]
        return np.concatenate(parts) if parts else _NO_ROWS

    def spread(self, flags: Flags | None, start: Rows, end: Rows) -> Flags:
        """Flags of runs as flags of their rows from each start up to its end; None: not set."""
        lengths = np.maximum(end - start, 0)
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
    most_part_m2
        All sites of the run can be sold in parts of less; infinite where they are sold whole.
    start, unknown, end
        First row of each run, first of which the area is not known, and the row behind.
    places
        Run and area of every row as one rising number.
    all_known
        Whether every area is known.
    all_whole
        Whether every area that is known is a whole number of m², so that rows between two
        bounds are found exactly.
    """

    codes: Mapping[str, NDArray[np.int64]]
    least_part_m2: Floats
    most_part_m2: Floats
    start: Rows
    unknown: Rows
    end: Rows
    places: Floats
    all_known: bool
    all_whole: bool

    @cached_property
    def numbers(self) -> Rows:
        """Number of every row: what spans are cut from."""
        return np.arange(len(self.places))

    @cached_property
    def _base(self) -> Floats:
        """Place of the area 0 in each run."""
        return np.arange(len(self.start), dtype=np.float64) * _ROOM

    @cached_property
    def _in_parts(self) -> Flags | None:
        """Which runs can be sold in parts; None: no one."""
        in_parts: Flags = np.isfinite(self.least_part_m2)
        return in_parts if in_parts.any() else None

    def whole(self, chosen: Flags) -> Spans:
        """All rows of some runs, whatever their area."""
        runs = chosen.nonzero()[0]
        end = self.end[runs]
        return Spans(self.numbers, runs, self.start[runs], end, end, end, end)

    def between(self, chosen: Flags, low_m2: float, high_m2: float) -> Spans:
        """Rows of some runs that may hold an area between two bounds.

        Where not all areas are whole, bounds are widened to whole m², so that none is missed.
        """
        bounded = high_m2 < _ROOM - 2
        if bounded and self._in_parts is not None:
            chosen = chosen & ~(self._in_parts & (self.least_part_m2 > high_m2))
        runs = chosen.nonzero()[0]
        base, unknown, last = self._base[runs], self.unknown[runs], self.end[runs]
        start = self.start[runs]
        if low_m2 > 0:
            least = math.ceil(low_m2) if self.all_whole else math.floor(low_m2)
            start = self.places.searchsorted(base + min(least, _ROOM - 2))
        if not bounded:
            return Spans(self.numbers, runs, start, unknown, unknown, unknown, last)
        end = self.places.searchsorted(base + max(math.floor(high_m2), 0), side="right")
        if self._in_parts is None:
            return Spans(self.numbers, runs, start, end, end, unknown, last)
        end = np.where(self.most_part_m2[runs] <= high_m2, unknown, end)
        doubtful_end = np.where(self._in_parts[runs], unknown, end)
        return Spans(self.numbers, runs, start, end, doubtful_end, unknown, last)


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
    inside = np.where(np.isnan(area), _ROOM - 1, np.clip(np.floor(area), 0, _ROOM - 2))
    places: Floats = (run * _ROOM + inside).astype(np.float64)
    order = np.argsort(places, kind="stable")
    bounds = np.searchsorted(run[order], np.arange(len(different) + 1))
    codes: dict[str, NDArray[np.int64]] = {}
    rest, size = np.divmod(different, _PART_SIZES)
    least_part = np.where(size > 0, 4.0 ** (size - 1.0), np.inf)
    least_part[size == 1] = 0.0
    # the last size holds all that is larger
    most_part = np.where((size > 0) & (size < _PART_SIZES - 1), 4.0**size, np.inf)
    for name, key in zip(reversed(names), reversed(keys), strict=True):
        rest, at = np.divmod(rest, len(key.values) + 1)
        codes[name] = at - 1
    places = places[order]
    unknown = np.searchsorted(places, np.arange(len(different)) * _ROOM + (_ROOM - 1))
    return order, Runs(codes, least_part, most_part, bounds[:-1], unknown, bounds[1:], places,
                       not np.isnan(area).any(), _are_whole(area))  # fmt: skip


def _part_sizes(part_m2: Floats) -> NDArray[np.int64]:
    """Size of the smallest part in fours: 1 below 4 m², 2 below 16 m²; 0 where there is none."""
    known = ~np.isnan(part_m2)
    size = np.floor(np.log2(np.maximum(part_m2, 1.0, where=known, out=np.ones_like(part_m2))) / 2)
    return np.where(known, np.clip(size, 0, _PART_SIZES - 2) + 1, 0).astype(np.int64)


def _are_whole(area: Floats) -> bool:
    known = area[~np.isnan(area)]
    return bool((known == np.floor(known)).all())


def _key(sites: Sites, name: str) -> Coded:
    column = sites.columns.get(name)
    return column if isinstance(column, Coded) else Coded.of(np.full(len(sites), -1), ())


def _of_numbers(sites: Sites, name: str) -> Floats:
    column = sites.columns.get(name)
    if not isinstance(column, np.ndarray):
        return np.full(len(sites), np.nan)
    return np.where(np.isfinite(column), column, np.nan)
