from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from shapely import box

from geo_assen.store import (
    check_store,
    insert_frame,
    intersects_bbox,
    read_batch,
    read_frame,
    write_batch,
)
from geo_assen.store.geopackage import recreate_spatial_index, rtree_triggers
from geo_assen.store.tables import attribute_history
from tests.store import outside, rows


def _path(engine: sa.Engine) -> Path:
    return Path(str(engine.url.database))


def _codes(engine: sa.Engine, bounds: tuple[float, float, float, float]) -> list[str]:
    plot = rows.table("plot")
    statement = sa.select(plot.c.code).where(intersects_bbox(plot.c.geom, bounds))
    with read_batch(engine) as connection:
        return sorted(connection.execute(statement).scalars())


def test_new_store_is_a_valid_geopackage(sqlite_store: sa.Engine) -> None:
    assert outside.faults_of_geopackage(_path(sqlite_store)) == ""


def test_store_stays_valid_after_writes(sqlite_store: sa.Engine) -> None:
    rows.fill(sqlite_store, "p", "q")
    with write_batch(sqlite_store) as connection:
        plot = rows.table("plot")
        connection.execute(sa.delete(plot).where(plot.c.code == "q"))
        connection.execute(sa.update(plot).values(geom=box(1, 2, 3, 4)))
        connection.execute(sa.insert(rows.table("area")).values(
            code="a", kind="region", name="A", year=2026, source_code="test"
        ))
    sqlite_store.dispose()
    assert outside.faults_of_geopackage(_path(sqlite_store)) == ""


def test_header_is_in_the_file_while_the_store_is_open(sqlite_store: sa.Engine) -> None:
    """GIS programs look at the header of the file before they ask SQLite."""
    with read_batch(sqlite_store), _path(sqlite_store).open("rb") as file:
        head = file.read(100)
    assert head[68:72] == b"GPKG"


def test_gdal_edits_and_everything_keeps_in_step(sqlite_store: sa.Engine) -> None:
    rows.fill(sqlite_store, "p", "gone")
    path = _path(sqlite_store)
    outside.gdal_append_plot(path, "new", x=234000)
    moved = "MULTIPOLYGON(((235000 556000,235010 556000,235010 556010,235000 556000)))"
    assert outside.gdal_edit(
        path,
        ("plot", "p", "set", "name", "Renamed"),
        ("plot", "p", "move", moved),
        ("plot", "gone", "delete"),
    ) == ["done"] * 3
    assert _codes(sqlite_store, (233000, 556000, 233100, 556100)) == []
    assert _codes(sqlite_store, (234000, 556000, 234010, 556010)) == ["new"]
    assert _codes(sqlite_store, (235000, 556000, 235010, 556010)) == ["p"]
    with read_batch(sqlite_store) as connection:
        found = read_frame(connection, attribute_history)
    kept = found[found["table_name"] == "plot"]
    assert kept[["code", "operation"]].to_numpy().tolist() == [
        ["p", "insert"], ["gone", "insert"], ["new", "insert"],
        ["p", "update"], ["p", "update"], ["gone", "delete"],
    ]
    assert kept.iloc[3]["attributes"]["name"] == "Renamed"
    assert check_store(sqlite_store) == []
    sqlite_store.dispose()
    assert outside.faults_of_geopackage(path) == ""


def test_gdal_cannot_change_append_only_rows(sqlite_store: sa.Engine) -> None:
    rows.fill(sqlite_store)
    with write_batch(sqlite_store) as connection:
        insert_frame(connection, rows.table("land_event"), rows.event_frame(
            "e", "net_set", date(2026, 1, 1), area_m2=5
        ))
    answers = outside.gdal_edit(
        _path(sqlite_store),
        ("land_event", "e", "set", "kind", "deed"),
        ("land_event", "e", "delete"),
    )
    assert len(answers) == 2
    assert all("land_event is append-only" in answer for answer in answers)
    with read_batch(sqlite_store) as connection:
        assert read_frame(connection, rows.table("land_event"))["kind"].tolist() == ["net_set"]


