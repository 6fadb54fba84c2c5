"""What the template of leisure gets to see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _

from geo_assen import services
from geo_assen.access import Role
from geo_assen.leisure import HALF_DISTANCE_M
from geo_assen.services import LeisureReport
from webapp.auth.roles import current_role
from webapp.fields import Choice, written_number
from webapp.language import current_language
from webapp.leisure import sentences, tables
from webapp.leisure.drawings import season_figure, visitor_figure
from webapp.leisure.places import catchment_layer, event_layer
from webapp.leisure.question import LIMITS, USUAL, Question
from webapp.leisure.words import (
    code_words,
    days_words,
    known,
    month_words,
    number,
    shown_number,
    whole,
)
from webapp.store import current_store

__all__ = ["model_part", "page_of"]


@dataclass(frozen=True)
class SaidBy:
    """Who says a number; what is not known is None."""

    source: str | None
    certainty: str | None
    remark: str | None


@dataclass(frozen=True)
class Stay:
    """An overnight place; its visitors in words, empty where they are not known."""

    code: str
    name: str
    visitors: str
    remark: str | None


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
        "said_by": _said_by(report),
        "stays": _stays(report),
        "visit_notes": sentences.visit_notes(report),
        "week_sentences": sentences.week_sentences(report),
        "stay_sentence": sentences.stay_sentence(report),
        "figure": visitor_figure(report),
        "season": season_figure(report),
        "visits": tables.visit_table(report),
        "events": tables.event_table(report),
        "months": _calendar(report),
        **model_part(report),
        "legends": {"catchment": catchment_layer(), "attractions": layers["attractions"],
                    "events": event_layer()},
        "half_distance_m": number(HALF_DISTANCE_M),
        "reach_url": _reach_url(asked, report),
        "choices": _choices(report),
        "limits": LIMITS,
        "model": {"alpha": written_number(report.alpha), "beta": written_number(report.beta),
                  "visits": written_number(report.visits_per_person)},
        "usual": " ".join(f"{name}={written_number(value)}" for name, value in USUAL.items()),
    }  # fmt: skip


def model_part(report: LeisureReport) -> dict[str, Any]:
    """What follows from the parameters of the model: the part that the sliders ask for."""
    return {
        "language": current_language(),
        "attractions": tables.attraction_table(report),
        "catchment": tables.catchment_table(report),
        "not_modelled": sentences.not_modelled(report),
        "model_notes": sentences.model_notes(report),
        "legends": {"catchment": catchment_layer()},
        "shown_model": {"alpha": shown_number(report.alpha), "beta": shown_number(report.beta)},
    }


def _said_by(report: LeisureReport) -> SaidBy | None:
    """Who says the visitors of the answer; None where none are told."""
    if report.latest is None:
        return None
    value = report.latest.values[-1]
    certainty = value.certainty and code_words("certainty").get(value.certainty, value.certainty)
    return SaidBy(value.source, certainty, value.remark)


def _stays(report: LeisureReport) -> list[Stay]:
    """Overnight places by name."""
    rows = report.attractions[report.attractions["kind"] == "stay"].sort_values("name")
    found = []
    for row in rows.to_dict("records"):
        visitors = whole(row["visitors"])
        told = "" if visitors is None else _(
            "%(visitors)s guests in %(year)s", visitors=number(visitors), year=whole(row["year"])
        )  # fmt: skip
        found.append(Stay(row["code"], row["name"], told, known(row["remark"])))
    return found


def _reach_url(asked: Question, report: LeisureReport) -> str:
    """Address that ranks sites by the visitors around them; empty where none are known.

    Only all visitors together count as wholly good, so that the wish tells any two sites apart.
    """
    total = report.attractions["visitors"].sum()
    if not total:
        return ""
    wish = "visitor_reach_visitors"
    query = [*(("use", use) for use in ("hospitality", "retail", "leisure")), (f"w.{wish}", "1"),
             (f"c.{wish}", f"larger:0,{round(total)}")]  # fmt: skip
    if asked.as_of != services.today():
        query.append(("as_of", asked.as_of.isoformat()))
    return f"/match?{urlencode(query, safe=',:')}"


def _choices(report: LeisureReport) -> list[Choice]:
    """Attractions to choose from, by name."""
    listed = report.attractions.sort_values("name")
    return [
        Choice(code, name, code == report.place)
        for code, name in zip(listed["code"], listed["name"], strict=True)
    ]


def _calendar(report: LeisureReport) -> list[tuple[str, list[Happening]]]:
    """Events of each month that has any; those over the turn of a month stand in both."""
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
        if codes
    ]
