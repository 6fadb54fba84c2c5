"""What is found in the rows of one part, and which rows it sets aside."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.ingest.issues import Fix, Issue

__all__ = ["Fault", "Findings", "as_json", "shown"]

_LONGEST_SHOWN = 80
"""Signs of a value that its message repeats."""


class Fault(NamedTuple):
    """What is wrong with a value: the message goes on where the value ends."""

    kind: str
    message: str
    suggestion: str | None = None
    fix: Fix | None = None


class Findings:
    """Issues of the rows of a part, by their position in it.

    Attributes
    ----------
    numbers
        Number of each row in its file.
    set_aside, repaired
        Which rows do not pass, and which have something repaired.
    """

    def __init__(self, numbers: NDArray[np.int64]) -> None:
        self.numbers = numbers
        self.set_aside = np.zeros(len(numbers), dtype=bool)
        self.repaired = np.zeros(len(numbers), dtype=bool)
        self._found: list[tuple[int, Issue]] = []
        self._told: set[tuple[int, str | None]] = set()

    def add(self, at: int, issue: Issue) -> None:
        """Put down an issue of the row at a position."""
        self._found.append((at, issue))
        self._told.add((at, issue.field))
        treatment = issue.treatment
        if treatment in ("quarantine", "refuse"):
            self.set_aside[at] = True
        elif treatment == "repair":
            self.repaired[at] = True

    def find(
        self,
        at: int | np.integer[Any],
        kind: str,
        field: str | None,
        message: str,
        *,
        value: Any = None,
        suggestion: str | None = None,
        fix: Fix | None = None,
        only_warns: bool = False,
        sets_aside: bool = False,
    ) -> None:
        """Put down a fault of the row at a position."""
        position = int(at)
        row = int(self.numbers[position])
        told = Issue(row, kind, field, as_json(value), message, suggestion, fix, only_warns,
                     sets_aside)  # fmt: skip
        self.add(position, told)

    def tells(self, at: int | np.integer[Any], field: str) -> bool:
        """Whether something is wrong with a field of the row at a position already."""
        return (int(at), field) in self._told

    def fault(self, at: int | np.integer[Any], field: str, value: Any, fault: Fault) -> None:
        """Put down a fault of a value, with the value in its message."""
        self.find(
            at,
            fault.kind,
            field,
            f"{shown(value)} {fault.message}.",
            value=value,
            suggestion=fault.suggestion,
            fix=fault.fix,
        )

    @property
    def issues(self) -> list[Issue]:
        """All issues, in the order of the rows."""
        return [issue for _, issue in sorted(self._found, key=lambda found: found[0])]

    def by_position(self, positions: Iterable[int]) -> dict[int, list[Issue]]:
        """Issues of some rows."""
        wanted: dict[int, list[Issue]] = {at: [] for at in positions}
        for at, issue in self._found:
            if at in wanted:
                wanted[at].append(issue)
        return wanted


def shown(value: Any) -> str:
    """Value as a message repeats it, cut where it is long."""
    text = repr(value.item() if isinstance(value, np.generic) else as_json(value))
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def as_json(value: Any) -> Any:
    """Value as JSON in UTF-8 knows it; what is missing is None."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, float):
        return None if math.isnan(value) else value if math.isfinite(value) else str(value)
    if isinstance(value, (bool, int)):
        return value
    return _composed(value)


def _composed(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(as_json(name)): as_json(part) for name, part in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [as_json(part) for part in value]
    if isinstance(value, (set, frozenset)):
        return sorted(str(as_json(part)) for part in value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    return as_json(str(value))
