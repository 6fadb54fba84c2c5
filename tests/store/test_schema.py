import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from geo_assen.errors import StoreError
from geo_assen.store import (
    attributes_as_of,
    create_store,
    open_engine,
    read_batch,
    schema,
    write_batch,
)
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
    # A column that was added later carries its reference and its checks itself.
    for part in [part for part in parts if re.match(r"\w+ .+? CONSTRAINT ", part)]:
        column, *rules = re.split(r" CONSTRAINT (?=\w+ (?:REFERENCES|CHECK) )", part)
        name = column.split()[0]
        apart = (re.sub(r"^(\w+) REFERENCES", rf"\1 FOREIGN KEY({name}) REFERENCES", rule)
                 for rule in rules)  # fmt: skip
        parts = parts - {part} | {column, *(f"CONSTRAINT {rule}" for rule in apart)}
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


BEFORE_THE_VACANCY = "202611271800"
ADDED = {
    "premises": ("merged_into", "gone_reason", "gone_on", "live_from"),
    "vacancy_observation": ("note_id",),
    "follow_up": ("due_on",),
    "indicator": ("measure",),
    "commuter_flow": ("total_jobs", "total_jobs_low", "total_jobs_high"),
    "vacancy_now": ("state", "at_least", "observed_on", "disagreement", "vacant_share"),
}
OLD_PREMISES = (
    "INSERT INTO premises (id, code, source_code, geom) "
    "SELECT id, 'w', source_code, geom FROM business_park"
)


@pytest.fixture
def sqlite_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    with monkeypatch.context() as first:
        first.setattr(
            "geo_assen.store.engine.migrate", lambda new: migrate(new, BEFORE_THE_VACANCY)
        )
        return create_store(f"sqlite:///{tmp_path / 'store.gpkg'}")


@pytest.fixture
def postgis_before(postgis_store: sa.Engine) -> sa.Engine:
    with write_batch(postgis_store) as connection:
        for table, columns in ADDED.items():
            for column in columns:
                connection.execute(sa.text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        version = sa.text("UPDATE alembic_version SET version_num = :version")
        connection.execute(version, {"version": BEFORE_THE_VACANCY})
    return postgis_store


@pytest.mark.parametrize("database", ["sqlite", "postgis"])
def test_store_of_the_release_before_learns_when_premises_came_and_went(
    database: str, request: pytest.FixtureRequest
) -> None:
    engine = request.getfixturevalue(f"{database}_before")
    rows.fill(engine)
    with write_batch(engine) as connection:
        connection.execute(sa.text(OLD_PREMISES))
        migrate(connection)
        assert schema_differences(connection) == []
        statement = "UPDATE premises SET gone_on = '2026-03-16', gone_reason = 'demolished'"
        connection.execute(sa.text(statement))
    with read_batch(engine) as connection:
        history = attribute_history.c
        records = sa.select(history.attributes).where(history.table_name == "premises")
        old, new = connection.execute(records.order_by(history.id)).scalars()
        now = attributes_as_of(connection, "premises", date(2100, 1, 1)).iloc[0]
    assert "gone_on" not in old
    assert (new["gone_on"], new["gone_reason"]) == ("2026-03-16", "demolished")
    assert (now["gone_on"], now["merged_into"]) == (date(2026, 3, 16), None)
    with pytest.raises(StoreError, match="append-only"), write_batch(engine) as connection:
        connection.execute(sa.text("UPDATE attribute_history SET code = 'x'"))
    if database == "sqlite":
        engine.dispose()
        assert outside.faults_of_geopackage(Path(str(engine.url.database))) == ""


IMPOSSIBLE = (
    ({"live_from": date(2024, 5, 1), "gone_on": date(2024, 5, 1)}, "gone_after_live"),
    ({"gone_on": date(2024, 5, 1), "gone_reason": "lost"}, "gone_reason_known"),
    ({"gone_on": date(2024, 5, 1), "merged_into": "host"}, "merged_into_if_merged"),
    ({"gone_reason": "demolished", "merged_into": "host"}, "merged_into_if_merged"),
    ({"gone_reason": "merged", "merged_into": "nowhere"}, "FOREIGN KEY|fk_premises_merged_into"),
)  # fmt: skip


def test_premises_that_could_not_have_been_there_are_refused(store: sa.Engine) -> None:
    rows.fill(store)
    premises = rows.table("premises")
    row = {"code": "host", "geom": rows.SQUARE, "source_code": "test"}
    with write_batch(store) as connection:
        connection.execute(sa.insert(premises).values(row))
        merged = {"gone_reason": "merged", "merged_into": "host", "gone_on": date(2024, 5, 2)}
        connection.execute(sa.insert(premises).values({**row, "code": "a", **merged}))
    for values, rule in IMPOSSIBLE:
        with pytest.raises(StoreError) as refused, write_batch(store) as connection:
            connection.execute(sa.insert(premises).values({**row, "code": "b", **values}))
        assert re.search(rule, str(refused.value.__cause__)), rule


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
