"""Rows as a reader sees them: titles, units and code words in the reader's language.

The table of a page, the table drawer, the card and the map's labels all take their texts
from here, so that one value reads the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo_assen.catalogue import Catalogue, FieldDefinition, LayerDefinition
from geo_assen.export import LayerRows, collection, lonlat_geojson, plain_value, records
from geo_assen.units import format_about, format_date, format_quantity

__all__ = ["Column", "Reading", "Row", "map_collection", "read_rows", "shown_value"]

_DECIMALS = 6
"""Digits of a degree on the map: a tenth of a metre, finer than a pixel at any zoom."""

_NOT_SHOWN = {"source_code", "source_name", "source_date", "certainty", "illustrative_fields"}
_FIRST = ("name", "status", "status_since", "vacancy_class", "vacant_since")


@dataclass(frozen=True)
class Column:
    """One column of a table for readers."""

    name: str
    title: str
    numeric: bool


@dataclass(frozen=True)
class Row:
    """One record in words.

    Attributes
    ----------
    name
        What the record is called; empty where it has no name.
    title
        Its name, or its key where it has none.
    cells
        Text by column; empty where nothing is known.
    source
        Name and date of the source; empty where the record names none.
    certainty, certainty_title
        Code and word of how sure it is; empty where the record does not say.
    """

    key: str
    name: str
    title: str
    cells: tuple[str, ...]
    source: str
    certainty: str
    certainty_title: str


@dataclass(frozen=True)
class Reading:
    """Rows of a layer in words, with what must be said about them as a whole."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: int
    present_attributes: bool

    @property
    def is_cut(self) -> bool:
        """Whether more records exist than are listed."""
        return self.total > len(self.rows)

    @property
    def certainties(self) -> tuple[tuple[str, str], ...]:
        """Each certainty that occurs, as code and word."""
        return tuple(
            dict.fromkeys((r.certainty, r.certainty_title) for r in self.rows if r.certainty)
        )

    def text(self, row: Row, *names: str) -> str:
        """Texts of some columns of a row, those that are there, with commas between."""
        places = {column.name: index for index, column in enumerate(self.columns)}
        return ", ".join(
            row.cells[places[name]] for name in names if name in places and row.cells[places[name]]
        )

    def figures(self, row: Row, names: Iterable[str]) -> list[tuple[str, str]]:
        """Title and text of some columns of a row; a text is empty where nothing is known."""
        titles = {column.name: column.title for column in self.columns}
        return [(titles[name], self.text(row, name)) for name in names if name in titles]

    @property
    def source_names(self) -> tuple[str, ...]:
        """Each source that occurs, in order of appearance."""
        return tuple(dict.fromkeys(r.source for r in self.rows if r.source))


def read_rows(
    rows: LayerRows,
    catalogue: Catalogue,
    language: str,
    *,
    most_columns: int | None = None,
) -> Reading:
    """Put rows of a layer into words.

    Parameters
    ----------
    most_columns
        Columns at most, the weightiest first; None: all that hold a value.
    """
    found = list(records(rows))
    fields = _ordered(rows.layer, rows.fields)
    fields = [f for f in fields if any(record.get(f.name) is not None for record in found)]
    fields = fields[:most_columns]
    return Reading(
        columns=tuple(Column(f.name, f.title.of(language), _is_numeric(f)) for f in fields),
        rows=tuple(_row(rows, fields, record, catalogue, language) for record in found),
        total=rows.total,
        present_attributes=rows.present_attributes,
    )


def map_collection(
    rows: LayerRows, catalogue: Catalogue, language: str, *, labels: Sequence[str] | None = None
) -> Iterator[str]:
    """Write rows as the map draws them: geometry, class and label, with the words beside.

    The member ``view`` holds columns and rows in the order of the features; the card and
    the table drawer show those texts as they are.

    Parameters
    ----------
    labels
        What the map writes on each row; None: its name.
    """
    layer = rows.layer
    reading = read_rows(rows, catalogue, language, most_columns=10)
    drawn = [layer.legend.field, layer.legend.width_field] if layer.legend else []
    shapes = rows.geometries
    texts = [] if shapes is None else lonlat_geojson(shapes, _DECIMALS)
    said = [{"title": row.name} for row in reading.rows]
    if labels is not None:
        said = [one | {"label": text} for one, text in zip(said, labels, strict=True)]
    features = (
        (
            row.key,
            told | {n: plain_value(value) for n, value in zip(drawn, values, strict=True) if n},
            text,
        )
        for row, told, text, values in zip(
            reading.rows, said, texts, _values(rows, drawn), strict=True
        )
    )
    members = {
        "numberMatched": rows.total,
        "numberReturned": len(reading.rows),
        "as_of": rows.as_of.isoformat(),
        "view": _view_member(layer, reading),
    }
    return collection(features, members)


