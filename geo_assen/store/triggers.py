"""Rules that the database itself keeps, whoever writes: this program, QGIS, ogr2ogr, psql.

On SQLite the triggers use no function but those of SQLite itself, because programs that
edit the file from outside have no others. Migrations call these functions; a migration
that adds a column to a table with history calls :func:`keep_history` again.
"""

# ruff: noqa: S608  # names of tables and columns are ours, no input

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

__all__ = [
    "expected_triggers",
    "guard_park_areas",
    "keep_history",
    "record_inserted",
    "refuse_changes",
    "row_as_json",
    "suspend_history",
]

_GEOMETRY = "geom"
_UTC_NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"

_NET_ABOVE_GROSS = "the net area of a business park cannot exceed its gross area"


def _run(connection: sa.Connection, *statements: str) -> None:
    # As text, so that SQLAlchemy doubles percent signs where the driver asks for it.
    for statement in statements:
        connection.execute(sa.text(statement))


def _is_sqlite(connection: sa.Connection) -> bool:
    return connection.dialect.name == "sqlite"


def refuse_changes(connection: sa.Connection, table: str, unique: Sequence[str] = ("id",)) -> None:
    """Make a table append-only: no update, no delete, no replacing insert.

    Parameters
    ----------
    unique
        Columns of which each is unique: ``INSERT OR REPLACE`` on SQLite would delete the
        row in its way without firing a trigger on delete.
    """
    message = f"{table} is append-only: a correction is a new row"
    if not _is_sqlite(connection):
        _run(
            connection,
            _POSTGRES_REFUSE,
            f'CREATE TRIGGER "{table}_append_only" BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f'CREATE TRIGGER "{table}_not_truncated" BEFORE TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        )
        return
    taken = " OR ".join(f'"{name}" = NEW."{name}"' for name in unique)
    refuse = f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    _run(
        connection,
        f'CREATE TRIGGER "{table}_no_update" BEFORE UPDATE ON "{table}" {refuse}',
        f'CREATE TRIGGER "{table}_no_delete" BEFORE DELETE ON "{table}" {refuse}',
        f'CREATE TRIGGER "{table}_no_replace" BEFORE INSERT ON "{table}" '
        f'WHEN EXISTS (SELECT 1 FROM "{table}" WHERE {taken}) {refuse}',
    )


_POSTGRES_REFUSE = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: a correction is a new row', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$"""


def keep_history(connection: sa.Connection, table: str) -> None:
    """Write every insert, update and delete of a table into ``attribute_history``.

    An update that changes nothing leaves no record; a change of ``code`` counts as the end
    of one record and the start of another. Calling it again takes in new columns.
    """
    columns = [column["name"] for column in sa.inspect(connection).get_columns(table)]
    if not _is_sqlite(connection):
        _run(
            connection,
            _postgres_history(table, shaped=_GEOMETRY in columns),
            f'DROP TRIGGER IF EXISTS "{table}_history" ON "{table}"',
            f'CREATE TRIGGER "{table}_history" AFTER INSERT OR UPDATE OR DELETE ON "{table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "keep_history_of_{table}"()',
        )
        return
    for name, statement in _history_triggers(table, columns).items():
        _run(connection, f'DROP TRIGGER IF EXISTS "{name}"', statement)


def suspend_history(connection: sa.Connection, table: str) -> None:
    """Stop writing history of inserts on SQLite; :func:`record_inserted` makes up for it."""
    _run(connection, f'DROP TRIGGER "{table}_history_insert"')


def record_inserted(connection: sa.Connection, table: str, above_id: int) -> None:
    """Write the history of the rows that were inserted meanwhile, and go on keeping it."""
    columns = [column["name"] for column in sa.inspect(connection).get_columns(table)]
    record = _record(table, columns, f'"{table}"', "'insert'")
    _run(connection, f'{record} FROM "{table}" WHERE id > {above_id:d} ORDER BY id')
    keep_history(connection, table)


def row_as_json(connection: sa.Connection, table: str) -> tuple[str, str]:
    """Expressions for the attributes of a row as JSON and for its geometry as bytes.

    The same form as history has, so that it can be read back the same way.
    """
    columns = [column["name"] for column in sa.inspect(connection).get_columns(table)]
    shaped = _GEOMETRY in columns
    if not _is_sqlite(connection):
        shape = f'ST_AsBinary("{table}"."{_GEOMETRY}")' if shaped else "NULL"
        return f"(to_jsonb(\"{table}\") - '{_GEOMETRY}')", shape
    pairs = ", ".join(f'\'{c}\', "{table}"."{c}"' for c in columns if c != _GEOMETRY)
    return f"json_object({pairs})", f'"{table}"."{_GEOMETRY}"' if shaped else "NULL"


def _history_triggers(table: str, columns: Sequence[str]) -> dict[str, str]:
    differs = " OR ".join(f'OLD."{c}" IS NOT NEW."{c}"' for c in columns)
    deleted = _record(table, columns, "OLD", "'delete'")
    inserted = _record(table, columns, "NEW", "'insert'")
    renamed = "CASE WHEN OLD.code IS NEW.code THEN 'update' ELSE 'insert' END"
    updated = _record(table, columns, "NEW", renamed)
    parts = {
        "insert": ("INSERT", "", f"{inserted};"),
        "update": (
            "UPDATE", f"WHEN {differs}", f"{deleted} WHERE OLD.code IS NOT NEW.code; {updated};"
        ),
        "delete": ("DELETE", "", f"{deleted};"),
    }  # fmt: skip
    return {
        f"{table}_history_{name}": f'CREATE TRIGGER "{table}_history_{name}" '
        f'AFTER {action} ON "{table}" {condition} BEGIN {body} END'
        for name, (action, condition, body) in parts.items()
    }


