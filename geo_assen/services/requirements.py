"""The register of requirements: what prospects asked, kept for staff.

A record holds the need (uses, kinds, constraints, criteria) as a document, and who asks,
for when and how far the talks are in columns of their own. A requirement that is read back
is the same as the one that was recorded; the columns go before the document. What a record
was before it was changed stays in the history of the store.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from geo_assen.access import Role
from geo_assen.errors import GeoAssenError, NotFound, RequirementError
from geo_assen.matching import Requirement, check
from geo_assen.services.matching import match_sites
from geo_assen.services.session import Session, today
from geo_assen.services.site_index import index_at
from geo_assen.services.staff_entry import (
    STAFF_SOURCE,
    ensure_staff_source,
    next_code,
    require_staff,
)
from geo_assen.store import metadata
from geo_assen.store.history import frame_of_records

__all__ = [
    "CLOSED_STAGES",
    "RegisterRow",
    "RequirementChange",
    "RequirementChanged",
    "RequirementRecord",
    "add_requirement",
    "load_requirement",
    "open_entries",
    "open_requirements",
    "record_version",
    "require_site",
    "requirement_fault",
    "requirement_list",
    "requirement_record",
    "requirement_register",
    "stored_requirement",
    "update_requirement",
]

CLOSED_STAGES = ("settled", "closed")
"""Stages in which nobody looks for a site any more."""

FIRST_STAGE = "open"
LONGEST_TITLE = 200

_COLUMNS = ("title", "kind", "present_site", "sector", "party", "stage", "needed_by", "jobs")
"""What a record keeps beside the need itself."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


class RequirementChanged(GeoAssenError):
    """Somebody else changed a record between reading and saving it; nothing was saved."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"Requirement {code} was changed by somebody else meanwhile; nothing was saved. "
            "Look at it as it is now, and change it again."
        )


@dataclass(frozen=True)
class RegisterRow:
    """One record as the list of the register shows it.

    Attributes
    ----------
    fits, to_check
        Sites that pass, and that would pass if what is unknown turned out well, on the
        date; None for a closed record, and for one that cannot be matched.
    fault
        Why it cannot be matched any more; None where it can.
    """

    code: str
    title: str
    kind: str
    sector: str | None
    stage: str
    needed_by: date | None
    fits: int | None
    to_check: int | None
    fault: str | None


@dataclass(frozen=True)
class RequirementChange:
    """One change of a record: when, from what, to what."""

    changed_at: datetime
    before: Requirement
    after: Requirement

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of what changed; ``need`` stands for all that is asked of a site."""
        names = [n for n in _COLUMNS if getattr(self.before, n) != getattr(self.after, n)]
        needs = ("use", "kinds", "as_of", "constraints", "criteria")
        if any(getattr(self.before, n) != getattr(self.after, n) for n in needs):
            names.append("need")
        return tuple(names)


@dataclass(frozen=True)
class RequirementRecord:
    """One record of the register.

    Attributes
    ----------
    version
        Number to give back when it is saved, so that nobody's work is lost.
    recorded_at
        When it was recorded first.
    party_name
        Name of who asks; None where nobody is named.
    present_site_name
        Name or address of the present site; None where there is none, or it has neither.
    changes
        What was changed since, the newest first.
    """

    requirement: Requirement
    version: int
    recorded_at: datetime | None
    party_name: str | None
    present_site_name: str | None
    changes: tuple[RequirementChange, ...]


def load_requirement(session: Session, named: str) -> Requirement:
    """Requirement out of a file, or the stored one of that code.

    Raises
    ------
    RequirementError, FileRefused
        If the file cannot be understood.
    NotFound
        If there is neither a file nor a stored requirement of that name.
    """
    path = Path(named)
    if path.suffix.lower() in {".toml", ".json"} or path.is_file():
        return Requirement.load(path)
    return stored_requirement(session, named, role=Role.STAFF)


def stored_requirement(session: Session, code: str, *, role: Role) -> Requirement:
    """Stored requirement of that code; only staff see what others ask for.

    Raises
    ------
    NotAllowed, NotFound
    """
    require_staff(role, f"Requirement {code!r}")
    rows = session.table("requirement")
    chosen = rows[rows["code"] == code]
    if chosen.empty:
        raise NotFound("requirement or requirement file", code)
    return _requirement_of(chosen.iloc[0].to_dict())


def open_requirements(session: Session, *, role: Role) -> tuple[Requirement, ...]:
    """Stored requirements that still look for a site, by code.

    Raises
    ------
    NotAllowed
        For anyone but staff.
    """
    entries = open_entries(session, role=role)
    return tuple(entry for entry in entries if isinstance(entry, Requirement))


def open_entries(session: Session, *, role: Role) -> tuple[Requirement | RequirementError, ...]:
    """Open requirements by code; of one that was spoilt from outside what is wrong with it.

    Raises
    ------
    NotAllowed
        For anyone but staff.
    """
    require_staff(role, "The list of requirements")

    def build() -> tuple[Requirement | RequirementError, ...]:
        rows = session.table("requirement").sort_values("code")
        looking = rows[~rows["stage"].isin(CLOSED_STAGES)]
        return tuple(_entry(row) for row in looking.to_dict("records"))

    return session.kept(("open_entries",), build)


