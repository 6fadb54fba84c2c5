"""Words of the review: lengths, ages, reasons, cautions, and why a field is refused."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd
from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from geo_assen import services
from geo_assen.units import format_date, format_quantity
from webapp.auth.roles import current_role
from webapp.language import current_language
from webapp.store import current_store

__all__ = [
    "CAUTIONS",
    "ORDERS",
    "REASONS",
    "age_words",
    "area_words",
    "code_words",
    "day_words",
    "fault_words",
    "inside",
    "known",
    "length_words",
    "since_words",
    "source_words",
    "state_words",
]

REASONS: Mapping[str, LazyString] = {
    "structural": _l("Vacant over 3 years"),
    "disagreement": _l("Sources disagree"),
    "unseen": _l("Not seen for over a year"),
    "follow_up_due": _l("Follow-up due"),
}
"""Why premises are on the worklist."""

ORDERS: Mapping[str, LazyString] = {
    "importance": _l("What matters most first"),
    "street": _l("By street and house number"),
}

CAUTIONS: Mapping[str, LazyString] = {
    "replaces": _l("The same source said something else of that day; what you record now counts."),
    "contradicts": _l("Another source, whose word still holds, says something else."),
    "outweighed": _l("A more trusted source still decides: the state does not become yours."),
    "no_floor_area": _l("The floor area is not known, so that the vacant m² cannot be counted."),
    "back_dated": _l("The day lies in an earlier year: figures that were told before may change."),
}
"""What deserves a second look before an observation is recorded."""

_LENGTHS: Mapping[str, LazyString] = {
    "friction": _l("at most 1 year"),
    "long": _l("1 to 3 years"),
    "structural": _l("over 3 years"),
}
_REFUSED: Mapping[str, LazyString] = {
    "say which part is vacant, more than 0 and less than 1": _l(
        "Say which part is vacant: more than 0 and less than 100 %."
    ),
    "this day is yet to come": _l("This day is yet to come."),
    "the next step is due after this one": _l("The next step is due after this one."),
}
_FROM = re.compile(r"the premises are there from (\S+) on")
_GONE = re.compile(r"the premises are gone since ([^;\s]+)(?:; they are part of (.+) now)?")
_LONGEST = re.compile(r"at most (\d+) signs")


def known(value: Any) -> Any:
    """Value itself; None where it is missing in any of the ways of a frame."""
    return None if value is None or pd.isna(value) else value


def code_words(codes: str) -> dict[str, str]:
    """Titles of a code list in the reader's language."""
    listed = current_store().catalogue.codes[codes].code
    return {code.value: code.title.of(current_language()) for code in listed}


def area_words(as_of: date) -> dict[str, str]:
    """Names of areas by code."""
    rows = services.layer_rows(
        current_store(), "areas", as_of=as_of, role=current_role()
    ).frame
    return {str(c): str(known(n) or c) for c, n in zip(rows["code"], rows["name"], strict=True)}


def inside(title: str) -> str:
    """Title as it stands inside a sentence; an abbreviation stays as it is."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def source_words(sources: Iterable[str]) -> str:
    """Kinds of source inside a sentence, with commas between."""
    titles = code_words("vacancy_source")
    return ", ".join(inside(titles.get(source, source)) for source in sources)


def state_words(state: str, vacant_share: float | None = None) -> str:
    """State in words, with the vacant part of one that is partly vacant."""
    title = code_words("vacancy_state").get(state, state)
    share = known(vacant_share)
    if state != "partly" or share is None:
        return title
    return f"{title} ({format_quantity(float(share), 'share', current_language())})"


def day_words(day: date | None) -> str:
    """Day in words; a dash where there is none."""
    return "–" if day is None or known(day) is None else format_date(day, current_language())


def age_words(days: float) -> str:
    """How long ago something was."""
    if days == 0:
        return _("today")
    return ngettext("%(num)s day ago", "%(num)s days ago", int(days))


def since_words(since: date, at_least: bool) -> str:
    """First day of a vacancy, and whether it may have begun before."""
    written = format_date(since, current_language())
    return _("%(day)s or earlier (≥)", day=written) if at_least else written


def length_words(unit: Mapping[Hashable, Any]) -> str:
    """How long a vacancy lasts, by its class; one that may be older says so."""
    length = str(_LENGTHS[unit["vacancy_class"]])
    if unit["at_least"] and unit["vacancy_class"] != "structural":
        return _("as far as known %(length)s", length=length)
    return length


def fault_words(reason: str) -> tuple[str, str]:
    """Why a field is refused, and the language that this is in."""
    language = current_language()
    if reason in _REFUSED:
        return str(_REFUSED[reason]), language
    if found := _FROM.fullmatch(reason):
        return _("The premises are there from %(day)s on.", day=_iso(found[1])), language
    if found := _GONE.fullmatch(reason):
        gone = _("The premises are gone since %(day)s.", day=_iso(found[1]))
        part = _("They are part of %(code)s now.", code=found[2]) if found[2] else ""
        return f"{gone} {part}".strip(), language
    if found := _LONGEST.fullmatch(reason):
        return _("At most %(longest)s signs.", longest=found[1]), language
    if reason.startswith("there is no "):
        named = reason.removeprefix("there is no ").strip("'\"")
        told = _("There is no “%(named)s”.", named=named) if named else _("Choose one of these.")
        return told, language
    return reason, "en"


def _iso(written: str) -> str:
    return format_date(date.fromisoformat(written), current_language())
