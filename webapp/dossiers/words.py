"""What is wrong with a development or with a row of a balance, in the words of the reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.language import current_language

__all__ = ["ISSUES", "FaultWords", "fault_words"]

_FIELDS: Mapping[str, LazyString] = {
    "title": _l("Name of the development"),
    "place": _l("Place"),
    "inside_built_up": _l("Inside the existing built-up area"),
    "use": _l("Uses"),
    "area_m2": _l("Area needed (m²)"),
    "smallest_part_m2": _l("Smallest part that will do (m²)"),
    "horizon_years": _l("Needed within (years)"),
    "quality": _l("What the place must be like"),
    "constraint": _l("Constraints of the file"),
    "need": _l("Who needs it, and for what"),
    "evidence": _l("Evidence"),
    "alternative": _l("Alternatives"),
    "motivation": _l("Why not inside the built-up area"),
    "as_of": _l("Reference date"),
}

_SENTENCES: tuple[tuple[str, LazyString], ...] = (
    ("title is missing", _l("Give the document a title.")),
    ("title must not be empty", _l("Give the document a title.")),
    ("is missing", _l("Fill this in.")),
    ("must not be empty", _l("Fill this in.")),
    ("must be true or false", _l("Choose yes or no.")),
    ("must be a whole number", _l("This is no whole number of 1 or more.")),
    ("must be 1 to 50 years", _l("Give a number of years from 1 to 50.")),
    ("date must be a date", _l("This is no date, such as 2026-11-01.")),
    ("url must begin", _l("The address must begin with https://.")),
    ("site must be the id", _l("Name a park, or a site such as plot:P-MV-042.")),
    ("must have exactly one of park", _l("Name a park, or a site such as plot:P-MV-042.")),
    ("must be one of", _l("Choose from the list.")),
    ("must be the code of a park", _l("Choose a park or an area from the list.")),
    ("must lie in the Netherlands", _l("The outline must lie in the Netherlands.")),
    ("must be a valid polygon", _l("The outline crosses itself.")),
)
"""Beginning of what the reader of a development says, and the same to who fills in a form."""

ISSUES: Mapping[str, LazyString] = {
    "missing_value": _l("A value that is needed is missing."),
    "bad_code": _l("The code cannot be used."),
    "bad_number": _l("The value is no number."),
    "bad_date": _l("The year or date cannot be used."),
    "bad_category": _l("The value is not one of the allowed values."),
    "negative_value": _l("The value lies below zero where that means nothing."),
    "duplicate_id": _l("The work location stands twice in the file for this year."),
    "unreadable_row": _l("The row cannot be taken apart into columns."),
    "balance": _l("The figures contradict each other, or what is recorded."),
    "balance_exists": _l("Another balance is recorded already; it is not overwritten."),
}
"""What each kind of fault of a balance means."""


@dataclass(frozen=True)
class FaultWords:
    """A sentence about a fault, and the language that it is in.

    Attributes
    ----------
    field
        Title of the field that is meant; empty where the form has no such field.
    """

    sentence: str
    language: str
    field: str = ""


def _field_words(name: str) -> str:
    """Title of a field of the form, with the number of its row; empty where it has none."""
    word, _space, number = name.partition(" ")
    if word not in _FIELDS:
        return ""
    title = str(_FIELDS[word])
    return _("%(field)s, row %(row)s", field=title, row=number) if number.isdecimal() else title


def fault_words(reason: str, field: str) -> FaultWords:
    """Sentence for a reason; what only a hand-written file can bring about stays English."""
    known = next((told for start, told in _SENTENCES if reason.startswith(start)), None)
    title = _field_words(field)
    if known is not None:
        return FaultWords(str(known), current_language(), title)
    # Which of the constraints is meant stands in the name that the file has for it.
    is_plain = title and not field.startswith("constraint")
    return FaultWords(reason if is_plain else f"{field}: {reason}", "en", title)
