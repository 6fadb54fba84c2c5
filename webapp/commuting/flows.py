"""Flows as lines, for the map and for files; and the map itself."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import geopandas as gpd
import shapely
from flask import request, url_for
from flask_babel import gettext as _

from geo_assen import services
from geo_assen.catalogue import FieldDefinition, Words
from geo_assen.commuting import OTHER
from geo_assen.export import LayerRows
from webapp import params
from webapp.auth.roles import current_role
from webapp.commuting.tables import Told
from webapp.language import current_language
from webapp.maps import MapLayer, MapParts, MapView, base_map, bounds_of, build_map, catalogue_layer
from webapp.store import current_store

__all__ = ["LAYER", "drawn_rows", "flow_map", "line_rows", "undrawn_names"]

LAYER = "commuter_flows"
_KEPT = ("year", "series", "show", "top", "least", "boundaries")
_TITLE = "flow"
_CARD = ("jobs", "jobs_low", "jobs_high")
"""Figures on the card of a flow, whose title names both ends already."""


def line_rows(found: Told, *, drawn_only: bool = False) -> LayerRows:
    """Flows that are shown, as rows with a straight line where both ends have a place."""
    asked = found.asked
    return services.flow_rows(
        found.report,
        asked.show,
        as_of=asked.as_of,
        role=current_role(),
        top=asked.top,
        least_jobs=asked.least_jobs,
        drawn_only=drawn_only,
    )


def drawn_rows(found: Told) -> LayerRows:
    """Flows as the map draws them, each named by both of its ends."""
    rows = line_rows(found, drawn_only=True)
    named = rows.frame["home_name"] + " → " + rows.frame["work_name"]
    title = _("Flow")
    field = FieldDefinition.model_construct(
        name=_TITLE, title=Words(nl=title, en=title), type="text", unit=None, codes=None
    )
    return replace(
        rows,
        layer=rows.layer.model_copy(update={"label": _TITLE, "card": _CARD}),
        fields=(field, *rows.fields),
        frame=rows.frame.assign(**{_TITLE: named}),
    )


def undrawn_names(found: Told) -> list[str]:
    """Municipalities that are shown without a line, because their place is not stored."""
    frame = line_rows(found).frame
    missing = frame[frame["partner"] != OTHER]
    if isinstance(missing, gpd.GeoDataFrame):
        missing = missing[missing.geometry.isna()]
    is_home = missing["direction"] == "in"
    return list(missing["home_name"].where(is_home, missing["work_name"]))


def flow_map(found: Told) -> MapParts:
    """Map of the flows that are shown, at all of them."""
    store, language = current_store(), current_language()
    lines = drawn_rows(found).geometries
    shapes = None if lines is None or lines.empty else shapely.union_all(lines.to_numpy())
    shown = MapView(
        layers=(_layer(),),
        language=language,
        base=base_map(store.catalogue, store.settings, language),
        view=params.map_view(request.args),
        bounds=bounds_of(shapes),
        as_of=found.asked.as_of if request.args.get("as_of") else None,
    )
    module_url = url_for("static", filename="js/map.js")
    return build_map(shown, module_url=module_url, label=_("Map of the flows of commuters"))


def _layer() -> MapLayer:
    kept = {name: request.args[name] for name in _KEPT if request.args.get(name)}
    own = catalogue_layer(current_store().catalogue.layers[LAYER], current_language(), on=True)
    return replace(
        own,
        url=f"/commuting.geojson?{urlencode(kept)}" if kept else "/commuting.geojson",
        label_field="title",
        label_zoom=0,
        table_url=None,
        open_url=None,
        min_zoom=0,
        max_zoom=22,
        whole=True,
    )
