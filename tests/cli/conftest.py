"""The sample to read, and copies of it to write in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services.sample import copied, sample_file


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, for reading only."""
    return sample_file(tmp_path_factory.getbasetemp())


@pytest.fixture
def copy(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return copied(tmp_path_factory.getbasetemp(), tmp_path)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written
