"""Language of the interface: Dutch unless the reader chose English.

The switch is ``?lang=nl|en`` on any page; the choice is kept in the session. English
texts are the message ids, Dutch ones stand in ``translations/nl``; words of layers come
from the catalogue.
"""

from __future__ import annotations

from datetime import date

from flask import Flask, g, request, session
from flask_babel import Babel

from geo_assen.units import format_date, format_number, format_quantity
from webapp import params

__all__ = ["DEFAULT_LANGUAGE", "current_language", "init_language"]

DEFAULT_LANGUAGE = "nl"


def current_language() -> str:
    """Language of this request: ``nl`` or ``en``."""
    language: str = g.get("language", DEFAULT_LANGUAGE)
    return language


def init_language(app: Flask) -> None:
    """Choose the language before each request and give templates their formatters."""
    Babel(app, default_locale=DEFAULT_LANGUAGE, locale_selector=current_language)
    app.before_request(_choose_language)
    app.jinja_env.filters["day"] = _day
    app.jinja_env.filters["quantity"] = _quantity
    app.jinja_env.filters["plain_number"] = _plain_number


def _choose_language() -> None:
    kept = session.get("lang")
    g.language = kept if kept in params.LANGUAGES else DEFAULT_LANGUAGE
    asked = params.lang(request.args)
    if asked is not None and asked != g.language:
        g.language = session["lang"] = asked


def _day(day: date) -> str:
    return format_date(day, current_language())


def _plain_number(value: float) -> str:
    """Write a number with the decimals it has, as a tick of an axis needs."""
    decimals = len(f"{value:.6f}".rstrip("0").partition(".")[2])
    return format_number(value + 0.0, current_language(), decimals)


def _quantity(value: object, unit: str | None = None) -> str:
    return format_quantity(value, unit, current_language())
