"""What a mapping says, and how it is written down."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Certainty", "Mapping"]

Certainty = Literal["name", "alias", "title", "values", "file", "ready"]
"""Why a column was taken for a field: its name, another name of the field, its title, the
values in it, a mapping file, or a ready mapping."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Mapping:
    """Which column of a file is which field of a layer, and what is done to its values.

    Attributes
    ----------
    columns
        ``{field: column of the file}``; one column may serve several fields.
    constants
        ``{field: value that every row gets}``; a date is ISO text, a set a list of codes.
    values
        ``{field: {text in the file: value of ours}}``; "" makes the cell empty. Texts are
        compared without case and outer blanks. The text "" is an empty cell, ``*`` any text
        that is not listed; without them what is not listed is read as it stands.
    factors
        ``{field: what its number is multiplied by}``, such as 10000 for hectares.
    certainty
        ``{field: why}``, see :data:`Certainty`; shown for approval.
    name
        Name of the ready mapping or the file it comes from; None: guessed.
    """

    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    factors: dict[str, float] = field(default_factory=dict)
    certainty: dict[str, Certainty] = field(default_factory=dict)
    name: str | None = None

    def document(self) -> dict[str, Any]:
        """The mapping as JSON carries it; :meth:`from_document` reads it again."""
        return {
            "name": self.name,
            "columns": dict(self.columns),
            "constants": dict(self.constants),
            "values": {name: dict(texts) for name, texts in self.values.items()},
            "factors": dict(self.factors),
            "certainty": dict(self.certainty),
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Mapping:
        """Mapping that :meth:`document` wrote."""
        return cls(
            columns=dict(document["columns"]),
            constants=dict(document["constants"]),
            values={name: dict(texts) for name, texts in document["values"].items()},
            factors=dict(document["factors"]),
            certainty=dict(document["certainty"]),
            name=document["name"],
        )

    def by_column(self) -> dict[str, str]:
        """``{column: field}``; several fields of one column are joined by ", "."""
        joined: dict[str, str] = {}
        for name, column in self.columns.items():
            joined[column] = f"{joined[column]}, {name}" if column in joined else name
        return joined

    def to_toml(self, layer: str) -> str:
        """The mapping as a file that :func:`load_mapping` reads.

        Parameters
        ----------
        layer
            Id of the layer it is for.
        """
        parts = [f"layer = {_text(layer)}\n"]
        by_column = {
            column: names[0] if len(names := joined.split(", ")) == 1 else names
            for column, joined in self.by_column().items()
        }
        parts.append(_table("columns", by_column))
        parts += [
            _table(name, table)
            for name, table in [("factors", self.factors), ("constants", self.constants)]
            if table
        ]
        parts += [_table(f"values.{name}", texts) for name, texts in self.values.items() if texts]
        return "\n".join(parts)


def _table(name: str, entries: dict[str, Any]) -> str:
    lines = [f"{_key(key)} = {_value(value)}\n" for key, value in entries.items()]
    return f"[{name}]\n" + "".join(lines)


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list):
        return f"[{', '.join(_value(item) for item in value)}]"
    return _text(str(value))


def _text(text: str) -> str:
    """Basic string of TOML; its escapes are those of JSON, and one more sign needs them."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
