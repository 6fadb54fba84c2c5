"""The timeline of a site in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from geo_assen.catalogue import Catalogue
from geo_assen.services import TimelineEntry
from geo_assen.units import format_quantity

__all__ = ["Moment", "timeline_words"]


@dataclass(frozen=True)
class Moment:
    """One line of a timeline: what happened, details, and who says so."""

    day: date
    what: str
    detail: str
    source: str
    certainty: str
    certainty_title: str


def timeline_words(
    entries: Iterable[TimelineEntry], catalogue: Catalogue, language: str
) -> list[Moment]:
    """Put a timeline into words, in the order given."""
    certainties = catalogue.codes["certainty"]
    moments = []
    for entry in entries:
        details = [
            catalogue.codes["vacancy_source"].title(entry.observer, language)
            if entry.observer
            else "",
            format_quantity(entry.area_m2, "m2", language) if entry.area_m2 else "",
            entry.party or "",
        ]
        moments.append(
            Moment(
                day=entry.day,
                what=catalogue.codes[entry.code_list].title(entry.code, language),
                detail=", ".join(filter(None, details)),
                source=entry.source_name,
                certainty=entry.certainty,
                certainty_title=certainties.title(entry.certainty, language),
            )
        )
    return moments
