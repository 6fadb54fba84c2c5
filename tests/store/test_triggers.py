from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from geo_assen.errors import StoreError
from geo_assen.store import insert_frame, read_batch, read_frame, write_batch
from geo_assen.store.tables import APPEND_ONLY, attribute_history
from tests.store import rows

JANUARY = date(2026, 1, 1)


def _insert(engine: sa.Engine, table: str, frame: Any) -> None:
    with write_batch(engine) as connection:
        insert_frame(connection, rows.table(table), frame)


def _execute(engine: sa.Engine, statement: Any) -> None:
    with write_batch(engine) as connection:
        connection.execute(statement)


def _history(engine: sa.Engine, table: str) -> list[Any]:
    history = attribute_history.c
    statement = (
        sa.select(history.code, history.operation, history.attributes, history.shape)
        .where(history.table_name == table)
        .order_by(history.id)
    )
    with read_batch(engine) as connection:
        return list(connection.execute(statement))


@pytest.fixture
def filled(store: sa.Engine) -> sa.Engine:
    """One row in every append-only table."""
    rows.fill(store, "p")
    _insert(store, "land_event", rows.event_frame("e1", "net_set", JANUARY, area_m2=6000))
    with write_batch(store) as connection:
        for name, values in {
            "premises": {"code": "b", "geom": rows.SQUARE, "source_code": "test"},
            "app_user": {
                "id": 1, "name": "u", "password_hash": "x", "role": "staff", "disabled": False,
                "created_at": sa.func.now() if store.dialect.name == "postgresql" else
                sa.text("'2026-01-01T00:00:00.000Z'"),
            },
            "vacancy_observation": {
                "premises": "b", "observed_on": JANUARY, "recorded_on": JANUARY,
                "source": "field", "state": "vacant", "source_code": "test",
            },
            "follow_up": {"premises": "b", "followed_on": JANUARY, "step": "call", "user_id": 1},
        }.items():
            connection.execute(sa.insert(rows.table(name)).values(**values))
    return store


@pytest.mark.parametrize("name", APPEND_ONLY)
def test_append_only_table_refuses_update_and_delete(filled: sa.Engine, name: str) -> None:
    table = rows.table(name)
    with read_batch(filled) as connection:
        before = len(read_frame(connection, table))
    assert before > 0
    for statement in (sa.update(table).values(id=table.c.id + 100), sa.delete(table)):
        with pytest.raises(StoreError, match=f"{name} is append-only: a correction is a new row"):
            _execute(filled, statement)
    with read_batch(filled) as connection:
        assert len(read_frame(connection, table)) == before


def test_append_only_table_refuses_replacing(sqlite_store: sa.Engine) -> None:
    """INSERT OR REPLACE deletes without firing a trigger on delete."""
    rows.fill(sqlite_store)
    _insert(sqlite_store, "land_event", rows.event_frame("e1", "net_set", JANUARY, area_m2=1))
    with pytest.raises(StoreError, match="append-only"):
        _execute(sqlite_store, sa.text(
            "INSERT OR REPLACE INTO land_event (code, kind, park, effective_on, recorded_on, "
            "source_code) VALUES ('e1', 'deed', 'park-a', '2026-01-01', '2026-01-01', 'test')"
        ))


def test_append_only_table_refuses_truncation(postgis_store: sa.Engine) -> None:
    with pytest.raises(StoreError, match="append-only"):
        _execute(postgis_store, sa.text("TRUNCATE follow_up"))


def test_every_change_leaves_its_record(store: sa.Engine) -> None:
    rows.fill(store, "p")
    plot = rows.table("plot")
    _execute(store, sa.update(plot).values(price_eur_m2=85.5, fibre=True))
    _execute(store, sa.delete(plot))
    found = _history(store, "plot")
    assert [(row.code, row.operation) for row in found] == [
        ("p", "insert"), ("p", "update"), ("p", "delete"),
    ]
    assert found[0].attributes["price_eur_m2"] is None
    assert found[1].attributes["price_eur_m2"] == 85.5
    assert bool(found[1].attributes["fibre"]) is True
    assert "geom" not in found[0].attributes
    assert all(row.shape for row in found)


def test_update_that_changes_nothing_leaves_no_record(store: sa.Engine) -> None:
    rows.fill(store, "p")
    _execute(store, sa.update(rows.table("plot")).values(area_m2=1000))
    assert len(_history(store, "plot")) == 1


def test_new_code_ends_the_old_record(store: sa.Engine) -> None:
    rows.fill(store, "p")
    _execute(store, sa.update(rows.table("plot")).values(code="q"))
    assert [(row.code, row.operation) for row in _history(store, "plot")] == [
        ("p", "insert"), ("p", "delete"), ("q", "insert"),
    ]


def test_table_without_geometry_keeps_history(store: sa.Engine) -> None:
    rows.fill(store, "p")
    _execute(store, sa.insert(rows.table("offer")).values(
        code="o", plot="p", offer_kind="sale", offered_on=JANUARY, source_code="test"
    ))
    (record,) = _history(store, "offer")
    assert (record.attributes["offered_on"], record.shape) == ("2026-01-01", None)


def test_net_area_above_gross_is_refused(store: sa.Engine) -> None:
    rows.fill(store)
    _insert(store, "land_event", rows.event_frame("e1", "net_set", JANUARY, area_m2=10_000))
    with pytest.raises(StoreError, match="net area of a business park cannot exceed its gross"):
        _insert(store, "land_event", rows.event_frame("e2", "net_set", JANUARY, area_m2=10_001))


def test_gross_area_under_net_is_refused(store: sa.Engine) -> None:
    rows.fill(store)
    _insert(store, "land_event", rows.event_frame("e1", "net_set", JANUARY, area_m2=6000))
    park = rows.table("business_park")
    _execute(store, sa.update(park).values(gross_area_m2=6000))
    with pytest.raises(StoreError, match="net area of a business park cannot exceed its gross"):
        _execute(store, sa.update(park).values(gross_area_m2=5999))


@pytest.mark.parametrize("event", [
    {"kind": "net_set", "day": date(2026, 6, 1), "area_m2": 4000},
    {"kind": "withdrawal", "day": date(2026, 6, 1), "area_m2": 2000},
    {"kind": "net_set", "day": JANUARY, "area_m2": 4000, "corrects": "e1"},
    {"kind": "withdrawal", "day": date(2026, 6, 1), "area_m2": 2000, "park": None, "plot": "p"},
])
def test_gross_area_may_follow_the_net_down(store: sa.Engine, event: dict[str, Any]) -> None:
    rows.fill(store, "p")
    _insert(store, "land_event", rows.event_frame("e1", "net_set", JANUARY, area_m2=6000))
    _insert(store, "land_event", rows.event_frame("e2", **event))
    park = rows.table("business_park")
    _execute(store, sa.update(park).values(gross_area_m2=4000))
    with pytest.raises(StoreError, match="cannot exceed its gross"):
        _execute(store, sa.update(park).values(gross_area_m2=3999))
