"""Build the sites of a date: what is offered, and what is known about it.

Everything is done a column at a time on packed columns, so that a country of sites takes
seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geo_assen.catalogue import CodeList, FieldDefinition
from geo_assen.crs import RD, require_rd
from geo_assen.sites.columns import as_dates, as_day, as_days, as_objects, taken, text_of
from geo_assen.sites.frame import BESIDE, Sites, kind_of_field
from geo_assen.sites.packed import (
    GEOMETRY,
    Coded,
    Column,
    Floats,
    Rows,
    floats_of,
    joined,
    packed,
    table_of,
    taken_rows,
    text_array,
    whole,
)
from geo_assen.sites.shapes import Shapes
from geo_assen.sites.surfaces import Surfaces

__all__ = ["Draft", "build_sites"]

_GONE = ("issued", "withdrawn")
_PROMISED = ("option", "reservation")
_VACANT = ("vacant", "partly")

_PLACE = ["code", "kind", "name", "source_name", "source_date", "certainty", "geometry"]
_OFFERED = {
    "price_eur_m2": "number",
    "rent_eur_m2_year": "number",
    "available_from": "date",
    "smallest_part_m2": "integer",
    "contact": "category",
}
"""What an offer says of a site, with the type in which it is packed."""

_DISTANCE = ("distance_to_", "_m")
_CIRCLES = "circles"
"""Name of the column of circles of a part."""

Rowed: TypeAlias = "pd.DataFrame | pa.Table"
Flags = NDArray[np.bool_]


def build_sites(  # noqa: PLR0913 - one argument for each table it brings together
    *,
    plots: Rowed,
    premises: Rowed,
    offers: Rowed,
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
        Rows of the tables of those names, as they are on the date; the first three as
        frames or, where there are many, as Arrow tables with shapes as WKB in EPSG:28992.
    plot_states, vacancy_states
        State of plots and of premises on the same date, by code, as the packages ``land``
        and ``vacancy`` draw them up; or row by row, without codes.
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
    Sites with every column that ``fields`` names. Attributes of a plot or of premises come
    from the column of the same name, where the field applies to that kind; a column that
    nobody brings is missing throughout. What an open offer says goes before what the plot
    says; of several open offers the newest that says anything.

    Raises
    ------
    CrsError
        If a frame with geometry is not in EPSG:28992.
    """
    draft = Draft(
        parks=parks, places=places, areas=areas, sources=sources, fields=fields, codes=codes,
        as_of=as_of,
    )  # fmt: skip
    draft.take_offers(offers)
    draft.take_plots(plots, plot_states)
    draft.take_premises(premises, vacancy_states)
    return draft.sites()


