"""Parts built by hand, judged against the real layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from geo_assen.catalogue import Catalogue, load_catalogue
from geo_assen.ingest.checks import Checked, Checker, Context
from geo_assen.ingest.content import FileLayer, Part
from geo_assen.ingest.issues import Issue
from geo_assen.ingest.mapping import Mapping
from geo_assen.settings import Settings

RD = "EPSG:28992"
CRS84 = "OGC:CRS84"
PLACE = "geometry"
"""Key of a row under which its geometry stands; every other one is a column."""

Run = Callable[..., Checked]


def plot(**changes: Any) -> dict[str, Any]:
    """A plot that passes, 100 by 100 m in RD, but for what is changed."""
    return {
        "code": "A", "park": "P", "area_m2": 10_000, PLACE: box(233_700, 556_700, 233_800, 556_800)
    } | changes  # fmt: skip


def square(at: int, size_m: float = 100) -> BaseGeometry:
    """One of many squares beside each other."""
    left, bottom = 233_700 + at % 40 * 110, 556_700 + at // 40 * 110
    return box(left, bottom, left + size_m, bottom + size_m)


def part_of(rows: Sequence[dict[str, Any]], first: int = 1, issues: Sequence[Issue] = ()) -> Part:
    """Rows as a reader hands them over; a column is of numbers where all its cells are."""
    names = list(dict.fromkeys(name for row in rows for name in row if name != PLACE))
    cells = {name: [row.get(name) for row in rows] for name in names}
    values = pd.DataFrame({name: _series(column) for name, column in cells.items()},
                          index=pd.RangeIndex(len(rows)))  # fmt: skip
    geometry = None
    if any(PLACE in row for row in rows):
        geometry = np.full(len(rows), None, dtype=object)
        geometry[:] = [row.get(PLACE) for row in rows]
    numbers = np.arange(first, first + len(rows), dtype=np.int64)
    return Part(numbers, values, geometry, list(issues))


def _series(cells: list[Any]) -> pd.Series[Any]:
    whole = all(isinstance(c, (int, float)) and not isinstance(c, bool) for c in cells)
    return pd.Series(cells, dtype=None if whole and cells else object)


def together(outcomes: Sequence[Checked]) -> Checked:
    """What several parts came to."""
    frames = [o.accepted for o in outcomes if len(o.accepted)] or [outcomes[0].accepted]
    return Checked(
        pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0],
        [row for o in outcomes for row in o.set_aside],
        [issue for o in outcomes for issue in o.issues],
        sum(o.repaired for o in outcomes),
        sum(o.superseded for o in outcomes),
    )


def rows_of(issues: Sequence[Issue], kind: str) -> list[int]:
    return sorted(issue.row for issue in issues if issue.kind == kind)


def kinds(outcome: Checked, row: int = 1) -> list[str]:
    return sorted(issue.kind for issue in outcome.issues if issue.row == row)


def codes(outcome: Checked) -> list[str]:
    return list(outcome.accepted["code"])


def only(outcome: Checked) -> Issue:
    (issue,) = outcome.issues
    return issue


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(Settings().layers)


@pytest.fixture(scope="session")
def context(catalogue: Catalogue) -> Context:
    """A store with parks P and R and premises Q, on 1 November 2026, around Assen."""
    known = {
        "business_parks": {"P", "R"}, "premises": {"Q"}, "sources": {"file"}, "plots": {"OLD"}
    }  # fmt: skip
    outline = box(228_700, 550_100, 238_600, 564_600)
    areas = gpd.GeoDataFrame(
        {
            "code": ["GM0106", "GM0014"],
            "kind": ["municipality"] * 2,
            "name": ["Assen", "Groningen"],
        },
        geometry=[outline, box(229_000, 577_000, 245_000, 590_000)],
        crs=RD,
    )
    return Context(catalogue, known, "file", date(2026, 11, 1), outline, areas)


@pytest.fixture
def run(context: Context) -> Run:
    """Judge rows; every column whose name is a field is that field."""

    def judged(
        rows: Sequence[dict[str, Any]] | Sequence[Part],
        layer: str = "plots",
        *,
        crs: str | None = RD,
        decimal: Any = ".",
        columns: dict[str, str] | None = None,
        parts: int = 1,
        within: Context = context,
        **mapped: Any,
    ) -> Checked:
        definition = within.catalogue.layers[layer]
        if rows and isinstance(rows[0], Part):
            read = list(rows)
        else:
            size = max(1, -(-len(rows) // parts))
            read = [part_of(rows[at : at + size], at + 1) for at in range(0, len(rows), size)]
        names = tuple(dict.fromkeys(name for part in read for name in part.values.columns))
        if columns is None:
            columns = {name: name for name in names if definition.named(name)}
        places = (PLACE,) if any(part.geometry is not None for part in read) else ()
        layer_of_file = FileLayer(
            "rows", names, lambda: iter(read), crs, geometry_columns=places, decimal=decimal
        )
        checker = Checker(definition, layer_of_file, Mapping(columns, **mapped), within)
        outcome = together([*(checker.check(part) for part in read), checker.finish()])
        unreadable = {i.row for part in read for i in part.issues if i.kind == "unreadable_row"}
        assert outcome.rows == sum(map(len, read)) + len(unreadable)
        return outcome

    return judged
