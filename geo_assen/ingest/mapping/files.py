"""Mapping files: the user's own, and the ready ones beside the layers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import inf, isfinite
from pathlib import Path
from typing import Any, NoReturn

from geo_assen.catalogue import Catalogue, FieldDefinition, LayerDefinition, Words
from geo_assen.errors import FileRefused
from geo_assen.ingest.mapping.definition import Mapping
from geo_assen.ingest.mapping.names import plain

__all__ = ["ReadyMapping", "load_mapping", "load_ready_mappings"]

_KEYS = ("layer", "title", "source", "recognises", "columns", "factors", "values", "constants")
_YES_NO = ("true", "false")


@dataclass(frozen=True)
class ReadyMapping:
    """A mapping for a kind of file that many have, told by its columns.

    Attributes
    ----------
    name
        Name of its file, without the ending.
    title
        What kind of file it is for.
    layer
        Id of the layer it maps to.
    recognises
        Columns that must all be there; each with the other spellings of it that will do.
    columns
        ``(column, fields)``; of several columns for one field the first that a file has
        is taken.
    constants, values, factors
        As in :class:`Mapping`.
    """

    name: str
    title: Words
    layer: str
    recognises: tuple[tuple[str, ...], ...]
    columns: tuple[tuple[str, tuple[str, ...]], ...]
    constants: dict[str, Any] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    factors: dict[str, float] = field(default_factory=dict)

    def recognised_in(self, columns: Iterable[str]) -> bool:
        """Whether a file with these columns is of the kind; case and signs do not matter."""
        there = {plain(column) for column in columns}
        return all(any(plain(name) in there for name in names) for names in self.recognises)

    def fitted(self, columns: Sequence[str]) -> Mapping:
        """The mapping for a file with these columns; what the file does not have is left out."""
        there = {plain(column): column for column in reversed(columns)}
        found: dict[str, str] = {}
        for name, targets in self.columns:
            if plain(name) in there:
                for target in targets:
                    found.setdefault(target, there[plain(name)])
        given = {name: value for name, value in self.constants.items() if name not in found}
        return Mapping(
            columns=found,
            constants=given,
            values={name: texts for name, texts in self.values.items() if name in found},
            factors={name: factor for name, factor in self.factors.items() if name in found},
            certainty=dict.fromkeys([*found, *given], "ready"),
            name=self.name,
        )


def load_mapping(
    path: Path, layer: LayerDefinition, columns: Iterable[str], *, catalogue: Catalogue
) -> Mapping:
    """Read a mapping file of a user.

    Parameters
    ----------
    columns
        Columns of the file to import; the mapping may name no other.
    catalogue
        Knows the codes that values may be translated to.

    Raises
    ------
    FileRefused
        If the file is no mapping for the layer, or names a column, field or code that does
        not exist; with its line, and with what would have been right.
    """
    document = _Document(path)
    stated = document.data.get("layer", layer.id)
    if stated != layer.id:
        document.refuse(f"the mapping is for layer {stated!r}, not for {layer.id!r}", "layer")
    known = list(columns)
    found: dict[str, str] = {}
    for column, targets in document.columns(layer):
        if column not in known:
            document.refuse(
                f"the file to import has no column {column!r}; it has {_listed(known)}", column
            )
        for target in targets:
            if target in found:
                document.refuse(
                    f"field {target!r} is given to column {found[target]!r} and to {column!r}; "
                    f"a field takes one column",
                    column,
                )
            found[target] = column
    constants = document.constants(layer, catalogue)
    both = next((name for name in constants if name in found), None)
    if both is not None:
        document.refuse(f"field {both!r} has both a column and a constant", both)
    return Mapping(
        columns=found,
        constants=constants,
        values=document.values(layer, catalogue),
        factors=document.factors(layer),
        certainty=dict.fromkeys([*found, *constants], "file"),
        name=path.name,
    )


def load_ready_mappings(folder: Path, *, catalogue: Catalogue) -> tuple[ReadyMapping, ...]:
    """Read every ready mapping of a folder, by name; a folder that is not there has none.

    Raises
    ------
    FileRefused
        At the first file that is wrong, with its line.
    """
    return tuple(_load_ready(path, catalogue) for path in sorted(folder.glob("*.toml")))


def _load_ready(path: Path, catalogue: Catalogue) -> ReadyMapping:
    document = _Document(path)
    layer = catalogue.layer(str(document.data.get("layer")))
    if layer is None:
        known = _listed([item.id for item in catalogue])
        document.refuse(f"a ready mapping needs a key 'layer', one of {known}", "layer")
    return ReadyMapping(
        name=path.stem,
        title=document.title(),
        layer=layer.id,
        recognises=document.recognises(),
        columns=tuple(document.columns(layer)),
        constants=document.constants(layer, catalogue),
        values=document.values(layer, catalogue),
        factors=document.factors(layer),
    )


class _Document:
    """A mapping file, and where in it something is said."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._text = path.read_text(encoding="utf-8-sig")
            self.data = tomllib.loads(self._text)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise FileRefused(path, f"the mapping cannot be read: {error}.") from error
        unknown = next((key for key in self.data if key not in _KEYS), None)
        if unknown is not None:
            self.refuse(f"unknown key {unknown!r}; a mapping knows {_listed(_KEYS)}", unknown)
        if not isinstance(self.data.get("source", ""), str):
            self.refuse("'source' must be a text", "source")

    def refuse(self, reason: str, key: str) -> NoReturn:
        """Refuse the file, at the line where a key first stands."""
        pattern = re.compile(rf'(^|[\s."\'{{\[]){re.escape(key)}(["\'\]\s.=,]|$)')
        lines = enumerate(self._text.splitlines(), start=1)
        at = next((number for number, line in lines if pattern.search(line)), 1)
        raise FileRefused(self.path, f"line {at}: {reason}.")

    def title(self) -> Words:
        """Title in both languages."""
        title = self.data.get("title")
        if not isinstance(title, dict) or {"nl", "en"} != {k for k, v in title.items() if v}:
            self.refuse("a ready mapping needs a title in nl and in en", "title")
        return Words(nl=str(title["nl"]), en=str(title["en"]))

    def recognises(self) -> tuple[tuple[str, ...], ...]:
        """Columns a file is known by, each with its other spellings."""
        stated = self.data.get("recognises")
        told = stated if isinstance(stated, list) else []
        names = [[item] if isinstance(item, str) else item for item in told]
        if not names or not all(_texts(item) for item in names):
            self.refuse("a ready mapping needs 'recognises', a list of columns", "recognises")
        return tuple(tuple(item) for item in names)

    def columns(self, layer: LayerDefinition) -> list[tuple[str, tuple[str, ...]]]:
        """``(column, fields)`` in the order of the file."""
        table = self.data.get("columns")
        if not isinstance(table, dict) or not all(
            isinstance(targets, str) or _texts(targets) for targets in table.values()
        ):
            self.refuse('a mapping needs a table [columns] of "column" = "field"', "columns")
        found = []
        for column, targets in table.items():
            names = (targets,) if isinstance(targets, str) else tuple(targets)
            for name in names:
                self._field(layer, name)
            found.append((column, names))
        return found

    def factors(self, layer: LayerDefinition) -> dict[str, float]:
        """``{field: factor}``."""
        found: dict[str, float] = {}
        for name, factor in self._table("factors").items():
            definition = self._field(layer, name)
            if definition.type not in ("number", "integer"):
                self.refuse(f"field {name!r} is no number and takes no factor", name)
            if (
                isinstance(factor, bool)
                or not isinstance(factor, int | float)
                or not 0 < factor < inf
            ):
                self.refuse(f"the factor of {name!r} must be a number above 0", name)
            found[name] = factor
        return found

    def values(self, layer: LayerDefinition, catalogue: Catalogue) -> dict[str, dict[str, str]]:
        """``{field: {text in the file: value of ours}}``."""
        found: dict[str, dict[str, str]] = {}
        for name, texts in self._table("values").items():
            definition = self._field(layer, name)
            if not isinstance(texts, dict):
                self.refuse(f'[values.{name}] must be a table of "text" = "value"', name)
            for text, value in texts.items():
                shown = str(value).lower() if isinstance(value, bool) else value
                if not isinstance(shown, str):
                    self.refuse(f"the value for {text!r} must be a text", text)
                if shown:
                    self._code(definition, shown, catalogue, text)
                found.setdefault(name, {})[text] = shown
        return found

    def constants(self, layer: LayerDefinition, catalogue: Catalogue) -> dict[str, Any]:
        """``{field: value}``; a date becomes ISO text."""
        found: dict[str, Any] = {}
        for name, value in self._table("constants").items():
            definition = self._field(layer, name)
            if isinstance(value, list) and definition.type != "set":
                self.refuse(f"the constant of {name!r} must be one value", name)
            for item in value if isinstance(value, list) else [value]:
                self._constant(definition, item)
                self._code(definition, item, catalogue, name)
            found[name] = value.isoformat() if isinstance(value, date) else value
        return found

    def _table(self, key: str) -> dict[str, Any]:
        table = self.data.get(key, {})
        if not isinstance(table, dict):
            self.refuse(f"{key!r} must be a table", key)
        return table

    def _field(self, layer: LayerDefinition, name: str) -> FieldDefinition:
        definition = layer.importable(name)
        if definition is not None:
            return definition
        fields = [item.name for item in layer.importable_fields]
        if layer.named(name) is not None:
            self.refuse(
                f"field {name!r} of layer {layer.id!r} is computed and cannot be imported; "
                f"there are {_listed(fields)}",
                name,
            )
        self.refuse(f"layer {layer.id!r} has no field {name!r}; it has {_listed(fields)}", name)

    def _constant(self, definition: FieldDefinition, value: Any) -> None:
        """Refuse what is no single value, or no number where one is needed."""
        name = definition.name
        number = isinstance(value, int | float) and not isinstance(value, bool)
        endless = isinstance(value, float) and not isfinite(value)
        if endless or not isinstance(value, str | int | float | date):
            self.refuse(f"the constant of {name!r} must be a text, number, date or yes/no", name)
        if definition.type in ("number", "integer") and not number:
            self.refuse(f"the constant of {name!r} must be a number", name)

    def _code(
        self, definition: FieldDefinition, value: Any, catalogue: Catalogue, key: str
    ) -> None:
        """Refuse what cannot be a value of the field."""
        codes = catalogue.codes_of(definition)
        if codes is not None and value not in codes.values:
            self.refuse(
                f"{value!r} is no code of {definition.name!r}; use one of {_listed(codes.values)}",
                key,
            )
        if definition.type == "boolean" and str(value).lower() not in _YES_NO:
            self.refuse(f"{definition.name!r} is yes or no: write true or false", key)
        if definition.type == "date" and not _is_date(value):
            self.refuse(f"{value!r} is no date; write it like 2026-03-01", key)


def _is_date(value: Any) -> bool:
    if isinstance(value, date):
        return True
    try:
        return bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
