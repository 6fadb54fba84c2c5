"""Import a file into a layer: read, check, and write all of it or nothing."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from geo_assen.catalogue import LayerDefinition
from geo_assen.errors import FileRefused, NotFound
from geo_assen.ingest import (
    Checked,
    Context,
    FileContent,
    Issue,
    Row,
    check_rows,
    guess_mapping,
    load_mapping,
    read_file,
    sha256_of,
)
from geo_assen.services.derived import refresh_derived
from geo_assen.services.session import Session, today
from geo_assen.store import insert_frame, metadata, upsert_frame
from geo_assen.store.tables import APPEND_ONLY

__all__ = ["ImportReport", "LayerReport", "import_file"]


@dataclass(frozen=True)
class LayerReport:
    """What happened to one layer of a file; ``rows_read`` is the sum of its three parts."""

    name: str
    accepted: int
    quarantined: int
    unchanged: int
    repaired: int
    issue_counts: dict[str, int]
    issues: list[Issue]
    mapping: dict[str, str]

    @property
    def rows_read(self) -> int:
        """Number of records in the file."""
        return self.accepted + self.quarantined + self.unchanged

    def document(self) -> dict[str, Any]:
        """The layer as the report of an import writes it."""
        return {
            "name": self.name,
            "rows_read": self.rows_read,
            "accepted": self.accepted,
            "quarantined": self.quarantined,
            "repaired": self.repaired,
            "unchanged": self.unchanged,
            "issues": self.issue_counts,
            "mapping": self.mapping,
            "rows": [issue.document() for issue in self.issues],
        }


@dataclass(frozen=True)
class ImportReport:
    """What happened to a file."""

    file: str
    sha256: str
    layers: list[LayerReport] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The report as ``--report`` writes it."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "layers": [layer.document() for layer in self.layers],
        }


def import_file(
    session: Session,
    layer_id: str,
    path: Path,
    *,
    mapping_file: Path | None = None,
    source: str | None = None,
    crs: str | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Bring a file into a layer.

    Parameters
    ----------
    mapping_file
        Which column is which field; None: guessed from names.
    source
        Name of the source of rows that name none; None: the name of the file. It is
        recorded with certainty "stated" when it is new.
    crs
        Reference system such as ``EPSG:28992``; None: what the file says.
    dry_run
        Check everything, write nothing.

    Raises
    ------
    NotFound
        If the layer does not exist.
    FileRefused
        If the file or the mapping cannot be used as a whole; nothing is written.
    """
    layer = session.catalogue.layer(layer_id)
    if layer is None or not layer.stored_fields:
        known = ", ".join(item.id for item in session.catalogue if item.stored_fields)
        raise NotFound("layer to import into", layer_id, f"Known: {known}.")
    contents = read_file(path, crs)
    report = ImportReport(path.name, sha256_of(path))
    source_code = _slug(source or path.stem)
    context = _context(session, layer, source_code)
    for content in contents:
        columns = list(dict.fromkeys(name for row in content.rows for name in row.values))
        mapping = _mapping(layer, columns, mapping_file, content)
        checked = _without_taken_codes(session, layer, check_rows(content, layer, mapping, context))
        unchanged = _count_or_write(session, layer, checked, report, (source_code, source, dry_run))
        report.layers.append(
            LayerReport(
                name=content.name,
                accepted=len(checked.accepted) - unchanged,
                quarantined=len(checked.quarantined),
                unchanged=unchanged,
                repaired=checked.repaired,
                issue_counts=checked.counts(),
                issues=checked.issues,
                mapping=mapping,
            )
        )
    return report


def _mapping(
    layer: LayerDefinition, columns: list[str], mapping_file: Path | None, content: FileContent
) -> dict[str, str]:
    if mapping_file is not None:
        return load_mapping(mapping_file, layer, columns)
    mapping = guess_mapping(layer, columns)
    if content.rows and not mapping:
        names = ", ".join(field.name for field in layer.stored_fields)
        raise FileRefused(
            content.name,
            f"none of its columns ({', '.join(columns)}) is a field of {layer.id}; "
            f"fields are {names}. Give a mapping with --map.",
        )
    return mapping


