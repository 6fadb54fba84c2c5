"""The figures of the uptake in sentences: the answer first, and why where there is none."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from geo_assen.services import ForecastReport, UptakeReport
from geo_assen.units import format_date, format_number
from webapp.figures import ha, shown
from webapp.land.tables import Told
from webapp.land.words import METHODS
from webapp.language import current_language
from webapp.ledger_words import no_event_words

__all__ = [
    "answer",
    "iron_sentence",
    "known_sentence",
    "method_sentence",
    "replacement_sentence",
    "shortness_sentence",
    "total_sentence",
]


def answer(found: Told) -> str:
    """Stock, and how long it lasts."""
    report = found.report
    if not report.is_recorded:
        return _("How much land is issuable is not known: %(why)s.",
                 why=no_event_words(report.as_of))  # fmt: skip
    stock = ha(report.total["issuable_m2"])
    mean, supply = report.mean, report.supply()
    if mean is None:
        return _("%(stock)s ha still issuable; how long it lasts is undefined: not one whole "
                 "year is on record on this date.", stock=stock)  # fmt: skip
    period = str(mean.last_year) if mean.used == 1 else f"{mean.first_year}-{mean.last_year}"
    if supply.value is None:
        return _("%(stock)s ha still issuable; how long it lasts is undefined: on balance no land "
                 "was handed over in %(period)s.", stock=stock, period=period)  # fmt: skip
    undefined = _("undefined")
    value, low, high = (
        undefined if n is None else shown(n, "years")
        for n in (supply.value, supply.low, supply.high)
    )
    if mean.used == 1:  # which has no band
        return _("%(stock)s ha still issuable; at the pace of %(year)s enough for %(value)s years.",
                 stock=stock, year=mean.last_year, value=value)  # fmt: skip
    return _("%(stock)s ha still issuable; at the pace of the last %(num)s years (%(period)s) "
             "enough for %(value)s years (%(low)s to %(high)s).", stock=stock, num=mean.used,
             period=period, value=value, low=low, high=high)  # fmt: skip


def shortness_sentence(report: UptakeReport) -> str | None:
    """That fewer years are on record than were asked for; None where there are enough."""
    mean = report.mean
    if mean is None or mean.used >= report.years:
        return None
    return ngettext(
        "The mean was asked of %(asked)s years; only %(num)s whole year is on record.",
        "The mean was asked of %(asked)s years; only %(num)s whole years are on record.",
        mean.used, asked=report.years,
    )  # fmt: skip


def iron_sentence(report: UptakeReport) -> str:
    """Land that has to be ready at any time, and whether it is."""
    iron = report.iron
    if iron is None:
        return _("Whether enough land is ready cannot be told: there is no mean uptake above 0 to "
                 "measure it by.")  # fmt: skip
    norm = format_number(iron.norm_years, current_language(), 0 if iron.norm_years % 1 == 0 else 1)
    need = _("The norm for land that has to be ready is %(norm)s years of mean uptake: "
             "%(needed)s ha.", norm=norm, needed=ha(iron.needed_m2))  # fmt: skip
    ready = ha(iron.available_m2)
    if iron.short_m2:
        have = _("%(ready)s ha can be issued immediately: %(short)s ha short.",
                 ready=ready, short=ha(iron.short_m2))  # fmt: skip
    else:
        have = _("%(ready)s ha can be issued immediately: that is enough.", ready=ready)
    return f"{need} {have}"


def known_sentence(report: UptakeReport) -> str | None:
    """What was recorded after the day of knowledge; None where no such day was asked."""
    if report.known_at is None:
        return None
    day = format_date(report.known_at, current_language())
    if not report.recorded_later:
        return _("As known on %(day)s: nothing was recorded later.", day=day)
    return ngettext(
        "As known on %(day)s: %(num)s event was recorded later and does not count.",
        "As known on %(day)s: %(num)s events were recorded later and do not count.",
        report.recorded_later, day=day,
    )  # fmt: skip


def method_sentence(forecast: ForecastReport) -> str:
    """Which method did best on the past, with its error; or why none can be named."""
    if forecast.history.lacks == "no_years":
        return _("There is no forecast: not one whole year is on record.")
    if forecast.history.lacks == "one_year":
        return _("There is no forecast: one year on record does not tell how years differ.")
    chosen, winner = forecast.chosen, forecast.bench.winner
    shown_method = str(METHODS[chosen.method]) if chosen else ""
    if winner is None:
        return _("The history is too short to compare the methods. What is shown is “%(method)s”: "
                 "how wrong it may be, nobody can tell.", method=shown_method)  # fmt: skip
    errors = forecast.bench.table.set_index("method")
    if chosen is None or winner != chosen.method:
        return _("No method did better on the past than repeating the last year, which was "
                 "%(naive)s ha off for one year ahead. What is shown is “%(method)s”, which was "
                 "%(error)s ha off: read the band, not the line.",
                 naive=ha(errors.at[winner, "mae_1y_m2"]), method=shown_method,
                 error=ha(errors.at[chosen.method, "mae_1y_m2"]) if chosen else "")  # fmt: skip
    return _("“%(method)s” did best on the past: tried %(times)s times, it was %(error)s ha off "
             "for one year ahead on average.", method=shown_method,
             times=int(errors.at[winner, "origins"]),
             error=ha(errors.at[winner, "mae_1y_m2"]))  # fmt: skip


def total_sentence(forecast: ForecastReport) -> str | None:
    """Uptake of all years ahead together; None without a forecast."""
    chosen = forecast.chosen
    if chosen is None:
        return None
    return _("%(first)s-%(last)s together: %(ha)s ha, 8 times in 10 between %(low)s and %(high)s "
             "ha.", first=chosen.years[0], last=chosen.years[-1], ha=ha(chosen.total.p50_m2),
             low=ha(chosen.total.p10_m2), high=ha(chosen.total.p90_m2))  # fmt: skip


def replacement_sentence(forecast: ForecastReport) -> str | None:
    """Demand of firms that have to leave withdrawn land; None without a history."""
    told = forecast.replacement
    if told is None:
        return None
    share = format_number(told.return_share * 100, current_language())
    return _("Replacement demand stands apart: %(withdrawn)s ha a year was withdrawn on average; "
             "if firms look for %(share)s %% of it again, that is %(total)s ha in %(n)s years.",
             withdrawn=ha(told.withdrawn_m2, 2), share=share, total=ha(told.total_m2, 2),
             n=told.horizon_years)  # fmt: skip
