"""Views of the uptake: the screen, the parts that follow its slider, and the same as files."""

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
from webapp.land import entry
from webapp.land.blueprint import blueprint
from webapp.land.page import frame_of, live_part, outlook_part
from webapp.land.plots import plot_map, plot_rows, stock_rows
from webapp.land.question import PAGE_ARGS, Question, read_question
from webapp.land.tables import TABLES, Told, file_table, told
from webapp.language import current_language
from webapp.maps import map_collection
from webapp.store import current_store

__all__ = ["blueprint", "csv_file", "entry", "geojson", "index"]

_PARTS: Mapping[str | None, Callable[[Told], dict[str, Any]]] = {
    "figures": live_part,
    "outlook": outlook_part,
}
"""Parts that the slider asks for alone."""

_MOST_ROWS = 5000
"""Plots that one view of the map may hold; the map says so when there are more."""


@blueprint.get("/uptake")
@requires(Role.PUBLIC)
def index() -> AnyResponse:
    """Show the land by status, its stock and pace, and the forecast."""
    found = told(_asked(PAGE_ARGS))
    part = asked_fragment()
    if part in _PARTS:
        told_of = _PARTS[part](found)
        return answer_fragment(render_template("land/fragment.html", part=part, **told_of))
    return answer_page(
        render_template(
            "land/index.html",
            map=plot_map(found.asked),
            **live_part(found),
            **outlook_part(found),
            **frame_of(found),
        )
    )


@blueprint.get("/uptake.geojson")
@requires(Role.PUBLIC)
def geojson() -> Response:
    """Give the plots of the map, or with ``table=stock`` the parks with their stock."""
    asked = _asked(PAGE_ARGS | {"bbox", "for", "limit", "table"})
    if "for" in request.args and params.choice("for", request.args["for"], ("map",)):
        limit = params.limit(request.args, default=_MOST_ROWS, maximum=_MOST_ROWS)
        rows = plot_rows(asked, params.bbox(request.args))
        cut = replace(rows, frame=rows.frame.iloc[:limit])
        text = map_collection(cut, current_store().catalogue, current_language())
        return Response("".join(text), mimetype=MEDIA_TYPES["geojson"])
    if "table" in request.args and params.choice("table", request.args["table"], ("stock",)):
        return _file(_text(stock_rows(told(asked))), asked, "parks", "geojson")
    rows = plot_rows(asked, params.bbox(request.args))
    return _file(_text(rows), asked, "plots", "geojson")


@blueprint.get("/uptake.csv")
@requires(Role.PUBLIC)
def csv_file() -> Response:
    """Give one of the tables as CSV, in Dutch signs for a Dutch reader."""
    asked = _asked(PAGE_ARGS | {"table"})
    name = params.choice("table", request.args.get("table") or "stock", TABLES)
    like = current_store().catalogue.layers["land_events"]
    rows = file_table(name, asked).layer_rows(like, asked.as_of, asked.known_at, of="uptake")
    kind = "csv-nl" if current_language() == "nl" else "csv"
    return _file(encode(rows, kind), asked, name, "csv")


def _text(rows: LayerRows) -> str:
    return "".join(feature_collection(rows))


def _asked(known: frozenset[str]) -> Question:
    params.refuse_unknown(request.args, known)
    return read_question(request.args)


def _file(body: str | bytes, asked: Question, name: str, ending: str) -> Response:
    name = f"uptake-{name}"
    return dated_file(body, name, ending, as_of=asked.as_of, known_at=asked.known_at)
