"""Columns of sites in the order in which matching reads them, which is that of ``runs``."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from geo_assen.matching.runs import Flags, laid_out
from geo_assen.matching.written import Point, point_rd
from geo_assen.sites import Coded, Floats, Rows, Sites, coded_of, edge_distances_m, kind_of_field

__all__ = [
    "Answers",
    "Codes",
    "Columns",
    "Flags",
    "Floats",
    "Rows",
    "days_since_1970",
    "metres",
]

_FEW = 50_000
"""Sites up to which every rule is asked of all of them."""

_MOST_ANSWERS = 500
"""Rules of which the answers are kept; the values of most columns give fewer."""

_MOST_TRAVELS = 16
"""Places to which travel times are kept; of a country of sites each takes megabytes."""

_NO_RUNS = np.empty(0, dtype=np.int64)


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

    def table(self, answer: Callable[[Any], float]) -> Floats:
        """Answer asked once for each different value, and NaN for what is missing."""
        return np.array([*(answer(value) for value in self.values), np.nan], dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Answers:
    """What a rule about a column of codes says of each value, and last of what is missing.

    Attributes
    ----------
    shortfall, fails, passes, unknown
        By position of the value in the column.
    surely_known
        Whether no row has an answer that is unknown.
    at, run
        Position of the value by row and, where rows lie by the column, by run.
    """

    shortfall: Floats
    fails: Flags
    passes: Flags
    unknown: Flags
    surely_known: bool
    at: NDArray[np.int32]
    run: NDArray[np.int64]

    @cached_property
    def in_runs(self) -> tuple[Flags, Flags | None]:
        """Which runs hold rows that do not fail, and which rows of unknown answer (None: none)."""
        unknown = self.unknown[self.run]
        return ~self.fails[self.run], unknown if unknown.any() else None

    @cached_property
    def by_row(self) -> tuple[Flags, Flags | None]:
        """Which rows fail, and whose answer is unknown (None: no one's)."""
        return self.fails[self.at], None if self.surely_known else self.unknown[self.at]


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
    are_few
        Whether to ask all sites at once is quicker than to choose among them.
    """

    def __init__(self, sites: Sites, id_keys: Floats | None = None) -> None:
        self.sites = sites
        self._numbers: dict[str, Floats] = {}
        self._codes: dict[str, Codes] = {}
        self._missing: dict[str, bool] = {}
        self._missing_at: dict[str, Flags] = {}
        self._of_kinds: dict[str, Flags] = {}
        self._answers: dict[Hashable, Answers] = {}
        self._travel: dict[Hashable, Floats] = {}
        self.rows, self.runs = laid_out(sites)
        self.are_few = len(sites) <= _FEW
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

    def missing(self, name: str, rows: Rows | slice) -> Flags | None:
        """Tell at which rows a number is missing; None where no row of the column lacks it."""
        if not self.has_missing(name):
            return None
        if not (self.are_few and isinstance(rows, slice)):
            return np.isnan(self.numbers(name)[rows])
        if name not in self._missing_at:
            self._missing_at[name] = np.isnan(self.numbers(name))
        return self._missing_at[name][rows]

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

    def answers(self, name: str, asked: Hashable, answer: Callable[[Any], float]) -> Answers:
        """Answers of a rule about a column of codes, worked out when it is first asked.

        Parameters
        ----------
        asked
            What the rule asks: the same gives the same answers.
        answer
            Shortfall of one value.
        """
        key = (name, asked)
        found = self._answers.get(key)
        if found is None:
            if len(self._answers) >= _MOST_ANSWERS:
                self._answers.clear()
            found = self._answers[key] = self._asked(name, answer)
        return found

    def _asked(self, name: str, answer: Callable[[Any], float]) -> Answers:
        codes = self.codes(name)
        shortfall = codes.table(answer)
        unknown, fails = np.isnan(shortfall), shortfall > 0
        surely_known = not (unknown[:-1].any() or codes.has_missing)
        run = self.runs.codes.get(name, _NO_RUNS)
        return Answers(shortfall, fails, shortfall <= 0, unknown, surely_known, codes.at, run)

    def runs_of(self, kind: str) -> Flags:
        """Runs that hold sites of a kind."""
        if kind not in self._of_kinds:
            values = self.codes("kind").values
            self._of_kinds[kind] = self.runs.codes["kind"] == values.index(kind)
        return self._of_kinds[kind]

    @cached_property
    def least_parts_m2(self) -> Floats:
        """Smallest part of each site that can be had: all of it where it is not divisible."""
        whole, part = self.numbers("area_m2"), self.numbers("smallest_part_m2")
        return np.where(np.isnan(part), whole, np.minimum(part, whole))

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
        return self.numbers(self.of_place(kind))

    def of_place(self, kind: str) -> str:
        """Name of the numbers that are the distances to a kind of place; measured if need be."""
        column, measured = f"distance_to_{kind}_m", f"near:{kind}"
        if column in self.sites.columns:
            return column
        if measured not in self._numbers:
            wkb, places = self.sites.shapes.wkb, self.sites.places
            self._numbers[measured] = edge_distances_m(wkb, places, kind)[self.rows]
        return measured

    def travel_minutes(self, near: str | Point) -> Floats:
        """Minutes by car from each site to a point or to the quickest reached of a kind.

        To a tenth; NaN where no time is known. Measured from the middle of the site.
        """
        if near not in self._travel:
            if len(self._travel) >= _MOST_TRAVELS:
                self._travel.clear()
            self._travel[near] = self._travelled(near)
        return self._travel[near]

    def _travelled(self, near: str | Point) -> Floats:
        travel = self.sites.travel
        if isinstance(near, str):
            places = self.sites.places
            shapes = places.geometry[places["kind"].eq(near) & places.geometry.notna()]
            ends_m = shapely.get_coordinates(shapely.point_on_surface(shapes.to_numpy()))
        else:
            ends_m = np.array([point_rd(near)])
        if travel is None or not len(ends_m):
            return np.full(len(self), np.nan)
        found: Floats = np.round(travel(ends_m, self.circles[:2].T), 1)
        return found

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


def plain_numbers(numbers: Floats, *, whole: bool = False) -> list[int | float | None]:
    """Numbers as plain values, NaN as None; whole ones as ``int``."""
    rounded = np.rint(numbers)
    is_whole = np.isfinite(numbers) if whole else rounded == numbers
    if is_whole.all():
        return list(map(int, rounded.tolist()))
    plain: list[int | float | None] = (rounded if whole else numbers).tolist()
    for at in is_whole.nonzero()[0].tolist():
        plain[at] = int(plain[at])  # type: ignore[arg-type]
    for at in np.isnan(numbers).nonzero()[0].tolist():
        plain[at] = None
    return plain


def metres(distances: Floats) -> list[int | float | None]:
    """Write metres to the millimetre; None where they are not known."""
    return plain_numbers(distances.round(3))


def plain_days(days: Floats) -> list[Any]:
    """Days since 1970 as dates, NaN as None."""
    whole = np.where(np.isnan(days), 0, days).astype(np.int64).astype("datetime64[D]")
    return [
        None if missing else day
        for day, missing in zip(whole.astype(object), np.isnan(days).tolist(), strict=True)
    ]


def plain_value(value: Any) -> object:
    """Turn a cell of a frame into a plain value: None, bool, int, float, date, text or list."""
    if isinstance(value, (frozenset, set)):
        return sorted(str(item) for item in value)
    if value is None or bool(pd.isna(value)):
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, float, np.integer, np.floating)):
        return _plain_number(float(value), whole=False)
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value


def _plain_number(value: float, *, whole: bool) -> int | float | None:
    if not math.isfinite(value):
        return None
    if whole:
        return round(value)
    return int(value) if value.is_integer() else value
