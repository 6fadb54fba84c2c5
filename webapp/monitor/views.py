"""Views of the monitor: the report, and its figures as files."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, render_template, request

from geo_assen import services
from geo_assen.access import Role
from geo_assen.export import MEDIA_TYPES, LayerRows, encode
from geo_assen.services import MonitorReport
from webapp import params
from webapp.auth.roles import current_role, requires
from webapp.language import current_language
from webapp.monitor.page import page_of
from webapp.monitor.tables import sdg_table
from webapp.store import current_store

__all__ = ["blueprint", "csv_file", "index", "xlsx_file"]

blueprint = Blueprint("monitor", __name__, template_folder="templates")

_PAGE_ARGS = frozenset({"as_of", "lang"})
_TABLES = ("indicators", "sdg")
"""Tables that a file may be asked for; the first where none is named."""


@blueprint.get("/monitor")
@requires(Role.PUBLIC)
def index() -> str:
    """Show the figures of the agenda by group, the scores of the goals, and the matrix."""
    params.refuse_unknown(request.args, _PAGE_ARGS)
    return render_template("monitor/index.html", **page_of(_report(params.as_of(request.args))))


@blueprint.get("/monitor.csv")
@requires(Role.PUBLIC)
def csv_file() -> Response:
    """Give the figures or the scores as CSV, in Dutch signs for a Dutch reader."""
    return _file("csv-nl" if current_language() == "nl" else "csv", "csv")


@blueprint.get("/monitor.xlsx")
@requires(Role.PUBLIC)
def xlsx_file() -> Response:
    """Give the figures or the scores as a workbook, in which numbers are numbers."""
    return _file("xlsx", "xlsx")


def _file(kind: str, ending: str) -> Response:
    params.refuse_unknown(request.args, _PAGE_ARGS | {"table"})
    name = params.choice("table", request.args.get("table") or _TABLES[0], _TABLES)
    as_of = params.as_of(request.args)
    body = encode(_rows(name, as_of), kind, current_language())
    answer = Response(body, content_type=MEDIA_TYPES[ending])
    filename = f"monitor-{name}-{as_of.isoformat()}.{ending}"
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    return answer


def _rows(name: str, as_of: date) -> LayerRows:
    store, report = current_store(), _report(as_of)
    if name == "indicators":
        return services.monitor_rows(store, report, role=current_role())
    like = store.catalogue.layers["indicators"]
    return sdg_table(report).layer_rows(like, as_of, None, of="monitor")


def _report(as_of: date) -> MonitorReport:
    return services.monitor_report(current_store(), as_of=as_of, role=current_role())
