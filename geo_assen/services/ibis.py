"""The yearly balance of work locations, out in the shape of IBIS and in again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
import sqlalchemy as sa

from geo_assen.crs import RD
from geo_assen.errors import FileRefused
from geo_assen.export import (
    IBIS_COLUMNS,
    IbisIssue,
    IbisRow,
    encode_ibis,
    ibis_columns_in,
    read_ibis,
    reference_date,
)
from geo_assen.ingest import OpenedFile, open_file
from geo_assen.land import uptake_by_year
from geo_assen.services.balance_sources import balance_sources
from geo_assen.services.derived import refresh_derived
from geo_assen.services.files import is_of_store, plain_name
from geo_assen.services.ibis_ledger import IbisLedger
from geo_assen.services.land import stock_at
from geo_assen.services.ledger import Ledger
from geo_assen.services.provenance import with_provenance
from geo_assen.services.recording import DefaultSource
from geo_assen.services.session import Session, today
from geo_assen.store import insert_frame, metadata, read_frame

__all__ = ["IbisReport", "ibis_file", "ibis_rows", "import_ibis"]

_OF_PARK = ("type", "max_env_category", "price_min_eur_m2", "price_max_eur_m2", "plan_status",
            "illustrative_fields")  # fmt: skip


@dataclass(frozen=True)
class IbisReport:
    """What an import of yearly balances did.

    Attributes
    ----------
    rows_read
        ``accepted + unchanged + quarantined``.
    accepted, unchanged, quarantined
        Rows that changed the store, that said what it knew already, and that have a fault.
    parks, events
        Codes of the work locations and of the land events that are new.
    issues
        Every fault, by row.
    written
        False for a dry run, and where a fault kept a strict import from landing.
    """

    file: str
    sha256: str
    rows_read: int
    accepted: int
    unchanged: int
    quarantined: int
    parks: tuple[str, ...]
    events: tuple[str, ...]
    issues: tuple[IbisIssue, ...]
    written: bool

    def document(self) -> dict[str, Any]:
        """The report as JSON, in the shape of any other import."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "written": self.written,
            "layers": [{
                "name": "ibis",
                "rows_read": self.rows_read,
                "accepted": self.accepted,
                "quarantined": self.quarantined,
                "repaired": 0,
                "unchanged": self.unchanged,
                "issues": dict(Counter(issue.kind for issue in self.issues)),
                "rows": [issue.document() for issue in self.issues],
                "parks": list(self.parks),
                "events": list(self.events),
            }],
        }  # fmt: skip


def ibis_rows(session: Session, year: int, known_at: date | None = None) -> pd.DataFrame:
    """Draw up the balance of every work location at the end of a year.

    Parameters
    ----------
    year
        Year of the uptake; the stock is that of the end of its 31 December, which is the
        national reference date 1 January of the next year.
    known_at
        Leave out events that were recorded after this day; None: none.

    Returns
    -------
    One row a work location with a balance by then, ordered by code, with the columns of
    :data:`geo_assen.export.IBIS_COLUMNS`: areas in whole m², prices in euros per m². The
    split of what is still issuable is missing where a park has land to issue but no plots
    that would tell. Source and certainty are those of the least certain record behind
    the row.
    """
    day = date(year, 12, 31)
    parks, _ = session.attributes("business_park", day)
    plots, _ = session.attributes("plot", day)
    sources = balance_sources(session, day, known_at)
    rows = parks[parks["code"].isin(sources.index)].sort_values("code").reset_index(drop=True)
    rows = rows.join(stock_at(session, day, known_at), on="code")
    uptake = uptake_by_year(
        session.table("land_event"), as_of=day, known_at=known_at, plots=plots
    )
    of_year = uptake[uptake["year"] == year].set_index("park")["uptake_m2"]
    at_once = rows["immediately_issuable_m2"].astype("Int64")
    drawn = rows["code"].isin(plots["park"]) | (rows["issuable_m2"] == 0)
    at_once = at_once.where(drawn)
    rows = rows.assign(
        year=year,
        reference_date=reference_date(year),
        uptake_m2=rows["code"].map(of_year).fillna(0).astype("int64"),
        immediately_issuable_m2=at_once,
        not_immediately_issuable_m2=rows["issuable_m2"] - at_once,
    )
    rows = with_provenance(session, rows.assign(source_code=rows["code"].map(sources)))
    return pd.DataFrame(rows[[column.name for column in IBIS_COLUMNS]])


