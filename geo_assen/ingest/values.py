"""Turn the text of one cell into a value of a field, or say what is wrong with it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from geo_assen.catalogue import CodeList, FieldDefinition

__all__ = ["Decimal", "Fault", "parse_value"]

Decimal = Literal[".", ","]

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
    field: FieldDefinition, raw: Any, codes: CodeList | None, decimal: Decimal = "."
) -> tuple[Any, Fault | None]:
    """Value of a cell, and the fault where there is one.

    An empty cell gives None; whether that is a fault is the caller's to say. Beside a fault
    that is repaired stands the value as repaired, beside any other None.

    Parameters
    ----------
    decimal
        Decimal sign where a number can be read in two ways; see
        :class:`geo_assen.ingest.read.FileContent`.
    """
    if raw is None or (isinstance(raw, float) and math.isnan(raw)):
        return None, None
    given = raw
    if isinstance(raw, str):
        raw = _INVISIBLE.sub("", raw).strip()
        if raw.lower() in _EMPTY:
            return None, None
    value, fault = _PARSERS[field.type](raw, codes, decimal)
    fault = fault or (None if value is None else _out_of_range(field, value))
    if fault:
        return None, fault
    if isinstance(given, str) and _INVISIBLE.search(given):
        return value, ("text_repaired", "held invisible signs", None)
    return value, None


def _text(raw: Any, _codes: CodeList | None, _decimal: Decimal) -> tuple[Any, Fault | None]:
    if isinstance(raw, (list, dict)):
        return None, ("unreadable_row", "holds several values where one text fits", None)
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    return str(raw).strip(), None


def _number(raw: Any, _codes: CodeList | None, decimal: Decimal) -> tuple[Any, Fault | None]:
    try:
        if isinstance(raw, (bool, list, dict)):
            raise ValueError
        value = float(_plain_number(raw, decimal) if isinstance(raw, str) else raw)
    except (ValueError, OverflowError):
        return None, ("bad_number", "is not a number", "Write it like 1234.5.")
    if not math.isfinite(value):
        return None, ("bad_number", "is not a finite number", None)
    return value, None


def _plain_number(text: str, decimal: Decimal) -> str:
    """Number as Python writes it: no euro sign, no thousands, a point for the decimals."""
    text = re.sub(r"[\s€]", "", text)
    groups = re.fullmatch(r"[+-]?[1-9]\d{0,2}((?:\.\d{3})+)(,\d+)?", text)
    if groups and (decimal == "," or groups[2] or len(groups[1]) > len(".000")):
        text = text.replace(".", "")
    return text if "." in text else text.replace(",", ".")


def _integer(raw: Any, codes: CodeList | None, _decimal: Decimal) -> tuple[Any, Fault | None]:
    value, fault = _number(raw, codes, ",")  # no decimals, so a point parts thousands
    if fault:
        return None, fault
    if not float(value).is_integer():
        return None, ("bad_number", "is not a whole number", f"Round it to {round(value)}.")
    if abs(value) > _LARGEST_INTEGER:
        return None, ("bad_number", f"is larger than {_LARGEST_INTEGER}", None)
    return int(value), None


def _boolean(raw: Any, _codes: CodeList | None, _decimal: Decimal) -> tuple[Any, Fault | None]:
    text = str(_text(raw, None, _decimal)[0]).lower()
    if text in _TRUE:
        return True, None
    if text in _FALSE:
        return False, None
    return None, ("bad_category", "is neither yes nor no", "Write true or false.")


def _date(raw: Any, _codes: CodeList | None, _decimal: Decimal) -> tuple[Any, Fault | None]:
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


def _category(raw: Any, codes: CodeList | None, _decimal: Decimal) -> tuple[Any, Fault | None]:
    text = str(_text(raw, None, _decimal)[0])
    allowed = codes.code if codes else ()
    for code in allowed:
        if text.lower() in (code.value.lower(), code.title.nl.lower(), code.title.en.lower()):
            return code.value, None
    listed = ", ".join(code.value for code in allowed)
    return None, ("bad_category", "is not an allowed value", f"Use one of {listed}.")


def _set(raw: Any, codes: CodeList | None, _decimal: Decimal) -> tuple[Any, Fault | None]:
    parts = raw if isinstance(raw, list) else re.split(r"[;,|]", str(raw))
    values = set()
    for part in parts:
        if str(part).strip():
            value, fault = _category(part, codes, _decimal)
            if fault:
                return None, fault
            values.add(value)
    return frozenset(values) or None, None


_PARSERS: dict[str, Callable[[Any, CodeList | None, Decimal], tuple[Any, Fault | None]]] = {
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
