"""The dossier for the Ladder for sustainable urbanisation, and what it still lacks.

A plan that allows a new urban development describes the need for it and, outside the
existing built-up area, why the need cannot be met inside it (Bro 3.1.6 lid 2, since 1 July
2017). The dossier puts demand beside hard and soft plan supply, vacancy and sites that could
serve, and the reasons why they do not. Whether a reason convinces is for people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from geo_assen.catalogue import ILLUSTRATIVE
from geo_assen.land.development import Alternative, Development, Evidence

__all__ = [
    "EVIDENCE_YEARS",
    "Gap",
    "LadderDossier",
    "ParkSupply",
    "ServingSite",
    "VacantPremises",
    "missing",
]

EVIDENCE_YEARS = 5
"""Years after which evidence no longer counts, where nobody says another number."""

_SENTENCES: Mapping[str, tuple[str, str]] = {
    "place": (
        "Er staat niet waar de ontwikkeling komt; noem een terrein, gebied of polygoon.",
        "It is not said where the development comes; name a park, an area or a polygon.",
    ),
    "place_unknown": (
        "Er is geen terrein of gebied {about}; noem een code die hier bekend is.",
        "There is no park or area {about}; name a code that is known here.",
    ),
    "built_up": (
        "Er staat niet of de plek binnen bestaand stedelijk gebied ligt.",
        "It is not said whether the place lies inside the existing built-up area.",
    ),
    "use": ("De functie ontbreekt.", "The use is missing."),
    "quantity": (
        "De omvang van de behoefte ontbreekt, in vierkante meters.",
        "The quantity of the need is missing, in square metres.",
    ),
    "horizon": (
        "De termijn van de behoefte ontbreekt, in jaren.",
        "The horizon of the need is missing, in years.",
    ),
    "quality": (
        "De kwaliteit die de plek moet hebben ontbreekt, in woorden of als eisen.",
        "The quality that the place must have is missing, in words or as constraints.",
    ),
    "need": ("De behoefte is niet beschreven.", "The need is not described."),
    "evidence": (
        "Er is geen onderbouwing van de behoefte.",
        "There is no evidence of the need.",
    ),
    "evidence_undated": (
        "De onderbouwing {about} heeft geen datum.",
        "The evidence {about} has no date.",
    ),
    "evidence_old": (
        "De onderbouwing {about} is te oud; vernieuw haar of leg nieuwere ernaast.",
        "The evidence {about} is too old; renew it or lay newer beside it.",
    ),
    "evidence_later": (
        "De onderbouwing {about} is van na de peildatum.",
        "The evidence {about} is of after the date of the dossier.",
    ),
    "park_unanswered": (
        "Terrein {about} heeft nog uitgeefbare grond en is niet afgewezen of benut.",
        "Park {about} still has land to issue, and is neither rejected nor used.",
    ),
    "site_unanswered": (
        "Locatie {about} voldoet en is niet afgewezen of benut.",
        "Site {about} fits, and is neither rejected nor used.",
    ),
    "alternative_reason": (
        "Waarom {about} is afgewezen staat er niet bij.",
        "Why {about} was rejected is not said.",
    ),
    "alternative_unknown": (
        "Het alternatief {about} is hier niet bekend.",
        "The alternative {about} is not known here.",
    ),
    "motivation": (
        "De plek ligt buiten bestaand stedelijk gebied: motiveer waarom het daarbinnen niet kan.",
        "The place lies outside the built-up area: say why it cannot be done inside.",
    ),
}


@dataclass(frozen=True)
class Gap:
    """One thing that a dossier lacks.

    Attributes
    ----------
    code
        Short name of the kind of gap.
    field
        Field of the development that would fill it, with its number in a list.
    about
        What it is about; empty where the field says enough.
    """

    code: str
    field: str
    about: str = ""

    def sentence(self, language: str = "en") -> str:
        """What is missing, in a sentence (``nl`` or ``en``)."""
        nl, en = _SENTENCES[self.code]
        return (nl if language == "nl" else en).format(about=self.about)


@dataclass(frozen=True)
class ParkSupply:
    """Plan supply of one park on the date.

    Attributes
    ----------
    hard_m2
        Land still issuable under a plan that is in force, in whole m².
    soft_m2
        Land still issuable where no plan is in force yet.
    immediately_m2
        Part of it that can be issued at once.
    """

    code: str
    name: str
    plan_status: str | None
    hard_m2: int
    soft_m2: int
    immediately_m2: int
    source: str | None = None
    source_date: date | None = None
    certainty: str | None = None


@dataclass(frozen=True)
class ServingSite:
    """A site on the date that could serve the development.

    Attributes
    ----------
    verdict
        ``pass``, or ``unknown``: something has to be asked first.
    area_m2
        Area of the plot, or floor area of the premises; None: not known.
    """

    id: str
    kind: str
    name: str
    park: str | None
    area_m2: int | None
    verdict: str
    source: str | None = None
    source_date: date | None = None
    certainty: str | None = None


@dataclass(frozen=True)
class VacantPremises:
    """Premises that stand empty on the date and could serve.

    Attributes
    ----------
    vacant_m2
        Floor that is empty; None where the floor area, or the empty share, is not known.
    since
        First day of the vacancy; None: not known.
    observed_by, observed_on
        Kind of source of the observation that decides, and its day.
    """

    id: str
    name: str
    floor_area_m2: int | None
    vacant_m2: int | None
    state: str
    since: date | None
    observed_by: str | None
    observed_on: date | None
    certainty: str | None = None


@dataclass(frozen=True)
class LadderDossier:
    """Everything that is known beside a development.

    Attributes
    ----------
    development
        What was read.
    as_of
        Day for which supply, vacancy and sites hold.
    parks
        Every park, ordered by code.
    sites
        Sites that fit, or may fit, in the order of the ranking.
    vacancy
        Premises among them that stand empty.
    unknown
        Ids of alternatives, and the place, that nothing here has.
    method_version
        Version of the rules by which sites were matched.
    """

    development: Development
    as_of: date
    parks: tuple[ParkSupply, ...] = ()
    sites: tuple[ServingSite, ...] = ()
    vacancy: tuple[VacantPremises, ...] = ()
    unknown: tuple[str, ...] = ()
    method_version: str = ""

    @property
    def hard_m2(self) -> int:
        """Hard plan supply of all parks, in whole m²."""
        return sum(park.hard_m2 for park in self.parks)

    @property
    def soft_m2(self) -> int:
        """Soft plan supply of all parks, in whole m²."""
        return sum(park.soft_m2 for park in self.parks)

    @property
    def vacant_m2(self) -> int:
        """Empty floor that could serve, in whole m²; premises of unknown size left out."""
        return sum(premises.vacant_m2 or 0 for premises in self.vacancy)

    @property
    def certainties(self) -> tuple[str, ...]:
        """Kinds of certainty that the figures rest on, in alphabetical order."""
        told = {park.certainty for park in self.parks} | {site.certainty for site in self.sites}
        told |= {premises.certainty for premises in self.vacancy}
        return tuple(sorted(kind for kind in told if kind is not None))

    @property
    def is_illustrative(self) -> bool:
        """Whether a figure rests on drawn or modelled facts."""
        return any(kind in ILLUSTRATIVE for kind in self.certainties)

    def document(self, *, language: str = "en", years: int = EVIDENCE_YEARS) -> dict[str, Any]:
        """The dossier in plain JSON values, with what is missing."""
        gaps = missing(self, years=years)
        return {
            "as_of": self.as_of.isoformat(),
            "complete": not gaps,
            "missing": [
                {"code": g.code, "field": g.field, "about": g.about,
                 "sentence": g.sentence(language)}
                for g in gaps
            ],
            "development": _plain(asdict(self.development)),
            "supply": {"hard_m2": self.hard_m2, "soft_m2": self.soft_m2},
            "parks": [_plain(asdict(park)) for park in self.parks],
            "vacancy": {
                "units": len(self.vacancy),
                "vacant_m2": self.vacant_m2,
                "premises": [_plain(asdict(premises)) for premises in self.vacancy],
            },
            "sites": [_plain(asdict(site)) for site in self.sites],
            "certainty": list(self.certainties),
            "method_version": self.method_version,
        }  # fmt: skip


def missing(dossier: LadderDossier, *, years: int = EVIDENCE_YEARS) -> list[Gap]:
    """List what a dossier lacks before it can be put forward.

    The need must be described, with quantity, quality and horizon, and shown by evidence
    that has a date and is not too old. Every park with land to issue, and every site that
    fits, must be rejected with a reason or named as used; a park speaks for its plots, and
    the park in which the development lies is used. Outside the built-up area a motivation
    is needed.

    Parameters
    ----------
    years
        Evidence of more than so many years before the date counts as too old.

    Returns
    -------
    Gaps in the order of the fields; empty where the dossier is complete. It is complete by
    form only.
    """
    asked = dossier.development
    return [
        *_gaps_of_fields(asked, dossier.unknown),
        *_gaps_of_evidence(asked.evidence, dossier.as_of, years),
        *_gaps_of_alternatives(asked.alternative, dossier.unknown),
        *_unanswered(dossier),
        *([Gap("motivation", "motivation")]
          if asked.inside_built_up is False and asked.motivation is None else []),
    ]  # fmt: skip


def _gaps_of_fields(asked: Development, unknown: tuple[str, ...]) -> Iterator[Gap]:
    told = {
        "place": asked.place is not None,
        "built_up": asked.inside_built_up is not None,
        "use": bool(asked.use),
        "quantity": asked.area_m2 is not None,
        "quality": asked.quality is not None or bool(asked.constraint),
        "horizon": asked.horizon_years is not None,
        "need": asked.need is not None,
        "evidence": bool(asked.evidence),
    }
    names = {"built_up": "inside_built_up", "quantity": "area_m2", "horizon": "horizon_years"}
    if asked.place in unknown:
        yield Gap("place_unknown", "place", str(asked.place))
    for code, is_told in told.items():
        if not is_told:
            yield Gap(code, names.get(code, code))


def _gaps_of_evidence(evidence: tuple[Evidence, ...], as_of: date, years: int) -> Iterator[Gap]:
    for number, item in enumerate(evidence, start=1):
        field, about = f"evidence {number}", f"“{item.title}”"
        if item.date is None:
            yield Gap("evidence_undated", field, about)
        elif item.date > as_of:
            yield Gap("evidence_later", field, about)
        elif _years_before(as_of, years) > item.date:
            yield Gap("evidence_old", field, about)


def _years_before(day: date, years: int) -> date:
    """Same day so many years before; the last of February for 29 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _gaps_of_alternatives(
    alternatives: tuple[Alternative, ...], unknown: tuple[str, ...]
) -> Iterator[Gap]:
    for number, item in enumerate(alternatives, start=1):
        if item.id in unknown:
            yield Gap("alternative_unknown", f"alternative {number}", item.id)
        elif not item.used and item.reason is None:
            yield Gap("alternative_reason", f"alternative {number}", item.id)


def _unanswered(dossier: LadderDossier) -> Iterator[Gap]:
    named = {item.id for item in dossier.development.alternative}
    if isinstance(dossier.development.place, str):
        named.add(f"park:{dossier.development.place}")
    for park in dossier.parks:
        if park.hard_m2 + park.soft_m2 > 0 and f"park:{park.code}" not in named:
            yield Gap("park_unanswered", "alternative", f"{park.name} ({park.code})")
    for site in dossier.sites:
        spoken_for = site.kind == "plot" and f"park:{site.park}" in named
        if site.verdict == "pass" and site.id not in named and not spoken_for:
            yield Gap("site_unanswered", "alternative", f"{site.name} ({site.id})")


def _plain(value: Any) -> Any:
    """Value with dates as ISO text and tuples as lists."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
