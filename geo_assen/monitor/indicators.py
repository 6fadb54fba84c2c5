"""Indicators: figures of our own area, each with those of its reference areas beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geo_assen.monitor.figures import StatedFigure, stated_figures
from geo_assen.monitor.reference import Reference, compared

__all__ = ["Indicator", "StatedFigure", "agenda_commuting", "indicators_of", "stated_figures"]

_AGENDA_COMMUTING = frozenset(
    {"commuters-in", "commuters-out", "commuters-net", "commuters-ratio"}
)
"""Figures of the agenda that no series of commuters may stand beside."""


@dataclass(frozen=True)
class Indicator:
    """A figure with its references.

    Attributes
    ----------
    own
        Figure of our area; None: only others are known.
    references
        Figures of other areas, each with its difference or the reason why there is none.
    """

    name: str
    group: str | None
    own: StatedFigure | None
    references: tuple[Reference, ...]

    @property
    def figures(self) -> tuple[StatedFigure, ...]:
        """Ours, where there is one, and those of the reference areas."""
        own = () if self.own is None else (self.own,)
        return (*own, *(reference.figure for reference in self.references))

    @property
    def is_of_agenda(self) -> bool:
        """Whether any of its figures is one of the economic agenda."""
        return any(figure.is_of_agenda for figure in self.figures)


def indicators_of(figures: Iterable[StatedFigure], own_area: str) -> tuple[Indicator, ...]:
    """Group figures into indicators, in the order in which each is first told.

    Figures belong together by their name, or by the measure that they can be held against.
    A reference stands beside the figure of ours that it can be compared with; where there is
    none, beside the one of the nearest year, not compared.

    Parameters
    ----------
    own_area
        Code of the area that is ours.
    """
    alike: dict[tuple[str, str | None], list[StatedFigure]] = {}
    for figure in figures:
        alike.setdefault((figure.measure or figure.name, figure.group), []).append(figure)
    return tuple(one for group in alike.values() for one in _indicators(group, own_area))


def agenda_commuting(figures: Iterable[StatedFigure]) -> tuple[StatedFigure, ...]:
    """Commuters of the agenda as it states them, and what follows from them alone."""
    return tuple(figure for figure in figures if figure.code in _AGENDA_COMMUTING)


def _indicators(figures: Sequence[StatedFigure], own_area: str) -> list[Indicator]:
    own = [figure for figure in figures if figure.area == own_area]
    others = [figure for figure in figures if figure.area != own_area]
    if not own:
        first = others[0]
        told = tuple(compared(None, figure) for figure in others)
        return [Indicator(first.name, first.group, None, told)]
    beside: dict[str, list[Reference]] = {figure.code: [] for figure in own}
    for other in others:
        found = [compared(figure, other) for figure in own]
        at = min(range(len(own)), key=lambda n: (bool(found[n].reasons), _apart(own[n], other)))
        beside[own[at].code].append(found[at])
    return [
        Indicator(figure.name, figure.group, figure, tuple(beside[figure.code])) for figure in own
    ]


def _apart(own: StatedFigure, other: StatedFigure) -> float:
    """Years between two figures; endless where one does not say its year."""
    if own.year is None or other.year is None:
        return float("inf")
    return abs(own.year - other.year)
