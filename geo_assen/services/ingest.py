"""Import a file into a layer: read, check, and write all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from geo_assen.catalogue import LayerDefinition
from geo_assen.errors import FileRefused, GeoAssenError, NotFound
from geo_assen.ingest import (
    PART_ROWS,
    Checker,
    Context,
    FileLayer,
    Mapping,
    OpenedFile,
    Part,
    Records,
    guess_mapping,
    load_mapping,
    open_file,
    sha256_of,
)
from geo_assen.ingest.connectors import open_home_work
from geo_assen.services.derived import refresh_derived
from geo_assen.services.files import is_of_store, plain_name
from geo_assen.services.recording import (
    DefaultSource,
    Incoming,
    LayerReport,
    Recorder,
    count_gone,
)
from geo_assen.services.session import Session, today
from geo_assen.store import bulk_writing, metadata, read_frame

__all__ = [
    "ImportOptions",
    "ImportReport",
    "LayerProposal",
    "Progress",
    "import_file",
    "import_in_turn",
    "import_layers",
    "municipality_codes",
    "propose_mapping",
    "refused_document",
]

Progress = Callable[[str, int, int | None], None]
"""Told the layer of the file, how many of its rows are done, and how many there are (None: not
known). It may raise: the import then stops and leaves the store as it was."""

_FLOWS = metadata.tables["commuter_flow"]
_SHOWN = 5
"""Rows of a file that a proposal shows."""


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """How a file is to be read.

    Attributes
    ----------
    mapping
        Which column is which field; None: from ``mapping_file``, or guessed.
    mappings
        The same for single layers of the file, by their name; goes before ``mapping``. One
        without columns leaves its layer out.
    mapping_file
        TOML file that says it.
    source
        Name of the source of rows that name none; None: the name of the file. It is
        recorded with certainty "stated" when it is new.
    crs
        Reference system such as ``EPSG:28992``; None: what the file says.
    constants
        Values that every row gets, by field; they take the place of a column.
    geometry_column, file_layer
        Which of several geometry columns, and which layer of the file; None: the outline,
        and all layers.
    """

    mapping: Mapping | None = None
    mappings: dict[str, Mapping] = field(default_factory=dict)
    mapping_file: Path | None = None
    source: str | None = None
    crs: str | None = None
    constants: dict[str, str] = field(default_factory=dict)
    geometry_column: str | None = None
    file_layer: str | None = None


@dataclass(frozen=True)
class ImportReport:
    """What happened to a file."""

    file: str
    sha256: str | None
    layers: list[LayerReport] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The report as ``--report`` writes it."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "layers": [layer.document() for layer in self.layers],
        }

    @property
    def set_aside(self) -> int:
        """Rows of all layers that were set aside."""
        return sum(layer.quarantined for layer in self.layers)

    def without_numbers(self) -> ImportReport:
        """The same of an import that was undone: it got no number that is kept."""
        for layer in self.layers:
            layer.batch_id = None
        return self


@dataclass(frozen=True)
class LayerProposal:
    """How one layer of a file would be read, for approval.

    Attributes
    ----------
    rows
        Number of records, or None where only reading tells.
    columns
        Columns of the file with some of their values, as text.
    """

    name: str
    rows: int | None
    columns: dict[str, list[str]]
    crs: str | None
    geometry_columns: tuple[str, ...]
    mapping: Mapping


def refused_document(path: Path, error: GeoAssenError) -> dict[str, Any]:
    """Report of a file that is refused as a whole, with the kind of fault where it has one."""
    try:
        sha256 = sha256_of(path)
    except (OSError, FileRefused):
        sha256 = None
    kind = getattr(error, "kind", None)
    layers = []
    if kind is not None:
        issue = {
            "row": None, "kind": kind, "field": "geometry", "value": None,
            "message": str(error), "suggestion": None,
        }  # fmt: skip
        layers = [{
            "name": path.stem, "rows_read": 0, "accepted": 0, "quarantined": 0, "repaired": 0,
            "unchanged": 0, "issues": {kind: 1}, "rows": [issue],
        }]  # fmt: skip
    return {
        "file": plain_name(path.name), "sha256": sha256, "layers": layers, "refused": str(error),
    }  # fmt: skip


def propose_mapping(
    session: Session, layer_id: str, path: Path, options: ImportOptions
) -> list[LayerProposal]:
    """Answer how each layer of a file would be read, before anything is.

    Raises
    ------
    NotFound, FileRefused
        As :func:`import_file`.
    """
    layer = _layer(session, layer_id)
    with _opened(session, layer, path, options) as opened:
        return [_proposal(session, layer, item, options) for item in opened.layers]


def import_file(
    session: Session,
    layer_id: str,
    path: Path,
    options: ImportOptions | None = None,
    *,
    dry_run: bool = False,
    strict: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring a file into a layer: all layers of the file, or nothing.

    Fields that the file has no column for keep the values that the store has.

    Parameters
    ----------
    dry_run
        Do all of it, the rules of the store included, and undo it.
    strict
        Undo it too where a row was set aside: every row lands, or none.

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
    options = options or ImportOptions()
    layer = _layer(session, layer_id)
    with _opened(session, layer, path, options) as opened:
        incoming = Incoming(
            layer, session.table_of(layer), plain_name(path.name), opened.sha256,
            DefaultSource.of(path, options.source),
        )  # fmt: skip
        mappings = _mappings(session, layer, path, opened.layers, options)
        with session.attempt() as attempt:
            report = _imported(
                session, attempt.connection, incoming, opened.layers, mappings, progress
            )
            opened.unchanged()
            _refresh(session, attempt.connection, incoming.table.name)
            if dry_run or (strict and report.set_aside):
                attempt.undo()
    return report.without_numbers() if attempt.is_undone else report


def import_layers(
    session: Session,
    incoming: Incoming,
    file_layers: list[FileLayer],
    mappings: list[Mapping],
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Bring records in that do not come from a file: a service, or a quarantine.

    Raises
    ------
    FileRefused, LedgerError, StoreError
        As :func:`import_file`.
    """
    with session.attempt() as attempt:
        connection = attempt.connection
        report = _imported(session, connection, incoming, file_layers, mappings, progress)
        _refresh(session, connection, incoming.table.name)
        if dry_run:
            attempt.undo()
    return report.without_numbers() if attempt.is_undone else report


