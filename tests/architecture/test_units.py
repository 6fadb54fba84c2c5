"""A number that is measured says its unit in its name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import sqlalchemy as sa

from geo_assen.catalogue import load_catalogue
from geo_assen.settings import Settings
from geo_assen.store.tables import metadata
from tests.architecture.sources import files, short, tree

UNITS = {
    "m", "m2", "mva", "share", "eur", "minutes", "ms", "seconds", "days", "months", "steps",
    "year", "years", "jobs", "visitors", "visits", "persons", "workers", "units", "rank",
    "px", "kb", "mb", "bytes",
}
"""Words of which one stands in the name of every number that has a unit."""

WITHOUT_UNIT = {
    ("store_state", "store_version"): "a counter of write batches",
    ("indicator", "value"): "its unit stands in the column beside it",
    ("import_batch", "accepted"): "rows",
    ("import_batch", "quarantined"): "rows",
    ("import_batch", "unchanged"): "rows",
    ("import_batch", "inserted"): "rows",
    ("import_batch", "updated"): "rows",
    ("import_batch", "first_id"): "an id",
    ("import_batch", "last_id"): "an id",
    ("import_batch", "history_mark"): "an id",
    ("import_batch", "resent_from"): "an id",
    ("import_change", "row_id"): "an id",
    ("quarantined_row", "landed_batch_id"): "an id",
    ("quarantined_row", "row"): "the position in its file",
}

DIMENSIONLESS = {
    "accepted", "alpha", "at", "bad", "batch", "beta", "bytes", "change", "changed", "check",
    "code", "contribution", "cost", "count", "decimals", "deleted", "desirability", "draws",
    "error", "fits", "fixable", "gone", "good", "high", "id", "importance", "index", "inserted",
    "lambda", "lat", "later", "left", "limit", "line", "lon", "low", "mark", "maximum", "mb",
    "members", "minimum", "new", "number", "offset", "order", "page", "placed", "position",
    "quarantined", "ratio", "read", "reliability", "repaired", "resent", "restored", "rounds",
    "row", "rows", "same", "score", "shortfall", "size", "skipped", "status", "superseded", "total",
    "trials", "unchanged", "updated", "value", "version", "weight", "zoom",
}
"""Words that name a number without a unit, or one whose unit stands in a field beside it."""


def _numbers() -> list[tuple[str, str]]:
    return [
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.Integer | sa.Float | sa.Numeric)
        and not column.primary_key
        and not column.foreign_keys
    ]


def test_number_columns_carry_their_unit():
    numbers = _numbers()
    assert ("plot", "area_m2") in numbers
    wrong = [pair for pair in numbers if not UNITS & set(pair[1].split("_"))]
    assert sorted(wrong) == sorted(WITHOUT_UNIT), "name the unit, or say why there is none"


def test_number_fields_of_layers_carry_the_unit_they_state():
    wrong = [
        f"{layer.id}.{field.name} ({field.unit})"
        for layer in load_catalogue(Settings().layers)
        for field in layer.field
        if field.type in ("integer", "number")
        and field.unit not in ("stated", "one")
        and not UNITS & set(field.name.split("_"))
    ]
    assert wrong == []


def test_layers_and_tables_agree_on_the_names_of_numbers():
    wrong = [
        f"{layer.id}.{field.name}"
        for layer in load_catalogue(Settings().layers)
        if layer.table in metadata.tables
        for field in layer.stored_fields
        if field.type in ("integer", "number")
        and field.name not in metadata.tables[layer.table].columns
    ]
    assert wrong == []


def _dataclass_numbers(path: Path) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef) and any(
            "dataclass" in ast.unparse(d) for d in node.decorator_list
        ):
            found += [
                (part.lineno, part.target.id)
                for part in node.body
                if isinstance(part, ast.AnnAssign)
                and isinstance(part.target, ast.Name)
                and {"int", "float", "Decimal"} & set(ast.unparse(part.annotation).split(" | "))
            ]
    return found


@pytest.mark.parametrize("path", files(".py", under="geo_assen"), ids=short)
def test_numbers_of_dataclasses_carry_their_unit(path):
    wrong = [
        f"line {line}: {name}"
        for line, name in _dataclass_numbers(path)
        if not (UNITS | DIMENSIONLESS) & set(name.strip("_").split("_"))
    ]
    assert wrong == [], "name the unit, or add the word to DIMENSIONLESS if there is none"
