"""Columns and a few values, mapped to the real layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geo_assen.catalogue import Catalogue, LayerDefinition, load_catalogue
from geo_assen.ingest.content import FileLayer, Part
from geo_assen.ingest.mapping import (
    Mapping,
    ReadyMapping,
    guess_mapping,
    load_mapping,
    load_ready_mappings,
)
from geo_assen.settings import Settings

Guess = Callable[..., Mapping]
Load = Callable[..., Mapping]


def nothing_to_read() -> Iterator[Part]:
    return iter(())


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(Settings().layers)


@pytest.fixture(scope="session")
def ready(catalogue: Catalogue) -> tuple[ReadyMapping, ...]:
    return load_ready_mappings(Settings().layers / "mappings", catalogue=catalogue)


@pytest.fixture(scope="session")
def plots(catalogue: Catalogue) -> LayerDefinition:
    return catalogue.layers["plots"]


@pytest.fixture(scope="session")
def guess(catalogue: Catalogue) -> Guess:
    """Guess the mapping of a table: its columns with their values, or its headers alone."""

    def guessed(
        layer: str,
        table: dict[str, Sequence[Any]] | Iterable[str],
        ready: Sequence[ReadyMapping] = (),
    ) -> Mapping:
        values = table if isinstance(table, dict) else {name: [] for name in table}
        file_layer = FileLayer("file", tuple(values), nothing_to_read)
        return guess_mapping(
            catalogue.layers[layer],
            file_layer,
            pd.DataFrame(values),
            catalogue=catalogue,
            ready=ready,
        )

    return guessed


@pytest.fixture
def load(tmp_path: Path, catalogue: Catalogue) -> Load:
    """Write a mapping file for a layer, and load it for a file with some columns."""

    def loaded(text: str, columns: Sequence[str], layer: str = "plots") -> Mapping:
        path = tmp_path / "columns.toml"
        path.write_text(text, encoding="utf-8")
        return load_mapping(path, catalogue.layers[layer], columns, catalogue=catalogue)

    return loaded