class Draft:
    """Sites of a date while they are drawn up, table by table, as :func:`build_sites` says.

    Offers come first. Of what is taken nothing is held that sites do not need, so that of a
    country of sites only one table has to be there at a time.

    Parameters
    ----------
    parks, places, areas, sources, fields, codes, as_of
        As :func:`build_sites` takes them.
    surfaces
        Surfaces that fill fields: each site gets the value in the middle of the box around it.

    Raises
    ------
    CrsError
        If a frame with geometry is not in EPSG:28992.
    """

    def __init__(
        self,
        *,
        parks: gpd.GeoDataFrame,
        places: gpd.GeoDataFrame,
        areas: gpd.GeoDataFrame,
        sources: pd.DataFrame,
        fields: Mapping[str, FieldDefinition],
        codes: Mapping[str, CodeList],
        as_of: date,
        surfaces: Surfaces | None = None,
    ) -> None:
        require_rd(parks, "build_sites: parks")
        self._surfaces = surfaces or Surfaces()
        self._parks = parks
        self._places = _places(places, sources)
        self._areas = _areas(areas, parks, as_of)
        self._told = _Told.of(sources)
        self._fields, self._codes, self._as_of = fields, codes, as_of
        self._offers: _Offers | None = None
        self._parts: dict[str, dict[str, Column]] = {}

    def take_offers(self, offers: Rowed) -> None:
        """Take the rows of ``offer``, before plots and premises."""
        table = offers if isinstance(offers, pa.Table) else table_of(offers)
        self._offers = _open_offers(table, self._as_of)

    def take_plots(self, plots: Rowed, states: pd.DataFrame) -> None:
        """Take the rows of ``plot`` and the state of each."""
        table = _table(plots, "plots")
        self._take("plot", *_plots(table, states, self._open_offers()))

    def take_premises(self, premises: Rowed, states: pd.DataFrame) -> None:
        """Take the rows of ``premises`` and the state of each."""
        table = _table(premises, "premises")
        live = _live(table, self._as_of)
        self._take("premises", *_premises(table, states, self._open_offers(), self._parks, live))

    def measure(self) -> None:
        """Add distances and values of surfaces to what was taken; its rows are no longer held."""
        start, end = _DISTANCE
        kinds = [
            name.removeprefix(start).removesuffix(end)
            for name in self._fields
            if name.startswith(start) and name.endswith(end)
        ]
        for site_kind, columns in self._parts.items():
            if _CIRCLES not in columns:
                shapes = Shapes(columns[GEOMETRY])
                for kind, metres in shapes.distances(self._places, kinds).items():
                    columns[f"{start}{kind}{end}"] = metres
                columns[_CIRCLES] = shapes.circles
                columns.update(self._of_surfaces(site_kind, shapes.circles))

    def _of_surfaces(self, kind: str, circles: Floats) -> dict[str, Column]:
        """Values of the surfaces that fill fields of a kind of site; whole ones rounded."""
        x_m, y_m, _ = circles.T
        found: dict[str, Column] = {}
        for name, values in self._surfaces.values_at(x_m, y_m).items():
            if kind in self._fields[name].sites:
                is_whole = self._fields[name].type == "integer"
                found[name] = np.rint(values) if is_whole else values
        return found

    def sites(self) -> Sites:
        """Sites of all that was taken, after which the draft is empty."""
        self.measure()
        parts = [self._parts.pop(kind) for kind in sorted(self._parts)]
        # one after another: what a part brings is let go as soon as it is joined
        columns = {name: joined([part.pop(name) for part in parts]) for name in tuple(parts[0])}
        wkb, circles = columns.pop(GEOMETRY), np.asarray(columns.pop(_CIRCLES))
        shapes = Shapes.with_circles(wkb, circles)
        return Sites(
            columns, shapes, self._fields, self._codes, self._places, self._areas, self._as_of,
            self._surfaces.sources, self._surfaces.travel,
        )  # fmt: skip

    def _open_offers(self) -> _Offers:
        assert self._offers is not None, "offers come first"  # noqa: S101
        return self._offers

    def _take(self, kind: str, table: pa.Table, own: dict[str, Column]) -> None:
        """Pack the sites of one kind, ordered by id; every kind has the same columns."""
        table, own = _ordered(table, {**own, **self._told.columns(table)})
        own["kind"] = _all(kind, len(table))
        self._parts[kind] = {
            name: _packed(name, kind, table, own, self._fields)
            for name in dict.fromkeys([*self._fields, *BESIDE])
        }
        self._parts[kind][GEOMETRY] = pc.cast(whole(table[GEOMETRY]), pa.binary())


def _packed(
    name: str,
    kind: str,
    table: pa.Table,
    own: dict[str, Column],
    fields: Mapping[str, FieldDefinition],
) -> Column:
    """Column of a field for one kind of site; missing where the kind brings none."""
    applies = fields[name].sites if name in fields else ()
    typed = kind_of_field(name, fields)
    if not applies or kind in applies:
        if name in own:
            return own[name]
        if name in table.column_names:
            return packed(table[name], typed)
    return _nothing(typed, len(table))


def _ordered(
    table: pa.Table, columns: dict[str, Column]
) -> tuple[pa.Table, dict[str, Column]]:
    """Rows and columns by id; what is in that order already is left as it is."""
    ids: pa.Array = columns["id"]
    if len(ids) < 2 or pc.all(pc.less(ids[:-1], ids[1:])).as_py():
        return table, columns
    order = pc.sort_indices(ids).to_numpy().astype(np.intp)
    found = {name: taken_rows(column, order) for name, column in columns.items()}
    return table.take(pa.array(order)), found


def _table(rows: Rowed, name: str) -> pa.Table:
    if isinstance(rows, pa.Table):
        return rows
    require_rd(rows, f"build_sites: {name}")
    return table_of(rows)


@dataclass(frozen=True, eq=False)
class _Offers:
    """Open offers, the newest last, so that what is written last is what counts."""

    sites: Mapping[str, pa.Array]
    """Code of the plot and of the premises of each."""
    said: Mapping[str, Column]

    def by_site(self, kind: str, codes: pa.Array) -> tuple[dict[str, Column], Flags]:
        """What the open offers of each site say, and which sites have one."""
        at = _positions(self.sites[kind], codes)
        own = np.flatnonzero(at >= 0)
        there = np.zeros(len(codes), dtype=bool)
        there[at[own]] = True
        found = {n: _last_said(column, at, own, len(codes)) for n, column in self.said.items()}
        return found, there


