"""What a field is called, as words to compare with those of a column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from geo_assen.catalogue import FieldDefinition
from geo_assen.ingest.mapping.definition import Certainty
from geo_assen.ingest.mapping.names import Reading, factor_between, read_name
from geo_assen.ingest.mapping.words import EVERYDAY, ONLY_WITH_UNIT

__all__ = ["Phrase", "is_slip_of", "phrases_of"]

_LONG_WORD = 7


@dataclass(frozen=True)
class Phrase:
    """One way to name a field.

    Attributes
    ----------
    needs_unit
        Whether the name means the field only where it says a unit: a price per m2.
    """

    field: FieldDefinition
    words: tuple[str, ...]
    why: Certainty
    needs_unit: bool

    def is_said_by(self, reading: Reading) -> bool:
        """Whether a name says this and nothing else, in any order, in a unit that fits."""
        if not reading.words or not self.fits_unit(reading):
            return False
        same = sorted(reading.words) == sorted(self.words)
        return same or "".join(reading.words) == "".join(self.words)

    def fits_unit(self, reading: Reading) -> bool:
        """Whether the unit a name says can become the field's."""
        if reading.unit is None:
            return not self.needs_unit
        return factor_between(reading.unit, self.field.unit) is not None


def phrases_of(field: FieldDefinition) -> Iterator[Phrase]:
    """All ways to name a field, the surest first."""
    own = field.name.removesuffix(f"_{field.unit}") if field.unit else field.name
    narrow = field.unit is not None and (field.unit.startswith("eur") or field.unit == "share")
    told: list[tuple[str, Certainty, bool]] = [(own.replace("_", " "), "name", narrow)]
    told += [(text, "alias", False) for text in (*field.aliases, *EVERYDAY.get(field.name, ()))]
    told += [(text, "title", False) for text in (field.title.nl, field.title.en)]
    told += [(text, "alias", True) for text in ONLY_WITH_UNIT.get(field.name, ())]
    for text, why, needs_unit in told:
        reading = read_name(text)
        if reading.words:
            money = bool(reading.unit) and reading.unit != "m2" and narrow
            yield Phrase(field, reading.words, why, needs_unit or money)


def is_slip_of(reading: Reading, phrase: Phrase) -> bool:
    """Whether a name is a phrase with one long word misspelt by one letter."""
    if len(reading.words) != len(phrase.words) or not phrase.fits_unit(reading):
        return False
    pairs = [(a, b) for a, b in zip(reading.words, phrase.words, strict=True) if a != b]
    return len(pairs) == 1 and _one_letter_off(*pairs[0])


def _one_letter_off(word: str, other: str) -> bool:
    """Whether a letter too many, too few, wrong or out of turn parts two long words."""
    short, long = sorted((word, other), key=len)
    if len(short) < _LONG_WORD or len(long) - len(short) > 1 or short[0] != long[0]:
        return False
    at = next((i for i, letter in enumerate(short) if letter != long[i]), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    turned = short[at + 1 : at + 2] + short[at : at + 1] + short[at + 2 :]
    return short[at + 1 :] == long[at + 1 :] or turned == long[at:]
