"""Small frames of valid rows; each takes changes by column."""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa
from shapely import Polygon, box

from geo_assen.crs import RD
from geo_assen.store import insert_frame, metadata, write_batch

SQUARE = box(233000, 556000, 233100, 556100)


def source_frame(code: str = "test") -> pd.DataFrame:
    return pd.DataFrame([{
        "code": code, "name": "Test", "licence": "CC0-1.0",
        "retrieved_on": date(2026, 1, 1), "certainty": "illustrative",
    }])


def park_frame(code: str = "park-a", **changes: Any) -> gpd.GeoDataFrame:
    row = {"code": code, "name": "Park A", "gross_area_m2": 10_000, "source_code": "test"}
    return gpd.GeoDataFrame([{**row, **changes}], geometry=[SQUARE], crs=RD)


def plot_frame(*codes: str, shape: Polygon = SQUARE, **changes: Any) -> gpd.GeoDataFrame:
    rows = [
        {"code": code, "park": "park-a", "area_m2": 1000, "source_code": "test", **changes}
        for code in codes
    ]
    return gpd.GeoDataFrame(rows, geometry=[shape] * len(rows), crs=RD)


def event_frame(code: str, kind: str, day: date, **changes: Any) -> pd.DataFrame:
    row = {
        "code": code, "kind": kind, "park": "park-a", "effective_on": day,
        "recorded_on": day, "source_code": "test",
    }
    return pd.DataFrame([{**row, **changes}])


def table(name: str) -> sa.Table:
    return metadata.tables[name]


def fill(engine: sa.Engine, *plots: str) -> None:
    """One source, one park, and plots in it."""
    with write_batch(engine) as connection:
        insert_frame(connection, table("source"), source_frame())
        insert_frame(connection, table("business_park"), park_frame())
        if plots:
            insert_frame(connection, table("plot"), plot_frame(*plots))
