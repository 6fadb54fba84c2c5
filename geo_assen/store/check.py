"""Is a store sound? Everything that can be wrong with one, as sentences."""

# ruff: noqa: S608  # names of tables and columns are ours, no input

from __future__ import annotations

from collections.abc import Callable, Iterator

import sqlalchemy as sa

from geo_assen.errors import StoreError
from geo_assen.store.batch import read_batch
from geo_assen.store.faults import store_name
from geo_assen.store.geometry import Geometry
from geo_assen.store.geopackage import (
    APPLICATION_ID,
    HIDDEN,
    VERSION,
    feature_tables,
    is_register,
    rtree_triggers,
)
from geo_assen.store.schema import current_revision, is_current, schema_differences
from geo_assen.store.tables import APPEND_ONLY, HISTORY_OF, metadata, store_state
from geo_assen.store.triggers import expected_triggers

__all__ = ["check_store"]


def check_store(engine: sa.Engine) -> list[str]:
    """List what is wrong with a store; an empty list means that it is sound.

    Raises
    ------
    StoreError
        If the store cannot be read at all.
    """
    checks: list[Callable[[sa.Connection], Iterator[str]]] = [_revision, _state, _history]
    if engine.dialect.name == "sqlite":
        checks = [_pages, _references, _header, _registers, _rtrees, *checks]
    else:
        checks = [_spatial_indexes, *checks]
    findings: list[str] = []
    with read_batch(engine) as connection:
        for check in checks:
            findings += check(connection)
    return findings


def _pages(connection: sa.Connection) -> Iterator[str]:
    for (answer,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if answer != "ok":
            yield f"The file is damaged: {answer}."
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    if mode != "wal":
        yield (
            f"The journal mode is {mode}, not wal: readers and writers block each other; "
            "keep the file on a local disk."
        )


def _references(connection: sa.Connection) -> Iterator[str]:
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"Row {row} of {table} refers to a {parent} that does not exist."


def _header(connection: sa.Connection) -> Iterator[str]:
    found = connection.exec_driver_sql("PRAGMA application_id").scalar()
    if found != APPLICATION_ID:
        yield f"The file header says {found}, not GeoPackage."
    version = connection.exec_driver_sql("PRAGMA user_version").scalar()
    if version != VERSION:
        yield f"The file header says GeoPackage version {version}, not {VERSION}."


def _registers(connection: sa.Connection) -> Iterator[str]:
    rows = connection.exec_driver_sql("SELECT table_name, data_type FROM gpkg_contents")
    listed = {row[0]: row[1] for row in rows}
    present = {
        name for name in sa.inspect(connection).get_table_names() if not is_register(name)
    }
    for name, table in sorted(metadata.tables.items()):
        if name in HIDDEN or name not in present:
            continue
        has_geometry = any(isinstance(column.type, Geometry) for column in table.columns)
        wanted = "features" if has_geometry else "attributes"
        if listed.get(name) != wanted:
            yield f"Table {name} is not registered as {wanted} in the GeoPackage."
    for name in sorted(set(listed) - present):
        yield f"The GeoPackage registers a table {name} that does not exist."


def _rtrees(connection: sa.Connection) -> Iterator[str]:
    for table, column in feature_tables(connection):
        tree = f"rtree_{table}_{column}"
        answer = connection.exec_driver_sql(f"SELECT rtreecheck('{tree}')").scalar()
        if answer != "ok":
            yield f"The spatial index of {table} is damaged: {answer}."
            continue
        rows = connection.exec_driver_sql(
            f'SELECT count(*) FROM "{table}" '
            f'WHERE "{column}" NOTNULL AND NOT ST_IsEmpty("{column}")'
        ).scalar_one()
        # A box that does not contain the geometry's own hides it from every map.
        held = connection.exec_driver_sql(
            f'SELECT count(*) FROM "{table}" t JOIN "{tree}" r ON r.id = t.rowid '
            f'WHERE r.minx <= ST_MinX(t."{column}") AND r.maxx >= ST_MaxX(t."{column}") '
            f'AND r.miny <= ST_MinY(t."{column}") AND r.maxy >= ST_MaxY(t."{column}")'
        ).scalar_one()
        boxes = connection.exec_driver_sql(f'SELECT count(*) FROM "{tree}"').scalar_one()
        if not rows == held == boxes:
            yield (
                f"The spatial index of {table} holds {boxes} boxes, {held} of them right, "
                f"for {rows} geometries."
            )
        missing = set(rtree_triggers(table, column)) - _triggers(connection)
        if missing:
            yield f"The spatial index of {table} lacks its trigger {min(missing)}."


def _triggers(connection: sa.Connection) -> set[str]:
    source = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    return set(connection.execute(sa.text(source)).scalars())


def _spatial_indexes(connection: sa.Connection) -> Iterator[str]:
    found = set(connection.execute(sa.text("SELECT indexname FROM pg_indexes")).scalars())
    for name, table in sorted(metadata.tables.items()):
        for column in table.columns:
            if isinstance(column.type, Geometry) and f"idx_{name}_{column.name}" not in found:
                yield f"Table {name} lacks its spatial index."


def _revision(connection: sa.Connection) -> Iterator[str]:
    try:
        current = is_current(connection)
    except StoreError as error:
        yield str(error)
        return
    if not current:
        name = store_name(connection.engine.url)
        yield f"Store {name} has the older schema {current_revision(connection)}; open it once."
        return
    for difference in schema_differences(connection):
        yield f"The tables differ from what the program expects: {difference}."
    wanted = expected_triggers(connection.dialect.name, APPEND_ONLY, HISTORY_OF)
    for name in sorted(wanted - _triggers(connection)):
        yield f"The trigger {name} is missing: its rule is not kept."


def _state(connection: sa.Connection) -> Iterator[str]:
    rows = connection.execute(sa.select(sa.func.count()).select_from(store_state)).scalar_one()
    if rows != 1:
        yield f"The table store_state holds {rows} rows instead of one."


def _history(connection: sa.Connection) -> Iterator[str]:
    """Every row that is there was recorded, and the last record of it is no deletion."""
    for name in HISTORY_OF:
        # The table name is one of ours, no input.
        unrecorded = connection.execute(
            sa.text(
                f"SELECT count(*) FROM {name} t WHERE coalesce(("
                "SELECT h.operation FROM attribute_history h WHERE h.table_name = :name "
                "AND h.code = t.code ORDER BY h.recorded_at DESC, h.id DESC LIMIT 1"
                "), 'delete') = 'delete'"
            ),
            {"name": name},
        ).scalar_one()
        if unrecorded:
            yield f"{unrecorded} rows of {name} have no record in the history."
