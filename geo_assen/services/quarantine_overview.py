"""What waits in the quarantine of an import, counted and grouped by fault."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from geo_assen.services.imports import ImportRecord, import_record
from geo_assen.services.session import Session
from geo_assen.store import metadata

__all__ = [
    "FaultGroup",
    "QuarantineEntry",
    "QuarantineOverview",
    "can_be_sent",
    "identity_columns",
    "quarantine_overview",
]

_ROWS = metadata.tables["quarantined_row"]


@dataclass(frozen=True)
class QuarantineEntry:
    """One row that was set aside, without its values.

    Attributes
    ----------
    kinds
        Kinds of its faults, each once.
    outcome
        ``landed``, ``dropped``, or None while it waits.
    can_be_sent
        Whether it waits, and could pass by now.
    """

    id: int
    row: int
    kinds: tuple[str, ...]
    is_mended: bool
    outcome: str | None
    can_be_sent: bool


@dataclass(frozen=True)
class FaultGroup:
    """Waiting rows that have the same fault, so that one rule mends them all.

    Attributes
    ----------
    field, value
        The faulty field and the value in it, as text; ``value`` None: whatever the value.
    rows
        Number of rows; ``fixable`` of them have a suggestion that can be carried out.
    suggestion
        Words of the first suggestion, or None.
    """

    kind: str
    field: str | None
    value: str | None
    rows: int
    fixable: int
    suggestion: str | None


@dataclass(frozen=True)
class QuarantineOverview:
    """All rows that an import set aside.

    Attributes
    ----------
    entries
        Every row in the order of the file, landed and dropped ones included.
    groups
        Faults of the waiting rows, the most frequent first.
    """

    entries: tuple[QuarantineEntry, ...]
    groups: tuple[FaultGroup, ...]

    @property
    def waiting(self) -> int:
        """Number of rows that neither landed nor were left out."""
        return sum(entry.outcome is None for entry in self.entries)


def quarantine_overview(session: Session, batch_id: int) -> QuarantineOverview:
    """Count and group what an import set aside.

    Raises
    ------
    NotFound
        If there is no such import.
    """
    record = import_record(session, batch_id)
    own = identity_columns(session, record)
    wanted = [_ROWS.c[n] for n in ("id", "row", "issues", "outcome", "mended")]
    statement = (
        sa.select(*wanted, _ROWS.c.mended_shape.is_not(None).label("has_new_place"))
        .where(_ROWS.c.import_batch_id == batch_id)
        .order_by(_ROWS.c.row, _ROWS.c.id)
    )
    with session.read() as connection:
        found = connection.execute(statement).all()
    return QuarantineOverview(
        entries=tuple(
            QuarantineEntry(
                row.id,
                row.row,
                tuple(dict.fromkeys(issue["kind"] for issue in row.issues)),
                bool(row.mended) or bool(row.has_new_place),
                row.outcome,
                row.outcome is None and can_be_sent(row, own, has_new_place=row.has_new_place),
            )
            for row in found
        ),
        groups=_groups([row.issues for row in found if row.outcome is None]),
    )


def identity_columns(session: Session, record: ImportRecord) -> frozenset[str] | None:
    """Columns of the file of an import that tell its records apart; empty if they are not known.

    None where the layer takes what is said again as another statement.
    """
    layer = session.catalogue.layer(record.layer)
    if layer is None or record.mapping is None:
        return frozenset()
    if layer.restates:
        return None
    return frozenset(record.mapping.columns.get(name, name) for name in layer.identity)


def can_be_sent(row: Any, identity: frozenset[str] | None, *, has_new_place: bool) -> bool:
    """Whether a waiting row could pass by now: it was mended, or only lacked its parent.

    A second row with an id would replace the first, so it also needs another id. Statements
    replace nothing: of two that contradict each other the one that is left can go.

    Parameters
    ----------
    row
        With ``issues`` and ``mended`` as the table has them.
    identity
        As :func:`identity_columns` gives them; None: what is said twice replaces nothing.
    """
    kinds = {issue["kind"] for issue in row.issues}
    mended = set(row.mended or {})
    if "duplicate_id" in kinds and identity is not None:
        return bool(mended & identity)
    return bool(mended) or has_new_place or kinds <= {"unknown_parent", "duplicate_id"}


def _groups(waiting: list[list[dict[str, Any]]]) -> tuple[FaultGroup, ...]:
    rows: Counter[tuple[str, str | None, str | None]] = Counter()
    fixable: Counter[tuple[str, str | None, str | None]] = Counter()
    said: dict[tuple[str, str | None, str | None], str] = {}
    values: dict[tuple[str, str | None], set[str]] = {}
    for issues in waiting:
        seen: dict[tuple[str, str | None, str | None], bool] = {}
        for issue in issues:
            value = "" if issue["value"] is None else str(issue["value"])
            values.setdefault((issue["kind"], issue["field"]), set()).add(value)
            for key in ((issue["kind"], issue["field"], value),
                        (issue["kind"], issue["field"], None)):  # fmt: skip
                seen[key] = seen.get(key, False) or issue.get("fix") is not None
                if issue["suggestion"]:
                    said.setdefault(key, issue["suggestion"])
        rows.update(seen.keys())
        fixable.update(key for key, has_fix in seen.items() if has_fix)
    told = [
        FaultGroup(*key, rows=count, fixable=fixable[key], suggestion=said.get(key))
        for key, count in rows.most_common()
        # Where all rows have the same value, "whatever the value" says nothing more.
        if key[2] is not None or len(values[key[:2]]) > 1
    ]
    return tuple(told)
