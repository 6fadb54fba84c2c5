"""The command ``geo-assen vacancy``: how much stands empty, by street, area, use or year."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from geo_assen import services
from geo_assen.cli.application import app
from geo_assen.cli.matching import printed
from geo_assen.cli.terminal import (
    AsJson,
    AsOf,
    KnownAt,
    Output,
    StoreOption,
    as_json_text,
    err,
    opened,
    write_out,
)
from geo_assen.services import VacancyBy, VacancyFilter, VacancyReport
from geo_assen.units import format_number

__all__ = ["vacancy"]

_COUNTS = {
    "units": "units", "vacant_units": "vacant", "floor_m2": "m²", "vacant_floor_m2": "vacant m²",
}  # fmt: skip
_CLASSES = {
    "friction_units": "to 1 y", "long_units": "1 to 3 y", "structural_units": "over 3 y",
    "unknown_units": "unknown",
}  # fmt: skip


@app.command()
def vacancy(
    by: Annotated[VacancyBy, typer.Option(help="What the figures are told by.")] = "street",
    as_of: AsOf = None,
    known_at: KnownAt = None,
    use: Annotated[
        list[str] | None, typer.Option(metavar="USE", help="Only this use; may be repeated.")
    ] = None,
    area: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Only this shopping area; may be repeated."),
    ] = None,
    district: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Only this district; may be repeated."),
    ] = None,
    within: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Only inside the polygon of this GeoJSON file."),
    ] = None,
    large: Annotated[
        int | None,
        typer.Option(min=1, metavar="M2", help="Floor area from which a unit is large."),
    ] = None,
    as_json: AsJson = False,
    output: Output = None,
    store: StoreOption = None,
) -> None:
    """Tell how much stands empty: units and m², of how many, and for how long."""
    with opened(store) as found:
        report = services.vacancy_report(
            found,
            as_of=as_of or services.today(),
            known_at=known_at,
            chosen=VacancyFilter(
                uses=tuple(use or ()),
                areas=tuple(area or ()),
                districts=tuple(district or ()),
                within=None if within is None else services.polygon_file(within),
            ),
            large_m2=large,
        )
    if as_json:
        write_out(as_json_text(report.document(by)), output)
        return
    write_out(_as_text(report, by), output)
    if report.is_illustrative:
        err.print("Parts of these figures are illustrative or modelled.")


def _as_text(report: VacancyReport, by: VacancyBy) -> str:
    told = Table(by, *_COUNTS.values(), "% units", "% m²", *_CLASSES.values(),
                 title=f"Vacancy on {report.as_of}")  # fmt: skip
    for row in report.figures(by).to_dict("records"):
        told.add_row(str(row["name"]), *_cells(row))
    if by != "year":
        told.add_section()
        told.add_row("all", *_cells(report.total))
        told.add_row(f"all below {report.large_m2} m²", *_cells(report.without_large))
    return printed(told)


def _cells(row: Any) -> list[str]:
    shares = (row["vacant_units_share"], row["vacant_floor_share"])
    return [
        *(format_number(row[name], "en") for name in _COUNTS),
        *("" if math.isnan(share) else f"{share * 100:.1f}" for share in shares),
        *(format_number(row[name], "en") for name in _CLASSES),
    ]