def ibis_file(session: Session, year: int, kind: str, known_at: date | None = None) -> bytes:
    """Write the balance of a year as ``csv``, ``csv-nl`` or ``xlsx`` (:func:`ibis_rows`).

    Raises
    ------
    FileRefused
        If there is no such format.
    """
    return encode_ibis(ibis_rows(session, year, known_at), kind, session.catalogue.codes)


def import_ibis(
    session: Session,
    path: Path,
    *,
    source: str | None = None,
    dry_run: bool = False,
    strict: bool = False,
) -> IbisReport:
    """Bring yearly balances in: as work locations where they are new, and as land events.

    A row lands whole or not at all. A work location without a balance gets its net area
    and an opening balance on 31 December of the year before, and the uptake of the year as
    one deed (or buy-back) on its own 31 December. Where the store has a balance up to the
    year, only the uptake, and the net area if it changed, is added. A balance that exists
    is never overwritten: a row that says the same changes nothing, one that says something
    else is refused.

    Files of this shape have no outlines. A new work location gets an empty one, until its
    outline is imported into the layer of business parks. What is known of a work location
    besides its balance stays as it is.

    Parameters
    ----------
    source
        Name of the source of all rows; None: the one that the row names, else the file.
    dry_run
        Do all of it, the rules of the store included, and undo it.
    strict
        Write nothing at all if one row has a fault.

    Raises
    ------
    FileRefused
        If the file cannot be read, or lacks a column.
    StoreError
        If a rule of the store refuses what the checks let pass; nothing is written.
    """
    if is_of_store(session.settings.store, path):
        raise FileRefused(path, "this is the store itself; give a file with balances.")
    with open_file(path) as opened:
        rows, issues = _read(session, opened)
        default = DefaultSource.of(path, source)
        with session.attempt() as attempt:
            landing = _Landing(attempt.connection, default, own_source=source is None)
            landing.take(rows)
            report = _report(opened, landing, issues)
            refused = strict and bool(report.issues)
            if not refused:
                landing.write(session)
                opened.unchanged()
            if refused or dry_run:
                attempt.undo()
    return replace(report, written=not attempt.is_undone)


def _read(session: Session, opened: OpenedFile) -> tuple[list[IbisRow], list[IbisIssue]]:
    """Rows of the table of the file that has the columns of a balance."""
    fitting = [table for table in opened.layers if len(ibis_columns_in(table.columns)) > 1]
    if len(fitting) > 1:
        names = ", ".join(table.name for table in fitting)
        raise FileRefused(
            opened.path, f"it has several tables with balances ({names}); give one a file."
        )
    table = fitting[0] if fitting else opened.layers[0]
    parts = list(table.read())
    cells = pd.DataFrame(columns=list(table.columns))
    if parts:
        cells = pd.concat([part.values for part in parts], ignore_index=True)
    numbers = [int(number) for part in parts for number in part.numbers]
    codes = session.catalogue.codes
    rows, issues = read_ibis(cells, numbers, str(opened.path), codes, table.decimal)
    issues += [
        IbisIssue(fault.row, fault.kind, None, str(fault.value)[:200], fault.message,
                  fault.suggestion or "Correct the row.")
        for part in parts for fault in part.issues if fault.kind == "unreadable_row"
    ]  # fmt: skip
    return rows, issues


