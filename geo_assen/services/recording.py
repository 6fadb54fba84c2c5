"""Write what passed an import part by part, keep what was set aside, and tell what it changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa

from geo_assen.catalogue import LayerDefinition
from geo_assen.crs import to_lonlat
from geo_assen.ingest import (
    Checked,
    FileLayer,
    Issue,
    Mapping,
    Part,
    SetAside,
    apart_from_stored,
    as_json,
    taken_in_store,
)
from geo_assen.ingest.checks.rules import UNIQUE
from geo_assen.services.facts import RecordedFacts, RestatedFacts
from geo_assen.services.files import plain_name
from geo_assen.services.ledger import Ledger
from geo_assen.services.ledger_rows import ledger_issues
from geo_assen.services.session import today
from geo_assen.services.whereabouts import lonlat_of
from geo_assen.store import (
    among,
    history_mark,
    insert_frame,
    last_id,
    metadata,
    read_frame,
    remember_before,
    upsert_frame,
)
from geo_assen.store.tables import FACTS

__all__ = ["DefaultSource", "Incoming", "LayerReport", "Recorder", "count_gone"]

_RECORDED = "recorded_on"
_DEFAULTED = frozenset({"source_code", _RECORDED})
"""Fields that an import fills in where the file says nothing."""
_LISTED = 20_000
"""Issues of a layer that the report lists one by one; all are counted."""
_KEPT = 2_000
"""Issues of a layer that the store keeps, for its page."""
_NAMED_GONE = 20


@dataclass(frozen=True)
class DefaultSource:
    """Source of the rows that name none.

    Attributes
    ----------
    retrieved_on
        Day on which it was asked; None: today.
    """

    code: str
    name: str
    licence: str = "unknown"
    url: str | None = None
    certainty: str = "stated"
    retrieved_on: date | None = None

    @classmethod
    def of(cls, path: Path, name: str | None) -> DefaultSource:
        """Source of that name; without one the file is the source."""
        slug = re.sub(r"[^a-z0-9]+", "-", (name or path.stem).lower()).strip("-")[:80]
        return cls(slug or "import", plain_name(name or path.name))


@dataclass(frozen=True)
class Incoming:
    """A file that was opened, and where it is to go.

    Attributes
    ----------
    resent_from
        Import whose quarantine the rows come from; None: they come from a file.
    """

    layer: LayerDefinition
    table: sa.Table
    file: str
    sha256: str
    source: DefaultSource
    resent_from: int | None = None


@dataclass
class LayerReport:
    """What happened to one layer of a file; ``rows_read`` is the sum of its three parts.

    Attributes
    ----------
    new, changed
        Accepted rows that the store did not have, and those that it had otherwise.
    gone, gone_codes
        Rows of the same source that the store has and the file has not; some are named.
        They are left as they are.
    superseded
        Rows that tell an earlier or ended state of a record; part of ``unchanged``.
    issues
        The first of them; ``issue_counts`` counts all.
    skipped
        Why nothing of the layer was read; None: it was.
    batch_id
        Number of the import in the store.
    """

    name: str
    mapping: Mapping
    batch_id: int | None = None
    new: int = 0
    changed: int = 0
    same: int = 0
    superseded: int = 0
    quarantined: int = 0
    repaired: int = 0
    gone: int = 0
    gone_codes: list[str] = field(default_factory=list)
    issue_counts: Counter[str] = field(default_factory=Counter)
    issues: list[Issue] = field(default_factory=list)
    places: dict[int, tuple[float, float]] = field(default_factory=dict)
    skipped: str | None = None

    @property
    def accepted(self) -> int:
        """Rows that were written."""
        return self.new + self.changed

    @property
    def unchanged(self) -> int:
        """Rows that had nothing to tell."""
        return self.same + self.superseded

    @property
    def rows_read(self) -> int:
        """Number of records in the file."""
        return self.accepted + self.quarantined + self.unchanged

    def document(self, most_issues: int = _LISTED) -> dict[str, Any]:
        """The layer as the report of an import writes it."""
        listed = self.issues[:most_issues]
        return {
            "name": self.name,
            "rows_read": self.rows_read,
            "accepted": self.accepted,
            "quarantined": self.quarantined,
            "repaired": self.repaired,
            "unchanged": self.unchanged,
            "new": self.new,
            "changed": self.changed,
            "gone": self.gone,
            "gone_codes": self.gone_codes,
            "superseded": self.superseded,
            "skipped": self.skipped,
            "import": self.batch_id,
            "issues": dict(sorted(self.issue_counts.items())),
            "mapping": self.mapping.by_column(),
            "rows": [{**i.document(), "place": self.places.get(i.row)} for i in listed],
            "rows_left_off": sum(self.issue_counts.values()) - len(listed),
        }


class Recorder:
    """Writes one layer of a file, part after part, on the connection of one batch.

    Parameters
    ----------
    rows_come_late
        Rows are judged only when all parts were read; the parts are kept until then, so that
        the original of each is at hand.

    Attributes
    ----------
    mark
        Highest id of the table before the layer; what is inserted lies above it.
    present
        Ids of the rows of the store that the layer has.
    sources
        Codes of the sources that its rows name.
    """

    def __init__(
        self,
        connection: sa.Connection,
        incoming: Incoming,
        file_layer: FileLayer,
        mapping: Mapping,
        *,
        rows_come_late: bool = False,
    ) -> None:
        self.report = LayerReport(file_layer.name, mapping)
        self._connection = connection
        self.incoming = incoming
        self._mapping = mapping
        self._crs = file_layer.crs
        self._keeps_parts = rows_come_late or incoming.table.name in FACTS
        self.mark = last_id(connection, incoming.table)
        self.present: list[int] = []
        self.sources: set[str] = set()
        self._facts: RecordedFacts | None = None
        self._unsettled: list[tuple[Checked, pd.DataFrame, list[Hashable]]] = []
        self._parts: list[Part] = []
        self._sent: list[int] = []
        self._failed_again: set[int] = set()
        self._last_id = self.mark
        self._batch_id = self._begun(file_layer)
        self.report.batch_id = self._batch_id

    def take(self, checked: Checked, part: Part | None = None) -> None:
        """Write rows that were judged, of the part that was read last or of earlier ones."""
        if part is not None:
            if self.incoming.resent_from is not None:
                self._sent += part.numbers.tolist()
            self._parts = [*self._parts, part] if self._keeps_parts else [part]
        is_facts = self.incoming.table.name in FACTS
        checked = self._take_facts(checked) if is_facts else self._take_records(checked)
        self.report.superseded += checked.superseded
        self.report.repaired += checked.repaired
        self._note(checked.issues, checked.accepted)
        self._keep_set_aside(checked.set_aside)

    def end(self) -> None:
        """Note where the new rows of the layer end: another layer of the file may follow."""
        self._last_id = last_id(self._connection, self.incoming.table)

    def close(self) -> None:
        """Put the report of the layer on record."""
        report, table = self.report, self.incoming.table
        self._mark_landed()
        batches = metadata.tables["import_batch"]
        self._connection.execute(
            sa.update(batches).where(batches.c.id == self._batch_id).values(
                accepted=report.accepted,
                quarantined=report.quarantined,
                unchanged=report.unchanged,
                inserted=report.new,
                updated=report.changed,
                fact_table=table.name if table.name in FACTS else None,
                first_id=self.mark + 1,
                last_id=self._last_id,
                history_mark=history_mark(self._connection),
                report=report.document(_KEPT),
            )
        )  # fmt: skip

    def _begun(self, file_layer: FileLayer) -> int:
        batches, incoming = metadata.tables["import_batch"], self.incoming
        statement = sa.insert(batches).values(
            layer=incoming.layer.id,
            file=incoming.file,
            sha256=incoming.sha256,
            imported_at=datetime.now(UTC),
            accepted=0, quarantined=0, unchanged=0,
            name=file_layer.name,
            source_code=incoming.source.code,
            crs=file_layer.crs,
            decimal_sign=file_layer.decimal,
            mapping=self._mapping.document(),
            resent_from=incoming.resent_from,
        )  # fmt: skip
        return int(self._connection.execute(statement.returning(batches.c.id)).scalar_one())

    def _take_records(self, checked: Checked) -> Checked:
        if not len(checked.accepted):
            return checked
        table = self.incoming.table
        if self.mark:  # an empty table has nothing to compare with
            checked = self._compared(checked)
        frame = self._told(checked.accepted)
        self._ensure_source(frame)
        if not self.mark:
            self.report.new += insert_frame(self._connection, table, frame)
            return checked
        counts = upsert_frame(
            self._connection, table, frame, list(self.incoming.layer.identity),
            before_update=self._remember,
        )  # fmt: skip
        self.present += counts.present
        self.report.new += counts.inserted
        self.report.changed += counts.updated
        self.report.same += counts.unchanged
        return checked

    def _take_facts(self, checked: Checked) -> Checked:
        frame = self._told(checked.accepted)
        if self.incoming.layer.restates:
            # What contradicts a row may stand anywhere in the file.
            self._unsettled.append((checked, frame, list(frame.index)))
            return checked
        if self._facts is None:
            columns = [self.incoming.table.c[name] for name in frame.columns]
            self._facts = RecordedFacts.of(
                self._connection, self.incoming.layer, columns, self._original
            )
        checked, fresh = self._facts.sift(checked, frame)
        frame = frame.loc[checked.accepted.index]
        self.report.same += len(frame) - len(fresh)
        if self.incoming.table.name == "land_event":
            # A balance is judged when all events are known, in whatever order they came.
            self._unsettled.append((checked, frame, fresh))
        else:
            self._insert_facts(frame, fresh)
        return checked

    def settle(self) -> None:
        """Write the facts that waited; set aside those that contradict others."""
        waiting = [(checked, frame, fresh) for checked, frame, fresh in self._unsettled if fresh]
        self._unsettled = []
        if not waiting:
            return
        added: pd.DataFrame = pd.concat([_numbered(*part) for part in waiting])
        if self.incoming.layer.restates:
            issues, new_rows = self._sifted(added)
        else:
            issues = ledger_issues(Ledger.of(self._connection), added)
            new_rows = set(added["row"])
        for checked, frame, fresh in waiting:
            rows = _numbered(checked, frame, fresh)["row"]
            own = [issue for issue in issues if issue.row in set(rows)]
            settled = Checked(checked.accepted, issues=checked.issues).setting_aside(
                own, self._original
            )
            self._note(own, settled.accepted)
            self._keep_set_aside(settled.set_aside)
            left = rows[rows.index.isin(settled.accepted.index)]
            written = left[left.isin(new_rows)]
            self.report.same += len(left) - len(written)
            self._insert_facts(frame, written.index.tolist())

    def _sifted(self, added: pd.DataFrame) -> tuple[list[Issue], set[int]]:
        """Which statements contradict others, and the rows of those that are new."""
        layer, table = self.incoming.layer, self.incoming.table
        columns = [table.c[name] for name in added.columns if name != "row"]
        numbered = added.reset_index(drop=True)
        issues, fresh = RestatedFacts.of(self._connection, layer, columns).sift(numbered)
        return issues, set(numbered["row"][numbered.index.isin(fresh)].tolist())

    def _insert_facts(self, frame: pd.DataFrame, fresh: list[Hashable]) -> None:
        self._ensure_source(frame.loc[fresh])
        self.report.new += insert_frame(self._connection, self.incoming.table, frame.loc[fresh])

    def _original(self, row: int) -> dict[str, Any]:
        """Values of a row as its file has them, where its part is still at hand."""
        for part in self._parts:
            at = np.flatnonzero(part.numbers == row)
            if len(at):
                cells = part.values.iloc[int(at[0])].to_dict()
                return {str(name): as_json(value) for name, value in cells.items()}
        return {}

    def _remember(self, ids: list[int]) -> None:
        remember_before(self._connection, self._batch_id, self.incoming.table, ids)

    def _told(self, accepted: pd.DataFrame) -> pd.DataFrame:
        """Columns that the file says something of; what it is silent about stays as it is."""
        layer = self.incoming.layer
        told = {*self._mapping.columns, *self._mapping.constants, *layer.identity, *_DEFAULTED}
        told |= {f.name for f in layer.stored_fields if f.required}
        if "geometry" in accepted and accepted["geometry"].notna().any():
            told.add("geometry")
        return accepted[[name for name in accepted.columns if name in told]]

    def _ensure_source(self, frame: pd.DataFrame) -> None:
        if "source_code" not in frame:
            return
        self.sources |= set(frame["source_code"].dropna().unique())
        source, sources = self.incoming.source, metadata.tables["source"]
        if source.code not in self.sources:
            return
        known = sa.select(sources.c.id).where(sources.c.code == source.code)
        if self._connection.execute(known).first() is None:
            self._connection.execute(sa.insert(sources).values(
                code=source.code, name=source.name, licence=source.licence, url=source.url,
                retrieved_on=source.retrieved_on or today(), certainty=source.certainty,
            ))  # fmt: skip

    def _compared(self, checked: Checked) -> Checked:
        """Rows beside what the store has: who lies far apart, and who has another's BAG id."""
        layer, table = self.incoming.layer, self.incoming.table
        unique = UNIQUE.get(table.name, ())
        placed = "geometry" in checked.accepted and {"geom", "source_code"} <= set(table.c.keys())
        if not placed and not unique:
            return checked
        stored = self._stored_beside(checked.accepted, [*layer.identity[:1], *unique])
        if not len(stored):
            return checked
        if placed:
            checked.issues += apart_from_stored(checked.accepted, stored, layer)
        return checked.setting_aside(
            taken_in_store(checked.accepted, stored, layer), self._original
        )

    def _stored_beside(self, accepted: pd.DataFrame, keys: list[str]) -> gpd.GeoDataFrame:
        """Records that share an identity or a unique value with some rows."""
        table, layer = self.incoming.table, self.incoming.layer
        wanted = dict.fromkeys((*layer.identity, *keys, "source_code", "geom"))
        columns = [
            table.c[name].label("geometry") if name == "geom" else table.c[name]
            for name in wanted if name in table.c
        ]  # fmt: skip
        dialect = self._connection.dialect
        shared = [
            among(dialect, table.c[key], accepted[key].dropna().unique().tolist()) for key in keys
        ]
        sources = accepted["source_code"].unique().tolist() if "source_code" in accepted else []
        if len(sources) == 1 and "source_code" in table.c:
            # What the same source had before is compared when it is written.
            shared[0] &= table.c.source_code.is_distinct_from(sources[0])
        found: gpd.GeoDataFrame = read_frame(
            self._connection, sa.select(*columns).where(sa.or_(*shared))
        )
        return found

    def _note(self, issues: list[Issue], accepted: pd.DataFrame) -> None:
        report = self.report
        report.issue_counts.update(issue.kind for issue in issues)
        listed = issues[: max(0, _LISTED - len(report.issues))]
        report.issues += listed
        if listed and isinstance(accepted, gpd.GeoDataFrame) and len(accepted):
            report.places.update(_places(accepted, {issue.row for issue in listed}))

    def _keep_set_aside(self, rows: list[SetAside]) -> None:
        self.report.quarantined += len(rows)
        self._place_set_aside(rows)
        if self.incoming.resent_from is not None:
            self._keep_waiting(rows)
        elif rows:
            self._insert_set_aside(rows)

    def _place_set_aside(self, rows: list[SetAside]) -> None:
        """Where rows lie that were set aside, as the file has it: for the map of the report."""
        for row in rows[: max(0, _KEPT - len(self.report.places))]:
            if row.geometry is not None and (place := lonlat_of(row.geometry, self._crs)):
                self.report.places[row.row] = place

    def _keep_waiting(self, rows: list[SetAside]) -> None:
        """A row that was sent again and failed stays where it was, with its new issues."""
        kept = metadata.tables["quarantined_row"]
        for row in rows:
            self._failed_again.add(row.row)
            self._connection.execute(
                sa.update(kept)
                .where(kept.c.import_batch_id == self.incoming.resent_from)
                .where(kept.c.row == row.row, kept.c.outcome.is_(None))
                .values(issues=[issue.document() for issue in row.issues])
            )

    def _insert_set_aside(self, rows: list[SetAside]) -> None:
        self._connection.execute(sa.insert(metadata.tables["quarantined_row"]), [
            {
                "import_batch_id": self._batch_id,
                "row": row.row,
                "original": row.original,
                "issues": [issue.document() for issue in row.issues],
                "shape": None if row.geometry is None else shapely.to_wkb(row.geometry),
            }
            for row in rows
        ])  # fmt: skip

    def _mark_landed(self) -> None:
        landed = [number for number in self._sent if number not in self._failed_again]
        if not landed:
            return
        kept = metadata.tables["quarantined_row"]
        self._connection.execute(
            sa.update(kept)
            .where(kept.c.import_batch_id == self.incoming.resent_from)
            .where(kept.c.row == sa.bindparam("sent_row"), kept.c.outcome.is_(None))
            .values(outcome="landed", landed_batch_id=self._batch_id),
            [{"sent_row": number} for number in landed],
        )


