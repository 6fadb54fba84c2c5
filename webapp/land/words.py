"""Words of the uptake: stocks, methods, classes, and what an event lacks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from geo_assen import services
from geo_assen.land import SIZE_CLASSES, UNKNOWN_SECTOR
from geo_assen.units import format_number
from webapp.auth.roles import current_role
from webapp.language import current_language
from webapp.store import current_store

__all__ = [
    "BY_TITLES",
    "CAUTIONS",
    "METHODS",
    "STOCKS",
    "STOCK_TITLES",
    "code_words",
    "layer_words",
    "reason_words",
    "sector_words",
    "shown_m2",
    "size_words",
]

STOCK_TITLES: Mapping[str, LazyString] = {
    "net_area_m2": _l("Net"),
    "issued_m2": _l("Issued"),
    "issuable_m2": _l("Issuable"),
    "immediately_issuable_m2": _l("Immediately issuable"),
    "not_yet_issuable_m2": _l("Not yet issuable"),
    "optioned_m2": _l("Under option"),
    "reserved_m2": _l("Reserved"),
    "hard_plan_m2": _l("Issuable, plan in force"),
    "uptake_m2": _l("Uptake of the year"),
}
STOCKS: Mapping[str, LazyString] = {
    "issuable_m2": _l("All that is issuable"),
    "immediately_issuable_m2": _l("Immediately issuable"),
    "hard_plan_m2": _l("Issuable, plan in force"),
}
BY_TITLES: Mapping[str, LazyString] = {
    "park": _l("Business park"),
    "year": _l("Year"),
    "sector": _l("Sector"),
    "size": _l("Size of the deal"),
}
METHODS: Mapping[str, LazyString] = {
    "last_year": _l("Like the last year"),
    "average": _l("Mean of the last 10 years"),
    "resampled_years": _l("Years drawn again"),
    "deals_and_sizes": _l("Number and size of deals"),
}
CAUTIONS: Mapping[str, LazyString] = {
    "in_future": _l("The event takes effect in the future: the stock below is that of then."),
    "back_dated": _l(
        "The event takes effect in an earlier year: figures that were told before will change. "
        "Ask them as known on a day to see them as they were."
    ),
    "over_area": _l(
        "More is issued than the plot measures. Up to two percent is accepted; record the survey."
    ),
}
_REASONS: Mapping[str, LazyString] = {
    "name the plot, or the park as a whole": _l("Name the plot, or the park as a whole."),
    "this kind of event needs a plot": _l("This kind of event needs a plot."),
    "an option or reservation has a last day": _l("An option or reservation has a last day."),
    "say how the buyer was selected": _l("Say how the buyer was selected."),
    "say when the selection was published": _l("Say when the selection was published."),
    "must be 0 or more": _l("Must be 0 or more."),
    "must be 1 or more": _l("Must be 1 or more."),
    "must not lie before the day it takes effect": _l(
        "Must not lie before the day it takes effect."
    ),
}


def reason_words(reason: str) -> tuple[str, str]:
    """Why a field is refused, and the language that this is in."""
    if reason in _REASONS:
        return str(_REASONS[reason]), current_language()
    if reason.startswith("there is no "):
        named = reason.removeprefix("there is no ").strip("'\"")
        return _("There is no “%(named)s”.", named=named), current_language()
    return reason, "en"


def code_words(codes: str) -> dict[str, str]:
    """Titles of a code list in the reader's language."""
    listed = current_store().catalogue.codes[codes].code
    return {code.value: code.title.of(current_language()) for code in listed}


def layer_words(layer: str, as_of: date) -> list[tuple[str, str]]:
    """Codes and names of the records of a layer on a day, by name; its code where it has none."""
    rows = services.layer_rows(current_store(), layer, as_of=as_of, role=current_role()).frame
    named = [(str(c), str(n or c)) for c, n in zip(rows["code"], rows["name"], strict=True)]
    return sorted(named, key=lambda pair: pair[1].lower())


def sector_words() -> dict[str, str]:
    """Titles of the sectors, with the word for none."""
    return {**code_words("sector"), UNKNOWN_SECTOR: _("not known")}


def size_words() -> dict[str, str]:
    """Classes of the size of a deal in words."""
    bounds = [lower for _name, lower in SIZE_CLASSES]
    ends = [*bounds[1:], None]
    return {
        name: _size(lower, end) for (name, lower), end in zip(SIZE_CLASSES, ends, strict=True)
    }


def _size(lower_m2: int, end_m2: int | None) -> str:
    written = [shown_m2(value) for value in (lower_m2, end_m2 or 0)]
    if end_m2 is None:
        return _("%(low)s m² and more", low=written[0])
    if lower_m2 == 0:
        return _("under %(high)s m²", high=written[1])
    return _("%(low)s to %(high)s m²", low=written[0], high=written[1])


def shown_m2(area_m2: int) -> str:
    """Whole m² with the thousands sign of the reader."""
    return format_number(area_m2, current_language())
