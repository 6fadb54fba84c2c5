"""Which column of a file is which field of a layer: guessed, said in a file, or known already.

In: a layer of the catalogue, the columns of a file and its first records. Out: a
:class:`Mapping`, which is shown for approval, written as TOML and used again next year.
A field has one column at most; a guess that may be wrong is not made.
"""

from geo_assen.ingest.mapping.definition import Certainty, Mapping
from geo_assen.ingest.mapping.files import (
    ReadyMapping,
    load_mapping,
    load_ready_mappings,
)
from geo_assen.ingest.mapping.guess import guess_mapping

__all__ = [
    "Certainty",
    "Mapping",
    "ReadyMapping",
    "guess_mapping",
    "load_mapping",
    "load_ready_mappings",
]
