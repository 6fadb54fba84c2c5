import hashlib
import struct
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
import shapely
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPoint, Point, box
from sqlalchemy.dialects import postgresql, sqlite

from geo_assen.store import metadata
from geo_assen.store.columns import CodeSet, UtcTimestamp
from geo_assen.store.geometry import Geometry, encode_geometries
from geo_assen.store.values import UnfitValue, add_to_digest, neutral, require_fit

SQLITE, POSTGRES = sqlite.dialect(), postgresql.dialect()
COLUMNS = [column for table in metadata.tables.values() for column in table.columns]
AMSTERDAM = timezone(timedelta(hours=2))


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_every_column_of_the_store_has_a_neutral_form(column: sa.Column[Any]) -> None:
    assert list(neutral(column.type, [None])) == [None]


def test_unknown_kind_of_column_is_no_silent_copy() -> None:
    with pytest.raises(TypeError, match="cannot be copied yet"):
        neutral(sa.Time(), [None])


@pytest.mark.parametrize(("kind", "of_sqlite", "of_postgres"), [
    (sa.Boolean(), [0, 1, None], [False, True, None]),
    (sa.Date(), ["1969-12-31", "0001-01-01"], [date(1969, 12, 31), date(1, 1, 1)]),
    (sa.Float(), [1, 0.0, None], [1.0, -0.0, None]),
    (UtcTimestamp(), ["2026-07-01T10:00:00.123Z", "2026-07-01T10:00:00"],
     [datetime(2026, 7, 1, 12, 0, 0, 123_999, AMSTERDAM), datetime(2026, 7, 1, 10, tzinfo=UTC)]),
    (CodeSet(), ["", "b;a", None], ["", "b;a", None]),
    (sa.JSON(), ['{"a": 1}', "null", None], ['{"a": 1}', "null", None]),
    (sa.LargeBinary(), [b"", b"\x00GP", None], [b"", b"\x00GP", None]),
])  # fmt: skip
def test_what_either_database_hands_out_becomes_the_same(
    kind: sa.types.TypeEngine[Any], of_sqlite: list[Any], of_postgres: list[Any]
) -> None:
    forms = [neutral(kind, values) for values in (of_sqlite, of_postgres)]
    assert list(map(repr, forms[0])) == list(map(repr, forms[1]))
    assert _digest(kind, forms[0]) == _digest(kind, forms[1])


def _digest(kind: sa.types.TypeEngine[Any], values: Any) -> bytes:
    digest = hashlib.sha256()
    add_to_digest(digest, kind, values)
    return digest.digest()


def _big_endian(x: float, y: float) -> bytes:
    return b"GP\x00\x00" + struct.pack(">i", 28992) + b"\x00" + struct.pack(">Idd", 1, x, y)


@pytest.mark.parametrize(("kind", "first", "second"), [
    ("POINT", _big_endian(1.5, 2.5), shapely.to_wkb(Point(1.5, 2.5), hex=True)),
    ("MULTIPOINT", encode_geometries([Point(1, 2)])[0], shapely.to_wkb(MultiPoint([(1, 2)]))),
    ("POINT", shapely.to_wkb(Point(1, 2, 7)), shapely.to_wkb(Point(1, 2), byte_order=0)),
    ("GEOMETRY", encode_geometries([Point()])[0], shapely.to_wkb(Point())),
])  # fmt: skip
def test_geometry_is_told_by_its_vertices_not_by_its_bytes(
    kind: str, first: Any, second: Any
) -> None:
    geometry = Geometry(kind)
    forms = [neutral(geometry, [value, None]) for value in (first, second)]
    assert _digest(geometry, forms[0]) == _digest(geometry, forms[1])


@pytest.mark.parametrize(("kind", "one", "other"), [
    (sa.Float(), [0.1], [0.10000000000000002]),
    (sa.Float(), [None], [0.0]),
    (sa.String(), [None, "a"], ["a", None]),
    (sa.String(), [""], [None]),
    (sa.String(), ["é"], ["e\u0301"]),
    (sa.LargeBinary(), [b"ab", b""], [b"a", b"b"]),
    (sa.Boolean(), [True], [False]),
    (Geometry("POINT"), [Point(1, 2)], [Point(1, 2.0000000000000004)]),
    (Geometry("GEOMETRY"), [box(0, 0, 1, 1)], [box(0, 0, 1, 1).reverse()]),
])  # fmt: skip
def test_smallest_difference_changes_the_checksum(
    kind: sa.types.TypeEngine[Any], one: list[Any], other: list[Any]
) -> None:
    assert _digest(kind, one) != _digest(kind, other)


@given(st.lists(st.floats(allow_nan=False) | st.none()))
def test_numbers_that_differ_have_another_checksum(values: list[float | None]) -> None:
    form = neutral(sa.Float(), values)
    assert list(form) == values
    more = [*values, 1.0]
    assert _digest(sa.Float(), form) != _digest(sa.Float(), more)


@pytest.mark.parametrize(("kind", "value"), [
    (sa.Integer(), 1.5), (sa.Integer(), "7"), (sa.Float(), "seven"), (sa.Boolean(), 2),
    (sa.Date(), "2026-02-30"), (sa.Date(), 20260230), (UtcTimestamp(), "yesterday"),
    (sa.String(), b"bytes"), (sa.LargeBinary(), "text"), (sa.JSON(), 5),
    (Geometry("POINT"), b"GP"), (Geometry("POINT"), shapely.to_wkb(box(0, 0, 1, 1))),
    (Geometry("GEOMETRY"), "0x"),
])  # fmt: skip
def test_value_that_its_column_does_not_allow_is_pointed_at(
    kind: sa.types.TypeEngine[Any], value: Any
) -> None:
    with pytest.raises(UnfitValue, match="is not a valid") as found:
        neutral(kind, [None, None, value, None])
    assert found.value.place == 2


@pytest.mark.parametrize(("kind", "dialect", "fits", "fails"), [
    (sa.Integer(), POSTGRES, 2**31 - 1, 2**31), (sa.Integer(), POSTGRES, -(2**31), -(2**31) - 1),
    (sa.BigInteger(), POSTGRES, 2**63 - 1, 2**63), (sa.String(2), POSTGRES, "éé", "abc"),
    (sa.Text(), POSTGRES, "\x01", "a\x00b"), (CodeSet(), POSTGRES, "a;b", "\x00"),
    (sa.JSON(), POSTGRES, '{"a": "NaN"}', '{"a": NaN}'), (sa.JSON(), POSTGRES, "[]", "[1,]"),
    (sa.Float(), SQLITE, float("inf"), float("nan")),
])  # fmt: skip
def test_what_the_other_database_cannot_keep_is_pointed_at(
    kind: sa.types.TypeEngine[Any], dialect: sa.Dialect, fits: Any, fails: Any
) -> None:
    require_fit(kind, [None, fits], dialect)
    with pytest.raises(UnfitValue) as found:
        require_fit(kind, [None, fits, fails], dialect)
    assert found.value.place == 2
