"""Derived readings of layers: what a layer file names as its ``view``, for any date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_assen.catalogue import LayerDefinition, least_sure
from geo_assen.commuting import first_series
from geo_assen.crs import RD
from geo_assen.services import land, vacancy
from geo_assen.services.session import Session
from geo_assen.services.sites import shows_present_attributes, sites_at
from geo_assen.services.vacancy_report import VacancyReport, area_outlines, vacancy_report
from geo_assen.services.vacancy_review import hotspots_at
from geo_assen.sites import is_live

__all__ = ["VIEWS", "rows_of"]

Read = tuple[pd.DataFrame, bool]
"""Rows, and whether attributes of a later day stand in for unrecorded ones."""


def rows_of(
    session: Session, layer: LayerDefinition, as_of: date, known_at: date | None = None
) -> Read:
    """All rows of a layer on a date, before provenance and rights.

    Parameters
    ----------
    known_at
        Day up to which land events were recorded; the views of other facts do not ask it.

    Raises
    ------
    KeyError
        If the layer names a view that nobody reads; a test keeps that from happening.
    """
    if known_at is not None and layer.view in _KNOWN_AT:
        return _KNOWN_AT[layer.view](session, as_of, known_at)
    if layer.view is not None:
        return VIEWS[layer.view](session, as_of)
    return _stored(session, layer, as_of)


def _stored(session: Session, layer: LayerDefinition, as_of: date) -> Read:
    frame = session.layer_table(layer)
    for column, values in layer.where.items():
        frame = frame[frame[column].isin(values)]
    if "year" in layer.identity:
        known = frame[frame["year"] <= as_of.year].sort_values("year")
        first = frame.sort_values("year")
        rest = [name for name in layer.identity if name != "year"]
        latest = known.groupby(rest).tail(1)
        only_later = first[~first[rest[0]].isin(latest[rest[0]])].groupby(rest).head(1)
        return pd.concat([latest, only_later]).sort_values("id"), not only_later.empty
    return frame, False


def _business_parks(session: Session, as_of: date, known_at: date | None = None) -> Read:
    parks, present = session.attributes("business_park", as_of)
    return parks.join(land.stock_at(session, as_of, known_at), on="code"), present


def _plots(session: Session, as_of: date, known_at: date | None = None) -> Read:
    plots, present = session.attributes("plot", as_of)
    states = land.states_at(session, as_of, known_at)
    joined = plots.drop(columns="area_m2").join(states, on="code")
    return joined[joined["exists"] & ~joined["split_away"]], present


def _premises(session: Session, as_of: date) -> Read:
    premises, present = session.attributes("premises", as_of)
    premises = premises[is_live(premises, as_of)]
    offers, _ = session.attributes("offer", as_of)
    open_now = (offers["offered_on"] <= as_of) & (
        offers["until"].isna() | (offers["until"] >= as_of)
    )
    of_premises = offers[open_now & offers["premises"].notna()].drop_duplicates("premises")
    terms = of_premises.set_index("premises")[["offer_kind", "rent_eur_m2_year"]]
    return premises.join(terms, on="code"), present


def _vacancy(session: Session, as_of: date, known_at: date | None = None) -> Read:
    units = vacancy.units_at(session, as_of, known_at)
    return _coded(units, "premises"), session.attributes("premises", as_of)[1]


def _vacancy_streets(session: Session, as_of: date, known_at: date | None = None) -> Read:
    report = vacancy_report(session, as_of=as_of, known_at=known_at)
    return _figures(report.streets(), report), report.present_attributes


def _vacancy_areas(session: Session, as_of: date, known_at: date | None = None) -> Read:
    report = vacancy_report(session, as_of=as_of, known_at=known_at)
    shapes = report.areas(area_outlines(session))
    return _figures(shapes, report), report.present_attributes


def _vacancy_hotspots(session: Session, as_of: date, known_at: date | None = None) -> Read:
    told = hotspots_at(session, as_of, known_at).rows
    units = vacancy.units_at(session, as_of, known_at)
    joined = units.join(told, how="inner").assign(certainty="modelled")
    return _coded(joined, "premises"), session.attributes("premises", as_of)[1]


def _coded(units: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Units with their code as a column of that name."""
    return units.rename_axis(name).reset_index()


