"""What was met before in a file: the same record twice, the same thing drawn twice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_assen.catalogue import LayerDefinition
from geo_assen.ingest.checks.columns import Column
from geo_assen.ingest.checks.findings import Findings
from geo_assen.ingest.checks.outlines import hash_outlines, mixed

__all__ = ["Met", "Twins", "hash_columns", "hash_texts"]

_Hashes = NDArray[np.uint64]
_Rows = NDArray[np.int64]
_RUNNING_NUMBER = re.compile(
    r"(?:ogc|gid|object|system|feature)?f?id|.*_id|.*id$|nr|nummer|volg.*|no|index|uuid|guid|"
    r".*identificatie|.*uri|.*url|.*seealso|rowid|column\d+",
)  # fmt: skip


class Met:
    """Remembers hashes and the row each was first met in, 12 bytes a row.

    They are kept in sorted runs that are merged when they have grown alike, so that a part
    is looked up in a few runs at most.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[_Hashes, NDArray[np.uint32]]] = []

    def add(self, hashes: _Hashes, rows: _Rows) -> _Rows:
        """Row in which each hash was met before, 0 where it is new; from then on it is known.

        Parameters
        ----------
        rows
            Numbers of the rows in their file, ascending.
        """
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        first = np.ones(len(ordered), dtype=bool)
        first[1:] = ordered[1:] != ordered[:-1]
        group = np.cumsum(first) - 1
        new, owners = ordered[first], rows[order][first]
        earlier = self._row_of(new)
        known = earlier > 0
        before = np.where(known[group] if len(group) else known, earlier[group], owners[group])
        before[first & ~known[group]] = 0
        answer = np.zeros(len(hashes), dtype=np.int64)
        answer[order] = before
        self._keep(new[~known], owners[~known].astype(np.uint32))
        return answer

    def holds(self, hashes: _Hashes) -> NDArray[np.bool_]:
        """Which hashes were met."""
        return self._row_of(hashes) > 0

    def _row_of(self, hashes: _Hashes) -> _Rows:
        answer = np.zeros(len(hashes), dtype=np.int64)
        for known, rows in self._runs:
            at = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
            met = known[at] == hashes
            answer[met] = rows[at[met]]
        return answer

    def _keep(self, hashes: _Hashes, rows: NDArray[np.uint32]) -> None:
        if len(hashes):
            self._runs.append((hashes, rows))
        while len(self._runs) > 1 and len(self._runs[-1][0]) * 2 > len(self._runs[-2][0]):
            (late, late_rows), (early, early_rows) = self._runs.pop(), self._runs.pop()
            both = np.concatenate([early, late])
            order = np.argsort(both, kind="stable")
            self._runs.append((both[order], np.concatenate([early_rows, late_rows])[order]))


class Twins:
    """Finds things that a file has twice under different ids.

    Outlines of a layer of polygons are twins when every edge is the same, of areas also
    their kind and year. Anything else, such as two flats at one point, is a twin only if
    every column but ids and running numbers says the same, and at least one says anything.
    """

    def __init__(self, layer: LayerDefinition, columns: Sequence[str], ids: set[str]) -> None:
        self._met = Met()
        self._outline_alone = layer.geometry == "polygon"
        self._with = [name for name in ("kind", "year") if layer.named(name) is not None]
        self._compared = [c for c in columns if c not in ids and not _is_running_number(c)]

    def find(
        self,
        shapes: NDArray[np.object_],
        values: pd.DataFrame,
        columns: Mapping[str, Column],
        eligible: NDArray[np.bool_],
        findings: Findings,
    ) -> None:
        """Warn of rows whose twin was met before.

        Parameters
        ----------
        eligible
            Rows that are no second occurrence of an id.
        """
        rows = eligible & ~shapely.is_missing(shapes)
        if self._outline_alone:
            hashes = hash_outlines(shapes)
            for name in self._with:
                hashes = mixed(hashes + hash_texts(columns[name].values))
        else:
            rows &= self._says_anything(values)
            hashes = hash_outlines(shapes)
            for name in self._compared:
                hashes = mixed(hashes + hash_texts(_comparable(values[name])))
        chosen = np.flatnonzero(rows)
        before = self._met.add(hashes[chosen], findings.numbers[chosen])
        for at, row in zip(chosen[before > 0], before[before > 0], strict=True):
            what = "outline" if self._outline_alone else "place and the same values"
            findings.find(at, "duplicate_geometry", "geometry",
                          f"Row {row} has the same {what} under another id.",
                          suggestion="Keep one of the rows.")  # fmt: skip

    def _says_anything(self, values: pd.DataFrame) -> NDArray[np.bool_]:
        says = np.zeros(len(values), dtype=bool)
        for name in self._compared:
            left = np.flatnonzero(~says)
            if not len(left):
                break
            if not pd.api.types.is_numeric_dtype(values[name]):
                says[left] = [_has_letter(cell) for cell in values[name].iloc[left]]
        return says


def hash_columns(columns: Sequence[Column]) -> tuple[_Hashes, NDArray[np.bool_]]:
    """Hash of the values of several fields together, and which rows have them all.

    Capitals do not tell records apart: ``k-12`` is the plot ``K-12`` once more.
    """
    hashes = np.zeros(len(columns[0].values), dtype=np.uint64)
    whole = np.ones(len(hashes), dtype=bool)
    for column in columns:
        hashes = mixed(hashes + hash_texts(_in_capitals(column.values)))
        whole &= ~column.missing
    return hashes, whole


def hash_texts(values: NDArray[Any]) -> _Hashes:
    """Hash of each value, the same within this process for equal ones."""
    if values.dtype != object:
        plain = values.astype("datetime64[D]") if values.dtype.kind == "M" else values + 0.0
        return mixed(plain.view(np.uint64))
    found = np.fromiter(map(hash, values), dtype=np.int64, count=len(values))
    return mixed(found.view(np.uint64))


def _in_capitals(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype != object:
        return values
    held = np.empty(len(values), dtype=object)
    held[:] = [value.upper() if type(value) is str else value for value in values]
    return held


def _comparable(cells: pd.Series[Any]) -> NDArray[Any]:
    """Cells as texts without outer blanks, or as numbers."""
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return cells.to_numpy(dtype=np.float64, na_value=np.nan)
    held = np.empty(len(cells), dtype=object)
    held[:] = [cell.strip() if isinstance(cell, str) else str(cell) for cell in cells]
    return held


def _is_running_number(column: str) -> bool:
    return _RUNNING_NUMBER.fullmatch(re.sub(r"[^a-z0-9_]", "", column.lower())) is not None


def _has_letter(cell: Any) -> bool:
    return isinstance(cell, str) and any(map(str.isalpha, cell))
