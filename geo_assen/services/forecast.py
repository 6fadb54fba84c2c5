"""Forecast of the uptake: every method on the store's own history, and which did best."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from geo_assen.land import withdrawal_rows
from geo_assen.land.backtest import Backtest, backtest
from geo_assen.land.forecast import (
    FORECAST_METHOD_VERSION,
    METHODS,
    Forecast,
    History,
    ReplacementDemand,
    Scenarios,
    forecast,
    history_of,
    replacement_demand,
    scenarios,
)
from geo_assen.services.session import Session
from geo_assen.services.uptake import UptakeReport, uptake_report

__all__ = ["HORIZONS", "ForecastReport", "forecast_report"]

HORIZONS = (5, 10, 15)
"""Numbers of years ahead that are usually asked for."""

_NO_YEARS = (1, 0)


@dataclass(frozen=True)
class ForecastReport:
    """What uptake to reckon with, and how well that could have been said in the past.

    Attributes
    ----------
    as_of, park
        Day and park (None: the municipality) whose history is used.
    horizon_years
        Years ahead.
    history
        Whole years of the records, and their deals.
    bench
        How each method did on that history.
    forecasts
        One for each method, by name; empty where the history is too short.
    scenarios
        Slowest and fastest pace on record; None without a history.
    replacement
        Demand of firms that have to leave withdrawn land, a line of its own; None without a
        history.
    is_illustrative
        Whether the history is drawn or modelled.
    """

    as_of: date
    park: str | None
    horizon_years: int
    history: History
    bench: Backtest
    forecasts: dict[str, Forecast]
    scenarios: Scenarios | None
    replacement: ReplacementDemand | None
    is_illustrative: bool
    method_version: str = FORECAST_METHOD_VERSION

    @property
    def chosen(self) -> Forecast | None:
        """Forecast of the method that did best; of the first one where that is not told."""
        return self.forecasts.get(self.bench.best_method or next(iter(METHODS)))


def forecast_report(
    session: Session,
    *,
    as_of: date,
    known_at: date | None = None,
    park: str | None = None,
    horizon_years: int = 10,
    return_share: float = 1.0,
) -> ForecastReport:
    """Answer what uptake to reckon with in the coming years.

    Parameters
    ----------
    park
        Code of one park; None: the whole municipality.
    return_share
        Part of withdrawn land that firms look for again, 0 to 1. Nobody measured it: 1 is
        the most that it can be.

    Raises
    ------
    NotFound
        If there is no such park.
    ArgumentRefused
        If the horizon is no whole number from 1 to 30, or the share is not within 0 to 1.
    """
    report = uptake_report(session, as_of=as_of, known_at=known_at, park=park)
    years = (report.first_year, report.last_year)

    def build() -> _Bench:
        return _bench(session, report, horizon_years, return_share)

    # From one day to the next the history seldom changes: a year ends, a plot is surveyed.
    history = (years, tuple(report.rows["uptake_m2"]), known_at, park)
    found = session.kept(("forecast_bench", history, horizon_years, return_share), build)
    return ForecastReport(
        as_of, park, horizon_years, *found, is_illustrative=report.is_illustrative
    )


_Bench = tuple[
    History, Backtest, dict[str, Forecast], Scenarios | None, ReplacementDemand | None
]


def _bench(
    session: Session, report: UptakeReport, horizon_years: int, return_share: float
) -> _Bench:
    first, last = report.first_year, report.last_year
    years = _NO_YEARS if first is None or last is None else (first, last)
    history = history_of(report.rows, *years)
    told = {name: forecast(history, name, horizon_years) for name in METHODS}
    withdrawn = _withdrawn(session, report, history)
    return (
        history, backtest(history),
        {name: found for name, found in told.items() if found is not None},
        scenarios(history, horizon_years),
        replacement_demand(withdrawn, return_share, horizon_years),
    )  # fmt: skip


def _withdrawn(
    session: Session, report: UptakeReport, history: History
) -> pd.Series[Any]:
    """Land that left the parks in each year of a history, in m², as measured at its end."""
    years = history.yearly.index
    if report.last_year is None:
        return pd.Series(0, index=years)
    end = date(report.last_year, 12, 31)
    plots, _ = session.attributes("plot", end)
    events = session.table("land_event")
    rows = withdrawal_rows(events, plots=plots, as_of=end, known_at=report.known_at)
    own = rows[rows["park"].isin(report.parks.index)]
    return own.groupby("year")["withdrawn_m2"].sum().reindex(years, fill_value=0)