def _record(table: str, columns: Sequence[str], row: str, operation: str) -> str:
    pairs = ", ".join(f"'{c}', {row}.\"{c}\"" for c in columns if c != _GEOMETRY)
    shape = f'{row}."{_GEOMETRY}"' if _GEOMETRY in columns else "NULL"
    return (
        "INSERT INTO attribute_history "
        "(table_name, code, recorded_at, operation, attributes, shape) "
        f"SELECT '{table}', {row}.code, {_UTC_NOW}, {operation}, json_object({pairs}), {shape}"
    )


def _postgres_history(table: str, *, shaped: bool) -> str:
    """Function that writes the history of a table.

    The outline is taken out of a row before it becomes JSON: as a part of it PostGIS would
    write it as GeoJSON, which takes longer than everything else together.
    """
    apart = "shape := ST_AsBinary(told.geom); told.geom := NULL;" if shaped else ""
    insert = f"""
            INSERT INTO attribute_history
                (table_name, code, recorded_at, operation, attributes, shape)
            VALUES ('{table}', told.code, clock_timestamp(), operation,
                to_jsonb(told) - '{_GEOMETRY}', shape);"""
    return f"""
CREATE OR REPLACE FUNCTION "keep_history_of_{table}"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told "{table}"%ROWTYPE;
    shape bytea;
    operation text := lower(TG_OP);
BEGIN
    -- The image of a row, because values of type json know no equality.
    IF TG_OP = 'UPDATE' AND NEW *= OLD THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND OLD.code <> NEW.code) THEN
        told := OLD; {apart} operation := 'delete';{insert}
        operation := 'insert';
    END IF;
    IF TG_OP <> 'DELETE' THEN
        told := NEW; {apart}{insert}
    END IF;
    RETURN NULL;
END $$"""


_NET_IN_FORCE = """
    SELECT e.area_m2 - coalesce((
        SELECT sum(w.area_m2) FROM land_event w
        WHERE w.kind = 'withdrawal' AND w.effective_on >= e.effective_on
            AND (w.park = NEW.code
                OR w.park IS NULL AND w.plot IN (SELECT p.code FROM plot p WHERE p.park = NEW.code))
            AND NOT EXISTS (SELECT 1 FROM land_event c WHERE c.corrects = w.code)
    ), 0)
    FROM land_event e
    WHERE e.kind = 'net_set' AND e.park = NEW.code
        AND NOT EXISTS (SELECT 1 FROM land_event c WHERE c.corrects = e.code)
    ORDER BY e.effective_on DESC, e.id DESC LIMIT 1"""
"""Net area that the events leave a park: what was set last, less what left the park since."""


def guard_park_areas(connection: sa.Connection) -> None:
    """Keep net <= gross: refuse a net area above gross, and a gross area under net."""
    net_set = "NEW.kind = 'net_set'"
    if not _is_sqlite(connection):
        _run(
            connection,
            _POSTGRES_NET,
            _POSTGRES_GROSS,
            "CREATE TRIGGER land_event_net_within_gross BEFORE INSERT ON land_event "
            f"FOR EACH ROW WHEN ({net_set}) EXECUTE FUNCTION check_net_area()",
            "CREATE TRIGGER business_park_gross_above_net "
            "BEFORE UPDATE OF gross_area_m2 ON business_park "
            "FOR EACH ROW EXECUTE FUNCTION check_gross_area()",
        )
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_NET_ABOVE_GROSS}'); END"
    _run(
        connection,
        "CREATE TRIGGER land_event_net_within_gross BEFORE INSERT ON land_event "
        f"WHEN {net_set} AND NEW.area_m2 > "
        f"(SELECT gross_area_m2 FROM business_park WHERE code = NEW.park) {refuse}",
        "CREATE TRIGGER business_park_gross_above_net "
        "BEFORE UPDATE OF gross_area_m2 ON business_park "
        f"WHEN NEW.gross_area_m2 < ({_NET_IN_FORCE}) {refuse}",
    )


_POSTGRES_NET = f"""
CREATE OR REPLACE FUNCTION check_net_area() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The lock keeps another transaction from lowering the gross area meanwhile.
    IF NEW.area_m2 > (
        SELECT gross_area_m2 FROM business_park WHERE code = NEW.park FOR UPDATE
    ) THEN
        RAISE EXCEPTION '{_NET_ABOVE_GROSS}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$"""

_POSTGRES_GROSS = f"""
CREATE OR REPLACE FUNCTION check_gross_area() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.gross_area_m2 < ({_NET_IN_FORCE}) THEN
        RAISE EXCEPTION '{_NET_ABOVE_GROSS}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$"""


def expected_triggers(
    dialect: str, append_only: Sequence[str], history_of: Sequence[str]
) -> set[str]:
    """Names of the triggers that a sound store has, R-trees left aside."""
    names = {"land_event_net_within_gross", "business_park_gross_above_net"}
    sqlite = dialect == "sqlite"
    refusing = ("no_update", "no_delete", "no_replace") if sqlite else (
        "append_only", "not_truncated",
    )  # fmt: skip
    keeping = ("history_insert", "history_update", "history_delete") if sqlite else ("history",)
    names |= {f"{table}_{end}" for table in append_only for end in refusing}
    return names | {f"{table}_{end}" for table in history_of for end in keeping}