def _context(session: Session, layer: LayerDefinition, source_code: str) -> Context:
    known: dict[str, frozenset[str]] = {}
    for item in layer.stored_fields:
        target = session.catalogue.layer(item.refers_to) if item.refers_to else None
        if target is not None:
            known[target.id] = frozenset(session.layer_table(target)["code"])
    known["sources"] = known.get("sources", frozenset()) | {source_code}
    areas = session.table("area")
    outlines = areas[(areas["kind"] == "municipality") & areas.geometry.notna()]
    return Context(
        catalogue=session.catalogue,
        known_codes=known,
        default_source=source_code,
        today=today(),
        municipality=outlines.geometry.union_all() if len(outlines) else None,
    )


def _without_taken_codes(session: Session, layer: LayerDefinition, checked: Checked) -> Checked:
    """Set aside rows that would change a recorded fact: a correction is a new row."""
    table = session.table_of(layer)
    if table.name not in APPEND_ONLY or "code" not in table.c or checked.accepted.empty:
        return checked
    stored = {row["code"]: row for row in session.layer_table(layer).to_dict("records")}
    quarantined, issues, differing = list(checked.quarantined), list(checked.issues), []
    for index, row in zip(checked.accepted.index, checked.accepted.to_dict("records"), strict=True):
        recorded = stored.get(row["code"])
        if recorded is None or _same(recorded, row):
            continue
        issue = Issue(
            int(row["row"]),
            "duplicate_id",
            "code",
            row["code"],
            f"{row['code']} is recorded already with other values.",
            "Facts are not changed: give a new code and name the old one in 'corrects'.",
        )
        differing.append(index)
        issues.append(issue)
        values = {str(name): str(value) for name, value in row.items() if not _missing(value)}
        quarantined.append((Row(issue.row, values, None), [issue]))
    return Checked(checked.accepted.drop(index=differing), quarantined, issues, checked.repaired)


def _same(recorded: Mapping[Hashable, Any], row: Mapping[Hashable, Any]) -> bool:
    return all(
        (_missing(recorded[name]) and _missing(row[name])) or recorded[name] == row[name]
        for name in recorded
        if name in row and name != "recorded_on"
    )


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or value != value  # noqa: PLR0124  NaN differs from itself


def _count_or_write(
    session: Session,
    layer: LayerDefinition,
    checked: Checked,
    report: ImportReport,
    how: tuple[str, str | None, bool],
) -> int:
    """Write what was accepted; tell how many rows were in the store already as they are."""
    source_code, source_name, dry_run = how
    table = session.table_of(layer)
    frame = checked.accepted.drop(columns="row")
    fresh = _unrecorded(session, layer, frame)
    if dry_run:
        return len(frame) - len(fresh)
    with session.write() as connection:
        uses_default = "source_code" in frame and frame["source_code"].eq(source_code).any()
        if uses_default:
            _ensure_source(connection, source_code, source_name or report.file)
        if table.name in APPEND_ONLY:
            insert_frame(connection, table, fresh)
            unchanged = len(frame) - len(fresh)
        else:
            unchanged = upsert_frame(connection, table, frame, list(layer.identity)).unchanged
        _record(connection, layer, report, checked, unchanged)
        refresh_derived(connection, session.catalogue, {table.name}, today())
    return unchanged


def _unrecorded(session: Session, layer: LayerDefinition, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows that the store does not hold with exactly these values."""
    stored = session.layer_table(layer)
    names = [name for name in frame.columns if name != "geometry"]
    there = {_fingerprint(row) for row in stored[names].itertuples(index=False, name=None)}
    fresh = [
        _fingerprint(row) not in there for row in frame[names].itertuples(index=False, name=None)
    ]
    return frame[fresh]


def _fingerprint(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(None if _missing(value) else value for value in row)


def _ensure_source(connection: sa.Connection, code: str, name: str) -> None:
    sources = metadata.tables["source"]
    if connection.execute(sa.select(sources.c.id).where(sources.c.code == code)).first():
        return
    connection.execute(
        sa.insert(sources).values(
            code=code, name=name, licence="unknown", retrieved_on=today(), certainty="stated"
        )
    )


def _record(
    connection: sa.Connection,
    layer: LayerDefinition,
    report: ImportReport,
    checked: Checked,
    unchanged: int,
) -> None:
    batches = metadata.tables["import_batch"]
    batch_id = connection.execute(
        sa.insert(batches)
        .values(
            layer=layer.id,
            file=report.file,
            sha256=report.sha256,
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


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:80] or "import"
