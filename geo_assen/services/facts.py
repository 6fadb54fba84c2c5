"""Facts that are recorded already: told again they are nothing new, told otherwise a fault."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa

from geo_assen.catalogue import LayerDefinition
from geo_assen.ingest import Checked, Issue
from geo_assen.services.session import today
from geo_assen.store import read_frame, stands

__all__ = ["RecordedFacts"]

_RECORDED = "recorded_on"
_HINTS = {
    True: "Facts are not changed: give a new code and name the old one in 'corrects'.",
    False: "Facts are not changed: give the corrected one the day on which it was recorded.",
}
Values = Mapping[Hashable, Any]


@dataclass
class RecordedFacts:
    """What an append-only table holds, and what an import added to it.

    Attributes
    ----------
    known
        Values of each recorded fact by its identity.
    facts
        The same without the day of recording.
    taken
        Codes of facts that were undone: they stay in the store, so that no other can have
        them.
    original
        Gives the values of a row as its file has them.
    """

    layer: LayerDefinition
    known: dict[tuple[Any, ...], Values]
    facts: set[tuple[Any, ...]]
    taken: frozenset[str]
    original: Callable[[int], dict[str, Any]]

    @classmethod
    def of(
        cls,
        connection: sa.Connection,
        layer: LayerDefinition,
        columns: list[sa.Column[Any]],
        original: Callable[[int], dict[str, Any]],
    ) -> RecordedFacts:
        """Read the columns of a table that a file tells something of."""
        table = columns[0].table
        assert isinstance(table, sa.Table)  # noqa: S101  # columns of a table
        stored = _rows(read_frame(connection, sa.select(*columns).where(stands(table))))
        known: dict[tuple[Any, ...], Values] = {_identity(layer, row): row for row in stored}
        taken = frozenset[str]()
        if "code" in table.c:
            undone = sa.select(table.c.code).where(sa.not_(stands(table)))
            taken = frozenset(connection.execute(undone).scalars())
        return cls(layer, known, {_fact(row) for row in stored}, taken, original)

    def sift(self, checked: Checked, frame: pd.DataFrame) -> tuple[Checked, list[Hashable]]:
        """Tell new facts from known ones, and set aside what contradicts a recorded one.

        Where a file does not say when a fact was recorded, the day is that of the import and
        tells nothing: the fact is compared without it.

        Parameters
        ----------
        frame
            The accepted rows with the columns that the file tells something of.

        Returns
        -------
        The judgement, and the labels of the accepted rows that are new.
        """
        fresh: list[Hashable] = []
        issues: list[Issue] = []
        numbers = checked.accepted["row"].tolist()
        for label, number, row in zip(frame.index, numbers, _rows(frame), strict=True):
            recorded = self.known.get(_identity(self.layer, row))
            if row.get(_RECORDED) == today() and _fact(row) in self.facts:
                continue
            if row.get("code") in self.taken or recorded not in (None, row):
                issues.append(self._contradiction(number, row))
            elif recorded is None:
                fresh.append(label)
        return checked.setting_aside(issues, self.original), fresh

    def _contradiction(self, number: int, row: Values) -> Issue:
        named = ", ".join(str(part) for part in _identity(self.layer, row))
        if row.get("code") in self.taken:
            message = f"{named} was recorded by an import that was undone."
            hint = "An undone fact keeps its code: give this one a new code."
        else:
            message = f"{named} is recorded already with other values."
            hint = _HINTS["code" in self.layer.identity]
        return Issue(number, "duplicate_id", self.layer.identity[0], named, message, hint)


def _rows(frame: pd.DataFrame) -> list[dict[Hashable, Any]]:
    return [
        {name: None if pd.api.types.is_scalar(value) and pd.isna(value) else value
         for name, value in row.items()}
        for row in frame.to_dict("records")
    ]  # fmt: skip


def _identity(layer: LayerDefinition, row: Values) -> tuple[Any, ...]:
    return tuple(row[name] for name in layer.identity)


def _fact(row: Values) -> tuple[Any, ...]:
    return tuple(value for name, value in row.items() if name != _RECORDED)
