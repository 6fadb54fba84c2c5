"""Sixty-four bits for an outline, however it was drawn."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["hash_outlines", "mixed"]

_Hashes = NDArray[np.uint64]
_SIMPLE = (shapely.GeometryType.POLYGON, shapely.GeometryType.LINESTRING)


def hash_outlines(shapes: NDArray[np.object_]) -> _Hashes:
    """Hash of each geometry; the same for equal ones, wherever their rings start or turn.

    It is made of the edges, in no order and no direction: the sum of a hash of each. Two
    different outlines get the same one with a chance of 1 in 2^64, a million outlines two
    alike by chance once in forty million files; nothing else is compared.

    Parameters
    ----------
    shapes
        Geometries; a missing one gets 0.
    """
    answer = np.zeros(len(shapes), dtype=np.uint64)
    types = shapely.get_type_id(shapes)
    plain = np.isin(types, _SIMPLE) & (shapely.get_num_interior_rings(shapes) == 0)
    points = types == shapely.GeometryType.POINT
    answer[plain] = _edges(shapes[plain])
    answer[points] = _corners(shapely.get_coordinates(shapes[points]))
    other = np.flatnonzero(~plain & ~points & (types != -1))
    if len(other):
        parts, owner = _lines(shapes[other])
        hashes = _edges(parts)
        np.add.at(answer, other[owner], hashes)
    return answer


def mixed(values: _Hashes) -> _Hashes:
    """Spread the bits of hashes (the finisher of splitmix64), so that sums stay unlike."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _lines(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Rings, lines and points that geometries are made of, and whose each is."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    while (shapely.get_type_id(parts) > shapely.GeometryType.POLYGON).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    polygons = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, inner = shapely.get_rings(parts[polygons], return_index=True)
    return (
        np.concatenate([rings, parts[~polygons]]),
        np.concatenate([owner[polygons][inner], owner[~polygons]]),
    )


def _edges(shapes: NDArray[np.object_]) -> _Hashes:
    """Sum of the hashes of the edges of each; shapes are of one ring, line or point."""
    answer = np.zeros(len(shapes), dtype=np.uint64)
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    corners = _corners(xy)
    if len(corners) > 1:
        joined = owner[1:] == owner[:-1]
        edges = mixed(corners[1:] + corners[:-1])[joined]
        starts = np.flatnonzero(np.diff(owner[1:][joined], prepend=-1))
        if len(starts):
            answer[owner[1:][joined][starts]] = np.add.reduceat(edges, starts)
    alone = np.flatnonzero(shapely.get_num_coordinates(shapes) == 1)
    if len(alone):
        answer[alone] = _corners(shapely.get_coordinates(shapes[alone]))
    return answer


def _corners(xy: NDArray[np.float64]) -> _Hashes:
    bits = (np.ascontiguousarray(xy) + 0.0).view(np.uint64)  # no minus zero
    return mixed(bits[:, 0] + mixed(bits[:, 1] + np.uint64(0x9E3779B97F4A7C15)))
