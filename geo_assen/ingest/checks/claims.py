"""Where a record itself says that it lies: its municipality, its town, its postcode."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo_assen.ingest.checks.columns import distinct_values
from geo_assen.ingest.checks.country import in_country

__all__ = ["Claims"]

_NEAR_M = 1_000
"""A record that lies this close to the municipality it names is taken to lie in it."""
_ROUGHLY_M = 10_000
"""A place this close to the area that a record names is no coincidence."""

_MUNICIPALITY = frozenset((
    "gemeente", "gemeentenaam", "gemnaam", "gmnaam", "gemeentecode", "gemcode", "gmcode",
    "gmnr", "gemeentenr", "gemeentenummer", "gemcbscode", "cbscode", "cbsgemeentecode",
    "municipality", "municipalityname", "municipalitycode",
))  # fmt: skip
_TOWN = frozenset(("woonplaats", "woonplaatsnaam", "plaats", "plaatsnaam", "stad", "town", "city"))
_POSTCODE = frozenset(("postcode", "pc6", "postalcode", "zip", "zipcode"))
_ADDRESS = frozenset(("adres", "address", "locatie", "volledigadres", "fulladdress"))
"""Names of columns, in small letters and without signs."""

_COUNTRY = frozenset(("land", "landnaam", "landcode", "country", "countrycode", "countryname"))
_HOME = frozenset(("", "-", "nl", "nld", "nederland", "netherlands", "the netherlands", "holland",
                   "onbekend", "n.v.t.", "none", "nan"))  # fmt: skip

_FOREIGN_POSTCODE = re.compile(r"(?:[A-Z]{1,3}-)?\d{5}|[A-Z]{1,3}-\d{4}", re.IGNORECASE)
_FOREIGN_ADDRESS = re.compile(r"\b(?:[A-Z]{1,2}-\d{4,5}|\d{5}) +[^\W\d_]")
"""Five digits before a town, or the letters of a country before them."""
_DUTCH_POSTCODE = re.compile(r"\b[1-9]\d{3} ?[A-Z]{2}\b[ ,]*([^,;()\n]*)")
_CODE = re.compile(r"(?:gm)?0*(\d{1,4})(?:\.0)?", re.IGNORECASE)


class Claims:
    """What the rows of a file say about where they lie.

    Parameters
    ----------
    columns
        Columns of the file.
    fields
        ``{field: column}``: a column may be known as the address under any name.
    areas
        Areas with ``code, kind, name, geometry`` (RD); None: names cannot be found.
    """

    def __init__(
        self, columns: Iterable[str], fields: Mapping[str, str], areas: gpd.GeoDataFrame | None
    ) -> None:
        plain = {column: re.sub(r"[^a-z0-9]", "", column.lower()) for column in columns}
        self._municipality = [c for c, name in plain.items() if name in _MUNICIPALITY]
        self._town = [c for c, name in plain.items() if name in _TOWN]
        self._country = [c for c, name in plain.items() if name in _COUNTRY]
        self._postcode = [c for c, name in plain.items() if name in _POSTCODE]
        named = {fields.get("postcode"), fields.get("address")}
        self._address = [
            c for c, name in plain.items() if name in _POSTCODE | _ADDRESS or c in named
        ]
        self._regions: dict[str, BaseGeometry | None] = {}
        self._areas = areas if areas is not None and len(areas) else None

    @property
    def names_municipality(self) -> bool:
        """Whether a column names the municipality, and outlines are there to compare it with."""
        return bool(self._municipality) and self._areas is not None

    def would_lie(
        self, values: pd.DataFrame, x_m: NDArray[np.float64], y_m: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Whether each row would lie where it says, were it at a place in RD.

        A row that names a known area has to lie in it or near it, one that names another
        country does not; of any other it is enough that the place is in the Netherlands.
        """
        fits = in_country(x_m, y_m)
        for at in np.flatnonzero(fits):
            if self._is_abroad(values, int(at)):
                fits[at] = False
                continue
            region = self._region_of_row(values, int(at))
            if region is not None:
                fits[at] = shapely.dwithin(region, Point(x_m[at], y_m[at]), _ROUGHLY_M)
        return fits

    def far_off(
        self, values: pd.DataFrame, places: NDArray[np.object_]
    ) -> list[tuple[int, str, float]]:
        """Rows that lie outside the municipality they name: position, name, distance in metres."""
        found: dict[int, tuple[str, float]] = {}
        for column in self._municipality if self._areas is not None else ():
            codes, names = distinct_values(values[column])
            for at, name in enumerate(names):
                region = self._municipality_of(name)
                if region is None:
                    continue
                rows = np.flatnonzero((codes == at) & ~shapely.is_missing(places))
                apart = rows[~shapely.dwithin(region, places[rows], _NEAR_M)]
                for row, away in zip(apart, shapely.distance(region, places[apart]), strict=True):
                    found.setdefault(int(row), (str(name), float(away)))
        return [(row, *found[row]) for row in sorted(found)]

    def _is_abroad(self, values: pd.DataFrame, at: int) -> bool:
        """Whether a row says that it lies in another country: by its name, or its postcode."""
        if any(_plain(values[column].iloc[at]) not in _HOME for column in self._country):
            return True
        codes = (str(values[column].iloc[at]).strip() for column in self._postcode)
        if any(_FOREIGN_POSTCODE.fullmatch(code) for code in codes):
            return True
        texts = [str(values[column].iloc[at]) for column in self._address]
        return any(_FOREIGN_ADDRESS.search(text) for text in texts) and not any(
            _DUTCH_POSTCODE.search(text) for text in texts
        )

    def _region_of_row(self, values: pd.DataFrame, at: int) -> BaseGeometry | None:
        for column in self._municipality:
            region = self._municipality_of(values[column].iloc[at])
            if region is not None:
                return region
        for column in self._town:
            region = self._area_named(values[column].iloc[at])
            if region is not None:
                return region
        for column in self._address:
            found = _DUTCH_POSTCODE.search(str(values[column].iloc[at] or ""))
            region = self._area_named(found[1]) if found and found[1].strip() else None
            if region is not None:
                return region
        return None

    def _municipality_of(self, named: Any) -> BaseGeometry | None:
        return self._found(f"municipality {_plain(named)}", self._municipalities, named)

    def _area_named(self, named: Any) -> BaseGeometry | None:
        return self._found(f"area {_plain(named)}", self._anything, named)

    def _found(self, key: str, sought: Any, named: Any) -> BaseGeometry | None:
        if self._areas is None or not _plain(named):
            return None
        if key not in self._regions:
            chosen = sought(self._areas, _plain(named))
            outlines = self._areas.geometry[chosen & self._areas.geometry.notna()]
            region = outlines.union_all() if len(outlines) else None
            if region is not None:
                shapely.prepare(region)
            self._regions[key] = region
        return self._regions[key]

    @staticmethod
    def _municipalities(areas: gpd.GeoDataFrame, named: str) -> pd.Series[bool]:
        is_one: pd.Series[bool] = areas["kind"] == "municipality"
        code = _CODE.fullmatch(named)
        codes = areas["code"].map(_plain)
        same: pd.Series[bool] = (areas["name"].map(_plain) == named) | (codes == named)
        if code:
            same |= codes.map(_number) == int(code[1])
        return is_one & same

    @staticmethod
    def _anything(areas: gpd.GeoDataFrame, named: str) -> pd.Series[bool]:
        same: pd.Series[bool] = areas["name"].map(_plain) == named
        return same


def _plain(named: Any) -> str:
    """Name without case and without the word for municipality in front."""
    if named is None or (isinstance(named, float) and np.isnan(named)):
        return ""
    return str(named).strip().lower().removeprefix("gemeente ").strip()


def _number(code: str) -> int:
    found = _CODE.fullmatch(code)
    return int(found[1]) if found else -1
