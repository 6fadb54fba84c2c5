"""Stores for tests: each test finds one of its own, empty."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import jinja2
import pytest
import sqlalchemy as sa
from flask import Flask

from geo_assen.store import create_store, open_engine
from tests import postgis

# How long an example takes says something of the machine, not of the program.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep compiled templates of pages for the run: each test makes an application of its own."""
    cache = jinja2.FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(Flask.jinja_options, "bytecode_cache", cache)
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "store.gpkg"
    create_store(f"sqlite:///{path}").dispose()
    return path


@pytest.fixture(scope="session")
def postgis_address() -> Iterator[str]:
    """Address of the server of this run, with ``{database}`` to fill in."""
    reason = postgis.missing()
    if reason and os.environ.get("CI"):
        pytest.fail(f"tests on PostGIS must run here, but {reason}")
    if reason:
        pytest.skip(f"no PostGIS: {reason}")
    with postgis.cluster() as address:
        yield address


class _ReusedDatabase:
    """One store for many tests: emptied after each, made anew where tables were changed."""

    def __init__(self, address: str) -> None:
        self._server = address.format(database="postgres")
        self.url = address.format(database="store")
        postgis.execute(self._server, "CREATE DATABASE store_template")
        create_store(address.format(database="store_template")).dispose()
        self._shape = postgis.execute(address.format(database="store_template"), postgis.SHAPE)
        self._make()

    def _make(self) -> None:
        postgis.make_database(self._server, "store", "store_template")

    def restore(self) -> None:
        if postgis.execute(self.url, postgis.SHAPE) == self._shape:
            postgis.execute(self.url, postgis.EMPTY)
        else:
            postgis.execute(self._server, "DROP DATABASE store WITH (FORCE)")
            self._make()


@pytest.fixture(scope="session")
def postgis_database(postgis_address: str) -> _ReusedDatabase:
    return _ReusedDatabase(postgis_address)


@pytest.fixture(params=["sqlite", "postgis"])
def vacant_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address at which there is no store yet, on either database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.gpkg'}"
        return
    with postgis.database(request.getfixturevalue("postgis_address"), "template1") as url:
        yield url


@pytest.fixture
def sqlite_store(sqlite_template: Path, tmp_path: Path) -> Iterator[sa.Engine]:
    """An empty store in a GeoPackage."""
    path = tmp_path / "store.gpkg"
    shutil.copy(sqlite_template, path)
    yield from _opened(f"sqlite:///{path}")


@pytest.fixture
def postgis_store(postgis_database: _ReusedDatabase) -> Iterator[sa.Engine]:
    """An empty store in PostGIS."""
    yield from _opened(postgis_database.url)
    postgis_database.restore()


@pytest.fixture(params=["sqlite", "postgis"])
def store(request: pytest.FixtureRequest) -> sa.Engine:
    """An empty store, on either database."""
    engine: sa.Engine = request.getfixturevalue(f"{request.param}_store")
    return engine


def _opened(url: str) -> Iterator[sa.Engine]:
    engine = open_engine(url, busy_timeout_ms=200)
    yield engine
    engine.dispose()
