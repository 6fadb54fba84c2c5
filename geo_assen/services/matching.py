"""A requirement in, ranked sites out: the one door for page, command, export and library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from geo_assen.access import Role
from geo_assen.crs import LONLAT_ACCURACY_M, rd_to_lonlat
from geo_assen.errors import NotAllowed, NotFound
from geo_assen.export import collection, lonlat_geojson, plain_value
from geo_assen.matching import Ranking, Requirement, match
from geo_assen.services.session import Session, today
from geo_assen.services.sites import sites_at

__all__ = [
    "load_requirement",
    "match_sites",
    "ranking_geojson",
    "requirement_like",
    "requirement_list",
    "stored_requirement",
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
    return match(requirement, sites_at(session, day), as_of=day)


def load_requirement(session: Session, named: str) -> Requirement:
    """Requirement out of a file, or the stored one of that code.

    Raises
    ------
    RequirementError, FileRefused
        If the file cannot be understood.
    NotFound
        If there is neither a file nor a stored requirement of that name.
    """
    path = Path(named)
    if path.suffix.lower() in {".toml", ".json"} or path.is_file():
        return Requirement.load(path)
    return stored_requirement(session, named, role=Role.STAFF)


def stored_requirement(session: Session, code: str, *, role: Role) -> Requirement:
    """Stored requirement of that code; only staff see what others ask for.

    Raises
    ------
    NotAllowed, NotFound
    """
    if role < Role.STAFF:
        raise NotAllowed(f"Requirement {code!r}")
    rows = session.table("requirement")
    chosen = rows[rows["code"] == code]
    if chosen.empty:
        raise NotFound("requirement or requirement file", code)
    definition = chosen.iloc[0]["definition"]
    return replace(Requirement.parse(definition, origin=f"Requirement {code}"), code=code)


def requirement_list(session: Session, *, role: Role) -> pd.DataFrame:
    """Stored requirements by code: ``code, title, kind, sector, stage, needed_by``.

    Raises
    ------
    NotAllowed
        For anyone but staff.
    """
    if role < Role.STAFF:
        raise NotAllowed("The list of requirements")
    columns = ["code", "title", "kind", "sector", "stage", "needed_by"]
    return session.table("requirement")[columns].sort_values("code")


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
    frame = sites_at(session, as_of).frame
    chosen = frame[frame["id"] == site_id]
    if chosen.empty:
        raise NotFound("site on offer", site_id, "Only sites on offer can start a search.")
    site = chosen.iloc[0]
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
        sites = sites_at(session, as_of)
        ranges = {}
        for name, definition in sites.fields.items():
            if definition.type not in ("number", "integer") or name not in sites.frame:
                continue
            known = sites.frame[name].dropna()
            if len(known):
                low, high = (float(f"{known.quantile(q):.2g}") for q in (0.1, 0.9))
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
    told = ranking.sites.frame.set_index("id")[["source_name", "source_date", "certainty"]]
    features = (
        (result["id"], {"rank": rank, **result, **_provenance(told.loc[result["id"]])}, text)
        for rank, (result, text) in enumerate(
            zip(results, lonlat_geojson(shapes), strict=True), start=1
        )
    )
    return collection(features, members | dict(extra or {}))


def _provenance(told: pd.Series[Any]) -> dict[str, Any]:
    """Source, date and certainty of a site, as every record that leaves carries them."""
    return {str(name): plain_value(value) for name, value in told.items()}
