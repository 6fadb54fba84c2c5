"""The tables of vacancy, out of the reports of the services."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from flask_babel import gettext as _

from geo_assen import services
from geo_assen.services import ChangeReport, VacancyBy, VacancyReport
from geo_assen.units import format_date
from geo_assen.vacancy import NO_KEY, SIZE_CLASSES, Hotspots
from webapp.figures import Column, Table
from webapp.language import current_language
from webapp.store import current_store
from webapp.vacancy.question import Question
from webapp.vacancy.words import BY_TITLES, CLASSES, MEASURES, code_words, group_name, inside, known

__all__ = ["MOST_SHOWN", "TABLES", "Told", "ordered_units", "told"]

MOST_SHOWN = 200
"""Rows of a list that stand on the page; its file has all."""

_COUNTED = ("units", "vacant_units", "vacant_units_share", "floor_m2", "vacant_floor_m2",
            "vacant_floor_share")  # fmt: skip
_DURATIONS = ("friction_units", "long_units", "structural_units", "unknown_units")
_FLOORS = ("friction_floor_m2", "long_floor_m2", "structural_floor_m2", "unknown_floor_m2")
_DOUBTS = ("partly_units", "unmeasured_units", "unmeasured_vacant_units")
_SMALL = "without_large_"


@dataclass(frozen=True)
class Told:
    """The reports that answer a question."""

    asked: Question
    report: VacancyReport

    @cached_property
    def changes(self) -> ChangeReport | None:
        """What changed since the day to compare with; None where there is no earlier one."""
        asked = self.asked
        if asked.since is None or not asked.compares:
            return None
        return services.vacancy_change_report(
            current_store(),
            since=asked.since,
            until=asked.as_of,
            known_at=asked.known_at,
            chosen=asked.chosen,
        )

    @cached_property
    def hotspots(self) -> Hotspots:
        """Where vacancy clusters; it costs more than all else, so ask it last."""
        asked = self.asked
        return services.hotspots_at(current_store(), asked.as_of, asked.known_at, asked.chosen)

    @property
    def day(self) -> str:
        """Reference date in words."""
        return format_date(self.asked.as_of, current_language())

    @property
    def certainty(self) -> str:
        """Kinds of certainty that the figures rest on."""
        return ", ".join(self.report.certainties)

    def table(
        self,
        name: str,
        caption: str,
        columns: Sequence[Column],
        rows: Sequence[Mapping[str, Any]],
        total: Mapping[str, Any] | None = None,
    ) -> Table:
        """Table of rows, each as sure as it says itself, or as the figures are."""
        cells = [tuple(known(row[column.name]) for column in columns) for row in rows]
        sure = tuple(str(known(row.get("certainty")) or self.certainty) for row in rows)
        last = None if total is None else tuple(known(total[column.name]) for column in columns)
        return Table(name, caption, tuple(columns), tuple(cells), sure, last)


def told(asked: Question) -> Told:
    """Ask the services.

    Raises
    ------
    NotFound
        If there is no such area or district.
    """
    report = services.vacancy_report(
        current_store(),
        as_of=asked.as_of,
        known_at=asked.known_at,
        chosen=asked.chosen,
        large_m2=asked.large_m2,
    )
    return Told(asked, report)


def group_table(found: Told) -> Table:
    """Vacancy by what is asked: in premises and m², with and without large ones."""
    by = found.asked.by
    return year_table(found) if by == "year" else _group_table(found, by)


def _group_table(found: Told, by: VacancyBy) -> Table:
    rows = _ordered(by, _rows(found, by))
    total = _joined(found.report.total, found.report.without_large)
    total |= {"key": "", "name": _("All together")}
    columns = [
        Column("key", _("Code"), shown=False),
        Column("name", str(BY_TITLES[by])),
        *_figure_columns(),
    ]
    caption = _("Vacancy by %(what)s on %(day)s", what=inside(str(BY_TITLES[by])), day=found.day)
    return found.table(f"figures-{by}", caption, columns, rows, total if len(rows) > 1 else None)


def year_table(found: Told) -> Table:
    """Vacancy at the turn of each year, and last on the date itself."""
    rows = _rows(found, "year")
    columns = [
        Column("key", _("Year")),
        Column("told_on", _("Told for the end of"), "date"),
        *_figure_columns(),
    ]
    caption = _("Vacancy on 1 January of each year, and on %(day)s", day=found.day)
    return found.table("years", caption, columns, rows)


def _rows(found: Told, by: VacancyBy) -> list[dict[str, Any]]:
    """Groups with their figures, those without large units beside them."""
    report = found.report
    small = {row["key"]: row for row in _records(report.figures(by, large=False))}
    nothing = dict.fromkeys((*_COUNTED, *_DURATIONS), 0)
    nothing |= {"vacant_units_share": None, "vacant_floor_share": None}
    return [
        _joined(row, small.get(row["key"], nothing))
        | {
            "key": row["key"],
            "name": group_name(by, row["key"], row["name"]),
            "told_on": row.get("as_of"),
        }
        for row in _records(report.figures(by))
    ]


def _records(figures: pd.DataFrame) -> list[dict[str, Any]]:
    rows = figures.reset_index().to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _joined(row: Mapping[str, Any], small: Mapping[str, Any]) -> dict[str, Any]:
    names = (*_COUNTED, *_DURATIONS, *_FLOORS, *_DOUBTS)
    return {name: row[name] for name in names} | {
        f"{_SMALL}{name}": small[name] for name in (*_COUNTED, *_DURATIONS)
    }


def _ordered(by: VacancyBy, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sizes by size; all else with the most vacant floor first, and those without a key last."""
    if by == "size":
        return sorted(rows, key=lambda row: SIZE_CLASSES.index(row["key"]))
    return sorted(
        rows, key=lambda row: (row["key"] == NO_KEY, -row["vacant_floor_m2"], row["name"])
    )


