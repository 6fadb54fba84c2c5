"""Commands over the store as it stands: make it, ask it, serve it, check it."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Annotated, Any

import typer

from geo_assen import __version__, services
from geo_assen.access import Role
from geo_assen.cli.application import app, users
from geo_assen.cli.terminal import (
    AsJson,
    AsOf,
    Output,
    StoreOption,
    as_json_text,
    box,
    err,
    format_name,
    opened,
    settings_of,
    steps,
    write_out,
)
from geo_assen.export import FORMATS
from geo_assen.settings import Settings
from geo_assen.store import store_name

__all__ = ["check", "export", "init", "serve", "settings", "user_add"]

_MAX_PORT = 65535


@app.command()
def init(
    sample: Annotated[
        bool, typer.Option("--sample", help="Fill it with the sample of Assen.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Create the store."""
    settings = settings_of(store)
    with steps(len(services.SAMPLE_FILES) + 3 if sample else 1) as step:
        made = services.init_store(settings, sample=sample, progress=step)
        try:
            # a sample of one's own may go without a road graph
            wanted = sample and services.has_reach_files(settings)
            if wanted and not services.write_reach(made, step):
                err.print("No labour reach: name a folder for it in GEO_ASSEN_RASTERS.")
        finally:
            made.close()
    err.print(f"The store stands at {store_name(settings.store)}.")


@app.command()
def export(
    layer: Annotated[str, typer.Argument(help="Layer, such as plots.")],
    output: Output = None,
    form: Annotated[
        str,
        typer.Option(
            "--format", parser=format_name, metavar="FORMAT", help=f"One of {', '.join(FORMATS)}."
        ),
    ] = "geojson",
    bbox: Annotated[
        Any, typer.Option(parser=box, metavar="W,S,E,N", help="Box in degrees.")
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
    with opened(store) as found:
        data = services.export_layer(
            found,
            layer,
            kind=form,
            as_of=as_of or services.today(),
            role=Role.STAFF if staff else Role.PUBLIC,
            bounds_lonlat=bbox,
            condition=condition,
            crs=crs,
        )
    write_out(data, output)


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

    application = create_app(settings_of(store))
    try:
        server = waitress.create_server(application, host=host, port=port, threads=4)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        err.print(f"geo-assen: cannot listen on {host}:{port} ({reason}); choose another --port.")
        raise typer.Exit(1) from error
    err.print(f"geo_assen {__version__} serves http://{host}:{port} (stop with Ctrl+C)")
    server.run()


@app.command()
def check(as_json: AsJson = False, store: StoreOption = None) -> None:
    """Examine the whole store; exit with 1 and the findings if it is not sound."""
    with opened(store) as found:
        findings = services.check(found)
    if as_json:
        write_out(as_json_text({"sound": not findings, "findings": findings}), None)
    for finding in findings:
        err.print(finding)
    if findings:
        raise typer.Exit(1)
    if not as_json:
        write_out("The store is sound.\n", None)


@app.command()
def settings(as_json: AsJson = False) -> None:
    """List every setting with its value and meaning; secrets are masked."""
    current = Settings.from_environment()
    rows = replace(current, store=_masked(current.store)).described()
    if as_json:
        listed = [{"name": n, "value": value, "meaning": meaning} for n, value, meaning in rows]
        write_out(as_json_text(listed), None)
        return
    for name, value, meaning in rows:
        write_out(f"{name}={value}\n    {meaning}\n", None)


def _masked(address: str) -> str:
    """Address of a store without its password."""
    return address if address.startswith("sqlite:") else store_name(address)


@users.command("add")
def user_add(
    name: Annotated[str, typer.Argument(help="Name to sign in with.")],
    store: StoreOption = None,
) -> None:
    """Make a staff account; the password is asked, or read from a pipe."""
    with opened(store) as found:
        services.add_user(found, name, _asked_password())
    err.print(f"{name} may sign in now.")


def _asked_password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\n")


