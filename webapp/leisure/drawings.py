"""The chart of leisure, drawn from what sources say of an attraction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from babel.dates import get_month_names
from flask_babel import gettext as _

from geo_assen.services import LeisureReport
from webapp.figures import Figure, Key, charts
from webapp.figures.charts import LineOf, Point
from webapp.figures.shapes import Drawing, Line, Rect, Text
from webapp.language import current_language
from webapp.leisure.words import days_words, number

__all__ = ["season_figure", "visitor_figure"]

_MONTHS = 12
_HEAD, _ROW, _BAR = 22, 40, 12
_LEAST_WIDTH = 0.9
"""Percents of the width below which a bar of a day would not be seen."""


def season_figure(report: LeisureReport) -> Figure | None:
    """Events along the year, the weeks of the TT behind them; None where there are none.

    Each event has a row of its own, so that those on the same days stand below one another.
    One that began before the year or goes on after it runs to the edge, with an arrow there.
    """
    rows = report.events.to_dict("records")
    if not rows:
        return None
    drawn, bottom = Drawing(), _HEAD + _ROW * len(rows)
    for week in report.weeks:
        if week.is_tt:
            left, right = _along(week.starts_on, report.year), _along(week.after, report.year)
            drawn.rects.append(Rect(left, _HEAD, round(right - left, 3), bottom - _HEAD, "tt-week",
                                    title=_("TT week")))  # fmt: skip
    _draw_months(drawn, report.year, bottom)
    for at, row in enumerate(rows):
        _draw_event(drawn, row, report.year, _HEAD + _ROW * at)
    told = "; ".join(f"{row['name']}: {_days(row)}" for row in rows)
    keys = [Key("event", _("event"))]
    if any(week.is_tt for week in report.weeks):
        keys.append(Key("tt-week", _("TT week")))
    title = _("Events of %(year)s along the year", year=report.year)
    return Figure("season", title, told, drawn.chart(bottom + 4), tuple(keys))


def _draw_months(drawn: Drawing, year: int, bottom: int) -> None:
    names = get_month_names("narrow", context="stand-alone", locale=current_language())
    for month in range(1, _MONTHS + 1):
        left = _along(date(year, month, 1), year)
        drawn.lines.append(Line(left, _HEAD - 4, left, bottom, "grid"))
        middle = round(left + 50 / _MONTHS, 3)
        drawn.texts.append(Text(middle, 12, names[month], "middle", "axis"))


def _draw_event(drawn: Drawing, row: Mapping[str, Any], year: int, top: int) -> None:
    starts_on, after = row["starts_on"], row["ends_on"] + timedelta(days=1)
    left, right = _along(starts_on, year), _along(after, year)
    width = max(right - left, _LEAST_WIDTH)
    left = min(left, 100 - width)
    drawn.rects.append(Rect(round(left, 3), top + 21, round(width, 3), _BAR, "event",
                            title=f"{row['name']}: {_days(row)}"))  # fmt: skip
    # the words start where the bar does, as long as there is room for them on its right
    late = left > 50
    arrows = ("← " if starts_on.year < year else "", " →" if row["ends_on"].year > year else "")
    words = row["name"].join(arrows)
    at = left + width if late else left
    drawn.texts.append(Text(round(at, 3), top + 16, words, "end" if late else "start"))


def _days(row: Mapping[str, Any]) -> str:
    return days_words(row["starts_on"], row["ends_on"])


def _along(day: date, year: int) -> float:
    """How far along the year a day begins, in percents; at an edge where it lies outside."""
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    share = (day - first).days / (after - first).days
    return round(min(max(share, 0), 1) * 100, 3)


def visitor_figure(report: LeisureReport) -> Figure | None:
    """Visitors by year; None where a total is told of fewer than two years.

    A year without a total leaves a gap. Where sources differ, the value recorded last is on
    the line and the others are dots of their own, which nothing joins.
    """
    totals = {one.year: one for one in report.place_years if one.part is None}
    if len(totals) < 2:
        return None
    main, others = [], []
    for year in range(min(totals), max(totals) + 1):
        if year not in totals:
            main.append(Point(year, None, ""))
            continue
        *before, last = totals[year].values
        main.append(_point(year, last.visitors, last.source))
        for value in before:
            if value.visitors != last.visitors:
                # nothing stands between two dots, so that they are not joined
                others += [_point(year, value.visitors, value.source), Point(year, None, "")]
    lines = [LineOf(tuple(main)), *([LineOf(tuple(others))] if others else [])]
    keys = [Key("line-one", _("visitors, value recorded last"))]
    if others:
        keys.append(Key("line-two", _("another value for the same year (hollow dot)")))
    told = "; ".join(
        f"{year}: {' / '.join(number(value.visitors) for value in totals[year].values)}"
        for year in sorted(totals)
    )
    title = _("Visitors of %(place)s a year, × 1,000", place=report.place_name)
    chart = charts.line_chart(lines, _("× 1,000"))
    return Figure("visitors", title, told, chart, tuple(keys))


def _point(year: int, visitors: int, source: str | None) -> Point:
    said = _("%(year)s: %(visitors)s visitors", year=year, visitors=number(visitors))
    return Point(year, visitors / 1000, f"{said} ({source})" if source else said)
