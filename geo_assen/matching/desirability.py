"""Curves: from a value to a desirability d of 0 to 1, a column at a time.

============  ==================================================================
curve         d of a value v
============  ==================================================================
smaller       1 up to good, (bad - v) / (bad - good) between, 0 from bad on
larger        0 up to bad, (v - bad) / (good - bad) between, 1 from good on
target        min of larger(zero, one) and smaller(one, zero) with its four knots
points        on the straight line between the two points around v; beyond the
              first or last point the desirability of that point
categories    as listed; 0 for a value that is not; of a set, the best of its values
============  ==================================================================

Where two knots are equal the line is a step, and the value at the step has d = 1. Dates
are days, so that a line runs evenly through the calendar. A missing value gives NaN: it
is for the score to say what an unknown counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geo_assen.matching.clauses import Curve
from geo_assen.matching.columns import Floats, days_since_1970
from geo_assen.matching.written import Limit, Number

__all__ = [
    "category_desirability", "knots_of", "number_desirability", "steepest", "values_reaching",
]  # fmt: skip


def number_desirability(curve: Curve, values: Floats) -> Floats:
    """Desirabilities of numbers, or of dates as days since 1970.

    Parameters
    ----------
    curve
        Any shape but ``categories``.
    values
        In the unit of the curve; NaN is missing.

    Returns
    -------
    0 to 1, NaN where the value is missing.
    """
    if curve.smaller is not None:
        good, bad = (_knot(knot) for knot in curve.smaller)
        d = _falling(values, good, bad)
    elif curve.larger is not None:
        bad, good = (_knot(knot) for knot in curve.larger)
        d = _rising(values, bad, good)
    elif curve.target is not None:
        first, low, high, last = (_knot(knot) for knot in curve.target)
        d = np.minimum(_rising(values, first, low), _falling(values, high, last))
    elif curve.points is not None:
        x = np.asarray([_knot(x) for x, _ in curve.points])
        d = np.interp(values, x, np.asarray([float(d) for _, d in curve.points]))
    else:
        raise ValueError("a curve of categories has no numbers")
    return d


def knots_of(curve: Curve) -> tuple[list[float], list[float]]:
    """Values at which a curve over numbers bends, dates as days, and desirabilities of points.

    The second is empty but for a curve of points.
    """
    if curve.points is not None:
        return [_knot(x) for x, _ in curve.points], [float(d) for _, d in curve.points]
    return [_knot(knot) for knot in curve.smaller or curve.larger or curve.target or ()], []


def steepest(curve: Curve) -> float:
    """Answer how much desirability changes at most for one unit of the value.

    Infinite where the curve has a step, and for categories.
    """
    if curve.categories is not None:
        return float("inf")
    plain = curve.smaller or curve.larger or curve.target or ()
    # of two knots the first two desirabilities: whether it rises or falls is all one here
    knots = curve.points or tuple(zip(plain, (0, 1, 1, 0), strict=False))
    slopes = [
        abs(float(d1) - float(d0)) / (_knot(x1) - _knot(x0)) if _knot(x1) > _knot(x0)
        else float("inf")
        for (x0, d0), (x1, d1) in pairwise(knots)
        if d0 != d1
    ]  # fmt: skip
    return max(slopes, default=0.0)


def values_reaching(curve: Curve, least: float) -> tuple[float, float] | None:
    """Answer between which values desirability is at least so much, 0 < ``least`` <= 1.

    None for a curve of points or categories, which may reach it in several places.
    """
    if curve.smaller is not None:
        return -np.inf, _between(curve.smaller[1], curve.smaller[0], least)
    if curve.larger is not None:
        return _between(curve.larger[0], curve.larger[1], least), np.inf
    if curve.target is not None:
        first, low, high, last = curve.target
        return _between(first, low, least), _between(last, high, least)
    return None


def _between(zero: Limit, one: Limit, share: float) -> float:
    return _knot(zero) + (_knot(one) - _knot(zero)) * share


def category_desirability(categories: Mapping[str, Number], value: object) -> float:
    """Desirability of one value of a category, flag (``true``, ``false``) or set.

    An empty set is a missing value: NaN.
    """
    if isinstance(value, (frozenset, set)):
        return max((float(categories.get(str(item), 0)) for item in value), default=np.nan)
    if isinstance(value, (bool, np.bool_)):
        return float(categories.get(str(bool(value)).lower(), 0))
    return float(categories.get(str(value), 0))


def _knot(knot: Limit) -> float:
    return days_since_1970(knot) if isinstance(knot, date) else float(knot)


def _rising(values: Floats, bad: float, good: float) -> Floats:
    if bad == good:
        return _step(values, values >= good)
    # clipped before dividing: knots may lie so close that the quotient overflows
    d = np.minimum(np.maximum(values, bad), good)
    d -= bad
    d /= good - bad
    return d


def _falling(values: Floats, good: float, bad: float) -> Floats:
    if good == bad:
        return _step(values, values <= good)
    d = np.minimum(np.maximum(values, good), bad)
    np.subtract(bad, d, out=d)
    d /= bad - good
    return d


def _step(values: Floats, is_good: NDArray[np.bool_]) -> Floats:
    return np.where(np.isnan(values), np.nan, np.where(is_good, 1.0, 0.0))
