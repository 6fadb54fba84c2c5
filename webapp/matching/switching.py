"""From hard constraint to wish and back, as the parameters of an address say both.

A limit becomes the end of a curve, a curve becomes the limit from which it counts for
nothing. What is turned is set aside under ``off.``, so that turning back loses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from geo_assen.catalogue import Catalogue, CodeList
from webapp.fields import read_number, written_number
from webapp.matching.curves import Knot, read_curve

__all__ = ["codes_about", "constraint_name", "curve_for", "limits_for", "split_constraint"]

_OPERATORS = ("min", "max", "at_least", "is", "one_of")
_NEAR = re.compile(r"near\.(?P<place>.+)\.(?P<operator>max_m|max_minutes)(?P<again>~\d+)?")
_SLACK = 0.5
"""How far beyond a limit a wish made of it still counts, as a share of the limit."""


def split_constraint(name: str) -> tuple[str, str] | None:
    """Operator and subject of the parameter of a constraint; None if it is no such parameter.

    ``min.area_m2`` is about ``area_m2``, ``near.station.max_m~2`` about ``near.station~2``:
    the subject is what a wish about the same thing has behind its ``w.``.
    """
    near = _NEAR.fullmatch(name)
    if near:
        return near["operator"], f"near.{near['place']}{near['again'] or ''}"
    operator, dot, subject = name.partition(".")
    return (operator, subject) if dot and subject and operator in _OPERATORS else None


def constraint_name(operator: str, subject: str) -> str:
    """Parameter of a constraint; the inverse of :func:`split_constraint`."""
    if subject.startswith("near."):
        place, tilde, number = subject.partition("~")
        return f"{place}.{operator}{tilde}{number}"
    return f"{operator}.{subject}"


def curve_for(limits: Mapping[str, Sequence[str]], codes: CodeList | None) -> str:
    """Curve of a wish that asks what a hard constraint asked; empty where none can.

    Parameters
    ----------
    limits
        Values by operator, as written.
    codes
        Values of the field, for a category.
    """
    first = {operator: values[0] for operator, values in limits.items() if values}
    if "min" in first or "max" in first or "max_m" in first:
        return _number_curve(first.get("min"), first.get("max", first.get("max_m")))
    if "is" in first:
        other = "false" if first["is"] == "true" else "true"
        return f"categories:{first['is']}=1,{other}=0"
    if "at_least" in first and codes is not None and first["at_least"] in codes.values:
        good = codes.values[codes.values.index(first["at_least"]) :]
        return _categories(good)
    return _categories(limits["one_of"]) if limits.get("one_of") else ""


def _categories(values: Sequence[str]) -> str:
    return "categories:" + ",".join(f"{_escaped(value)}=1" for value in values)


def _escaped(value: str) -> str:
    return re.sub(r"[%,=:;]", lambda found: f"%{ord(found[0]):02X}", value)


def _number_curve(low: str | None, high: str | None) -> str:
    numbers = [read_number(end) if end else 0.0 for end in (low, high)]
    if any(number != number for number in numbers):  # noqa: PLR0124  NaN: a date, or nonsense
        return _day_curve(low, high)
    least, most = numbers
    beyond = (least * (1 - _SLACK), most * (1 + _SLACK))
    before, after = (written_number(round(number, 6)) for number in beyond)
    if low and high:
        return f"target:{before},{low},{high},{after}"
    if low:
        return f"larger:{before},{low}" if least > 0 else ""
    return f"smaller:{high},{after}" if most > 0 else ""


def _day_curve(low: str | None, high: str | None) -> str:
    """Curve over days: a year beside the day that was asked still counts for something."""
    days = [day for day in (low, high) if day]
    if not all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) for day in days):
        return ""
    if low and high:
        return f"target:{_years_on(low, -1)},{low},{high},{_years_on(high, 1)}"
    if low:
        return f"larger:{_years_on(low, -1)},{low}"
    return f"smaller:{high},{_years_on(high, 1)}" if high else ""


def _years_on(day: str, years: int) -> str:
    moved = f"{int(day[:4]) + years:04d}{day[4:]}"
    return moved.replace("-02-29", "-02-28")


def limits_for(curve: str, subject: str, codes: CodeList | None) -> list[tuple[str, str]]:
    """Constraint that keeps every value for which a wish counts: operators with their values.

    Empty where the curve says nothing that a constraint can ask.
    """
    shape, knots = read_curve(curve)
    if not knots:
        return []
    if shape == "categories":
        return _category_limits(knots, codes)
    highest = "max_m" if subject.startswith("near.") else "max"
    if shape == "points":
        return _point_limits(knots, highest)
    lower, upper = ("min", knots[0][0]), (highest, knots[-1][0])
    limits = {"smaller": [upper], "larger": [lower], "target": [lower, upper]}
    return [limit for limit in limits[shape] if _can_ask(limit[0], subject)]


def _can_ask(operator: str, subject: str) -> bool:
    """Whether a constraint exists: being far from a place cannot be demanded."""
    return operator != "min" or not subject.startswith("near.")


def _category_limits(knots: Sequence[Knot], codes: CodeList | None) -> list[tuple[str, str]]:
    good = [value for value, d in knots if d > 0]
    if set(good) <= {"true", "false"}:
        return [("is", good[0])] if len(good) == 1 else []
    places = [codes.values.index(v) for v in good if v in codes.values] if codes else []
    if codes is not None and codes.ordered and places:
        lowest = min(places)
        if set(codes.values[lowest:]) <= set(good):
            return [("at_least", codes.values[lowest])]
    return [("one_of", value) for value in good]


def _point_limits(knots: Sequence[Knot], highest: str) -> list[tuple[str, str]]:
    """Bounds at the ends of the curve that count for nothing, or for least."""
    (first, first_d), (last, last_d) = knots[0], knots[-1]
    limits = []
    if (first_d == 0 or first_d < last_d) and highest != "max_m":
        limits.append(("min", first))
    if last_d == 0 or last_d < first_d:
        limits.append((highest, last))
    return limits


def codes_about(subject: str, catalogue: Catalogue) -> CodeList | None:
    """Code list of the field that a subject is about, if it has one."""
    name = subject.partition("~")[0]
    field = next((f for f in catalogue.layers["sites"].field if f.name == name), None)
    return catalogue.codes_of(field) if field else None
