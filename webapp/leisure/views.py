"""Views of leisure: the screen, its tables as files, and the events as a calendar file."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from geo_assen.access import Role
from geo_assen.export import CALENDAR_TYPE, MEDIA_TYPES, LayerRows, encode, feature_collection
from webapp import params
from webapp.auth.roles import requires
from webapp.fragments import answer_fragment, answer_page, asked_fragment
from webapp.language import current_language
from webapp.leisure.page import model_part, page_of
from webapp.leisure.places import MAP_TABLES, in_view, leisure_map, map_text
from webapp.leisure.question import PAGE_ARGS, Question, read_question
from webapp.leisure.tables import TABLES
from webapp.store import current_store

__all__ = ["blueprint", "calendar_file", "csv_file", "geojson", "index", "xlsx_file"]

blueprint = Blueprint("leisure", __name__, template_folder="templates")

_MOST_ROWS = 5000
"""Features that one view of the map may hold; the map says so when there are more."""

_FILE_ARGS = PAGE_ARGS | {"table"}

_MODEL = "model"
"""Part that the sliders of the model ask for alone."""


@blueprint.get("/leisure")
@requires(Role.PUBLIC)
def index() -> AnyResponse:
    """Show who visits what, where visitors come from, and what goes on in a year."""
    asked = _asked(PAGE_ARGS)
    report = asked.report()
    if asked_fragment() == _MODEL:
        return answer_fragment(render_template("leisure/fragment.html", **model_part(report)))
    seen = page_of(asked, report)
    return answer_page(render_template("leisure/index.html", map=leisure_map(asked), **seen))


@blueprint.get("/leisure.geojson")
@requires(Role.PUBLIC)
def geojson() -> Response:
    """Give the catchment, the attractions or the events; for the map or a file."""
    asked = _asked(_FILE_ARGS | {"bbox", "for", "limit"})
    name = params.choice("table", request.args.get("table") or "attractions", MAP_TABLES)
    rows = in_view(MAP_TABLES[name](asked.report()), params.bbox(request.args))
    if "for" in request.args and params.choice("for", request.args["for"], ("map",)):
        limit = params.limit(request.args, default=_MOST_ROWS, maximum=_MOST_ROWS)
        cut = replace(rows, frame=rows.frame.iloc[:limit])
        return Response("".join(map_text(cut)), mimetype=MEDIA_TYPES["geojson"])
    text = "".join(feature_collection(rows))
    return _file(text, asked, name, "geojson", MEDIA_TYPES["geojson"])


@blueprint.get("/leisure.csv")
@requires(Role.PUBLIC)
def csv_file() -> Response:
    """Give one of the tables as CSV, in Dutch signs for a Dutch reader."""
    asked = _asked(_FILE_ARGS)
    name, rows = _table(asked)
    kind = "csv-nl" if current_language() == "nl" else "csv"
    return _file(encode(rows, kind), asked, name, "csv", MEDIA_TYPES["csv"])


@blueprint.get("/leisure.xlsx")
@requires(Role.PUBLIC)
def xlsx_file() -> Response:
    """Give one of the tables as a workbook, in which numbers are numbers."""
    asked = _asked(_FILE_ARGS)
    name, rows = _table(asked)
    body = encode(rows, "xlsx", current_language())
    return _file(body, asked, name, "xlsx", MEDIA_TYPES["xlsx"])


@blueprint.get("/leisure.ics")
@requires(Role.PUBLIC)
def calendar_file() -> Response:
    """Give the events of the year as a file for calendars."""
    asked = _asked(PAGE_ARGS)
    report = asked.report()
    text = report.calendar(_("Events in Assen, %(year)s", year=report.year))
    return _file(text, asked, f"events-{report.year}", "ics", CALENDAR_TYPE)


def _table(asked: Question) -> tuple[str, LayerRows]:
    name = params.choice("table", request.args.get("table") or "attractions", TABLES)
    like = current_store().catalogue.layers["attractions"]
    return name, TABLES[name](asked.report()).layer_rows(like, asked.as_of, None, of="leisure")


def _asked(known: frozenset[str]) -> Question:
    params.refuse_unknown(request.args, known)
    return read_question(request.args)


def _file(body: str | bytes, asked: Question, name: str, ending: str, kind: str) -> Response:
    answer = Response(body, content_type=kind)
    filename = f"leisure-{name}-{asked.as_of.isoformat()}.{ending}"
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    return answer
