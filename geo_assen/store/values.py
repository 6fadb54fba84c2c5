"""Values on their way from one database to another: one form that both can be held against.

========================  ============================================================
column                    neutral form
========================  ============================================================
geometry                  shapely geometry, two-dimensional, of the kind of the column
moment                    text in UTC to the millisecond, all that a store promises
date                      ISO text
boolean                   True or False
number                    float, without the sign of zero (SQLite does not keep it)
integer, text, bytes      as they are
set of codes, JSON        the text as it stands: nothing is parsed and written anew
========================  ============================================================

None is the missing value of all of them.
"""

from __future__ import annotations

import json
import math
import reprlib
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NoReturn, Protocol, cast

import numpy as np
import shapely
import sqlalchemy as sa

from geo_assen.store.columns import CodeSet, UtcTimestamp, from_utc_text, utc_text
from geo_assen.store.geometry import Geometry, conform, decode_geometries

__all__ = ["UnfitValue", "add_to_digest", "encoded", "neutral", "require_fit", "stored_form"]

Values = Sequence[Any]


class UnfitValue(ValueError):
    """One value of a column cannot be carried over.

    Attributes
    ----------
    place
        Which of the values given, from 0.
    reason
        What is wrong with it.
    """

    def __init__(self, place: int, value: object, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"{reprlib.repr(value)} {reason}")


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...


def stored_form(column: sa.Column[Any], dialect: sa.Dialect) -> sa.ColumnElement[Any]:
    """Column of a selection as its database hands it out, without any conversion."""
    if isinstance(column.type, sa.JSON) and dialect.name == "postgresql":
        return sa.cast(column, sa.Text)  # the driver would parse it
    return sa.type_coerce(column, sa.types.NullType())


def neutral(kind: sa.types.TypeEngine[Any], values: Values) -> Values:
    """Put values that either database handed out into the neutral form.

    Raises
    ------
    UnfitValue
        If a value is not what its column declares; SQLite lets other programs do that.
    """
    if isinstance(kind, Geometry):
        return _shapes(kind, values)
    native, convert = _form(kind)
    found = set(map(type, values)) - {type(None)}
    if found <= {native}:  # the usual case, and nothing to convert
        return values
    if found == {float} and isinstance(kind, sa.Float):
        return [value if value is None else value + 0.0 for value in values]
    plain = []
    for place, value in enumerate(values):
        try:
            plain.append(None if value is None else convert(value))
        except (TypeError, ValueError) as error:
            raise UnfitValue(place, value, f"is not a valid {_named(kind)}") from error
    return plain


def _form(kind: sa.types.TypeEngine[Any]) -> tuple[type | None, Callable[[Any], Any]]:
    """Python type that is neutral already, and what makes the form of anything else."""
    forms: tuple[tuple[type, type | None, Callable[[Any], Any]], ...] = (
        (UtcTimestamp, None, _moment),
        (CodeSet, str, _refuse),
        (sa.JSON, str, _refuse),
        (sa.Boolean, bool, _truth),
        (sa.Date, None, _day),
        (sa.Float, None, _number),
        (sa.Integer, int, _refuse),
        (sa.String, str, _refuse),
        (sa.LargeBinary, bytes, _refuse),
    )
    for known, native, convert in forms:
        if isinstance(kind, known):
            return native, convert
    raise TypeError(f"columns of {kind!r} cannot be copied yet: give them a neutral form here")


def _named(kind: sa.types.TypeEngine[Any]) -> str:
    names: tuple[tuple[type, str], ...] = (
        (UtcTimestamp, "moment"), (sa.Boolean, "yes or no"), (sa.Date, "date"),
        (sa.Float, "number"), (sa.Integer, "whole number"), (sa.LargeBinary, "row of bytes"),
        (Geometry, "geometry"),
    )  # fmt: skip
    return next((name for known, name in names if isinstance(kind, known)), "text")


def _refuse(_: Any) -> NoReturn:
    raise TypeError


def _moment(value: Any) -> str:
    return utc_text(value if isinstance(value, datetime) else from_utc_text(value))


def _truth(value: Any) -> bool:
    if value in (0, 1):
        return bool(value)
    raise ValueError


def _day(value: Any) -> str:
    return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()


def _number(value: Any) -> float:
    if not isinstance(value, float | int):
        raise TypeError
    return float(value) + 0.0  # takes the sign off a zero


def _shapes(kind: Geometry, values: Values) -> Values:
    try:
        return cast(Values, conform(decode_geometries(values), kind.kind))
    except (ValueError, TypeError, IndexError, shapely.GEOSException) as error:
        # All at once is fast but does not tell which; a second look at each one does.
        for place, value in enumerate(values if len(values) > 1 else ()):
            try:
                _shapes(kind, [value])
            except UnfitValue as fault:
                raise UnfitValue(place, value, fault.reason) from error
        raise UnfitValue(0, values[0], f"is not a valid {kind.kind}") from error


def require_fit(kind: sa.types.TypeEngine[Any], values: Values, dialect: sa.Dialect) -> None:
    """Refuse what a column of the same kind in the other database cannot hold.

    Parameters
    ----------
    values
        In the neutral form.
    dialect
        Of the database that the values go to.

    Raises
    ------
    UnfitValue
    """
    if dialect.name == "sqlite":
        if isinstance(kind, sa.Float):
            _require(
                values,
                lambda value: not math.isnan(value),
                "cannot be kept in a GeoPackage; leave the field empty instead",
            )
        return
    if isinstance(kind, sa.Integer):
        limit = _limit(kind)
        _require(values, lambda value: -limit <= value < limit, "is too large a number")
    elif isinstance(kind, sa.JSON):
        _require(values, _is_json, "is not JSON that PostgreSQL takes")
    elif isinstance(kind, sa.String | CodeSet):
        length = getattr(kind, "length", None)
        if length is not None:
            _require(values, lambda value: len(value) <= length, f"is longer than {length} signs")
        if "\x00" in "".join(filter(None, values)):
            _require(values, lambda value: "\x00" not in value, "has a null byte in it")


def _require(values: Values, fits: Callable[[Any], bool], reason: str) -> None:
    for place, value in enumerate(values):
        if value is not None and not fits(value):
            raise UnfitValue(place, value, reason)


def _limit(kind: sa.Integer) -> int:
    bits = 63 if isinstance(kind, sa.BigInteger) else 31
    return 1 << (15 if isinstance(kind, sa.SmallInteger) else bits)


_STRICT = json.JSONDecoder(parse_constant=_refuse)


def _is_json(text: str) -> bool:
    """Whether a text is JSON by the letter: Python itself also reads and writes NaN."""
    try:
        _STRICT.decode(text)
    except (TypeError, ValueError):
        return False
    return "\x00" not in text


def encoded(kind: sa.types.TypeEngine[Any], values: Values, dialect: sa.Dialect) -> Values:
    """Write neutral values as the driver of a database takes them."""
    return kind.encode(values, dialect) if isinstance(kind, Geometry) else values


def add_to_digest(digest: _Digest, kind: sa.types.TypeEngine[Any], values: Values) -> None:
    """Take a column of neutral values into a checksum; geometries by every vertex."""
    if isinstance(kind, Geometry):
        shapes = np.asarray(values, dtype=object)
        values = shapely.to_wkb(shapes, byte_order=1, flavor="iso").tolist()
    if isinstance(kind, Geometry | sa.LargeBinary):
        digest.update(b"".join(value for value in values if value is not None))
        values = [None if value is None else len(value) for value in values]
    digest.update(json.dumps(values).encode())
