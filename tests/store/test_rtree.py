"""A packed R-tree answers as one that was filled row by row, and can be written on."""

# ruff: noqa: S608  # the name of the tree is ours

from __future__ import annotations

import numpy as np
import pytest
import sqlalchemy as sa
from shapely.geometry import MultiPolygon, box

from geo_assen.store import insert_frame, read_batch, write_batch
from geo_assen.store.geopackage import recreate_spatial_index
from geo_assen.store.tables import metadata
from tests.store import rows

TREE = "rtree_area_geom"


def _fill(store: sa.Engine, count: int, seed: int = 1) -> None:
    draw = np.random.default_rng(seed)
    corners = draw.uniform((0, 300_000), (280_000, 620_000), (count, 2)).round(3)
    sides = draw.uniform(1, 400, (count, 2)).round(3)
    boxes = np.hstack([corners, corners + sides])
    areas = metadata.tables["area"]
    values = [
        {"code": f"A{n}", "kind": "district", "name": "x", "year": 2026, "source_code": "s",
         "geom": MultiPolygon([box(*edges)]) if n % 10 else None}
        for n, edges in enumerate(boxes)
    ]  # fmt: skip
    with write_batch(store) as connection:
        insert_frame(connection, metadata.tables["source"], rows.source_frame("s"))
        connection.execute(sa.insert(areas), values)


def _found(connection: sa.Connection, edges: tuple[float, float, float, float]) -> list[int]:
    query = f"SELECT id FROM {TREE} WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?"
    x0, y0, x1, y1 = edges
    return sorted(connection.exec_driver_sql(query, (x0, x1, y0, y1)).scalars())


WINDOWS = [(0, 300_000, 280_000, 620_000), (100_000, 400_000, 140_000, 480_000),
           (5, 5, 6, 6), (200_000, 500_000, 200_900, 500_900)]  # fmt: skip


@pytest.mark.parametrize("count", [0, 1, 43, 50, 52, 60, 700, 4_000])
def test_packed_tree_finds_what_a_grown_one_finds(sqlite_store: sa.Engine, count: int) -> None:
    if count:
        _fill(sqlite_store, count)
    with read_batch(sqlite_store) as connection:
        grown = [_found(connection, window) for window in WINDOWS]
        entries = {row[0]: row[1:] for row in connection.exec_driver_sql(f"SELECT * FROM {TREE}")}
    with write_batch(sqlite_store) as connection:
        recreate_spatial_index(connection, "area")
        checked = connection.exec_driver_sql(f"SELECT rtreecheck('{TREE}')").scalar()
    assert checked == "ok"
    with read_batch(sqlite_store) as connection:
        assert [_found(connection, window) for window in WINDOWS] == grown
        packed = {row[0]: row[1:] for row in connection.exec_driver_sql(f"SELECT * FROM {TREE}")}
    assert packed.keys() == entries.keys()
    for number, (min_x, max_x, min_y, max_y) in packed.items():
        low_x, high_x, low_y, high_y = entries[number]  # SQLite rounds outward a little further
        assert low_x <= min_x <= low_x + 0.1
        assert high_x - 0.1 <= max_x <= high_x
        assert low_y <= min_y <= low_y + 0.1
        assert high_y - 0.1 <= max_y <= high_y
    assert len(grown[0]) == count - -(-count // 10)


def test_packed_tree_takes_later_rows_changes_and_deletes(sqlite_store: sa.Engine) -> None:
    _fill(sqlite_store, 3_000)
    areas = metadata.tables["area"]
    with write_batch(sqlite_store) as connection:
        recreate_spatial_index(connection, "area")
        moved = MultiPolygon([box(10, 300_010, 20, 300_020)])
        connection.execute(sa.update(areas).where(areas.c.id <= 1_000).values(geom=moved))
        connection.execute(sa.delete(areas).where(areas.c.id.between(1_001, 2_900)))
        connection.execute(sa.insert(areas), [
            {"code": f"B{n}", "kind": "district", "name": "x", "year": 2026, "source_code": "s",
             "geom": moved} for n in range(500)
        ])  # fmt: skip
        checked = connection.exec_driver_sql(f"SELECT rtreecheck('{TREE}')").scalar()
    assert checked == "ok"
    with read_batch(sqlite_store) as connection:
        assert len(_found(connection, (10, 300_010, 20, 300_020))) == 1_500
