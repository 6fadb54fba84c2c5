"""Views of matching: the page, and the same ranking as GeoJSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from geo_assen import services
from geo_assen.access import Role
from geo_assen.errors import RequirementError
from geo_assen.export import MEDIA_TYPES
from geo_assen.matching import Ranking, Requirement, Result
from geo_assen.services import SiteFilter
from webapp import params
from webapp.auth.roles import current_role, requires
from webapp.language import current_language
from webapp.maps import MapLayer, MapParts, MapView, base_map, build_map, catalogue_layer, read_rows
from webapp.matching.bars import BAR_WIDTH, Bar, criterion_colours, score_bar
from webapp.matching.faults import fault_words
from webapp.matching.form import FRAME_ARGS, canonical, need_form
from webapp.matching.words import (
    ABOUT,
    About,
    MatchWords,
    about_sites,
    criterion_title,
    map_members,
    match_words,
)
from webapp.store import current_store

__all__ = ["blueprint", "geojson", "index"]

blueprint = Blueprint("matching", __name__, template_folder="templates")

_LISTED = 50
_MOST_LISTED = 1000
_ASKING = frozenset({"site", "requirement"})
_SAFE = ",:;"
_VERDICT_STYLES = (
    ("pass", "#0b5d4e", "solid"),
    ("unknown", "#a84f00", "hatch"),
    ("fail", "#5f5a52", "dash"),
)
_EXAMPLES = (
    (
        "kinds=plot&use=logistics&use=industrial&min.area_m2=5000&near.motorway_exit.max_m=3000"
        "&w.price_eur_m2=3&c.price_eur_m2=smaller:60,140"
        "&w.near.motorway_exit=2&c.near.motorway_exit=smaller:500,3000"
    ),
    (
        "kinds=premises&use=office&min.area_m2=200&max.area_m2=1500"
        "&w.near.station=3&c.near.station=smaller:300,2500"
        "&w.rent_eur_m2_year=2&c.rent_eur_m2_year=smaller:80,160"
    ),
    (
        "kinds=premises&use=retail&min.area_m2=80&max.area_m2=400"
        "&w.near.centre=3&c.near.centre=smaller:100,800"
        "&w.rent_eur_m2_year=2&c.rent_eur_m2_year=smaller:80,240"
    ),
)


@dataclass(frozen=True)
class Ranked:
    """One result as the list shows it."""

    rank: int
    result: Result
    bar: Bar
    words: MatchWords


@blueprint.get("/match")
@requires(Role.PUBLIC)
def index() -> str | AnyResponse | tuple[str, int]:
    """Show the need as a form, and the sites that fit it, ranked."""
    asked = _asked_elsewhere() or canonical(request.args)
    if sorted(asked.items(multi=True)) != sorted(request.args.items(multi=True)):
        return redirect(f"/match?{urlencode(list(asked.items(multi=True)), safe=',:;')}")
    ranking, faults = None, ()
    if _says_something(asked):
        try:
            ranking = _ranking(asked)
        except RequirementError as error:
            faults = error.faults
    page = _page(asked, ranking, faults)
    return (page, 400) if faults else page


@blueprint.get("/match.geojson")
@requires(Role.PUBLIC)
def geojson() -> Response:
    """Give the ranking that the page lists as GeoJSON; ``for=map`` adds what the map shows."""
    ranking = _ranking(canonical(request.args))
    listed = _limit()
    if "for" in request.args and params.choice("for", request.args["for"], ("map",)):
        results = ranking.top(listed)
        about = _about(ranking, results)
        words = [match_words(r, ranking, about, current_language()) for r in results]
        text: Iterator[str] = services.ranking_geojson(
            current_store(), ranking, listed, extra=map_members(results, words, current_language())
        )
        return Response("".join(text), mimetype=MEDIA_TYPES["geojson"])
    answer = Response(
        "".join(services.ranking_geojson(current_store(), ranking, listed)),
        mimetype=MEDIA_TYPES["geojson"],
    )
    name = f"match-{ranking.as_of.isoformat()}.geojson"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _asked_elsewhere() -> MultiDict[str, str] | None:
    """Need that comes from a site ("match for this") or a stored requirement."""
    store, day = current_store(), params.as_of(request.args)
    if request.args.get("site"):
        found = services.requirement_like(
            store, request.args["site"], as_of=day, title=_("Like %(site)s")
        )
    elif request.args.get("requirement"):
        code = params.text(request.args, "requirement", longest=80)
        stored = services.stored_requirement(store, code, role=current_role())
        # A link may be passed on: who asks stays out of it.
        found = replace(stored, code=None, party=None, present_site=None)
    else:
        return None
    kept = [(n, v) for n, v in request.args.items(multi=True) if n in FRAME_ARGS | {"as_of"}]
    pairs = [(name, value) for name, values in found.to_query().items() for value in values]
    return MultiDict([*pairs, *(pair for pair in kept if pair[0] not in dict(pairs))])


def _says_something(args: MultiDict[str, str]) -> bool:
    return bool(set(args) - FRAME_ARGS - _ASKING - {"as_of"})


def _ranking(args: MultiDict[str, str]) -> Ranking:
    requirement = Requirement.from_query(dict(args.lists()), ignore=FRAME_ARGS)
    return services.match_sites(current_store(), requirement, as_of=params.as_of(request.args))


def _limit() -> int:
    return params.limit(request.args, default=_LISTED, maximum=_MOST_LISTED)


def _page(
    args: MultiDict[str, str], ranking: Ranking | None, faults: tuple[tuple[str, str], ...]
) -> str:
    store, language = current_store(), current_language()
    listed = ranking.top(_limit()) if ranking else ()
    return render_template(
        "matching/index.html",
        map=_map(args, ranking is not None),
        form=need_form(args, store.catalogue, _ranges(), language),
        ranking=ranking,
        groups=_groups(ranking, listed) if ranking else (),
        listed=len(listed),
        faults=fault_words(faults, store.catalogue, language),
        criteria=_criteria(ranking, listed) if ranking else (),
        examples=tuple(zip(_example_titles(), _EXAMPLES, strict=True)),
        requirements=_stored(),
        query=urlencode(list(args.items(multi=True)), safe=_SAFE),
        bar_width=BAR_WIDTH,
        language=language,
    )


def _groups(
    ranking: Ranking, listed: tuple[Result, ...]
) -> tuple[tuple[str, str, list[Ranked]], ...]:
    """Results under three headings, never mixed; headings without results are left out."""
    about, language = _about(ranking, listed), current_language()
    colours = criterion_colours(listed)
    shown = [
        Ranked(
            rank, result, score_bar(result, colours), match_words(result, ranking, about, language)
        )
        for rank, result in enumerate(listed, start=1)
    ]
    headings = (
        ("pass", _("Fits")),
        ("unknown", _("To check")),
        ("fail", _("Yes, if ...")),
    )
    groups = ((v, title, [r for r in shown if r.result.verdict == v]) for v, title in headings)
    return tuple(group for group in groups if group[2])


def _criteria(ranking: Ranking, listed: tuple[Result, ...]) -> tuple[tuple[str, str], ...]:
    """Colour and title of each criterion, for the legend of the bars."""
    return tuple(
        (colour, criterion_title(name, ranking, current_language()))
        for name, colour in criterion_colours(listed).items()
    )


def _about(ranking: Ranking, listed: tuple[Result, ...]) -> dict[str, About]:
    """Description of the sites that are listed, by id."""
    store = current_store()
    rows = services.list_sites(store, SiteFilter(), as_of=ranking.as_of, role=current_role())
    frame = rows.frame[rows.frame["id"].isin([result.id for result in listed])]
    fields = tuple(f for f in rows.fields if f.name in {"id", "name", *ABOUT})
    told = replace(rows, frame=frame, fields=fields)
    return about_sites(read_rows(told, store.catalogue, current_language()))


def _example_titles() -> tuple[str, ...]:
    return (
        _("A plot for logistics near the motorway"),
        _("An office near the station"),
        _("A shop in the centre"),
    )


def _ranges() -> dict[str, tuple[float, float]]:
    return services.usual_ranges(current_store(), as_of=params.as_of(request.args))


def _stored() -> list[dict[str, Any]]:
    """Stored requirements, which only staff see."""
    if current_role() < Role.STAFF:
        return []
    listed = services.requirement_list(current_store(), role=current_role())
    return [dict(row) for row in listed.to_dict("records")]


def _map(args: MultiDict[str, str], is_ranked: bool) -> MapParts:
    """Map of the ranked sites, or of all that are on offer while nothing is asked yet."""
    store, language = current_store(), current_language()
    shown = MapView(
        layers=(_ranked_layer(args) if is_ranked else _offered_layer(),),
        language=language,
        base=base_map(store.catalogue, store.settings, language),
        view=params.map_view(request.args),
        as_of=params.as_of(request.args) if request.args.get("as_of") else None,
    )
    return build_map(
        shown, module_url=url_for("static", filename="js/map.js"), label=_("Map of ranked sites")
    )


def _offered_layer() -> MapLayer:
    layer = current_store().catalogue.layers["sites"]
    return replace(
        catalogue_layer(layer, current_language(), on=True),
        url="/sites.geojson",
        whole=True,
        table_url=None,
        open_url="/sites/{key}",
    )


def _ranked_layer(args: MultiDict[str, str]) -> MapLayer:
    unasked = {"lang", "as_of", "at", "layers"}
    query = urlencode(
        [pair for pair in args.items(multi=True) if pair[0] not in unasked], safe=_SAFE
    )
    titles = {"pass": _("Fits"), "unknown": _("To check"), "fail": _("Yes, if ...")}
    return MapLayer(
        id="match",
        title=_("Ranked sites"),
        url=f"/match.geojson?{query}",
        legend=tuple(
            {"value": verdict, "title": titles[verdict], "colour": colour, "mark": mark, "width": 2}
            for verdict, colour, mark in _VERDICT_STYLES
        ),
        class_field="verdict",
        label_field="name",
        number_field="rank",
        open_url="/sites/{key}",
        whole=True,
    )
