"""Build the frame of sites: what is offered on a date, and what is known about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.catalogue import CodeList, FieldDefinition
from geo_assen.crs import RD, require_rd
from geo_assen.sites.columns import (
    as_dates,
    as_day,
    as_days,
    as_objects,
    numbers_of,
    taken,
    text_of,
)
from geo_assen.sites.distances import nearest_m
from geo_assen.sites.frame import Sites

__all__ = ["build_sites"]

_GONE = ("issued", "withdrawn")
_PROMISED = ("option", "reservation")
_BESIDE = ("availability", "status_note", "status_until", "geometry")
"""Columns that are there whether or not the layer lists them."""

_PLACE = ["code", "kind", "name", "source_name", "source_date", "certainty", "geometry"]
_OFFERED = ["price_eur_m2", "rent_eur_m2_year", "available_from", "smallest_part_m2", "contact"]


def build_sites(  # noqa: PLR0913 - one argument for each table it brings together
    *,
    plots: gpd.GeoDataFrame,
    premises: gpd.GeoDataFrame,
    offers: pd.DataFrame,
    plot_states: pd.DataFrame,
    vacancy_states: pd.DataFrame,
    parks: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    sources: pd.DataFrame,
    fields: Mapping[str, FieldDefinition],
    codes: Mapping[str, CodeList],
    as_of: date,
) -> Sites:
    """Answer what can be offered on a date: plots and premises side by side.

    Plots are offered as long as a part of them is left; under an option or a reservation
    their availability is unknown. Premises are offered while an offer is open; vacant ones
    without an offer are there too, with unknown availability.

    Parameters
    ----------
    plots, premises, offers, parks
        Rows of the tables of those names, as they are on the date.
    plot_states, vacancy_states
        State of plots and of premises on the same date, by code, as the packages ``land``
        and ``vacancy`` draw them up.
    places
        Reference points to which distances are measured: ``code, kind, name`` and
        ``source_code``.
    areas
        Areas by ``code`` and ``name``; of several years the latest up to the date counts.
        Parks are added to them.
    sources
        Rows of ``source``, for name, date and certainty of every site and place.
    fields, codes
        Fields of ``layers/sites.toml`` by name, and all code lists.

    Returns
    -------
    Sites with every column that ``fields`` names. Attributes of a plot or of premises
    come from the column of the same name, where the field applies to that kind; a column
    that nobody brings is missing throughout. What an open offer says goes before what the
    plot says; of several open offers the newest that says anything.

    Raises
    ------
    CrsError
        If a frame with geometry is not in EPSG:28992.
    """
    for name, shapes in {"plots": plots, "premises": premises, "parks": parks}.items():
        require_rd(shapes, f"build_sites: {name}")
    points = _with_source(places, sources)[_PLACE]
    open_offers = _open_offers(offers, as_of)
    parts = {
        "plot": _plots(plots, plot_states, open_offers),
        "premises": _premises(premises, vacancy_states, open_offers, parks),
    }
    columns = [
        _columns(_with_source(part, sources), kind, fields, points) for kind, part in parts.items()
    ]
    return Sites(
        frame=_joined(columns),
        fields=fields,
        codes=codes,
        places=points,
        areas=_areas(areas, parks, as_of),
        as_of=as_of,
    )


def _open_offers(offers: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Offers that are open on a date, the newest first."""
    day = as_day(as_of)
    offered, until = as_days(offers["offered_on"]), as_days(offers["until"])
    listed = offers.assign(offered_on=offered.astype("datetime64[s]"))
    listed = listed[(offered <= day) & ~(until < day)]
    return listed.sort_values(["offered_on", "code"], ascending=[False, True])


def _by_site(offers: pd.DataFrame, kind: str, codes: NDArray[np.object_]) -> pd.DataFrame:
    """What the open offers of each site say, column by column, and whether there is one."""
    own = offers[offers[kind].notna()]
    said = own.groupby(kind)[_OFFERED].first().assign(offered=True)
    said.index = as_objects(said.index.to_numpy(dtype=object))
    return said.reindex(as_objects(codes))


def _plots(plots: gpd.GeoDataFrame, states: pd.DataFrame, offers: pd.DataFrame) -> pd.DataFrame:
    """Plots of which something is left, with status and offer."""
    found = states.reindex(as_objects(text_of(plots["code"])))
    there = found["exists"].eq(True) & found["split_away"].eq(False) & (found["left_m2"] > 0)
    there &= ~found["status"].isin(_GONE)
    kept, found = _plain(plots[there.to_numpy()]), found[there]
    status, codes = text_of(found["status"]), text_of(kept["code"])
    promised = np.isin(status, _PROMISED)
    until = np.where(
        status == "option", text_of(found["option_until"]), text_of(found["reservation_until"])
    )
    said = _by_site(offers, "plot", codes)
    own = [name for name in _OFFERED if name in kept]
    columns: dict[str, Any] = {
        "id": as_objects("plot:" + codes),
        "name": as_objects(_first(kept["name"], kept["code"])),
        "use": kept["uses"],
        "status": as_objects(status),
        "area_m2": found["left_m2"].to_numpy(),
        "availability": as_objects(np.where(promised, "unknown", "pass")),
        "status_note": as_objects(_only(status, promised)),
        "status_until": as_objects(_only(until, promised)),
        "contact": as_objects(text_of(said["contact"])),
        **{name: as_objects(_first(said[name], kept[name])) for name in own},
    }
    return kept.assign(**columns)


