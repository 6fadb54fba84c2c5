"""The reverse match: a site in, the open requirements that it fits out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from geo_assen.access import Role
from geo_assen.errors import NotAllowed, RequirementError
from geo_assen.matching import Ranking, Requirement, Result, Verdict, match, short_reason
from geo_assen.services.requirements import open_requirements, require_site
from geo_assen.services.session import Session
from geo_assen.services.site_index import index_at
from geo_assen.sites import Sites

__all__ = ["Fit", "fits_among", "requirements_fitting"]

_GROUPS = {Verdict.PASS: 0, Verdict.UNKNOWN: 1}


@dataclass(frozen=True)
class Fit:
    """One open requirement that a site fits, or may fit.

    Attributes
    ----------
    requirement
        What is asked; its code names the record.
    result
        What matching says of the site for it; the verdict is pass or unknown.
    ranking
        The ranking of this one site, with the words for its result.
    """

    requirement: Requirement
    result: Result
    ranking: Ranking

    def reason(self, language: str) -> str:
        """Why it stands where it stands, in a few words of ``nl`` or ``en``."""
        return short_reason(self.result, language, self.ranking)


def requirements_fitting(
    session: Session, site_id: str, *, as_of: date, role: Role
) -> tuple[Fit, ...]:
    """Open requirements that a site fits on a date, passing ones first.

    Inside a group the score decides, then the code. A requirement that fails is left out,
    and so is a firm that would move to where it is. A site that is not on offer fits none.

    Raises
    ------
    NotAllowed
        For anyone but staff: what others ask for is theirs.
    NotFound
        If the id is of no plot or premises.
    """
    if role < Role.STAFF:
        raise NotAllowed("What others ask for")
    require_site(session, site_id)
    one = index_at(session, as_of).chosen([site_id])
    if not len(one):
        return ()
    return session.kept(
        ("requirements_fitting", site_id, as_of), lambda: fits_among(session, one, role=role)
    )


def fits_among(session: Session, site: Sites, *, role: Role) -> tuple[Fit, ...]:
    """Open requirements that the one site of a frame fits, in the order of the answer.

    Raises
    ------
    NotAllowed
        For anyone but staff.
    """
    found = sorted(_fits(open_requirements(session, role=role), site), key=_place)
    return tuple(found)


def _fits(asked: tuple[Requirement, ...], site: Sites) -> Iterator[Fit]:
    kind, site_id = str(site.frame["kind"].iat[0]), str(site.frame["id"].iat[0])
    for requirement in asked:
        if kind not in requirement.kinds or requirement.present_site == site_id:
            continue
        try:
            ranking = match(requirement, site)
        except RequirementError:
            continue  # the register tells what is wrong with it; it fits no site
        result = ranking.find(site_id)
        if result.verdict in _GROUPS:
            yield Fit(requirement, result, ranking)


def _place(fit: Fit) -> tuple[int, float, str]:
    return _GROUPS[fit.result.verdict], -fit.result.score, fit.requirement.code or ""
