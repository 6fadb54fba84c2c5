"""Leisure on a date: attractions with their visitors, a catchment, and the events of a year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_assen.crs import RD, to_lonlat
from geo_assen.errors import NotFound
from geo_assen.export import CalendarEvent, calendar_text
from geo_assen.leisure import (
    ALPHA,
    BETA,
    VISITS_PER_PERSON,
    Catchment,
    LatestVisitors,
    VisitorYear,
    Week,
    events_of_year,
    huff,
    latest_visitors,
    months_of,
    shared_days,
    visitor_years,
    weeks_of,
)
from geo_assen.services.provenance import with_provenance
from geo_assen.services.session import Session

__all__ = ["SHARE_CLASSES_OF_VISITS", "LeisureReport", "leisure_report", "visitor_places"]

SHARE_CLASSES_OF_VISITS = ("under_10", "10_to_25", "25_to_40", "40_to_60", "over_60")
"""Classes of the share of visits that go to a place, as the map draws districts."""

_SHARE_EDGES = (0.10, 0.25, 0.40, 0.60)
_NO_PLACE = ("share", "distance_m", "visits", "visits_share")
_Told: TypeAlias = "tuple[Mapping[str, tuple[VisitorYear, ...]], gpd.GeoDataFrame]"


@dataclass(frozen=True, eq=False)
class LeisureReport:
    """Leisure on a date.

    Attributes
    ----------
    alpha, beta, visits_per_person
        Parameters of the catchment.
    year
        Of the calendar.
    attractions
        Rows of the attractions with their source, ordered by visitors, unknown ones last:
        ``visitors year low_visitors high_visitors certainty_visitors modelled_visits``.
    years
        What is told of each attraction by code, up to the year of the date.
    place
        Code of the attraction whose visitors and catchment are told; None: there is none.
    catchment
        Of all attractions whose visitors are known.
    districts
        Districts with an outline: ``code name persons`` and, of the chosen place,
        ``share distance_m visits visits_share share_class``; missing where it is not in the model.
    events
        Events of the year, with their source and ``place_name``, earliest first.
    """

    as_of: date
    year: int
    alpha: float
    beta: float
    visits_per_person: float
    attractions: gpd.GeoDataFrame
    years: Mapping[str, tuple[VisitorYear, ...]]
    place: str | None
    catchment: Catchment
    districts: gpd.GeoDataFrame
    events: gpd.GeoDataFrame

    @property
    def place_name(self) -> str:
        """Name of the chosen attraction; empty where there is none."""
        named = self.attractions.set_index("code")["name"]
        return "" if self.place is None else str(named[self.place])

    @property
    def place_years(self) -> tuple[VisitorYear, ...]:
        """What is told of the chosen attraction."""
        return () if self.place is None else self.years[self.place]

    @property
    def is_modelled(self) -> bool:
        """Whether the chosen attraction has a catchment: visitors, and districts around it."""
        return self.place in self.catchment.places and bool(self.catchment.origins)

    @property
    def latest(self) -> VisitorYear | None:
        """The latest year of which a total of the chosen attraction is told; None: no year."""
        totals = [one for one in self.place_years if one.part is None]
        return totals[-1] if totals else None

    @property
    def without_visitors(self) -> tuple[str, ...]:
        """Names of the attractions that had not one visitor in their latest year."""
        return tuple(self.attractions.loc[self.attractions["visitors"] == 0, "name"])

    @property
    def model_years(self) -> tuple[int, ...]:
        """Years of the visitors that the model takes, each once, earliest first."""
        rows = self.attractions
        taken = rows.loc[rows["code"].isin(self.catchment.places), "year"]
        return tuple(sorted({int(year) for year in taken}))

    @property
    def unknown_persons(self) -> tuple[str, ...]:
        """Names of the districts of which no number of inhabitants is known."""
        return tuple(self.districts.loc[self.districts["persons"].isna(), "name"])

    @cached_property
    def weeks(self) -> tuple[Week, ...]:
        """Weeks of the year with events."""
        return weeks_of(self.events, self.year)

    @cached_property
    def months(self) -> Mapping[int, tuple[str, ...]]:
        """Codes of the events of each month."""
        return months_of(self.events, self.year)

    @cached_property
    def shared(self) -> Mapping[str, tuple[str, ...]]:
        """Names of the other events on days of each event, by code."""
        names = dict(zip(self.events["code"], self.events["name"], strict=True))
        found = shared_days(self.events)
        return {code: tuple(names[one] for one in others) for code, others in found.items()}

    def calendar(self, name: str) -> str:
        """Events of the year as a calendar file of that name."""
        return calendar_text(_calendar(self.events), name=name, as_of=self.as_of)


def leisure_report(
    session: Session,
    *,
    as_of: date,
    place: str | None = None,
    year: int | None = None,
    alpha: float = ALPHA,
    beta: float = BETA,
    visits_per_person: float = VISITS_PER_PERSON,
) -> LeisureReport:
    """Answer who visits what on a date, from where, and what goes on in a year.

    Parameters
    ----------
    as_of
        Counts of later years are left out.
    place
        Code of an attraction; None: the one with the most visitors.
    year
        Of the calendar; None: that of the date.
    alpha, beta, visits_per_person
        As :func:`geo_assen.leisure.huff` takes them.

    Raises
    ------
    NotFound
        If there is no such attraction.
    ArgumentRefused
        If a parameter is no number from 0 on.
    """
    asked = as_of.year if year is None else year
    years, attractions = _told(session, as_of)
    if place is not None and place not in set(attractions["code"]):
        raise NotFound("attraction", place)
    chosen = place if place is not None else next(iter(attractions["code"]), None)
    districts = _districts(session, as_of)
    modelled = attractions[attractions["visitors"] > 0]
    catchment = huff(
        districts, modelled, alpha=alpha, beta=beta, visits_per_person=visits_per_person
    )
    model = attractions["code"].map(catchment.visits_by_place)
    return LeisureReport(
        as_of=as_of, year=asked, alpha=alpha, beta=beta, visits_per_person=visits_per_person,
        attractions=attractions.assign(modelled_visits=model), years=years, place=chosen,
        catchment=catchment, districts=_of_place(districts, catchment, chosen),
        events=_events(session, as_of, asked),
    )  # fmt: skip


def visitor_places(session: Session, as_of: date) -> pd.DataFrame:
    """Attractions whose visitors are known on a date: ``code x_m y_m visitors``."""

    def build() -> pd.DataFrame:
        found = _told(session, as_of)[1]
        known = found[found["visitors"].notna()].sort_values("code")
        return pd.DataFrame(known[["code", "x_m", "y_m", "visitors"]]).reset_index(drop=True)

    return session.kept(("visitor_places", as_of), build)


def _told(session: Session, as_of: date) -> _Told:
    """What is told of each attraction up to the year of a date, and the attractions with it."""

    def build() -> _Told:
        years = _years(session, as_of)
        return years, _attractions(session, as_of, years)

    return session.kept(("attractions_told", as_of), build)


def _years(session: Session, as_of: date) -> dict[str, tuple[VisitorYear, ...]]:
    """What is told of each attraction up to the year of a date."""
    codes = session.attributes("attraction", as_of)[0]["code"]
    counts = session.table("visit_count").sort_values("id")
    begun = counts[counts["year"] <= as_of.year]
    return visitor_years(codes, with_provenance(session, begun))


def _attractions(
    session: Session, as_of: date, years: Mapping[str, tuple[VisitorYear, ...]]
) -> gpd.GeoDataFrame:
    rows, _present = session.attributes("attraction", as_of)
    told = [latest_visitors(years[code], as_of.year) for code in rows["code"]]
    drawn = gpd.GeoDataFrame(with_provenance(session, rows), crs=RD).assign(
        **_latest(told), x_m=rows.geometry.x, y_m=rows.geometry.y
    )
    ordered = drawn.sort_values(["visitors", "code"], ascending=[False, True], na_position="last")
    return ordered.reset_index(drop=True)


def _latest(told: list[LatestVisitors | None]) -> dict[str, list[object]]:
    def each(name: str) -> list[object]:
        return [np.nan if one is None else getattr(one, name) for one in told]

    return {
        **{name: each(name) for name in ("visitors", "year", "low_visitors", "high_visitors")},
        "certainty_visitors": [None if one is None else one.certainty for one in told],
    }


def _districts(session: Session, as_of: date) -> gpd.GeoDataFrame:
    """Districts with an outline, each as it was told last up to the year of a date."""
    return session.kept(("districts_told", as_of), lambda: _districts_of(session, as_of))


def _districts_of(session: Session, as_of: date) -> gpd.GeoDataFrame:
    areas = session.table("area")
    drawn = areas[(areas["kind"] == "district") & areas.geometry.notna()]
    told = drawn.assign(later=drawn["year"] > as_of.year).sort_values(["year", "id"])
    # where only later years are told, the first of those stands in
    before, after = told[~told["later"]], told[told["later"]]
    latest = before.drop_duplicates("code", keep="last")
    first = after[~after["code"].isin(latest["code"])].drop_duplicates("code")
    found = gpd.GeoDataFrame(pd.concat([latest, first]), crs=RD).sort_values("code")
    middle = found.geometry.centroid
    return found.assign(
        x_m=found["centre_x_m"].fillna(middle.x),
        y_m=found["centre_y_m"].fillna(middle.y),
        persons=found["population_persons"].astype(float),
    ).reset_index(drop=True)


def _of_place(
    districts: gpd.GeoDataFrame, catchment: Catchment, place: str | None
) -> gpd.GeoDataFrame:
    if place not in catchment.places:
        return districts.assign(**dict.fromkeys(_NO_PLACE, np.nan), share_class=None)
    told = catchment.of_place(place)
    joined = districts.join(told, on="code")
    at = np.searchsorted(_SHARE_EDGES, joined["share"].to_numpy(), side="right")
    return joined.assign(share_class=[SHARE_CLASSES_OF_VISITS[index] for index in at])


def _events(session: Session, as_of: date, year: int) -> gpd.GeoDataFrame:
    """Events of a year with their source and the name of their place."""
    return session.kept(("events_of", as_of, year), lambda: _events_of(session, as_of, year))


def _events_of(session: Session, as_of: date, year: int) -> gpd.GeoDataFrame:
    rows = with_provenance(session, session.table("event"))
    names = session.attributes("attraction", as_of)[0].set_index("code")["name"]
    told = events_of_year(rows, year)
    return gpd.GeoDataFrame(told.assign(place_name=told["attraction"].map(names)), crs=RD)


def _calendar(events: gpd.GeoDataFrame) -> Iterator[CalendarEvent]:
    places: Iterable[Any] = to_lonlat(events.geometry.array) if len(events) else ()
    for row, place in zip(events.to_dict("records"), places, strict=True):
        named = row["place_name"] if isinstance(row["place_name"], str) else ""
        source = row["source_name"] if isinstance(row["source_name"], str) else ""
        yield CalendarEvent(
            uid=f"{row['code']}@geo-assen", title=row["name"], starts_on=row["starts_on"],
            ends_on=row["ends_on"], place=named, described=source, lonlat=(place.x, place.y),
        )  # fmt: skip
