"""Views of commuting: the screen, and the same as files."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from geo_assen import services
from geo_assen.access import Role
from geo_assen.export import MEDIA_TYPES, LayerRows, encode, feature_collection
from webapp import params
from webapp.auth.roles import current_role, requires
from webapp.commuting.flows import LAYER, drawn_rows, flow_map, line_rows
from webapp.commuting.page import empty_page, page_of
from webapp.commuting.question import PAGE_ARGS, Question, read_question
from webapp.commuting.tables import TABLES, Told, told
from webapp.language import current_language
from webapp.maps import MapParts, MapView, base_map, build_map, map_collection
from webapp.store import current_store

__all__ = ["blueprint", "csv_file", "geojson", "index", "xlsx_file"]

blueprint = Blueprint("commuting", __name__, template_folder="templates")

_FILE_ARGS = PAGE_ARGS | {"table"}


@blueprint.get("/commuting")
@requires(Role.PUBLIC)
def index() -> str:
    """Show who commutes to and from the municipality in a year."""
    asked = _asked(PAGE_ARGS)
    if not services.commuter_years(current_store()):
        return render_template("commuting/index.html", map=_empty_map(), **empty_page(asked))
    found = told(asked)
    rasters = services.raster_layers(current_store(), current_role())
    reach = [x.layer for x in rasters if x.layer.group == "commuting" and x.path is not None]
    return render_template(
        "commuting/index.html", map=flow_map(found), reach=reach, **page_of(found)
    )


@blueprint.get("/commuting.geojson")
@requires(Role.PUBLIC)
def geojson() -> Response:
    """Give the flows that are shown as lines; for the map or as a file."""
    found = told(_asked(PAGE_ARGS | {"bbox", "for", "limit"}))
    if "for" in request.args and params.choice("for", request.args["for"], ("map",)):
        text = map_collection(drawn_rows(found), current_store().catalogue, current_language())
        return Response("".join(text), mimetype=MEDIA_TYPES["geojson"])
    return _file("".join(feature_collection(line_rows(found))), found, "flows", "geojson")


@blueprint.get("/commuting.csv")
@requires(Role.PUBLIC)
def csv_file() -> Response:
    """Give one of the tables as CSV, in Dutch signs for a Dutch reader."""
    found, name, rows = _table()
    kind = "csv-nl" if current_language() == "nl" else "csv"
    return _file(encode(rows, kind), found, name, "csv")


@blueprint.get("/commuting.xlsx")
@requires(Role.PUBLIC)
def xlsx_file() -> Response:
    """Give one of the tables as a workbook, in which numbers are numbers."""
    found, name, rows = _table()
    return _file(encode(rows, "xlsx", current_language()), found, name, "xlsx")


def _table() -> tuple[Told, str, LayerRows]:
    found = told(_asked(_FILE_ARGS))
    name = params.choice("table", request.args.get("table") or "flows", TABLES)
    like = current_store().catalogue.layers[LAYER]
    return found, name, TABLES[name](found).layer_rows(
        like, found.asked.as_of, None, of="commuting"
    )


def _asked(known: frozenset[str]) -> Question:
    params.refuse_unknown(request.args, known)
    return read_question(request.args)


def _empty_map() -> MapParts:
    store, language = current_store(), current_language()
    shown = MapView(
        layers=(), language=language, base=base_map(store.catalogue, store.settings, language)
    )
    return build_map(shown, module_url="/static/js/map.js", label="")


def _file(body: str | bytes, found: Told, name: str, ending: str) -> Response:
    report = found.report
    answer = Response(body, content_type=MEDIA_TYPES[ending])
    division = f"-on-{report.boundaries_year}" if report.boundaries_year else ""
    filename = f"commuting-{name}-{report.series}-{report.year}{division}.{ending}"
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    return answer
