"""Rows of what is wished: a weight to drag, and the curve that says what a value is worth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from geo_assen.catalogue import Catalogue
from webapp.fields import read_number, written_number
from webapp.matching.curves import DrawnCurve, draw_curve, ends_of
from webapp.matching.rows import About, Subjects, field_subject, is_day, shown_number
from webapp.matching.switching import limits_for
from webapp.matching.weights import HEAVIEST_WEIGHT

__all__ = ["Wish", "usual_curves", "wish_rows"]

_FALLING = ("price", "rent", "near.")
"""Subjects of which a smaller value is better, unless the address says otherwise."""
_FIRST = ("price_eur_m2", "rent_eur_m2_year", "grid_mva", "area_m2")
_STEP = 0.5


@dataclass(frozen=True)
class Wish:
    """One row of what is wished.

    Attributes
    ----------
    weight
        0 (left out) to 5, or more where the address says so.
    good, bad
        Ends of a straight curve as they are typed; None where it is another curve, which
        stands in ``curve`` and is kept.
    """

    subject: str
    title: str
    unit: str
    weight: str
    heaviest: str
    step: str
    curve: str
    good: str | None
    bad: str | None
    is_date: bool
    drawn: DrawnCurve | None
    can_turn: bool
    is_first: bool
    faults: tuple[str, ...]

    @property
    def is_active(self) -> bool:
        """Whether it weighs."""
        return read_number(self.weight) > 0


def usual_curves(
    ranges: Mapping[str, tuple[float, float]], catalogue: Catalogue
) -> dict[str, str]:
    """Curve that a wish starts with, by subject.

    Numbers run between the usual low and high values, an order rises evenly, yes is better
    than no; what has none of these starts without a curve.
    """
    curves = {}
    for name, (low, high) in ranges.items():
        subject = field_subject(name)
        shape = "smaller" if subject.startswith(_FALLING) else "larger"
        curves[subject] = f"{shape}:{written_number(low)},{written_number(high)}"
    for field in catalogue.layers["sites"].field:
        codes = catalogue.codes_of(field)
        if field.type == "boolean":
            curves[field.name] = "categories:true=1,false=0"
        elif codes is not None and codes.ordered:
            steps = max(len(codes.values) - 1, 1)
            rising = (f"{value}={round(i / steps, 2):g}" for i, value in enumerate(codes.values))
            curves[field.name] = "categories:" + ",".join(rising)
    return curves


def wish_rows(
    args: MultiDict[str, str],
    subjects: Subjects,
    kinds: frozenset[str],
    usual: Mapping[str, str],
    faults: Mapping[str, tuple[str, ...]],
) -> tuple[Wish, ...]:
    """Rows for every wish of an address, and idle ones for what can be wished.

    Parameters
    ----------
    usual
        Curve that an idle wish starts with, by subject.
    faults
        Sentences by subject, behind ``w.``.
    """
    offered = {about.subject: about for about in subjects.listed(kinds)}
    asked = dict.fromkeys(name[2:] for name in args if name.startswith(("w.", "c.")))
    others = {s: subjects.about(s) for s in asked if s not in offered}
    rows = []
    for about in (offered | others).values():
        curve = _curve_of(args, about, usual)
        if curve or about.subject in asked:
            rows.append(_row(args, about, curve, faults.get(f"w.{about.subject}", ())))
    return tuple(rows)


def _curve_of(args: MultiDict[str, str], about: About, usual: Mapping[str, str]) -> str:
    """Curve of the address, else the one set aside, else what a wish of this kind starts with."""
    for name in (f"c.{about.subject}", f"off.c.{about.subject}"):
        if args.get(name):
            return args[name]
    return usual.get(about.subject.partition("~")[0], "")


def _row(
    args: MultiDict[str, str], about: About, curve: str, faults: tuple[str, ...]
) -> Wish:
    subject = about.subject
    weight = args.get(f"w.{subject}", "") or "0"
    ends = ends_of(curve)
    good, bad = (shown_number(end, about.language) for end in ends) if ends else (None, None)
    return Wish(
        subject=subject,
        title=about.title,
        unit=about.unit,
        weight=weight,
        heaviest=written_number(max(HEAVIEST_WEIGHT, _number_or_0(weight))),
        step="any" if _number_or_0(weight) % _STEP else str(_STEP),
        curve=curve,
        good=good,
        bad=bad,
        is_date=about.kind == "date" and ends is not None and all(map(is_day, ends)),
        drawn=draw_curve(curve, about.value_title),
        can_turn=bool(limits_for(curve, subject, about.codes)),
        is_first=bool(args.get(f"w.{subject}")) or bool(faults) or _is_first(subject),
        faults=faults,
    )


def _is_first(subject: str) -> bool:
    return subject in _FIRST or (subject.startswith("near.") and "," not in subject)


def _number_or_0(text: str) -> float:
    number = read_number(text)
    return 0.0 if math.isnan(number) else number
