"""A figure held against that of a reference area, where the two mean the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from geo_assen.monitor.figures import StatedFigure

__all__ = ["Difference", "Reason", "Reference", "compared"]

Reason = Literal["unit", "year", "definition", "no_own"]
"""Why two figures are not compared; ``no_own``: there is nothing to compare with."""

_DECIMALS = 9
"""Digits that are kept of a difference: what lies behind them is noise of the subtraction."""


@dataclass(frozen=True)
class Difference:
    """How far a figure lies above its reference; negative: below.

    Attributes
    ----------
    value
        In the unit of both; for shares as a share, so 0.02 is two percentage points.
    relative_share
        The same as a share of the reference; None where that is 0.
    """

    value: float
    relative_share: float | None


@dataclass(frozen=True)
class Reference:
    """Figure of a reference area beside our own.

    Attributes
    ----------
    difference
        Of our figure with this one; None: the two are not comparable.
    reasons
        Why they are not; empty where they are.
    """

    figure: StatedFigure
    difference: Difference | None
    reasons: tuple[Reason, ...]


def compared(own: StatedFigure | None, other: StatedFigure) -> Reference:
    """Hold our figure against that of another area.

    What neither of them states (a year, a definition) counts as the same only within one
    source, which shows them side by side itself.
    """
    if own is None:
        return Reference(other, None, ("no_own",))
    reasons = _reasons(own, other)
    if reasons:
        return Reference(other, None, reasons)
    value = round(own.value - other.value, _DECIMALS)
    relative = round(value / other.value, _DECIMALS) if other.value else None
    return Reference(other, Difference(value, relative), ())


def _reasons(own: StatedFigure, other: StatedFigure) -> tuple[Reason, ...]:
    one_source = own.source_code is not None and own.source_code == other.source_code
    pairs: tuple[tuple[Reason, object, object], ...] = (
        ("unit", own.unit, other.unit),
        ("year", own.year, other.year),
        ("definition", own.definition, other.definition),
    )
    return tuple(
        reason
        for reason, ours, theirs in pairs
        if ours != theirs or (ours is None and not one_source)
    )
