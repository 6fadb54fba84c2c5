"""Column types that both databases hold in a form that reads well in QGIS."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

__all__ = ["CodeSet", "UtcTimestamp", "from_utc_text", "join_codes", "split_codes", "utc_text"]

_SEPARATOR = ";"


def join_codes(codes: Iterable[str]) -> str:
    """Write a set of codes as sorted text, ``industrial;logistics``.

    Raises
    ------
    ValueError
        If a code is empty or carries the separator: it could not be read back.
    """
    listed = sorted(set(codes))
    for code in listed:
        if not code or _SEPARATOR in code:
            raise ValueError(f"code {code!r} cannot be part of a set")
    return _SEPARATOR.join(listed)


def split_codes(text: str) -> frozenset[str]:
    """Read a set of codes, also one typed by hand with blanks or a closing separator."""
    return frozenset(part.strip() for part in text.split(_SEPARATOR) if part.strip())


def utc_text(moment: datetime) -> str:
    """Write a moment as a GeoPackage does: ``2026-01-31T09:05:00.000Z``.

    Raises
    ------
    ValueError
        If the moment does not say its time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"moment {moment.isoformat()} has no time zone")
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def from_utc_text(text: str) -> datetime:
    """Read a moment; text without a zone counts as UTC, as GeoPackage prescribes."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class CodeSet(sa.types.TypeDecorator[frozenset[str]]):
    """A set of codes of one list, stored as sorted text; None means not known."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(
        self, value: Iterable[str] | None, dialect: sa.Dialect  # noqa: ARG002
    ) -> str | None:
        """Write; text goes through as one that was joined before."""
        if value is None or isinstance(value, str):
            return value
        return join_codes(value)

    def process_result_value(
        self, value: Any, dialect: sa.Dialect  # noqa: ARG002
    ) -> frozenset[str] | None:
        """Read."""
        return None if value is None else split_codes(value)


class _DateTimeText(sa.types.UserDefinedType[str]):
    """Text in a column declared DATETIME."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "DATETIME"


class UtcTimestamp(sa.types.TypeDecorator[datetime]):
    """A moment as an aware UTC datetime, kept to the millisecond."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Text of the GeoPackage form on SQLite, a timestamp with time zone elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(_DateTimeText())
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        """Write, cut to the millisecond so that both databases keep the same."""
        if value is None:
            return None
        text = utc_text(value)
        return text if dialect.name == "sqlite" else from_utc_text(text)

    def process_result_value(
        self, value: Any, dialect: sa.Dialect  # noqa: ARG002
    ) -> datetime | None:
        """Read."""
        if value is None:
            return None
        return from_utc_text(value) if isinstance(value, str) else value.astimezone(UTC)
