import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from geo_assen.errors import StoreError
from geo_assen.store import create_store, open_engine, read_batch, schema, write_batch
from geo_assen.store.schema import (
    MIGRATIONS,
    current_revision,
    head_revision,
    is_current,
    migrate,
    schema_differences,
)
from geo_assen.store.tables import HISTORY_OF, attribute_history, metadata
from tests.store import outside, rows


def test_migrated_database_equals_the_tables(store: sa.Engine) -> None:
    with read_batch(store) as connection:
        assert schema_differences(connection) == []
        assert current_revision(connection) == head_revision()
        assert is_current(connection)


def test_difference_is_found(store: sa.Engine) -> None:
    with write_batch(store) as connection:
        connection.execute(sa.text("ALTER TABLE party ADD COLUMN extra TEXT"))
        connection.execute(sa.text("DROP INDEX ix_plot_park"))
    with read_batch(store) as connection:
        found = schema_differences(connection)
    assert len(found) == 2
    assert any("extra" in difference for difference in found)
    assert any("ix_plot_park" in difference for difference in found)


def _parts(statement: str) -> set[str]:
    """Columns and constraints of a CREATE TABLE, whatever their order and layout."""
    inner = statement[statement.index("(") + 1 : statement.rindex(")")]
    outside_brackets = r",(?![^()]*(?:\([^()]*\)[^()]*)*\))"
    parts = {" ".join(part.split()) for part in re.split(outside_brackets, inner)}
    # A column that was added later carries its reference itself.
    with_reference = re.compile(r"(\w+) (.+?) CONSTRAINT (\w+) (REFERENCES .+)")
    added = {part: found for part in parts if (found := with_reference.fullmatch(part))}
    for part, found in added.items():
        name, kind, constraint, target = found.groups()
        parts = parts - {part} | {
            f"{name} {kind}", f"CONSTRAINT {constraint} FOREIGN KEY({name}) {target}"
        }
    return parts


def test_migrated_file_has_every_rule_of_the_tables(sqlite_store: sa.Engine) -> None:
    """Checks too, which the comparison of Alembic does not look at."""
    with read_batch(sqlite_store) as connection:
        for name, table in metadata.tables.items():
            found = connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE name = ?", (name,)
            ).scalar_one()
            wanted = str(CreateTable(table).compile(dialect=sqlite_store.dialect))
            assert _parts(found) == _parts(wanted), name


def test_migrated_database_has_every_check(postgis_store: sa.Engine) -> None:
    inspector = sa.inspect(postgis_store)
    for name, table in metadata.tables.items():
        found = {check["name"] for check in inspector.get_check_constraints(name)}
        wanted = {c.name for c in table.constraints if isinstance(c, sa.CheckConstraint)}
        assert found == wanted, name


def test_column_types_are_those_of_geopackage(sqlite_store: sa.Engine) -> None:
    allowed = re.compile(
        r"INTEGER|BOOLEAN|DOUBLE|BLOB|DATE|DATETIME|TEXT(\(\d+\))?|GEOMETRY|(MULTI)?POLYGON"
        r"|POINT|LINESTRING"
    )
    with read_batch(sqlite_store) as connection:
        for name in metadata.tables:
            for row in connection.exec_driver_sql(f"PRAGMA table_info({name})"):
                assert allowed.fullmatch(row[2]), f"{name}.{row[1]} is {row[2]}"


