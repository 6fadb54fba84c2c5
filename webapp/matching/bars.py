"""The bar of a score: its length is the score, its parts are the criteria."""

from __future__ import annotations

from dataclasses import dataclass

from geo_assen.matching import Result

__all__ = ["BAR_WIDTH", "Bar", "Segment", "score_bar"]

BAR_WIDTH = 200
_SHADES = ("#0b5d4e", "#4b8f81", "#8fbdb2", "#2c5f8a", "#7ba3c4", "#8a7a52", "#c2b48a")


@dataclass(frozen=True)
class Segment:
    """Part of a bar that one criterion brings, in units of :data:`BAR_WIDTH`."""

    name: str
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


def score_bar(result: Result) -> Bar:
    """Draw the score of a result; a criterion keeps its colour in every bar."""
    total = sum(item.weight for item in result.criteria) or 1.0
    start = 0.0
    segments = []
    for index, item in enumerate(result.criteria):
        width = item.contribution / total * BAR_WIDTH
        segments.append(
            Segment(
                item.name,
                round(start, 1),
                round(width, 1),
                _SHADES[index % len(_SHADES)],
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
