"""What sites are drawn up from: rows of a date, all of them, many of them, or a few."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from numpy.typing import NDArray

from geo_assen import store as storage
from geo_assen.crs import RD
from geo_assen.land import parks_begun, plot_states
from geo_assen.services import land, vacancy
from geo_assen.services.provenance import with_provenance
from geo_assen.services.session import Session, today
from geo_assen.services.site_surfaces import site_surfaces
from geo_assen.sites import Draft, Sites, coded_of
from geo_assen.sites.columns import as_objects, text_of
from geo_assen.store import Changed, among, metadata, read_frame, reading, stands
from geo_assen.vacancy import vacancy_states

__all__ = [
    "ATTRIBUTES",
    "LARGE",
    "RowsOf",
    "SiteRows",
    "drawn_up",
    "is_large",
    "places_of",
    "rows_at",
    "rows_of",
]

ATTRIBUTES = ("plot", "premises", "offer", "business_park")
"""Tables whose attributes sites are drawn up from."""

LARGE = 50_000
"""Plots and premises from which a store is read column by column."""

_BULK = {
    "plot": (
        "code", "name", "park", "street", "area_m2", "uses", "max_env_category", "max_height_m",
        "coverage_share", "frontage_m", "grid_mva", "fibre", "water", "rail", "serviced_on",
        "available_from", "price_eur_m2", "smallest_part_m2", "parent_plot", "source_code", "geom",
    ),
    "offer": (
        "code", "plot", "premises", "price_eur_m2", "rent_eur_m2_year", "offered_on", "until",
        "available_from", "smallest_part_m2", "contact",
    ),
    "premises": (
        "code", "name", "address", "street", "park", "uses", "floor_area_m2", "energy_label",
        "build_year", "grid_mva", "fibre", "live_from", "gone_on", "source_code", "geom",
    ),
}  # fmt: skip
_OF_LEDGER = ("code", "park", "area_m2", "serviced_on", "available_from", "parent_plot")
"""Columns of a plot that its state is folded from, beside its events."""

_STATE = ("status", "left_m2", "exists", "split_away", "option_until", "reservation_until")
"""What sites take over of the state of a plot."""

_TABLES = metadata.tables


@dataclass(frozen=True, eq=False)
class RowsOf:
    """Rows of one table on a date.

    Attributes
    ----------
    table
        ``offer``, ``premises`` or ``plot``.
    rows
        All of its rows that matter.
    states
        State of each plot or premises; None of offers.
    """

    table: str
    rows: pd.DataFrame | pa.Table
    states: pd.DataFrame | None = None


SiteRows: TypeAlias = Iterable[RowsOf]
"""What sites are drawn up from: offers first, then premises and plots, asked for once."""


def drawn_up(session: Session, rows: SiteRows, as_of: date) -> Sites:
    """Sites of some rows, with the places, areas and sources of the store."""
    draft = Draft(
        parks=session.attributes("business_park", as_of)[0],
        places=places_of(session),
        areas=_areas(session),
        sources=session.table("source"),
        fields={item.name: item for item in session.catalogue.layers["sites"].field},
        codes=session.catalogue.codes,
        as_of=as_of,
        surfaces=site_surfaces(session, as_of),
    )
    for part in rows:
        if part.states is None:
            draft.take_offers(part.rows)
        elif part.table == "plot":
            draft.take_plots(part.rows, part.states)
        else:
            draft.take_premises(part.rows, part.states)
        del part  # of a country of sites it is larger than what was made of it
        draft.measure()
    return draft.sites()


def rows_at(session: Session, as_of: date, known_at: date | None = None) -> SiteRows:
    """All rows of a date."""
    if as_of >= today() and known_at is None and is_large(session):
        return _many_rows(session, as_of)
    plots, premises, offers = (
        session.attributes(name, as_of)[0] for name in ("plot", "premises", "offer")
    )
    return (
        RowsOf("offer", offers),
        RowsOf("premises", premises, vacancy.states_at(session, as_of, known_at)),
        RowsOf("plot", plots, land.states_at(session, as_of, known_at)),
    )


def is_large(session: Session) -> bool:
    """Whether a store is better read column by column."""
    with session.read() as connection:
        last = [
            connection.execute(sa.select(sa.func.max(_TABLES[name].c.id))).scalar() or 0
            for name in ("plot", "premises")
        ]
    return sum(last) > LARGE


def _many_rows(session: Session, as_of: date) -> Iterator[RowsOf]:
    """All rows as they are now; sites are drawn up of each table while others are read."""
    with reading(session.engine, _BULK) as tables:
        observations, events = (session.table(n) for n in ("vacancy_observation", "land_event"))
        yield RowsOf("offer", tables.take("offer"))
        # of premises that nobody observed the state is unknown: they need not be looked at
        observed = pd.DataFrame({"code": observations["premises"].unique()})
        states = vacancy_states(observed, observations, as_of=as_of, rule=session.vacancy_rule)
        yield RowsOf("premises", tables.take("premises"), states)
        yield _many_plots(session, tables.take("plot"), events, as_of)


def _many_plots(
    session: Session, plots: pa.Table, events: pd.DataFrame, as_of: date
) -> RowsOf:
    """Plots and their states, under no name that would hold them while they are drawn up."""
    return RowsOf("plot", plots, _many_states(session, plots, events, as_of))


def _many_states(
    session: Session, plots: pa.Table, events: pd.DataFrame, as_of: date
) -> pd.DataFrame:
    """State of many plots, row by row.

    The ledger is asked of the plots that anything ever happened to. Of the others those of
    one park with the same dates are alike but for their area: it is asked of one of each.
    """
    plots = plots.select(_OF_LEDGER)
    parks, _ = session.attributes("business_park", as_of)
    named = pa.array(events["plot"].dropna().unique(), pa.string())
    parents = pc.unique(plots["parent_plot"])
    touched = pc.or_(
        pc.is_in(plots["code"], value_set=pc.cast(pa.concat_arrays([named, parents]), pa.string())),
        pc.is_valid(plots["parent_plot"]),
    ).to_numpy()
    area = np.nan_to_num(plots["area_m2"].to_numpy()).astype(np.int64)
    first, alike = _alike(plots)
    kept = np.union1d(np.flatnonzero(touched), first)
    asked = _objects(plots.take(pa.array(kept)), _OF_LEDGER)
    told = plot_states(asked, events, parks=parks, as_of=as_of).reset_index(drop=True)
    # what nothing happened to has the state of the one like it that nothing happened to
    like = _objects(plots.take(pa.array(first)), _OF_LEDGER).assign(parent_plot=None)
    untouched = plot_states(like, events.iloc[:0], parks=parks, as_of=as_of)
    begun = parks_begun(pd.Index(asked["code"]), text_of(asked["park"]), events)
    later = like["park"].map(begun > pd.Timestamp(as_of)).eq(True).to_numpy()
    untouched["exists"] &= ~later
    at = np.searchsorted(kept, np.flatnonzero(touched))
    states = {}
    for name in _STATE:
        values = untouched[name].to_numpy()[alike]
        values[touched] = told[name].to_numpy()[at]
        states[name] = values
    left = np.where(states["exists"].astype(bool), area, 0)
    states["left_m2"] = np.where(touched, states["left_m2"], left)
    return pd.DataFrame({
        name: as_objects(values) if values.dtype == object else values
        for name, values in states.items()
    })  # fmt: skip


def _alike(plots: pa.Table) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First plot of each park and each pair of dates, and which of them each plot is like."""
    key = np.zeros(len(plots), dtype=np.int64)
    for name in ("park", "serviced_on", "available_from"):
        coded = plots[name].combine_chunks().dictionary_encode()
        at = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        key = np.unique(key * (len(coded.dictionary) + 1) + at + 1, return_inverse=True)[1]
    _, first, alike = np.unique(key, return_index=True, return_inverse=True)
    return first, alike


