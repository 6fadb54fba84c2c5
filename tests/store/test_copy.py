import os
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from shutil import copy as copy_file
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from geo_assen.catalogue import load_catalogue
from geo_assen.errors import StoreError
from geo_assen.settings import PROJECT_FOLDER
from geo_assen.store import (
    check_store,
    create_store,
    insert_frame,
    metadata,
    open_engine,
    read_batch,
    refresh_styles,
    store_version,
    write_batch,
)
from geo_assen.store.copy import copy_store, tables_left_out
from tests import postgis
from tests.store import dirty, outside, rows

BETWEEN = [("sqlite", "postgis"), ("postgis", "sqlite")]
WITHIN = [("sqlite", "sqlite"), ("postgis", "postgis")]


class Pair(NamedTuple):
    source: sa.Engine
    target: sa.Engine


@pytest.fixture
def other_sqlite_store(sqlite_template: Path, tmp_path: Path) -> Iterator[sa.Engine]:
    path = tmp_path / "other.gpkg"
    copy_file(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}", busy_timeout_ms=200)
    yield engine
    engine.dispose()


@pytest.fixture
def other_postgis_store(postgis_database: Any, postgis_address: str) -> Iterator[sa.Engine]:
    assert postgis_database.url
    with postgis.database(postgis_address, "store_template") as url:
        engine = open_engine(url, busy_timeout_ms=200)
        yield engine
        engine.dispose()


@pytest.fixture(params=BETWEEN, ids="-to-".join)
def pair(request: pytest.FixtureRequest) -> Pair:
    """Two empty stores on different databases."""
    source, target = request.param
    if source == target:
        target = f"other_{target}"
    return Pair(
        request.getfixturevalue(f"{source}_store"), request.getfixturevalue(f"{target}_store")
    )


def _version(engine: sa.Engine) -> int:
    with read_batch(engine) as connection:
        return store_version(connection)


def _execute(engine: sa.Engine, *statements: str) -> None:
    with write_batch(engine) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _is_empty(engine: sa.Engine) -> bool:
    return not any(any(columns.values()) for columns in dirty.contents(engine).values())


@pytest.mark.parametrize("pair", [*BETWEEN, *WITHIN], ids="-to-".join, indirect=True)
def test_every_value_arrives_in_a_sound_store(pair: Pair) -> None:
    dirty.fill(pair.source, notes=dirty.MANY)
    before = dirty.contents(pair.source)
    copies = copy_store(*pair)

    assert dirty.contents(pair.target) == before == dirty.contents(pair.source)
    assert {copy.table: copy.rows for copy in copies} == {
        name: len(next(iter(columns.values()))) for name, columns in before.items()
    }
    assert all(copy.equal for copy in copies)
    assert check_store(pair.target) == []
    assert _version(pair.target) == _version(pair.source) + 1
    if pair.target.dialect.name == "sqlite":
        pair.target.dispose()
        assert outside.faults_of_geopackage(Path(str(pair.target.url.database))) == ""


def test_there_and_back_the_text_of_every_record_is_the_same(
    sqlite_store: sa.Engine, postgis_store: sa.Engine, other_sqlite_store: sa.Engine
) -> None:
    """JSON and history byte for byte, not only as they are read."""
    dirty.fill(sqlite_store)
    copy_store(sqlite_store, postgis_store)
    copy_store(postgis_store, other_sqlite_store)

    def stored(engine: sa.Engine) -> dict[str, list[Any]]:
        with read_batch(engine) as connection:
            return {
                name: connection.execute(
                    sa.select(*(sa.type_coerce(c, sa.types.NullType()) for c in table.columns))
                ).fetchall()
                for name, table in metadata.tables.items()
                if name != "store_state"
            }

    assert stored(other_sqlite_store) == stored(sqlite_store)


def test_history_goes_on_after_the_copy_and_facts_stay_append_only(pair: Pair) -> None:
    dirty.fill(pair.source)
    copy_store(*pair)
    records = len(dirty.contents(pair.source)["attribute_history"]["id"])
    with write_batch(pair.target) as connection:
        connection.execute(sa.update(rows.table("business_park")).values(name="New name"))
        insert_frame(connection, rows.table("plot"), rows.plot_frame("fresh"))
        insert_frame(
            connection, rows.table("land_event"), rows.event_frame("e", "survey", date(2026, 1, 1))
        )
    after = dirty.contents(pair.target)
    assert len(after["attribute_history"]["id"]) == records + 2
    assert after["attribute_history"]["operation"][-2:] == ["update", "insert"]
    assert after["land_event"]["id"] == [10, 90, 91]
    assert check_store(pair.target) == []
    for statement in (
        "UPDATE land_event SET area_m2 = 1", "DELETE FROM vacancy_observation",
        "DELETE FROM attribute_history", "UPDATE business_park SET gross_area_m2 = 0",
    ):  # fmt: skip
        with pytest.raises(StoreError, match="a rule of the store refuses this"):
            _execute(pair.target, statement)


