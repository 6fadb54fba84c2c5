"""Numbers as people write them: ``1.234,50``, ``1 234,5``, ``€ 85,-``, ``60%``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from geo_assen.catalogue import FieldDefinition
from geo_assen.ingest.checks.dates import day_made_by_a_spreadsheet
from geo_assen.ingest.checks.findings import Fault
from geo_assen.ingest.issues import Fix

__all__ = ["LARGEST_INTEGER", "Decimal", "out_of_range", "read_integer", "read_number", "written"]

Decimal = Literal[".", ","]

LARGEST_INTEGER = 2**31 - 1
"""What fits in an integer column of the store."""

_BLANK = "[ \u00a0\u2007\u2009\u202f']"
_MONEY = re.compile(r"^([+-]?)\s*(?:€|eur\b|euro\b)\s*|\s*(?:€|eur|euro)$", re.IGNORECASE)
_ROUND_SUM = re.compile(r"[.,](?:-{1,2}|–|—)$")
_BLANKS = re.compile(rf"([+-]?\d{{1,3}})((?:{_BLANK}\d{{3}})+)([.,]\d+)?")
_POINTS = re.compile(r"([+-]?[1-9]\d{0,2})((?:\.\d{3})+)(,\d+)?")
_COMMAS = re.compile(r"([+-]?[1-9]\d{0,2})((?:,\d{3})+)(\.\d+)?")
_PLAIN = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d{1,3})?")
_ONE_GROUP = len(".000")

_ABOUT = r"(?:ca\.?|circa|ongeveer|about|approx\.?|plm\.?|±|~|<|>|v\.?a\.?|vanaf|min\.?|max\.?)?\s*"
_WORDED = re.compile(
    rf"{_ABOUT}(€\s*)?([+-]?\d[\d.,'\u00a0\u2007\u2009\u202f ]*?)(?:,-)?\s*"
    r"((?:[a-z€/²%][a-z€/²0-9. ]*)?)",
    re.IGNORECASE,
)
_FACTORS: dict[str, dict[str, float]] = {
    "m2": {"m2": 1, "m²": 1, "ha": 10_000, "hectare": 10_000, "hectares": 10_000, "are": 100,
           "km2": 1_000_000, "km²": 1_000_000},
    "m": {"m": 1, "meter": 1, "metre": 1, "metres": 1, "km": 1000, "cm": 0.01},
    "mva": {"mva": 1, "mw": 1, "kva": 0.001, "kw": 0.001},
    "eur_m2": {"perm2": 1, "/m2": 1, "€/m2": 1, "perm²": 1, "/m²": 1, "€/m²": 1, "pm2": 1,
               "eur/m2": 1, "euro/m2": 1, "europerm2": 1, "peram": 1},
    "eur": {"euro": 1, "eur": 1, "€": 1, "mln": 1_000_000, "miljoen": 1_000_000, "k": 1000},
    "minutes": {"min": 1, "minuten": 1, "minutes": 1, "uur": 60, "hour": 60, "hours": 60},
    "persons": {"personen": 1, "inwoners": 1, "persons": 1},
    "jobs": {"banen": 1, "jobs": 1},
    "visitors": {"bezoekers": 1, "visitors": 1},
    "share": {"%": 0.01, "procent": 0.01, "percent": 0.01},
}  # fmt: skip
"""What a number with a unit behind it is multiplied by, for a field of a unit."""
_FACTORS["eur_m2_year"] = _FACTORS["eur_m2"] | {
    f"{text}{year}": 1
    for text in ("perm2", "/m2", "perm²", "/m²", "€/m2", "€/m²")
    for year in ("perjaar", "/jaar", "peryear", "/year")
}


def read_number(
    field: FieldDefinition, raw: Any, decimal: Decimal
) -> tuple[float | None, Fault | None]:
    """Number of a cell.

    Parameters
    ----------
    field
        Says the unit: a share may be written in percent.
    raw
        Text without outer blanks, or a value of Python.
    decimal
        Decimal sign where the text can be read in two ways.
    """
    if isinstance(raw, (bool, list, dict)):
        return None, Fault("bad_number", "is not a number", "Write it like 1234.5.")
    made = day_made_by_a_spreadsheet(raw)
    if made is not None:
        return None, _date_for_a_number(made)
    value = _number_of(field, raw, decimal)
    if value is None:
        return None, _no_number(field, str(raw), decimal)
    if not math.isfinite(value):
        return None, Fault("bad_number", "is not a finite number")
    return value, None


def read_integer(
    field: FieldDefinition, raw: Any, decimal: Decimal
) -> tuple[int | None, Fault | None]:
    """Whole number of a cell.

    A point parts thousands here. Areas are whole square metres inside: a fraction of one is
    rounded, which is no fault of the file; of anything else there are no halves.
    """
    whole = _COMMAS.fullmatch(raw) if isinstance(raw, str) else None
    if whole and not whole[3] and decimal == "," and len(whole[2]) == _ONE_GROUP:
        meant = int(raw.replace(",", ""))
        return None, Fault(
            "bad_number",
            "can be read in two ways",
            f"Write {meant} if the comma parts thousands.",
            Fix("set", meant),
        )
    points = "," if isinstance(raw, str) and not (whole and decimal == ".") else decimal
    text = raw.replace(",", "") if isinstance(raw, str) and whole and decimal == "." else raw
    value, fault = read_number(field, text, points)
    if value is None:
        return None, fault
    return whole_number(field, value)


def whole_number(field: FieldDefinition, value: float) -> tuple[int | None, Fault | None]:
    """Number as an integer field takes it."""
    if not float(value).is_integer() and field.unit != "m2":
        near = round(value)
        return None, Fault(
            "bad_number", "is not a whole number", f"Round it to {near}.", Fix("set", near)
        )
    if abs(value) > LARGEST_INTEGER:
        return None, Fault("bad_number", f"is larger than {LARGEST_INTEGER}")
    return round(value), None


def out_of_range(field: FieldDefinition, value: float) -> Fault | None:
    """Say what is wrong with a number beyond the limits of its field."""
    if field.minimum is not None and value < field.minimum:
        kind = "negative_value" if value < 0 else "bad_number"
        return Fault(kind, f"is below {field.minimum:g}")
    if field.maximum is not None and value > field.maximum:
        message = f"is above {field.maximum:g}"
        if field.unit == "share" and field.maximum == 1 and 1 < value <= 100:
            meant = _rounded(value / 100)
            return Fault(
                "bad_number", message, f"Write {written(meant)} for {value:g} percent.",
                Fix("set", meant),
            )  # fmt: skip
        return Fault("bad_number", message)
    return None


def written(value: float) -> str:
    """Number as a suggestion writes it."""
    return str(int(value)) if float(value).is_integer() else repr(value)


def _number_of(field: FieldDefinition, raw: Any, decimal: Decimal) -> float | None:
    if not isinstance(raw, str):
        return _or_none(float, raw)
    text = _MONEY.sub(r"\1", _ROUND_SUM.sub("", raw.strip())).strip()
    if text.endswith("%"):
        if field.unit != "share":
            return None
        percents = _or_none(float, _plain(text[:-1].strip(), decimal))
        return None if percents is None else _rounded(percents / 100)
    if text.lower().lstrip("+-") in ("inf", "infinity"):
        return math.inf
    return _or_none(float, _plain(text, decimal))


def _plain(text: str, decimal: Decimal) -> str | None:
    """Number as Python writes it: no thousands, a point for the decimals."""
    blanks = _BLANKS.fullmatch(text)
    if blanks:
        return blanks[1] + re.sub(_BLANK, "", blanks[2]) + (blanks[3] or "").replace(",", ".")
    points = _POINTS.fullmatch(text)
    if points and (decimal == "," or points[3] or len(points[2]) > _ONE_GROUP):
        return points[1] + points[2].replace(".", "") + (points[3] or "").replace(",", ".")
    commas = _COMMAS.fullmatch(text)
    if commas and (commas[3] or len(commas[2]) > _ONE_GROUP):
        return commas[1] + commas[2].replace(",", "") + (commas[3] or "")
    return text.replace(",", ".") if _PLAIN.fullmatch(text) else None


def _or_none(convert: Callable[[Any], float], raw: Any) -> float | None:
    try:
        return None if raw is None else convert(raw)
    except (TypeError, ValueError, OverflowError):
        return None


def _no_number(field: FieldDefinition, text: str, decimal: Decimal) -> Fault:
    """Fault of a text, with the number that somebody probably meant."""
    found = _WORDED.fullmatch(text.strip())
    meant = _worded(field, found, decimal) if found else None
    if meant is None:
        return Fault("bad_number", "is not a number", "Write it like 1234.5.")
    value: float | int = round(meant) if field.type == "integer" else meant
    return Fault("bad_number", "is not a number alone", f"Write {written(value)}.",
                 Fix("set", value))  # fmt: skip


def _worded(field: FieldDefinition, found: re.Match[str], decimal: Decimal) -> float | None:
    number = _or_none(float, _plain(found[2].strip().rstrip(".,"), decimal))
    unit = re.sub(r"[\s.]", "", found[3]).lower()
    factors = _FACTORS.get(field.unit or "", {})
    factor = 1.0 if not unit else factors.get(unit)
    if number is None or factor is None:
        return None
    return _rounded(number * factor)


def _date_for_a_number(made: date) -> Fault:
    meant = float(f"{made.day}.{made.month}")
    return Fault(
        "bad_number",
        "is a date, made by a spreadsheet",
        f"Write {written(meant)} if that was meant, in a cell of text.",
        Fix("set", meant),
    )


def _rounded(value: float) -> float:
    """Without the dust of a division."""
    return float(f"{value:.12g}")
