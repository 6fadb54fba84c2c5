"""Figures of vacancy on a date: one report for page, command, file and library."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal, get_args

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_assen.catalogue import ILLUSTRATIVE
from geo_assen.crs import RD
from geo_assen.errors import NotFound
from geo_assen.services.provenance import with_provenance
from geo_assen.services.session import Session
from geo_assen.services.vacancy import (
    VacancyFilter,
    certainties_of,
    chosen_units,
    listed_units,
    units_at,
    usual_large_m2,
)
from geo_assen.vacancy import VACANCY_METHOD, VacancyRule, vacancy_figures, without_large

__all__ = [
    "SHARE_CLASSES",
    "VACANCY_BY",
    "VacancyBy",
    "VacancyReport",
    "YearMoment",
    "area_outlines",
    "observed_days",
    "vacancy_report",
]

VacancyBy = Literal["street", "area", "district", "use", "size", "municipality", "year"]
"""What figures of vacancy are told by; ``area`` is the shopping area."""

VACANCY_BY: tuple[VacancyBy, ...] = get_args(VacancyBy)

SHARE_CLASSES = ("none", "up_to_5", "5_to_10", "10_to_20", "over_20", "unknown")
"""Classes of the share of vacant units, as the map draws streets and areas."""

_SHARE_EDGES = (0.05, 0.10, 0.20)
_COLUMNS = {
    "street": "street", "area": "shopping_area", "district": "district", "use": "use",
    "size": "size_class",
}  # fmt: skip
_COUNTED = ["state", "vacancy_class", "vacant_share", "floor_area_m2"]
_SHARES = ("vacant_units_share", "vacant_floor_share")
_STREET_ROOM_M = 12.0
"""Room around the premises of a street in its outline."""

_AREA_KINDS = ("district", "shopping_area")
_REFERENCE = ["measure", "name", "area", "area_name", "year", "value", "definition", "source_name",
              "certainty"]  # fmt: skip


@dataclass(frozen=True, eq=False)
class YearMoment:
    """Units on one of the days of a series.

    Attributes
    ----------
    key
        Year whose 1 January it is, or the date itself for the last one.
    as_of
        Day at whose end the states hold: 31 December of the year before.
    units
        What :func:`geo_assen.vacancy.vacancy_figures` asks of each unit.
    """

    key: str
    as_of: date
    units: pd.DataFrame


@dataclass(frozen=True, eq=False)
class VacancyReport:
    """Vacancy on a date.

    Attributes
    ----------
    as_of, known_at
        Day for which, and up to which recorded, the figures hold; None: all recorded rows.
    chosen
        What was asked for.
    large_m2
        Floor area from which a unit is large, in m².
    rule
        How the sources were weighed.
    units
        Units that the figures are about (see :func:`geo_assen.services.units_at`).
    listed
        Those of them that are listed and drawn.
    present_attributes
        Whether attributes of a later day stand in for ones not recorded for the date.
    years
        The same units at the turn of each year of the records, and last on the date itself.
    reference
        Stated figures of other areas or sources that ours can be held against: ``measure``
        (the column of the figures), ``name, area, area_name, year, value, definition,
        source_name, certainty``.
    names
        Names of areas and districts by code.
    municipality
        Code and name of the municipality.
    recorded_later
        Observations made by the date but recorded after ``known_at``.
    """

    as_of: date
    known_at: date | None
    chosen: VacancyFilter
    large_m2: int
    rule: VacancyRule
    units: gpd.GeoDataFrame
    listed: gpd.GeoDataFrame
    present_attributes: bool
    years: tuple[YearMoment, ...]
    reference: pd.DataFrame
    names: dict[str, str]
    municipality: tuple[str, str]
    recorded_later: int
    _told: dict[tuple[VacancyBy, bool], pd.DataFrame] = field(default_factory=dict, repr=False)

    @cached_property
    def total(self) -> dict[str, Any]:
        """Figures of all units together, by their name."""
        return _one_row(vacancy_figures(self.units))

    @cached_property
    def without_large(self) -> dict[str, Any]:
        """Figures without the large units; one of unknown floor area is not left out."""
        return _one_row(vacancy_figures(without_large(self.units, self.large_m2)))

    @property
    def certainties(self) -> tuple[str, ...]:
        """Kinds of certainty that the figures rest on, in alphabetical order."""
        return certainties_of([self.units])

    @property
    def is_illustrative(self) -> bool:
        """Whether any figure rests on drawn or modelled facts."""
        return any(kind in ILLUSTRATIVE for kind in self.certainties)

    def figures(self, by: VacancyBy = "street", *, large: bool = True) -> pd.DataFrame:
        """Figures by one thing, each unit in one group, so that groups add up to the total.

        Parameters
        ----------
        large
            Whether large units are counted.

        Returns
        -------
        Columns of :func:`geo_assen.vacancy.vacancy_figures` with ``name`` before them,
        by ``key``: street, code of an area, use, size class or municipality code;
        ``(none)`` where a unit has none. By ``year`` the groups are days, with ``as_of``:
        they hold the same units again and add up to nothing. Do not change it: it is shared.
        """
        if (by, large) not in self._told:
            self._told[by, large] = self._by_year(large) if by == "year" else self._by(by, large)
        return self._told[by, large]

    def _by(self, by: VacancyBy, large: bool) -> pd.DataFrame:
        units = self._counted(self.units, large)
        if by == "municipality":
            code, name = self.municipality
            return _named(vacancy_figures(units), [code], [name])
        told = vacancy_figures(units, _COLUMNS[by])
        return _named(told, told.index, [self.names.get(key, key) for key in told.index])

    def _counted(self, units: pd.DataFrame, large: bool) -> pd.DataFrame:
        return units if large else without_large(units, self.large_m2)

    def _by_year(self, large: bool) -> pd.DataFrame:
        keys = [one.key for one in self.years]
        units = pd.concat([one.units.assign(moment=one.key) for one in self.years])
        told = vacancy_figures(self._counted(units, large), "moment")
        counts = told.reindex(keys).fillna({name: 0 for name in told if name not in _SHARES})
        whole = counts.astype({name: "int64" for name in told if name not in _SHARES})
        return _named(whole, keys, keys).assign(as_of=[one.as_of for one in self.years])

    def streets(self) -> gpd.GeoDataFrame:
        """Figures of each street, with the outline of its premises, in EPSG:28992."""
        told = self.figures("street").drop(index="(none)", errors="ignore")
        grouped = self.units.groupby("street").geometry
        shapes = grouped.apply(lambda found: found.union_all().convex_hull.buffer(_STREET_ROOM_M))
        frame = told.assign(street=told.index, share_class=_share_class(told["vacant_units_share"]))
        outlines = shapes.reindex(told.index).to_numpy() if len(told) else []
        return gpd.GeoDataFrame(frame, geometry=outlines, crs=RD)

    def areas(self, outlines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Figures of shopping areas and districts, with their outlines, in EPSG:28992.

        Parameters
        ----------
        outlines
            Rows of ``area`` with a geometry, the latest of each code.
        """
        known = outlines.set_index("code")
        told = pd.concat([self.figures("district"), self.figures("area")])
        told = told[told.index.isin(known.index)]
        frame = told.assign(
            code=told.index,
            kind=known["kind"].reindex(told.index),
            share_class=_share_class(told["vacant_units_share"]),
        )
        return gpd.GeoDataFrame(frame, geometry=known.geometry.reindex(told.index), crs=RD)

    def document(self, by: VacancyBy = "street") -> dict[str, Any]:
        """The report as ``geo-assen vacancy --json`` prints it."""
        return {
            "as_of": self.as_of.isoformat(),
            "known_at": None if self.known_at is None else self.known_at.isoformat(),
            "by": by,
            "groups": _plain(self.figures(by).reset_index()),
            "total": _plain_row(self.total),
            "large_m2": self.large_m2,
            "without_large": {
                "total": _plain_row(self.without_large),
                "groups": _plain(self.figures(by, large=False).reset_index()),
            },
            "reference": _plain(self.reference),
            "rule": {**dict(self.rule.months), "short_use_days": self.rule.short_use_days,
                     "short_use_breaks": self.rule.short_use_breaks},
            "method_version": VACANCY_METHOD,
            "recorded_later": self.recorded_later,
            "certainty": list(self.certainties),
        }  # fmt: skip


