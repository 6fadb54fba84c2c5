"""What the templates of commuting get to see."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from geo_assen.commuting import OTHER, Jobs
from webapp.commuting.drawings import break_sentences, year_figure
from webapp.commuting.flows import undrawn_names
from webapp.commuting.modelled import model_sentence
from webapp.commuting.question import TOPS, Question
from webapp.commuting.tables import SHARES, TABLES, Told, agenda_rows, flow_table, partner_rows
from webapp.commuting.words import (
    FIGURES,
    SHOWS,
    jobs_words,
    number,
    ratio_words,
    series_title,
    signed,
)
from webapp.language import current_language
from webapp.store import current_store

__all__ = ["empty_page", "page_of"]

_LATEST_DIVISION = 2021
"""Year up to which the file of mergers goes."""


def page_of(found: Told) -> dict[str, Any]:
    """Everything on the page of an answer."""
    report = found.report
    rows = partner_rows(found)
    return {
        "asked": found.asked,
        "report": report,
        "is_empty": False,
        "answer": _answer(found),
        "notes": _notes(found),
        "rows": [_shown_row(found, row, _widest(found, rows)) for row in rows],
        "widest": number(_widest(found, rows)),
        "shows": [(show, str(title), show == found.asked.show) for show, title in SHOWS.items()],
        "table": flow_table(found),
        "figures": _figures(found),
        "figure_table": TABLES["figures"](found),
        "year_figure": year_figure(report),
        "year_table": TABLES["years"](found),
        "breaks": break_sentences(report.breaks),
        "model": None if report.boundaries_year else model_sentence(report),
        "model_table": TABLES["modelled"](found),
        "agenda": _agenda(found),
        "choices": _choices(found),
        "legend_layer": current_store().catalogue.layers["commuter_flows"],
        "language": current_language(),
    }


def empty_page(asked: Question) -> dict[str, Any]:
    """The page where no flow is stored at all."""
    return {"asked": asked, "is_empty": True, "language": current_language()}


def _answer(found: Told) -> str:
    report, figures = found.report, found.report.figures
    told = _(
        "In %(year)s people from elsewhere held %(in)s jobs in %(area)s, and residents of "
        "%(area)s held %(out)s jobs elsewhere: net %(net)s.",
        **{"year": report.year, "area": report.area_name, "in": jobs_words(figures.in_jobs),
           "out": jobs_words(figures.out_jobs),
           "net": jobs_words(figures.net_jobs, is_signed=True)},
    )  # fmt: skip
    inside = figures.live_and_work_jobs
    if inside is None:
        return told
    return told + " " + _("%(jobs)s jobs are held by people who live and work in %(area)s.",
                          jobs=jobs_words(inside), area=report.area_name)  # fmt: skip


def _notes(found: Told) -> list[str]:
    report = found.report
    notes = [_("Jobs of employees in December, not persons: one person may hold several; the "
               "self-employed and people who work abroad are not counted.")]  # fmt: skip
    if report.series == "cbs-2016-17":
        notes.append(_("One matrix of 2016 or 2017: pairs under 15 jobs and people who cross the "
                       "border are left out, so that these are lower bounds."))  # fmt: skip
    if report.boundaries_year:
        notes.append(_("On the municipalities of %(year)s: flows of those that merged are taken "
                       "together.", year=report.boundaries_year))  # fmt: skip
    if report.split:
        notes.append(_("Split since, and left as they were: %(names)s.",
                       names=", ".join(report.split)))  # fmt: skip
    undrawn = undrawn_names(found)
    if undrawn:
        notes.append(
            ngettext(
                "In the table and not on the map, because it has no place there: %(names)s.",
                "In the table and not on the map, because they have no place there: %(names)s.",
                len(undrawn), names=", ".join(undrawn[:5]) + (" …" if len(undrawn) > 5 else ""),
            )
        )  # fmt: skip
    return notes


def _widest(found: Told, rows: list[dict[str, Any]]) -> int:
    """Most jobs of one municipality among those shown, the rest of them left out."""
    jobs = [abs(row[found.asked.show].value) for row in rows if row["code"] != OTHER]
    return max(jobs, default=0)


def _shown_row(found: Told, row: dict[str, Any], widest: int) -> dict[str, Any]:
    show, area = found.asked.show, found.report.area
    jobs: Jobs = row[show]
    comes_in = show == "in" or (show == "net" and jobs.value > 0)
    is_rest = row["code"] == OTHER
    ends = (row["code"], area) if comes_in else (area, row["code"])
    share = abs(jobs.value) / widest if widest and not is_rest else 0
    return {
        "name": row["name"],
        "key": "" if is_rest else "-".join(ends),
        "direction": "in" if comes_in else "out",
        "bar": round(100 * share, 2),
        "told": jobs_words(jobs, is_signed=show == "net"),
        "others": [
            (str(SHOWS[other]), "–" if row[other] is None else _plain(row[other].value, other))
            for other in SHOWS if other != show
        ],
    }  # fmt: skip


def _plain(value: int, show: str) -> str:
    return signed(value) if show == "net" else number(value)


def _figures(found: Told) -> list[tuple[str, str]]:
    figures = found.report.figures
    told = []
    for name, title in FIGURES.items():
        one = getattr(figures, name)
        if one is None or isinstance(one, Jobs):
            told.append((str(title), jobs_words(one, is_signed=name == "net_jobs")))
        else:
            told.append((str(title), ratio_words(one, is_share=name in SHARES)))
    return told


def _agenda(found: Told) -> list[dict[str, str]]:
    return [
        {"name": str(row["name"]), "value": _agenda_value(row), "ambiguity": row["ambiguity"] or ""}
        for row in agenda_rows(found)
    ]


def _agenda_value(row: dict[str, Any]) -> str:
    value = float(row["value"])
    return number(value) if value.is_integer() else f"{value:.2f}".replace(
        ".", "," if current_language() == "nl" else "."
    )


def _choices(found: Told) -> dict[str, list[tuple[str, str]]]:
    report = found.report
    years = sorted({year for _series, year in report.years}, reverse=True)
    series = [one for one, year in report.years if year == report.year]
    divisions = range(report.year, max(_LATEST_DIVISION, report.year) + 1)
    return {
        "year": [(str(year), str(year)) for year in years],
        "series": [(one, series_title(one)) for one in series],
        "top": [(top, _("all") if top == "all" else top) for top in TOPS],
        "boundaries": [(str(year), str(year)) for year in divisions],
    }
