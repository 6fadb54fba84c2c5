"""A requirement in, ranked sites out: the one door for page, command, export and library."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import shapely

from geo_assen.crs import LONLAT_ACCURACY_M, rd_to_lonlat
from geo_assen.errors import NotFound
from geo_assen.export import collection, lonlat_geojson, plain_value
from geo_assen.matching import Ranking, Requirement, SiteIndex, match, match_pairs
from geo_assen.services.session import Session, today
from geo_assen.services.site_index import index_at

__all__ = [
    "match_each",
    "match_sites",
    "ranking_geojson",
    "requirement_like",
    "usual_ranges",
]

_ALIKE_SHARES = {"min": 0.75, "max": 1.25}
_NEAR_M = 3000


def match_sites(
    session: Session, requirement: Requirement, *, as_of: date | None = None
) -> Ranking:
    """Rank the sites of a date for a requirement.

    Parameters
    ----------
    as_of
        Overrides the date of the requirement; without either it is today.

    Raises
    ------
    RequirementError
        If the requirement asks for a field, place or area that does not exist.
    """
    day = as_of or requirement.as_of or today()
    return match(requirement, index_at(session, day), as_of=day)


def match_each(
    session: Session,
    requirements: Iterable[Requirement],
    *,
    as_of: date | None = None,
    top: int = 10,
) -> Iterator[Ranking]:
    """Rank the sites of a date for many requirements in one pass, in the order of asking.

    All see the store as it was when the first of a date was asked.

    Parameters
    ----------
    as_of
        Overrides the dates of the requirements; without it each has its own, or today.
    top
        How many sites of each will be looked at; those are found ahead.

    Raises
    ------
    RequirementError
        As for :func:`match_sites`, when the turn of that requirement has come.
    """
    indexes: dict[date, SiteIndex] = {}

    def asked() -> Iterator[tuple[Requirement, SiteIndex]]:
        for requirement in requirements:
            day = as_of or requirement.as_of or today()
            if day not in indexes:
                indexes[day] = index_at(session, day)
            yield requirement, indexes[day]

    return match_pairs(asked(), top=top)


def requirement_like(
    session: Session, site_id: str, *, as_of: date, title: str = "%(site)s"
) -> Requirement:
    """Requirement that a site would meet: its kind, uses and category, and about its size.

    Sites near it score higher. It is where a search that starts from one place begins.

    Parameters
    ----------
    title
        Title of the requirement; ``%(site)s`` stands for the name of the site.

    Raises
    ------
    NotFound
        If the site is not on offer on the date.
    """
    one = index_at(session, as_of).chosen([site_id])
    if not len(one):
        raise NotFound("site on offer", site_id, "Only sites on offer can start a search.")
    site = one.frame.iloc[0]
    point = shapely.point_on_surface(site["geometry"])
    lon, lat = rd_to_lonlat(shapely.get_x([point]), shapely.get_y([point]))
    area = {"field": "area_m2"} | {
        bound: round(site["area_m2"] * share) for bound, share in _ALIKE_SHARES.items()
    }
    category = {"field": "max_env_category", "at_least": site["max_env_category"]}
    return Requirement.parse(
        {
            "title": title % {"site": site["name"]},
            "kinds": [site["kind"]],
            "use": sorted(site["use"] or ()),
            "constraint": [area] + ([category] if isinstance(category["at_least"], str) else []),
            "criterion": [
                {
                    "near": [round(float(lon[0]), 5), round(float(lat[0]), 5)],
                    "weight": 1,
                    "curve": {"smaller": [0, _NEAR_M]},
                }
            ],
        }
    )


def usual_ranges(session: Session, *, as_of: date) -> dict[str, tuple[float, float]]:
    """Low and high value that most sites lie between, by number field.

    The 10th and 90th percentile of what is known, to two digits; a field whose sites do
    not differ is left out.
    """

    def build() -> dict[str, tuple[float, float]]:
        sites = index_at(session, as_of).sites
        ranges = {}
        for name, definition in sites.fields.items():
            column = sites.columns.get(name)
            if definition.type not in ("number", "integer") or not isinstance(column, np.ndarray):
                continue
            known = column[~np.isnan(column)]
            if len(known):
                low, high = (float(f"{np.quantile(known, q):.2g}") for q in (0.1, 0.9))
                if low < high:
                    ranges[name] = (low, high)
        return ranges

    return session.kept(("usual_ranges", as_of), build)


def ranking_geojson(
    session: Session,
    ranking: Ranking,
    top: int | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Iterator[str]:
    """Write a ranking as GeoJSON: per feature what the JSON says, in the same order.

    Parameters
    ----------
    top
        Results at most; None: all that are listed.
    extra
        Further members of the collection.
    """
    document = ranking.to_json_document(top)
    results = document["results"]
    shapes = ranking.to_geodataframe(top).geometry.to_numpy()
    members = {key: value for key, value in document.items() if key != "results"}
    source = session.catalogue.layers["sites"].source
    members |= {
        "licence": source.licence,
        "publisher": source.publisher,
        "counts": ranking.counts,
        "coordinate_accuracy_m": LONLAT_ACCURACY_M,
    }
    told = ranking.facts(["source_name", "source_date", "certainty"], top).to_dict("records")
    features = (
        (result["id"], {"rank": rank, **result, **_plain(provenance)}, text)
        for rank, (result, provenance, text) in enumerate(
            zip(results, told, lonlat_geojson(shapes), strict=True), start=1
        )
    )
    return collection(features, members | dict(extra or {}))


def _plain(told: Mapping[Hashable, Any]) -> dict[str, Any]:
    """Source, date and certainty of a site, as every record that leaves carries them."""
    return {str(name): plain_value(value) for name, value in told.items()}
