"""The curve of a wish: read from the address, and drawn small with the values that bend it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

from flask_babel import gettext as _

from webapp.fields import read_number

__all__ = [
    "CURVE_HEIGHT",
    "CURVE_WIDTH",
    "DrawnCurve",
    "Knot",
    "draw_curve",
    "ends_of",
    "read_curve",
]

CURVE_WIDTH, CURVE_HEIGHT = 168, 46
_LEFT, _RIGHT, _TOP, _BOTTOM = 10, 158, 5, 31
_MARGIN = 0.22
"""Room beside the first and last knot, where the curve stays level, as a share of its span."""
_LETTER = 5.6
_MOST_BARS = 12

Knot = tuple[str, float]
"""A value as written, and the desirability that it has."""


@dataclass(frozen=True)
class Bar:
    """One category of a curve: where its bar stands, how high it is, and its name."""

    left: float
    top: float
    width: float
    height: float
    title: str


@dataclass(frozen=True)
class DrawnCurve:
    """A curve in the units of a box of 168 by 46.

    Attributes
    ----------
    path
        Line from left to right; empty for categories.
    bars
        One a category; empty for numbers and dates.
    ticks
        Place and text of the values that stand under the axis.
    told
        The same in words, for who cannot see it.
    """

    path: str
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    told: str


def read_curve(text: str) -> tuple[str, tuple[Knot, ...]]:
    """Shape and knots of a curve as the address writes it; no knots where it means nothing."""
    shape, _colon, rest = text.partition(":")
    if shape == "categories":
        pairs = [part.partition("=") for part in rest.split(",")]
        return shape, tuple((unquote(key), read_number(d)) for key, _equals, d in pairs)
    if shape == "points":
        points = [part.partition(",") for part in rest.split(";")]
        return shape, tuple((x, read_number(d)) for x, _comma, d in points)
    heights = {"smaller": (1.0, 0.0), "larger": (0.0, 1.0), "target": (0.0, 1.0, 1.0, 0.0)}
    values = rest.split(",")
    if len(values) != len(heights.get(shape, ())):
        return shape, ()
    return shape, tuple(zip(values, heights[shape], strict=True))


def ends_of(text: str) -> tuple[str, str] | None:
    """Values where a straight curve is (wholly met, not met); None for any other curve."""
    shape, knots = read_curve(text)
    if shape not in {"smaller", "larger"} or not knots:
        return None
    (first, _d), (last, _e) = knots
    return (first, last) if shape == "smaller" else (last, first)


def draw_curve(text: str, title_of: Callable[[str], str]) -> DrawnCurve | None:
    """Draw a curve; None where nothing can be drawn of it.

    Parameters
    ----------
    title_of
        How a value reads: a category by its title, a number with the signs of the language.
    """
    shape, knots = read_curve(text)
    if not knots or any(math.isnan(d) for _x, d in knots):
        return None
    told = ", ".join(
        _("%(value)s counts for %(share)s %%", value=title_of(x), share=f"{d * 100:.0f}")
        for x, d in knots
    )
    if shape == "categories":
        return DrawnCurve("", _bars(knots, title_of), (), told)
    places = [_place(x) for x, _d in knots]
    if any(math.isnan(x) for x in places):
        return None
    return _line(places, knots, title_of, told)


def _place(value: str) -> float:
    """Number of a value on an axis; a date counts its days."""
    try:
        return float(date.fromisoformat(value).toordinal())
    except ValueError:
        return read_number(value)


def _line(
    places: Sequence[float], knots: Sequence[Knot], title_of: Callable[[str], str], told: str
) -> DrawnCurve:
    span = (places[-1] - places[0]) or abs(places[0]) or 1.0
    low = places[0] - span * _MARGIN
    scale = (_RIGHT - _LEFT) / (span * (1 + 2 * _MARGIN))
    xs = [_LEFT + (place - low) * scale for place in places]
    ys = [_BOTTOM - min(max(d, 0.0), 1.0) * (_BOTTOM - _TOP) for _x, d in knots]
    bends = "".join(f"L{x:.1f} {y:.1f}" for x, y in zip(xs, ys, strict=True))
    return DrawnCurve(
        path=f"M{_LEFT} {ys[0]:.1f}{bends}H{_RIGHT}",
        bars=(),
        ticks=_ticks(xs, [title_of(x) for x, _d in knots]),
        told=told,
    )


def _ticks(xs: Sequence[float], texts: Sequence[str]) -> tuple[tuple[float, str], ...]:
    """Texts that do not run into each other, the first and the last before those between."""
    placed: list[tuple[float, float, str]] = []
    for index in sorted(range(len(xs)), key=lambda i: i not in (0, len(xs) - 1)):
        half = len(texts[index]) * _LETTER / 2
        x = min(max(xs[index], half), CURVE_WIDTH - half)
        if all(abs(x - other) > half + other_half + 3 for other, other_half, _text in placed):
            placed.append((x, half, texts[index]))
    return tuple((round(x, 1), text) for x, _half, text in sorted(placed))


def _bars(knots: Sequence[Knot], title_of: Callable[[str], str]) -> tuple[Bar, ...]:
    shown = knots[:_MOST_BARS]
    step = (_RIGHT - _LEFT) / len(shown)
    bars = []
    for index, (value, d) in enumerate(shown):
        height = min(max(d, 0.0), 1.0) * (_BOTTOM - _TOP)
        bars.append(
            Bar(
                left=round(_LEFT + index * step, 1),
                top=round(_BOTTOM - height, 1),
                width=round(step * 0.8, 1),
                height=round(height, 1),
                title=_short(value, title_of(value)),
            )
        )
    return tuple(bars)


def _short(value: str, title: str) -> str:
    """Name of a bar: the code alone where the title only says of what it is the code."""
    return value if title.endswith(f" {value}") else title
