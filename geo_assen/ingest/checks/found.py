"""Which record of another layer a row means: named by its code, by a value, or by its address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_assen.catalogue import ADDRESS_PARTS, FieldDefinition, Finder, LayerDefinition
from geo_assen.ingest.addresses import House, house_of
from geo_assen.ingest.checks.candidates import MOST, Candidates
from geo_assen.ingest.checks.columns import Column, constant_column, read_column
from geo_assen.ingest.checks.context import Context
from geo_assen.ingest.checks.findings import Findings
from geo_assen.ingest.checks.named import same_but_capitals
from geo_assen.ingest.checks.stored import APART_M
from geo_assen.ingest.checks.values import CellReader
from geo_assen.ingest.content import Part
from geo_assen.ingest.issues import Fix
from geo_assen.ingest.mapping import Mapping

__all__ = ["Finding", "Place"]

_OF_A_PLACE = frozenset({"postcode", "town"})
"""Parts of an address that stand behind the comma."""

Place = Callable[[int], BaseGeometry | None]
"""Gives the place of a row in RD, where it has one that can be used."""


class _Answer(NamedTuple):
    """Records that a row can mean.

    Attributes
    ----------
    objection
        Why the only one is doubtful all the same.
    """

    records: list[int]
    objection: str | None = None


class _Row(NamedTuple):
    """What one row says of the record it means.

    Attributes
    ----------
    code
        Our code, or what stands in its place.
    values
        Values of the other fields that name a record.
    day
        Day that it tells of.
    """

    code: Any
    values: dict[str, Any]
    house: House | None
    day: date | None
    place: Callable[[], BaseGeometry | None]


class Finding:
    """Puts codes where rows name a record otherwise, in the order that the layer gives.

    A code goes first. What could be two records, or is contradicted by what else the row says,
    is not guessed: the row is set aside with the records that it may mean.

    Parameters
    ----------
    layer
        With a finder.
    readers
        Gives the reader of the cells of a field.
    """

    def __init__(
        self,
        layer: LayerDefinition,
        mapping: Mapping,
        context: Context,
        readers: Callable[[FieldDefinition], CellReader],
        constants: dict[str, Any],
    ) -> None:
        finder, self._field = _reference(layer)
        there = context.catalogue.layers[self._field.refers_to or ""]
        self._name, self.of = there.title.en.lower(), self._field.name
        self._records = context.records[there.id]
        self._mapping, self._constants = mapping, constants
        told = {*mapping.columns, *constants}
        self._exact = [f for f in finder.field if f.name not in ADDRESS_PARTS and f.name in told]
        self._parts = [f for f in finder.field if f.name in ADDRESS_PARTS and f.name in told]
        self._readers = {f.name: readers(f) for f in (*self._exact, *self._parts)}
        by = self._exact[0].name if self._exact else None
        self._candidates = Candidates(self._records, by)

    def find(
        self, part: Part, columns: dict[str, Column], place: Place, findings: Findings
    ) -> None:
        """Give each row the code of what it means; set aside the rows of which nobody knows."""
        own = columns[self.of]
        known = self._records.positions(own.values) >= 0
        scratch = Findings(part.numbers)
        told = {name: self._column(name, part, scratch) for name in self._readers}
        self._compare_with_code(own, known, told, findings)
        days = columns["observed_on"].values if "observed_on" in columns else None
        open_rows = np.flatnonzero(~known & ~own.faulty)
        raw = scratch.by_position(open_rows)
        for at in map(int, open_rows):
            values = {name: column.values[at] for name, column in told.items()}
            day = None if days is None or np.isnat(days[at]) else days[at].item()
            row = _Row(own.values[at], values, self._house(values), day, partial(place, at))
            answer = self._answer(row)
            is_found = len(answer.records) == 1 and answer.objection is None
            self._hand_over(raw[at], at, findings, everything=not is_found)
            if is_found:
                own.values[at] = self._records.codes[answer.records[0]]
                own.missing[at] = False
            elif self._report(row, answer, at, findings):
                own.faulty[at] = True

    def _column(self, name: str, part: Part, scratch: Findings) -> Column:
        column = self._mapping.columns.get(name)
        if column is not None and column in part.values:
            return read_column(self._readers[name], part.values[column], scratch)
        return constant_column(self._readers[name], self._constants.get(name), len(part))

    def _house(self, values: dict[str, Any]) -> House | None:
        return house_of({field.name: values[field.name] for field in self._parts})

    def _answer(self, row: _Row) -> _Answer:
        for field in self._exact:
            value = row.values[field.name]
            found = [] if value is None else self._records.with_value(field.name, value)
            if found:
                return _Answer(self._records.on_day(found, row.day))
        found = [] if row.house is None else self._records.with_address(row.house)
        if not found:
            return _Answer([])
        found = self._records.on_day(found, row.day)
        where = row.place() if len(found) == 1 else None
        if where is not None:
            away_m = float(shapely.distance(self._records.shapes[found[0]], where))
            if away_m > APART_M:
                words = self._candidates.words(found[0])
                return _Answer(found, f"The row lies {away_m:.0f} m away from {words}.")
        return _Answer(found)

    def _compare_with_code(
        self, own: Column, known: NDArray[np.bool_], told: dict[str, Column], findings: Findings
    ) -> None:
        """Set aside what names one record by its code and another one by a value."""
        for field in self._exact:
            values = told[field.name].values
            for at in np.flatnonzero(known & ~told[field.name].missing):
                found = self._records.with_value(field.name, values[at])
                codes = [str(self._records.codes[other]) for other in found]
                if codes and own.values[at] not in codes:
                    own.faulty[at] = True
                    findings.find(
                        at, "unknown_parent", self.of,
                        f"Code {own.values[at]!r} and {field.title.en} {values[at]!r} are of two "
                        f"records of {self._name}, {own.values[at]} and {codes[0]}.",
                        value=own.values[at], suggestion="Leave out the one that is wrong.",
                    )  # fmt: skip

    def _report(self, row: _Row, answer: _Answer, at: int, findings: Findings) -> bool:
        """Set a row aside that names no record, or more than one; tell whether that was done.

        Of a row that says nothing at all it is said elsewhere that a value is missing.
        """
        named, where = self._named(row), row.place()
        if not named and where is None:
            return False
        near = None if row.code is None else same_but_capitals(row.code, self._records.codes)
        if answer.objection is not None:
            message = answer.objection
        elif answer.records:
            message = f"{len(answer.records)} records of {self._name} are found by {named[-1]}."
        elif named:
            message = f"No record of {self._name} is found by {', '.join(named)}."
        else:
            message = f"The row names no record of {self._name}."
        best = (row.code, self._value(row), self._address(row))
        findings.find(
            at, "unknown_parent", self.of, message,
            value=next((said for said in best if said), None),  # rows that lack the same one
            suggestion=f"Write {near}." if near else self._suggestion(row, where, answer),
            fix=Fix("set", near) if near else None,
        )  # fmt: skip
        return True

    def _suggestion(self, row: _Row, where: BaseGeometry | None, answer: _Answer) -> str:
        if len(answer.records) > 1:
            words = [self._candidates.words(at) for at in answer.records[:MOST]]
            return f"It can be: {'; '.join(words)}. Fill in the code of the right one."
        if where is not None:
            words, how = self._candidates.near(where, row.day), "Nearest"
        else:
            words = self._candidates.alike(self._value(row), row.house, row.day)
            how = "Most alike"
        if not words:
            return f"Import it into {self._field.refers_to} first."
        return (
            f"{how}: {'; '.join(words)}. Fill in the code of the right one, "
            f"or import it into {self._field.refers_to} first."
        )

    def _value(self, row: _Row) -> str | None:
        """The value that names a record best, such as a BAG id."""
        values = (row.values[field.name] for field in self._exact)
        return next((value for value in values if value is not None), None)

    def _named(self, row: _Row) -> list[str]:
        """What a row names the record by, in words."""
        words = [] if row.code is None else [f"code {row.code!r}"]
        words += [
            f"{field.title.en} {row.values[field.name]!r}"
            for field in self._exact if row.values[field.name] is not None
        ]  # fmt: skip
        address = self._address(row)
        return [*words, f"address {address!r}"] if address else words

    def _address(self, row: _Row) -> str:
        parts = {f.name: row.values[f.name] for f in self._parts}
        line = [said for name, said in parts.items() if said and name not in _OF_A_PLACE]
        rest = [said for name, said in parts.items() if said and name in _OF_A_PLACE]
        return ", ".join(" ".join(words) for words in (line, rest) if words) if line else ""

    @staticmethod
    def _hand_over(issues: list[Any], at: int, findings: Findings, *, everything: bool) -> None:
        """Faults of what names the record; of a row that was found only what was repaired."""
        for issue in issues:
            if everything or issue.treatment != "quarantine":
                findings.add(at, issue)


def _reference(layer: LayerDefinition) -> tuple[Finder, FieldDefinition]:
    finder = layer.finder
    field = layer.named(finder.of) if finder else None
    if finder is None or field is None:
        raise ValueError(f"layer {layer.id!r} finds nothing")
    return finder, field
