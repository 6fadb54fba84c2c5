"""The index of matching, kept in step with the store without being built anew."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import pandas as pd

from geo_assen.access import Role
from geo_assen.export import LayerRows
from geo_assen.matching import SiteIndex, index_of
from geo_assen.services.session import Session, today
from geo_assen.services.site_rows import drawn_up, is_large, rows_at, rows_of
from geo_assen.services.site_surfaces import surface_marks
from geo_assen.services.sites import rows_of_sites, sites_at
from geo_assen.store import Marks, changed_sites, marks

__all__ = ["areas_at", "index_at", "sites_named"]

_MOST_CHANGED = 20_000
"""Changed sites from which a new index is quicker than one that follows."""


@dataclass(frozen=True, eq=False)
class _Followed:
    """An index, and the one from nothing that it follows from."""

    base: SiteIndex
    since: Marks
    sources: pd.DataFrame
    index: SiteIndex


def index_at(session: Session, as_of: date) -> SiteIndex:
    """Sites of a date, ready for matching.

    In a large store, what changes after the first question is taken over site by site;
    places, sources and what was undone make for a new index.
    """
    if as_of < today() or not is_large(session):
        return index_of(sites_at(session, as_of))

    def build() -> _Followed:
        with session.read() as connection:
            since = marks(connection)
        index = SiteIndex.of(drawn_up(session, rows_at(session, as_of), as_of))
        return _Followed(index, since, session.table("source"), index)

    def follow(earlier: _Followed) -> _Followed | None:
        with session.read() as connection:
            now = marks(connection)
            changed = changed_sites(connection, earlier.since)
        if now.undone_count != earlier.since.undone_count or len(changed) > _MOST_CHANGED:
            return None
        if not session.table("source").equals(earlier.sources):
            return None
        fresh = drawn_up(session, rows_of(session, changed, as_of), as_of)
        if not _same(fresh.places, earlier.base.sites.places):
            return None
        ids = [f"plot:{code}" for code in changed.plots]
        ids += [f"premises:{code}" for code in changed.premises]
        return replace(earlier, index=earlier.base.changed(ids, fresh))

    # what follows writes does not follow surfaces: other ones make for a new index
    key = ("index", as_of, surface_marks(session, as_of))
    return session.followed(key, build, follow).index


def _same(places: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> bool:
    """Whether two frames hold the same places."""
    return pd.DataFrame(places.to_wkb()).equals(pd.DataFrame(others.to_wkb()))


def sites_named(
    session: Session, ids: Collection[str], *, as_of: date, role: Role
) -> LayerRows:
    """Sites of some ids that are on offer on a date, as rows of their layer, ordered by id."""
    frame = index_at(session, as_of).chosen(ids).frame
    return rows_of_sites(session, frame, as_of=as_of, role=role)


def areas_at(session: Session, as_of: date) -> tuple[tuple[str, str], ...]:
    """Code and name of the areas that a site can be asked to lie in, business parks first."""
    areas = index_at(session, as_of).sites.areas
    return tuple(zip(areas["code"], areas["name"], strict=True))