def _last_said(column: Column, at: Rows, own: Rows, count: int) -> Column:
    """What the last of some rows says of each site; nothing where none says anything."""
    if isinstance(column, Coded):
        said = np.full(count, -1, dtype=np.int32)
        own = own[column.at[own] >= 0]
        said[at[own]] = column.at[own]
        return Coded.of(said, column.values)
    found = np.full(count, np.nan)
    own = own[~np.isnan(column[own])]
    found[at[own]] = column[own]
    return found


def _open_offers(offers: pa.Table, as_of: date) -> _Offers:
    day = float(as_day(as_of).astype(np.int64))
    offered_on, until = floats_of(offers["offered_on"]), floats_of(offers["until"])
    rows = np.flatnonzero((offered_on <= day) & ~(until < day))
    # oldest first, and of one day the last code first
    codes = text_array(offers["code"]).take(pa.array(rows))
    by_code = pc.sort_indices(codes).to_numpy()[::-1]
    order = rows[by_code[np.argsort(offered_on[rows][by_code], kind="stable")]]
    return _Offers(
        {kind: text_array(offers[kind]).take(pa.array(order)) for kind in ("plot", "premises")},
        {name: taken_rows(packed(offers[name], kind), order) for name, kind in _OFFERED.items()},
    )


def _positions(values: pa.Array, listed: pa.Array) -> Rows:
    """Position of each value in a list, -1 where it is not there."""
    if values.null_count == len(values):  # a long list is not worth looking through
        return np.full(len(values), -1, dtype=np.intp)
    at = pc.index_in(values, value_set=listed, skip_nulls=True).fill_null(-1)
    places: Rows = at.to_numpy(zero_copy_only=False).astype(np.intp)
    return places


def _first(preferred: Column, other: Column) -> Column:
    """Value of the first column, or of the second where the first has none."""
    if isinstance(preferred, Coded) and isinstance(other, Coded):
        both = joined([preferred, other])
        assert isinstance(both, Coded)  # noqa: S101 - columns of codes join to one
        mine, theirs = both.at[: len(preferred)], both.at[len(preferred) :]
        return Coded.of(np.where(mine < 0, theirs, mine), both.values)
    numbers: Floats = np.asarray(preferred)
    return np.where(np.isnan(numbers), np.asarray(other), numbers)


def _only(values: Column, where: Flags) -> Coded:
    """Codes where a condition holds, missing elsewhere."""
    assert isinstance(values, Coded)  # noqa: S101
    return Coded.of(np.where(where, values.at, -1), values.values)


def _all(value: str, count: int) -> Coded:
    return Coded.of(np.zeros(count), (value,))


def _chosen(value: str, other: str, where: Flags) -> Coded:
    return Coded.of(np.where(where, 0, 1), (value, other))


def _coded_objects(values: NDArray[np.object_]) -> Coded:
    at, different = pd.factorize(values)
    return Coded.of(at, tuple(different))


def _aligned(states: pd.DataFrame, codes: pa.Array) -> pd.DataFrame:
    """States in the order of the codes; such that only count their rows are in it already."""
    if isinstance(states.index, pd.RangeIndex) and len(states) == len(codes):
        return states
    at = _positions(codes, pa.array(states.index, pa.string()))
    return states.reset_index(drop=True).reindex(at).reset_index(drop=True)


def _plots(
    plots: pa.Table, states: pd.DataFrame, offers: _Offers
) -> tuple[pa.Table, dict[str, Column]]:
    """Plots of which something is left, with status and offer."""
    found = _aligned(states, text_array(plots["code"]))
    there = found["exists"].eq(True) & found["split_away"].eq(False) & (found["left_m2"] > 0)
    there &= ~found["status"].isin(_GONE)
    kept, found = _kept(plots, there.to_numpy()), found[there]
    codes = text_array(kept["code"])
    status = _coded_objects(text_of(found["status"]))
    promised = np.isin(np.array([*status.values, None], dtype=object)[status.at], _PROMISED)
    said, _ = offers.by_site("plot", codes)
    columns: dict[str, Column] = {
        "id": _ids("plot", codes),
        "name": pc.coalesce(text_array(kept["name"]), codes),
        "use": packed(kept["uses"], "set"),
        "status": status,
        "area_m2": found["left_m2"].to_numpy(dtype=np.float64),
        "availability": _chosen("unknown", "pass", promised),
        "status_note": _only(status, promised),
        "status_until": _until(found, promised),
    }
    for name, own in said.items():
        has_own = name in kept.column_names
        columns[name] = _first(own, packed(kept[name], _OFFERED[name])) if has_own else own
    return kept, columns


def _kept(table: pa.Table, there: Flags) -> pa.Table:
    return table if there.all() else table.filter(pa.array(there))


