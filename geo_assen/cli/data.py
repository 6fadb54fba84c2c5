"""Commands that bring data in or carry them over."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from geo_assen import services
from geo_assen.cli.application import app
from geo_assen.cli.terminal import (
    AsJson,
    StoreOption,
    address_of,
    as_json_text,
    err,
    opened,
    require_writable,
    settings_of,
    write_out,
)
from geo_assen.errors import FileRefused, GeoAssenError, ImportCancelled
from geo_assen.ingest import Issue
from geo_assen.services import ImportOptions, ImportReport, LayerReport

__all__ = ["report_text", "row_bar"]

_PRINTED = 20
"""Issues and names that the text of a report lists; the JSON has them all."""


@app.command("import")
def import_(
    layer: Annotated[str, typer.Argument(help="Layer to import into, such as plots.")],
    file: Annotated[Path, typer.Argument(help="File of any format that docs/import.md lists.")],
    mapping: Annotated[
        Path | None, typer.Option("--map", help="File that maps columns to fields.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Name of the source of the rows.")] = None,
    crs: Annotated[
        str | None, typer.Option(metavar="EPSG:n", help="Reference system of the file.")
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="Value that every row gets."),
    ] = None,
    geometry: Annotated[
        str | None, typer.Option(help="Which of several geometry columns is the place.")
    ] = None,
    only: Annotated[
        str | None, typer.Option("--only", help="Read only this layer or sheet of the file.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check, write nothing.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Land nothing, and exit with 1, if a row is set aside.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="File for the report as JSON.")] = None,
    save_map: Annotated[
        Path | None, typer.Option(help="File to keep the mapping in that was used.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    store: StoreOption = None,
) -> None:
    """Bring a file into a layer; faulty rows are set aside with their reason."""
    taken = (file, mapping)
    _require_place(report, store, taken)
    options = ImportOptions(
        mapping_file=mapping,
        source=source,
        crs=crs,
        constants=_constants(given or []),
        geometry_column=geometry,
        file_layer=only,
    )
    try:
        _require_place(save_map, store, (file, report))
        with _stoppable(file, store), opened(store) as found, row_bar() as progress:
            result = services.import_file(
                found, layer, file, options, dry_run=dry_run, strict=strict, progress=progress
            )
    except GeoAssenError as error:
        if report is not None:
            write_out(as_json_text(services.refused_document(file, error)), report)
        raise
    if report is not None:
        write_out(as_json_text(result.document()), report)
    if save_map is not None:
        kept = next((part for part in result.layers if part.skipped is None), None)
        write_out(kept.mapping.to_toml(layer) if kept else "", save_map)
    refused = strict and result.set_aside > 0
    text = as_json_text(result.document()) if as_json else report_text(result, dry_run or refused)
    write_out(text, None)
    if refused:
        err.print(
            f"geo-assen: {file}: rows set aside: {result.set_aside}; with --strict nothing of "
            "the file was written."
        )
        raise typer.Exit(1)


def _require_place(wanted: Path | None, store: str | None, taken: Sequence[Path | None]) -> None:
    """Refuse to write a file that cannot be written, or in the place of what is read."""
    if wanted is None:
        return
    if services.is_of_store(settings_of(store).store, wanted):
        raise FileRefused(wanted, "this is the store; name another file to write.")
    for other in taken:
        if other is not None and wanted.exists() and other.exists() and wanted.samefile(other):
            raise FileRefused(wanted, "this file is read or written already; name another one.")
    require_writable(wanted)


@contextmanager
def _stoppable(file: Path, store: str | None) -> Iterator[None]:
    """Make Ctrl+C, and the order to end, a cancelled import; whatever was unpacked goes."""
    begun = datetime.now(UTC)
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        with opened(store) as found:
            newest = services.imports(found, most=1)
        if newest and newest[0].imported_at >= begun and newest[0].file == file.name:
            raise FileRefused(
                file,
                "it had landed already when it was stopped; "
                f"take it back with geo-assen undo {newest[0].id}.",
            ) from None
        raise ImportCancelled from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _constants(given: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    for name, sign, _ in pairs:
        if not (name.strip() and sign):
            raise typer.BadParameter(f"{name!r}: write it like --set kind=municipality")
    return {name.strip(): value.strip() for name, _, value in pairs}


@app.command()
def undo(
    number: Annotated[int, typer.Argument(help="Number of the import, as its report gives it.")],
    store: StoreOption = None,
) -> None:
    """Take an import back: what it brought goes, what it changed is set back."""
    with opened(store) as found:
        undone = services.undo_import(found, number)
    err.print(
        f"Import {number} is undone: {undone.deleted} rows deleted, {undone.restored} set back."
    )


@app.command()
def resend(
    number: Annotated[int, typer.Argument(help="Number of the import.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check, write nothing.")] = False,
    as_json: AsJson = False,
    store: StoreOption = None,
) -> None:
    """Send the mended rows of an import again; those that pass land."""
    with opened(store) as found, row_bar() as progress:
        result = services.resend(found, number, dry_run=dry_run, progress=progress)
    write_out(as_json_text(result.document()) if as_json else report_text(result, dry_run), None)


@app.command()
def copy(
    origin: Annotated[str, typer.Option("--from", help="Address of the store to copy.")],
    target: Annotated[str, typer.Option("--to", help="Address of the new or empty store.")],
    as_json: AsJson = False,
) -> None:
    """Copy a whole store to another database, counted and compared."""
    with row_bar() as progress:
        report = services.copy_store(
            address_of(origin), address_of(target), settings_of(None), progress
        )
    if report.left_out:
        err.print(f"Not copied, of other programs: {', '.join(report.left_out)}.")
    if report.rasters_left_out:
        err.print(
            f"Not copied, rasters: {', '.join(report.rasters_left_out)}; put them in the folder "
            "of rasters of the new store, or have them computed: geo-assen reach --all."
        )
    if as_json:
        write_out(as_json_text(report.document()), None)
        return
    for table in report.tables:
        write_out(f"{table.table}\t{table.rows} rows, equal\n", None)
    for name in report.rasters:
        write_out(f"{name}\tcopied\n", None)


@app.command("imports")
def imports_(
    layer: Annotated[str | None, typer.Option(help="Only those into this layer.")] = None,
    as_json: AsJson = False,
    store: StoreOption = None,
) -> None:
    """List what was imported, the newest first."""
    with opened(store) as found:
        records = services.imports(found, layer_id=layer)
    if as_json:
        listed = [
            {
                "import": record.id, "layer": record.layer, "file": record.file,
                "imported_at": record.imported_at.isoformat(), "rows_read": record.rows_read,
                "accepted": record.accepted, "quarantined": record.quarantined,
                "unchanged": record.unchanged, "waiting": record.open_rows,
                "undone_at": record.undone_at.isoformat() if record.undone_at else None,
            }
            for record in records
        ]  # fmt: skip
        write_out(as_json_text(listed), None)
        return
    for record in records:
        state = "undone" if record.undone_at else f"{record.open_rows} waiting"
        write_out(
            f"{record.id}\t{record.imported_at:%Y-%m-%d %H:%M}\t{record.layer}\t{record.file}\t"
            f"{record.accepted} accepted, {record.unchanged} unchanged, {state}\n",
            None,
        )


@contextmanager
def row_bar() -> Iterator[Callable[[str, int, int | None], None]]:
    """Bar of the rows that are done, where a terminal is attached."""
    columns = (
        TextColumn("{task.description:<28}"), BarColumn(), TaskProgressColumn(),
        TextColumn("{task.completed:,} rows"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("reading", total=None)

        def step(layer: str, done: int, rows: int | None) -> None:
            bar.update(task, description=layer, completed=done, total=rows)

        yield step


def report_text(report: ImportReport, dry_run: bool) -> str:
    """Report of an import for a reader."""
    lines = ["Nothing was written: this was a dry run."] if dry_run else []
    for layer in report.layers:
        lines += _layer_lines(layer, dry_run)
    return "\n".join(lines) + "\n"


def _layer_lines(layer: LayerReport, dry_run: bool) -> list[str]:
    if layer.skipped is not None:
        return [f"{layer.name}: not read, {layer.skipped}"]
    lines = [
        f"{layer.name}: {layer.rows_read} rows read, {layer.accepted} accepted "
        f"({layer.repaired} repaired), {layer.quarantined} set aside, "
        f"{layer.unchanged} unchanged",
        f"  {layer.new} new, {layer.changed} changed, {layer.same} the same, {layer.gone} gone"
        + (f", {layer.superseded} earlier states" if layer.superseded else "")
        + ("" if dry_run or layer.batch_id is None else f" (import {layer.batch_id})"),
    ]
    if layer.gone:
        named = ", ".join(layer.gone_codes[:_PRINTED])
        more = ", ..." if layer.gone > _PRINTED else ""
        lines.append(f"  gone from the file, kept in the store: {named}{more}")
    pairs = ", ".join(f"{column} -> {name}" for column, name in layer.mapping.by_column().items())
    lines.append(f"  columns: {pairs or 'none'}")
    lines += [f"  {kind}: {count}" for kind, count in sorted(layer.issue_counts.items())]
    shown = _examples(layer)
    lines += [
        f"  row {issue.row}: {issue.kind}, {issue.field or 'row'}: {issue.message}"
        + (f" {issue.suggestion}" if issue.suggestion else "")
        for issue in shown
    ]
    left = sum(layer.issue_counts.values()) - len(shown)
    if left > 0:
        lines.append(f"  ... and {left} more; --report FILE has them")
    return lines


def _examples(layer: LayerReport) -> list[Issue]:
    """Some issues of every kind, so that the common ones do not hide the others."""
    seen: Counter[str] = Counter()
    most = max(3, _PRINTED // max(1, len(layer.issue_counts)))
    shown = []
    for issue in layer.issues:
        seen[issue.kind] += 1
        if seen[issue.kind] <= most:
            shown.append(issue)
    return shown
