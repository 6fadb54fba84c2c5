"""Entry point of Alembic; the connection is handed over by ``geo_assen.store.schema``."""

from __future__ import annotations

from alembic import context

from geo_assen.store.schema import comparison_options
from geo_assen.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=False,
    **comparison_options(),
)
context.run_migrations()
