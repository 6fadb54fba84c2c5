"""The rules of a requirement, ready to be asked of the columns."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_assen.catalogue import FieldDefinition
from geo_assen.matching.clauses import Constraint
from geo_assen.matching.columns import days_since_1970
from geo_assen.matching.constraints import (
    AreaRange,
    Availability,
    CodeRule,
    Range,
    Rule,
    StepRule,
    UseRule,
)
from geo_assen.matching.place_rules import Inside, Minutes, Near
from geo_assen.matching.requirement import Requirement
from geo_assen.matching.written import polygon_rd
from geo_assen.sites import Sites

__all__ = ["rules"]

_EVERY_KIND = ("plot", "premises")


def rules(requirement: Requirement, sites: Sites) -> tuple[Rule, ...]:
    """Rules of a requirement: ``use`` where it is asked, ``availability``, then as written."""
    found: list[Rule] = []
    if requirement.use:
        uses = requirement.use
        found.append(UseRule("use", None, _EVERY_KIND, None, frozenset(uses), uses))
    found.append(Availability("availability", None, _EVERY_KIND, None, frozenset()))
    return (*found, *[_rule(constraint, sites) for constraint in requirement.constraints])


def _rule(constraint: Constraint, sites: Sites) -> Rule:
    name = constraint.field
    if name is not None:
        return _field_rule(constraint, sites.fields[name], sites)
    name, near = constraint.name, constraint.near
    if near is None:
        inside = constraint.inside
        return Inside(name, "m", _EVERY_KIND, constraint, _area(inside or "", sites))
    known = not isinstance(near, str) or near in sites.kinds_of_place
    if constraint.max_m is None:
        most, has_times = float(constraint.max_minutes or 0), sites.travel is not None
        return Minutes(name, "minutes", _EVERY_KIND, constraint, near, most, has_times, known)
    return Near(name, "m", _EVERY_KIND, constraint, near, float(constraint.max_m), known)


def _field_rule(constraint: Constraint, field: FieldDefinition, sites: Sites) -> Rule:
    name, kinds = field.name, field.sites
    if constraint.at_least is not None:
        codes = sites.codes[field.codes or ""]
        return StepRule(name, "steps", kinds, constraint, frozenset(), codes, constraint.at_least)
    if constraint.one_of is not None:
        return CodeRule(name, None, kinds, constraint, frozenset(constraint.one_of))
    if constraint.equals is not None:
        return CodeRule(name, None, kinds, constraint, frozenset((constraint.equals,)))
    unit = "days" if field.type == "date" else field.unit
    low, high = _as_number(constraint.min, -np.inf), _as_number(constraint.max, np.inf)
    of_area = name == "area_m2"
    return (AreaRange if of_area else Range)(name, unit, kinds, constraint, low, high)


def _as_number(limit: int | float | date | None, otherwise: float) -> float:
    if limit is None:
        return otherwise
    return days_since_1970(limit) if isinstance(limit, date) else float(limit)


def _area(inside: str | dict[str, Any], sites: Sites) -> BaseGeometry:
    if not isinstance(inside, str):
        return polygon_rd(inside)
    areas = sites.areas
    outlines = areas.geometry.to_numpy()[(areas["code"] == inside).to_numpy(dtype=bool)]
    area: BaseGeometry = shapely.union_all(outlines)
    return area
