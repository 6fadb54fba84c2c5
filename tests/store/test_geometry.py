import struct

import numpy as np
import pytest
import shapely
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geo_assen.store import insert_frame, intersects_bbox, read_batch, write_batch
from geo_assen.store.geometry import (
    Geometry,
    conform,
    decode_geometries,
    encode_geometries,
    sql_functions,
)
from tests.store import rows

coordinates = st.floats(0, 620_000, allow_nan=False)


@given(st.lists(st.one_of(st.none(), st.tuples(coordinates, coordinates)), max_size=6))
def test_geometries_come_back_exactly(points: list[tuple[float, float] | None]) -> None:
    given_ones = [None if xy is None else Point(xy) for xy in points]
    found = decode_geometries(encode_geometries(np.array(given_ones, dtype=object)))
    assert list(found) == given_ones


def test_header_follows_the_geopackage_form() -> None:
    (blob,) = encode_geometries([box(1, 2, 3, 4)])
    assert blob is not None
    assert struct.unpack_from("<2sBBi4d", blob) == (b"GP", 0, 0b11, 28992, 1, 3, 2, 4)
    assert shapely.from_wkb(blob[40:]).equals(box(1, 2, 3, 4))


def test_empty_geometry_has_its_flag_and_no_box() -> None:
    (blob,) = encode_geometries([Polygon()])
    assert blob is not None
    assert blob[3] == 0b10001
    assert decode_geometries([blob])[0].is_empty


def test_heights_are_left_out() -> None:
    (found,) = decode_geometries(encode_geometries([Point(1, 2, 3)]))
    assert not found.has_z


@pytest.mark.parametrize(
    ("header", "order"), [(struct.pack("<2sBBi", b"GP", 0, 1, 28992), 1),
                          (struct.pack(">2sBBi4d", b"GP", 0, 2, 28992, 5, 5, 6, 6), 0)],
)  # fmt: skip
def test_blobs_of_others_are_read(header: bytes, order: int) -> None:
    """Points of GDAL have no box; other writers use the other byte order."""
    blob = header + shapely.to_wkb(Point(5, 6), byte_order=order)
    assert decode_geometries([blob])[0] == Point(5, 6)
    functions = sql_functions()
    assert [functions[f"ST_{edge}"](blob) for edge in ("MinX", "MaxX", "MinY", "MaxY")] == [
        5, 5, 6, 6,
    ]
    assert functions["ST_IsEmpty"](blob) == 0


def test_sql_functions_of_empty_and_missing() -> None:
    functions = sql_functions()
    (empty,) = encode_geometries([Point()])
    assert (functions["ST_IsEmpty"](empty), functions["ST_MinX"](empty)) == (1, None)
    assert (functions["ST_IsEmpty"](None), functions["ST_MinX"](None)) == (None, None)
    assert functions["ST_IsEmpty"](b"no blob") is None


def test_single_polygon_is_promoted() -> None:
    promoted = conform([rows.SQUARE, None], "MULTIPOLYGON")
    assert promoted[0] == MultiPolygon([rows.SQUARE])
    assert promoted[1] is None


def test_other_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="LINESTRING was given to a column of MULTIPOLYGON"):
        conform([LineString([(0, 0), (1, 1)])], "MULTIPOLYGON")
    with pytest.raises(ValueError, match="not one of the geometry types"):
        Geometry("CIRCLE")


@pytest.fixture
def plots(store: sa.Engine) -> sa.Engine:
    rows.fill(store, "west")
    with write_batch(store) as connection:
        east = rows.plot_frame("east", shape=box(235000, 556000, 235100, 556100))
        insert_frame(connection, rows.table("plot"), east)
    return store


@pytest.mark.parametrize(("bounds", "expected"), [
    ((232990, 555990, 233010, 556010), ["west"]),
    ((232000, 555000, 236000, 557000), ["east", "west"]),
    ((233100, 556100, 233200, 556200), ["west"]),
    ((233200, 556000, 234000, 556100), []),
])
def test_box_selects_what_meets_it(
    plots: sa.Engine, bounds: tuple[float, float, float, float], expected: list[str]
) -> None:
    plot = rows.table("plot")
    for table in (plot, plot.alias("p")):
        statement = sa.select(table.c.code).where(intersects_bbox(table.c.geom, bounds))
        with read_batch(plots) as connection:
            assert sorted(connection.execute(statement).scalars()) == expected


def test_two_boxes_share_one_cached_statement(plots: sa.Engine) -> None:
    """Bounds are bound values: a second box must not get the answer of the first."""
    plot = rows.table("plot")
    with read_batch(plots) as connection:
        found = [
            connection.execute(
                sa.select(plot.c.code).where(intersects_bbox(plot.c.geom, (x, 556000, x, 556000)))
            ).scalar()
            for x in (233050, 235050)
        ]
    assert found == ["west", "east"]


def test_box_is_answered_by_the_index(sqlite_store: sa.Engine) -> None:
    plot = rows.table("plot")
    statement = sa.select(plot.c.id).where(intersects_bbox(plot.c.geom, (0, 0, 1, 1)))
    with read_batch(sqlite_store) as connection:
        compiled = statement.compile(connection, compile_kwargs={"literal_binds": True})
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").fetchall()
    assert any("rtree_plot_geom VIRTUAL TABLE INDEX" in row[3] for row in plan)
