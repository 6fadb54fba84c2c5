"""The list of imports, and sending a file."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from geo_assen import services
from geo_assen.access import Role
from geo_assen.catalogue import LayerDefinition
from geo_assen.errors import FileRefused, NotFound
from geo_assen.services import ImportRecord
from webapp import params
from webapp.auth.roles import requires
from webapp.ingest.blueprint import blueprint
from webapp.ingest.uploads import new_upload, sweep
from webapp.ingest.words import moment
from webapp.language import current_language
from webapp.security import csrf
from webapp.store import current_store

__all__ = ["index", "upload"]

log = logging.getLogger(__name__)

_MEGABYTE = 1024 * 1024
_ROOM_FOR_FIELDS = 64 * 1024
_MOST = 200


@dataclass(frozen=True)
class Listed:
    """One import as the list shows it."""

    record: ImportRecord
    when: str
    layer: str


@blueprint.get("/imports")
@requires(Role.STAFF)
def index() -> str:
    """List what was imported, the newest first, with the form that sends a file."""
    params.refuse_unknown(request.args, {"layer", "lang", "as_of"})
    return _page(None)


@blueprint.post("/imports/upload")
@requires(Role.STAFF)
# The guard of forms would read the file before its limit is set; the view calls it itself.
@csrf.exempt
def upload() -> Response | tuple[str, int]:
    """Store a file under a random name, and lead to what is in it."""
    settings = current_store().settings
    request.max_content_length = settings.upload_max_mb * _MEGABYTE + _ROOM_FOR_FIELDS
    csrf.protect()
    layer = _layer(request.form.get("layer", ""))
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _page(_("Choose a file first.")), 400
    sweep(settings.uploads)
    try:
        stored = new_upload(settings.uploads, layer.id, sent=sent)
    except FileRefused as error:
        log.error("an upload could not be stored: %s", error)
        return _page(_full_disk()), 503
    return redirect(f"/imports/new/{stored.token}", 303)


def _full_disk() -> str:
    return _(
        "The file could not be stored here. Nothing was changed; tell the administrator that "
        "the disk of the server is full or closed."
    )


def _page(refusal: str | None) -> str:
    store, language = current_store(), current_language()
    layers = _layers()
    chosen = request.args.get("layer") or None
    if chosen is not None:
        params.choice("layer", chosen, [layer.id for layer in layers])
    titles = {layer.id: layer.title.of(language) for layer in layers}
    records = services.imports(store, layer_id=chosen, most=_MOST)
    listed = [
        Listed(record, moment(record.imported_at, language), titles.get(record.layer, record.layer))
        for record in records
    ]
    return render_template(
        "ingest/index.html",
        listed=listed,
        layers=[(layer.id, titles[layer.id]) for layer in layers],
        chosen=chosen,
        preset=request.form.get("layer") or chosen or "plots",
        refusal=refusal,
        most=_MOST,
        upload_max_mb=store.settings.upload_max_mb,
    )


def _layers() -> list[LayerDefinition]:
    """Layers that a file can go into, as the language orders them."""
    found = [layer for layer in current_store().catalogue if layer.stored_fields]
    return sorted(found, key=lambda layer: layer.title.of(current_language()).lower())


def _layer(layer_id: str) -> LayerDefinition:
    layer = current_store().catalogue.layer(layer_id)
    if layer is None or not layer.stored_fields:
        raise NotFound("layer to import into", layer_id[:60])
    return layer