def _numbered(checked: Checked, frame: pd.DataFrame, fresh: list[Hashable]) -> pd.DataFrame:
    """New facts of a part, with the numbers of their rows in the file."""
    chosen = frame.index.isin(fresh)
    return frame[chosen].assign(row=checked.accepted["row"])


def count_gone(connection: sa.Connection, recorders: list[Recorder]) -> None:
    """Count the rows of the sources of a file that the store had and the file has not.

    They are told in the report of its first layer: a record may move to another layer of
    the file from one year to the next.
    """
    first = recorders[0]
    table, mark = first.incoming.table, first.mark
    sources = sorted({code for recorder in recorders for code in recorder.sources})
    is_told_whole = first.incoming.resent_from is None and table.name not in FACTS
    if not (mark and sources and is_told_whole and "source_code" in table.c):
        return
    name = table.c[first.incoming.layer.identity[0]]
    had = connection.execute(
        sa.select(table.c.id, name)
        .where(table.c.id <= mark, table.c.source_code.in_(sources))
        .order_by(table.c.id)
    ).all()
    present = np.concatenate([np.array(r.present, dtype=np.int64) for r in recorders])
    missing = ~np.isin(np.array([row[0] for row in had], dtype=np.int64), present)
    gone = [str(row[1]) for row, absent in zip(had, missing, strict=True) if absent]
    first.report.gone, first.report.gone_codes = len(gone), gone[:_NAMED_GONE]


def _places(accepted: gpd.GeoDataFrame, rows: set[int]) -> dict[int, tuple[float, float]]:
    """Longitude and latitude of rows, for a map of where the faults are."""
    chosen = accepted[accepted["row"].isin(rows) & accepted.geometry.notna()]
    points = to_lonlat(shapely.point_on_surface(chosen.geometry.to_numpy()))
    lon, lat = shapely.get_x(points).round(6), shapely.get_y(points).round(6)
    numbered = zip(chosen["row"].tolist(), lon.tolist(), lat.tolist(), strict=True)
    return {number: (x, y) for number, x, y in numbered}
