"""Words of the monitor: values with their unit, differences, reasons, pages behind layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from geo_assen.monitor import Difference, Reference, SdgPair, StatedFigure
from geo_assen.services import MonitorReport
from geo_assen.units import format_number
from webapp.language import current_language

__all__ = [
    "area_words",
    "difference_words",
    "goal_words",
    "number_words",
    "open_questions",
    "own_words",
    "pages_of",
    "reason_words",
    "signed_words",
    "stated_decimals",
    "value_words",
]

_UNITS: Mapping[str, LazyString] = {
    "pendelaars": _l("commuters"),
    "verhouding": _l("to 1"),
    "banen per 1.000": _l("jobs per 1,000"),
    "per 1.000 vestigingen": _l("per 1,000 establishments"),
    "rang": _l("(rank)"),
    "score 0-100": _l("of 100"),
    "ha per jaar": _l("ha a year"),
    "personen": _l("people"),
    "winkels": _l("shops"),
    "banen": _l("jobs"),
}
"""Units of the list of indicators, which speaks Dutch; others stand as they are."""

_ENGLISH_AREAS: Mapping[str, str] = {
    "NL": "Netherlands",
    "NL-middelgrote-stad": "Medium-sized city in the Netherlands",
    "NL-noord": "Northern Netherlands",
    "NL-noord-drenthe": "North Drenthe",
    "REGIO-GA": "Groningen-Assen region",
}
"""Reference areas by code: their names on record are Dutch. Others stand as they are named."""

_ENGLISH_GOALS: Mapping[int, str] = {
    1: "No poverty",
    2: "Zero hunger",
    3: "Good health and well-being",
    4: "Quality education",
    5: "Gender equality",
    6: "Clean water and sanitation",
    7: "Affordable and clean energy",
    8: "Decent work and economic growth",
    9: "Industry, innovation and infrastructure",
    10: "Reduced inequalities",
    11: "Sustainable cities and communities",
    12: "Responsible consumption and production",
    13: "Climate action",
    14: "Life below water",
    15: "Life on land",
    16: "Peace, justice and strong institutions",
    17: "Partnerships for the goals",
}
"""Names that the United Nations give the goals; the Dutch ones are those of the document."""

_SHARE = "share"
_REASONS: Mapping[str, LazyString] = {
    "unit": _l("another unit"),
    "year": _l("another year, or none stated"),
    "definition": _l("another definition"),
}
_PAGES: tuple[tuple[str, LazyString, frozenset[str]], ...] = (
    ("/sites", _l("Sites"), frozenset({"sites", "plots", "premises"})),
    ("/match", _l("Match"), frozenset({"sites"})),
    ("/uptake", _l("Uptake"), frozenset({"business_parks", "plots", "land_events"})),
    ("/vacancy", _l("Vacancy"), frozenset({"vacancy", "premises"})),
    ("/commuting", _l("Commuting"), frozenset({"commuter_flows"})),
    ("/leisure", _l("Leisure"), frozenset({"attractions", "events", "visit_counts"})),
)
"""Pages with the layers that they tell of."""

_MINUS = "\u2212"
_NO_BREAK = "\u00a0"
_MOST_DECIMALS = 3


def number_words(value: float, least_decimals: int = 0) -> str:
    """Number with as many decimals as it has, three at most."""
    decimals = max(_decimals(value), least_decimals)
    return format_number(value, current_language(), decimals).replace("-", _MINUS)


def value_words(value: float, unit: str, least_decimals: int = 0) -> str:
    """Value with its unit; a share in percents."""
    written = number_words(_as_written(value, unit), least_decimals)
    word = "m²" if unit == "m2" else "%" if unit == _SHARE else str(_UNITS.get(unit, unit))
    return f"{written}{_NO_BREAK}{word}"


def stated_decimals(figures: Iterable[StatedFigure], like: StatedFigure) -> int:
    """Decimals that a figure was stated with: the most of those of its name and unit.

    A number keeps no zeros at its end, but its source writes all areas alike: 7.9, 6.0, 5.8.
    """
    return max(
        _decimals(_as_written(one.value, one.unit))
        for one in (*figures, like)
        if (one.name, one.unit) == (like.name, like.unit)
    )


def _as_written(value: float, unit: str) -> float:
    return round(value * 100, 1) if unit == _SHARE else value


def _decimals(value: float) -> int:
    most = round(value, _MOST_DECIMALS)
    return next(n for n in range(_MOST_DECIMALS + 1) if round(value, n) == most)


def difference_words(difference: Difference, unit: str) -> str:
    """How far ours lies above or below: in the unit, then as a share of the reference."""
    if unit == _SHARE:
        points = signed_words(round(difference.value * 100, 1))
        told = _("%(points)s percentage points", points=points)
    else:
        told = signed_words(difference.value)
    if difference.relative_share is None:
        return told
    return f"{told} ({signed_words(round(difference.relative_share * 100, 1))}{_NO_BREAK}%)"


def reason_words(reference: Reference) -> str:
    """Why a reference is not compared; empty where nothing of ours stands beside it."""
    told = [str(_REASONS[reason]) for reason in reference.reasons if reason in _REASONS]
    return _("not comparable: %(reasons)s", reasons="; ".join(told)) if told else ""


def own_words(report: MonitorReport) -> str:
    """Name of our area; where no area of its code is on record, what it is."""
    code, name = report.municipality
    return _("the municipality") if name == code else name


def area_words(report: MonitorReport, code: str) -> str:
    """Name of an area: as it is on record, in English where the reader's is and there is one."""
    named = report.area_names.get(code, code)
    return named if current_language() == "nl" else _ENGLISH_AREAS.get(code, named)


