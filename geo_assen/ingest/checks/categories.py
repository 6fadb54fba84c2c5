"""Codes of a list, by their value, their title in either language, or an alias."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import Any

from geo_assen.catalogue import CodeList
from geo_assen.ingest.checks.dates import day_made_by_a_spreadsheet
from geo_assen.ingest.checks.findings import Fault
from geo_assen.ingest.issues import Fix

__all__ = ["NO", "CodeTable", "read_boolean"]

_YES = frozenset({"true", "1", "-1", "ja", "yes", "j", "y", "waar", "t", "x", "aanwezig"})
NO = frozenset({"false", "0", "nee", "no", "n", "onwaar", "f", "afwezig", "niet aanwezig", "geen"})
"""What stands for yes and no; -1 is how some databases say yes."""
_AND = re.compile(r"\s*[/+&]\s*|\s+(?:en|met|and|with)\s+|\s+-\s+", re.IGNORECASE)
"""What parts several codes in a text that is none itself."""
_ALIKE = 0.75
"""How alike a text and a title must be, 0 to 1, before one is suggested for the other."""
_LISTED = 12
"""Codes that a suggestion lists at most."""


class CodeTable:
    """Finds the code that a text means.

    Parameters
    ----------
    codes
        The list; None: no text means anything.
    translate
        Gives the text that the mapping of the file has for a text, or the text itself.
    """

    def __init__(self, codes: CodeList | None, translate: Callable[[str], str]) -> None:
        self._codes = codes.values if codes else ()
        self._translate = translate
        self._meaning: dict[str, str] = {}
        listed = codes.code if codes else ()
        for texts in (
            [((code.value,), code.value) for code in listed],
            [((code.title.nl, code.title.en), code.value) for code in listed],
            [(code.aliases, code.value) for code in listed],
        ):
            for names, code in texts:
                for name in names:
                    self._meaning.setdefault(name.strip().lower(), code)

    def meaning(self, text: str) -> str | None:
        """Code of a text, or None where the list has none; ``3,1`` and ``2.0`` are numbers."""
        plain = text.strip().lower()
        for form in (
            plain, plain.replace(",", "."), re.sub(r"[.,]0$", "", plain), plain.replace(" ", "")
        ):  # fmt: skip
            if form in self._meaning:
                return self._meaning[form]
        return None

    def read(self, raw: Any) -> tuple[str | None, Fault | None]:
        """Code of a cell."""
        if isinstance(raw, (list, dict)):
            return None, Fault("bad_category", "is not an allowed value", self._listed())
        found = self.meaning(_text(raw))
        return (found, None) if found is not None else (None, self._unknown(raw))

    def read_set(self, raw: Any) -> tuple[frozenset[str] | None, Fault | None]:
        """Codes of a cell, parted by ``;``, ``,`` or ``|``; None where there is none.

        What is no code as a whole may be several, parted by a sign or a word for "and".
        """
        parts = raw if isinstance(raw, list) else re.split(r"[;,|\n]", str(raw))
        values: set[str] = set()
        for part in parts:
            text = self._translate(_text(part).strip())
            if not text:
                continue
            value, fault = self.read(text)
            several = self._several(text) if fault else {value}
            if fault and not several:
                return None, Fault(fault.kind, fault.message, fault.suggestion)
            values |= {one for one in several if one is not None}
        return frozenset(values) or None, None

    def _several(self, text: str) -> set[str | None]:
        """Codes of a text such as "kantoor / winkel"; none where one of them is unknown."""
        found = {self.meaning(part) for part in _AND.split(text) if part.strip()}
        return set() if None in found else found

    def _unknown(self, raw: Any) -> Fault:
        made = day_made_by_a_spreadsheet(raw)
        meant = self.meaning(f"{made.day}.{made.month}") if made else None
        if meant is not None:
            return Fault(
                "bad_category", "is a date, made by a spreadsheet",
                f"Write {meant} if that was meant, in a cell of text.", Fix("set", meant),
            )  # fmt: skip
        near = difflib.get_close_matches(_text(raw).strip().lower(), self._meaning, 1, _ALIKE)
        if near:
            code = self._meaning[near[0]]
            return Fault("bad_category", "is not an allowed value", f"Use {code}.",
                         Fix("set", code))  # fmt: skip
        return Fault("bad_category", "is not an allowed value", self._listed())

    def _listed(self) -> str:
        more = ", ..." if len(self._codes) > _LISTED else ""
        return f"Use one of {', '.join(self._codes[:_LISTED])}{more}."


def read_boolean(raw: Any) -> tuple[bool | None, Fault | None]:
    """Yes or no of a cell."""
    text = _text(raw).lower()
    if text in _YES:
        return True, None
    if text in NO:
        return False, None
    return None, Fault("bad_category", "is neither yes nor no", "Write true or false.")


def _text(raw: Any) -> str:
    """Value as text; a whole number without decimals."""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw)
