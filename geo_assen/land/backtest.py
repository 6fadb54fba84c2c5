"""Bench of the forecasts: what each method would have said in past years, and how far off."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo_assen.land.forecast import METHODS, History, forecast
from geo_assen.land.supply import SEED, require_whole

__all__ = ["BENCH", "FEWEST_ORIGINS", "LAST_YEAR", "Backtest", "backtest"]

LAST_YEAR = "last_year"
"""The naive method: what happened in the last year happens again, every year."""

BENCH = (LAST_YEAR, *METHODS)
"""The methods that are compared, the simplest first; of equal ones the first wins."""

FEWEST_ORIGINS = 3
"""Origins without which no method is called the best."""

_AHEAD_YEARS = (1, 3)
_SHARES = np.array([0.1, 0.5, 0.9])
_QUANTILES = ["p10_m2", "p50_m2", "p90_m2"]
_ERRORS = [
    "method", "origin_year", "ahead_years", "truth_m2", *_QUANTILES, "error_m2", "in_band",
    "pinball_m2",
]  # fmt: skip


@dataclass(frozen=True)
class Backtest:
    """How the methods did on the past.

    Attributes
    ----------
    table
        One row a method, in the order of :data:`BENCH`: ``method``; ``origins`` and
        ``origins_3y``, from how many years one and three years ahead could be compared;
        ``mae_1y_m2`` and ``mae_3y_m2``, the mean absolute error of the median of one year
        ahead and of the sum of three; ``bias_m2``, the mean error of one year ahead, above
        zero where too much was forecast; ``band_share``, how often one year ahead lay within
        10 to 90 %, where 0.8 is as told; ``pinball_m2``, the mean loss over 10, 50 and 90 %.
        ``<NA>`` where nothing could be compared, and for a band that the naive method has not.
    errors
        One row a method, origin and number of years ahead: ``method, origin_year`` (the last
        year that was known), ``ahead_years`` (1, or 3 for their sum), ``truth_m2, p10_m2,
        p50_m2, p90_m2, error_m2`` (median less truth), ``in_band, pinball_m2``.
    winner
        Method with the lowest ``mae_1y_m2 + mae_3y_m2 / 3``, in whole m²; of equal ones the
        simplest. None with fewer than 3 origins. Where it is :data:`LAST_YEAR`, none of the
        methods is worth its name here.
    best_method
        The same among the methods alone: the one to forecast with all the same.
    """

    table: pd.DataFrame
    errors: pd.DataFrame
    winner: str | None
    best_method: str | None


def backtest(history: History, *, min_years: int = 5, seed: int = SEED) -> Backtest:
    """Try every method on the past: forecast from each year, knowing only what came before.

    Rolling origin (``domain.md`` 5): each year from the ``min_years``-th on is taken as the
    last one known; one year and three years ahead are forecast and compared with what came.

    Parameters
    ----------
    min_years
        Years that a method gets to know at least, from 2.
    seed
        As of :func:`geo_assen.land.forecast.forecast`.

    Returns
    -------
    With an empty ``errors`` and no winner where the history is too short.

    Raises
    ------
    ArgumentRefused
        If ``min_years`` or ``seed`` is no whole number within its bounds.
    """
    require_whole("min_years", min_years, 2)
    require_whole("seed", seed, 0)
    years = history.yearly.index
    told = [
        (method, origin, ahead, truth, *quantiles)
        for origin in years[min_years - 1 : -1].tolist()
        for method in BENCH
        for ahead, quantiles in _said(history.until(origin), method, seed).items()
        if (truth := _truth(history, origin, ahead)) is not None
    ]
    errors = _judged(pd.DataFrame(told, columns=_ERRORS[:7]))
    table = pd.DataFrame([_row(errors, method) for method in BENCH])
    table = table.astype(dict.fromkeys(table.columns[3:], "Float64"))
    return Backtest(table, errors, _winner(table, BENCH), _winner(table, METHODS))


def _said(known: History, method: str, seed: int) -> dict[int, tuple[float, float, float]]:
    """What a method says at an origin, by the number of years ahead."""
    if method == LAST_YEAR:
        last = float(known.yearly.iloc[-1])
        return {ahead: (last * ahead,) * 3 for ahead in _AHEAD_YEARS}
    found = forecast(known, method, max(_AHEAD_YEARS), seed=seed)
    if found is None:
        return {}
    next_year, total = found.yearly.iloc[0], found.total
    return {
        1: (float(next_year["p10_m2"]), float(next_year["p50_m2"]), float(next_year["p90_m2"])),
        3: (total.p10_m2, total.p50_m2, total.p90_m2),
    }


def _truth(history: History, origin: int, ahead: int) -> int | None:
    """Uptake of the years after an origin; None where they are not all on record."""
    after = history.yearly.loc[origin + 1 : origin + ahead]
    return int(after.sum()) if len(after) == ahead else None


def _judged(told: pd.DataFrame) -> pd.DataFrame:
    """Add how far off each forecast was."""
    whole = dict.fromkeys(("origin_year", "ahead_years", "truth_m2"), "int64")
    told = told.astype({**whole, **dict.fromkeys(_QUANTILES, "float64")})
    truth = told["truth_m2"]
    off = truth.to_numpy()[:, None] - told[_QUANTILES].to_numpy()
    losses = np.maximum(_SHARES * off, (_SHARES - 1) * off)
    in_band = truth.between(told["p10_m2"], told["p90_m2"]).astype("boolean")
    return told.assign(
        error_m2=told["p50_m2"] - truth,
        in_band=in_band.mask(told["method"] == LAST_YEAR),
        pinball_m2=losses.mean(axis=1),
    )


def _row(errors: pd.DataFrame, method: str) -> dict[str, Any]:
    own = errors[errors["method"] == method]
    one, three = (own[own["ahead_years"] == ahead] for ahead in _AHEAD_YEARS)
    return {
        "method": method,
        "origins": len(one),
        "origins_3y": len(three),
        "mae_1y_m2": _mean(one["error_m2"].abs()),
        "mae_3y_m2": _mean(three["error_m2"].abs()),
        "bias_m2": _mean(one["error_m2"]),
        "band_share": _mean(one["in_band"].dropna()),
        "pinball_m2": _mean(one["pinball_m2"]),
    }


def _mean(values: pd.Series[Any]) -> float | None:
    return float(values.mean()) if len(values) else None


def _winner(table: pd.DataFrame, among: Collection[str]) -> str | None:
    """Best of some methods; of equal ones the first in the table."""
    if table["origins"].min() < FEWEST_ORIGINS:
        return None
    # in whole m²: a difference that nobody could measure is none
    scores = (table["mae_1y_m2"] + table["mae_3y_m2"] / 3).round()
    if scores.isna().any():
        return None
    compared = scores[table["method"].isin(among)].to_numpy(dtype=np.float64)
    return str(table.loc[table["method"].isin(among), "method"].iloc[int(compared.argmin())])
