"""Turn the text of one cell into a value of a field, or say what is wrong with it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from geo_assen.catalogue import CodeList, FieldDefinition

__all__ = ["Fault", "parse_value"]

Fault = tuple[str, str, str | None]
"""Kind of issue, message and suggestion."""

_TRUE = {"true", "1", "ja", "yes", "j", "y", "waar"}
_FALSE = {"false", "0", "nee", "no", "n", "onwaar"}
_LARGEST_INTEGER = 2**31 - 1
_LONGEST_CODE = 80
"""What fits in the columns of the store."""
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\ud800-\udfff]")
"""Control signs, spaces without width and halves of signs: no text needs them."""
_EMPTY = {"", "null", "none", "nan", "n/a", "#n/a"}


def parse_value(
    field: FieldDefinition, raw: Any, codes: CodeList | None, decimal: Literal[".", ","] = "."
) -> tuple[Any, Fault | None]:
    """Value of a cell, and the fault where there is one.

    An empty cell gives None; whether that is a fault is the caller's to say. Beside a fault
    that is repaired stands the value as repaired, beside any other None.

    Parameters
    ----------
    decimal
        Decimal sign where a number can be read in two ways; see :class:`FileContent`.
    """
    if raw is None or (isinstance(raw, float) and math.isnan(raw)):
        return None, None
    given = raw
    if isinstance(raw, str):
        raw = _INVISIBLE.sub("", raw).strip()
        if raw.lower() in _EMPTY:
            return None, None
    if field.type == "number" and decimal == "." and isinstance(raw, str):
        raw = _ONE_POINT.sub(r"\g<0>0", raw)
    value, fault = _PARSERS[field.type](raw, codes)
    fault = fault or (None if value is None else _out_of_range(field, value))
    if fault:
        return None, fault
    if isinstance(given, str) and _INVISIBLE.search(given):
        return value, ("text_repaired", "held invisible signs", None)
    return value, None


def _text(raw: Any, _codes: CodeList | None) -> tuple[Any, Fault | None]:
    if isinstance(raw, (list, dict)):
        return None, ("unreadable_row", "holds several values where one text fits", None)
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    return str(raw).strip(), None


def _number(raw: Any, _codes: CodeList | None) -> tuple[Any, Fault | None]:
    if isinstance(raw, bool):
        return None, ("bad_number", "is not a number", None)
    text = re.sub(r"[\s€]", "", str(raw))
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?", text) or ("," in text and "." not in text):
        text = text.replace(".", "").replace(",", ".")
    try:
        value = float(text)
    except (ValueError, OverflowError):
        return None, ("bad_number", "is not a number", "Write it like 1234.5.")
    if not math.isfinite(value):
        return None, ("bad_number", "is not a finite number", None)
    return value, None


def _integer(raw: Any, codes: CodeList | None) -> tuple[Any, Fault | None]:
    value, fault = _number(raw, codes)
    if fault:
        return None, fault
    if not float(value).is_integer():
        return None, ("bad_number", "is not a whole number", f"Round it to {round(value)}.")
    if abs(value) > _LARGEST_INTEGER:
        return None, ("bad_number", f"is larger than {_LARGEST_INTEGER}", None)
    return int(value), None


def _boolean(raw: Any, _codes: CodeList | None) -> tuple[Any, Fault | None]:
    text = str(int(raw) if isinstance(raw, float) and raw.is_integer() else raw).lower()
    if text in _TRUE:
        return True, None
    if text in _FALSE:
        return False, None
    return None, ("bad_category", "is neither yes nor no", "Write true or false.")


def _date(raw: Any, _codes: CodeList | None) -> tuple[Any, Fault | None]:
    text = str(raw).strip()
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", text)
    dutch = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", text)
    parts = iso.groups() if iso else dutch.groups()[::-1] if dutch else None
    try:
        if parts is None:
            raise ValueError
        return date(*(int(part) for part in parts)), None
    except ValueError:
        return None, ("bad_date", "is not a date", "Write it like 2026-03-01.")


def _category(raw: Any, codes: CodeList | None) -> tuple[Any, Fault | None]:
    text = str(_text(raw, None)[0])
    allowed = codes.code if codes else ()
    for code in allowed:
        if text.lower() in (code.value.lower(), code.title.nl.lower(), code.title.en.lower()):
            return code.value, None
    listed = ", ".join(code.value for code in allowed)
    return None, ("bad_category", "is not an allowed value", f"Use one of {listed}.")


def _set(raw: Any, codes: CodeList | None) -> tuple[Any, Fault | None]:
    parts = raw if isinstance(raw, list) else re.split(r"[;,|]", str(raw))
    values = set()
    for part in parts:
        if str(part).strip():
            value, fault = _category(part, codes)
            if fault:
                return None, fault
            values.add(value)
    return frozenset(values) or None, None


_PARSERS: dict[str, Callable[[Any, CodeList | None], tuple[Any, Fault | None]]] = {
    "text": _text,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
    "category": _category,
    "set": _set,
}


def _out_of_range(field: FieldDefinition, value: Any) -> Fault | None:
    if field.name == "code" and len(str(value)) > _LONGEST_CODE:
        return "unreadable_row", f"is longer than {_LONGEST_CODE} signs", "Give a shorter code."
    if field.type not in ("number", "integer"):
        return None
    if field.minimum is not None and value < field.minimum:
        kind = "negative_value" if value < 0 else "bad_number"
        return kind, f"is below {field.minimum:g}", None
    if field.maximum is not None and value > field.maximum:
        return "bad_number", f"is above {field.maximum:g}", None
    return None
