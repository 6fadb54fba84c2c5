"""The chart of commuting over the years, which is broken where the method changed."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _

from geo_assen.commuting import Break
from geo_assen.services import CommutingReport, YearFigures
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
    lines = [_line(name, report) for name in ("in_jobs", "out_jobs")]
    chart = _with_breaks(charts.line_chart(lines, ""), report)
    keys = [Key("line-one", _("Incoming")), Key("line-two", _("Outgoing"))]
    if report.breaks:
        keys.append(Key("pace", _("Break: not to be compared across")))
    told = "; ".join(
        _("%(year)s: %(in)s in, %(out)s out",
          **{"year": one.year, "in": _words("in_jobs", one), "out": _words("out_jobs", one)})
        for one in history
    )  # fmt: skip
    return Figure("years", _("Jobs in and out by year"), told, chart, tuple(keys))


def _line(name: str, report: CommutingReport) -> LineOf:
    """A figure along the years, with a gap wherever two of them may not be joined."""
    starts = {(one.last_year, one.first_year) for one in report.breaks}
    points: list[Point] = []
    before: YearFigures | None = None
    for one in report.history:
        figure = one.figure(name)
        if before is not None and (
            (before.year, one.year) in starts or (name in before.at_least) != (name in one.at_least)
        ):
            points.append(Point(one.year, None, ""))
        value = None if figure is None or figure.value is None else figure.value / 1000
        title = f"{one.year}, {series_title(one.series)}: {_words(name, one)}"
        points.append(Point(one.year, value, title))
        before = one
    return LineOf(tuple(points))


def _words(name: str, year: YearFigures) -> str:
    return figure_words(name, year.figure(name), is_least=name in year.at_least)


def _with_breaks(chart: Chart, report: CommutingReport) -> Chart:
    """Chart with an upright line half way between the years of each break."""
    years = sorted({one.year for one in report.history
                    if one.figures.in_jobs is not None or one.figures.out_jobs is not None})
    places = sorted({dot.x for dot in chart.dots})
    if len(places) != len(years) or len(years) < 2:
        return chart
    step = (places[-1] - places[0]) / (years[-1] - years[0])
    drawn = []
    for one in report.breaks:
        middle = (one.last_year + one.first_year) / 2 - years[0]
        x = round(places[0] + step * middle, 3)
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
