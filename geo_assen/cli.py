"""The command ``geo-assen``: results on stdout, everything else on stderr.

Exit code 0: done; 1: the input is refused, with the reason; 2: the command is used wrongly.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from geo_assen import __version__, services
from geo_assen.access import Role
from geo_assen.errors import FileRefused, GeoAssenError
from geo_assen.export import FORMATS
from geo_assen.matching import Ranking, short_reason
from geo_assen.services import ImportReport, Store
from geo_assen.settings import Settings
from geo_assen.store import store_name

__all__ = ["app", "main"]

app = typer.Typer(
    name="geo-assen",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Business locations of a municipality: demand matched to supply, on the map.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
users = typer.Typer(no_args_is_help=True, help="Staff accounts.")
app.add_typer(users, name="user")

# What is printed are names and paths: nothing in them is markup.
_console = partial(Console, highlight=False, markup=False, emoji=False)
_err = _console(stderr=True, soft_wrap=True)
_PIPED_WIDTH = 140
_MAX_PORT = 65535


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a date; write it like 2026-03-01") from error


def _format(text: str) -> str:
    if text not in FORMATS:
        raise typer.BadParameter(f"{text!r} is not one of {', '.join(FORMATS)}")
    return text


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise typer.BadParameter("give west,south,east,north in degrees") from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise typer.BadParameter("west,south,east,north must be degrees, the smaller first")
    return west, south, east, north


StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store", help="Address of the store; default GEO_ASSEN_STORE or var/assen.gpkg."
    ),
]
AsOf = Annotated[
    Any,
    typer.Option("--as-of", parser=_day, metavar="DATE", help="Date asked about; default today."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", help="File to write; default stdout.")
]


def _settings(store: str | None) -> Settings:
    settings = Settings.from_environment()
    return replace(settings, store=_address(store or settings.store))


def _address(store: str) -> str:
    """Address of a store; a plain path means a GeoPackage there."""
    return store if ":" in store.partition("/")[0] else f"sqlite:///{Path(store).absolute()}"


@contextmanager
def _opened(store: str | None) -> Iterator[Store]:
    opened = services.open_store(_settings(store))
    try:
        yield opened
    finally:
        opened.close()


def _write(text: str | bytes, output: Path | None) -> None:
    data = text.encode() if isinstance(text, str) else text
    try:
        if output is None:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        elif output.exists() and not output.is_file():  # a pipe or a device
            output.write_bytes(data)
        else:
            _write_whole(data, output)
    except BrokenPipeError:
        raise
    except OSError as error:
        name = "standard output" if output is None else output
        raise FileRefused(name, f"cannot be written ({error.strerror}).") from error


def _write_whole(data: bytes, output: Path) -> None:
    """Write a file that is either all there or as it was before."""
    target = output.resolve()
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    begun = target.with_name(f".{target.name[:200]}.{os.getpid()}")
    try:
        begun.write_bytes(data)
        begun.replace(target)
    finally:
        begun.unlink(missing_ok=True)


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


@app.command()
def init(
    sample: Annotated[
        bool, typer.Option("--sample", help="Fill it with the sample of Assen.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Create the store."""
    settings = _settings(store)
    with _progress(len(services.SAMPLE_FILES) + 1 if sample else 1) as step:
        services.init_store(settings, sample=sample, progress=step).close()
    _err.print(f"The store stands at {store_name(settings.store)}.")


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str], None]]:
    """Bar with a count where a terminal is attached; silent elsewhere."""
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=_err, transient=True, disable=not _err.is_terminal) as bar:
        task = bar.add_task("", total=total)

        def step(name: str) -> None:
            bar.update(task, description=name, advance=1)

        yield step


