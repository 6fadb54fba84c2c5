"""Write the rows of an import that passed, and keep the ones that were set aside."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from geo_assen.catalogue import LayerDefinition
from geo_assen.ingest import Checked, FileContent, Issue, Row
from geo_assen.services.session import today
from geo_assen.store import insert_frame, metadata, read_frame, upsert_frame
from geo_assen.store.tables import APPEND_ONLY

__all__ = ["DefaultSource", "Incoming", "Judged", "record"]

_RECORDED = "recorded_on"
_DEFAULTED = frozenset({"source_code", _RECORDED})
"""Fields that an import fills in where the file says nothing."""

Values = Mapping[Hashable, Any]


@dataclass(frozen=True)
class DefaultSource:
    """Source of the rows that name none."""

    code: str
    name: str

    @classmethod
    def of(cls, path: Path, name: str | None) -> DefaultSource:
        """Source of that name; without one the file is the source."""
        slug = re.sub(r"[^a-z0-9]+", "-", (name or path.stem).lower()).strip("-")[:80]
        return cls(slug or "import", name or path.name)


@dataclass(frozen=True)
class Incoming:
    """A file that was read, and where it is to go."""

    layer: LayerDefinition
    table: sa.Table
    file: str
    sha256: str
    contents: list[FileContent]
    source: DefaultSource


@dataclass(frozen=True)
class Judged:
    """One layer of a file, with how its columns were read and what its rows are worth."""

    content: FileContent
    mapping: Mapping[str, str]
    checked: Checked


def record(connection: sa.Connection, incoming: Incoming, judged: Judged) -> tuple[Checked, int]:
    """Write one layer of a file.

    Returns
    -------
    The rows as they were judged, with those set aside that contradict a recorded fact; and
    how many of the accepted ones the store held already as they are.
    """
    checked, fresh = judged.checked, None
    if incoming.table.name in APPEND_ONLY:
        checked, fresh = _without_recorded(connection, incoming, judged)
    frame = _told(incoming.layer, judged.mapping, checked.accepted)
    _ensure_source(connection, frame, incoming.source)
    if fresh is None:
        keys = list(incoming.layer.identity)
        unchanged = upsert_frame(connection, incoming.table, frame, keys).unchanged
    else:
        unchanged = len(frame) - insert_frame(connection, incoming.table, frame.loc[fresh])
    _record_batch(connection, incoming, checked, unchanged)
    return checked, unchanged


def _told(
    layer: LayerDefinition, mapping: Mapping[str, str], accepted: pd.DataFrame
) -> pd.DataFrame:
    """Columns that the file says something of; what it is silent about stays as it is."""
    told = {*mapping.values(), *layer.identity, *_DEFAULTED}
    if "geometry" in accepted and accepted["geometry"].notna().any():
        told.add("geometry")
    return accepted[[name for name in accepted.columns if name in told]]


def _without_recorded(
    connection: sa.Connection, incoming: Incoming, judged: Judged
) -> tuple[Checked, list[Hashable]]:
    """Leave out what is recorded already, and set aside what would change a recorded fact.

    Where the file does not say when a fact was recorded, the day is that of the import and
    tells nothing: the fact is compared without it.

    Returns
    -------
    The judgement, and the labels of the accepted rows that are new.
    """
    checked = judged.checked
    frame = _told(incoming.layer, judged.mapping, checked.accepted)
    names = list(frame.columns)
    stored = _rows(read_frame(connection, sa.select(*(incoming.table.c[n] for n in names))))
    known = {_identity(incoming.layer, row): row for row in stored}
    facts = {_fact(row) for row in stored}
    dated = _dated(judged)
    fresh: list[Hashable] = []
    contradicting: list[Hashable] = []
    numbers = checked.accepted["row"].tolist()
    for label, number, row in zip(frame.index, numbers, _rows(frame), strict=True):
        recorded = known.get(_identity(incoming.layer, row))
        if number not in dated and _fact(row) in facts:
            continue
        if recorded is None:
            fresh.append(label)
        elif recorded != row:
            contradicting.append(label)
    return _set_aside(incoming.layer, judged, contradicting), fresh


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


def _dated(judged: Judged) -> set[int]:
    """Numbers of the rows that say themselves when they were recorded."""
    column = next((c for c, name in judged.mapping.items() if name == _RECORDED), None)
    if column is None:
        return set()
    rows = judged.content.rows
    return {row.number for row in rows if str(row.values.get(column) or "").strip()}


def _set_aside(layer: LayerDefinition, judged: Judged, labels: list[Hashable]) -> Checked:
    checked = judged.checked
    if not labels:
        return checked
    originals = {row.number: row for row in judged.content.rows}
    found: list[tuple[Row, list[Issue]]] = []
    for row in checked.accepted.loc[labels].to_dict("records"):
        named = ", ".join(str(part) for part in _identity(layer, row))
        issue = Issue(
            int(row["row"]),
            "duplicate_id",
            layer.identity[0],
            named,
            f"{named} is recorded already with other values.",
            _HINTS.get("code" in layer.identity),
        )
        earlier = [item for item in checked.issues if item.row == issue.row]
        found.append((originals[issue.row], [*earlier, issue]))
    return Checked(
        checked.accepted.drop(index=labels),
        [*checked.quarantined, *found],
        [*checked.issues, *(issues[-1] for _, issues in found)],
        checked.repaired,
    )


_HINTS = {
    True: "Facts are not changed: give a new code and name the old one in 'corrects'.",
    False: "Facts are not changed: give the corrected one the day on which it was recorded.",
}


def _ensure_source(connection: sa.Connection, frame: pd.DataFrame, default: DefaultSource) -> None:
    if "source_code" not in frame or not frame["source_code"].eq(default.code).any():
        return
    sources = metadata.tables["source"]
    if connection.execute(sa.select(sources.c.id).where(sources.c.code == default.code)).first():
        return
    connection.execute(
        sa.insert(sources).values(
            code=default.code,
            name=default.name,
            licence="unknown",
            retrieved_on=today(),
            certainty="stated",
        )
    )


def _record_batch(
    connection: sa.Connection, incoming: Incoming, checked: Checked, unchanged: int
) -> None:
    batches = metadata.tables["import_batch"]
    batch_id = connection.execute(
        sa.insert(batches)
        .values(
            layer=incoming.layer.id,
            file=incoming.file,
            sha256=incoming.sha256,
            imported_at=datetime.now(UTC),
            accepted=len(checked.accepted) - unchanged,
            quarantined=len(checked.quarantined),
            unchanged=unchanged,
        )
        .returning(batches.c.id)
    ).scalar_one()
    rows = [
        {
            "import_batch_id": batch_id,
            "row": row.number,
            "original": {key: _json_value(value) for key, value in row.values.items()},
            "issues": [issue.document() for issue in issues],
        }
        for row, issues in checked.quarantined
    ]
    if rows:
        connection.execute(sa.insert(metadata.tables["quarantined_row"]), rows)


def _json_value(value: Any) -> Any:
    plain = value is None or isinstance(value, (str, int, float, bool, list, dict))
    return value if plain else str(value)
