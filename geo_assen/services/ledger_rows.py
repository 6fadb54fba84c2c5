"""Land events of a file held against the ledger: which rows contradict it, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

import pandas as pd

from geo_assen.ingest import Issue
from geo_assen.land import LedgerFault
from geo_assen.services.ledger import Ledger

__all__ = ["ledger_issues"]

_KINDS: Mapping[str, tuple[str, str]] = {
    "unknown_kind": ("bad_category", "kind"),
    "unknown_plot": ("unknown_parent", "plot"),
    "unknown_park": ("unknown_parent", "park"),
    "other_park": ("unknown_parent", "park"),
    "missing_plot": ("missing_value", "plot"),
    "missing_area": ("missing_value", "area_m2"),
    "survey_of_nothing": ("bad_number", "area_m2"),
    "end_before_start": ("end_before_start", "valid_until"),
    "correction_of_nothing": ("unknown_parent", "corrects"),
    "corrected_twice": ("duplicate_id", "corrects"),
    "equal_rank": ("duplicate_id", "priority_rank"),
    "second_opening": ("duplicate_id", "kind"),
    "before_opening": ("bad_date", "effective_on"),
    "before_plot": ("bad_date", "effective_on"),
    "on_withdrawn_plot": ("unknown_parent", "plot"),
    "on_replaced_plot": ("unknown_parent", "plot"),
    "net_not_set": ("missing_value", "area_m2"),
}
"""Kind of issue and field of each fault; a balance that does not close is a bad number."""

_BALANCE = ("bad_number", "area_m2")
_DIVIDING = frozenset({"split", "merge"})
_BLAMED: Mapping[str, frozenset[str]] = {
    "bought_back_too_much": frozenset({"buy_back"}),
    "net_over_gross": frozenset({"net_set"}),
    "split_while_issued": _DIVIDING,
    "area_not_conserved": _DIVIDING | {"survey"},
    "mixed_merger": _DIVIDING,
    "never_split": _DIVIDING,
}
"""Kinds of events that can bring a fault of a balance about; of others deeds and such."""

_ISSUING = frozenset({"deed", "opening_balance", "withdrawal", "net_set", "survey"})
_PATIENCE = 8
"""So many times one row a place is set aside; then twice as many each time, to come to an end."""


def ledger_issues(ledger: Ledger, added: pd.DataFrame) -> list[Issue]:
    """List the rows that cannot stand in the ledger, so that without them the rest can.

    A fault that names its event sets that row aside; one of a balance the latest row that
    could have brought it about. Faults that the ledger has already do not count.

    Parameters
    ----------
    added
        New land events, with ``row``, their number in the file.

    Returns
    -------
    One issue for each row to set aside, with the kinds that imports know.
    """
    known = ledger.faults
    rows = added.reindex(columns=ledger.events.columns).to_dict("records")
    numbers = dict(zip(added["code"], added["row"], strict=True))
    waiting = {str(row["code"]): {str(k): v for k, v in row.items()} for row in rows}
    found: list[Issue] = []
    for turn in count():
        tried = ledger.with_rows(events=list(waiting.values()))
        faults = tried.faults - known
        blamed = _blamed(faults, waiting, ledger, at_once=2 ** max(0, turn - _PATIENCE))
        if not blamed:
            break
        for code, fault in blamed.items():
            row = waiting.pop(code)
            found.append(_issue(int(numbers[code]), row, fault))
    return sorted(found, key=lambda issue: issue.row)


def _blamed(
    faults: Iterable[LedgerFault],
    waiting: Mapping[str, dict[str, object]],
    ledger: Ledger,
    *,
    at_once: int,
) -> dict[str, LedgerFault]:
    """Rows to set aside, each for the first of its faults; of a balance so many a place."""
    park_of = dict(zip(ledger.plots["code"], ledger.plots["park"], strict=True))
    parks = set(ledger.parks["code"])
    by_place: dict[object, list[str]] = defaultdict(list)
    for code, row in waiting.items():
        plot = row["plot"]
        for place in {plot, row["park"], park_of.get(plot)} - {None}:
            by_place[place].append(code)
    blamed: dict[str, LedgerFault] = {}
    # What is wrong with a row, or with its plot, says more than what follows for its park.
    nearest = sorted(faults, key=lambda f: (f.event is None, f.place in parks, f))
    for fault in nearest:
        if fault.event in waiting:
            blamed.setdefault(str(fault.event), fault)
            continue
        kinds = _BLAMED.get(fault.kind, _ISSUING)
        could = [code for code in by_place[fault.place] if waiting[code]["kind"] in kinds]
        could = could or by_place[fault.place]
        could.sort(key=lambda code: (str(waiting[code]["effective_on"]), code))
        for code in could[-at_once:]:
            blamed.setdefault(code, fault)
    return blamed


def _issue(number: int, row: Mapping[str, Any], fault: LedgerFault) -> Issue:
    kind, field = _KINDS.get(fault.kind, _BALANCE)
    value = row.get(field)
    shown = None if pd.isna(value) else str(value)
    hint = "Mend this row, or record what is missing before it, and send it again."
    return Issue(number, kind, field, shown, str(fault), hint)
