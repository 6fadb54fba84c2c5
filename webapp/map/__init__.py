"""The map (``/``), each layer as a table (``/layers/<id>``) and as a file, and the search.

In: the query of an address (layers, view, date, bounds). Out: the page of the map, and the
same rows as table, GeoJSON or CSV, read through ``geo_assen.services``.
"""

from webapp.map.views import blueprint

__all__ = ["blueprint"]
