"""What an import did, so that it can be shown, mended and undone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from geo_assen.store.columns import UtcTimestamp
from geo_assen.store.geopackage import register_table

revision = "202611271000"
down_revision = "202611241200"

_BATCH: tuple[tuple[str, Any], ...] = (
    ("name", sa.Text()),
    ("source_code", sa.String(80)),
    ("crs", sa.Text()),
    ("decimal_sign", sa.String(1)),
    ("mapping", sa.JSON()),
    ("report", sa.JSON()),
    ("inserted", sa.Integer()),
    ("updated", sa.Integer()),
    ("fact_table", sa.String(40)),
    ("first_id", sa.Integer()),
    ("last_id", sa.Integer()),
    ("history_mark", sa.Integer()),
    ("resent_from", sa.Integer()),
    ("undone_at", UtcTimestamp()),
)
_ROW: tuple[tuple[str, Any], ...] = (
    ("shape", sa.LargeBinary()),
    ("mended", sa.JSON()),
    ("mended_shape", sa.LargeBinary()),
    ("outcome", sa.String(10)),
    ("landed_batch_id", sa.Integer()),
)


def upgrade() -> None:
    for name, kind in _BATCH:
        op.add_column("import_batch", sa.Column(name, kind))
    for name, kind in _ROW:
        op.add_column("quarantined_row", sa.Column(name, kind))
    change = op.create_table(
        "import_change",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("import_batch_id", sa.Integer, nullable=False),
        sa.Column("row_id", sa.Integer, nullable=False),
        sa.Column("before", sa.JSON, nullable=False),
        sa.Column("shape", sa.LargeBinary),
        sa.ForeignKeyConstraint(
            ["import_batch_id"], ["import_batch.id"], name="fk_import_change_import_batch_id"
        ),
    )
    op.create_index("ix_import_change_import_batch_id", "import_change", ["import_batch_id"])
    register_table(op.get_bind(), change)
