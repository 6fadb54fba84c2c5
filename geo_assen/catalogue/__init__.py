"""The catalogue: what the files in ``layers/`` mean.

Input is a folder of TOML files, output a :class:`Catalogue` of frozen definitions. Map,
legend, table, filter form, export and import all read the same definitions.
"""

from geo_assen.catalogue.definition import (
    CERTAINTIES,
    Catalogue,
    CodeList,
    FieldDefinition,
    LayerDefinition,
    Words,
)
from geo_assen.catalogue.load import load_catalogue

__all__ = [
    "CERTAINTIES",
    "Catalogue",
    "CodeList",
    "FieldDefinition",
    "LayerDefinition",
    "Words",
    "load_catalogue",
]
