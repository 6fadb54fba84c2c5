"""Views of the ledger: an event is filled in, its effect shown, and only then recorded."""

from __future__ import annotations

from urllib.parse import quote

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from geo_assen import services
from geo_assen.access import Role
from geo_assen.errors import LedgerError, NotFound
from geo_assen.services import EntryRefused, LandEntry
from webapp import params
from webapp.auth.roles import current_role, requires
from webapp.land.blueprint import blueprint
from webapp.land.effect import (
    caution_words,
    event_facts,
    plot_changes,
    stock_changes,
)
from webapp.land.form import FIELDS, Faults, filled_for, form_fields, read_entry, typed_in
from webapp.land.words import reason_words
from webapp.ledger_words import told_faults
from webapp.store import current_store

__all__ = ["check_or_record", "new_event"]

_ARGS = frozenset({"plot", "park", "kind", "corrects", "as_of", "lang"})
_LONGEST_CODE = 80

Page = str | tuple[str, int] | Response


@blueprint.get("/uptake/events/new")
@requires(Role.STAFF)
def new_event() -> Page:
    """Show the form of an event, filled in for a plot, a park or an event to correct."""
    params.refuse_unknown(request.args, _ARGS)
    asked = {
        name: params.text(request.args, name, longest=_LONGEST_CODE)
        for name in FIELDS
        if name in _ARGS
    }
    typed = filled_for(asked)
    if typed is None:
        raise NotFound("land event", asked["corrects"])
    return _form(typed, {})


@blueprint.post("/uptake/events/new")
@requires(Role.STAFF)
def check_or_record() -> Page:
    """Show what an event would do; with ``step=record`` record it."""
    typed = typed_in(request.form)
    step = params.choice("step", request.form.get("step", "check"), ("check", "edit", "record"))
    if step == "edit":
        return _form(typed, {})
    entry, faults = read_entry(typed)
    if entry is None:
        return _form(typed, faults), 400
    try:
        return _record(entry) if step == "record" else _effect(entry, typed)
    except EntryRefused as error:
        return _form(typed, {name: reason_words(reason) for name, reason in error.faults}), 400
    except LedgerError:
        # Somebody recorded something meanwhile: what it now contradicts is shown.
        return _effect(entry, typed)


def _record(entry: LandEntry) -> Page:
    effect = services.entry_effect(current_store(), entry, role=current_role())
    code = services.record_event(current_store(), entry, role=current_role())
    flash(_("Recorded as %(code)s.", code=code))
    park = f"?park={quote(effect.park)}" if effect.park else ""
    return redirect(f"/uptake{park}", 303)


def _effect(entry: LandEntry, typed: dict[str, str]) -> tuple[str, int]:
    effect = services.entry_effect(current_store(), entry, role=current_role())
    faults = told_faults(effect.faults)
    text = render_template(
        "land/effect.html",
        effect=effect,
        typed=typed,
        facts=event_facts(entry, form_fields(typed)),
        stock=stock_changes(effect),
        plot=plot_changes(effect),
        faults=faults,
        cautions=caution_words(effect),
        year=entry.effective_on.year,
    )
    return text, 409 if faults else 200


def _form(typed: dict[str, str], faults: Faults) -> str:
    return render_template(
        "land/event.html", typed=typed, faults=faults, fields=form_fields(typed)
    )