def _ids(kind: str, codes: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(pa.scalar(kind), codes, ":")


def _until(found: pd.DataFrame, promised: Flags) -> Floats:
    """Last day of the option or reservation that runs, as days since 1970."""
    last = np.full(len(found), np.nan)
    some = found[promised]
    by_option = some["status"].eq("option")
    told = some["option_until"].where(by_option, some["reservation_until"])
    days = as_days(told)
    last[promised] = np.where(np.isnat(days), np.nan, days.astype(np.int64))
    return last


def _live(premises: pa.Table, as_of: date) -> Flags:
    """Which premises are in the stock (as :func:`geo_assen.sites.is_live` says of frames)."""
    day = float(as_day(as_of).astype(np.int64))
    begins, ends = floats_of(premises["live_from"]), floats_of(premises["gone_on"])
    live: Flags = ~(begins > day) & ~(ends <= day)
    return live


def _premises(
    premises: pa.Table,
    states: pd.DataFrame,
    offers: _Offers,
    parks: gpd.GeoDataFrame,
    live: Flags,
) -> tuple[pa.Table, dict[str, Column]]:
    """Premises in the stock that are on offer or vacant, with offer and park."""
    every = text_array(premises["code"])
    said, offered = offers.by_site("premises", every)
    state = _aligned(states[["state"]], every)["state"]
    there = live & (offered | state.isin(_VACANT).to_numpy())
    kept, rows = _kept(premises, there), np.flatnonzero(there)
    said = {name: taken_rows(column, rows) for name, column in said.items()}
    offered = offered[there]
    codes = text_array(kept["code"])
    at_park = _positions(text_array(kept["park"]), pa.array(text_of(parks["code"]), pa.string()))
    categories = _coded_objects(text_of(parks["max_env_category"]))
    columns: dict[str, Column] = {
        "id": _ids("premises", codes),
        "name": pc.coalesce(text_array(kept["name"]), text_array(kept["address"]), codes),
        "use": packed(kept["uses"], "set"),
        "status": _chosen("offered", "vacant", offered),
        "area_m2": floats_of(kept["floor_area_m2"]),
        "max_env_category": Coded.of(np.append(categories.at, -1)[at_park], categories.values),
        "availability": _chosen("pass", "unknown", offered),
        "status_note": _only(_all("vacant_without_offer", len(kept)), ~offered),
        "status_until": np.full(len(kept), np.nan),
        **said,
    }
    return kept, columns


@dataclass(frozen=True, eq=False)
class _Told:
    """What sources say of themselves, by their position."""

    codes: pa.Array
    names: tuple[Any, ...]
    days: Floats
    certainties: tuple[Any, ...]

    @classmethod
    def of(cls, sources: pd.DataFrame) -> _Told:
        days = as_days(sources["retrieved_on"])
        return cls(
            pa.array(text_of(sources["code"]), pa.string()),
            tuple(text_of(sources["name"])),
            np.append(np.where(np.isnat(days), np.nan, days.astype(np.int64)), np.nan),
            tuple(text_of(sources["certainty"])),
        )

    def columns(self, table: pa.Table) -> dict[str, Column]:
        """Name, date and certainty of the source of each row."""
        at = _positions(text_array(table["source_code"]), self.codes)
        certainty: Column = Coded.of(at, self.certainties)
        if "certainty" in table.column_names:
            certainty = _first(packed(table["certainty"], "category"), certainty)
        return {
            "source_name": Coded.of(at, self.names),
            "source_date": self.days[at],
            "certainty": certainty,
        }


def _nothing(kind: str, count: int) -> Column:
    if kind in ("number", "integer", "date"):
        return np.broadcast_to(np.float64(np.nan), (count,))
    return Coded.of(np.full(count, -1), ())


def _places(places: gpd.GeoDataFrame, sources: pd.DataFrame) -> gpd.GeoDataFrame:
    """Places with what their source says; a certainty of their own goes before it."""
    codes = as_objects(text_of(sources["code"]))
    at = codes.get_indexer(as_objects(text_of(places["source_code"])))
    certainty = taken(text_of(sources["certainty"]), at)
    if "certainty" in places:
        own = text_of(places["certainty"])
        certainty = np.where(places["certainty"].isna().to_numpy(), certainty, own)
    told = places.assign(
        source_name=as_objects(taken(text_of(sources["name"]), at)),
        source_date=as_objects(taken(as_dates(as_days(sources["retrieved_on"])), at)),
        certainty=as_objects(certainty),
    )
    return told[_PLACE]


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
    joined_both = pd.concat(both, ignore_index=True).drop_duplicates("code", ignore_index=True)
    return gpd.GeoDataFrame(joined_both, geometry="geometry", crs=RD)