def goal_words(pair: SdgPair) -> str:
    """Name of a goal: that of the document, or in English that of the United Nations."""
    if current_language() == "nl":
        return pair.name
    return _ENGLISH_GOALS.get(pair.sdg_number, pair.name)


def pages_of(layers: Iterable[str], built: Iterable[str]) -> list[tuple[str, str]]:
    """Path and title of the pages that tell of any of the layers, of those that are built."""
    asked, paths = frozenset(layers), frozenset(built)
    return [
        (path, str(title)) for path, title, told in _PAGES if path in paths and told & asked
    ]


def open_questions() -> list[str]:
    """What the document as a whole leaves open; what is open of one figure stands beside it."""
    return [
        _("The scores of the goals have no year and no maker. The text calls them percentages "
          "relative to the country, the figure shows two scores of 0 to 100; here they stand as "
          "scores. The document shows 8 of the 17 goals, without their numbers: those were "
          "added. Its text has “1000” at every bar: the 100 and the 0 of the axis."),
        _("Of these scores the text says that sustainable energy and accessible education do "
          "well and the others vary. That agrees with the pairs: those two alone lie above the "
          "country, health care is level with it."),
        _("Group 3 is called after the municipal sustainability index, which goes from 0 to 10: "
          "that is not the scale of the scores of the goals. The document has no figure of the "
          "index itself."),
        _("The agenda is for 2020-2025 and speaks of a course for six years, its ambition of “in "
          "ten years”. The baseline is 2019, the goals, which Assen supports since 2019, are for "
          "2030. It follows the policy of 2008, the city dialogue of 18 April 2019 and the "
          "outline note of June 2019."),
        _("Of 2040 the document says, besides the growth of those over 65, that the young of 0 "
          "to 18 grow somewhat in number and that on balance the working population shrinks. It "
          "has no figures of either."),
        _("The strong sectors have more than one name: “Zorg & Innovatie, Energie & Innovatie, "
          "(overheid)diensten, Vrijetijdseconomie” in one place, “vrijetijdseconomie, "
          "zorgsector, rijksdiensten en energiesector” in the matrix."),
        _("How many people both live and work in Assen is not stated, so that the share of "
          "residents who work in their own municipality cannot be worked out from the agenda."),
        _("The document has no hectares, plots or vacancy rates. What stands here of those comes "
          "from other sources, named at each figure, or from this platform itself."),
    ]  # fmt: skip


def signed_words(value: float) -> str:
    """Number with its sign; 0 has none."""
    written = number_words(value)
    return f"+{written}" if value > 0 else written
