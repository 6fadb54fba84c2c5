"""A store filled with what lies at the edges: signs, sizes, dates, shapes, order of rows."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from shapely import MultiPolygon, Point, Polygon, box

from geo_assen.store import metadata, read_batch, read_frame, write_batch
from tests.store import rows

TEXTS = (
    "", " ", "NULL", "\\N", "\\.", "O'Brien \"& Zn\"", "; DROP TABLE plot;--", "a\tb\r\nc\\",
    "Ünïcödé ß → 😀 \u200b\u202e", "1e5", "%s %(x)s :name ?", "{}", "\x01\x1f\x7f", "é", "e\u0301",
)  # fmt: skip
DAYS = (
    date(1, 1, 1), date(1582, 10, 10), date(1969, 12, 31), date(2024, 2, 29), date(9999, 12, 31),
)  # fmt: skip
MOMENTS = (
    datetime(1969, 12, 31, 23, 59, 59, 999_000, UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    datetime(1900, 1, 1, tzinfo=UTC),
)  # fmt: skip
NUMBERS = (0.1 + 0.2, 5e-324, 1.7976931348623157e308, -0.0, 1e22, 123456789.123456789)
RING = Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (1, 2), (2, 2), (2, 1)]])
SHAPES = (
    RING, Point(233000.123456789, -0.0), MultiPolygon([RING, box(20, 20, 30, 30)]),
    shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))"), shapely.from_wkt("POINT EMPTY"),
)  # fmt: skip
MANY = 5_001
"""Notes that are more than one portion of a copy."""


def _insert(connection: sa.Connection, name: str, *values: dict[str, Any]) -> None:
    for row in values:
        connection.execute(sa.insert(rows.table(name)).values(**row))


def fill(engine: sa.Engine, notes: int = 3) -> None:
    """Fill all tables but those that a program fills by itself."""
    rows.fill(engine, "a", "b", "gone")
    with write_batch(engine) as connection:
        _facts(connection)
        _documents(connection, notes)
    with write_batch(engine) as connection:
        plot = rows.table("plot")
        for code, changes in (("a", {"parent_plot": "b"}), ("b", {"code": "renamed b"})):
            chosen = sa.update(plot).where(plot.c.code == code)
            if code == "b":
                connection.execute(sa.update(plot).values(parent_plot=None))
            connection.execute(chosen.values(**changes))
        connection.execute(
            sa.update(plot).where(plot.c.code == "a").values(parent_plot="renamed b", name="x")
        )
        connection.execute(sa.delete(plot).where(plot.c.code == "gone"))


def _facts(connection: sa.Connection) -> None:
    known = {"source_code": "test"}
    _insert(connection, "area", *(
        {"code": f"A{year}", "kind": "k", "name": "n", "year": year, "geom": shape, **known}
        for year, shape in enumerate([None, RING, MultiPolygon()])
    ))
    _insert(connection, "party", *(
        {"id": 2**31 - 2 - i, "code": f"{i}{text}", "name": text, **known}
        for i, text in enumerate(TEXTS)
    ))
    sets = [frozenset(), None, {"b", "a"}, {"é"}, {"x y"}]
    _insert(connection, "premises", *(
        {"code": f"b{i}", "geom": shape, "uses": uses, "floor_area_m2": 2**31 - 1, **known}
        for i, (shape, uses) in enumerate(zip(SHAPES, sets, strict=True))
    ))
    _insert(connection, "offer", *(
        {"code": f"o{i}", "plot": "a", "offer_kind": "sale", "price_eur": number,
         "offered_on": DAYS[i % len(DAYS)], **known}
        for i, number in enumerate(NUMBERS)
    ))
    _insert(connection, "indicator", *(
        {"code": f"i{i}", "name": "n", "area": "A1", "value": value, "unit": "m2", **known}
        for i, value in enumerate((*NUMBERS, float("inf"), float("-inf")))
    ))
    _insert(connection, "requirement", {
        "code": "r", "title": "t", "kind": "new", "stage": "open", "needed_by": DAYS[0],
        "definition": {"é": [1, 2.5, None, True, 2**70, "\\ 'x'"], "": {}}, **known,
    })
    event = {"kind": "survey", "plot": "a", "effective_on": DAYS[1], **known}
    event["recorded_on"] = DAYS[2]
    _insert(connection, "land_event", {"id": 90, "code": "late", **event})
    _insert(connection, "land_event", {"id": 10, "code": "early", "corrects": "late", **event})
    _insert(connection, "vacancy_observation", {
        "premises": "b0", "observed_on": DAYS[0], "recorded_on": DAYS[4], "source": "field",
        "state": "partly", "vacant_share": 1 / 3, **known,
    })


def _documents(connection: sa.Connection, notes: int) -> None:
    _insert(connection, "app_user", *(
        {"id": i + 1, "name": f"u{i}", "password_hash": "$argon2id$x", "role": "staff",
         "created_at": moment, "disabled": bool(i % 2)}
        for i, moment in enumerate(MOMENTS)
    ))
    chance = random.Random(7)  # noqa: S311
    signs = "".join(TEXTS)
    texts = [
        {"text": "".join(chance.choices(signs, k=chance.randint(0, 12))), "created_at": MOMENTS[0]}
        for _ in range(notes)
    ]
    connection.execute(sa.insert(rows.table("note")), texts)
    _insert(connection, "follow_up", {
        "premises": "b1", "followed_on": DAYS[2], "step": "call", "user_id": 1, "note_id": notes,
    })
    _insert(connection, "import_batch", {
        "layer": "plots", "file": "Ä.csv", "sha256": "0" * 64, "imported_at": MOMENTS[1],
        "accepted": 0, "quarantined": 1, "unchanged": 0, "mapping": {"é": "\u0000 'x'"},
    })
    _insert(connection, "quarantined_row", {
        "import_batch_id": 1, "row": 7, "original": {"naam": TEXTS[8]}, "issues": [],
    })
    for name in ("plots_now", "vacancy_now"):
        code = "code" if name == "plots_now" else "premises"
        kind = "status" if name == "plots_now" else "vacancy_class"
        _insert(connection, name, {code: "a", kind: "s", "as_of": DAYS[3], "geom": RING})


def contents(engine: sa.Engine) -> dict[str, dict[str, list[Any]]]:
    """All rows by table and column, as any caller of the store reads them."""
    with read_batch(engine) as connection:
        frames = {
            name: read_frame(connection, table)
            for name, table in metadata.tables.items()
            if name != "store_state"
        }
    return {name: _columns(frame) for name, frame in frames.items()}


def _columns(frame: pd.DataFrame) -> dict[str, list[Any]]:
    columns = {}
    for name in frame.columns:
        if name in ("f_table_catalog", "f_table_schema"):  # these say where a style stands
            continue
        values = np.asarray(frame[name].astype(object), dtype=object)
        if name == "geometry":
            values = shapely.to_wkb(values)
        missing = pd.isna(values)
        columns[name] = [None if gone else v for v, gone in zip(values, missing, strict=True)]
    return columns