def _refresh(session: Session, connection: sa.Connection, table: str) -> None:
    refresh_derived(
        connection, session.catalogue, {table}, today(), rule=session.vacancy_rule,
        municipality=session.settings.municipality_code,
    )  # fmt: skip


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
    options = ImportOptions()
    layer = _layer(session, layer_id)
    with _opened(session, layer, path, options) as opened:
        incoming = Incoming(
            layer, session.table_of(layer), plain_name(path.name), opened.sha256,
            DefaultSource.of(path, None),
        )  # fmt: skip
        mappings = _mappings(session, layer, path, opened.layers, options)
        return _imported(session, connection, incoming, opened.layers, mappings, None)


def _layer(session: Session, layer_id: str) -> LayerDefinition:
    layer = session.catalogue.layer(layer_id)
    if layer is None or not layer.stored_fields:
        known = ", ".join(item.id for item in session.catalogue if item.stored_fields)
        raise NotFound("layer to import into", layer_id, f"Known: {known}.")
    return layer


def _opened(
    session: Session, layer: LayerDefinition, path: Path, options: ImportOptions
) -> OpenedFile:
    if is_of_store(session.settings.store, path):
        # Closing it here would also drop the locks by which this process holds the store.
        raise FileRefused(
            path, "this is the store itself; make a copy of it with geo-assen copy and give that."
        )

    def opened(file: Path) -> OpenedFile:
        return open_file(
            file,
            crs=options.crs,
            geometry_column=options.geometry_column,
            layer=options.file_layer,
        )

    if layer.table == _FLOWS.name:
        return open_home_work(path, municipality_codes(session), opened)
    return opened(path)


def municipality_codes(session: Session) -> dict[str, str]:
    """Code of each municipality by its name, for files that have names only."""
    areas = session.table("area")
    named = areas[(areas["kind"] == "municipality") & areas["name"].notna()]
    return dict(zip(named["name"], named["code"], strict=True))


