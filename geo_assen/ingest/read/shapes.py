"""GeoJSON geometries as shapely geometries, thousands at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape

__all__ = ["geometries_from", "is_unclosed"]

_NOT_A_GEOMETRY = (TypeError, ValueError, LookupError, OverflowError, AttributeError,
                   RecursionError, shapely.errors.ShapelyError)  # fmt: skip


def geometries_from(documents: Sequence[Any]) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Geometries of GeoJSON objects, None where there is none, and a mask of unreadable ones."""
    geometries = np.full(len(documents), None, dtype=object)
    bad = np.zeros(len(documents), dtype=bool)
    groups: dict[Any, list[int]] = {}
    for at, document in enumerate(documents):
        if document is not None:
            kind = document.get("type") if isinstance(document, dict) else None
            groups.setdefault(kind if isinstance(kind, str) else None, []).append(at)
    for kind, positions in groups.items():
        at_once = _AT_ONCE.get(kind)
        try:
            coordinates = [documents[at]["coordinates"] for at in positions] if at_once else None
            geometries[positions] = at_once(coordinates) if at_once and coordinates else None
            done = at_once is not None
        except _NOT_A_GEOMETRY:
            done = False
        if not done:
            _one_by_one(documents, positions, geometries, bad)
    return geometries, bad


def is_unclosed(document: Any) -> bool:
    """Whether a polygon has a ring whose last position is not its first."""
    polygons: list[Any] = []
    if isinstance(document, dict) and document.get("type") == "Polygon":
        polygons = [document["coordinates"]]
    elif isinstance(document, dict) and document.get("type") == "MultiPolygon":
        polygons = document["coordinates"]
    try:
        return any(ring[0] != ring[-1] for rings in polygons for ring in rings if ring)
    except _NOT_A_GEOMETRY:  # an empty polygon may be written in odd ways
        return False


def _one_by_one(
    documents: Sequence[Any],
    positions: Sequence[int],
    geometries: NDArray[np.object_],
    bad: NDArray[np.bool_],
) -> None:
    for at in positions:
        try:
            geometries[at] = shape(documents[at])
        except _NOT_A_GEOMETRY:
            geometries[at], bad[at] = None, True


def _points(coordinates: list[Any]) -> NDArray[np.object_]:
    return np.asarray(shapely.points(_array(coordinates)), dtype=object)


def _array(coordinates: list[Any]) -> NDArray[np.float64]:
    """Positions as an array; all have two numbers, or all three."""
    array = np.array(coordinates)
    if array.dtype.kind not in "if" or array.ndim != 2 or array.shape[1] not in {2, 3}:
        raise ValueError("not positions of one length")
    return array.astype(np.float64)


def _polygons(coordinates: list[Any]) -> NDArray[np.object_]:
    rings = list(chain.from_iterable(coordinates))
    of_polygon = np.repeat(np.arange(len(coordinates)), [len(part) for part in coordinates])
    if not all(map(len, coordinates)):
        raise ValueError("a polygon without rings")
    of_ring = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    positions = _array(list(chain.from_iterable(rings)))
    drawn = np.asarray(shapely.linearrings(positions, indices=of_ring), dtype=object)
    return np.asarray(shapely.polygons(drawn, indices=of_polygon), dtype=object)


def _multipolygons(coordinates: list[Any]) -> NDArray[np.object_]:
    if not all(map(len, coordinates)):
        raise ValueError("a multipolygon without polygons")
    of_multi = np.repeat(np.arange(len(coordinates)), [len(part) for part in coordinates])
    parts = _polygons(list(chain.from_iterable(coordinates)))
    return np.asarray(shapely.multipolygons(parts, indices=of_multi), dtype=object)


_AT_ONCE: dict[Any, Callable[[list[Any]], NDArray[np.object_]]] = {
    "Point": _points,
    "Polygon": _polygons,
    "MultiPolygon": _multipolygons,
}
