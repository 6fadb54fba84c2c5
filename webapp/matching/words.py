"""One result of a ranking in words, for the list and for the table under the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from geo_assen.matching import Ranking, Result, Verdict, reasons
from geo_assen.units import format_about, format_number, format_quantity
from webapp.fields import small
from webapp.maps import Reading

__all__ = [
    "ABOUT",
    "About",
    "MatchWords",
    "about_sites",
    "criterion_title",
    "map_members",
    "match_words",
    "value_words",
]

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
    availability
        Why it may not be had, such as a running option; empty where nothing stands in the
        way, or where the badge says it.
    question
        What to ask first: the unknown whose answer would move the site most; empty where
        all is known.
    """

    about: str
    score: str
    badge: str
    reasons: tuple[str, ...]
    availability: str
    question: str
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
    told = reasons(result, language, ranking, on_screen=True)
    return MatchWords(
        about=site.text,
        score=_score(result, language),
        badge=told[0],
        reasons=told[1:],
        availability=_availability(result, told),
        question=_question(result, ranking, language),
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
        return _("Distance to the chosen point") if "," in told else told
    return _("the drawn area") if told == "polygon" else _("Inside %(area)s", area=told)


def value_words(
    name: str, value: object, unit: str | None, ranking: Ranking, language: str
) -> str:
    """Value of a criterion or constraint with its unit, or the title of its code.

    What a model counted is rounded.
    """
    field = ranking.fields.get(name)
    codes = ranking.codes.get(field.codes) if field is not None and field.codes else None
    if isinstance(value, (list, tuple, set, frozenset)):
        parts = (value_words(name, item, unit, ranking, language) for item in sorted(value))
        return ", ".join(parts)
    if codes is not None and isinstance(value, str):
        return codes.title(value, language)
    if isinstance(value, str) and field is not None and field.type == "date":
        value = date.fromisoformat(value)
    write = format_about if field is not None and field.is_modelled_count else format_quantity
    return write(value, unit, language)


def _question(result: Result, ranking: Ranking, language: str) -> str:
    """Name of what to ask first, as it stands inside a sentence."""
    name = result.next_question
    if name is None:
        return ""
    own = {"availability": _("availability"), "use": _("use")}
    return small(own.get(name) or criterion_title(name, ranking, language))


def _availability(result: Result, told: Sequence[str]) -> str:
    """Sentence about a running option or reservation, or about vacancy without an offer.

    Reasons come behind the first in this order: what fails, what is open, what counts.
    """
    failing = [item for item in result.constraints if item.verdict is Verdict.FAIL]
    open_points = [item.name for item in result.constraints if item.verdict is Verdict.UNKNOWN]
    if not failing or "availability" not in open_points:
        return ""
    return told[1 + len(failing) + open_points.index("availability")]


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
