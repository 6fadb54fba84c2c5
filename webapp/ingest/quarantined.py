"""One row that was set aside, as a reader sees it: its columns, its faults, its place."""

from __future__ import annotations

from dataclasses import dataclass

from geo_assen.catalogue import LayerDefinition
from geo_assen.services import ImportRecord, QuarantinedRow
from webapp.ingest.reading import IssueRow, issue_row
from webapp.ingest.words import field_title

__all__ = ["CellReading", "RowReading", "read_row"]

_FIRST = 4
"""Columns that stand open besides the faulty ones."""


@dataclass(frozen=True)
class CellReading:
    """One column of a row: as the file has it, and as it was mended.

    Attributes
    ----------
    field
        Title of the field it is read as; empty where it is not used, and not imported.
    mended
        None where it stands as the file has it.
    is_open
        Whether it is shown without asking for all columns.
    in_file
        False for a field that is asked for and that no column of the file fills; ``column``
        is then its name.
    """

    number: int
    column: str
    field: str
    original: str
    mended: str | None
    is_faulty: bool
    is_open: bool
    in_file: bool

    @property
    def says_more(self) -> bool:
        """Whether the title of the field tells more than the name of the column."""
        return self.field.lower() not in ("", self.column.lower())

    @property
    def text(self) -> str:
        """What would be imported."""
        return self.original if self.mended is None else self.mended

    @property
    def has_lines(self) -> bool:
        """Whether one line cannot hold it."""
        return "\n" in self.text or "\r" in self.text


@dataclass(frozen=True)
class RowReading:
    """One row in words."""

    row: QuarantinedRow
    issues: tuple[IssueRow, ...]
    cells: tuple[CellReading, ...]
    is_mended: bool
    place_is_faulty: bool

    @property
    def first_cells(self) -> tuple[CellReading, ...]:
        """What matters: faulty and mended columns, and the first few."""
        return tuple(cell for cell in self.cells if cell.is_open)


def read_row(
    row: QuarantinedRow, record: ImportRecord, layer: LayerDefinition | None, language: str
) -> RowReading:
    """Put a row into words."""
    columns = record.mapping.columns if record.mapping else {}
    titles: dict[str, list[str]] = {}
    for name, column in columns.items():
        titles.setdefault(column, []).append(field_title(layer, name, language))
    named = {issue["field"] for issue in row.issues}
    faulty = {columns.get(name, name) for name in named if name}
    used = [column for column in row.original if column in titles][:_FIRST]
    lacking = [n for n in named if n and n != "geometry" and n not in {*columns, *row.original}]
    lacking = sorted({*lacking, *(row.mended.keys() - row.original.keys())})
    cells = [
        CellReading(
            number=len(row.original) + number,
            column=name,
            field=field_title(layer, name, language),
            original="",
            mended=row.mended.get(name),
            is_faulty=name in named,
            is_open=True,
            in_file=False,
        )
        for number, name in enumerate(lacking)
    ]
    for number, (column, value) in enumerate(row.original.items()):
        mended = row.mended.get(column)
        cells.append(
            CellReading(
                number=number,
                column=column,
                field=", ".join(titles.get(column, [])),
                original="" if value is None else str(value),
                mended=None if mended is None else str(mended),
                is_faulty=column in faulty,
                is_open=column in faulty or mended is not None or column in used,
                in_file=True,
            )
        )
    return RowReading(
        row=row,
        issues=tuple(issue_row(issue, layer, language) for issue in row.issues),
        cells=tuple(sorted(cells, key=lambda cell: not cell.is_faulty)),
        is_mended=bool(row.mended) or row.place_mended,
        place_is_faulty="geometry" in named,
    )