def _premises(
    premises: gpd.GeoDataFrame,
    states: pd.DataFrame,
    offers: pd.DataFrame,
    parks: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """Premises that are on offer or vacant, with offer and park."""
    every = text_of(premises["code"])
    said = _by_site(offers, "premises", every)
    state = states["state"].reindex(as_objects(every))
    there = (said["offered"].eq(True) | state.isin(["vacant", "partly"])).to_numpy()
    kept, said = _plain(premises[there]), said[there]
    codes, offered = text_of(kept["code"]), said["offered"].eq(True).to_numpy()
    at_park = as_objects(text_of(parks["code"])).get_indexer(as_objects(text_of(kept["park"])))
    unoffered = np.full(len(kept), "vacant_without_offer", dtype=object)
    columns: dict[str, Any] = {
        "id": as_objects("premises:" + codes),
        "name": as_objects(_first(kept["name"].fillna(kept["address"]), kept["code"])),
        "use": kept["uses"],
        "status": as_objects(np.where(offered, "offered", "vacant")),
        "area_m2": kept["floor_area_m2"],
        "max_env_category": as_objects(taken(text_of(parks["max_env_category"]), at_park)),
        "availability": as_objects(np.where(offered, "pass", "unknown")),
        "status_note": as_objects(_only(unoffered, ~offered)),
        "status_until": None,
        **{name: as_objects(text_of(said[name])) for name in _OFFERED},
    }
    return kept.assign(**columns)


def _plain(shapes: gpd.GeoDataFrame) -> pd.DataFrame:
    """Rows as a frame without an own geometry: shapes as objects in ``geometry``."""
    plain = pd.DataFrame(shapes.drop(columns=shapes.geometry.name))
    return plain.assign(geometry=shapes.geometry.to_numpy())


def _first(preferred: pd.Series[Any], other: pd.Series[Any]) -> NDArray[np.object_]:
    """Value of the first column, or of the second where the first has none."""
    return np.where(preferred.isna().to_numpy(), text_of(other), text_of(preferred))


def _only(values: NDArray[np.object_], where: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Values where a condition holds, None elsewhere."""
    chosen = values.copy()
    chosen[~where] = None
    return chosen


def _with_source(frame: pd.DataFrame, sources: pd.DataFrame) -> Any:
    """Add what the source of each row says; a certainty of its own goes before it."""
    at = as_objects(text_of(sources["code"])).get_indexer(as_objects(text_of(frame["source_code"])))
    certainty = taken(text_of(sources["certainty"]), at)
    if "certainty" in frame:
        certainty = _first(frame["certainty"], pd.Series(as_objects(certainty)))
    return frame.assign(
        source_name=as_objects(taken(text_of(sources["name"]), at)),
        source_date=as_objects(taken(as_dates(as_days(sources["retrieved_on"])), at)),
        certainty=as_objects(certainty),
    )


def _columns(
    rows: pd.DataFrame,
    kind: str,
    fields: Mapping[str, FieldDefinition],
    places: gpd.GeoDataFrame,
) -> dict[str, NDArray[Any]]:
    """Columns of one kind of site, as the layer names and types them."""
    shapes = rows["geometry"].to_numpy(dtype=object)
    columns: dict[str, NDArray[Any]] = {}
    for name, field in fields.items():
        applies = not field.sites or kind in field.sites
        if applies and name.startswith("distance_to_"):
            place = name.removeprefix("distance_to_").removesuffix("_m")
            columns[name] = nearest_m(shapes, places, place)
        elif applies and name in rows:
            columns[name] = _typed(rows[name], field.type)
        else:
            nothing = np.nan if field.type in ("number", "integer") else None
            columns[name] = np.full(len(rows), nothing)
    columns["kind"] = np.full(len(rows), kind, dtype=object)
    columns |= {name: text_of(rows[name]) for name in _BESIDE}
    return columns


def _typed(column: pd.Series[Any], kind: str) -> NDArray[Any]:
    """Values of a field, with one sign for missing: NaN for numbers, None for the rest."""
    if kind in ("number", "integer"):
        return numbers_of(column)
    if kind == "date":
        return as_dates(as_days(column))
    values = text_of(column)
    if kind == "boolean":
        return _only(values.astype(bool).astype(object), column.notna().to_numpy())
    if kind == "set":
        sets = np.empty(len(values), dtype=object)
        sets[:] = [frozenset(value) if value else None for value in values]
        return sets
    return values


def _joined(parts: list[dict[str, NDArray[Any]]]) -> gpd.GeoDataFrame:
    """Plots and premises as one frame, ordered by id."""
    order = np.argsort(np.concatenate([part["id"] for part in parts]), kind="stable")
    columns: dict[str, Any] = {}
    for name in parts[0]:
        values = np.concatenate([part[name] for part in parts])[order]
        columns[name] = as_objects(values) if values.dtype == object else values
    shapes = gpd.GeoSeries(columns.pop("geometry").to_numpy(), crs=RD)
    return gpd.GeoDataFrame(columns, geometry=shapes)


def _areas(areas: gpd.GeoDataFrame, parks: gpd.GeoDataFrame, as_of: date) -> gpd.GeoDataFrame:
    """Outlines by code: of an area the latest up to the date, else the earliest; of parks."""
    require_rd(areas, "build_sites: areas")
    listed = areas[areas.geometry.notna()]
    if "year" in listed:
        ahead = listed["year"] - as_of.year
        order = np.lexsort([ahead.abs(), ahead > 0])
        listed = listed.iloc[order]
    both = [
        pd.DataFrame({"code": part["code"], "name": part["name"], "geometry": part.geometry})
        for part in (parks, listed)
    ]
    joined = pd.concat(both, ignore_index=True).drop_duplicates("code", ignore_index=True)
    return gpd.GeoDataFrame(joined, geometry="geometry", crs=RD)