def _figure_columns() -> list[Column]:
    return [
        *_counted_columns("", ""),
        *_counted_columns(_SMALL, _("without large ones:") + " "),
        Column("friction_units", _("Up to 1 year"), "count"),
        Column("long_units", _("1 to 3 years"), "count"),
        Column("structural_units", _("Over 3 years"), "count"),
        Column("unknown_units", _("Not known"), "count"),
        Column("friction_floor_m2", _("Up to 1 year, m²"), "m2", shown=False),
        Column("long_floor_m2", _("1 to 3 years, m²"), "m2", shown=False),
        Column("structural_floor_m2", _("Over 3 years, m²"), "m2", shown=False),
        Column("unknown_floor_m2", _("Not known, m²"), "m2", shown=False),
        Column("partly_units", _("Partly vacant"), "count", shown=False),
        Column("unmeasured_units", _("Floor area not known"), "count", shown=False),
        Column("unmeasured_vacant_units", _("Vacant floor not known"), "count", shown=False),
    ]


def _counted_columns(prefix: str, said: str) -> list[Column]:
    titles = (
        ("units", _("premises"), "count"),
        ("vacant_units", _("vacant premises"), "count"),
        ("vacant_units_share", _("vacant, percents of the premises"), "share"),
        ("floor_m2", _("m²"), "m2"),
        ("vacant_floor_m2", _("vacant m²"), "m2"),
        ("vacant_floor_share", _("vacant, percents of the m²"), "share"),
    )
    return [Column(f"{prefix}{name}", said + title, unit) for name, title, unit in titles]


def duration_table(found: Told) -> Table:
    """How long premises stand vacant, in premises and in m²."""
    report = found.report
    rows = [
        {
            "vacancy_class": name,
            "units": report.total[f"{name}_units"],
            "floor_m2": report.total[f"{name}_floor_m2"],
            "without_large_units": report.without_large[f"{name}_units"],
            "without_large_floor_m2": report.without_large[f"{name}_floor_m2"],
        }
        for name in ("friction", "long", "structural", "unknown")
    ]
    columns = [
        Column("vacancy_class", _("Duration"), words=code_words("vacancy_class")),
        Column("units", _("Number of premises"), "count"),
        Column("floor_m2", _("m²"), "m2"),
        Column("without_large_units", _("without large ones: premises"), "count"),
        Column("without_large_floor_m2", _("without large ones: m²"), "m2"),
    ]
    caption = _("How long premises stand vacant on %(day)s", day=found.day)
    return found.table("durations", caption, columns, rows)


