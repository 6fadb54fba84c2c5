"""Words of commuting: series, directions, figures, and a number of jobs with its bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from geo_assen import services
from geo_assen.commuting import CUT_OFF, Figure, Jobs
from geo_assen.services import CommutingReport
from geo_assen.units import format_number
from webapp.language import current_language

__all__ = [
    "BREAKS",
    "FIGURES",
    "RATIOS",
    "SERIES_TITLES",
    "SHARES",
    "SHOWS",
    "figure_words",
    "jobs_words",
    "missing_words",
    "number",
    "series_title",
    "signed",
    "year_words",
]

SHOWS: Mapping[str, LazyString] = {"in": _l("In"), "out": _l("Out"), "net": _l("Net flow")}
SERIES_TITLES: Mapping[str, LazyString] = {
    "cbs-2016-17": _l("CBS, one matrix of 2016 or 2017"),
    "cbs-81251ned": _l("CBS 81251NED, 2006-2014"),
    "cbs-83628ned": _l("CBS 83628NED, 2014-2020"),
    "cbs-85481ned": _l("CBS 85481NED, from 2021 on"),
}
BREAKS: Mapping[str, LazyString] = {
    "road_distance": _l("distance measured along roads, and another table"),
    "new_method": _l("a renewed method, and another table"),
    "other_series": _l("another series"),
}
FIGURES: Mapping[str, LazyString] = {
    "in_jobs": _l("Incoming: jobs here of people from elsewhere"),
    "out_jobs": _l("Outgoing: jobs elsewhere of residents"),
    "net_jobs": _l("Net: incoming less outgoing"),
    "live_and_work_jobs": _l("Live and work here"),
    "local_jobs": _l("All jobs here"),
    "resident_jobs": _l("All jobs of residents"),
    "in_per_out": _l("Incoming per outgoing job"),
    "contained_residents_share": _l("Part of the jobs of residents that is here"),
    "contained_jobs_share": _l("Part of the jobs here that residents hold"),
    "local_per_resident_job": _l("Jobs here per job of a resident"),
}
SHARES = frozenset({"contained_residents_share", "contained_jobs_share"})
"""Figures that are parts of a whole."""
RATIOS = SHARES | {"in_per_out", "local_per_resident_job"}
"""Figures that are no numbers of jobs."""


def series_title(series: str) -> str:
    """What a series is called; its id where we know no name for it."""
    return str(SERIES_TITLES.get(series, series))


def number(value: float) -> str:
    """Whole number with the thousands sign of the reader."""
    return format_number(value, current_language())


def signed(value: float) -> str:
    """Whole number with its sign, plus too."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{number(abs(value))}"


def year_words(report: CommutingReport) -> str:
    """The year of a report; of the one matrix also the other that it may be of."""
    year = report.year
    if report.series in CUT_OFF:
        return _("%(year)s or %(next)s", year=year, next=year + 1)
    return str(year)


def jobs_words(
    jobs: Jobs | None, *, is_signed: bool = False, is_least: bool = False
) -> str:
    """A number of jobs, and between which it lies where it was rounded.

    The bounds are written outwards: what is written never leaves out what may be. Of a number
    that is a lower bound only the least is written.
    """
    if jobs is None:
        return _("not published")
    if is_least:
        return _("at least %(jobs)s", jobs=number(jobs.low))
    value = signed(jobs.value) if is_signed else number(jobs.value)
    if jobs.is_exact:
        return value
    decimals = 1 if jobs.low % 100 == 0 and jobs.high % 100 == 0 else 2
    step = 1000 // 10**decimals
    low, high = math.floor(jobs.low / step) * step, math.ceil(jobs.high / step) * step
    ends = [_thousands(end, decimals, is_signed=is_signed) for end in (low, high)]
    between = (" … " if is_signed else "–").join(ends)
    return _("%(value)s (%(between)s thousand)", value=value, between=between)


def figure_words(name: str, figure: Figure | None, *, is_least: bool) -> str:
    """A figure by its name, with the bounds that may be told of it.

    Parameters
    ----------
    is_least
        Whether it is a lower bound only.
    """
    if figure is None:
        return _("not published")
    if name in RATIOS:
        return _ratio_words(figure, is_share=name in SHARES)
    value = round(figure.value or 0)
    low = value if figure.low is None else round(figure.low)
    high = value if figure.high is None else round(figure.high)
    return jobs_words(Jobs(value, low, high), is_signed=name == "net_jobs", is_least=is_least)


def missing_words(missing: services.FlowsNotFound) -> str:
    """Which flows are not stored, and which are."""
    if not missing.stored:
        return _("No flows of commuters of %(area)s are stored.", area=missing.area or "")
    asked = [] if missing.year is None else [str(missing.year)]
    if missing.series is not None:
        asked.append(series_title(missing.series))
    return _(
        "No flows of commuters are stored of: %(asked)s. Stored: %(stored)s.",
        asked=", ".join(asked),
        stored="; ".join(f"{year}, {series_title(series)}" for series, year in missing.stored),
    )


def _ratio_words(ratio: Figure, *, is_share: bool) -> str:
    """A ratio, and between which it lies where that is more than a point."""
    if ratio.value is None:
        return _("undefined")
    factor, decimals = (100, 1) if is_share else (1, 2)
    unit = " %" if is_share else ""
    value = format_number(ratio.value * factor, current_language(), decimals)
    if ratio.low is None or ratio.low == ratio.high:
        return value + unit
    return f"{value} ({_ratio_ends(ratio, factor, decimals)}){unit}"


def _ratio_ends(ratio: Figure, factor: int, decimals: int) -> str:
    ends = []
    for end, outwards in ((ratio.low, math.floor), (ratio.high, math.ceil)):
        if end is None:
            ends.append(_("undefined"))
            continue
        whole = outwards(round(end * factor * 10**decimals, 9))
        ends.append(format_number(whole / 10**decimals, current_language(), decimals))
    return "–".join(ends)


def _thousands(jobs: int, decimals: int, *, is_signed: bool) -> str:
    text = format_number(abs(jobs) / 1000, current_language(), decimals)
    if not is_signed:
        return text
    return f"{'+' if jobs > 0 else '−' if jobs < 0 else ''}{text}"
