"""The parts of a requirement: constraints, criteria and the curves of criteria."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, model_validator

from geo_assen.matching import written
from geo_assen.matching.written import Limit, Number, Point

__all__ = ["Constraint", "Criterion", "Curve", "CurveShape"]

CurveShape = Literal["smaller", "larger", "target", "points", "categories"]
_OPERATORS = ("min", "max", "at_least", "is", "one_of", "max_m", "max_minutes")
_OF_FIELDS = _OPERATORS[:5]
_OF_PLACES = _OPERATORS[5:]
_FIELD = re.compile(r"[a-z][a-z0-9_]*")


def _name(value: object) -> str:
    text = written.text(value)
    if not _FIELD.fullmatch(text):
        raise ValueError(f"must be the name of a field, not {value!r}")
    return text


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not value:
        raise ValueError("must be a list of at least one value")
    return tuple(dict.fromkeys(written.word(item) for item in value))


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _not_negative(value: object) -> Number:
    read = written.number(value)
    if read < 0:
        raise ValueError("must be 0 or more")
    return read


def _degree_of_desire(value: object) -> Number:
    read = written.number(value)
    if not 0 <= read <= 1:
        raise ValueError("must have desirabilities between 0 and 1")
    return read


def _rising(value: object, length: int) -> tuple[Limit, ...]:
    """Read so many numbers (or so many dates), none below the one before it."""
    if not isinstance(value, (list, tuple)) or len(value) != length:
        raise ValueError(f"must be a list of {length} numbers or dates")
    read = tuple(written.limit(item) for item in value)
    _check_rising(read, strictly=False)
    return read


def _check_rising(read: tuple[Limit, ...], *, strictly: bool) -> None:
    if len({isinstance(item, date) for item in read}) > 1:
        raise ValueError("must not mix numbers and dates")
    for before, after in pairwise(read):
        if before > after or (strictly and before == after):  # type: ignore[operator]
            raise ValueError("must run from low to high")


def _pair(value: object) -> tuple[Limit, ...]:
    return _rising(value, 2)


def _four(value: object) -> tuple[Limit, ...]:
    return _rising(value, 4)


def _points(value: object) -> tuple[tuple[Limit, Number], ...]:
    if not isinstance(value, (list, tuple)) or len(value) < 2:
        raise ValueError("must be a list of at least two [value, desirability]")
    if not all(isinstance(item, (list, tuple)) and len(item) == 2 for item in value):
        raise ValueError("must be a list of [value, desirability]")
    read = tuple((written.limit(x), _degree_of_desire(d)) for x, d in value)
    _check_rising(tuple(x for x, _ in read), strictly=True)
    return read


def _categories(value: object) -> dict[str, Number]:
    if not isinstance(value, dict) or not value:
        raise ValueError("must be a table of at least one value with its desirability")
    return {written.word(key): _degree_of_desire(d) for key, d in value.items()}


_Field = Annotated[str, PlainValidator(_name)]
_Near = Annotated[str | Point, PlainValidator(written.near_target)]
_Metres = Annotated[Number, PlainValidator(_not_negative)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True)


def _near_name(near: str | Point) -> str:
    return f"near:{near}" if isinstance(near, str) else f"near:{near[0]},{near[1]}"


def _plain(value: object) -> object:
    """Write dates as ISO text and tuples as lists, for JSON."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return dict(value) if isinstance(value, dict) else value


class Curve(_Strict):
    """How a value turns into desirability; exactly one shape is given.

    Attributes
    ----------
    smaller
        ``(good, bad)``: 1 up to good, 0 from bad on.
    larger
        ``(bad, good)``: 0 up to bad, 1 from good on.
    target
        ``(zero, one, one, zero)``: 1 between the inner two, falling to 0 at the outer two.
    points
        ``((value, desirability), ...)`` in rising order; straight lines between them, the
        first and last desirability beyond them.
    categories
        Desirability by value of a category; a value that is not listed has 0.
    """

    smaller: Annotated[tuple[Limit, ...], PlainValidator(_pair)] | None = None
    larger: Annotated[tuple[Limit, ...], PlainValidator(_pair)] | None = None
    target: Annotated[tuple[Limit, ...], PlainValidator(_four)] | None = None
    points: Annotated[tuple[tuple[Limit, Number], ...], PlainValidator(_points)] | None = None
    categories: Annotated[dict[str, Number], PlainValidator(_categories)] | None = None

    @property
    def shape(self) -> CurveShape:
        """Which of the five shapes is given."""
        shapes: tuple[CurveShape, ...] = ("smaller", "larger", "target", "points")
        return next((s for s in shapes if getattr(self, s) is not None), "categories")

    @property
    def uses_dates(self) -> bool:
        """Whether the curve runs over days instead of numbers."""
        if self.points is not None:
            return isinstance(self.points[0][0], date)
        knots = self.smaller or self.larger or self.target
        return knots is not None and isinstance(knots[0], date)

    def document(self) -> dict[str, object]:
        """Curve as a file writes it, dates as dates."""
        return {self.shape: getattr(self, self.shape)}

    @model_validator(mode="after")
    def _one_shape(self) -> Curve:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("must have exactly one of smaller, larger, target, points, categories")
        return self


