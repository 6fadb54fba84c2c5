"""The map of matching: the ranked sites, or all that are on offer while nothing is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from webapp import params
from webapp.language import current_language
from webapp.maps import MapLayer, MapParts, MapView, base_map, build_map, catalogue_layer
from webapp.matching.page import asked_day
from webapp.store import current_store

__all__ = ["ranked_map"]

_VERDICT_STYLES = (
    ("pass", "#0b5d4e", "solid"),
    ("unknown", "#a84f00", "hatch"),
    ("fail", "#5f5a52", "dash"),
)


def ranked_map(told: Mapping[str, Any]) -> MapParts:
    """Map of what a page shows; both layers are there, so that one can follow the other."""
    store, language = current_store(), current_language()
    is_ranked = told["ranking"] is not None
    shown = MapView(
        layers=(_offered_layer(on=not is_ranked), _ranked_layer(told["map_query"], on=is_ranked)),
        language=language,
        base=base_map(store.catalogue, store.settings, language),
        view=params.map_view(request.args),
        as_of=asked_day() if request.args.get("as_of") else None,
    )
    return build_map(
        shown, module_url=url_for("static", filename="js/map.js"), label=_("Map of ranked sites")
    )


def _offered_layer(*, on: bool) -> MapLayer:
    layer = current_store().catalogue.layers["sites"]
    return replace(
        catalogue_layer(layer, current_language(), on=on),
        url="/sites.geojson",
        whole=True,
        table_url=None,
        open_url="/sites/{key}",
    )


def _ranked_layer(query: str, *, on: bool) -> MapLayer:
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
        on=on,
        order=1,
    )
