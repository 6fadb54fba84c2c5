"""The figures of vacancy in sentences: the answer first, then what it leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from geo_assen.services import VacancyReport
from geo_assen.units import format_date
from webapp.fields import Choice
from webapp.language import current_language
from webapp.vacancy.question import LISTED, Question
from webapp.vacancy.tables import Told
from webapp.vacancy.words import WARNINGS, number, percents
from webapp.vacancy_words import is_nothing_known, nothing_known, unknown_sentence

__all__ = [
    "answer",
    "change_sentence",
    "chosen_words",
    "hotspot_notes",
    "listed_sentence",
    "notes",
    "without_large",
]


def answer(found: Told) -> str:
    """How much stands empty, of how much, in premises and in m²."""
    report = found.report
    if not report.total["units"]:
        return _("No premises of the stock on %(day)s are among what you chose.", day=found.day)
    if is_nothing_known(report.total):
        return _("Vacancy on %(day)s is not known: %(told)s.", day=found.day,
                 told=nothing_known(report.total))  # fmt: skip
    return _("On %(day)s %(units)s; %(floor)s.", day=found.day,
             units=_units(report.total), floor=_floor(report.total))  # fmt: skip


def _units(figures: Mapping[str, Any]) -> str:
    return ngettext(
        "%(vacant)s of %(units)s premises is vacant (%(share)s)",
        "%(vacant)s of %(units)s premises are vacant (%(share)s)",
        figures["units"],
        vacant=number(figures["vacant_units"]),
        units=number(figures["units"]),
        share=percents(figures["vacant_units_share"]),
    )


def _floor(figures: Mapping[str, Any]) -> str:
    return _(
        "%(vacant)s of %(floor)s m² (%(share)s)",
        vacant=number(figures["vacant_floor_m2"]),
        floor=number(figures["floor_m2"]),
        share=percents(figures["vacant_floor_share"]),
    )


def without_large(report: VacancyReport) -> str:
    """The same without large premises; that there are none where there are none."""
    small, limit = report.without_large, number(report.large_m2)
    large = report.total["units"] - small["units"]
    if not report.total["units"] or is_nothing_known(report.total):
        return ""
    if not large:
        return _("None of them has %(limit)s m² or more.", limit=limit)
    if is_nothing_known(small):
        return ngettext(
            "Without the %(num)s large one (%(limit)s m² and over): %(told)s.",
            "Without the %(num)s large ones (%(limit)s m² and over): %(told)s.",
            large,
            limit=limit,
            told=nothing_known(small),
        )
    return ngettext(
        "Without the %(num)s large one (%(limit)s m² and over): %(units)s; %(floor)s.",
        "Without the %(num)s large ones (%(limit)s m² and over): %(units)s; %(floor)s.",
        large,
        limit=limit,
        units=_units(small),
        floor=_floor(small),
    )


def notes(found: Told) -> list[str]:
    """What must be said beside the figures, the weightiest first."""
    report = found.report
    unknown = "" if is_nothing_known(report.total) else unknown_sentence(report.total)
    told = [_structural(report), unknown, _unmeasured(report), _known_at(report)]
    if report.present_attributes:
        told.append(
            _("Addresses, uses and floor areas are the present ones; none were recorded for "
              "this date.")
        )  # fmt: skip
    return [text for text in told if text]


def _structural(report: VacancyReport) -> str:
    count = report.total["structural_units"]
    if not report.total["vacant_units"]:
        return ""
    return ngettext(
        "%(num)s of them is vacant for over 3 years.",
        "%(num)s of them are vacant for over 3 years.",
        count,
    )


def _unmeasured(report: VacancyReport) -> str:
    count = report.total["unmeasured_units"]
    if not count:
        return ""
    return ngettext(
        "%(num)s of unknown floor area counts in premises, not in m².",
        "%(num)s of unknown floor area count in premises, not in m².",
        count,
    )


def _known_at(report: VacancyReport) -> str:
    if report.known_at is None:
        return ""
    day = format_date(report.known_at, current_language())
    if not report.recorded_later:
        return _("As known on %(day)s: nothing was recorded later.", day=day)
    return ngettext(
        "As known on %(day)s: %(num)s observation was recorded later and does not count.",
        "As known on %(day)s: %(num)s observations were recorded later and do not count.",
        report.recorded_later,
        day=day,
    )


def listed_sentence(found: Told) -> str:
    """That list and map show fewer premises than the figures are about; empty where not."""
    units, listed = len(found.report.units), len(found.report.listed)
    chosen = found.asked.chosen
    if not (chosen.classes or chosen.sources):
        return ""
    return ngettext(
        "The figures are about all %(units)s premises; the list and the premises on the map "
        "show %(num)s.",
        "The figures are about all %(units)s premises; the list and the premises on the map "
        "show %(num)s of them.",
        listed,
        units=number(units),
    )


def chosen_words(asked: Question, choices: Mapping[str, Iterable[Choice]]) -> str:
    """What was chosen, in words; empty where nothing was."""
    told = [c.title for name in LISTED for c in choices[name] if c.chosen]
    if asked.large_m2 is not None:
        told.append(_("large from %(limit)s m²", limit=number(asked.large_m2)))
    if asked.known_at is not None:
        day = format_date(asked.known_at, current_language())
        told.append(_("as known on %(day)s", day=day))
    return " · ".join(told)


def change_sentence(found: Told) -> str:
    """What became of the vacancy between the two days."""
    changes = found.changes
    if changes is None:
        return _("The day to compare with must lie before %(day)s.", day=found.day)
    rows = changes.figures.to_dict("index")
    since = format_date(changes.since, current_language())
    told = _(
        "From %(since)s to %(day)s: %(new)s newly vacant (%(new_m2)s m²), %(filled)s in use "
        "again (%(filled_m2)s m²), %(still)s still vacant (%(still_m2)s m²).",
        since=since,
        day=found.day,
        new=number(rows["newly_vacant"]["units"]),
        new_m2=number(rows["newly_vacant"]["vacant_m2_after"]),
        filled=number(rows["newly_filled"]["units"]),
        filled_m2=number(rows["newly_filled"]["vacant_m2_before"]),
        still=number(rows["still_vacant"]["units"]),
        still_m2=number(rows["still_vacant"]["vacant_m2_after"]),
    )
    lost, left = rows["lost_sight"]["units"], rows["left_stock"]["units"]
    also = [told]
    if lost:
        also.append(_("Of %(lost)s nobody knows any more.", lost=number(lost)))
    if left:
        also.append(_("%(left)s left the stock.", left=number(left)))
    return " ".join(also)


def hotspot_notes(found: Told) -> list[str]:
    """What the hot spots show, and how far to trust them."""
    spots = found.hotspots
    counts = spots.rows["hotspot"].value_counts().to_dict()
    hot = counts.get("hot_99", 0) + counts.get("hot_95", 0)
    cold = counts.get("cold_99", 0) + counts.get("cold_95", 0)
    if hot or cold:
        told = [
            _("%(hot)s premises lie where vacancy clusters, %(cold)s where there is little: with "
              "1 in 20 of such findings expected to be false.",
              hot=number(hot), cold=number(cold))
        ]  # fmt: skip
    else:
        told = [_("No pattern is shown: vacancy lies no closer together than chance explains.")]
    told += [str(WARNINGS[name]) for name in spots.warnings if name in WARNINGS]
    few = counts.get("too_few", 0)
    if few:
        told.append(
            ngettext(
                "Of %(num)s there are fewer than 8 premises within 100 m: nothing is said of it.",
                "Of %(num)s there are fewer than 8 premises within 100 m: nothing is said of them.",
                few,
            )
        )
    if spots.left_out:
        told.append(
            ngettext(
                "%(num)s of unknown state is left out.",
                "%(num)s of unknown state are left out.",
                spots.left_out,
            )
        )
    told.append(_("Modelled: Getis-Ord Gi*, premises within 100 m. Few premises say little."))
    return told