def requirement_fault(
    session: Session, requirement: Requirement, *, as_of: date | None = None
) -> RequirementError | None:
    """Tell why a requirement cannot be matched on a date; None where it can.

    Parameters
    ----------
    as_of
        None: the date of the requirement, or today.
    """
    try:
        check(requirement, index_at(session, as_of or requirement.as_of or today()).sites)
    except RequirementError as error:
        return error
    return None


def requirement_list(session: Session, *, role: Role) -> pd.DataFrame:
    """Stored requirements by code: ``code, title, kind, sector, stage, needed_by``.

    Raises
    ------
    NotAllowed
        For anyone but staff.
    """
    require_staff(role, "The list of requirements")
    columns = ["code", "title", "kind", "sector", "stage", "needed_by"]
    return session.table("requirement")[columns].sort_values("code")


def requirement_record(session: Session, code: str, *, role: Role) -> RequirementRecord:
    """Tell all that the register has of one requirement, with what it was before.

    Raises
    ------
    NotAllowed, NotFound
    """
    requirement = stored_requirement(session, code, role=role)
    history = metadata.tables["attribute_history"]
    statement = (
        sa.select(history.c.recorded_at, history.c.attributes)
        .where(history.c.table_name == "requirement", history.c.code == code)
        .order_by(history.c.id)
    )
    with session.read() as connection:
        version = record_version(connection, code)
        rows = connection.execute(statement).all()
    kept = frame_of_records(metadata.tables["requirement"], [(row[1], None) for row in rows])
    states = [_requirement_of(state) for state in kept.to_dict("records")]
    changes = [
        RequirementChange(row[0], before, after)
        for row, (before, after) in zip(rows[1:], pairwise(states), strict=True)
    ]
    parties = session.table("party").set_index("code")["name"]
    return RequirementRecord(
        requirement=requirement,
        version=version,
        recorded_at=rows[0][0] if rows else None,
        party_name=parties.get(requirement.party) if requirement.party else None,
        present_site_name=_site_name(session, requirement.present_site),
        changes=tuple(reversed(changes)),
    )


def requirement_register(
    session: Session, *, as_of: date, role: Role, stage: str | None = None
) -> tuple[RegisterRow, ...]:
    """List the register by code, with how many sites each open requirement has on a date.

    Parameters
    ----------
    stage
        Only records in this stage; None: all.

    Raises
    ------
    NotAllowed
        For anyone but staff.
    """
    require_staff(role, "The list of requirements")

    def build() -> tuple[RegisterRow, ...]:
        rows = session.table("requirement").sort_values("code").to_dict("records")
        return tuple(_register_row(session, row, as_of) for row in rows)

    listed = session.kept(("requirement_register", as_of), build)
    return tuple(row for row in listed if stage is None or row.stage == stage)


def add_requirement(
    session: Session, requirement: Requirement, *, role: Role, code: str | None = None
) -> str:
    """Record a requirement and answer the code of its record.

    Parameters
    ----------
    code
        Code of the record; None: that of the requirement, else the next ``R-<number>``.

    Raises
    ------
    NotAllowed
        For anyone but staff.
    RequirementError
        If it cannot be matched, has no title, names a party or site that does not exist,
        or its code is taken.
    """
    require_staff(role, "The register of requirements")
    wanted = code or requirement.code
    ready = _ready(session, replace(requirement, code=wanted))
    table = metadata.tables["requirement"]
    with session.write() as connection:
        taken = set(connection.execute(sa.select(table.c.code)).scalars())
        chosen = wanted or next_code(taken, "R", 2)
        if chosen in taken:
            reason = f"{chosen} is taken; choose another, or update that record"
            raise RequirementError(f"Requirement {ready.title!r}", [("code", reason)])
        ensure_staff_source(connection)
        connection.execute(
            sa.insert(table).values(code=chosen, source_code=STAFF_SOURCE, **_values(ready))
        )
    return chosen


def update_requirement(
    session: Session,
    code: str,
    requirement: Requirement,
    *,
    role: Role,
    version: int | None = None,
) -> None:
    """Put a requirement in the place of a recorded one; the record keeps its code.

    Parameters
    ----------
    version
        Version of the record that whoever saves had before them; None: whatever stands
        there is replaced.

    Raises
    ------
    NotAllowed
        For anyone but staff.
    NotFound
        If there is no such record.
    RequirementError
        As for :func:`add_requirement`.
    RequirementChanged
        If the record has another version by now.
    """
    require_staff(role, "The register of requirements")
    ready = _ready(session, replace(requirement, code=code))
    table = metadata.tables["requirement"]
    with session.write() as connection:
        if version is not None and version != record_version(connection, code):
            raise RequirementChanged(code)
        statement = sa.update(table).where(table.c.code == code).values(**_values(ready))
        if not connection.execute(statement).rowcount:
            raise NotFound("requirement", code)


