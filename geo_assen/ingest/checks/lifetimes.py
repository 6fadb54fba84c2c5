"""Rows about a record on a day on which it was not there: not yet, or no more."""

from __future__ import annotations

import numpy as np

from geo_assen.catalogue import FieldDefinition, LayerDefinition
from geo_assen.ingest.checks.columns import Column
from geo_assen.ingest.checks.context import Context
from geo_assen.ingest.checks.findings import Findings
from geo_assen.ingest.checks.records import Records
from geo_assen.ingest.issues import Fix

__all__ = ["check_lifetimes"]

_DAY = "observed_on"
_WHY = {"demolished": "was demolished", "merged": "was merged", "withdrawn": "was withdrawn"}


def check_lifetimes(
    layer: LayerDefinition, columns: dict[str, Column], context: Context, findings: Findings
) -> None:
    """Set aside what was observed of a record before or after its time.

    ``live_from`` is the first day on which a record is there, ``gone_on`` the first on which it
    is no more. Of one that was merged, the record it became part of is suggested.
    """
    for field in layer.stored_fields:
        records = context.records.get(field.refers_to or "")
        if records is not None and _DAY in columns:
            _check_field(field, records, columns, findings)


def _check_field(
    field: FieldDefinition, records: Records, columns: dict[str, Column], findings: Findings
) -> None:
    own, days = columns[field.name], columns[_DAY].values
    at_record = records.positions(own.values)
    begins, ends = records.days("live_from"), records.days("gone_on")
    rows = np.flatnonzero((at_record >= 0) & ~own.faulty)
    met = at_record[rows]
    early, late = days[rows] < begins[met], days[rows] >= ends[met]
    for at, record, is_late in zip(rows[early | late], met[early | late],
                                   late[early | late], strict=True):  # fmt: skip
        words = f"{field.title.en} {own.values[at]}"
        if not is_late:
            findings.find(
                at, "unknown_parent", field.name,
                f"{words} is there from {begins[record]} on, and was observed on {days[at]}.",
                value=own.values[at], suggestion="Name what stood there before, or leave it out.",
            )  # fmt: skip
            continue
        why = _WHY.get(records.value("gone_reason", record), "is no more")
        into = records.value("merged_into", record)
        became = f" into {into}" if into else ""
        findings.find(
            at, "unknown_parent", field.name,
            f"{words} {why}{became}: gone from {ends[record]} on, and observed on {days[at]}.",
            value=own.values[at],
            suggestion=f"Write {into}." if into else "Name what stands there now, or leave it out.",
            fix=Fix("set", into) if into else None,
        )  # fmt: skip
