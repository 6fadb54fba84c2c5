"""What staff type in: the one source that all of it points to, and the next free number."""

from __future__ import annotations

import re
from collections.abc import Iterable

import sqlalchemy as sa

from geo_assen.access import Role
from geo_assen.errors import GeoAssenError, NotAllowed
from geo_assen.services.session import today
from geo_assen.store import metadata

__all__ = [
    "STAFF_SOURCE",
    "EntryRefused",
    "Fault",
    "ensure_staff_source",
    "next_code",
    "refuse_entry",
    "require_staff",
]

STAFF_SOURCE = "staff-entry"
"""Code of the source of what staff entered."""

_NAME = "Invoer door medewerkers"
_NOT_PUBLIC = "niet openbaar"


Fault = tuple[str, str]
"""Name of a field and what is wrong with it."""


class EntryRefused(GeoAssenError):
    """What somebody typed does not say enough to be recorded, or what cannot be.

    Attributes
    ----------
    faults
        Name of the field and what is wrong with it, one for each.
    """

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        told = "; ".join(f"{field}: {reason}" for field, reason in faults)
        super().__init__(f"This cannot be recorded: {told}.")


def refuse_entry(faults: list[Fault]) -> None:
    """Refuse what has faults.

    Raises
    ------
    EntryRefused
    """
    if faults:
        raise EntryRefused(faults)


def ensure_staff_source(connection: sa.Connection) -> None:
    """Record the source of what staff enter, where it is not there yet."""
    sources = metadata.tables["source"]
    known = sa.select(sources.c.id).where(sources.c.code == STAFF_SOURCE)
    if connection.execute(known).first() is None:
        connection.execute(
            sa.insert(sources).values(
                code=STAFF_SOURCE,
                name=_NAME,
                certainty="stated",
                licence=_NOT_PUBLIC,
                retrieved_on=today(),
            )
        )


def next_code(taken: Iterable[str], letters: str, digits: int = 4) -> str:
    """Code after the highest of its kind: ``next_code(["E-0007"], "E")`` is ``E-0008``."""
    numbered = re.compile(rf"{re.escape(letters)}-(\d{{1,9}})")
    numbers = [int(found[1]) for code in taken if (found := numbered.fullmatch(code))]
    return f"{letters}-{max(numbers, default=0) + 1:0{digits}}"


def require_staff(role: Role, what: str) -> None:
    """Refuse anyone but staff.

    Raises
    ------
    NotAllowed
    """
    if role < Role.STAFF:
        raise NotAllowed(what)
