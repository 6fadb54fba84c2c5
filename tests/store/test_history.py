from datetime import UTC, date, datetime

import pandas as pd
import pytest
import sqlalchemy as sa
from shapely import box

from geo_assen.errors import NotFound
from geo_assen.store import attributes_as_of, read_batch, read_frame, write_batch
from geo_assen.store.tables import attribute_history
from tests.store import rows

PLOT = rows.table("plot")


def _record(engine: sa.Engine, moment: datetime, operation: str, price: float, code: str) -> None:
    """Put a record into the past, as if the trigger had run then."""
    with write_batch(engine) as connection:
        connection.execute(sa.insert(attribute_history).values(
            table_name="plot", code=code, recorded_at=moment, operation=operation,
            attributes={
                "id": 1, "code": code, "park": "park-a", "area_m2": 1000, "price_eur_m2": price,
                "uses": "industrial;office", "fibre": 1, "serviced_on": "2020-05-01",
                "source_code": "test",
            },
        ))


def _as_of(engine: sa.Engine, day: date) -> pd.DataFrame:
    with read_batch(engine) as connection:
        return attributes_as_of(connection, "plot", day)


def _prices(engine: sa.Engine, day: date) -> list[tuple[str, float, bool]]:
    frame = _as_of(engine, day)[["code", "price_eur_m2", "present_attributes"]]
    return list(frame.itertuples(index=False, name=None))


@pytest.fixture
def recorded(store: sa.Engine) -> sa.Engine:
    for moment, operation, price, code in [
        (datetime(2024, 3, 1, 9, tzinfo=UTC), "insert", 80, "a"),
        (datetime(2024, 3, 1, 10, tzinfo=UTC), "update", 81, "a"),
        (datetime(2025, 6, 30, 21, 59, tzinfo=UTC), "update", 90, "a"),
        (datetime(2025, 6, 30, 22, 1, tzinfo=UTC), "update", 95, "a"),
        (datetime(2025, 1, 1, 9, tzinfo=UTC), "insert", 50, "b"),
        (datetime(2025, 12, 1, 9, tzinfo=UTC), "delete", 50, "b"),
        (datetime(2025, 2, 1, 9, tzinfo=UTC), "insert", 1, "mistake"),
        (datetime(2025, 2, 1, 10, tzinfo=UTC), "delete", 1, "mistake"),
    ]:
        _record(store, moment, operation, price, code)
    return store


@pytest.mark.parametrize(("day", "expected"), [
    (date(2025, 6, 29), [("a", 81, False), ("b", 50, False)]),
    (date(2025, 12, 1), [("a", 95, False)]),
    (date(2024, 3, 1), [("a", 81, False), ("b", 50, True)]),
])
def test_attributes_are_those_of_the_end_of_the_day(
    recorded: sa.Engine, day: date, expected: list[tuple[str, float, bool]]
) -> None:
    assert _prices(recorded, day) == expected


def test_day_ends_in_dutch_time(recorded: sa.Engine) -> None:
    """22:01 UTC on 30 June is 00:01 on 1 July in Assen."""
    assert _prices(recorded, date(2025, 6, 30))[0] == ("a", 90, False)
    assert _prices(recorded, date(2025, 7, 1))[0] == ("a", 95, False)


def test_before_the_first_record_the_first_day_stands_in(recorded: sa.Engine) -> None:
    """A row that did not outlive its first day never was."""
    assert _prices(recorded, date(2020, 1, 1)) == [("a", 81, True), ("b", 50, True)]


def test_values_have_the_types_of_the_table(recorded: sa.Engine) -> None:
    frame = _as_of(recorded, date(2025, 1, 1))
    first = frame.iloc[0]
    assert first["uses"] == frozenset({"industrial", "office"})
    assert first["serviced_on"] == date(2020, 5, 1)
    assert first["fibre"] is True
    assert first["water"] is None
    assert str(frame["smallest_part_m2"].dtype) == "Int64"


def test_today_equals_the_table_itself(store: sa.Engine) -> None:
    rows.fill(store, "p", "q")
    with write_batch(store) as connection:
        connection.execute(sa.update(PLOT).where(PLOT.c.code == "q").values(
            uses=frozenset({"office"}), fibre=False, available_from=date(2026, 1, 1),
            coverage_share=0.7, geom=box(1, 2, 3, 4),
        ))
    with read_batch(store) as connection:
        table = read_frame(connection, PLOT)
        found = attributes_as_of(connection, "plot", date(2100, 1, 1))
    assert not found.pop("present_attributes").any()
    pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(table))
    assert found.crs == table.crs


def test_table_without_rows_or_geometry(store: sa.Engine) -> None:
    with read_batch(store) as connection:
        found = attributes_as_of(connection, "offer", date(2026, 1, 1))
    assert found.empty
    assert {"code", "offered_on", "present_attributes"} <= set(found.columns)


def test_table_that_keeps_no_history_is_refused(store: sa.Engine) -> None:
    with read_batch(store) as connection, pytest.raises(NotFound, match="no table with history"):
        attributes_as_of(connection, "source", date(2026, 1, 1))
