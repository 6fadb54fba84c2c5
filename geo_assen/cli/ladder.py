"""The command that makes the Ladder dossier of a development."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from geo_assen import services
from geo_assen.access import Role
from geo_assen.cli.application import app
from geo_assen.cli.terminal import (
    AsJson,
    AsOf,
    Output,
    StoreOption,
    as_json_text,
    err,
    opened,
    write_out,
)
from geo_assen.land import Development, missing
from geo_assen.land.ladder import EVIDENCE_YEARS

__all__ = ["ladder"]

Language = Literal["nl", "en"]


@app.command()
def ladder(
    development: Annotated[
        Path, typer.Argument(help="TOML or JSON file, as docs/ladder.md describes it.")
    ],
    as_of: AsOf = None,
    language: Annotated[Language, typer.Option("--lang", help="Language of the dossier.")] = "nl",
    years: Annotated[
        int, typer.Option(min=1, max=50, help="Years after which evidence is too old.")
    ] = EVIDENCE_YEARS,
    as_json: AsJson = False,
    output: Output = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if something is missing.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Make the dossier for the Ladder for sustainable urbanisation; tell what it lacks."""
    asked = Development.load(development)
    with opened(store) as found:
        dossier = services.ladder_dossier(
            found, asked, as_of=as_of or services.today(), role=Role.STAFF
        )
        page = "" if as_json else (
            services.ladder_file(found, dossier, language=language, years=years)
        )  # fmt: skip
    document = dossier.document(language=language, years=years)
    write_out(as_json_text(document) if as_json else page, output)
    gaps = missing(dossier, years=years)
    for gap in gaps:
        err.print(f"geo-assen: {gap.field}: {gap.sentence('en')}")
    if gaps:
        err.print(f"geo-assen: {development}: {len(gaps)} things are missing from the dossier.")
    if gaps and strict:
        raise typer.Exit(1)
