"""The monitor of the economic agenda: what is stated, and what our own services say now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from geo_assen.access import Role
from geo_assen.catalogue import FieldDefinition, Words
from geo_assen.catalogue.definition import FieldType
from geo_assen.export import LayerRows
from geo_assen.land.supply import YearsOfSupply
from geo_assen.monitor import (
    Indicator,
    MatrixCell,
    Reference,
    SdgPair,
    StatedFigure,
    agenda_commuting,
    compared,
    group_layers,
    indicators_of,
    policy_matrix,
    sdg_pairs,
    stated_figures,
)
from geo_assen.services.layers import layer_rows
from geo_assen.services.session import Session
from geo_assen.services.uptake import UptakeReport, uptake_report
from geo_assen.services.vacancy_report import VacancyReport, vacancy_report

__all__ = ["MonitorReport", "monitor_report", "monitor_rows"]

_LAYER = "indicators"


@dataclass(frozen=True, eq=False)
class MonitorReport:
    """The monitor on a date.

    Attributes
    ----------
    as_of
        Day of the live figures; what is stated has its own year.
    municipality
        Code and name of our area.
    stated
        All stated figures, in the order of their list.
    indicators
        Those of the monitoring groups, with their reference areas: without the scores of the
        goals and the commuters of the agenda, which stand apart.
    sdg
        Scores of the goals in pairs.
    commuting
        Commuters as the agenda states them, apart from every published series.
    matrix
        Cells of pillars and themes with what serves them.
    layers_by_group
        Ids of the layers that serve each monitoring group.
    vacancy, uptake
        What the services of vacancy and uptake say on the date.
    area_names
        Names of areas by code.
    """

    as_of: date
    municipality: tuple[str, str]
    stated: tuple[StatedFigure, ...]
    indicators: tuple[Indicator, ...]
    sdg: tuple[SdgPair, ...]
    commuting: tuple[StatedFigure, ...]
    matrix: tuple[MatrixCell, ...]
    layers_by_group: Mapping[str, tuple[str, ...]]
    vacancy: VacancyReport
    uptake: UptakeReport
    area_names: Mapping[str, str]

    @property
    def last_uptake(self) -> tuple[int, int] | None:
        """Last whole year and its uptake in m²; None where no whole year is on record."""
        yearly = self.uptake.yearly
        if yearly.empty:
            return None
        return int(str(yearly.index[-1])), int(yearly.iloc[-1])

    @property
    def supply(self) -> YearsOfSupply:
        """Years that the issuable land lasts, at the usual mean uptake."""
        return self.uptake.supply()


def monitor_report(
    session: Session, *, as_of: date, role: Role = Role.PUBLIC
) -> MonitorReport:
    """Answer how the municipality stands by its economic agenda.

    Parameters
    ----------
    as_of
        Day of the figures of vacancy and uptake.
    """

    def build() -> MonitorReport:
        return _report(session, as_of, role)

    return session.kept(("monitor_report", as_of, role), build)


def _report(session: Session, as_of: date, role: Role) -> MonitorReport:
    rows = layer_rows(session, _LAYER, as_of=as_of, role=role)
    stated = stated_figures(rows.frame)
    code = session.settings.municipality_code
    areas = session.table("area").sort_values(["year", "id"])
    names = dict(zip(areas["code"], areas["name"], strict=True))
    layers = [layer for layer in session.catalogue if layer.role <= role]
    commuting, sdg = agenda_commuting(stated), sdg_pairs(stated, code)
    apart = {figure.code for figure in commuting}
    apart |= {figure.code for pair in sdg for figure in (pair.country, pair.own)}
    return MonitorReport(
        as_of=as_of,
        municipality=(code, names.get(code, code)),
        stated=stated,
        indicators=indicators_of((one for one in stated if one.code not in apart), code),
        sdg=sdg,
        commuting=commuting,
        matrix=policy_matrix(layers, (one for one in stated if one.area == code)),
        layers_by_group=group_layers(layers),
        vacancy=vacancy_report(session, as_of=as_of),
        uptake=uptake_report(session, as_of=as_of, role=role),
        area_names=names,
    )


def monitor_rows(
    session: Session, report: MonitorReport, *, role: Role = Role.PUBLIC
) -> LayerRows:
    """Every stated figure for a file, with how far ours lies from it.

    Returns
    -------
    Rows of the layer of indicators, with ``area_name``, ``compared_with`` (code of our
    figure), ``difference`` (in the unit of the row), ``difference_share`` and
    ``not_comparable`` (the reasons) behind them.
    """
    rows = layer_rows(session, _LAYER, as_of=report.as_of, role=role)
    found = _beside(report)
    codes = [str(code) for code in rows.frame["code"]]
    told = [found.get(code) for code in codes]
    differences = [one[1].difference if one else None for one in told]
    added = pd.DataFrame(
        {
            "area_name": [report.area_names.get(area, area) for area in rows.frame["area"]],
            "compared_with": [one[0] if one else None for one in told],
            "difference": [one.value if one else None for one in differences],
            "difference_share": [one.relative_share if one else None for one in differences],
            "not_comparable": [",".join(one[1].reasons) or None if one else None for one in told],
        },
        index=rows.frame.index,
    ).astype({"difference": "float64", "difference_share": "float64"})
    fields = (*rows.fields, *(_field(name) for name in added.columns))
    return replace(rows, fields=fields, frame=pd.concat([rows.frame, added], axis=1))


def _beside(report: MonitorReport) -> dict[str, tuple[str | None, Reference]]:
    """Code of our figure and the comparison, by code of each reference."""
    found: dict[str, tuple[str | None, Reference]] = {
        reference.figure.code: (one.own.code if one.own else None, reference)
        for one in report.indicators
        for reference in one.references
    }
    for pair in report.sdg:
        found[pair.country.code] = (pair.own.code, compared(pair.own, pair.country))
    return found


_FIELDS: Mapping[str, tuple[FieldType, str, str]] = {
    "area_name": ("text", "Naam van het gebied", "Name of the area"),
    "compared_with": ("text", "Vergeleken met", "Compared with"),
    "difference": ("number", "Verschil", "Difference"),
    "difference_share": ("number", "Verschil als aandeel", "Difference as a share"),
    "not_comparable": ("text", "Niet vergelijkbaar wegens", "Not comparable because of"),
}


def _field(name: str) -> FieldDefinition:
    kind, nl, en = _FIELDS[name]
    return FieldDefinition.model_construct(name=name, title=Words(nl=nl, en=en), type=kind)
