"""The command ``geo-assen uptake``: stock, uptake by year and years of supply."""

from __future__ import annotations

import math
from typing import Annotated, Any

import typer
from rich.table import Table

from geo_assen import services
from geo_assen.access import Role
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
from geo_assen.land import UptakeBy
from geo_assen.land.supply import YearsOfSupply
from geo_assen.services import UptakeReport
from geo_assen.units import hectares

__all__ = ["uptake"]

_STOCK_TITLES = {
    "net_area_m2": "net ha",
    "issued_m2": "issued",
    "issuable_m2": "issuable",
    "immediately_issuable_m2": "at once",
    "optioned_m2": "optioned",
    "reserved_m2": "reserved",
}


@app.command()
def uptake(
    by: Annotated[UptakeBy, typer.Option(help="What the uptake is told by.")] = "park",
    year: Annotated[
        int | None, typer.Option(min=1, max=9999, help="Uptake of this year only.")
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    park: Annotated[
        str | None, typer.Option(metavar="CODE", help="One park; default all of them.")
    ] = None,
    years: Annotated[
        int, typer.Option(help="Last whole years of which the mean uptake is taken.")
    ] = 10,
    staff: Annotated[
        bool, typer.Option("--staff", help="Include prices of few deeds, which are private.")
    ] = False,
    as_json: AsJson = False,
    output: Output = None,
    store: StoreOption = None,
) -> None:
    """Tell the stock of business parks, the uptake by year, and how long the stock lasts."""
    with opened(store) as found:
        report = services.uptake_report(
            found,
            as_of=as_of or services.today(),
            known_at=known_at,
            park=park,
            years=years,
            role=Role.STAFF if staff else Role.PUBLIC,
        )
    if as_json:
        write_out(as_json_text(report.document(by, year)), output)
        return
    write_out(_as_text(report, by, year), output)
    if report.is_illustrative:
        err.print("Parts of these figures are illustrative or modelled.")


def _as_text(report: UptakeReport, by: UptakeBy, year: int | None) -> str:
    stock = Table("park", *_STOCK_TITLES.values(), title=f"Stock on {report.as_of}")
    for name, row in [*_parks(report), ("all parks", report.total)]:
        stock.add_row(name, *(f"{hectares(row[column]):,.2f}" for column in _STOCK_TITLES))
    told = report.uptake(by, year)
    taken = Table(*([] if by == "year" else [by]), "year", "uptake ha", "deeds", "€ per m²")
    for line in told.to_dict("records"):
        price = line["price_eur_m2"]
        cells = [str(line["year"]), f"{hectares(line['uptake_m2']):,.2f}", str(line["deeds"])]
        cells = cells if by == "year" else [str(line[by]), *cells]
        taken.add_row(*cells, "" if math.isnan(price) else f"{price:,.0f}")
    return f"{printed(stock)}{printed(taken)}{_supply_text(report)}"


def _parks(report: UptakeReport) -> list[tuple[str, Any]]:
    return [(str(row["name"]), row) for _, row in report.parks.iterrows()]


def _supply_text(report: UptakeReport) -> str:
    mean = report.mean
    if mean is None:
        return "Years of supply: undefined; not one whole year is on record.\n"
    pace = f"mean uptake {hectares(mean.mean_m2):,.2f} ha a year"
    return (
        f"Years of supply: {_span(report.supply())} "
        f"({pace}, {mean.first_year}-{mean.last_year}).\n"
    )


def _span(supply: YearsOfSupply) -> str:
    if supply.value is None:
        return "undefined, nothing was handed over on balance"
    low, high = (
        "undefined" if end is None else f"{end:.1f}" for end in (supply.low, supply.high)
    )
    return f"{supply.value:.1f} ({low} to {high})"
