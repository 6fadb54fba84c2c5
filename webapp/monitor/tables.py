"""The scores of the goals as a table, and the chart drawn from its rows."""

from __future__ import annotations

from flask_babel import gettext as _

from geo_assen.monitor import COUNTRY
from geo_assen.services import MonitorReport
from webapp.figures import Column, Figure, Key, Table, charts
from webapp.figures.charts import BarRow, Part
from webapp.monitor.words import area_words, goal_words, number_words, own_words, signed_words

__all__ = ["sdg_figure", "sdg_table"]

_WHOLE_SCORE = 100


def sdg_table(report: MonitorReport) -> Table:
    """Score of each goal here and in the country, and the difference."""
    own, country = own_words(report), area_words(report, COUNTRY)
    differences = [
        None if pair.difference is None else round(pair.difference.value) for pair in report.sdg
    ]
    columns = (
        Column("name", _("Goal")),
        Column("sdg_number", _("No."), "count"),
        Column("own", own, "count"),
        Column("country", country, "count"),
        Column("difference", _("Difference"), "count",
               words={value: signed_words(value) for value in differences if value is not None}),
    )  # fmt: skip
    rows = tuple(
        (
            goal_words(pair),
            pair.sdg_number,
            round(pair.own.value),
            round(pair.country.value),
            difference,
        )
        for pair, difference in zip(report.sdg, differences, strict=True)
    )
    certainties = tuple(pair.own.certainty or "" for pair in report.sdg)
    caption = _("Scores of the goals, %(own)s and %(country)s, 0 to 100", own=own, country=country)
    return Table("sdg", caption, columns, rows, certainties)


def sdg_figure(report: MonitorReport, table: Table) -> Figure:
    """Both scores of each goal as bars below one another, on the scale of 0 to 100."""
    own, country = own_words(report), area_words(report, COUNTRY)
    rows = table.records()
    bars = [
        BarRow(
            row["name"],
            f"{number_words(row['own'])} / {number_words(row['country'])}",
            (
                Part("own-score", row["own"], "", f"{own}: {row['own']}"),
                Part("country-score", row["country"], "hatch", f"{country}: {row['country']}"),
            ),
        )
        for row in rows
    ]
    told = "; ".join(
        _("%(goal)s: %(own)s against %(country)s", goal=row["name"], own=row["own"],
          country=row["country"])
        for row in rows
    )  # fmt: skip
    keys = (Key("own-score", own), Key("country-score", country, "hatch"))
    title = _("Score of each goal, the whole width is 100")
    return Figure("sdg", title, told, charts.paired_bars(bars, whole=_WHOLE_SCORE), keys)
