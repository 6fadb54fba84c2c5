"""Stores for tests: each test gets one of its own, copied from a template of the session."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from geo_assen.store import create_store, open_engine
from tests import postgis

_numbers = count(1)


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


def _make_database(address: str, name: str, template: str) -> str:
    server = address.format(database="postgres").replace("+psycopg", "")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    return address.format(database=name)


@pytest.fixture(scope="session")
def postgis_template(postgis_address: str) -> str:
    create_store(_make_database(postgis_address, "store_template", "template1")).dispose()
    return "store_template"


@pytest.fixture(params=["sqlite", "postgis"])
def vacant_url(request: pytest.FixtureRequest) -> str:
    """Address at which there is no store yet, on either database."""
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('tmp_path') / 'store.gpkg'}"
    address = request.getfixturevalue("postgis_address")
    return _make_database(address, f"vacant_{next(_numbers)}", "template1")


def _store_url(request: pytest.FixtureRequest, kind: str) -> str:
    if kind == "sqlite":
        path = request.getfixturevalue("tmp_path") / "store.gpkg"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    template = request.getfixturevalue("postgis_template")
    address = request.getfixturevalue("postgis_address")
    return _make_database(address, f"store_{next(_numbers)}", template)


@pytest.fixture(params=["sqlite", "postgis"])
def store(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """An empty store, on either database."""
    yield from _opened(_store_url(request, request.param))


@pytest.fixture
def sqlite_store(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """An empty store in a GeoPackage."""
    yield from _opened(_store_url(request, "sqlite"))


@pytest.fixture
def postgis_store(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """An empty store in PostGIS."""
    yield from _opened(_store_url(request, "postgis"))


def _opened(url: str) -> Iterator[sa.Engine]:
    engine = open_engine(url, busy_timeout_ms=200)
    yield engine
    engine.dispose()
