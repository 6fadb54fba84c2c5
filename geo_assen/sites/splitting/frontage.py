"""How much of an outline lies on other lines, such as its access sides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import LineString

from geo_assen.sites.splitting.outline import Floats, edges_of

__all__ = ["ON_LINE_M", "length_on_m"]

ON_LINE_M = 0.05
"""An edge lies on a line where it is no farther from it than this, in metres."""

_LEVEL = 1e-12


def length_on_m(edges: Floats, lines: Sequence[LineString]) -> float:
    """Length over which edges lie on lines, measured along the lines.

    Each straight part of the lines counts where an edge runs within :data:`ON_LINE_M` of
    it, once however many edges do. An edge that only leaves from a line adds nothing beyond
    what the edge it leaves adds; at a right angle it never adds anything.

    Parameters
    ----------
    edges
        Shape (n, 2, 2): start and end of each edge, EPSG:28992.
    lines
        Lines in EPSG:28992; what two of them share counts once.

    Returns
    -------
    Metres, 0 or more.
    """
    if not len(lines):
        return 0.0
    return sum(_covered_m(part, edges) for part in edges_of(shapely.union_all(list(lines))))


def _covered_m(part: Floats, edges: Floats) -> float:
    """Length of one straight part of a line that lies by any of the edges."""
    length_m = float(np.hypot(*(part[1] - part[0])))
    along = (part[1] - part[0]) / length_m
    seen = edges - part[0]
    x = seen @ along
    y = seen @ np.array([-along[1], along[0]])
    rise = y[:, 1] - y[:, 0]
    rise = np.where(np.abs(rise) < _LEVEL, _LEVEL, rise)
    bounds = (np.array([[-ON_LINE_M], [ON_LINE_M]]) - y[:, 0]) / rise
    enters, leaves = np.clip(bounds.min(axis=0), 0, 1), np.clip(bounds.max(axis=0), 0, 1)
    run = x[:, 1] - x[:, 0]
    ends = np.clip(np.stack([x[:, 0] + enters * run, x[:, 0] + leaves * run]), 0, length_m)
    near = leaves > enters
    return _joint_length(ends.min(axis=0)[near], ends.max(axis=0)[near])


def _joint_length(starts: Floats, ends: Floats) -> float:
    """Length of the union of intervals."""
    order = np.argsort(starts)
    total_m, reached = 0.0, -np.inf
    for start, end in zip(starts[order], ends[order], strict=True):
        total_m += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return float(total_m)
