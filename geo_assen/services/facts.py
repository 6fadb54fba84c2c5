"""Facts that are recorded already: told again they are nothing new, told otherwise a fault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa

from geo_assen.catalogue import LayerDefinition
from geo_assen.ingest import Checked, Issue, content_of, contradictions, differ
from geo_assen.services.session import today
from geo_assen.store import read_frame, stands

__all__ = ["RecordedFacts", "RestatedFacts"]

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


@dataclass
class RestatedFacts:
    """Facts that may be said again: a later statement corrects an earlier one.

    Attributes
    ----------
    known
        What is recorded about each subject: the day of recording and what was said.
    """

    layer: LayerDefinition
    known: dict[tuple[Any, ...], list[tuple[Any, dict[str, Any]]]]

    @classmethod
    def of(
        cls, connection: sa.Connection, layer: LayerDefinition, columns: list[sa.Column[Any]]
    ) -> RestatedFacts:
        """Read the columns of a table that a file tells something of."""
        table = columns[0].table
        assert isinstance(table, sa.Table)  # noqa: S101  # columns of a table
        known = defaultdict(list)
        for row in _rows(read_frame(connection, sa.select(*columns).where(stands(table)))):
            subject = tuple(row[name] for name in layer.subject)
            known[subject].append((row[_RECORDED], content_of(layer, row)))
        return cls(layer, known)

    def sift(self, frame: pd.DataFrame) -> tuple[list[Issue], list[Hashable]]:
        """Tell new statements from known ones, and find those that contradict another one.

        Parameters
        ----------
        frame
            All accepted rows of a file, with ``row`` and the columns that it tells something of.

        Returns
        -------
        An issue for each row to set aside, and the labels of the rows that are new.
        """
        rows = _rows(frame)
        issues, repeats = contradictions(self.layer, rows)
        left_out = {issue.row for issue in issues} | repeats
        fresh: list[Hashable] = []
        for label, row in zip(frame.index, rows, strict=True):
            if row["row"] in left_out:
                continue
            told = self.known.get(tuple(row[name] for name in self.layer.subject), [])
            if self._is_known(row, told):
                continue
            newest = max(told, key=lambda said: said[0], default=None)
            if newest is None or row[_RECORDED] > newest[0] or not differ(
                content_of(self.layer, row), newest[1]
            ):
                fresh.append(label)
            else:
                issues.append(self._contradiction(row, newest))
        return issues, fresh

    def _is_known(self, row: Values, told: list[tuple[Any, dict[str, Any]]]) -> bool:
        """Whether a row says nothing that is not on record for its day of recording.

        A file that does not say when it was recorded gets the day of the import, which tells
        nothing: then it is enough that it was said at any time.
        """
        content = content_of(self.layer, row)
        if row[_RECORDED] == today():
            return any(_adds_nothing(content, said) for _, said in told)
        before = [said for said in told if said[0] <= row[_RECORDED]]
        last = max(before, key=lambda said: said[0], default=None)
        same_day = any(on == row[_RECORDED] and _adds_nothing(content, said) for on, said in told)
        return same_day or (last is not None and _adds_nothing(content, last[1]))

    def _contradiction(self, row: Values, newest: tuple[Any, dict[str, Any]]) -> Issue:
        named = ", ".join(str(row[name]) for name in self.layer.subject)
        said = " ".join(str(value) for value in newest[1].values() if value is not None)
        return Issue(
            int(row["row"]), "duplicate_id", self.layer.identity[0], named,
            f"{named} is recorded already, on {newest[0]}, as {said}.",
            "A correction needs a later day of recording; give it in recorded_on.",
        )  # fmt: skip


def _adds_nothing(content: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether all that is told was said before, in the same way."""
    return all(value is None or value == said.get(name) for name, value in content.items())


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
