"""Import a file into a layer: read, check, and write all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from geo_assen.catalogue import LayerDefinition
from geo_assen.errors import FileRefused, NotFound
from geo_assen.ingest import (
    Context,
    FileContent,
    Issue,
    check_rows,
    guess_mapping,
    load_mapping,
    read_file,
    sha256_of,
)
from geo_assen.services.derived import refresh_derived
from geo_assen.services.recording import DefaultSource, Incoming, Judged, record
from geo_assen.services.session import Session, today
from geo_assen.store import metadata, read_frame

__all__ = ["ImportReport", "LayerReport", "import_file", "import_in_turn"]


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
    """Bring a file into a layer: all layers of the file, or nothing.

    Fields that the file has no column for keep the values that the store has.

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
        Do all of it, the rules of the store included, and undo it.

    Raises
    ------
    NotFound
        If the layer does not exist.
    FileRefused
        If the file or the mapping cannot be used as a whole; nothing is written.
    LedgerError, StoreError
        If land events contradict each other, or a rule of the store refuses a row; nothing
        is written.
    """
    incoming = _incoming(session, layer_id, path, source, crs)
    with session.read() as connection:
        judged = _judged(session, connection, incoming, mapping_file)
    with session.rehearsal() if dry_run else session.write() as connection:
        report = _written(connection, incoming, judged)
        refresh_derived(connection, session.catalogue, {incoming.table.name}, today())
    return report


def import_in_turn(
    session: Session, connection: sa.Connection, layer_id: str, path: Path
) -> ImportReport:
    """Bring one of several files in, on the connection that writes all of them.

    Each file sees the ones before it. The derived layers are left to the caller, once for
    all files.

    Raises
    ------
    NotFound, FileRefused, StoreError
        As :func:`import_file`.
    """
    incoming = _incoming(session, layer_id, path, None, None)
    return _written(connection, incoming, _judged(session, connection, incoming, None))


def _incoming(
    session: Session, layer_id: str, path: Path, source: str | None, crs: str | None
) -> Incoming:
    layer = session.catalogue.layer(layer_id)
    if layer is None or not layer.stored_fields:
        known = ", ".join(item.id for item in session.catalogue if item.stored_fields)
        raise NotFound("layer to import into", layer_id, f"Known: {known}.")
    contents = read_file(path, crs)
    return Incoming(
        layer,
        session.table_of(layer),
        path.name,
        sha256_of(path),
        contents,
        DefaultSource.of(path, source),
    )


def _judged(
    session: Session, connection: sa.Connection, incoming: Incoming, mapping_file: Path | None
) -> list[Judged]:
    layer = incoming.layer
    context = _context(session, connection, layer, incoming.source.code)
    judged = []
    for content in incoming.contents:
        columns = list(dict.fromkeys(name for row in content.rows for name in row.values))
        mapping = _mapping(layer, columns, mapping_file, content)
        judged.append(Judged(content, mapping, check_rows(content, layer, mapping, context)))
    return judged


def _written(connection: sa.Connection, incoming: Incoming, judged: list[Judged]) -> ImportReport:
    report = ImportReport(incoming.file, incoming.sha256)
    for part in judged:
        checked, unchanged = record(connection, incoming, part)
        report.layers.append(
            LayerReport(
                name=part.content.name,
                accepted=len(checked.accepted) - unchanged,
                quarantined=len(checked.quarantined),
                unchanged=unchanged,
                repaired=checked.repaired,
                issue_counts=checked.counts(),
                issues=checked.issues,
                mapping=dict(part.mapping),
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


def _context(
    session: Session, connection: sa.Connection, layer: LayerDefinition, source_code: str
) -> Context:
    known: dict[str, frozenset[str]] = {}
    for item in layer.stored_fields:
        target = session.catalogue.layer(item.refers_to) if item.refers_to else None
        if target is not None and target.id not in known:
            codes = sa.select(session.table_of(target).c.code)
            known[target.id] = frozenset(connection.execute(codes).scalars())
    known["sources"] = known.get("sources", frozenset()) | {source_code}
    areas = metadata.tables["area"]
    drawn = (areas.c.kind == "municipality") & areas.c.geom.is_not(None)
    outlines = read_frame(connection, sa.select(areas.c.geom.label("geometry")).where(drawn))
    return Context(
        catalogue=session.catalogue,
        known_codes=known,
        default_source=source_code,
        today=today(),
        municipality=outlines.geometry.union_all() if len(outlines) else None,
    )