class _Landing:
    """What an import is about to write; nothing is written until all rows are judged."""

    def __init__(
        self, connection: sa.Connection, default: DefaultSource, *, own_source: bool
    ) -> None:
        self._connection = connection
        self._default = default
        self._own_source = own_source
        sources = read_frame(connection, metadata.tables["source"])
        self._sources: dict[str, str] = dict(
            zip(sources["code"], sources["certainty"], strict=True)
        )
        self._ledger = IbisLedger(Ledger.of(connection), recorded_on=today())
        self.new_sources: list[dict[str, Any]] = []
        self.parks: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.issues: list[IbisIssue] = []
        self.accepted = self.unchanged = 0

    def take(self, rows: list[IbisRow]) -> None:
        """Judge rows: those with a fault become issues, the others what is to be written."""
        faults = {row: fault for row in rows if (fault := self._fault_of(row))}
        self.issues += faults.values()
        for row, judged in self._ledger.judged([row for row in rows if row not in faults]):
            if isinstance(judged, IbisIssue):
                self.issues.append(judged)
            elif not (judged.events or judged.is_new_park):
                self.unchanged += 1
            else:
                self.accepted += 1
                code = self._source_of(row)
                self.parks += [_park(row, code)] if judged.is_new_park else []
                self.events += [{**event, "source_code": code} for event in judged.events]

    def write(self, session: Session) -> None:
        """Write what was judged well, and the layers derived from it."""
        tables, connection = metadata.tables, self._connection
        if self.new_sources:
            connection.execute(sa.insert(tables["source"]), self.new_sources)
        if self.parks:
            frame = gpd.GeoDataFrame(self.parks, geometry="geometry", crs=RD)
            insert_frame(connection, tables["business_park"], frame)
        if self.events:
            insert_frame(connection, tables["land_event"], pd.DataFrame(self.events))
        if self.parks or self.events:
            changed = {"business_park", "land_event", "source"}
            refresh_derived(
                connection, session.catalogue, changed, today(), rule=session.vacancy_rule
            )

    def _fault_of(self, row: IbisRow) -> IbisIssue | None:
        """What keeps a row from landing whatever the balance says."""
        if date(row.year, 12, 31) > today():
            return IbisIssue(row.row, "bad_date", "peildatum", str(row.year),
                             "This year is not over.",
                             "Import a balance when its year has ended.")  # fmt: skip
        known = self._sources.get(row.source_code or "")
        if self._own_source and row.certainty and known and known != row.certainty:
            return IbisIssue(row.row, "bad_category", "zekerheid", row.certainty,
                             f"Source {row.source_code} is recorded here as {known}.",
                             "Give the rows a source of their own with --source.")  # fmt: skip
        return None

    def _source_of(self, row: IbisRow) -> str:
        """Code of the source of a row; noted as new where the store has none of that code."""
        source = self._default
        if self._own_source and (row.source_code or row.source_name):
            named = DefaultSource.of(Path(), row.source_name or row.source_code)
            source = replace(
                named,
                code=row.source_code or named.code,
                licence=row.licence or named.licence,
                certainty=row.certainty or named.certainty,
                retrieved_on=row.source_date,
            )
        if source.code not in self._sources:
            self._sources[source.code] = source.certainty
            self.new_sources.append({
                "code": source.code, "name": source.name, "licence": source.licence,
                "url": source.url, "retrieved_on": source.retrieved_on or today(),
                "certainty": source.certainty,
            })  # fmt: skip
        return source.code


def _park(row: IbisRow, source_code: str) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "gross_area_m2": row.gross_area_m2,
        **{name: getattr(row, name) for name in _OF_PARK},
        "geometry": shapely.MultiPolygon(),
        "source_code": source_code,
    }


def _report(opened: OpenedFile, landing: _Landing, unread: list[IbisIssue]) -> IbisReport:
    issues = sorted([*unread, *landing.issues], key=lambda issue: issue.row)
    quarantined = len({issue.row for issue in issues})
    return IbisReport(
        file=plain_name(opened.path.name),
        sha256=opened.sha256,
        rows_read=landing.accepted + landing.unchanged + quarantined,
        accepted=landing.accepted,
        unchanged=landing.unchanged,
        quarantined=quarantined,
        parks=tuple(park["code"] for park in landing.parks),
        events=tuple(event["code"] for event in landing.events),
        issues=tuple(issues),
        written=False,
    )
