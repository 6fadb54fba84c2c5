"""Pairs of the municipality that are not published, as the model expects them."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from geo_assen import services
from geo_assen.commuting import GravityError
from geo_assen.services import CommutingReport, ModelledFlows
from geo_assen.units import format_number
from webapp.commuting.words import number
from webapp.figures import Column, Table
from webapp.language import current_language
from webapp.store import current_store

__all__ = ["model_sentence", "modelled_table"]

_NOTHING: Mapping[str, LazyString] = {
    "too_few": _l("Nothing is modelled: of fewer than two municipalities in this year both totals, "
                  "the jobs inside them and a place are stored."),
    "all_published": _l("Nothing is modelled: every pair of the municipalities with totals is "
                        "published."),
    "none_published": _l("Nothing is modelled: no published pair shows how jobs fall with "
                         "distance."),
    "no_rest": _l("Nothing is modelled: the published pairs leave nothing over of the totals."),
    "too_few_pairs": _l("Nothing is modelled: the published pairs are too few to show how jobs "
                        "fall with distance."),
}  # fmt: skip


def model_sentence(report: CommutingReport) -> str:
    """How the pairs were modelled, or why they are not."""
    try:
        model = _model(report)
    except GravityError:
        return _("Nothing is modelled: no flows that fall with distance agree with what is "
                 "published.")  # fmt: skip
    if model.beta is None or model.mean_distance_m is None:
        return str(_NOTHING[model.nothing or "no_rest"])
    language = current_language()
    return _(
        "Gravity model: jobs fall by exp(-%(beta)s × km), fitted to the mean straight distance of "
        "the published pairs, %(mean)s km. %(end)s after %(rounds)s rounds; largest relative error "
        "of a sum: %(error)s. Left for other municipalities: %(out)s jobs out and %(in)s in.",
        **{"beta": format_number(model.beta, language, 3),
           "mean": format_number(model.mean_distance_m / 1000, language, 1),
           "end": _("Converged") if model.converged
           else _("Not converged, so not to be relied on,"),
           "rounds": number(model.rounds),
           "error": f"{model.error:.0e}",
           "out": number(round(model.outside_out_jobs)),
           "in": number(round(model.outside_in_jobs))},
    )  # fmt: skip


def modelled_table(report: CommutingReport) -> Table:
    """Modelled jobs of the pairs with the municipality at an end; empty where there are none.

    Flows that are told on the municipalities of another year are not modelled.
    """
    try:
        cells = () if report.boundaries_year else _model(report).cells
    except GravityError:
        cells = ()
    names = report.names
    rows = tuple(
        (cell.home_code, names.get(cell.home_code, cell.home_code), cell.work_code,
         names.get(cell.work_code, cell.work_code), round(cell.jobs))
        for cell in cells if report.area in (cell.home_code, cell.work_code)
    )  # fmt: skip
    columns = (
        Column("home_code", _("Code of home"), shown=False),
        Column("home_name", _("Lives in")),
        Column("work_code", _("Code of work"), shown=False),
        Column("work_name", _("Works in")),
        Column("jobs", _("Jobs, modelled"), "count"),
    )
    caption = _("Modelled: pairs not published")
    return Table("modelled", caption, columns, rows, ("modelled",) * len(rows))


def _model(report: CommutingReport) -> ModelledFlows:
    return services.modelled_flows(current_store(), year=report.year, series=report.series)
