"""Text in a cell of a table, so that no spreadsheet takes it for anything else."""

from __future__ import annotations

import re
from typing import Any

from openpyxl.cell import WriteOnlyCell

__all__ = ["guarded", "text_cell", "unguarded"]

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def guarded(text: str) -> str:
    """Text for a CSV file that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def unguarded(text: str) -> str:
    """Text as it was before :func:`guarded` wrote it."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_SIGNS) else text


def text_cell(sheet: Any, text: str) -> Any:
    """Cell of an XLSX sheet that is written row by row: always text, never a formula.

    Signs that XML cannot hold are left out.
    """
    cell = WriteOnlyCell(sheet, value=_NOT_IN_XML.sub("", text))
    cell.data_type = "s"
    return cell
