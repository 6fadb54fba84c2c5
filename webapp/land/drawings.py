"""The charts of the uptake, drawn from the very rows of their tables."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from geo_assen.units import format_date, hectares
from webapp.figures import Figure, Key, Table, charts, ha, shown
from webapp.figures.charts import BarRow, Fan, MeanBand, Part, Range, RangeGroup, YearBar
from webapp.land.tables import Told
from webapp.land.words import METHODS, STOCK_TITLES, STOCKS
from webapp.language import current_language

__all__ = [
    "error_figure",
    "forecast_figure",
    "stock_figures",
    "supply_figure",
    "uptake_figure",
]

_PARTS = (
    ("issued_m2", ""),
    ("immediately_issuable_m2", "bold"),
    ("not_yet_issuable_m2", ""),
    ("optioned_m2", "hatch"),
    ("reserved_m2", "dense"),
)
"""Parts of net, in the order of their bars, each with its mark beside the colour."""


def stock_figures(table: Table) -> tuple[Figure, Figure]:
    """Parts of the net area of each park; and of what is issuable, on one scale."""
    keys = tuple(Key(name, str(STOCK_TITLES[name]), mark) for name, mark in _PARTS)
    rows = table.records()
    shares = charts.stacked_bars(
        [_stock_bar(row, _PARTS, _("%(ha)s ha net", ha=ha(row["net_area_m2"]))) for row in rows],
        each_whole=True,
    )
    left = charts.stacked_bars(
        [
            _stock_bar(row, _PARTS[1:], _("%(ha)s ha issuable", ha=ha(row["issuable_m2"])))
            for row in rows
        ]
    )
    told = "; ".join(
        _("%(park)s: %(issuable)s of %(net)s ha issuable",
          park=row["name"], issuable=ha(row["issuable_m2"]), net=ha(row["net_area_m2"]))
        for row in rows
    )  # fmt: skip
    return (
        Figure("left", _("What can still be issued, on one scale"), told, left, keys[1:]),
        Figure("stock", _("How the net area of each park is divided"), told, shares, keys),
    )


def _stock_bar(row: dict[str, Any], parts: tuple[tuple[str, str], ...], note: str) -> BarRow:
    drawn = tuple(
        Part(name, hectares(row[name]), mark, f"{STOCK_TITLES[name]}: {ha(row[name], 2)} ha")
        for name, mark in parts
    )
    return BarRow(row["name"], note, drawn)


def uptake_figure(found: Told, table: Table) -> Figure:
    """Uptake of each year, with the mean of the last ones and its band."""
    rows, mean = table.records(), found.report.mean
    band = None
    keys = [Key("year", _("Uptake of a whole year"))]
    if mean is not None and rows:
        band = MeanBand(
            mean.first_year, mean.last_year,
            hectares(mean.mean_m2), hectares(mean.low_m2), hectares(mean.high_m2),
        )  # fmt: skip
        keys.append(Key("mean", _("Mean %(first)s-%(last)s: %(ha)s ha a year",
                                  first=mean.first_year, last=mean.last_year,
                                  ha=ha(mean.mean_m2))))  # fmt: skip
        keys.append(Key("band", _("as it could have been: %(low)s to %(high)s ha",
                                  low=ha(mean.low_m2), high=ha(mean.high_m2))))  # fmt: skip
    if found.running_year is not None:
        day = format_date(found.asked.as_of, current_language())
        keys.append(Key("running", _("%(year)s is not over: until %(day)s",
                                     year=found.running_year, day=day), "hatch"))  # fmt: skip
    bars = _year_bars(rows)
    told = "; ".join(bar.title for bar in bars[-5:])
    chart = charts.year_chart(bars, band, _("ha"))
    return Figure("uptake", _("Uptake by year"), told, chart, tuple(keys))


def _year_bars(rows: list[dict[str, Any]]) -> list[YearBar]:
    return [
        YearBar(
            row["year"], hectares(row["uptake_m2"]), row.get("whole_year", True),
            _("%(year)s: %(ha)s ha", year=row["year"], ha=ha(row["uptake_m2"], 2)),
        )
        for row in rows
    ]  # fmt: skip


def supply_figure(table: Table) -> Figure:
    """How long each stock lasts, by the years of which the mean is taken."""
    rows = table.records()
    groups = [
        RangeGroup(str(title), tuple(_range(row) for row in rows if row["stock"] == stock))
        for stock, title in STOCKS.items()
    ]
    told = "; ".join(
        f"{group.title}, {one.label}: {one.text}" for group in groups for one in group.ranges
    )
    keys = (Key("value", _("at the mean uptake")), Key("whisker", _("at the high and the low one")))
    title = _("How many years the stock lasts")
    return Figure("supply", title, told, charts.range_chart(groups, _("years")), keys)


def _range(row: dict[str, Any]) -> Range:
    label = _("%(n)s years", n=row["years"])
    return Range(label, _span_words(row["value"], row["low"], row["high"]),
                 row["value"], row["low"], row["high"])  # fmt: skip


def _span_words(value: float | None, low: float | None, high: float | None) -> str:
    """Value with its low and high in years; the word for undefined where there is none."""
    undefined = _("undefined")
    written = [undefined if n is None else shown(n, "years") for n in (value, low, high)]
    return undefined if value is None else "{} ({} – {})".format(*written)


def forecast_figure(found: Told, table: Table) -> Figure | None:
    """What was handed over, and what has to be reckoned with; None without a forecast."""
    forecast = found.forecast
    chosen = forecast.chosen
    if chosen is None:
        return None
    rows = table.records()
    ahead = [row for row in rows if row["uptake_m2"] is None]
    low, middle, high = (
        tuple(hectares(row[name]) for row in ahead) for name in ("p10_m2", "p50_m2", "p90_m2")
    )
    keys = [
        Key("year", _("Uptake that was")),
        Key("median", _("Middle: as likely more as less")),
        Key("fan", _("8 times in 10 in between")),
    ]
    paces: tuple[float, ...] = ()
    if forecast.scenarios is not None:
        slow, fast = forecast.scenarios.low, forecast.scenarios.high
        paces = (hectares(slow.yearly_m2), hectares(fast.yearly_m2))
        keys.append(Key("pace", _("Slowest and fastest pace on record: %(low)s and %(high)s ha",
                                  low=ha(slow.yearly_m2), high=ha(fast.yearly_m2))))  # fmt: skip
    fan = Fan(tuple(row["year"] for row in ahead), low, middle, high, paces)
    history = _year_bars([row for row in rows if row["uptake_m2"] is not None])
    total = chosen.total
    told = _("%(first)s-%(last)s together: %(ha)s ha, between %(low)s and %(high)s ha",
             first=chosen.years[0], last=chosen.years[-1], ha=ha(total.p50_m2),
             low=ha(total.p10_m2), high=ha(total.p90_m2))  # fmt: skip
    chart = charts.fan_chart(history, fan, _("ha"))
    return Figure("forecast", _("Uptake that was, and what may come"), told, chart, tuple(keys))


def error_figure(table: Table) -> Figure | None:
    """How far off the methods were; None where nothing could be compared."""
    rows = [row for row in table.records() if row["mae_1y_m2"] is not None]
    if not rows:
        return None
    titles = (_("one year ahead"), _("three years together"))
    bars = []
    for row in rows:
        amounts = [
            (row["mae_1y_m2"], "error-one", ""),
            (row["mae_3y_m2"] or 0, "error-three", "hatch"),
        ]
        note = " / ".join(ha(amount) for amount, _kind, _mark in amounts) + " ha"
        if row["is_winner"]:
            note = _("least wrong: %(errors)s", errors=note)
        parts = tuple(
            Part(kind, hectares(amount), mark, f"{title}: {ha(amount, 2)} ha")
            for (amount, kind, mark), title in zip(amounts, titles, strict=True)
        )
        bars.append(BarRow(str(METHODS[row["method"]]), note, parts))
    told = "; ".join(
        _("%(method)s: %(one)s ha off one year ahead, %(three)s ha over three years",
          method=str(METHODS[row["method"]]), one=ha(row["mae_1y_m2"]),
          three="–" if row["mae_3y_m2"] is None else ha(row["mae_3y_m2"]))
        for row in rows
    )  # fmt: skip
    keys = (Key("error-one", _("Off by, one year ahead")),
            Key("error-three", _("Off by, three years together"), "hatch"))  # fmt: skip
    title = _("How far off each method was in the past")
    return Figure("errors", title, told, charts.paired_bars(bars), keys)
