"""What the name of a column says: its words, and the unit it names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import ftfy

from geo_assen.ingest.mapping.words import FILLERS, NOUNS, SAME_WORD, TAILS

__all__ = ["Reading", "factor_between", "plain", "read_name"]

UNITS: dict[str, tuple[str, float]] = {
    "m2": ("m2", 1), "ha": ("m2", 10_000), "km2": ("m2", 1_000_000),
    "m": ("m", 1), "km": ("m", 1000), "cm": ("m", 0.01),
    "mva": ("mva", 1), "kva": ("mva", 0.001),
    "share": ("share", 1), "percent": ("share", 0.01),
    "eur": ("eur", 1), "keur": ("eur", 1000), "meur": ("eur", 1_000_000),
    "eur_m2": ("eur_m2", 1), "eur_ha": ("eur_m2", 0.0001),
    "eur_m2_year": ("eur_m2_year", 1), "eur_m2_month": ("eur_m2_year", 12),
    "eur_year": ("eur_year", 1), "eur_month": ("eur_year", 12),
    "minutes": ("minutes", 1), "hours": ("minutes", 60),
}  # fmt: skip
"""Unit that a name can say: the unit of a field it can become, and by which factor."""

_SIGNS = [("k€", " keur "), ("€", " eur "), ("%", " percent "), ("²", "2"), ("^2", "2")]
_YEAR, _MONTH = r"(?:per |p )?(?:jaar|jr|year)", r"(?:per |p )?(?:maand|mnd|month)"
_PRICE = r"(?:eur |euro |euros )(?:per |p )?"
_PER_M2 = rf"(?:{_PRICE}|per |p )m2"
_PATTERNS = [
    (rf"{_PER_M2} {_YEAR}", "eur_m2_year"),
    (rf"{_PER_M2} {_MONTH}", "eur_m2_month"),
    (_PER_M2, "eur_m2"),
    (rf"(?:{_PRICE}|per )ha", "eur_ha"),
    (rf"(?:eur |euro |euros |per |p ){_YEAR}|per (?:jaar|jr|year)", "eur_year"),
    (rf"(?:eur |euro |euros |per |p ){_MONTH}|per (?:maand|mnd|month)", "eur_month"),
    (r"(?:mln|miljoen|million) (?:eur|euro|euros)", "meur"),
    (r"(?:x )?1000 (?:eur|euro|euros)|keur", "keur"),
    (r"eur|euro|euros", "eur"),
    (r"km2", "km2"),
    (r"m2|vierkante meters?|square met(?:er|re)s?|sqm", "m2"),
    (r"ha|hectares?|hectaren?", "ha"),
    (r"kva", "kva"),
    (r"mva", "mva"),
    (r"percent|procent|pct|perc|percentage", "percent"),
    (r"share|aandeel", "share"),
    (r"minuten|minutes", "minutes"),
    (r"(?:uren|uur|hours)$", "hours"),
    (r"(?:km|kilometers?)$", "km"),
    (r"(?:cm|centimeters?)$", "cm"),
    (r"(?:m|mtr|meters?|metres?)$", "m"),
]
_UNITS = [(re.compile(rf"(?<!\S)(?:{pattern})(?!\S)"), unit) for pattern, unit in _PATTERNS]
_PRICE_WORDS = re.compile(r"prijs|price|huur|rent")


@dataclass(frozen=True)
class Reading:
    """What a name says.

    Attributes
    ----------
    words
        Its words in order, one spelling for words that mean the same; without the unit and
        without words that say nothing.
    unit
        Key of the table of units, or None where the name says none.
    """

    words: tuple[str, ...]
    unit: str | None

    def without(self, words: Collection[str]) -> Reading:
        """The same without some words, where others are left."""
        left = tuple(word for word in self.words if word not in words)
        return Reading(left, self.unit) if left else self


def plain(name: str) -> str:
    """Name without case, accents, spaces and signs."""
    letters = unicodedata.normalize("NFKD", _as_meant(name).lower())
    return "".join(letter for letter in letters if letter.isalnum())


@lru_cache(maxsize=8192)  # each file is compared with all names of all fields
def read_name(name: str) -> Reading:
    """Take a name apart: ``Max. opp. kavel (ha)`` is max, oppervlakte, kavel, in hectares."""
    text = re.sub(r"(?<=[a-z]{2})(?=[A-Z])", " ", _as_meant(name))
    for sign, word in _SIGNS:
        text = text.replace(sign, word)
    letters = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    text = " ".join(re.findall(r"[^\W_]+", bare))
    unit = None
    for pattern, said in _UNITS:
        if pattern.search(text):
            text, unit = pattern.sub(" ", text, count=1), said
            break
    if unit == "m2" and _PRICE_WORDS.search(text):
        unit = "eur_m2"
    words = [part for word in text.split() for part in _parts(word)]
    return Reading(tuple(word for word in words if word not in FILLERS), unit)


def factor_between(said: str | None, unit: str | None) -> float | None:
    """Factor from the unit a name says to the unit of a field; None: one is not the other.

    A name that says no unit is taken to mean the field's.
    """
    if said is None:
        return 1
    base, factor = UNITS[said]
    return factor if base == unit else None


def _as_meant(name: str) -> str:
    """Name whose signs a wrong character set garbled, put right: ``Opp. (mÂ²)``."""
    return name if name.isascii() else ftfy.fix_encoding(name)


def _parts(word: str) -> tuple[str, ...]:
    """A word in its usual spelling; ``kavelnummer`` falls into kavel and nummer."""
    if word in SAME_WORD:
        return (SAME_WORD[word],)
    for noun in NOUNS:
        for glue in ("", "s"):
            tail = word.removeprefix(noun + glue)
            if tail != word and (tail in TAILS or SAME_WORD.get(tail) in TAILS):
                return noun, SAME_WORD.get(tail, tail)
    return (word,)
