"""Where a number stands along an axis, and which round numbers stand beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Scale", "percent", "scale_of"]

_STEPS = (1, 2, 5, 10)
_FEWEST_STEPS = 4
_ROOM_SHARE = 0.04


@dataclass(frozen=True)
class Scale:
    """A straight scale: ``low`` stands at ``start``, ``high`` at ``end``."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Place of a value; one outside of the scale stands at its end."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + min(max(share, 0.0), 1.0) * (self.end - self.start), 2)


def scale_of(low: float, high: float, start: float, end: float) -> tuple[Scale, list[float]]:
    """Scale that holds a range with a little room, and the round numbers that lie on it."""
    extent = (high - low) or 1.0
    least = low - extent * _ROOM_SHARE if low < 0 else low
    most = max(high, low + extent) + extent * _ROOM_SHARE
    ticks = [tick for tick in _nice_ticks(low, most) if least <= tick <= most]
    return Scale(least, most, start, end), ticks


def _nice_ticks(low: float, high: float) -> list[float]:
    """Round numbers with equal steps that hold a range; at least two.

    Parameters
    ----------
    low, high
        The range; one without extent counts as one of 1.
    """
    extent = (high - low) or 1.0
    power = 10.0 ** math.floor(math.log10(extent / _FEWEST_STEPS))
    step = next(n * power for n in _STEPS if extent / (n * power) <= _FEWEST_STEPS)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(n * step, 10) for n in range(first, max(last, first + 1) + 1)]


def percent(part: float, whole: float) -> float:
    """Part of a whole in percents; 0 where either is not above 0."""
    return part / whole * 100 if part > 0 and whole > 0 else 0.0