def test_gdal_sees_layers_and_not_the_accounts(sqlite_store: sa.Engine) -> None:
    script = "import pyogrio, sys; print(*pyogrio.list_layers(sys.argv[1])[:, 0])"
    done = outside.run("-c", script, _path(sqlite_store))
    layers = done.stdout.split()
    assert {"plot", "plots_now", "land_event"} <= set(layers)
    assert not {"app_user", "store_state", "alembic_version"} & set(layers)


def test_extents_follow_each_batch(sqlite_store: sa.Engine) -> None:
    statement = "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = 'plot'"

    def extent() -> tuple[float | None, ...]:
        with read_batch(sqlite_store) as connection:
            return tuple(connection.exec_driver_sql(statement).one())

    assert extent() == (None, None, None, None)
    rows.fill(sqlite_store, "p")
    assert extent() == pytest.approx((233000, 556000, 233100, 556100), abs=0.1)
    shapes = [box(200_000 + i, 500_000, 200_001 + i, 500_001) for i in range(300)]
    with write_batch(sqlite_store) as connection:
        frame = rows.plot_frame(*(f"n{i}" for i in range(300)))
        insert_frame(connection, rows.table("plot"), frame.set_geometry(shapes, crs=frame.crs))
    assert extent() == pytest.approx((200_000, 500_000, 233_100, 556_100), abs=0.1)
    with write_batch(sqlite_store) as connection:
        connection.execute(sa.delete(rows.table("plot")))
    assert extent() == (None, None, None, None)


def test_time_of_change_is_that_of_the_table_written(sqlite_store: sa.Engine) -> None:
    def changes() -> dict[str, str]:
        with read_batch(sqlite_store) as connection:
            found = connection.exec_driver_sql("SELECT table_name, last_change FROM gpkg_contents")
            return {row[0]: row[1] for row in found}

    with write_batch(sqlite_store) as connection:
        connection.exec_driver_sql(
            "UPDATE gpkg_contents SET last_change = '2020-01-01T00:00:00.000Z'"
        )
    with write_batch(sqlite_store) as connection:
        insert_frame(connection, rows.table("source"), rows.source_frame())
    found = changes()
    assert found["source"] > "2026"
    assert found["plot"] == "2020-01-01T00:00:00.000Z"


def test_spatial_index_is_built_anew_after_a_table_copy(sqlite_store: sa.Engine) -> None:
    """What a migration that copies a table has to do."""
    rows.fill(sqlite_store, "p")
    with write_batch(sqlite_store) as connection:
        for name in rtree_triggers("plot", "geom"):
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.exec_driver_sql("DELETE FROM rtree_plot_geom")
    assert check_store(sqlite_store) != []
    with write_batch(sqlite_store) as connection:
        recreate_spatial_index(connection, "plot")
    assert check_store(sqlite_store) == []
    sqlite_store.dispose()
    assert outside.faults_of_geopackage(_path(sqlite_store)) == ""


@pytest.mark.parametrize("statements", [
    ["UPDATE area SET geom = NULL"],
    ["UPDATE area SET geom = NULL", "UPDATE area SET geom = (SELECT geom FROM business_park)"],
    ["UPDATE area SET id = id + 7"],
    ["UPDATE area SET id = id + 7, geom = x'47500011406d0000'"],
    ["DELETE FROM area"],
])
def test_index_follows_every_kind_of_edit(sqlite_store: sa.Engine, statements: list[str]) -> None:
    rows.fill(sqlite_store)
    with write_batch(sqlite_store) as connection:
        connection.execute(sa.insert(rows.table("area")).values(
            code="a", kind="region", name="A", year=2026, source_code="test", geom=rows.SQUARE
        ))
        for statement in statements:
            assert connection.exec_driver_sql(statement).rowcount == 1
    assert check_store(sqlite_store) == []
