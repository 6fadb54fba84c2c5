"""Every check, on the parts of a file one after the other."""

from __future__ import annotations

from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_assen.catalogue import FieldDefinition, LayerDefinition
from geo_assen.crs import RD
from geo_assen.errors import FileRefused
from geo_assen.ingest.checks.claims import Claims
from geo_assen.ingest.checks.columns import (
    Column,
    constant_column,
    empty_column,
    read_column,
)
from geo_assen.ingest.checks.context import Checked, Context, SetAside
from geo_assen.ingest.checks.findings import Findings
from geo_assen.ingest.checks.found import Finding
from geo_assen.ingest.checks.ghosts import ghost_rows
from geo_assen.ingest.checks.identity import Met, Twins, hash_columns
from geo_assen.ingest.checks.lifetimes import check_lifetimes
from geo_assen.ingest.checks.named import names_of, same_but_capitals
from geo_assen.ingest.checks.parents import Parents, Waiting
from geo_assen.ingest.checks.parks import fill_parks
from geo_assen.ingest.checks.parts import issues_of, set_aside_row, taken, unreadable, without
from geo_assen.ingest.checks.periods import History
from geo_assen.ingest.checks.places import bring_to_rd, refuse_without_crs
from geo_assen.ingest.checks.rules import UNIQUE, check_area, check_rules, longest_of
from geo_assen.ingest.checks.shapes import fit_shapes
from geo_assen.ingest.checks.told import Told
from geo_assen.ingest.checks.values import CellReader
from geo_assen.ingest.content import FileLayer, Part
from geo_assen.ingest.issues import Fix, Issue
from geo_assen.ingest.mapping import Mapping

__all__ = ["Checker"]

_PARKS = "business_parks"
_AREAS, _ELSEWHERE = "areas", ("municipality", "region")
"""Areas of these kinds may be those of others."""
_PLACE = "geometry"


