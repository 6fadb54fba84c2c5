"""Views of raster layers: their tiles, the contours on them, and the file itself."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, request, send_file

from geo_assen import services
from geo_assen.access import Role
from geo_assen.export import MEDIA_TYPES
from webapp import params
from webapp.auth.roles import current_role, requires
from webapp.language import current_language
from webapp.store import current_store

__all__ = ["blueprint", "contours", "file", "tile"]

blueprint = Blueprint("rasters", __name__)

_KEPT_SECONDS = 300
_ARGS = frozenset({"v"})
"""The map puts the state of the file in the address, so that a new file is asked for at once."""


@blueprint.get("/rasters/<layer_id>/<int:z>/<int:x>/<int:y>.png")
@requires(Role.PUBLIC)
def tile(layer_id: str, z: int, x: int, y: int) -> Response:
    """Give one tile of a raster layer; nothing is drawn for a browser that has it already."""
    params.refuse_unknown(request.args, _ARGS)

    def drawn() -> Response:
        picture = services.raster_tile(current_store(), layer_id, (z, x, y), current_role())
        return Response(picture, mimetype="image/png")

    return _kept(layer_id, f"{z}-{x}-{y}", drawn)


@blueprint.get("/rasters/<layer_id>/contours.geojson")
@requires(Role.PUBLIC)
def contours(layer_id: str) -> Response:
    """Give the lines between the classes of a raster layer, labelled in the reader's language."""
    params.refuse_unknown(request.args, _ARGS | {"lang"})
    language = current_language()

    def written() -> Response:
        text = services.raster_contours(current_store(), layer_id, current_role(), language)
        return Response(text, mimetype=MEDIA_TYPES["geojson"])

    return _kept(layer_id, language, written)


@blueprint.get("/rasters/<layer_id>.tif")
@requires(Role.PUBLIC)
def file(layer_id: str) -> Response:
    """Give the GeoTIFF of a raster layer as it lies in the folder, in parts where asked."""
    params.refuse_unknown(request.args, _ARGS)
    path = services.raster_file(current_store(), layer_id, current_role())
    return send_file(path, mimetype="image/tiff", as_attachment=True, conditional=True)


def _kept(layer_id: str, part: str, made: Callable[[], Response]) -> Response:
    """An answer that a browser keeps until the file changes."""
    store = current_store()
    tag = f"{services.raster_tag(store, layer_id, current_role())}-{part}"
    answer = Response(status=304) if tag in request.if_none_match else made()
    answer.set_etag(tag)
    shared = "public" if services.is_public_raster(store, layer_id) else "private"
    answer.headers["Cache-Control"] = f"{shared}, max-age={_KEPT_SECONDS}"
    return answer
