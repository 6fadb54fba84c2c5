"""Faults in files: a fixed list of kinds, and what is done about each.

A fault is a value, not an exception: reading never stops at the first one. The table
below is the one in the documentation (``docs/import.md``); a test compares them.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["TREATMENT", "Fix", "Issue", "Treatment"]

Treatment = Literal["refuse", "quarantine", "repair", "warn"]

TREATMENT: dict[str, Treatment] = {
    "missing_geometry": "quarantine",
    "missing_coordinates": "quarantine",
    "swapped_axes": "quarantine",
    "swapped_projected_axes": "quarantine",
    "crs_missing": "refuse",
    "crs_contradicts_values": "quarantine",
    "outside_country": "quarantine",
    "outside_area": "warn",
    "invalid_geometry_repaired": "repair",
    "invalid_geometry": "quarantine",
    "duplicate_id": "quarantine",
    "duplicate_geometry": "warn",
    "area_mismatch": "warn",
    "two_sources_apart": "warn",
    "missing_value": "quarantine",
    "bad_number": "quarantine",
    "bad_date": "quarantine",
    "bad_category": "quarantine",
    "negative_value": "quarantine",
    "end_before_start": "quarantine",
    "future_date": "warn",
    "ghost_row": "quarantine",
    "encoding_repaired": "repair",
    "text_repaired": "repair",
    "unknown_parent": "quarantine",
    "unreadable_row": "quarantine",
}
"""What is done about each kind: refuse the file, set the row aside, repair it, or warn.

A single issue may do no more than warn: a value that is merely wanted."""


@dataclass(frozen=True)
class Fix:
    """A suggestion that a program can carry out, for one row or for all with the same fault.

    Attributes
    ----------
    action
        ``set``: give the field another value; ``swap``: exchange the axes of the place as
        read; ``crs``: read the place in another reference system; ``drop``: leave the row
        out for good.
    value
        The new value (a date as ISO text), or the reference system. Of ``swap`` the system in
        which the axes were exchanged before the file was converted; None: as read. None for
        ``drop``.
    """

    action: Literal["set", "swap", "crs", "drop"]
    value: Any = None


@dataclass(frozen=True)
class Issue:
    """One fault in one row.

    Attributes
    ----------
    row
        Number of the record in its file, from 1; the header of a table does not count.
    kind
        One of :data:`TREATMENT`.
    field
        Name of the layer's field, or None where the row as a whole is meant.
    value
        The value as the file has it.
    message, suggestion
        What is wrong, and what to do about it; plain words.
    fix
        The suggestion as something that can be carried out, where there is one.
    only_warns
        The row is taken all the same, whatever the kind.
    sets_aside
        The row waits, whatever the kind: it cannot be true as it stands.
    """

    row: int
    kind: str
    field: str | None
    value: Any
    message: str
    suggestion: str | None = None
    fix: Fix | None = dataclasses.field(default=None, compare=False)
    only_warns: bool = False
    sets_aside: bool = False

    @property
    def treatment(self) -> Treatment:
        """What is done about it."""
        if self.sets_aside:
            return "quarantine"
        return "warn" if self.only_warns else TREATMENT[self.kind]

    def document(self) -> dict[str, Any]:
        """The issue as the import report writes it."""
        return {
            "row": self.row,
            "kind": self.kind,
            "treatment": self.treatment,
            "field": self.field,
            "value": self.value,
            "message": self.message,
            "suggestion": self.suggestion,
            "fix": None if self.fix is None else dataclasses.asdict(self.fix),
        }
