"""The charts of vacancy, drawn from the very rows of their tables."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from geo_assen.units import format_date
from webapp.figures import Figure, Key, Table, charts
from webapp.figures.charts import BarRow, LineOf, Part, Point
from webapp.figures.scale import percent
from webapp.language import current_language
from webapp.vacancy.words import BY_TITLES, code_words, number, part_of, percents

__all__ = ["MOST_BARS", "change_figure", "group_figure", "year_figure"]

MOST_BARS = 12
"""Groups that the chart shows; its table has all."""

_CLASSES = (("friction", ""), ("long", "hatch"), ("structural", "dense"))
_CHANGES = (("newly_vacant", "hatch"), ("still_vacant", "dense"), ("newly_filled", ""))


def group_figure(table: Table, by: str) -> Figure | None:
    """Vacant m² of each group by duration; None where nothing is vacant."""
    rows = [row for row in table.records() if row["vacant_units"]]
    if not rows:
        return None
    titles = code_words("vacancy_class")
    shown = rows[:MOST_BARS]
    bars = [BarRow(row["name"], part_of(row), _parts(row, titles)) for row in shown]
    keys = tuple(Key(f"vacancy-{name}", titles[name], mark) for name, mark in _CLASSES)
    told = "; ".join(f"{row['name']}: {part_of(row)}" for row in shown)
    title = _("Vacant m² by duration, by %(what)s", what=str(BY_TITLES[by]).lower())
    return Figure("groups", title, told, charts.stacked_bars(bars), keys)


def _parts(row: dict[str, Any], titles: dict[str, str]) -> tuple[Part, ...]:
    return tuple(
        Part(
            f"vacancy-{name}", row[f"{name}_floor_m2"], mark,
            _("%(class)s: %(units)s premises, %(floor)s m²", **{"class": titles[name]},
              units=number(row[f"{name}_units"]), floor=number(row[f"{name}_floor_m2"])),
        )
        for name, mark in _CLASSES
    )  # fmt: skip


def year_figure(table: Table) -> Figure:
    """Both shares over the years."""
    rows = table.records()
    lines = [
        LineOf(tuple(_point(row, name) for row in rows))
        for name in ("vacant_units_share", "vacant_floor_share")
    ]
    keys = (
        Key("line-one", _("of the premises")),
        Key("line-two", _("of the m² (dashed)")),
    )
    told = "; ".join(
        _("%(day)s: %(units)s of the premises, %(floor)s of the m²", day=_day(row),
          units=percents(row["vacant_units_share"]), floor=percents(row["vacant_floor_share"]))
        for row in rows[-5:]
    )  # fmt: skip
    title = _("Vacant share over the years, in percents")
    return Figure("years", title, told, charts.line_chart(lines, "%"), keys)


def _point(row: dict[str, Any], name: str) -> Point:
    share = row[name]
    title = f"{_day(row)}: {percents(share)}"
    # The end of a year is the turn to the next one, after which the point is named.
    at = row["told_on"] + timedelta(days=1)
    return Point(at, None if share is None else percent(share, 1), title, _day(row))


def _day(row: dict[str, Any]) -> str:
    return format_date(row["told_on"], current_language())


def change_figure(table: Table) -> Figure | None:
    """Changed premises in number; None where nothing changed hands."""
    counted = {row["change"]: row for row in table.records()}
    words = code_words("vacancy_change")
    drawn = [(name, mark) for name, mark in _CHANGES if name in counted]
    if not any(counted[name]["units"] for name, _mark in drawn):
        return None
    parts = tuple(
        Part(f"change-{name}", counted[name]["units"], mark,
             f"{words[name]}: {number(counted[name]['units'])}")
        for name, mark in drawn
    )  # fmt: skip
    bars = [BarRow(_("Premises that were vacant before, after or on both days"), "", parts)]
    keys = tuple(
        Key(f"change-{name}", f"{words[name]} ({number(counted[name]['units'])})", mark)
        for name, mark in drawn
    )
    told = "; ".join(part.title for part in parts)
    title = _("What changed, in premises")
    return Figure("changes", title, told, charts.stacked_bars(bars, each_whole=True), keys)
