"""Conditions on thousands of values, handed over as one."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

__all__ = ["among"]


def among(
    dialect: sa.Dialect, column: sa.ColumnElement[Any], values: Collection[Any]
) -> sa.ColumnElement[bool]:
    """Whether a column has one of some texts, numbers or days.

    A list of placeholders would cost more than the search, and databases bound its length.

    Parameters
    ----------
    values
        None of them None.
    """
    if dialect.name != "sqlite":
        return column == sa.any_(sa.literal(list(values), sa.ARRAY(column.type)))
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    stored = list(values) if process is None else [process(value) for value in values]
    each = sa.func.json_each(json.dumps(stored)).table_valued("value")
    return column.in_(sa.select(each.c.value))
