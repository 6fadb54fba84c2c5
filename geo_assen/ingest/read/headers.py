"""The header of a table: found below titles, its names made whole and told apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Header", "find_header"]

_NUMBER = re.compile(r"^([-+\d\s.,;:|/%€]|(?<=\d)[TZ])*$")
"""Numbers, dates and rows of them: no name has digits and signs only, but for years."""
_YEAR = re.compile(r"^(19|20)\d\d([-/](19|20)?\d\d)?$")
_UNIT = re.compile(
    r"^(\(.*\)|\[.*\]|m2|m²|m|ha|km|hectare|euro|eur|€|€/m2|€/m²|%|aantal|ja/nee|jjjj-mm-dd|"
    r"dd-mm-jjjj|number|text|tekst|datum)$",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Header:
    """Header of a table.

    Attributes
    ----------
    names
        Name of each column, none empty and none twice.
    at
        Rows above the header.
    rows
        Rows that the header takes: 1, or 2 where it goes on in the next.
    unnamed
        Positions of columns without a name of their own.
    """

    names: tuple[str, ...]
    at: int
    rows: int
    unnamed: frozenset[int]

    @property
    def first_record(self) -> int:
        """Rows above the first record."""
        return self.at + self.rows


def find_header(rows: Sequence[Sequence[Any]]) -> Header | None:
    """Find the header among the first rows of a table.

    Parameters
    ----------
    rows
        Cells of the first rows, blank rows included as empty sequences.

    Returns
    -------
    The first row with about as many words as the rows below have cells; None where there
    is no such row, as in a table that begins with numbers.
    """
    filled = [sum(_text(cell) != "" for cell in row) for row in rows]
    usual = _usual_width(filled)
    for at, row in enumerate(rows):
        if filled[at] == 0 or (filled[at] < min(2, usual) or filled[at] * 2 < usual):
            continue
        if not _is_words(row):
            return None
        if filled[at] * 2 > usual or not _is_under_groups(rows, at):
            return _header(rows, at)
    return None


def _is_under_groups(rows: Sequence[Sequence[Any]], at: int) -> bool:
    """Whether the names stand in the next row, and this one only names groups of columns."""
    after = [_text(cell) for cell in rows[at + 1]] if at + 1 < len(rows) else []
    first = [_text(cell) for cell in rows[at]]
    names = [text for text in after if text]
    more = len(names) == len(set(names)) > sum(text != "" for text in first)
    return more and not any(map(_DIGIT.search, names)) and not _goes_on(first, after)


def _usual_width(filled: Sequence[int]) -> int:
    counts = Counter(width for width in filled if width)
    if not counts:
        return 1
    most = max(counts.values())
    return max(width for width, count in counts.items() if count == most)


def _text(cell: Any) -> str:
    return "" if cell is None else _SPACES.sub(" ", str(cell)).strip()


def _is_words(row: Sequence[Any]) -> bool:
    """Whether at least half of the cells are names: not numbers or dates, years excepted."""
    texts = [text for text in map(_text, row) if text]
    numbers = sum(_NUMBER.match(text) is not None and _YEAR.match(text) is None for text in texts)
    years_only = all(_YEAR.match(text) for text in texts)
    return numbers * 2 <= len(texts) and not (years_only and len(texts) > 1)


def _header(rows: Sequence[Sequence[Any]], at: int) -> Header:
    first = [_text(cell) for cell in rows[at]]
    after = [_text(cell) for cell in rows[at + 1]] if at + 1 < len(rows) else []
    goes_on = _goes_on(first, after)
    if goes_on:
        width = max(len(first), len(after))
        both = zip(_padded(first, width), _padded(after, width), strict=True)
        first = [f"{above} {below}".strip() for above, below in both]
    unnamed = frozenset(n for n, name in enumerate(first) if not name)
    return Header(_told_apart(first), at, 2 if goes_on else 1, unnamed)


def _padded(cells: list[str], width: int) -> list[str]:
    return cells + [""] * (width - len(cells))


def _goes_on(first: list[str], after: list[str]) -> bool:
    """Whether the row below the header holds units, or just the names the header lacks."""
    filled = [n for n, text in enumerate(after) if text]
    if not filled or len(after) > len(first):
        return False
    if all(_UNIT.match(after[n]) for n in filled):
        return True
    gaps = [n for n, text in enumerate(first) if not text]
    return filled == gaps and _is_words(after)


def _told_apart(cells: Sequence[str]) -> tuple[str, ...]:
    """Names of the columns: by position where there is none, with a number where doubled."""
    names: list[str] = []
    taken = set(cells)
    for at, cell in enumerate(cells, start=1):
        name = base = cell or f"column {at}"
        number = 1
        while name in names or (number > 1 and name in taken):
            number += 1
            name = f"{base} ({number})"
        names.append(name)
    return tuple(names)