@app.command("import")
def import_(
    layer: Annotated[str, typer.Argument(help="Layer to import into, such as plots.")],
    file: Annotated[Path, typer.Argument(help="GeoJSON or CSV file.")],
    mapping: Annotated[
        Path | None, typer.Option("--map", help="File that maps columns to fields.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Name of the source of the rows.")] = None,
    crs: Annotated[
        str | None, typer.Option(metavar="EPSG:n", help="Reference system of the file.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check, write nothing.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if a row is set aside.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="File for the report as JSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    store: StoreOption = None,
) -> None:
    """Bring a file into a layer; faulty rows are set aside with their reason."""
    if report is not None:  # a report that cannot be written stops the import, not follows it
        _write("", report)
    try:
        with _opened(store) as opened:
            result = services.import_file(
                opened,
                layer,
                file,
                mapping_file=mapping,
                source=source,
                crs=crs,
                dry_run=dry_run,
            )
    except GeoAssenError as error:
        refused: dict[str, Any] = {
            "file": file.name,
            "sha256": None,
            "layers": [],
            "refused": str(error),
        }
        if report is not None:
            _write(_json(refused), report)
        raise
    if report is not None:
        _write(_json(result.document()), report)
    _write(_json(result.document()) if as_json else _report_text(result), None)
    set_aside = sum(item.quarantined for item in result.layers)
    if strict and set_aside:
        _err.print(f"geo-assen: {file}: {set_aside} rows were set aside.")
        raise typer.Exit(1)


def _report_text(report: ImportReport) -> str:
    lines = []
    for layer in report.layers:
        lines.append(
            f"{layer.name}: {layer.rows_read} rows read, {layer.accepted} accepted "
            f"({layer.repaired} repaired), {layer.quarantined} set aside, "
            f"{layer.unchanged} unchanged"
        )
        pairs = ", ".join(f"{column} -> {name}" for column, name in layer.mapping.items())
        lines.append(f"  columns: {pairs or 'none'}")
        lines += [f"  {kind}: {count}" for kind, count in layer.issue_counts.items()]
        lines += [
            f"  row {issue.row}: {issue.kind}, {issue.field or 'row'}: {issue.message}"
            + (f" {issue.suggestion}" if issue.suggestion else "")
            for issue in layer.issues[:20]
        ]
        if len(layer.issues) > 20:
            lines.append(f"  ... and {len(layer.issues) - 20} more; --report FILE has them all")
    return "\n".join(lines) + "\n"


@app.command("match")
def match_(
    requirement: Annotated[
        str, typer.Argument(help="TOML or JSON file, or the code of a stored one.")
    ],
    top: Annotated[int, typer.Option(min=1, help="Sites listed.")] = 10,
    as_of: AsOf = None,
    form: Annotated[Literal["table", "json", "geojson"], typer.Option("--format")] = "table",
    as_json: Annotated[bool, typer.Option("--json", help="Same as --format json.")] = False,
    output: Output = None,
    store: StoreOption = None,
) -> None:
    """Rank the sites that fit a requirement, with reasons."""
    with _opened(store) as opened:
        asked = services.load_requirement(opened, requirement)
        ranking = services.match_sites(opened, asked, as_of=as_of)
    if as_json or form == "json":
        _write(_json(ranking.to_json_document(top)), output)
    elif form == "geojson":
        _write("".join(services.ranking_geojson(opened, ranking, top)), output)
    else:
        _write(_ranking_text(ranking, top), output)


def _ranking_text(ranking: Ranking, top: int) -> str:
    table = Table("#", "site", "name", "verdict", "score", "reason", box=None, pad_edge=False)
    for rank, result in enumerate(ranking.top(top), start=1):
        interval = f" ({result.score_low:.2f}-{result.score_high:.2f})"
        unsure = interval if result.reliability < 1 else ""
        table.add_row(
            str(rank),
            result.id,
            result.name,
            result.verdict,
            f"{result.score:.3f}{unsure}",
            short_reason(result, "en", ranking),
        )
    console = _console(width=None if sys.stdout.isatty() else _PIPED_WIDTH)
    with console.capture() as captured:
        console.print(f"{ranking.requirement.title}, as of {ranking.as_of}")
        console.print(table)
        counts = ", ".join(f"{number} {name}" for name, number in ranking.counts.items())
        console.print(f"All sites: {counts}.")
    return captured.get()


@app.command()
def export(
    layer: Annotated[str, typer.Argument(help="Layer, such as plots.")],
    output: Output = None,
    form: Annotated[
        str,
        typer.Option(
            "--format", parser=_format, metavar="FORMAT", help=f"One of {', '.join(FORMATS)}."
        ),
    ] = "geojson",
    bbox: Annotated[
        Any, typer.Option(parser=_box, metavar="W,S,E,N", help="Box in degrees.")
    ] = None,
    condition: Annotated[
        str | None, typer.Option("--filter", help="Condition in CQL2 text.")
    ] = None,
    crs: Annotated[
        str | None, typer.Option(metavar="EPSG:n", help="Reference system of the file.")
    ] = None,
    as_of: AsOf = None,
    staff: Annotated[
        bool, typer.Option("--staff", help="Include fields that only staff may see.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Write a layer as a file."""
    with _opened(store) as opened:
        data = services.export_layer(
            opened,
            layer,
            kind=form,
            as_of=as_of or services.today(),
            role=Role.STAFF if staff else Role.PUBLIC,
            bounds_lonlat=bbox,
            condition=condition,
            crs=crs,
        )
    _write(data, output)


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=1, max=_MAX_PORT, help="Port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    store: StoreOption = None,
) -> None:
    """Serve the map."""
    # Only this command needs the web: the others start in half the time without it.
    import waitress  # noqa: PLC0415

    from webapp import create_app  # noqa: PLC0415

    application = create_app(_settings(store))
    try:
        server = waitress.create_server(application, host=host, port=port, threads=4)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        _err.print(f"geo-assen: cannot listen on {host}:{port} ({reason}); choose another --port.")
        raise typer.Exit(1) from error
    _err.print(f"geo_assen {__version__} serves http://{host}:{port} (stop with Ctrl+C)")
    server.run()


@app.command()
def check(as_json: AsJson = False, store: StoreOption = None) -> None:
    """Examine the whole store; exit with 1 and the findings if it is not sound."""
    with _opened(store) as opened:
        findings = services.check(opened)
    if as_json:
        _write(_json({"sound": not findings, "findings": findings}), None)
    for finding in findings:
        _err.print(finding)
    if findings:
        raise typer.Exit(1)
    if not as_json:
        _write("The store is sound.\n", None)


@app.command()
def settings(as_json: AsJson = False) -> None:
    """List every setting with its value and meaning; secrets are masked."""
    current = Settings.from_environment()
    rows = replace(current, store=_masked(current.store)).described()
    if as_json:
        listed = [{"name": n, "value": value, "meaning": meaning} for n, value, meaning in rows]
        _write(_json(listed), None)
        return
    for name, value, meaning in rows:
        _write(f"{name}={value}\n    {meaning}\n", None)


def _masked(address: str) -> str:
    """Address of a store without its password."""
    return address if address.startswith("sqlite:") else store_name(address)


@users.command("add")
def user_add(
    name: Annotated[str, typer.Argument(help="Name to sign in with.")],
    store: StoreOption = None,
) -> None:
    """Make a staff account; the password is asked, or read from a pipe."""
    with _opened(store) as opened:
        services.add_user(opened, name, _asked_password())
    _err.print(f"{name} may sign in now.")


def _asked_password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\n")


def _print_version(asked: bool) -> None:
    if asked:
        _write(f"{__version__}\n", None)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Business locations of a municipality: demand matched to supply, on the map."""


def main() -> None:
    """Run the command; a refusal is one sentence on stderr and exit code 1."""
    try:
        app()
    except GeoAssenError as error:
        _err.print(f"geo-assen: {error}")
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read the results stopped reading; flushing at the end would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
