"""A requirement in, ranked sites out: the one door for page, command, export and library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from geo_assen.access import Role
from geo_assen.crs import LONLAT_ACCURACY_M
from geo_assen.errors import NotAllowed, NotFound
from geo_assen.export import collection, lonlat_geojson
from geo_assen.matching import Ranking, Requirement, match
from geo_assen.services.session import Session, today
from geo_assen.services.sites import sites_at

__all__ = [
    "load_requirement",
    "match_sites",
    "ranking_geojson",
    "requirement_list",
    "stored_requirement",
]


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


def ranking_geojson(ranking: Ranking, top: int | None = None) -> Iterator[str]:
    """Write a ranking as GeoJSON: per feature what the JSON says, in the same order."""
    document = ranking.to_json_document(top)
    frame = ranking.to_geodataframe()
    texts = lonlat_geojson(frame.geometry.to_numpy()[: len(document["results"])])
    members: dict[str, Any] = {key: value for key, value in document.items() if key != "results"}
    members["coordinate_accuracy_m"] = LONLAT_ACCURACY_M
    features = (
        (result["id"], {"rank": rank, **result}, text)
        for rank, (result, text) in enumerate(zip(document["results"], texts, strict=True), start=1)
    )
    return collection(features, members)
