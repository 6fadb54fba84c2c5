"""Files in: read, map columns to fields, check every value; nothing is written here.

In: a path and a layer. Out: accepted rows in RD, rows set aside, and every issue found.
"""

from geo_assen.ingest.issues import TREATMENT, Issue
from geo_assen.ingest.mapping import guess_mapping, load_mapping
from geo_assen.ingest.pipeline import Checked, Context, check_rows
from geo_assen.ingest.read import FileContent, Row, read_file, sha256_of

__all__ = [
    "TREATMENT",
    "Checked",
    "Context",
    "FileContent",
    "Issue",
    "Row",
    "check_rows",
    "guess_mapping",
    "load_mapping",
    "read_file",
    "sha256_of",
]
