"""The sample to read, and copies of it to write in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from geo_assen.services import Store
from tests.services.sample import copied, opened, sample_file


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The sample, for reading only."""
    store = opened(sample_file(tmp_path_factory.getbasetemp()))
    yield store
    store.close()


@pytest.fixture
def copy_path(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return copied(tmp_path_factory.getbasetemp(), tmp_path)


@pytest.fixture
def copy(copy_path: Path) -> Iterator[Store]:
    """A copy of the sample that a test may write in."""
    store = opened(copy_path)
    yield store
    store.close()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written
