"""The tables of commuting, out of the report of the services."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from flask_babel import gettext as _

from geo_assen import services
from geo_assen.commuting import OTHER, Figure, Jobs
from geo_assen.services import FLOW_SHOWS, CommutingReport
from webapp.auth.roles import current_role
from webapp.commuting.modelled import modelled_table
from webapp.commuting.question import Question
from webapp.commuting.words import FIGURES, SHOWS, missing_words, series_title, year_words
from webapp.errors import NotFoundInWords
from webapp.figures import Column, Table
from webapp.store import current_store

__all__ = ["TABLES", "Told", "agenda_rows", "flow_table", "partner_rows", "told"]

_AGENDA = ("commuters-in", "commuters-out", "commuters-net", "commuters-ratio")
"""Indicators of another definition, which stand in no chart with a series."""


@dataclass(frozen=True)
class Told:
    """The report that answers a question."""

    asked: Question
    report: CommutingReport

    @property
    def certainty(self) -> str:
        """How sure the flows are, as codes with commas between."""
        return ", ".join(self.report.certainties)


def told(asked: Question) -> Told:
    """Ask the services.

    Raises
    ------
    NotFoundInWords
        If no such flows are stored.
    """
    try:
        report = services.commuting_report(
            current_store(),
            as_of=asked.as_of,
            year=asked.year,
            series=asked.series,
            boundaries_year=asked.boundaries,
        )
    except services.FlowsNotFound as missing:
        raise NotFoundInWords(missing_words(missing)) from missing
    return Told(asked, report)


def partner_rows(found: Told) -> list[dict[str, Any]]:
    """Municipalities that are shown, the largest first, with their jobs."""
    asked = found.asked
    shown = services.strongest(found.report.partners, asked.show, asked.top, asked.least_jobs)
    return [
        {"code": row["code"],
         "name": _("Not told by municipality") if row["code"] == OTHER else row["name"],
         **{show: services.partner_jobs(row, show) for show in FLOW_SHOWS}}
        for row in shown.to_dict("records")
    ]  # fmt: skip


def flow_table(found: Told) -> Table:
    """Jobs in, out and net of the municipalities that are shown, with their bounds."""
    columns = [
        Column("code", _("Code"), shown=False),
        Column("name", _("Municipality")),
        *_jobs_columns(),
    ]
    rows = tuple(
        (row["code"], row["name"], *(end for show in FLOW_SHOWS for end in _ends(row[show])))
        for row in partner_rows(found)
    )
    report = found.report
    caption = _("Jobs by municipality in %(year)s", year=year_words(report))
    return Table("flows", caption, tuple(columns), rows, (found.certainty,) * len(rows))


def _jobs_columns() -> list[Column]:
    """Jobs in, out and net, each with its bounds."""
    columns = []
    for show in FLOW_SHOWS:
        title = str(SHOWS[show])
        columns.append(Column(f"{show}_jobs", title, "count"))
        columns.append(Column(f"{show}_jobs_low", _("%(of)s, from", of=title), "count"))
        columns.append(Column(f"{show}_jobs_high", _("%(of)s, to", of=title), "count"))
    return columns


def _ends(jobs: Jobs | Figure | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if jobs is None else (jobs.value, jobs.low, jobs.high)


def _figure_table(found: Told) -> Table:
    columns = (
        Column("figure", _("Figure")),
        Column("title", _("Title")),
        Column("value", _("Value"), "share"),
        Column("low", _("From"), "share"),
        Column("high", _("To"), "share"),
    )
    rows = []
    report = found.report
    for name, title in FIGURES.items():
        rows.append((name, str(title), *_ends(report.figure(name))))
    caption = _("Figures of commuting in %(year)s", year=year_words(report))
    return Table("figures", caption, columns, tuple(rows), (found.certainty,) * len(rows))


def _year_table(found: Told) -> Table:
    names = ("in_jobs", "out_jobs", "net_jobs")
    columns = [
        Column("series", _("Series"), words=_titles(found)),
        Column("year", _("Year"), "year"),
        *_jobs_columns(),
    ]
    rows = []
    for one in found.report.history:
        ends = (end for name in names for end in _ends(one.figure(name)))
        rows.append((one.series, one.year, *ends))
    caption = _("Jobs in, out and net by year")
    return Table("years", caption, tuple(columns), tuple(rows), (found.certainty,) * len(rows))


def _titles(found: Told) -> Mapping[str, str]:
    return {series: series_title(series) for series, _year in found.report.years}


def agenda_rows(found: Told) -> list[dict[str, Any]]:
    """What the agenda of the municipality states of commuting, with what is unclear of it."""
    rows = services.layer_rows(
        current_store(), "indicators", as_of=found.asked.as_of, role=current_role()
    ).frame
    own = rows[rows["code"].isin(_AGENDA) & (rows["area"] == found.report.area)]
    records = own.astype(object).where(pd.notna(own), None).to_dict("records")
    told = [{str(name): value for name, value in row.items()} for row in records]
    return sorted(told, key=lambda row: _AGENDA.index(row["code"]))


TABLES: Mapping[str, Callable[[Told], Table]] = {
    "flows": flow_table,
    "figures": _figure_table,
    "years": _year_table,
    "modelled": lambda found: modelled_table(found.report),
}
"""Tables by the name that an address gives them."""
