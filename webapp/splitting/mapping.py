"""The map of a split or merger, and what it draws as GeoJSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import numpy as np
from flask import request, url_for
from flask_babel import gettext as _
from shapely.geometry.base import BaseGeometry

from geo_assen.crs import rd_to_lonlat
from geo_assen.export import collection, lonlat_geojson
from geo_assen.services import Neighbour, NewPlot, PlotChange
from webapp import params
from webapp.language import current_language
from webapp.maps import MapLayer, MapParts, MapView, base_map, bounds_of, build_map, catalogue_layer
from webapp.splitting.words import shown_m, shown_m2
from webapp.store import current_store

__all__ = [
    "Feature",
    "features_text",
    "files_of",
    "lonlat_points",
    "merge_map",
    "neighbour_features",
    "piece_features",
    "side_features",
    "split_map",
]

_QUIET = {"value": "", "title": "", "colour": "#8c867b", "mark": "outline", "width": 1}
"""Plots around: their outlines alone, so that only the plan has colour."""

_NEVER = params.MAX_ZOOM + 1
_DECIMALS = 8
"""Digits of a degree: a millimetre, so that a point that is dragged starts where it stood."""

_FIRST, _SECOND = "#0b5d4e", "#7a3b00"

Feature = tuple[str, Mapping[str, Any], BaseGeometry]
"""Id, properties and outline in RD."""


def split_map(change: PlotChange | None, sides_url: str, pieces_url: str) -> MapParts:
    """Map of a plot with its sides, and of the pieces where there are any."""
    layers = (_pieces_layer(pieces_url, on=_is_cut(change)), _sides_layer(sides_url))
    return _map(layers, change, _("Map of the plot and its pieces"), are_named=False)


def merge_map(
    change: PlotChange | None, plot: PlotChange | None, around_url: str, piece_url: str
) -> MapParts:
    """Map of a plot among its neighbours, and of what would come of them."""
    layers = (_pieces_layer(piece_url, on=_is_cut(change)), _neighbours_layer(around_url))
    return _map(layers, change or plot, _("Map of the plots to merge"))


def files_of(code: str, what: str, query: str, *, part: str = "") -> str:
    """Address of the GeoJSON of a plan, or of another part of its map."""
    asked = "&".join(filter(None, (query, part and f"part={part}")))
    return f"/uptake/plots/{quote(code, safe='')}/{what}.geojson" + (f"?{asked}" if asked else "")


def piece_features(change: PlotChange) -> list[Feature]:
    """The plots that would come of it."""
    # On the map there is little room: A of P-1A will do while there is one plot it came from.
    known = change.plots[0] if len(change.plots) == 1 else ""
    return [
        (plot.code, _of_piece(plot, n, plot.code.removeprefix(known)), plot.outline)
        for n, plot in enumerate(change.pieces)
    ]


def side_features(change: PlotChange) -> list[Feature]:
    """Sides of a plot by their number on the screen."""
    return [
        (
            str(side.number + 1),
            {
                "number": side.number + 1,
                "length_m": round(side.length_m, 2),
                "access": "access" if side.number in change.access else "other",
                "title": _("side %(number)s, %(length)s", number=side.number + 1,
                           length=shown_m(side.length_m)),
            },
            side.line,
        )
        for side in change.sides
    ]  # fmt: skip


def neighbour_features(found: Iterable[Neighbour], chosen: Sequence[str]) -> list[Feature]:
    """Plots to merge with, those that are chosen marked."""
    return [
        (
            plot.code,
            {
                "code": plot.code,
                "area_m2": plot.area_m2,
                "chosen": "chosen" if plot.code in chosen else "offered",
                "title": plot.name or plot.code,
            },
            plot.outline,
        )
        for plot in found
    ]


def features_text(features: Sequence[Feature], members: Mapping[str, Any]) -> str:
    """Write features as a collection in CRS84."""
    texts = lonlat_geojson([shape for _key, _told, shape in features])
    rows = [
        (key, told, text) for (key, told, _shape), text in zip(features, texts, strict=True)
    ]  # fmt: skip
    counted = {"numberMatched": len(rows), "numberReturned": len(rows)}
    return "".join(collection(rows, {**members, **counted}))


def lonlat_points(points: Sequence[tuple[float, float]]) -> list[list[float]]:
    """Points in RD as degrees, for the line that is drawn on the map."""
    if not points:
        return []
    lon, lat = rd_to_lonlat(*(np.array(axis) for axis in zip(*points, strict=True)))
    return np.column_stack([lon, lat]).round(_DECIMALS).tolist()


def _of_piece(plot: NewPlot, index: int, short: str) -> dict[str, Any]:
    lengths = {"frontage_m": plot.frontage_m, "depth_m": plot.depth_m}
    return {
        "code": plot.code,
        "name": plot.name,
        "area_m2": plot.area_m2,
        **{name: None if metres is None else round(metres, 2) for name, metres in lengths.items()},
        "piece": "first" if index == 0 else "second",
        "title": f"{short} · {shown_m2(plot.area_m2)}".replace(" m²", "\u00a0m²"),
    }


def _map(
    layers: tuple[MapLayer, ...], shown: PlotChange | None, label: str, *, are_named: bool = True
) -> MapParts:
    """Map of a plan over the plots around, which are named where they can be chosen."""
    store, language = current_store(), current_language()
    own = catalogue_layer(store.catalogue.layers["plots"], language, on=True)
    plots = replace(
        own,
        legend=(_QUIET,),
        class_field=None,
        table_url=None,
        open_url=None,
        min_zoom=0,
        label_zoom=own.label_zoom if are_named else _NEVER,
    )
    view = MapView(
        layers=(plots, *layers),
        language=language,
        base=base_map(store.catalogue, store.settings, language),
        view=params.map_view(request.args),
        bounds=bounds_of(None if shown is None else shown.outline),
        as_of=params.as_of(request.args) if request.args.get("as_of") else None,
    )
    return build_map(view, module_url=url_for("static", filename="js/map.js"), label=label)


def _sides_layer(url: str) -> MapLayer:
    return MapLayer(
        id="sides",
        title=_("Sides of the plot"),
        url=url,
        legend=(
            _class("access", _("Access"), _FIRST, "solid", 7),
            _class("other", _("Other side"), "#5f5a52", "dash", 4),
        ),
        class_field="access",
        number_field="number",
        whole=True,
        order=2,
    )


def _pieces_layer(url: str, *, on: bool) -> MapLayer:
    return MapLayer(
        id="pieces",
        title=_("New plots"),
        url=url,
        legend=(
            _class("first", _("First piece"), _FIRST, "hatch", 2),
            _class("second", _("Second piece"), _SECOND, "dots", 2),
        ),
        class_field="piece",
        label_zoom=0,
        whole=True,
        on=on,
        order=1,
    )


def _neighbours_layer(url: str) -> MapLayer:
    return MapLayer(
        id="neighbours",
        title=_("Neighbours"),
        url=url,
        legend=(
            _class("chosen", _("Chosen"), _SECOND, "outline", 3),
            _class("offered", _("Can be chosen"), "#5f5a52", "dash", 2),
        ),
        class_field="chosen",
        label_zoom=0,
        whole=True,
        order=3,
    )


def _class(value: str, title: str, colour: str, mark: str, width: int) -> dict[str, Any]:
    return {"value": value, "title": title, "colour": colour, "mark": mark, "width": width}


def _is_cut(change: PlotChange | None) -> bool:
    return change is not None and bool(change.pieces)
