"""One result of a ranking in words, for the list and for the table under the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from geo_assen.matching import Ranking, Result, reasons
from geo_assen.units import format_number
from webapp.maps import Reading

__all__ = ["ABOUT", "MatchWords", "about_sites", "criterion_title", "map_members", "match_words"]


ABOUT = ("park", "area_m2", "price_eur_m2", "rent_eur_m2_year")
"""Fields of a site that stand under its name."""


@dataclass(frozen=True)
class MatchWords:
    """Texts of one result.

    Attributes
    ----------
    about
        Park, area and price of the site.
    score
        Score in percent, with its interval where something is unknown; empty without
        criteria.
    badge
        Why it stands in its group, in a few words.
    reasons
        What decided, a sentence each.
    """

    about: str
    score: str
    badge: str
    reasons: tuple[str, ...]
    source: str
    certainty: str
    certainty_title: str


@dataclass(frozen=True)
class About:
    """What a reader wants to know of a site beside its score."""

    text: str
    source: str
    certainty: str
    certainty_title: str


def about_sites(reading: Reading) -> dict[str, About]:
    """Short description of each site of a reading, by id."""
    return {
        row.key: About(
            " · ".join(filter(None, (reading.text(row, name) for name in ABOUT))),
            row.source,
            row.certainty,
            row.certainty_title,
        )
        for row in reading.rows
    }


def match_words(
    result: Result, ranking: Ranking, about: Mapping[str, About], language: str
) -> MatchWords:
    """Put one result into words."""
    site = about[result.id]
    told = reasons(result, language, ranking)
    return MatchWords(
        about=site.text,
        score=_score(result, language),
        badge=told[0],
        reasons=told[1:],
        source=site.source,
        certainty=site.certainty,
        certainty_title=site.certainty_title,
    )


def criterion_title(name: str, ranking: Ranking, language: str) -> str:
    """Title of a criterion: of its field, of its distance, or of the area asked."""
    subject, colon, told = name.partition(":")
    field = ranking.fields.get(f"distance_to_{told}_m" if subject == "near" else name)
    if field:
        return field.title.of(language)
    if not colon:
        return name
    if subject == "near":
        return _("Distance to the chosen point")
    return _("Inside %(area)s", area=told)


def _score(result: Result, language: str) -> str:
    if not result.criteria:
        return ""
    score = format_number(result.score * 100, language)
    if result.score_low == result.score_high:
        return f"{score} %"
    low, high = (
        format_number(end * 100, language) for end in (result.score_low, result.score_high)
    )
    return f"{score} % ({low}–{high})"


def map_members(
    results: Sequence[Result], words: Sequence[MatchWords], language: str
) -> dict[str, Any]:
    """Member ``view`` of the GeoJSON that the map and its table read."""
    columns = [
        ["rank", _("Rank"), True],
        ["name", _("Site"), False],
        ["verdict", _("Verdict"), False],
        ["score", _("Score"), True],
        ["about", _("About"), False],
    ]
    rows = [
        [
            result.name,
            [format_number(rank, language), result.name, told.badge, told.score, told.about],
            told.source,
            told.certainty,
            told.certainty_title,
        ]
        for rank, (result, told) in enumerate(zip(results, words, strict=True), start=1)
    ]
    return {
        "view": {
            "columns": columns,
            "rows": rows,
            "card": ["score", "verdict", "about"],
            "source": words[0].source if words else "",
            "certainties": [],
            "present_attributes": False,
            "licence": "",
        }
    }
