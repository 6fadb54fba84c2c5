"""Plots that border each other, made one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo_assen.errors import SplitRefused
from geo_assen.sites.splitting.frontage import ON_LINE_M, length_on_m
from geo_assen.sites.splitting.outline import edges_of, read_outline

__all__ = ["merge_outlines"]

_LEAST_BORDER_M = 1.0
_MOST_OVERLAP_M2 = 1.0
_LEAST_GAP_M2 = 1e-6
"""Below this a gap comes of rounding."""

_LAP_M = 0.001
"""A seam laps over both plots by at least so much: an edge laid to an edge may not meet it."""

_ASKED = "A merge of these plots"


def merge_outlines(outlines: Sequence[Polygon | MultiPolygon]) -> Polygon:
    """Outline of two or more plots that border each other, as one plot.

    Gaps of up to 0.05 m between plots are closed; vertices stay where they are.

    Parameters
    ----------
    outlines
        Polygons in EPSG:28992, or multipolygons of one part, in any order.

    Returns
    -------
    Polygon in EPSG:28992; it has a hole where the plots surround land of others.

    Raises
    ------
    CrsError
        If the coordinates cannot be RD.
    SplitRefused
        With one of these reasons, and its numbers:

        - ``one_plot``: there are fewer than two;
        - ``overlap`` (``overlap_m2, max_overlap_m2``): two of them overlap by over 1 m²;
        - ``border`` (``border_m, min_border_m``): they do not all hang together by borders
          of at least 1 m; the longest that is too short is given;
        - ``not_one_piece`` (``parts``), ``invalid_outline``: an outline is no single
          polygon.
    """
    shapes = [read_outline(outline, _ASKED) for outline in outlines]
    if len(shapes) < 2:
        raise SplitRefused(
            _ASKED, "one plot alone was named", "name two or more", reason="one_plot"
        )
    _require_apart(shapes)
    _require_joined(shapes)
    merged = shapely.union_all(shapes)
    swollen = merged.buffer(ON_LINE_M / 2, join_style="mitre")
    closed = swollen.buffer(-ON_LINE_M / 2, join_style="mitre")
    if merged.geom_type != "Polygon" or closed.difference(merged).area > _LEAST_GAP_M2:
        seams = [seam.intersection(closed) for seam in _seams(shapes)]
        merged = shapely.union_all([merged, *seams])
    outline = read_outline(merged, _ASKED)
    holes = [ring for ring in outline.interiors if Polygon(ring).area > _LEAST_GAP_M2]
    return Polygon(outline.exterior, holes)


def _require_apart(shapes: Sequence[Polygon]) -> None:
    """Refuse plots that overlap by more than drawing explains."""
    most_m2 = max(one.intersection(other).area for one, other in combinations(shapes, 2))
    if most_m2 > _MOST_OVERLAP_M2:
        raise SplitRefused(
            _ASKED, f"two of them overlap by {most_m2:,.1f} m² where 1 m² is the most",
            "repair their outlines first", reason="overlap",
            numbers={"overlap_m2": most_m2, "max_overlap_m2": _MOST_OVERLAP_M2},
        )  # fmt: skip


def _require_joined(shapes: Sequence[Polygon]) -> None:
    """Refuse plots of which one has no border with the others that is long enough."""
    joined, apart = [shapes[0]], list(shapes[1:])
    while apart:
        borders_m = [max(_border_m(shape, other) for other in joined) for shape in apart]
        border_m = max(borders_m)
        if border_m < _LEAST_BORDER_M:
            raise SplitRefused(
                _ASKED,
                f"the longest border to one of them is {border_m:.2f} m where 1 m is the least",
                "name plots that lie side by side",
                reason="border",
                numbers={"border_m": border_m, "min_border_m": _LEAST_BORDER_M},
            )
        joined.append(apart.pop(borders_m.index(border_m)))


def _border_m(one: Polygon, other: Polygon) -> float:
    """Length of the border of two plots, gaps of drawing passed over."""
    if not shapely.dwithin(one, other, ON_LINE_M):
        return 0.0
    return length_on_m(edges_of(one), shapely.get_parts(other.boundary).tolist())


def _seams(shapes: Sequence[Polygon]) -> list[BaseGeometry]:
    """Strips over the borders of plots, with the gaps there, that lap over both sides."""
    reach_m = ON_LINE_M + _LAP_M
    wide = [shape.buffer(reach_m, join_style="mitre") for shape in shapes]
    return [one.intersection(other) for one, other in combinations(wide, 2)]
