from datetime import UTC, date, datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from shapely import LineString, box

from geo_assen.errors import CrsError, StoreError
from geo_assen.store import (
    UpsertCounts,
    among,
    insert_frame,
    read_batch,
    read_frame,
    replace_rows,
    upsert_frame,
    write_batch,
)
from geo_assen.store.tables import attribute_history
from tests.store import rows

PLOT = rows.table("plot")


def _read(engine: sa.Engine, selected: sa.Table | sa.Select) -> gpd.GeoDataFrame:
    with read_batch(engine) as connection:
        return read_frame(connection, selected)


def _upsert(engine: sa.Engine, frame: pd.DataFrame) -> UpsertCounts:
    with write_batch(engine) as connection:
        return upsert_frame(connection, PLOT, frame, "code")


def test_frame_has_one_dtype_a_column_whatever_is_in_it(store: sa.Engine) -> None:
    rows.fill(store, "p")
    filled, empty = _read(store, PLOT), _read(store, PLOT.select().where(PLOT.c.code == "none"))
    expected = {
        "id": "int64", "code": "object", "area_m2": "int64", "smallest_part_m2": "Int64",
        "price_eur_m2": "float64", "fibre": "object", "uses": "object", "serviced_on": "object",
        "geometry": "geometry",
    }
    for frame in (filled, empty):
        assert {name: str(frame[name].dtype) for name in expected} == expected
        assert frame.crs.to_epsg() == 28992
        assert list(frame.columns)[-1] == "geometry"
    assert "geom" not in filled.columns
    moments = _read(store, attribute_history)["recorded_at"]
    assert str(moments.dtype) == "datetime64[ms, UTC]"


def test_values_come_back_as_python_has_them(store: sa.Engine) -> None:
    rows.fill(store)
    frame = rows.plot_frame("full", "bare")
    frame["fibre"] = [True, None]
    frame["water"] = pd.Series([False, pd.NA], dtype="boolean")
    frame["serviced_on"] = [date(2026, 2, 3), None]
    frame["available_from"] = pd.to_datetime(["2026-02-04", None])
    frame["uses"] = [frozenset({"office"}), None]
    frame["smallest_part_m2"] = pd.Series([500.0, np.nan])
    frame["price_eur_m2"] = [80, np.nan]
    with write_batch(store) as connection:
        assert insert_frame(connection, PLOT, frame) == 2
    full, bare = _read(store, PLOT).to_dict("records")
    assert full["fibre"] is True
    assert full["water"] is False
    assert full["serviced_on"] == date(2026, 2, 3)
    assert full["available_from"] == date(2026, 2, 4)
    assert full["uses"] == frozenset({"office"})
    assert (full["smallest_part_m2"], full["price_eur_m2"]) == (500, 80.0)
    assert full["geometry"].equals(rows.SQUARE)
    assert all(bare[name] is None for name in ("fibre", "water", "serviced_on", "uses", "name"))
    assert pd.isna(bare["smallest_part_m2"])
    assert np.isnan(bare["price_eur_m2"])


def test_selection_keeps_order_labels_and_joins(store: sa.Engine) -> None:
    rows.fill(store, "a", "c", "b")
    park = rows.table("business_park")
    found = _read(
        store,
        sa.select(PLOT.c.code, park.c.name.label("park_name"), PLOT.c.geom)
        .join(park, park.c.code == PLOT.c.park)
        .order_by(PLOT.c.code.desc()),
    )
    assert found["code"].tolist() == ["c", "b", "a"]
    assert set(found["park_name"]) == {"Park A"}
    assert found.geometry.notna().all()


def test_selection_with_two_geometries_is_refused(store: sa.Engine) -> None:
    park = rows.table("business_park")
    with pytest.raises(ValueError, match="one geometry"):
        _read(store, sa.select(PLOT.c.geom, park.c.geom.label("park_geom")))


def test_table_without_geometry_is_a_plain_frame(store: sa.Engine) -> None:
    rows.fill(store)
    found = _read(store, rows.table("source"))
    assert not isinstance(found, gpd.GeoDataFrame)
    assert found["retrieved_on"].tolist() == [date(2026, 1, 1)]


