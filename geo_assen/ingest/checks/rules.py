"""Rules between the fields of a row, and those that the store keeps besides.

What the store would refuse is set aside here: one row then does not stop a whole import.
The tables are compared with those of the store by a test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_assen.catalogue import FieldDefinition, LayerDefinition
from geo_assen.commuting import COUNTRY_CODES
from geo_assen.ingest.checks.columns import Column
from geo_assen.ingest.checks.findings import Findings, shown
from geo_assen.ingest.issues import Fix

__all__ = [
    "LONGEST",
    "NEEDS_ONE_OF",
    "PERIODS",
    "UNIQUE",
    "check_area",
    "check_rules",
    "longest_of",
]

LONGEST = {
    ("premises", "postcode"): 7,
    ("premises", "shopping_area"): 80,
    ("commuter_flow", "series"): 40,
    ("commuter_flow", "home_code"): 20,
    ("commuter_flow", "work_code"): 20,
    ("visit_count", "part"): 30,
    ("indicator", "area"): 80,
    ("indicator", "unit"): 40,
    ("indicator", "monitoring_group"): 10,
    ("indicator", "sdg"): 20,
    ("indicator", "pillar"): 10,
    ("indicator", "theme"): 10,
}
"""Signs of a text that fit in the store, by table and field; of codes see below."""
_LONGEST_CODE = 80
"""Signs of a code, and of a field that names one."""

NEEDS_ONE_OF = {"offer": ("plot", "premises"), "land_event": ("park", "plot")}
"""Fields of a table of which one at least is filled in."""
_NOT_BOTH = frozenset({"offer"})
"""Tables in which only one of them may be."""

UNIQUE = {"premises": ("bag_id",)}
"""Fields that are unique besides the identity."""

PERIODS = (
    ("starts_on", "ends_on"), ("live_from", "gone_on"), ("offered_on", "until"),
    ("effective_on", "valid_until"),
)  # fmt: skip
_WHOLE_DAYS = frozenset({"gone_on"})
"""Ends that are the first day after: at least one day lies between."""
_PAST_FIELDS = ("observed_on", "recorded_on", "retrieved_on")
_AREA_FIELDS = ("area_m2", "gross_area_m2")
_TOLERANCE_SHARE, _TOLERANCE_M2 = 0.02, 2.0
_HECTARE_M2 = 10_000

_SHARES: dict[str, Callable[[Any], Any]] = {
    "vacant": lambda share: share == 1,
    "occupied": lambda share: share == 0,
    "partly": lambda share: (share > 0) & (share < 1),
}
"""Which vacant share fits each state; of a state that is unknown any may be told."""

_END_OF_FLOW = re.compile(r"GM\d{4}|OTHER")
_FLOW_FIELDS = ("year", "home_code", "work_code", "jobs")
_BARE_CODE = re.compile(r"\d{1,4}")

Columns = Mapping[str, Column]


def longest_of(layer: LayerDefinition, field: FieldDefinition) -> int | None:
    """Signs of a text that fit in the store; None: any number."""
    if field.type != "text":
        return None
    if field.name == "code" or field.refers_to is not None:
        return _LONGEST_CODE
    return LONGEST.get((layer.table or "", field.name))


def check_rules(layer: LayerDefinition, columns: Columns, today: date, findings: Findings) -> None:
    """Find ends before starts, days to come, and rows that the store would refuse."""
    for start, end in PERIODS:
        if start in columns and end in columns:
            _check_period(start, end, columns, findings)
    for name in _PAST_FIELDS:
        if name in columns:
            days = columns[name].values
            for at in np.flatnonzero(days > np.datetime64(today, "D")):
                findings.find(at, "future_date", name, f"{days[at]} lies in the future.",
                              value=str(days[at]))  # fmt: skip
    _check_site(layer, columns, findings)
    if "state" in columns and "vacant_share" in columns:
        _check_share(columns["state"], columns["vacant_share"], findings)
    if layer.table == "commuter_flow":
        _check_flow(columns, today, findings)
    if "gone_reason" in columns and "merged_into" in columns:
        _check_merged(columns["gone_reason"], columns["merged_into"], findings)


def check_area(
    columns: Columns, shapes: NDArray[np.object_], cells: Mapping[str, pd.Series[Any]],
    findings: Findings,
) -> None:  # fmt: skip
    """Compare the area that a row states with the one that it draws.

    Parameters
    ----------
    cells
        ``{field: cells as the file has them}``, for the messages.
    """
    name = next((n for n in _AREA_FIELDS if n in columns), None)
    if name is None:
        return
    drawn = shapely.area(shapes)
    stated = columns[name].values
    with np.errstate(invalid="ignore"):
        apart = np.abs(drawn - stated)
        found = (apart > _TOLERANCE_SHARE * stated) & (apart > _TOLERANCE_M2) & (drawn > 0)
    for at in np.flatnonzero(found):
        written = cells[name].iloc[at] if name in cells else stated[at]
        _report_area(name, written, (float(stated[at]), float(drawn[at])), int(at), findings)


def _report_area(
    name: str, written: Any, areas: tuple[float, float], at: int, findings: Findings
) -> None:
    stated, drawn = areas
    message = f"{stated:.0f} m2 is stated ({shown(written)}), {drawn:.0f} m2 is drawn"
    suggestion, fix = None, None
    if abs(drawn - stated * _HECTARE_M2) <= max(_TOLERANCE_SHARE * drawn, _HECTARE_M2 / 2):
        meant = round(drawn) if stated < 100 else round(stated * _HECTARE_M2)
        message += "; the stated area looks like hectares"
        suggestion, fix = f"Write {meant} m2.", Fix("set", meant)
    findings.find(at, "area_mismatch", name, f"{message}.", value=written,
                  suggestion=suggestion, fix=fix)  # fmt: skip


def _check_period(start: str, end: str, columns: Columns, findings: Findings) -> None:
    begins, ends = columns[start].values, columns[end].values
    wrong = ends <= begins if end in _WHOLE_DAYS else ends < begins
    for at in np.flatnonzero(wrong):
        before = "lies before" if ends[at] < begins[at] else "is"
        message = f"{ends[at]} {before} {start} {begins[at]}."
        findings.find(at, "end_before_start", end, message, value=str(ends[at]))


def _check_share(state: Column, share: Column, findings: Findings) -> None:
    """The vacant share says what the state says; where only a part is vacant it has to be told."""
    for meant, fits in _SHARES.items():
        is_meant = state.values == meant
        for at in np.flatnonzero(is_meant & ~share.missing & ~fits(share.values)):
            told = float(share.values[at])
            other = next((name for name, will_do in _SHARES.items() if will_do(told)), None)
            findings.find(
                at, "bad_number", "vacant_share",
                f"A vacant share of {told:g} contradicts the state {meant!r}.",
                value=told,
                suggestion=f"Leave the share empty, or write {other} as the state.",
                fix=None if meant == "partly" else Fix("set", ""),
            )  # fmt: skip
    for at in np.flatnonzero((state.values == "partly") & share.missing & ~share.faulty):
        findings.find(
            at, "missing_value", "vacant_share",
            "Which share is vacant is not said: the vacant m2 are not known.",
            suggestion="Write the vacant share.", only_warns=True,
        )  # fmt: skip


def _check_merged(reason: Column, into: Column, findings: Findings) -> None:
    """Only what was merged has become part of another record."""
    for at in np.flatnonzero(~into.missing & (reason.values != "merged")):
        findings.find(
            at, "bad_category", "gone_reason",
            f"It became part of {into.values[at]}, so the reason is that it was merged.",
            value=reason.values[at], suggestion="Write merged.", fix=Fix("set", "merged"),
        )  # fmt: skip


def _check_flow(columns: Columns, today: date, findings: Findings) -> None:
    """A flow has a year that has begun, municipalities as its ends, and jobs between bounds."""
    _check_flow_year(columns["year"], today, findings)
    _check_ends(columns, findings)
    _check_bounds(columns, findings)


def _check_flow_year(year: Column, today: date, findings: Findings) -> None:
    """Jobs of a December to come nobody has counted: the row waits."""
    with np.errstate(invalid="ignore"):
        to_come = ~year.missing & ~year.faulty & (year.values > today.year)
    for at in np.flatnonzero(to_come):
        told = int(year.values[at])
        findings.find(
            at, "future_date", "year", f"{told} is still to come.", value=told,
            suggestion=f"Write the year that the jobs were counted in, {today.year} at the latest.",
            sets_aside=True,
        )  # fmt: skip


def _check_ends(columns: Columns, findings: Findings) -> None:
    """Ends are municipalities, or all others together."""
    for name in ("home_code", "work_code"):
        codes, distinct = pd.factorize(columns[name].values)
        strange = [not _END_OF_FLOW.fullmatch(str(code)) for code in distinct]
        is_strange = np.array([*strange, False], dtype=bool)[codes] & ~columns[name].missing
        for at in np.flatnonzero(is_strange):
            if findings.tells(at, name):
                continue
            code = str(columns[name].values[at])
            if code in COUNTRY_CODES:
                _report_total(at, name, code, findings)
                continue
            fix = f"GM{code:>04}" if _BARE_CODE.fullmatch(code) else None
            findings.find(
                at, "bad_category", name, f"{code!r} is no code of a municipality.", value=code,
                suggestion=f"Write {fix}." if fix
                else "Write a code such as GM0106, or OTHER for all others together.",
                fix=Fix("set", fix) if fix else None,
            )  # fmt: skip


def _report_total(at: np.integer[Any], name: str, code: str, findings: Findings) -> None:
    """A total is no flow of other municipalities; of one that its reader told nothing is added."""
    if not any(findings.tells(at, other) for other in _FLOW_FIELDS):
        findings.find(
            at, "bad_category", name, f"{code!r} is the country: a total, and no flow.", value=code,
            suggestion="Leave the row out, or import the table with its pairs and totals again.",
            fix=Fix("drop"),
        )  # fmt: skip


def _check_bounds(columns: Columns, findings: Findings) -> None:
    """Jobs lie between their bounds."""
    for group in ("jobs", "total_jobs"):
        value, low, high = (columns[f"{group}{bound}"] for bound in ("", "_low", "_high"))
        for bound, wrong in ((low, low.values > value.values), (high, high.values < value.values)):
            for at in np.flatnonzero(wrong & ~bound.missing & ~value.missing):
                name = f"{group}_{'low' if bound is low else 'high'}"
                told = int(bound.values[at])
                findings.find(
                    at, "bad_number", name,
                    f"{told} contradicts the {int(value.values[at])} jobs that it bounds.",
                    value=told, suggestion="Mend one of the two, or leave both bounds empty.",
                )  # fmt: skip


def _check_site(layer: LayerDefinition, columns: Columns, findings: Findings) -> None:
    """A row of some tables is about one of two things."""
    pair = NEEDS_ONE_OF.get(layer.table or "")
    if pair is None:
        return
    first, second = (columns[name] for name in pair)
    neither = first.missing & second.missing & ~first.faulty & ~second.faulty
    for at in np.flatnonzero(neither):
        findings.find(at, "missing_value", pair[0], f"One of {' and '.join(pair)} is required.")
    if layer.table in _NOT_BOTH:
        for at in np.flatnonzero(~first.missing & ~second.missing):
            message = f"The row names a {pair[0]} and {pair[1]}; it can be of one only."
            findings.find(
                at, "bad_category", pair[1], message,
                value=second.values[at], suggestion="Leave one of them empty.",
            )  # fmt: skip
