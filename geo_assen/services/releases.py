"""What a relocation sets free: the present site of the firm that moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from geo_assen.access import Role
from geo_assen.catalogue import Words
from geo_assen.errors import NotFound, RequirementError
from geo_assen.matching import Requirement, Verdict
from geo_assen.services import land, vacancy
from geo_assen.services.fitting import fits_among
from geo_assen.services.requirements import require_site
from geo_assen.services.session import Session
from geo_assen.services.site_index import index_at
from geo_assen.services.site_rows import places_of
from geo_assen.sites import Sites, build_sites

__all__ = ["Released", "released_site"]

_TABLES = ("plot", "premises", "offer", "business_park")
_AFTER_THE_MOVE = "comes free after the move"


@dataclass(frozen=True)
class Released:
    """The site that comes free when the firm behind a requirement has moved.

    Attributes
    ----------
    kind
        ``plot`` or ``premises``.
    park
        Name of its business park; None outside one.
    area_m2
        Its whole area (plot) or floor area (premises), m²; None if unknown.
    uses
        Uses that it allows, in words.
    status
        What is known of it on the date, in words; None if nothing is.
    free_about
        When the firm needs its new site, and so about when this one comes free; None if
        nobody said.
    source_name, source_date, certainty
        Who says so, when, and how sure it is (in words).
    fitting
        Code, title and verdict (pass or unknown) of the open requirements that it would
        fit; None for anyone but staff.
    """

    id: str
    kind: str
    name: str
    park: str | None
    area_m2: int | None
    uses: tuple[Words, ...]
    status: Words | None
    free_about: date | None
    source_name: str | None
    source_date: date | None
    certainty: Words | None
    fitting: tuple[tuple[str, str, Verdict], ...] | None


def released_site(
    session: Session, requirement: Requirement, *, as_of: date, role: Role
) -> Released | None:
    """Tell which site a relocation sets free, and which other requirements it would fit.

    The present site is rarely on offer yet, so it is judged as if it were: whole, with its
    availability unknown ("comes free after the move"). A firm that grows keeps its site:
    nothing is released.

    Returns
    -------
    None unless the requirement is a relocation whose present site is named.

    Raises
    ------
    RequirementError
        If no plot or premises has the id of the present site.
    """
    if requirement.kind != "relocate" or requirement.present_site is None:
        return None
    try:
        require_site(session, requirement.present_site)
    except NotFound as error:
        fault = ("present_site", f"must be a site that exists, not {requirement.present_site!r}")
        name = requirement.code or repr(requirement.title)
        raise RequirementError(f"Requirement {name}", [fault]) from error
    left = requirement.present_site
    # Kept, because whoever drags a weight asks the same again and again.
    site = session.kept(("as_if_free", left, as_of), lambda: _as_if_free(session, left, as_of))
    if site is None:
        return None
    fitting = None
    if role >= Role.STAFF:
        fits = session.kept(
            ("release_fits", left, as_of), lambda: fits_among(session, site, role=role)
        )
        fitting = tuple(
            (fit.requirement.code or "", fit.requirement.title, fit.result.verdict)
            for fit in fits
            if fit.requirement.code != requirement.code
        )
    return _released(session, site, requirement, as_of, fitting)


def _as_if_free(session: Session, site_id: str, as_of: date) -> Sites | None:
    """The one site as if it were free on the date; None where it was not recorded then."""
    index = index_at(session, as_of)
    offered = index.chosen([site_id])
    if len(offered):
        return offered
    sites = index.sites
    kind, _, code = site_id.partition(":")
    attributes = {name: session.attributes(name, as_of)[0] for name in _TABLES}
    own = {
        name: attributes[name][attributes[name]["code"] == (code if name == kind else None)]
        for name in ("plot", "premises")
    }
    plots = land.states_at(session, as_of).reindex(own["plot"]["code"])
    premises = vacancy.states_at(session, as_of).reindex(own["premises"]["code"])
    built = build_sites(
        plots=own["plot"],
        premises=own["premises"],
        offers=attributes["offer"].head(0),
        plot_states=plots.assign(
            status="issuable", left_m2=plots["area_m2"], exists=True, split_away=False
        ),
        vacancy_states=premises.assign(state="vacant"),
        parks=attributes["business_park"],
        places=places_of(session),
        areas=sites.areas,
        sources=session.table("source"),
        fields=sites.fields,
        codes=sites.codes,
        as_of=as_of,
    )
    frame = built.frame.assign(availability="unknown", status_note=_AFTER_THE_MOVE)
    if frame.empty:
        return None
    return Sites.of(frame, sites.fields, sites.codes, sites.places, sites.areas, as_of)


def _released(
    session: Session,
    site: Sites,
    requirement: Requirement,
    as_of: date,
    fitting: tuple[tuple[str, str, Verdict], ...] | None,
) -> Released:
    row = site.frame.iloc[0]
    parks = session.table("business_park").set_index("code")["name"]
    area_m2 = row["area_m2"]
    return Released(
        id=row["id"],
        kind=row["kind"],
        name=row["name"],
        park=parks.get(row["park"]),
        area_m2=None if pd.isna(area_m2) else round(area_m2),
        uses=tuple(_words(session, "uses", use) for use in sorted(row["use"] or ())),
        status=_status(session, row["id"], as_of),
        free_about=requirement.needed_by,
        source_name=row["source_name"],
        source_date=row["source_date"],
        certainty=_words(session, "certainty", row["certainty"]) if row["certainty"] else None,
        fitting=fitting,
    )


def _status(session: Session, site_id: str, as_of: date) -> Words | None:
    """What is known of the site as it is now: issued or not, occupied or vacant."""
    kind, _, code = site_id.partition(":")
    if kind == "plot":
        return _words(session, "plot_status", land.states_at(session, as_of)["status"][code])
    state = vacancy.states_at(session, as_of)["state"][code]
    return None if state == "unknown" else _words(session, "vacancy_state", state)


def _words(session: Session, codes: str, value: Any) -> Words:
    """Title of a code; the code itself where its list does not have it."""
    listed = {code.value: code.title for code in session.catalogue.codes[codes].code}
    return listed.get(str(value)) or Words(nl=str(value), en=str(value))
