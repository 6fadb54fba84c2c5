"""Which column of a file is which field of a layer."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from geo_assen.catalogue import LayerDefinition
from geo_assen.errors import FileRefused

__all__ = ["guess_mapping", "load_mapping"]


def guess_mapping(layer: LayerDefinition, columns: Iterable[str]) -> dict[str, str]:
    """Map columns to fields by name, alias or title in either language.

    Returns
    -------
    ``{column: field}``; columns that no field answers to are left out. A field is given
    once, to the column that fits best: its own name before an alias before a title.
    """
    wanted: dict[str, str] = {}
    for names in _names_by_strength(layer):
        for name, target in names:
            wanted.setdefault(_plain(name), target)
    mapping: dict[str, str] = {}
    own_name_first = sorted(columns, key=lambda column: layer.named(column) is None)
    for column in own_name_first:
        field = wanted.get(_plain(column))
        if field is not None and field not in mapping.values():
            mapping[column] = field
    return mapping


def load_mapping(path: Path, layer: LayerDefinition, columns: Iterable[str]) -> dict[str, str]:
    """Read a mapping file: a table ``[columns]`` with ``"column of the file" = "field"``.

    Raises
    ------
    FileRefused
        If the file is no such table, or names a column or field that does not exist.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FileRefused(path, f"the mapping cannot be read: {error}.") from error
    mapping = document.get("columns")
    if not isinstance(mapping, dict) or not all(isinstance(v, str) for v in mapping.values()):
        raise FileRefused(path, 'a mapping needs a table [columns] of "column" = "field".')
    known = set(columns)
    fields = {field.name for field in layer.stored_fields}
    for column, field in mapping.items():
        if column not in known:
            raise FileRefused(path, f"the file to import has no column {column!r}.")
        if field not in fields:
            raise FileRefused(path, f"layer {layer.id!r} has no field {field!r}.")
    return dict(mapping)


def _names_by_strength(layer: LayerDefinition) -> Iterable[list[tuple[str, str]]]:
    fields = layer.stored_fields
    yield [(field.name, field.name) for field in fields]
    yield [(alias, field.name) for field in fields for alias in field.aliases]
    yield [(text, field.name) for field in fields for text in (field.title.nl, field.title.en)]


def _plain(name: str) -> str:
    """Name without case, accents, spaces and signs."""
    letters = unicodedata.normalize("NFKD", name.lower())
    return "".join(letter for letter in letters if letter.isalnum())


def unmapped(mapping: Mapping[str, str], columns: Iterable[str]) -> list[str]:
    """List columns that no field takes."""
    return [column for column in columns if column not in mapping]
