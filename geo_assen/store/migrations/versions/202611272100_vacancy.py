"""Since when and until when premises are there, and what vacancy is followed up and shown with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from geo_assen.store.triggers import keep_history

revision = "202611272100"
down_revision = "202611271800"

_PREMISES = (
    "live_from DATE",
    "gone_on DATE CONSTRAINT ck_premises_gone_after_live CHECK (gone_on > live_from)",
    "gone_reason {text}(20) CONSTRAINT ck_premises_gone_reason_known "
    "CHECK (gone_reason IN ('demolished', 'merged', 'withdrawn'))",
    "merged_into {text}(80) CONSTRAINT fk_premises_merged_into REFERENCES premises (code) "
    "CONSTRAINT ck_premises_merged_into_if_merged "
    "CHECK (merged_into IS NULL OR coalesce(gone_reason, '') = 'merged')",
)
_OTHERS = (
    ("vacancy_observation", "note_id INTEGER "
     "CONSTRAINT fk_vacancy_observation_note_id REFERENCES note (id)"),
    ("follow_up", "due_on DATE "
     "CONSTRAINT ck_follow_up_due_after_followed CHECK (due_on >= followed_on)"),
    ("indicator", "measure {text}(40)"),
)  # fmt: skip
_SHOWN = (
    ("state", sa.String(10)),
    ("at_least", sa.Boolean()),
    ("observed_on", sa.Date()),
    ("disagreement", sa.Boolean()),
    ("vacant_share", sa.Float()),
)


def upgrade() -> None:
    connection = op.get_bind()
    text = "TEXT" if connection.dialect.name == "sqlite" else "VARCHAR"
    # SQLite adds a reference or a check only together with its column.
    added = [("premises", column) for column in _PREMISES] + list(_OTHERS)
    for table, column in added:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column.format(text=text)}")
    op.create_index("ix_premises_merged_into", "premises", ["merged_into"])
    for name, kind in _SHOWN:
        op.add_column("vacancy_now", sa.Column(name, kind))
    keep_history(connection, "premises")
