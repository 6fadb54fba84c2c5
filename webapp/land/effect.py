"""What an event would do, in words: the stock and the plot before and after, and cautions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from geo_assen.services import EntryEffect, LandEntry
from geo_assen.units import format_date, format_number, format_quantity
from webapp.land.form import FormField
from webapp.land.words import CAUTIONS, STOCK_TITLES, code_words, shown_m2
from webapp.language import current_language

__all__ = [
    "Change",
    "caution_words",
    "event_facts",
    "plot_changes",
    "stock_changes",
]

_STOCK = (
    "net_area_m2", "issued_m2", "issuable_m2", "immediately_issuable_m2", "optioned_m2",
    "reserved_m2", "uptake_m2",
)  # fmt: skip
_PLOT: Mapping[str, LazyString] = {
    "status": _l("Status"),
    "area_m2": _l("Area"),
    "issued_m2": _l("Issued"),
    "left_m2": _l("Still to be issued"),
    "option_until": _l("Option until"),
    "reservation_until": _l("Reservation until"),
}


@dataclass(frozen=True)
class Change:
    """One figure before and after; ``change`` is empty where nothing changes."""

    title: str
    before: str
    after: str
    change: str


def stock_changes(effect: EntryEffect) -> list[Change]:
    """Stock of the park and the uptake of the year, before and after."""
    names = [name for name in _STOCK if name in effect.after]
    return [
        _amount(str(STOCK_TITLES[name]), effect.before.get(name, 0), effect.after[name])
        for name in names
    ]


def plot_changes(effect: EntryEffect) -> list[Change]:
    """State of the plot before and after; empty for an event of a park as a whole."""
    before, after = effect.plot_before or {}, effect.plot_after or {}
    changes = []
    for name, title in _PLOT.items() if after else ():
        old, new = (_state(name, state.get(name)) for state in (before, after))
        change = _("changes") if old != new else ""
        changes.append(Change(str(title), old or "–", new or "–", change))
    return changes


def caution_words(effect: EntryEffect) -> list[str]:
    """What is allowed, but should be known before."""
    return [str(CAUTIONS[name]) for name in effect.cautions if name in CAUTIONS]


def event_facts(entry: LandEntry, fields: list[FormField]) -> list[tuple[str, str]]:
    """The event itself, field by field, as far as it says something."""
    facts = []
    for field in fields:
        value = getattr(entry, field.name)
        if value is not None:
            facts.append((field.title, _fact(field, value)))
    return facts


def _fact(field: FormField, value: Any) -> str:
    language = current_language()
    titles = dict(field.choices)
    if isinstance(value, date):
        return format_date(value, language)
    if field.name == "area_m2":
        return f"{shown_m2(value)} m²"
    if field.name == "price_eur_m2":
        return format_quantity(value, "eur_m2", language)
    if field.name == "plot" and titles.get(value):
        return f"{titles[value]} ({value})"
    return titles.get(value) or str(value)


def _amount(title: str, before_m2: int, after_m2: int) -> Change:
    more = after_m2 - before_m2
    change = f"{'+' if more > 0 else '−'}{shown_m2(abs(more))} m²" if more else ""
    return Change(title, f"{shown_m2(before_m2)} m²", f"{shown_m2(after_m2)} m²", change)


def _state(name: str, value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124  NaN, NaT
        return ""
    if name == "status":
        return code_words("plot_status").get(value, value)
    if isinstance(value, date):
        return format_date(value, current_language())
    return f"{format_number(value, current_language())} m²"
