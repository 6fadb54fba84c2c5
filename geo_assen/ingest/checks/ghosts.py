"""Rows in which nothing is filled in, or nothing but a running number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_assen.ingest.checks.texts import EMPTY
from geo_assen.ingest.content import Part

__all__ = ["ghost_rows"]

_COORDINATES = frozenset((
    "x", "y", "lon", "lng", "lat", "long", "longitude", "latitude", "lengtegraad",
    "breedtegraad", "xrd", "yrd", "rdx", "rdy", "xm", "ym", "xcoord", "ycoord", "xcoordinaat",
    "ycoordinaat", "easting", "northing", "geox", "geoy", "wkt", "geom", "geometry", "wktrd",
    "thegeom",
))  # fmt: skip
_RUNNING = frozenset((
    "id", "nr", "no", "nummer", "volgnr", "volgnummer", "fid", "ogcfid", "objectid", "gid",
    "rij", "row",
))  # fmt: skip
_NOTHING = EMPTY | {"0", "0,0", "0.0"}
"""What stands in coordinate columns for no coordinate."""


def ghost_rows(part: Part, id_columns: Iterable[str], *, more_is_needed: bool) -> NDArray[np.bool_]:
    """Which rows of a part say nothing.

    Parameters
    ----------
    id_columns
        Columns of the file that identify a row.
    more_is_needed
        The layer needs more than an id: a row that has nothing else, where the file has
        other columns, is a ghost too.
    """
    ids = set(id_columns)
    plain = {column: re.sub(r"[^a-z0-9]", "", column.lower()) for column in part.values.columns}
    places = [c for c in plain if plain[c] in _COORDINATES and c not in ids]
    numbers = [c for c in plain if c in ids or plain[c] in _RUNNING]
    others = [c for c in plain if c not in places and c not in numbers]
    empty = _without_place(part)
    for column in others:
        if not empty.any():
            return empty
        empty &= _empty_cells(part.values[column], EMPTY)
    for column in places:
        empty &= _empty_cells(part.values[column], _NOTHING)
    if more_is_needed and others:
        return empty
    for column in numbers:
        empty &= _empty_cells(part.values[column], EMPTY)
    return empty


def _without_place(part: Part) -> NDArray[np.bool_]:
    if part.geometry is None:
        return np.ones(len(part), dtype=bool)
    nowhere = shapely.is_missing(part.geometry) | shapely.is_empty(part.geometry)
    points = np.flatnonzero(shapely.get_type_id(part.geometry) == shapely.GeometryType.POINT)
    xy = np.column_stack(
        [shapely.get_x(part.geometry[points]), shapely.get_y(part.geometry[points])]
    )
    nowhere[points[(xy == 0).all(axis=1)]] = True
    return nowhere


def _empty_cells(cells: pd.Series[Any], words: frozenset[str]) -> NDArray[np.bool_]:
    """Which cells hold nothing, or a word or sign for it."""
    if cells.dtype != object and not pd.api.types.is_string_dtype(cells):
        missing: NDArray[np.bool_] = cells.isna().to_numpy(dtype=bool, copy=True)
        if words is _NOTHING and pd.api.types.is_numeric_dtype(cells):
            missing |= (cells == 0).fillna(value=False).to_numpy(dtype=bool)
        return missing
    return np.fromiter((_says_nothing(cell, words) for cell in cells), dtype=bool, count=len(cells))


def _says_nothing(cell: Any, words: frozenset[str]) -> bool:
    if isinstance(cell, str):
        return cell.strip().lower() in words
    if isinstance(cell, (list, dict)):
        return not cell
    return bool(pd.isna(cell)) or (words is _NOTHING and cell == 0)
