import sqlite3

import pytest
import sqlalchemy as sa

from geo_assen.store import check_store, write_batch
from tests.store import rows


def _execute(engine: sa.Engine, *statements: str) -> None:
    with write_batch(engine) as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def test_sound_store_has_no_findings(store: sa.Engine) -> None:
    assert check_store(store) == []
    rows.fill(store, "p", "q")
    assert check_store(store) == []


@pytest.mark.parametrize(("statement", "finding"), [
    ("DELETE FROM rtree_plot_geom WHERE id = 1",
     "spatial index of plot holds 1 boxes, 1 of them right, for 2"),
    ("UPDATE rtree_plot_geom SET maxx = minx WHERE id = 1",
     "spatial index of plot holds 2 boxes, 1 of them right, for 2"),
    ("DROP TRIGGER rtree_plot_geom_update6", "lacks its trigger rtree_plot_geom_update6"),
    ("UPDATE gpkg_contents SET data_type = 'attributes' WHERE table_name = 'plot'",
     "Table plot is not registered as features"),
    ("INSERT INTO gpkg_contents (table_name, data_type) VALUES ('ghost', 'attributes')",
     "registers a table ghost that does not exist"),
    ("PRAGMA application_id = 7", "The file header says 7, not GeoPackage"),
    ("PRAGMA user_version = 10200", "GeoPackage version 10200"),
    ("DROP TRIGGER plot_history_update", "The trigger plot_history_update is missing"),
])
def test_finding_in_a_file(sqlite_store: sa.Engine, statement: str, finding: str) -> None:
    rows.fill(sqlite_store, "p", "q")
    _execute(sqlite_store, statement)
    found = check_store(sqlite_store)
    assert len(found) == 1
    assert finding in found[0]


def test_reference_to_nothing_is_found(sqlite_store: sa.Engine) -> None:
    """GDAL does not keep foreign keys."""
    rows.fill(sqlite_store, "p")
    other = sqlite3.connect(str(sqlite_store.url.database))
    other.execute(
        "INSERT INTO offer (code, plot, offer_kind, offered_on, source_code) "
        "VALUES ('o', 'nowhere', 'sale', '2026-01-01', 'test')"
    )
    other.commit()
    other.close()
    assert check_store(sqlite_store) == ["Row 1 of offer refers to a plot that does not exist."]


@pytest.mark.parametrize(("statement", "finding"), [
    ("DROP TRIGGER plot_history ON plot", "The trigger plot_history is missing"),
    ("ALTER TABLE land_event DISABLE TRIGGER land_event_append_only",
     "The trigger land_event_append_only is missing"),
    ("DROP INDEX idx_plot_geom", "Table plot lacks its spatial index"),
])
def test_finding_in_postgis(postgis_store: sa.Engine, statement: str, finding: str) -> None:
    _execute(postgis_store, statement)
    found = check_store(postgis_store)
    assert len(found) == 1
    assert finding in found[0]


@pytest.mark.parametrize(("statement", "finding"), [
    ("ALTER TABLE party ADD COLUMN extra TEXT", "The tables differ"),
    ("UPDATE alembic_version SET version_num = '1'", "a newer version of geo-assen wrote it"),
    ("DELETE FROM store_state", "The table store_state holds 0 rows"),
])
def test_finding_on_either_database(store: sa.Engine, statement: str, finding: str) -> None:
    _execute(store, statement)
    assert [f for f in check_store(store) if finding in f]


def test_row_without_a_record_is_found(store: sa.Engine) -> None:
    """Somebody wrote while the triggers were off."""
    rows.fill(store)
    insert = (
        "INSERT INTO offer (code, premises, offer_kind, offered_on, source_code) "
        "VALUES ('o', 'b', 'sale', '2026-01-01', 'test')"
    )
    with write_batch(store) as connection:
        connection.execute(sa.insert(rows.table("premises")).values(
            code="b", geom=rows.SQUARE, source_code="test"
        ))
    trigger = "offer_history ON offer"
    if store.dialect.name == "sqlite":
        trigger = "offer_history_insert"
    _execute(store, f"DROP TRIGGER {trigger}", insert)
    assert "1 rows of offer have no record in the history." in check_store(store)
