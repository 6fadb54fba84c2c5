"""Rows that were set aside: looked at, mended one by one or by rule, and sent again."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from dataclasses import dataclass
from typing import Any, cast

from flask import Response, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from geo_assen import services
from geo_assen.access import Role
from geo_assen.catalogue import LayerDefinition
from geo_assen.errors import NotFound
from geo_assen.services import FaultGroup, ImportRecord, MendRule, QuarantinedRow
from webapp import params
from webapp.auth.roles import requires
from webapp.ingest.blueprint import blueprint
from webapp.ingest.forms import FormFault, read_crs, read_place, same_text
from webapp.ingest.maps import ROWS_LAYER, Mark, legend, marks_answer, rows_map
from webapp.ingest.quarantined import RowReading, read_row
from webapp.ingest.uploads import new_upload
from webapp.ingest.words import field_title, kind_words, shown
from webapp.ingest.work import start_check
from webapp.language import current_language
from webapp.store import current_store

__all__ = ["mend", "resend", "row_page", "rule", "set_aside", "set_aside_places"]

PAGE_ROWS = 50
_MOST_GROUPS = 40
_ARGS = frozenset({"kind", "outcome", "page", "lang", "at", "as_of", "row", "for"})
_OF_A_PLACE = frozenset({
    "swapped_axes", "swapped_projected_axes", "crs_contradicts_values", "outside_country",
    "outside_area", "missing_coordinates",
})  # fmt: skip
_ACTIONS = ("suggestion", "replace", "swap", "crs", "drop", "restore")
_CLOSE_ZOOM = 15.0


@dataclass(frozen=True)
class GroupRow:
    """Rows with the same fault, as the page offers them for mending.

    Attributes
    ----------
    key
        Names the group in a form; a value itself may be anything.
    """

    key: str
    group: FaultGroup
    title: str
    field: str
    value: str
    of_a_place: bool
    can_replace: bool


@dataclass(frozen=True)
class Asked:
    """Which part of the quarantine an address asks for."""

    kind: str | None
    everything: bool
    page: int


@blueprint.get("/imports/<int:batch_id>/quarantine")
@requires(Role.STAFF)
def set_aside(batch_id: int) -> str:
    """Show the rows that wait, by kind, with what would mend them."""
    asked, store, language = _asked(), current_store(), current_language()
    record = services.import_record(store, batch_id)
    overview = services.quarantine_overview(store, batch_id)
    layer = store.catalogue.layer(record.layer)
    ids = _ids(overview, asked)
    rows = _page_rows(record, ids, asked)
    waiting = [entry for entry in overview.entries if entry.outcome is None]
    return render_template(
        "ingest/quarantine.html",
        record=record,
        title=layer.title.of(language) if layer else record.layer,
        asked=asked,
        rows=[read_row(row, record, layer, language) for row in rows],
        found=len(ids),
        pages=max(1, math.ceil(len(ids) / PAGE_ROWS)),
        kinds=_kind_counts(overview, everything=asked.everything),
        groups=_group_rows(overview, layer, language, kind=asked.kind)[:_MOST_GROUPS],
        waiting=len(waiting),
        mended=sum(entry.is_mended for entry in waiting),
        outcomes=Counter(entry.outcome for entry in overview.entries),
        map=rows_map(_places_url(batch_id, asked), _("Map of the rows that were set aside"))
        if rows
        else None,
        legend=legend()[:1],
        rows_layer=ROWS_LAYER,
        language=language,
    )


@blueprint.get("/imports/<int:batch_id>/quarantine.geojson")
@requires(Role.STAFF)
def set_aside_places(batch_id: int) -> Response:
    """Give the rows of a page that have a place; ``row`` asks for one of them."""
    store = current_store()
    record = services.import_record(store, batch_id)
    if "row" in request.args:
        rows = services.quarantined_rows(store, batch_id, waiting=False, ids=[_row_id()])
    else:
        asked = _asked()
        ids = _ids(services.quarantine_overview(store, batch_id), asked)
        rows = _page_rows(record, ids, asked)
    return marks_answer(
        Mark(str(row.id), row.place, "quarantine", _("Row %(row)s", row=row.row))
        for row in rows
        if row.place is not None
    )


@blueprint.get("/imports/<int:batch_id>/quarantine/<int:row_id>")
@requires(Role.STAFF)
def row_page(batch_id: int, row_id: int) -> str:
    """Show one row with every column, to be mended."""
    record, row = _row(batch_id, row_id)
    return _mend_page(record, row, fault=None)


@blueprint.post("/imports/<int:batch_id>/quarantine/<int:row_id>")
@requires(Role.STAFF)
def mend(batch_id: int, row_id: int) -> AnyResponse | tuple[str, int]:
    """Keep what was mended in one row, or leave the row out for good."""
    record, row = _row(batch_id, row_id)
    try:
        place = read_place(request.form.get("place", ""))
    except FormFault as fault:
        return _mend_page(record, row, fault=str(fault)), 400
    drop = request.form.get("do") == "drop"
    services.mend_row(current_store(), row_id, _typed(record, row), place=place, drop=drop)
    if drop:
        flash(_("Row %(row)s is left out for good.", row=row.row))
    else:
        flash(_("Row %(row)s was kept as you mended it; it lands when you send it again.",
                row=row.row))  # fmt: skip
    return redirect(f"/imports/{batch_id}/quarantine", 303)


@blueprint.post("/imports/<int:batch_id>/quarantine/rule")
@requires(Role.STAFF)
def rule(batch_id: int) -> AnyResponse:
    """Mend all rows with the same fault in one go."""
    store, form = current_store(), request.form
    overview = services.quarantine_overview(store, batch_id)
    group = {_key(group): group for group in overview.groups}.get(form.get("group", ""))
    back = f"/imports/{batch_id}/quarantine"
    if form.get("kind"):
        back += f"?kind={params.choice('kind', form['kind'], services.TREATMENT)}"
    if group is None:
        flash(_("These rows are not waiting any more; nothing was changed."))
        return redirect(back, 303)
    action = params.choice("action", form.get("action", ""), _ACTIONS)
    try:
        value = read_crs(form.get("new_value", "")) if action == "crs" else form.get("new_value")
    except FormFault as fault:
        flash(str(fault))
        return redirect(back, 303)
    if action == "crs" and not value:
        flash(_("Write the reference system in which the places are to be read."))
        return redirect(back, 303)
    number = services.mend_by_rule(store, batch_id, MendRule(
        kind=group.kind, field=group.field, value=group.value,
        action=cast("Any", action), new_value=value,
    ))  # fmt: skip
    flash(_rule_words(action, number))
    return redirect(back, 303)


@blueprint.post("/imports/<int:batch_id>/quarantine/resend")
@requires(Role.STAFF)
def resend(batch_id: int) -> AnyResponse:
    """Try the mended rows again; what would land is shown first."""
    store = current_store()
    record = services.import_record(store, batch_id)
    entries = services.quarantine_overview(store, batch_id).entries
    if not any(entry.can_be_sent for entry in entries):
        flash(_("No row can be sent again yet: mend one first."))
        return redirect(f"/imports/{batch_id}/quarantine", 303)
    upload = new_upload(
        store.settings.uploads, record.layer, name=record.file, resent_from=batch_id
    )  # fmt: skip
    start_check(store, upload)
    return redirect(f"/imports/new/{upload.token}/job", 303)


def _asked() -> Asked:
    args = request.args
    params.refuse_unknown(args, _ARGS)
    kind = args.get("kind") or None
    if kind is not None:
        params.choice("kind", kind, services.TREATMENT)
    everything = "outcome" in args and params.choice("outcome", args["outcome"], ("all",)) == "all"
    return Asked(kind, everything, params.whole_number(args, "page", default=1, maximum=1_000_000))


def _ids(overview: services.QuarantineOverview, asked: Asked) -> list[int]:
    return [
        entry.id
        for entry in overview.entries
        if (asked.everything or entry.outcome is None)
        and (asked.kind is None or asked.kind in entry.kinds)
    ]


def _page_rows(record: ImportRecord, ids: list[int], asked: Asked) -> list[QuarantinedRow]:
    part = ids[(asked.page - 1) * PAGE_ROWS : asked.page * PAGE_ROWS]
    return services.quarantined_rows(current_store(), record.id, waiting=False, ids=part)


def _places_url(batch_id: int, asked: Asked) -> str:
    query = [f"page={asked.page}"]
    query += [f"kind={asked.kind}"] if asked.kind else []
    query += ["outcome=all"] if asked.everything else []
    return f"/imports/{batch_id}/quarantine.geojson?{'&'.join(query)}"


def _kind_counts(
    overview: services.QuarantineOverview, *, everything: bool
) -> list[tuple[str, str, int]]:
    """Kinds that occur, with their title and number of rows, the most frequent first."""
    counts = Counter(
        kind
        for entry in overview.entries
        if everything or entry.outcome is None
        for kind in entry.kinds
    )
    return [(kind, str(kind_words(kind).title), n) for kind, n in counts.most_common()]


def _group_rows(
    overview: services.QuarantineOverview,
    layer: LayerDefinition | None,
    language: str,
    *,
    kind: str | None,
) -> list[GroupRow]:
    return [
        GroupRow(
            key=_key(group),
            group=group,
            title=str(kind_words(group.kind).title),
            field=field_title(layer, group.field, language),
            value=shown(group.value),
            of_a_place=group.kind in _OF_A_PLACE,
            can_replace=group.field not in (None, "geometry") and group.value is not None,
        )
        for group in overview.groups
        # One row with a value of its own is mended on its own page.
        if kind in (None, group.kind) and (group.rows > 1 or group.fixable)
    ]


def _key(group: FaultGroup) -> str:
    said = json.dumps([group.kind, group.field, group.value])
    return hashlib.sha256(said.encode()).hexdigest()[:20]


def _rule_words(action: str, number: int) -> str:
    if action == "drop":
        return ngettext("%(num)s row is left out for good.", "%(num)s rows are left out for good.",
                        number)  # fmt: skip
    if action == "restore":
        return ngettext("%(num)s row is as the file has it again.",
                        "%(num)s rows are as the file has them again.", number)  # fmt: skip
    return ngettext(
        "%(num)s row was mended; it lands when you send it again.",
        "%(num)s rows were mended; they land when you send them again.",
        number,
    )


def _row(batch_id: int, row_id: int) -> tuple[ImportRecord, QuarantinedRow]:
    store = current_store()
    record = services.import_record(store, batch_id)
    rows = services.quarantined_rows(store, batch_id, waiting=False, ids=[row_id])
    if not rows:
        raise NotFound("row in quarantine", str(row_id))
    return record, rows[0]


def _typed(record: ImportRecord, row: QuarantinedRow) -> dict[str, str]:
    """Text by column as the form has it; what the form only sent along stays the original."""
    texts = {}
    layer = current_store().catalogue.layer(record.layer)
    for cell in read_row(row, record, layer, current_language()).cells:
        sent = request.form.get(f"v{cell.number}", cell.text)
        unchanged = same_text(sent, cell.original)
        texts[cell.column] = cell.original if unchanged else sent.replace("\r\n", "\n")
    return texts


def _mend_page(record: ImportRecord, row: QuarantinedRow, *, fault: str | None) -> str:
    store, language = current_store(), current_language()
    layer = store.catalogue.layer(record.layer)
    told: RowReading = read_row(row, record, layer, language)
    view = params.View(row.place[0], row.place[1], _CLOSE_ZOOM) if row.place else None
    return render_template(
        "ingest/row.html",
        record=record,
        title=layer.title.of(language) if layer else record.layer,
        takes_place=layer is not None and layer.geometry_in_file != "none",
        row=told,
        typed_place=request.form.get("place", ""),
        fault=fault,
        map=rows_map(
            f"/imports/{record.id}/quarantine.geojson?row={row.id}", _("Map of the row"), view=view
        ),
        legend=legend()[:1],
        rows_layer=ROWS_LAYER,
        language=language,
    )


def _row_id() -> int:
    return params.whole_number(request.args, "row", default=1, maximum=999_999_999)
