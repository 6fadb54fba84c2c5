"""A service on this machine, and a client that never really waits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from geo_assen.ingest.connectors import Client
from tests.ingest.connectors.server import Service, served, without_proxies


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    without_proxies(monkeypatch)


@pytest.fixture
def service() -> Iterator[Service]:
    with served() as running:
        yield running


@pytest.fixture
def waited() -> list[float]:
    """Seconds that the client would have waited."""
    return []


@pytest.fixture
def client(waited: list[float]) -> Client:
    return Client(timeout_s=5, sleep=waited.append)
