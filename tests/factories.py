"""Rows of the built-in tables for tests: complete, valid, and changed where a test says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import count
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import MultiPolygon, Point, box

from geo_assen.crs import RD

_numbers = count(1)

Row = dict[str, Any]

LAND_EVENT = (
    "code", "kind", "park", "plot", "effective_on", "recorded_on", "area_m2", "price_eur_m2",
    "tenure", "sector", "party", "valid_until", "priority_rank", "selection", "published_on",
    "corrects", "into_plot", "source_code",
)  # fmt: skip
OBSERVATION = (
    "premises", "observed_on", "recorded_on", "source", "state", "vacant_share", "source_code",
)  # fmt: skip
OFFER = (
    "code", "plot", "premises", "offer_kind", "price_eur", "price_eur_m2", "rent_eur_m2_year",
    "offered_on", "until", "available_from", "smallest_part_m2", "contact", "source_code",
)  # fmt: skip


def square(x_m: float, y_m: float, side_m: float = 100) -> MultiPolygon:
    """Square with its lower left corner at RD coordinates."""
    return MultiPolygon([box(x_m, y_m, x_m + side_m, y_m + side_m)])


def make_source(**changes: Any) -> Row:
    row = {
        "code": "survey", "name": "Test survey", "licence": "CC0-1.0", "url": None,
        "retrieved_on": date(2026, 1, 1), "certainty": "illustrative", "remark": None,
    }  # fmt: skip
    return {**row, **changes}


def make_park(**changes: Any) -> Row:
    row = {
        "code": "P", "name": "Park P", "type": "business_park", "gross_area_m2": 1_000_000,
        "plan_status": "irrevocable", "plan_adopted_on": date(2010, 1, 1),
        "plan_irrevocable_on": date(2010, 6, 1), "serviced_on": date(2012, 1, 1),
        "max_env_category": "4.1", "price_min_eur_m2": None, "price_max_eur_m2": None,
        "grid_status": None, "park_management": None, "illustrative_fields": None,
        "source_code": "survey", "geometry": square(230_000, 555_000, 1000),
    }  # fmt: skip
    return {**row, **changes}


def make_plot(**changes: Any) -> Row:
    row = {
        "code": f"plot-{next(_numbers)}", "name": None, "park": "P", "street": None,
        "area_m2": 10_000, "uses": frozenset({"industrial"}), "max_env_category": "3.2",
        "max_height_m": None, "coverage_share": None, "frontage_m": None, "grid_mva": None,
        "fibre": None, "water": None, "rail": None, "serviced_on": None,
        "available_from": None, "price_eur_m2": 80.0, "smallest_part_m2": None,
        "cadastral_ids": None, "parent_plot": None, "source_code": "survey",
        "geometry": square(230_000, 555_000),
    }  # fmt: skip
    return {**row, **changes}


def make_premises(**changes: Any) -> Row:
    row = {
        "code": f"premises-{next(_numbers)}", "bag_id": None, "name": None, "address": None,
        "street": None, "postcode": None, "park": None, "shopping_area": None,
        "uses": frozenset({"retail"}), "floor_area_m2": 250, "sales_floor_m2": None,
        "energy_label": None, "build_year": None, "grid_mva": None, "fibre": None,
        "live_from": None, "gone_on": None, "gone_reason": None, "merged_into": None,
        "source_code": "survey", "geometry": Point(233_700, 556_700),
    }  # fmt: skip
    return {**row, **changes}


def make_event(**changes: Any) -> Row:
    """A land event; recorded on the day it takes effect unless said otherwise."""
    row = dict.fromkeys(LAND_EVENT) | {
        "code": f"event-{next(_numbers):06}", "kind": "deed", "effective_on": date(2020, 1, 1),
        "source_code": "survey",
    }  # fmt: skip
    row |= changes
    return {**row, "recorded_on": row["recorded_on"] or row["effective_on"]}


def make_observation(**changes: Any) -> Row:
    """A vacancy observation; recorded on the day it was made unless said otherwise."""
    row = dict.fromkeys(OBSERVATION) | {
        "premises": "A", "observed_on": date(2024, 1, 1), "source": "field",
        "state": "vacant", "source_code": "survey",
    }  # fmt: skip
    row |= changes
    return {**row, "recorded_on": row["recorded_on"] or row["observed_on"]}


def make_offer(**changes: Any) -> Row:
    row = dict.fromkeys(OFFER) | {
        "code": f"offer-{next(_numbers)}", "offer_kind": "let", "offered_on": date(2024, 1, 1),
        "source_code": "survey",
    }  # fmt: skip
    return {**row, **changes}


def make_place(**changes: Any) -> Row:
    row = {
        "code": f"place-{next(_numbers)}", "kind": "station", "name": "Station",
        "importance_rank": None, "position_accuracy_m": None, "source_code": "survey",
        "geometry": Point(233_700, 556_700),
    }  # fmt: skip
    return {**row, **changes}


def frame(rows: Iterable[Row], columns: Iterable[str] | None = None) -> pd.DataFrame:
    """Rows as a frame; with a geometry it is a GeoDataFrame in RD.

    Numbers are float64 with NaN, everything else that may be missing is an object column.
    """
    listed = list(rows)
    names = list(columns if columns is not None else listed[0])
    series = {}
    for name in names:
        values = [row[name] for row in listed]
        given = [value for value in values if value is not None]
        number = bool(given) and all(type(value) in (int, float) for value in given)
        series[name] = pd.Series(values, dtype="float64" if number else "object")
    made = pd.DataFrame(series)
    return gpd.GeoDataFrame(made, geometry="geometry", crs=RD) if "geometry" in names else made
