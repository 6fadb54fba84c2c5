"""What has changed in the store since a moment, so that what was built can follow it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from geo_assen.store.selecting import among
from geo_assen.store.tables import attribute_history, import_batch, metadata

__all__ = ["Changed", "Marks", "changed_sites", "marks"]

_TABLES = metadata.tables
_HISTORY = attribute_history.c


@dataclass(frozen=True)
class Marks:
    """How far the records of a store have come.

    Attributes
    ----------
    history_id, land_event_id, observation_id
        Last row of each table to which rows are only added.
    undone_count
        Imports that were undone: their facts count no more.
    """

    history_id: int
    land_event_id: int
    observation_id: int
    undone_count: int


@dataclass(frozen=True)
class Changed:
    """Codes of plots and premises of which something changed."""

    plots: frozenset[str]
    premises: frozenset[str]

    def __len__(self) -> int:
        return len(self.plots) + len(self.premises)


def marks(connection: sa.Connection) -> Marks:
    """Answer how far the records have come."""

    def last(column: sa.ColumnElement[int]) -> int:
        return int(connection.execute(sa.select(sa.func.max(column))).scalar() or 0)

    undone = sa.select(sa.func.count()).where(import_batch.c.undone_at.is_not(None))
    return Marks(
        last(_HISTORY.id),
        last(_TABLES["land_event"].c.id),
        last(_TABLES["vacancy_observation"].c.id),
        int(connection.execute(undone).scalar_one()),
    )


def changed_sites(connection: sa.Connection, since: Marks) -> Changed:
    """Answer of which plots and premises something was recorded after some marks.

    An offer counts for the sites that it names or ever named; an event on a plot also for
    the plots that come of it; a business park, and an event on one as a whole, for
    everything in it.
    """
    edited = {name: _edited(connection, name, since) for name in
              ("plot", "premises", "offer", "business_park")}  # fmt: skip
    plots, premises = set(edited["plot"]), set(edited["premises"])
    for offer_plot, offer_premises in _offered(connection, edited["offer"]):
        plots.add(offer_plot)
        premises.add(offer_premises)
    plots |= set(_told(connection, "land_event", "plot", since.land_event_id))
    plots |= _corrected(connection, since.land_event_id)
    premises |= set(_told(connection, "vacancy_observation", "premises", since.observation_id))
    parks = edited["business_park"] | _of_whole_parks(connection, since.land_event_id)
    plots |= _where(connection, "plot", "park", parks)
    premises |= _where(connection, "premises", "park", edited["business_park"])
    return Changed(
        frozenset(_with_descendants(connection, plots - {None})), frozenset(premises - {None})
    )


def _edited(connection: sa.Connection, table: str, since: Marks) -> set[str]:
    statement = sa.select(_HISTORY.code).where(
        _HISTORY.id > since.history_id, _HISTORY.table_name == table
    )
    return set(connection.execute(statement).scalars())


def _offered(connection: sa.Connection, offers: set[str]) -> Iterable[tuple[Any, Any]]:
    if not offers:
        return
    statement = sa.select(_HISTORY.attributes).where(
        _HISTORY.table_name == "offer", among(connection.dialect, _HISTORY.code, offers)
    )
    for attributes in connection.execute(statement).scalars():
        yield attributes.get("plot"), attributes.get("premises")


def _told(connection: sa.Connection, table: str, column: str, since: int) -> Iterable[Any]:
    rows = _TABLES[table].c
    return connection.execute(sa.select(rows[column]).where(rows.id > since).distinct()).scalars()


def _of_whole_parks(connection: sa.Connection, since: int) -> set[str]:
    """Parks that an event is about as a whole: it may say when their records begin."""
    event = _TABLES["land_event"].c
    statement = sa.select(event.park).where(
        event.id > since, event.plot.is_(None), event.park.is_not(None)
    )
    return set(connection.execute(statement).scalars())


def _corrected(connection: sa.Connection, since: int) -> set[Any]:
    """Plots of the events that later ones correct."""
    event, correcting = _TABLES["land_event"], _TABLES["land_event"].alias()
    statement = (
        sa.select(event.c.plot)
        .join(correcting, correcting.c.corrects == event.c.code)
        .where(correcting.c.id > since)
    )
    return set(connection.execute(statement).scalars())


def _where(connection: sa.Connection, table: str, column: str, values: set[str]) -> set[str]:
    if not values:
        return set()
    rows = _TABLES[table].c
    statement = sa.select(rows.code).where(among(connection.dialect, rows[column], values))
    return set(connection.execute(statement).scalars())


def _with_descendants(connection: sa.Connection, plots: set[Any]) -> set[str]:
    """Plots, and those that came of them by splitting or merging."""
    found, last = set(plots), set(plots)
    while last:
        last = _where(connection, "plot", "parent_plot", last) - found
        found |= last
    return found
