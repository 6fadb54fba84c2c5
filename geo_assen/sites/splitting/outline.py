"""Outlines on their way in: one valid polygon in EPSG:28992, and its edges."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geo_assen.crs import RD_EXTENT
from geo_assen.errors import CrsError, SplitRefused

__all__ = ["Floats", "edges_of", "read_outline"]

Floats = NDArray[np.float64]


def read_outline(shape: BaseGeometry, asked: str) -> Polygon:
    """Outline of a plot as one flat polygon, outer ring counterclockwise, vertices unmoved.

    Parameters
    ----------
    shape
        Polygon in EPSG:28992, or a multipolygon of one part, as a store holds it. Shapes
        carry no reference system: one whose coordinates lie outside the area of use of RD
        is taken for one in degrees or web metres.
    asked
        What was asked, as a message begins.

    Raises
    ------
    CrsError
        If the coordinates cannot be RD.
    SplitRefused
        If it is no single polygon (``not_one_piece``), or crosses itself
        (``invalid_outline``).
    """
    parts = [part for part in shapely.get_parts(shape) if not part.is_empty]
    if len(parts) != 1:
        raise SplitRefused(
            asked, f"a plot has one outline and this one has {len(parts)}",
            "repair the plot first", reason="not_one_piece", numbers={"parts": len(parts)},
        )  # fmt: skip
    west, south, east, north = parts[0].bounds
    if not (
        RD_EXTENT[0] <= west <= east <= RD_EXTENT[2]
        and RD_EXTENT[1] <= south <= north <= RD_EXTENT[3]
    ):
        raise CrsError("A plot to split or merge", f"an outline at ({west:.1f}, {south:.1f})")
    if not parts[0].is_valid:
        raise SplitRefused(
            asked, "the outline of the plot crosses itself", "repair the plot first",
            reason="invalid_outline",
        )  # fmt: skip
    outline: Polygon = shapely.orient_polygons(shapely.force_2d(parts[0]))
    return outline


def edges_of(shape: BaseGeometry) -> Floats:
    """Edges of the rings or lines of a shape in their order, shape (n, 2, 2), metres."""
    lines = shapely.get_parts(shape.boundary if shape.geom_type == "Polygon" else shape)
    edges = [
        np.stack([coordinates[:-1], coordinates[1:]], axis=1)
        for coordinates in map(shapely.get_coordinates, lines)
    ]
    found: Floats = np.concatenate(edges) if edges else np.empty((0, 2, 2))
    moves: NDArray[np.bool_] = (found[:, 0] != found[:, 1]).any(axis=1)
    return np.asarray(found[moves])
