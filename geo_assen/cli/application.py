"""The command itself: its name, its groups, its exit codes."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from geo_assen import __version__
from geo_assen.cli.terminal import err, write_out
from geo_assen.errors import GeoAssenError
from geo_assen.services import plain_name

__all__ = ["app", "main", "users"]

app = typer.Typer(
    name="geo-assen",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Business locations of a municipality: demand matched to supply, on the map.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
users = typer.Typer(no_args_is_help=True, help="Staff accounts.")
app.add_typer(users, name="user")


def _print_version(asked: bool) -> None:
    if asked:
        write_out(f"{__version__}\n", None)
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
        # What files are called, and what is in them, may break lines and steer terminals.
        err.print(f"geo-assen: {plain_name(str(error))}")
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read the results stopped reading; flushing at the end would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
