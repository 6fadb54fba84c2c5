"""Reviewing vacancy: what changed, what to look at first, where it clusters, and one unit whole."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

from geo_assen.access import Role
from geo_assen.errors import ArgumentRefused, NotFound
from geo_assen.services.provenance import with_provenance
from geo_assen.services.session import Session
from geo_assen.services.staff_entry import require_staff
from geo_assen.services.vacancy import (
    VacancyFilter,
    chosen_units,
    listed_units,
    observations_of,
    units_at,
)
from geo_assen.vacancy import (
    Hotspots,
    change_figures,
    timeline,
    vacancy_changes,
    vacancy_hotspots,
    vacancy_spells,
    voices,
    worklist,
)

__all__ = [
    "ChangeReport",
    "PremisesVacancy",
    "hotspots_at",
    "premises_vacancy",
    "vacancy_change_report",
    "vacancy_worklist",
]

_TOLD = ["name", "address", "street", "shopping_area", "district", "use", "size_class", "certainty"]


@dataclass(frozen=True, eq=False)
class ChangeReport:
    """What became vacant, was filled and stayed vacant between two days.

    Attributes
    ----------
    since, until
        The two days; what happened on the first one is not a change.
    rows
        Premises that are vacant on either day (see
        :func:`geo_assen.vacancy.vacancy_changes`), with name, address, place and certainty,
        in EPSG:28992, by code.
    figures
        Units and m² by kind of change (see :func:`geo_assen.vacancy.change_figures`).
    """

    since: date
    until: date
    rows: gpd.GeoDataFrame
    figures: pd.DataFrame


@dataclass(frozen=True, eq=False)
class PremisesVacancy:
    """All that is known of the vacancy of one of the premises.

    Attributes
    ----------
    code
        Of the premises.
    attributes
        Record of the premises on the date; ``gone_on`` and ``merged_into`` among it.
    unit
        Its row of :func:`geo_assen.services.units_at`; None where it is not in the stock.
    voices
        Last word of each source, and whether it agrees with the one that decides.
    stretches
        What it was in, from the first observation on (see
        :func:`geo_assen.vacancy.timeline`), newest first.
    spells
        Its vacancies (see :func:`geo_assen.vacancy.vacancy_spells`), newest first.
    observations
        Every observation, newest first, with source, certainty and, for staff, ``note``.
    follow_ups
        Steps that were taken, newest first, for staff: ``followed_on, step, due_on,
        user_name, note``; empty for others.
    """

    code: str
    attributes: dict[Hashable, Any]
    unit: dict[Hashable, Any] | None
    voices: pd.DataFrame
    stretches: pd.DataFrame
    spells: pd.DataFrame
    observations: pd.DataFrame
    follow_ups: pd.DataFrame


def vacancy_change_report(
    session: Session,
    *,
    since: date,
    until: date,
    known_at: date | None = None,
    chosen: VacancyFilter | None = None,
) -> ChangeReport:
    """Answer what changed between two days among the units that are asked for.

    Raises
    ------
    ArgumentRefused
        Unless the first day lies before the second.
    """
    if since >= until:
        raise ArgumentRefused("since", since.isoformat(), f"a day before {until.isoformat()}")
    chosen = chosen or VacancyFilter()
    before, after = (
        chosen_units(units_at(session, day, known_at), chosen) for day in (since, until)
    )
    changes = vacancy_changes(before, after)
    told = pd.concat([after, before[~before.index.isin(after.index)]])
    rows = told[[*_TOLD, "geometry"]].join(changes, how="inner").reindex(changes.index)
    shown = gpd.GeoDataFrame(rows, crs=before.crs)
    return ChangeReport(since, until, shown, change_figures(changes))


def hotspots_at(
    session: Session,
    as_of: date,
    known_at: date | None = None,
    chosen: VacancyFilter | None = None,
) -> Hotspots:
    """Answer where vacancy clusters (see :func:`geo_assen.vacancy.vacancy_hotspots`)."""
    if chosen is not None and chosen != VacancyFilter():
        return vacancy_hotspots(chosen_units(units_at(session, as_of, known_at), chosen))

    def build() -> Hotspots:
        return vacancy_hotspots(units_at(session, as_of, known_at))

    return session.kept(("vacancy_hotspots", as_of, known_at), build)


def vacancy_worklist(
    session: Session,
    *,
    as_of: date,
    role: Role,
    chosen: VacancyFilter | None = None,
) -> gpd.GeoDataFrame:
    """Premises to look at, the first ones first.

    Returns
    -------
    Columns of :func:`geo_assen.vacancy.worklist` beside those of the units, by code.

    Raises
    ------
    NotAllowed
        For anyone but staff.
    """
    require_staff(role, "The worklist of vacancy")
    asked = chosen or VacancyFilter()
    units = listed_units(chosen_units(units_at(session, as_of), asked), asked)
    steps = session.table("follow_up")
    listed = worklist(units, steps[steps["followed_on"] <= as_of], as_of=as_of)
    own = [name for name in units.columns if name not in listed.columns]
    return gpd.GeoDataFrame(listed.join(units[own]), crs=units.crs)


def premises_vacancy(
    session: Session, code: str, *, as_of: date, known_at: date | None = None, role: Role
) -> PremisesVacancy:
    """Tell who said what of one of the premises, and what follows from it.

    Raises
    ------
    NotFound
        If there are no such premises.
    """
    premises, _ = session.attributes("premises", as_of)
    own = premises[premises["code"] == code]
    if own.empty:
        raise NotFound("premises", code)
    observations = observations_of(session, code, as_of)
    if known_at is not None:
        observations = observations[observations["recorded_on"] <= known_at]
    units = units_at(session, as_of, known_at)
    asked: dict[str, Any] = {"as_of": as_of, "known_at": known_at, "rule": session.vacancy_rule}
    return PremisesVacancy(
        code=code,
        attributes=with_provenance(session, own).to_dict("records")[0],
        unit=units.loc[[code]].to_dict("records")[0] if code in units.index else None,
        voices=voices(observations, **asked),
        stretches=timeline(observations, **asked).iloc[::-1],
        spells=vacancy_spells(own, observations, **asked).iloc[::-1],
        observations=_observations(session, observations, role),
        follow_ups=_follow_ups(session, code, as_of, role),
    )


def _observations(session: Session, rows: pd.DataFrame, role: Role) -> pd.DataFrame:
    """Observations with who says so, newest first."""
    told = with_provenance(session, rows)
    notes = session.table("note").set_index("id")["text"] if role >= Role.STAFF else pd.Series()
    return told.assign(note=_by_id(told["note_id"], notes)).iloc[::-1]


def _follow_ups(session: Session, code: str, as_of: date, role: Role) -> pd.DataFrame:
    steps = session.table("follow_up")
    own = steps[(steps["premises"] == code) & (steps["followed_on"] <= as_of)]
    if role < Role.STAFF:
        own = own.iloc[:0]
    users = session.table("app_user").set_index("id")["name"]
    notes = session.table("note").set_index("id")["text"]
    told = own.assign(
        user_name=_by_id(own["user_id"], users), note=_by_id(own["note_id"], notes)
    )
    return told.sort_values(["followed_on", "id"]).iloc[::-1]


def _by_id(ids: pd.Series[Any], texts: pd.Series[Any]) -> pd.Series[Any]:
    """Text of each number; None where there is no number, or its text was blanked."""
    known = texts.to_dict()
    found = [None if pd.isna(one) else known.get(int(one)) for one in ids]
    return pd.Series(found, index=ids.index, dtype=object)