def reference_table(found: Told) -> Table:
    """Our shares beside stated ones of other areas, years and sources."""
    report = found.report
    stated = [row for row in report.reference.to_dict("records") if row["measure"] in MEASURES]
    rows: list[Mapping[str, Any]] = []
    for measure in MEASURES:
        rows.append(
            {
                "measure": measure,
                "name": _("What this page tells, on %(day)s", day=found.day),
                "area_name": report.municipality[1],
                "year": found.asked.as_of.year,
                "value": report.total[measure],
                "definition": _("Of the premises that are chosen here, those of unknown state "
                                "among them."),
                "stated_by": _("Own observations"),
                "certainty": found.certainty,
            }
        )  # fmt: skip
        rows += [row | {"stated_by": row["source_name"]}
                 for row in stated if row["measure"] == measure]  # fmt: skip
    columns = [
        Column("measure", _("Measure"), words={n: str(title) for n, title in MEASURES.items()}),
        Column("value", _("Share, in percents"), "share"),
        Column("year", _("Year"), "year"),
        Column("area_name", _("Of which area")),
        Column("name", _("What")),
        Column("definition", _("Definition")),
        Column("stated_by", _("Said by")),
    ]
    caption = _("Beside figures of others; years and definitions differ")
    return found.table("reference", caption, columns, rows)


def ordered_units(units: pd.DataFrame) -> pd.DataFrame:
    """Units, those that are vacant longest first."""
    rank = {name: at for at, name in enumerate(CLASSES)}
    told = pd.DataFrame(
        {
            "rank": units["vacancy_class"].map(rank).fillna(len(CLASSES)).to_numpy(),
            "since": pd.to_datetime(units["vacant_since"]).to_numpy(),
            "premises": units.index,
        }
    )
    return units.iloc[told.sort_values(["rank", "since", "premises"]).index]


def unit_table(found: Told, most: int | None = None) -> Table:
    """Premises that are listed, those that are vacant longest first."""
    units = ordered_units(found.report.listed).iloc[:most].rename_axis("premises")
    columns = [
        Column("premises", _("Code"), shown=False),
        Column("address", _("Address")),
        Column("name", _("Name"), shown=False),
        Column("vacancy_class", _("Vacancy"), words=code_words("vacancy_class")),
        Column("vacant_since", _("Vacant since"), "date"),
        Column("at_least", _("or earlier"), "flag"),
        Column("floor_area_m2", _("m²"), "m2"),
        Column("vacant_m2", _("Vacant m²"), "m2"),
        Column("use", _("Use of the premises"), words=code_words("vacancy_use")),
        Column("street", _("Street"), shown=False),
        Column("shopping_area", _("Shopping area"), shown=False),
        Column("district", _("District"), shown=False),
        Column("source", _("Source"), words=code_words("vacancy_source")),
        Column("observed_on", _("Observed on"), "date"),
        Column("state", _("State of the premises"), words=code_words("vacancy_state"), shown=False),
        Column("vacant_share", _("Vacant share"), "share", shown=False),
    ]
    names = [column.name for column in columns if column.name != "premises"]
    caption = _("Premises on %(day)s", day=found.day)
    rows = [
        row | {"at_least": bool(row["at_least"]) if row["vacant_since"] else None,
               "address": known(row["address"]) or known(row["name"]) or row["premises"]}
        for row in _records(pd.DataFrame(units[[*names, "certainty"]]))
    ]  # fmt: skip
    return found.table("units", caption, columns, rows)


