"""Tables of CBS with jobs by municipality of home and of work, as rows for ``commuter_flows``.

The same table comes in many forms: the answers of OData 3 and 4, both as a file too, and the
download with semicolons, in codes or in titles. All of them become the same rows here.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geo_assen.commuting import (
    COUNTRY_CODES,
    OTHER,
    SERIES,
    Cell,
    CellFault,
    Flow,
    FlowReading,
    Jobs,
    published_jobs,
    read_cells,
    series_named,
    series_of,
    year_of,
)
from geo_assen.errors import FileRefused
from geo_assen.ingest.connectors.odata import CbsTable
from geo_assen.ingest.connectors.provenance import Provenance
from geo_assen.ingest.connectors.rows import Fetched, frame_layer
from geo_assen.ingest.content import FileLayer
from geo_assen.ingest.issues import Issue
from geo_assen.ingest.read import OpenedFile, sha256_of
from geo_assen.ingest.read.safety import Workspace, regular_file

__all__ = ["HOME", "WORK", "flow_rows_of", "home_work_layer", "open_home_work"]

HOME, WORK = "WoonregioS", "WerkregioS"
"""Dimensions of these tables."""

_NAMES: Mapping[str, tuple[str, ...]] = {
    "home": ("woonregios", "woonregio", "woongemeente"),
    "work": ("werkregios", "werkregio", "werkgemeente"),
    "period": ("perioden", "periode"),
}
_JOBS = ("banenvanwerknemers", "banen")
_MEASURE, _VALUE = "measure", "value"
_COLUMNS = (
    "series", "year", "home_code", "work_code", "jobs", "jobs_low", "jobs_high", "total_jobs",
    "total_jobs_low", "total_jobs_high",
)  # fmt: skip
_MOST_LISTED = 5
_LARGEST_JSON = 512 * 1024 * 1024
_COARSER_LEFT_OUT = ("Rows of coarser regions, or of the country with itself, that are left out: "
                     "{}. They are sums of what is read already.")  # fmt: skip
_NO_DATA = frozenset({"id", "measure", "value", "valueattribute", "stringvalue"})
"""Columns of the service that tell nothing of a flow."""
_KIND = re.compile(r"\s*\((?:gemeente|GM)\)$")
_COARSER = re.compile(r"\((?:LD|PV|CR)\)$|^Nederland$")


def open_home_work(
    path: Path, municipalities: Mapping[str, str], open_other: Callable[[Path], OpenedFile]
) -> OpenedFile:
    """Open a file for flows: such a table in any of its forms, or rows that are flows already.

    Parameters
    ----------
    municipalities
        Code by name, for files with titles in the place of codes.
    open_other
        Opens every file that is no answer of OData.

    Raises
    ------
    FileRefused
        If the file cannot be read as a whole.
    """
    state = regular_file(path)
    answer = _answer_in(path)
    if answer is not None:
        opened = OpenedFile(path, sha256_of(path), [answer], Workspace(state.st_size), state)
    else:
        opened = open_other(path)
    opened.layers = [home_work_layer(layer, path, municipalities) for layer in opened.layers]
    return opened


def _answer_in(path: Path) -> FileLayer | None:
    """Answer of OData in a file, as a layer that is read like a table; None: it is another."""
    if path.suffix.lower() != ".json" or path.stat().st_size > _LARGEST_JSON:
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return None  # whoever reads files says what is wrong with it
    rows = document.get("value") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        return None
    columns = list(dict.fromkeys(str(name) for row in rows for name in row))
    if _found(columns) is None:
        return None
    cells = {name: pd.Series([row.get(name) for row in rows], dtype=object) for name in columns}
    return frame_layer(path.stem, pd.DataFrame(cells))


def home_work_layer(
    layer: FileLayer, file: Path, municipalities: Mapping[str, str]
) -> FileLayer:
    """Layer of flows out of a layer that has the cells of such a table.

    Parameters
    ----------
    file
        File it is in; its name may tell the table, such as ``85481NED``.
    municipalities
        Code by name, for files with titles in the place of codes.

    Raises
    ------
    FileRefused
        If several measures stand in the file and nothing tells which is that of the jobs.
    """
    told = _found(layer.columns)
    if told is None:
        return layer
    table = series_named(file.stem) or series_named(layer.name)

    def read() -> FileLayer:
        cells = list(_cells(layer, told, file, municipalities))
        return _flow_layer(layer.name, cells, table, known=frozenset(municipalities.values()),
                           unread=_unread(layer.columns, told), file=file)  # fmt: skip

    made: list[FileLayer] = []

    def parts() -> Iterator[Any]:
        if not made:
            made.append(read())
        yield from made[0].read()

    return FileLayer(layer.name, _COLUMNS, parts)


def flow_rows_of(table: CbsTable, provenance: Provenance) -> Fetched:
    """Rows for layer ``commuter_flows`` out of the answer of the service."""
    cells = [
        Cell(number, row["region"], row[WORK], row["period"],
             None if row["missing"] is not None else row["value"])
        for number, row in enumerate(table.rows.to_dict("records"), start=1)
    ]  # fmt: skip
    reading = read_cells(cells)
    layer = _flow_layer(table.title, cells, series_named(table.code), source=provenance.code)
    told = [f"{year}: pairs that are not published: {count}." for year, count in
            sorted(reading.suppressed.items())]  # fmt: skip
    told += [_COARSER_LEFT_OUT.format(reading.left_out)] * bool(reading.left_out)
    return Fetched(layer, provenance, tuple(told))


def _found(columns: Sequence[str]) -> dict[str, str] | None:
    """Column by what it holds; None where one of them is missing."""
    plain = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in reversed(columns)}
    found = {
        role: next((plain[name] for name in names if name in plain), "")
        for role, names in _NAMES.items()
    }
    jobs = next((name for key, name in plain.items() if key.startswith(_JOBS)), "")
    if not jobs and _MEASURE in plain and _VALUE in plain:
        found["measure"], jobs = plain[_MEASURE], plain[_VALUE]
    found["jobs"] = jobs
    return found if all(found.values()) else None


def _cells(
    layer: FileLayer, told: Mapping[str, str], file: Path, municipalities: Mapping[str, str]
) -> Iterator[Cell]:
    code = _coder(municipalities)
    measures: set[str] = set()
    for part in layer.read():
        values = part.values
        if "measure" in told:
            measures |= set(values[told["measure"]].astype(str).str.strip())
            if len(measures) > 1:
                raise FileRefused(
                    file,
                    f"it has several measures ({', '.join(sorted(measures))}); keep only the "
                    "rows of the jobs, or use geo-assen fetch commuter_flows.",
                )
        columns = [values[told[name]] for name in ("home", "work", "period", "jobs")]
        for number, home, work, period, jobs in zip(part.numbers, *columns, strict=True):
            yield Cell(int(number), code(home), code(work), period, jobs)


def _coder(municipalities: Mapping[str, str]) -> Callable[[Any], str]:
    """Read a region that is a code or a title; one that is neither stays as it is."""
    known: dict[str, str] = {}

    def coded(region: Any) -> str:
        text = str(region).strip()
        if text not in known:
            name = _KIND.sub("", text)
            coarser = "NL00" if text == "Nederland" else "PV00"
            known[text] = coarser if _COARSER.search(text) else municipalities.get(name, text)
        return known[text]

    return coded


def _flow_layer(
    name: str,
    cells: list[Cell],
    table: str | None,
    *,
    known: frozenset[str] = frozenset(),
    source: str | None = None,
    unread: Sequence[str] = (),
    file: Path | None = None,
) -> FileLayer:
    """Flows as the rows that every import goes through, faulty cells among them."""
    reading = read_cells(cells)
    if file is not None and cells and not reading.flows and not reading.faults:
        raise FileRefused(
            file,
            "it has no published pair of municipalities: "
            f"{reading.left_out} of its {len(cells)} rows are of coarser regions.",
        )
    rows = {flow.row: _row(flow, table) for flow in reading.flows}
    by_row = {cell.row: cell for cell in cells}
    pairs = {(flow.year, flow.home_code, flow.work_code) for flow in reading.flows}
    faults = [*reading.faults, *_strange_years(reading.flows, table)]
    issues = []
    for fault in faults:
        rows[fault.row] = _faulty(by_row[fault.row], table)
        if not _is_found_anyway(by_row[fault.row], fault, pairs):
            issues.append(_issue(fault))
    numbers = sorted(rows)
    issues += [*_counted(reading), *_left_out(reading, unread, numbers), *_lone(reading),
               *_unknown(reading.flows, known)]  # fmt: skip
    frame = pd.DataFrame([rows[number] for number in numbers], columns=list(_COLUMNS))
    whole = [column for column in frame if str(column).startswith(("year", "jobs", "total_"))]
    frame = frame.astype(dict.fromkeys(whole, "Int64"))
    if source is not None:
        frame = frame.assign(source_code=source)
    return frame_layer(
        name, frame, numbers=np.array(numbers, dtype=np.int64), issues=issues
    )


def _unread(columns: Sequence[str], told: Mapping[str, str]) -> list[str]:
    """Columns with something in them that no flow holds, such as a distance."""
    return [name for name in columns if name not in told.values()
            and re.sub(r"[^a-z0-9]", "", name.lower()) not in _NO_DATA]  # fmt: skip


def _is_found_anyway(
    cell: Cell, fault: CellFault, pairs: Set[tuple[int | None, str, str]]
) -> bool:
    """Whether every import finds it, so that telling it here would tell it twice.

    A pair that stands twice is found there wherever its first row became a flow.
    """
    if fault.kind != "duplicate_id" or published_jobs(cell.thousands) is None:
        return False
    return (year_of(cell.period), str(cell.home).strip(), str(cell.work).strip()) in pairs


def _strange_years(flows: Iterable[Flow], table: str | None) -> Iterator[CellFault]:
    """Years that the table which the file names does not have: another table has them."""
    years = next((one for one in SERIES if one.id == table), None)
    if years is None:
        return
    for flow in flows:
        if not years.first_year <= flow.year <= (years.last_year or flow.year):
            until = years.last_year or "now"
            yield CellFault(
                flow.row, "bad_date", "year", flow.year,
                f"{flow.year} is no year of {table}, which has {years.first_year} to {until}.",
                "Name the file by the table that it comes from, or by none.",
            )  # fmt: skip


def _row(flow: Flow, table: str | None) -> dict[str, Any]:
    total = flow.total
    return {
        "series": table or series_of(flow.year),
        "year": flow.year,
        "home_code": flow.home_code,
        "work_code": flow.work_code,
        "jobs": flow.jobs.value,
        "jobs_low": flow.jobs.low,
        "jobs_high": flow.jobs.high,
        "total_jobs": total and total.value,
        "total_jobs_low": total and total.low,
        "total_jobs_high": total and total.high,
    }


def _faulty(cell: Cell, table: str | None) -> dict[str, Any]:
    """Row of a cell that cannot be used; what cannot be read of it stays open.

    So that nothing lands with a year or a number that nobody stated when it is mended. The
    jobs of a total stay open too: they are not those of the other municipalities.
    """
    year = year_of(cell.period)
    jobs = published_jobs(cell.thousands)
    is_total = any(str(end).strip() in COUNTRY_CODES for end in (cell.home, cell.work))
    told = jobs if isinstance(jobs, Jobs) and not is_total else None
    return {
        **dict.fromkeys(_COLUMNS),
        "series": table or series_of(year or 0) or "cbs",
        "year": year,
        "home_code": str(cell.home).strip(),
        "work_code": str(cell.work).strip(),
        "jobs": told and told.value,
        "jobs_low": told and told.low,
        "jobs_high": told and told.high,
    }


def _issue(fault: CellFault) -> Issue:
    value = fault.value.item() if isinstance(fault.value, np.generic) else fault.value
    return Issue(fault.row, fault.kind, fault.field, value, fault.message, fault.suggestion)


def _counted(reading: FlowReading) -> Iterator[Issue]:
    """How many pairs of each year are not published, told at the first row of that year."""
    first = {flow.year: flow.row for flow in reversed(reading.flows)}
    for year, count in sorted(reading.suppressed.items()):
        if count and year in first:
            yield Issue(
                first[year], "missing_value", "jobs", count,
                f"Pairs of {year} that are not published: {count}. They are no rows, and count "
                "among the other municipalities where the total is published.",
                only_warns=True,
            )  # fmt: skip


def _left_out(
    reading: FlowReading, unread: Sequence[str], numbers: Sequence[int]
) -> Iterator[Issue]:
    """Rows and columns that are no flows, told at the first row there is."""
    if not numbers:
        return
    if reading.left_out:
        yield Issue(
            numbers[0], "missing_value", "home_code", reading.left_out,
            _COARSER_LEFT_OUT.format(reading.left_out), only_warns=True,
        )  # fmt: skip
    if unread:
        yield Issue(
            numbers[0], "missing_value", None, ", ".join(unread),
            f"Columns that are left out: {_listed(unread)}. Flows hold jobs, and nothing else.",
            only_warns=True,
        )  # fmt: skip


def _lone(reading: FlowReading) -> Iterator[Issue]:
    """Totals that say nothing of other municipalities, told at the first row of the year."""
    first = {flow.year: flow.row for flow in reversed(reading.flows)}
    for year, totals in itertools.groupby(
        sorted(reading.lone_totals, key=lambda total: total.year), lambda total: total.year
    ):
        codes = sorted({code for total in totals for code in (total.home_code, total.work_code)
                        if code.startswith("GM")})  # fmt: skip
        if year in first:
            yield Issue(
                first[year], "missing_value", "total_jobs", len(codes),
                f"Totals of {year} that are left out: those of {_listed(codes)}, since the jobs "
                "of those who live and work there are not in the file.",
                "Keep the cell of the municipality with itself in the file: without it the "
                "figures are at least what the pairs have.",
                only_warns=True,
            )  # fmt: skip


def _unknown(flows: Iterable[Flow], known: frozenset[str]) -> Iterator[Issue]:
    """Codes that look right and name no stored municipality, told where the first one stands."""
    strange: dict[str, int] = {}
    for flow in flows:
        for code in (flow.home_code, flow.work_code):
            if code != OTHER and code not in known:
                strange.setdefault(code, flow.row)
    if known and strange:
        yield Issue(
            min(strange.values()), "unknown_parent", "home_code", len(strange),
            f"Codes that name no stored municipality: {_listed(sorted(strange))}. They are taken, "
            "shown by their code, and have no line on the map.",
            "Compare them with the table; import the municipalities into areas.",
            only_warns=True,
        )  # fmt: skip


def _listed(codes: Sequence[str]) -> str:
    more = len(codes) - _MOST_LISTED
    return ", ".join(codes[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")
