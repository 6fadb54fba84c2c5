"""Views of the Ladder dossier: a development is filled in, judged, and given back as files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Response, g, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.utils import secure_filename

from geo_assen import services
from geo_assen.access import Role
from geo_assen.errors import NotFound
from geo_assen.land.ladder import EVIDENCE_YEARS
from webapp import params
from webapp.auth.roles import requires
from webapp.dossiers.asking import Asked, ask, park_names
from webapp.dossiers.blueprint import blueprint
from webapp.dossiers.outcome import outcome_of
from webapp.dossiers.typed import (
    ALTERNATIVE,
    EVIDENCE,
    OUTLINE,
    Typed,
    development_toml,
    typed_in,
)
from webapp.fields import code_choices
from webapp.language import current_language
from webapp.store import current_store

__all__ = ["example", "judge", "ladder"]

_ARGS = frozenset({"as_of", "lang"})
_KINDS = {"html": "text/html", "toml": "application/toml"}
_SPARE_ROWS = 2
"""Empty rows of evidence and alternatives that the form offers."""

Page = str | tuple[str, int] | Response


@blueprint.get("/uptake/ladder")
@requires(Role.STAFF)
def ladder() -> str:
    """Say what the Ladder asks, and show the form of a development."""
    params.refuse_unknown(request.args, _ARGS)
    day = params.as_of(request.args)
    return _page(Asked(typed_in(MultiDict({"as_of": day.isoformat()})), day))


@blueprint.post("/uptake/ladder")
@requires(Role.STAFF)
def judge() -> Page:
    """Show what a development has beside it and still lacks; with ``give``, as a file.

    ``give=html`` is the dossier as one page to print, ``give=toml`` the development, which
    this page and the command line take back.
    """
    params.refuse_unknown(request.args, _ARGS)
    give = params.choice("give", request.form.get("give", ""), ("", "html", "toml"))
    asked = ask(request.form, request.files.get("file"))
    if asked.dossier is None:
        return _page(asked), 400
    if not give:
        return _page(asked)
    title = secure_filename(asked.dossier.development.title)[:60] or "development"
    text = (
        services.ladder_file(current_store(), asked.dossier, language=current_language())
        if give == "html"
        else development_toml(asked.dossier.development)
    )
    return _attached(text, _KINDS[give], f"ladder-{title}.{give}")


@blueprint.get("/uptake/ladder/example.toml")
@requires(Role.STAFF)
def example() -> Response:
    """Give the made-up development of the sample."""
    path = _example()
    if path is None:
        raise NotFound("example", "development")
    return _attached(path.read_text(encoding="utf-8"), _KINDS["toml"], path.name)


def _attached(text: str, kind: str, name: str) -> Response:
    answer = Response(text, content_type=f"{kind}; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _example() -> Path | None:
    """First development of the sample; None where the sample is not installed."""
    found = sorted((current_store().settings.sample / "developments").glob("*.toml"))
    return found[0] if found else None


def _page(asked: Asked) -> str:
    # The date stands in the form, so that what was typed is not lost with it; what surrounds
    # the page is to show the same one.
    g.as_of = asked.as_of
    catalogue, language = current_store().catalogue, current_language()
    typed = asked.typed
    outcome = outcome_of(asked.dossier, typed, language) if asked.dossier else None
    alternatives = outcome.alternatives if outcome else typed.alternatives
    parks = park_names(asked.as_of)
    return render_template(
        "dossiers/ladder.html",
        typed=typed.values,
        outcome=outcome,
        faults=asked.faults or {},
        file_faults=asked.file_faults,
        uses=code_choices(catalogue, "uses", typed.use, language),
        places=_places(asked),
        constraints=_constraints(typed),
        evidence=[*typed.evidence, *[dict.fromkeys(EVIDENCE, "")] * _SPARE_ROWS],
        alternatives=[*alternatives, *[dict.fromkeys(ALTERNATIVE, "")] * _SPARE_ROWS],
        parks=parks,
        titles={
            name: {code.value: code.title.of(language) for code in catalogue.codes[name].code}
            for name in ("plan_status", "certainty", "site_kind", "vacancy_source")
        },
        has_example=_example() is not None,
        evidence_years=EVIDENCE_YEARS,
        language=language,
    )


def _places(asked: Asked) -> list[tuple[str, str]]:
    """Parks and areas by code; the outline of a file and an unknown code are choices too."""
    listed: list[tuple[str, str]] = list(services.areas_at(current_store(), asked.as_of))
    place = asked.typed.values["place"]
    if asked.typed.values["outline"]:
        listed.append((OUTLINE, _("Outline of the file")))
    if place and place not in dict(listed):
        listed.append((place, place))
    return listed


def _constraints(typed: Typed) -> list[str]:
    """Constraints that the form carries along, a line each, as their file has them."""
    try:
        carried: Any = json.loads(typed.values["constraint"] or "[]")
    except ValueError:
        return [typed.values["constraint"]]
    rows = carried if isinstance(carried, list) else [carried]
    return [
        ", ".join(f"{key} = {value}" for key, value in row.items())
        if isinstance(row, dict) else str(row)
        for row in rows
    ]  # fmt: skip
