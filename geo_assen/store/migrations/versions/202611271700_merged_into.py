"""Which plot a merged plot goes into is a fact of the merger."""

from __future__ import annotations

from alembic import op

revision = "202611271700"
down_revision = "202611271400"


def upgrade() -> None:
    # SQLite adds a reference only together with its column.
    text = "TEXT" if op.get_bind().dialect.name == "sqlite" else "VARCHAR"
    op.execute(
        f"ALTER TABLE land_event ADD COLUMN into_plot {text}(80) "
        "CONSTRAINT fk_land_event_into_plot REFERENCES plot (code)"
    )
    op.create_index("ix_land_event_into_plot", "land_event", ["into_plot"])
