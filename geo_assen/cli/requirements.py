"""Commands over the register of requirements."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from geo_assen import services
from geo_assen.access import Role
from geo_assen.cli.application import app
from geo_assen.cli.matching import printed
from geo_assen.cli.terminal import AsJson, AsOf, StoreOption, as_json_text, err, opened, write_out
from geo_assen.matching import Requirement, remarks
from geo_assen.services import RegisterRow, Store

__all__ = ["add", "list_requirements", "requirement", "show", "stage", "update"]

requirement = typer.Typer(no_args_is_help=True, help="One requirement of the register.")
app.add_typer(requirement, name="requirement")

Code = Annotated[str, typer.Argument(help="Code of a stored requirement, such as R-01.")]
File = Annotated[Path, typer.Argument(help="TOML or JSON file with one requirement.")]


@app.command("requirements")
def list_requirements(
    stage: Annotated[str | None, typer.Option(help="Only those in this stage.")] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
    store: StoreOption = None,
) -> None:
    """List the register, with how many sites each open requirement has."""
    with opened(store) as found:
        rows = services.requirement_register(
            found, as_of=as_of or services.today(), role=Role.STAFF, stage=stage
        )
    if as_json:
        write_out(as_json_text([_row_document(row) for row in rows]), None)
        return
    table = Table(
        "code", "title", "kind", "stage", "needed by", "pass", "to check",
        box=None, pad_edge=False,
    )  # fmt: skip
    for row in rows:
        table.add_row(
            row.code,
            row.title,
            row.kind,
            row.stage,
            str(row.needed_by or ""),
            "" if row.fits is None else str(row.fits),
            "" if row.to_check is None else str(row.to_check),
        )
        if row.fault:
            err.print(row.fault)
    write_out(printed(table) if rows else "", None)
    if not rows:
        err.print("No requirement is stored here; record one with geo-assen requirement add.")


def _row_document(row: RegisterRow) -> dict[str, Any]:
    return {
        "code": row.code,
        "title": row.title,
        "kind": row.kind,
        "sector": row.sector,
        "stage": row.stage,
        "needed_by": row.needed_by.isoformat() if row.needed_by else None,
        "pass": row.fits,
        "unknown": row.to_check,
        "fault": row.fault,
    }


@requirement.command()
def add(
    file: File,
    code: Annotated[
        str | None, typer.Option(help="Code of the record; default that of the file, or a new one.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Record a requirement; its code is printed."""
    asked = Requirement.load(file)
    with opened(store) as found:
        chosen = services.add_requirement(found, asked, code=code, role=Role.STAFF)
        _tell(found, chosen)
    write_out(f"{chosen}\n", None)


@requirement.command()
def update(code: Code, file: File, store: StoreOption = None) -> None:
    """Put what a file says in the place of a stored requirement."""
    asked = Requirement.load(file)
    with opened(store) as found:
        services.update_requirement(found, code, asked, role=Role.STAFF)
        _tell(found, code)
    err.print(f"{code} says what {file} says; what it was before stays in the history.")


@requirement.command()
def stage(
    code: Code,
    to: Annotated[str, typer.Argument(metavar="STAGE", help="open, talking, settled, closed.")],
    store: StoreOption = None,
) -> None:
    """Move a stored requirement to another stage."""
    with opened(store) as found:
        record = services.requirement_record(found, code, role=Role.STAFF)
        changed = replace(record.requirement, stage=to)
        services.update_requirement(
            found, code, changed, version=record.version, role=Role.STAFF
        )
    err.print(f"{code}: {record.requirement.stage} -> {to}.")


@requirement.command()
def show(code: Code, as_json: AsJson = False, store: StoreOption = None) -> None:
    """Print a stored requirement as a file has it."""
    with opened(store) as found:
        asked = services.stored_requirement(found, code, role=Role.STAFF)
    write_out(as_json_text(asked.to_document()) if as_json else asked.to_toml(), None)


def _tell(found: Store, code: str) -> None:
    """Say what whoever recorded it may have overlooked."""
    asked = services.stored_requirement(found, code, role=Role.STAFF)
    fields = {field.name: field for field in found.catalogue.layers["sites"].field}
    for sentence in remarks(asked, as_of=services.today(), fields=fields, language="en"):
        err.print(sentence)
