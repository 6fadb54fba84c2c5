"""Divide a plot in two, or merge plots into one: plan it first, then record it.

The pieces are plots of their own that name the old one as their parent; the old one stays
in the store, replaced by its event. Both land in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from string import ascii_uppercase
from typing import Any

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa
from shapely import LineString, MultiPolygon, Polygon

from geo_assen.access import Role
from geo_assen.crs import RD
from geo_assen.errors import ArgumentRefused, SplitRefused
from geo_assen.land import LedgerFault, refuse_faults, running_promises
from geo_assen.services.derived import refresh_derived
from geo_assen.services.ledger import Ledger
from geo_assen.services.plot_lineage import (
    PLOTS_ARE_DIVIDED,
    areas_m2,
    kept_ledger,
    plots_named,
    require_there,
)
from geo_assen.services.session import Session, today
from geo_assen.services.staff_entry import (
    STAFF_SOURCE,
    ensure_staff_source,
    next_code,
    require_staff,
)
from geo_assen.sites import (
    Direction,
    Piece,
    Side,
    SplitRules,
    access_side,
    merge_outlines,
    sides_of,
    split_along,
    split_off,
)
from geo_assen.store import insert_frame, metadata, read_frame

__all__ = [
    "NewPlot",
    "PlotChange",
    "SplitAsked",
    "merge_plan",
    "merge_plots",
    "split_plan",
    "split_plot",
]

_ROADS = ("street", "main_road")
_NEAR_M = 60.0

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class SplitAsked:
    """How a plot is to be divided: by an area, or along a drawn line.

    Attributes
    ----------
    plot
        Code of the plot.
    effective_on
        Day from which the pieces take its place.
    area_m2
        Area of the first piece, whole m²; None: see ``line``.
    line
        Drawn cut in EPSG:28992; None: see ``area_m2``. Both None: nothing is cut yet.
    access
        Numbers of the sides from which the plot is reached (see
        :func:`geo_assen.sites.sides_of`); empty: the side at the nearest road.
    direction, near_access, from_start
        As of :func:`geo_assen.sites.split_off`.
    rules
        Least frontage and depth of both pieces.
    """

    plot: str
    effective_on: date
    area_m2: int | None = None
    line: LineString | None = None
    access: tuple[int, ...] = ()
    direction: Direction = "parallel"
    near_access: bool = True
    from_start: bool = True
    rules: SplitRules = field(default_factory=SplitRules)


@dataclass(frozen=True)
class NewPlot:
    """A plot that comes of a split or merger.

    Attributes
    ----------
    area_m2
        Recorded area, whole m².
    frontage_m, depth_m
        Length at its access, and extent square to it; None of a merged plot.
    outline
        Polygon in EPSG:28992.
    """

    code: str
    name: str | None
    area_m2: int
    frontage_m: float | None
    depth_m: float | None
    outline: Polygon


@dataclass(frozen=True)
class PlotChange:
    """What a split or merger would do.

    Attributes
    ----------
    plots
        Codes of the plots that are replaced.
    name, park, area_m2, outline
        Of the plot that is divided, or of those that are merged together.
    sides, access
        Sides of the plot, and the numbers of those that count as access; empty for a merger.
    pieces
        Plots that take their place; empty where nothing is cut yet.
    ending
        Codes of the options and reservations that end with it.
    faults
        Contradictions that come with it; nothing is recorded while there are any.
    """

    plots: tuple[str, ...]
    name: str | None
    park: str
    area_m2: int
    outline: Polygon | MultiPolygon
    sides: tuple[Side, ...] = ()
    access: tuple[int, ...] = ()
    pieces: tuple[NewPlot, ...] = ()
    ending: tuple[str, ...] = ()
    faults: tuple[LedgerFault, ...] = ()


def split_plan(session: Session, asked: SplitAsked, *, role: Role) -> PlotChange:
    """Tell how a plot would be divided, without doing it.

    Raises
    ------
    NotAllowed
        For anyone but staff.
    NotFound
        If there is no such plot.
    ArgumentRefused
        If it has no side of a number that was given.
    SplitRefused
        If it cannot be cut so.
    LedgerError
        If another plot took its place already.
    """
    require_staff(role, PLOTS_ARE_DIVIDED)

    def plan() -> PlotChange:
        ledger = kept_ledger(session)
        with session.read() as connection:
            return _planned_split(connection, ledger, asked)[0]

    return session.kept(("split plan", asked, today()), plan)


def split_plot(session: Session, asked: SplitAsked, *, role: Role) -> tuple[str, ...]:
    """Divide a plot and answer the codes of its pieces.

    Raises
    ------
    NotAllowed, NotFound, ArgumentRefused, SplitRefused
        As :func:`split_plan`.
    LedgerError
        If it contradicts what is recorded; nothing is written.
    """
    require_staff(role, PLOTS_ARE_DIVIDED)
    with session.write() as connection:
        change, rows, events = _planned_split(connection, Ledger.of(connection), asked)
        if not change.pieces:
            raise ArgumentRefused("area_m2", asked.area_m2, "an area, or a line to cut along")
        return _recorded(session, connection, change, rows, events)


def merge_plan(
    session: Session, plots: Sequence[str], *, effective_on: date, role: Role
) -> PlotChange:
    """Tell what plot some plots would make together, without doing it.

    Raises
    ------
    NotAllowed, NotFound, LedgerError
        As :func:`split_plan`.
    SplitRefused
        If they do not border each other (see :func:`geo_assen.sites.merge_outlines`), or
        lie in different parks (``other_park``).
    """
    require_staff(role, PLOTS_ARE_DIVIDED)
    codes = tuple(dict.fromkeys(plots))

    def plan() -> PlotChange:
        ledger = kept_ledger(session)
        with session.read() as connection:
            return _planned_merger(connection, ledger, codes, effective_on)[0]

    return session.kept(("merge plan", codes, effective_on, today()), plan)


def merge_plots(
    session: Session, plots: Sequence[str], *, effective_on: date, role: Role
) -> tuple[str, ...]:
    """Merge plots and answer the code of the new one.

    Raises
    ------
    NotAllowed, NotFound, SplitRefused
        As :func:`merge_plan`.
    LedgerError
        If it contradicts what is recorded; nothing is written.
    """
    require_staff(role, PLOTS_ARE_DIVIDED)
    with session.write() as connection:
        ledger = Ledger.of(connection)
        change, rows, events = _planned_merger(connection, ledger, plots, effective_on)
        return _recorded(session, connection, change, rows, events)


def _planned_split(
    connection: sa.Connection, ledger: Ledger, asked: SplitAsked
) -> tuple[PlotChange, list[Row], list[Row]]:
    (parent,) = plots_named(connection, [asked.plot])
    outline, area_m2 = parent["geometry"], int(parent["area_m2"])
    require_there(ledger, [asked.plot])
    recorded = areas_m2(ledger).get(asked.plot, area_m2)
    sides = sides_of(outline)
    access = asked.access or _proposed(connection, outline)
    unknown = [number for number in access if not 0 <= number < len(sides)]
    if unknown:
        raise ArgumentRefused("access", unknown[0], f"a side from 0 to {len(sides) - 1}")
    lines = [sides[number].line for number in access]
    pieces = _cut(outline, lines, recorded, asked)
    codes = _codes(connection, asked.plot, len(pieces))
    rows = [
        _row(parent, code, piece.outline, piece.area_m2, round(piece.frontage_m, 1))
        for code, piece in zip(codes, pieces, strict=True)
    ]  # fmt: skip
    made = tuple(
        NewPlot(
            row["code"], row["name"], piece.area_m2, piece.frontage_m, piece.depth_m,
            piece.outline,
        )
        for row, piece in zip(rows, pieces, strict=True)
    )
    events = _events(connection, "split", [parent], asked.effective_on)
    return (
        _change(ledger, [parent], recorded, outline, made, rows, events,
                sides=sides, access=tuple(access)),
        rows, events,
    )  # fmt: skip


def _planned_merger(
    connection: sa.Connection, ledger: Ledger, plots: Sequence[str], effective_on: date
) -> tuple[PlotChange, list[Row], list[Row]]:
    parents = plots_named(connection, dict.fromkeys(plots))
    require_there(ledger, (parent["code"] for parent in parents))
    _require_one_park(parents)
    outline = merge_outlines([parent["geometry"] for parent in parents])
    areas = areas_m2(ledger)
    area_m2 = sum(areas[parent["code"]] for parent in parents)
    first = max(parents, key=lambda parent: (parent["area_m2"], parent["code"]))
    (code,) = _codes(connection, first["code"], 1)
    row = _row(first, code, outline, area_m2, None)
    made = (NewPlot(code, row["name"], area_m2, None, None, outline),)
    events = _events(connection, "merge", parents, effective_on, code)
    return _change(ledger, parents, area_m2, outline, made, [row], events), [row], events


def _require_one_park(parents: Sequence[Row]) -> None:
    """Refuse to merge across the border of a park: the balances of two would change."""
    others = [parent for parent in parents if parent["park"] != parents[0]["park"]]
    if others:
        raise SplitRefused(
            "A merge of these plots",
            f"plot {others[0]['code']} lies in park {others[0]['park']}, and plot "
            f"{parents[0]['code']} in park {parents[0]['park']}",
            "name plots of one park",
            reason="other_park",
        )


def _change(
    ledger: Ledger,
    parents: Sequence[Row],
    area_m2: int,
    outline: Polygon | MultiPolygon,
    made: tuple[NewPlot, ...],
    rows: list[Row],
    events: list[Row],
    *,
    sides: tuple[Side, ...] = (),
    access: tuple[int, ...] = (),
) -> PlotChange:
    codes = tuple(str(parent["code"]) for parent in parents)
    first = parents[0]
    later = ledger.with_rows(plots=rows, events=events)
    day = events[0]["effective_on"]
    running = running_promises(ledger.plots, ledger.events, as_of=day) if made else None
    return PlotChange(
        codes, first["name"] if len(parents) == 1 else None, str(first["park"]), area_m2,
        outline, sides, access, made,
        () if running is None else tuple(running.loc[running["plot"].isin(codes), "code"]),
        tuple(sorted(later.faults - ledger.faults)) if made else (),
    )  # fmt: skip


def _cut(
    outline: Polygon | MultiPolygon, access: list[LineString], recorded_m2: int, asked: SplitAsked
) -> tuple[Piece, ...]:
    if asked.line is not None:
        return split_along(
            outline, asked.line, access, recorded_area_m2=recorded_m2, rules=asked.rules
        )
    if asked.area_m2 is None:
        return ()
    return split_off(
        outline, access, asked.area_m2, recorded_area_m2=recorded_m2, direction=asked.direction,
        near_access=asked.near_access, from_start=asked.from_start, rules=asked.rules,
    )  # fmt: skip


def _proposed(connection: sa.Connection, outline: Polygon | MultiPolygon) -> tuple[int, ...]:
    """Side at the nearest road, where one is near."""
    place = metadata.tables["place"]
    roads: gpd.GeoDataFrame = read_frame(
        connection, sa.select(place.c.geom.label("geometry")).where(place.c.kind.in_(_ROADS))
    )
    near = roads.geometry[roads.geometry.distance(outline) <= _NEAR_M]
    number = access_side(outline, list(near))
    return () if number is None else (number,)


def _codes(connection: sa.Connection, parent: str, count: int) -> list[str]:
    """Free codes after that of a plot: P-1 becomes P-1A and P-1B."""
    table = metadata.tables["plot"]
    taken = set(connection.execute(sa.select(table.c.code)).scalars())
    letters = [*ascii_uppercase, *(a + b for a in ascii_uppercase for b in ascii_uppercase)]
    return [code for letter in letters if (code := parent + letter) not in taken][:count]


def _row(
    parent: Mapping[str, Any],
    code: str,
    outline: Polygon,
    area_m2: int,
    frontage_m: float | None,
) -> Row:
    """Plot with the attributes of the one it comes from, but for what its outline decides."""
    suffix = code.removeprefix(parent["code"])
    smallest = parent["smallest_part_m2"]
    kept = {name: value for name, value in parent.items() if name not in ("id", "geom")}
    return {
        **kept,
        "code": code,
        "name": f"{parent['name']}{suffix}" if parent["name"] else None,
        "area_m2": area_m2,
        "geometry": MultiPolygon([outline]),
        "smallest_part_m2": None if pd.isna(smallest) or smallest > area_m2 else smallest,
        "parent_plot": parent["code"],
        "frontage_m": frontage_m,
        "source_code": STAFF_SOURCE,
    }


def _events(
    connection: sa.Connection,
    kind: str,
    parents: Sequence[Row],
    effective_on: date,
    into: str | None = None,
) -> list[Row]:
    """Event of each plot that is replaced."""
    table = metadata.tables["land_event"]
    taken = list(connection.execute(sa.select(table.c.code)).scalars())
    events = []
    for parent in parents:
        taken.append(next_code(taken, "E"))
        events.append({
            "code": taken[-1], "kind": kind, "park": parent["park"], "plot": parent["code"],
            "into_plot": into, "effective_on": effective_on, "recorded_on": today(),
            "source_code": STAFF_SOURCE,
        })  # fmt: skip
    return events


def _recorded(
    session: Session,
    connection: sa.Connection,
    change: PlotChange,
    rows: list[Row],
    events: list[Row],
) -> tuple[str, ...]:
    refuse_faults(change.faults)
    ensure_staff_source(connection)
    tables = metadata.tables
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=RD)
    insert_frame(connection, tables["plot"], frame)
    insert_frame(connection, tables["land_event"], pd.DataFrame(events))
    refresh_derived(connection, session.catalogue, {"plot", "land_event"}, today())
    return tuple(piece.code for piece in change.pieces)
