"""Three-valued constraints: what passes, what fails and by how much, what is unknown.

Everything is computed a column at a time. A missing value is unknown, never a fail; a
constraint on a field that does not apply to a kind of site is left out for its sites.

Shortfalls are in the unit of the value: m², euros, metres, MVA and so on; days for dates;
steps for ordered categories; 1 for yes or no, ``one_of`` and ``use``; metres outside for
``inside``. To compare them (the order of failing sites) they are made relative:

===================  =============================================================
shortfall in         relative shortfall
===================  =============================================================
number, ``max_m``    shortfall / abs(limit); with a limit of 0 the shortfall itself
days                 days / 365
steps                steps / (number of categories - 1)
metres outside       metres / 1000: an area is no number to divide by
yes or no, one of    1
===================  =============================================================
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_assen.catalogue import FieldDefinition
from geo_assen.matching.clauses import Constraint
from geo_assen.matching.columns import Columns, Floats, days_since_1970, plain_value
from geo_assen.matching.requirement import Requirement
from geo_assen.matching.result import ConstraintResult, Verdict
from geo_assen.matching.written import Number, polygon_rd

__all__ = [
    "FAIL",
    "LEFT_OUT",
    "MISSING",
    "NO_PLACE",
    "NO_TRAVEL_TIMES",
    "PART_FITS",
    "PASS",
    "TOLERANCE_M",
    "UNKNOWN",
    "UNSURE",
    "Judgement",
    "judge",
]

PASS, UNKNOWN, FAIL, LEFT_OUT = 0, 1, 2, -1
"""Verdicts in arrays; the highest of a site is the verdict on the site."""

UNSURE = {"vacant_without_offer": "vacant, not on offer"}
"""Words for why availability is unknown, where the note of the site is no word itself."""

MISSING = "not recorded"
NO_TRAVEL_TIMES = "no travel times are recorded"
NO_PLACE = "no such place is recorded"
PART_FITS = "a part fits"

TOLERANCE_M = 0.01
"""A site may reach this far outside an area: outlines that share a border differ by less."""

_DAYS_A_YEAR = 365.0
_FAR_OUTSIDE_M = 1000.0
_STEP_M = 10.0
_VERDICTS = {PASS: Verdict.PASS, UNKNOWN: Verdict.UNKNOWN, FAIL: Verdict.FAIL}


@dataclass(frozen=True, eq=False)
class Judgement:
    """Answers of one constraint, one entry a site that is looked at.

    Attributes
    ----------
    name, limit, unit
        As in :class:`geo_assen.matching.result.ConstraintResult`.
    verdict
        ``PASS``, ``UNKNOWN``, ``FAIL`` or ``LEFT_OUT``.
    shortfall, relative
        NaN unless the site fails.
    value_at, reason_at
        Value of one site in plain types, and the words behind its answer.
    """

    name: str
    limit: Any
    unit: str | None
    verdict: NDArray[np.int8]
    shortfall: Floats
    relative: Floats
    value_at: Callable[[int], Any]
    reason_at: Callable[[int], str | None]

    def at(self, position: int) -> ConstraintResult | None:
        """Answer for one site; ``None`` where the constraint is left out."""
        verdict = int(self.verdict[position])
        if verdict == LEFT_OUT:
            return None
        return ConstraintResult(
            self.name,
            _VERDICTS[verdict],
            self.value_at(position),
            self.limit,
            self._shortfall_at(position),
            self.unit,
            None if verdict == FAIL else self.reason_at(position),
        )

    def _shortfall_at(self, position: int) -> Number | None:
        shortfall = float(self.shortfall[position])
        if math.isnan(shortfall):
            return None
        if self.unit == "m2":
            return math.ceil(shortfall)
        if self.unit == "m":
            shortfall = max(round(shortfall, 3), 0.001)
        return int(shortfall) if shortfall.is_integer() else shortfall


def judge(requirement: Requirement, columns: Columns) -> tuple[Judgement, ...]:
    """Answer every constraint of a requirement.

    First ``use`` (where asked) and ``availability``, then the constraints as written.
    """
    judged = [_use(requirement, columns)] if requirement.use else []
    judged.append(_availability(columns))
    judged += [_constraint(constraint, columns) for constraint in requirement.constraints]
    return tuple(judged)


def _use(requirement: Requirement, columns: Columns) -> Judgement:
    wanted = frozenset(requirement.use)
    passes = _share_values(columns, "use", wanted)
    verdict, shortfall = _yes_or_no(passes)
    verdict = _left_out(verdict, columns, "use")
    return _of_field(columns, "use", list(requirement.use), None, (verdict, shortfall, shortfall))


def _availability(columns: Columns) -> Judgement:
    """Availability is unknown where somebody else may come first; the sites say why."""
    answers = columns.objects("availability")
    status, notes = columns.objects("status"), columns.objects("status_note")
    until = columns.objects("status_until")
    verdict = np.where(answers == "pass", PASS, UNKNOWN).astype(np.int8)
    none = np.full(len(columns), np.nan)

    def reason(position: int) -> str | None:
        if verdict[position] == PASS:
            return None
        note, last = plain_value(notes[position]), plain_value(until[position])
        if note is None:
            return MISSING
        told = UNSURE.get(str(note), str(note))
        return told if last is None else f"{told} until {last}"

    return Judgement(
        "availability",
        None,
        None,
        verdict,
        none,
        none,
        lambda position: plain_value(status[position]),
        reason,
    )


def _constraint(constraint: Constraint, columns: Columns) -> Judgement:
    if constraint.near is not None:
        return _near(constraint, columns)
    if constraint.inside is not None:
        return _inside(constraint, columns)
    field = columns.sites.fields[constraint.field or ""]
    if constraint.at_least is not None:
        judged, unit = _at_least(constraint.at_least, field, columns), "steps"
    elif constraint.min is not None or constraint.max is not None:
        judged = _range(constraint, field, columns)
        unit = "days" if field.type == "date" else field.unit or ""
    else:
        passes = (
            _share_values(columns, field.name, frozenset(constraint.one_of))
            if constraint.one_of is not None
            else columns.by_value(field.name, lambda value: bool(value) == constraint.equals)
        )
        judged, unit = _of_flags(passes), ""
    verdict, shortfall, relative = judged
    verdict = _left_out(verdict, columns, field.name)
    if field.name == "area_m2":
        return _area(constraint, columns, (verdict, shortfall, relative))
    return _of_field(
        columns, field.name, constraint.limit, unit or None, (verdict, shortfall, relative)
    )


_Judged = tuple[NDArray[np.int8], Floats, Floats]


def _of_field(
    columns: Columns, name: str, limit: Any, unit: str | None, judged: _Judged
) -> Judgement:
    verdict, shortfall, relative = judged
    values = columns.objects(name)
    whole = columns.sites.fields[name].type == "integer" if name in columns.sites.fields else False
    return Judgement(
        name,
        limit,
        unit,
        verdict,
        _if_fails(verdict, shortfall),
        _if_fails(verdict, relative),
        lambda position: plain_value(values[position], whole=whole),
        lambda position: MISSING if verdict[position] == UNKNOWN else None,
    )


def _area(constraint: Constraint, columns: Columns, judged: _Judged) -> Judgement:
    """Answer for the area, saying where only a part of the site fits."""
    plain = _of_field(columns, "area_m2", constraint.limit, "m2", judged)
    most = _as_number(constraint.max, np.inf)
    whole = columns.numbers("area_m2")

    def reason(position: int) -> str | None:
        if plain.verdict[position] == UNKNOWN:
            return MISSING
        return PART_FITS if whole[position] > most else None

    return Judgement(
        plain.name,
        plain.limit,
        plain.unit,
        plain.verdict,
        plain.shortfall,
        plain.relative,
        plain.value_at,
        reason,
    )


def _range(constraint: Constraint, field: FieldDefinition, columns: Columns) -> _Judged:
    """Compare with ``min`` and ``max``; of divisible land every part may be the one asked.

    A site of A m² whose smallest part is p m² offers p to A m²: it fails ``min`` where A
    is too small and ``max`` where even p is too large, never both.
    """
    most = columns.field_numbers(field)
    least = most
    if field.name == "area_m2":
        part = columns.numbers("smallest_part_m2")
        least = np.where(np.isnan(part), most, np.minimum(part, most))
    low, high = _as_number(constraint.min, -np.inf), _as_number(constraint.max, np.inf)
    short_of_min, over_max = low - most, least - high
    shortfall = np.maximum(short_of_min, over_max)
    bound = np.where(short_of_min >= over_max, low, high)
    relative = shortfall / _DAYS_A_YEAR if field.type == "date" else _relative(shortfall, bound)
    return _verdict(most, shortfall), shortfall, relative


def _as_number(limit: int | float | date | None, otherwise: float) -> float:
    if limit is None:
        return otherwise
    return days_since_1970(limit) if isinstance(limit, date) else float(limit)


def _relative(shortfall: Floats, bound: Floats) -> Floats:
    size = np.abs(bound)
    usable = np.isfinite(size) & (size > 0)
    return np.where(usable, shortfall / np.where(usable, size, 1.0), shortfall)


def _at_least(lowest: str, field: FieldDefinition, columns: Columns) -> _Judged:
    codes = columns.sites.codes[field.codes or ""].values
    steps = {value: float(step) for step, value in enumerate(codes)}
    ranks = columns.by_value(field.name, lambda value: steps.get(str(value), np.nan))
    shortfall = steps[lowest] - ranks
    return _verdict(ranks, shortfall), shortfall, shortfall / max(1, len(codes) - 1)


def _share_values(columns: Columns, name: str, wanted: Collection[str]) -> Floats:
    """1 where a value, or one of a set of values, is wanted; an empty set is unknown."""

    def answer(value: object) -> float:
        if not isinstance(value, (frozenset, set)):
            return float(str(value) in wanted)
        return float(not value.isdisjoint(wanted)) if value else np.nan

    return columns.by_value(name, answer)


def _yes_or_no(passes: Floats) -> tuple[NDArray[np.int8], Floats]:
    shortfall = 1.0 - passes
    return _verdict(passes, shortfall), shortfall


def _of_flags(passes: Floats) -> _Judged:
    verdict, shortfall = _yes_or_no(passes)
    return verdict, shortfall, shortfall


def _near(constraint: Constraint, columns: Columns) -> Judgement:
    """Answer for a distance; travel times are not known, so minutes stay unknown."""
    near, most = constraint.near or "", constraint.max_m
    if most is None:
        unknown = np.full(len(columns), UNKNOWN, dtype=np.int8)
        none = np.full(len(columns), np.nan)
        return Judgement(
            constraint.name,
            constraint.limit,
            "minutes",
            unknown,
            none,
            none,
            lambda _: None,
            lambda _: NO_TRAVEL_TIMES,
        )
    distance = columns.distance_m(near)
    shortfall = distance - float(most)
    verdict = _verdict(distance, shortfall)
    relative = _relative(shortfall, np.full(len(columns), float(most)))
    place_is_known = not isinstance(near, str) or bool((columns.sites.places["kind"] == near).any())
    why = MISSING if place_is_known else NO_PLACE
    return Judgement(
        constraint.name,
        constraint.limit,
        "m",
        verdict,
        _if_fails(verdict, shortfall),
        _if_fails(verdict, relative),
        lambda position: metres(distance[position]),
        lambda position: why if verdict[position] == UNKNOWN else None,
    )


def metres(distance: float) -> Number | None:
    """Write metres to the millimetre; None where they are not known."""
    value = plain_value(round(float(distance), 3))
    return value if isinstance(value, (int, float)) else None


def _inside(constraint: Constraint, columns: Columns) -> Judgement:
    """Answer whether the whole site lies in an area; else how far it reaches outside."""
    inside = constraint.inside
    if isinstance(inside, str):
        areas = columns.sites.areas
        outlines = areas.geometry.to_numpy()[(areas["code"] == inside).to_numpy(dtype=bool)]
        area = shapely.union_all(outlines)
    else:
        area = polygon_rd(inside or {})
    geometries = columns.geometries()
    outside = _outside_m(geometries, area)
    verdict = _verdict(outside, outside)
    return Judgement(
        constraint.name,
        constraint.limit,
        "m",
        verdict,
        _if_fails(verdict, outside),
        _if_fails(verdict, outside / _FAR_OUTSIDE_M),
        lambda position: metres(outside[position]),
        lambda position: MISSING if verdict[position] == UNKNOWN else None,
    )


def _outside_m(geometries: NDArray[np.object_], area: BaseGeometry) -> Floats:
    """Metres from the area to the farthest point of each site that lies outside it; 0 if none.

    Taken over the corners of the part outside and over points every 10 m along its edge.
    """
    known = ~shapely.is_missing(geometries)
    outside = np.where(known, 0.0, np.nan)
    if area.is_empty:
        return np.full(len(geometries), np.nan)
    roomy = area.buffer(TOLERANCE_M)
    shapely.prepare(roomy)
    beyond = np.flatnonzero(known & ~shapely.covers(roomy, geometries))
    if len(beyond):
        parts = shapely.segmentize(shapely.difference(geometries[beyond], area), _STEP_M)
        points, owner = shapely.get_coordinates(parts, return_index=True)
        farthest = np.full(len(beyond), TOLERANCE_M)
        np.maximum.at(farthest, owner, shapely.distance(shapely.points(points), area))
        outside[beyond] = farthest
    return outside


def _verdict(values: Floats, shortfall: Floats) -> NDArray[np.int8]:
    with np.errstate(invalid="ignore"):
        fails = np.where(shortfall > 0, FAIL, PASS)
    return np.where(np.isnan(values), UNKNOWN, fails).astype(np.int8)


def _left_out(verdict: NDArray[np.int8], columns: Columns, name: str) -> NDArray[np.int8]:
    field = columns.sites.fields.get(name)
    if field is None:
        return verdict
    return np.where(columns.applies(field), verdict, LEFT_OUT).astype(np.int8)


def _if_fails(verdict: NDArray[np.int8], values: Floats) -> Floats:
    return np.where(verdict == FAIL, values, np.nan)