def test_moments_and_json_are_written_from_frames(store: sa.Engine) -> None:
    moment = datetime(2026, 5, 1, 12, 0, 0, 500000, tzinfo=UTC)
    batch = pd.DataFrame([{
        "id": 1, "layer": "plots", "file": "f", "sha256": "0" * 64, "imported_at": moment,
        "accepted": 1, "quarantined": 0, "unchanged": 0,
    }])
    row = pd.DataFrame([{
        "import_batch_id": 1, "row": 3, "original": {"a": [1, None]}, "issues": [{"kind": "x"}],
    }])
    with write_batch(store) as connection:
        insert_frame(connection, rows.table("import_batch"), batch)
        insert_frame(connection, rows.table("quarantined_row"), row)
    assert _read(store, rows.table("import_batch"))["imported_at"].tolist() == [moment]
    assert _read(store, rows.table("quarantined_row"))["original"].tolist() == [{"a": [1, None]}]


def test_frame_in_another_reference_system_is_refused(store: sa.Engine) -> None:
    rows.fill(store)
    degrees = rows.plot_frame("p").set_crs(4326, allow_override=True)
    plain = pd.DataFrame(rows.plot_frame("p"))
    plain["geometry"] = plain["geometry"].astype(object)
    for frame in (degrees, plain):
        with pytest.raises(CrsError), write_batch(store) as connection:
            insert_frame(connection, PLOT, frame)


def test_unknown_column_and_wrong_geometry_are_refused(store: sa.Engine) -> None:
    rows.fill(store)
    line = rows.plot_frame("p").set_geometry([LineString([(0, 0), (1, 1)])], crs="EPSG:28992")
    for frame, reason in (
        (rows.plot_frame("p", colour="red"), "plot has no column 'colour'"),
        (line, "LINESTRING was given"),
    ):
        with pytest.raises(ValueError, match=reason), write_batch(store) as connection:
            insert_frame(connection, PLOT, frame)
    with pytest.raises(StoreError, match="a value cannot be stored"), write_batch(store) as c:
        c.execute(sa.insert(PLOT).values(code="p", geom=LineString([(0, 0), (1, 1)])))


def test_upsert_touches_changed_rows_only(store: sa.Engine) -> None:
    rows.fill(store, "same", "price", "shape")
    frame = rows.plot_frame("same", "price", "shape", "new")
    frame["price_eur_m2"] = [None, 90.0, None, None]
    frame.loc[2, "geometry"] = box(233000, 556000, 233100, 556101)
    assert _upsert(store, frame) == UpsertCounts(inserted=1, updated=2, unchanged=1)
    found = _read(store, PLOT).set_index("code")
    assert found.loc["price", "price_eur_m2"] == 90
    assert found.loc["shape", "geometry"].bounds[3] == 556101
    history = _read(store, attribute_history)
    updates = history[(history["table_name"] == "plot") & (history["operation"] == "update")]
    assert sorted(updates["code"]) == ["price", "shape"]


def test_upsert_twice_changes_nothing_the_second_time(store: sa.Engine) -> None:
    rows.fill(store)
    frame = rows.plot_frame("a", "b", "c")
    frame["uses"] = [frozenset({"office", "retail"}), None, frozenset()]
    frame["serviced_on"] = pd.to_datetime(["2026-01-01", None, "2026-01-02"])
    frame["coverage_share"] = [0.1 + 0.2, np.nan, 0.7]
    frame["fibre"] = pd.Series([True, pd.NA, False], dtype="boolean")
    frame["smallest_part_m2"] = pd.Series([1.0, np.nan, 3.0])
    assert _upsert(store, frame) == UpsertCounts(3, 0, 0)
    assert _upsert(store, frame) == UpsertCounts(0, 0, 3)


