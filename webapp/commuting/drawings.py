"""The chart of commuting over the years, which is broken where the method changed."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _

from geo_assen.commuting import Break, Jobs
from geo_assen.services import CommutingReport
from webapp.commuting.words import BREAKS, figure_words, series_title
from webapp.figures import Figure, Key, charts
from webapp.figures.charts import LineOf, Point
from webapp.figures.shapes import Chart, Line

__all__ = ["break_sentences", "year_figure"]

_TOP, _FOOT_PX = 14, 26


def year_figure(report: CommutingReport) -> Figure | None:
    """Jobs in and out by year; None where only one year is stored."""
    history = report.history
    if len(history) < 2:
        return None
    starts = {(one.last_year, one.first_year) for one in report.breaks}
    lines = []
    for name in ("in_jobs", "out_jobs"):
        points: list[Point] = []
        for at, one in enumerate(history):
            if at and (history[at - 1].year, one.year) in starts:
                points.append(Point(one.year, None, ""))  # a gap: nothing is joined over a break
            jobs: Jobs = getattr(one.figures, name)
            words = figure_words(name, one.figures, one.at_least)
            title = f"{one.year}, {series_title(one.series)}: {words}"
            points.append(Point(one.year, jobs.value / 1000, title))
        lines.append(LineOf(tuple(points)))
    chart = _with_breaks(charts.line_chart(lines, ""), report)
    keys = [Key("line-one", _("Incoming")), Key("line-two", _("Outgoing"))]
    if report.breaks:
        keys.append(Key("pace", _("Break: not to be compared across")))
    told = "; ".join(
        _("%(year)s: %(in)s in, %(out)s out",
          **{"year": one.year, "in": figure_words("in_jobs", one.figures, one.at_least),
             "out": figure_words("out_jobs", one.figures, one.at_least)})
        for one in history
    )  # fmt: skip
    return Figure("years", _("Jobs in and out by year"), told, chart, tuple(keys))


def _with_breaks(chart: Chart, report: CommutingReport) -> Chart:
    """Chart with an upright line half way between the years of each break."""
    years = sorted({one.year for one in report.history})
    places = sorted({dot.x for dot in chart.dots})
    if len(places) != len(years):
        return chart
    at = dict(zip(years, places, strict=True))
    drawn = []
    for one in report.breaks:
        x = round((at[one.last_year] + at[one.first_year]) / 2, 3)
        drawn.append(Line(x, _TOP, x, chart.height - _FOOT_PX, "pace"))
    return replace(chart, lines=(*chart.lines, *drawn))


def break_sentences(breaks: tuple[Break, ...]) -> list[str]:
    """What changed at each break; of one year two tables may tell."""
    return [
        _("In %(year)s: %(reason)s.", year=one.last_year, reason=str(BREAKS[one.reason]))
        if one.last_year == one.first_year
        else _("Between %(last)s and %(first)s: %(reason)s.", last=one.last_year,
          first=one.first_year, reason=str(BREAKS[one.reason]))
        for one in breaks
    ]  # fmt: skip
