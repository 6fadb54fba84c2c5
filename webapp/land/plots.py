"""Plots by status on a date, for the map and its file; and the map itself."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import gettext as _

from geo_assen import services
from geo_assen.access import Role
from geo_assen.export import LayerRows
from webapp import params
from webapp.auth.roles import current_role
from webapp.land.question import Question
from webapp.land.tables import Told
from webapp.language import current_language
from webapp.maps import (
    MapLayer,
    MapParts,
    MapView,
    base_map,
    bounds_of,
    build_map,
    catalogue_layer,
)
from webapp.store import current_store

__all__ = ["plot_map", "plot_rows", "stock_rows"]

_BELOW_PLOTS = 40


def plot_rows(asked: Question, bounds: params.Bounds | None = None) -> LayerRows:
    """Plots on the date, as they were known, of the park that is asked."""
    return _of_park(_rows("plots", asked, bounds), "park", asked)


def _park_rows(asked: Question) -> LayerRows:
    """Parks with their stock on the date, as it was known."""
    return _of_park(_rows("business_parks", asked), "code", asked)


def stock_rows(found: Told) -> LayerRows:
    """Parks with their stock for a file, each as sure as the least sure figure of it."""
    rows = _park_rows(found.asked)
    certainty = rows.frame["code"].map(found.report.parks["certainty"])
    return replace(rows, frame=rows.frame.assign(certainty=certainty))


def plot_map(asked: Question) -> MapParts:
    """Map of the plots among the names of the parks, at the park that is asked."""
    store, language = current_store(), current_language()
    layers = store.catalogue.layers
    # Named for orientation; the table below the map begins with the plots.
    parks = replace(
        catalogue_layer(layers["business_parks"], language, on=True), order=_BELOW_PLOTS
    )
    shown = MapView(
        layers=(parks, _plot_layer(asked)),
        language=language,
        base=base_map(store.catalogue, store.settings, language),
        view=params.map_view(request.args),
        bounds=_bounds(asked),
        as_of=asked.as_of if request.args.get("as_of") else None,
    )
    module_url = url_for("static", filename="js/map.js")
    return build_map(shown, module_url=module_url, label=_("Map of the plots by status"))


def _plot_layer(asked: Question) -> MapLayer:
    kept = {"park": asked.park, "known_at": asked.known_at and asked.known_at.isoformat()}
    query = urlencode({name: value for name, value in kept.items() if value})
    own = catalogue_layer(current_store().catalogue.layers["plots"], current_language(), on=True)
    return replace(
        own,
        url=f"/uptake.geojson?{query}" if query else "/uptake.geojson",
        table_url=None,
        open_url="/sites/plot:{key}",
        links=_staff_links(),
        min_zoom=0,
    )


def _staff_links() -> tuple[tuple[str, str], ...]:
    """What staff can do with the plot of a card."""
    if current_role() < Role.STAFF:
        return ()
    return (
        (_("Record an event"), "/uptake/events/new?plot={key}"),
        (_("Split"), "/uptake/plots/{key}/split"),
    )


def _bounds(asked: Question) -> params.Bounds:
    shapes = _park_rows(asked).geometries if asked.park else None
    return bounds_of(None if shapes is None or shapes.empty else shapes.iloc[0])


def _rows(layer: str, asked: Question, bounds: params.Bounds | None = None) -> LayerRows:
    return services.layer_rows(
        current_store(),
        layer,
        as_of=asked.as_of,
        role=current_role(),
        bounds_lonlat=bounds,
        known_at=asked.known_at,
    )


def _of_park(rows: LayerRows, column: str, asked: Question) -> LayerRows:
    if asked.park is None:
        return rows
    frame = rows.frame[rows.frame[column] == asked.park]
    return replace(rows, frame=frame, total=len(frame))
