"""Views of raster layers: their tiles."""

from __future__ import annotations

from flask import Blueprint, Response, request

from geo_assen import services
from geo_assen.access import Role
from webapp import params
from webapp.auth.roles import current_role, requires
from webapp.store import current_store

__all__ = ["blueprint", "tile"]

blueprint = Blueprint("rasters", __name__)

_KEPT_SECONDS = 300
_ARGS = frozenset({"v"})
"""The map puts the state of the file in the address, so that a new file is asked for at once."""


@blueprint.get("/rasters/<layer_id>/<int:z>/<int:x>/<int:y>.png")
@requires(Role.PUBLIC)
def tile(layer_id: str, z: int, x: int, y: int) -> Response:
    """Give one tile of a raster layer; nothing is drawn for a browser that has it already."""
    params.refuse_unknown(request.args, _ARGS)
    store, role = current_store(), current_role()
    tag = f"{services.raster_tag(store, layer_id, role)}-{z}-{x}-{y}"
    if tag in request.if_none_match:
        answer = Response(status=304)
    else:
        picture = services.raster_tile(store, layer_id, (z, x, y), role)
        answer = Response(picture, mimetype="image/png")
    answer.set_etag(tag)
    is_public = services.is_public_raster(store, layer_id)
    shared = "public" if is_public else "private"
    answer.headers["Cache-Control"] = f"{shared}, max-age={_KEPT_SECONDS}"
    return answer
