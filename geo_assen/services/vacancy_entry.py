"""Record by hand what somebody saw at premises, and what was done about it.

Both are facts that stay: what turns out wrong is set right by saying it again, later.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from geo_assen.access import Role
from geo_assen.errors import NotFound
from geo_assen.services.derived import refresh_derived
from geo_assen.services.session import Session, today
from geo_assen.services.staff_entry import (
    STAFF_SOURCE,
    Fault,
    ensure_staff_source,
    refuse_entry,
    require_staff,
)
from geo_assen.store import insert_frame, metadata, read_frame
from geo_assen.vacancy import SOURCES, STATES, vacancy_states

__all__ = [
    "FollowUpEntry",
    "ObservationEffect",
    "ObservationEntry",
    "observation_effect",
    "record_follow_up",
    "record_observation",
]

_WHAT = "Recording vacancy"
_LONGEST_NOTE = 2000


@dataclass(frozen=True, kw_only=True)
class ObservationEntry:
    """What somebody saw, or was told.

    Attributes
    ----------
    premises
        Code of the premises.
    source, state
        Of :data:`geo_assen.vacancy.SOURCES` and :data:`geo_assen.vacancy.STATES`.
    vacant_share
        Vacant part of the floor, between 0 and 1, of premises that are partly vacant; None
        for other states.
    note
        Remark for staff; empty: none.
    """

    premises: str
    observed_on: date
    source: str
    state: str
    vacant_share: float | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class FollowUpEntry:
    """A step that was taken about the vacancy of premises.

    Attributes
    ----------
    step
        Code of the list ``follow_up_step``.
    due_on
        Day by which the next step is due; None: none is.
    note
        Remark for staff; empty: none.
    """

    premises: str
    followed_on: date
    step: str
    due_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class ObservationEffect:
    """What an observation would change, today.

    Attributes
    ----------
    before, after
        State of the premises today (a row of :func:`geo_assen.vacancy.vacancy_states`).
    cautions
        Short names of what deserves a second look: ``replaces`` (the same source said
        something else of that day: the new word counts), ``contradicts`` (another source
        whose word holds says something else), ``outweighed`` (a more trusted source still
        decides), ``no_floor_area`` (its m² cannot be counted), ``back_dated`` (another year:
        a figure that was reported may change).
    """

    before: dict[Hashable, Any]
    after: dict[Hashable, Any]
    cautions: tuple[str, ...]


def observation_effect(
    session: Session, entry: ObservationEntry, *, role: Role
) -> ObservationEffect:
    """Tell what an observation would change, without recording it.

    Raises
    ------
    NotAllowed
        For anyone but staff.
    NotFound
        If there are no such premises.
    EntryRefused
        If it says too little, or something that cannot be.
    """
    require_staff(role, _WHAT)
    with session.read() as connection:
        return _effect(session, connection, entry)


def record_observation(session: Session, entry: ObservationEntry, *, role: Role) -> None:
    """Record an observation; one that says again what is recorded adds nothing.

    Raises
    ------
    NotAllowed, NotFound, EntryRefused
        As :func:`observation_effect`; nothing is written.
    """
    require_staff(role, _WHAT)
    with session.write() as connection:
        refuse_entry(_observation_faults(_premises(connection, entry.premises), entry))
        if _is_said(connection, entry):  # a second tap on the button
            return
        ensure_staff_source(connection)
        row = {**_row(entry), "note_id": _noted(connection, entry.note)}
        insert_frame(connection, metadata.tables["vacancy_observation"], pd.DataFrame([row]))
        changed = {"vacancy_observation"}
        refresh_derived(
            connection, session.catalogue, changed, today(), rule=session.vacancy_rule
        )


def record_follow_up(
    session: Session, entry: FollowUpEntry, *, user_name: str, role: Role
) -> None:
    """Record a step that was taken.

    Parameters
    ----------
    user_name
        Name of the account of who took it.

    Raises
    ------
    NotAllowed
        For anyone but staff.
    NotFound
        If there are no such premises or no such account.
    EntryRefused
        If it says too little, or something that cannot be.
    """
    require_staff(role, _WHAT)
    users, steps = metadata.tables["app_user"], metadata.tables["follow_up"]
    with session.write() as connection:
        _premises(connection, entry.premises)
        refuse_entry(_follow_up_faults(session, entry))
        user_id = connection.execute(
            sa.select(users.c.id).where(users.c.name == user_name)
        ).scalar()
        if user_id is None:
            raise NotFound("account", user_name)
        connection.execute(
            sa.insert(steps).values(
                premises=entry.premises,
                followed_on=entry.followed_on,
                step=entry.step,
                due_on=entry.due_on,
                user_id=user_id,
                note_id=_noted(connection, entry.note),
            )
        )


def _effect(
    session: Session, connection: sa.Connection, entry: ObservationEntry
) -> ObservationEffect:
    premises = _premises(connection, entry.premises)
    refuse_entry(_observation_faults(premises, entry))
    table = metadata.tables["vacancy_observation"]
    known = read_frame(
        connection, sa.select(table).where(table.c.premises == entry.premises).order_by(table.c.id)
    )
    told = pd.concat([known, pd.DataFrame([_row(entry)])], ignore_index=True)
    before, after = (
        vacancy_states(premises, rows, as_of=today(), rule=session.vacancy_rule)
        for rows in (known, told)
    )
    floor = premises["floor_area_m2"].iloc[0]
    said = {
        "replaces": _replaces(known, entry),
        "contradicts": bool(after["disagreeing"].iloc[0]),
        "outweighed": after["source"].iloc[0] not in (None, entry.source),
        "no_floor_area": bool(pd.isna(floor)) and entry.state in {"vacant", "partly"},
        "back_dated": entry.observed_on.year < today().year,
    }
    cautions = tuple(name for name, holds in said.items() if holds)
    return ObservationEffect(
        before.to_dict("records")[0], after.to_dict("records")[0], cautions
    )


def _is_said(connection: sa.Connection, entry: ObservationEntry) -> bool:
    """Whether staff recorded today, last of that source and day, exactly this."""
    table = metadata.tables["vacancy_observation"]
    row = _row(entry)
    same_day = (
        sa.select(table)
        .where(*(table.c[name] == row[name] for name in ("premises", "observed_on", "source")))
        .order_by(table.c.recorded_on.desc(), table.c.id.desc())
    )
    last = connection.execute(same_day).mappings().first()
    return last is not None and not entry.note.strip() and all(
        last[name] == value for name, value in row.items()
    )


def _replaces(known: pd.DataFrame, entry: ObservationEntry) -> bool:
    """Whether the same source said something else of the same day."""
    same = known[(known["observed_on"] == entry.observed_on) & (known["source"] == entry.source)]
    return bool((same["state"] != entry.state).any())


def _row(entry: ObservationEntry) -> dict[str, Any]:
    whole = {"vacant": 1.0, "occupied": 0.0}
    return {
        "premises": entry.premises,
        "observed_on": entry.observed_on,
        "recorded_on": today(),
        "source": entry.source,
        "state": entry.state,
        "vacant_share": whole.get(entry.state, entry.vacant_share),
        "source_code": STAFF_SOURCE,
    }


def _premises(connection: sa.Connection, code: str) -> pd.DataFrame:
    table = metadata.tables["premises"]
    found = read_frame(connection, sa.select(table).where(table.c.code == code))
    if found.empty:
        raise NotFound("premises", code)
    return found


def _observation_faults(premises: pd.DataFrame, entry: ObservationEntry) -> list[Fault]:
    stock = premises.to_dict("records")[0]
    found = _day_faults("observed_on", entry.observed_on, stock)
    if entry.source not in SOURCES:
        found.append(("source", f"there is no {entry.source!r}"))
    if entry.state not in STATES:
        found.append(("state", f"there is no {entry.state!r}"))
    share = entry.vacant_share
    if entry.state == "partly" and (share is None or not 0 < share < 1):
        found.append(("vacant_share", "say which part is vacant, more than 0 and less than 1"))
    elif entry.state != "partly" and share is not None:
        found.append(("vacant_share", "only premises that are partly vacant have a vacant part"))
    return [*found, *_note_faults(entry.note)]


def _follow_up_faults(session: Session, entry: FollowUpEntry) -> list[Fault]:
    found = _day_faults("followed_on", entry.followed_on, {})
    if entry.step not in session.catalogue.codes["follow_up_step"].values:
        found.append(("step", f"there is no {entry.step!r}"))
    if entry.due_on is not None and entry.due_on <= entry.followed_on:
        found.append(("due_on", "the next step is due after this one"))
    return [*found, *_note_faults(entry.note)]


def _day_faults(field: str, day: date, stock: dict[Hashable, Any]) -> list[Fault]:
    """What is wrong with the day of an observation or step."""
    if day > today():
        return [(field, "this day is yet to come")]
    begins, ends = stock.get("live_from"), stock.get("gone_on")
    if isinstance(begins, date) and day < begins:
        return [(field, f"the premises are there from {begins.isoformat()} on")]
    if isinstance(ends, date) and day >= ends:
        into = stock.get("merged_into")
        now = f"; they are part of {into} now" if isinstance(into, str) else ""
        return [(field, f"the premises are gone since {ends.isoformat()}{now}")]
    return []


def _note_faults(note: str) -> list[Fault]:
    if len(note) > _LONGEST_NOTE:
        return [("note", f"at most {_LONGEST_NOTE} signs")]
    return []


def _noted(connection: sa.Connection, text: str) -> int | None:
    """Number of a remark, kept apart from the facts so that it can be blanked."""
    if not text.strip():
        return None
    table = metadata.tables["note"]
    written = sa.insert(table).values(text=text.strip(), created_at=datetime.now(UTC))
    return int(connection.execute(written.returning(table.c.id)).scalar_one())
