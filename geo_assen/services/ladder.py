"""The Ladder dossier: a development beside supply, vacancy and sites of a date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from geo_assen.access import Role
from geo_assen.export import dossier_html
from geo_assen.land import Development, LadderDossier, missing
from geo_assen.land.ladder import EVIDENCE_YEARS, ParkSupply, ServingSite, VacantPremises
from geo_assen.matching import METHOD_VERSION, Ranking, Requirement, Verdict
from geo_assen.services import vacancy
from geo_assen.services.balance_sources import balance_sources
from geo_assen.services.land import stock_at
from geo_assen.services.layers import layer_rows
from geo_assen.services.matching import match_sites
from geo_assen.services.provenance import with_provenance
from geo_assen.services.session import Session
from geo_assen.services.site_index import areas_at, sites_named

__all__ = ["ladder_dossier", "ladder_file"]

_EMPTY = ("vacant", "partly")


def ladder_dossier(
    session: Session, development: Development, *, as_of: date, role: Role
) -> LadderDossier:
    """Lay everything that is known of a date beside a development.

    Hard supply is the issuable land of parks whose plan is in force on the date, soft supply
    that of the others. Sites that could serve are those that the match screen would give:
    of the use, with the constraints, and at least the area that is needed (or its smallest
    part); a site with something unknown counts as one that may.

    Parameters
    ----------
    role
        Role of whoever asks; the rows hold only what it may see.

    Raises
    ------
    RequirementError
        If the development asks for a use, field, place or area that does not exist.
    """
    ranking = match_sites(session, _requirement(development), as_of=as_of)
    sites = tuple(_sites(session, ranking, role))
    return LadderDossier(
        development=development,
        as_of=as_of,
        parks=tuple(_parks(session, as_of, role)),
        sites=sites,
        vacancy=tuple(_vacancy(session, sites, as_of)),
        unknown=tuple(_unknown(session, development, as_of)),
        method_version=METHOD_VERSION,
    )


def ladder_file(
    session: Session,
    dossier: LadderDossier,
    *,
    language: str = "nl",
    years: int = EVIDENCE_YEARS,
) -> str:
    """Write a dossier as one page to print (see :func:`geo_assen.export.dossier_html`)."""
    gaps = missing(dossier, years=years)
    return dossier_html(dossier, gaps, session.catalogue.codes, language)


def _requirement(development: Development) -> Requirement:
    """Need of the development as the match screen asks it."""
    least_m2 = development.smallest_part_m2 or development.area_m2
    constraints = list(development.constraint)
    if least_m2 is not None and all(item.get("field") != "area_m2" for item in constraints):
        constraints.append({"field": "area_m2", "min": least_m2})
    document = {"title": development.title, "use": list(development.use), "constraint": constraints}
    return Requirement.parse(document, origin=f"Development {development.title!r}")


def _parks(session: Session, as_of: date, role: Role) -> Iterator[ParkSupply]:
    rows = layer_rows(session, "business_parks", as_of=as_of, role=role).frame
    stock = stock_at(session, as_of)
    sources = balance_sources(session, as_of)
    behind = rows["code"].map(sources)
    rows = rows[["code", "name", "plan_status", "source_code"]]
    rows = with_provenance(session, rows.assign(source_code=behind.fillna(rows["source_code"])))
    for row in rows.sort_values("code").to_dict("records"):
        land = stock.loc[row["code"]]
        hard = int(land["hard_plan_m2"])
        yield ParkSupply(
            code=row["code"],
            name=row["name"],
            plan_status=_known(row["plan_status"]),
            hard_m2=hard,
            soft_m2=max(int(land["issuable_m2"]), 0) - hard,
            immediately_m2=int(land["immediately_issuable_m2"]),
            source=_known(row["source_name"]),
            source_date=_known(row["source_date"]),
            certainty=_known(row["certainty"]),
        )


def _sites(session: Session, ranking: Ranking, role: Role) -> Iterator[ServingSite]:
    serving = [
        (result.id, result.verdict)
        for result in ranking.top(ranking.counts["pass"] + ranking.counts["unknown"])
        if result.verdict is not Verdict.FAIL
    ]
    listed = sites_named(session, [i for i, _ in serving], as_of=ranking.as_of, role=role)
    about = listed.frame.set_index("id").to_dict("index")
    for site_id, verdict in serving:
        row = about[site_id]
        area_m2 = _known(row["area_m2"])
        yield ServingSite(
            id=site_id,
            kind=row["kind"],
            name=row["name"],
            park=_known(row["park"]),
            area_m2=None if area_m2 is None else int(area_m2),
            verdict=verdict.value,
            source=_known(row["source_name"]),
            source_date=_known(row["source_date"]),
            certainty=_known(row["certainty"]),
        )


def _vacancy(
    session: Session, sites: tuple[ServingSite, ...], as_of: date
) -> Iterator[VacantPremises]:
    states = vacancy.states_at(session, as_of)
    for site in sites:
        code = site.id.partition(":")[2]
        if site.kind != "premises" or code not in states.index:
            continue
        state = states.loc[code].to_dict()
        if state["state"] not in _EMPTY:
            continue
        share = _known(state["vacant_share"])
        counted = site.area_m2 is not None and share is not None
        yield VacantPremises(
            id=site.id,
            name=site.name,
            floor_area_m2=site.area_m2,
            vacant_m2=round(site.area_m2 * share) if counted else None,
            state=state["state"],
            since=_known(state["vacant_since"]),
            observed_by=_known(state["source"]),
            observed_on=_known(state["observed_on"]),
            certainty=site.certainty,
        )


def _unknown(session: Session, development: Development, as_of: date) -> Iterator[str]:
    """Names in the development that nothing here has."""
    places = {code for code, _ in areas_at(session, as_of)}
    if isinstance(development.place, str) and development.place not in places:
        yield development.place
    codes = {
        "park": set(session.table("business_park")["code"]),
        "plot": set(session.table("plot")["code"]),
        "premises": set(session.table("premises")["code"]),
    }
    for item in development.alternative:
        kind, _, code = item.id.partition(":")
        if code not in codes[kind]:
            yield item.id


def _known(value: Any) -> Any:
    """Value of a cell, None where it is missing."""
    return None if pd.isna(value) else value
