"""Vacancy on paper: the map as it was seen, with what one must know to read it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from geo_assen import services
from geo_assen.access import Role
from geo_assen.catalogue import LayerDefinition
from webapp import params
from webapp.auth.roles import requires
from webapp.maps.view import BASE_LAYER
from webapp.store import current_store
from webapp.vacancy.blueprint import blueprint
from webapp.vacancy.page import frame_of, live_part
from webapp.vacancy.places import vacancy_map
from webapp.vacancy.question import PAGE_ARGS, read_question
from webapp.vacancy.tables import Told, told
from webapp.vacancy.words import code_words

__all__ = ["PAPERS", "paper"]

PAPERS = ("a4", "a3")
"""Sizes of the sheets, all of them landscape."""

_PRINT_ARGS = PAGE_ARGS | {"paper", "seen"}
_LONGEST = 20
_LEAST_PX, _MOST_PX = 100, 20_000


@blueprint.get("/vacancy/print")
@requires(Role.PUBLIC)
def paper() -> str:
    """Show the map that was seen on one sheet, and the figures by group on those after it."""
    params.refuse_unknown(request.args, _PRINT_ARGS)
    size = params.choice("paper", request.args.get("paper") or PAPERS[0], PAPERS)
    found = told(read_question(request.args))
    seen = live_part(found) | frame_of(found)
    return render_template(
        "vacancy/print.html",
        paper=size,
        papers=PAPERS,
        seen_px=_seen_px(request.args),
        map=vacancy_map(found),
        drawn=_drawn(seen["legends"]),
        sources=_sources(found),
        printed_on=services.today(),
        **seen,
    )


def _drawn(legends: Mapping[str, LayerDefinition]) -> list[LayerDefinition]:
    """Layers that may be on the map, each with its legend."""
    areas = current_store().catalogue.layers["vacancy_areas"]
    return [areas, *(legends[name] for name in ("streets", "units", "hotspots"))]


def _seen_px(args: MultiDict[str, str]) -> str:
    """Width and height of the map that was seen, as its script reads them; empty: not known."""
    written = params.text(args, "seen", longest=_LONGEST)
    sides = written.split(",") if written else []
    if not written or (len(sides) == 2 and all(_is_side(side) for side in sides)):
        return written
    raise params.ParameterError(
        "seen", _("width and height of a map in pixels, from 100 on, such as 830,600")
    )


def _is_side(written: str) -> bool:
    if not (written.isascii() and written.isdecimal()):
        return False
    return _LEAST_PX <= int(written) <= _MOST_PX


def _sources(found: Told) -> list[str]:
    """From whom the figures and the map below are, how sure they are, and under what licence."""
    layers = current_store().catalogue.layers
    source, words = layers["vacancy"].source, code_words("certainty")
    sure = ", ".join(words.get(code, code) for code in found.report.certainties)
    figures = f"{source.publisher} ({sure})" if sure else source.publisher
    told_of = [_("Source: %(source)s, %(licence)s", source=figures, licence=source.licence)]
    ground = layers.get(BASE_LAYER)
    if ground is not None:
        told_of.append(
            _("Base map: %(source)s, %(licence)s", source=ground.source.publisher,
              licence=ground.source.licence)
        )  # fmt: skip
    return told_of
