"""Words of leisure: numbers, code words and days as a reader sees them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from babel.dates import format_date as written_date
from babel.dates import get_month_names

from geo_assen.units import format_number
from webapp.language import current_language
from webapp.store import current_store

__all__ = ["code_words", "days_words", "known", "month_words", "number", "percents",
           "shown_number", "whole"]  # fmt: skip

_LEAST_SHARE = 0.01


def code_words(codes: str) -> dict[str, str]:
    """Titles of a code list in the reader's language."""
    listed = current_store().catalogue.codes[codes].code
    return {code.value: code.title.of(current_language()) for code in listed}


def known(value: Any) -> Any:
    """Value itself; None where it is missing in any of the ways of a frame."""
    return None if value is None or pd.isna(value) else value


def whole(value: Any) -> int | None:
    """Value as a whole number; None where it is missing."""
    return None if known(value) is None else round(value)


def number(value: float) -> str:
    """Whole number with the thousands sign of the reader."""
    return format_number(round(value), current_language())


def percents(share: float) -> str:
    """Share as whole percents; a small one is not written as none."""
    if 0 < share < _LEAST_SHARE:
        return "<\u00a01\u00a0%"
    return f"{format_number(share * 100, current_language())}\u00a0%"


def shown_number(value: float) -> str:
    """Number with as many decimals as it has, two at most."""
    decimals = next(n for n in range(3) if n == 2 or round(value, n) == value)
    return format_number(value, current_language(), decimals)


def month_words(month: int) -> str:
    """Name of a month."""
    name = get_month_names("wide", context="stand-alone", locale=current_language())[month]
    return name[:1].upper() + name[1:]


def days_words(first: date, last: date) -> str:
    """Days from the first to the last, as short as they can be said."""

    def written(day: date, how: str) -> str:
        return written_date(day, how, locale=_LOCALES[current_language()])

    if first == last:
        return written(first, "d MMMM y")
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{written(last, 'd MMMM y')}"
    if first.year == last.year:
        return f"{written(first, 'd MMMM')} – {written(last, 'd MMMM y')}"
    return f"{written(first, 'd MMMM y')} – {written(last, 'd MMMM y')}"


_LOCALES = {"nl": "nl", "en": "en_GB"}
