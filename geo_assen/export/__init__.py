"""Files out: rows of a layer as GeoJSON, GeoPackage, FlatGeobuf, CSV or XLSX.

In: :class:`LayerRows`, already reduced to what the asker may see. Out: text or bytes.
Every file carries licence, source and date.
"""

from geo_assen.export.calendar_file import CALENDAR_TYPE, CalendarEvent, calendar_text
from geo_assen.export.dossier import dossier_html
from geo_assen.export.filtering import FilterError, filtered
from geo_assen.export.formats import FORMATS, MEDIA_TYPES, encode
from geo_assen.export.geojson import collection, feature_collection, lonlat_geojson
from geo_assen.export.ibis import IBIS_COLUMNS, IBIS_FORMATS, encode_ibis, reference_date
from geo_assen.export.ibis_reading import IbisIssue, IbisRow, ibis_columns_in, read_ibis
from geo_assen.export.png import Colour, palette_png
from geo_assen.export.rows import PROVENANCE, LayerRows, plain_value, records

__all__ = [
    "CALENDAR_TYPE",
    "FORMATS",
    "IBIS_COLUMNS",
    "IBIS_FORMATS",
    "MEDIA_TYPES",
    "PROVENANCE",
    "CalendarEvent",
    "Colour",
    "FilterError",
    "IbisIssue",
    "IbisRow",
    "LayerRows",
    "calendar_text",
    "collection",
    "dossier_html",
    "encode",
    "encode_ibis",
    "feature_collection",
    "filtered",
    "ibis_columns_in",
    "lonlat_geojson",
    "palette_png",
    "plain_value",
    "read_ibis",
    "records",
    "reference_date",
]