def record_version(connection: sa.Connection, code: str) -> int:
    """Number of the last change of a record; 0 where there is none."""
    history = metadata.tables["attribute_history"]
    newest = sa.select(sa.func.max(history.c.id)).where(
        history.c.table_name == "requirement", history.c.code == code
    )
    return int(connection.execute(newest).scalar() or 0)


def require_site(session: Session, site_id: str) -> None:
    """Make sure that an id is of a plot or premises, on offer or not.

    Raises
    ------
    NotFound
        With how an id is written.
    """
    kind, _, code = site_id.partition(":")
    exists = kind in ("plot", "premises") and session.table(kind)["code"].eq(code).any()
    if not exists:
        raise NotFound("site", site_id, "A site is plot:<code> or premises:<code>.")


def _site_name(session: Session, site_id: str | None) -> str | None:
    kind, _, code = (site_id or "").partition(":")
    if kind not in ("plot", "premises"):
        return None
    rows = session.table(kind)
    chosen = rows[rows["code"] == code].to_dict("records")
    told = (_plain(row.get(name)) for row in chosen for name in ("name", "address"))
    return next((name for name in told if name), None)


def _register_row(session: Session, row: Mapping[Any, Any], as_of: date) -> RegisterRow:
    fits = to_check = fault = None
    if row["stage"] not in CLOSED_STAGES:
        try:
            ranking = match_sites(session, _requirement_of(row), as_of=as_of)
            fits, to_check = ranking.passing, ranking.to_check
        except RequirementError as error:
            fault = str(error)
    told = {name: _plain(row[name]) for name in ("code", *_COLUMNS)}
    return RegisterRow(
        code=told["code"],
        title=told["title"],
        kind=told["kind"],
        sector=told["sector"],
        stage=told["stage"],
        needed_by=told["needed_by"],
        fits=fits,
        to_check=to_check,
        fault=fault,
    )


def _ready(session: Session, requirement: Requirement) -> Requirement:
    """Requirement as it is recorded, or an error with everything that keeps it from that."""
    ready = replace(
        requirement,
        title=" ".join(requirement.title.split()),
        stage=requirement.stage or FIRST_STAGE,
    )
    faults = list(_faults(session, ready))
    unmatched = requirement_fault(session, ready, as_of=today())
    faults += unmatched.faults if unmatched else ()
    if faults:
        name = ready.code or repr(ready.title[:LONGEST_TITLE])
        raise RequirementError(f"Requirement {name}", list(dict.fromkeys(faults)))
    return ready


def _faults(session: Session, requirement: Requirement) -> Iterator[tuple[str, str]]:
    """What a record must say beside what can be matched."""
    if not requirement.title:
        yield "title", "must not be empty: colleagues find the record by it"
    if len(requirement.title) > LONGEST_TITLE:
        yield "title", f"must have at most {LONGEST_TITLE} signs"
    if requirement.code is not None and not _CODE.fullmatch(requirement.code):
        yield "code", "must have at most 40 letters, digits, - or _, such as R-12"
    if requirement.party is not None:
        parties = session.table("party")["code"]
        if not parties.eq(requirement.party).any():
            yield "party", f"must be the code of a party that exists, not {requirement.party!r}"
    if requirement.present_site is not None:
        try:
            require_site(session, requirement.present_site)
        except NotFound:
            yield "present_site", f"must be a site that exists, not {requirement.present_site!r}"
    if "\\u0000" in json.dumps(requirement.to_document()):
        yield "requirement", "must not hold the character NUL"


def _values(requirement: Requirement) -> dict[str, Any]:
    """Columns of the record of a requirement, its code left aside."""
    columns = {name: getattr(requirement, name) for name in _COLUMNS}
    need = requirement.to_document()
    definition = {key: need[key] for key in need if key not in (*_COLUMNS, "code")}
    return {**columns, "definition": definition}


def _entry(row: Mapping[Any, Any]) -> Requirement | RequirementError:
    try:
        return _requirement_of(row)
    except RequirementError as error:
        return error


def _requirement_of(row: Mapping[Any, Any]) -> Requirement:
    """Requirement that a record holds; the columns say what may have changed since."""
    told = {name: _plain(row[name]) for name in _COLUMNS}
    definition, origin = row["definition"], f"Requirement {row['code']}"
    if not isinstance(definition, Mapping):  # the file may be edited from outside
        raise RequirementError(origin, [("definition", "must be a table of keys")])
    need = {key: value for key, value in definition.items() if key not in _COLUMNS}
    return Requirement.parse({**need, **told, "code": row["code"]}, origin=origin)


def _plain(value: Any) -> Any:
    """Cell of a table as a document holds it: None where nothing stands."""
    if value is None or pd.isna(value):
        return None
    # Jobs are the only number, and come as what the frame needs for missing ones.
    return int(value) if isinstance(value, (float, np.number)) else value
