"""Words of vacancy: groups, measures, changes, warnings, and the label of a place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from geo_assen.units import format_number
from geo_assen.vacancy import NO_KEY
from webapp.language import current_language
from webapp.store import current_store
from webapp.vacancy_words import is_nothing_known, nothing_known

__all__ = [
    "BY_TITLES",
    "CLASSES",
    "MEASURES",
    "WARNINGS",
    "code_words",
    "group_name",
    "inside",
    "known",
    "label",
    "number",
    "part_of",
    "percents",
]

BY_TITLES: Mapping[str, LazyString] = {
    "street": _l("Street"),
    "area": _l("Shopping area"),
    "district": _l("District"),
    "use": _l("Use of the premises"),
    "size": _l("Size of the premises"),
    "municipality": _l("Municipality"),
    "year": _l("Year"),
}
MEASURES: Mapping[str, LazyString] = {
    "vacant_units_share": _l("Vacant premises, of all premises"),
    "vacant_floor_share": _l("Vacant m², of all m²"),
}
WARNINGS: Mapping[str, LazyString] = {
    "few_units": _l("Fewer than 30 premises are compared: the picture is not to be trusted."),
    "few_vacant": _l("Fewer than 5 premises are vacant: so few make no cluster."),
    "all_alike": _l("All premises are vacant, or none is: nothing can stand out."),
}
"""What makes hot spots unsure."""

CLASSES = ("structural", "long", "friction", "unknown", "occupied")
"""Classes of vacancy, what asks attention first."""

_NO_NAMES: Mapping[str, LazyString] = {
    "street": _l("no street"),
    "area": _l("outside the shopping areas"),
    "district": _l("outside the districts"),
    "use": _l("use not known"),
    "size": _l("floor area not known"),
}
_NO_BREAK = "\u00a0"
_CODES = {"use": "vacancy_use", "size": "vacancy_size"}


def code_words(codes: str) -> dict[str, str]:
    """Titles of a code list in the reader's language."""
    listed = current_store().catalogue.codes[codes].code
    return {code.value: code.title.of(current_language()) for code in listed}


def group_name(by: str, key: str, name: str) -> str:
    """What a group of figures is called."""
    if key == NO_KEY and by in _NO_NAMES:
        return str(_NO_NAMES[by])
    return code_words(_CODES[by]).get(key, name) if by in _CODES else name


def inside(title: str) -> str:
    """Title as it stands inside a sentence; an abbreviation stays as it is."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def known(value: Any) -> Any:
    """Value itself; None where it is missing in any of the ways of a frame."""
    return None if value is None or pd.isna(value) else value


def number(value: float) -> str:
    """Whole number with the thousands sign of the reader."""
    return format_number(value, current_language())


def percents(share: float | None, decimals: int = 1) -> str:
    """Share as percents; a dash where there is nothing to share."""
    if share is None or math.isnan(share):
        return "–"
    return f"{format_number(share * 100, current_language(), decimals)} %"


def part_of(figures: Mapping[Any, Any]) -> str:
    """Vacancy of a place in one line, in premises and in m², each with what it is a part of."""
    if is_nothing_known(figures):
        return nothing_known(figures)
    return _(
        "%(vacant)s of %(units)s premises, %(share)s of the m²",
        vacant=number(figures["vacant_units"]),
        units=number(figures["units"]),
        share=percents(figures["vacant_floor_share"]),
    )


def label(name: str, figures: Mapping[Any, Any]) -> str:
    """Name of a place on the map with both of its figures."""
    if is_nothing_known(figures):
        return _("%(name)s: vacancy not known", name=name)
    told = _(
        "%(name)s: %(vacant)s of %(units)s · %(share)s m²",
        name=name,
        vacant=number(figures["vacant_units"]),
        units=number(figures["units"]),
        share=percents(figures["vacant_floor_share"], 0),
    )
    # A percentage is not parted from what it is of.
    return told.replace(" %", _NO_BREAK + "%").replace(" m²", _NO_BREAK + "m²")
