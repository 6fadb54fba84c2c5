"""Record one land event by hand: say first what it does to the stock, then write it.

The database keeps every row for good, so whoever records an event sees its effect before.
A mistake is set right by a new event that names the old one in ``corrects``.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa

from geo_assen.access import Role
from geo_assen.land import KINDS, NEEDS_PLOT, PROMISES, REPLACING, LedgerFault, refuse_faults
from geo_assen.services.derived import refresh_derived
from geo_assen.services.ledger import Ledger
from geo_assen.services.session import Session, today
from geo_assen.services.staff_entry import (
    STAFF_SOURCE,
    Fault,
    ensure_staff_source,
    next_code,
    refuse_entry,
    require_staff,
)
from geo_assen.store import insert_frame, metadata

__all__ = [
    "ENTRY_KINDS",
    "EntryEffect",
    "LandEntry",
    "entry_effect",
    "record_event",
]

ENTRY_KINDS = tuple(kind for kind in KINDS if kind not in REPLACING)
"""Kinds that are recorded by themselves; a split and a merger make plots too."""

_SELECTED = ("deed", "reservation")
_PUBLISHED = ("open", "sole_candidate")
_WHAT = "The ledger of land"
_UNSAVED = "(new)"


@dataclass(frozen=True, kw_only=True)
class LandEntry:
    """One event as staff record it; the names are those of the layer ``land_events``.

    Attributes
    ----------
    party
        Code or name of a party; a name that is not known yet becomes a new one.
    corrects
        Code of the event in whose place this one comes.
    """

    kind: str
    effective_on: date
    park: str | None = None
    plot: str | None = None
    area_m2: int | None = None
    price_eur_m2: float | None = None
    tenure: str | None = None
    sector: str | None = None
    party: str | None = None
    valid_until: date | None = None
    priority_rank: int | None = None
    selection: str | None = None
    published_on: date | None = None
    corrects: str | None = None


@dataclass(frozen=True)
class EntryEffect:
    """What an event would do.

    Attributes
    ----------
    as_of
        Day for which the stock is told: the day of the event, or today where that is later.
    park
        Code of the park that it changes.
    before, after
        Stock of that park in whole m² (see :func:`geo_assen.land.park_stock`), and
        ``uptake_m2`` of the year of the event.
    plot_before, plot_after
        State of the plot (see :func:`geo_assen.land.plot_states`); None for an event on a
        park.
    faults
        Contradictions that come with it; it cannot be recorded while there are any.
    cautions
        Short names of what deserves a second look: ``in_future``, ``back_dated`` (its year
        is over, so that a figure that was reported may change), ``over_area`` (the deed is
        larger than the plot: a survey has to follow).
    """

    as_of: date
    park: str | None
    before: dict[str, int]
    after: dict[str, int]
    plot_before: dict[str, Any] | None
    plot_after: dict[str, Any] | None
    faults: tuple[LedgerFault, ...]
    cautions: tuple[str, ...]


def entry_effect(session: Session, entry: LandEntry, *, role: Role) -> EntryEffect:
    """Tell what an event would do to the stock, without recording it.

    Raises
    ------
    NotAllowed
        For anyone but staff.
    EntryRefused
        If it does not say enough, or something that does not exist.
    """
    require_staff(role, _WHAT)
    with session.read() as connection:
        ledger = Ledger.of(connection)
    _require_complete(session, ledger, entry)
    return _effect(ledger, entry, _row(entry, _UNSAVED))


def record_event(session: Session, entry: LandEntry, *, role: Role) -> str:
    """Record an event and answer its code.

    Raises
    ------
    NotAllowed, EntryRefused
        As :func:`entry_effect`.
    LedgerError
        If it contradicts what is recorded; nothing is written.
    """
    require_staff(role, _WHAT)
    table = metadata.tables["land_event"]
    with session.write() as connection:
        # Read again inside the batch: somebody may have recorded another option meanwhile.
        ledger = Ledger.of(connection)
        _require_complete(session, ledger, entry)
        code = next_code(connection.execute(sa.select(table.c.code)).scalars(), "E")
        row = _row(entry, code)
        refuse_faults(_effect(ledger, entry, row).faults)
        ensure_staff_source(connection)
        row["party"] = _party(connection, entry.party)
        insert_frame(connection, table, pd.DataFrame([row]))
        refresh_derived(connection, session.catalogue, {"land_event"}, today())
    return code


def _row(entry: LandEntry, code: str) -> dict[str, Any]:
    return {
        "code": code, **dataclasses.asdict(entry), "recorded_on": today(),
        "source_code": STAFF_SOURCE,
    }  # fmt: skip


def _effect(ledger: Ledger, entry: LandEntry, row: dict[str, Any]) -> EntryEffect:
    later = ledger.with_rows(events=[row])
    day, park = max(entry.effective_on, today()), ledger.park_of(entry.plot) or entry.park
    year = entry.effective_on.year
    after = later.state(entry.plot, day)
    return EntryEffect(
        day, park,
        ledger.stock(park, day, year), later.stock(park, day, year),
        ledger.state(entry.plot, day), after,
        tuple(sorted(later.faults - ledger.faults)),
        tuple(_cautions(entry, after)),
    )  # fmt: skip


def _cautions(entry: LandEntry, after: dict[str, Any] | None) -> list[str]:
    told = {
        "in_future": entry.effective_on > today(),
        "back_dated": entry.effective_on.year < today().year,
        "over_area": entry.kind == "deed" and after is not None and after["over_share"] > 0,
    }
    return [name for name, holds in told.items() if holds]


def _require_complete(session: Session, ledger: Ledger, entry: LandEntry) -> None:
    faults = [*_missing(entry), *_unknown(session, ledger, entry), *_impossible(entry)]
    refuse_entry(faults)


def _missing(entry: LandEntry) -> list[Fault]:
    """What an event of its kind has to say and does not."""
    found: list[Fault] = []
    if not entry.park and not entry.plot:
        found.append(("plot", "name the plot, or the park as a whole"))
    elif entry.kind in NEEDS_PLOT and not entry.plot:
        found.append(("plot", "this kind of event needs a plot"))
    if entry.kind in PROMISES and entry.valid_until is None:
        found.append(("valid_until", "an option or reservation has a last day"))
    if entry.kind in _SELECTED and entry.selection is None:
        found.append(("selection", "say how the buyer was selected"))
    if entry.selection in _PUBLISHED and entry.published_on is None:
        found.append(("published_on", "say when the selection was published"))
    return found


def _unknown(session: Session, ledger: Ledger, entry: LandEntry) -> list[Fault]:
    """Names of what does not exist."""
    codes = session.catalogue.codes
    allowed: dict[str, Any] = {
        "kind": ENTRY_KINDS,
        "park": ledger.parks["code"].tolist(),
        "plot": ledger.plots["code"].tolist(),
        "corrects": ledger.events["code"].tolist(),
        **{name: codes[name].values for name in ("tenure", "sector", "selection")},
    }
    return [
        (name, f"there is no {value!r}")
        for name, known in allowed.items()
        if (value := getattr(entry, name)) is not None and value not in known
    ]


def _impossible(entry: LandEntry) -> list[Fault]:
    found = [
        (name, "must be 0 or more")
        for name in ("area_m2", "price_eur_m2")
        if (value := getattr(entry, name)) is not None and value < 0
    ]
    if entry.priority_rank is not None and entry.priority_rank < 1:
        found.append(("priority_rank", "must be 1 or more"))
    if entry.valid_until is not None and entry.valid_until < entry.effective_on:
        found.append(("valid_until", "must not lie before the day it takes effect"))
    return found


def _party(connection: sa.Connection, named: str | None) -> str | None:
    """Code of a party by its code or name; one that is not known yet is recorded."""
    if not named or not named.strip():
        return None
    parties, wanted = metadata.tables["party"], named.strip()
    rows = connection.execute(sa.select(parties.c.code, parties.c.name)).all()
    for code, name in rows:
        if wanted in (code, name):
            return str(code)
    code = next_code((row.code for row in rows), "party", 2)
    connection.execute(
        sa.insert(parties).values(code=code, name=wanted, source_code=STAFF_SOURCE)
    )
    return code
