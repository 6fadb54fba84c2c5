"""Columns of sites as plain arrays, one entry a site that is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_assen.catalogue import FieldDefinition
from geo_assen.matching.written import Point, point_rd
from geo_assen.sites import Sites

__all__ = ["Columns", "Floats", "days_since_1970", "plain_value"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def days_since_1970(day: object) -> float:
    """Count the days from 1 January 1970 to a date, the number that columns of dates hold."""
    return float(np.datetime64(day, "D").astype(np.int64))  # type: ignore[call-overload]


class Columns:
    """What matching reads of the sites of some kinds; each column is turned once.

    Parameters
    ----------
    sites
        All sites of a date.
    kinds
        Kinds of site that are looked at.

    Attributes
    ----------
    rows
        Positions in ``sites.frame`` of the sites that are looked at; every array that
        the methods return has one entry for each, NaN where the value is missing.
    """

    def __init__(self, sites: Sites, kinds: Sequence[str]) -> None:
        self.sites = sites
        every_kind = sites.frame["kind"].to_numpy(dtype=object)
        self.rows = np.flatnonzero(np.isin(every_kind, list(kinds)))
        self._all = len(self.rows) == len(every_kind)
        self.kind = self._chosen(every_kind)
        self._kept: dict[object, Floats] = {}
        self._applies: dict[tuple[str, ...], Flags] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def objects(self, name: str) -> NDArray[np.object_]:
        """Values as the frame holds them; a column that is absent is missing everywhere."""
        if name not in self.sites.frame:
            return np.full(len(self), None, dtype=object)
        return self._chosen(self.sites.frame[name].to_numpy(dtype=object))

    def applies(self, field: FieldDefinition) -> Flags:
        """Tell to which sites a field applies."""
        if field.sites not in self._applies:
            self._applies[field.sites] = np.isin(self.kind, list(field.sites))
        return self._applies[field.sites]

    def field_numbers(self, field: FieldDefinition) -> Floats:
        """Numbers of a field; dates as days since 1970."""
        return self.days(field.name) if field.type == "date" else self.numbers(field.name)

    def numbers(self, name: str) -> Floats:
        """Numbers of a column; what is not finite is missing."""

        def read(column: pd.Series) -> Floats:
            values = pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
            return np.where(np.isfinite(values), values, np.nan)

        return self._read(("number", name), name, read)

    def days(self, name: str) -> Floats:
        """Dates of a column as days since 1970."""

        def read(column: pd.Series) -> Floats:
            days = pd.to_datetime(column, errors="coerce").to_numpy().astype("datetime64[D]")
            return np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(np.float64))

        return self._read(("day", name), name, read)

    def by_value(self, name: str, answer: Callable[[object], float]) -> Floats:
        """Answer asked once for each different value of a column; missing stays missing."""
        codes, different = pd.factorize(self.objects(name))
        answers = [answer(value) for value in different]
        return np.asarray([*answers, np.nan], dtype=np.float64)[codes]

    def distance_m(self, near: str | Point) -> Floats:
        """Metres in a straight line in RD to a point or to the nearest place of a kind.

        Measured from the nearest point of the site's own geometry, so 0 m where a plot
        holds the place. For a kind, the column ``distance_to_<kind>_m`` is used where the
        sites have it.
        """
        if ("distance", near) not in self._kept:
            self._kept["distance", near] = self._distance_m(near)
        return self._kept["distance", near]

    def geometries(self) -> NDArray[np.object_]:
        """Geometries in RD; None where there is none."""
        found = np.array(self.sites.frame.geometry.to_numpy(), dtype=object)[self.rows]
        found[shapely.is_empty(found)] = None
        return found

    def _distance_m(self, near: str | Point) -> Floats:
        if not isinstance(near, str):
            return _floats(shapely.distance(self.geometries(), shapely.Point(*point_rd(near))))
        column = f"distance_to_{near}_m"
        if column in self.sites.frame:
            return self.numbers(column)
        places = self.sites.places
        there = places.geometry.to_numpy()[(places["kind"] == near).to_numpy(dtype=bool)]
        distances = np.full(len(self), np.nan)
        geometries = self.geometries()
        known = np.flatnonzero(~shapely.is_missing(geometries))
        if len(there) and len(known):
            nearest = shapely.STRtree(there).nearest(geometries[known])
            distances[known] = shapely.distance(geometries[known], there[nearest])
        return distances

    def _read(self, key: object, name: str, read: Callable[[pd.Series], Floats]) -> Floats:
        if key not in self._kept:
            if name in self.sites.frame:
                self._kept[key] = self._chosen(read(self.sites.frame[name]))
            else:
                self._kept[key] = np.full(len(self), np.nan)
        return self._kept[key]

    def _chosen(self, values: NDArray[Any]) -> NDArray[Any]:
        return values if self._all else values[self.rows]


def _floats(values: object) -> Floats:
    return np.asarray(values, dtype=np.float64)


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
    if not np.isfinite(value):
        return None
    if whole:
        return round(value)
    return int(value) if value.is_integer() else value
