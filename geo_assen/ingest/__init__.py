"""Files in: read, map columns to fields, check every value; nothing is written here.

In: a path and a layer. Out: accepted rows in RD, rows set aside, and every issue found.
"""

from geo_assen.ingest.checks import (
    Checked,
    Checker,
    Context,
    Records,
    SetAside,
    apart_from_stored,
    content_of,
    contradictions,
    differ,
    taken_in_store,
)
from geo_assen.ingest.checks.findings import as_json
from geo_assen.ingest.content import CRS84, PART_ROWS, FileLayer, Part
from geo_assen.ingest.issues import TREATMENT, Fix, Issue
from geo_assen.ingest.mapping import (
    Mapping,
    ReadyMapping,
    guess_mapping,
    load_mapping,
    load_ready_mappings,
)
from geo_assen.ingest.read import OpenedFile, open_file, sha256_of

__all__ = [
    "CRS84",
    "PART_ROWS",
    "TREATMENT",
    "Checked",
    "Checker",
    "Context",
    "FileLayer",
    "Fix",
    "Issue",
    "Mapping",
    "OpenedFile",
    "Part",
    "ReadyMapping",
    "Records",
    "SetAside",
    "apart_from_stored",
    "as_json",
    "content_of",
    "contradictions",
    "differ",
    "guess_mapping",
    "load_mapping",
    "load_ready_mappings",
    "open_file",
    "sha256_of",
    "taken_in_store",
]