def change_table(found: Told, most: int | None = None) -> Table:
    """Premises that are vacant on either of the two days, and what became of them."""
    changes = found.changes
    if changes is None:
        frame = pd.DataFrame(columns=["premises"])
        rows: list[dict[str, Any]] = []
        caption = _("What changed until %(day)s", day=found.day)
    else:
        frame = pd.DataFrame(changes.rows.drop(columns="geometry")).iloc[:most]
        rows = _records(frame.rename_axis("premises"))
        caption = _("What changed from %(since)s to %(day)s", day=found.day,
                    since=format_date(changes.since, current_language()))  # fmt: skip
    classes, words = code_words("vacancy_class"), code_words("vacancy_change")
    columns = [
        Column("premises", _("Code"), shown=False),
        Column("address", _("Address")),
        Column("name", _("Name"), shown=False),
        Column("change", _("What changed"), words=words),
        Column("class_before", _("Before"), words=classes),
        Column("class_after", _("After"), words=classes),
        Column("vacant_since_before", _("Vacant since, before"), "date", shown=False),
        Column("vacant_since_after", _("Vacant since"), "date"),
        Column("used_between", _("Used in between"), "flag", shown=False),
        Column("since", _("Compared with"), "date", shown=False),
        Column("floor_area_m2", _("m²"), "m2"),
        Column("vacant_m2_before", _("Vacant m² before"), "m2"),
        Column("vacant_m2_after", _("Vacant m² after"), "m2"),
        Column("use", _("Use of the premises"), words=code_words("vacancy_use"), shown=False),
        Column("street", _("Street"), shown=False),
        Column("shopping_area", _("Shopping area"), shown=False),
        Column("district", _("District"), shown=False),
    ]
    for row in rows:
        row["address"] = known(row["address"]) or known(row["name"]) or row["premises"]
        row["since"] = found.asked.since
    return found.table("changes", caption, columns, rows)


def change_sums(found: Told) -> Table:
    """Changes counted, in premises and in m²."""
    changes = found.changes
    told = [] if changes is None else _records(changes.figures)
    rows = [row | {"since": found.asked.since} for row in told]
    columns = [
        Column("change", _("What changed"), words=code_words("vacancy_change")),
        Column("units", _("Number of premises"), "count"),
        Column("vacant_m2_before", _("Vacant m² before"), "m2"),
        Column("vacant_m2_after", _("Vacant m² after"), "m2"),
        Column("floor_m2", _("m² in all"), "m2"),
        Column("used_between", _("of which used in between"), "count"),
        Column("since", _("Compared with"), "date", shown=False),
        Column("unmeasured_units", _("Floor area not known"), "count", shown=False),
    ]
    return found.table("change-sums", _("Changes counted"), columns, rows)


def hotspot_table(found: Told) -> Table:
    """Premises with how vacancy lies around them, the least likely to be chance first."""
    rows = found.hotspots.rows
    named = rows.join(found.report.units[["address", "name"]])
    named = named.sort_values(["p_value", "vacant_neighbours"], ascending=[True, False])
    columns = [
        Column("premises", _("Code"), shown=False),
        Column("address", _("Address")),
        Column("hotspot", _("Concentration"), words=code_words("vacancy_hotspot")),
        Column("neighbours", _("Premises within 100 m"), "count"),
        Column("vacant_neighbours", _("of which vacant"), "count"),
        Column("gi_z", _("Gi*, in standard deviations"), "years"),
        Column("p_value", _("Chance of coincidence (%)"), "share"),
    ]
    caption = _("Concentrations of vacancy on %(day)s", day=found.day)
    told_rows = [
        row | {"certainty": "modelled",
               "address": known(row["address"]) or known(row["name"]) or row["premises"]}
        for row in _records(named.rename_axis("premises"))
    ]  # fmt: skip
    return found.table("hotspots", caption, columns, told_rows)


TABLES: Mapping[str, Callable[[Told], Table]] = {
    "figures": group_table,
    "years": year_table,
    "durations": duration_table,
    "reference": reference_table,
    "units": unit_table,
    "changes": change_table,
    "change-sums": change_sums,
    "hotspots": hotspot_table,
}
"""Tables by the name that a file is asked for."""
