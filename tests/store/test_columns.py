from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from geo_assen.store import read_batch, write_batch
from geo_assen.store.columns import from_utc_text, join_codes, split_codes, utc_text
from tests.store import rows


def test_set_is_written_sorted_and_read_back() -> None:
    assert join_codes({"office", "industrial"}) == "industrial;office"
    assert split_codes("industrial;office") == frozenset({"office", "industrial"})


def test_set_typed_by_hand_is_read() -> None:
    assert split_codes(" office ; retail;") == frozenset({"office", "retail"})


@pytest.mark.parametrize("code", ["a;b", ""])
def test_code_that_could_not_be_read_back_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="cannot be part of a set"):
        join_codes([code])


def test_moment_is_written_in_utc_to_the_millisecond() -> None:
    amsterdam = timezone(timedelta(hours=1))
    moment = datetime(2026, 1, 31, 10, 5, 0, 123456, tzinfo=amsterdam)
    assert utc_text(moment) == "2026-01-31T09:05:00.123Z"
    assert from_utc_text("2026-01-31T09:05:00.123Z") == moment.replace(microsecond=123000)


def test_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        utc_text(datetime(2026, 1, 31))


def test_types_come_back_as_they_went_in(store: sa.Engine) -> None:
    rows.fill(store)
    plot, note = rows.table("plot"), rows.table("note")
    moment = datetime(2026, 3, 29, 1, 30, 0, 250000, tzinfo=UTC)
    uses = frozenset({"logistics", "industrial"})
    with write_batch(store) as connection:
        connection.execute(sa.insert(plot).values(
            code="p", park="park-a", area_m2=1, uses=uses, geom=rows.SQUARE, source_code="test"
        ))
        connection.execute(sa.insert(note).values(text="x", created_at=moment))
    with read_batch(store) as connection:
        found = connection.execute(sa.select(plot.c.uses, plot.c.geom, plot.c.fibre)).one()
        assert connection.execute(sa.select(note.c.created_at)).scalar_one() == moment
    assert found.uses == uses
    assert found.geom.geom_type == "MultiPolygon"
    assert found.geom.equals(rows.SQUARE)
    assert found.fibre is None
