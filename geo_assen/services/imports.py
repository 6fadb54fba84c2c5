"""What was imported: the list, the report of each, and taking one back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa

from geo_assen.catalogue import LayerDefinition
from geo_assen.errors import ImportNotUndone, NotFound
from geo_assen.ingest import Mapping
from geo_assen.services.derived import refresh_derived
from geo_assen.services.session import Session, today
from geo_assen.store import changed_since, metadata, referring_rows, take_back
from geo_assen.store.tables import FACTS

__all__ = ["ImportRecord", "Undone", "import_record", "imports", "undo_import"]

_BATCHES = metadata.tables["import_batch"]
_QUARANTINE = metadata.tables["quarantined_row"]


@dataclass(frozen=True)
class ImportRecord:
    """One layer of one file, as it was imported.

    Attributes
    ----------
    layer
        Id of the layer it went into; ``name`` is that of the layer in the file.
    new, changed
        The two parts of ``accepted``; None for imports of before they were told apart.
    open_rows
        Rows still in quarantine.
    report
        As :class:`~geo_assen.services.recording.LayerReport` writes it; None for imports of
        before reports were kept.
    decimal
        Decimal sign of its numbers that can be read in two ways.
    resent_from
        Import whose quarantine the rows came from.
    undone_at
        When it was taken back; None: it stands.
    """

    id: int
    layer: str
    file: str
    name: str
    sha256: str
    imported_at: datetime
    accepted: int
    quarantined: int
    unchanged: int
    open_rows: int
    source_code: str | None
    crs: str | None
    mapping: Mapping | None
    report: dict[str, Any] | None
    resent_from: int | None
    undone_at: datetime | None
    new: int | None = None
    changed: int | None = None
    decimal: Literal[".", ","] = "."

    @property
    def rows_read(self) -> int:
        """Number of records that the file had."""
        return self.accepted + self.quarantined + self.unchanged


@dataclass(frozen=True)
class Undone:
    """What taking an import back did."""

    deleted: int
    restored: int


def imports(
    session: Session, *, layer_id: str | None = None, most: int = 200
) -> list[ImportRecord]:
    """List the imports, the newest first, without their reports.

    Parameters
    ----------
    layer_id
        Only those into one layer; None: all.
    most
        Longest list.
    """
    statement = _selected(with_report=False).order_by(_BATCHES.c.id.desc()).limit(most)
    if layer_id is not None:
        statement = statement.where(_BATCHES.c.layer == layer_id)
    with session.read() as connection:
        return [_record(row) for row in connection.execute(statement)]


def import_record(session: Session, batch_id: int) -> ImportRecord:
    """One import with its report.

    Raises
    ------
    NotFound
    """
    with session.read() as connection:
        return _found(connection, batch_id)


def undo_import(session: Session, batch_id: int) -> Undone:
    """Take an import back: what it brought is deleted, what it changed is set back.

    Facts are never deleted: those of an undone import stay in the store and count no more.
    Rows of its quarantine that came in later, by an import of their own, stay; undoing such an
    import sets its rows waiting again.

    Raises
    ------
    NotFound
        If there is no such import.
    ImportNotUndone
        If it was undone already, or if what it brought was changed since, or is referred to
        by other records.
    """
    with session.write() as connection:
        record = _found(connection, batch_id)
        row = connection.execute(sa.select(_BATCHES).where(_BATCHES.c.id == batch_id)).one()
        layer = session.catalogue.layer(record.layer)
        if layer is None:
            raise ImportNotUndone(batch_id, f"its layer {record.layer!r} does not exist any more.")
        table = session.table_of(layer)
        _refuse_undo(connection, layer, table, row)
        _await_again(connection, batch_id)
        deleted, restored = row.inserted, 0
        if table.name not in FACTS:
            deleted, restored = take_back(connection, table, batch_id, row.first_id, row.last_id)
        now = datetime.now(UTC)
        connection.execute(
            sa.update(_BATCHES).where(_BATCHES.c.id == batch_id).values(undone_at=now)
        )
        refresh_derived(
            connection, session.catalogue, {table.name}, today(), rule=session.vacancy_rule,
            municipality=session.settings.municipality_code,
        )  # fmt: skip
    return Undone(deleted, restored)


def _await_again(connection: sa.Connection, batch_id: int) -> None:
    """Rows of a quarantine that landed with an import wait again: they are in the store no more."""
    connection.execute(
        sa.update(_QUARANTINE)
        .where(_QUARANTINE.c.landed_batch_id == batch_id)
        .values(outcome=None, landed_batch_id=None)
    )


def _refuse_undo(
    connection: sa.Connection, layer: LayerDefinition, table: sa.Table, batch: Any
) -> None:
    if batch.undone_at is not None:
        raise ImportNotUndone(batch.id, "it was undone already.")
    if batch.first_id is None:
        raise ImportNotUndone(batch.id, "it dates from before imports could be undone.")
    changes = metadata.tables["import_change"]
    brought = table.c.id.between(batch.first_id, batch.last_id)
    changed = sa.select(changes.c.row_id).where(changes.c.import_batch_id == batch.id)
    later = connection.execute(
        sa.select(changes.c.import_batch_id)
        .join(_BATCHES, _BATCHES.c.id == changes.c.import_batch_id)
        .where(_BATCHES.c.layer == layer.id, _BATCHES.c.undone_at.is_(None))
        .where(changes.c.import_batch_id > batch.id)
        .where(changes.c.row_id.in_(changed)
               | changes.c.row_id.between(batch.first_id, batch.last_id))
        .limit(1)
    ).scalar()  # fmt: skip
    if later is not None:
        raise ImportNotUndone(
            batch.id, f"import {later} changed the same records; undo that one first."
        )
    if "code" not in table.c:
        return
    codes = sa.select(table.c.code).where(brought | table.c.id.in_(changed))
    edited = changed_since(connection, table, codes, batch.history_mark)
    if edited:
        raise ImportNotUndone(
            batch.id, f"{', '.join(edited)} changed since; undoing would lose that."
        )
    referring = referring_rows(connection, table, brought)
    if referring:
        named = ", ".join(f"{number} of {name}" for name, number in referring.items())
        raise ImportNotUndone(batch.id, f"other records refer to what it brought ({named}).")


def _selected(*, with_report: bool) -> sa.Select[Any]:
    left_open = (
        sa.select(sa.func.count())
        .where(_QUARANTINE.c.import_batch_id == _BATCHES.c.id, _QUARANTINE.c.outcome.is_(None))
        .scalar_subquery()
        .label("open_rows")
    )
    columns = [c for c in _BATCHES.c if with_report or c.name != "report"]
    return sa.select(*columns, left_open)


def _found(connection: sa.Connection, batch_id: int) -> ImportRecord:
    statement = _selected(with_report=True).where(_BATCHES.c.id == batch_id)
    row = connection.execute(statement).first()
    if row is None:
        raise NotFound("import", str(batch_id))
    return _record(row)


def _record(row: Any) -> ImportRecord:
    return ImportRecord(
        id=row.id,
        layer=row.layer,
        file=row.file,
        name=row.name or row.file,
        sha256=row.sha256,
        imported_at=row.imported_at,
        accepted=row.accepted,
        quarantined=row.quarantined,
        unchanged=row.unchanged,
        open_rows=row.open_rows,
        source_code=row.source_code,
        crs=row.crs,
        mapping=Mapping.from_document(row.mapping) if row.mapping else None,
        report=getattr(row, "report", None),
        resent_from=row.resent_from,
        undone_at=row.undone_at,
        new=row.inserted,
        changed=row.updated,
        decimal="," if row.decimal_sign == "," else ".",
    )
