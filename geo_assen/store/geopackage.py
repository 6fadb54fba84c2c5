"""What makes the SQLite file a GeoPackage: its registers, its R-trees and its type names.

Everything here is for SQLite alone; on PostgreSQL the same calls do nothing or make a GiST
index. Sources: OGC 12-128r19 (GeoPackage 1.4), clauses 1.1 and 2.1 and annex F.3.
"""

# ruff: noqa: S608  # names of tables and columns are ours, no input

from __future__ import annotations

import functools
import struct
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.base import SQLiteTypeCompiler

from geo_assen.crs import crs_wkt
from geo_assen.store.geometry import KINDS, Geometry, StoredGeometry
from geo_assen.store.rtree import fill_rtree

__all__ = [
    "APPLICATION_ID",
    "HIDDEN",
    "VERSION",
    "configure_dialect",
    "create_geopackage",
    "drop_spatial_index_triggers",
    "feature_tables",
    "is_register",
    "recreate_spatial_index",
    "refresh_contents",
    "register_table",
    "rtree_triggers",
]

APPLICATION_ID = 0x47504B47
"""The letters GPKG in the header of the file."""

VERSION = 10400
"""GeoPackage 1.4.0."""

HIDDEN = ("app_user", "store_state")
"""Tables that are not registered, so that GIS programs do not list them as layers."""

_NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
_REGISTERS = (
    "CREATE TABLE gpkg_spatial_ref_sys ("
    "srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL, "
    "organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT)",
    "CREATE TABLE gpkg_contents ("
    "table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, "
    "description TEXT DEFAULT '', "
    "last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), "
    "min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER, "
    "CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))",
    "CREATE TABLE gpkg_geometry_columns ("
    "table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, "
    "srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL, "
    "CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), "
    "CONSTRAINT uk_gc_table_name UNIQUE (table_name), "
    "CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name), "
    "CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))",
    "CREATE TABLE gpkg_extensions ("
    "table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, "
    "definition TEXT NOT NULL, scope TEXT NOT NULL, "
    "CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))",
)


class _TypeNames(SQLiteTypeCompiler):
    """Spells column types with the names of GeoPackage, table 1."""

    def visit_string(self, type_: sa.String, **_: Any) -> str:
        return f"TEXT({type_.length})" if type_.length else "TEXT"

    visit_VARCHAR = visit_TEXT = visit_text = visit_string  # noqa: N815

    def visit_float(self, type_: Any, **_: Any) -> str:  # noqa: ARG002
        return "DOUBLE"

    visit_FLOAT = visit_double = visit_float  # noqa: N815

    def visit_JSON(self, type_: Any, **_: Any) -> str:  # noqa: N802, ARG002
        return "TEXT"


def configure_dialect(dialect: sa.Dialect) -> None:
    """Teach the dialect of one engine our type names and to read geometry columns back.

    Set on the instance, so that other engines of the process are left alone.
    """
    known: dict[str, Any] = dict(dialect.ischema_names)  # type: ignore[attr-defined]
    if dialect.name == "sqlite":
        dialect.type_compiler_instance = _TypeNames(dialect)
        known.update({kind: functools.partial(Geometry, kind) for kind in KINDS})
    else:
        known["geometry"] = _reflected_geometry
    dialect.ischema_names = known  # type: ignore[attr-defined]


def _reflected_geometry(kind: str = "GEOMETRY", srid: str = "0") -> StoredGeometry:
    """Column type from the arguments that PostGIS reports."""
    return StoredGeometry(f"geometry({kind},{srid})")


def is_register(table_name: str) -> bool:
    """Whether a table belongs to the file format or the database, not to us."""
    return table_name.startswith(("gpkg_", "rtree_", "sqlite_")) or table_name in (
        "spatial_ref_sys", "geometry_columns", "geography_columns",
    )  # fmt: skip


def create_geopackage(connection: sa.Connection) -> None:
    """Write header and registers into a new file."""
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
    for statement in _REGISTERS:
        connection.exec_driver_sql(statement)
    rows: list[tuple[Any, ...]] = [
        ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "any plane coordinates"),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "any geographic coordinates"),
    ]
    for epsg in (4326, 28992):
        name, wkt = crs_wkt(epsg)
        rows.append((name, epsg, "EPSG", epsg, wkt, None))
    connection.exec_driver_sql("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", rows)


def register_table(
    connection: sa.Connection, table: sa.Table, *, title: str = "", description: str = ""
) -> None:
    """Make a created table known to GIS programs and give it its spatial index.

    Parameters
    ----------
    table
        Table with ``id`` as its primary key and at most one geometry column.
    title
        Name shown beside the table name, unique in the file; empty: the table name.
    """
    geometry = _geometry_of(table)
    if connection.dialect.name != "sqlite":
        if geometry is not None:
            connection.exec_driver_sql(
                f'CREATE INDEX "idx_{table.name}_{geometry.name}" ON "{table.name}" '
                f'USING gist ("{geometry.name}")'
            )
        return
    if geometry is None:
        _list_contents(connection, table.name, "attributes", title, description, None)
        return
    kind = geometry.type
    _list_contents(connection, table.name, "features", title, description, kind.srid)
    connection.exec_driver_sql(
        "INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, 0, 0)",
        (table.name, geometry.name, kind.kind, kind.srid),
    )
    connection.exec_driver_sql(
        "INSERT INTO gpkg_extensions VALUES (?, ?, 'gpkg_rtree_index', "
        "'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
        (table.name, geometry.name),
    )
    recreate_spatial_index(connection, table.name, geometry.name)


