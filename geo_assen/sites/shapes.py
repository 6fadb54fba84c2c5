"""Shapes of many sites, packed as WKB, with the circle that each lies in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

_CHUNK = 50_000
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

    @classmethod
    def with_circles(cls, wkb: pa.Array, circles: Floats) -> Shapes:
        """Shapes of which the circles are known."""
        shapes = cls(wkb)
        shapes.__dict__["circles"] = circles
        return shapes

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
        return self._measured(lambda _: [])[0]

    def distances(self, places: gpd.GeoDataFrame, kinds: Sequence[str]) -> dict[str, Floats]:
        """Whole metres to the nearest place of each kind (see :func:`edge_distances_m`)."""

        def measure(part: Measured) -> list[Floats]:
            return [np.rint(part.edge_distances_m(places, kind)) for kind in kinds]

        circles, metres = self._measured(measure, len(kinds))
        # one pass over all shapes is enough for both
        self.__dict__["circles"] = circles
        return dict(zip(kinds, metres, strict=True))

    def _measured(
        self, measure: Callable[[Measured], list[Floats]], count: int = 0
    ) -> tuple[Floats, list[Floats]]:
        """Circles of all shapes, and so many numbers of each."""
        circles = np.empty((len(self), 3))
        numbers = [np.empty(len(self)) for _ in range(count)]

        def one(start: int) -> None:
            part = slice(start, start + _CHUNK)
            found = Measured.of(self.wkb[part])
            circles[part] = found.outlines.circles
            for all_numbers, own in zip(numbers, measure(found), strict=True):
                all_numbers[part] = own

        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(one, range(0, len(self), _CHUNK)))
        return circles, numbers