def _figures(shapes: gpd.GeoDataFrame, report: VacancyReport) -> gpd.GeoDataFrame:
    """Figures of places, as sure as the least sure unit of them all."""
    return shapes.assign(certainty=least_sure(report.certainties)).reset_index(drop=True)


def _attractions(session: Session, as_of: date) -> Read:
    places, present = session.attributes("attraction", as_of)
    counts = session.table("visit_count")
    whole = counts[(counts["year"] <= as_of.year) & counts["part"].fillna("total").eq("total")]
    latest = whole.sort_values(["year", "id"]).groupby("attraction").tail(1).set_index("attraction")
    sources = session.table("source").set_index("code")["certainty"]
    certainty = latest["certainty"].where(
        latest["certainty"].notna(), latest["source_code"].map(sources)
    )
    told = pd.DataFrame(
        {
            "latest_visitors": latest["visitors"],
            "latest_year": latest["year"],
            "visitors_certainty": certainty,
        }
    )
    return places.join(told, on="code"), present


def _commuter_flows(session: Session, as_of: date) -> Read:
    """Flows of the latest year that has begun, of one series: two would count jobs twice."""
    flows = session.table("commuter_flow")
    known = flows[flows["year"] <= as_of.year]
    latest = known[known["year"] == known["year"].max()]
    if len(latest):
        latest = latest[latest["series"] == first_series(latest["series"].unique())]
    return commuter_lines(latest, session.table("area"), session.settings.municipality_code), False


def commuter_lines(
    flows: pd.DataFrame, areas: pd.DataFrame, municipality: str | None = None
) -> gpd.GeoDataFrame:
    """Flows as lines from home to work between the centres of the areas, in RD.

    A flow of "other municipalities", within one municipality, or between two others has no
    line: beside those to and from the municipality it would only hide them.

    Parameters
    ----------
    municipality
        Code of the one from which ``direction`` is seen; None, or where no flow touches it:
        the one that most flows touch. Flows between others have no direction.
    """
    centres = areas.sort_values("year").drop_duplicates("code", keep="last").set_index("code")
    points = {
        code: (row.centre_x_m, row.centre_y_m)
        for code, row in centres[["centre_x_m", "centre_y_m"]].dropna().iterrows()
    }
    ends = pd.concat([flows["home_code"], flows["work_code"]])
    focus = municipality if ends.eq(municipality).any() else ends.mode().get(0, "")
    lines = [
        shapely.LineString([points[home], points[work]])
        if home != work and focus in (home, work) and home in points and work in points
        else None
        for home, work in zip(flows["home_code"], flows["work_code"], strict=True)
    ]
    told = flows.assign(
        pair=flows["home_code"] + "-" + flows["work_code"],
        home_name=flows["home_code"].map(centres["name"]),
        work_name=flows["work_code"].map(centres["name"]),
        direction=np.where(flows["work_code"] == focus, "in", "out"),
    )
    is_elsewhere = (flows["work_code"] != focus) & (flows["home_code"] != focus)
    is_inside = flows["home_code"] == flows["work_code"]
    told["direction"] = told["direction"].mask(is_inside | is_elsewhere, None)
    return gpd.GeoDataFrame(told, geometry=gpd.GeoSeries(lines, index=told.index, crs=RD), crs=RD)


def _sites(session: Session, as_of: date) -> Read:
    return sites_at(session, as_of).frame, shows_present_attributes(session, as_of)


_KNOWN_AT: dict[str, Callable[[Session, date, date | None], Read]] = {
    "business_parks": _business_parks,
    "plots": _plots,
    "vacancy": _vacancy,
    "vacancy_areas": _vacancy_areas,
    "vacancy_hotspots": _vacancy_hotspots,
    "vacancy_streets": _vacancy_streets,
}
"""Views that can also be told as they were known on another day."""

VIEWS: dict[str, Callable[[Session, date], Read]] = {
    "attractions": _attractions,
    "business_parks": _business_parks,
    "commuter_flows": _commuter_flows,
    "plots": _plots,
    "premises": _premises,
    "sites": _sites,
    "vacancy": _vacancy,
    "vacancy_areas": _vacancy_areas,
    "vacancy_hotspots": _vacancy_hotspots,
    "vacancy_streets": _vacancy_streets,
}
