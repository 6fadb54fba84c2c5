"""Views of matching: the screen, the same ranking as files, and as the map draws it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flask import Blueprint, Response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.wrappers import Response as AnyResponse

from geo_assen import services
from geo_assen.access import Role
from geo_assen.export import MEDIA_TYPES
from geo_assen.matching import Ranking, Requirement
from webapp import params
from webapp.auth.roles import current_role, requires
from webapp.fragments import answer_fragment, answer_page, asked_fragment
from webapp.language import current_language
from webapp.matching.address import FRAME_ARGS, canonical, ignored, query_of
from webapp.matching.mapping import ranked_map
from webapp.matching.page import asked_day, limit, matched, page, read_about, usual
from webapp.matching.words import about_sites, map_members, match_words
from webapp.presentation import is_presentation
from webapp.store import current_store

__all__ = ["blueprint", "csv_file", "geojson", "index", "xlsx"]

blueprint = Blueprint("matching", __name__, template_folder="templates")

_ADDRESS = "X-Address"
"""Answers the screen that asks for its parts anew with the address of what they show. A reader
without scripts is sent to that address instead."""


@blueprint.get("/match")
@requires(Role.PUBLIC)
def index() -> AnyResponse:
    """Show the need as a form, and the sites that fit it, ranked."""
    asked = _asked()
    is_part = asked_fragment() is not None
    address = f"/match?{query_of(asked)}" if asked else "/match"
    if sorted(asked.items(multi=True)) != sorted(request.args.items(multi=True)):
        if not is_part:
            return redirect(address)
        # Every link of the parts starts from the address that they show.
        request.args = ImmutableMultiDict(list(asked.items(multi=True)))
    found = matched(asked)
    told = page(asked, found)
    status = 400 if found.faults.listed else 200
    if is_part:
        answer = answer_fragment(render_template("matching/fragment.html", **told), status)
        answer.headers[_ADDRESS] = address
        return answer
    screen = render_template("matching/index.html", map=ranked_map(told), **told)
    return answer_page(screen, status)


@blueprint.get("/match.geojson")
@requires(Role.PUBLIC)
def geojson() -> Response:
    """Give the ranking that the page lists as GeoJSON; ``for=map`` adds what the map shows."""
    ranking, store = _ranking(), current_store()
    if "for" in request.args and params.choice("for", request.args["for"], ("map",)):
        results, language = ranking.top(limit()), current_language()
        about = about_sites(read_about(ranking, results))
        words = [match_words(result, ranking, about, language) for result in results]
        text: Iterator[str] = services.ranking_geojson(
            store, ranking, limit(), extra=map_members(results, words, language)
        )
        return Response("".join(text), mimetype=MEDIA_TYPES["geojson"])
    return _file(ranking, "".join(services.ranking_geojson(store, ranking, limit())), "geojson")


@blueprint.get("/match.csv")
@requires(Role.PUBLIC)
def csv_file() -> Response:
    """Give the ranking that the page lists as CSV, in Dutch signs for a Dutch reader."""
    ranking, language = _ranking(), current_language()
    kind = "csv-nl" if language == "nl" else "csv"
    text = services.ranking_file(current_store(), ranking, kind, top=limit(), language=language)
    return _file(ranking, text, "csv")


@blueprint.get("/match.xlsx")
@requires(Role.PUBLIC)
def xlsx() -> Response:
    """Give the ranking that the page lists as a spreadsheet."""
    ranking, language = _ranking(), current_language()
    text = services.ranking_file(current_store(), ranking, "xlsx", top=limit(), language=language)
    return _file(ranking, text, "xlsx")


def _file(ranking: Ranking, content: str | bytes, ending: str) -> Response:
    answer = Response(content, content_type=MEDIA_TYPES[ending])
    name = f"match-{ranking.as_of.isoformat()}.{ending}"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _asked() -> MultiDict[str, str]:
    """Need of the address, or the one that it points to, as a link should have it."""
    given = _asked_elsewhere() or MultiDict(request.args)
    if is_presentation():
        given.poplist("record")
    return canonical(given, current_store().catalogue, usual())


def _ranking() -> Ranking:
    asked = _asked()
    requirement = Requirement.from_query(dict(asked.lists()), ignore=ignored(asked))
    return services.match_sites(current_store(), requirement, as_of=asked_day())


def _asked_elsewhere() -> MultiDict[str, str] | None:
    """Need that comes from a site ("match for this") or a stored requirement."""
    store, day = current_store(), asked_day()
    origin: list[tuple[str, str]] = []
    if request.args.get("site"):
        found = services.requirement_like(
            store, request.args["site"], as_of=day, title=_("Like %(site)s")
        )
    elif request.args.get("requirement"):
        code = params.text(request.args, "requirement", longest=80)
        recorded = services.requirement_record(store, code, role=current_role())
        # A link may be passed on: who asks, and how far it is, stays out of it.
        found = replace(recorded.requirement, code=None, party=None, stage=None)
        origin = [("record", f"{code}:{recorded.version}")]
    else:
        return None
    kept = [(n, v) for n, v in request.args.items(multi=True) if n in FRAME_ARGS | {"as_of"}]
    asked = [(name, value) for name, values in found.to_query().items() for value in values]
    pairs = [*asked, *origin]
    return MultiDict([*pairs, *(pair for pair in kept if pair[0] not in dict(pairs))])
