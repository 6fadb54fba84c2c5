"""Views of the register of requirements; all of them are for staff."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from geo_assen import services
from geo_assen.access import Role
from geo_assen.errors import FileRefused, RequirementError
from geo_assen.matching import Requirement, remarks
from geo_assen.services import RequirementChanged, RequirementRecord
from webapp import params
from webapp.auth.roles import current_role, requires
from webapp.language import current_language
from webapp.requirements.forms import (
    FIELDS,
    asked_version,
    merged,
    named,
    of_file,
    of_form,
    of_query,
)
from webapp.requirements.words import change_words, need_words, told_faults
from webapp.store import current_store

__all__ = ["blueprint", "change", "index", "json_file", "record", "store", "toml_file"]

blueprint = Blueprint("requirements", __name__, template_folder="templates")

Faults = tuple[tuple[str, str, str], ...]

_KINDS = ("new", "grow", "relocate")


@blueprint.get("/requirements")
@requires(Role.STAFF)
def index() -> str:
    """List the register, with how many sites each open requirement has."""
    params.refuse_unknown(request.args, {"stage", "lang", "as_of"})
    return _list(())


@blueprint.post("/requirements")
@requires(Role.STAFF)
def store() -> AnyResponse | tuple[str, int]:
    """Record a need of the match screen or out of a file, as a new record or a known one."""
    code = params.text(request.form, "code", longest=80)
    try:
        asked = _sent()
        if code:
            recorded = services.stored_requirement(current_store(), code, role=current_role())
            services.update_requirement(
                current_store(),
                code,
                merged(recorded, asked, is_whole=request.form.get("whole") == "1"),
                role=current_role(),
                version=asked_version(request.form),
            )
        else:
            asked = named(asked, params.text(request.form, "title", longest=1000))
            code = services.add_requirement(current_store(), asked, role=current_role())
    except RequirementChanged:
        return _page(code, (), {}, clash=True), 409
    except RequirementError as error:
        faults = told_faults(error.faults)
    except FileRefused as error:
        faults = ((_("File"), str(error), "en"),)
    else:
        flash(_("Stored as %(code)s.", code=code))
        return redirect(f"/requirements/{code}", 303)
    return (_page(code, faults, {}) if code else _list(faults)), 400


@blueprint.get("/requirements/<code>")
@requires(Role.STAFF)
def record(code: str) -> str:
    """Show one record: what is asked, who asks, and what became of it."""
    params.refuse_unknown(request.args, {"lang", "as_of"})
    return _page(code, (), {})


@blueprint.post("/requirements/<code>")
@requires(Role.STAFF)
def change(code: str) -> AnyResponse | tuple[str, int]:
    """Save the form of a record, unless somebody else saved it meanwhile."""
    found = current_store()
    recorded = services.stored_requirement(found, code, role=current_role())
    typed = {name: request.form.get(name, "") for name in FIELDS}
    try:
        services.update_requirement(
            found,
            code,
            of_form(request.form, recorded),
            role=current_role(),
            version=asked_version(request.form),
        )
    except RequirementChanged:
        return _page(code, (), typed, clash=True), 409
    except RequirementError as error:
        return _page(code, told_faults(error.faults), typed), 400
    flash(_("Saved."))
    return redirect(f"/requirements/{code}", 303)


@blueprint.get("/requirements/<code>.toml")
@requires(Role.STAFF)
def toml_file(code: str) -> Response:
    """Give a record as a TOML file, which the command line and the list take back."""
    asked = services.stored_requirement(current_store(), code, role=current_role())
    return _file(asked.to_toml(), "application/toml", f"{code}.toml")


@blueprint.get("/requirements/<code>.json")
@requires(Role.STAFF)
def json_file(code: str) -> Response:
    """Give a record as a JSON file."""
    asked = services.stored_requirement(current_store(), code, role=current_role())
    text = json.dumps(asked.to_document(), ensure_ascii=False, indent=2) + "\n"
    return _file(text, "application/json", f"{code}.json")


def _file(text: str, kind: str, name: str) -> Response:
    answer = Response(text, content_type=f"{kind}; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _sent() -> Requirement:
    """Requirement of the request: a file where one was sent, else a need."""
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        return of_file(sent)
    query = request.form.get("query", "")
    if not query:
        raise RequirementError("", [("need", "is missing")])
    return of_query(query.removeprefix("/match").removeprefix("?"))


def _list(faults: Faults) -> str:
    found, language = current_store(), current_language()
    day = params.as_of(request.args)
    stage = request.args.get("stage") or None
    stages = found.catalogue.codes["stage"]
    if stage is not None:
        params.choice("stage", stage, stages.values)
    return render_template(
        "requirements/index.html",
        rows=services.requirement_register(found, as_of=day, role=current_role(), stage=stage),
        stage=stage,
        stages=_choices("stage"),
        titles={name: dict(_choices(name)) for name in ("stage", "demand_kind", "sector")},
        faults=faults,
        language=language,
    )


def _page(code: str, faults: Faults, typed: Mapping[str, str], *, clash: bool = False) -> str:
    found, language, day = current_store(), current_language(), params.as_of(request.args)
    told = services.requirement_record(found, code, role=current_role())
    asked = told.requirement
    fields = {field.name: field for field in found.catalogue.layers["sites"].field}
    unmatched = services.requirement_fault(found, asked, as_of=day)
    return render_template(
        "requirements/record.html",
        record=told,
        asked=asked,
        need=need_words(asked, found.catalogue, _areas(), language),
        changes=change_words(told.changes, found.catalogue, language),
        remarks=remarks(asked, as_of=day, fields=fields, language=language),
        unmatched=told_faults(unmatched.faults) if unmatched else (),
        ranking=None if unmatched else services.match_sites(found, asked, as_of=day),
        faults=faults,
        clash=clash,
        form=_filled(told, typed),
        choices={
            "kind": [choice for choice in _choices("demand_kind") if choice[0] in _KINDS],
            "sector": _choices("sector"),
            "stage": _choices("stage"),
            "party": _parties(),
        },
        titles={name: dict(_choices(name)) for name in ("stage", "demand_kind", "sector")},
        language=language,
    )


def _filled(told: RequirementRecord, typed: Mapping[str, str]) -> dict[str, str]:
    """Values of the form: as typed before, else as recorded."""
    values: dict[str, Any] = {name: getattr(told.requirement, name) for name in FIELDS}
    return {
        name: typed[name] if name in typed else "" if value is None else str(value)
        for name, value in values.items()
    }


def _choices(codes: str) -> list[tuple[str, str]]:
    listed = current_store().catalogue.codes[codes].code
    return [(code.value, code.title.of(current_language())) for code in listed]


def _parties() -> list[tuple[str, str]]:
    rows = _rows("parties")
    return sorted(zip(rows["code"], rows["name"], strict=True), key=lambda pair: pair[1].lower())


def _areas() -> dict[str, str]:
    """Names of areas and parks by code."""
    names: dict[str, str] = {}
    for layer in ("areas", "business_parks"):
        rows = _rows(layer)
        names |= dict(zip(rows["code"], rows["name"], strict=True))
    return names


def _rows(layer: str) -> Any:
    day = params.as_of(request.args)
    return services.layer_rows(current_store(), layer, as_of=day, role=current_role()).frame
