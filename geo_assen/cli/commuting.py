"""The command ``geo-assen commuting``: who commutes to and from the municipality in a year."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from geo_assen import services
from geo_assen.cli.application import app
from geo_assen.cli.matching import printed
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
from geo_assen.commuting import OTHER
from geo_assen.services import CommutingReport, ModelledFlows

__all__ = ["commuting"]

_MOST_SHOWN = 20
_JOBS = {
    "in_jobs": "in", "out_jobs": "out", "net_jobs": "net",
    "live_and_work_jobs": "live and work here", "local_jobs": "jobs here",
    "resident_jobs": "jobs of residents",
}  # fmt: skip
_RATIOS = {
    "in_per_out": "in per out",
    "contained_residents_share": "part of residents' jobs that is here",
    "contained_jobs_share": "part of jobs here that residents hold",
    "local_per_resident_job": "jobs here per job of a resident",
}
_NOTHING = {
    "too_few": "fewer than two municipalities of the year have both totals, the jobs inside them "
    "and a place",
    "all_published": "every pair of those with totals is published",
    "none_published": "no published pair among those with totals shows how jobs fall with distance",
    "no_rest": "the published pairs leave nothing over of the totals",
    "too_few_pairs": "the published pairs are too few to show how jobs fall with distance",
}


@app.command()
def commuting(
    year: Annotated[
        int | None, typer.Option(min=1, max=9999, help="Year; default the latest.")
    ] = None,
    series: Annotated[
        str | None, typer.Option(help="Series, such as cbs-85481ned; default a table of CBS.")
    ] = None,
    area: Annotated[
        str | None, typer.Option(metavar="CODE", help="Municipality; default our own.")
    ] = None,
    boundaries: Annotated[
        int | None,
        typer.Option(metavar="YEAR", help="Municipalities of this year; default the source's."),
    ] = None,
    modelled: Annotated[
        bool, typer.Option("--modelled", help="Also model pairs that are not published.")
    ] = False,
    as_of: AsOf = None,
    as_json: AsJson = False,
    output: Output = None,
    store: StoreOption = None,
) -> None:
    """Tell the flows of commuters to and from a municipality, with the bounds of rounding."""
    with opened(store) as found:
        report = services.commuting_report(
            found, as_of=as_of or services.today(), year=year, series=series, area=area,
            boundaries_year=boundaries,
        )  # fmt: skip
        model = None
        if modelled:
            model = services.modelled_flows(found, year=report.year, series=report.series)
    if as_json:
        extra = {} if model is None else {"modelled": model.document()}
        write_out(as_json_text({**report.document(), **extra}), output)
    else:
        write_out(_as_text(report) + ("" if model is None else _model_text(model, report)), output)
    if report.at_least and not as_json:
        err.print("Not all flows are published: what is added up is a lower bound, net and ratios "
                  "are those of what is published.")  # fmt: skip
    if report.split and not as_json:
        err.print(f"Split since, and left as they were: {', '.join(report.split)}.")


def _as_text(report: CommutingReport) -> str:
    title = f"{report.area_name}, {report.series}, {report.year}"
    figures = Table("figure", "value", "from", "to", title=title)
    for name, words in _JOBS.items():
        figures.add_row(words, *_cells(report, name, ",.0f"))
    for name, words in _RATIOS.items():
        figures.add_row(words, *_cells(report, name, ".3f"))
    flows = Table("municipality", "in", "out", "net", title="Most jobs, in and out together")
    for row in report.partners.head(_MOST_SHOWN).to_dict("records"):
        told = (services.partner_jobs(row, show) for show in services.FLOW_SHOWS)
        name = "other municipalities" if row["code"] == OTHER else row["name"]
        flows.add_row(name, *("–" if jobs is None else f"{jobs.value:,}" for jobs in told))
    return f"{printed(figures)}{printed(flows)}"


def _model_text(model: ModelledFlows, report: CommutingReport) -> str:
    """The largest modelled cells, or the sentence that says why there are none."""
    if model.nothing is not None or model.beta is None or model.mean_distance_m is None:
        return f"Nothing is modelled: {_NOTHING[model.nothing or 'no_rest']}.\n"
    flows = Table("home", "work", "jobs, modelled", title="Modelled: pairs not published")
    for cell in model.cells[:_MOST_SHOWN]:
        ends = (report.names.get(code, code) for code in (cell.home_code, cell.work_code))
        flows.add_row(*ends, f"{cell.jobs:,.0f}")
    end = "converged" if model.converged else "not converged, so not to be relied on,"
    told = (
        f"Modelled: {len(model.cells)} pairs, {model.form} decay of {model.beta:.4g} per km, "
        "fitted to the mean straight distance of the published pairs, "
        f"{model.mean_distance_m / 1000:.1f} km; {end} after {model.rounds} rounds, largest "
        f"relative error {model.error:.1g}; left for other municipalities: "
        f"{model.outside_out_jobs:,.0f} out, {model.outside_in_jobs:,.0f} in."
    )
    return f"{printed(flows)}{told}\n"


def _cells(report: CommutingReport, name: str, form: str) -> tuple[str, str, str]:
    """Value, low and high of a figure; a bound that nobody knows stays empty."""
    figure = report.figure(name)
    if figure is None:
        return ("not published", "", "")
    if figure.value is None:
        return ("undefined", "", "")
    value, low = format(figure.value, form), "" if figure.low is None else format(figure.low, form)
    if figure.high is not None:
        return (value, low, format(figure.high, form))
    return (value, low, "not known" if low else "")
