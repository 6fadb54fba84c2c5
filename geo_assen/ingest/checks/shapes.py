"""Outlines and lines: valid, of the kind the layer takes, and more than nothing."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LinearRing, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo_assen.ingest.checks.findings import Findings

__all__ = ["fit_shapes"]

_DIMENSION = {"point": 0, "line": 1, "polygon": 2}
_STRAY_HOLE = "Hole lies outside"
_SMALLEST_M2 = 0.01
"""An outline with less inside is a line that was drawn back and forth."""

_Shapes = NDArray[np.object_]


def fit_shapes(kind: str, shapes: _Shapes, findings: Findings) -> None:
    """Make geometries in RD fit for a layer, in place; None where that cannot be done.

    Parameters
    ----------
    kind
        ``point``, ``line``, ``polygon`` or ``any``.
    """
    types = shapely.get_type_id(shapes)
    dimensions = shapely.get_dimensions(shapes)
    wanted = np.full(len(shapes), _DIMENSION[kind]) if kind in _DIMENSION else dimensions
    valid = shapely.is_valid(shapes) | (types == -1)
    reasons = dict(
        zip(np.flatnonzero(~valid), shapely.is_valid_reason(shapes[~valid]), strict=True)
    )
    for at, reason in reasons.items():
        if reason.startswith(_STRAY_HOLE):
            shapes[at] = _without_stray_holes(shapes.item(at))
        shapes[at] = shapely.make_valid(shapes[at])
    collection = shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION
    picked = np.flatnonzero(collection if kind in _DIMENSION else collection & ~valid)
    for at in picked:
        parts = _simple_parts(shapes[at])
        shapes[at] = _parts_of(parts, int(wanted[at]))
        if len({*shapely.get_dimensions(parts)}) > 1:
            reasons.setdefault(at, "Parts that are no " + kind + " are left out")
    if kind == "point":
        _single_points(shapes)
    _set_aside(kind, shapes, wanted, types, findings)
    for at, reason in reasons.items():
        if shapes[at] is not None:
            findings.find(
                at, "invalid_geometry_repaired", "geometry", f"Repaired: {reason}.", value=reason
            )


def _set_aside(
    kind: str, shapes: _Shapes, wanted: NDArray[np.int32], types: NDArray[np.int32],
    findings: Findings,
) -> None:  # fmt: skip
    """Take out what is of another kind than the layer takes, or has no extent."""
    given = types != -1
    wrong = given & (shapely.get_dimensions(shapes) != wanted)
    if kind == "point":
        wrong |= given & (shapely.get_type_id(shapes) != shapely.GeometryType.POINT)
    flat = given & ~wrong & (wanted == 2) & (shapely.area(shapes) < _SMALLEST_M2)
    flat |= given & ~wrong & (wanted == 1) & (shapely.length(shapes) == 0)
    names = {item.value: item.name.lower() for item in shapely.GeometryType}
    for at in np.flatnonzero(wrong):
        named = names[int(types[at])]
        if kind in _DIMENSION and _DIMENSION[kind] == 2 and named.endswith("polygon"):
            message = "The outline collapses when it is repaired."
        else:
            message = f"The layer takes a {kind}, not this {named}."
        findings.find(at, "invalid_geometry", "geometry", message, value=named)
    for at in np.flatnonzero(flat):
        findings.find(at, "invalid_geometry", "geometry", "The geometry has no extent.",
                      value=names[int(types[at])])  # fmt: skip
    shapes[wrong | flat] = None


def _single_points(shapes: _Shapes) -> None:
    many = shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOINT
    alone = many & (shapely.get_num_geometries(shapes) == 1)
    shapes[alone] = shapely.get_geometry(shapes[alone], 0)


def _parts_of(parts: list[BaseGeometry], dimension: int) -> BaseGeometry | None:
    """Parts of the wanted dimension: repairing a polygon may leave stray lines behind."""
    wanted = [part for part in parts if shapely.get_dimensions(part) == dimension]
    if len(wanted) == 1:
        return wanted[0]
    return shapely.union_all(wanted) if wanted else None


def _without_stray_holes(geometry: BaseGeometry) -> BaseGeometry:
    """Polygons without the holes that lie outside them: a repair would make land of those."""
    mended = [
        Polygon(part.exterior, [ring for ring in part.interiors if _cuts(ring, part.exterior)])
        for part in _simple_parts(geometry)
        if isinstance(part, Polygon)
    ]
    return mended[0] if len(mended) == 1 else MultiPolygon(mended)


def _cuts(ring: LinearRing, shell: LinearRing) -> bool:
    """Whether what two rings enclose has more than an edge in common."""
    hole, whole = (shapely.make_valid(Polygon(part)) for part in (ring, shell))
    return bool(shapely.relate_pattern(hole, whole, "T********"))


def _simple_parts(geometry: BaseGeometry) -> list[BaseGeometry]:
    """Points, lines and polygons of a geometry, out of collections in collections."""
    if not hasattr(geometry, "geoms"):
        return [geometry]
    return [simple for part in geometry.geoms for simple in _simple_parts(part)]
