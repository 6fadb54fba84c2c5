"""Columns of sites in the order in which matching reads them.

Rows lie by kind, use, environmental category, smallest part and area. A
requirement that asks for some of those touches a few runs of rows and no others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from geo_assen.matching.written import Point, point_rd
from geo_assen.sites import Coded, Floats, Rows, Sites, coded_of, edge_distances_m, kind_of_field

__all__ = [
    "KEYS",
    "Codes",
    "Columns",
    "Flags",
    "Floats",
    "Rows",
    "Runs",
    "days_since_1970",
    "plain_value",
]

Flags = NDArray[np.bool_]
KEYS = ("kind", "use", "max_env_category")
"""Coded columns by which rows lie, the first outermost; of few sites the first two."""

_PART_SIZES = 12
"""Sizes of smallest parts that are told apart, each four times the one before; and none."""

_MANY = 100_000
"""Sites from which shorter runs are worth that there are more of them."""

_ROOM = float(2**34)
"""Places for areas inside one run, a place a m²: more than any country has."""


_NO_ROWS: Rows = np.empty(0, dtype=np.intp)


def days_since_1970(day: object) -> float:
    """Count the days from 1 January 1970 to a date, the number that columns of dates hold."""
    return float(np.datetime64(day, "D").astype(np.int64))  # type: ignore[call-overload]


@dataclass(frozen=True, eq=False)
class Codes:
    """A coded column: position of each value, and the different values.

    Attributes
    ----------
    at
        Position in ``values`` by row, -1 where missing: a table of answers by value with
        one more for missing at its end is read as ``table[at]``.
    """

    at: NDArray[np.int32]
    values: tuple[Any, ...]

    @cached_property
    def has_missing(self) -> bool:
        """Whether any value is missing."""
        return bool((self.at < 0).any())

    @cached_property
    def plain(self) -> tuple[Any, ...]:
        """The different values as plain ones, and None for what is missing."""
        return (*(plain_value(value) for value in self.values), None)

    def table(self, answer: Callable[[Any], float], missing: float = np.nan) -> Floats:
        """Answer asked once for each different value, and what missing means."""
        return np.array([*(answer(value) for value in self.values), missing], dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs of rows that agree in all keys, each ordered by area; unknown areas come last.

    Attributes
    ----------
    codes
        Position of each run's value by key, -1 where missing.
    least_part_m2
        No site of the run can be sold in smaller parts; infinite where they are sold whole.
    start, end
        Rows of each run.
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
    start: Rows
    end: Rows
    places: Floats
    all_known: bool
    all_whole: bool

    @cached_property
    def numbers(self) -> Rows:
        """Number of every row: what runs of rows are cut from."""
        return np.arange(len(self.places))

    def rows(
        self, chosen: Flags, low_m2: float, high_m2: float, *, known: bool
    ) -> tuple[Rows, Rows]:
        """Rows of some runs that may hold an area between two bounds.

        Where not all areas are whole, bounds are widened to whole m², so that none is missed.

        Parameters
        ----------
        known
            Leave out areas that are not known.

        Returns
        -------
        Rows that are sold whole (or in any part: none is smaller than asked), and rows of
        which the smallest part has still to be compared with the upper bound.
        """
        parts = np.isfinite(self.least_part_m2)
        if high_m2 < _ROOM - 2:
            chosen = chosen & ~(parts & (self.least_part_m2 > high_m2))
        runs, numbers = np.flatnonzero(chosen), self.numbers
        start, end, base = self.start[runs], self.end[runs], runs * _ROOM
        unknown = end if self.all_known else np.searchsorted(self.places, base + (_ROOM - 1))
        if low_m2 > 0:
            least = np.ceil(low_m2) if self.all_whole else np.floor(low_m2)
            start = np.searchsorted(self.places, base + min(least, _ROOM - 2))
        rest = (unknown, end) if not (known or self.all_known) else (end, end)
        if high_m2 >= _ROOM - 2:
            return _ranges(numbers, *_both((start, unknown), rest)), _NO_ROWS
        whole = ~parts[runs]
        most = base[whole] + max(np.floor(high_m2), 0)
        last = np.searchsorted(self.places, most, side="right")
        sold_whole = _both((start[whole], last), rest)
        whole_rows = _ranges(numbers, *sold_whole)
        return whole_rows, _ranges(numbers, start[~whole], unknown[~whole])


def _both(these: tuple[Rows, Rows], those: tuple[Rows, Rows]) -> tuple[Rows, Rows]:
    return np.concatenate([these[0], those[0]]), np.concatenate([these[1], those[1]])


def _ranges(numbers: Rows, start: Rows, end: Rows) -> Rows:
    """Numbers from each start up to, not with, its end."""
    some = end > start
    spans = zip(start[some].tolist(), end[some].tolist(), strict=True)
    parts = [numbers[first:last] for first, last in spans]
    return np.concatenate(parts) if parts else _NO_ROWS


class Columns:
    """What matching reads of sites; each column is turned into this order once.

    Parameters
    ----------
    sites
        All sites of a date.
    id_keys
        Numbers that order the sites by id, where they are part of a larger set; None:
        their own rows.

    Attributes
    ----------
    rows
        Row in ``sites`` of each row here.
    id_keys
        As given, in this order.
    """

    def __init__(self, sites: Sites, id_keys: Floats | None = None) -> None:
        self.sites = sites
        self._numbers: dict[str, Floats] = {}
        self._codes: dict[str, Codes] = {}
        self._missing: dict[str, bool] = {}
        self._places: dict[str, Floats] = {}
        self.rows, self.runs = _laid_out(sites)
        own = self.rows.astype(np.float64)
        self.id_keys = own if id_keys is None else id_keys[self.rows]

    def __len__(self) -> int:
        return len(self.rows)

    def numbers(self, name: str) -> Floats:
        """Numbers of a column, dates as days since 1970; what is not finite is missing."""
        if name not in self._numbers:
            column = self.sites.columns.get(name)
            if isinstance(column, np.ndarray) and column.strides != (0,):
                values = column[self.rows]
                values[~np.isfinite(values)] = np.nan
            else:  # nothing is known anywhere
                values = np.broadcast_to(np.float64(np.nan), (len(self),))
            self._numbers[name] = values
        return self._numbers[name]

    def has_missing(self, name: str) -> bool:
        """Whether any number of a column is missing."""
        if name not in self._missing:
            self._missing[name] = bool(np.isnan(self.numbers(name)).any())
        return self._missing[name]

    def codes(self, name: str) -> Codes:
        """Codes of a column of categories, flags, sets or texts."""
        if name not in self._codes:
            column = self.sites.columns.get(name)
            if isinstance(column, pa.Array):
                column = coded_of(column)
            if not isinstance(column, Coded):
                column = Coded.of(np.full(len(self.sites), -1), ())
            self._codes[name] = Codes(column.at[self.rows], column.values)
        return self._codes[name]

    @cached_property
    def circles(self) -> Floats:
        """Circle that each site lies in: x, y and radius in metres, shape (3, n)."""
        return np.ascontiguousarray(self.sites.shapes.circles[self.rows].T)

    def has_no_place(self, rows: Rows) -> Flags:
        """Tell of which rows it is not known where they are."""
        x_m: Floats = self.circles[0]
        return np.isnan(x_m[rows])

    @cached_property
    def kind_bounds(self) -> dict[str, tuple[int, int]]:
        """First row of each kind of site, and the row behind its last."""
        kinds = self.codes("kind")
        return {
            str(value): (int(np.searchsorted(kinds.at, position)),
                         int(np.searchsorted(kinds.at, position, side="right")))
            for position, value in enumerate(kinds.values)
        }  # fmt: skip

    def geometries(self, rows: Rows) -> NDArray[np.object_]:
        """Geometries in RD; None where there is none."""
        return self.sites.shapes.at(self.rows[rows])

    def distance_m(self, near: str | Point, rows: Rows) -> Floats:
        """Metres in a straight line in RD to a point or to the nearest place of a kind.

        Measured from the nearest point of the site's own geometry, so 0 m where a plot
        holds the place. For a kind, the column ``distance_to_<kind>_m`` is used where the
        sites have it.
        """
        if isinstance(near, str):
            return self.place_distances(near)[rows]
        x_m, y_m, reach_m = self.circles
        px, py = point_rd(near)
        found: Floats = np.hypot(x_m[rows] - px, y_m[rows] - py)
        wide = np.flatnonzero(reach_m[rows] > 0)
        if len(wide):
            shapes = self.geometries(rows[wide])
            found[wide] = shapely.distance(shapes, shapely.Point(px, py))
        return found

    def place_distances(self, kind: str) -> Floats:
        """Metres from each site to the nearest place of a kind."""
        column = f"distance_to_{kind}_m"
        if column in self.sites.columns:
            return self.numbers(column)
        if kind not in self._places:
            metres = edge_distances_m(self.sites.shapes.wkb, self.sites.places, kind)
            self._places[kind] = metres[self.rows]
        return self._places[kind]

    def distance_about_m(self, point: Point, rows: Rows) -> tuple[Floats, Floats]:
        """Metres from the middle of each site to a point, and how far that may be off."""
        x_m, y_m, reach_m = self.circles
        px, py = point_rd(point)
        return np.hypot(x_m[rows] - px, y_m[rows] - py), reach_m[rows]

    def objects(self, name: str, rows: Rows) -> list[Any]:
        """Values of a column at some rows, as plain values: None, bool, number, text, list."""
        if name not in self.sites.columns:
            return [None] * len(rows)
        kind = kind_of_field(name, self.sites.fields)
        column = self.sites.columns[name]
        if isinstance(column, pa.Array):
            texts: list[Any] = column.take(pa.array(self.rows[rows])).to_pylist()
            return texts
        if kind not in ("number", "integer", "date"):
            codes = self.codes(name)
            plain = codes.plain
            return [plain[position] for position in codes.at[rows].tolist()]
        numbers = self.numbers(name)[rows]
        if kind == "date":
            return plain_days(numbers)
        return plain_numbers(numbers, whole=kind == "integer")


def _laid_out(sites: Sites) -> tuple[Rows, Runs]:
    """Order of the rows, and their runs."""
    names = KEYS if len(sites) >= _MANY else KEYS[:2]
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
    for name, key in zip(reversed(names), reversed(keys), strict=True):
        rest, at = np.divmod(rest, len(key.values) + 1)
        codes[name] = at - 1
    return order, Runs(codes, least_part, bounds[:-1], bounds[1:], places[order],
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


def plain_numbers(numbers: Floats, *, whole: bool = False) -> list[int | float | None]:
    """Numbers as plain values, NaN as None; whole ones as ``int``."""
    if whole and not np.isnan(numbers).any():
        every: list[int | float | None] = np.rint(numbers).astype(np.int64).tolist()
        return every
    return [_plain_number(value, whole) for value in numbers.tolist()]


def plain_days(days: Floats) -> list[Any]:
    """Days since 1970 as dates, NaN as None."""
    whole = np.where(np.isnan(days), 0, days).astype(np.int64).astype("datetime64[D]")
    return [
        None if missing else day
        for day, missing in zip(whole.astype(object), np.isnan(days).tolist(), strict=True)
    ]


def plain_value(value: Any, *, whole: bool = False) -> object:
    """Turn a cell of a frame into a plain value: None, bool, int, float, date, text or list.

    Parameters
    ----------
    whole
        The number counts something whole, such as m², and is rounded to an ``int``.
    """
    if isinstance(value, (frozenset, set)):
        return sorted(str(item) for item in value)
    if value is None or bool(pd.isna(value)):
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, float, np.integer, np.floating)):
        return _plain_number(float(value), whole)
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value


def _plain_number(value: float, whole: bool) -> int | float | None:
    if not math.isfinite(value):
        return None
    if whole:
        return round(value)
    return int(value) if value.is_integer() else value
