"""Vacancy at a date: live premises with their state, and the part of them that is asked.

Page, command, layer and file all read the units drawn up here, so that a unit is vacant in
all of them or in none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo_assen.catalogue import CERTAINTIES
from geo_assen.crs import RD
from geo_assen.services.provenance import with_provenance
from geo_assen.services.session import Session
from geo_assen.sites import is_live
from geo_assen.vacancy import (
    size_class,
    use_of,
    vacancy_states,
    vacant_floor_m2,
)

__all__ = [
    "VacancyFilter",
    "certainties_of",
    "chosen_units",
    "listed_units",
    "observations_of",
    "states_at",
    "units_at",
    "usual_large_m2",
]


@dataclass(frozen=True)
class VacancyFilter:
    """Which units are asked for; an empty part narrows nothing.

    The first parts say what the figures are about. ``classes`` and ``sources`` only say
    which of those units are listed and drawn: shares of a list of vacant units would all
    be one.

    Attributes
    ----------
    uses
        Uses of which a unit has at least one; ``mixed`` for those with several.
    streets
        Names of streets.
    areas, districts
        Codes of shopping areas and of districts.
    sizes
        Size classes of :data:`geo_assen.vacancy.SIZE_CLASSES`.
    within
        Area in EPSG:28992 in which they lie.
    classes
        Classes of vacancy, ``occupied`` and ``unknown`` among them.
    sources
        Kinds of source that decide the state.
    """

    uses: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    within: BaseGeometry | None = None
    classes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def usual_large_m2(session: Session) -> int:
    """Floor area from which a unit is large in this installation, in m²."""
    return session.settings.vacancy_large_m2


def states_at(session: Session, as_of: date, known_at: date | None = None) -> pd.DataFrame:
    """State of all premises on a date, by code (see :func:`geo_assen.vacancy.vacancy_states`)."""

    def build() -> pd.DataFrame:
        premises, _ = session.attributes("premises", as_of)
        observations = session.table("vacancy_observation")
        return vacancy_states(
            premises, observations, as_of=as_of, known_at=known_at, rule=session.vacancy_rule
        )

    return session.kept(("vacancy_states", as_of, known_at), build)


def observations_of(session: Session, premises: str, as_of: date) -> pd.DataFrame:
    """Observations of one premises up to a date, oldest first."""
    rows = session.table("vacancy_observation")
    chosen = rows[(rows["premises"] == premises) & (rows["observed_on"] <= as_of)]
    return chosen.sort_values(["observed_on", "id"])


def units_at(session: Session, as_of: date, known_at: date | None = None) -> gpd.GeoDataFrame:
    """Answer which premises are in the stock on a date, and in what state.

    Parameters
    ----------
    as_of, known_at
        Day for which, and up to which recorded, the states hold; None: all recorded.

    Returns
    -------
    Live premises by code, in EPSG:28992: the columns of ``premises`` and of
    :func:`geo_assen.vacancy.vacancy_states`, and ``use`` (the only one, ``mixed`` or
    ``(none)``), ``district`` (code; None outside all), ``size_class``, ``vacant_m2`` (NaN
    where it is not known), ``source_name, source_date, certainty, licence``. Do not change
    it: it is shared.
    """

    def build() -> gpd.GeoDataFrame:
        premises, _ = session.attributes("premises", as_of)
        live = premises[is_live(premises, as_of)].set_index("code")
        states = states_at(session, as_of, known_at)
        units = live.join(states)
        units = units.assign(
            use=use_of(units["uses"]),
            district=_district_of(session, units, as_of),
            size_class=size_class(units["floor_area_m2"]),
            vacant_m2=vacant_floor_m2(units),
        )
        told = with_provenance(session, units)
        certainty = _less_sure(told["certainty"], _said_with(session, units))
        return gpd.GeoDataFrame(told.assign(certainty=certainty), crs=RD)

    return session.kept(("vacancy_units", as_of, known_at), build)


def chosen_units(units: gpd.GeoDataFrame, chosen: VacancyFilter) -> gpd.GeoDataFrame:
    """Units that the figures are about."""
    if replace(chosen, classes=(), sources=()) == VacancyFilter():
        return units
    kept = pd.Series(True, index=units.index)
    if chosen.uses:
        wanted = frozenset(chosen.uses)
        own = units["uses"].map(lambda uses: bool(uses) and bool(wanted & uses))
        kept &= units["use"].isin(wanted) | own.astype(bool)
    for column, values in (
        ("street", chosen.streets),
        ("shopping_area", chosen.areas),
        ("district", chosen.districts),
        ("size_class", chosen.sizes),
    ):
        if values:
            kept &= units[column].isin(values)
    if chosen.within is not None:
        shapely.prepare(chosen.within)
        kept &= shapely.intersects(chosen.within, _points(units))
    return units[kept]


def listed_units(units: gpd.GeoDataFrame, chosen: VacancyFilter) -> gpd.GeoDataFrame:
    """Units that are listed and drawn, of those that the figures are about."""
    if not chosen.classes and not chosen.sources:
        return units
    kept = pd.Series(True, index=units.index)
    if chosen.classes:
        kept &= units["vacancy_class"].isin(chosen.classes)
    if chosen.sources:
        kept &= units["source"].isin(chosen.sources)
    return units[kept]


def _points(units: gpd.GeoDataFrame) -> Any:
    """A point on each unit: an outline lies in the area in which its middle lies."""
    return shapely.point_on_surface(units.geometry.to_numpy())


def _district_of(session: Session, units: gpd.GeoDataFrame, as_of: date) -> pd.Series[str]:
    """Code of the district in which each unit lies; of two the first code."""
    areas = session.table("area")
    districts = areas[(areas["kind"] == "district") & areas.geometry.notna()]
    known = districts[districts["year"].isna() | (districts["year"] <= as_of.year)]
    districts = (known if len(known) else districts).sort_values(["year", "code"])
    districts = districts.drop_duplicates("code", keep="last").sort_values("code")
    found = np.full(len(units), None, dtype=object)
    if len(districts) and len(units):
        tree = shapely.STRtree(districts.geometry.to_numpy())
        at, place = tree.query(_points(units), predicate="intersects")
        # written from behind, so that the first code stays
        order = np.argsort(-place, kind="stable")
        found[at[order]] = districts["code"].to_numpy(dtype=object)[place[order]]
    return pd.Series(found, index=units.index, dtype=object)


def _said_with(session: Session, units: gpd.GeoDataFrame) -> pd.Series[str]:
    """Certainty of the observation that decides about each unit; None where none does."""
    rows = session.table("vacancy_observation")
    keys = ["premises", "source", "observed_on"]
    said = rows.sort_values(["recorded_on", "id"]).drop_duplicates(keys, keep="last")
    asked = units[["source", "observed_on"]].rename_axis("premises").reset_index()
    found = asked.merge(said[[*keys, "source_code"]], on=keys, how="left")
    sources = session.table("source").set_index("code")["certainty"]
    return pd.Series(found["source_code"].map(sources).to_numpy(), index=units.index, dtype=object)


def _less_sure(one: pd.Series[str], other: pd.Series[str]) -> pd.Series[str]:
    """The less sure of two certainties; the one there is where the other is missing."""
    rank = {name: at for at, name in enumerate(CERTAINTIES)}
    places = [side.map(rank).fillna(-1).to_numpy() for side in (one, other)]
    names = np.array([*CERTAINTIES, None], dtype=object)
    found = names[np.maximum(*places).astype(np.intp)]
    return pd.Series(found, index=one.index, dtype=object)


def certainties_of(frames: Iterable[pd.DataFrame]) -> tuple[str, ...]:
    """Kinds of certainty that occur, in alphabetical order."""
    told = {name for frame in frames for name in frame["certainty"].dropna().unique()}
    return tuple(sorted(told))
