"""Days as people and programs write them, and what a spreadsheet makes of other things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from geo_assen.ingest.checks.findings import Fault
from geo_assen.ingest.issues import Fix

__all__ = [
    "NEVER",
    "NEVER_WAS",
    "NO_DAY",
    "american_days",
    "day_made_by_a_spreadsheet",
    "read_date",
]

NEVER = date(9999, 12, 31)
"""Stands in registers for "no end"."""

NO_DAY = frozenset({date(1, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1)})
"""What databases and spreadsheets write where an end is not filled in."""

NEVER_WAS = NO_DAY - {date(1900, 1, 1)}
"""Those of them that are no day of anything; on the first of 1900 something may have begun."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan januari january", "feb februari february", "mrt maart mar march maa",
         "apr april", "mei may", "jun juni june", "jul juli july", "aug augustus august",
         "sep sept september", "okt oktober oct october", "nov november",
         "dec december"), start=1,
    )
    for name in names.split()
}  # fmt: skip
_TIME = r"(?:[T ].*)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}){_TIME}")
_SLASHES = re.compile(rf"(\d{{1,2}})/(\d{{1,2}})/(\d{{4}}){_TIME}")
_MONTHS_A_YEAR = 12
_SHORT_YEAR = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{2})")
_TOGETHER = re.compile(r"((?:1[0-9]|2[01]|99)\d{2})(\d{2})(\d{2})(?:\d{8}|\.0)?")
"""``20260301``, and the sixteen digits of the first BAG."""
_IN_WORDS = re.compile(r"(\d{1,2})(?:e|st|nd|rd|th)?[-/. ]+([A-Za-z]{3,9})\.?[-/ ]+(\d{4})")
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")
_SERIALS = range(20_000, 80_000)
"""Days since the end of 1899 from 1954 to 2119: what a spreadsheet counts."""
_DAY_AND_MONTH = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3,4})\.?")
_EARLIEST_YEAR = 1000


def read_date(raw: Any) -> tuple[date | None, Fault | None]:
    """Day of a cell: ISO, Dutch order, with the month in words, or eight digits."""
    if isinstance(raw, datetime):
        return raw.date(), None
    if isinstance(raw, date):
        return raw, None
    text = _digits(raw) if isinstance(raw, (int, float)) else str(raw).strip()
    parts = _parts(text)
    if parts is None:
        return None, _no_date(text)
    made = _day(*parts)
    if made is None:
        return None, _no_such_day(*parts)
    return made, None


def american_days(cells: Sequence[Any], positions: Iterable[int]) -> dict[int, list[Fault]]:
    """Doubt days such as ``03/04/2024`` where others beside them have the month first.

    Nothing is doubted where one has the day first, or none tells.
    """
    texts = {at: cells[at].strip() for at in positions if isinstance(cells[at], str)}
    found = {at: match for at, text in texts.items() if (match := _SLASHES.fullmatch(text))}
    day_first = any(int(match[1]) > _MONTHS_A_YEAR for match in found.values())
    if day_first or not any(int(match[2]) > _MONTHS_A_YEAR for match in found.values()):
        return {}
    faults = {}
    for at, match in found.items():
        meant = _day(int(match[3]), int(match[1]), int(match[2]))
        if int(match[2]) <= _MONTHS_A_YEAR and match[1] != match[2] and meant is not None:
            faults[at] = [
                Fault("bad_date", "can be read in two ways; others here have the month first",
                      f"Write {meant} if this has too.", _set_to(meant))
            ]  # fmt: skip
    return faults


def day_made_by_a_spreadsheet(raw: Any) -> date | None:
    """Day that stands where a number or code was typed: ``3-jan`` for 3.1.

    A date, a text such as ``2026-01-03`` or ``3-jan``; None for anything else.
    """
    if isinstance(raw, (date, datetime)):
        return raw.date() if isinstance(raw, datetime) else raw
    if not isinstance(raw, str):
        return None
    short = _DAY_AND_MONTH.fullmatch(raw.strip())
    if short:
        month = _MONTHS.get(short[2].lower())
        return _day(2000, month, int(short[1])) if month else None
    if _YEAR_FIRST.fullmatch(raw.strip()) or _DAY_FIRST.fullmatch(raw.strip()):
        return read_date(raw)[0]
    return None


def _digits(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(number)


def _parts(text: str) -> tuple[int, int, int] | None:
    """Year, month and day as written, or None where the text is no date at all."""
    year_first = _YEAR_FIRST.fullmatch(text) or _TOGETHER.fullmatch(text)
    if year_first:
        return int(year_first[1]), int(year_first[2]), int(year_first[3])
    day_first = _DAY_FIRST.fullmatch(text)
    if day_first:
        return int(day_first[3]), int(day_first[2]), int(day_first[1])
    words = _IN_WORDS.fullmatch(text)
    month = _MONTHS.get(words[2].lower()) if words else None
    return (int(words[3]), month, int(words[1])) if words and month else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        made = date(year, month, day)
    except ValueError:
        return None
    return made if made.year >= _EARLIEST_YEAR or made in NO_DAY else None


def _no_such_day(year: int, month: int, day: int) -> Fault:
    american = _day(year, day, month) if month > 12 else None
    if american is None:
        return Fault("bad_date", "is no day that exists", "Write it like 2026-03-01.")
    return Fault("bad_date", "has no such month", f"Write {american}.", _set_to(american))


def _no_date(text: str) -> Fault:
    serial = _SERIAL.fullmatch(text)
    if serial and int(serial[1]) in _SERIALS:
        meant = date(1899, 12, 30) + timedelta(days=int(serial[1]))
        return Fault("bad_date", "is the number that a spreadsheet has for a day",
                     f"Write {meant}.", _set_to(meant))  # fmt: skip
    short = _SHORT_YEAR.fullmatch(text)
    near = _day(2000 + int(short[3]), int(short[2]), int(short[1])) if short else None
    if near:
        return Fault("bad_date", "does not say the century", f"Write {near}.", _set_to(near))
    return Fault("bad_date", "is not a date", "Write it like 2026-03-01.")


def _set_to(day: date) -> Fix:
    return Fix("set", day.isoformat())
