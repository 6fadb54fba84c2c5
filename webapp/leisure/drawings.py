"""The chart of leisure, drawn from what sources say of an attraction."""

from __future__ import annotations

from flask_babel import gettext as _

from geo_assen.services import LeisureReport
from webapp.figures import Figure, Key, charts
from webapp.figures.charts import LineOf, Point
from webapp.leisure.words import number

__all__ = ["visitor_figure"]


def visitor_figure(report: LeisureReport) -> Figure | None:
    """Visitors by year; None where no total is told.

    A year without a total leaves a gap. Where sources differ, the value recorded last is on
    the line and the others are dots of their own, which nothing joins.
    """
    totals = {one.year: one for one in report.place_years if one.part is None}
    if not totals:
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