class Constraint(_Strict):
    """Something that must hold: about a field, a place to be near, or an area to lie in.

    Attributes
    ----------
    field
        Name of a field of a site, with ``min`` and/or ``max`` (number or date, both
        inclusive), ``at_least`` (ordered category), ``equals`` (written ``is``; yes or
        no) or ``one_of``.
    near
        Kind of place, or longitude and latitude (CRS84); with ``max_m`` (metres as the
        crow flies) or ``max_minutes`` (travel time).
    inside
        Code of an area or business park, or a GeoJSON polygon (CRS84).
    """

    field: _Field | None = None
    near: _Near | None = None
    inside: Annotated[str | dict[str, Any], PlainValidator(written.inside_area)] | None = None
    min: Annotated[Limit, PlainValidator(written.limit)] | None = None
    max: Annotated[Limit, PlainValidator(written.limit)] | None = None
    at_least: Annotated[str, PlainValidator(written.word)] | None = None
    equals: Annotated[bool, PlainValidator(_yes_or_no)] | None = Field(default=None, alias="is")
    one_of: Annotated[tuple[str, ...], PlainValidator(_words)] | None = None
    max_m: _Metres | None = None
    max_minutes: _Metres | None = None

    @property
    def name(self) -> str:
        """Name in results: the field, ``near:KIND``, ``near:LON,LAT`` or ``inside:CODE``."""
        if self.field is not None:
            return self.field
        if self.near is not None:
            return _near_name(self.near)
        return f"inside:{self.inside if isinstance(self.inside, str) else 'polygon'}"

    @cached_property
    def operators(self) -> Mapping[str, object]:
        """What is asked of the subject, by operator, dates as dates."""
        asked = {name: getattr(self, "equals" if name == "is" else name) for name in _OPERATORS}
        return {name: value for name, value in asked.items() if value is not None}

    @property
    def limit(self) -> dict[str, object]:
        """What is asked, as written, in plain JSON values."""
        asked = self.operators or {"inside": self.inside}
        return {name: _plain(value) for name, value in asked.items()}

    def document(self) -> dict[str, object]:
        """Constraint as a file writes it, dates as dates."""
        subjects = {"field": self.field, "near": self.near, "inside": self.inside}
        given = {name: value for name, value in subjects.items() if value is not None}
        return {**given, **self.operators}

    @model_validator(mode="after")
    def _consistent(self) -> Constraint:
        subjects = [s for s in ("field", "near", "inside") if getattr(self, s) is not None]
        if len(subjects) != 1:
            raise ValueError("must have exactly one of field, near, inside")
        given = tuple(self.operators)
        if self.field is not None:
            self._check_field(given)
        elif self.near is not None and (len(given) != 1 or given[0] not in _OF_PLACES):
            raise ValueError("near must come with max_m or max_minutes, and nothing else")
        elif self.inside is not None and given:
            raise ValueError(f"inside stands alone; {given[0]} does not belong here")
        return self

    def _check_field(self, given: tuple[str, ...]) -> None:
        wrong = [name for name in given if name not in _OF_FIELDS]
        if wrong:
            raise ValueError(f"{wrong[0]} belongs to near, not to a field")
        if not given or (len(given) > 1 and set(given) != {"min", "max"}):
            raise ValueError("must have min and/or max, or at_least, or is, or one_of")
        if self.min is not None and self.max is not None:
            if isinstance(self.min, date) != isinstance(self.max, date):
                raise ValueError("min and max must both be numbers or both be dates")
            if self.min > self.max:  # type: ignore[operator]
                raise ValueError("min must not be above max")


class Criterion(_Strict):
    """A weighted wish about a field, or about the distance to a place.

    Attributes
    ----------
    field, near
        As for a :class:`Constraint`; exactly one of them.
    weight
        Any number from 0 on; weights need not add up to anything.
    curve
        How the value (of ``near``: metres as the crow flies) turns into desirability.
    """

    field: _Field | None = None
    near: _Near | None = None
    weight: Annotated[Number, PlainValidator(_not_negative)] = 1
    curve: Curve

    @property
    def name(self) -> str:
        """Name in results: the field, ``near:KIND`` or ``near:LON,LAT``."""
        if self.field is not None:
            return self.field
        return _near_name(self.near) if self.near is not None else ""

    def document(self) -> dict[str, object]:
        """Criterion as a file writes it, dates as dates."""
        subject: dict[str, object] = (
            {"field": self.field} if self.field is not None else {"near": self.near}
        )
        return {**subject, "weight": self.weight, "curve": self.curve.document()}

    @model_validator(mode="after")
    def _consistent(self) -> Criterion:
        if (self.field is None) == (self.near is None):
            raise ValueError("must have exactly one of field, near")
        if self.near is not None and (self.curve.shape == "categories" or self.curve.uses_dates):
            raise ValueError("curve of near must run over metres")
        return self
