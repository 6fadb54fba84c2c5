"""The yearly balance of work locations, in the shape that IBIS has made usual.

One row a work location and year: hectares gross, net, issued and still issuable on the
national reference date, and what was issued in the year before it. Inside, areas are whole
m²; hectares are made here, with four decimals, so that every m² survives the way back.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import openpyxl
import pandas as pd
from openpyxl.cell import WriteOnlyCell

from geo_assen.catalogue import CodeList
from geo_assen.errors import FileRefused
from geo_assen.export.cells import guarded, text_cell
from geo_assen.export.rows import plain_value
from geo_assen.units import hectares

__all__ = ["IBIS_COLUMNS", "IBIS_FORMATS", "IbisColumn", "encode_ibis", "reference_date"]

Kind = Literal["text", "code", "area", "price", "year", "date"]

IBIS_FORMATS = ("csv", "csv-nl", "xlsx")
"""``csv-nl`` has ``;``, a decimal comma and a byte order mark, for Dutch spreadsheets."""


@dataclass(frozen=True)
class IbisColumn:
    """One column of the balance.

    Attributes
    ----------
    name
        Column of the frame; areas are whole m², prices euros per m².
    title
        Title in the file.
    kind
        ``area`` stands in hectares in the file; ``code`` as the Dutch title of a code.
    codes
        Name of the code list of a ``code``.
    also
        Other titles, in small letters and without a unit, under which files have it.
    required
        Whether a file must have the column to be read back.
    """

    name: str
    title: str
    kind: Kind = "text"
    codes: str | None = None
    also: tuple[str, ...] = ()
    required: bool = False


IBIS_COLUMNS = (
    IbisColumn("code", "code", also=("terreincode", "ibis code", "plan id"), required=True),
    IbisColumn("name", "naam", also=("terreinnaam", "naam werklocatie"), required=True),
    IbisColumn("type", "type werklocatie", "code", "park_type", also=("type", "soort")),
    IbisColumn("year", "jaar", "year"),
    IbisColumn("reference_date", "peildatum", "date"),
    IbisColumn("gross_area_m2", "bruto (ha)", "area",
               also=("bruto oppervlakte", "oppervlakte bruto"), required=True),
    IbisColumn("net_area_m2", "netto (ha)", "area",
               also=("netto oppervlakte", "oppervlakte netto"), required=True),
    IbisColumn("issued_m2", "reeds uitgegeven (ha)", "area", also=("uitgegeven",), required=True),
    IbisColumn("issuable_m2", "nog uitgeefbaar (ha)", "area", also=("uitgeefbaar",)),
    IbisColumn("immediately_issuable_m2", "terstond uitgeefbaar (ha)", "area"),
    IbisColumn("not_immediately_issuable_m2", "niet-terstond uitgeefbaar (ha)", "area"),
    IbisColumn("uptake_m2", "uitgifte in het jaar (ha)", "area",
               also=("uitgifte", "uitgifte in jaar"), required=True),
    IbisColumn("max_env_category", "maximale milieucategorie", "code", "env_category",
               also=("max milieucategorie", "milieucategorie")),
    IbisColumn("price_min_eur_m2", "grondprijs min (euro/m2)", "price",
               also=("grondprijs minimum", "minimale grondprijs")),
    IbisColumn("price_max_eur_m2", "grondprijs max (euro/m2)", "price",
               also=("grondprijs maximum", "maximale grondprijs")),
    IbisColumn("plan_status", "planstatus", "code", "plan_status", also=("status plan",)),
    IbisColumn("source_code", "broncode"),
    IbisColumn("source_name", "bron"),
    IbisColumn("source_date", "brondatum", "date"),
    IbisColumn("licence", "licentie"),
    IbisColumn("certainty", "zekerheid", "code", "certainty"),
    IbisColumn("illustrative_fields", "illustratieve velden"),
)  # fmt: skip
"""Columns in the order of the file."""

_ABOUT = (
    ("peildatum", "1 januari van het jaar na het jaar van uitgifte: de stand aan het einde van "
     "31 december."),
    ("bruto", "hele werklocatie binnen de begrenzing, met andere functies erin."),
    ("netto", "alle kavels die uitgegeven zijn of kunnen worden."),
    ("reeds uitgegeven", "telt vanaf de notariële akte van verkoop of erfpacht."),
    ("nog uitgeefbaar", "netto min reeds uitgegeven; opties en reserveringen zitten hierin."),
    ("terstond uitgeefbaar", "plan vastgesteld, bouwrijp, beschikbaar, zonder optie of "
     "reservering; leeg waar geen kavels bekend zijn."),
    ("uitgifte in het jaar", "akten min terugkopen van het kalenderjaar; kan negatief zijn."),
    ("hectaren", "vier decimalen: op de vierkante meter nauwkeurig."),
    ("zekerheid", "van de minst zekere bron achter de rij; 'illustratief' is geen feit."),
    ("illustratieve velden", "kenmerken van het terrein die bedacht zijn, bij hun veldnaam."),
)  # fmt: skip


def reference_date(year: int) -> date:
    """National reference date of the balance of a year: 1 January of the next."""
    return date(year + 1, 1, 1)


def encode_ibis(rows: pd.DataFrame, kind: str, codes: Mapping[str, CodeList]) -> bytes:
    """Write the balance as a file.

    Parameters
    ----------
    rows
        The columns of :data:`IBIS_COLUMNS`; areas in whole m². What is missing stays empty.
    kind
        One of :data:`IBIS_FORMATS`.
    codes
        Code lists by name, for the Dutch words.

    Raises
    ------
    FileRefused
        If there is no such format.
    """
    if kind not in IBIS_FORMATS:
        raise FileRefused(kind, f"unknown format; use one of {', '.join(IBIS_FORMATS)}.")
    columns = [_worded(rows, column, codes) for column in IBIS_COLUMNS]
    records = list(zip(*columns, strict=True))
    if kind == "xlsx":
        return _xlsx(records)
    is_dutch = kind == "csv-nl"
    text = _table_text(records, *((";", ",") if is_dutch else (",", ".")))
    return (b"\xef\xbb\xbf" if is_dutch else b"") + text.encode()


def _worded(rows: pd.DataFrame, column: IbisColumn, codes: Mapping[str, CodeList]) -> list[Any]:
    """Values of a column, None where missing, codes by their Dutch titles."""
    values = [None if pd.isna(value) else value for value in rows[column.name]]
    # "Categorie 3.1" says no more than "3.1", which is how IBIS has it.
    if column.codes is None or column.codes == "env_category":
        return values
    known = codes[column.codes]
    return [None if value is None else known.title(value, "nl") for value in values]


def _table_text(records: list[tuple[Any, ...]], delimiter: str, decimal: str) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([column.title for column in IBIS_COLUMNS])
    for record in records:
        writer.writerow([
            _cell(value, column.kind, decimal)
            for value, column in zip(record, IBIS_COLUMNS, strict=True)
        ])  # fmt: skip
    return out.getvalue()


def _cell(value: Any, kind: Kind, decimal: str) -> str:
    if value is None:
        return ""
    if kind == "area":
        return f"{hectares(int(value)):.4f}".replace(".", decimal)
    if kind == "price":
        return f"{float(value):.15g}".replace(".", decimal)
    if kind == "date":
        return f"{value:%d-%m-%Y}" if decimal == "," else str(plain_value(value))
    return guarded(str(value))


def _xlsx(records: list[tuple[Any, ...]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Werklocaties")
    sheet.append([column.title for column in IBIS_COLUMNS])
    for record in records:
        sheet.append([
            _xlsx_cell(sheet, value, column.kind)
            for value, column in zip(record, IBIS_COLUMNS, strict=True)
        ])  # fmt: skip
    about = book.create_sheet("Toelichting")
    for line in _ABOUT:
        about.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xlsx_cell(sheet: Any, value: Any, kind: Kind) -> Any:
    if value is None:
        return None
    if kind in ("text", "code"):
        return text_cell(sheet, str(value))
    if kind == "area":
        cell = WriteOnlyCell(sheet, value=round(hectares(int(value)), 4))
        cell.number_format = "0.0000"
        return cell
    cell = WriteOnlyCell(sheet, value=plain_value(value) if kind != "date" else value)
    if kind == "date":
        cell.number_format = "dd-mm-yyyy"
    return cell