def test_upsert_sees_what_another_program_spelt_in_its_own_way(sqlite_store: sa.Engine) -> None:
    rows.fill(sqlite_store)
    frame = rows.plot_frame("a", "b")
    frame["uses"] = [frozenset({"office", "retail"}), frozenset({"office"})]
    frame["serviced_on"] = pd.to_datetime(["2026-01-01", "2026-01-02"])
    _upsert(sqlite_store, frame)
    with write_batch(sqlite_store) as connection:
        spelt = "UPDATE plot SET uses = 'retail; office;', serviced_on = {} WHERE code = '{}'"
        connection.exec_driver_sql(spelt.format("serviced_on", "a"))
        connection.exec_driver_sql(spelt.format("'soon'", "b"))
    assert _upsert(sqlite_store, frame) == UpsertCounts(0, 1, 1)
    assert _read(sqlite_store, PLOT)["serviced_on"].tolist() == [date(2026, 1, 1), date(2026, 1, 2)]


def test_thousands_of_values_are_one_condition(store: sa.Engine) -> None:
    rows.fill(store, "a", "b", "c'\"; --")
    odd = [f"x{number}" for number in range(40_000)]
    with store.connect() as connection:
        for column, values, wanted in (
            (PLOT.c.code, ["c'\"; --", "a", *odd], ["a", "c'\"; --"]),
            (PLOT.c.area_m2, [7, 1000], ["a", "b", "c'\"; --"]),
            (PLOT.c.code, [], []),
        ):
            chosen = among(connection.dialect, column, values)
            asked = sa.select(PLOT.c.code).where(chosen).order_by(PLOT.c.code)
            assert list(connection.execute(asked).scalars()) == wanted


def test_upsert_leaves_columns_that_the_frame_has_not(store: sa.Engine) -> None:
    rows.fill(store, "p")
    _upsert(store, pd.DataFrame({"code": ["p"], "name": ["Corner"]}))
    _upsert(store, pd.DataFrame({"code": ["p"], "street": ["Main"]}))
    (found,) = _read(store, PLOT).to_dict("records")
    assert (found["name"], found["street"], found["area_m2"]) == ("Corner", "Main", 1000)


def test_upsert_by_several_columns(store: sa.Engine) -> None:
    rows.fill(store)
    flow = rows.table("commuter_flow")
    frame = pd.DataFrame({
        "series": "s", "year": [2024, 2025], "home_code": "GM0106", "work_code": "GM0014",
        "jobs": [10, 20], "source_code": "test",
    })
    key = ["series", "year", "home_code", "work_code"]
    with write_batch(store) as connection:
        upsert_frame(connection, flow, frame, key)
        changed = frame.assign(jobs=[10, 25])
        assert upsert_frame(connection, flow, changed, key) == UpsertCounts(0, 1, 1)
    assert _read(store, flow)["jobs"].tolist() == [10, 25]


@pytest.mark.parametrize(("frame", "reason"), [
    (rows.plot_frame("p", "p"), "two rows have the same code"),
    (rows.plot_frame("p").drop(columns="code"), "the key column 'code' is missing"),
    (rows.plot_frame("p").assign(code=None), "a row has no code"),
])
def test_upsert_refuses_keys_that_do_not_identify(
    store: sa.Engine, frame: gpd.GeoDataFrame, reason: str
) -> None:
    rows.fill(store)
    with pytest.raises(ValueError, match=reason):
        _upsert(store, frame)


def test_upsert_of_nothing(store: sa.Engine) -> None:
    assert _upsert(store, rows.plot_frame("p").iloc[:0]) == UpsertCounts(0, 0, 0)


def test_rows_of_a_derived_layer_are_replaced(store: sa.Engine) -> None:
    table = rows.table("plots_now")
    frame = rows.plot_frame("a", "b")[["code", "geometry"]].assign(
        status="issuable", as_of=date(2026, 1, 1)
    )
    with write_batch(store) as connection:
        assert replace_rows(connection, table, frame) == 2
        assert replace_rows(connection, table, frame.iloc[1:]) == 1
    assert _read(store, table)["code"].tolist() == ["b"]


def test_facts_are_never_replaced_wholesale(store: sa.Engine) -> None:
    with pytest.raises(ValueError, match="plot holds facts"), write_batch(store) as connection:
        replace_rows(connection, PLOT, rows.plot_frame("a"))