def _proposal(
    session: Session, layer: LayerDefinition, file_layer: FileLayer, options: ImportOptions
) -> LayerProposal:
    sample = _sample(file_layer)
    shown = sample.head(_SHOWN)
    columns = {
        column: ["" if pd.isna(value) else str(value) for value in shown[column]]
        if column in shown else []
        for column in file_layer.columns
    }  # fmt: skip
    return LayerProposal(
        name=file_layer.name,
        rows=file_layer.rows,
        columns=columns,
        crs=file_layer.crs,
        geometry_columns=file_layer.geometry_columns,
        mapping=_mapping(session, layer, file_layer, options, sample),
    )


def _sample(file_layer: FileLayer) -> pd.DataFrame:
    """First records of a layer of a file."""
    parts = file_layer.read()
    try:
        return next((part.values for part in parts), pd.DataFrame())
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()


def _mappings(
    session: Session,
    layer: LayerDefinition,
    path: Path,
    file_layers: list[FileLayer],
    options: ImportOptions,
) -> list[Mapping]:
    """Mapping of each layer of a file; one that has none of it gets an empty one.

    Raises
    ------
    FileRefused
        If not one column of the whole file is a field of the layer.
    """
    mappings: list[Mapping] = []
    refusals: list[FileRefused] = []
    for file_layer in file_layers:
        try:
            mappings.append(_mapping(session, layer, file_layer, options))
        except FileRefused as refusal:
            refusals.append(refusal)
            mappings.append(Mapping())
    if refusals and len(refusals) == len(file_layers):
        raise refusals[0]
    _refuse_strangers(path, layer, file_layers, mappings)
    return mappings


def _mapping(
    session: Session,
    layer: LayerDefinition,
    file_layer: FileLayer,
    options: ImportOptions,
    sample: pd.DataFrame | None = None,
) -> Mapping:
    if file_layer.name in options.mappings:
        return options.mappings[file_layer.name]
    if options.mapping is not None:
        mapping = options.mapping
    elif options.mapping_file is not None:
        mapping = load_mapping(
            options.mapping_file, layer, file_layer.columns, catalogue=session.catalogue
        )
    else:
        mapping = guess_mapping(
            layer,
            file_layer,
            _sample(file_layer) if sample is None else sample,
            catalogue=session.catalogue,
            ready=session.ready_mappings,
        )
    given = options.constants
    columns = {name: column for name, column in mapping.columns.items() if name not in given}
    return replace(mapping, columns=columns, constants={**mapping.constants, **given})


def _refuse_strangers(
    path: Path, layer: LayerDefinition, file_layers: list[FileLayer], mappings: list[Mapping]
) -> None:
    """Refuse a file of which no column at all is a field of the layer."""
    filled = [item for item in file_layers if item.rows != 0 and item.columns]
    if not filled or any(mapping.columns for mapping in mappings):
        return
    columns = list(dict.fromkeys(name for item in filled for name in item.columns))
    names = ", ".join(item.name for item in layer.stored_fields)
    raise FileRefused(
        path,
        f"none of its columns ({', '.join(columns[:40])}) is a field of {layer.id}; "
        f"fields are {names}. Give a mapping with --map.",
    )


def _imported(
    session: Session,
    connection: sa.Connection,
    incoming: Incoming,
    file_layers: list[FileLayer],
    mappings: list[Mapping],
    progress: Progress | None,
) -> ImportReport:
    report = ImportReport(incoming.file, incoming.sha256)
    recorders: list[Recorder] = []
    for file_layer, mapping in zip(file_layers, mappings, strict=True):
        if file_layer.columns and not mapping.columns and file_layer.rows != 0:
            skipped = "none of its columns is a field of the layer"
            report.layers.append(LayerReport(file_layer.name, mapping, skipped=skipped))
            continue
        context = _context(session, connection, incoming, mapping)
        checker = Checker(incoming.layer, file_layer, mapping, context)
        recorders.append(
            Recorder(connection, incoming, file_layer, mapping, rows_come_late=checker.holds_back)
        )
        _pass_through(connection, file_layer, checker, recorders[-1], progress)
        report.layers.append(recorders[-1].report)
    if recorders:
        count_gone(connection, recorders)
    for recorder in recorders:
        recorder.close()
    return report


