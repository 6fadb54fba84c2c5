"""Tables in text: CSV and its relatives, read line by line whatever their size."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, TextIO

import numpy as np
import pandas as pd

from geo_assen.ingest.content import PART_ROWS, FileLayer, Part
from geo_assen.ingest.issues import Issue
from geo_assen.ingest.read.headers import Header, find_header
from geo_assen.ingest.read.places import PlaceColumn, chosen, find_places, geometries_of
from geo_assen.ingest.read.safety import Source
from geo_assen.ingest.read.text import encoding_of

__all__ = ["delimited_layers"]

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 2_000
_HEADER_ROWS = 60
_MAX_CELL_SIGNS = 50_000_000
_MAX_LINES_OF_RECORD = 2_000
"""Lines of one record; beyond, a quote was never closed."""
_DELIMITER_LINE = re.compile(r"sep=(.)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class _Table:
    """How the table is written."""

    source: Source
    encoding: str
    delimiter: str
    skipped: int
    header: Header
    places: tuple[PlaceColumn, ...]

    @property
    def decimal(self) -> Literal[".", ","]:
        return "," if self.delimiter == ";" else "."


def delimited_layers(source: Source) -> list[FileLayer]:
    """Layer of a table in text.

    Raises
    ------
    FileRefused
        If it has no header row.
    """
    table = _table(source)
    place = table.places[0] if table.places else None
    return [
        FileLayer(
            source.name,
            table.header.names,
            lambda: _parts(table),
            crs=place.crs if place else None,
            geometry_columns=tuple(place.name for place in table.places),
            decimal=table.decimal,
        )
    ]


def _table(source: Source) -> _Table:
    encoding = encoding_of(source.path)
    with _opened(source, encoding) as stream:
        lines = list(islice(_lines(source, stream), _SAMPLE_LINES))
    skipped = 0
    stated = _DELIMITER_LINE.match(lines[0].lstrip("\ufeff")) if lines else None
    if stated:
        lines, skipped = lines[1:], 1
    delimiter = stated[1] if stated else _delimiter_of(lines)
    rows = [record.cells for record in _records(iter(lines), delimiter)]
    header = find_header(rows[:_HEADER_ROWS])
    if header is None:
        raise source.refused("the file has no header row; write the names of the columns above it.")
    sample = [_fitted(row, header) or [] for row in rows[header.first_record :]]
    found = find_places(header.names, sample)
    places = chosen(found, source.geometry_column, source.crs)
    return _Table(source, encoding, delimiter, skipped, header, places)


def _opened(source: Source, encoding: str) -> TextIO:
    return source.path.open(encoding=encoding, newline="", errors="replace")


def _lines(source: Source, stream: TextIO) -> Iterator[str]:
    """Lines of the file, none of which is larger than memory."""
    while line := stream.readline(_MAX_CELL_SIGNS):
        if len(line) == _MAX_CELL_SIGNS:
            raise source.refused(
                f"it has a line of more than {_MAX_CELL_SIGNS // 1_000_000} million signs; "
                "this is no table."
            )
        yield line


def _delimiter_of(lines: Sequence[str]) -> str:
    """Sign between cells: the one that gives the widest header over rows as wide."""
    return max(_DELIMITERS, key=lambda sign: _score(lines, sign))


def _score(lines: Sequence[str], sign: str) -> tuple[bool, float, int]:
    rows = [record.cells for record in islice(_records(iter(lines), sign), _HEADER_ROWS)]
    header = find_header(rows)
    if header is None or len(header.names) < 2:
        return False, 0.0, 0
    below = [row for row in rows[header.first_record :] if row]
    even = sum(len(row) == len(header.names) for row in below)
    share = even / len(below) if below else 1.0
    return True, round(share, 1), len(header.names)


@dataclass(frozen=True)
class _Record:
    """Cells of a record, the text they came from, and whether that held NUL signs."""

    cells: list[str]
    text: str
    nul: bool


class _LineFeed:
    """Lines for the parser, kept until the record is known to be whole."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._back: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> _LineFeed:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _MAX_LINES_OF_RECORD:
            raise csv.Error("a quote is never closed")
        line = self._back.popleft() if self._back else next(self._lines)
        self.taken.append(line)
        return line.replace("\x00", "") if "\x00" in line else line

    def give_back(self) -> str:
        """Keep the first line that was taken, return the others to the file."""
        first, *others = self.taken
        self._back.extendleft(reversed(others))
        return first


