"""What staff ask of a split or merger: fields as typed, and what they mean.

Sides are counted from 1 on the screen and in the address, and from 0 in the services.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import get_args
from urllib.parse import urlencode

from flask_babel import gettext as _
from shapely import LineString
from werkzeug.datastructures import MultiDict

from geo_assen import services
from geo_assen.crs import RD_EXTENT
from geo_assen.errors import GeoAssenError
from geo_assen.services import SplitAsked
from geo_assen.sites import Direction, SplitRules
from webapp import params
from webapp.fields import read_number, ungrouped

__all__ = [
    "MERGE_ARGS",
    "SPLIT_ARGS",
    "FieldFault",
    "Typed",
    "points_of",
    "read_access",
    "read_day",
    "read_partners",
    "read_split",
    "typed_in",
]

_DEFAULTS: Mapping[str, str] = {
    "how": "area", "area_m2": "", "direction": "parallel", "parallel_piece": "front",
    "across_piece": "start", "along": "", "line": "", "min_frontage_m": "", "min_depth_m": "",
    "effective_on": "",
}  # fmt: skip
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "how": ("area", "line"),
    "direction": get_args(Direction),
    "parallel_piece": ("front", "rear"),
    "across_piece": ("start", "end"),
}
_OF_THE_FRAME = frozenset({"as_of", "at", "lang"})
SPLIT_ARGS = frozenset({*_DEFAULTS, "access", *_OF_THE_FRAME})
"""Parameters of the page of a split."""
MERGE_ARGS = frozenset({"with", "effective_on", *_OF_THE_FRAME})
"""Parameters of the page of a merger."""

_MOST_SIDES = 10_000
_MOST_M = 10_000
_MOST_POINTS = 100
_MOST_PARTNERS = 20
_LONGEST = 4_000
_LARGEST_M2 = 999_999_999

Args = MultiDict[str, str]


class FieldFault(params.ParameterError):
    """A field holds what means nothing; the sentence is the reader's."""

    def __init__(self, name: str, sentence: str) -> None:
        self.name = name
        GeoAssenError.__init__(self, sentence)


@dataclass(frozen=True)
class Typed:
    """Fields of a split as they were typed; what was left out has its usual value."""

    values: Mapping[str, str]
    access: tuple[str, ...]

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def pairs(self, **changes: str | None) -> list[tuple[str, str]]:
        """Names and values of an address or form that asks the same, some of it changed."""
        told = {**self.values, **changes}
        fields = [(n, v) for n, v in told.items() if v and v != _DEFAULTS[n]]
        return [*(("access", number) for number in self.access), *fields]

    def query(self, **changes: str | None) -> str:
        """The same as the query of an address."""
        return urlencode(self.pairs(**changes), safe=",:")


def typed_in(args: Args) -> Typed:
    """Take the fields of a form or address as they are.

    Raises
    ------
    ParameterError
        If a text is far longer than it could have to be.
    """
    values = {
        name: params.text(args, name, longest=_LONGEST) or usual
        for name, usual in _DEFAULTS.items()
    }
    access = dict.fromkeys(number for number in args.getlist("access") if number)
    return Typed(values, tuple(access))


def read_split(plot: str, typed: Typed) -> SplitAsked:
    """Read what is asked.

    Raises
    ------
    FieldFault
        Naming the first field that means nothing.
    """
    for name, allowed in _CHOICES.items():
        params.choice(name, typed[name], allowed)
    is_drawn = typed["how"] == "line"
    direction: Direction = "across" if typed["direction"] == "across" else "parallel"
    return SplitAsked(
        plot=plot,
        effective_on=read_day(typed["effective_on"]),
        area_m2=None if is_drawn else _area_m2(typed["area_m2"]),
        line=_line(typed["line"]) if is_drawn else None,
        access=read_access(typed),
        direction=direction,
        near_access=typed["parallel_piece"] == "front",
        from_start=typed["across_piece"] == "start",
        rules=SplitRules(
            min_frontage_m=_metres(typed, "min_frontage_m"),
            min_depth_m=_metres(typed, "min_depth_m"),
        ),
    )


def read_day(written: str) -> date:
    """Day from which the new plots are there; today where none is named.

    Raises
    ------
    FieldFault
    """
    try:
        return params.day({"effective_on": written}, "effective_on") or services.today()
    except params.ParameterError as error:
        sentence = _("Fill in a day between 1900 and 2100, such as 2026-11-01.")
        raise FieldFault("effective_on", sentence) from error


def read_partners(args: Args) -> tuple[str, ...]:
    """Codes of ``with``, each once, with commas between or each under its own name.

    Raises
    ------
    ParameterError
        If there are far too many.
    """
    written = params.text(MultiDict({"with": ",".join(args.getlist("with"))}), "with",
                          longest=_LONGEST)  # fmt: skip
    codes = tuple(dict.fromkeys(c.strip() for c in written.split(",") if c.strip()))
    if len(codes) > _MOST_PARTNERS:
        raise FieldFault("with", _("Merge at most %(most)s plots at once.", most=_MOST_PARTNERS))
    return codes


def points_of(written: str) -> list[tuple[float, float]]:
    """Points of a drawn line in RD: x and y of one on each line, or with a ; between.

    Raises
    ------
    FieldFault
        If a line is no point in the country, or there are far too many.
    """
    lines = [line for line in re.split(r"[\r\n;]+", written) if line.strip()]
    if len(lines) > _MOST_POINTS:
        raise FieldFault("line", _("Draw at most %(most)s points.", most=_MOST_POINTS))
    return [_point(line) for line in lines]


def _point(line: str) -> tuple[float, float]:
    parts = [read_number(part) for part in re.split(r",?\s+", line.strip())]
    west, south, east, north = RD_EXTENT
    if len(parts) == 2 and west <= parts[0] <= east and south <= parts[1] <= north:
        return parts[0], parts[1]
    raise FieldFault(
        "line",
        _(
            "“%(line)s” is no point in RD: write x and y in metres with a space between, such "
            "as 233968 556906.",
            line=line.strip()[:40],
        ),
    )


def _line(written: str) -> LineString | None:
    """The drawn line; None while it has less than two points."""
    points = points_of(written)
    return LineString(points) if len(points) > 1 else None


def _area_m2(written: str) -> int | None:
    if not written:
        return None
    digits = ungrouped(written)
    if digits.isascii() and digits.isdecimal() and len(digits) <= len(str(_LARGEST_M2)):
        return int(digits)
    raise FieldFault("area_m2", _("Fill in a whole number of m², such as 4000."))


def _metres(typed: Typed, name: str) -> float:
    if not typed[name]:
        return 0.0
    metres = read_number(typed[name])
    if math.isnan(metres) or not 0 <= metres <= _MOST_M:
        raise FieldFault(
            name, _("Fill in a length from 0 to %(most)s metres, such as 20.", most=_MOST_M)
        )
    return metres


def read_access(typed: Typed) -> tuple[int, ...]:
    """Sides from 0, the one that the cut is measured against first; empty: none is named.

    Raises
    ------
    FieldFault
    """
    numbers = [_side("access", written) for written in typed.access]
    first = _side("along", typed["along"]) if typed["along"] else None
    if first in numbers:
        numbers.sort(key=lambda number: number != first)
    return tuple(numbers)


def _side(name: str, written: str) -> int:
    if written.isascii() and written.isdecimal() and len(written) <= len(str(_MOST_SIDES)):
        number = int(written)
        if 1 <= number <= _MOST_SIDES:
            return number - 1
    raise FieldFault(name, _("Choose a side of the plot from the list."))


