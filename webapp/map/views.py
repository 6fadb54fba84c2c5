"""Views of the map: the page, each layer as table and file, one feature, the search."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from geo_assen import services
from geo_assen.access import Role
from geo_assen.catalogue import LayerDefinition
from geo_assen.errors import NotAllowed, NotFound
from geo_assen.export import LayerRows, encode, feature_collection
from webapp import params
from webapp.auth.roles import current_role, requires
from webapp.errors import wants_json
from webapp.frame import built_paths
from webapp.language import current_language
from webapp.map.layers import (
    drawable,
    from_below,
    grouped,
    map_raster,
    site_of,
    with_site_links,
)
from webapp.maps import (
    MapRaster,
    MapView,
    base_map,
    build_map,
    catalogue_layer,
    map_collection,
    read_rows,
)
from webapp.store import current_store

__all__ = [
    "blueprint",
    "csv_file",
    "feature",
    "feature_geojson",
    "geojson",
    "index",
    "search",
    "table",
]

blueprint = Blueprint("map", __name__, template_folder="templates")

ROWS_ON_A_PAGE = 1000
MOST_ROWS = 5000
"""Features that one view of a layer may hold; the map says so when there are more."""

_GEOJSON = "application/geo+json"
_LONGEST_QUESTION = 100
_SHORTEST_QUESTION = 2
_VIEW_ARGS = frozenset({"as_of", "base", "lang", "layers", "at"})
_ROW_ARGS = _VIEW_ARGS | {"bbox", "for", "limit"}


@blueprint.get("/")
@requires(Role.PUBLIC)
def index() -> str:
    """Show the map with its layers."""
    params.refuse_unknown(request.args, _VIEW_ARGS)
    store, language = current_store(), current_language()
    layers = drawable(store.catalogue, current_role())
    rasters = services.raster_layers(store, current_role())
    known = [layer.id for layer in layers] + [state.layer.id for state in rasters]
    chosen = params.layer_ids(request.args, known)
    shown = MapView(
        layers=tuple(
            with_site_links(
                catalogue_layer(x, language, on=None if chosen is None else x.id in chosen),
                built_paths(),
            )
            for x in from_below(layers)
        ),
        language=language,
        base=base_map(store.catalogue, store.settings, language),
        rasters=_surfaces(rasters, chosen),
        view=params.map_view(request.args),
        as_of=_asked_date(),
    )
    drawn = build_map(
        shown, module_url=url_for("static", filename="js/map.js"), label=_("Map of Assen")
    )
    return render_template(
        "map/index.html",
        map=drawn,
        groups=grouped(layers, rasters),
        on={layer.id for layer in (*shown.layers, *shown.rasters) if layer.on},
        certainties=store.catalogue.codes["certainty"],
        has_tiles=bool(store.settings.basemap_url),
        language=language,
    )


def _surfaces(
    rasters: tuple[services.RasterState, ...], chosen: tuple[str, ...] | None
) -> tuple[MapRaster, ...]:
    """Surfaces of the raster layers that have data."""
    store = current_store()
    return tuple(
        map_raster(
            state,
            current_language(),
            tag=services.raster_tag(store, state.layer.id, current_role()),
            on=None if chosen is None else state.layer.id in chosen,
        )
        for state in rasters
        if state.path is not None
    )


@blueprint.get("/layers/<layer_id>")
@requires(Role.PUBLIC)
def table(layer_id: str) -> str:
    """Show the rows of a layer as a table; the same rows as its GeoJSON."""
    rows = _asked_rows(layer_id)
    reading = read_rows(rows, current_store().catalogue, current_language())
    return render_template(
        "map/table.html",
        layer=rows.layer,
        reading=reading,
        language=current_language(),
        bounds=params.bbox(request.args),
    )


@blueprint.get("/layers/<layer_id>.geojson")
@requires(Role.PUBLIC)
def geojson(layer_id: str) -> Response:
    """Give the rows of a layer as GeoJSON; ``for=map`` adds the words the map shows."""
    rows = _asked_rows(layer_id)
    return _features(rows, layer_id)


@blueprint.get("/layers/<layer_id>.csv")
@requires(Role.PUBLIC)
def csv_file(layer_id: str) -> Response:
    """Give the rows of a layer as CSV, in Dutch signs for a Dutch reader."""
    kind = "csv-nl" if current_language() == "nl" else "csv"
    return _download(encode(_asked_rows(layer_id), kind), layer_id, "csv", "text/csv")


@blueprint.get("/layers/<layer_id>/<key>")
@requires(Role.PUBLIC)
def feature(layer_id: str, key: str) -> str:
    """Show all that is known of one record."""
    rows = _one(layer_id, key)
    return render_template(
        "map/feature.html",
        layer=rows.layer,
        reading=read_rows(rows, current_store().catalogue, current_language()),
        language=current_language(),
        site=site_of(layer_id, key) if "/sites" in built_paths() else None,
    )


@blueprint.get("/layers/<layer_id>/<key>.geojson")
@requires(Role.PUBLIC)
def feature_geojson(layer_id: str, key: str) -> Response:
    """Give one record as GeoJSON; ``for=map`` adds the words the map shows."""
    return _features(_one(layer_id, key), key)


@blueprint.get("/search")
@requires(Role.PUBLIC)
def search() -> Response | str:
    """Find places by name, address, plot or BAG id; a page for a reader without scripts."""
    question = params.text(request.args, "q", longest=_LONGEST_QUESTION)
    hits = _hits(question)
    if wants_json():
        return jsonify(hits=hits)
    return render_template("map/search.html", question=question, hits=hits)


def _hits(question: str) -> list[dict[str, Any]]:
    """Found places; a text of one sign finds nothing."""
    if len(question) < _SHORTEST_QUESTION:
        return []
    store = current_store()
    found = services.search(
        store, question, as_of=params.as_of(request.args), role=current_role(), limit=10
    )
    return [
        {
            "layer": hit.layer,
            "layer_title": store.catalogue.layers[hit.layer].title.of(current_language()),
            "key": hit.key,
            "title": hit.title,
            "detail": hit.detail,
            "lon": hit.lon,
            "lat": hit.lat,
            "url": hit.url or f"/layers/{hit.layer}/{quote(hit.key, safe='')}",
        }
        for hit in found
    ]


def _asked_date() -> date | None:
    """Date that the address names; None where it names none, so that links stay short."""
    return params.as_of(request.args) if request.args.get("as_of") else None


def _asked_rows(layer_id: str) -> LayerRows:
    params.refuse_unknown(request.args, _ROW_ARGS)
    _layer(layer_id)
    return services.layer_rows(
        current_store(),
        layer_id,
        as_of=params.as_of(request.args),
        role=current_role(),
        bounds_lonlat=params.bbox(request.args),
        limit=params.limit(request.args, default=ROWS_ON_A_PAGE, maximum=MOST_ROWS),
    )


def _one(layer_id: str, key: str) -> LayerRows:
    _layer(layer_id)
    return services.layer_feature(
        current_store(),
        layer_id,
        key,
        as_of=params.as_of(request.args),
        role=current_role(),
    )


def _layer(layer_id: str) -> LayerDefinition:
    layer = current_store().catalogue.layer(layer_id)
    if layer is None:
        raise NotFound("layer", layer_id)
    if layer.role > current_role():
        raise NotAllowed(f"The layer {layer_id}")
    return layer


def _features(rows: LayerRows, name: str) -> Response:
    """GeoJSON of rows: the full record as a file, or with ``for=map`` what the map draws."""
    if "for" in request.args and params.choice("for", request.args["for"], ("map",)):
        text = map_collection(rows, current_store().catalogue, current_language())
        return Response("".join(text), mimetype=_GEOJSON)
    return _download("".join(feature_collection(rows)), name, "geojson", _GEOJSON)


def _download(body: str | bytes, name: str, ending: str, mimetype: str) -> Response:
    answer = Response(body, mimetype=mimetype)
    day = params.as_of(request.args).isoformat()
    safe = "".join(sign if sign.isalnum() else "-" for sign in name)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{safe}-{day}.{ending}")
    return answer
