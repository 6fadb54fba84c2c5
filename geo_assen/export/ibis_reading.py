"""The yearly balance read back: whoever wrote the file, column by column, row by row.

The order of the columns is free, and so is the decimal sign. What is wrong in a row is a
value with its place and what to do about it; only a file that lacks a column is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

import pandas as pd

from geo_assen.catalogue import CodeList
from geo_assen.errors import FileRefused
from geo_assen.export.cells import unguarded
from geo_assen.export.ibis import IBIS_COLUMNS, IbisColumn

__all__ = ["IbisIssue", "IbisRow", "ibis_columns_in", "read_ibis"]

Sign = Literal[".", ","]

_UNIT = re.compile(r"\(([^)]*)\)|\[([^]]*)\]")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_SPACES = re.compile(r"[\s\u00a0\u202f'’]")
_GROUPED = {
    ".": re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?"),
    ",": re.compile(r"-?\d{1,3}(?:\.\d{3})+(?:,\d+)?"),
}
_PLAIN = {".": re.compile(r"-?(?:\d+\.?\d*|\.\d+)"), ",": re.compile(r"-?(?:\d+,?\d*|,\d+)")}
_TWO_WAYS = re.compile(r"-?[1-9]\d{0,2}([.,])\d{3}")
"""A number that may be thousands or three decimals."""
_DUTCH_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_M2_PER_HA = 10_000
_MAX_M2 = 2**31 - 1
_LARGEST = 10**10
"""No number of a balance comes near, whatever its unit."""
_YEARS = range(1900, 2200)
_LONGEST = {"code": 60, "source_code": 80}
"""Signs of a code; that of a work location goes into the codes of its events."""


@dataclass(frozen=True)
class IbisIssue:
    """One fault in one row.

    Attributes
    ----------
    row
        Number of the record in its file, from 1; the header does not count.
    kind
        ``missing_value bad_code bad_number bad_date bad_category negative_value duplicate_id
        unreadable_row balance`` (figures of the row contradict each other) or
        ``balance_exists`` (the store knows another balance).
    field
        Title of the column, or None where the row as a whole is meant.
    value
        What the file has there.
    message, suggestion
        What is wrong, and what to do about it.
    """

    row: int
    kind: str
    field: str | None
    value: str | None
    message: str
    suggestion: str

    def document(self) -> dict[str, Any]:
        """The issue as a report writes it."""
        return {
            "row": self.row, "kind": self.kind, "field": self.field, "value": self.value,
            "message": self.message, "suggestion": self.suggestion,
        }  # fmt: skip


@dataclass(frozen=True)
class IbisRow:
    """One work location in one year; areas in whole m², prices in euros per m².

    Attributes
    ----------
    row
        Number of the record in its file.
    year
        Year of the uptake; the areas hold at the end of its 31 December.
    uptake_m2
        Deeds less buy-backs of the year; below zero where more came back.
    """

    row: int
    code: str
    name: str
    year: int
    gross_area_m2: int
    net_area_m2: int
    issued_m2: int
    uptake_m2: int
    type: str | None = None
    max_env_category: str | None = None
    price_min_eur_m2: float | None = None
    price_max_eur_m2: float | None = None
    plan_status: str | None = None
    source_code: str | None = None
    source_name: str | None = None
    source_date: date | None = None
    licence: str | None = None
    certainty: str | None = None
    illustrative_fields: str | None = None


@dataclass(frozen=True)
class _Found:
    """A column of the file that was recognised."""

    column: IbisColumn
    label: str
    per_unit_m2: int


def ibis_columns_in(labels: Sequence[str]) -> dict[str, str]:
    """Titles of a file that are columns of the balance, by the name of the column."""
    return {name: found.label for name, found in _recognised(labels).items()}


def read_ibis(
    cells: pd.DataFrame,
    numbers: Sequence[int],
    name: str,
    codes: Mapping[str, CodeList],
    decimal: Sign = ".",
) -> tuple[list[IbisRow], list[IbisIssue]]:
    """Read rows of a balance, and list what is wrong with the others.

    Parameters
    ----------
    cells
        Cells as the file has them: text, numbers, dates; columns by their titles.
    numbers
        Number of each record in its file.
    name
        Name of the file, for a refusal.
    decimal
        Decimal sign of numbers that can be read in two ways ("1.500"), where no other
        number of the file tells.

    Raises
    ------
    FileRefused
        If a column is missing without which there is no balance.
    """
    found = _recognised([str(label) for label in cells.columns])
    _require_columns(found, name)
    sign = _sign_of(cells, found, decimal)
    digits = _area_digits(cells, found)
    rows: list[IbisRow] = []
    issues: list[IbisIssue] = []
    seen: dict[tuple[str, int], int] = {}
    for number, record in zip(numbers, cells.to_dict("records"), strict=True):
        if all(_is_empty(value) for value in record.values()):
            continue
        reading = _Reading(int(number), record, found, codes, sign, digits)
        row = reading.row()
        if row is not None and (row.code, row.year) in seen:
            earlier = seen[row.code, row.year]
            reading.fault("duplicate_id", "code", f"{row.code} has {row.year} in row {earlier} "
                          "already.", "Keep one of the two rows.")  # fmt: skip
        elif row is not None:
            seen[row.code, row.year] = row.row
            rows.append(row)
        issues += reading.issues
    return rows, issues


def _recognised(labels: Sequence[str]) -> dict[str, _Found]:
    """Columns of the balance by name; of two labels for one column the first counts."""
    names = {_word(text): c for c in IBIS_COLUMNS for text in (c.title, *c.also)}
    found: dict[str, _Found] = {}
    for label in labels:
        column = names.get(_word(label))
        if column is not None and column.name not in found:
            unit = "".join("".join(parts) for parts in _UNIT.findall(label)).lower()
            in_m2 = column.kind == "area" and unit.strip() in ("m2", "m²")
            found[column.name] = _Found(column, label, 1 if in_m2 else _M2_PER_HA)
    return found


def _word(label: str) -> str:
    """Title without its unit, its case and its signs."""
    return _NOT_A_WORD.sub(" ", _UNIT.sub(" ", label.lower())).strip()


def _require_columns(found: Mapping[str, _Found], name: str) -> None:
    missing = [c.title for c in IBIS_COLUMNS if c.required and c.name not in found]
    if "year" not in found and "reference_date" not in found:
        missing.append("peildatum (or jaar)")
    if missing:
        raise FileRefused(
            name,
            f"it has no column {', '.join(missing)}; name the columns as geo-assen ibis export "
            "writes them.",
        )


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or bool(pd.isna(value))


def _numbers_in(cells: pd.DataFrame, found: Mapping[str, _Found]) -> list[str]:
    """Texts of all numbers of the file."""
    labels = [f.label for f in found.values() if f.column.kind in ("area", "price")]
    return [
        _SPACES.sub("", value) for label in labels for value in cells[label]
        if isinstance(value, str)
    ]  # fmt: skip


def _sign_of(cells: pd.DataFrame, found: Mapping[str, _Found], otherwise: Sign) -> Sign:
    """Decimal sign of the file: what those numbers show that can be read in one way only."""
    shown: set[Sign] = set()
    for text in _numbers_in(cells, found):
        if _TWO_WAYS.fullmatch(text):
            continue
        signs: tuple[Sign, ...] = (".", ",")
        shown |= {s for s in signs if s in text and _decimal(text, s) is not None}
    return next(iter(shown)) if len(shown) == 1 else otherwise


def _area_digits(cells: pd.DataFrame, found: Mapping[str, _Found]) -> int:
    """Most decimals that any area of the file has; 4 or more are exact to the m²."""
    most = 0
    for place in (f for f in found.values() if f.column.kind == "area"):
        if place.per_unit_m2 == 1:
            return 4
        for value in cells[place.label]:
            if not _is_empty(value):
                tail = re.split("[.,]", str(value).strip())
                most = max(most, len(tail[-1]) if len(tail) > 1 else 0)
    return most


def _decimal(text: str, sign: Sign) -> Decimal | None:
    """Number of a text with that decimal sign; None where it is none."""
    if not (_PLAIN[sign].fullmatch(text) or _GROUPED[sign].fullmatch(text)):
        return None
    group = "," if sign == "." else "."
    return Decimal(text.replace(group, "").replace(sign, "."))


class _Reading:
    """One record while it is read; faults gather in ``issues``."""

    def __init__(
        self,
        number: int,
        record: Mapping[Any, Any],
        found: Mapping[str, _Found],
        codes: Mapping[str, CodeList],
        sign: Sign,
        digits: int,
    ) -> None:
        self.issues: list[IbisIssue] = []
        self._number, self._record, self._found = number, record, found
        self._codes, self._sign, self._digits = codes, sign, digits

    def row(self) -> IbisRow | None:
        """The row, or None where something in it is wrong."""
        told: dict[str, Any] = {"year": self._year()}
        for name, place in self._found.items():
            if name not in ("year", "reference_date"):
                told[name] = self._value(place.column)
        if not self.issues:
            self._check(told)
        if self.issues:
            return None
        kept = {name: value for name, value in told.items() if name in _KEPT}
        return IbisRow(self._number, **kept)

    def fault(self, kind: str, name: str | None, message: str, suggestion: str) -> None:
        """Note a fault of a column, or of the row as a whole."""
        place = self._found.get(name or "")
        value = None if place is None else self._record[place.label]
        self.issues.append(IbisIssue(
            self._number, kind, None if place is None else place.label,
            None if _is_empty(value) else str(value)[:200], message, suggestion,
        ))  # fmt: skip

    def _value(self, column: IbisColumn) -> Any:
        value = self._record[self._found[column.name].label]
        if _is_empty(value):
            if column.required:
                self.fault("missing_value", column.name, "The cell is empty.", _FILL[column.kind])
            return None
        if column.kind == "area":
            return self._area(column, value)
        if column.kind == "price":
            return self._price(column, value)
        if column.kind == "date":
            return self._day(column, value)
        return self._words(column, _text(value))

    def _words(self, column: IbisColumn, text: str) -> str | None:
        if column.codes is not None:
            return self._coded(column, text)
        longest = _LONGEST.get(column.name)
        if longest is not None and len(text) > longest:
            self.fault("bad_code", column.name, f"This has {longest} signs at most.",
                       "Give it a shorter code.")  # fmt: skip
        return text

    def _number_of(self, column: IbisColumn, value: Any) -> Decimal | None:
        if isinstance(value, str):
            number = _decimal(_SPACES.sub("", value).replace("−", "-"), self._sign)
            # A single number may be written the other way, if it cannot mean anything else.
            other: Sign = "," if self._sign == "." else "."
            if number is None:
                number = _decimal(_SPACES.sub("", value).replace("−", "-"), other)
        else:
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            number = Decimal(repr(value)) if is_number else None
        if number is not None and number.is_finite() and abs(number) > _LARGEST:
            self.fault("bad_number", column.name, "This number is too large.",
                       "Give hectares, or euros per m².")  # fmt: skip
            return None
        if number is None or not number.is_finite():
            self.fault("bad_number", column.name, f"{value!r} is not a number.",
                       "Write it like 12,3456 or 12.3456.")  # fmt: skip
            return None
        return number

    def _area(self, column: IbisColumn, value: Any) -> int | None:
        number = self._number_of(column, value)
        if number is None:
            return None
        per_unit_m2 = self._found[column.name].per_unit_m2
        area_m2 = int((number * per_unit_m2).quantize(Decimal(1), ROUND_HALF_UP))
        if abs(area_m2) > _MAX_M2:
            self.fault("bad_number", column.name, "This is larger than any work location.",
                       "Give hectares, not m².")  # fmt: skip
        if area_m2 < 0 and column.name != "uptake_m2":
            self.fault("negative_value", column.name, "This area is below zero.",
                       "Only the uptake of a year may be negative (buy-back).")  # fmt: skip
        return area_m2

    def _price(self, column: IbisColumn, value: Any) -> float | None:
        number = self._number_of(column, value)
        if number is not None and number < 0:
            self.fault("negative_value", column.name, "This price is below zero.",
                       "Give euros per m², or leave the cell empty.")  # fmt: skip
        return None if number is None else float(number)

    def _coded(self, column: IbisColumn, text: str) -> str | None:
        known = self._codes[column.codes or ""]
        meant = {
            said.strip().lower(): code.value
            for code in known.code
            for said in (*code.aliases, code.title.en, code.title.nl, code.value)
        }
        if text.lower() not in meant:
            titles = [code.title.nl for code in known.code]
            self.fault("bad_category", column.name, f"{text!r} is not known here.",
                       f"Write one of {', '.join(titles)}, or leave the cell empty.")  # fmt: skip
        return meant.get(text.lower())

    def _day(self, column: IbisColumn, value: Any) -> date | None:
        day = _day_of(value)
        if day is None:
            self.fault("bad_date", column.name, f"{str(value)!r} is not a date.",
                       "Write it like 01-01-2023 or 2023-01-01.")  # fmt: skip
        return day

    def _year(self) -> int | None:
        """Year of the uptake: said itself, or the one before the reference date."""
        said = {name: self._found[name] for name in ("year", "reference_date")
                if name in self._found}  # fmt: skip
        filled = {n: p for n, p in said.items() if not _is_empty(self._record[p.label])}
        if not filled:
            self.fault("missing_value", next(iter(said)), "The cell is empty.",
                       "Give the reference date, 1 January of the next year.")  # fmt: skip
            return None
        years = {self._year_of(place.column) for place in filled.values()}
        if None not in years and len(years) > 1:
            self.fault("bad_date", "reference_date", "The year and the reference date disagree.",
                       "The reference date is 1 January of the year after.")  # fmt: skip
        return years.pop()

    def _year_of(self, column: IbisColumn) -> int | None:
        value = self._record[self._found[column.name].label]
        if column.kind == "date":
            day = self._day(column, value)
            if day is None:
                return None
            years = {(1, 1): day.year - 1, (12, 31): day.year}
            year = years.get((day.month, day.day))
            if year in _YEARS:
                return year
            self.fault("bad_date", column.name, f"{day} is no reference date.",
                       "Give 1 January of the year after (or 31 December).")  # fmt: skip
            return None
        text = _text(value)
        if text.isdecimal() and int(text) in _YEARS:
            return int(text)
        self.fault("bad_number", column.name, f"{text!r} is not a year.",
                   "Write it like 2022.")  # fmt: skip
        return None

    def _check(self, told: Mapping[str, Any]) -> None:
        """Compare the figures of the row with each other."""
        gross, net, issued = told["gross_area_m2"], told["net_area_m2"], told["issued_m2"]
        opening = issued - told["uptake_m2"]
        low, high = told.get("price_min_eur_m2"), told.get("price_max_eur_m2")
        checks = (
            ("gross_area_m2", gross <= 0, "A work location has more than 0 ha gross."),
            ("net_area_m2", net > gross, "Net is more than gross."),
            ("issued_m2", issued > net, "More is issued than there is net."),
            ("uptake_m2", opening < 0, "More was issued in the year than is issued in all."),
            ("uptake_m2", opening > net, "More was bought back than there was room for: before "
             "the year more would have been issued than there is net."),
            ("price_max_eur_m2", low is not None and high is not None and low > high,
             "The highest price is below the lowest."),
        )  # fmt: skip
        for name, wrong, message in checks:
            if wrong:
                self.fault("balance", name, message, "Correct the figures of this row.")
        self._check_sums(told, net - issued)

    def _check_sums(self, told: Mapping[str, Any], issuable: int) -> None:
        # Rounded figures need not add up: each of three is off by half a unit at most.
        play = 0 if self._digits >= 4 else 15 * 10 ** (3 - self._digits)
        said = told.get("issuable_m2")
        if said is not None and abs(said - issuable) > play:
            self.fault("balance", "issuable_m2", "It is not net less issued, which is "
                       f"{issuable / _M2_PER_HA:.4f} ha.", "Correct net, issued or this.")
        at_once: int | None = told.get("immediately_issuable_m2")
        later: int | None = told.get("not_immediately_issuable_m2")
        if at_once is not None and at_once > issuable + play:
            self.fault("balance", "immediately_issuable_m2", "It is more than can be issued at "
                       "all.", "It is a part of what is still issuable.")  # fmt: skip
        if at_once is not None and later is not None and abs(at_once + later - issuable) > play:
            self.fault("balance", "not_immediately_issuable_m2", "The two parts do not make up "
                       "what is still issuable.", "Correct one of the two.")  # fmt: skip


_KEPT = frozenset(IbisRow.__dataclass_fields__) - {"row"}
_FILL = {
    "area": "Write hectares; 0 where there is none.",
    "text": "Every row needs a code and a name.",
}


def _text(value: Any) -> str:
    """Text of a cell; a whole number that a spreadsheet keeps as 2022.0 is 2022."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unguarded(str(value).strip())


def _day_of(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    dutch = _DUTCH_DAY.fullmatch(text)
    try:
        if dutch:
            return date(int(dutch[3]), int(dutch[2]), int(dutch[1]))
        return date.fromisoformat(text[:10]) if re.fullmatch(r"\d{4}-\d\d-\d\d.*", text) else None
    except ValueError:
        return None
