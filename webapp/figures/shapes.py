"""Shapes of a chart, as ``macros/charts.html`` writes them.

Across, places are percents of the width, so that a chart fits any column and its letters keep
their size; down, they are pixels. A class (``kind``) gives the colour, a mark the pattern
that tells the same without colour.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Area", "Chart", "Dot", "Drawing", "Line", "Rect", "Text"]


@dataclass(frozen=True)
class Rect:
    """A box: ``x`` and ``width`` in percents, ``y`` and ``height`` in pixels."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    mark: str = ""
    title: str = ""


@dataclass(frozen=True)
class Line:
    """A line, in the same measures."""

    x1: float
    y1: float
    x2: float
    y2: float
    kind: str


@dataclass(frozen=True)
class Text:
    """A text, or a number for the language of the reader; ``anchor`` is start, middle or end."""

    x: float
    y: float
    text: str | float
    anchor: str = "start"
    kind: str = "label"


@dataclass(frozen=True)
class Dot:
    """A round mark; ``title`` is what it says when it is pointed at."""

    x: float
    y: float
    kind: str
    radius_px: float = 5
    title: str = ""


@dataclass(frozen=True)
class Area:
    """A polygon: points with ``x`` in percents and ``y`` in pixels."""

    points: tuple[tuple[float, float], ...]
    kind: str

    @property
    def path(self) -> str:
        """Points as an SVG attribute has them."""
        return " ".join(f"{x},{y}" for x, y in self.points)


@dataclass(frozen=True)
class Chart:
    """Shapes, from below to above, and the height of the whole in pixels."""

    height: int
    rects: tuple[Rect, ...] = ()
    lines: tuple[Line, ...] = ()
    dots: tuple[Dot, ...] = ()
    texts: tuple[Text, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass
class Drawing:
    """Shapes as they are gathered."""

    rects: list[Rect] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)

    def chart(self, height: int) -> Chart:
        """Chart of what was gathered, ``height`` pixels high."""
        return Chart(
            height, tuple(self.rects), tuple(self.lines), tuple(self.dots), tuple(self.texts),
            tuple(self.areas),
        )  # fmt: skip
