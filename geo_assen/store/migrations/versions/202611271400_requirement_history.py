"""What a requirement was before it was changed is kept, as of parks, plots and premises."""

# ruff: noqa: S608  # names of tables and columns are ours, no input

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from geo_assen.store.triggers import keep_history, row_as_json

revision = "202611271400"
down_revision = "202611271000"


def upgrade() -> None:
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    now = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')" if sqlite else "clock_timestamp()"
    attributes, shape = row_as_json(connection, "requirement")
    record = (
        "INSERT INTO attribute_history "
        "(table_name, code, recorded_at, operation, attributes, shape) "
        f"SELECT 'requirement', code, {now}, 'insert', {attributes}, {shape} "
        "FROM requirement ORDER BY id"
    )
    connection.execute(sa.text(record))
    keep_history(connection, "requirement")
