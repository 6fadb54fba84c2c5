"""Views of vacancy: the screen, the part that follows its slider, and the same as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from geo_assen.access import Role
from geo_assen.export import MEDIA_TYPES, LayerRows, encode, feature_collection
from webapp import params
from webapp.auth.roles import requires
from webapp.dated_file import dated_file
from webapp.fragments import answer_fragment, answer_page, asked_fragment
from webapp.language import current_language
from webapp.store import current_store
from webapp.vacancy.blueprint import blueprint
from webapp.vacancy.page import frame_of, live_part, series_part
from webapp.vacancy.places import MAP_TABLES, in_view, map_text, vacancy_map, with_dates
from webapp.vacancy.question import PAGE_ARGS, Question, read_question
from webapp.vacancy.tables import TABLES, Told, told

__all__ = ["blueprint", "csv_file", "geojson", "index", "xlsx_file"]

_MOST_ROWS = 5000
"""Premises that one view of the map may hold; the map says so when there are more."""

_PARTS: Mapping[str | None, Callable[[Told], dict[str, Any]]] = {
    "figures": live_part,
    "series": series_part,
}
"""Parts that the slider asks for alone."""

_FILE_ARGS = PAGE_ARGS | {"table"}


@blueprint.get("/vacancy")
@requires(Role.PUBLIC)
def index() -> AnyResponse:
    """Show what stands empty, where and for how long, and what changed."""
    found = told(_asked(PAGE_ARGS))
    part = asked_fragment()
    if part in _PARTS:
        told_of = _PARTS[part](found)
        return answer_fragment(render_template("vacancy/fragment.html", part=part, **told_of))
    seen = live_part(found) | series_part(found) | frame_of(found)
    return answer_page(render_template("vacancy/index.html", map=vacancy_map(found), **seen))


@blueprint.get("/vacancy.geojson")
@requires(Role.PUBLIC)
def geojson() -> Response:
    """Give the listed premises, or streets, areas, changes or hot spots; for the map or a file."""
    asked = _asked(_FILE_ARGS | {"bbox", "for", "limit"})
    name = params.choice("table", request.args.get("table") or "units", MAP_TABLES)
    rows = in_view(MAP_TABLES[name](told(asked)), params.bbox(request.args))
    if "for" in request.args and params.choice("for", request.args["for"], ("map",)):
        limit = params.limit(request.args, default=_MOST_ROWS, maximum=_MOST_ROWS)
        cut = replace(rows, frame=rows.frame.iloc[:limit])
        return Response("".join(map_text(name, cut)), mimetype=MEDIA_TYPES["geojson"])
    return _file("".join(feature_collection(with_dates(rows, asked))), asked, name, "geojson")


@blueprint.get("/vacancy.csv")
@requires(Role.PUBLIC)
def csv_file() -> Response:
    """Give one of the tables as CSV, in the signs that were chosen or those of the language."""
    asked = _asked(_FILE_ARGS)
    name, rows = _table(asked)
    kind = "csv-nl" if (asked.signs or current_language()) == "nl" else "csv"
    return _file(encode(rows, kind), asked, name, "csv")


@blueprint.get("/vacancy.xlsx")
@requires(Role.PUBLIC)
def xlsx_file() -> Response:
    """Give one of the tables as a workbook, in which numbers are numbers."""
    asked = _asked(_FILE_ARGS)
    name, rows = _table(asked)
    return _file(encode(rows, "xlsx", current_language()), asked, name, "xlsx")


def _table(asked: Question) -> tuple[str, LayerRows]:
    name = params.choice("table", request.args.get("table") or "figures", TABLES)
    like = current_store().catalogue.layers["vacancy"]
    table = TABLES[name](told(asked))
    return name, table.layer_rows(like, asked.as_of, asked.known_at, of="vacancy")


def _asked(known: frozenset[str]) -> Question:
    params.refuse_unknown(request.args, known)
    return read_question(request.args)


def _file(body: str | bytes, asked: Question, name: str, ending: str) -> Response:
    name = f"vacancy-{name}"
    return dated_file(body, name, ending, as_of=asked.as_of, known_at=asked.known_at)
