"""The checks: rows of a file against a layer, in whole columns; nothing is written.

In: a layer, the parts of a file, how its columns are read, and what the store knows. Out:
accepted rows in RD, rows set aside, and every issue found. Whatever the file holds, the
rows accepted, set aside and superseded add up to those read.
"""

from geo_assen.ingest.checks.checker import Checker
from geo_assen.ingest.checks.context import Checked, Context, SetAside
from geo_assen.ingest.checks.records import Records
from geo_assen.ingest.checks.restated import content_of, contradictions, differ
from geo_assen.ingest.checks.stored import apart_from_stored, taken_in_store

__all__ = [
    "Checked",
    "Checker",
    "Context",
    "Records",
    "SetAside",
    "apart_from_stored",
    "content_of",
    "contradictions",
    "differ",
    "taken_in_store",
]
