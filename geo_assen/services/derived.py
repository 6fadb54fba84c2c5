"""The layers that QGIS shows as they are now: written again when their facts change."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from geo_assen.catalogue import Catalogue
from geo_assen.land import plot_states
from geo_assen.services.views import commuter_lines
from geo_assen.store import metadata, read_frame, refresh_styles, replace_rows
from geo_assen.vacancy import vacancy_states

__all__ = ["refresh_derived"]

_SOURCES = {
    "plots_now": {"plot", "land_event", "business_park", "source"},
    "vacancy_now": {"premises", "vacancy_observation", "source"},
    "commuter_lines": {"commuter_flow", "area"},
}


def refresh_derived(
    connection: sa.Connection, catalogue: Catalogue, changed: set[str], as_of: date
) -> None:
    """Write the derived layers whose facts are among the changed tables, and their styles.

    Runs inside the transaction that changes them, so that both land or neither does.
    """
    if not any(changed & sources for sources in _SOURCES.values()):
        return
    certainty = _read(connection, "source").set_index("code")["certainty"]
    if changed & _SOURCES["plots_now"]:
        replace_rows(connection, metadata.tables["plots_now"], _plots(connection, certainty, as_of))
    if changed & _SOURCES["vacancy_now"]:
        rows = _vacancy(connection, certainty, as_of)
        replace_rows(connection, metadata.tables["vacancy_now"], rows)
    if changed & _SOURCES["commuter_lines"]:
        replace_rows(connection, metadata.tables["commuter_lines"], _lines(connection))
    refresh_styles(connection, catalogue)


def _read(connection: sa.Connection, table: str) -> pd.DataFrame:
    return read_frame(connection, metadata.tables[table])


def _plots(connection: sa.Connection, certainty: pd.Series[str], as_of: date) -> gpd.GeoDataFrame:
    plots = _read(connection, "plot")
    parks = _read(connection, "business_park")
    events = _read(connection, "land_event")
    states = plot_states(plots, events, parks=parks, as_of=as_of)
    joined = plots.drop(columns="area_m2").join(states, on="code")
    joined = joined[joined["exists"] & ~joined["split_away"]]
    joined = joined.assign(as_of=as_of, certainty=joined["source_code"].map(certainty))
    return _columns(joined, "plots_now")


def _vacancy(connection: sa.Connection, certainty: pd.Series[str], as_of: date) -> gpd.GeoDataFrame:
    premises = _read(connection, "premises")
    states = vacancy_states(premises, _read(connection, "vacancy_observation"), as_of=as_of)
    observed = states[states["observed_on"].notna()]
    joined = premises.join(observed, on="code", how="inner").rename(columns={"code": "premises"})
    joined = joined.assign(as_of=as_of, certainty=joined["source_code"].map(certainty))
    return _columns(joined, "vacancy_now")


def _lines(connection: sa.Connection) -> gpd.GeoDataFrame:
    lines = commuter_lines(_read(connection, "commuter_flow"), _read(connection, "area"))
    return _columns(lines[lines.geometry.notna()], "commuter_lines")


def _columns(frame: gpd.GeoDataFrame, table: str) -> gpd.GeoDataFrame:
    kept = [c.name for c in metadata.tables[table].columns if c.name in frame and c.name != "id"]
    return frame[[*kept, "geometry"]]
