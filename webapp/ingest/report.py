"""The report of an import, and taking it back."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from geo_assen import services
from geo_assen.access import Role
from geo_assen.catalogue import LayerDefinition
from geo_assen.errors import ImportNotUndone
from geo_assen.services import ImportRecord
from webapp import params
from webapp.auth.roles import requires
from webapp.ingest.blueprint import blueprint
from webapp.ingest.maps import ROWS_LAYER, legend, marks_answer, rows_map
from webapp.ingest.reading import marks_of, read_report
from webapp.ingest.words import moment, system_words
from webapp.language import current_language
from webapp.store import current_store

__all__ = ["download", "report_places", "show", "undo", "undo_question"]


@blueprint.get("/imports/<int:batch_id>")
@requires(Role.STAFF)
def show(batch_id: int) -> str:
    """Show what an import did."""
    record = _record(batch_id)
    reading = None
    if record.report:
        reading = read_report(record.report, _layer(record), current_language())
    has_remarks = reading is not None and bool(reading.kinds)
    label = _("Map of the rows with a remark")
    return render_template(
        "ingest/report.html",
        **_about(record),
        reading=reading,
        map=rows_map(f"/imports/{batch_id}/places.geojson", label) if has_remarks else None,
        legend=legend(),
        rows_layer=ROWS_LAYER,
    )


@blueprint.get("/imports/<int:batch_id>.json")
@requires(Role.STAFF)
def download(batch_id: int) -> Response:
    """Give the report as a file, in the shape of ``geo-assen import --report``."""
    record = _record(batch_id)
    document = {
        "file": record.file,
        "sha256": record.sha256,
        "layers": [record.report] if record.report else [],
    }
    answer = Response(json.dumps(document, ensure_ascii=False), mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename=f"import-{batch_id}.json")
    return answer


@blueprint.get("/imports/<int:batch_id>/places.geojson")
@requires(Role.STAFF)
def report_places(batch_id: int) -> Response:
    """Give the rows with a remark that have a place."""
    record = _record(batch_id)
    return marks_answer(marks_of(record.report or {"rows": []}))


@blueprint.get("/imports/<int:batch_id>/undo")
@requires(Role.STAFF)
def undo_question(batch_id: int) -> str:
    """Ask whether an import is to be taken back, and say what that does."""
    return render_template("ingest/undo.html", **_about(_record(batch_id)), refusal=None)


@blueprint.post("/imports/<int:batch_id>/undo")
@requires(Role.STAFF)
def undo(batch_id: int) -> AnyResponse | tuple[str, int]:
    """Take an import back, or say why that cannot be."""
    record = _record(batch_id)
    try:
        done = services.undo_import(current_store(), batch_id)
    except ImportNotUndone as error:
        page = render_template("ingest/undo.html", **_about(record), refusal=str(error))
        return page, 409
    deleted = ngettext("%(num)s record removed", "%(num)s records removed", done.deleted)
    restored = ngettext("%(num)s record set back", "%(num)s records set back", done.restored)
    flash(_("The import was undone: %(first)s, %(second)s.", first=deleted, second=restored))
    return redirect(f"/imports/{batch_id}", 303)


def _record(batch_id: int) -> ImportRecord:
    params.refuse_unknown(request.args, {"lang", "at", "as_of", "for"})
    return services.import_record(current_store(), batch_id)


def _layer(record: ImportRecord) -> LayerDefinition | None:
    return current_store().catalogue.layer(record.layer)


def _about(record: ImportRecord) -> dict[str, Any]:
    """What every page about one import shows at its head."""
    layer, language = _layer(record), current_language()
    return {
        "record": record,
        "title": layer.title.of(language) if layer else record.layer,
        "when": moment(record.imported_at, language),
        "undone": moment(record.undone_at, language) if record.undone_at else None,
        "system": system_words(record.crs) if record.crs else None,
        "language": language,
    }
