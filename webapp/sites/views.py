"""Views of sites: the list, its downloads, and one site."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from geo_assen import services
from geo_assen.access import Role
from geo_assen.export import MEDIA_TYPES, LayerRows, encode
from geo_assen.sites import FieldSource
from webapp import params
from webapp.auth.roles import current_role, requires
from webapp.fields import unknown_titles
from webapp.frame import built_paths
from webapp.language import current_language
from webapp.maps import Reading, catalogue_layer, map_collection, read_rows
from webapp.sites.filters import controls, read_filter, sentence
from webapp.sites.timeline import timeline_words
from webapp.store import current_store
from webapp.surroundings import draw_map, surroundings_map

__all__ = ["blueprint", "csv_file", "detail", "geojson", "gpkg", "index", "xlsx"]

blueprint = Blueprint("sites", __name__, template_folder="templates")


@blueprint.get("/sites")
@requires(Role.PUBLIC)
def index() -> str:
    """List the sites that a filter lets through, beside their map."""
    store, language = current_store(), current_language()
    chosen = read_filter(_asked(), store.catalogue)
    rows = _listed()
    parks = _park_names()
    layer = replace(
        catalogue_layer(store.catalogue.layers["sites"], language, on=True),
        url=f"/sites.geojson?{_query()}",
        whole=True,
        table_url=None,
        open_url="/sites/{key}",
        match_url="/match?site={key}" if "/match" in built_paths() else None,
    )
    return render_template(
        "sites/index.html",
        map=draw_map(
            (layer,), label=_("Map of the sites listed"), view=params.map_view(request.args)
        ),
        rows=rows,
        reading=_cards(rows),
        controls=controls(store.catalogue, chosen, parks, language),
        sentence=sentence(store.catalogue, chosen, parks, language),
        chosen=chosen,
        language=language,
    )


@blueprint.get("/sites.geojson")
@requires(Role.PUBLIC)
def geojson() -> Response:
    """Give the listed sites as GeoJSON; ``for=map`` adds the words the map shows."""
    if "for" in request.args and params.choice("for", request.args["for"], ("map",)):
        text = map_collection(_listed(), current_store().catalogue, current_language())
        return Response("".join(text), mimetype=MEDIA_TYPES["geojson"])
    return _file("geojson")


@blueprint.get("/sites.csv")
@requires(Role.PUBLIC)
def csv_file() -> Response:
    """Give the listed sites as CSV, in Dutch signs for a Dutch reader."""
    return _file("csv-nl" if current_language() == "nl" else "csv", ending="csv")


@blueprint.get("/sites.xlsx")
@requires(Role.PUBLIC)
def xlsx() -> Response:
    """Give the listed sites as a spreadsheet."""
    return _file("xlsx")


@blueprint.get("/sites.gpkg")
@requires(Role.PUBLIC)
def gpkg() -> Response:
    """Give the listed sites as a GeoPackage."""
    return _file("gpkg")


@blueprint.get("/sites/<site_id>")
@requires(Role.PUBLIC)
def detail(site_id: str) -> str:
    """Show all that is known of one site; prints on one A4."""
    store, language = current_store(), current_language()
    day = params.as_of(request.args)
    site = services.site_detail(store, site_id, as_of=day, role=current_role())
    reading = read_rows(site.rows, store.catalogue, language)
    return render_template(
        "sites/detail.html",
        map=surroundings_map(
            site, label=_("Map of the surroundings"), view=params.map_view(request.args)
        ),
        site=site,
        layer=site.rows.layer,
        reading=reading,
        row=reading.rows[0],
        unknown=unknown_titles(site.unknown, language),
        footnotes=_footnotes(site),
        certainties=store.catalogue.codes["certainty"],
        timeline=timeline_words(site.timeline, store.catalogue, language),
        fitting=_fitting(site_id),
        language=language,
    )


def _footnotes(site: services.SiteDetail) -> dict[FieldSource, str]:
    """Sources of single facts, each with the letter that stands at what it says."""
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    return {source: next(letters) for source in dict.fromkeys(site.field_sources.values())}


def _fitting(site_id: str) -> tuple[services.Fit, ...] | None:
    """Open requirements that a site fits; None for whom they are not."""
    if current_role() < Role.STAFF:
        return None
    return services.requirements_fitting(
        current_store(), site_id, as_of=params.as_of(request.args), role=current_role()
    )


def _cards(rows: LayerRows) -> Reading:
    """What the cards of the list show, in words: no more is put into words than that."""
    shown = {"id", "name", "park", "street", "status", *rows.layer.card}
    fields = tuple(f for f in rows.fields if f.name in shown)
    return read_rows(replace(rows, fields=fields), current_store().catalogue, current_language())


def _asked() -> MultiDict[str, str]:
    """Parameters that say something about the sites that are listed."""
    return MultiDict(
        [pair for pair in request.args.items(multi=True) if pair[0] not in params.CARRIED]
    )


def _listed() -> LayerRows:
    store = current_store()
    chosen = read_filter(_asked(), store.catalogue)
    rows = services.list_sites(store, chosen, as_of=params.as_of(request.args), role=current_role())
    asked = request.args.getlist("id")
    if not asked:
        return rows
    frame = rows.frame[rows.frame["id"].isin(asked)]
    return replace(rows, frame=frame.reset_index(drop=True), total=len(frame))


def _file(kind: str, ending: str | None = None) -> Response:
    body = encode(_listed(), kind, current_language())
    answer = Response(body, content_type=MEDIA_TYPES[kind])
    day = params.as_of(request.args).isoformat()
    name = f"sites-{day}.{ending or kind}"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _query() -> str:
    """Query of this request without what the map adds itself."""
    kept = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if value and name not in {"as_of", "lang", "at", "layers", "for", "keep"}
    ]
    return "&".join(f"{quote(name)}={quote(value)}" for name, value in kept)


def _park_names() -> dict[str, str]:
    rows = services.layer_rows(
        current_store(), "business_parks", as_of=params.as_of(request.args), role=current_role()
    )
    return dict(zip(rows.frame["code"], rows.frame["name"], strict=True))
