"""The published total beside the row of other municipalities that is the rest of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "202611272200"
down_revision = "202611272100"


def upgrade() -> None:
    for name in ("total_jobs", "total_jobs_low", "total_jobs_high"):
        op.add_column("commuter_flow", sa.Column(name, sa.Integer()))
