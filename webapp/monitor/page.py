"""What the template of the monitor gets to see."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from geo_assen import services
from geo_assen.monitor import GROUPS, PILLARS, THEMES, Indicator, Reference, StatedFigure
from geo_assen.services import MonitorReport
from geo_assen.units import format_date
from webapp.figures import ha, shown
from webapp.frame import built_paths
from webapp.language import current_language
from webapp.ledger_words import no_event_words
from webapp.monitor.tables import sdg_figure, sdg_table
from webapp.monitor.words import (
    area_words,
    difference_words,
    open_questions,
    own_words,
    pages_of,
    reason_words,
    stated_decimals,
    value_words,
)
from webapp.store import current_store
from webapp.vacancy_words import is_nothing_known, nothing_known, unknown_sentence

__all__ = ["page_of"]

_LIVE_GROUP = "1"
"""Group of vacancy, uptake and commuters."""

_UNSTATED_GROUP = "4"
"""Group of which the document itself has no figure."""


@dataclass(frozen=True)
class Link:
    """A place to go on to."""

    title: str
    url: str


@dataclass(frozen=True)
class FigureRow:
    """One figure in words; what it does not say is an empty text.

    Attributes
    ----------
    about
        What is counted.
    beside
        How far ours lies from it, or why that is not told.
    is_compared
        Whether it is the former.
    note
        Number of the note about what stays unclear; None: there is none.
    """

    name: str
    area: str
    value: str
    year: str
    about: str
    source: str
    beside: str
    is_compared: bool
    certainty: str
    certainty_title: str
    note: int | None


@dataclass(frozen=True)
class IndicatorRows:
    """The rows of an indicator: ours first, then its references.

    Attributes
    ----------
    is_alike
        Whether the indicator before it says the same of what is counted, and by whom, so
        that it need not be said again.
    """

    name: str
    rows: tuple[FigureRow, ...]
    is_alike: bool


@dataclass(frozen=True)
class FigurePart:
    """Indicators in one table, and the notes that these point to.

    Attributes
    ----------
    id
        Name of the table on the page.
    is_folded
        Whether it is of other sources than the agenda, and opened on demand.
    """

    id: str
    title: str
    indicators: tuple[IndicatorRows, ...]
    notes: tuple[str, ...]
    is_folded: bool


@dataclass(frozen=True)
class LiveFigure:
    """A figure out of this platform.

    Attributes
    ----------
    detail
        What it is of, and when, as a part of a sentence.
    note
        What it leaves out, in a sentence of its own; empty where nothing.
    """

    title: str
    value: str
    detail: str
    link: Link
    is_illustrative: bool
    note: str = ""


@dataclass(frozen=True)
class GroupPart:
    """A monitoring group with its figures: those of the agenda, then those of others.

    Attributes
    ----------
    is_live
        Whether figures of this platform belong to it.
    is_stated
        Whether the document has figures of it.
    """

    code: str
    title: str
    items: str
    figures: tuple[FigurePart, ...]
    layers: tuple[Link, ...]
    is_live: bool
    is_stated: bool


@dataclass(frozen=True)
class CellPart:
    """A cell of the matrix."""

    task: str
    layers: tuple[Link, ...]
    pages: tuple[Link, ...]
    indicators: tuple[str, ...]


def page_of(report: MonitorReport) -> dict[str, Any]:
    """All parts of the page."""
    language = current_language()
    scores = sdg_table(report)
    return {
        "report": report,
        "language": language,
        "own": own_words(report),
        "is_empty": not report.stated,
        "live": _live(report),
        "groups": [_group(report, group.code) for group in GROUPS],
        "commuting": _rows_of(report, report.commuting, []),
        "commuting_notes": _notes(report.commuting),
        "commuting_page": _commuting_page(report.as_of),
        "sdg_table": scores,
        "sdg_figure": sdg_figure(report, scores) if scores.rows else None,
        "sdg_notes": _notes(pair.own for pair in report.sdg),
        "reference_areas": _reference_areas(report),
        "pillars": [
            (pillar.title.of(language), [item.of(language) for item in pillar.items])
            for pillar in PILLARS
        ],
        "matrix": _matrix(report),
        "open_questions": open_questions(),
    }


def _live(report: MonitorReport) -> list[LiveFigure]:
    """Vacancy and uptake of the date, each with the page that tells more of it."""
    return [*_live_vacancy(report), *_live_uptake(report)]


def _live_vacancy(report: MonitorReport) -> list[LiveFigure]:
    vacancy = report.vacancy
    total, link = vacancy.total, Link(_("Vacancy"), _dated("/vacancy", report.as_of))
    if not total["units"]:
        none = _("no premises are on record")
        return [LiveFigure(_("Vacant premises"), "–", none, link, False)]
    if is_nothing_known(total):
        told = nothing_known(total)
        return [LiveFigure(_("Vacant premises"), "–", told, link, vacancy.is_illustrative)]
    day = format_date(report.as_of, current_language())
    parts = (
        (_("Vacant premises"), "units", "vacant_units", _("%(vacant)s of %(all)s on %(day)s")),
        (_("Vacant floor area"), "floor_m2", "vacant_floor_m2",
         _("%(vacant)s of %(all)s m² on %(day)s")),
    )  # fmt: skip
    return [
        LiveFigure(
            title,
            _share_words(total[f"vacant_{share}_share"]),
            words % {"vacant": shown(total[vacant], "count"), "all": shown(total[whole], "count"),
                     "day": day},
            link,
            vacancy.is_illustrative,
            unknown_sentence(total),
        )
        for (title, whole, vacant, words), share in zip(parts, ("units", "floor"), strict=True)
    ]  # fmt: skip


def _share_words(share: float) -> str:
    """Share in percents; a dash where there is none."""
    return "–" if math.isnan(share) else f"{shown(share, 'share')}\u00a0%"


def _live_uptake(report: MonitorReport) -> list[LiveFigure]:
    link = Link(_("Uptake"), _dated("/uptake", report.as_of))
    illustrative, last, supply = report.uptake.is_illustrative, report.last_uptake, report.supply
    if report.uptake.parks.empty or not report.uptake.is_recorded:
        none = (
            _("no business parks are on record")
            if report.uptake.parks.empty
            else no_event_words(report.as_of)
        )
        titles = _("Uptake of business parks"), _("Years of supply")
        return [LiveFigure(title, "–", none, link, False) for title in titles]
    none = _("not one whole year is on record")
    told = LiveFigure(_("Uptake of business parks"), "–", none, link, illustrative)
    if last is not None:
        detail = _("in %(year)s, the last whole year", year=last[0])
        told = LiveFigure(told.title, f"{ha(last[1])}\u00a0ha", detail, link, illustrative)
    day = format_date(report.as_of, current_language())
    stock = ha(report.uptake.total["issuable_m2"])
    undefined = _("undefined")
    value, low, high = (
        undefined if one is None else shown(one, "years")
        for one in (supply.value, supply.low, supply.high)
    )
    if supply.value is None:
        years = _("%(stock)s ha issuable on %(day)s", stock=stock, day=day)
    else:
        value = _("%(value)s years", value=value)
        years = _("%(low)s to %(high)s, of %(stock)s ha issuable on %(day)s",
                  low=low, high=high, stock=stock, day=day)  # fmt: skip
    return [told, LiveFigure(_("Years of supply"), value, years, link, illustrative)]


def _group(report: MonitorReport, code: str) -> GroupPart:
    language = current_language()
    group = next(one for one in GROUPS if one.code == code)
    own = [one for one in report.indicators if one.group == code]
    of_agenda = [one for one in own if one.is_of_agenda]
    others = [one for one in own if not one.is_of_agenda]
    parts = (
        _part(report, f"{code}-agenda", _("Of the agenda"), of_agenda),
        _part(report, f"{code}-others", _("Of other sources"), others, is_folded=True),
    )
    return GroupPart(
        code=code,
        title=group.title.of(language),
        items=", ".join(item.of(language) for item in group.items),
        figures=tuple(part for part in parts if part.indicators),
        layers=_layer_links(report.layers_by_group[code], report.as_of),
        is_live=code == _LIVE_GROUP,
        is_stated=code != _UNSTATED_GROUP,
    )


def _part(
    report: MonitorReport,
    name: str,
    title: str,
    indicators: Sequence[Indicator],
    *,
    is_folded: bool = False,
) -> FigurePart:
    notes = _notes(figure for one in indicators for figure in one.figures)
    told: list[IndicatorRows] = []
    for one in indicators:
        rows = _indicator(report, one, notes)
        before = told[-1].rows[0] if told else None
        first = rows[0]
        alike = before is not None and bool(first.about) and (
            (before.about, before.source) == (first.about, first.source)
        )  # fmt: skip
        told.append(IndicatorRows(one.name, rows, alike))
    return FigurePart(name, title, tuple(told), tuple(notes), is_folded)


def _reference_areas(report: MonitorReport) -> list[str]:
    """Names of the areas that figures of ours are held against, in the order of their list."""
    codes = dict.fromkeys(one.area for one in report.stated if one.area != report.municipality[0])
    return [area_words(report, code) for code in codes]


def _notes(figures: Iterable[StatedFigure]) -> list[str]:
    """What stays unclear about some figures, each said once, in the order of the figures."""
    return list(dict.fromkeys(one.ambiguity for one in figures if one.ambiguity))


def _indicator(
    report: MonitorReport, indicator: Indicator, notes: Sequence[str]
) -> tuple[FigureRow, ...]:
    references = (_beside(report, one, notes) for one in indicator.references)
    own = () if indicator.own is None else _rows_of(report, [indicator.own], notes)
    return (*own, *references)


def _beside(report: MonitorReport, reference: Reference, notes: Sequence[str]) -> FigureRow:
    if reference.difference is None:
        return _row(report, reference.figure, notes, reason_words(reference))
    beside = difference_words(reference.difference, reference.figure.unit)
    return _row(report, reference.figure, notes, beside, is_compared=True)


def _rows_of(
    report: MonitorReport, figures: Iterable[StatedFigure], notes: Sequence[str]
) -> tuple[FigureRow, ...]:
    return tuple(_row(report, figure, notes) for figure in figures)


def _row(
    report: MonitorReport,
    figure: StatedFigure,
    notes: Sequence[str],
    beside: str = "",
    *,
    is_compared: bool = False,
) -> FigureRow:
    certainty = figure.certainty or ""
    titles = {
        code.value: code.title.of(current_language())
        for code in current_store().catalogue.codes["certainty"].code
    }
    return FigureRow(
        name=figure.name,
        area=area_words(report, figure.area),
        value=value_words(figure.value, figure.unit, stated_decimals(report.stated, figure)),
        year=_("not stated") if figure.year is None else str(figure.year),
        about=figure.definition or "",
        source=figure.source_name or "",
        beside=beside,
        is_compared=is_compared,
        certainty=certainty,
        certainty_title=titles.get(certainty, certainty),
        note=notes.index(figure.ambiguity) + 1 if figure.ambiguity in notes else None,
    )


def _matrix(report: MonitorReport) -> list[tuple[str, list[CellPart]]]:
    """Theme by theme, its cells from left to right."""
    language = current_language()
    return [
        (
            theme.title.of(language),
            [
                CellPart(
                    cell.task,
                    _layer_links(cell.layers, report.as_of),
                    tuple(
                        Link(title, _dated(path, report.as_of))
                        for path, title in pages_of(cell.layers, built_paths())
                    ),
                    cell.indicators,
                )
                for cell in report.matrix
                if cell.theme == theme.code
            ],
        )
        for theme in THEMES
    ]


def _layer_links(ids: Iterable[str], as_of: date) -> tuple[Link, ...]:
    layers, language = current_store().catalogue.layers, current_language()
    return tuple(
        Link(layers[one].title.of(language), _dated(f"/layers/{one}", as_of)) for one in ids
    )


def _commuting_page(as_of: date) -> Link | None:
    """Page of the published series; None while it is not built."""
    path = "/commuting"
    return Link(_("Commuting"), _dated(path, as_of)) if path in built_paths() else None


def _dated(path: str, as_of: date) -> str:
    """Address of a page for the same date; that of today needs none."""
    return path if as_of == services.today() else f"{path}?as_of={as_of.isoformat()}"
