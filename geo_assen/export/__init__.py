"""Files out: rows of a layer as GeoJSON, GeoPackage, FlatGeobuf, CSV or XLSX.

In: :class:`LayerRows`, already reduced to what the asker may see. Out: text or bytes.
Every file carries licence, source and date.
"""

from geo_assen.export.filtering import FilterError, filtered
from geo_assen.export.formats import FORMATS, MEDIA_TYPES, encode
from geo_assen.export.geojson import collection, feature_collection, lonlat_geojson
from geo_assen.export.rows import PROVENANCE, LayerRows, plain_value, records

__all__ = [
    "FORMATS",
    "MEDIA_TYPES",
    "PROVENANCE",
    "FilterError",
    "LayerRows",
    "collection",
    "encode",
    "feature_collection",
    "filtered",
    "lonlat_geojson",
    "plain_value",
    "records",
]
