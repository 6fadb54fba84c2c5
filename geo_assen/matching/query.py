"""A requirement as the parameters of a URL, for forms and for views that are links.

Top-level keys keep their names: ``title=...&use=logistics&use=office&as_of=2026-11-01``.
A constraint is ``OPERATOR.FIELD=VALUE`` (``min.area_m2=8000``, ``is.fibre=true``,
``one_of.energy_label=A&one_of.energy_label=B``), ``near.PLACE.max_m=3000`` (PLACE is a kind
or ``LON,LAT``) or ``inside=CODE`` (or GeoJSON). A criterion is ``w.FIELD=3`` beside
``c.FIELD=smaller:60,140`` (or ``w.near.PLACE``, ``c.near.PLACE``); the other curves are
``larger:BAD,GOOD``, ``target:0,1,1,0``, ``points:X,D;X,D`` and ``categories:A=1,B=0.7``,
where ``% , = : ;`` inside a category are written as %25 and so on.

A second constraint or criterion about the same thing has ``~2`` behind its parameters.
The order of the URL is the order of the requirement; empty values count as not given.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from geo_assen.matching.faults import Fault

__all__ = ["ReadQuery", "in_query", "read_query", "write_query"]

_LISTS = ("use", "kinds")
_NUMBERS = ("jobs",)
_TEXTS = (
    "title",
    "as_of",
    "code",
    "kind",
    "present_site",
    "sector",
    "party",
    "stage",
    "needed_by",
)
_OPERATORS = ("min", "max", "at_least", "is", "one_of")
_PLACE_OPERATORS = ("max_m", "max_minutes")
_INTEGER = re.compile(r"[-+]?\d{1,18}")
_FLOAT = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?")
_AGAIN = re.compile(r"(?P<key>.+)~(?P<number>[2-9]|[1-9]\d{1,3})", re.DOTALL)
_ESCAPED = re.compile(r"%([0-9A-F]{2})")
_AREA = "(area)"
_SPECIAL = re.compile(r"[%,=:;]")

Slot = tuple[str, str, int]


@dataclass
class ReadQuery:
    """What a URL says.

    Attributes
    ----------
    document
        Requirement in the shape of a file.
    faults
        Parameters that could not be taken into the document, with the reason.
    names
        Parameters by the place in the document that they filled.
    """

    document: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    names: dict[tuple[str | int, ...], str] = field(default_factory=dict)
    slots: dict[Slot, int] = field(default_factory=dict)

    def clause(self, section: str, subject: str, number: int, parameter: str) -> dict[str, Any]:
        """Clause about a subject, opened where its first parameter stands."""
        clauses = self.document.setdefault(section, [])
        slot = (section, subject, number)
        if slot not in self.slots:
            self.slots[slot] = len(clauses)
            clauses.append(_subject(subject))
            self.names[(section, self.slots[slot])] = parameter
        clause: dict[str, Any] = clauses[self.slots[slot]]
        return clause

    def put(self, slot: Slot, key: str, value: object, parameter: str) -> None:
        """Fill one key of a clause and remember which parameter did."""
        self.clause(*slot, parameter)[key] = value
        self.names[(slot[0], self.slots[slot], key)] = parameter


def read_query(parameters: Mapping[str, Sequence[str]], ignore: Collection[str]) -> ReadQuery:
    """Read parameters into a document; what means nothing is listed as a fault."""
    told = ReadQuery()
    for name, all_values in parameters.items():
        values = [value for value in all_values if value != ""]
        if name in ignore or not values:
            continue
        many = name in _LISTS or name.startswith("one_of.")
        if len(values) > 1 and not many:
            told.faults.append((name, f"is given {len(values)} times; once is allowed"))
        elif not _read_one(told, name, values):
            told.faults.append((name, "unknown parameter"))
    for (section, index), parameter in list(_clauses(told)):
        if section == "criterion" and "curve" not in told.document[section][index]:
            told.names[(section, index, "curve")] = f"c{parameter[1:]}"
    return told


def _clauses(told: ReadQuery) -> list[tuple[tuple[Any, Any], str]]:
    return [((key[0], key[1]), name) for key, name in told.names.items() if len(key) == 2]


def in_query(fault: Fault, told: ReadQuery) -> tuple[str, str]:
    """Place and reason of a fault by the parameter that brought it."""
    for length in (3, 2, 1):
        name = told.names.get(fault.place[:length])
        if name is not None:
            key = str(fault.place[2]) if length == 2 and len(fault.place) > 2 else ""
            return name, f"{key} {fault.reason}".strip()
    return str(fault.place[0]) if fault.place else "requirement", fault.reason


def _read_one(told: ReadQuery, name: str, values: list[str]) -> bool:
    if name in _LISTS:
        told.document[name] = values
    elif name in _TEXTS:
        told.document[name] = values[0]
    elif name in _NUMBERS:
        told.document[name] = _number(values[0])
    else:
        again = _AGAIN.fullmatch(name)
        key, number = (again["key"], int(again["number"])) if again else (name, 1)
        return _read_clause(told, name, (key, number), values)
    return True


def _read_clause(told: ReadQuery, name: str, keyed: tuple[str, int], values: list[str]) -> bool:
    key, number = keyed
    head, _, rest = key.partition(".")
    if key == "inside":
        told.put(("constraint", _AREA, number), "inside", _inside(values[0]), name)
    elif head == "near" and rest:
        place, _, operator = rest.rpartition(".")
        if operator not in _PLACE_OPERATORS or not place:
            return False
        told.put(("constraint", f"near.{place}", number), operator, _number(values[0]), name)
    elif head in _OPERATORS and rest:
        told.put(("constraint", rest, number), head, _operand(head, values), name)
    elif head == "w" and rest:
        told.put(("criterion", rest, number), "weight", _number(values[0]), name)
    elif head == "c" and rest:
        told.put(("criterion", rest, number), "curve", _curve(values[0]), name)
    else:
        return False
    return True


def _subject(subject: str) -> dict[str, Any]:
    if subject == _AREA:
        return {}
    if not subject.startswith("near."):
        return {"field": subject}
    place = subject.removeprefix("near.")
    return {"near": [_number(part) for part in place.split(",")] if "," in place else place}


def _number(text: str) -> int | float | str:
    """Number that a text writes; other text stays, for the check to refuse."""
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _operand(operator: str, values: list[str]) -> object:
    if operator == "one_of":
        return values
    if operator == "is":
        return {"true": True, "false": False}.get(values[0], values[0])
    return values[0] if operator == "at_least" else _number(values[0])


def _inside(text: str) -> object:
    if not text.startswith("{"):
        return text
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return {}


def _curve(text: str) -> object:
    shape, colon, rest = text.partition(":")
    if not colon:
        return text
    if shape == "points":
        return {shape: [[_number(x) for x in part.split(",")] for part in rest.split(";")]}
    if shape == "categories":
        pairs = [part.partition("=") for part in rest.split(",")]
        return {shape: {_unescape(key): _number(d) for key, _, d in pairs}}
    return {shape: [_number(x) for x in rest.split(",")]}


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"%{ord(found[0]):02X}", text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def write_query(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Write a document, with dates as dates, as parameters with their values."""
    parameters: dict[str, list[str]] = {}
    for key, value in document.items():
        if key in _LISTS:
            parameters[key] = list(value)
        elif key not in ("constraint", "criterion"):
            parameters[key] = [_text(value)]
    seen: dict[tuple[str, str], int] = {}
    for section, write in (("constraint", _constraint), ("criterion", _criterion)):
        for clause in document.get(section, ()):
            subject = _subject_text(clause)
            number = seen[section, subject] = seen.get((section, subject), 0) + 1
            again = f"~{number}" if number > 1 else ""
            parameters |= {f"{k}{again}": v for k, v in write(subject, clause).items()}
    return parameters


