"""What all commands share: options, the opened store, and where results go."""

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
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from geo_assen import services
from geo_assen.errors import FileRefused
from geo_assen.export import FORMATS
from geo_assen.services import Store
from geo_assen.settings import Settings

__all__ = [
    "AsJson",
    "AsOf",
    "KnownAt",
    "Output",
    "StoreOption",
    "address_of",
    "as_json_text",
    "box",
    "console",
    "day",
    "err",
    "format_name",
    "opened",
    "require_writable",
    "settings_of",
    "steps",
    "write_out",
]

# What is printed are names and paths: nothing in them is markup.
console = partial(Console, highlight=False, markup=False, emoji=False)
err = console(stderr=True, soft_wrap=True)


def day(text: str) -> date:
    """Read a date as it is written in a file."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a date; write it like 2026-03-01") from error


def format_name(text: str) -> str:
    """Check the name of a format of a file to write."""
    if text not in FORMATS:
        raise typer.BadParameter(f"{text!r} is not one of {', '.join(FORMATS)}")
    return text


def box(text: str) -> tuple[float, float, float, float]:
    """Read ``west,south,east,north`` in degrees."""
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
    typer.Option("--as-of", parser=day, metavar="DATE", help="Date asked about; default today."),
]
KnownAt = Annotated[
    Any,
    typer.Option(
        "--known-at",
        parser=day,
        metavar="DATE",
        help="As it was recorded by that day; default all that is recorded.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", help="File to write; default stdout.")
]


def settings_of(store: str | None) -> Settings:
    """Settings of this installation, with another store where one is named."""
    settings = Settings.from_environment()
    return replace(settings, store=address_of(store or settings.store))


def address_of(store: str) -> str:
    """Address of a store; a plain path means a GeoPackage there."""
    return store if ":" in store.partition("/")[0] else f"sqlite:///{Path(store).absolute()}"


@contextmanager
def opened(store: str | None) -> Iterator[Store]:
    """Open the store for one command."""
    found = services.open_store(settings_of(store))
    try:
        yield found
    finally:
        found.close()


def write_out(text: str | bytes, output: Path | None) -> None:
    """Write a result to a file, all of it or nothing, or to stdout.

    Raises
    ------
    FileRefused
        If it cannot be written.
    """
    # Half a sign, as names of files may have, becomes what JSON writes for it.
    data = text.encode(errors="backslashreplace") if isinstance(text, str) else text
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


def require_writable(output: Path) -> None:
    """Make sure that a file could be written, and leave whatever is there as it is.

    Raises
    ------
    FileRefused
        If it could not.
    """
    try:
        if output.is_file() or not output.exists():
            target = _writable(output)
            begun = _begun(target)
            begun.touch()
            begun.unlink()
        else:
            output.open("ab").close()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise FileRefused(output, f"cannot be written ({why}).") from error


def _writable(output: Path) -> Path:
    target = output.resolve()
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return target


def _begun(target: Path) -> Path:
    return target.with_name(f".{target.name[:200]}.{os.getpid()}")


def _write_whole(data: bytes, output: Path) -> None:
    """Write a file that is either all there or as it was before."""
    target = _writable(output)
    begun = _begun(target)
    try:
        begun.write_bytes(data)
        begun.replace(target)
    finally:
        begun.unlink(missing_ok=True)


def as_json_text(document: Any) -> str:
    """Document as JSON for people and programs alike."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


@contextmanager
def steps(total: int) -> Iterator[Callable[[str], None]]:
    """Bar with a count where a terminal is attached; silent elsewhere."""
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("", total=total)

        def step(name: str) -> None:
            bar.update(task, description=name, advance=1)

        yield step
