"""Folium as the builder of our maps, without its page and without any outside address.

Folium's own page loads a dozen files from elsewhere and inlines its data; none of that
passes our content policy. Here the map and its layers are folium elements with templates
of their own: they write one short module script that imports ``static/js/map.js`` and
hands each layer its description. Features are fetched per view, never written into the
page.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import folium
from branca.element import MacroElement
from folium.template import Template
from markupsafe import Markup

from webapp.maps.view import MapLayer, MapRaster, MapView
from webapp.maps.words import map_words

__all__ = ["LocalMap", "MapParts", "SurfaceLayer", "ViewLayer", "build_map"]


@dataclass(frozen=True)
class MapParts:
    """What a page places: the element of the map, and the script that brings it to life."""

    html: Markup
    script: Markup


class LocalMap(folium.Map):
    """A folium map that loads nothing by itself: Leaflet comes from our own page."""

    # Lists of their own: folium's helpers change these in place, for all maps at once.
    default_js: ClassVar[list[tuple[str, str]]] = []
    default_css: ClassVar[list[tuple[str, str]]] = []
    _template = Template(
        """
        {% macro header(this, kwargs) %}{% endmacro %}
        {% macro html(this, kwargs) %}
        <div class="map-canvas" id={{ this.get_name()|tojson }} role="region"
             aria-label="{{ this.label|e }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        import { createMap, addLayer, addRaster, startMap } from {{ this.module_url|tojson }};
        const {{ this.get_name() }} =
          createMap({{ this.get_name()|tojson }}, {{ this.description|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, description: dict[str, Any], *, module_url: str, label: str) -> None:
        west, south, east, north = description["bounds"]
        super().__init__(location=((south + north) / 2, (west + east) / 2), tiles=None)
        self._name = "Map"
        self.description = description
        self.module_url = module_url
        self.label = label


class ViewLayer(folium.map.Layer):
    """A layer whose features the browser asks for the part of the world it shows."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        addLayer({{ this._parent.get_name() }}, {{ this.description|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, layer: MapLayer) -> None:
        super().__init__(name=layer.title, overlay=not layer.base, control=False, show=False)
        self._name = "ViewLayer"
        self.description = asdict(layer)


class SurfaceLayer(folium.map.Layer):
    """A surface whose tiles the browser asks for."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        addRaster({{ this._parent.get_name() }}, {{ this.description|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, raster: MapRaster) -> None:
        super().__init__(name=raster.title, overlay=True, control=False, show=False)
        self._name = "SurfaceLayer"
        self.description = asdict(raster)


class _Start(MacroElement):
    """Last line of the script: everything is described, draw."""

    _template = Template(
        "{% macro script(this, kwargs) %}startMap({{ this._parent.get_name() }});{% endmacro %}"
    )

    def __init__(self) -> None:
        super().__init__()
        self._name = "Start"


def build_map(view: MapView, *, module_url: str, label: str) -> MapParts:
    """Build a map that a page can place under a strict content policy.

    Parameters
    ----------
    module_url
        Address of ``static/js/map.js``.
    label
        Name of the map for who cannot see it.
    """
    drawn = LocalMap(_description(view), module_url=module_url, label=label)
    base = [view.base.schematic] if view.base.schematic else []
    for raster in view.rasters:
        SurfaceLayer(raster).add_to(drawn)
    for layer in (*base, *view.layers):
        ViewLayer(layer).add_to(drawn)
    _Start().add_to(drawn)
    figure = drawn.get_root()
    drawn.render()
    return MapParts(
        # Both come from the templates above, whose values pass |e or |tojson.
        html=Markup("".join(part.render() for part in figure.html._children.values())),  # noqa: S704
        script=Markup("".join(part.render() for part in figure.script._children.values())),  # noqa: S704
    )


def _description(view: MapView) -> dict[str, Any]:
    start = view.view
    return {
        "bounds": view.bounds,
        "view": None if start is None else [start.lon, start.lat, start.zoom],
        "as_of": view.as_of.isoformat() if view.as_of else None,
        "language": view.language,
        "tiles_url": view.base.tiles_url,
        "tiles_attribution": view.base.tiles_attribution,
        "panel": view.panel_id,
        "drawer": view.drawer_id,
        "words": map_words(),
    }
