"""What a row of the form is about: the fields that can be asked, their titles and values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from geo_assen.catalogue import Catalogue, CodeList, FieldDefinition
from geo_assen.units import format_date, format_number
from webapp.fields import read_number, small, unit_word, written_number

__all__ = ["About", "Subjects", "field_subject", "is_day", "place_kind", "shown_number"]

_NOT_ROWS = frozenset({"kind", "use", "park", "status"})
"""Fields that stand elsewhere in the form, or that nobody asks until an address does."""


def place_kind(field_name: str) -> str:
    """Kind of place that a field is the distance to; empty for any other field."""
    fits = field_name.startswith("distance_to_") and field_name.endswith("_m")
    return field_name.removeprefix("distance_to_").removesuffix("_m") if fits else ""


def field_subject(field_name: str) -> str:
    """What the address calls the subject of a field: ``near.station``, or the field itself."""
    kind = place_kind(field_name)
    return f"near.{kind}" if kind else field_name


def shown_number(text: str, language: str) -> str:
    """Number of an address as it stands in an input: with the decimal sign of the language."""
    is_number = not math.isnan(read_number(text))
    return text.replace(".", ",") if language == "nl" and is_number else text


def is_day(text: str) -> bool:
    """Whether a text is a day as an input for dates has it."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class About:
    """What a subject is: its name, its field where it has one, and how its values read.

    Attributes
    ----------
    kind
        ``number``, ``date``, ``yes``, ``order``, ``category`` or ``unknown``.
    """

    subject: str
    title: str
    kind: str
    unit: str
    field: FieldDefinition | None
    codes: CodeList | None
    language: str

    def value_title(self, value: str) -> str:
        """Value of a curve or limit as a reader knows it."""
        if self.codes is not None:
            return self.codes.title(value, self.language)
        if self.kind == "yes":
            return {"true": _("yes"), "false": _("no")}.get(value, value)
        try:
            return format_date(date.fromisoformat(value), self.language)
        except ValueError:
            return self._number_title(value)

    def _number_title(self, value: str) -> str:
        number = read_number(value)
        if math.isnan(number):
            return value
        if self.field is not None and self.field.unit == "year":
            return written_number(number)
        decimals = next((n for n in range(3) if round(number, n) == number), 2)
        return format_number(number, self.language, decimals)


class Subjects:
    """Everything that a need can be about, by the name that the address gives it."""

    def __init__(self, catalogue: Catalogue, language: str) -> None:
        self.catalogue = catalogue
        self.language = language
        fields = catalogue.layers["sites"].field
        self._fields = {field_subject(f.name): f for f in fields}
        self._listed = [f for f in fields if f.filter and f.name not in _NOT_ROWS]

    def about(self, subject: str) -> About:
        """Look a subject up; one that does not exist keeps its own name."""
        plain = subject.partition("~")[0]
        field = self._fields.get(plain)
        if field is None and plain.startswith("near."):
            title = self._place_title(plain.removeprefix("near."))
            return About(subject, title, "number", "m", None, None, self.language)
        if field is None:
            return About(subject, subject, "unknown", "", None, None, self.language)
        codes = self.catalogue.codes_of(field)
        kinds = {"boolean": "yes", "date": "date", "number": "number", "integer": "number"}
        ordered = codes is not None and codes.ordered
        kind = kinds.get(field.type, "order" if ordered else "category")
        title = field.title.of(self.language)
        return About(subject, title, kind, unit_word(field), field, codes, self.language)

    def listed(self, kinds: frozenset[str]) -> Iterator[About]:
        """Subjects that can be asked of some kinds of site, in the order of the layer file."""
        for field in self._listed:
            if not field.sites or kinds.intersection(field.sites):
                yield self.about(field_subject(field.name))

    def _place_title(self, place: str) -> str:
        if "," in place:
            return _("Distance to the chosen point")
        kinds = self.catalogue.codes.get("place_kind")
        title = kinds.title(place, self.language) if kinds is not None else place
        return _("Distance to %(place)s", place=small(title))