def _geometry_of(table: sa.Table) -> Any:
    return next((c for c in table.columns if isinstance(c.type, Geometry)), None)


def _list_contents(
    connection: sa.Connection, name: str, kind: str, title: str, description: str, srid: int | None
) -> None:
    connection.exec_driver_sql(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) "
        "VALUES (?, ?, ?, ?, ?)",
        (name, kind, title or name, description, srid),
    )


def recreate_spatial_index(connection: sa.Connection, table: str, column: str = "geom") -> None:
    """Build the R-tree of a table and its seven triggers anew, from the rows as they are.

    A migration that copies a table must call this: the triggers go with the old table.
    """
    tree = f"rtree_{table}_{column}"
    drop_spatial_index_triggers(connection, table, column)
    connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{tree}"')
    connection.exec_driver_sql(
        f'CREATE VIRTUAL TABLE "{tree}" USING rtree(id, minx, maxx, miny, maxy)'
    )
    fill_rtree(connection, table, column)
    for statement in rtree_triggers(table, column).values():
        connection.exec_driver_sql(statement)


def drop_spatial_index_triggers(connection: sa.Connection, table: str, column: str) -> None:
    """Stop keeping the R-tree of a table in step; :func:`recreate_spatial_index` ends that."""
    for name in rtree_triggers(table, column):
        connection.exec_driver_sql(f'DROP TRIGGER IF EXISTS "{name}"')


def _box(blob: str) -> str:
    return ", ".join(f"ST_{edge}({blob})" for edge in ("MinX", "MaxX", "MinY", "MaxY"))


def rtree_triggers(table: str, column: str) -> dict[str, str]:
    """Triggers that keep an R-tree in step, by name, as GeoPackage 1.4 prescribes them."""
    tree = f"rtree_{table}_{column}"
    old, new = f'OLD."{column}"', f'NEW."{column}"'
    was = f"({old} NOTNULL AND NOT ST_IsEmpty({old}))"
    was_not = f"({old} ISNULL OR ST_IsEmpty({old}))"
    now = f"({new} NOTNULL AND NOT ST_IsEmpty({new}))"
    now_not = f"({new} ISNULL OR ST_IsEmpty({new}))"
    add = f'INSERT INTO "{tree}" VALUES (NEW.id, {_box(new)});'
    put = f'INSERT OR REPLACE INTO "{tree}" VALUES (NEW.id, {_box(new)});'
    drop = f'DELETE FROM "{tree}" WHERE id = OLD.id;'
    drop_both = f'DELETE FROM "{tree}" WHERE id IN (OLD.id, NEW.id);'
    move = (
        f'UPDATE "{tree}" SET minx = ST_MinX({new}), maxx = ST_MaxX({new}), '
        f"miny = ST_MinY({new}), maxy = ST_MaxY({new}) WHERE id = NEW.id;"
    )
    of_column = f'UPDATE OF "{column}"'
    parts = {
        "insert": ("INSERT", now, put),
        "update2": (of_column, f"OLD.id = NEW.id AND {now_not}", drop),
        "update4": ("UPDATE", f"OLD.id <> NEW.id AND {now_not}", drop_both),
        "update5": ("UPDATE", f"OLD.id <> NEW.id AND {now}", f"{drop} {put}"),
        "update6": (of_column, f"OLD.id = NEW.id AND {now} AND {was}", move),
        "update7": (of_column, f"OLD.id = NEW.id AND {now} AND {was_not}", add),
        "delete": ("DELETE", f"{old} NOTNULL", drop),
    }
    return {
        f"{tree}_{name}": f'CREATE TRIGGER "{tree}_{name}" AFTER {action} ON "{table}" '
        f"WHEN {condition} BEGIN {body} END"
        for name, (action, condition, body) in parts.items()
    }


def feature_tables(connection: sa.Connection) -> list[tuple[str, str]]:
    """Table and geometry column of every layer that the GeoPackage registers."""
    rows = connection.exec_driver_sql(
        "SELECT table_name, column_name FROM gpkg_geometry_columns ORDER BY table_name"
    )
    return [(row[0], row[1]) for row in rows]


def refresh_contents(connection: sa.Connection, changed: Iterable[str]) -> None:
    """Set the extents of all layers, and the time of change of the tables named.

    Extents come from the root of each R-tree, so their cost does not grow with the rows.
    """
    if connection.dialect.name != "sqlite":
        return
    for table, column in feature_tables(connection):
        extent = _extent(connection, f"rtree_{table}_{column}")
        connection.exec_driver_sql(
            "UPDATE gpkg_contents SET min_x = ?, max_x = ?, min_y = ?, max_y = ? "
            "WHERE table_name = ?",
            (*extent, table),
        )
    for table in sorted(set(changed)):
        connection.exec_driver_sql(
            f"UPDATE gpkg_contents SET last_change = {_NOW} WHERE table_name = ?",
            (table,),
        )


def _extent(connection: sa.Connection, tree: str) -> tuple[float | None, ...]:
    """Min x, max x, min y, max y over the cells of the root node; None where it is empty."""
    found: bytes | None = connection.exec_driver_sql(
        f'SELECT data FROM "{tree}_node" WHERE nodeno = 1'
    ).scalar()
    cells = struct.unpack_from(">H", found, 2)[0] if found else 0
    if found is None or not cells:
        return (None, None, None, None)
    boxes = [struct.unpack_from(">4f", found, 4 + 24 * i + 8) for i in range(cells)]
    low_x, high_x, low_y, high_y = zip(*boxes, strict=True)
    return (min(low_x), max(high_x), min(low_y), max(high_y))
