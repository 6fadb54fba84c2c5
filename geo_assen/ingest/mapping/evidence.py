"""What the first values of a column say about which field it can be."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.catalogue import CodeList, FieldDefinition
from geo_assen.ingest.mapping.words import YES_NO

__all__ = ["Column", "columns_of", "known_texts", "share_that_fits"]

_ROWS = 500
_NUMBER = re.compile(
    r"[-+]?€?\s*[-+]?\d[\d.,\s'\u00a0]*(?:[eE][-+]?\d+)?\s*(?:%|m2|m²|ha|m|km)?,?-?"
)
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}(?:[T ].*)?|\d{1,2}[-/. ]\d{1,2}[-/. ]\d{4}(?: .*)?|"
    r"\d{4}/\d{1,2}/\d{1,2}(?:[T ].*)?"
)
_OTHER_DATE = re.compile(
    r"(?:19|20)\d{6}|[1-9]\d{4}(?:\.\d+)?|\d{12,13}|\d{1,2}[- ][^\W\d]{3,9}\.?[- ]\d{4}"
)
"""A date written as one number (also the serial of a spreadsheet, or milliseconds)."""
_BAG = re.compile(r"\d{3,4}(?:0[123]|10)\d{10}")
"""Premises, berth, pitch or building: never a street or a number designation."""
_POSTCODE = re.compile(r"[1-9]\d{3}\s?[A-Za-z]{2}")
_SHORT_POSTCODE = re.compile(r"[1-9]\d{3}(?:\s?[A-Za-z]{2})?")
_EMPTY = frozenset({"", "null", "none", "nan", "n/a", "#n/a", "nat", "<na>", "-"})
_NOUGHTS = frozenset({"0", "0.0", "0,0"})
_PARTS = re.compile(r"[;,|/+]| en | and ")


@dataclass(frozen=True)
class Column:
    """A column of a file with the texts of its first values, empty cells left out.

    Attributes
    ----------
    rows
        Rows that were looked at and tell anything: of a file that is half ghosts, the others.
    """

    name: str
    position: int
    texts: tuple[str, ...]
    rows: int

    @property
    def distinct(self) -> frozenset[str]:
        """The different texts in it."""
        return frozenset(self.texts)

    @cached_property
    def numbers(self) -> list[float]:
        """Values that are a number beyond doubt."""
        return [float(text) for text in self.texts if re.fullmatch(r"-?\d{1,12}(\.\d+)?", text)] + [
            float(text.replace(",", "."))
            for text in self.texts
            if re.fullmatch(r"-?\d{1,12},\d{1,2}", text)
        ]

    def share(self, pattern: re.Pattern[str]) -> float:
        """Share of the values that a pattern describes whole."""
        return _share(pattern.fullmatch(text) is not None for text in self.texts)

    @property
    def is_bag(self) -> bool:
        """Whether it holds BAG ids of something that can be let."""
        return self.share(_BAG) >= 0.9

    @property
    def is_postcode(self) -> bool:
        """Whether it holds whole Dutch postcodes."""
        return len(self.texts) > 1 and self.share(_POSTCODE) >= 0.9

    @property
    def is_date(self) -> bool:
        """Whether it holds dates and nothing else."""
        return len(self.texts) > 2 and self.share(_DATE) >= 0.95

    @property
    def is_yes_no(self) -> bool:
        """Whether it says yes and no in words."""
        said = {text.lower() for text in self.texts}
        return len(self.texts) > 2 and len(said) == 2 and said <= YES_NO - {"1", "0", "-1"}

    @property
    def is_unique(self) -> bool:
        """Whether every row has a value of its own."""
        return 0 < self.rows == len(self.texts) == len(self.distinct)

    def is_nearly_unique(self, *, named: bool) -> bool:
        """Whether rows without a value of their own are the exception.

        Doubles are faults that the checks have to find: they must not keep an id from being
        taken for one.

        Parameters
        ----------
        named
            The name of the column says that it is the id of such a record; then half will do.
        """
        most_faults = 0.5 if named else 0.1
        doubles, gaps = len(self.texts) - len(self.distinct), self.rows - len(self.texts)
        told = max(2, most_faults * len(self.texts))
        return len(self.distinct) > doubles <= told and gaps <= max(2, most_faults * self.rows)


def columns_of(names: Iterable[str], sample: pd.DataFrame) -> list[Column]:
    """Columns of a file with the values a sample has of them."""
    first = sample.iloc[:_ROWS]
    at: dict[str, int] = {}
    for position, name in enumerate(map(str, first.columns)):
        at.setdefault(name, position)
    filled = {name: _filled(first.iloc[:, position]) for name, position in at.items()}
    told = np.sum(list(filled.values()), axis=0) if filled else np.zeros(len(first))
    rows = int((told >= min(2, len(filled))).sum())
    return [
        Column(
            name,
            number,
            tuple(_texts(first.iloc[:, at[name]].tolist())) if name in at else (),
            rows,
        )
        for number, name in enumerate(dict.fromkeys(names))
    ]


def _filled(cells: pd.Series[Any]) -> NDArray[np.bool_]:
    """Which cells of a column say something; a nought does not, formulas leave them behind."""
    said = cells.notna() & ~cells.astype(str).str.strip().str.lower().isin(_EMPTY | _NOUGHTS)
    return said.to_numpy(dtype=bool)


def share_that_fits(column: Column, field: FieldDefinition, codes: CodeList | None) -> float:
    """Share of a column's values that the field could hold; generous, as cells may be dirty."""
    if field.type in ("number", "integer"):
        return column.share(_NUMBER)
    if field.type == "date":
        return _share(
            bool(_DATE.fullmatch(text) or _OTHER_DATE.fullmatch(text)) for text in column.texts
        )
    if field.type == "boolean":
        return _share(text.lower() in YES_NO for text in column.texts)
    if codes is not None:
        known = known_texts(codes)
        return _share(
            text.lower() in known or (field.type == "set" and _all_known(text, known))
            for text in column.texts
        )
    return _share_of_text(column, field)


def known_texts(codes: CodeList) -> frozenset[str]:
    """Texts that stand for a code: its value, titles and aliases, in lower case."""
    return frozenset(
        text.strip().lower()
        for code in codes.code
        for text in (code.value, code.title.nl, code.title.en, *code.aliases)
    )


def _share_of_text(column: Column, field: FieldDefinition) -> float:
    if field.name == "bag_id":
        return column.share(re.compile(r"\d{13,16}(?:\.0)?|.*\d{15,16}.*"))
    if field.name == "postcode":
        return column.share(_SHORT_POSTCODE)
    if field.refers_to == "sources":
        return column.share(re.compile(r"\S+"))
    return 1.0


def _all_known(text: str, known: frozenset[str]) -> bool:
    parts = [part.strip().lower() for part in _PARTS.split(text) if part.strip()]
    return bool(parts) and all(part in known for part in parts)


def _share(found: Iterable[bool]) -> float:
    answers = list(found)
    return sum(answers) / len(answers) if answers else 0.0


def _texts(values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        text = _text(value)
        if text.lower() not in _EMPTY:
            yield text


def _text(value: Any) -> str:
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e17 else repr(float(value))
    return str(value).strip()
