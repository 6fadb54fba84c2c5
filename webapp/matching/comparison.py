"""Sites beside each other in words: one column a site, one line a constraint, wish or fact.

In: a ranking (or none), and the rows of the sites as a reader sees them. Out: blocks of
lines whose cells say what the value is, what it answers and which is the best of its line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from geo_assen.catalogue import Catalogue, FieldDefinition
from geo_assen.errors import NotFound
from geo_assen.matching import (
    ConstraintResult,
    CriterionResult,
    Ranking,
    Result,
    Verdict,
    reasons,
    short_reason,
)
from geo_assen.services import is_unknown_when_empty
from geo_assen.units import format_about, format_number, format_quantity
from webapp.maps import Reading
from webapp.maps.reading import Row, shown_value

__all__ = ["Block", "Cell", "Column", "Line", "columns_of", "fact_block", "need_blocks"]

_MOST_RANKED = 1000
"""Places in a ranking that are looked at for the rank of a site."""
_NO_FACTS = frozenset({"id", "name"})
_ASKS_LESS = frozenset({"max", "max_m", "max_minutes"})
_ASKS_MORE = frozenset({"min"})


@dataclass(frozen=True)
class Cell:
    """What one line says of one site.

    Attributes
    ----------
    note
        What the value is worth, below it.
    verdict
        ``pass``, ``unknown`` or ``fail`` of a constraint; empty elsewhere.
    worth
        By which the best of a line is found, the largest first; None where it cannot be.
    is_best
        Whether no other site of the line is better, and some are worse.
    """

    text: str
    note: str = ""
    verdict: str = ""
    worth: float | None = None
    is_best: bool = False


@dataclass(frozen=True)
class Line:
    """One line of the table, a cell for each column."""

    title: str
    asked: str
    cells: tuple[Cell, ...]

    @property
    def differs(self) -> bool:
        """Whether the sites are not all the same here."""
        return len({(cell.text, cell.note, cell.verdict) for cell in self.cells}) > 1


@dataclass(frozen=True)
class Block:
    """Lines under one heading."""

    title: str
    lines: tuple[Line, ...]

    @property
    def differs(self) -> bool:
        """Whether any line tells the sites apart."""
        return any(line.differs for line in self.lines)


@dataclass(frozen=True)
class Column:
    """One site of the comparison.

    Attributes
    ----------
    result
        What matching says of it; None without a need, or where the need does not look at
        this kind of site.
    rank
        Place in the ranking from 1; None where it is not listed.
    place, status
        Park and street, and what can be had of it, in words.
    badge
        Why it stands in its group, in a few words; empty without a need.
    """

    row: Row
    place: str
    status: str
    result: Result | None
    rank: int | None
    badge: str

    @property
    def id(self) -> str:
        """Id of the site."""
        return self.row.key


def columns_of(
    reading: Reading, ids: Sequence[str], ranking: Ranking | None, language: str
) -> tuple[Column, ...]:
    """Columns of some sites, in the order asked; ids without a row are left out."""
    rows = {row.key: row for row in reading.rows}
    ranks = _ranks(ranking)
    return tuple(
        _column(reading, rows[site_id], ranking, ranks.get(site_id), language)
        for site_id in ids
        if site_id in rows
    )


def need_blocks(
    columns: Sequence[Column], ranking: Ranking, catalogue: Catalogue, language: str
) -> tuple[Block, ...]:
    """What the need says of the sites: the verdict, what must hold, what is wished."""
    told = _Told(ranking, catalogue, language)
    blocks = (
        Block(_("Verdict"), _verdict_lines(columns, ranking, language)),
        Block(_("Must"), tuple(_lines(columns, lambda r: r.constraints, told.constraint))),
        Block(_("Wishes"), tuple(_lines(columns, lambda r: r.criteria, told.criterion))),
    )
    return tuple(block for block in blocks if block.lines)


def fact_block(columns: Sequence[Column], reading: Reading, catalogue: Catalogue) -> Block:
    """Everything that is recorded of the sites, field by field."""
    fields = {f.name: f for f in catalogue.layers["sites"].field}
    kinds = [column.id.partition(":")[0] for column in columns]
    lines = tuple(
        Line(
            heading.title,
            "",
            tuple(
                Cell(column.row.cells[place] or _missing(fields[heading.name], kind))
                for column, kind in zip(columns, kinds, strict=True)
            ),
        )
        for place, heading in enumerate(reading.columns)
        if heading.name not in _NO_FACTS and any(c.row.cells[place] for c in columns)
    )
    return Block(_("Facts"), lines)


def _score_words(result: Result, language: str) -> str:
    """Score in percent, with its interval where something is unknown; empty without wishes."""
    if not result.criteria:
        return ""
    low, score, high = (
        format_number(part * 100, language)
        for part in (result.score_low, result.score, result.score_high)
    )
    return f"{score} %" if low == high else f"{score} % ({low}–{high})"


def _missing(field: FieldDefinition, kind: str) -> str:
    if is_unknown_when_empty(field, kind):
        return _("unknown")
    return "–" if kind in field.sites else _("does not apply")


def _ranks(ranking: Ranking | None) -> dict[str, int]:
    listed = ranking.top(_MOST_RANKED) if ranking else ()
    return {result.id: rank for rank, result in enumerate(listed, start=1)}


def _column(
    reading: Reading, row: Row, ranking: Ranking | None, rank: int | None, language: str
) -> Column:
    place, status = reading.text(row, "park", "street"), reading.text(row, "status")
    if ranking is None:
        return Column(row, place, status, None, None, "")
    try:
        result = ranking.find(row.key)
    except NotFound:
        told = _("the need does not look at this kind of site")
        return Column(row, place, status, None, None, told)
    badge = short_reason(result, language, ranking, on_screen=True)
    return Column(row, place, status, result, rank, badge)


def _verdict_lines(
    columns: Sequence[Column], ranking: Ranking, language: str
) -> tuple[Line, ...]:
    listed = sum(ranking.counts[name] for name in ("pass", "unknown", "fail_listed"))
    total = format_number(listed, language)
    ranks = [
        Cell(
            _("%(rank)s of %(total)s", rank=column.rank, total=total),
            worth=-float(column.rank),
        )
        if column.rank
        else Cell(_("not listed") if column.result else _not_looked_at())
        for column in columns
    ]
    verdicts = [
        Cell(c.badge, verdict=c.result.verdict.value if c.result else "") for c in columns
    ]
    scores = [
        Cell(_score_words(c.result, language), worth=_score_worth(c.result))
        if c.result and c.result.criteria
        else Cell("–")
        for c in columns
    ]
    lines = [Line(_("Rank"), "", _marked(ranks)), Line(_("Verdict"), "", tuple(verdicts))]
    if any(c.result and c.result.criteria for c in columns):
        lines.append(Line(_("Score"), "", _marked(scores)))
    return tuple(lines)


def _score_worth(result: Result) -> float | None:
    """Score of a site that may still fit: the best score of one that fails helps nobody."""
    return None if result.verdict is Verdict.FAIL else result.score


def _lines(
    columns: Sequence[Column],
    parts_of: Callable[[Result], Sequence[Any]],
    tell: Callable[[Result, Any], tuple[str, str, Cell]],
) -> Iterable[Line]:
    """Lines of constraints or criteria; a number tells apart those of the same name."""
    told = [
        {} if c.result is None else _numbered(c.result, parts_of(c.result), tell) for c in columns
    ]
    for key in dict.fromkeys(key for cells in told for key in cells):
        title, asked, _cell = next(cells[key] for cells in told if key in cells)
        cells = [
            found[key][2]
            if key in found
            else Cell(_("does not apply") if column.result else _not_looked_at())
            for column, found in zip(columns, told, strict=True)
        ]
        yield Line(title, asked, _marked(cells))


def _numbered(
    result: Result,
    parts: Sequence[Any],
    tell: Callable[[Result, Any], tuple[str, str, Cell]],
) -> dict[tuple[str, int], tuple[str, str, Cell]]:
    told: dict[tuple[str, int], tuple[str, str, Cell]] = {}
    for part in parts:
        number = sum(1 for name, _number in told if name == part.name)
        told[part.name, number] = tell(result, part)
    return told


def _marked(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Mark the best of a line; where all are worth the same, none is best."""
    worths = [cell.worth for cell in cells if cell.worth is not None]
    if not worths or min(worths) == max(worths):
        return tuple(cells)
    best = max(worths)
    return tuple(replace(cell, is_best=cell.worth == best) for cell in cells)


