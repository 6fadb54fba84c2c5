"""The figures of leisure as tables: the page, its chart and its files have the same rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from geo_assen.leisure import AT_MOST
from geo_assen.services import LeisureReport
from geo_assen.units import format_date
from webapp.figures import Column, Table
from webapp.language import current_language
from webapp.leisure.words import code_words, days_words, known, whole

__all__ = ["TABLES", "attraction_table", "catchment_table", "event_table", "visit_table"]


def attraction_table(report: LeisureReport) -> Table:
    """All attractions with their visitors, most first, and what the model makes of them."""
    columns = (
        Column("code", _("Code"), shown=False),
        Column("name", _("Name")),
        Column("kind", _("Kind"), words=code_words("attraction_kind")),
        Column("year", _("Year"), "year"),
        Column("visitors", _("Visitors"), "count", missing=_("not known")),
        Column("low_visitors", _("Visitors, least said"), "count", shown=False),
        Column("high_visitors", _("Visitors, most said"), "count", shown=False),
        Column("certainty_visitors", _("Certainty"), words=code_words("certainty")),
        Column("modelled_visits", _("Visits of residents (model)"), "count"),
    )
    counts = ("year", "visitors", "low_visitors", "high_visitors", "modelled_visits")
    rows = tuple(
        tuple(whole(row[c.name]) if c.name in counts else known(row[c.name]) for c in columns)
        for row in report.attractions[[c.name for c in columns]].to_dict("records")
    )
    certainties = tuple(report.attractions["certainty"].fillna(""))
    caption = _("Attractions and their visitors, %(day)s",
                day=format_date(report.as_of, current_language()))  # fmt: skip
    return Table("attractions", caption, columns, rows, certainties)


def visit_table(report: LeisureReport) -> Table:
    """All that sources say of the chosen attraction, each value a row, latest year first."""
    columns = (
        Column("year", _("Year"), "year"),
        Column("attraction", _("Attraction"), shown=False),
        Column("part", _("What is counted"), words={"": _("all visitors")}),
        Column("visitors", _("Visitors"), "count"),
        Column("source", _("Source")),
        Column("contradicts", _("Sources differ"), "flag"),
        Column("certainty_visitors", _("Certainty"), words=code_words("certainty")),
        Column("remark", _("Remark")),
    )
    told = [
        (one, value)
        for one in sorted(report.place_years, key=lambda y: (-y.year, y.part or ""))
        for value in one.values
    ]
    parts = _parts()
    rows = tuple(
        (one.year, report.place, parts.get(one.part or "", one.part), value.visitors,
         value.source, one.contradicts, value.certainty, value.remark)
        for one, value in told
    )  # fmt: skip
    certainties = tuple(value.certainty or "" for _one, value in told)
    caption = _("What sources say of %(place)s", place=report.place_name)
    return Table("visits", caption, columns, rows, certainties)


def catchment_table(report: LeisureReport) -> Table:
    """Districts with the share of their visits that goes to the chosen attraction."""
    columns = (
        Column("district", _("Code"), shown=False),
        Column("name", _("District")),
        Column("share", _("Goes there, %"), "share"),
        Column("visits_share", _("Of all visits there, %"), "share", missing=_("not known")),
        Column("distance_m", _("Distance, m"), "count"),
        Column("persons", _("Inhabitants"), "count", missing=_("not known")),
        Column("visits", _("Visits (model)"), "count", missing=_("not known")),
        Column("place", _("Attraction"), shown=False),
        Column("alpha", "alpha", "years", shown=False),
        Column("beta", "beta", "years", shown=False),
        Column("visits_per_person", _("Visits a year of each inhabitant"), "years", shown=False),
    )
    ordered = report.districts.sort_values(["share", "code"], ascending=[False, True])
    listed = ordered if report.is_modelled else ordered.iloc[:0]
    rows = tuple(
        (row["code"], row["name"], known(row["share"]), known(row["visits_share"]),
         whole(row["distance_m"]), whole(row["persons"]), whole(row["visits"]), report.place,
         report.alpha, report.beta, report.visits_per_person)
        for row in listed.to_dict("records")
    )  # fmt: skip
    caption = _("Share of the visits of each district that goes to %(place)s",
                place=report.place_name)  # fmt: skip
    return Table("catchment", caption, columns, rows, ("modelled",) * len(rows))


def event_table(report: LeisureReport) -> Table:
    """Events of the year, earliest first."""
    columns = (
        Column("code", _("Code"), shown=False),
        Column("name", _("Event")),
        Column("kind", _("Kind"), words=code_words("event_kind")),
        Column("days", _("Days")),
        Column("starts_on", _("Starts"), "date", shown=False),
        Column("ends_on", _("Ends"), "date", shown=False),
        Column("place", _("Place")),
        Column("week", _("Week")),
        Column("tt_week", _("In the TT week"), "flag"),
        Column("shared_days_with", _("On the same days")),
    )
    weeks = {code: [w for w in report.weeks if code in w.events] for code in report.events["code"]}
    rows = tuple(
        (row["code"], row["name"], row["kind"], days_words(row["starts_on"], row["ends_on"]),
         row["starts_on"], row["ends_on"], known(row["place_name"]),
         _week_words(weeks[row["code"]]),
         any(week.is_tt for week in weeks[row["code"]]),
         ", ".join(report.shared[row["code"]]) or None)
        for row in report.events.to_dict("records")
    )  # fmt: skip
    certainties = tuple(report.events["certainty"].fillna(""))
    caption = _("Events of %(year)s", year=report.year)
    return Table("events", caption, columns, rows, certainties)


TABLES: Mapping[str, Callable[[LeisureReport], Table]] = {
    "attractions": attraction_table,
    "visits": visit_table,
    "catchment": catchment_table,
    "events": event_table,
}
"""Tables by the name that a file asks for."""


def _week_words(weeks: list[Any]) -> str | None:
    """Numbers of the weeks of the year; None where they belong to another year."""
    if not weeks:
        return None
    first, last = weeks[0].number, weeks[-1].number
    return str(first) if first == last else f"{first}–{last}"


def _parts() -> Mapping[str, str]:
    """Words for the parts that are known; others stand as they were recorded."""
    return {
        "": _("all visitors"),
        "thursday": _("Thursday"),
        "friday": _("Friday"),
        "saturday": _("Saturday"),
        "sunday": _("Sunday"),
        "library": _("library"),
        "cinema": _("cinema"),
        "theatre": _("theatre"),
        "events": _("events"),
        "wsbk": _("World Superbike"),
        "mxgp": _("Motocross Grand Prix"),
        "tt_night": _("TT night"),
        "van_gogh": _("Van Gogh exhibition"),
        AT_MOST: _("all visitors, at most: no count"),
    }
