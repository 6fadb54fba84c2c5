"""Files of every format, written in the test, and what is read of them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from geo_assen.ingest.content import PART_ROWS, Part
from geo_assen.ingest.issues import Issue
from geo_assen.ingest.read import open_file

Write = Callable[[str, str | bytes], Path]


@dataclass(frozen=True)
class Table:
    """All of one layer."""

    name: str
    columns: tuple[str, ...]
    crs: str | None
    rows: int | None
    places: tuple[str, ...]
    decimal: str
    numbers: list[int]
    values: pd.DataFrame
    geometry: list[Any]
    issues: list[Issue]

    def row(self, at: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = self.values.iloc[at].to_dict()
        return found

    def column(self, name: str) -> list[Any]:
        return list(self.values[name])

    def kinds(self) -> list[tuple[int, str]]:
        return [(issue.row, issue.kind) for issue in self.issues]

    def wkt(self) -> list[str | None]:
        return [None if g is None else shapely.to_wkt(g, trim=True) for g in self.geometry]


def read_all(path: Path, **options: str | None) -> dict[str, Table]:
    """Every layer of a file, all of its parts put together."""
    with open_file(path, **options) as opened:
        tables = {layer.name: _table(layer) for layer in opened.layers}
        assert len(tables) == len(opened.layers)
        opened.unchanged()
        return tables


def read_one(path: Path, **options: str | None) -> Table:
    """The only layer of a file."""
    (table,) = read_all(path, **options).values()
    return table


def _table(layer: Any) -> Table:
    parts = list(layer.read())
    for part in parts:
        _check(part, layer.columns)
        assert (part.geometry is not None) == layer.has_geometry
    frames = [part.values for part in parts] or [pd.DataFrame(columns=list(layer.columns))]
    return Table(
        layer.name,
        layer.columns,
        layer.crs,
        layer.rows,
        layer.geometry_columns,
        layer.decimal,
        [int(number) for part in parts for number in part.numbers],
        pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0],
        [g for part in parts if part.geometry is not None for g in part.geometry],
        [issue for part in parts for issue in part.issues],
    )


def _check(part: Part, columns: tuple[str, ...]) -> None:
    """What holds for every part of every format."""
    assert tuple(part.values.columns) == columns
    assert len(part) == len(part.values) <= PART_ROWS
    assert isinstance(part.values.index, pd.RangeIndex)
    assert part.numbers.dtype == np.int64
    assert part.geometry is None or len(part.geometry) == len(part)
    for name in columns:
        assert not isinstance(part.values[name].dtype, pd.StringDtype), name
    unread = {issue.row for issue in part.issues if issue.kind == "unreadable_row"}
    assert not unread & set(part.numbers.tolist())


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Temporary folder of the readers, in which no test may leave anything behind."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written
