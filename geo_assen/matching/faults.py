"""What is wrong with a written requirement, in plain words and by the place it stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

__all__ = ["Fault", "clause_place", "faults_of", "in_file", "listed", "unknown_key"]

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """One thing that cannot be matched.

    Attributes
    ----------
    place
        Keys and positions down to the fault, as the document names them.
    reason
        What is wrong and what is allowed; the rest of a sentence.
    """

    place: Place
    reason: str


def listed(values: Collection[str], most: int = 40) -> str:
    """Write values one after the other; a long list is cut, and says so."""
    shown = list(values)[:most]
    return ", ".join(shown) + (", ..." if len(values) > most else "")


def unknown_key(key: object, allowed: Sequence[str]) -> str:
    """Say that a key means nothing, and which one may have been meant."""
    near = get_close_matches(str(key), allowed, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; allowed are {listed(allowed)}"
    return f"unknown key {str(key)!r}{hint}"


_MESSAGES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _: "is missing",
    "literal_error": lambda ctx: f"must be {ctx['expected'].replace(chr(39), '')}",
    "tuple_type": lambda _: "must be a list",
    "string_type": lambda _: "must be text",
    "model_type": lambda _: "must be a table of keys",
    "model_attributes_type": lambda _: "must be a table of keys",
    "dataclass_type": lambda _: "must be a table of keys",
    "too_short": lambda _: "must not be empty",
}


def faults_of(
    error: ValidationError, names: Mapping[str, str], allowed: Mapping[str, Sequence[str]]
) -> list[Fault]:
    """Turn the findings of the validator into faults.

    Parameters
    ----------
    names
        Names of keys in the document by the names they have inside.
    allowed
        Keys that a table may have, by the document's name of the table.
    """
    return [_fault(found, names, allowed) for found in error.errors(include_url=False)]


def _fault(
    found: ErrorDetails, names: Mapping[str, str], allowed: Mapping[str, Sequence[str]]
) -> Fault:
    place: Place = tuple(names.get(str(part), part) for part in found["loc"])
    if found["type"] in {"extra_forbidden", "unexpected_keyword_argument"}:
        table = next((str(part) for part in reversed(place[:-1]) if isinstance(part, str)), "")
        return Fault(place[:-1], unknown_key(found["loc"][-1], allowed[table]))
    say = _MESSAGES.get(found["type"])
    reason = say(found.get("ctx", {})) if say else found["msg"].removeprefix("Value error, ")
    return Fault(place, reason)


def clause_place(section: str, index: int, clause: object) -> str:
    """Name a constraint or criterion by its number, from 1, and by what it is about."""
    about = ""
    if isinstance(clause, Mapping):
        subjects = {"": clause.get("field"), "near:": clause.get("near")}
        subjects["inside:"] = clause.get("inside")
        named = [kind + told for kind, told in subjects.items() if isinstance(told, str)]
        about = f" ({named[0]})" if named else ""
    return f"{section} {index + 1}{about}"


def in_file(fault: Fault, document: Mapping[str, Any]) -> tuple[str, str]:
    """Place and reason of a fault as the reader of a file looks for them."""
    place, rest = fault.place, fault.place[1:]
    if not place:
        return "requirement", fault.reason
    name = str(place[0])
    if rest and isinstance(rest[0], int):
        clauses = document.get(name)
        clause = clauses[rest[0]] if isinstance(clauses, (list, tuple)) else None
        name, rest = clause_place(name, rest[0], clause), rest[1:]
    inner = ".".join(str(part) for part in rest)
    return name, f"{inner} {fault.reason}".strip()
