"""The states of one of the premises over time, drawn as one bar.

The height tells what the colour tells: vacant is high, partly vacant half as high, in use low;
unknown is an empty outline.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from webapp.figures.shapes import Chart, Dot, Drawing, Line, Rect, Text

__all__ = ["Said", "Stretch", "state_bar"]

_TOP, _HIGH = 6, 42
_HEIGHTS = {"vacant": 42, "partly": 21, "occupied": 8, "unknown": 8}
_MARKS = {"partly": "hatch"}
_DOTS, _AXIS, _HEIGHT = 60, 84, 90
_THINNEST = 0.6
_MOST_YEARS = 6


@dataclass(frozen=True)
class Stretch:
    """Days with one state, first and last one included, and what to say when pointed at."""

    starts_on: date
    ends_on: date
    state: str
    title: str


@dataclass(frozen=True)
class Said:
    """Day on which somebody said something, and what."""

    day: date
    title: str


def state_bar(stretches: Sequence[Stretch], said: Iterable[Said]) -> Chart:
    """Draw stretches that follow each other, oldest first, and the words behind them as dots.

    Parameters
    ----------
    stretches
        At least one.
    """
    first, last = stretches[0].starts_on, stretches[-1].ends_on
    whole_days = (last - first).days + 1

    def at(day: date) -> float:
        return round((day - first).days / whole_days * 100, 2)

    drawing = Drawing()
    for year in _years(first, last):
        place = at(date(year, 1, 1))
        drawing.lines.append(Line(place, _TOP, place, _DOTS + 8, "grid"))
        drawing.texts.append(Text(place, _AXIS, str(year), _anchor(place), "axis"))
    for stretch in stretches:
        height = _HEIGHTS[stretch.state]
        days = (stretch.ends_on - stretch.starts_on).days + 1
        width = max(round(days / whole_days * 100, 2), _THINNEST)
        start = min(at(stretch.starts_on), 100 - width)
        kind, mark = f"state-{stretch.state}", _MARKS.get(stretch.state, "")
        place_y = _TOP + _HIGH - height
        drawing.rects.append(Rect(start, place_y, width, height, kind, mark, stretch.title))
    drawing.lines.append(Line(0, _TOP + _HIGH, 100, _TOP + _HIGH, "zero"))
    drawing.dots += [
        Dot(at(word.day), _DOTS, "said", 3.5, word.title)
        for word in said
        if first <= word.day <= last
    ]
    return drawing.chart(_HEIGHT)


def _years(first: date, last: date) -> list[int]:
    """Years whose first day lies in the time drawn, so many that their names do not touch."""
    years = [year for year in range(first.year, last.year + 1) if date(year, 1, 1) >= first]
    step = -(-len(years) // _MOST_YEARS) or 1
    return years[::step]


def _anchor(place: float) -> str:
    return "start" if place < 4 else "end" if place > 96 else "middle"
