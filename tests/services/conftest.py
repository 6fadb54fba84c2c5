"""The sample to read, and copies of it to write in, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from geo_assen import services
from geo_assen.services import Store
from tests import postgis
from tests.services.sample import copied, opened, sample_file, settings_of

DATABASES = ("sqlite", "postgis")


@pytest.fixture(scope="session")
def sample_database(postgis_address: str) -> str:
    """Name of a database with the sample, imported there; nobody stays connected to it."""
    server = postgis_address.format(database="postgres")
    postgis.execute(server, "CREATE DATABASE sample_template")
    address = postgis_address.format(database="sample_template")
    services.init_store(settings_of(address), sample=True).close()
    return "sample_template"


@pytest.fixture(scope="session", params=DATABASES)
def sample_address(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Address of the sample, for reading only."""
    if request.param == "sqlite":
        yield f"sqlite:///{sample_file(tmp_path_factory.getbasetemp())}"
        return
    template = request.getfixturevalue("sample_database")
    with postgis.database(request.getfixturevalue("postgis_address"), template) as address:
        yield address


@pytest.fixture(scope="session")
def sample(sample_address: str) -> Iterator[Store]:
    """The sample, for reading only."""
    store = opened(sample_address)
    yield store
    store.close()


@pytest.fixture(params=DATABASES)
def copy_address(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{copied(tmp_path_factory.getbasetemp(), tmp_path)}"
        return
    template = request.getfixturevalue("sample_database")
    with postgis.database(request.getfixturevalue("postgis_address"), template) as address:
        yield address


@pytest.fixture
def copy(copy_address: str) -> Iterator[Store]:
    """A copy of the sample that a test may write in."""
    store = opened(copy_address)
    yield store
    store.close()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written
