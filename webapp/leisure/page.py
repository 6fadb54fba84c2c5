"""What the template of leisure gets to see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geo_assen.access import Role
from geo_assen.services import LeisureReport
from webapp.auth.roles import current_role
from webapp.fields import Choice, written_number
from webapp.language import current_language
from webapp.leisure import sentences, tables
from webapp.leisure.drawings import visitor_figure
from webapp.leisure.places import catchment_layer, event_layer
from webapp.leisure.question import LIMITS, Question
from webapp.leisure.words import code_words, days_words, known, month_words, shown_number
from webapp.store import current_store

__all__ = ["page_of"]


@dataclass(frozen=True)
class Happening:
    """An event in the calendar.

    Attributes
    ----------
    place, kind
        In words; a place that has no name is an empty text.
    in_tt_week
        Whether a day of it lies in the TT week.
    """

    name: str
    days: str
    kind: str
    place: str
    in_tt_week: bool
    is_illustrative: bool


def page_of(asked: Question, report: LeisureReport) -> dict[str, Any]:
    """All parts of the page."""
    layers = current_store().catalogue.layers
    return {
        "asked": asked,
        "report": report,
        "language": current_language(),
        "is_staff": current_role() >= Role.STAFF,
        "is_empty": report.attractions.empty and report.events.empty,
        "answer": sentences.answer(report),
        "visit_notes": sentences.visit_notes(report),
        "model_notes": sentences.model_notes(report),
        "week_sentences": sentences.week_sentences(report),
        "stay_sentence": sentences.stay_sentence(report),
        "figure": visitor_figure(report),
        **{name: table(report) for name, table in tables.TABLES.items()},
        "months": _calendar(report),
        "legends": {"catchment": catchment_layer(), "attractions": layers["attractions"],
                    "events": event_layer()},
        "choices": _choices(report),
        "limits": LIMITS,
        "shown_model": {"alpha": shown_number(report.alpha), "beta": shown_number(report.beta)},
        "model": {"alpha": written_number(report.alpha), "beta": written_number(report.beta),
                  "visits": written_number(report.visits_per_person)},
    }  # fmt: skip


def _choices(report: LeisureReport) -> list[Choice]:
    """Attractions to choose from, by name."""
    listed = report.attractions.sort_values("name")
    return [
        Choice(code, name, code == report.place)
        for code, name in zip(listed["code"], listed["name"], strict=True)
    ]


def _calendar(report: LeisureReport) -> list[tuple[str, list[Happening]]]:
    """Events of each month; those over the turn of a month stand in both."""
    kinds = code_words("event_kind")
    in_tt_week = {code for week in report.weeks if week.is_tt for code in week.events}
    told = {
        row["code"]: Happening(
            row["name"], days_words(row["starts_on"], row["ends_on"]),
            kinds.get(row["kind"], row["kind"]), known(row["place_name"]) or "",
            row["code"] in in_tt_week, row["certainty"] == "illustrative",
        )
        for row in report.events.to_dict("records")
    }  # fmt: skip
    return [
        (month_words(month), [told[code] for code in codes])
        for month, codes in report.months.items()
    ]
