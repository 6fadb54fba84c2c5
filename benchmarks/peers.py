"""The same question to others: polars, pandas, DuckDB and PostGIS over one flat table."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import psycopg

from benchmarks.needs import GRID, NEAR, PLACES, PRICE, RENT, Flat, Need
from tests import postgis

Answer = list[tuple[str, float]]


def _falling_sql(column: str, knots: tuple[int, int]) -> str:
    good, bad = knots
    met = f"greatest(0, least(1, ({bad} - {column}) / {float(bad - good)}))"
    return f"CASE WHEN {column} IS NULL THEN 0.5 ELSE {met} END"


_RISING_GRID = (
    f"CASE WHEN grid IS NULL THEN 0.5 ELSE greatest(0, least(1, grid / {float(GRID[1])})) END"
)


def statement(need: Need, count: int) -> str:
    """One requirement as SQL, with nulls for what is unknown."""
    size = f"area >= {need.low_m2} AND coalesce(part, area) <= {need.high_m2}"
    fails = [
        f"(use_mask = 0 OR (use_mask & {need.use_mask}) <> 0)",
        f"(area IS NULL OR ({size}))",
        f"kind IN ({', '.join(map(str, need.kinds))})",
    ]
    unknown = ["NOT available", "use_mask = 0", "area IS NULL"]
    if need.category >= 0:
        fails.append(f"(category IS NULL OR category >= {need.category})")
        unknown.append("category IS NULL")
    if need.fibre:
        fails.append("(fibre IS NULL OR fibre = 1)")
        unknown.append("fibre IS NULL")
    if need.grid_mva > 0:
        fails.append(f"(grid IS NULL OR grid >= {need.grid_mva})")
        unknown.append("grid IS NULL")
    if need.place >= 0:
        fails.append(f"{PLACES[need.place]} <= {need.most_m}")
    if need.labels:
        fails.append("(kind = 0 OR label IS NULL OR label <= 1)")
        unknown.append("(kind = 1 AND label IS NULL)")
    shared, weight = "0.0", 0
    if need.near_place >= 0:
        shared += f" + {need.near_weight} * {_falling_sql(PLACES[need.near_place], NEAR)}"
        weight += need.near_weight
    if need.grid_weight:
        shared += f" + {need.grid_weight} * {_RISING_GRID}"
        weight += need.grid_weight
    price = f"{need.price_weight} * {_falling_sql('price', PRICE)}"
    rent = f"{need.rent_weight} * {_falling_sql('rent', RENT)}"
    score = (
        f"CASE WHEN kind = 0 THEN ({price} + {shared}) / {float(need.price_weight + weight)} "
        f"ELSE ({rent} + {shared}) / {float(need.rent_weight + weight)} END"
    )
    return (
        f"SELECT id, score FROM (SELECT id, ({' OR '.join(unknown)}) AS unsure, "  # noqa: S608
        f"round(({score})::numeric(30, 15), 12)::float8 AS score FROM sites "
        f"WHERE {' AND '.join(fails)}) AS found ORDER BY unsure, score DESC, id LIMIT {count}"
    )


def sql_answer(database: duckdb.DuckDBPyConnection, need: Need, count: int) -> Answer:
    text = statement(need, count).replace("::numeric(30, 15)", "")
    return [(str(one), float(score)) for one, score in database.execute(text).fetchall()]


def duckdb_answers(flat: Flat, needs: Sequence[Need], count: int) -> pd.DataFrame:
    """All requirements in one statement, as a join of both tables."""
    database = duckdb_of(flat)
    asked = pd.DataFrame({
        "number": [n.number for n in needs], "mask": [n.use_mask for n in needs],
        "kinds": [sum(1 << k for k in n.kinds) for n in needs],
        "low": [n.low_m2 for n in needs], "high": [n.high_m2 for n in needs],
        "least": [n.category for n in needs], "wired": [n.fibre for n in needs],
        "power": [n.grid_mva for n in needs], "place": [n.place for n in needs],
        "most": [n.most_m for n in needs], "labels": [n.labels for n in needs],
        "wp": [n.price_weight for n in needs], "wr": [n.rent_weight for n in needs],
        "near": [n.near_place for n in needs],
        "wn": [n.near_weight if n.near_place >= 0 else 0 for n in needs],
        "wg": [n.grid_weight for n in needs],
    })  # fmt: skip
    database.register("asked", asked)
    place = "CASE {0} WHEN 0 THEN motorway_exit WHEN 1 THEN station ELSE centre END"
    near = _falling_sql(f"({place.format('near')})", NEAR)
    return database.execute(f"""
        SELECT number, id, score FROM (
            SELECT number, id,
                (NOT available OR use_mask = 0 OR area IS NULL
                 OR (least >= 0 AND category IS NULL) OR (wired AND fibre IS NULL)
                 OR (power > 0 AND grid IS NULL) OR (labels AND kind = 1 AND label IS NULL))
                    AS unsure,
                (CASE WHEN kind = 0 THEN wp * {_falling_sql("price", PRICE)}
                      ELSE wr * {_falling_sql("rent", RENT)} END
                    + wn * {near} + wg * {_RISING_GRID})
                    / (CASE WHEN kind = 0 THEN wp ELSE wr END + wn + wg) AS score
            FROM asked JOIN sites ON area >= low AND coalesce(part, area) <= high
            WHERE (use_mask = 0 OR (use_mask & mask) <> 0) AND (kinds >> kind) & 1 = 1
                AND (least < 0 OR category IS NULL OR category >= least)
                AND (NOT wired OR fibre IS NULL OR fibre = 1)
                AND (power = 0 OR grid IS NULL OR grid >= power)
                AND (place < 0 OR {place.format("place")} <= most)
                AND (NOT labels OR kind = 0 OR label IS NULL OR label <= 1)
        ) QUALIFY row_number() OVER (PARTITION BY number ORDER BY unsure, score DESC, id) <= {count}
    """).df()  # noqa: S608


_databases: dict[int, duckdb.DuckDBPyConnection] = {}


def duckdb_of(flat: Flat) -> duckdb.DuckDBPyConnection:
    """Database with the table in it, made once."""
    if id(flat) not in _databases:
        database = duckdb.connect()
        database.execute("SET threads = 2")
        database.register("columns", pl.DataFrame(flat.columns).fill_nan(None).to_arrow())
        database.execute("CREATE TABLE sites AS SELECT * FROM columns")
        _databases[id(flat)] = database
    return _databases[id(flat)]


def pandas_answer(frame: pd.DataFrame, need: Need, count: int) -> Answer:
    kept = frame["kind"].isin(need.kinds)
    kept &= (frame["use_mask"] == 0) | (frame["use_mask"] & need.use_mask > 0)
    part = frame["part"].fillna(frame["area"])
    kept &= ~(frame["area"] < need.low_m2) & ~(part > need.high_m2)
    if need.category >= 0:
        kept &= ~(frame["category"] < need.category)
    if need.fibre:
        kept &= ~(frame["fibre"] == 0)
    if need.grid_mva > 0:
        kept &= ~(frame["grid"] < need.grid_mva)
    if need.place >= 0:
        kept &= ~(frame[PLACES[need.place]] > need.most_m)
    if need.labels:
        kept &= ~((frame["kind"] == 1) & (frame["label"] > 1))
    some = frame[kept]
    unsure = ~some["available"] | (some["use_mask"] == 0) | some["area"].isna()
    for is_asked, name in (
        (need.category >= 0, "category"), (need.fibre, "fibre"), (need.grid_mva > 0, "grid"),
    ):  # fmt: skip
        if is_asked:
            unsure |= some[name].isna()
    if need.labels:
        unsure |= (some["kind"] == 1) & some["label"].isna()
    score = _pandas_score(some, need)
    ranked = some.assign(unsure=unsure, score=score.round(12))
    best = ranked.sort_values(["unsure", "score", "id"], ascending=[True, False, True]).head(count)
    return list(zip(best["id"], best["score"], strict=True))


def _pandas_score(some: pd.DataFrame, need: Need) -> pd.Series:
    def falling(name: str, knots: tuple[int, int]) -> pd.Series:
        return ((knots[1] - some[name]) / (knots[1] - knots[0])).clip(0, 1).fillna(0.5)

    is_plot = some["kind"] == 0
    price = need.price_weight * falling("price", PRICE)
    parts = price.where(is_plot, need.rent_weight * falling("rent", RENT))
    total = pd.Series(np.where(is_plot, need.price_weight, need.rent_weight), some.index)
    if need.near_place >= 0:
        parts = parts + need.near_weight * falling(PLACES[need.near_place], NEAR)
        total = total + need.near_weight
    if need.grid_weight:
        parts = parts + need.grid_weight * (some["grid"] / GRID[1]).clip(0, 1).fillna(0.5)
        total = total + need.grid_weight
    return parts / total


def polars_answer(table: pl.DataFrame, need: Need, count: int) -> Answer:
    c = pl.col

    def known(name: str) -> pl.Expr:
        return c(name).is_not_nan()

    kept = c("kind").is_in(list(need.kinds))
    kept &= (c("use_mask") == 0) | ((c("use_mask") & need.use_mask) > 0)
    part = pl.when(known("part")).then(c("part")).otherwise(c("area"))
    kept &= ~known("area") | ((c("area") >= need.low_m2) & (part <= need.high_m2))
    unsure = ~c("available") | (c("use_mask") == 0) | ~known("area")
    if need.category >= 0:
        kept &= ~known("category") | (c("category") >= need.category)
        unsure |= ~known("category")
    if need.fibre:
        kept &= ~known("fibre") | (c("fibre") == 1)
        unsure |= ~known("fibre")
    if need.grid_mva > 0:
        kept &= ~known("grid") | (c("grid") >= need.grid_mva)
        unsure |= ~known("grid")
    if need.place >= 0:
        kept &= c(PLACES[need.place]) <= need.most_m
    if need.labels:
        kept &= (c("kind") == 0) | ~known("label") | (c("label") <= 1)
        unsure |= (c("kind") == 1) & ~known("label")

    def falling(name: str, knots: tuple[int, int]) -> pl.Expr:
        met = ((knots[1] - c(name)) / (knots[1] - knots[0])).clip(0, 1)
        return pl.when(known(name)).then(met).otherwise(0.5)

    shared, weight = pl.lit(0.0), 0
    if need.near_place >= 0:
        shared = shared + need.near_weight * falling(PLACES[need.near_place], NEAR)
        weight += need.near_weight
    if need.grid_weight:
        met = pl.when(known("grid")).then((c("grid") / GRID[1]).clip(0, 1)).otherwise(0.5)
        shared = shared + need.grid_weight * met
        weight += need.grid_weight
    plot = (need.price_weight * falling("price", PRICE) + shared) / (need.price_weight + weight)
    premises = (need.rent_weight * falling("rent", RENT) + shared) / (need.rent_weight + weight)
    score = pl.when(c("kind") == 0).then(plot).otherwise(premises).round(12)
    found = (
        table.lazy().filter(kept)
        .select("id", score.alias("score"), unsure.alias("unsure"))
        .sort("unsure", "score", "id", descending=[False, True, False])
        .head(count).collect()
    )  # fmt: skip
    return list(zip(found["id"].to_list(), found["score"].to_list(), strict=True))


@contextmanager
def postgis_answers(flat: Flat) -> Iterator[Callable[[Need, int], Answer] | None]:
    """A server of this run with the table in it, indexed; None where there is none."""
    if postgis.missing():
        yield None
        return
    with postgis.cluster() as address, psycopg.connect(
        address.format(database="postgres").replace("+psycopg", ""), autocommit=True
    ) as connection:
        kinds = {"id": "text", "available": "boolean", "kind": "int", "use_mask": "int"}
        columns = ", ".join(f"{name} {kinds.get(name, 'float8')}" for name in flat.columns)
        connection.execute(f"CREATE TABLE sites ({columns})")
        text = io.StringIO()
        pd.DataFrame(flat.columns).to_csv(text, index=False, header=False)
        with connection.cursor().copy("COPY sites FROM STDIN (FORMAT csv)") as copy:
            copy.write(text.getvalue())
        connection.execute("CREATE INDEX ON sites (kind, area)")
        connection.execute("ANALYZE sites")

        def ask(need: Need, count: int) -> Answer:
            return list(connection.execute(statement(need, count)).fetchall())

        yield ask
