"""Two pieces of a plot: by an area beside its access, or along a line that was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiPolygon, Point, Polygon

from geo_assen.errors import SplitRefused
from geo_assen.sites.splitting.cutting import (
    MOST_ADDED_M,
    Axes,
    axes_of,
    parts_of,
    reaching,
    straight_cut,
)
from geo_assen.sites.splitting.frontage import ON_LINE_M, length_on_m
from geo_assen.sites.splitting.outline import Floats, edges_of, read_outline

__all__ = ["Direction", "Piece", "SplitRules", "split_along", "split_off"]

Direction = Literal["parallel", "across"]

_DECIMALS = 3
"""Rules are held against lengths in whole millimetres."""

_DRAWN = "A cut along the drawn line"


@dataclass(frozen=True)
class SplitRules:
    """What every piece must keep, in metres; 0 asks for nothing."""

    min_frontage_m: float = 0.0
    min_depth_m: float = 0.0


@dataclass(frozen=True)
class Piece:
    """One of the two pieces of a plot.

    Attributes
    ----------
    outline
        Polygon in EPSG:28992.
    area_m2
        Recorded area, whole m²; both pieces together have the recorded area of the plot.
    frontage_m
        Length of its outline that lies on access sides, within 0.05 m.
    depth_m
        Extent square to the first access side.
    """

    outline: Polygon
    area_m2: int
    frontage_m: float
    depth_m: float


@dataclass(frozen=True, eq=False)
class _Plot:
    """What is cut: its outline, and its access as it lies there."""

    outline: Polygon
    access: tuple[LineString, ...]
    axes: Axes
    recorded_area_m2: int


def split_off(
    outline: Polygon | MultiPolygon,
    access: Sequence[LineString],
    area_m2: int,
    *,
    recorded_area_m2: int,
    direction: Direction = "parallel",
    near_access: bool = True,
    from_start: bool = True,
    rules: SplitRules = SplitRules(),
) -> tuple[Piece, Piece]:
    """Cut a piece of a given area off a plot, by a straight line.

    The area recorded after a survey may differ from that of the outline. The area asked for
    is a recorded one; it is drawn as ``area_m2 * outline.area / recorded_area_m2``, within
    0.01 m². Where both areas of the plot are the same the piece is drawn exactly.

    Parameters
    ----------
    outline
        Polygon in EPSG:28992, or a multipolygon of one part.
    access
        Lines on the outline from which the plot is reached, EPSG:28992. The cut is laid
        against the straight line between the ends of the first; frontage counts on all.
    area_m2
        Asked area in whole recorded m², 1 to ``recorded_area_m2 - 1``.
    recorded_area_m2
        Recorded area of the plot, whole m².
    direction
        ``parallel`` to the first access side (a front and a rear piece) or ``across`` it
        (pieces side by side).
    near_access
        Of a parallel cut: whether the front piece has the asked area, or the rear one.
    from_start
        Of a cut across: whether the asked piece lies where the first access side starts,
        or where it ends.
    rules
        Least frontage and depth of both pieces.

    Returns
    -------
    The asked piece and the other one. Together they cover the outline.

    Raises
    ------
    CrsError
        If the coordinates cannot be RD.
    SplitRefused
        With one of these reasons, and its numbers:

        - ``too_large`` (``asked_m2, recorded_m2``), ``too_small`` (``asked_m2``);
        - ``no_access``: no access side, or none that can be measured against, or a front
          piece that would not lie at it;
        - ``not_one_piece`` (``parts``): the cut leaves more than two parts, where a neck of
          less than 0.05 m joins nothing, or the outline is no single polygon;
        - ``frontage`` (``piece_number, frontage_m, min_frontage_m``) and ``depth``
          (``piece_number, depth_m, min_depth_m``): a rule is broken, by the asked piece (1)
          or the other (2);
        - ``invalid_outline``.
    """
    parallel = direction == "parallel"
    asked = f"A piece of {area_m2:,} m² cut {'parallel to' if parallel else 'across'} its access"
    _require_area(asked, area_m2, recorded_area_m2)
    plot = _plot_of(outline, access, recorded_area_m2, asked)
    first, toward = (
        (near_access, plot.axes.inward) if parallel else (from_start, plot.axes.along)
    )
    share = area_m2 / recorded_area_m2
    line = straight_cut(plot.outline, plot.axes.origin, toward, share if first else 1 - share)
    parts = parts_of(plot.outline, line)
    other = "across" if parallel else "parallel to"
    advice = f"ask for another area, cut {other} its access, or draw the line"
    _require_two(plot.outline, parts, asked, advice)
    parts.sort(key=lambda part: float(shapely.get_coordinates(part.centroid)[0] @ toward))
    if not first:
        parts.reverse()
    pieces = _pieces(plot, parts, area_m2)
    if parallel:
        _require_front(asked, plot, parts if near_access else parts[::-1])
    _require_rules(asked, pieces, rules, parallel)
    return pieces


def split_along(
    outline: Polygon | MultiPolygon,
    line: LineString,
    access: Sequence[LineString],
    *,
    recorded_area_m2: int,
    rules: SplitRules = SplitRules(),
) -> tuple[Piece, Piece]:
    """Cut a plot in two along a drawn line.

    Ends that stop up to 5 m short of the outline are prolonged in their own direction until
    they meet it; ends outside stay. A line that passes a vertex within 1 cm goes through it.

    Parameters
    ----------
    outline, access, recorded_area_m2, rules
        As for :func:`split_off`; the depth is measured against the first access side.
    line
        Line in EPSG:28992 of two or more points.

    Returns
    -------
    The piece to the left of the line, as it was drawn, and the one to its right. The
    recorded area is shared out by drawn area, in whole m².

    Raises
    ------
    CrsError
        If the coordinates cannot be RD.
    SplitRefused
        With the reasons of :func:`split_off`, and ``line_does_not_cross`` (``gap_m``: how
        far its ends are from the outline, the farther of the two) or
        ``line_crosses_itself``.
    """
    plot = _plot_of(outline, access, recorded_area_m2, _DRAWN)
    if not line.is_simple:
        raise SplitRefused(
            _DRAWN, "the line crosses itself", "draw it again without a loop",
            reason="line_crosses_itself",
        )  # fmt: skip
    if not line.length:
        raise _not_crossing(line, plot.outline)
    drawn = reaching(shapely.force_2d(line), plot.outline)
    parts = parts_of(plot.outline, drawn)
    if len(parts) < 2:
        raise _not_crossing(line, plot.outline)
    _require_two(plot.outline, parts, _DRAWN, "draw a line that crosses the plot once")
    if not _lies_left(parts[0], parts[1], drawn):
        parts.reverse()
    area_m2 = round(recorded_area_m2 * parts[0].area / plot.outline.area)
    _require_area(_DRAWN, min(area_m2, recorded_area_m2 - area_m2), recorded_area_m2)
    pieces = _pieces(plot, parts, area_m2)
    _require_rules(_DRAWN, pieces, rules, parallel=False)
    return pieces


def _plot_of(
    outline: Polygon | MultiPolygon,
    access: Sequence[LineString],
    recorded_area_m2: int,
    asked: str,
) -> _Plot:
    """What is to be cut, once its outline and access can be measured."""
    shape = read_outline(outline, asked)
    sides = tuple(shapely.force_2d(side) for side in access if not side.is_empty)
    against = "it has no access side"
    if sides:
        axes = axes_of(shape, sides[0])
        on_outline_m = length_on_m(edges_of(shape), sides[:1])
        if axes is not None and on_outline_m > ON_LINE_M:
            return _Plot(shape, sides, axes, recorded_area_m2)
        against = "its access side ends where it starts, so that it has no direction"
        if axes is not None:
            against = "its access side does not lie on the outline of the plot"
    raise SplitRefused(asked, against, "choose a side of the plot", reason="no_access")


def _pieces(plot: _Plot, parts: Sequence[Polygon], first_area_m2: int) -> tuple[Piece, Piece]:
    """Both parts with their measures; edges that both have are the cut, and no frontage."""
    areas_m2 = (first_area_m2, plot.recorded_area_m2 - first_area_m2)
    edges = [edges_of(part) for part in parts]
    first, second = (
        Piece(
            parts[n],
            areas_m2[n],
            length_on_m(edges[n][~_are_in(edges[n], edges[1 - n])], plot.access),
            plot.axes.depth_m(parts[n]),
        )
        for n in (0, 1)
    )
    return first, second


def _are_in(edges: Floats, others: Floats) -> NDArray[np.bool_]:
    """Whether each edge is among others, in whichever direction."""
    known = {frozenset(map(tuple, edge.tolist())) for edge in others}
    return np.array([frozenset(map(tuple, edge.tolist())) in known for edge in edges])


def _lies_left(part: Polygon, other: Polygon, line: LineString) -> bool:
    """Whether a part lies to the left of the line that parts it from another."""
    edges = edges_of(shapely.orient_polygons(part))
    shared = edges[_are_in(edges, edges_of(other))]
    longest = shared[np.argmax(np.hypot(*(shared[:, 1] - shared[:, 0]).T))]
    start_m, end_m = (line.project(Point(point)) for point in longest)
    return bool(start_m < end_m)


def _require_area(asked: str, area_m2: int, recorded_area_m2: int) -> None:
    """Refuse an area that leaves nothing for one of the pieces."""
    if area_m2 < 1:
        raise SplitRefused(
            asked, "a piece has at least 1 m²", "take a larger piece",
            reason="too_small", numbers={"asked_m2": area_m2},
        )  # fmt: skip
    if area_m2 >= recorded_area_m2:
        raise SplitRefused(
            asked, f"the whole plot has {recorded_area_m2:,} m²",
            "ask for less, or take the whole plot",
            reason="too_large", numbers={"asked_m2": area_m2, "recorded_m2": recorded_area_m2},
        )  # fmt: skip


def _require_two(outline: Polygon, parts: Sequence[Polygon], asked: str, advice: str) -> None:
    """Refuse a cut that leaves another number of parts than two."""
    count = sum(map(_bodies, parts))
    if len(parts) != 2 or count > _bodies(outline) + 1:
        raise SplitRefused(
            asked,
            f"the outline is such that {count} parts would be left (less than "
            f"{ON_LINE_M:.2f} m joins nothing)",
            advice,
            reason="not_one_piece",
            numbers={"parts": count},
        )


def _bodies(part: Polygon) -> int:
    """Parts of a polygon that hang together by more than a line can be drawn wrong."""
    return max(1, len(shapely.get_parts(part.buffer(-ON_LINE_M / 2, join_style="mitre"))))


def _require_front(asked: str, plot: _Plot, parts: Sequence[Polygon]) -> None:
    """Refuse a front piece that has nothing of the side it is named after."""
    front, rear = (edges_of(part) for part in parts)
    if length_on_m(front[~_are_in(front, rear)], plot.access[:1]) < ON_LINE_M:
        raise SplitRefused(
            asked, "the side lies in a recess, and the front piece would not reach it",
            "choose another side, or draw the line", reason="no_access",
        )  # fmt: skip


def _require_rules(
    asked: str, pieces: tuple[Piece, Piece], rules: SplitRules, parallel: bool
) -> None:
    """Refuse pieces of which one keeps less than the rules ask."""
    wider = "cut across the access side, which keeps the frontage of both pieces"
    advice = {
        "frontage": wider if parallel else "move the cut, or ask for another area",
        "depth": "move the cut, or ask for another area",
    }
    for number, piece in enumerate(pieces, start=1):
        for reason, found_m, least_m in (
            ("frontage", piece.frontage_m, rules.min_frontage_m),
            ("depth", piece.depth_m, rules.min_depth_m),
        ):
            if round(found_m, _DECIMALS) < least_m:
                raise SplitRefused(
                    asked,
                    f"the piece of {piece.area_m2:,} m² would have a {reason} of "
                    f"{found_m:.2f} m where {least_m:.2f} m is the least",
                    advice[reason],
                    reason=reason,
                    numbers={
                        "piece_number": number,
                        f"{reason}_m": found_m,
                        f"min_{reason}_m": least_m,
                    },
                )


def _not_crossing(line: LineString, outline: Polygon) -> SplitRefused:
    """Refusal of a line that does not get from edge to edge."""
    ends = [point for point in shapely.get_parts(line.boundary) if outline.covers(point)]
    gap_m = max((end.distance(outline.boundary) for end in ends), default=outline.distance(line))
    return SplitRefused(
        _DRAWN,
        f"it does not cross the plot ({gap_m:.1f} m from the outline; up to {MOST_ADDED_M:.0f} m "
        "is added straight on)",
        "draw it from edge to edge",
        reason="line_does_not_cross",
        numbers={"gap_m": gap_m},
    )
