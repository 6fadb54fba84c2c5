"""Tiles of raster layers (``/rasters/<layer>/<z>/<x>/<y>.png``), and what the map says of them.

In: a layer and the place of a tile. Out: a picture in the colours of the legend, drawn by
``geo_assen.services`` and kept by browsers until the file behind it changes.
"""

from webapp.rasters.views import blueprint

__all__ = ["blueprint"]
