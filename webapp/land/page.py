"""What the templates of the uptake get to see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd

from geo_assen import services
from geo_assen.access import Role
from geo_assen.land import UPTAKE_BY
from geo_assen.units import format_quantity
from webapp.auth.roles import current_role
from webapp.fields import written_number
from webapp.figures import Replay, replay_of
from webapp.land import drawings, sentences, tables
from webapp.land.ledger import latest_events
from webapp.land.question import Question
from webapp.land.tables import Told
from webapp.land.words import BY_TITLES, layer_words
from webapp.language import current_language
from webapp.store import current_store

__all__ = ["frame_of", "live_part", "outlook_part"]

_USUAL_SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)


def live_part(found: Told) -> dict[str, Any]:
    """Figures that follow the date slider."""
    report, by = found.report, found.asked.by
    stock, supply = tables.stock_table(found), tables.supply_table(found)
    yearly = tables.yearly_table(found)
    left, shares = drawings.stock_figures(stock)
    return {
        "asked": found.asked,
        "report": report,
        "answer": sentences.answer(found),
        "shortness": sentences.shortness_sentence(report),
        "iron": sentences.iron_sentence(report),
        "known": sentences.known_sentence(report),
        "promises": tables.promise_table(found),
        "soon_days": tables.SOON_DAYS,
        "stock": stock,
        "left_figure": left,
        "stock_figure": shares,
        "yearly": yearly,
        "uptake_figure": drawings.uptake_figure(found, yearly) if yearly.rows else None,
        "by_table": None if by == "year" else tables.uptake_table(found),
        "supply": supply,
        "supply_figure": drawings.supply_figure(supply),
        "events": latest_events(found) if current_role() >= Role.STAFF else None,
        "is_staff": current_role() >= Role.STAFF,
        "language": current_language(),
        "is_empty": report.parks.empty,
    }


def outlook_part(found: Told) -> dict[str, Any]:
    """The forecast and how far to trust it."""
    forecast = found.forecast
    table, errors = tables.forecast_table(found), tables.error_table(found)
    return {
        "forecast": forecast,
        "method": sentences.method_sentence(forecast),
        "total": sentences.total_sentence(forecast),
        "replacement": sentences.replacement_sentence(forecast),
        "forecast_table": table,
        "forecast_figure": drawings.forecast_figure(found, table),
        "scenarios": tables.scenario_table(found),
        "errors": errors,
        "error_figure": drawings.error_figure(errors),
    }


def frame_of(found: Told) -> dict[str, Any]:
    """What stands around the figures: choices, legend, slider."""
    asked, catalogue = found.asked, current_store().catalogue
    return {
        "replay": _replay(asked),
        "legend_layer": catalogue.layers["plots"],
        "choices": {
            "park": layer_words("business_parks", asked.as_of),
            "years": _numbers(services.WINDOWS),
            "by": [(name, BY_TITLES[name]) for name in UPTAKE_BY],
            "year": _numbers(_years(found)),
            "horizon": _numbers(services.HORIZONS),
            "return_share": _shares(asked.return_share),
            "share": written_number(asked.return_share),
        },
    }


def _numbers(numbers: Iterable[int]) -> list[tuple[str, str]]:
    return [(str(number), str(number)) for number in numbers]


def _shares(chosen: float) -> list[tuple[str, str]]:
    """Shares that can be picked, the chosen one among them."""
    shares = sorted({*_USUAL_SHARES, chosen}, reverse=True)
    return [(written_number(s), format_quantity(s, "share", current_language())) for s in shares]


def _years(found: Told) -> list[int]:
    """Years with uptake, the latest first, and the one that is asked."""
    years = {int(year) for year in found.report.rows["year"].unique()}
    if found.asked.year is not None:
        years.add(found.asked.year)
    return sorted(years, reverse=True)


def _replay(asked: Question) -> Replay | None:
    """Slider over all that was recorded; None where nothing was."""
    store, today = current_store(), services.today()
    events = services.layer_rows(store, "land_events", as_of=today, role=current_role()).frame
    if events.empty:
        return None
    last = max(today, asked.as_of)
    known = services.uptake_report(
        store, as_of=last, known_at=asked.known_at, park=asked.park, role=current_role()
    )
    deeds = known.rows.loc[known.rows["kind"] == "deed", "effective_on"]
    first: date = min(events["effective_on"])
    return replay_of(first, today, asked.as_of, (pd.Timestamp(day).date() for day in deeds))
