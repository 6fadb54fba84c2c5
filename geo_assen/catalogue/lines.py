"""Find the line of a TOML file on which something is said."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["line_of"]


def line_of(text: str, place: Sequence[str | int]) -> int:
    """Line of a key or list item, by walking down its path; the last line reached counts."""
    lines = text.splitlines()
    at = 0
    for part in place:
        found = _next_item(lines, at, part) if isinstance(part, int) else _next_key(lines, at, part)
        if found is None:
            break
        at = found
    return at + 1


def _next_key(lines: list[str], start: int, key: str) -> int | None:
    pattern = re.compile(rf"(^|[\s{{,\[.\"]){re.escape(key)}[\"\]]*\s*(=|$|\.)")
    return next((i for i in range(start, len(lines)) if pattern.search(lines[i])), None)


def _next_item(lines: list[str], start: int, index: int) -> int | None:
    head = lines[start].strip()
    if head.startswith("[["):  # one table an item, each under its own head
        items = [i for i in range(start, len(lines)) if lines[i].strip() == head]
    else:
        items = [i for i in range(start + 1, len(lines)) if lines[i].lstrip().startswith("{")]
    return items[index] if index < len(items) else None
