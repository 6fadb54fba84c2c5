"""Records that a row may mean where it names none: the nearest, or the most alike."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from difflib import SequenceMatcher, get_close_matches
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_assen.ingest.addresses import House
from geo_assen.ingest.checks.records import Records

__all__ = ["MOST", "Candidates"]

MOST = 3
"""Candidates that are named at most."""
_LOOKED_AT = 12
"""Records by their middle, of which the distance is measured."""
_LIKE_STREET = 0.7


class Candidates:
    """Finds what a row may mean; only records that were there on its day.

    Parameters
    ----------
    records
        What rows refer to.
    by
        Field in which one wrong, missing or exchanged sign is looked for, such as a BAG id;
        None: there is no such field.
    """

    def __init__(self, records: Records, by: str | None) -> None:
        self._records, self._by = records, by
        self._like_streets: dict[str, list[str]] = {}

    def near(self, place: BaseGeometry, day: date | None) -> list[str]:
        """The nearest records with their distance, in words."""
        away_m = np.hypot(*(self._middles - _middle(place)).T)
        away_m[~self._records.there(day)] = np.inf
        close = np.argsort(away_m, kind="stable")[:_LOOKED_AT]
        close = close[np.isfinite(away_m[close])]
        exact_m = shapely.distance(self._records.shapes[close], place)
        order = np.argsort(exact_m, kind="stable")[:MOST]
        return [f"{self.words(int(close[at]))} {exact_m[at]:.0f} m away" for at in order]

    def alike(self, value: str | None, house: House | None, day: date | None) -> list[str]:
        """Records with a like value or address, the most alike first, in words."""
        found = [*self._with_like_value(value), *self._with_like_address(house)]
        there = self._records.there(day)
        return [self.words(at) for at in dict.fromkeys(found) if there[at]][:MOST]

    def words(self, at: int) -> str:
        """Code and address of a record."""
        code, address = self._records.codes[at], self._records.value("address", at)
        return f"{code} ({address})" if address else str(code)

    def _with_like_value(self, value: str | None) -> list[int]:
        if not value or self._by is None:
            return []
        parts = [at for part in _shortened(value) for at in self._by_part.get(part, ())]
        held = self._records.column(self._by)
        return sorted(
            dict.fromkeys(parts),
            key=lambda at: (-SequenceMatcher(None, value, str(held[at])).ratio(), at),
        )

    def _with_like_address(self, house: House | None) -> list[int]:
        """Records of the same street or one that is spelled alike, the nearest number first."""
        if house is None or not house.street:
            return []
        if house.street not in self._like_streets:
            self._like_streets[house.street] = get_close_matches(
                house.street, self._records.of_street, n=2, cutoff=_LIKE_STREET
            )
        ranked = [
            (rank, abs(own.number - house.number), own.addition != house.addition, at)
            for rank, street in enumerate(self._like_streets[house.street])
            for at in self._records.of_street[street]
            if (own := self._records.houses[at]) is not None
        ]
        return [at for *_, at in sorted(ranked)]

    @cached_property
    def _middles(self) -> NDArray[np.float64]:
        bounds = shapely.bounds(self._records.shapes).reshape(-1, 4)
        middles: NDArray[np.float64] = np.nan_to_num(
            (bounds[:, :2] + bounds[:, 2:]) / 2, nan=np.inf
        )
        return middles

    @cached_property
    def _by_part(self) -> dict[str, list[int]]:
        """Records by their value without one of its signs: what all slips have in common."""
        found: dict[str, list[int]] = defaultdict(list)
        for at, held in enumerate(self._records.column(self._by or "")):
            for part in _shortened(held) if isinstance(held, str) else ():
                found[part].append(at)
        return found


def _shortened(text: str) -> set[str]:
    """A text, and what is left of it without one of its signs."""
    return {text, *(text[:at] + text[at + 1 :] for at in range(len(text)))}


def _middle(place: BaseGeometry) -> tuple[float, float]:
    left, bottom, right, top = place.bounds
    return (left + right) / 2, (bottom + top) / 2