SPOILED = {
    "number too large": (
        "sqlite", "UPDATE premises SET sales_floor_m2 = 3000000000 WHERE code = 'b2'",
        "premises with id 3, field sales_floor_m2: 3000000000 is too large a number",
    ),
    "text where a number stands": (
        "sqlite", "UPDATE offer SET price_eur = 'n.o.t.k.' WHERE code = 'o4'",
        "offer with id 5, field price_eur: 'n.o.t.k.' is not a valid number",
    ),
    "fraction": (
        "sqlite", "UPDATE premises SET build_year = 1980.5 WHERE code = 'b0'",
        "premises with id 1, field build_year: 1980.5 is not a valid whole number",
    ),
    "text too long": (
        "sqlite", "UPDATE premises SET energy_label = 'A+++++' WHERE code = 'b0'",
        "premises with id 1, field energy_label: 'A+++++' is longer than 5 signs",
    ),
    "null byte": (
        "sqlite", "UPDATE offer SET source_code = source_code; "
        "UPDATE plot SET street = 'a' || char(0) WHERE code = 'a'",
        r"plot with id 1, field street: 'a\x00' has a null byte",
    ),
    "day that is none": (
        "sqlite", "UPDATE offer SET until = '31-12-2026' WHERE code = 'o0'",
        "offer with id 1, field until: '31-12-2026' is not a valid date",
    ),
    "neither yes nor no": (
        "sqlite", "UPDATE premises SET fibre = 'ja' WHERE code = 'b0'",
        "premises with id 1, field fibre: 'ja' is not a valid yes or no",
    ),
    "bytes that are no geometry": (
        "sqlite", "DROP TRIGGER rtree_premises_geom_update6; "
        "UPDATE premises SET geom = X'0102' WHERE code = 'b0'",
        r"premises with id 1, field geom: b'\x01\x02' is not a valid GEOMETRY",
    ),
    "JSON that is none": (
        "sqlite", "UPDATE requirement SET definition = '{\"a\": NaN}'",
        "requirement with id 1, field definition: '{\"a\": NaN}' is not JSON",
    ),
    "text that cannot be read": (
        "sqlite", "UPDATE note SET text = CAST(X'ff' AS TEXT) WHERE id = 3", "decode",
    ),
    "no number": (
        "postgis", "UPDATE offer SET price_eur = 'NaN' WHERE code = 'o4'",
        "offer with id 5, field price_eur: nan cannot be kept in a GeoPackage",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SPOILED)
def test_value_that_cannot_be_carried_is_named_and_nothing_is_written(
    request: pytest.FixtureRequest, what: str
) -> None:
    kind, statements, said = SPOILED[what]
    source = request.getfixturevalue(f"{kind}_store")
    target = request.getfixturevalue("sqlite_store" if kind == "postgis" else "postgis_store")
    dirty.fill(source)
    _execute(source, *statements.split("; "))
    with pytest.raises(StoreError) as refused:
        copy_store(source, target)
    assert said in str(refused.value)
    source_name = str(source.url.database if kind == "sqlite" else source.url)
    assert str(refused.value).startswith(f"Store {source_name}: ")
    assert _is_empty(target)
    assert _version(target) == 0


def test_copy_that_is_stopped_leaves_the_target_as_it_was(pair: Pair) -> None:
    """Cancelled while rows come in, and while they are compared."""
    dirty.fill(pair.source)

    def stop(part: float, done: int, total: int) -> None:
        if done > part * total:
            raise KeyboardInterrupt

    for part in (0.4, 0.9):
        with pytest.raises(KeyboardInterrupt):
            copy_store(*pair, progress=lambda _, *step, part=part: stop(part, *step))
        assert _is_empty(pair.target)
        assert check_store(pair.target) == []
    copy_store(*pair)
    assert dirty.contents(pair.target) == dirty.contents(pair.source)


def test_what_arrives_otherwise_is_found_and_taken_back(
    sqlite_store: sa.Engine, other_postgis_store: sa.Engine
) -> None:
    """Somebody made a column of the target less exact."""
    dirty.fill(sqlite_store)
    _execute(other_postgis_store, "ALTER TABLE vacancy_observation ALTER vacant_share TYPE real")
    with pytest.raises(StoreError, match="arrived in vacancy_observation does not read as it did"):
        copy_store(sqlite_store, other_postgis_store)
    assert _is_empty(other_postgis_store)


@pytest.mark.parametrize("pair", [*BETWEEN, *WITHIN], ids="-to-".join, indirect=True)
def test_target_with_records_is_refused(pair: Pair) -> None:
    rows.fill(pair.source, "p")
    rows.fill(pair.target)
    before = dirty.contents(pair.target)
    with pytest.raises(StoreError, match="it holds records already, in the table"):
        copy_store(*pair)
    assert dirty.contents(pair.target) == before
    assert check_store(pair.target) == []


def test_styles_of_a_new_store_are_replaced_and_placed(pair: Pair) -> None:
    catalogue = load_catalogue(PROJECT_FOLDER / "layers")
    for engine in pair:
        with write_batch(engine) as connection:
            refresh_styles(connection, catalogue)
    copy_store(*pair)
    styles = rows.table("layer_styles").c
    with read_batch(pair.target) as connection:
        found = set(
            connection.execute(
                sa.select(styles.f_table_name, styles.f_table_catalog, styles.f_table_schema)
            )
        )
    place = ("", "") if pair.target.dialect.name == "sqlite" else ("store", "public")
    assert found == {
        (name, *place) for name in ("plots_now", "vacancy_now", "commuter_lines")
    }


def test_version_ends_above_that_of_both_stores(pair: Pair) -> None:
    rows.fill(pair.source)
    for _ in range(4):
        _execute(pair.target, "DELETE FROM note")
    copy_store(*pair)
    assert _version(pair.target) > 4


def test_one_state_of_the_source_is_copied_while_others_write(pair: Pair) -> None:
    dirty.fill(pair.source)
    before = dirty.contents(pair.source)
    patient = open_engine(pair.source.url.render_as_string(hide_password=False))
    written = []

    def write(*_: Any) -> None:
        if not written:
            written.append(True)
            with write_batch(patient) as connection:
                connection.execute(sa.update(rows.table("business_park")).values(name="Later"))

    copy_store(*pair, progress=write)
    patient.dispose()
    assert dirty.contents(pair.target) == before != dirty.contents(pair.source)


def test_progress_counts_every_row_written_and_compared(pair: Pair) -> None:
    dirty.fill(pair.source)
    told: list[tuple[str, int, int]] = []
    copies = copy_store(*pair, progress=lambda *step: told.append(step))
    total = 2 * sum(copy.rows for copy in copies)
    done = [step[1] for step in told]
    assert done == sorted(done)
    assert {step[2] for step in told} == {total} == {done[-1]}
    assert {step[0] for step in told} == {copy.table for copy in copies if copy.rows}


def test_layer_without_a_layer_file_is_not_lost_silently(pair: Pair) -> None:
    _execute(
        pair.source,
        "CREATE TABLE layer_trees (id INTEGER PRIMARY KEY, code TEXT)",
        "CREATE TABLE my_own (id INTEGER PRIMARY KEY)",
    )
    assert tables_left_out(pair.source) == ["my_own"]
    copy_store(*pair)  # nothing is in it

    _execute(pair.source, "INSERT INTO layer_trees VALUES (1, 'oak')")
    with pytest.raises(StoreError, match="no layer file describes the table 'layer_trees'"):
        copy_store(*pair)


@pytest.fixture
def owned_database(postgis_address: str) -> Iterator[str]:
    """Address of a database as the script of the administrator makes it, for its owner."""
    server = postgis_address.format(database="postgres")
    environment = {
        "PATH": f"{postgis.BINARIES[-1]}:{os.environ['PATH']}",
        "PGHOST": str(sa.make_url(server).query["host"]),
        "GEO_ASSEN_DATABASE_PASSWORD": "it's \\ $1 \"quoted\"",
    }
    subprocess.run([PROJECT_FOLDER / "bin" / "make-database"], env=environment, check=True)
    yield postgis_address.format(database="geo_assen").replace("postgres@", "geo_assen@")
    postgis.execute(server, "DROP DATABASE geo_assen WITH (FORCE)", "DROP ROLE geo_assen")


def test_role_without_rights_over_the_server_may_receive_a_copy(
    sqlite_store: sa.Engine, owned_database: str
) -> None:
    dirty.fill(sqlite_store)
    target = create_store(owned_database)
    with read_batch(target) as connection:
        role = "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles "
        assert not connection.exec_driver_sql(f"{role} WHERE rolname = current_user").scalar()
    copy_store(sqlite_store, target)
    assert dirty.contents(target) == dirty.contents(sqlite_store)
    assert check_store(target) == []
    target.dispose()
