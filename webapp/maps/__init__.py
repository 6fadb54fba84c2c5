"""Maps on pages: the only place that knows folium.

In: layers of the catalogue, or any GeoJSON address with its legend. Out: the parts of a map
(markup and one script) that a page places, legends, and rows as a reader sees them.
"""

from webapp.maps.builder import MapParts, build_map
from webapp.maps.reading import Reading, map_collection, read_rows
from webapp.maps.view import (
    BaseMap,
    MapLayer,
    MapRaster,
    MapView,
    base_map,
    bounds_of,
    catalogue_layer,
)

__all__ = [
    "BaseMap",
    "MapLayer",
    "MapParts",
    "MapRaster",
    "MapView",
    "Reading",
    "base_map",
    "bounds_of",
    "build_map",
    "catalogue_layer",
    "map_collection",
    "read_rows",
]