def _records(lines: Iterator[str], delimiter: str, width: int | None = None) -> Iterator[_Record]:
    """Records of a table; blank lines give a record without cells.

    A quote that is never closed would swallow the records below it. Where a record of
    several lines does not fit the header, its first line is therefore read as it stands.
    """
    feed = _LineFeed(lines)
    reader = csv.reader(feed, delimiter=delimiter)
    csv.field_size_limit(_MAX_CELL_SIGNS)
    while True:
        feed.taken = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None
        if cells is None or (len(feed.taken) > 1 and width not in (None, len(cells))):
            first = feed.give_back()
            reader = csv.reader(feed, delimiter=delimiter)
            yield _Record(_unquoted(first, delimiter), first, "\x00" in first)
            continue
        text = feed.taken[0] if len(feed.taken) == 1 else "".join(feed.taken)
        yield _Record(cells, text, "\x00" in text)


def _unquoted(line: str, delimiter: str) -> list[str]:
    """Cells of one line in which a quote is a sign like any other."""
    return line.replace("\x00", "").rstrip("\r\n").split(delimiter)


def _fitted(cells: list[str], header: Header) -> list[str] | None:
    """Cells as many as the header has; None where it is not sure which belongs where.

    What is too much may go where it is empty, what is too little may be filled where the
    columns without a cell have no name either.
    """
    width = len(header.names)
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        return cells[:width]
    if len(cells) < width and header.unnamed.issuperset(range(len(cells), width)):
        return cells + [""] * (width - len(cells))
    return cells if len(cells) == width else None


def _parts(table: _Table) -> Iterator[Part]:
    width = len(table.header.names)
    with _opened(table.source, table.encoding) as stream:
        lines = islice(_lines(table.source, stream), table.skipped, None)
        records = _records(lines, table.delimiter, width)
        below = islice(records, table.header.first_record, None)
        filled = ((n, r) for n, r in enumerate((r for r in below if r.cells), start=1))
        while batch := list(islice(filled, PART_ROWS)):
            yield _part(table, batch)


def _part(table: _Table, batch: list[tuple[int, _Record]]) -> Part:
    names, numbers, rows = table.header.names, [], []
    issues: list[Issue] = []
    for number, record in batch:
        cells = _fitted(record.cells, table.header)
        if cells is None:
            issues.append(_unreadable(number, record, len(names)))
            continue
        if record.nul:
            issues.append(_nul_signs(number, record))
        numbers.append(number)
        rows.append([cell.strip() for cell in cells])
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    values = pd.DataFrame(
        {
            name: pd.Series(list(cells), dtype=object)
            for name, cells in zip(names, columns, strict=True)
        }
    )
    at = np.array(numbers, dtype=np.int64)
    if not table.places:
        return Part(at, values, None, issues)
    geometry, faults = geometries_of(table.places[0], values, at, table.decimal)
    return Part(at, values, geometry, issues + faults)


def _unreadable(number: int, record: _Record, width: int) -> Issue:
    return Issue(
        number,
        "unreadable_row",
        None,
        record.text.rstrip("\r\n")[:2000],
        f"The row has {len(record.cells)} cells, the header {width}.",
        "Quote cells that hold the delimiter or a line break.",
    )


def _nul_signs(number: int, record: _Record) -> Issue:
    return Issue(
        number,
        "text_repaired",
        None,
        record.text.rstrip("\r\n").replace("\x00", "\\0")[:200],
        "The row held signs of no meaning (NUL); they are left out.",
    )