def _objects(table: pa.Table, names: Collection[str]) -> pd.DataFrame:
    """Columns of a table as a frame, texts as objects and dates as days."""
    columns: dict[str, Any] = {}
    for name in names:
        column = table[name].combine_chunks()
        if name.endswith(("_on", "_from")):
            days = column.cast(pa.date32()).cast(pa.timestamp("s"))
            columns[name] = days.to_numpy(zero_copy_only=False)
        elif pa.types.is_string(column.type):
            columns[name] = as_objects(coded_of(column).objects())
        else:
            columns[name] = column.to_numpy(zero_copy_only=False)
    return pd.DataFrame(columns)


def rows_of(session: Session, chosen: Changed, as_of: date) -> SiteRows:
    """Rows of a few plots and premises, as they are now."""
    with session.read() as connection:
        plots = _chosen(connection, "plot", "code", _with_ancestors(connection, chosen.plots))
        premises = _chosen(connection, "premises", "code", chosen.premises)
        offers = pd.concat(
            [
                _chosen(connection, "offer", "plot", chosen.plots),
                _chosen(connection, "offer", "premises", chosen.premises),
            ],
            ignore_index=True,
        )
        of_plots = _chosen(connection, "land_event", "plot", set(plots["code"]))
        of_parks = _chosen(connection, "land_event", "park", set(plots["park"].dropna()))
        events = pd.concat([of_plots, of_parks[of_parks["plot"].isna()]], ignore_index=True)
        observations = _chosen(connection, "vacancy_observation", "premises", chosen.premises)
    parks = session.table("business_park")
    states = plot_states(plots, events, parks=parks, as_of=as_of)
    vacancies = vacancy_states(premises, observations, as_of=as_of, rule=session.vacancy_rule)
    return (
        RowsOf("offer", offers),
        RowsOf("premises", premises, vacancies),
        RowsOf("plot", plots[plots["code"].isin(chosen.plots)], states),
    )


def _chosen(
    connection: sa.Connection, name: str, column: str, values: Collection[str]
) -> pd.DataFrame:
    table = _TABLES[name]
    statement = sa.select(table).where(among(connection.dialect, table.c[column], values))
    if name in storage.FACTS:
        statement = statement.where(stands(table))
    return read_frame(connection, statement.order_by(table.c.id))


def _with_ancestors(connection: sa.Connection, plots: Collection[str]) -> set[str]:
    """Plots, and those that they come of: a state is folded from both."""
    table = _TABLES["plot"]
    found, last = set(plots), set(plots)
    while last:
        statement = sa.select(table.c.parent_plot).where(
            among(connection.dialect, table.c.code, last), table.c.parent_plot.is_not(None)
        )
        last = set(connection.execute(statement).scalars()) - found
        found |= last
    return found


def places_of(session: Session) -> gpd.GeoDataFrame:
    """Reference points with who says where they are."""
    kinds = session.catalogue.layers["reference_points"].where["kind"]
    places = session.table("place")
    chosen = with_provenance(session, places[places["kind"].isin(kinds)])
    return gpd.GeoDataFrame(chosen, crs=RD).reset_index(drop=True)


def _areas(session: Session) -> gpd.GeoDataFrame:
    """Areas that have an outline."""
    areas = session.table("area")
    return gpd.GeoDataFrame(areas[areas.geometry.notna()], crs=RD).reset_index(drop=True)
