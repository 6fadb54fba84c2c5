"""Rows of what must hold: one for each hard constraint, and for what most needs have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from webapp.fields import Choice, code_choices, small
from webapp.matching.rows import About, Subjects, is_day, shown_number
from webapp.matching.switching import constraint_name, split_constraint

__all__ = ["Bound", "Demand", "bound_of", "demand_rows", "place_rows"]

_FIRST = ("price_eur_m2", "rent_eur_m2_year", "max_env_category", "available_from", "grid_mva")
_MOST_FIRST = ("price", "rent", "build_year")
"""Fields of which the highest value is asked rather than the lowest."""
_ELSEWHERE = ("area_m2",)


@dataclass(frozen=True)
class Bound:
    """One input of a row: the parameter it fills, what stands in it, and before it."""

    name: str
    value: str
    word: str
    is_date: bool = False


@dataclass(frozen=True)
class Demand:
    """One row of what must hold.

    Attributes
    ----------
    kind
        ``bounds`` (numbers, dates or texts), ``lowest`` (pick the lowest of an order),
        ``yes`` (a tick), ``some`` (tick any), ``inside`` (pick an area), ``drawn`` (an
        area that only the address can say).
    argument
        Parameter that the row fills; of ``bounds`` each input names its own.
    can_turn
        Whether it can be a wish as well.
    faults
        What is wrong with it, in sentences.
    """

    kind: str
    subject: str
    title: str
    unit: str = ""
    argument: str = ""
    bounds: tuple[Bound, ...] = ()
    choices: tuple[Choice, ...] = ()
    value: str = ""
    can_turn: bool = True
    is_first: bool = False
    faults: tuple[str, ...] = ()

    @property
    def is_filled(self) -> bool:
        """Whether the need asks something here."""
        picked = any(choice.chosen and choice.value for choice in self.choices)
        return picked or bool(self.value) or any(bound.value for bound in self.bounds)

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters that the row shows."""
        return tuple(filter(None, (self.argument, *(bound.name for bound in self.bounds))))


def demand_rows(
    args: MultiDict[str, str],
    subjects: Subjects,
    kinds: frozenset[str],
    faults: Mapping[str, tuple[str, ...]],
) -> tuple[Demand, ...]:
    """Rows for every constraint of an address, and empty ones for what can be asked.

    Parameters
    ----------
    kinds
        Kinds of site that are looked at: what does not apply to them is not offered.
    faults
        Sentences by subject.
    """
    asked: dict[str, list[str]] = {}
    for name in args:
        found = split_constraint(name)
        if found is not None:
            asked.setdefault(found[1], []).append(found[0])
    offered = {about.subject: about for about in subjects.listed(kinds)}
    others = {s: subjects.about(s) for s in asked if s not in offered}
    return tuple(
        _row(args, about, asked.get(about.subject, ()), subjects, faults.get(about.subject, ()))
        for about in (offered | others).values()
        if about.subject not in _ELSEWHERE
    )


def _row(
    args: MultiDict[str, str],
    about: About,
    operators: Sequence[str],
    subjects: Subjects,
    faults: tuple[str, ...],
) -> Demand:
    subject, title = about.subject, about.title
    is_first = bool(operators) or bool(faults) or subject in _FIRST or subject.startswith("near.")
    common = {"subject": subject, "title": title, "is_first": is_first, "faults": faults}
    if "one_of" in operators or (about.kind == "category" and about.codes is not None):
        name = constraint_name("one_of", subject)
        choices = _some(args.getlist(name), about, subjects)
        return Demand(kind="some", argument=name, choices=choices, **common)  # type: ignore[arg-type]
    if about.kind == "order" and about.field is not None and set(operators) <= {"at_least"}:
        name = constraint_name("at_least", subject)
        codes = about.field.codes or ""
        choices = code_choices(subjects.catalogue, codes, args.getlist(name), about.language)
        return Demand(kind="lowest", argument=name, choices=choices, **common)  # type: ignore[arg-type]
    if about.kind == "yes" and set(operators) <= {"is"}:
        name = constraint_name("is", subject)
        value = args.get(name, "")
        if value == "false":
            common["title"] = _("no %(field)s", field=small(title))
        return Demand(kind="yes", argument=name, value=value, **common)  # type: ignore[arg-type]
    wanted = operators or (_usual_operator(subject),)
    bounds = tuple(bound_of(args, operator, about) for operator in wanted)
    unit = _("minutes") if "max_minutes" in wanted else about.unit
    can_turn = about.kind != "unknown" and "max_minutes" not in wanted
    return Demand(kind="bounds", unit=unit, bounds=bounds, can_turn=can_turn, **common)  # type: ignore[arg-type]


def _usual_operator(subject: str) -> str:
    if subject.startswith("near."):
        return "max_m"
    return "max" if subject.startswith((*_MOST_FIRST, "available_from")) else "min"


def bound_of(args: MultiDict[str, str], operator: str, about: About) -> Bound:
    """Input for one bound of a subject, filled in as the address has it."""
    name = constraint_name(operator, about.subject)
    value = args.get(name, "")
    words = {
        "min": _("at least"),
        "max": _("at most"),
        "max_m": _("at most"),
        "max_minutes": _("at most"),
    }
    if about.kind == "date":
        words |= {"min": _("at the earliest"), "max": _("at the latest")}
        # An input for dates would hide what is no date.
        return Bound(name, value, words.get(operator, operator), not value or is_day(value))
    return Bound(name, shown_number(value, about.language), words.get(operator, operator))


def _some(chosen: list[str], about: About, subjects: Subjects) -> tuple[Choice, ...]:
    """Values that can be ticked; of a text without a list those that are asked."""
    if about.codes is None or about.field is None:
        return tuple(Choice(value, value, True) for value in chosen)
    return code_choices(subjects.catalogue, about.field.codes or "", chosen, about.language)


def place_rows(
    args: MultiDict[str, str],
    areas: Sequence[tuple[str, str]],
    faults: Mapping[str, tuple[str, ...]],
) -> Iterator[Demand]:
    """Rows for the areas that sites must lie in; an empty one where none is asked.

    Parameters
    ----------
    areas
        Code and name of every area that can be picked.
    """
    names = [name for name in args if name.partition("~")[0] == "inside"]
    for name in names or ["inside"]:
        value, told = args.get(name, ""), faults.get(name, ())
        title = _("In the area or park")
        if value.startswith("{"):
            yield Demand(
                "drawn", name, title, argument=name, value=value, can_turn=False, is_first=True,
                faults=told,
            )  # fmt: skip
            continue
        choices = [Choice(code, text, code == value) for code, text in areas]
        if value and not any(choice.chosen for choice in choices):
            choices.append(Choice(value, value, True))
        yield Demand(
            "inside", name, title, argument=name, choices=tuple(choices), can_turn=False,
            is_first=True, faults=told,
        )  # fmt: skip
