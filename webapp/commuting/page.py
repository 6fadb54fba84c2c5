"""What the templates of commuting get to see."""

from __future__ import annotations

import math
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from geo_assen import services
from geo_assen.commuting import CUT_OFF, OTHER, Jobs, summed
from geo_assen.services import CommutingReport
from webapp.commuting.drawings import break_sentences, year_figure
from webapp.commuting.flows import undrawn_names
from webapp.commuting.modelled import model_sentence
from webapp.commuting.question import TOPS, Question
from webapp.commuting.tables import TABLES, Told, agenda_rows, flow_table, partner_rows
from webapp.commuting.words import (
    FIGURES,
    SHOWS,
    figure_words,
    jobs_words,
    number,
    series_title,
    signed,
    year_words,
)
from webapp.language import current_language
from webapp.store import current_store

__all__ = ["empty_page", "page_of"]


def page_of(found: Told) -> dict[str, Any]:
    """Everything on the page of an answer."""
    report = found.report
    rows = partner_rows(found)
    return {
        "asked": found.asked,
        "report": report,
        "is_empty": False,
        "year_words": year_words(report),
        "choice": _choice(found),
        "answer": _answer(found),
        "notes": _notes(found),
        "rows": _shown_rows(found, rows),
        "counted": _counted(found, rows),
        "has_flows": report.figure(f"{found.asked.show}_jobs") is not None,
        "widths": _widths(_widest(found, rows)),
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


def _figure_words(report: CommutingReport, name: str) -> str:
    return figure_words(name, report.figure(name), is_least=name in report.at_least)


def _across(report: CommutingReport) -> str:
    """What is published of the jobs across the border of the municipality."""
    words = {"year": year_words(report), "area": report.area_name,
             **{show: _figure_words(report, f"{show}_jobs") for show in SHOWS}}  # fmt: skip
    has_in, has_out = report.figures.in_jobs is not None, report.figures.out_jobs is not None
    if has_in and has_out:
        return _("In %(year)s people from elsewhere held %(in)s jobs in %(area)s, and residents of "
                 "%(area)s held %(out)s jobs elsewhere: net %(net)s.", **words)  # fmt: skip
    if has_in:
        return _("In %(year)s people from elsewhere held %(in)s jobs in %(area)s. How many jobs "
                 "its residents held elsewhere is not published, so no net can be told.",
                 **words)  # fmt: skip
    if has_out:
        return _("In %(year)s residents of %(area)s held %(out)s jobs elsewhere. How many jobs "
                 "people from elsewhere held in %(area)s is not published, so no net can be told.",
                 **words)  # fmt: skip
    return _("Of %(year)s no jobs to or from %(area)s are published.", **words)


def _answer(found: Told) -> str:
    report = found.report
    told = _across(report)
    inside = report.figures.live_and_work_jobs
    if inside is None:
        return told
    return told + " " + _("%(jobs)s jobs are held by people who live and work in %(area)s.",
                          jobs=jobs_words(inside), area=report.area_name)  # fmt: skip


def _notes(found: Told) -> list[str]:
    report = found.report
    notes = [_("Jobs of employees in December, not persons: one person may hold several; the "
               "self-employed and people who work abroad are not counted.")]  # fmt: skip
    if report.series in CUT_OFF:
        notes.append(_("One matrix of 2016 or 2017: pairs under 15 jobs and people who cross the "
                       "border are left out, in the totals too. Net and ratios are those of what "
                       "is published."))  # fmt: skip
    elif report.at_least:
        notes.append(_("Where it says at least, no total is stored, so that nobody knows what the "
                       "pairs hold that are not published: net, and ratios that need it, are those "
                       "of what is published."))  # fmt: skip
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


def _widths(widest: int) -> list[tuple[str, float]]:
    """Round numbers of jobs with the pixels of a line that has them, as the map draws it."""
    rounds = [digit * 10**power for power in range(7) for digit in (1, 2, 5)]
    samples = {max((one for one in rounds if one <= widest / part), default=0) for part in (1, 10)}
    return [(number(jobs), round(1 + 9 * math.sqrt(jobs / widest), 1))
            for jobs in sorted(samples, reverse=True) if jobs]  # fmt: skip


def _counted(found: Told, rows: list[dict[str, Any]]) -> str:
    """How many municipalities are shown of those that have jobs, where that is not all."""
    shown, more = sum(row["code"] != OTHER for row in rows), len(_unshown(found, rows))
    if not more:
        return ""
    return _("%(shown)s of %(all)s municipalities are shown, here and on the map.",
             shown=shown, all=shown + more)  # fmt: skip


def _unshown(found: Told, rows: list[dict[str, Any]]) -> list[dict[str, Jobs | None]]:
    """Jobs of the municipalities that are left out of the rows."""
    listed = {row["code"] for row in rows} | {OTHER}
    everyone = services.strongest(found.report.partners, found.asked.show, None, 0)
    return [
        {show: services.partner_jobs(row, show) for show in SHOWS}
        for row in everyone.to_dict("records") if row["code"] not in listed
    ]  # fmt: skip


def _shown_rows(found: Told, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the table; those left out stand in one of their own, so that it adds up."""
    widest, left = _widest(found, rows), _unshown(found, rows)
    shown = [_shown_row(found, row, widest) for row in rows]
    if left:
        told = {show: [row[show] for row in left if row[show] is not None] for show in SHOWS}
        sums = {show: summed(jobs) if jobs else None for show, jobs in told.items()}
        name = ngettext("%(num)d more", "%(num)d more together", len(left))
        at = sum(row["code"] != OTHER for row in rows)
        shown.insert(at, _shown_row(found, {"code": OTHER, "name": name, **sums}, widest))
    return shown


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
    report = found.report
    return [(str(title), _figure_words(report, name)) for name, title in FIGURES.items()]


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


def _choice(found: Told) -> str:
    """Year and series that are told."""
    report = found.report
    title = series_title(report.series)
    return title if report.series in CUT_OFF else f"{report.year}, {title}"


def _choices(found: Told) -> dict[str, list[tuple[str, str]]]:
    report = found.report
    years = sorted({year for _series, year in report.years}, reverse=True)
    series = [one for one, year in report.years if year == report.year]
    divisions = range(report.year, max(services.LATEST_DIVISION_YEAR, report.year) + 1)
    return {
        "year": [(str(year), str(year)) for year in years],
        "series": [(one, series_title(one)) for one in series],
        "top": [(top, _("all") if top == "all" else top) for top in TOPS],
        "boundaries": [(str(year), str(year)) for year in divisions],
    }
