"""The tables of the uptake, out of the reports of the services."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import pandas as pd
from flask_babel import gettext as _

from geo_assen import services
from geo_assen.access import Role
from geo_assen.land import UptakeBy
from geo_assen.services import ForecastReport, UptakeReport
from geo_assen.units import format_date
from webapp.auth.roles import current_role
from webapp.figures import Column, Table
from webapp.land.question import Question
from webapp.land.words import (
    BY_TITLES,
    METHODS,
    STOCK_TITLES,
    STOCKS,
    code_words,
    sector_words,
    size_words,
)
from webapp.language import current_language
from webapp.store import current_store

__all__ = ["SOON_DAYS", "TABLES", "Told", "file_table", "told"]

SOON_DAYS = 30
"""Days within which the end of an option or reservation is told on top."""

_STOCK = (
    "net_area_m2", "issued_m2", "issuable_m2", "immediately_issuable_m2", "not_yet_issuable_m2",
    "optioned_m2", "reserved_m2", "hard_plan_m2",
)  # fmt: skip
_BANDS = ("p10_m2", "p50_m2", "p90_m2")
_ERRORS = ("mae_1y_m2", "mae_3y_m2", "bias_m2", "pinball_m2")


@dataclass(frozen=True)
class Told:
    """The reports that answer a question."""

    asked: Question
    report: UptakeReport

    @cached_property
    def forecast(self) -> ForecastReport:
        """Forecast of the same question; it costs more than all else, so it is asked last."""
        asked = self.asked
        return services.forecast_report(
            current_store(),
            as_of=asked.as_of,
            known_at=asked.known_at,
            park=asked.park,
            horizon_years=asked.horizon_years,
            return_share=asked.return_share,
        )

    @property
    def day(self) -> str:
        """Reference date in words."""
        return format_date(self.asked.as_of, current_language())

    @property
    def running_year(self) -> int | None:
        """Year of the date where that is not over on it; None where it is."""
        year = self.asked.as_of.year
        return year if (self.asked.as_of + timedelta(days=1)).year == year else None

    def table(self, name: str, caption: str, columns: list[Column], rows: list[Any]) -> Table:
        """Table whose rows all rest on what the report rests on."""
        certainty = ", ".join(self.report.certainties)
        values = tuple(tuple(row[column.name] for column in columns) for row in rows)
        return Table(name, caption, tuple(columns), values, (certainty,) * len(rows))


def told(asked: Question) -> Told:
    """Ask the services.

    Raises
    ------
    NotFound
        If there is no such park.
    """
    report = services.uptake_report(
        current_store(),
        as_of=asked.as_of,
        known_at=asked.known_at,
        park=asked.park,
        years=asked.years,
        role=current_role(),
    )
    return Told(asked, report)


def stock_table(found: Told) -> Table:
    """Stock of each park; its parts add up to net."""
    columns = [
        Column("park", _("Code"), shown=False),
        Column("name", _("Business park")),
        *(Column(name, str(STOCK_TITLES[name]), "ha") for name in _STOCK),
    ]
    report = found.report
    rows = [
        (str(code), str(row["name"] or code), *_amounts(row))
        for code, row in report.parks.iterrows()
    ]
    certainties = tuple("" if pd.isna(c) else str(c) for c in report.parks["certainty"])
    total = ("", _("All together"), *_amounts(report.total)) if len(rows) > 1 else None
    caption = _("Stock by business park on %(day)s, in hectares", day=found.day)
    return Table("stock", caption, tuple(columns), tuple(rows), certainties, total)


def _amounts(row: Any) -> list[int]:
    amounts = {name: int(row[name]) for name in _STOCK if name in row.index}
    taken = ("immediately_issuable_m2", "optioned_m2", "reserved_m2")
    rest = amounts["issuable_m2"] - sum(amounts[name] for name in taken)
    # Below zero only where the events contradict each other.
    return [max(rest, 0) if name == "not_yet_issuable_m2" else amounts[name] for name in _STOCK]


def uptake_table(found: Told, by: UptakeBy | None = None) -> Table:
    """Uptake by year and one thing beside it, with the price realised."""
    by = by or found.asked.by
    if by == "year":
        return yearly_table(found)
    words: Mapping[str, Callable[[], Mapping[str, str]]] = {
        "park": lambda: {str(c): str(n or c) for c, n in found.report.parks["name"].items()},
        "sector": sector_words,
        "size": size_words,
    }
    columns = [
        Column(by, str(BY_TITLES[by]), words=words[by]()),
        Column("year", _("Year"), "year"),
        *_uptake_columns(),
    ]
    rows = [_plain(row) for row in found.report.uptake(by, found.asked.year).to_dict("records")]
    caption = _("Uptake by %(what)s until %(day)s", what=str(BY_TITLES[by]).lower(), day=found.day)
    return found.table(f"uptake-{by}", caption, columns, rows)


def yearly_table(found: Told) -> Table:
    """Uptake of every year on record, one without a deed as 0, and of the running year."""
    report = found.report
    by_year = {int(row["year"]): _plain(row) for row in report.uptake("year").to_dict("records")}
    nothing = {"uptake_m2": 0, "deeds": 0, "price_eur_m2": None, "priced_deeds": 0}
    rows = [
        {"year": year, **by_year.get(year, nothing), "whole_year": year != found.running_year}
        for year in _years(found, list(by_year))
        if found.asked.year in {None, year}
    ]
    columns = [
        Column("year", _("Year"), "year"),
        *_uptake_columns(),
        Column("whole_year", _("Whole year"), "flag"),
    ]
    caption = _("Uptake by year until %(day)s", day=found.day)
    return found.table("uptake-year", caption, columns, rows)


def _years(found: Told, with_deeds: list[int]) -> list[int]:
    report, running = found.report, found.running_year
    first, last = report.first_year, report.last_year
    if first is None or last is None:
        return list(range(min(with_deeds), max(with_deeds) + 1)) if with_deeds else []
    return list(range(first, (last if running is None else running) + 1))


def _uptake_columns() -> list[Column]:
    return [
        Column("uptake_m2", _("Uptake (ha)"), "ha"),
        Column("deeds", _("Deeds"), "count"),
        Column("price_eur_m2", _("Price realised (€ per m²)"), "eur_m2"),
        Column("priced_deeds", _("Deeds with a price"), "count", shown=False),
    ]


def supply_table(found: Told) -> Table:
    """Years that each stock lasts, at the mean of the last 3, 5 and 10 years."""
    rows = []
    for stock in services.STOCKS:
        for years, mean in found.report.means.items():
            supply = found.report.supply(stock, years)
            rows.append(
                {
                    "stock": stock,
                    "stock_m2": int(found.report.total[stock]),
                    "years": years,
                    "first_year": mean.first_year if mean else None,
                    "last_year": mean.last_year if mean else None,
                    "mean_uptake_m2": round(mean.mean_m2) if mean else None,
                    "value": supply.value,
                    "low": supply.low,
                    "high": supply.high,
                }
            )
    undefined = _("undefined")
    columns = [
        Column("stock", _("Stock"), words={name: str(title) for name, title in STOCKS.items()}),
        Column("stock_m2", _("Stock (ha)"), "ha"),
        Column("years", _("Mean of (years)"), "count"),
        Column("first_year", _("from"), "year"),
        Column("last_year", _("up to"), "year"),
        Column("mean_uptake_m2", _("Mean uptake (ha a year)"), "ha"),
        Column("value", _("Lasts (years)"), "years", missing=undefined),
        Column("low", _("at least"), "years", missing=undefined),
        Column("high", _("at most"), "years", missing=undefined),
    ]
    return found.table("supply", _("Years of supply on %(day)s", day=found.day), columns, rows)


def forecast_table(found: Told) -> Table:
    """Uptake that was, and that has to be reckoned with, year by year."""
    forecast = found.forecast
    rows: list[dict[str, Any]] = [
        {"year": int(year), "uptake_m2": int(amount), **dict.fromkeys(_BANDS)}
        for year, amount in forecast.history.yearly.items()
    ]
    chosen = forecast.chosen
    if chosen is not None:
        rows += [
            {"year": int(str(year)), "uptake_m2": None, **{n: round(float(row[n])) for n in _BANDS}}
            for year, row in chosen.yearly.iterrows()
        ]
    columns = [
        Column("year", _("Year"), "year"),
        Column("uptake_m2", _("Uptake (ha)"), "ha"),
        Column("p10_m2", _("Low: 1 in 10 stays below (ha)"), "ha"),
        Column("p50_m2", _("Middle (ha)"), "ha"),
        Column("p90_m2", _("High: 1 in 10 goes above (ha)"), "ha"),
    ]
    method = str(METHODS[chosen.method]) if chosen else _("none")
    caption = _("Forecast of the uptake, method: %(method)s", method=method)
    return found.table("forecast", caption, columns, rows)


def scenario_table(found: Told) -> Table:
    """The slowest and fastest pace on record, and the demand of firms that have to leave."""
    forecast = found.forecast
    rows: list[dict[str, Any]] = []
    if forecast.scenarios is not None:
        for name in ("low", "high"):
            pace = getattr(forecast.scenarios, name)
            rows.append(
                {"scenario": name, "first_year": pace.first_year, "last_year": pace.last_year,
                 "yearly_m2": round(pace.yearly_m2), "total_m2": round(pace.total_m2)}
            )  # fmt: skip
    if forecast.replacement is not None:
        told = forecast.replacement
        rows.append(
            {"scenario": "replacement", "first_year": None, "last_year": None,
             "yearly_m2": round(told.yearly_m2), "total_m2": round(told.total_m2)}
        )  # fmt: skip
    words = {
        "low": _("Slowest pace"), "high": _("Fastest pace"), "replacement": _("Replacement demand"),
    }  # fmt: skip
    columns = [
        Column("scenario", _("Scenario"), words=words),
        Column("first_year", _("from"), "year"),
        Column("last_year", _("up to"), "year"),
        Column("yearly_m2", _("ha a year"), "ha"),
        Column("total_m2", _("ha in %(n)s years", n=forecast.horizon_years), "ha"),
    ]
    return found.table("scenarios", _("Scenarios, beside the forecast"), columns, rows)


def error_table(found: Told) -> Table:
    """How far off each method would have been in past years."""
    bench = found.forecast.bench
    rows = [
        {
            **{name: None if pd.isna(row[name]) else round(float(row[name])) for name in _ERRORS},
            "method": row["method"],
            "origins": int(row["origins"]),
            "origins_3y": int(row["origins_3y"]),
            "band_share": None if pd.isna(row["band_share"]) else float(row["band_share"]),
            "is_winner": row["method"] == bench.winner,
        }
        for row in bench.table.to_dict("records")
    ]
    columns = [
        Column("method", _("Method"), words={n: str(title) for n, title in METHODS.items()}),
        Column("mae_1y_m2", _("Off by, one year ahead (ha)"), "ha"),
        Column("origins", _("times tried"), "count"),
        Column("mae_3y_m2", _("Off by, three years together (ha)"), "ha"),
        Column("origins_3y", _("times tried"), "count"),
        Column("bias_m2", _("Too much on average (ha)"), "ha"),
        Column("band_share", _("Within its band, in percents"), "share"),
        Column("pinball_m2", _("Loss over the band (ha)"), "ha"),
        Column("is_winner", _("Least wrong"), "flag"),
    ]
    return found.table("errors", _("How the methods did on the past"), columns, rows)


def promise_table(found: Told) -> Table:
    """Options and reservations that end soon; names of parties for staff alone."""
    asked = found.asked
    frame = services.ending_promises(
        current_store(),
        as_of=asked.as_of,
        within_days=SOON_DAYS,
        known_at=asked.known_at,
        role=current_role(),
    )
    frame = frame[frame["park"].isin(found.report.parks.index)]
    columns = [
        Column("kind", _("Kind"), words=code_words("land_event_kind")),
        Column("plot", _("Code of the plot"), shown=False),
        Column("plot_name", _("Plot")),
        Column("park", _("Business park"), words=dict(found.report.parks["name"].items())),
        Column("since", _("since"), "date"),
        Column("until", _("up to and including"), "date"),
        Column("days_left", _("Days left"), "count"),
        Column("priority_rank", _("Rank"), "count"),
        Column("wanted_m2", _("Area (ha)"), "ha"),
        Column("waits", _("Waits for another"), "flag"),
    ]
    if current_role() >= Role.STAFF:
        columns.append(Column("party", _("Party")))
    rows = [_plain(row) for row in frame.to_dict("records")]
    caption = _("Options and reservations that end within %(n)s days of %(day)s",
                n=SOON_DAYS, day=found.day)  # fmt: skip
    return found.table("promises", caption, columns, rows)


TABLES: Mapping[str, Callable[[Told], Table]] = {
    "stock": stock_table,
    "uptake": uptake_table,
    "supply": supply_table,
    "forecast": forecast_table,
    "scenarios": scenario_table,
    "errors": error_table,
    "promises": promise_table,
}
"""Tables by the name that a file is asked for."""


def file_table(name: str, asked: Question) -> Table:
    """Table of a file."""
    return TABLES[name](told(asked))


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Row whose missing values are None."""
    return {str(name): None if _is_missing(value) else value for name, value in row.items()}


def _is_missing(value: Any) -> bool:
    return value is None or (not isinstance(value, date) and value != value)  # noqa: PLR0124  NaN
