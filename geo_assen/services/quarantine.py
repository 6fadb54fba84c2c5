"""Rows that an import set aside: shown as they were, mended, and sent again.

The original of a row is never changed: what is mended stands beside it. A row that lands, or
is left out for good, stays on record with what became of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry

from geo_assen.crs import RD, from_rd, lonlat_to_rd, to_rd
from geo_assen.errors import FileRefused, NotFound
from geo_assen.ingest import CRS84, FileLayer, Mapping, Part
from geo_assen.services.imports import ImportRecord, import_record
from geo_assen.services.ingest import ImportReport, Progress, import_layers
from geo_assen.services.quarantine_overview import can_be_sent, identity_columns
from geo_assen.services.recording import DefaultSource, Incoming
from geo_assen.services.session import Session
from geo_assen.services.whereabouts import lonlat_of
from geo_assen.store import metadata

__all__ = [
    "MendRule",
    "QuarantinedRow",
    "mend_by_rule",
    "mend_row",
    "quarantined_rows",
    "resend",
]

_ROWS = metadata.tables["quarantined_row"]

Action = Literal["suggestion", "replace", "swap", "crs", "drop", "restore"]


@dataclass(frozen=True)
class QuarantinedRow:
    """One row that was set aside.

    Attributes
    ----------
    original
        Values as the file has them, by column.
    mended
        Values that were given instead, by column.
    issues
        As :meth:`geo_assen.ingest.Issue.document` writes them.
    place
        Longitude and latitude where the row lies now, where that can be said.
    outcome
        ``landed``, ``dropped``, or None while it waits.
    """

    id: int
    row: int
    original: dict[str, Any]
    mended: dict[str, Any]
    issues: list[dict[str, Any]]
    place: tuple[float, float] | None
    place_mended: bool
    outcome: str | None
    landed_batch_id: int | None


@dataclass(frozen=True, kw_only=True)
class MendRule:
    """One remedy for all waiting rows of an import that have the same fault.

    Attributes
    ----------
    kind, field
        Which fault; ``field`` None: whatever the field.
    value
        Only rows whose faulty value is this one; None: all.
    action
        ``suggestion``: what each issue suggests; ``replace``: give the field ``new_value``;
        ``swap``: exchange the axes of the place; ``crs``: read the place in ``new_value``;
        ``drop``: leave the rows out for good; ``restore``: take back what was mended.
    """

    kind: str
    action: Action
    field: str | None = None
    value: str | None = None
    new_value: str | None = None


def quarantined_rows(
    session: Session,
    batch_id: int,
    *,
    waiting: bool = True,
    ids: Sequence[int] | None = None,
    start: int = 0,
    most: int | None = None,
) -> list[QuarantinedRow]:
    """Rows that an import set aside, in the order of the file.

    Parameters
    ----------
    waiting
        Only those that have not landed and were not dropped.
    ids
        Only these rows; None: all.
    start, most
        Part of the list: from which, and how many; ``most`` None: to the end.

    Raises
    ------
    NotFound
        If there is no such import.
    """
    record = import_record(session, batch_id)
    statement = _selected(batch_id, waiting=waiting).offset(start).limit(most)
    if ids is not None:
        statement = statement.where(_ROWS.c.id.in_(ids))
    with session.read() as connection:
        return [_row(record, found) for found in connection.execute(statement)]


def mend_row(
    session: Session,
    row_id: int,
    values: Table[str, str],
    *,
    place: tuple[float, float] | None = None,
    drop: bool = False,
) -> None:
    """Give a row other values, another place, or leave it out for good.

    Parameters
    ----------
    values
        New text by column of the file, or by field where the file has no column for it; a
        column with its original text is left as it was.
    place
        Longitude and latitude of a point, where the row had none or a wrong one.

    Raises
    ------
    NotFound
        If there is no such row waiting.
    """
    with session.write() as connection:
        found = connection.execute(
            sa.select(_ROWS).where(_ROWS.c.id == row_id, _ROWS.c.outcome.is_(None))
        ).first()
        if found is None:
            raise NotFound("row in quarantine", str(row_id))
        record = import_record(session, found.import_batch_id)
        original = found.original
        mended = {
            name: text for name, text in values.items() if text != _as_text(original.get(name))
        }
        change: dict[str, Any] = {"mended": mended, "outcome": "dropped" if drop else None}
        if place is not None:
            x, y = lonlat_to_rd(np.array([place[0]]), np.array([place[1]]))
            change["mended_shape"] = _stored_shape(shapely.Point(x[0], y[0]), RD, record)
        connection.execute(sa.update(_ROWS).where(_ROWS.c.id == row_id).values(change))


def mend_by_rule(session: Session, batch_id: int, rule: MendRule) -> int:
    """Mend every waiting row of an import that has a fault, and tell how many were.

    Raises
    ------
    NotFound
        If there is no such import.
    UnknownCrsError
        If the rule names a reference system that does not exist.
    """
    record = import_record(session, batch_id)
    columns = record.mapping.columns if record.mapping else {}
    if rule.action == "crs":
        to_rd(shapely.Point(0, 0), rule.new_value or "")  # refuses what does not exist
    with session.write() as connection:
        rows = connection.execute(_selected(batch_id, waiting=True)).all()
        changes = []
        for row in rows:
            change = _remedy(record, columns, row, rule)
            if change is not None:
                changes.append({"row_id": row.id, **change})
        for change in changes:
            row_id = change.pop("row_id")
            connection.execute(sa.update(_ROWS).where(_ROWS.c.id == row_id).values(change))
    return len(changes)


def resend(
    session: Session, batch_id: int, *, dry_run: bool = False, progress: Progress | None = None
) -> ImportReport:
    """Send the waiting rows of an import again, as mended; those that pass land.

    Sent are the rows that were mended, and those that only lacked something to refer to. A
    row that fails again waits on with its new issues.

    Raises
    ------
    NotFound
        If there is no such import, or no row of it can be sent.
    FileRefused, LedgerError, StoreError
        As :func:`geo_assen.services.ingest.import_file`.
    """
    record = import_record(session, batch_id)
    layer = session.catalogue.layer(record.layer)
    if layer is None or record.mapping is None:
        raise FileRefused(record.file, "what it was read with is not on record; import it again.")
    with session.read() as connection:
        waiting = connection.execute(_selected(batch_id, waiting=True)).all()
    own = identity_columns(session, record)
    rows = [
        row for row in waiting
        if can_be_sent(row, own, has_new_place=row.mended_shape is not None)
    ]  # fmt: skip
    if not rows:
        raise NotFound("mended row of import", str(batch_id), "Mend a row, then send again.")
    file_layer = _as_file_layer(record, rows)
    source = DefaultSource(record.source_code or "import", record.source_code or record.file)
    incoming = Incoming(
        layer, session.table_of(layer), record.file, record.sha256, source, resent_from=batch_id
    )
    return import_layers(
        session, incoming, [file_layer], [_with_given(record.mapping, rows)],
        dry_run=dry_run, progress=progress,
    )


def _selected(batch_id: int, *, waiting: bool) -> sa.Select[Any]:
    statement = sa.select(_ROWS).where(_ROWS.c.import_batch_id == batch_id)
    if waiting:
        statement = statement.where(_ROWS.c.outcome.is_(None))
    return statement.order_by(_ROWS.c.row, _ROWS.c.id)


def _row(record: ImportRecord, found: Any) -> QuarantinedRow:
    shape = found.mended_shape or found.shape
    return QuarantinedRow(
        id=found.id,
        row=found.row,
        original=found.original,
        mended=found.mended or {},
        issues=found.issues,
        place=None if shape is None else lonlat_of(shapely.from_wkb(shape), record.crs),
        place_mended=found.mended_shape is not None,
        outcome=found.outcome,
        landed_batch_id=found.landed_batch_id,
    )


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)


def _remedy(
    record: ImportRecord, columns: Table[str, str], row: Any, rule: MendRule
) -> dict[str, Any] | None:
    """What changes in a waiting row by a rule; None where the rule does not concern it."""
    issues = [
        issue for issue in row.issues
        if issue["kind"] == rule.kind
        and rule.field in (None, issue["field"])
        and rule.value in (None, _as_text(issue["value"]))
    ]  # fmt: skip
    if not issues:
        return None
    if rule.action == "restore":
        return {"mended": None, "mended_shape": None}
    change: dict[str, Any] = {}
    for issue in issues:
        step = _carried_out(record, columns, row, _fix_of(issue, rule), issue["field"]) or {}
        if "mended" in step:  # a row may have the same fault in two fields
            step = {"mended": {**change.get("mended", row.mended or {}), **step["mended"]}}
        change |= step
    return change or None


def _fix_of(issue: dict[str, Any], rule: MendRule) -> dict[str, Any] | None:
    if rule.action == "suggestion":
        fix: dict[str, Any] | None = issue.get("fix")
        return fix
    action = "set" if rule.action == "replace" else rule.action
    return {"action": action, "value": rule.new_value}


def _carried_out(
    record: ImportRecord,
    columns: Table[str, str],
    row: Any,
    fix: dict[str, Any] | None,
    field: str | None,
) -> dict[str, Any] | None:
    if fix is None:
        return None
    if fix["action"] == "drop":
        return {"outcome": "dropped"}
    if fix["action"] == "set":
        column = columns.get(field or "", field)
        return None if column is None else {"mended": {column: fix["value"]}}
    shape = None if row.shape is None else shapely.from_wkb(row.shape)
    return None if shape is None else {"mended_shape": _replaced(shape, fix, record)}


def _replaced(shape: BaseGeometry, fix: dict[str, Any], record: ImportRecord) -> bytes:
    """Place of a row as a remedy puts it right, in the reference system of the import."""
    if fix["action"] == "crs":
        return _stored_shape(shape, str(fix["value"]), record)
    if not fix["value"]:
        return bytes(shapely.to_wkb(_swapped(shape)))
    # The axes were exchanged in another system than the one the file has now.
    system = str(fix["value"])
    turned = _swapped(from_rd(to_rd(shape, record.crs or CRS84), system).item())
    return _stored_shape(turned, system, record)


def _swapped(shape: BaseGeometry) -> BaseGeometry:
    turned: BaseGeometry = shapely.transform(shapely.force_2d(shape), lambda xy: xy[:, ::-1])
    return turned


def _stored_shape(shape: BaseGeometry, crs: str, record: ImportRecord) -> bytes:
    """Shape in the reference system of the import, as its other rows are."""
    placed = from_rd(to_rd(shapely.force_2d(shape), crs), record.crs or RD).item()
    return bytes(shapely.to_wkb(placed))


def _with_given(mapping: Mapping, rows: Sequence[Any]) -> Mapping:
    """The mapping with fields that were filled in by hand and have no column in the file."""
    given = {name: name for row in rows for name in row.mended or {} if name not in row.original}
    return replace(mapping, columns={**mapping.columns, **given}) if given else mapping


def _as_file_layer(record: ImportRecord, rows: Sequence[Any]) -> FileLayer:
    """Waiting rows as a layer of a file, so that they pass the very same checks."""
    mended = [{**row.original, **(row.mended or {})} for row in rows]
    columns = list(dict.fromkeys(name for values in mended for name in values))
    values = pd.DataFrame(
        {name: pd.Series([row.get(name) for row in mended], dtype=object) for name in columns}
    )
    shapes = np.array([row.mended_shape or row.shape for row in rows], dtype=object)
    part = Part(
        numbers=np.array([row.row for row in rows], dtype=np.int64),
        values=values,
        geometry=np.asarray(shapely.from_wkb(shapes), dtype=object),
    )

    def read() -> Iterator[Part]:
        yield part

    return FileLayer(
        name=record.name,
        columns=tuple(columns),
        read=read,
        crs=record.crs or RD,
        rows=len(rows),
        geometry_columns=("place",),
        decimal=record.decimal,
    )
