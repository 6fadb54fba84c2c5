"""Spreadsheets: every visible sheet with a table in it."""

from __future__ import annotations

import datetime
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.workbook import Workbook

from geo_assen.ingest.content import PART_ROWS, FileLayer, Part
from geo_assen.ingest.read.columns import column_of
from geo_assen.ingest.read.headers import Header, find_header
from geo_assen.ingest.read.places import PlaceColumn, chosen, find_places, geometries_of
from geo_assen.ingest.read.safety import Source, root_of_xml

__all__ = ["spreadsheet_layers"]

MAX_WORKBOOK_BYTES = 1024**3
"""Bytes that the parts of a workbook may unpack to; its texts are held in memory."""
MAX_WORKBOOK_RATIO = 500
_RATIO_FREE_BYTES = 64 * 1024**2
_HEADER_ROWS = 60
_SAMPLE_ROWS = 1_000
_DAMAGED = (KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError,
            zipfile.BadZipFile, EOFError, NotImplementedError, OverflowError,
            zlib.error)  # fmt: skip
"""What the library ends in where a workbook is not built like one."""


@dataclass(frozen=True)
class _Sheet:
    """A table in a sheet."""

    source: Source
    name: str
    header: Header
    columns: tuple[int, ...]
    places: tuple[PlaceColumn, ...]


def spreadsheet_layers(source: Source) -> list[FileLayer]:
    """Layers of a workbook: its visible sheets with a header and at least two columns.

    Raises
    ------
    FileRefused
        If it is damaged or no sheet has a table.
    """
    _check_parts(source)
    with _opened(source) as book:
        visible = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
        sheets = [table for name in visible if (table := _table(source, book, name))]
    if not sheets:
        raise source.refused(
            "no visible sheet has a table: a row with the names of the columns and rows below it."
        )
    return [_layer(sheet) for sheet in sheets]


def _layer(sheet: _Sheet) -> FileLayer:
    return FileLayer(
        sheet.name,
        sheet.header.names,
        lambda: _parts(sheet),
        crs=sheet.places[0].crs if sheet.places else None,
        geometry_columns=tuple(place.name for place in sheet.places),
    )


def _check_parts(source: Source) -> None:
    """Refuse a workbook that would unpack to too much, or brings XML entities."""
    with zipfile.ZipFile(source.path) as archive:
        infos = archive.infolist()
        total = sum(info.file_size for info in infos)
        packed = max(source.path.stat().st_size, 1)
        if total > MAX_WORKBOOK_BYTES or (
            total > _RATIO_FREE_BYTES and total / packed > MAX_WORKBOOK_RATIO
        ):
            raise source.refused(
                f"the workbook unpacks to {total / 1024**2:.0f} MB; save the sheet as .csv instead."
            )
        if any(info.flag_bits & 1 for info in infos):
            raise source.refused("it is encrypted; give it without a password.")
        for info in infos:
            if info.filename.lower().endswith((".xml", ".rels")):
                with archive.open(info) as stream:
                    root_of_xml(source, stream)


@contextmanager
def _opened(source: Source) -> Iterator[Workbook]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and validations that are not read here
        # Given as a stream: of a path the library would look at the ending.
        with source.path.open("rb") as stream:
            try:
                book = openpyxl.load_workbook(
                    stream, read_only=True, data_only=True, keep_links=False
                )
            except _DAMAGED as error:
                raise source.refused(_DAMAGED_SENTENCE) from error
            try:
                yield book
            finally:
                book.close()


_DAMAGED_SENTENCE = "the workbook is damaged or cut off; open it and save it again as .xlsx."


def _rows(source: Source, book: Workbook, name: str) -> Iterator[tuple[Any, ...]]:
    """Cells of a sheet, row by row; the size that the sheet claims to have is not believed."""
    sheet = book[name]
    sheet.reset_dimensions()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield from sheet.iter_rows(values_only=True)
    except _DAMAGED as error:
        raise source.refused(_DAMAGED_SENTENCE) from error


def _table(source: Source, book: Workbook, name: str) -> _Sheet | None:
    rows = [list(row) for row in islice(_rows(source, book, name), _SAMPLE_ROWS)]
    if not rows:
        return None
    header = find_header(_trimmed(rows[:_HEADER_ROWS]))
    if header is None:
        return None
    table = rows[header.at :]
    first = min(at for row in table for at, cell in enumerate(row) if _filled(cell))
    inner = find_header([row[first:] for row in _trimmed(table[:_HEADER_ROWS])])
    if inner is None or len(inner.names) < 2:
        return None
    header = replace(inner, at=header.at)
    columns = tuple(range(first, first + len(header.names)))
    below = rows[header.first_record :]
    wider = max((len(_stripped(row)) for row in below), default=0) - columns[-1] - 1
    if wider > 0:
        header = _widened(header, wider)
        columns = tuple(range(first, first + len(header.names)))
    sample = [[row[at] if at < len(row) else None for at in columns] for row in below]
    places = chosen(find_places(header.names, sample), source.geometry_column, source.crs)
    return _Sheet(source, name, header, columns, places)


def _widened(header: Header, more: int) -> Header:
    """Header with names for columns that have values but no name."""
    width = len(header.names)
    names = tuple(f"column {width + at}" for at in range(1, more + 1))
    unnamed = header.unnamed | frozenset(range(width, width + more))
    return Header(header.names + names, header.at, header.rows, unnamed)


def _stripped(row: list[Any]) -> list[Any]:
    last = max((at for at, cell in enumerate(row, start=1) if _filled(cell)), default=0)
    return row[:last]


def _trimmed(rows: list[list[Any]]) -> list[list[Any]]:
    return [_stripped(row) for row in rows]


def _filled(cell: Any) -> bool:
    return cell is not None and not (isinstance(cell, str) and not cell.strip())


def _parts(sheet: _Sheet) -> Iterator[Part]:
    with _opened(sheet.source) as book:
        rows = islice(_rows(sheet.source, book, sheet.name), sheet.header.first_record, None)
        numbered = enumerate(_without_tail(sheet, rows), start=1)
        while batch := list(islice(numbered, PART_ROWS)):
            yield _part(sheet, batch)


def _without_tail(sheet: _Sheet, rows: Iterator[tuple[Any, ...]]) -> Iterator[list[Any]]:
    """Rows of the table; empty ones only where a filled one follows.

    A sheet may carry thousands of formatted but empty rows below its table; those are none.
    """
    blank = 0
    empty = [None] * len(sheet.columns)
    for row in rows:
        cells = [row[at] if at < len(row) else None for at in sheet.columns]
        if not any(map(_filled, cells)):
            blank += 1
            continue
        for _ in range(blank):
            yield list(empty)
        blank = 0
        yield cells


def _part(sheet: _Sheet, batch: list[tuple[int, list[Any]]]) -> Part:
    numbers = np.array([number for number, _ in batch], dtype=np.int64)
    columns = zip(*(cells for _, cells in batch), strict=True)
    values = pd.DataFrame(
        {
            name: column_of([_value(cell) for cell in cells])
            for name, cells in zip(sheet.header.names, columns, strict=True)
        }
    )
    if not sheet.places:
        return Part(numbers, values)
    geometry, issues = geometries_of(sheet.places[0], values, numbers, ".")
    return Part(numbers, values, geometry, issues)


def _value(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell.strip()
    return str(cell) if isinstance(cell, datetime.timedelta) else cell
