"""Staff accounts: added on the command line, checked at sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import argon2
import sqlalchemy as sa

from geo_assen.access import Role
from geo_assen.errors import GeoAssenError
from geo_assen.services.session import Session
from geo_assen.store import metadata

__all__ = ["SHORTEST_PASSWORD", "User", "UserError", "add_user", "authenticate"]

SHORTEST_PASSWORD = 12
_HASHER = argon2.PasswordHasher()


@cache
def _nobody() -> str:
    """Hash checked where there is no such user, so that both answers take the same time."""
    return _HASHER.hash("no account has this password")


class UserError(GeoAssenError):
    """An account cannot be made as asked."""


@dataclass(frozen=True)
class User:
    """A signed-in person."""

    name: str
    role: Role


def add_user(session: Session, name: str, password: str, role: Role = Role.STAFF) -> User:
    """Make an account; the password is kept only as its argon2 hash.

    Raises
    ------
    UserError
        If the name is empty or taken, or the password is too short.
    """
    users = metadata.tables["app_user"]
    name = name.strip()
    if not name or len(name) > 80:
        raise UserError("A user name has 1 to 80 characters.")
    if len(password) < SHORTEST_PASSWORD:
        raise UserError(f"A password has at least {SHORTEST_PASSWORD} characters.")
    password_hash = _HASHER.hash(password)  # slow by design: not while others wait to write
    with session.write() as connection:
        taken = connection.execute(sa.select(users.c.id).where(users.c.name == name)).first()
        if taken:
            raise UserError(f"There is a user {name!r} already.")
        connection.execute(
            sa.insert(users).values(
                name=name,
                password_hash=password_hash,
                role=role.name.lower(),
                created_at=datetime.now(UTC),
                disabled=False,
            )
        )
    return User(name, role)


def authenticate(session: Session, name: str, password: str) -> User | None:
    """User of that name and password, or None; takes as long for an unknown name."""
    row, nobody = _row(session, name), _nobody()
    stored = row.password_hash if row is not None and not row.disabled else nobody
    try:
        _HASHER.verify(stored, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return None
    return User(row.name, Role.parse(row.role)) if row is not None and not row.disabled else None


def _row(session: Session, name: str) -> Any:
    users = metadata.tables["app_user"]
    statement = sa.select(
        users.c.name, users.c.password_hash, users.c.role, users.c.disabled
    ).where(users.c.name == name)
    with session.read() as connection:
        return connection.execute(statement).first()
