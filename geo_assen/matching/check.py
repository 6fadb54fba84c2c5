"""Whether the fields, codes, places and areas that a requirement names exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from weakref import WeakKeyDictionary

from geo_assen.access import Role
from geo_assen.catalogue import CodeList, FieldDefinition
from geo_assen.errors import RequirementError
from geo_assen.matching.clauses import Constraint, Criterion
from geo_assen.matching.faults import clause_place, listed
from geo_assen.matching.requirement import Requirement
from geo_assen.matching.written import Point
from geo_assen.sites import Sites

__all__ = ["check"]

_OPERATORS = {
    "integer": {"min", "max"},
    "number": {"min", "max"},
    "date": {"min", "max"},
    "boolean": {"is"},
    "category": {"one_of"},
    "text": {"one_of"},
    "set": {"one_of"},
}
_FLAGS = ("true", "false")
_SITE = re.compile(r"(plot|premises):\S.*")


def check(requirement: Requirement, sites: Sites, *, role: Role = Role.PUBLIC) -> None:
    """Refuse a requirement that asks for something these sites do not know.

    Parameters
    ----------
    role
        Role of whoever asks; fields that it may not see do not exist for it.

    Raises
    ------
    RequirementError
        With every fault: its place (``constraint 2 (max_env_category)``) and what is
        wrong in plain words, with what is allowed.
    """
    looked_up = _known(sites, role)
    faults = [*looked_up.circumstances(requirement), *_present_site(requirement)]
    for index, constraint in enumerate(requirement.constraints):
        for reason in looked_up.constraint(constraint):
            faults.append((clause_place("constraint", index, constraint.document()), reason))
    for index, criterion in enumerate(requirement.criteria):
        for reason in looked_up.criterion(criterion):
            faults.append((clause_place("criterion", index, criterion.document()), reason))
    if faults:
        title = f"Requirement {requirement.code or requirement.title!r}"
        raise RequirementError(title, faults)


def _known(sites: Sites, role: Role) -> _Check:
    """What there is to ask for; the same for every requirement."""
    of_sites = _checks.setdefault(sites, {})
    if role not in of_sites:
        of_sites[role] = _Check(sites, role)
    return of_sites[role]


def _present_site(requirement: Requirement) -> Iterator[tuple[str, str]]:
    site = requirement.present_site
    if site is None:
        return
    if not _SITE.fullmatch(site):
        yield "present_site", f"must be plot:<code> or premises:<code>, not {site!r}"
    if requirement.kind == "new":
        yield "present_site", 'belongs to kind = "grow" or "relocate", not to "new"'


class _Check:
    """Reasons why parts of a requirement cannot be matched; none means they can."""

    def __init__(self, sites: Sites, role: Role) -> None:
        self.fields = {name: field for name, field in sites.fields.items() if field.role <= role}
        self.codes = sites.codes
        kinds = self.codes["place_kind"].values if "place_kind" in self.codes else ()
        self.place_kinds = sorted({*kinds, *sites.kinds_of_place})
        self.areas = sites.area_codes

    def circumstances(self, requirement: Requirement) -> Iterator[tuple[str, str]]:
        for key, codes, values in (
            ("use", "uses", requirement.use),
            ("sector", "sector", [requirement.sector]),
            ("stage", "stage", [requirement.stage]),
        ):
            allowed = self.codes.get(codes)
            for value in values:
                if value is not None and allowed is not None and value not in allowed.values:
                    yield key, f"must be one of {listed(allowed.values)}, not {value!r}"

    def constraint(self, constraint: Constraint) -> Iterator[str]:
        if constraint.field is not None:
            yield from self._field(constraint, constraint.field)
        elif constraint.near is not None:
            yield from self._place(constraint.near)
        elif isinstance(constraint.inside, str) and constraint.inside not in self.areas:
            meant = get_close_matches(constraint.inside, self.areas, n=3)
            hint = f"did you mean {listed(meant)}?" if meant else "no code resembles it"
            yield f"inside must be the code of an area or business park ({hint})"

    def criterion(self, criterion: Criterion) -> Iterator[str]:
        if criterion.near is not None:
            yield from self._place(criterion.near)
            return
        field = self.fields.get(criterion.field or "")
        if field is None:
            yield self._no_field(criterion.field or "")
            return
        curve = criterion.curve
        if field.type in ("integer", "number", "date"):
            if curve.shape == "categories" or curve.uses_dates != (field.type == "date"):
                unit = "dates" if field.type == "date" else "numbers"
                yield f"curve must run over {unit}: smaller, larger, target or points"
        elif curve.categories is None:
            yield f"curve must be categories, because {field.name} is a {field.type}"
        else:
            yield from self._codes(field, "curve.categories", tuple(curve.categories))

    def _field(self, constraint: Constraint, name: str) -> Iterator[str]:
        field = self.fields.get(name)
        if field is None:
            yield self._no_field(name)
            return
        if field.type == "set" and field.codes == "uses":
            yield f"{name} is asked at the top of a requirement: use = [...]"
            return
        allowed = _OPERATORS[field.type] | ({"at_least"} if self._ordered(field) else set())
        wrong = [operator for operator in constraint.operators if operator not in allowed]
        if wrong:
            yield f"{wrong[0]} does not suit {name} ({field.type}); allowed: {_either(allowed)}"
            return
        yield from self._operands(constraint, field)

    def _operands(self, constraint: Constraint, field: FieldDefinition) -> Iterator[str]:
        for operator, value in constraint.operators.items():
            if operator in ("min", "max") and (field.type == "date") == isinstance(
                value, (int, float)
            ):
                unit = "a date such as 2026-11-01" if field.type == "date" else "a number"
                yield f"{operator} must be {unit}"
        if constraint.at_least is not None:
            yield from self._codes(field, "at_least", (constraint.at_least,))
        if constraint.one_of is not None:
            yield from self._codes(field, "one_of", constraint.one_of)

    def _codes(
        self, field: FieldDefinition, operator: str, values: tuple[str, ...]
    ) -> Iterator[str]:
        codes = self._list(field)
        allowed = _FLAGS if field.type == "boolean" else codes.values if codes else None
        wrong = [value for value in values if allowed is not None and value not in allowed]
        if allowed and wrong:
            yield f"{operator} must be one of {listed(allowed)}, not {listed(wrong)}"

    def _place(self, near: str | Point) -> Iterator[str]:
        if isinstance(near, str) and near not in self.place_kinds:
            yield f"near must be one of {listed(self.place_kinds)}, or [longitude, latitude]"

    def _no_field(self, name: str) -> str:
        meant = get_close_matches(name, self.fields, n=1)
        hint = f"did you mean {meant[0]}?" if meant else f"fields are {listed(self.fields)}"
        return f"there is no field {name!r} of a site ({hint})"

    def _list(self, field: FieldDefinition) -> CodeList | None:
        return self.codes.get(field.codes) if field.codes else None

    def _ordered(self, field: FieldDefinition) -> bool:
        codes = self._list(field)
        return field.type == "category" and codes is not None and codes.ordered


def _either(operators: set[str]) -> str:
    return " or ".join(sorted(operators))


_checks: WeakKeyDictionary[Sites, dict[Role, _Check]] = WeakKeyDictionary()