def vacancy_report(
    session: Session,
    *,
    as_of: date,
    known_at: date | None = None,
    chosen: VacancyFilter | None = None,
    large_m2: int | None = None,
) -> VacancyReport:
    """Answer how much stands empty on a date, of how much.

    Parameters
    ----------
    chosen
        Which units are asked for; None: all.
    large_m2
        Floor area from which a unit is large; None: as this installation has it.

    Raises
    ------
    NotFound
        If the filter names an area or district that does not exist.
    """
    asked = chosen or VacancyFilter()
    large = usual_large_m2(session) if large_m2 is None else large_m2

    def build() -> VacancyReport:
        return _report(session, as_of, known_at, asked, large)

    return session.kept(("vacancy_report", as_of, known_at, asked, large), build)


def _report(
    session: Session, as_of: date, known_at: date | None, chosen: VacancyFilter, large_m2: int
) -> VacancyReport:
    names = _names(session)
    for code in (*chosen.areas, *chosen.districts):
        if code not in names:
            raise NotFound("area", code, f"Known: {', '.join(sorted(names))}.")
    units = chosen_units(units_at(session, as_of, known_at), chosen)
    return VacancyReport(
        as_of=as_of,
        known_at=known_at,
        chosen=chosen,
        large_m2=large_m2,
        rule=session.vacancy_rule,
        units=units,
        listed=listed_units(units, chosen),
        present_attributes=session.attributes("premises", as_of)[1],
        years=_years(session, as_of, known_at, chosen),
        reference=_reference(session),
        names=names,
        municipality=_municipality(session, names),
        recorded_later=_recorded_later(session, as_of, known_at),
    )


