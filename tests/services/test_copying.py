"""A store moves from file to server and back, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest
import sqlalchemy as sa

from geo_assen import services
from geo_assen.errors import StoreError
from geo_assen.services import Store
from geo_assen.services.copying import copy_store
from geo_assen.settings import PROJECT_FOLDER
from geo_assen.store import create_store, metadata
from tests import postgis
from tests.services.sample import copied, lay_reach, opened, settings_of
from tests.store.dirty import contents

Write = Callable[[str, str], Path]
EXAMPLE = (PROJECT_FOLDER / "layers" / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def empty_database(postgis_address: str) -> Iterator[str]:
    """Address of a database in which there is no store yet."""
    with postgis.database(postgis_address, "template1") as address:
        yield address


@pytest.fixture
def file(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A copy of the sample in a file."""
    return f"sqlite:///{copied(tmp_path_factory.getbasetemp(), tmp_path)}"


def _held(address: str) -> tuple[object, list[str]]:
    """Everything in a store, and what is wrong with it."""
    store = opened(address)
    held = contents(store.engine), services.check(store)
    store.close()
    return held


def test_sample_goes_to_the_server_and_comes_back_equal_with_its_past(
    tmp_path: Path, file: str, empty_database: str
) -> None:
    source = file
    back = f"sqlite:///{tmp_path / 'folder' / 'back.gpkg'}"
    settings = settings_of(source)
    store = opened(source)
    with store.write() as connection:
        connection.execute(sa.update(metadata.tables["plot"]).values(fibre=True, price_eur_m2=7))
    yesterday = services.today() - timedelta(days=1)
    wanted = store.attributes("plot", yesterday)[0]
    store.close()
    there = copy_store(source, empty_database, settings)
    again = copy_store(empty_database, back, settings)

    before = _held(source)
    assert before[1] == []
    assert before == _held(empty_database) == _held(back)
    assert there.rows == again.rows > 5000
    assert there.tables == again.tables
    assert again.store_version == there.store_version + 1
    copy = opened(empty_database)
    found = copy.attributes("plot", yesterday)[0]
    copy.close()
    assert found.equals(wanted)
    assert set(found["price_eur_m2"]) == {7}


def test_report_counts_tables_and_rasters_and_a_second_copy_is_refused(
    file: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lay_reach(tmp_path_factory.getbasetemp(), tmp_path)
    rasters, target = tmp_path / "rasters", tmp_path / "folder" / "b.gpkg"
    (rasters / "other.txt").write_text("named by no layer")
    there = target.parent / "rasters"
    there.mkdir(parents=True)
    of_another = (rasters / "reach_car_15.tif").read_bytes()
    (there / "reach_car_45.tif").write_bytes(of_another)
    told: list[tuple[str, int, int]] = []
    report = copy_store(
        file, f"sqlite:///{target}", settings_of(file), lambda *step: told.append(step)
    )
    document = report.document()
    assert document["from"] == file.removeprefix("sqlite:///")
    assert document["to"] == str(target)
    assert document["rows"] == sum(table["rows"] for table in document["tables"])
    assert all(table["equal"] for table in document["tables"])
    assert document["left_out"] == []
    # what the layers name goes along, over nothing that is there
    names = {path.name for path in rasters.iterdir()} - {"other.txt", "reach_car_45.tif"}
    assert (set(document["rasters"]), len(names)) == (names, 6)
    assert document["rasters_left_out"] == ["reach_car_45.tif"]
    kept = {path.name: path.read_bytes() for path in there.iterdir()}
    assert kept == {
        **{name: (rasters / name).read_bytes() for name in names}, "reach_car_45.tif": of_another,
    }  # fmt: skip

    before = _held(f"sqlite:///{target}")
    with pytest.raises(StoreError, match="it holds records already"):
        copy_store(file, f"sqlite:///{target}", settings_of(file))
    assert _held(f"sqlite:///{target}") == before
    assert told[-1][1] == told[-1][2] == 2 * document["rows"]


def test_layers_of_an_installation_come_along(file: str, tmp_path: Path, write: Write) -> None:
    layers = tmp_path / "layers"
    copytree(PROJECT_FOLDER / "layers", layers)
    text = EXAMPLE.split("```toml\n")[1].split("```")[0]
    (layers / "charging_points.toml").write_text(text, encoding="utf-8")
    settings = settings_of(file, layers=layers)
    store = Store(settings=settings)
    rows = write("points.csv", "code,name,power_mva,lon,lat\nC1,Station,0.5,6.57,52.99\n")
    services.import_file(store, "charging_points", rows)
    layer = store.catalogue.layer("charging_points")
    before = store.layer_table(layer)
    store.close()

    target = f"sqlite:///{tmp_path / 'b.gpkg'}"
    report = copy_store(file, target, settings)
    assert ("layer_charging_points", 1, True) in report.tables
    copy = opened(target, layers=layers)
    assert copy.layer_table(layer).equals(before)
    assert services.check(copy) == []
    copy.close()

    with pytest.raises(StoreError, match="no layer file describes the table"):
        copy_store(file, f"sqlite:///{tmp_path / 'c.gpkg'}", settings_of(file))
    assert not (tmp_path / "c.gpkg").exists()


@pytest.mark.parametrize("spelled", ["{path}", "{folder}/./assen.gpkg", "{folder}/link.gpkg"])
def test_store_is_not_copied_onto_itself(file: str, spelled: str) -> None:
    path = Path(file.removeprefix("sqlite:///"))
    (path.parent / "link.gpkg").symlink_to(path)
    target = spelled.format(path=path, folder=path.parent)
    with pytest.raises(StoreError, match="are the same store"):
        copy_store(file, f"sqlite:///{target}", settings_of(file))
    assert _held(file)[1] == []


def test_database_is_not_copied_onto_itself(empty_database: str) -> None:
    create_store(empty_database).dispose()
    with pytest.raises(StoreError, match="are the same store"):
        copy_store(empty_database, f"{empty_database}&connect_timeout=5", settings_of(""))


def test_file_that_was_begun_goes_when_the_copy_fails(file: str, tmp_path: Path) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    target = tmp_path / "deep" / "b.gpkg"
    with pytest.raises(KeyboardInterrupt):
        copy_store(file, f"sqlite:///{target}", settings_of(file), stop)
    assert list(target.parent.iterdir()) == []


def test_new_store_that_init_made_takes_a_copy(file: str, tmp_path: Path) -> None:
    target = tmp_path / "b.gpkg"
    services.init_store(settings_of(target)).close()
    copy_store(file, f"sqlite:///{target}", settings_of(file))
    assert _held(f"sqlite:///{target}") == _held(file)


@pytest.mark.parametrize("address", ["nonsense", "mysql://host/database", "sqlite:///"])
def test_address_that_is_none_is_refused(file: str, address: str) -> None:
    for pair in ((file, address), (address, file)):
        with pytest.raises(StoreError):
            copy_store(*pair, settings_of(file))


def test_source_that_is_missing_makes_no_target(file: str, tmp_path: Path) -> None:
    target = tmp_path / "b.gpkg"
    with pytest.raises(StoreError, match="the file does not exist"):
        copy_store(f"sqlite:///{tmp_path / 'none.gpkg'}", f"sqlite:///{target}", settings_of(file))
    assert not target.exists()