def _pass_through(
    connection: sa.Connection,
    file_layer: FileLayer,
    checker: Checker,
    recorder: Recorder,
    progress: Progress | None,
) -> None:
    """Read, check and write one layer of a file, part after part."""
    rows, parts = _counted(file_layer)
    done = 0
    with bulk_writing(connection, recorder.incoming.table, rows):
        for part in parts:
            recorder.take(checker.check(part), part)
            done += len(part)
            if progress is not None:
                progress(file_layer.name, done, rows)
        recorder.take(checker.finish())
        recorder.settle()
    recorder.end()


def _counted(file_layer: FileLayer) -> tuple[int | None, Iterator[Part]]:
    """How many rows will come, where that can be known, and the parts they come in."""
    parts = file_layer.read()
    if file_layer.rows is not None:
        return file_layer.rows, parts
    first = next(parts, None)
    if first is None:
        return 0, iter(())
    whole = len(first) if len(first) < PART_ROWS else None
    return whole, chain([first], parts)


def _context(
    session: Session, connection: sa.Connection, incoming: Incoming, mapping: Mapping
) -> Context:
    areas = metadata.tables["area"]
    wanted = [areas.c.code, areas.c.kind, areas.c.name, areas.c.geom.label("geometry")]
    known_areas: gpd.GeoDataFrame = read_frame(
        connection,
        sa.select(*wanted).where(areas.c.geom.is_not(None)).order_by(areas.c.year, areas.c.id),
    )
    own = known_areas["code"] == session.settings.municipality_code
    municipality = known_areas[own & (known_areas["kind"] == "municipality")]
    return Context(
        catalogue=session.catalogue,
        known_codes=_known_codes(session, connection, incoming, mapping),
        default_source=incoming.source.code,
        today=today(),
        municipality=municipality.geometry.iloc[-1] if len(municipality) else None,
        areas=known_areas,
        parks=_parks(connection, incoming.layer),
        records=_records(session, connection, incoming.layer, known_areas, municipality),
    )


def _known_codes(
    session: Session, connection: sa.Connection, incoming: Incoming, mapping: Mapping
) -> dict[str, frozenset[str]]:
    """Codes of the layers that a told field refers to."""
    known: dict[str, frozenset[str]] = {}
    told = {*mapping.columns, *mapping.constants}
    for item in incoming.layer.stored_fields:
        target = session.catalogue.layer(item.refers_to) if item.refers_to else None
        if target is None or target.id in known or not (item.name in told or item.required):
            continue
        codes = sa.select(session.table_of(target).c.code)
        known[target.id] = frozenset(connection.execute(codes).scalars())
    known["sources"] = known.get("sources", frozenset()) | {incoming.source.code}
    return known


def _records(
    session: Session,
    connection: sa.Connection,
    layer: LayerDefinition,
    areas: gpd.GeoDataFrame,
    municipality: gpd.GeoDataFrame,
) -> dict[str, Records]:
    """Records that rows of a layer may name otherwise than by their code."""
    reference = layer.named(layer.finder.of) if layer.finder else None
    there = session.catalogue.layer(reference.refers_to or "") if reference else None
    if there is None:
        return {}
    columns = [
        column.label("geometry") if column.name == "geom" else column
        for column in session.table_of(there).c if column.name != "id"
    ]  # fmt: skip
    found = read_frame(connection, sa.select(*columns))
    inside = areas.iloc[:0]
    if len(municipality):
        outline = municipality.geometry.iloc[-1]
        inside = areas[areas.geometry.representative_point().within(outline)]
    return {there.id: Records(found, Records.town_names(inside["name"]))}


def _parks(connection: sa.Connection, layer: LayerDefinition) -> gpd.GeoDataFrame | None:
    """Outlines in which a record finds its park, where the layer has one to find."""
    if not any(item.refers_to == "business_parks" for item in layer.stored_fields):
        return None
    park = metadata.tables["business_park"]
    found: gpd.GeoDataFrame = read_frame(
        connection, sa.select(park.c.code, park.c.name, park.c.geom.label("geometry"))
    )
    return found
