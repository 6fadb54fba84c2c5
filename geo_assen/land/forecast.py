"""Forecast of the uptake out of its own past: three methods, scenarios, replacement.

Every method answers with a band: a pace that one large deal can double has no single
figure. Which method did best on the past of a place, ``backtest`` tells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from geo_assen.errors import ArgumentRefused
from geo_assen.land.supply import SEED, require_whole, yearly_uptake

__all__ = [
    "BLOCKS_FROM_YEARS",
    "DEALS_DRAWN",
    "FEWEST_DRAWS",
    "FITTED_FROM_DEALS",
    "FORECAST_DRAWS",
    "FORECAST_METHOD_VERSION",
    "LARGEST_DEAL_TIMES",
    "LONGEST_HORIZON_YEARS",
    "MEAN_OF_YEARS",
    "METHODS",
    "SCENARIO_YEARS",
    "Band",
    "Forecast",
    "History",
    "ReplacementDemand",
    "Scenario",
    "Scenarios",
    "forecast",
    "history_of",
    "replacement_demand",
    "scenarios",
]

FORECAST_METHOD_VERSION = "forecast-1"
"""Raised with every change of a figure."""

FORECAST_DRAWS = 5_000
"""Futures that are drawn; the standard error of the share below an edge is at most 0.007."""

DEALS_DRAWN = 500_000
"""Deals that are drawn for a year at most: where they are many they even out, and fewer
futures give a band as steady."""

FEWEST_DRAWS = 500

LONGEST_HORIZON_YEARS = 30

MEAN_OF_YEARS = 10
"""Years that the method "average" looks back."""

BLOCKS_FROM_YEARS = 8
"""Years from which pairs of years are drawn, so that good years may follow each other."""

FITTED_FROM_DEALS = 8
"""Deals from which a lognormal distribution is fitted; fewer are drawn from as they are."""

LARGEST_DEAL_TIMES = 10
"""Times the largest own deal that a drawn one may be; the fitted tail knows no end."""

SCENARIO_YEARS = 5
"""Consecutive years of which the slowest and the fastest make the scenarios."""

_BAND = (0.1, 0.5, 0.9)
_NAMES = ("p10_m2", "p50_m2", "p90_m2", "mean_m2")

Floats = NDArray[np.float64]
_Counts = NDArray[np.int64]
_Futures = NDArray[np.intp]


@dataclass(frozen=True)
class History:
    """What is known of the past of a park, a sector or a whole municipality.

    Attributes
    ----------
    yearly
        Uptake of consecutive years, as :func:`geo_assen.land.supply.yearly_uptake` gives it.
    deals
        ``year, uptake_m2`` of every deed and buy-back in those years; none of 0 m².
    """

    yearly: pd.Series[Any]
    deals: pd.DataFrame

    @property
    def lacks(self) -> str | None:
        """Why nothing can be forecast, ``no_years`` or ``one_year``; None where it can be."""
        return {0: "no_years", 1: "one_year"}.get(len(self.yearly))

    def until(self, year: int) -> History:
        """Answer what was known at the end of a year."""
        return History(
            self.yearly[self.yearly.index <= year], self.deals[self.deals["year"] <= year]
        )


@dataclass(frozen=True)
class Band:
    """Uptake that is passed in 90, 50 and 10 % of the futures, and its mean, in m².

    ``p10_m2 <= p50_m2 <= p90_m2``; the mean may lie outside where single deals weigh much.
    """

    p10_m2: float
    p50_m2: float
    p90_m2: float
    mean_m2: float


@dataclass(frozen=True)
class Forecast:
    """Uptake that has to be reckoned with.

    Attributes
    ----------
    method
        One of :data:`METHODS`.
    years
        The years ahead, the first one after the history.
    yearly
        ``p10_m2, p50_m2, p90_m2, mean_m2`` by ``year``: each year by itself.
    total
        The years together. Its band is narrower than the sum of theirs: slow and fast years
        make up for each other.
    """

    method: str
    years: tuple[int, ...]
    yearly: pd.DataFrame
    total: Band


@dataclass(frozen=True)
class Scenario:
    """A pace that was once kept up, and what it would come to.

    Attributes
    ----------
    first_year, last_year
        Years on record that had this pace.
    yearly_m2
        Mean uptake a year; may be below zero.
    total_m2
        Uptake over the whole horizon.
    """

    first_year: int
    last_year: int
    yearly_m2: float
    total_m2: float


@dataclass(frozen=True)
class Scenarios:
    """The slowest and the fastest pace on record.

    Attributes
    ----------
    used_years
        Consecutive years that each pace is the mean of: 5, or all there are of a shorter
        history. Of 5 years or fewer both paces are the same.
    horizon_years
        Years ahead.
    """

    used_years: int
    horizon_years: int
    low: Scenario
    high: Scenario

    @property
    def ratio(self) -> float | None:
        """How many times the low pace the high one is; None where the low one is not above 0."""
        return self.high.yearly_m2 / self.low.yearly_m2 if self.low.yearly_m2 > 0 else None


@dataclass(frozen=True)
class ReplacementDemand:
    """Demand by firms that have to leave land which becomes something else.

    Attributes
    ----------
    withdrawn_m2
        Mean land withdrawn a year.
    return_share
        Part of it that firms look for again, 0 to 1.
    horizon_years
        Years ahead.
    yearly_m2, total_m2
        Demand a year and over the whole horizon. Never part of a forecast of uptake: where
        firms moved to issued plots, the uptake of the past holds it already.
    """

    withdrawn_m2: float
    return_share: float
    horizon_years: int
    yearly_m2: float
    total_m2: float


def history_of(rows: pd.DataFrame, first_year: int, last_year: int) -> History:
    """Draw up the history of a period out of rows of uptake.

    Parameters
    ----------
    rows
        As :func:`geo_assen.land.uptake_rows` gives them, of everything that is forecast
        together.
    first_year, last_year
        Both count; the last one has to be over. A year without a deed counts as 0.
    """
    deals = pd.DataFrame(
        {name: rows[name].astype("int64") for name in ("year", "uptake_m2")}
    ).reset_index(drop=True)
    inside = deals["year"].between(first_year, last_year) & (deals["uptake_m2"] != 0)
    return History(
        yearly_uptake(rows, first_year, last_year), deals[inside].reset_index(drop=True)
    )


def forecast(
    history: History, method: str, horizon_years: int, *, seed: int = SEED
) -> Forecast | None:
    """Answer how much land may be asked for in the years after a history.

    ``average`` takes the mean of the last 10 years, with the band of Student's t for a year
    (and for a sum of years) that the mean does not know yet. ``resampled_years`` draws the
    years of the history again. ``deals_and_sizes`` draws how many deals there are in a year
    and how large each is (``domain.md`` 5).

    Parameters
    ----------
    method
        One of :data:`METHODS`.
    horizon_years
        Years ahead, 1 to 30.
    seed
        Start of the draws, from 0; the same one gives the same figures.

    Returns
    -------
    None where the history has fewer than two years; ``history.lacks`` says why.

    Raises
    ------
    ArgumentRefused
        If the method is not known, or the horizon or the seed is no whole number within its
        bounds.
    """
    if method not in METHODS:
        raise ArgumentRefused("method", method, f"one of {', '.join(METHODS)}")
    _require_horizon(horizon_years)
    require_whole("seed", seed, 0)
    if history.lacks:
        return None
    chance = np.random.Generator(np.random.SFC64(seed))
    yearly, total = METHODS[method](history, horizon_years, chance)
    first = int(history.yearly.index[-1]) + 1
    years = tuple(range(first, first + horizon_years))
    frame = pd.DataFrame(yearly, columns=list(_NAMES), index=pd.Index(years, name="year"))
    return Forecast(method, years, frame, Band(*total.tolist()))


def scenarios(history: History, horizon_years: int) -> Scenarios | None:
    """Answer what the slowest and the fastest five consecutive years on record would come to.

    Of equal paces the latest is named.

    Returns
    -------
    None for a history without years.

    Raises
    ------
    ArgumentRefused
        If the horizon is no whole number from 1 to 30.
    """
    _require_horizon(horizon_years)
    values = history.yearly.to_numpy(dtype=np.int64)
    if not len(values):
        return None
    width = min(SCENARIO_YEARS, len(values))
    sums = np.lib.stride_tricks.sliding_window_view(values, width).sum(axis=1)
    backwards = sums[::-1]

    def scenario(from_the_end: int) -> Scenario:
        first = len(sums) - 1 - from_the_end
        pace = float(sums[first]) / width
        start = int(history.yearly.index[first])
        return Scenario(start, start + width - 1, pace, pace * horizon_years)

    return Scenarios(
        width, horizon_years, scenario(int(backwards.argmin())), scenario(int(backwards.argmax()))
    )


def replacement_demand(
    withdrawals_yearly: pd.Series[Any], return_share: float, horizon_years: int
) -> ReplacementDemand | None:
    """Answer how much land firms will look for that have to leave theirs.

    Mean land withdrawn a year times the share that returns (``domain.md`` 5).

    Parameters
    ----------
    withdrawals_yearly
        Land withdrawn from parks by year, in m²; years without a withdrawal as 0.
    return_share
        Part of the withdrawn land that is looked for again, 0 to 1; policy, not measured.

    Returns
    -------
    None for a series without years.

    Raises
    ------
    ArgumentRefused
        If the share is not within 0 to 1, or the horizon no whole number from 1 to 30.
    """
    _require_horizon(horizon_years)
    if not (isfinite(return_share) and 0 <= return_share <= 1):
        raise ArgumentRefused("return_share", return_share, "a share from 0 to 1")
    if not len(withdrawals_yearly):
        return None
    withdrawn = float(withdrawals_yearly.mean())
    yearly = withdrawn * return_share
    return ReplacementDemand(
        withdrawn, return_share, horizon_years, yearly, yearly * horizon_years
    )


def _require_horizon(horizon_years: int) -> None:
    require_whole("horizon_years", horizon_years, 1, LONGEST_HORIZON_YEARS)


# --- the methods: bands by year, and the band of their sum -------------------------------


def _average(history: History, horizon: int, _: np.random.Generator) -> tuple[Floats, Floats]:
    """Mean of the last years, with the band of a new year around a mean of few.

    The variance of the sum of n new years is n of theirs and n² of the mean's. Nothing
    below the slowest of those years, and 0, is told: a normal band knows no such end.
    """
    values = history.yearly.tail(MEAN_OF_YEARS).to_numpy(dtype=np.float64)
    mean, size = float(values.mean()), len(values)
    spread = float(values.std(ddof=1)) * float(stdtrit(size - 1, _BAND[-1]))
    lowest = min(0.0, float(values.min()))

    def band(years: int) -> Floats:
        half = spread * np.sqrt(years + years**2 / size)
        middle = mean * years
        return np.array([max(middle - half, lowest * years), middle, middle + half, middle])

    return np.tile(band(1), (horizon, 1)), band(horizon)


def _resampled_years(
    history: History, horizon: int, chance: np.random.Generator
) -> tuple[Floats, Floats]:
    """Draw years out of a past that is itself drawn; in pairs of neighbours where many.

    The past is drawn anew for each future, because it might as well have gone otherwise:
    with the same one for all, sums of years would hardly differ. Neighbours lie on a ring,
    so that every year is drawn as often as any other.
    """
    values = history.yearly.to_numpy(dtype=np.float64)
    length = 2 if len(values) >= BLOCKS_FROM_YEARS else 1
    pasts = chance.integers(0, len(values), (FORECAST_DRAWS, -(-len(values) // length)))
    picked = chance.integers(0, pasts.shape[1], (FORECAST_DRAWS, -(-horizon // length)))
    starts = np.take_along_axis(pasts, picked, axis=1)
    years = (starts[:, :, None] + np.arange(length)) % len(values)
    return _bands(values[years.reshape(FORECAST_DRAWS, -1)[:, :horizon]])


def _deals_and_sizes(
    history: History, horizon: int, chance: np.random.Generator
) -> tuple[Floats, Floats]:
    """Draw how many deals each year has, and the size of each; buy-backs by themselves.

    Each future has its own mean number and mean size, drawn around those of the past.
    """
    amounts = history.deals["uptake_m2"].to_numpy(dtype=np.float64)
    sold, returned = amounts[amounts > 0], amounts[amounts < 0]
    in_year = history.deals["year"][amounts > 0].value_counts()
    own_counts = np.array(in_year.reindex(history.yearly.index, fill_value=0), dtype=np.float64)
    deals_a_year = max(1.0, len(amounts) / len(own_counts))
    draws = int(np.clip(DEALS_DRAWN / deals_a_year, FEWEST_DRAWS, FORECAST_DRAWS))
    draw_counts = _counts_of(own_counts, chance, draws)
    draw_sizes = _sizes_of(sold, chance, draws)
    uptake = np.empty((draws, horizon))
    # year by year: the memory then does not grow with the horizon
    for year in range(horizon):
        uptake[:, year] = _sums(draw_counts(), draw_sizes)
        if len(returned):
            back = chance.poisson(len(returned) / len(own_counts), draws)
            uptake[:, year] += _sums(back, lambda futures: chance.choice(returned, len(futures)))
    return _bands(uptake)


def _counts_of(
    own: Floats, chance: np.random.Generator, draws: int
) -> Callable[[], _Counts]:
    """Answer with what draws the number of deals of a year, for each future.

    Poisson, or negative binomial where own years differ more than that.
    """
    mean, variance = own.mean(), own.var(ddof=1)
    means = chance.choice(own, (draws, len(own))).mean(axis=1)
    if variance <= mean:
        return lambda: chance.poisson(means)
    # Poisson around a pace that is itself drawn: variance = mean + mean² / shape. The share
    # that numpy's negative binomial asks for is rounded to 1 where the two hardly differ.
    shape = mean**2 / (variance - mean)
    return lambda: chance.poisson(chance.gamma(shape, means / shape))


def _sizes_of(
    own: Floats, chance: np.random.Generator, draws: int
) -> Callable[[_Futures], Floats]:
    """Answer with what draws the size of a deal, in whole m², for the future of each."""
    if not len(own):
        return lambda futures: np.zeros(len(futures))
    if len(own) < FITTED_FROM_DEALS:
        return lambda futures: chance.choice(own, len(futures))
    logs = np.log(own)
    spread, most = logs.std(ddof=1), own.max() * LARGEST_DEAL_TIMES
    middles = chance.normal(logs.mean(), spread / np.sqrt(len(own)), draws)

    def sizes(futures: _Futures) -> Floats:
        logs = chance.standard_normal(len(futures)) * spread + middles[futures]
        rounded: Floats = np.rint(np.minimum(np.exp(logs), most))
        return rounded

    return sizes


def _sums(counts: _Counts, draw_sizes: Callable[[_Futures], Floats]) -> Floats:
    """Sum of so many drawn sizes, for each future."""
    futures = np.repeat(np.arange(len(counts)), counts)
    sums = np.bincount(futures, weights=draw_sizes(futures), minlength=len(counts))
    return sums.astype(np.float64)


def _bands(draws: Floats) -> tuple[Floats, Floats]:
    """Quantiles and mean of each column, and of the sums of the rows."""
    return _band_of(draws), _band_of(draws.sum(axis=1, keepdims=True))[0]


def _band_of(draws: Floats) -> Floats:
    quantiles = np.quantile(draws, _BAND, axis=0)
    return np.vstack([quantiles, draws.mean(axis=0)]).T


_Method = Callable[[History, int, np.random.Generator], tuple[Floats, Floats]]

METHODS: Mapping[str, _Method] = {
    "average": _average,
    "resampled_years": _resampled_years,
    "deals_and_sizes": _deals_and_sizes,
}
"""The methods by name, the simplest first."""
