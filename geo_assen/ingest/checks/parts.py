"""Some rows of a part: those that go on, and those that are set aside as they were read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from geo_assen.ingest.checks.context import SetAside
from geo_assen.ingest.checks.findings import as_json
from geo_assen.ingest.content import Part
from geo_assen.ingest.issues import Issue

__all__ = ["issues_of", "set_aside_row", "taken", "unreadable", "without"]


def taken(part: Part, rows: NDArray[np.bool_]) -> Part:
    """Some rows of a part; what is told of rows that could not be read goes with none."""
    geometry = None if part.geometry is None else part.geometry[rows]
    readable = [issue for issue in part.issues if issue.kind != "unreadable_row"]
    values = part.values[rows].reset_index(drop=True)
    return Part(part.numbers[rows], values, geometry, readable)


def without(part: Part, rows: Iterable[int]) -> Part:
    """The other rows of a part."""
    kept = np.ones(len(part), dtype=bool)
    kept[list(rows)] = False
    return taken(part, kept)


def unreadable(part: Part) -> list[SetAside]:
    """Rows that the reader could not take apart, with what it could say of them."""
    found: dict[int, list[Issue]] = defaultdict(list)
    readable: set[int] = set()
    for issue in part.issues:
        if issue.kind == "unreadable_row":
            readable = readable or {int(number) for number in part.numbers}
            if issue.row not in readable:
                found[issue.row].append(issue)
    return [
        SetAside(row, {"text": as_json(issues[0].value)}, None, issues)
        for row, issues in found.items()
    ]


def issues_of(rows: list[SetAside]) -> list[Issue]:
    """What is found in rows that were set aside."""
    return [issue for row in rows for issue in row.issues]


def set_aside_row(part: Part, at: int, issues: list[Issue]) -> SetAside:
    """A row as it is set aside, with every column as the file has it."""
    original = {str(name): as_json(part.values[name].iat[at]) for name in part.values.columns}
    geometry = None if part.geometry is None else part.geometry[at]
    return SetAside(int(part.numbers[at]), original, geometry, issues)
