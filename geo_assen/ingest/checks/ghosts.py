"""Rows that tell of nothing: empty ones, the header again, sums and notes below a list."""

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
    "rij", "row", "rijnr", "rijnummer", "regel", "regelnr", "#",
))  # fmt: skip
_NOTHING = EMPTY | {"0", "0,0", "0.0"}
"""What stands in coordinate columns for no coordinate."""
_DRAGGED = _NOTHING | {
    "0,00", "0.00", "0%", "€ -", "€ 0,00", "false", "onwaar", "#ref!", "#value!", "#waarde!",
    "#verw!", "#div/0!", "#deel/0!",
}  # fmt: skip
"""What a formula gives that was dragged down beyond the last record."""
_SUM = re.compile(
    r"(?:(?:sub|eind|generaal )?tota(?:al|len|l|ls)|som|sum|gem\.?|gemiddelden?|average|mean|"
    r"aantal|count)\b(?! *[a-z]+ *[a-z])",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"\*|(?:bron|source|noot|let op|toelichting|legenda|opmerking|peildatum|n\.?b\.?)\s*[:.]",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"[-+€$%\d.,' \u00a0]*\d[-+€$%\d.,' \u00a0]*(?:m2|m²|ha|euro?)?|=.*")

_Rows = NDArray[np.int64]


def ghost_rows(part: Part, id_columns: Iterable[str], *, more_is_needed: bool) -> dict[int, str]:
    """Which rows of a part tell of nothing: their positions, and why in a sentence.

    Parameters
    ----------
    id_columns
        Columns of the file that identify a row.
    more_is_needed
        The layer needs more than an id: a row that has nothing else, where the file has
        other columns, is a ghost too. An id of several columns is more when it is whole.
    """
    nowhere = np.flatnonzero(_without_place(part))
    if not len(nowhere):
        return {}
    table = _Table(part.values, set(id_columns))
    found: dict[int, str] = {}
    for rows, why in (
        (table.empty(nowhere, more_is_needed=more_is_needed), "The row is empty."),
        (table.headers(nowhere), "The row repeats the header."),
        (table.remarks(nowhere), "The row is a sum or a note, no record."),
    ):
        for at in rows:
            found.setdefault(int(at), why)
    return found