def test_migrations_are_one_line_and_their_files_say_when(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step, taken one by one, leaves a valid GeoPackage."""
    files = (MIGRATIONS / "versions").glob("*.py")
    revisions = sorted(path.stem.split("_")[0] for path in files)
    assert all(re.fullmatch(r"\d{12}", revision) for revision in revisions)
    assert revisions[-1] == head_revision()
    with monkeypatch.context() as first:
        first.setattr("geo_assen.store.engine.migrate", lambda new: migrate(new, revisions[0]))
        engine = create_store(f"sqlite:///{tmp_path / 'store.gpkg'}")
    for revision in revisions:
        with write_batch(engine) as connection:
            before = current_revision(connection)
            assert before == revisions[max(0, revisions.index(revision) - 1)]
            migrate(connection, revision)
            assert current_revision(connection) == revision
        assert outside.faults_of_geopackage(tmp_path / "store.gpkg") == ""
    engine.dispose()


TRIGGERS = sa.text(
    "SELECT pg_get_triggerdef(oid), pg_get_functiondef(tgfoid) FROM pg_trigger "
    "WHERE tgname LIKE '%_history' AND NOT tgisinternal ORDER BY tgname"
)
FUNCTIONS = sa.text("SELECT proname FROM pg_proc WHERE proname LIKE 'keep_history%' ORDER BY 1")


def test_history_that_one_function_wrote_is_written_by_one_for_each_table(
    postgis_store: sa.Engine,
) -> None:
    with write_batch(postgis_store) as connection:
        wanted = [connection.execute(asked).all() for asked in (TRIGGERS, FUNCTIONS)]
        # as releases before this migration left a store
        connection.execute(sa.text(
            "CREATE FUNCTION keep_history() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN RETURN NULL; END $$"
        ))  # fmt: skip
        for table in HISTORY_OF:
            connection.execute(sa.text(f'DROP FUNCTION "keep_history_of_{table}"() CASCADE'))
            connection.execute(sa.text(
                f'CREATE TRIGGER "{table}_history" AFTER INSERT OR UPDATE OR DELETE ON "{table}" '
                "FOR EACH ROW EXECUTE FUNCTION keep_history()"
            ))  # fmt: skip
        assert connection.execute(FUNCTIONS).scalars().all() == ["keep_history"]
        version = sa.text("UPDATE alembic_version SET version_num = :version")
        connection.execute(version, {"version": "202611271700"})
        migrate(connection, "202611271800")
        connection.execute(version, {"version": head_revision()})
        found = [connection.execute(asked).all() for asked in (TRIGGERS, FUNCTIONS)]
    assert found == wanted
    assert len(found[0]) == len(found[1]) == len(HISTORY_OF)


SECOND = '''
import sqlalchemy as sa
from alembic import op
from geo_assen.store.triggers import keep_history

revision = "209901010000"
down_revision = "{head}"


def upgrade():
    op.add_column("plot", sa.Column("soil", sa.String(20)))
    keep_history(op.get_bind(), "plot")
    {last}
'''


@pytest.fixture
def next_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the program have one more migration than the store that is open."""

    def add(last: str) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(MIGRATIONS, folder)
        text = SECOND.format(head=head_revision(), last=last)
        (folder / "versions" / "209901010000_second.py").write_text(text)
        monkeypatch.setattr(schema, "MIGRATIONS", folder)

    return add


def test_older_store_is_upgraded_when_opened(
    store: sa.Engine, next_release: Callable[[str], None]
) -> None:
    rows.fill(store, "p")
    next_release("")
    upgraded = open_engine(store.url.render_as_string(hide_password=False))
    with write_batch(upgraded) as connection:
        assert current_revision(connection) == "209901010000"
        connection.execute(sa.text("UPDATE plot SET soil = 'sand'"))
        records = connection.execute(sa.select(attribute_history.c.attributes)).scalars().all()
    assert records[-1]["soil"] == "sand"
    upgraded.dispose()
    if store.dialect.name == "sqlite":
        store.dispose()
        assert outside.faults_of_geopackage(Path(str(store.url.database))) == ""


def test_failing_upgrade_leaves_the_store_as_it_was(
    store: sa.Engine, next_release: Callable[[str], None]
) -> None:
    rows.fill(store, "p")
    before = head_revision()
    next_release('op.execute("INSERT INTO plot (id) VALUES (1)")')
    with pytest.raises(StoreError, match="a rule of the store refuses this"):
        open_engine(store.url.render_as_string(hide_password=False))
    with read_batch(store) as connection:
        assert current_revision(connection) == before
        assert "soil" not in {c["name"] for c in sa.inspect(connection).get_columns("plot")}
