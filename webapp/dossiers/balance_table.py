"""The yearly balance and the report of one that was brought in, as their pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from geo_assen.catalogue import CodeList
from geo_assen.services import IbisReport
from geo_assen.units import format_date, format_number, hectares
from webapp.dossiers.words import ISSUES

__all__ = ["AREAS", "BalanceRow", "Refused", "balance_rows", "refused_rows"]

AREAS: Mapping[str, LazyString] = {
    "gross_area_m2": _l("Gross"),
    "net_area_m2": _l("Net"),
    "issued_m2": _l("Issued"),
    "issuable_m2": _l("Still issuable"),
    "immediately_issuable_m2": _l("Immediately issuable"),
    "uptake_m2": _l("Uptake in the year"),
}
"""Areas of the table with their titles, in the order of the file."""

_DECIMALS = 4
"""As in the file: a square metre is the last digit."""
_LONGEST_VALUE = 80


@dataclass(frozen=True)
class BalanceRow:
    """One work location in words.

    Attributes
    ----------
    areas
        Hectares in the order of :data:`AREAS`; empty where not known.
    """

    code: str
    name: str
    type: str
    areas: tuple[str, ...]
    category: str
    price: str
    source: str
    certainty: str
    certainty_title: str


@dataclass(frozen=True)
class Refused:
    """One fault of a row, its place in the file, and what to do.

    Attributes
    ----------
    detail
        The sentence of the check with what to do, in English.
    """

    row: int
    field: str
    value: str
    told: LazyString | str
    detail: str


def balance_rows(
    rows: pd.DataFrame, codes: Mapping[str, CodeList], language: str
) -> list[BalanceRow]:
    """Put the rows of a balance into words."""
    return [_worded(row, codes, language) for row in rows.to_dict("records")]


def _worded(row: Mapping[Any, Any], codes: Mapping[str, CodeList], language: str) -> BalanceRow:
    told = {name: None if pd.isna(value) else value for name, value in row.items()}
    day = told["source_date"]
    return BalanceRow(
        code=str(told["code"]),
        name=str(told["name"] or told["code"]),
        type=codes["park_type"].title(told["type"], language) if told["type"] else "",
        areas=tuple(_hectares(told[name], language) for name in AREAS),
        category=str(told["max_env_category"] or ""),
        price=_price(told["price_min_eur_m2"], told["price_max_eur_m2"], language),
        source=", ".join(filter(None, (told["source_name"], day and format_date(day, language)))),
        certainty=str(told["certainty"] or ""),
        certainty_title=(
            codes["certainty"].title(told["certainty"], language) if told["certainty"] else ""
        ),
    )


def _hectares(area_m2: Any, language: str) -> str:
    if area_m2 is None:
        return ""
    return format_number(hectares(int(area_m2)), language, _DECIMALS)


def _price(low: Any, high: Any, language: str) -> str:
    known = [value for value in (low, high) if value is not None]
    texts = [
        format_number(value, language, 0 if float(value).is_integer() else 2)
        for value in dict.fromkeys(known)
    ]
    return f"€ {'–'.join(texts)}" if texts else ""


def refused_rows(report: IbisReport) -> list[Refused]:
    """Put what is wrong with the rows of a file into words."""
    return [
        Refused(
            row=issue.row,
            field=issue.field or "",
            value=(issue.value or "")[:_LONGEST_VALUE],
            told=ISSUES.get(issue.kind, ""),
            detail=f"{issue.message} {issue.suggestion}",
        )
        for issue in report.issues
    ]
