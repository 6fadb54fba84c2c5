"""One cell into a value of a field, or what is wrong with it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd

from geo_assen.catalogue import CodeList, FieldDefinition
from geo_assen.ingest.checks.categories import NO, CodeTable, read_boolean
from geo_assen.ingest.checks.dates import NEVER, NEVER_WAS, NO_DAY, read_date
from geo_assen.ingest.checks.findings import Fault
from geo_assen.ingest.checks.numbers import (
    LARGEST_INTEGER,
    Decimal,
    out_of_range,
    read_integer,
    read_number,
    whole_number,
)
from geo_assen.ingest.checks.texts import EMPTY, LOST, clean_cell, clean_text
from geo_assen.ingest.issues import Fix

__all__ = ["LARGEST_INTEGER", "CellReader", "Decimal"]

_SEVERAL_LINES = frozenset({"remark", "definition", "ambiguity", "description"})
"""Fields of running text, in which line breaks have a meaning."""
_ENDS = frozenset({"until", "valid_until", "ends_on", "available_from"})
"""Dates that registers fill with a day of long ago where there is none."""
_ROUNDED_ID = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d+")
_DATED_ID = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::00(?:\.0+)?)?")
_DRESSED = re.compile(r"(\d+)\.0+", re.ASCII)
"""An id that was made a number, and text again."""
_EXACT = 2**53
"""Whole numbers above this are not exact in a cell that holds a number."""

_MARKED = Fault("text_repaired", "had the sign of a spreadsheet for text in front")

Read = tuple[Any, list[Fault]]


class CellReader:
    """Reads the cells of one field.

    Parameters
    ----------
    field
        What the value is to be.
    codes
        Code list of a category or set.
    decimal
        Decimal sign where a number can be read in two ways.
    texts
        What the mapping of the file has for a text; "" for one that says nothing. The text
        "" stands for a cell that says nothing, ``*`` for any that is not listed.
    factor
        What a number of the file is multiplied by.
    is_id
        The field tells records apart, or names another record.
    longest
        Signs of a text that fit in the store; None: any number.
    """

    def __init__(
        self,
        field: FieldDefinition,
        codes: CodeList | None = None,
        decimal: Decimal = ".",
        *,
        texts: Mapping[str, str] | None = None,
        factor: float = 1,
        is_id: bool = False,
        longest: int | None = None,
    ) -> None:
        self.field = field
        self.factor = factor
        self.longest = longest
        self.is_id = is_id
        self.texts = {key.strip().lower(): value for key, value in (texts or {}).items()}
        self._decimal = decimal
        self._table = CodeTable(codes, self._translated)
        self._parse: Callable[[Any], tuple[Any, Fault | None]] = {
            "text": self._text,
            "number": self._number,
            "integer": self._number,
            "boolean": read_boolean,
            "date": self._date,
            "category": self._table.read,
            "set": self._table.read_set,
        }[field.type]

    def read(self, raw: Any) -> Read:
        """Value of a cell, and the faults in it.

        An empty cell gives None; whether that is a fault is the caller's to say. Beside
        faults that are repaired stands the value as repaired, beside any other None.
        """
        if raw is None or raw is pd.NaT or raw is pd.NA or _is_nan(raw):
            if not self.reads_empty:
                return None, []
            raw = ""
        raw = self._mapped(raw)
        repairs: list[Fault] = []
        if isinstance(raw, str):
            raw, repairs = self._cleaned(raw)
            if self._says_nothing(raw):
                return None, []
        value, fault = self._parse(raw)
        if fault:
            return None, [self._without_doubt(fault)]
        if value is None:
            return None, []
        value, more = self._judged(value)
        return value, [*repairs, *more]

    def _mapped(self, raw: Any) -> Any:
        """Text of ours for a text of the file, where the mapping has one."""
        if not self.texts or isinstance(raw, (list, dict)):
            return raw
        text = _as_text(raw).strip().lower()
        if text in self.texts:
            return self.texts[text]
        return self.texts.get("" if text in EMPTY else "*", raw)

    @property
    def reads_empty(self) -> bool:
        """Whether the mapping of the file has a value for an empty cell."""
        return "" in self.texts

    def _translated(self, text: str) -> str:
        return self.texts.get(text.lower(), text)

    def _cleaned(self, text: str) -> tuple[str, list[Fault]]:
        if self.is_id and text[:1] == "'" and text[1:2].isalnum():
            return text[1:].strip(), [_MARKED]
        if self.field.type == "text":
            return clean_text(text, one_line=self.field.name not in _SEVERAL_LINES)
        return clean_cell(text)

    def _says_nothing(self, text: str) -> bool:
        if text.lower() not in EMPTY:
            return False
        is_code = self.field.type in ("category", "set") and self._table.meaning(text) is not None
        return not (is_code or (self.field.type == "boolean" and text.lower() in NO))

    def _text(self, raw: Any) -> tuple[Any, Fault | None]:
        if isinstance(raw, (list, dict)):
            return None, Fault("unreadable_row", "holds several values where one text fits")
        if self.is_id:
            fault = _id_fault(raw)
            if fault:
                return None, fault
        return _as_text(raw).strip(), None

    def _number(self, raw: Any) -> tuple[Any, Fault | None]:
        if self.factor == 1 and self.field.type == "integer":
            whole, wrong = read_integer(self.field, raw, self._decimal)
            no_year = self.field.unit == "year" and whole == NEVER.year
            return (None, None) if no_year else (whole, wrong)
        value, fault = read_number(self.field, raw, self._decimal)
        return self.scaled(value) if value is not None else (None, fault)

    def scaled(self, value: float) -> tuple[Any, Fault | None]:
        """Number in the unit of the field; what becomes of a whole one is rounded."""
        value = float(f"{value * self.factor:.12g}") if self.factor != 1 else value
        if self.field.type != "integer":
            return value, None
        return whole_number(self.field, float(round(value)) if self.factor != 1 else value)

    def _date(self, raw: Any) -> tuple[date | None, Fault | None]:
        value, fault = read_date(raw)
        if value == NEVER or (value in NO_DAY and self.field.name in _ENDS):
            return None, None
        if value in NEVER_WAS:
            return None, Fault(
                "bad_date", "is what programs write for no day", "Leave it empty, or write the day."
            )
        return value, fault

    def _without_doubt(self, fault: Fault) -> Fault:
        """Fault without the number that is suggested where the file counts in another unit."""
        return fault if self.factor == 1 else fault._replace(suggestion=None, fix=None)

    def _judged(self, value: Any) -> Read:
        """Value within the limits of its field."""
        repairs: list[Fault] = []
        if self.field.digits is not None:
            value, repairs = _with_digits(str(value), self.field.digits)
            if value is None:
                return None, repairs
        if self.longest is not None and isinstance(value, str) and len(value) > self.longest:
            message = f"is longer than {self.longest} signs"
            return None, [Fault("unreadable_row", message, "Give a shorter text.")]
        if self.field.type in ("number", "integer"):
            fault = out_of_range(self.field, value)
            if fault:
                return None, [self._without_doubt(fault)]
        return value, repairs


def _is_nan(raw: Any) -> bool:
    return isinstance(raw, float) and math.isnan(raw)


def _as_text(raw: Any) -> str:
    """Value as text: a whole number without decimals, a day without its midnight."""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    if isinstance(raw, datetime) and raw.time() == datetime.min.time():
        return raw.date().isoformat()
    return str(raw)


def _id_fault(raw: Any) -> Fault | None:
    """What a spreadsheet or a wrong character set did to an id."""
    is_text = isinstance(raw, str)
    if isinstance(raw, (date, datetime)) or (is_text and _DATED_ID.fullmatch(raw)):
        return Fault("bad_number", "is a date, made by a spreadsheet", "Give the id as text.")
    rounded = isinstance(raw, float) and abs(raw) > _EXACT
    if rounded or (is_text and _ROUNDED_ID.fullmatch(raw)):
        return Fault("bad_number", "is an id that the spreadsheet rounded", "Give it as text.")
    if is_text and LOST in raw:
        return Fault(
            "unreadable_row", "has lost a sign to a wrong character set", "Save the file as UTF-8."
        )
    return None


def _with_digits(text: str, digits: int) -> tuple[str | None, list[Fault]]:
    """Text of exactly so many digits; one that a spreadsheet left out in front is put back."""
    if text.isascii() and text.isdigit() and len(text) == digits:
        return text, []
    bare = _DRESSED.fullmatch(text)
    if bare and len(bare[1]) in (digits, digits - 1):
        return bare[1].zfill(digits), [Fault("text_repaired", "held more than the digits")]
    if text.isascii() and text.isdigit() and len(text) == digits - 1:
        return text.zfill(digits), [Fault("text_repaired", "had lost its leading zero")]
    message = f"is not {digits} digits"
    inside = re.findall(rf"(?<!\d)\d{{{digits}}}(?!\d)", text)
    if len(inside) == 1:
        return None, [Fault("bad_number", message, f"Write {inside[0]}.", Fix("set", inside[0]))]
    return None, [Fault("bad_number", message, f"Write all {digits} of them, as text.")]
