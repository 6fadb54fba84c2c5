"""What the templates of vacancy get to see."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pandas as pd
from flask_babel import gettext as _

from geo_assen import services
from geo_assen.access import Role
from geo_assen.catalogue import LayerDefinition
from geo_assen.services import VACANCY_BY
from webapp.auth.roles import current_role
from webapp.fields import Choice, code_choices
from webapp.figures import Replay, replay_of
from webapp.language import current_language
from webapp.store import current_store
from webapp.vacancy import drawings, sentences, tables
from webapp.vacancy.places import change_layer
from webapp.vacancy.question import Question, within_text
from webapp.vacancy.tables import MOST_SHOWN, Told
from webapp.vacancy.words import BY_TITLES, number

__all__ = ["frame_of", "live_part", "series_part"]


def live_part(found: Told) -> dict[str, Any]:
    """Figures that follow the date slider and the drawn area."""
    report, asked = found.report, found.asked
    groups = tables.group_table(found)
    return {
        "asked": asked,
        "report": report,
        "answer": sentences.answer(found),
        "without_large": sentences.without_large(report),
        "notes": sentences.notes(found),
        "listed_note": sentences.listed_sentence(found),
        "groups": groups,
        "by_title": BY_TITLES[asked.by],
        "group_figure": None if asked.by == "year" else drawings.group_figure(groups, asked.by),
        "most_bars": drawings.MOST_BARS,
        "year_figure": drawings.year_figure(groups) if asked.by == "year" else None,
        "durations": tables.duration_table(found),
        "units": tables.unit_table(found, MOST_SHOWN),
        "listed_count": number(len(report.listed)),
        "is_cut": len(report.listed) > MOST_SHOWN,
        "class_marks": _marks(current_store().catalogue.layers["vacancy"]),
        "is_staff": current_role() >= Role.STAFF,
        "language": current_language(),
        "premises_query": _premises_query(asked),
        "is_empty": services.units_at(current_store(), asked.as_of, asked.known_at).empty,
        "is_nothing": report.units.empty,
        **_change_part(found),
        **_hot_part(found),
    }


def series_part(found: Told) -> dict[str, Any]:
    """Figures of other years and of others, which follow when the slider rests."""
    years = tables.year_table(found)
    return {
        "asked": found.asked,
        "years": years,
        "series_figure": drawings.year_figure(years),
        "reference": tables.reference_table(found),
        "is_nothing": found.report.units.empty,
    }


def _premises_query(asked: Question) -> str:
    """What the page of one of the premises is asked, so that it tells the same day."""
    days = {"as_of": asked.as_of if asked.as_of != services.today() else None,
            "known_at": asked.known_at}  # fmt: skip
    told = {name: day.isoformat() for name, day in days.items() if day is not None}
    return f"?{urlencode(told)}" if told else ""


def _change_part(found: Told) -> dict[str, Any]:
    asked = found.asked
    links = {"since_links": _since_links(asked)}
    if asked.since is None:
        return {"change_sentence": None, "changes": None, **links}
    sums = tables.change_sums(found)
    changes = tables.change_table(found, MOST_SHOWN)
    return {
        "change_sentence": sentences.change_sentence(found),
        "changes": changes,
        "change_sums": sums,
        "change_figure": drawings.change_figure(sums),
        "change_marks": _marks(change_layer()),
        **links,
    }


def _hot_part(found: Told) -> dict[str, Any]:
    if not found.asked.is_hot:
        return {"hotspots": None}
    return {
        "hotspots": tables.hotspot_table(found),
        "hot_notes": sentences.hotspot_notes(found),
        "hot_layer": current_store().catalogue.layers["vacancy_hotspots"],
    }


def _marks(layer: LayerDefinition) -> Mapping[str, Any]:
    """Colour and mark of each class of a layer."""
    return {item.value: item for item in layer.legend.classes} if layer.legend else {}


def frame_of(found: Told) -> dict[str, Any]:
    """What stands around the figures: choices, legends, slider."""
    asked, layers = found.asked, current_store().catalogue.layers
    choices = _choices(asked)
    return {
        "replay": _replay(asked),
        "legends": {
            "units": change_layer() if asked.since else layers["vacancy"],
            "streets": layers["vacancy_streets"],
            "hotspots": layers["vacancy_hotspots"],
        },
        "choices": choices,
        "chosen_words": sentences.chosen_words(asked, choices),
        "within": within_text(asked.corners),
        "most_corners": services.MOST_CORNERS,
    }


def _choices(asked: Question) -> dict[str, Sequence[Choice]]:
    """Values of the form, those that are chosen marked."""
    areas = services.area_outlines(current_store())[["code", "name", "kind"]].sort_values("name")
    return {
        **{name: _coded(asked, name, codes) for name, codes in _CODES.items()},
        "street": _picked(asked, "street", _streets(asked)),
        "area": _picked(asked, "area", _named(areas, "shopping_area")),
        "district": _picked(asked, "district", _named(areas, "district")),
        "by": [Choice(by, str(BY_TITLES[by]), by == asked.by) for by in VACANCY_BY],
        "signs": [
            Choice("nl", _("Dutch: 1,5 and ;"), asked.signs == "nl"),
            Choice("en", _("international: 1.5 and ,"), asked.signs == "en"),
        ],
    }


_CODES = {
    "use": "vacancy_use", "size": "vacancy_size", "class": "vacancy_class",
    "source": "vacancy_source",
}  # fmt: skip


def _coded(asked: Question, name: str, codes: str) -> tuple[Choice, ...]:
    chosen = asked.chosen_values(name)
    return code_choices(current_store().catalogue, codes, chosen, current_language())


def _picked(asked: Question, name: str, titles: Mapping[str, str]) -> list[Choice]:
    """Values of a list of which several may be chosen, those that are not there too."""
    chosen: Collection[str] = asked.chosen_values(name)
    missing = {value: value for value in chosen if value not in titles}
    return [Choice(v, title, v in chosen) for v, title in {**titles, **missing}.items()]


def _streets(asked: Question) -> dict[str, str]:
    units = services.units_at(current_store(), asked.as_of, asked.known_at)
    return {name: name for name in sorted(units["street"].dropna().unique())}


def _named(areas: pd.DataFrame, kind: str) -> dict[str, str]:
    own = areas[areas["kind"] == kind]
    return dict(zip(own["code"], own["name"], strict=True))


def _since_links(asked: Question) -> list[tuple[str, date]]:
    """Days that the date is often compared with."""
    day = asked.as_of
    month_days = calendar.monthrange(day.year - 1, day.month)[1]
    year_ago = day.replace(year=day.year - 1, day=min(day.day, month_days))
    turn = date(day.year, 1, 1) - timedelta(days=1)
    return [(_("a year ago"), year_ago), (_("the turn of the year"), turn)]


def _replay(asked: Question) -> Replay | None:
    """Slider over all that was observed; None where nothing was."""
    store, today = current_store(), services.today()
    days = [day for day in services.observed_days(store, asked.known_at) if day <= today]
    if not days:
        return None
    months = {day.replace(day=1) for day in days}
    return replay_of(days[0], today, asked.as_of, (max(month, days[0]) for month in months))
