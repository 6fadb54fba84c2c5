"""Leisure in sentences: the answer first, then what it leaves open."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from geo_assen.leisure import AT_MOST, LEAST_DISTANCE_M, missing_years
from geo_assen.services import LeisureReport
from webapp.leisure.words import days_words, known, number

__all__ = [
    "answer",
    "model_notes",
    "not_modelled",
    "stay_sentence",
    "visit_notes",
    "week_sentences",
]


def answer(report: LeisureReport) -> str:
    """Visitors of the chosen attraction in its latest year; empty where there is none."""
    if report.place is None:
        return ""
    row = report.attractions.set_index("code").loc[report.place]
    if known(row["visitors"]) is None:
        return _("Of %(place)s no visitors a year are on record.", place=report.place_name)
    told = _("%(place)s: %(visitors)s visitors in %(year)s.", place=report.place_name,
             visitors=number(row["visitors"]), year=round(row["year"]))  # fmt: skip
    if row["low_visitors"] == row["high_visitors"]:
        return told
    return told + " " + _(
        "Sources of that year say %(low)s to %(high)s; the one recorded last stands here.",
        low=number(row["low_visitors"]), high=number(row["high_visitors"]),
    )  # fmt: skip


def visit_notes(report: LeisureReport) -> list[str]:
    """What the figures by year leave open."""
    years = report.place_years
    notes = []
    totals = [one.year for one in years if one.part is None]
    if len(totals) == 1:
        notes.append(_("A total is known of %(year)s alone: how it went over the years cannot be "
                       "told.", year=totals[0]))  # fmt: skip
    missing = missing_years(years)
    if missing:
        notes.append(_("No total is known of %(years)s; the line has a gap there.",
                       years=_listed([str(year) for year in missing])))  # fmt: skip
    differ = [str(one.year) for one in years if one.part is None and one.contradicts]
    if differ:
        notes.append(_("Sources differ about %(years)s; their values stand side by side and no "
                       "mean is made of them.", years=_listed(differ)))  # fmt: skip
    bounds = [str(one.year) for one in years if one.part == AT_MOST]
    if bounds:
        notes.append(_("Of %(years)s a source tells the most that it can have been: that is no "
                       "count, and stands in the table and not in the line.",
                       years=_listed(bounds)))  # fmt: skip
    if any(one.part not in (None, AT_MOST) for one in years):
        notes.append(_("Parts, such as a day or a library, are in the table and not in the line: "
                       "they are no totals and need not add up to one."))  # fmt: skip
    return notes


def model_notes(report: LeisureReport) -> list[str]:
    """What the model of the catchment rests on and leaves out."""
    all_count, told = len(report.attractions), len(report.catchment.places)
    notes = [
        ngettext(
            "%(told)s of %(num)s attraction takes part: its visitors are known.",
            "%(told)s of %(num)s attractions take part: those whose visitors are known.",
            all_count,
            told=told,
        ),
        _("Distances are straight lines from the middle of a district; whoever lives within "
          "%(least)s m counts as living at that distance.", least=number(LEAST_DISTANCE_M)),
        _("Visitors from elsewhere are not in the model: it spreads the visits of residents."),
    ]  # fmt: skip
    if told == 1:
        notes.append(_("With one attraction in the model all visits go to it, so that its shares "
                       "say nothing."))  # fmt: skip
    if len(report.model_years) > 1:
        notes.append(_("Of each attraction the latest year counts: that is %(first)s for one and "
                       "%(last)s for another.", first=report.model_years[0],
                       last=report.model_years[-1]))  # fmt: skip
    if report.without_visitors:
        nobody = _listed(report.without_visitors)
        notes.append(_("Not one visitor in the latest year, and so not in the model: "
                       "%(attractions)s.", attractions=nobody))  # fmt: skip
    unknown = report.unknown_persons
    if unknown:
        notes.append(_("The inhabitants of %(districts)s are not known, so that their share is "
                       "told and no number of visits.", districts=_listed(unknown)))  # fmt: skip
        notes.append(_("The visits of residents in the table of attractions leave them out, and so "
                       "does the share of all visits that comes from the other districts."))
    return notes


def not_modelled(report: LeisureReport) -> str:
    """Why the chosen attraction has no catchment; empty where it has one."""
    if report.is_modelled:
        return ""
    if not report.catchment.origins:
        return _("No districts with an outline are on record: import areas to see from which "
                 "district visits come.")  # fmt: skip
    if report.place_name in report.without_visitors:
        return _("An attraction without one visitor draws nobody in the model. Choose another "
                 "attraction.")  # fmt: skip
    return _("Without visitors on record it has no place in the model. Choose another attraction.")


def week_sentences(report: LeisureReport) -> list[str]:
    """The TT week, and the weeks in which more than one event goes on."""
    told = [
        _("TT week: week %(number)s, %(days)s.", number=week.number,
          days=days_words(week.starts_on, week.ends_on))
        for week in report.weeks if week.is_tt
    ]  # fmt: skip
    crowded = [
        _("week %(number)s (%(count)s events)", number=week.number, count=len(week.events))
        for week in report.weeks if len(week.events) > 1
    ]  # fmt: skip
    if crowded:
        told.append(_("More than one event: %(weeks)s.", weeks=_listed(crowded)))
    return told


def stay_sentence(report: LeisureReport) -> str:
    """What is not told of overnight places; empty where there are none."""
    if not (report.attractions["kind"] == "stay").any():
        return ""
    return _("Guests of a year are no nights. Nights by date are not on record, so that how full "
             "these places are during events is not told.")  # fmt: skip


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return _("%(most)s and %(last)s", most=", ".join(parts[:-1]), last=parts[-1])
