"""The map of one site with what lies around it, as its page and its printed sheet show it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from flask import request, url_for

from geo_assen.services import SiteDetail
from webapp import params
from webapp.language import current_language
from webapp.maps import MapLayer, MapParts, MapView, base_map, build_map, catalogue_layer
from webapp.store import current_store

__all__ = ["draw_map", "surroundings_map"]

_CLOSE_ZOOM = 16
# The site of the page: a dark edge over the colour that tells its status.
_OUTLINED = ({"value": "", "title": "", "colour": "#101010", "mark": "outline", "width": 2},)
_SURROUNDINGS = ("business_parks", "plots", "reference_points")


def surroundings_map(site: SiteDetail, *, label: str, view: params.View | None = None) -> MapParts:
    """Map of a site among parks, plots and reference points.

    Parameters
    ----------
    label
        Name of the map for who cannot see it.
    view
        What it shows first; None: the site from nearby.
    """
    catalogue, language = current_store().catalogue, current_language()
    layer = site.rows.layer
    own = replace(
        catalogue_layer(layer, language, on=True),
        url=_own_url(site),
        whole=True,
        label_zoom=0,
        legend=_OUTLINED,
        class_field=None,
    )
    around = tuple(
        catalogue_layer(catalogue.layers[name], language, on=True)
        for name in _SURROUNDINGS
        if name in catalogue and not (name == "plots" and layer.id == "plots")
    )
    start = view or params.View(site.lon, site.lat, _CLOSE_ZOOM)
    return draw_map((*around, own), label=label, view=start)


def draw_map(
    layers: tuple[MapLayer, ...], *, label: str, view: params.View | None = None
) -> MapParts:
    """Map of some layers over the base map, at the date of the request."""
    store, language = current_store(), current_language()
    shown = MapView(
        layers=layers,
        language=language,
        base=base_map(store.catalogue, store.settings, language),
        view=view,
        as_of=params.as_of(request.args) if request.args.get("as_of") else None,
    )
    return build_map(shown, module_url=url_for("static", filename="js/map.js"), label=label)


def _own_url(site: SiteDetail) -> str:
    if site.on_offer:
        return f"/sites.geojson?id={quote(site.id)}"
    return f"/layers/{site.rows.layer.id}/{quote(site.id.partition(':')[2])}.geojson"
