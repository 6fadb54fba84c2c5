"""Shapes of many sites, packed as WKB, with the circle that each lies in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from geo_assen.sites.distances import Measured
from geo_assen.sites.outlines import decoded
from geo_assen.sites.packed import Floats, Rows

__all__ = ["Shapes"]

_CHUNK = 100_000
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
        kept[shapely.is_empty(kept)] = None
        return cls(pa.array(shapely.to_wkb(kept), type=pa.binary()), kept)

    def __len__(self) -> int:
        return len(self.wkb)

    def at(self, rows: Rows | slice) -> NDArray[np.object_]:
        """Geometries of some sites; None where there is none, or an empty one."""
        if self._decoded is not None:
            return self._decoded[rows].copy()
        return decoded(self.wkb[rows] if isinstance(rows, slice) else self.wkb.take(pa.array(rows)))

    @cached_property
    def circles(self) -> Floats:
        """Middle of the bounding box (x, y) and half its diagonal, in metres, by site.

        Shape (n, 3); NaN where there is no shape. Every point of a site lies in its circle.
        """
        return self._measured(lambda part: np.empty((len(part.wkb), 0)))[0]

    def distances(self, places: gpd.GeoDataFrame, kinds: Sequence[str]) -> dict[str, Floats]:
        """Whole metres to the nearest place of each kind (see :func:`edge_distances_m`)."""

        def measure(part: Measured) -> Floats:
            metres = [part.edge_distances_m(places, kind) for kind in kinds]
            return np.rint(np.array(metres).reshape(len(kinds), len(part.wkb)).T)

        circles, metres = self._measured(measure)
        # one pass over all shapes is enough for both
        self.__dict__["circles"] = circles
        return {kind: np.ascontiguousarray(metres[:, i]) for i, kind in enumerate(kinds)}

    def _measured(self, measure: Callable[[Measured], Floats]) -> tuple[Floats, Floats]:
        def one(part: slice) -> tuple[Floats, Floats]:
            found = Measured.of(self.wkb[part])
            return found.outlines.circles, measure(found)

        with ThreadPoolExecutor(_THREADS) as pool:
            parts = list(pool.map(one, self._parts()))
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    def _parts(self) -> Iterator[slice]:
        for start in range(0, max(len(self), 1), _CHUNK):
            yield slice(start, start + _CHUNK)
