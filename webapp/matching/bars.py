"""The bar of a score: its length is the score, its parts are the criteria."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from geo_assen.matching import Result

__all__ = ["BAR_WIDTH", "Bar", "Segment", "criterion_colours", "score_bar"]

BAR_WIDTH = 200
_SHADES = ("#0b5d4e", "#7ba3c4", "#8a7a52", "#8fbdb2", "#2c5f8a", "#c2b48a", "#4b8f81")


@dataclass(frozen=True)
class Segment:
    """Part of a bar that one criterion brings, in units of :data:`BAR_WIDTH`."""

    title: str
    start: float
    width: float
    colour: str
    is_unknown: bool


@dataclass(frozen=True)
class Bar:
    """A score drawn: segments, and the ends of the interval where something is unknown."""

    segments: tuple[Segment, ...]
    low: float | None
    high: float | None


def criterion_colours(results: Iterable[Result]) -> dict[str, str]:
    """Colour of each criterion by name, in the order of the parts of a bar.

    A criterion that does not apply to every kind of site keeps its colour all the same.
    """
    names = dict.fromkeys(item.name for result in results for item in result.criteria)
    return {name: _SHADES[index % len(_SHADES)] for index, name in enumerate(names)}


def score_bar(
    result: Result, colours: Mapping[str, str], title_of: Callable[[str], str]
) -> Bar:
    """Draw the score of a result in the colours of :func:`criterion_colours`."""
    total = sum(item.weight for item in result.criteria) or 1.0
    start = 0.0
    segments = []
    for item in result.criteria:
        width = item.contribution / total * BAR_WIDTH
        segments.append(
            Segment(
                title_of(item.name),
                round(start, 1),
                round(width, 1),
                colours[item.name],
                item.desirability is None,
            )
        )
        start += width
    unsure = result.score_low < result.score_high
    return Bar(
        tuple(segments),
        round(result.score_low * BAR_WIDTH, 1) if unsure else None,
        round(result.score_high * BAR_WIDTH, 1) if unsure else None,
    )
