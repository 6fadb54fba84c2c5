"""Scores of the goals for sustainable development: the country and our area in pairs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geo_assen.monitor.figures import StatedFigure
from geo_assen.monitor.reference import Difference, compared

__all__ = ["COUNTRY", "SDG_UNIT", "SdgPair", "sdg_pairs"]

SDG_UNIT = "score 0-100"
"""Unit by which a figure is known as a score of a goal."""

COUNTRY = "NL"
"""Code of the country, which is the reference of every score."""


@dataclass(frozen=True)
class SdgPair:
    """Score of one goal here and in the country.

    Attributes
    ----------
    sdg_number
        Number of the goal, 1 to 17; the policy document names the goals without it.
    difference
        Of our score with that of the country; None where they cannot be compared.
    """

    sdg_number: int
    name: str
    country: StatedFigure
    own: StatedFigure
    difference: Difference | None


def sdg_pairs(figures: Iterable[StatedFigure], own_area: str) -> tuple[SdgPair, ...]:
    """Pairs of scores by number of the goal; a score that is alone makes no pair."""
    scores = {
        (figure.sdg_number, figure.area): figure
        for figure in figures
        if figure.unit == SDG_UNIT and figure.sdg_number is not None
    }
    return tuple(
        _pair(number, scores[number, own_area], scores[number, COUNTRY])
        for number in sorted({number for number, _area in scores if number is not None})
        if (number, own_area) in scores and (number, COUNTRY) in scores
    )


def _pair(number: int, own: StatedFigure, country: StatedFigure) -> SdgPair:
    # The number stands in front of the name in the list of indicators.
    name = own.name.removeprefix(f"SDG {number}:").strip()
    return SdgPair(number, name, country, own, compared(own, country).difference)
