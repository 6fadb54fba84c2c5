"""Rows that refer to other rows of the same file, which may stand anywhere in it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.catalogue import FieldDefinition
from geo_assen.ingest.checks.columns import Column
from geo_assen.ingest.checks.context import SetAside
from geo_assen.ingest.checks.identity import Met, hash_texts

__all__ = ["Parents", "Waiting"]


@dataclass(frozen=True)
class Waiting:
    """A row that passes when the rows come that it refers to.

    Attributes
    ----------
    needs
        ``{field: code}`` of rows that are not there yet.
    frame
        The row as it would be accepted.
    otherwise
        The row as it is set aside if they do not come.
    repaired
        Whether something was repaired in it.
    """

    code: str
    needs: dict[str, str]
    frame: pd.DataFrame
    otherwise: SetAside
    repaired: bool


class Parents:
    """Knows which rows that others refer to are there.

    Parameters
    ----------
    fields
        Fields of the layer that refer to the layer itself; without any nothing waits.
    known
        Codes in the store.
    """

    def __init__(self, fields: list[FieldDefinition], known: Container[str]) -> None:
        self.fields = fields
        self._known = known
        self._placed = Met()
        self.waiting: list[Waiting] = []

    def needs(
        self, columns: dict[str, Column], rows: NDArray[np.bool_]
    ) -> dict[int, dict[str, str]]:
        """Codes that rows refer to and that are not there, by position."""
        found: dict[int, dict[str, str]] = {}
        for field in self.fields:
            values = columns[field.name].values
            for at in np.flatnonzero(rows & ~columns[field.name].missing):
                if not self._is_there(values[at]):
                    found.setdefault(int(at), {})[field.name] = values[at]
        return found

    def place(self, codes: NDArray[np.object_], numbers: NDArray[np.int64]) -> None:
        """Remember rows that are accepted, in the order of their numbers."""
        self._placed.add(hash_texts(codes), numbers)

    def in_order(
        self, codes: NDArray[np.object_], rows: NDArray[np.bool_], needs: dict[int, dict[str, str]]
    ) -> NDArray[np.int64]:
        """Positions of the rows that can be accepted, parents first."""
        if not needs:
            return np.flatnonzero(rows)
        free = rows.copy()
        free[list(needs)] = False
        wanted = {code for needed in needs.values() for code in needed.values()}
        there = wanted.intersection(codes[free])
        left = {at: set(needed.values()) - there for at, needed in needs.items()}
        late = _resolved(left, {at: codes[at] for at in left})
        return np.concatenate([np.flatnonzero(free), np.array(late, dtype=np.int64)])

    def settled(self) -> tuple[list[Waiting], list[tuple[Waiting, str]]]:
        """Rows whose parents came after all, parents first; and those of which one did not.

        Returns
        -------
        The second ones with the field that names what is not there.
        """
        left = {
            at: {code for code in row.needs.values() if not self._is_there(code)}
            for at, row in enumerate(self.waiting)
        }
        order = _resolved(left, {at: row.code for at, row in enumerate(self.waiting)})
        there = {self.waiting[at].code for at in order}
        orphans = []
        for at in sorted(set(left) - set(order)):
            row = self.waiting[at]
            missing = (
                name for name, code in row.needs.items()
                if code not in there and not self._is_there(code)
            )  # fmt: skip
            orphans.append((row, next(missing)))
        return [self.waiting[at] for at in order], orphans

    def _is_there(self, code: str) -> bool:
        if code in self._known:
            return True
        held = np.empty(1, dtype=object)
        held[0] = code
        return bool(self._placed.holds(hash_texts(held))[0])


def _resolved(left: dict[int, set[str]], codes: dict[int, str]) -> list[int]:
    """Rows that need nothing, then those that need only them, and so on; rings are left."""
    children: dict[str, list[int]] = {}
    for at, needed in left.items():
        for code in needed:
            children.setdefault(code, []).append(at)
    order: list[int] = []
    ready = [at for at, needed in left.items() if not needed]
    while ready:
        order += ready
        freed = []
        for parent in ready:
            for at in children.pop(codes[parent], ()):
                left[at].discard(codes[parent])
                if not left[at]:
                    freed.append(at)
        ready = freed
    return order
