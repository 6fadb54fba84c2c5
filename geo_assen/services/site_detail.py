"""All that is known of one site: facts, what is near, and what happened there."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo_assen.access import Role
from geo_assen.catalogue import FieldDefinition
from geo_assen.crs import rd_to_lonlat
from geo_assen.errors import NotFound
from geo_assen.export import LayerRows, records
from geo_assen.services import land, vacancy
from geo_assen.services.layers import layer_feature
from geo_assen.services.provenance import with_provenance
from geo_assen.services.session import Session
from geo_assen.services.site_rows import places_of
from geo_assen.services.sites import SiteFilter, list_sites
from geo_assen.sites import FieldSource
from geo_assen.sites.zoning import guide_distance_m

__all__ = ["Nearby", "SiteDetail", "TimelineEntry", "is_unknown_when_empty", "site_detail"]

_NEAR_M = 3000
_NEAREST = 8
_EMPTY_IS_NONE = frozenset({
    "smallest_part_m2", "status_note", "status_until", "street", "contact", "source_name",
    "source_date", "certainty",
})  # fmt: skip
"""Fields of a site that say nothing when they are empty: no part, no promise, no street."""


@dataclass(frozen=True)
class Nearby:
    """Something near a site, with its distance in a straight line."""

    kind: str
    name: str
    distance_m: int


@dataclass(frozen=True)
class TimelineEntry:
    """One dated thing that happened to a site, with who says so.

    Attributes
    ----------
    code_list, code
        What happened, as a code of a list of the catalogue.
    observer
        Kind of source of a vacancy observation; None for land events.
    area_m2
        Area of a land event; None where it has none.
    party
        Code of the party of a land event, for staff; None for others.
    """

    day: date
    code_list: str
    code: str
    source_name: str
    certainty: str
    observer: str | None = None
    area_m2: int | None = None
    party: str | None = None


@dataclass(frozen=True)
class SiteDetail:
    """All that is known of one plot or premises on a date.

    Attributes
    ----------
    rows
        The site as one row, in the fields that the role may see.
    on_offer
        Whether it is among the sites of the date; issued or occupied ones are not.
    near
        Reference points, attractions and parks, nearest first.
    timeline
        Land events of a plot, or vacancy observations of premises, newest first.
    lon, lat
        A point on it, in degrees.
    field_sources
        Who says what stands in a field, of fields whose value has a source of its own.
    unknown
        Fields that the role may see, that apply to this kind of site and have no value.
    guide_distances_m
        Metres to dwellings that the guide advises for the highest category the plan allows:
        in a quiet residential and in a mixed area; None where no category is recorded.
    """

    id: str
    rows: LayerRows
    on_offer: bool
    near: tuple[Nearby, ...]
    timeline: tuple[TimelineEntry, ...]
    lon: float
    lat: float
    bounds: tuple[float, float, float, float]
    field_sources: Mapping[str, FieldSource] = field(default_factory=dict)
    unknown: tuple[FieldDefinition, ...] = ()
    guide_distances_m: tuple[int, int] | None = None


def site_detail(session: Session, site_id: str, *, as_of: date, role: Role) -> SiteDetail:
    """Tell all that is known of a plot or premises, on offer or not.

    Raises
    ------
    NotFound
        If the id is not ``plot:<code>`` or ``premises:<code>`` of a record.
    """
    rows, on_offer = _site_rows(session, site_id, as_of, role)
    geometry = rows.frame.geometry.iloc[0]
    point = shapely.point_on_surface(geometry)
    lon, lat = rd_to_lonlat(shapely.get_x([point]), shapely.get_y([point]))
    return SiteDetail(
        id=site_id,
        rows=rows,
        on_offer=on_offer,
        near=_near(session, geometry, as_of),
        timeline=_timeline(session, site_id, as_of, role),
        lon=float(lon[0]),
        lat=float(lat[0]),
        bounds=geometry.bounds,
        field_sources=_field_sources(rows),
        unknown=_unknown(session, rows, site_id.partition(":")[0]),
        guide_distances_m=_guide_distances_m(rows),
    )


def is_unknown_when_empty(field: FieldDefinition, kind: str) -> bool:
    """Whether a field of sites that has no value is unknown of a kind of site.

    Otherwise it does not apply to that kind, or its being empty says that there is none.
    """
    is_none = field.name in _EMPTY_IS_NONE or field.refers_to is not None
    return kind in field.sites and not is_none


def _unknown(session: Session, rows: LayerRows, kind: str) -> tuple[FieldDefinition, ...]:
    (known,) = records(rows)
    shown = {field.name for field in rows.fields}
    return tuple(
        item
        for item in session.catalogue.layers["sites"].field
        if item.name in shown and is_unknown_when_empty(item, kind) and known.get(item.name) is None
    )


def _guide_distances_m(rows: LayerRows) -> tuple[int, int] | None:
    category = rows.frame.iloc[0].get("max_env_category")
    if not isinstance(category, str):
        return None
    return guide_distance_m(category), guide_distance_m(category, mixed_area=True)


def _field_sources(rows: LayerRows) -> dict[str, FieldSource]:
    (row,) = rows.frame.to_dict("records")
    return {name: told for name, told in rows.field_sources.items() if pd.notna(row.get(name))}


def _site_rows(session: Session, site_id: str, as_of: date, role: Role) -> tuple[LayerRows, bool]:
    listed = list_sites(session, SiteFilter(), as_of=as_of, role=role)
    chosen = listed.frame["id"] == site_id
    if chosen.any():
        return replace(listed, frame=listed.frame[chosen], total=1), True
    kind, _, code = site_id.partition(":")
    table = {"plot": "plots", "premises": "premises"}.get(kind)
    if table is None or not code:
        raise NotFound("site", site_id, "A site is plot:<code> or premises:<code>.")
    return layer_feature(session, table, code, as_of=as_of, role=role), False


def _near(session: Session, geometry: BaseGeometry, as_of: date) -> tuple[Nearby, ...]:
    found: list[Nearby] = []
    places = places_of(session)
    away = places.assign(distance_m=places.distance(geometry)).sort_values("distance_m")
    for row in away.drop_duplicates("kind").to_dict("records"):
        found.append(Nearby(row["kind"], row["name"], round(row["distance_m"])))
    attractions, _ = session.attributes("attraction", as_of)
    distances = shapely.distance(attractions.geometry.to_numpy(), geometry)
    for name, distance_m in zip(attractions["name"], distances, strict=True):
        if distance_m <= _NEAR_M:
            found.append(Nearby("attraction", name, round(distance_m)))
    return tuple(sorted(found, key=lambda item: item.distance_m)[:_NEAREST])


def _timeline(session: Session, site_id: str, as_of: date, role: Role) -> tuple[TimelineEntry, ...]:
    kind, _, code = site_id.partition(":")
    if kind == "plot":
        events = with_provenance(session, land.plot_events(session, code, as_of))
        entries = [_land_entry(row, role) for row in events.to_dict("records")]
    else:
        seen = with_provenance(session, vacancy.observations_of(session, code, as_of))
        entries = [
            TimelineEntry(
                row["observed_on"],
                "vacancy_state",
                row["state"],
                row["source_name"],
                row["certainty"],
                observer=row["source"],
            )
            for row in seen.to_dict("records")
        ]
    return tuple(reversed(entries))


def _land_entry(row: dict[Hashable, Any], role: Role) -> TimelineEntry:
    party = row["party"]
    return TimelineEntry(
        row["effective_on"],
        "land_event_kind",
        row["kind"],
        row["source_name"],
        row["certainty"],
        area_m2=None if pd.isna(row["area_m2"]) else int(row["area_m2"]),
        party=party if role >= Role.STAFF and isinstance(party, str) else None,
    )
