"""What a map shows, said without folium: layers, base map, first view, date.

A page describes its map with these classes and hands them to
:func:`webapp.maps.builder.build_map`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shapely.geometry.base import BaseGeometry

from geo_assen.catalogue import Catalogue, LayerDefinition
from geo_assen.crs import to_lonlat
from geo_assen.errors import LayerDefinitionError
from geo_assen.settings import Settings
from webapp.params import Bounds, View

__all__ = [
    "ASSEN_LONLAT",
    "BASE_LAYER",
    "BaseMap",
    "MapLayer",
    "MapRaster",
    "MapView",
    "base_map",
    "bounds_of",
    "catalogue_layer",
]

ASSEN_LONLAT = (6.480, 52.931, 6.634, 53.063)
"""Bounds of the municipality in degrees (west, south, east, north): the first view."""

BASE_LAYER = "base_map"


@dataclass(frozen=True)
class MapLayer:
    """One layer of a map.

    Attributes
    ----------
    id
        Name in permalinks and events.
    url
        Where its features come from; the map appends ``bbox``, ``as_of``, ``lang`` and
        ``for=map`` unless ``whole`` is set.
    legend
        Classes with ``value, title, colour, mark, width``.
    class_field
        Property whose value picks the class; None: one class for all.
    label_field
        Property that names a feature.
    zoom_span
        Zooms from the first on and below the second between which it is drawn, in parts of a
        zoom too; None: from ``min_zoom`` to ``max_zoom``, to the whole zoom around.
    number_field
        Property written on the feature at every zoom, such as a rank; None: no numbers.
    table_url
        Page with the same rows as a table.
    open_url, match_url
        Addresses behind "Open" and "Match for this" of a card, with ``{key}`` in them.
    links
        Further links of a card: word and address, with ``{key}`` in it.
    curved
        Lines are drawn as curves with an arrow at their last corner: flows, which have a width.
    whole
        The address answers all features at once and takes no bounds.
    on
        Drawn at first.
    base
        Drawn underneath, not to be pointed at.
    """

    id: str
    title: str
    url: str
    legend: tuple[dict[str, Any], ...]
    class_field: str | None = None
    width_field: str | None = None
    label_field: str = "title"
    number_field: str | None = None
    min_zoom: int = 0
    max_zoom: int = 22
    label_zoom: int = 23
    zoom_span: tuple[float, float] | None = None
    table_url: str | None = None
    open_url: str | None = None
    match_url: str | None = None
    links: tuple[tuple[str, str], ...] = ()
    curved: bool = False
    whole: bool = False
    on: bool = True
    base: bool = False
    order: int = 100


@dataclass(frozen=True)
class MapRaster:
    """A surface on a map: tiles that the server draws, above the base map, below all records.

    Attributes
    ----------
    url
        Template of the tiles with ``{z}/{x}/{y}``.
    contours_url
        Where the lines between its classes come from; None: it has none.
    on
        Drawn at first.
    """

    id: str
    title: str
    url: str
    contours_url: str | None = None
    min_zoom: int = 0
    max_zoom: int = 22
    on: bool = False
    order: int = 100


@dataclass(frozen=True)
class BaseMap:
    """What lies under the layers: our own sketch, tiles of the country, or nothing."""

    schematic: MapLayer | None = None
    tiles_url: str = ""
    tiles_attribution: str = ""


@dataclass(frozen=True)
class MapView:
    """A map as a page wants it.

    Attributes
    ----------
    layers
        From bottom to top.
    rasters
        Surfaces below the layers, from bottom to top.
    view
        Centre and zoom to start with; None: the bounds.
    bounds
        Degrees west, south, east and north that the map shows where it has no view.
    as_of
        Date asked from the layers; None: today.
    panel_id, drawer_id
        Elements of the page that hold the layer switch and the table.
    """

    layers: tuple[MapLayer, ...]
    language: str
    base: BaseMap = field(default_factory=BaseMap)
    rasters: tuple[MapRaster, ...] = ()
    view: View | None = None
    bounds: Bounds = ASSEN_LONLAT
    as_of: date | None = None
    panel_id: str = "panel"
    drawer_id: str = "drawer"


def catalogue_layer(layer: LayerDefinition, language: str, *, on: bool | None = None) -> MapLayer:
    """Map layer of a layer of the catalogue.

    Parameters
    ----------
    on
        Whether it is drawn at first; None: as the layer file says.
    """
    legend = layer.legend
    if legend is None:
        raise LayerDefinitionError(
            f"{layer.id}.toml", None, "a layer without legend cannot be drawn"
        )
    return MapLayer(
        id=layer.id,
        title=layer.title.of(language),
        url=f"/layers/{layer.id}.geojson",
        legend=tuple(
            {
                "value": item.value,
                "title": item.title.of(language),
                "colour": item.colour,
                "mark": item.mark,
                "width": item.width,
            }
            for item in legend.classes
        ),
        class_field=legend.field,
        width_field=legend.width_field,
        label_field=layer.label,
        min_zoom=layer.zoom.min,
        max_zoom=layer.zoom.max,
        label_zoom=layer.zoom.label,
        table_url=f"/layers/{layer.id}",
        open_url=f"/layers/{layer.id}/{{key}}",
        curved=layer.geometry == "line" and legend.width_field is not None,
        on=layer.on_at_start if on is None else on,
        base=layer.id == BASE_LAYER,
        order=layer.order,
    )


def bounds_of(shape: BaseGeometry | None) -> Bounds:
    """Bounds in degrees of a shape in RD; those of the municipality where there is none."""
    if shape is None or shape.is_empty:
        return ASSEN_LONLAT
    west, south, east, north = to_lonlat(shape).item().bounds
    return west, south, east, north


def base_map(catalogue: Catalogue, settings: Settings, language: str) -> BaseMap:
    """What lies under the layers in this installation."""
    sketch = catalogue.layer(BASE_LAYER)
    return BaseMap(
        schematic=catalogue_layer(sketch, language, on=True) if sketch else None,
        tiles_url=settings.basemap_url,
        tiles_attribution=settings.basemap_attribution,
    )