class _Table:
    """Columns of a part by what they can say."""

    def __init__(self, values: pd.DataFrame, ids: set[str]) -> None:
        plain = {column: re.sub(r"[^a-z0-9#]", "", column.lower()) for column in values.columns}
        self._values = values
        self._ids = [c for c in plain if c in ids]
        self._places = [c for c in plain if plain[c] in _COORDINATES and c not in ids]
        self._running = [c for c in plain if plain[c] in _RUNNING and c not in ids]
        known = {*self._ids, *self._places, *self._running}
        self._others = [c for c in plain if c not in known]
        self._texts = [c for c in plain if values[c].dtype == object]

    def empty(self, rows: _Rows, *, more_is_needed: bool) -> _Rows:
        """Rows in which nothing stands, or nothing but a number that only counts."""
        nameless = self._nothing_in(rows, self._ids, _DRAGGED)
        dragged = self._nothing_in(nameless, self._others, _DRAGGED)
        dragged = self._nothing_in(dragged, self._places, _NOTHING)
        left = self._nothing_in(rows, self._others, EMPTY)
        left = self._nothing_in(left, self._places, _NOTHING)
        if not (more_is_needed and self._others):
            left = self._nothing_in(left, [*self._ids, *self._running], EMPTY)
        elif len(self._ids) > 1:
            left = np.setdiff1d(left, self._whole(left))
        if self._others:
            return np.union1d(left, dragged)
        return left

    def headers(self, rows: _Rows) -> _Rows:
        """Rows in which the name of each column stands again."""
        if len(self._texts) < 2:
            return rows[:0]
        for column in self._texts:
            cells = self._values[column].to_numpy(dtype=object)[rows]
            rows = rows[np.fromiter((_is_name(cell, column) for cell in cells), bool, len(cells))]
            if not len(rows):
                break
        return rows

    def remarks(self, rows: _Rows) -> _Rows:
        """Rows of sums, such as "Totaal", and notes, such as "Bron: ..."."""
        found = []
        for column in self._texts:
            cells = self._values[column].to_numpy(dtype=object)[rows]
            found += [int(at) for at, cell in zip(rows, cells, strict=True) if _is_remark(cell)]
        told = [at for at in sorted(set(found)) if self._says_no_more(at)]
        return np.array(told, dtype=np.int64)

    def _says_no_more(self, at: int) -> bool:
        """Whether a remark is all that a row says in words, and an id is lacking."""
        said = {c: cell for c in self._values if not _says_nothing(cell := self._values[c].iat[at],
                                                                   EMPTY)}  # fmt: skip
        words = [c for c, cell in said.items()
                 if isinstance(cell, str) and not _FIGURE.fullmatch(cell.strip())]  # fmt: skip
        if len(words) != 1 or len(said) == len(self._values.columns):
            return False
        if _NOTE.match(str(said[words[0]]).strip()):
            return len(said) == 1
        return not self._ids or words[0] in self._ids or any(c not in said for c in self._ids)

    def _whole(self, rows: _Rows) -> _Rows:
        """Rows in which no column of the id is empty."""
        for column in self._ids:
            rows = np.setdiff1d(rows, self._nothing_in(rows, [column], EMPTY))
        return rows

    def _nothing_in(self, rows: _Rows, columns: Iterable[str], words: frozenset[str]) -> _Rows:
        """Rows in which none of the columns says anything."""
        for column in columns:
            if not len(rows):
                break
            rows = rows[_empty_cells(self._values[column].iloc[rows], words)]
        return rows


def _without_place(part: Part) -> NDArray[np.bool_]:
    if part.geometry is None:
        return np.ones(len(part), dtype=bool)
    nowhere = shapely.is_missing(part.geometry) | shapely.is_empty(part.geometry)
    is_point = shapely.get_type_id(part.geometry) == shapely.GeometryType.POINT
    points = np.flatnonzero(is_point & ~nowhere)
    xy = np.column_stack(
        [shapely.get_x(part.geometry[points]), shapely.get_y(part.geometry[points])]
    )
    nowhere[points[(xy == 0).all(axis=1)]] = True
    return nowhere


def _empty_cells(cells: pd.Series[Any], words: frozenset[str]) -> NDArray[np.bool_]:
    """Which cells hold nothing, or a word or sign for it."""
    zero = "0" in words
    if cells.dtype != object and not pd.api.types.is_string_dtype(cells):
        missing: NDArray[np.bool_] = cells.isna().to_numpy(dtype=bool, copy=True)
        if zero and pd.api.types.is_numeric_dtype(cells):
            missing |= (cells == 0).fillna(value=False).to_numpy(dtype=bool)
        return missing
    return np.fromiter((_says_nothing(cell, words) for cell in cells), dtype=bool, count=len(cells))


def _says_nothing(cell: Any, words: frozenset[str]) -> bool:
    if isinstance(cell, str):
        return cell.strip().lower() in words
    if isinstance(cell, (list, dict)):
        return not cell
    return bool(pd.isna(cell)) or ("0" in words and cell == 0)


def _is_name(cell: Any, column: str) -> bool:
    """Whether a cell holds the name of its column; one that tells doubled names apart too."""
    return isinstance(cell, str) and (
        cell == column or re.sub(r"\s+", " ", cell).strip() == re.sub(r" \(\d+\)$", "", column)
    )


def _is_remark(cell: Any) -> bool:
    if not isinstance(cell, str):
        return False
    text = cell.strip()
    return bool(_SUM.match(text) or _NOTE.match(text))