def _not_looked_at() -> str:
    return _("not looked at")


class _Told:
    """Constraints and criteria of one ranking in the reader's language."""

    def __init__(self, ranking: Ranking, catalogue: Catalogue, language: str) -> None:
        self.ranking, self.catalogue, self.language = ranking, catalogue, language

    def constraint(self, result: Result, part: ConstraintResult) -> tuple[str, str, Cell]:
        """Title of a constraint, what it asks, and what the site answers."""
        if part.verdict is Verdict.UNKNOWN:
            text = self._why_unknown(result, part)
        elif part.name.startswith("inside:"):
            metres = self._value(part.name, part.value or 0, "m")
            is_inside = part.verdict is Verdict.PASS
            text = _("inside") if is_inside else _("%(metres)s outside", metres=metres)
        else:
            text = self._found(part.name, part.value, part.unit)
        cell = Cell(text, verdict=part.verdict.value, worth=_worth(part))
        return self._title(part.name), self._asked(part), cell

    def criterion(self, result: Result, part: CriterionResult) -> tuple[str, str, Cell]:
        """Title of a criterion, its share of the score, and what the site brings in."""
        weight = sum(float(item.weight) for item in result.criteria) or 1.0
        most, got = (format_number(n / weight * 100, self.language)
                     for n in (float(part.weight), part.contribution))  # fmt: skip
        points = _("%(points)s of %(most)s points", points=got, most=most)
        if part.desirability is None:
            return self._title(part.name), "", Cell(
                _("unknown"), note=_("%(points)s, counts for half", points=points)
            )
        text = self._found(part.name, part.value, part.unit)
        return self._title(part.name), "", Cell(text, note=points, worth=part.desirability)

    def _field(self, name: str) -> FieldDefinition | None:
        subject, colon, told = name.partition(":")
        if colon:
            return self.ranking.fields.get(f"distance_to_{told}_m") if subject == "near" else None
        return self.ranking.fields.get("status" if name == "availability" else name)

    def _title(self, name: str) -> str:
        if name == "availability":
            return _("Availability")
        field = self._field(name)
        if field:
            return field.title.of(self.language)
        subject, colon, told = name.partition(":")
        if not colon:
            return name
        if subject == "near":
            return _("Distance to the chosen point")
        return _("Inside the drawn area") if told == "polygon" else _("Inside %(area)s", area=told)

    def _found(self, name: str, value: Any, unit: str | None) -> str:
        """Value that a site has; what a model counted is rounded, unlike what is asked."""
        field = self._field(name)
        if field is not None and field.is_modelled_count:
            return format_about(value, unit, self.language)
        return self._value(name, value, unit)

    def _value(self, name: str, value: Any, unit: str | None) -> str:
        if isinstance(value, (list, tuple)):
            return ", ".join(self._value(name, item, unit) for item in value)
        field = self._field(name)
        if field is None or field.type in {"number", "integer"}:
            return format_quantity(value, unit, self.language)
        return shown_value(field, value, self.catalogue, self.language)

    def _asked(self, part: ConstraintResult) -> str:
        if part.limit is None or part.name.startswith("inside:"):
            return ""
        if not isinstance(part.limit, Mapping):
            return self._value(part.name, part.limit, part.unit)
        words = []
        for operator, value in part.limit.items():
            text = self._value(part.name, value, part.unit)
            if operator in {"min", "at_least"}:
                text = _("at least %(value)s", value=text)
            elif operator in _ASKS_LESS:
                text = _("at most %(value)s", value=text)
            words.append(text)
        return ", ".join(words)

    def _why_unknown(self, result: Result, part: ConstraintResult) -> str:
        """What the sentence about an open constraint says behind its name."""
        failing = sum(c.verdict is Verdict.FAIL for c in result.constraints)
        opened = [c for c in result.constraints if c.verdict is Verdict.UNKNOWN]
        told = reasons(result, self.language, self.ranking)[1 + failing :]
        return told[opened.index(part)].partition(": ")[2] or _("unknown")


def _worth(part: ConstraintResult) -> float | None:
    """How far a passing number lies on the asked side; None where no side is asked."""
    limit = part.limit if isinstance(part.limit, Mapping) else {}
    is_number = isinstance(part.value, (int, float)) and not isinstance(part.value, bool)
    if len(limit) != 1 or not is_number or part.verdict is not Verdict.PASS:
        return None
    operator = next(iter(limit))
    if operator in _ASKS_LESS:
        return -float(part.value)
    return float(part.value) if operator in _ASKS_MORE else None
