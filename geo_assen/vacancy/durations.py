"""How long something stands empty, in calendar years, and what that is called.

Up to and including one year is friction, up to and including three years long, and more
is structural vacancy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo_assen.sites.columns import Days

__all__ = ["FRICTION_YEARS", "LONG_YEARS", "add_months", "duration_classes"]

FRICTION_YEARS = 1
"""Longest friction vacancy; exactly one year is still friction."""

LONG_YEARS = 3
"""Longest long vacancy; exactly three years is still long."""


def add_months(days: Days, months: int | NDArray[np.int_]) -> Days:
    """Day with the same number so many calendar months later, or the last day of that month.

    One month after 31 January is 28 or 29 February; a year after 29 February is 28 February.
    """
    start = days.astype("datetime64[M]")
    number = days - start.astype("datetime64[D]")
    target = start + np.asarray(months).astype("timedelta64[M]")
    last = (target + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    found: Days = np.minimum(target.astype("datetime64[D]") + number, last)
    return found


def duration_classes(since: Days, as_of: np.datetime64 | Days) -> NDArray[np.object_]:
    """Name the vacancy that began on each day: friction, long or structural; None for NaT."""
    friction = as_of <= add_months(since, 12 * FRICTION_YEARS)
    long = as_of <= add_months(since, 12 * LONG_YEARS)
    names = np.array([None, "friction", "long", "structural"], dtype=object)
    chosen = np.where(friction, 1, np.where(long, 2, 3))
    named: NDArray[np.object_] = names[np.where(np.isnat(since), 0, chosen)]
    return named
