"""The report of an import as a reader sees it: sums, kinds with examples, rows with a place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from geo_assen.catalogue import LayerDefinition
from webapp.ingest.maps import Mark
from webapp.ingest.words import TREATMENTS, field_title, kind_words, shown, treatment_of

__all__ = ["IssueRow", "KindRow", "LayerReading", "issue_row", "marks_of", "read_report"]

_EXAMPLES = 3
_LISTED = 100
_ORDER = ("refuse", "quarantine", "repair", "warn")


@dataclass(frozen=True)
class IssueRow:
    """One fault in words.

    Attributes
    ----------
    key
        Of the row on the map of the same page.
    meaning
        What the kind means, in the language of the reader.
    message, suggestion
        The sentences of the importer, in English.
    """

    key: str
    row: int | None
    kind: str
    title: str
    field: str
    value: str
    meaning: str
    message: str
    suggestion: str
    has_place: bool


@dataclass(frozen=True)
class KindRow:
    """One kind of fault: how often, what was done, and some examples."""

    kind: str
    title: str
    meaning: str
    count: int
    treatment: str
    treatment_title: str
    examples: tuple[IssueRow, ...]


@dataclass(frozen=True)
class LayerReading:
    """One layer of a file: its report as it stands, its kinds, and its first faulty rows.

    Attributes
    ----------
    mapped
        Column of the file, and title of the field it was read as.
    more
        Faults that are counted but not listed.
    """

    number: int
    report: dict[str, Any]
    kinds: tuple[KindRow, ...]
    rows: tuple[IssueRow, ...]
    mapped: tuple[tuple[str, str], ...]
    more: int


def read_report(
    report: dict[str, Any], layer: LayerDefinition | None, language: str, *, number: int = 0
) -> LayerReading:
    """Put the report of one layer of a file into words.

    Parameters
    ----------
    number
        Place of the layer in the file; keeps the keys of several layers apart.
    """
    rows = [issue_row(issue, layer, language, key=_key(number, issue)) for issue in report["rows"]]
    listed = rows[:_LISTED]
    return LayerReading(
        number=number,
        report=report,
        kinds=tuple(_kinds(report["issues"], rows, report["rows"])),
        rows=tuple(listed),
        mapped=tuple(_mapped(report["mapping"], layer, language)),
        more=sum(report["issues"].values()) - len(listed),
    )


def issue_row(
    issue: dict[str, Any], layer: LayerDefinition | None, language: str, *, key: str = ""
) -> IssueRow:
    """Put one fault into words."""
    return IssueRow(
        key=key,
        row=issue["row"],
        kind=issue["kind"],
        title=str(kind_words(issue["kind"]).title),
        field=field_title(layer, issue["field"], language),
        value=shown(issue["value"]),
        meaning=str(kind_words(issue["kind"]).meaning),
        message=issue["message"],
        suggestion=issue["suggestion"] or "",
        has_place=bool(issue.get("place")),
    )


def marks_of(report: dict[str, Any], *, number: int = 0) -> Iterator[Mark]:
    """Rows of a report that have a place, each once, told by the gravest of their faults."""
    worst: dict[str, dict[str, Any]] = {}
    for issue in report["rows"]:
        key = _key(number, issue)
        if issue.get("place") and (key not in worst or _gravity(issue) < _gravity(worst[key])):
            worst[key] = issue
    for key, issue in worst.items():
        lon, lat = issue["place"]
        yield Mark(key, (lon, lat), _treatment(issue), str(issue["row"]))


def _key(number: int, issue: dict[str, Any]) -> str:
    return f"{number}-{issue['row']}"


def _gravity(issue: dict[str, Any]) -> int:
    return _ORDER.index(_treatment(issue))


def _treatment(issue: dict[str, Any]) -> str:
    """What was done about a fault; reports of before it was written have it by kind."""
    return issue.get("treatment") or treatment_of(issue["kind"])


def _kinds(
    counts: dict[str, int], rows: list[IssueRow], listed: list[dict[str, Any]]
) -> Iterator[KindRow]:
    done = {kind: treatment_of(kind) for kind in counts}
    for kind in counts:  # a kind of which every row landed all the same set nothing aside
        if {_treatment(issue) for issue in listed if issue["kind"] == kind} == {"warn"}:
            done[kind] = "warn"
        elif done[kind] == "warn" and any(
            issue["kind"] == kind and _treatment(issue) == "quarantine" for issue in listed
        ):
            done[kind] = "quarantine"
    ordered = sorted(counts.items(), key=lambda pair: (
        _ORDER.index(done[pair[0]]), -pair[1], pair[0]
    ))  # fmt: skip
    for kind, count in ordered:
        words, treatment = kind_words(kind), done[kind]
        yield KindRow(
            kind=kind,
            title=str(words.title),
            meaning=str(words.meaning),
            count=count,
            treatment=treatment,
            treatment_title=str(TREATMENTS[treatment]),
            examples=tuple([row for row in rows if row.kind == kind][:_EXAMPLES]),
        )


def _mapped(
    mapping: dict[str, str], layer: LayerDefinition | None, language: str
) -> Iterable[tuple[str, str]]:
    for column, names in mapping.items():
        titles = [field_title(layer, name, language) for name in names.split(", ")]
        yield column, ", ".join(titles)
