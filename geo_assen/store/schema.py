"""Versions of the schema: which one a store has, and how it gets to the one of today.

Alembic is used from here alone. Each migration runs in one transaction, on SQLite too:
a store is never left between two versions.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from geo_assen.errors import StoreError
from geo_assen.store.faults import store_name
from geo_assen.store.geometry import Geometry
from geo_assen.store.geopackage import is_register
from geo_assen.store.tables import metadata

__all__ = [
    "MIGRATIONS",
    "comparison_options",
    "current_revision",
    "head_revision",
    "is_current",
    "migrate",
    "schema_differences",
]

MIGRATIONS = Path(__file__).parent / "migrations"
"""Folder of the migrations, one file a schema version."""

_CUSTOM = "layer_"
"""Tables made from layer files live outside the migrations."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


@lru_cache(maxsize=8)
def _known(folder: Path) -> tuple[str, frozenset[str]]:
    """Last schema version of a folder of migrations, and all of them; its files do not change."""
    scripts = ScriptDirectory(str(folder))
    head = scripts.get_current_head()
    assert head is not None  # noqa: S101  # the package ships its migrations
    return head, frozenset(script.revision for script in scripts.walk_revisions())


def head_revision() -> str:
    """Schema version that this program writes."""
    return _known(MIGRATIONS)[0]


def current_revision(connection: sa.Connection) -> str | None:
    """Schema version of a store; None where there is no store yet."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def is_current(connection: sa.Connection) -> bool:
    """Whether a store has the schema of this program.

    Raises
    ------
    StoreError
        If the store is of a version that this program does not know: a newer one wrote it.
    """
    revision = current_revision(connection)
    head, known = _known(MIGRATIONS)
    if revision is not None and revision not in known:
        raise StoreError(
            store_name(connection.engine.url),
            f"a newer version of geo-assen wrote it (schema {revision}, this program knows "
            f"{head}); update geo-assen.",
        )
    return revision == head


def migrate(connection: sa.Connection, revision: str = "head") -> None:
    """Bring a store to a schema version inside the running transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def comparison_options() -> dict[str, Any]:
    """Options with which Alembic compares a database to the tables of this program."""
    return {"include_object": _is_ours, "compare_type": _spelled_differently}


def _is_ours(_: Any, name: str | None, kind: str, reflected: bool, __: Any) -> bool:
    if kind == "table" and reflected:
        custom = str(name).startswith(_CUSTOM) and name not in metadata.tables
        return not (custom or is_register(str(name)))
    # The spatial index belongs to the geometry column, not to the tables.
    return not (kind == "index" and str(name).startswith("idx_"))


def _spelled_differently(
    context: MigrationContext, _: Any, __: Any, found: Any, wanted: Any
) -> bool | None:
    """Compare as DDL spells it; on PostgreSQL all but geometry is left to Alembic."""
    dialect = context.dialect
    assert dialect is not None  # noqa: S101  # a context with a connection has one
    if dialect.name != "sqlite" and not isinstance(wanted, Geometry):
        return None
    spelled = [kind.compile(dialect).upper() for kind in (found, wanted)]
    return bool(spelled[0] != spelled[1])


def schema_differences(connection: sa.Connection) -> list[str]:
    """List what differs between a database and the tables of this program."""
    context = MigrationContext.configure(connection, opts=comparison_options())
    return [str(difference) for difference in compare_metadata(context, metadata)]
