"""The form of a land event: its fields, what was typed, and the event that it makes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from geo_assen import services
from geo_assen.services import LandEntry
from webapp import params
from webapp.auth.roles import current_role
from webapp.fields import read_number, ungrouped, written_number
from webapp.land.ledger import event_named
from webapp.land.words import code_words, layer_words
from webapp.language import current_language
from webapp.store import current_store

__all__ = ["FIELDS", "FormField", "filled_for", "form_fields", "read_entry", "typed_in"]

_KINDS = services.ENTRY_KINDS
_PROMISES = ("option", "reservation")
_LAPSES = ("option_lapsed", "reservation_lapsed")
_HANDED = ("deed", "buy_back")
_OF_A_PARK = ("opening_balance", "net_set", "deed", "buy_back", "withdrawal")

FIELDS: Mapping[str, tuple[str, ...]] = {
    "kind": _KINDS,
    "plot": tuple(kind for kind in _KINDS if kind != "net_set"),
    "park": _OF_A_PARK,
    "effective_on": _KINDS,
    "area_m2": tuple(kind for kind in _KINDS if kind not in _LAPSES),
    "price_eur_m2": _HANDED,
    "tenure": ("deed",),
    "sector": ("deed", "buy_back", *_PROMISES),
    "party": (*_HANDED, *_PROMISES, *_LAPSES),
    "valid_until": _PROMISES,
    "priority_rank": (*_PROMISES, *_LAPSES),
    "selection": ("deed", "reservation"),
    "published_on": ("deed", "reservation"),
    "corrects": _KINDS,
}
"""Fields of an event, each with the kinds that have it."""

_DATES = frozenset({"effective_on", "valid_until", "published_on"})
_WHOLE = frozenset({"area_m2", "priority_rank"})
_CODES = {
    "kind": "land_event_kind", "tenure": "tenure", "sector": "sector", "selection": "selection",
}  # fmt: skip
_LONGEST = 200
_MOST_PLOTS = 300

Faults = dict[str, tuple[str, str]]
"""Why a field is refused and the language that this is in, by its name."""


@dataclass(frozen=True)
class FormField:
    """One field as the page draws it.

    Attributes
    ----------
    type
        date, number, choice or text.
    choices
        Values and titles of a choice; suggestions of a text.
    kinds
        Kinds of event that have it, with spaces between.
    """

    name: str
    title: str
    type: str
    choices: tuple[tuple[str, str], ...]
    kinds: str


def form_fields(typed: Mapping[str, str]) -> list[FormField]:
    """Fields of the form in their order."""
    titles = {
        field.name: field.title.of(current_language())
        for field in current_store().catalogue.layers["land_events"].field
    }
    return [
        FormField(name, titles[name], _type(name), tuple(_choices(name, typed)), " ".join(kinds))
        for name, kinds in FIELDS.items()
    ]


def typed_in(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, field by field."""
    return {name: form.get(name, "").strip() for name in FIELDS}


def filled_for(args: Mapping[str, str]) -> dict[str, str] | None:
    """What the form holds at first: an event to correct, or the plot or park of a link.

    Returns
    -------
    None where the event that is to be corrected is not recorded.
    """
    asked = {name: args.get(name, "") for name in FIELDS}
    if not asked["corrects"]:
        return {**asked, "effective_on": services.today().isoformat()}
    event = event_named(asked["corrects"])
    if event is None:
        return None
    return {name: _written(event.get(name)) for name in FIELDS} | {"corrects": asked["corrects"]}


def read_entry(typed: Mapping[str, str]) -> tuple[LandEntry | None, Faults]:
    """Make an event of what was typed.

    Returns
    -------
    No event where a field cannot be read; its fault says why.
    """
    faults: Faults = {}
    values: dict[str, Any] = {}
    for name in FIELDS:
        try:
            values[name] = _read(name, typed[name])
        except ValueError as error:
            faults[name] = (str(error), current_language())
    for name in ("kind", "effective_on"):
        if name not in faults and values[name] is None:
            faults[name] = (_("Fill this in."), current_language())
    return (None, faults) if faults else (LandEntry(**values), {})


def _read(name: str, text: str) -> Any:
    if not text:
        return None
    if name in _DATES:
        return _read_date(name, text)
    if name in _WHOLE:
        return _read_whole(text)
    if name == "price_eur_m2":
        price = read_number(text)
        if math.isnan(price):
            raise ValueError(_("This is no number."))
        return price
    if len(text) > _LONGEST or "\x00" in text:
        raise ValueError(_("At most %(longest)s signs.", longest=_LONGEST))
    return text


def _read_date(name: str, text: str) -> date | None:
    try:
        return params.day({name: text}, name)
    except params.ParameterError as error:
        raise ValueError(_("This is no date between 1900 and 2100.")) from error


def _read_whole(text: str) -> int:
    """Whole number, with or without signs between the thousands."""
    plain = ungrouped(text)
    if not re.fullmatch("-?[0-9]{1,9}", plain):
        raise ValueError(_("This is no whole number."))
    return int(plain)


def _written(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124  NaN
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return written_number(value) if isinstance(value, (int, float)) else str(value)


def _type(name: str) -> str:
    if name in _DATES:
        return "date"
    if name in _WHOLE or name == "price_eur_m2":
        return "number"
    return "choice" if name in _CODES or name == "park" else "text"


def _choices(name: str, typed: Mapping[str, str]) -> list[tuple[str, str]]:
    if name == "park":
        return layer_words("business_parks", services.today())
    if name == "party":
        return [(title, title) for _code, title in layer_words("parties", services.today())]
    if name == "plot":
        return _plots_beside(typed)
    if name not in _CODES:
        return []
    words = code_words(_CODES[name])
    return [(v, t) for v, t in words.items() if name != "kind" or v in _KINDS]


def _plots_beside(typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """Plots of the park that is named, or of the park of the plot, unless they are too many."""
    frame = services.layer_rows(
        current_store(), "plots", as_of=services.today(), role=current_role()
    ).frame
    named = frame.loc[frame["code"] == typed["plot"], "park"]
    park = named.iloc[0] if len(named) else typed["park"]
    own = frame[frame["park"] == park]
    if len(own) > _MOST_PLOTS:
        return []
    return [(str(c), str(n or "")) for c, n in zip(own["code"], own["name"], strict=True)]
