"""Plots beside each other, and after each other: what may be merged, what took whose place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa
from shapely import MultiPolygon, Polygon

from geo_assen.access import Role
from geo_assen.errors import LedgerError, NotFound
from geo_assen.land import REPLACING, effective_events
from geo_assen.services.ledger import Ledger
from geo_assen.services.session import Session
from geo_assen.services.staff_entry import require_staff
from geo_assen.store import metadata, read_frame

__all__ = [
    "PLOTS_ARE_DIVIDED",
    "Neighbour",
    "Succession",
    "areas_m2",
    "kept_ledger",
    "neighbours",
    "plots_named",
    "require_there",
    "succession",
    "successors",
]

PLOTS_ARE_DIVIDED = "Splitting and merging plots"
"""What is for staff only, at the head of a sentence."""

_BESIDE_M = 1.0
"""Plots this near to each other are neighbours: outlines are not drawn to the centimetre."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Neighbour:
    """A plot beside another one, which it may be merged with.

    Attributes
    ----------
    area_m2
        Area after surveys, whole m².
    outline
        In EPSG:28992.
    """

    code: str
    name: str | None
    area_m2: int
    outline: Polygon | MultiPolygon


@dataclass(frozen=True)
class Succession:
    """What took the place of a plot, and since when.

    Attributes
    ----------
    kind
        ``split`` or ``merge``.
    plots
        Codes of the plots that came of it.
    """

    kind: str
    effective_on: date
    plots: tuple[str, ...]


def neighbours(session: Session, plots: Sequence[str], *, role: Role) -> tuple[Neighbour, ...]:
    """Plots beside a plot, or beside any of several: what they may be merged with.

    They lie in the park of the first within 1 m of one of them, and nothing took their
    place. Whether a merger holds is for :func:`merge_plan` to tell.

    Returns
    -------
    By code, without the plots that were named; empty where none lies so near.

    Raises
    ------
    NotAllowed
        For anyone but staff.
    NotFound
        If there is no such plot.
    """
    require_staff(role, PLOTS_ARE_DIVIDED)
    codes = tuple(dict.fromkeys(plots))

    def find() -> tuple[Neighbour, ...]:
        ledger = kept_ledger(session)
        with session.read() as connection:
            return _neighbours(connection, ledger, codes)

    return session.kept(("neighbours", codes), find)


def _neighbours(
    connection: sa.Connection, ledger: Ledger, codes: Sequence[str]
) -> tuple[Neighbour, ...]:
    table = metadata.tables["plot"]
    own = plots_named(connection, codes)
    around = read_frame(
        connection,
        sa.select(table).where(table.c.park == own[0]["park"]).order_by(table.c.code),
    )
    states, areas = ledger.final_states, areas_m2(ledger)
    gone = {*states.index[states["split_away"]], *codes}
    rows = [_shaped(row) for row in around.to_dict("records") if row["code"] not in gone]
    return tuple(
        Neighbour(row["code"], row["name"], areas[row["code"]], row["geometry"])
        for row in rows
        if any(row["geometry"].distance(plot["geometry"]) <= _BESIDE_M for plot in own)
    )


def succession(session: Session, plot: str, *, role: Role) -> Succession | None:
    """Tell what took the place of a plot; None while it is there itself.

    Raises
    ------
    NotAllowed, NotFound
        As :func:`neighbours`.
    """
    require_staff(role, PLOTS_ARE_DIVIDED)
    ledger = kept_ledger(session)
    if ledger.park_of(plot) is None:
        raise NotFound("plot", plot)
    return successors(ledger, plot)


def kept_ledger(session: Session) -> Ledger:
    """The ledger as it is now, to plan on; who records reads it anew within the batch."""

    def read() -> Ledger:
        with session.read() as connection:
            return Ledger.of(connection)

    return session.kept("ledger", read)


def areas_m2(ledger: Ledger) -> dict[str, int]:
    """Area of every plot after surveys, by code."""
    return {str(code): int(area) for code, area in ledger.final_states["area_m2"].items()}


def successors(ledger: Ledger, plot: str) -> Succession | None:
    """What took the place of a plot in a ledger; None while it is there itself."""
    events = effective_events(ledger.events, date.max)
    own = events[(events["plot"] == plot) & events["kind"].isin(REPLACING)]
    if own.empty:
        return None
    event = own.sort_values(["effective_on", "code"]).iloc[0]
    children = ledger.plots.loc[ledger.plots["parent_plot"] == plot, "code"]
    named = [str(code) for code in (event["into_plot"], *children) if pd.notna(code)]
    return Succession(
        str(event["kind"]), event["effective_on"].date(), tuple(sorted(set(named)))
    )


def require_there(ledger: Ledger, plots: Iterable[str]) -> None:
    """Refuse plots whose place was taken: the pieces would be made twice.

    Raises
    ------
    LedgerError
    """
    for plot in plots:
        found = successors(ledger, plot)
        if found is not None:
            raise LedgerError(
                f"Plot {plot} is not there any more: by its {found.kind} of "
                f"{found.effective_on.isoformat()} {' and '.join(found.plots)} took its place."
            )


def plots_named(connection: sa.Connection, codes: Iterable[str]) -> list[Row]:
    """Plots of some codes, in their order.

    Raises
    ------
    NotFound
    """
    table, wanted = metadata.tables["plot"], list(codes)
    found = read_frame(connection, sa.select(table).where(table.c.code.in_(wanted)))
    rows = {row["code"]: _shaped(row) for row in found.to_dict("records")}
    for code in wanted:
        if code not in rows:
            raise NotFound("plot", code)
    return [rows[code] for code in wanted]


def _shaped(record: Mapping[Any, Any]) -> Row:
    """Row of a plot with its outline under ``geometry``, as it is inserted again."""
    row = {str(name): value for name, value in record.items()}
    return row if "geometry" in row else {**row, "geometry": row["geom"]}
