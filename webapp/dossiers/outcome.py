"""A dossier as its page shows it: what is missing and where, and the answer to each place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo_assen.land import Development, Gap, LadderDossier, missing
from geo_assen.land.ladder import ParkSupply, ServingSite, VacantPremises
from webapp.dossiers.typed import REASON, Row, Typed

__all__ = ["Answer", "Missing", "Outcome", "outcome_of"]

_MOST_SITES = 100
"""Sites that the page lists; the file lists all of them."""
_MOST_GAPS = 100
_OF_A_SITE = "site_unanswered"
_FEW = 3
"""So many sites without an answer stand among the other gaps; more have a list of their own."""


@dataclass(frozen=True)
class Answer:
    """What the development says of one park or site.

    Attributes
    ----------
    id, anchor
        Of the park or site, and of its field on the page.
    kind
        ``field`` (to be filled in, or changed), ``here`` (the place itself), ``park`` (its
        park speaks for it) or ``none`` (nothing has to be said).
    is_needed
        The dossier is not complete without it.
    """

    id: str
    anchor: str
    kind: str
    reason: str = ""
    is_used: bool = False
    is_needed: bool = False

    @property
    def name(self) -> str:
        """Name of its field in the form."""
        return REASON + self.id


@dataclass(frozen=True)
class Missing:
    """A gap in words, and the field that fills it."""

    sentence: str
    anchor: str


@dataclass(frozen=True)
class Outcome:
    """All that the page says of a dossier.

    Attributes
    ----------
    gaps
        How many there are.
    missing, unanswered
        The first of them; sites without an answer apart where they are more than a few.
    parks, sites
        Each with its answer; only the first sites are among them.
    vacancy
        The first premises.
    alternatives
        Those that no table has a field for, as they were typed.
    """

    dossier: LadderDossier
    gaps: int
    missing: tuple[Missing, ...]
    unanswered: tuple[Missing, ...]
    parks: tuple[tuple[ParkSupply, Answer], ...]
    sites: tuple[tuple[ServingSite, Answer], ...]
    vacancy: tuple[VacantPremises, ...]
    alternatives: tuple[Row, ...]

    @property
    def more_missing(self) -> int:
        """Gaps that are not listed."""
        return self.gaps - len(self.missing) - len(self.unanswered)

    @property
    def more_sites(self) -> int:
        """Sites that are not listed; the file has them."""
        return len(self.dossier.sites) - len(self.sites)

    @property
    def more_vacancy(self) -> int:
        """Vacant premises that are not listed."""
        return len(self.dossier.vacancy) - len(self.vacancy)

    @property
    def immediately_m2(self) -> int:
        """Land that can be issued at once, of all parks, in whole m²."""
        return sum(park.immediately_m2 for park in self.dossier.parks)


def outcome_of(dossier: LadderDossier, typed: Typed, language: str) -> Outcome:
    """Read a dossier for its page.

    Parameters
    ----------
    typed
        Fields that the development was made of, its alternatives in the same order.
    """
    asked = dossier.development
    # A site that has to be answered must be listed before one that may be left out.
    listed = sorted(dossier.sites, key=lambda site: site.verdict != "pass")[:_MOST_SITES]
    parks = tuple((park, _of_park(park, at, asked)) for at, park in enumerate(dossier.parks, 1))
    sites = tuple((site, _of_site(site, at, asked)) for at, site in enumerate(listed, 1))
    answers = {answer.id: answer for _row, answer in (*parks, *sites)}
    beside = {name for name, answer in answers.items() if answer.kind == "field"}
    free = [at for at, item in enumerate(asked.alternative) if item.id not in beside]
    anchors = {
        f"alternative {at + 1}": answers[item.id].anchor
        for at, item in enumerate(asked.alternative) if item.id in beside
    }  # fmt: skip
    anchors |= {f"alternative {at + 1}": _row_anchor(number) for number, at in enumerate(free, 1)}
    anchors |= {f"{park.name} ({park.code})": answer.anchor for park, answer in parks}
    anchors |= {f"{site.name} ({site.id})": answer.anchor for site, answer in sites}
    gaps = missing(dossier)
    apart = [gap for gap in gaps if gap.code == _OF_A_SITE]
    apart = apart if len(apart) > _FEW else []
    first = [gap for gap in gaps if gap not in apart]
    return Outcome(
        dossier=dossier,
        gaps=len(gaps),
        missing=tuple(_in_words(gap, anchors, language) for gap in first[:_MOST_GAPS]),
        unanswered=tuple(_in_words(gap, anchors, language) for gap in apart[:_MOST_GAPS]),
        parks=parks,
        sites=sites,
        vacancy=dossier.vacancy[:_MOST_SITES],
        alternatives=tuple(typed.alternatives[at] for at in free),
    )


def _of_park(park: ParkSupply, at: int, asked: Development) -> Answer:
    name, anchor = f"park:{park.code}", f"a-park-{at}"
    is_needed = park.hard_m2 + park.soft_m2 > 0
    if park.code == asked.place:
        return Answer(name, anchor, "here")
    return _said(name, anchor, asked, is_needed) or Answer(
        name, anchor, "field" if is_needed else "none", is_needed=is_needed
    )


def _of_site(site: ServingSite, at: int, asked: Development) -> Answer:
    anchor, is_needed = f"a-site-{at}", site.verdict == "pass"
    told = _said(site.id, anchor, asked, is_needed)
    if told is None and site.kind == "plot" and site.park is not None:
        if site.park == asked.place:
            return Answer(site.id, anchor, "here")
        spoken = _said(f"park:{site.park}", anchor, asked, is_needed)
        if spoken is not None:
            return Answer(site.id, anchor, "park", spoken.reason, spoken.is_used)
    return told or Answer(site.id, anchor, "field", is_needed=is_needed)


def _said(name: str, anchor: str, asked: Development, is_needed: bool) -> Answer | None:
    """What the development says about an id; None where it says nothing."""
    for item in asked.alternative:
        if item.id == name:
            return Answer(name, anchor, "field", item.reason or "", item.used, is_needed)
    return None


def _row_anchor(number: int) -> str:
    return f"f-alternative-{number}"


def _in_words(gap: Gap, anchors: Mapping[str, str], language: str) -> Missing:
    return Missing(gap.sentence(language), _anchor(gap, anchors))


def _anchor(gap: Gap, anchors: Mapping[str, str]) -> str:
    """Field that fills a gap; the list of the sites where the one that is meant is not shown."""
    if gap.field == "alternative":
        return anchors.get(gap.about, "sites-title")
    if gap.field in anchors:
        return anchors[gap.field]
    name = "evidence 1" if gap.field == "evidence" else gap.field
    return f"f-{name.replace(' ', '-')}"
