"""Texts put right: garbled signs, invisible ones, quotes and line breaks of an export."""

from __future__ import annotations

import html
import re

import ftfy

from geo_assen.ingest.checks.findings import Fault

__all__ = ["EMPTY", "LOST", "clean_cell", "clean_text", "suspicious"]

EMPTY = frozenset(
    {"", "null", "none", "nan", "n/a", "#n/a", "#n/b", "#nv", "<null>", "-", "--", "?", "??",
     "n.v.t.", "nvt", "n.v.t", "n.b.", "niet bekend", "onbekend", "unknown", "niet ingevuld",
     "geen", "geen label"}
)  # fmt: skip
"""Texts that say that there is nothing, in lower case."""

LOST = "\ufffd"
"""Stands where a sign was lost for good."""

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2060\ufeff\ud800-\udfff]"
)
"""Control signs, spaces without width and halves of signs: no text needs them."""
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{2,6}|#[xX][0-9A-Fa-f]{2,5});")
_TAG = re.compile(r"</?(?:br|p|b|i|strong|em|div|span)\b[^<>]*>", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")
_ODD_BLANK = re.compile(r"[^\S ]|  ")
_GARBLED = Fault("encoding_repaired", "was garbled by a wrong character set and is put right")
_QUOTES = {'"': '"', "“": "”", "”": "”", "„": "”", "«": "»", "'": "'", "‘": "’"}
_SEARCHES = (
    (("",), re.compile(r"[^\x20\x21\x23-\x25\x28-\x7e\n]")),  # one set of signs: a fast search
    (("<",), re.compile(r"</?(?:br|p|b|i|strong|em|div|span)\b[^<>\n]*>", re.IGNORECASE)),
    (("  ", "\n ", " \n"), re.compile(r"  |(?<=\n) | (?=\n)")),
)
"""What a text has without which a search can be left out, and the search."""
_EMPTY_CASED = frozenset(
    form for word in EMPTY for form in (word, word.upper(), word.capitalize(), word.title())
)


def suspicious(cells: list[str]) -> list[int]:
    """Positions of texts that may need :func:`clean_text`; the others are clean as they are.

    Searches go through all of them at once, which costs a fraction of looking at each.
    """
    joined = "\n".join(cells)
    if joined.count("\n") != max(len(cells) - 1, 0):
        cells = ["\x00" if "\n" in cell else cell for cell in cells]
        joined = "\n".join(cells)
    joined = f"\n{joined}\n"
    positions: set[int] = set()
    for needed, sought in _SEARCHES:
        if any(part in joined for part in needed):
            positions |= _cells_at([m.start() for m in sought.finditer(joined)], cells)
    if not _EMPTY_CASED.isdisjoint(cells):
        positions |= {at for at, cell in enumerate(cells) if cell in _EMPTY_CASED}
    return sorted(positions)


def _cells_at(places: list[int], cells: list[str]) -> set[int]:
    """Which cells the places of the joined text are in; places ascend."""
    positions: set[int] = set()
    sought = iter(places)
    place = next(sought, None)
    end = 0
    for at, cell in enumerate(cells):
        if place is None:
            break
        end += len(cell) + 1
        while place is not None and place < end:
            positions.add(at)
            place = next(sought, None)
    return positions


def clean_text(text: str, *, one_line: bool = True) -> tuple[str, list[Fault]]:
    """Text as it was meant, and what was put right in it.

    Blanks around it are left out without a word. Signs that were lost for good stay.

    Parameters
    ----------
    one_line
        A name or address, in which line breaks and double blanks have no meaning.
    """
    faults = []
    decoded = text if text.isascii() else ftfy.fix_encoding(text)
    if decoded != text:
        faults.append(_GARBLED)
    cleaned = _without_entities(_INVISIBLE.sub("", decoded)).strip()
    cleaned = _without_quotes(cleaned)
    if one_line and _ODD_BLANK.search(cleaned):
        cleaned = _BLANKS.sub(" ", cleaned)
    if cleaned != decoded.strip():
        faults.append(Fault("text_repaired", _what(decoded.strip())))
    return cleaned, faults


def clean_cell(text: str) -> tuple[str, list[Fault]]:
    """Text of a number, date or code without garbled and invisible signs and quotes around it."""
    faults = []
    decoded = text if text.isascii() else ftfy.fix_encoding(text)
    if decoded != text:
        faults.append(_GARBLED)
    cleaned = _without_quotes(_INVISIBLE.sub("", decoded).strip())
    if cleaned != decoded.strip():
        faults.append(Fault("text_repaired", _what(decoded.strip())))
    return cleaned, faults


def _what(text: str) -> str:
    if _INVISIBLE.search(text):
        return "held invisible signs"
    if _ENTITY.search(text) or _TAG.search(text):
        return "held signs in the spelling of web pages"
    if _without_quotes(text) != text:
        return "stood in quotes"
    return "held line breaks or double blanks"


def _without_entities(text: str) -> str:
    """Text without the spellings and tags of web pages; a tag parts words as a blank does."""
    plain = html.unescape(text) if _ENTITY.search(text) else text
    return (
        re.sub(r"  +", " ", _TAG.sub(" ", plain)) if "<" in plain and _TAG.search(plain) else plain
    )


def _without_quotes(text: str) -> str:
    """Text without quotes that embrace it as a whole."""
    if len(text) < 3 or _QUOTES.get(text[0]) != text[-1]:
        return text
    inner = text[1:-1]
    if text[0] == '"' and '"' in inner:
        inner = inner.replace('""', "\x00")
        return text if '"' in inner else inner.replace("\x00", '"').strip()
    return text if text[0] in inner or text[-1] in inner else inner.strip()
