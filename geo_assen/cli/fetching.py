"""Commands that ask public services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

import typer

from geo_assen import services
from geo_assen.cli.application import app
from geo_assen.cli.data import report_text, row_bar
from geo_assen.cli.terminal import AsJson, StoreOption, as_json_text, err, opened, write_out
from geo_assen.ingest.connectors import Fetched
from geo_assen.services import Store

__all__ = ["address", "fetch", "geocode"]

fetch = typer.Typer(no_args_is_help=True, help="Bring in what a public service answers.")
app.add_typer(fetch, name="fetch")

DryRun = Annotated[bool, typer.Option("--dry-run", help="Ask and check, write nothing.")]
Years = Annotated[list[int] | None, typer.Option("--year", help="Year; may be given more often.")]
Regions = Annotated[
    list[str] | None, typer.Option("--region", help="Code of a region; BU0106* for all such.")
]
Odata = Annotated[Literal["3", "4"], typer.Option(help="Version of the service.")]
_VERSIONS: dict[str, Literal[3, 4]] = {"3": 3, "4": 4}


def _rd_box(text: str) -> tuple[float, float, float, float]:
    try:
        min_x, min_y, max_x, max_y = (float(part) for part in text.split(","))
    except ValueError as error:
        raise typer.BadParameter("give min x,min y,max x,max y in RD metres") from error
    if not (min_x < max_x and min_y < max_y):
        raise typer.BadParameter("min x,min y,max x,max y must enclose some area")
    return min_x, min_y, max_x, max_y


def _rd_point(text: str) -> tuple[float, float]:
    try:
        x_m, y_m = (float(part) for part in text.split(","))
    except ValueError as error:
        raise typer.BadParameter("give x,y in RD metres") from error
    return x_m, y_m


@fetch.command("areas")
def fetch_areas(
    year: Annotated[int | None, typer.Option(help="Year of the division.")] = None,
    legal: Annotated[
        bool, typer.Option("--legal", help="Only the legal outline of the municipality, as today.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    store: StoreOption = None,
) -> None:
    """Outlines of the municipality, its districts and neighbourhoods (CBS, Kadaster at PDOK)."""

    def ask(found: Store) -> list[Fetched]:
        if legal:
            return [services.municipality_outline(found)]
        return services.area_layers(found, year)

    _bring_in("areas", ask, dry_run, as_json, store)


@fetch.command("bag")
def fetch_bag(
    bbox: Annotated[Any, typer.Option(parser=_rd_box, metavar="X,Y,X,Y", help="Box in RD metres.")],
    dry_run: DryRun = False,
    as_json: AsJson = False,
    store: StoreOption = None,
) -> None:
    """Premises out of the register of buildings and addresses (BAG at PDOK)."""
    _bring_in(
        "premises", lambda found: [services.bag_premises(found, bbox)], dry_run, as_json, store
    )


@fetch.command("cbs")
def fetch_cbs(
    table: Annotated[str, typer.Argument(help="Code of the table, such as 70072NED.")],
    measure: Annotated[list[str], typer.Option("--measure", help="Code of a measure.")],
    year: Years = None,
    region: Regions = None,
    odata: Odata = "4",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    store: StoreOption = None,
) -> None:
    """Figures of a table of Statistics Netherlands as indicators."""

    def ask(found: Store) -> list[Fetched]:
        return [
            services.cbs_indicators(
                found, table, measure, year or (), regions=region, version=_VERSIONS[odata]
            )
        ]

    _bring_in("indicators", ask, dry_run, as_json, store)


@fetch.command("cbs-areas")
def fetch_cbs_areas(
    table: Annotated[str, typer.Argument(help="Code of the table.")],
    population: Annotated[str, typer.Option(help="Measure of the inhabitants.")],
    working_age: Annotated[
        list[str] | None,
        typer.Option("--working-age", help="Measures that together are of working age."),
    ] = None,
    year: Years = None,
    region: Regions = None,
    odata: Odata = "4",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    store: StoreOption = None,
) -> None:
    """Inhabitants and persons of working age of areas (Statistics Netherlands)."""

    def ask(found: Store) -> list[Fetched]:
        return [
            services.cbs_area_figures(
                found, table, population, working_age or (), year or (), regions=region,
                version=_VERSIONS[odata],
            )
        ]  # fmt: skip

    _bring_in("areas", ask, dry_run, as_json, store)


@fetch.command("commuter_flows")
def fetch_commuter_flows(
    table: Annotated[
        str, typer.Option(help="Code of the table: 83628NED to 2020, 85481NED from 2021 on.")
    ] = "85481NED",
    year: Years = None,
    odata: Odata = "4",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    store: StoreOption = None,
) -> None:
    """Flows of commuters to and from the municipality (Statistics Netherlands)."""

    def ask(found: Store) -> list[Fetched]:
        return [
            services.cbs_commuter_flows(found, table, year or (), version=_VERSIONS[odata])
        ]

    _bring_in("commuter_flows", ask, dry_run, as_json, store)


@app.command()
def address(
    text: Annotated[str | None, typer.Argument(help="Address, or the beginning of one.")] = None,
    at: Annotated[
        Any, typer.Option(parser=_rd_point, metavar="X,Y", help="Addresses around a place in RD.")
    ] = None,
    as_json: AsJson = False,
    store: StoreOption = None,
) -> None:
    """Look up an address, or what lies at a place (PDOK Locatieserver)."""
    if (text is None) == (at is None):
        raise typer.BadParameter("give an address, or a place with --at")
    with opened(store) as found:
        if at is not None:
            candidates = services.address_at(found, *at)
        else:
            places = [services.place_of(found, hit.id) for hit in
                      services.suggest_addresses(found, str(text))]  # fmt: skip
            candidates = [place for place in places if place is not None]
    if as_json:
        write_out(as_json_text([asdict(candidate) for candidate in candidates]), None)
        return
    for candidate in candidates:
        place = "" if candidate.x_m is None else f"\t{candidate.x_m:.2f}, {candidate.y_m:.2f}"
        write_out(f"{candidate.kind}\t{candidate.label}{place}\n", None)


@app.command()
def geocode(
    number: Annotated[int, typer.Argument(help="Number of the import.")],
    store: StoreOption = None,
) -> None:
    """Place waiting rows of an import by their address; send them again afterwards."""
    with opened(store) as found, row_bar() as progress:
        done = services.place_by_address(found, number, progress)
    for row, reason in done.unsure:
        err.print(f"row {row}: {reason}")
    err.print(
        f"{done.placed} rows got a place, {len(done.unsure)} did not. "
        f"Send them again with geo-assen resend {number}."
    )


def _bring_in(
    layer: str,
    ask: Callable[[Store], list[Fetched]],
    dry_run: bool,
    as_json: bool,
    store: str | None,
) -> None:
    with opened(store) as found, row_bar() as progress:
        answers = ask(found)
        reports = services.import_fetched(found, layer, answers, dry_run=dry_run, progress=progress)
    for answer in answers:
        for sentence in answer.left_out:
            err.print(sentence)
    if as_json:
        write_out(as_json_text([report.document() for report in reports]), None)
        return
    for report in reports:
        write_out(report_text(report, dry_run), None)
