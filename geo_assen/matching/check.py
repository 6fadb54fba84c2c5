"""Whether the fields, codes, places and areas that a requirement names exist."""

from __future__ import annotations

import re
from difflib import get_close_matches
from weakref import WeakKeyDictionary

from geo_assen.access import Role
from geo_assen.catalogue import CodeList, FieldDefinition
from geo_assen.errors import RequirementError
from geo_assen.matching.clauses import Constraint, Criterion, Curve
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


def _present_site(requirement: Requirement) -> list[tuple[str, str]]:
    site = requirement.present_site
    if site is None:
        return []
    faults = []
    if not _SITE.fullmatch(site):
        faults.append(
            ("present_site", f"must be plot:<code> or premises:<code>, not {site!r}")
        )
    if requirement.kind == "new":
        faults.append(("present_site", 'belongs to kind = "grow" or "relocate", not to "new"'))
    return faults


class _Asked:
    """What may be asked of one field of a site.

    Attributes
    ----------
    operators
        Operators that suit the field.
    values
        Values that it may have, in their order; None: any.
    """

    def __init__(self, field: FieldDefinition, codes: CodeList | None) -> None:
        self.field = field
        self.is_date = field.type == "date"
        self.is_number = field.type in ("integer", "number", "date")
        self.is_use = field.type == "set" and field.codes == "uses"
        ordered = field.type == "category" and codes is not None and codes.ordered
        self.operators = _OPERATORS[field.type] | ({"at_least"} if ordered else set())
        self.values = _FLAGS if field.type == "boolean" else codes.values if codes else None

    def constraint(self, constraint: Constraint) -> list[str]:
        """Reasons why a constraint does not suit the field."""
        name = self.field.name
        if self.is_use:
            return [f"{name} is asked at the top of a requirement: use = [...]"]
        asked = constraint.operators
        if not self.operators.issuperset(asked):
            wrong = next(operator for operator in asked if operator not in self.operators)
            allowed = " or ".join(sorted(self.operators))
            return [f"{wrong} does not suit {name} ({self.field.type}); allowed: {allowed}"]
        if self.is_number:
            unit = "a date such as 2026-11-01" if self.is_date else "a number"
            return [
                f"{operator} must be {unit}"
                for operator, value in asked.items()
                if isinstance(value, (int, float)) == self.is_date
            ]
        if constraint.at_least is not None:
            return self._foreign("at_least", (constraint.at_least,))
        return [] if constraint.one_of is None else self._foreign("one_of", constraint.one_of)

    def criterion(self, curve: Curve) -> list[str]:
        """Reasons why a curve does not suit the field."""
        if self.is_number:
            if curve.categories is None and curve.uses_dates == self.is_date:
                return []
            unit = "dates" if self.is_date else "numbers"
            return [f"curve must run over {unit}: smaller, larger, target or points"]
        if curve.categories is None:
            field = self.field
            return [f"curve must be categories, because {field.name} is a {field.type}"]
        return self._foreign("curve.categories", tuple(curve.categories))

    def _foreign(self, operator: str, values: tuple[str, ...]) -> list[str]:
        if not self.values:
            return []
        wrong = [value for value in values if value not in self.values]
        if not wrong:
            return []
        return [f"{operator} must be one of {listed(self.values)}, not {listed(wrong)}"]


class _Check:
    """Reasons why parts of a requirement cannot be matched; none means they can."""

    def __init__(self, sites: Sites, role: Role) -> None:
        codes = sites.codes
        self.allowed = {
            key: codes[name].values
            for key, name in (("use", "uses"), ("sector", "sector"), ("stage", "stage"))
            if name in codes
        }
        self.fields = {
            name: _Asked(field, codes.get(field.codes) if field.codes else None)
            for name, field in sites.fields.items()
            if field.role <= role
        }
        kinds = codes["place_kind"].values if "place_kind" in codes else ()
        self.place_kinds = sorted({*kinds, *sites.kinds_of_place})
        self.areas = sites.area_codes

    def circumstances(self, requirement: Requirement) -> list[tuple[str, str]]:
        told = [("use", use) for use in requirement.use]
        told += [("sector", requirement.sector), ("stage", requirement.stage)]  # type: ignore[list-item]
        return [
            (key, f"must be one of {listed(self.allowed[key])}, not {value!r}")
            for key, value in told
            if value is not None and key in self.allowed and value not in self.allowed[key]
        ]

    def constraint(self, constraint: Constraint) -> list[str]:
        name, near, inside = constraint.field, constraint.near, constraint.inside
        if name is not None:
            asked = self.fields.get(name)
            return [self._no_field(name)] if asked is None else asked.constraint(constraint)
        if near is not None:
            return self._place(near)
        if isinstance(inside, str) and inside not in self.areas:
            meant = get_close_matches(inside, self.areas, n=3)
            hint = f"did you mean {listed(meant)}?" if meant else "no code resembles it"
            return [f"inside must be the code of an area or business park ({hint})"]
        return []

    def criterion(self, criterion: Criterion) -> list[str]:
        if criterion.near is not None:
            return self._place(criterion.near)
        name = criterion.field or ""
        asked = self.fields.get(name)
        return [self._no_field(name)] if asked is None else asked.criterion(criterion.curve)

    def _place(self, near: str | Point) -> list[str]:
        if isinstance(near, str) and near not in self.place_kinds:
            return [f"near must be one of {listed(self.place_kinds)}, or [longitude, latitude]"]
        return []

    def _no_field(self, name: str) -> str:
        meant = get_close_matches(name, self.fields, n=1)
        hint = f"did you mean {meant[0]}?" if meant else f"fields are {listed(self.fields)}"
        return f"there is no field {name!r} of a site ({hint})"


_checks: WeakKeyDictionary[Sites, dict[Role, _Check]] = WeakKeyDictionary()