def shown_value(field: FieldDefinition, value: Any, catalogue: Catalogue, language: str) -> str:
    """Write one value for a reader; empty where it is missing."""
    return _shown_plain(field, plain_value(value), catalogue, language)


def _shown_plain(field: FieldDefinition, value: Any, catalogue: Catalogue, language: str) -> str:
    codes = catalogue.codes_of(field)
    if value is None:
        return ""
    if codes is not None:
        values = value if isinstance(value, list) else [value]
        return ", ".join(codes.title(item, language) for item in values)
    if field.type == "date" and isinstance(value, str):
        value = date.fromisoformat(value)
    write = format_about if field.is_modelled_count else format_quantity
    return write(value, field.unit, language)


def _view_member(layer: LayerDefinition, reading: Reading) -> dict[str, Any]:
    return {
        "columns": [[c.name, c.title, c.numeric] for c in reading.columns],
        "rows": [
            [r.title, list(r.cells), r.source, r.certainty, r.certainty_title] for r in reading.rows
        ],
        "card": list(layer.card),
        "source": "; ".join(reading.source_names[:2]) or layer.source.publisher,
        "certainties": [list(pair) for pair in reading.certainties],
        "present_attributes": reading.present_attributes,
        "licence": layer.source.licence,
    }


def _values(rows: LayerRows, names: list[str | None]) -> Iterator[tuple[Any, ...]]:
    columns = [
        rows.frame[name] if name in rows.frame else [None] * len(rows.frame) for name in names
    ]
    return zip(*columns, strict=True) if columns else iter([()] * len(rows.frame))


def _row(
    rows: LayerRows,
    fields: list[FieldDefinition],
    record: dict[str, Any],
    catalogue: Catalogue,
    language: str,
) -> Row:
    layer = rows.layer
    key = str(record.get(layer.key) or "")
    name = str(record.get(layer.label) or "")
    certainty = str(record.get("certainty") or "")
    return Row(
        key=key,
        name=name,
        title=name or key,
        cells=tuple(
            _named(f, record.get(f.name), rows.names)
            or _shown_plain(f, record.get(f.name), catalogue, language)
            for f in fields
        ),
        source=_source(record, language),
        certainty=certainty,
        certainty_title=catalogue.codes["certainty"].title(certainty, language)
        if certainty and "certainty" in catalogue.codes
        else certainty,
    )


def _named(
    field: FieldDefinition, value: Any, names: Mapping[str, Mapping[str, str]]
) -> str | None:
    """Name of the record that a field refers to, where it is known."""
    return names.get(field.refers_to or "", {}).get(value) if isinstance(value, str) else None


def _source(record: dict[str, Any], language: str) -> str:
    name, day = record.get("source_name"), record.get("source_date")
    said = format_date(date.fromisoformat(day), language) if day else ""
    return ", ".join(filter(None, (name, said)))


def _ordered(layer: LayerDefinition, fields: tuple[FieldDefinition, ...]) -> list[FieldDefinition]:
    """Fields by weight for a reader: the name, what the legend tells, the card, the rest."""
    legend = [layer.legend.field] if layer.legend and layer.legend.field else []
    first = [layer.label, *legend, *_FIRST, *layer.card]
    place = {name: index for index, name in reversed(list(enumerate(first)))}
    shown = [f for f in fields if f.name not in _NOT_SHOWN or layer.geometry == "none"]
    return sorted(shown, key=lambda f: place.get(f.name, len(first)))


def _is_numeric(field: FieldDefinition) -> bool:
    return field.type in {"number", "integer"}
