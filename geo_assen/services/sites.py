"""Sites at a date: the frame that everything reads, and lists narrowed by a filter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

from geo_assen.access import Role
from geo_assen.catalogue import FieldDefinition
from geo_assen.errors import NotFound
from geo_assen.export import LayerRows
from geo_assen.services.names import names_for
from geo_assen.services.session import Session, today
from geo_assen.services.site_rows import ATTRIBUTES, drawn_up, rows_at
from geo_assen.sites import Sites

__all__ = [
    "SiteFilter",
    "list_sites",
    "rows_of_sites",
    "shows_present_attributes",
    "sites_at",
]


def sites_at(session: Session, as_of: date, known_at: date | None = None) -> Sites:
    """Draw up everything that can be offered on a date (see :class:`geo_assen.sites.Sites`)."""

    def build() -> Sites:
        return drawn_up(session, rows_at(session, as_of, known_at), as_of)

    return session.kept(("sites", as_of, known_at), build)


def shows_present_attributes(session: Session, as_of: date) -> bool:
    """Whether attributes of a later day stand in for ones not recorded for the date."""
    # of today nothing has to be looked up: the tables hold what is recorded now
    return as_of < today() and any(session.attributes(name, as_of)[1] for name in ATTRIBUTES)



@dataclass(frozen=True)
class SiteFilter:
    """What a list of sites is narrowed to; parts left out narrow nothing.

    Attributes
    ----------
    text
        Words that name, park or street must hold.
    one_of
        Allowed values by category field; for a set, one of them must be in it.
    at_least
        Lowest value of an ordered category.
    minimum, maximum
        Bounds by number or date field, inclusive.
    yes
        Boolean fields that must be true.

    A site whose value is missing does not pass a filter: a list shows what is known to
    fit, where matching would ask.
    """

    text: str = ""
    one_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    at_least: Mapping[str, str] = field(default_factory=dict)
    minimum: Mapping[str, float | date] = field(default_factory=dict)
    maximum: Mapping[str, float | date] = field(default_factory=dict)
    yes: tuple[str, ...] = ()


def list_sites(session: Session, chosen: SiteFilter, *, as_of: date, role: Role) -> LayerRows:
    """Sites on a date that a filter lets through, ordered by id.

    Raises
    ------
    NotFound
        If the filter names a field that sites do not have.
    """
    sites = sites_at(session, as_of)
    kept = pd.Series(True, index=sites.frame.index)
    for mask in _masks(sites, chosen):
        kept &= mask
    rows = rows_of_sites(session, sites.frame[kept], as_of=as_of, role=role)
    shown = {field.name for field in rows.fields}
    sources = {name: told for name, told in sites.sources.items() if name in shown}
    return replace(rows, field_sources=sources)


def rows_of_sites(
    session: Session, sites: gpd.GeoDataFrame, *, as_of: date, role: Role
) -> LayerRows:
    """Sites as rows of their layer: in the fields that a role may see, with licence."""
    layer = session.catalogue.layers["sites"]
    frame = _with_licence(session, sites)
    fields = layer.fields_for(role)
    names = [f.name for f in fields if f.name in frame] + ["licence", "geometry"]
    return LayerRows(
        layer,
        fields,
        frame[names].reset_index(drop=True),
        len(frame),
        as_of,
        present_attributes=shows_present_attributes(session, as_of),
        names=names_for(session, fields),
    )


def _with_licence(session: Session, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add the licence of the source of each site."""
    licences = session.table("source").set_index("name")["licence"]
    licences = licences[~licences.index.duplicated()]
    return frame.assign(licence=frame["source_name"].map(licences))


def _masks(sites: Sites, chosen: SiteFilter) -> list[pd.Series[bool]]:
    frame = sites.frame
    masks = [_holds_words(frame, chosen.text)] if chosen.text else []
    for name, values in chosen.one_of.items():
        masks.append(_one_of(frame[_known(sites, name).name], values))
    for name, lowest in chosen.at_least.items():
        definition = _known(sites, name)
        order = sites.codes[definition.codes or ""].values
        masks.append(frame[name].isin(order[order.index(lowest) :]))
    for name, lowest_value in chosen.minimum.items():
        masks.append(_compared(frame[_known(sites, name).name], lowest_value, at_least=True))
    for name, highest in chosen.maximum.items():
        masks.append(_compared(frame[_known(sites, name).name], highest, at_least=False))
    masks += [frame[_known(sites, name).name].eq(True) for name in chosen.yes]
    return masks


def _known(sites: Sites, name: str) -> FieldDefinition:
    if name not in sites.fields:
        raise NotFound("field of a site", name)
    return sites.fields[name]


def _holds_words(frame: pd.DataFrame, text: str) -> pd.Series[bool]:
    told = (
        frame["name"].fillna("") + " " + frame["park"].fillna("") + " " + frame["street"].fillna("")
    )
    told = (told + " " + frame["id"]).str.lower()
    kept = pd.Series(True, index=frame.index)
    for word in text.lower().split():
        kept &= told.str.contains(word, regex=False)
    return kept


def _one_of(column: pd.Series[Any], values: tuple[str, ...]) -> pd.Series[bool]:
    wanted = frozenset(values)
    return column.map(
        lambda value: bool(wanted & value) if isinstance(value, frozenset) else value in wanted
    ).astype(bool)


def _compared(column: pd.Series[Any], bound: float | date, *, at_least: bool) -> pd.Series[bool]:
    """Compare known values; a missing one does not pass."""
    known = column.notna()
    values = column[known]
    passes = values >= bound if at_least else values <= bound
    return passes.reindex(column.index, fill_value=False).astype(bool)
