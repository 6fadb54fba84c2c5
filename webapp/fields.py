"""Fields of a form: the choices of a list, the word behind a unit, numbers as they are typed."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from geo_assen.catalogue import UNITS, Catalogue, FieldDefinition

__all__ = [
    "Choice",
    "code_choices",
    "read_number",
    "small",
    "ungrouped",
    "unit_word",
    "unknown_titles",
    "written_number",
]

_UNITS = {"m2": "m²", "m": "m", "eur_m2": "€/m²", "mva": "MVA", "share": "0–1"}
_GROUPED = re.compile(r"[1-9][0-9]{0,2}([., \u00a0])[0-9]{3}(\1[0-9]{3})*")


@dataclass(frozen=True)
class Choice:
    """One value that can be ticked or picked."""

    value: str
    title: str
    chosen: bool


def code_choices(
    catalogue: Catalogue, codes: str, chosen: Collection[str], language: str
) -> tuple[Choice, ...]:
    """Values of a code list in their order, those that are chosen marked.

    A chosen value that the list does not know comes last, under its own name: it can be
    taken back, and is not lost without a word.
    """
    listed = catalogue.codes[codes]
    known = (Choice(c.value, c.title.of(language), c.value in chosen) for c in listed.code)
    unknown = (Choice(v, v, True) for v in chosen if v and v not in listed.values)
    return (*known, *unknown)


def unit_word(field: FieldDefinition) -> str:
    """Unit of a number as it stands behind an input; empty where it has none."""
    if field.unit == "eur_m2_year":
        return _("€/m² a year")
    own = "" if field.unit is None or field.unit in UNITS else field.unit
    return _UNITS.get(field.unit or "", own)


def read_number(text: str) -> float:
    """Number that a reader typed, with a point or a comma; NaN where it is none."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def small(title: str) -> str:
    """Title as it stands inside a sentence; an abbreviation keeps its capitals."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def unknown_titles(fields: Iterable[FieldDefinition], language: str) -> str:
    """Titles of fields without a value as they stand in one sentence; empty without fields."""
    return ", ".join(small(field.title.of(language)) for field in fields)


def ungrouped(text: str) -> str:
    """Text of a whole number without the signs between its thousands; other text as it is.

    A field that takes parts of a whole must not ask this: 1.250 may be one and a quarter.
    """
    return re.sub("[^0-9]", "", text) if _GROUPED.fullmatch(text) else text


def written_number(number: float) -> str:
    """Number as it stands in an address or an input: short, and no digit lost."""
    return f"{number:.0f}" if float(number).is_integer() else repr(float(number))