def _subject_text(clause: Mapping[str, Any]) -> str:
    if "field" in clause:
        return str(clause["field"])
    if "inside" in clause:
        return "inside"
    near = clause["near"]
    return f"near.{near}" if isinstance(near, str) else f"near.{near[0]!r},{near[1]!r}"


def _constraint(subject: str, clause: Mapping[str, Any]) -> dict[str, list[str]]:
    if "inside" in clause:
        inside = clause["inside"]
        return {"inside": [inside if isinstance(inside, str) else _compact(inside)]}
    asked = {k: v for k, v in clause.items() if k not in ("field", "near")}
    texts = {k: list(v) if k == "one_of" else [_text(v)] for k, v in asked.items()}
    if "near" in clause:
        return {f"{subject}.{operator}": values for operator, values in texts.items()}
    return {f"{operator}.{subject}": values for operator, values in texts.items()}


def _criterion(subject: str, clause: Mapping[str, Any]) -> dict[str, list[str]]:
    ((shape, knots),) = clause["curve"].items()
    if shape == "categories":
        written = ",".join(f"{_escape(key)}={_text(d)}" for key, d in knots.items())
    elif shape == "points":
        written = ";".join(f"{_text(x)},{_text(d)}" for x, d in knots)
    else:
        written = ",".join(_text(knot) for knot in knots)
    return {f"w.{subject}": [_text(clause["weight"])], f"c.{subject}": [f"{shape}:{written}"]}


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else repr(value)
