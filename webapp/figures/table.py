"""Tables of figures: one structure for the page, its chart and the file, so that they agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd
from flask_babel import gettext as _

from geo_assen.catalogue import FieldDefinition, LayerDefinition, Words
from geo_assen.catalogue.definition import FieldType
from geo_assen.export import LayerRows
from geo_assen.units import format_date, format_number, hectares
from webapp.language import current_language

__all__ = ["Column", "Table", "ha", "shown"]

_NUMERIC = frozenset({"m2", "ha", "years", "eur_m2", "share", "count", "year"})
_TYPES: Mapping[str, FieldType] = {
    "m2": "integer", "ha": "integer", "years": "number", "eur_m2": "number",
    "share": "number", "count": "integer", "year": "integer", "date": "date", "flag": "boolean",
}  # fmt: skip
_WHOLE = frozenset({"m2", "ha", "count", "year"})


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    unit
        Of its values: m2, ha, years, eur_m2, share, count, year, date, flag or text. A value
        of either m2 or ha is an area in m², and a file has it so; a reader sees whole m², or
        hectares.
    words
        What a reader sees in the place of a code.
    shown
        Whether it stands on the page; a file has it all the same.
    missing
        What stands for a value that there is not; None: a dash.
    """

    name: str
    title: str
    unit: str = "text"
    words: Mapping[str, str] = field(default_factory=dict)
    shown: bool = True
    missing: str | None = None

    @property
    def numeric(self) -> bool:
        """Whether its cells are numbers, written to the right."""
        return self.unit in _NUMERIC

    def cell(self, value: Any) -> str:
        """Write a value for a reader."""
        if value is None:
            return "–" if self.missing is None else self.missing
        return self.words.get(value, value) if self.words else shown(value, self.unit)


@dataclass(frozen=True)
class Table:
    """Rows of figures, each a value a column; None: there is none.

    Attributes
    ----------
    id
        Name in addresses.
    caption
        What it tells, with its date.
    total
        A last row that no file has: it would be counted twice.
    certainties
        Certainty of each row, as codes with commas between.
    """

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    certainties: tuple[str, ...]
    total: tuple[Any, ...] | None = None

    @property
    def shown_columns(self) -> tuple[Column, ...]:
        """Columns that stand on the page."""
        return tuple(column for column in self.columns if column.shown)

    @property
    def cells(self) -> tuple[tuple[str, ...], ...]:
        """Rows in words, of the columns that stand on the page."""
        return tuple(self._written(row) for row in self.rows)

    @property
    def total_cells(self) -> tuple[str, ...] | None:
        """Last row in words."""
        return None if self.total is None else self._written(self.total)

    def values(self, name: str) -> tuple[Any, ...]:
        """Values of one column."""
        at = [column.name for column in self.columns].index(name)
        return tuple(row[at] for row in self.rows)

    def records(self) -> list[dict[str, Any]]:
        """Each row as values by column."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]

    def layer_rows(
        self, like: LayerDefinition, as_of: date, known_at: date | None, *, of: str
    ) -> LayerRows:
        """Rows for a file; the date and the state of knowledge stand in each.

        Parameters
        ----------
        like
            Layer whose publisher and licence the figures have.
        of
            Page that the table belongs to; with its id it names the layer of the file.
        """
        asked = [("as_of", "date", as_of), ("known_at", "date", known_at)]
        data = {
            column.name: pd.Series(self.values(column.name), dtype=_series_type(column.unit))
            for column in self.columns
        }
        data |= {name: pd.Series([day] * len(self.rows), dtype=object) for name, _u, day in asked}
        frame = pd.DataFrame(data).assign(
            source_name=like.source.publisher,
            certainty=list(self.certainties),
            licence=like.source.licence,
        )
        fields = [_field(column.name, column.title, column.unit) for column in self.columns]
        fields += [_field(name, name, unit) for name, unit, _day in asked]
        layer = like.model_copy(
            update={"id": f"{of}-{self.id}", "title": _both(self.caption), "geometry": "none"}
        )
        return LayerRows(layer, tuple(fields), frame, len(frame), as_of)

    def _written(self, row: tuple[Any, ...]) -> tuple[str, ...]:
        return tuple(
            column.cell(value)
            for column, value in zip(self.columns, row, strict=True)
            if column.shown
        )


def shown(value: Any, unit: str) -> str:
    """Write a value of a unit of :class:`Column` for a reader."""
    language = current_language()
    writers: Mapping[str, Callable[[Any], str]] = {
        "m2": lambda area_m2: format_number(round(area_m2), language),
        "ha": lambda area_m2: ha(area_m2, 2),
        "years": lambda years: format_number(years, language, 1),
        "share": lambda share: format_number(share * 100, language, 1),
        "eur_m2": lambda price: format_number(price, language, 2),
        "count": lambda count: format_number(count, language),
        "date": lambda day: format_date(day, language),
        "flag": lambda flag: _("yes") if flag else _("no"),
    }
    return writers.get(unit, str)(value)


def ha(area_m2: float, decimals: int = 1) -> str:
    """Hectares of an area as a bare number."""
    # a hair below zero is none
    return format_number(round(hectares(area_m2), decimals) + 0.0, current_language(), decimals)


def _series_type(unit: str) -> str:
    if unit in _WHOLE:
        return "Int64"
    return "float64" if _TYPES.get(unit) == "number" else "object"


def _field(name: str, title: str, unit: str) -> FieldDefinition:
    kind = _TYPES.get(unit, "text")
    return FieldDefinition.model_construct(name=name, title=_both(title), type=kind)


def _both(text: str) -> Words:
    """Words that are in the language of the reader already."""
    return Words(nl=text, en=text)
