"""Facts that a file tells more than once: the same again, or the contrary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from geo_assen.catalogue import LayerDefinition
from geo_assen.ingest.issues import Issue

__all__ = ["content_of", "contradictions", "differ"]

_NO_CONTENT = frozenset({"row", "recorded_on", "source_code"})

Values = Mapping[Hashable, Any]


def content_of(layer: LayerDefinition, row: Values) -> dict[str, Any]:
    """What a fact says, without what it is about, who recorded it and when."""
    left_out = {*layer.identity, *_NO_CONTENT}
    return {str(name): value for name, value in row.items() if name not in left_out}


def differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two facts contradict each other: both say something of a field, but not the same."""
    return any(
        value is not None and other.get(name) is not None and value != other[name]
        for name, value in one.items()
    )


def contradictions(
    layer: LayerDefinition, rows: Sequence[Values]
) -> tuple[list[Issue], frozenset[int]]:
    """Find rows of a file that contradict each other, and those that only say it again.

    Rows are about the same fact if they agree in the identity of the layer. Of rows that agree
    the one that says most counts, or else the first.

    Parameters
    ----------
    rows
        With ``row``, the number in the file, and the fields that the file tells something of.

    Returns
    -------
    An issue for each row that contradicts another, and the numbers of the rows that say what
    another one says.
    """
    groups: dict[tuple[Any, ...], list[Values]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in layer.identity)].append(row)
    issues: list[Issue] = []
    repeats: set[int] = set()
    for group in groups.values():
        if len(group) == 1:
            continue
        told = [content_of(layer, row) for row in group]
        if any(differ(one, other) for one in _distinct(told) for other in _distinct(told)):
            issues += _told_otherwise(layer, group, told)
            continue
        fullest = max(range(len(group)), key=lambda at: (_said(told[at]), -at))
        repeats |= {int(row["row"]) for at, row in enumerate(group) if at != fullest}
    return issues, frozenset(repeats)


def _told_otherwise(
    layer: LayerDefinition, group: list[Values], told: list[dict[str, Any]]
) -> list[Issue]:
    issues = []
    first = {tuple(content.values()): at for at, content in reversed(list(enumerate(told)))}
    for at, row in enumerate(group):
        others = [n for n in sorted(first.values()) if differ(told[at], told[n])]
        other = others[0] if others else next(n for n in range(len(group)) if n != at)
        named = ", ".join(str(row[name]) for name in layer.subject)
        issues.append(Issue(
            int(row["row"]), "duplicate_id", layer.identity[0], named,
            f"Row {group[other]['row']} says {_words(told[other])} of {named}, "
            f"this one {_words(told[at])}.",
            "Leave out the row that is wrong, and send the other again.",
        ))  # fmt: skip
    return issues


def _distinct(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is said, each once: of thousands of equal rows two are compared."""
    return list({tuple(content.values()): content for content in told}.values())


def _said(content: Mapping[str, Any]) -> int:
    return sum(value is not None for value in content.values())


def _words(content: Mapping[str, Any]) -> str:
    return " ".join(str(value) for value in content.values() if value is not None) or "nothing"