class Checker:
    """Judges one layer of a file, part after part.

    Parameters
    ----------
    layer
        What the rows are to become.
    file_layer
        Where they come from: its name, columns, reference system and decimal sign.
    mapping
        Which column is which field.
    context
        What the store knows.

    Raises
    ------
    FileRefused
        If a constant of the mapping is no value of its field.
    """

    def __init__(
        self, layer: LayerDefinition, file_layer: FileLayer, mapping: Mapping, context: Context
    ) -> None:
        self._layer, self._file, self._mapping = layer, file_layer, mapping
        self._context = context
        self._fields = layer.stored_fields
        self._takes_place = layer.geometry != "none" and layer.geometry_in_file != "none"
        self._readers = {field.name: self._reader(field) for field in self._fields}
        self._constants = {
            name: self._constant(name, value) for name, value in mapping.constants.items()
        }
        ids = self._id_columns()
        columns = mapping.columns
        self._names = names_of(context)
        self._claims = Claims(file_layer.columns, columns, context.areas)
        free = [c for c in file_layer.columns if c not in set(columns.values())]
        self._history = History(free, ids, context.today)
        self._held: list[Part] = []
        self._met = Met()
        self._unique = {name: Met() for name in UNIQUE.get(layer.table or "", ())}
        self._told = Told()
        self._twins = Twins(layer, file_layer.columns, set(ids))
        own = [f for f in self._fields if f.refers_to == layer.id]
        self._parents = Parents(own, context.known_codes.get(layer.id, frozenset()))
        self._finding = self._finds()

    @property
    def holds_back(self) -> bool:
        """Whether rows come out of :meth:`finish` alone, as the file tells history."""
        return self._history.told

    def check(self, part: Part) -> Checked:
        """Judge the next rows of the file.

        Rows that have to wait, for a row further on or for the end of a file that tells
        history, come out of :meth:`finish`.

        Raises
        ------
        FileRefused
            If the rows have places and nobody says in which reference system.
        """
        if self._takes_place and part.geometry is not None and self._file.crs is None:
            refuse_without_crs(self._file.name, part.geometry)
        if not self._history.told:
            return self._judged(part)
        broken = unreadable(part)
        ended = self._history.ended(part)
        self._held.append(taken(part, ~ended))
        return Checked(self._nothing(), broken, issues_of(broken), 0, int(ended.sum()))

    def finish(self) -> Checked:
        """Judge the rows that waited; those whose parent never came are set aside."""
        parts, superseded = self._held, 0
        self._held = []
        outcomes = []
        if parts:
            for part, drop in zip(parts, self._history.superseded(parts), strict=True):
                superseded += int(drop.sum())
                outcomes.append(self._judged(taken(part, ~drop)))
        outcomes.append(self._settled())
        return self._together(outcomes, superseded)

    # What the mapping says

    def _reader(self, field: FieldDefinition) -> CellReader:
        is_id = field.type == "text" and (
            field.name in self._layer.identity
            or field.digits is not None
            or field.refers_to is not None
        )
        return CellReader(
            field,
            self._context.catalogue.codes_of(field),
            self._file.decimal,
            texts=self._mapping.values.get(field.name),
            factor=self._mapping.factors.get(field.name, 1),
            is_id=is_id,
            longest=longest_of(self._layer, field),
        )

    def _constant(self, name: str, value: Any) -> Any:
        field = self._layer.importable(name)
        if field is None:
            raise FileRefused(self._file.name, f"layer {self._layer.id!r} has no field {name!r}.")
        reader = CellReader(
            field, self._context.catalogue.codes_of(field), longest=longest_of(self._layer, field)
        )
        read, faults = reader.read(value)
        if faults and read is None:
            raise FileRefused(
                self._file.name, f"the mapping gives {name} {value!r}, which {faults[0].message}."
            )
        return read

    def _finds(self) -> Finding | None:
        """What finds the records that rows name otherwise than by their code, where some can."""
        finder = self._layer.finder
        field = self._layer.named(finder.of) if finder else None
        if field is None or field.refers_to not in self._context.records:
            return None
        return Finding(self._layer, self._mapping, self._context, self._reader, self._constants)

    def _id_columns(self) -> list[str]:
        """Columns of the file that identify a row; empty unless they all are there."""
        columns = self._mapping.columns
        names = ["bag_id" if self._takes_code_from_bag and n == "code" else n
                 for n in self._layer.identity]  # fmt: skip
        found = [columns[name] for name in names if name in columns]
        whole = all(name in columns or name in self._mapping.constants for name in names)
        return found if whole else []

    @property
    def _takes_code_from_bag(self) -> bool:
        columns = self._mapping.columns
        return (
            "code" not in columns
            and "code" not in self._mapping.constants
            and "bag_id" in columns
            and self._layer.named("code") is not None
        )

    # One part

    def _judged(self, part: Part) -> Checked:
        broken = unreadable(part)
        ghosts = self._ghosts(part)
        outcome = self._judged_rows(without(part, ghosts) if ghosts else part)
        outcome.set_aside += broken
        outcome.issues += issues_of(broken)
        for at, why in ghosts.items():
            row = int(part.numbers[at])
            issue = Issue(row, "ghost_row", None, None, why, "Leave it out.", Fix("drop"))
            outcome.set_aside.append(set_aside_row(part, at, [issue]))
            outcome.issues.append(issue)
        outcome.set_aside.sort(key=lambda row: row.row)
        outcome.issues.sort(key=lambda issue: issue.row)
        return outcome

    def _ghosts(self, part: Part) -> dict[int, str]:
        needed = [f.name for f in self._fields if f.required and f.name not in self._layer.identity]
        place = self._takes_place and self._layer.geometry_in_file == "required"
        return ghost_rows(part, self._id_columns(), more_is_needed=bool(needed) or place)

    def _judged_rows(self, part: Part) -> Checked:
        findings = Findings(part.numbers)
        self._take_over(part, findings)
        columns = self._columns(part, findings)
        if self._finding is not None:
            self._finding.find(part, columns, partial(self._place_of, part), findings)
        self._check_references(columns, findings)
        check_lifetimes(self._layer, columns, self._context, findings)
        self._fill_defaults(columns)
        shapes = self._shapes(part, columns, findings) if self._takes_place else None
        self._check_values(columns, shapes, findings)
        repeated = self._check_identity(columns, shapes, findings)
        if shapes is not None:
            self._twins.find(shapes, part.values, columns, ~repeated, findings)
        return self._sorted_out(part, columns, shapes, findings)

    def _place_of(self, part: Part, at: int) -> BaseGeometry | None:
        """Place in RD of one row of a layer that keeps none; None where it cannot be right."""
        if part.geometry is None or self._file.crs is None:
            return None
        cells, place = part.values.iloc[[at]], part.geometry[[at]]
        found = bring_to_rd(place, self._file.crs, cells, self._claims, Findings(np.zeros(1, int)))
        return found[0]  # type: ignore[no-any-return]  # a geometry, or None

    def _take_over(self, part: Part, findings: Findings) -> None:
        """Put down what the reader found in rows that it could read."""
        if not part.issues:
            return
        place = {int(number): at for at, number in enumerate(part.numbers)}
        for issue in part.issues:
            about_place = issue.kind in ("missing_coordinates", "missing_geometry")
            if issue.row in place and (self._takes_place or not about_place):
                findings.add(place[issue.row], issue)

    def _columns(self, part: Part, findings: Findings) -> dict[str, Column]:
        columns = {}
        rows = len(part)
        for field in self._fields:
            name, reader = field.name, self._readers[field.name]
            column = self._mapping.columns.get(name)
            if column is not None and column in part.values:
                columns[name] = read_column(reader, part.values[column], findings)
            elif name in self._constants:
                columns[name] = constant_column(reader, self._constants[name], rows)
            else:
                columns[name] = empty_column(field.type, rows)
            if field.refers_to in self._names and name in self._mapping.columns:
                self._names[field.refers_to].put_codes(columns[name])
        if self._takes_code_from_bag:
            bag = columns["bag_id"]
            columns["code"] = Column(bag.values.copy(), bag.missing.copy(), bag.faulty.copy())
        return columns

    def _check_references(self, columns: dict[str, Column], findings: Findings) -> None:
        """What a row refers to has to be in the store, or in the file for its own layer."""
        for field in self._fields:
            found = self._finding is not None and field.name == self._finding.of
            if field.refers_to is None or field.refers_to == self._layer.id or found:
                continue
            known = self._context.known_codes.get(field.refers_to, frozenset())
            column = columns[field.name]
            codes, distinct = pd.factorize(column.values)
            absent = np.array([value not in known for value in distinct] + [False], dtype=bool)
            for at in np.flatnonzero(absent[codes]):
                value = column.values[at]
                near = same_but_capitals(value, known)
                findings.find(
                    at, "unknown_parent", field.name,
                    f"{field.title.en} {value!r} does not exist.", value=value,
                    suggestion=f"Write {near}." if near
                    else f"Import it into {field.refers_to} first.",
                    fix=Fix("set", near) if near else None,
                )  # fmt: skip

    def _fill_defaults(self, columns: dict[str, Column]) -> None:
        for name, value in (
            ("source_code", self._context.default_source),
            ("recorded_on", np.datetime64(self._context.today, "D")),
        ):
            if name in columns:
                columns[name].fill(columns[name].missing & ~columns[name].faulty, value)

    def _shapes(
        self, part: Part, columns: dict[str, Column], findings: Findings
    ) -> NDArray[np.object_]:
        """Places in RD; what hangs on them is checked on the way."""
        shapes = np.full(len(part), None, dtype=object)
        if part.geometry is not None and self._file.crs is not None:
            shapes = bring_to_rd(part.geometry, self._file.crs, part.values, self._claims, findings)
            fit_shapes(self._layer.geometry, shapes, findings)
        self._check_given(part, findings)
        cells = {name: part.values[column] for name, column in self._mapping.columns.items()
                 if column in part.values}  # fmt: skip
        check_area(columns, shapes, cells, findings)
        self._check_area_of(part, columns, shapes, findings)
        self._fill_parks(columns, shapes)
        return shapes

    def _check_given(self, part: Part, findings: Findings) -> None:
        if self._layer.geometry_in_file != "required":
            return
        nowhere = np.ones(len(part), dtype=bool)
        if part.geometry is not None:
            nowhere = shapely.is_missing(part.geometry) | shapely.is_empty(part.geometry)
        told = {i.row for i in part.issues if i.kind in ("missing_coordinates", "missing_geometry")}
        for at in np.flatnonzero(nowhere):
            if int(part.numbers[at]) not in told:
                findings.find(at, "missing_geometry", _PLACE, "The row has no geometry.")

    def _check_area_of(
        self, part: Part, columns: dict[str, Column], shapes: NDArray[np.object_],
        findings: Findings,
    ) -> None:  # fmt: skip
        """Warn where a row lies outside the municipality, its own or this one.

        Other municipalities, and regions, lie where they lie.
        """
        warned = np.zeros(len(part), dtype=bool)
        if self._layer.id == _AREAS:
            warned |= np.isin(columns["kind"].values, np.array(_ELSEWHERE, dtype=object))
        if self._claims.names_municipality:
            for at, name, away_m in self._claims.far_off(part.values, shapes):
                warned[at] = True
                findings.find(
                    at, "outside_area", _PLACE,
                    f"The row names {name}, but lies {away_m / 1000:.1f} km outside it.",
                    value=name,
                )  # fmt: skip
        outline = self._context.municipality
        if outline is None:
            return
        shapely.prepare(outline)
        bounds = shapely.bounds(shapes)
        middle = (bounds[:, :2] + bounds[:, 2:]) / 2
        doubtful = np.flatnonzero(~shapely.is_missing(shapes) & ~warned)
        doubtful = doubtful[~shapely.contains_xy(outline, middle[doubtful])]
        for at in doubtful[~shapely.intersects(outline, shapes[doubtful])]:
            findings.find(
                at, "outside_area", _PLACE, "The place lies outside the municipality."
            )  # fmt: skip

    def _fill_parks(self, columns: dict[str, Column], shapes: NDArray[np.object_]) -> None:
        if self._context.parks is None:
            return
        for field in self._fields:
            has_column = (
                field.name in self._mapping.columns or field.name in self._mapping.constants
            )
            if field.refers_to == _PARKS and (field.required or not has_column):
                fill_parks(columns[field.name], shapes, self._context.parks)

    def _is_found_by_place(self, field: FieldDefinition) -> bool:
        """Whether the file leaves it to the place in which park a record lies."""
        told = field.name in self._mapping.columns or field.name in self._mapping.constants
        return field.refers_to == _PARKS and self._context.parks is not None and not told

    def _check_values(
        self, columns: dict[str, Column], shapes: NDArray[np.object_] | None, findings: Findings
    ) -> None:
        for field in self._fields:
            column = columns[field.name]
            if field.required:
                lacking = column.missing & ~column.faulty
                if shapes is not None and self._is_found_by_place(field):
                    # Without a place that can be used nobody can say what is missing.
                    lacking &= ~(shapely.is_missing(shapes) & findings.set_aside)
                for at in np.flatnonzero(lacking):
                    if not findings.tells(at, field.name):  # the reader said what is wrong with it
                        findings.find(at, "missing_value", field.name,
                                      f"{field.title.en} is required.")  # fmt: skip
            elif field.wanted and field.name in self._mapping.columns:
                for at in np.flatnonzero(column.missing & ~column.faulty):
                    findings.find(at, "missing_value", field.name,
                                  f"{field.title.en} is not known.", only_warns=True)  # fmt: skip
            allowed = self._layer.where.get(field.name)
            if allowed:
                wrong = ~column.missing & ~np.isin(column.values, np.array(allowed, dtype=object))
                for at in np.flatnonzero(wrong):
                    findings.find(
                        at, "bad_category", field.name,
                        f"{column.values[at]!r} does not belong in layer {self._layer.id}.",
                        value=column.values[at],
                        suggestion=f"Use one of {', '.join(allowed)}.",
                    )  # fmt: skip
        check_rules(self._layer, columns, self._context.today, findings)

    def _check_identity(
        self, columns: dict[str, Column], shapes: NDArray[np.object_] | None, findings: Findings
    ) -> NDArray[np.bool_]:
        """Which rows repeat an identity that was met before."""
        identity = self._layer.identity
        before = np.zeros(len(findings.numbers), dtype=np.int64)
        if not self._layer.restates:  # what may be said again is compared when all is read
            before = self._repeats(self._met, [columns[n] for n in identity], identity, findings)
        repeated = before > 0
        for name, met in self._unique.items():
            fresh = Column(columns[name].values, columns[name].missing | repeated,
                           columns[name].faulty)  # fmt: skip
            before += self._repeats(met, [fresh], (name,), findings)
        if shapes is not None and "source_code" in self._mapping.columns:
            self._told.compare(shapes, columns["source_code"].values, before, findings)
        return repeated

    def _repeats(
        self, met: Met, columns: list[Column], names: tuple[str, ...], findings: Findings
    ) -> NDArray[np.int64]:
        """Row in which each one was met before, 0 where it was not."""
        hashes, whole = hash_columns(columns)
        before = np.zeros(len(whole), dtype=np.int64)
        before[whole] = met.add(hashes[whole], findings.numbers[whole])
        for at in np.flatnonzero(before):
            row = before[at]
            shown = ", ".join(str(_plain(column.values[at])) for column in columns)
            findings.find(
                at, "duplicate_id", names[0],
                f"{shown} is in the file more than once, first in row {row}.",
                value=shown, suggestion="Keep one of the rows.",
                fix=Fix("drop"),
            )  # fmt: skip
        return before

    # Accepted, set aside, waiting

    def _sorted_out(
        self, part: Part, columns: dict[str, Column], shapes: NDArray[np.object_] | None,
        findings: Findings,
    ) -> Checked:  # fmt: skip
        faulty = [int(at) for at in np.flatnonzero(findings.set_aside)]
        found = findings.by_position(faulty)
        set_aside = [set_aside_row(part, at, found[at]) for at in faulty]
        rows = np.flatnonzero(~findings.set_aside)
        if self._parents.fields:
            rows = self._without_orphans(part, columns, shapes, findings)
        accepted = self._frame(columns, shapes, part.numbers, rows)
        repaired = int(findings.repaired[rows].sum())
        return Checked(accepted, set_aside, findings.issues, repaired)

    def _without_orphans(
        self, part: Part, columns: dict[str, Column], shapes: NDArray[np.object_] | None,
        findings: Findings,
    ) -> NDArray[np.int64]:  # fmt: skip
        """Positions of the rows that can be accepted now; the others wait."""
        candidates = ~findings.set_aside
        codes = columns["code"].values
        needs = self._parents.needs(columns, candidates)
        order = self._parents.in_order(codes, candidates, needs)
        placed = np.sort(order)
        self._parents.place(codes[placed], part.numbers[placed])
        late = sorted(set(needs) - set(order.tolist())) if needs else []
        found = findings.by_position(late)
        for at in late:
            frame = self._frame(columns, shapes, part.numbers, np.array([at]))
            self._parents.waiting.append(
                Waiting(codes[at], needs[at], frame, set_aside_row(part, at, found[at]),
                        bool(findings.repaired[at]))
            )  # fmt: skip
        return order

    def _settled(self) -> Checked:
        placed, orphans = self._parents.settled()
        self._parents.waiting = []
        set_aside, issues = [], []
        for row, name in orphans:
            issue = self._orphan(row, name)
            issues.append(issue)
            aside = row.otherwise
            set_aside.append(
                SetAside(aside.row, aside.original, aside.geometry, [*aside.issues, issue])
            )
        frames = [row.frame for row in placed]
        accepted = pd.concat(frames, ignore_index=True) if frames else self._nothing()
        return Checked(accepted, set_aside, issues, sum(row.repaired for row in placed))

    def _orphan(self, row: Waiting, name: str) -> Issue:
        field = next(f for f in self._fields if f.name == name)
        code = row.needs[name]
        held = np.empty(1, dtype=object)
        held[0] = code
        named = Column(held, np.zeros(1, dtype=bool), np.zeros(1, dtype=bool))
        in_file = bool(self._met.holds(hash_columns([named])[0])[0])
        if in_file:
            message = f"{field.title.en} {code!r} is in the file, but was set aside."
            suggestion = "Mend that row first."
        else:
            message = f"{field.title.en} {code!r} does not exist."
            suggestion = f"Import it into {field.refers_to} first."
        return Issue(row.otherwise.row, "unknown_parent", name, code, message, suggestion)

    # Frames

    def _frame(
        self, columns: dict[str, Column], shapes: NDArray[np.object_] | None,
        numbers: NDArray[np.int64], rows: NDArray[np.int64],
    ) -> pd.DataFrame:  # fmt: skip
        held: dict[str, Any] = {"row": numbers[rows]}
        for field in self._fields:
            held[field.name] = _stored(field, columns[field.name], rows)
        frame = pd.DataFrame(held, index=pd.RangeIndex(len(rows)))
        if shapes is None:
            return frame
        placed: pd.DataFrame = gpd.GeoDataFrame(
            frame, geometry=gpd.GeoSeries(shapes[rows], crs=RD, index=frame.index)
        )
        return placed

    def _nothing(self) -> pd.DataFrame:
        columns = {field.name: empty_column(field.type, 0) for field in self._fields}
        shapes = np.empty(0, dtype=object) if self._takes_place else None
        none = np.empty(0, dtype=np.int64)
        return self._frame(columns, shapes, none, none)

    def _together(self, outcomes: list[Checked], superseded: int) -> Checked:
        frames = [outcome.accepted for outcome in outcomes if len(outcome.accepted)]
        if len(frames) > 1:
            accepted = pd.concat(frames, ignore_index=True)
        else:
            accepted = frames[0] if frames else self._nothing()
        return Checked(
            accepted,
            [row for outcome in outcomes for row in outcome.set_aside],
            [issue for outcome in outcomes for issue in outcome.issues],
            sum(outcome.repaired for outcome in outcomes),
            superseded,
        )


def _stored(field: FieldDefinition, column: Column, rows: NDArray[np.int64]) -> Any:
    """Values in the dtype of the store's frames."""
    values, missing = column.values[rows], column.missing[rows]
    if field.type == "integer":
        whole = np.where(missing, 0, values).astype(np.int64)
        return whole if field.required else pd.arrays.IntegerArray(whole, missing)
    if field.type == "number":
        return values
    return pd.Series(values.astype(object), dtype=object)


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
