"""Numbers on their way to a reader: hectares, percents, euros and dates in nl and en.

Inside, areas are whole m² and shares 0..1; only here do they become hectares or percents.
"""

from __future__ import annotations

import math
from datetime import date
from numbers import Real

import numpy as np
import pandas as pd

__all__ = ["format_about", "format_date", "format_number", "format_quantity", "hectares"]

_MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
}
_WORDS = {
    "m": ("m", "m"),
    "mva": ("MVA", "MVA"),
    "eur_m2": ("per m²", "per m²"),
    "eur_m2_year": ("per m² per jaar", "per m² per year"),
    "eur": ("", ""),
    "jobs": ("banen", "jobs"),
    "visitors": ("bezoekers", "visitors"),
    "persons": ("inwoners", "inhabitants"),
    "workers": ("werkenden", "workers"),
    "minutes": ("minuten", "minutes"),
    "days": ("dagen", "days"),
}
_WORDLESS = frozenset({"one", "stated", "units", "rank", "year"})
"""Units that a reader needs no word for; any other that is not listed is its own word."""
_HUNDRED = 100
_ONE = {"minutes": ("minuut", "minute"), "days": ("dag", "day")}


def hectares(area_m2: float) -> float:
    """Hectares of an area in m²."""
    return area_m2 / 10_000


def format_number(value: float, language: str, decimals: int = 0) -> str:
    """Write a number with the thousands and decimal signs of the language."""
    text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "nl" else text


def format_date(day: date, language: str) -> str:
    """Write a date with its month in words: ``1 maart 2026``."""
    return f"{day.day} {_MONTHS[language].split()[day.month - 1]} {day.year}"


def format_quantity(value: object, unit: str | None, language: str) -> str:
    """Write a value with its unit, as a reader of the language expects it.

    Parameters
    ----------
    value
        Number, date, boolean or text; what is missing (``None``, NaN, NaT) gives an empty
        text.
    unit
        ``m2`` (hectares from 1 ha on), ``m``, ``eur_m2``, ``eur_m2_year``, ``share``,
        ``mva``, ``minutes``, ``days``, ``units``, ``jobs``, ``visitors``, ``year``, ``one``
        (no dimension) or ``None``; any other, such as ``dB``, stands behind the number as it
        is.
    """
    if value is None or value is pd.NaT or value is pd.NA or value != value:  # noqa: PLR0124  NaN
        return ""
    if isinstance(value, (bool, np.bool_)):
        return {"nl": ("nee", "ja"), "en": ("no", "yes")}[language][bool(value)]
    if isinstance(value, date):
        return format_date(value, language)
    if not isinstance(value, Real) or not math.isfinite(value):
        return str(value)
    return _format_measure(float(value), unit, language)


def format_about(value: object, unit: str | None, language: str) -> str:
    """Write what a model counted, to hundreds: ``about 393,500 workers``.

    Parameters
    ----------
    value, unit
        As :func:`format_quantity` takes them; what is no number, or zero, is written so.
    """
    is_number = isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
    if not is_number or not value:
        return format_quantity(value, unit, language)
    number = float(value)  # type: ignore[arg-type]
    if abs(number) < _HUNDRED:
        word = {"nl": "minder dan", "en": "fewer than"}[language]
        return f"{word} {format_quantity(_HUNDRED, unit, language)}"
    word = {"nl": "ongeveer", "en": "about"}[language]
    return f"{word} {format_quantity(round(number / _HUNDRED) * _HUNDRED, unit, language)}"


def _format_measure(value: float, unit: str | None, language: str) -> str:
    if unit == "year":
        return str(int(value))
    value, word = _scaled(value, unit, language)
    decimals = _decimals(value, word)
    text = f"{format_number(value, language, decimals)} {word}".strip()
    return f"€ {text}" if unit is not None and unit.startswith("eur") else text


def _decimals(value: float, word: str) -> int:
    """Digits behind the sign: cents for prices, one for ha and km, else as many as speak."""
    if word in {"ha", "km"}:
        return 1
    if word.startswith("per "):
        return 0 if float(value).is_integer() else 2
    most = 1 if abs(value) >= 10 else 2 if abs(value) >= 0.01 else 3
    return next(n for n in range(most + 1) if round(value, n) == round(value, most))


def _scaled(value: float, unit: str | None, language: str) -> tuple[float, str]:
    """Value in the size a reader expects, and the word behind it."""
    if unit == "m2":
        return (hectares(value), "ha") if abs(value) >= 10_000 else (round(value), "m²")
    if unit == "share":
        return round(value * 100, 1), "%"
    if unit == "m" and abs(value) >= 1000:
        return value / 1000, "km"
    words = _ONE if value == 1 and unit in _ONE else _WORDS
    own = "" if unit is None or unit in _WORDLESS else unit
    return value, words.get(unit or "", (own, own))[language == "en"]
