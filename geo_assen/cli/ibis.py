"""Commands for the yearly balance of work locations in the shape of IBIS."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from geo_assen import services
from geo_assen.cli.application import app
from geo_assen.cli.terminal import (
    AsJson,
    Output,
    StoreOption,
    as_json_text,
    err,
    opened,
    require_writable,
    write_out,
)
from geo_assen.errors import FileRefused, GeoAssenError
from geo_assen.export import IBIS_FORMATS
from geo_assen.services import IbisReport

__all__ = ["ibis"]

_PRINTED = 20
"""Issues that the text of a report lists; the JSON has them all."""

ibis = typer.Typer(no_args_is_help=True, help="Yearly balance of work locations, as in IBIS.")
app.add_typer(ibis, name="ibis")


def _format(text: str) -> str:
    if text not in IBIS_FORMATS:
        raise typer.BadParameter(f"{text!r} is not one of {', '.join(IBIS_FORMATS)}")
    return text


@ibis.command("export")
def export(
    year: Annotated[
        int, typer.Option(min=1900, max=2199, help="Year of the uptake; stock at its end.")
    ],
    output: Output = None,
    form: Annotated[
        str,
        typer.Option(
            "--format", parser=_format, metavar="FORMAT",
            help=f"One of {', '.join(IBIS_FORMATS)}; csv-nl for Dutch spreadsheets.",
        ),
    ] = "csv-nl",
    store: StoreOption = None,
) -> None:
    """Write the balance of every work location at the end of a year."""
    if date(year, 12, 31) > services.today():
        err.print(f"{year} is not over: uptake and stock are those recorded so far.")
    with opened(store) as found:
        data = services.ibis_file(found, year, form)
    write_out(data, output)


@ibis.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with a balance a row.")],
    source: Annotated[
        str | None, typer.Option(help="Name of the source of all rows; default as they say.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check, write nothing.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Write nothing and exit with 1 if a row is faulty.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="File for the report as JSON.")] = None,
    as_json: AsJson = False,
    store: StoreOption = None,
) -> None:
    """Bring yearly balances in, as work locations and land events; no balance is overwritten."""
    if report is not None:
        if report.exists() and file.exists() and report.samefile(file):
            raise FileRefused(report, "this file is read already; name another one.")
        require_writable(report)
    try:
        with opened(store) as found:
            result = services.import_ibis(
                found, file, source=source, dry_run=dry_run, strict=strict
            )
    except GeoAssenError as error:
        if report is not None:
            write_out(as_json_text(services.refused_document(file, error)), report)
        raise
    if report is not None:
        write_out(as_json_text(result.document()), report)
    write_out(as_json_text(result.document()) if as_json else _text(result, dry_run), None)
    if strict and result.issues:
        faulty = result.quarantined
        err.print(f"geo-assen: {file}: {faulty} rows have a fault; nothing was written.")
        raise typer.Exit(1)


def _text(report: IbisReport, dry_run: bool) -> str:
    """Report for a reader."""
    lines = ["Nothing was written: this was a dry run."] if dry_run else []
    lines.append(
        f"{report.file}: {report.rows_read} rows read, {report.accepted} accepted, "
        f"{report.quarantined} refused, {report.unchanged} unchanged"
    )
    lines.append(f"  {len(report.parks)} new work locations, {len(report.events)} land events")
    for issue in report.issues[:_PRINTED]:
        place = f"{issue.field or 'row'}" + ("" if issue.value is None else f" ({issue.value})")
        lines.append(
            f"  {report.file}, row {issue.row}, {place}: {issue.message} {issue.suggestion}"
        )
    left = len(report.issues) - _PRINTED
    if left > 0:
        lines.append(f"  ... and {left} more; --report FILE has them")
    return "\n".join(lines) + "\n"
