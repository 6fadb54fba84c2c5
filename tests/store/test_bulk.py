from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
import shapely
import sqlalchemy as sa
from shapely import Point, box

from geo_assen.errors import StoreError
from geo_assen.store import (
    insert_frame,
    read_batch,
    read_frame,
    reading,
    write_batch,
)
from tests.store import rows

COLUMNS = ("code", "name", "area_m2", "uses", "price_eur_m2", "fibre", "serviced_on", "geom")


def _read(engine: sa.Engine, name: str = "plot", columns: tuple[str, ...] = COLUMNS) -> pa.Table:
    with reading(engine, {name: columns}) as tables:
        return tables.take(name)


def test_table_holds_what_a_frame_of_it_holds(store: sa.Engine) -> None:
    rows.fill(store, "b", "a", "é", "B")
    with write_batch(store) as connection:
        insert_frame(connection, rows.table("plot"), rows.plot_frame(
            "full", name="Corner", uses=["office", "care"], price_eur_m2=80.5, fibre=True,
            serviced_on=date(2024, 2, 29), shape=box(0, 0, 3, 4),
        ))  # fmt: skip
    with read_batch(store) as connection:
        frame = read_frame(connection, rows.table("plot")).set_index("code")
    table = _read(store)
    # by code point, as Python orders text
    assert table["code"].to_pylist() == sorted(frame.index)
    found = {row["code"]: row for row in table.to_pylist()}
    full = found["full"]
    assert (full["name"], full["area_m2"], full["uses"]) == ("Corner", 1000, "care;office")
    assert full["price_eur_m2"] == 80.5
    assert bool(full["fibre"]) is True
    assert str(full["serviced_on"]) == "2024-02-29"
    for code, row in found.items():
        assert shapely.from_wkb(row["geometry"]).equals(frame.loc[code, "geometry"])
        assert (row["fibre"] is None) == (frame.loc[code, "fibre"] is None)


def test_type_of_a_column_does_not_hang_on_its_first_rows(sqlite_store: sa.Engine) -> None:
    # far more rows without a value than are looked at together
    rows.fill(sqlite_store)
    with write_batch(sqlite_store) as connection:
        empty = [f"a{number:05d}" for number in range(17_000)]
        insert_frame(connection, rows.table("plot"), rows.plot_frame(*empty))
        insert_frame(connection, rows.table("plot"), rows.plot_frame(
            "z", name="Last", price_eur_m2=12.5, serviced_on=date(2024, 2, 29)
        ))  # fmt: skip
    last = _read(sqlite_store).slice(17_000).to_pylist()[0]
    assert (last["name"], last["price_eur_m2"], last["serviced_on"]) == (
        "Last", 12.5, "2024-02-29",
    )  # fmt: skip


def test_shapes_with_and_without_a_box_are_read(sqlite_store: sa.Engine) -> None:
    """Points written by GDAL and QGIS carry no box in their header."""
    rows.fill(sqlite_store)
    point = shapely.to_wkb(Point(233_000, 556_000))
    blob = b"GP\x00\x01" + (28992).to_bytes(4, "little") + point
    with write_batch(sqlite_store) as connection:
        connection.execute(sa.text(
            "INSERT INTO premises (code, geom, source_code) VALUES ('P', :blob, 'test')"
        ), {"blob": blob})  # fmt: skip
    table = _read(sqlite_store, "premises", ("code", "geom"))
    assert table["geometry"].to_pylist() == [point]


def test_empty_table_keeps_its_columns(store: sa.Engine) -> None:
    table = _read(store)
    assert table.num_rows == 0
    assert table.column_names == [*COLUMNS[:-1], "geometry"]


def test_store_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'none.gpkg'}")
    with pytest.raises(StoreError, match=r"none\.gpkg: cannot be read"):
        _read(engine)
    engine.dispose()
