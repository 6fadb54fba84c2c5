"""The layers that QGIS shows as they are now: written again when their facts change."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from geo_assen.catalogue import Catalogue
from geo_assen.land import plot_states
from geo_assen.services.views import commuter_lines
from geo_assen.sites import is_live
from geo_assen.store import (
    metadata,
    read_frame,
    refresh_styles,
    replace_beside,
    replace_rows,
)
from geo_assen.vacancy import USUAL_RULE, VacancyRule, vacancy_states

__all__ = ["refresh_derived"]

_TABLES = metadata.tables
_SOURCES = {
    "plots_now": {"plot", "land_event", "business_park", "source"},
    "vacancy_now": {"premises", "vacancy_observation", "source"},
    "commuter_lines": {"commuter_flow", "area"},
}


def refresh_derived(
    connection: sa.Connection,
    catalogue: Catalogue,
    changed: set[str],
    as_of: date,
    *,
    rule: VacancyRule = USUAL_RULE,
    municipality: str | None = None,
) -> None:
    """Write the derived layers whose facts are among the changed tables, and their styles.

    Runs inside the transaction that changes them, so that both land or neither does.

    Parameters
    ----------
    rule
        How the sources of vacancy are weighed; only asked where premises, observations or
        sources are among the changed.
    municipality
        Code of the one whose flows are drawn; None: the one that most flows touch. Only asked
        where flows or areas are among the changed.
    """
    if not any(changed & sources for sources in _SOURCES.values()):
        return
    certainty = _read(connection, "source").set_index("code")["certainty"]
    if changed & _SOURCES["plots_now"]:
        rows = _plots(connection, certainty, as_of)
        replace_beside(connection, _TABLES["plots_now"], rows, _TABLES["plot"], "code")
    if changed & _SOURCES["vacancy_now"]:
        rows = _vacancy(connection, certainty, as_of, rule)
        replace_beside(connection, _TABLES["vacancy_now"], rows, _TABLES["premises"], "premises")
    if changed & _SOURCES["commuter_lines"]:
        replace_rows(connection, _TABLES["commuter_lines"], _lines(connection, municipality))
    refresh_styles(connection, catalogue)


def _read(connection: sa.Connection, table: str) -> pd.DataFrame:
    return read_frame(connection, _TABLES[table])


def _attributes(connection: sa.Connection, table: str, *names: str) -> pd.DataFrame:
    """Some columns of a table, without its outlines."""
    columns = (_TABLES[table].c[name] for name in names)
    return read_frame(connection, sa.select(*columns).order_by(_TABLES[table].c.id))


def _plots(connection: sa.Connection, certainty: pd.Series[str], as_of: date) -> pd.DataFrame:
    plots = _attributes(
        connection, "plot", "code", "name", "park", "area_m2", "serviced_on", "available_from",
        "parent_plot", "price_eur_m2", "source_code",
    )  # fmt: skip
    parks = _read(connection, "business_park")
    events = _read(connection, "land_event")
    states = plot_states(plots, events, parks=parks, as_of=as_of)
    joined = plots.drop(columns="area_m2").join(states, on="code")
    joined = joined[joined["exists"] & ~joined["split_away"]]
    joined = joined.assign(as_of=as_of, certainty=joined["source_code"].map(certainty))
    return _columns(joined, "plots_now")


def _vacancy(
    connection: sa.Connection, certainty: pd.Series[str], as_of: date, rule: VacancyRule
) -> pd.DataFrame:
    premises = _attributes(
        connection, "premises", "code", "name", "address", "floor_area_m2", "source_code",
        "live_from", "gone_on",
    )  # fmt: skip
    live = premises[is_live(premises, as_of)]
    observations = _read(connection, "vacancy_observation")
    states = vacancy_states(live, observations, as_of=as_of, rule=rule)
    joined = live.join(states, on="code").rename(columns={"code": "premises"})
    joined = joined.assign(as_of=as_of, certainty=joined["source_code"].map(certainty))
    return _columns(joined, "vacancy_now")


def _lines(connection: sa.Connection, municipality: str | None) -> gpd.GeoDataFrame:
    """Flows to and from the municipality."""
    flows, areas = _read(connection, "commuter_flow"), _read(connection, "area")
    lines = commuter_lines(flows, areas, municipality)
    drawn: gpd.GeoDataFrame = _columns(lines[lines.geometry.notna()], "commuter_lines")
    return drawn


def _columns(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Columns of a derived layer that a frame has, with its geometry where it has one."""
    kept = [c.name for c in _TABLES[table].columns if c.name in frame and c.name != "id"]
    return frame[[*kept, "geometry"] if "geometry" in frame else kept]
