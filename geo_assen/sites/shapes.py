"""Shapes of many sites, packed as WKB, with the circle that each lies in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from geo_assen.sites.distances import nearest_m
from geo_assen.sites.packed import Floats, Rows

__all__ = ["Shapes"]

_CHUNK = 20_000
_THREADS = 2
"""Geometry is worked on outside Python's lock, so that two threads share it."""


@dataclass(frozen=True, eq=False)
class Shapes:
    """Geometries in EPSG:28992, points and polygons, as WKB.

    Attributes
    ----------
    wkb
        One value a site; null where its place is not known.
    """

    wkb: pa.Array
    _decoded: NDArray[np.object_] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, geometries: NDArray[np.object_]) -> Shapes:
        """Pack geometries; they stay at hand."""
        kept = np.array(geometries, dtype=object)
        return cls(pa.array(shapely.to_wkb(kept), type=pa.binary()), kept)

    def __len__(self) -> int:
        return len(self.wkb)

    def at(self, rows: Rows | slice) -> NDArray[np.object_]:
        """Geometries of some sites; None where there is none, or an empty one."""
        if self._decoded is not None:
            found = self._decoded[rows].copy()
        else:
            chosen = self.wkb[rows] if isinstance(rows, slice) else self.wkb.take(pa.array(rows))
            found = shapely.from_wkb(chosen.to_numpy(zero_copy_only=False))
        found[shapely.is_empty(found)] = None
        return found

    @cached_property
    def circles(self) -> Floats:
        """Middle of the bounding box (x, y) and half its diagonal, in metres, by site.

        Shape (n, 3); NaN where there is no shape. Every point of a site lies in its circle.
        """
        return self._measured(lambda found: np.empty((len(found), 0)))[0]

    def distances(self, places: gpd.GeoDataFrame, kinds: Sequence[str]) -> dict[str, Floats]:
        """Whole metres to the nearest place of each kind (see :func:`nearest_m`)."""

        def measure(found: NDArray[np.object_]) -> Floats:
            return np.column_stack([nearest_m(found, places, kind) for kind in kinds])

        circles, metres = self._measured(measure if kinds else lambda f: np.empty((len(f), 0)))
        # one pass over all shapes is enough for both
        self.__dict__["circles"] = circles
        return {kind: np.ascontiguousarray(metres[:, i]) for i, kind in enumerate(kinds)}

    def _measured(self, measure: object) -> tuple[Floats, Floats]:
        def one(part: slice) -> tuple[Floats, Floats]:
            found = self.at(part)
            return _circles(found), measure(found)  # type: ignore[operator]

        with ThreadPoolExecutor(_THREADS) as pool:
            parts = list(pool.map(one, self._parts()))
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    def _parts(self) -> Iterator[slice]:
        for start in range(0, max(len(self), 1), _CHUNK):
            yield slice(start, start + _CHUNK)


def _circles(found: NDArray[np.object_]) -> Floats:
    bounds = shapely.bounds(found)
    low, high = bounds[:, :2], bounds[:, 2:]
    reach = np.hypot(*(high - low).T) / 2
    return np.column_stack([(low + high) / 2, reach])
