"""A chart with the words around it, as ``macros/charts.html`` writes both."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.figures.shapes import Chart

__all__ = ["Figure", "Key"]


@dataclass(frozen=True)
class Key:
    """One line of the legend of a chart; kind and mark are those of the shapes it explains."""

    kind: str
    title: str
    mark: str = ""


@dataclass(frozen=True)
class Figure:
    """A chart with its words: title, what it tells in one sentence, legend."""

    id: str
    title: str
    told: str
    chart: Chart
    keys: tuple[Key, ...]
