"""Years of supply and iron stock: what the stock means at the pace of past years."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd

from geo_assen.errors import ArgumentRefused

__all__ = [
    "MEAN_DRAWS",
    "SEED",
    "IronStock",
    "MeanUptake",
    "YearsOfSupply",
    "iron_stock",
    "mean_uptake",
    "require_whole",
    "yearly_uptake",
    "years_of_supply",
]

MEAN_DRAWS = 10_000
"""Times that the years are drawn anew; fewer make the last digits of the band waver."""

SEED = 5
"""Fixed, so that the same history always gets the same figures."""

_BAND = (0.1, 0.9)


@dataclass(frozen=True)
class MeanUptake:
    """Mean uptake a year, and between what it could as well have been.

    Attributes
    ----------
    years
        Number of years that was asked for; :attr:`used` says how many there were.
    first_year, last_year
        The years that were used.
    mean_m2
        Mean of those years; may be below zero.
    low_m2, high_m2
        Bounds of the central 80 % of the means of as many years drawn from them with
        replacement. ``low_m2 <= mean_m2 <= high_m2``; all three are equal for one year.
    """

    years: int
    first_year: int
    last_year: int
    mean_m2: float
    low_m2: float
    high_m2: float

    @property
    def used(self) -> int:
        """Number of years that the mean is taken of, 1 to :attr:`years`."""
        return self.last_year - self.first_year + 1


@dataclass(frozen=True)
class YearsOfSupply:
    """How long a stock lasts, in years; each may be None: undefined, and never infinite.

    Attributes
    ----------
    value
        At the mean uptake.
    low
        At the high uptake; ``low <= value`` where both are defined.
    high
        At the low uptake; ``value <= high`` where both are defined.
    """

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class IronStock:
    """What has to be ready at any time, and what is.

    Attributes
    ----------
    norm_years
        Norm of the policy: so many years of mean uptake.
    needed_m2
        The norm times the mean uptake, in whole m².
    available_m2
        Land that can be handed over at once, in whole m².
    short_m2
        What is missing, in whole m²; 0 where nothing is.
    """

    norm_years: float
    needed_m2: int
    available_m2: int
    short_m2: int


def yearly_uptake(rows: pd.DataFrame, first_year: int, last_year: int) -> pd.Series[Any]:
    """Answer how much land was handed over in every year of a period.

    Parameters
    ----------
    rows
        As :func:`geo_assen.land.uptake_rows` gives them: ``year, uptake_m2``. Years outside
        of the period are left out.
    first_year, last_year
        Both count. A year that has not ended yet looks like a slow one: leave it out.

    Returns
    -------
    Whole m² by ``year``, as int64; 0 for a year without a deed, below zero where more was
    bought back than handed over. Empty where ``last_year`` lies before ``first_year``.
    """
    years = pd.Index(np.arange(first_year, last_year + 1, dtype=np.int64), name="year")
    sums = rows.groupby(rows["year"].astype("int64"))["uptake_m2"].sum()
    return sums.reindex(years, fill_value=0).astype("int64").rename("uptake_m2")


def mean_uptake(yearly: pd.Series[Any], years: int) -> MeanUptake | None:
    """Answer the mean uptake of the last years (``domain.md`` 5), with its band.

    Parameters
    ----------
    yearly
        Whole m² of consecutive years, as :func:`yearly_uptake` gives them.
    years
        How many of the last years count, from 1; the policy picks 5, 10 or 15. Of a shorter
        series all count.

    Returns
    -------
    None for a series without years.

    Raises
    ------
    ArgumentRefused
        If ``years`` is no whole number from 1 on.
    """
    require_whole("years", years, 1)
    taken = yearly.tail(min(years, len(yearly)))
    if taken.empty:
        return None
    values = taken.to_numpy(dtype=np.int64)
    mean = float(values.mean())
    chance = np.random.Generator(np.random.SFC64(SEED))
    means = chance.choice(values, (MEAN_DRAWS, len(values))).mean(axis=1)
    low, high = np.quantile(means, _BAND)
    first, last = int(taken.index[0]), int(taken.index[-1])
    # One deal can be so large that the mean lies outside what most drawn years give.
    return MeanUptake(years, first, last, mean, min(float(low), mean), max(float(high), mean))


def years_of_supply(stock_m2: int, mean: MeanUptake | None) -> YearsOfSupply:
    """Answer how many years a stock lasts at the pace of past years.

    Stock / uptake (``domain.md`` 5), at the mean, the high and the low uptake.

    Parameters
    ----------
    stock_m2
        Any stock: all that is issuable, what is so at once, or what has a plan in force. One
        below zero, more issued than there was, lasts 0 years.
    mean
        As :func:`mean_uptake` gives it.

    Returns
    -------
    None for each figure whose uptake is 0 or less, and for all where ``mean`` is None.
    """
    if mean is None:
        return YearsOfSupply(None, None, None)
    stock = max(stock_m2, 0)
    return YearsOfSupply(
        _lasts(stock, mean.mean_m2), _lasts(stock, mean.high_m2), _lasts(stock, mean.low_m2)
    )


def iron_stock(
    immediately_issuable_m2: int, mean: MeanUptake | None, norm_years: float
) -> IronStock | None:
    """Answer whether the land that has to be ready at any time is ready.

    Needed is the norm times the mean uptake (``domain.md`` 1; the norm is policy, there is
    no national one).

    Parameters
    ----------
    immediately_issuable_m2
        Land that can be handed over at once, in whole m².
    mean
        As :func:`mean_uptake` gives it.
    norm_years
        Years of uptake that have to be in stock, from 0.

    Returns
    -------
    None where ``mean`` is None or its mean is 0 or less. Nothing handed over may mean that
    nothing was there to hand over, so "0 m² is enough" would say more than is known.

    Raises
    ------
    ArgumentRefused
        If ``norm_years`` is below 0 or not finite.
    """
    if not (isfinite(norm_years) and norm_years >= 0):
        raise ArgumentRefused("norm_years", norm_years, "a number of years from 0 on")
    if mean is None or mean.mean_m2 <= 0:
        return None
    needed = round(norm_years * mean.mean_m2)
    short = max(needed - immediately_issuable_m2, 0)
    return IronStock(norm_years, needed, immediately_issuable_m2, short)


def require_whole(name: str, value: object, lowest: int, highest: int | None = None) -> None:
    """Refuse an argument that is no whole number within its bounds, which both count.

    Raises
    ------
    ArgumentRefused
        Naming the argument and what it may be.
    """
    if (
        isinstance(value, int | np.integer)
        and not isinstance(value, bool)
        and lowest <= value
        and (highest is None or value <= highest)
    ):
        return
    bounds = f"from {lowest} on" if highest is None else f"from {lowest} to {highest}"
    raise ArgumentRefused(name, value, f"a whole number {bounds}")


def _lasts(stock_m2: int, uptake_m2: float) -> float | None:
    return stock_m2 / uptake_m2 if uptake_m2 > 0 else None
