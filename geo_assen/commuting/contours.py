"""Contours of a raster: lines along which its surface has a certain value.

The surface runs evenly between the middles of cells, as :func:`~geo_assen.commuting.raster.
picture_values` draws it when asked to. Lines end where nothing is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely
from contourpy import LineType, contour_generator
from numpy.typing import NDArray

from geo_assen.commuting.network import Floats
from geo_assen.commuting.raster import whole_surface

__all__ = ["contour_lines"]

_SHORTEST_CELLS = 12.0
"""Length under which a line is a speck that says nothing on a map."""

_BENT_CELLS = 0.3
"""How far a line may be moved to make it plainer."""

_CUT_CELLS = 0.5
"""How much of a corner is cut off at most; with the above a line moves less than a cell."""

Lines = NDArray[np.object_]


def contour_lines(path: Path, levels: Sequence[float]) -> list[tuple[float, Lines]]:
    """Lines of a raster at which its surface has each of some values, longest first.

    Parameters
    ----------
    levels
        In the unit of the raster.

    Returns
    -------
    By level: LineStrings in EPSG:28992; a line that closes ends where it begins. None of a
    level that the surface does not cross, and none at all of a raster that is too large to
    be drawn as a whole and has no overviews.

    Raises
    ------
    FileRefused
        As :func:`~geo_assen.commuting.raster.examine_raster` says.
    """
    surface = whole_surface(path)
    if surface is None or min(surface.values.shape) < 2:
        return [(level, np.empty(0, dtype=object)) for level in levels]
    known = np.ma.masked_invalid(surface.values)
    generator = contour_generator(z=known, line_type=LineType.Separate)
    found = []
    for level in levels:
        lines = [_plainer(np.asarray(line, dtype=np.float64)) for line in generator.lines(level)]
        long = [line for line in lines if line.length >= _SHORTEST_CELLS]
        long.sort(key=lambda line: -line.length)
        found.append((level, surface.in_rd(np.array(long, dtype=object))))
    return found


def _plainer(line: Floats) -> shapely.LineString:
    """A line without the small steps that follow from cells, its corners cut once."""
    plain = shapely.get_coordinates(shapely.LineString(line).simplify(_BENT_CELLS))
    if len(plain) < 3:
        return shapely.LineString(plain)
    along = np.diff(plain, axis=0)
    part = np.minimum(_CUT_CELLS / np.hypot(*along.T), 0.25)[:, None]
    first, second = plain[:-1] + along * part, plain[1:] - along * part
    cut = np.stack([first, second], axis=1).reshape(-1, 2)
    is_closed = bool((plain[0] == plain[-1]).all())
    ends = (cut, cut[:1]) if is_closed else (plain[:1], cut[1:-1], plain[-1:])
    return shapely.LineString(np.vstack(ends))
