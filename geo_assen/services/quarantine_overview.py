"""What waits in the quarantine of an import, counted and grouped by fault."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from geo_assen.services.imports import import_record
from geo_assen.services.session import Session
from geo_assen.store import metadata

__all__ = ["FaultGroup", "QuarantineEntry", "QuarantineOverview", "quarantine_overview"]

_ROWS = metadata.tables["quarantined_row"]
_NOTHING = ("null", "{}")
"""How a JSON column writes that nothing was mended."""


@dataclass(frozen=True)
class QuarantineEntry:
    """One row that was set aside, without its values.

    Attributes
    ----------
    kinds
        Kinds of its faults, each once.
    outcome
        ``landed``, ``dropped``, or None while it waits.
    """

    id: int
    row: int
    kinds: tuple[str, ...]
    is_mended: bool
    outcome: str | None


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
    import_record(session, batch_id)
    wanted = [_ROWS.c[n] for n in ("id", "row", "issues", "outcome")]
    is_mended = sa.or_(
        sa.and_(_ROWS.c.mended.is_not(None), sa.cast(_ROWS.c.mended, sa.Text).not_in(_NOTHING)),
        _ROWS.c.mended_shape.is_not(None),
    )
    statement = (
        sa.select(*wanted, is_mended.label("is_mended"))
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
                bool(row.is_mended),
                row.outcome,
            )
            for row in found
        ),
        groups=_groups([row.issues for row in found if row.outcome is None]),
    )


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
