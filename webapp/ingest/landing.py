"""Check a file, follow the work, look at what it would change, and let it land."""

from __future__ import annotations

from flask import Response, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from geo_assen.access import Role
from geo_assen.errors import FileRefused
from geo_assen.units import format_number
from webapp.auth.roles import requires
from webapp.ingest import jobs
from webapp.ingest.blueprint import blueprint
from webapp.ingest.drafting import layer_of, mapping_page
from webapp.ingest.drafts import choice_of, keep_choice, proposals, waiting
from webapp.ingest.forms import FormFault, read_choice
from webapp.ingest.jobs import JobState
from webapp.ingest.maps import ROWS_LAYER, legend, marks_answer, rows_map
from webapp.ingest.reading import marks_of, read_report
from webapp.ingest.uploads import Upload
from webapp.ingest.words import kind_words
from webapp.ingest.work import start_check, start_landing
from webapp.language import current_language
from webapp.store import current_store

__all__ = ["cancel", "check", "job", "job_state", "land", "preview", "preview_places"]


@blueprint.post("/imports/new/<token>/check")
@requires(Role.STAFF)
def check(token: str) -> AnyResponse | str | tuple[str, int]:
    """Keep what was chosen and try the import without keeping anything of it."""
    upload, store = waiting(token), current_store()
    if upload.resent_from is None:
        try:
            choice = read_choice(
                request.form, proposals(store, upload), choice_of(upload),
                layer=layer_of(upload), language=current_language(),
            )  # fmt: skip
        except FormFault as fault:
            return mapping_page(upload, fault=str(fault))
        except FileRefused:
            return mapping_page(upload)
        keep_choice(upload, choice)
    upload.forget("report")
    start_check(store, upload)
    return redirect(f"/imports/new/{token}/job", 303)


@blueprint.post("/imports/new/<token>/land")
@requires(Role.STAFF)
def land(token: str) -> AnyResponse:
    """Import what was checked; only what was looked at can land."""
    upload = waiting(token)
    if upload.read("report") is not None:
        start_landing(current_store(), upload)
    return redirect(f"/imports/new/{token}/job", 303)


@blueprint.get("/imports/new/<token>/job")
@requires(Role.STAFF)
def job(token: str) -> str | AnyResponse:
    """Show how far the work is; what is done leads on."""
    upload = waiting(token)
    state = jobs.state_of(upload)
    if state is None:
        return redirect(f"/imports/new/{token}")
    if state.stage == "done":
        return redirect(_next(upload, state))
    return render_template(
        "ingest/job.html",
        upload=upload,
        state=state,
        text=_progress_text(state),
        kind=kind_words(state.error_kind) if state.error_kind else None,
    )


@blueprint.get("/imports/new/<token>/job.json")
@requires(Role.STAFF)
def job_state(token: str) -> Response:
    """Give how far the work is, for the script of the page; ``next`` once it has ended."""
    upload = waiting(token)
    state = jobs.state_of(upload) or JobState("check", "lost")
    return jsonify(
        stage=state.stage,
        rows=state.rows,
        total=state.total,
        text=_progress_text(state),
        next=None if state.is_active else f"/imports/new/{token}/job",
    )


@blueprint.post("/imports/new/<token>/cancel")
@requires(Role.STAFF)
def cancel(token: str) -> AnyResponse:
    """Stop the work; the store stays as it was."""
    jobs.cancel(waiting(token))
    return redirect(f"/imports/new/{token}/job", 303)


@blueprint.get("/imports/new/<token>/preview")
@requires(Role.STAFF)
def preview(token: str) -> str | AnyResponse:
    """Show what would change, before it does."""
    upload = waiting(token)
    report = upload.read("report")
    if report is None:
        return redirect(f"/imports/new/{token}")
    language, layer = current_language(), layer_of(upload)
    layers = [
        read_report(told, layer, language, number=number)
        for number, told in enumerate(report["layers"])
    ]
    has_remarks = any(reading.kinds for reading in layers)
    label = _("Map of the rows with a remark")
    return render_template(
        "ingest/preview.html",
        upload=upload,
        title=layer.title.of(language),
        layers=layers,
        map=rows_map(f"/imports/new/{token}/places.geojson", label) if has_remarks else None,
        legend=legend(),
        rows_layer=ROWS_LAYER,
        language=language,
    )


@blueprint.get("/imports/new/<token>/places.geojson")
@requires(Role.STAFF)
def preview_places(token: str) -> Response:
    """Give the rows with a remark that have a place."""
    report = waiting(token).read("report") or {"layers": []}
    return marks_answer(
        mark
        for number, told in enumerate(report["layers"])
        for mark in marks_of(told, number=number)
    )


def _next(upload: Upload, state: JobState) -> str:
    if state.kind == "check":
        return f"/imports/new/{upload.token}/preview"
    if len(state.imports) == 1:
        return f"/imports/{state.imports[0]}"
    return f"/imports?layer={upload.layer}"


def _progress_text(state: JobState) -> str:
    """One line on how far the work is."""
    if state.stage == "waiting":
        return _("Waiting for other work to finish.")
    if not state.is_active:
        return ""
    if not state.rows:
        return _("Opening the file.")
    rows = format_number(state.rows, current_language())
    if state.total is None:
        return _("%(layer)s: row %(rows)s", layer=state.layer, rows=rows)
    total = format_number(state.total, current_language())
    return _("%(layer)s: row %(rows)s of %(total)s", layer=state.layer, rows=rows, total=total)
