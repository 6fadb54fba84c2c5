"""Records of the store that rows of a file refer to: by their code, a value, or their address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.ingest.addresses import House, house_of, plain

__all__ = ["Records"]

_ALIKE = 0.75
"""Likeness from which two names of a street can be one, where the postcode says so too."""
_WHOLE_POSTCODE = 6


class Records:
    """Records of one layer, found by what they are called.

    Parameters
    ----------
    frame
        With ``code``, and any of ``address``, ``street``, ``postcode``, ``live_from``,
        ``gone_on``, ``gone_reason``, ``merged_into``, ``geometry`` in RD and the fields that
        find a record. A column that is not there says nothing.
    own_towns
        Names of towns in which records lie that name none; empty: any.
    """

    def __init__(self, frame: pd.DataFrame, own_towns: frozenset[str] = frozenset()) -> None:
        self.frame = frame
        self.codes: pd.Index[str] = pd.Index(frame["code"], dtype=object)
        self._own_towns = own_towns
        self._by_value: dict[str, dict[Any, list[int]]] = {}
        self._columns: dict[str, NDArray[np.object_]] = {}
        self._days: dict[date | None, NDArray[np.bool_]] = {}

    def positions(self, codes: NDArray[np.object_]) -> NDArray[np.intp]:
        """Position of the record with each code; -1 where there is none."""
        return self.codes.get_indexer(pd.Index(codes, dtype=object))

    def with_value(self, name: str, value: Any) -> list[int]:
        """Positions of the records that have a value in a field."""
        if name not in self._by_value:
            found: dict[Any, list[int]] = defaultdict(list)
            for at, held in enumerate(self.column(name)):
                if held is not None:
                    found[held].append(at)
            self._by_value[name] = found
        return self._by_value[name].get(value, [])

    def with_address(self, house: House) -> list[int]:
        """Positions of the records that an address names.

        Street and number have to be the same; postcode and town where both name them. Where
        no record has the street, postcode and number will do if the streets are alike.
        """
        same = [
            at for at in self._by_street.get((house.street, house.number, house.addition), ())
            if house.street and self._may_be(house, at)
        ]  # fmt: skip
        if same or len(house.postcode) < _WHOLE_POSTCODE:
            return same
        key = (house.postcode, house.number, house.addition)
        return [at for at in self._by_postcode.get(key, ()) if self._has_like_street(house, at)]

    def on_day(self, positions: list[int], day: date | None) -> list[int]:
        """Those that were there on a day; all of them if none was, or the day is not known."""
        there = self.there(day)
        return [at for at in positions if there[at]] or positions

    def there(self, day: date | None) -> NDArray[np.bool_]:
        """Which records were there on a day; all of them where the day is not known."""
        if day not in self._days:
            told = np.datetime64("NaT" if day is None else day, "D")
            self._days[day] = ~(told < self.days("live_from")) & ~(told >= self.days("gone_on"))
        return self._days[day]

    def days(self, name: str) -> NDArray[np.datetime64]:
        """Days in a field; NaT where a record has none."""
        return np.array([day or "NaT" for day in self.column(name)], dtype="datetime64[D]")

    def value(self, name: str, at: int) -> Any:
        """Value of a record in a field; None where it has none."""
        return self.column(name)[at]

    def column(self, name: str) -> NDArray[np.object_]:
        """Values of a field, None where there is none."""
        if name not in self._columns:
            held = np.full(len(self.frame), None, dtype=object)
            if name in self.frame:
                cells = self.frame[name].astype(object)
                held[:] = cells.where(cells.notna(), None)
            self._columns[name] = held
        return self._columns[name]

    @cached_property
    def shapes(self) -> NDArray[np.object_]:
        """Places in RD; None where a record has none."""
        if not isinstance(self.frame, gpd.GeoDataFrame):
            return np.full(len(self.frame), None, dtype=object)
        return np.asarray(self.frame.geometry.array, dtype=object)

    @cached_property
    def houses(self) -> list[House | None]:
        """Address of each record as it is compared."""
        names = ("address", "street", "postcode")
        columns = [self.column(name) for name in names]
        return [
            house_of(dict(zip(names, parts, strict=True)))
            for parts in zip(*columns, strict=True)
        ]  # fmt: skip

    @cached_property
    def of_street(self) -> Mapping[str, list[int]]:
        """Positions of the records of each street."""
        found: dict[str, list[int]] = defaultdict(list)
        for at, house in enumerate(self.houses):
            if house is not None and house.street:
                found[house.street].append(at)
        return found

    @cached_property
    def _by_street(self) -> Mapping[tuple[str, int, str], list[int]]:
        return self._keyed("street")

    @cached_property
    def _by_postcode(self) -> Mapping[tuple[str, int, str], list[int]]:
        return self._keyed("postcode")

    def _keyed(self, name: str) -> Mapping[tuple[str, int, str], list[int]]:
        found: dict[tuple[str, int, str], list[int]] = defaultdict(list)
        for at, house in enumerate(self.houses):
            if house is not None:
                found[getattr(house, name), house.number, house.addition].append(at)
        return found

    def _may_be(self, house: House, at: int) -> bool:
        """Whether postcode and town do not contradict that a record is meant."""
        own = self.houses[at]
        assert own is not None  # noqa: S101  # it was found by its address
        signs = min(len(house.postcode), len(own.postcode))
        if house.postcode[:signs] != own.postcode[:signs]:
            return False
        if signs == _WHOLE_POSTCODE or not house.town:
            return True
        if own.town:
            return house.town == own.town
        return not self._own_towns or house.town in self._own_towns

    def _has_like_street(self, house: House, at: int) -> bool:
        own = self.houses[at]
        if own is None or not (house.street and own.street):
            return own is not None
        return SequenceMatcher(None, house.street, own.street).ratio() >= _ALIKE

    @staticmethod
    def town_names(names: pd.Series[Any]) -> frozenset[str]:
        """Names as towns are compared."""
        return frozenset(plain(name) for name in names if isinstance(name, str))
