"""Charts: pure functions from numbers to the shapes of :mod:`webapp.figures.shapes`."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from webapp.figures.scale import Scale, percent, scale_of
from webapp.figures.shapes import Area, Chart, Dot, Drawing, Line, Rect, Text

__all__ = [
    "BarRow",
    "Chart",
    "Fan",
    "LineOf",
    "MeanBand",
    "Part",
    "Point",
    "Range",
    "RangeGroup",
    "YearBar",
    "fan_chart",
    "line_chart",
    "paired_bars",
    "range_chart",
    "stacked_bars",
    "year_chart",
]

_GUTTER = 9.0
_TOP, _PLOT, _FOOT = 14, 150, 26
_ROW, _BAR = 46, 16
_MOST_YEARS_NAMED = 7
_LINE_NAMES = ("one", "two")
_MOST_LARGE_DOTS = 24


@dataclass(frozen=True)
class Part:
    """Part of a bar: what it is, how much, and what to say when it is pointed at."""

    kind: str
    amount: float
    mark: str = ""
    title: str = ""


@dataclass(frozen=True)
class BarRow:
    """A bar with the words above it."""

    label: str
    note: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class YearBar:
    """Amount of one year; one that is not over yet is marked."""

    year: int
    amount: float
    is_whole: bool = True
    title: str = ""


@dataclass(frozen=True)
class MeanBand:
    """Mean over some years, both included, with its low and high."""

    first_year: int
    last_year: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Range:
    """A value with its low and high; None: undefined."""

    label: str
    text: str
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class RangeGroup:
    """Ranges under one heading."""

    title: str
    ranges: tuple[Range, ...]


@dataclass(frozen=True)
class Fan:
    """Years ahead with their low, middle and high, and the two paces beside them."""

    years: tuple[int, ...]
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]
    paces: tuple[float, ...] = ()


@dataclass(frozen=True)
class Point:
    """A value on a day or in a year.

    Attributes
    ----------
    value
        None: there is none, and the line has a gap.
    title
        What it says when it is pointed at.
    label
        What stands for a day below the axis; empty: itself, as ``2026-11-01``.
    """

    at: date | int
    value: float | None
    title: str
    label: str = ""

    @property
    def place(self) -> int:
        """Number of the day or year, for the distance between points."""
        return self.at if isinstance(self.at, int) else self.at.toordinal()


@dataclass(frozen=True)
class LineOf:
    """Values along time that belong together, in any order."""

    points: tuple[Point, ...]


def stacked_bars(rows: Sequence[BarRow], *, each_whole: bool = False) -> Chart:
    """Draw a bar for each row out of its parts, one after the other.

    Parameters
    ----------
    each_whole
        Every bar takes the whole width; else the longest does, and the others their share.
    """
    drawn = Drawing()
    sums = [sum(max(part.amount, 0) for part in row.parts) for row in rows]
    longest = max(sums, default=0)
    for index, (row, total) in enumerate(zip(rows, sums, strict=True)):
        top = index * _ROW
        _headed(drawn, top, row.label, row.note)
        whole = total if each_whole else longest
        start = 0.0
        for part in row.parts:
            width = percent(part.amount, whole)
            if width > 0:
                drawn.rects.append(
                    Rect(round(start, 3), top + 20, round(width, 3), _BAR, part.kind, part.mark,
                         part.title)
                )  # fmt: skip
            start += width
    return drawn.chart(max(len(rows) * _ROW, 1))


def paired_bars(rows: Sequence[BarRow], *, whole: float | None = None) -> Chart:
    """Draw the parts of each row as bars of their own, below one another, on one scale.

    Parameters
    ----------
    whole
        Amount that takes the whole width; None: the largest of all does.
    """
    drawn = Drawing()
    largest = max((part.amount for row in rows for part in row.parts), default=0)
    longest = largest if whole is None else whole
    top = 0
    for row in rows:
        _headed(drawn, top, row.label, row.note)
        for index, part in enumerate(row.parts):
            width = round(percent(part.amount, longest), 3)
            y = top + 20 + index * 11
            drawn.rects.append(Rect(0, y, width, 9, part.kind, part.mark, part.title))
        top += 32 + 11 * len(row.parts)
    return drawn.chart(max(top, 1))


def year_chart(bars: Sequence[YearBar], mean: MeanBand | None, unit: str) -> Chart:
    """Draw a bar for each year, and the mean of some of them with its band."""
    drawn = Drawing()
    amounts = [bar.amount for bar in bars] + ([mean.high, mean.low] if mean else [])
    scale = _upright(drawn, amounts, unit)
    years = [bar.year for bar in bars]
    if mean is not None:
        left, right = _slot(mean.first_year, years), _slot(mean.last_year, years)
        x, width = left[0], right[0] + right[1] - left[0]
        y = scale.at(mean.high)
        drawn.rects.append(Rect(x, y, round(width, 3), round(scale.at(mean.low) - y, 1), "band"))
        at = scale.at(mean.mean)
        drawn.lines.append(Line(x, at, round(x + width, 3), at, "mean"))
    _draw_years(drawn, bars, scale, years)
    return drawn.chart(_TOP + _PLOT + _FOOT)


def fan_chart(history: Sequence[YearBar], fan: Fan, unit: str) -> Chart:
    """Draw what was, and after it what may come: low to high as an area, the middle a line."""
    drawn = Drawing()
    amounts = [bar.amount for bar in history]
    scale = _upright(drawn, [*amounts, *fan.low, *fan.high, *fan.paces], unit)
    years = [*(bar.year for bar in history), *fan.years]
    _draw_years(drawn, history, scale, years)
    first, last = _slot(fan.years[0], years), _slot(fan.years[-1], years)
    left, right = first[0], round(last[0] + last[1], 3)
    centres = [round(x + width / 2, 3) for x, width in (_slot(year, years) for year in fan.years)]
    along = [left, *centres, right]

    def edge(values: Iterable[float]) -> list[tuple[float, float]]:
        ys = [scale.at(value) for value in values]
        return list(zip(along, [ys[0], *ys, ys[-1]], strict=True))

    drawn.areas.append(Area((*edge(fan.high), *reversed(edge(fan.low))), "fan"))
    middle = edge(fan.middle)
    drawn.lines.extend(
        Line(x1, y1, x2, y2, "median") for (x1, y1), (x2, y2) in itertools.pairwise(middle)
    )
    for pace in fan.paces:
        drawn.lines.append(Line(left, scale.at(pace), right, scale.at(pace), "pace"))
    return drawn.chart(_TOP + _PLOT + _FOOT)


def line_chart(series: Sequence[LineOf], unit: str) -> Chart:
    """Draw one or two lines over days or over years, each value a dot, down to 0.

    The first has the kinds ``line-one`` and ``dot-one``, the second, which is dashed and has
    hollow dots, ``line-two`` and ``dot-two``. Two values are joined where nothing is missing
    between them. Below stand years; where days lie within fewer than two, the first and last.

    Parameters
    ----------
    series
        At most two, both over days or both over years.
    """
    drawn = Drawing()
    points = [point for line in series for point in line.points]
    upright = _upright(drawn, [p.value for p in points if p.value is not None], unit)
    along = _along(point.place for point in points)
    for name, line in zip(_LINE_NAMES[: len(series)], series, strict=True):
        _draw_line(drawn, line, along, upright, name)
    _name_points(drawn, points, along)
    return drawn.chart(_TOP + _PLOT + _FOOT)


def range_chart(groups: Sequence[RangeGroup], unit: str) -> Chart:
    """Draw values as dots and their low to high as a line; one without a value is told alone.

    A high that is undefined has no end: its line runs on to the edge, with an arrow there.
    """
    drawn = Drawing()
    left, right = 16.0, 66.0
    ends = [n for g in groups for r in g.ranges for n in (r.value, r.high) if n is not None]
    scale, ticks = scale_of(0, max(ends, default=1), left, right)
    top = 0
    for group in groups:
        drawn.texts.append(Text(0, top + 14, group.title, kind="heading"))
        for index, told in enumerate(group.ranges):
            _draw_range(drawn, told, scale, top + 34 + index * 22)
        top += 30 + 22 * len(group.ranges)
    for tick in ticks:
        x = scale.at(tick)
        drawn.lines.insert(0, Line(x, 20, x, top, "grid"))
        drawn.texts.append(Text(x, top + 16, tick, "middle", "axis"))
    drawn.texts.append(Text(0, top + 16, unit, kind="axis"))
    return drawn.chart(top + 22)


def _draw_range(drawn: Drawing, told: Range, scale: Scale, y: int) -> None:
    drawn.texts.append(Text(0, y + 4, told.label))
    drawn.texts.append(Text(100, y + 4, told.text, "end"))
    if told.low is None:
        return
    low = scale.at(told.low)
    high = scale.end if told.high is None else scale.at(told.high)
    drawn.lines.append(Line(low, y, high, y, "whisker"))
    drawn.lines.append(Line(low, y - 4, low, y + 4, "whisker"))
    if told.high is None:
        drawn.texts.append(Text(high, y + 5, "→", "middle", "arrow"))
    else:
        drawn.lines.append(Line(high, y - 4, high, y + 4, "whisker"))
    if told.value is not None:
        drawn.dots.append(Dot(scale.at(told.value), y, "value"))


def _headed(drawn: Drawing, top: int, label: str, note: str) -> None:
    drawn.texts.append(Text(0, top + 14, label, kind="heading"))
    drawn.texts.append(Text(100, top + 14, note, "end"))


def _upright(drawn: Drawing, amounts: Iterable[float], unit: str) -> Scale:
    """Scale from below to above that holds all amounts and 0, with its lines drawn."""
    told = [0.0, *amounts]
    scale, ticks = scale_of(min(told), max(told), _TOP + _PLOT, _TOP)
    for tick in ticks:
        y = scale.at(tick)
        drawn.lines.append(Line(_GUTTER, y, 100, y, "zero" if tick == 0 else "grid"))
        drawn.texts.append(Text(_GUTTER - 1.5, y + 4, tick, "end", "axis"))
    drawn.texts.append(_below(0, unit, "start"))
    return scale


def _draw_years(
    drawn: Drawing, bars: Sequence[YearBar], scale: Scale, years: Sequence[int]
) -> None:
    """Bars of some years, on an axis of more."""
    zero = scale.at(0)
    for bar in bars:
        x, width = _slot(bar.year, years)
        end = scale.at(bar.amount)
        drawn.rects.append(
            Rect(
                round(x + width * 0.14, 3), min(zero, end), round(width * 0.72, 3),
                round(abs(zero - end), 1), "year" if bar.is_whole else "running",
                "" if bar.is_whole else "hatch", bar.title,
            )
        )  # fmt: skip
    step = max(math.ceil(len(years) / _MOST_YEARS_NAMED), 1)
    for year in years[::-1][::step]:
        x, width = _slot(year, years)
        drawn.texts.append(_below(round(x + width / 2, 3), str(year), "middle"))


def _slot(year: int, years: Sequence[int]) -> tuple[float, float]:
    """Left side and width, in percents, of the place of a year on an axis of some."""
    width = (100 - _GUTTER) / len(years)
    return round(_GUTTER + (year - years[0]) * width, 3), round(width, 3)


def _along(places: Iterable[int]) -> Scale:
    """Scale from left to right that holds all places; one that is alone stands in the middle."""
    held = sorted(places) or [0]
    room = 0.5 if held[0] == held[-1] else 0.0
    return Scale(held[0] - room, held[-1] + room, _GUTTER + 4, 97)


def _draw_line(drawn: Drawing, line: LineOf, along: Scale, upright: Scale, name: str) -> None:
    ordered = sorted(line.points, key=lambda point: point.place)
    spots = [
        None if point.value is None else (along.at(point.place), upright.at(point.value))
        for point in ordered
    ]
    drawn.lines.extend(
        Line(*before, *after, f"line-{name}")
        for before, after in itertools.pairwise(spots)
        if before is not None and after is not None
    )
    radius_px = 4 if len(ordered) <= _MOST_LARGE_DOTS else 2.5
    drawn.dots.extend(
        Dot(*spot, f"dot-{name}", radius_px, point.title)
        for spot, point in zip(spots, ordered, strict=True)
        if spot is not None
    )


def _name_points(drawn: Drawing, points: Iterable[Point], along: Scale) -> None:
    """Write below the axis which years its places are, or between which days they lie."""
    ordered = sorted(points, key=lambda point: point.place)
    days = [point.at for point in ordered if isinstance(point.at, date)]
    if not days:
        years = {point.place: str(point.at) for point in ordered}
    else:
        starts = [date(year, 1, 1) for year in range(days[0].year, days[-1].year + 1)]
        years = {day.toordinal(): str(day.year) for day in starts if day >= days[0]}
    if days and len(years) < 2:  # one year would not say how long the axis is
        ends = {point.place: point.label or str(point.at) for point in (ordered[0], ordered[-1])}
        anchors = ("start", "end") if len(ends) > 1 else ("middle",)
        for (place, word), anchor in zip(ends.items(), anchors, strict=True):
            drawn.texts.append(_below(along.at(place), word, anchor))
        return
    step = max(math.ceil(len(years) / _MOST_YEARS_NAMED), 1)
    for place in sorted(years)[::-1][::step]:
        drawn.texts.append(_below(along.at(place), years[place], "middle"))


def _below(x: float, word: str, anchor: str) -> Text:
    return Text(x, _TOP + _PLOT + 18, word, anchor, "axis")
