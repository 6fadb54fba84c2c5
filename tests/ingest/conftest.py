"""Small real files, checked against the real layers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import box

from geo_assen.catalogue import Catalogue, load_catalogue
from geo_assen.ingest import Checked, Context, check_rows, guess_mapping, read_file
from geo_assen.settings import Settings

SQUARE = [[6.559, 52.991], [6.561, 52.991], [6.561, 52.993], [6.559, 52.993], [6.559, 52.991]]
SQUARE_M2 = 29_900
PLACE = [6.5592826, 52.9915204]
POLYGON = {"type": "Polygon", "coordinates": [SQUARE]}

Check = Callable[..., Checked]


def feature(geometry: Any = POLYGON, **properties: Any) -> dict[str, Any]:
    """A plot that passes, but for what is changed."""
    values = {"code": "A", "park": "P", "area_m2": SQUARE_M2} | properties
    return {"type": "Feature", "properties": values, "geometry": geometry}


def collection(*features: Any, **members: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features, **members})


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(Settings().layers)


@pytest.fixture(scope="session")
def context(catalogue: Catalogue) -> Context:
    """A store with park P and premises Q, on 1 November 2026, around the middle of Assen."""
    known = {"business_parks": {"P"}, "premises": {"Q"}, "sources": {"file"}}
    outline = box(228_700, 550_100, 238_600, 564_600)
    return Context(catalogue, known, "file", date(2026, 11, 1), outline)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    def written(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


@pytest.fixture
def check(write: Callable[[str, str | bytes], Path], context: Context) -> Check:
    """Write a file, read it, and check its rows with the mapping that is guessed."""

    def checked(
        name: str, content: str | bytes, layer: str = "plots", crs: str | None = None
    ) -> Checked:
        definition = context.catalogue.layers[layer]
        (read,) = read_file(write(name, content), crs)
        columns = dict.fromkeys(column for row in read.rows for column in row.values)
        outcome = check_rows(read, definition, guess_mapping(definition, columns), context)
        total = len(outcome.accepted) + len(outcome.quarantined)
        assert total == len(read.rows) + len(read.issues)
        return outcome

    return checked


def kinds(outcome: Checked, row: int = 1) -> list[str]:
    return sorted(issue.kind for issue in outcome.issues if issue.row == row)


def codes(outcome: Checked) -> list[str]:
    return list(outcome.accepted["code"])


def lines(rows: Iterable[str]) -> str:
    return "".join(f"{row}\n" for row in rows)