def area_outlines(session: Session) -> gpd.GeoDataFrame:
    """Shopping areas and districts that have an outline, the latest of each code."""

    def build() -> gpd.GeoDataFrame:
        areas = session.table("area")
        drawn = areas[areas["kind"].isin(_AREA_KINDS) & areas.geometry.notna()]
        latest = drawn.sort_values(["year", "id"]).drop_duplicates("code", keep="last")
        return gpd.GeoDataFrame(latest, crs=RD)

    return session.kept(("area_outlines",), build)


def observed_days(session: Session, known_at: date | None = None) -> list[date]:
    """Days on which somebody observed anything, each once, oldest first."""
    rows = session.table("vacancy_observation")
    told = rows if known_at is None else rows[rows["recorded_on"] <= known_at]
    return sorted(set(told["observed_on"]))


def _years(
    session: Session, as_of: date, known_at: date | None, chosen: VacancyFilter
) -> tuple[YearMoment, ...]:
    observed = session.table("vacancy_observation")["observed_on"]
    first = min(observed, default=as_of).year + 1
    turns = [(str(year), date(year - 1, 12, 31)) for year in range(first, as_of.year + 1)]
    moments = [*(turn for turn in turns if turn[1] < as_of), (as_of.isoformat(), as_of)]
    return tuple(
        YearMoment(
            key, day, pd.DataFrame(chosen_units(units_at(session, day, known_at), chosen)[_COUNTED])
        )
        for key, day in moments
    )


def _names(session: Session) -> dict[str, str]:
    areas = session.table("area").sort_values(["year", "id"])
    return dict(zip(areas["code"], areas["name"], strict=True))


def _municipality(session: Session, names: dict[str, str]) -> tuple[str, str]:
    code = session.settings.municipality_code
    return code, names.get(code, code)


def _reference(session: Session) -> pd.DataFrame:
    """Indicators that say which of our figures they can be held against."""
    found = session.table("indicator")
    found = with_provenance(session, found[found["measure"].notna()])
    names = _names(session)
    told = found.assign(area_name=[names.get(code, code) for code in found["area"]])
    return told.sort_values(["measure", "area", "year"])[_REFERENCE].reset_index(drop=True)


def _recorded_later(session: Session, as_of: date, known_at: date | None) -> int:
    if known_at is None:
        return 0
    rows = session.table("vacancy_observation")
    return int(((rows["observed_on"] <= as_of) & (rows["recorded_on"] > known_at)).sum())


def _named(told: pd.DataFrame, keys: Iterable[str], names: Iterable[str]) -> pd.DataFrame:
    named = told.set_axis(pd.Index(list(keys), name="key", dtype=object))
    named.insert(0, "name", pd.Series(list(names), index=named.index, dtype=object))
    return named


def _share_class(shares: pd.Series[float]) -> list[str]:
    """Class of each share of vacant units; ``unknown`` where there is none."""
    told = shares.to_numpy()
    at = np.where(told > 0, np.searchsorted(_SHARE_EDGES, told, side="right") + 1, 0)
    return [SHARE_CLASSES[place] for place in np.where(np.isnan(told), -1, at)]


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON has them: None where there is no number, dates as text."""
    return [_plain_row(row) for row in frame.to_dict("records")]


def _one_row(frame: pd.DataFrame) -> dict[str, Any]:
    return {str(name): value for name, value in frame.to_dict("records")[0].items()}


def _plain_row(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): _plain_value(value) for name, value in row.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and math.isnan(value):
        return None
    return value
