"""The catalogue: what the files in ``layers/`` mean.

Input is a folder of TOML files, output a :class:`Catalogue` of frozen definitions. Map,
legend, table, filter form, export and import all read the same definitions.
"""

from geo_assen.catalogue.certainty import CERTAINTIES, ILLUSTRATIVE, least_sure
from geo_assen.catalogue.definition import (
    ADDRESS_PARTS,
    UNITS,
    Catalogue,
    CodeList,
    FieldDefinition,
    Finder,
    LayerDefinition,
    Words,
)
from geo_assen.catalogue.load import load_catalogue
from geo_assen.catalogue.rasters import RasterLayer

__all__ = [
    "ADDRESS_PARTS",
    "CERTAINTIES",
    "ILLUSTRATIVE",
    "UNITS",
    "Catalogue",
    "CodeList",
    "FieldDefinition",
    "Finder",
    "LayerDefinition",
    "RasterLayer",
    "Words",
    "least_sure",
    "load_catalogue",
]
