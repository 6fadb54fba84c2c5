import os
import resource
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from geo_assen.errors import StoreError
from geo_assen.store import create_store, open_engine, read_batch, store_version, write_batch
from geo_assen.store.schema import head_revision
from tests.store import outside, rows


def _url(path: Path) -> str:
    return f"sqlite:///{path}"


def test_created_store_opens_again_with_its_rows(vacant_url: str) -> None:
    engine = create_store(vacant_url)
    rows.fill(engine, "p")
    engine.dispose()
    again = open_engine(vacant_url)
    with read_batch(again) as connection:
        assert store_version(connection) == 1
        assert connection.execute(sa.select(rows.table("plot").c.code)).scalars().all() == ["p"]
    again.dispose()


def test_creating_twice_keeps_what_is_there(vacant_url: str) -> None:
    first = create_store(vacant_url)
    rows.fill(first)
    second = create_store(vacant_url)
    with read_batch(second) as connection:
        assert store_version(connection) == 1
    first.dispose()
    second.dispose()


def test_folder_is_made(tmp_path: Path) -> None:
    create_store(_url(tmp_path / "a" / "b" / "store.gpkg")).dispose()
    assert (tmp_path / "a" / "b" / "store.gpkg").exists()


def test_connection_has_the_settings_that_keep_data_safe(sqlite_store: sa.Engine) -> None:
    with read_batch(sqlite_store) as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 200,
    }


def test_missing_store_says_how_to_make_one(vacant_url: str) -> None:
    with pytest.raises(StoreError, match="run geo-assen init"):
        open_engine(vacant_url)


def test_missing_file_is_not_made_by_opening(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        open_engine(_url(tmp_path / "none.gpkg"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("attempt", [open_engine, create_store])
def test_file_that_is_no_database_is_left_alone(tmp_path: Path, attempt: object) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear all, this is no database but a letter.\n" * 40)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not an SQLite file"):
        attempt(_url(path))  # type: ignore[operator]
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("attempt", [open_engine, create_store])
@pytest.mark.parametrize(("application_id", "named"), [
    (0, "an other SQLite database"), (0x47504B47, "an other GeoPackage"),
])
def test_database_of_others_is_left_alone(
    tmp_path: Path, attempt: object, application_id: int, named: str
) -> None:
    path = tmp_path / "theirs.gpkg"
    connection = sqlite3.connect(path)
    connection.executescript(f"CREATE TABLE t (x); PRAGMA application_id = {application_id}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=named):
        attempt(_url(path))  # type: ignore[operator]
    assert path.read_bytes() == before


def test_empty_file_can_become_a_store(tmp_path: Path) -> None:
    path = tmp_path / "store.gpkg"
    path.touch()
    with pytest.raises(StoreError, match="an empty file"):
        open_engine(_url(path))
    create_store(_url(path)).dispose()
    assert outside.faults_of_geopackage(path) == ""


@pytest.mark.parametrize("attempt", [open_engine, create_store])
def test_folder_is_no_store(tmp_path: Path, attempt: object) -> None:
    with pytest.raises(StoreError, match="this is a folder"):
        attempt(_url(tmp_path))  # type: ignore[operator]


@pytest.mark.parametrize(("url", "reason"), [
    ("assen.gpkg", "not an address of a store"),
    ("postgresql+psycopg://host:port/db", "not an address of a store"),
    ("mysql://root@localhost/assen", "this kind of database is not served"),
    ("oracle+nonsense://x/y", "this kind of database is not served"),
    ("sqlite://", "the store must be a file"),
    ("sqlite:///:memory:", "the store must be a file"),
    ("sqlite:///file:assen.gpkg?uri=true", "the store must be a file"),
])
def test_address_that_is_none_is_refused(url: str, reason: str) -> None:
    for attempt in (open_engine, create_store):
        with pytest.raises(StoreError, match=reason):
            attempt(url)


def test_server_that_does_not_answer_is_told_without_the_password(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://me:secret@/assen?host={tmp_path}"
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        open_engine(url)
    assert "secret" not in str(caught.value)
    assert str(caught.value).count("\n") == 0


def test_missing_database_is_told(postgis_address: str) -> None:
    with pytest.raises(StoreError, match='database "nowhere" does not exist'):
        open_engine(postgis_address.format(database="nowhere"))


@pytest.mark.parametrize("vacant_url", ["postgis"], indirect=True)
def test_database_with_tables_of_others_is_refused(vacant_url: str) -> None:
    other = sa.create_engine(vacant_url)
    with other.begin() as connection:
        connection.execute(sa.text("CREATE TABLE plot (x int)"))
    with pytest.raises(StoreError, match="has a table 'plot' of something else"):
        create_store(vacant_url)
    assert sa.inspect(other).get_table_names() == ["plot"]
    other.dispose()


def test_store_of_a_newer_program_is_refused(store: sa.Engine) -> None:
    with write_batch(store) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '209901010000'"))
    with pytest.raises(StoreError, match=f"a newer version.*209901010000.*{head_revision()}"):
        open_engine(store.url.render_as_string(hide_password=False))


def test_creation_that_fails_leaves_no_file(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(StoreError, match="disk"):
            create_store(_url(tmp_path / "store.gpkg"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []


@contextmanager
def _unprivileged() -> Iterator[None]:
    """The rights of an ordinary account: root may write everywhere."""
    account = os.geteuid()
    if account == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(account)


@pytest.fixture
def visible_folder() -> Iterator[Path]:
    """A folder that other accounts may look into, unlike pytest's own."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def test_file_without_write_permission_is_told(visible_folder: Path) -> None:
    path = visible_folder / "store.gpkg"
    create_store(_url(path)).dispose()
    visible_folder.chmod(0o777)
    path.chmod(0o444)
    with _unprivileged(), pytest.raises(StoreError, match=f"may not write to the file {path}"):
        open_engine(_url(path))


def test_read_only_folder_is_told(visible_folder: Path) -> None:
    path = visible_folder / "store.gpkg"
    create_store(_url(path)).dispose()
    path.chmod(0o666)
    visible_folder.chmod(0o555)
    with _unprivileged():
        with pytest.raises(StoreError, match=f"may not write to the folder {visible_folder}"):
            open_engine(_url(path))
        with pytest.raises(StoreError, match="cannot be opened; check that the folder"):
            create_store(_url(visible_folder / "other.gpkg"))
        with pytest.raises(StoreError, match="its folder cannot be made"):
            create_store(_url(visible_folder / "sub" / "other.gpkg"))


def test_folder_that_may_not_be_looked_into_is_told(visible_folder: Path) -> None:
    visible_folder.chmod(0o700 if os.geteuid() == 0 else 0o000)
    with _unprivileged(), pytest.raises(StoreError, match="may not look into its folder"):
        open_engine(_url(visible_folder / "store.gpkg"))


def test_damaged_file_is_told(sqlite_store: sa.Engine) -> None:
    path = Path(str(sqlite_store.url.database))
    sqlite_store.dispose()
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="the file is damaged"):
        open_engine(_url(path))
