"""Flows as CBS publishes them, turned into jobs with the bounds that rounding leaves.

CBS gives thousands of jobs with one decimal. A cell of 1.3 holds for 1,250 to 1,350 jobs,
whichever way a half is rounded; a cell that is not published gives no flow, and is counted.
Nothing here raises: a cell that cannot be is a value with its reason.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from typing import Any, Literal

__all__ = [
    "COUNTRY_CODES",
    "NO_JOBS",
    "OTHER",
    "Cell",
    "CellFault",
    "Flow",
    "FlowReading",
    "Jobs",
    "published_jobs",
    "read_cells",
    "year_of",
]

OTHER = "OTHER"
"""Code of all municipalities of which no flow is published, in either direction."""

_HALF_STEP_JOBS = 50
_MUNICIPALITY = re.compile(r"GM\d{4}")
COUNTRY_CODES = frozenset({"NL", "NL00", "NL01"})
"""Codes of the country as a whole: a cell with one of them at an end is a total."""
_COARSER = re.compile(r"(LD|PV|CR|NL)\d{2}")
"""Parts of the country, provinces and COROP regions: sums of what is read already."""
_DECEMBER = re.compile(r"(\d{4})\s*(?:MM12|JJ00|december)?\s*\**", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+(?:\.\d)?0*")
_NOT_PUBLISHED = frozenset({"", ".", "-", "x", "nan", "none", "<na>"})

_REMEDIES = {
    "home_code": "Write the code of a municipality, such as GM0106; a name has to be among the "
    "stored areas.",
    "year": "Write the December that it counts, such as 2022MM12.",
    "jobs": "Write thousands of jobs with one decimal, 0 or more; a full stop is not published.",
}
"""What to do about a fault, by field."""

FaultKind = Literal["bad_number", "negative_value", "bad_category", "bad_date", "duplicate_id"]


@dataclass(frozen=True)
class Jobs:
    """A number of jobs, and between which it lies, both included."""

    value: int
    low: int
    high: int

    @classmethod
    def exactly(cls, jobs: int) -> Jobs:
        """A number that is known to the job."""
        return cls(jobs, jobs, jobs)

    @property
    def is_exact(self) -> bool:
        """Whether nothing was rounded."""
        return self.low == self.high

    def __add__(self, other: Jobs) -> Jobs:
        """Sum of two numbers that do not depend on each other."""
        return Jobs(self.value + other.value, self.low + other.low, self.high + other.high)

    def document(self) -> dict[str, int]:
        """The number as JSON carries it."""
        return {"value": self.value, "low": self.low, "high": self.high}


NO_JOBS = Jobs.exactly(0)


@dataclass(frozen=True)
class Cell:
    """One cell of a table, as it was read: padded codes or none, thousands as number or text."""

    row: int
    home: Any
    work: Any
    period: Any
    thousands: Any


@dataclass(frozen=True)
class CellFault:
    """A cell that cannot be used.

    Attributes
    ----------
    field
        What is wrong in it: ``home_code``, ``work_code``, ``year`` or ``jobs``.
    suggestion
        What to do about it.
    """

    row: int
    kind: FaultKind
    field: str
    value: Any
    message: str
    suggestion: str


@dataclass(frozen=True)
class Flow:
    """Jobs of residents of one municipality in another, in one year.

    Attributes
    ----------
    row
        Row of the cell it comes from.
    total
        Where one end is :data:`OTHER`: the published total of the direction, all of the
        country and the municipality itself included, of which this is the rest. None of any
        other flow.
    """

    row: int
    year: int
    home_code: str
    work_code: str
    jobs: Jobs
    total: Jobs | None = None


@dataclass(frozen=True)
class FlowReading:
    """What came of the cells of a table.

    Attributes
    ----------
    suppressed
        Number of pairs of municipalities that are not published, by year.
    left_out
        Number of cells of coarser regions, and of the country as a whole.
    lone_totals
        Totals that are left out, since the jobs of those who live and work there are not
        published: what other municipalities have of them nobody can tell.
    """

    flows: tuple[Flow, ...]
    suppressed: Mapping[int, int]
    left_out: int
    lone_totals: tuple[Flow, ...]
    faults: tuple[CellFault, ...]


def published_jobs(thousands: Any) -> Jobs | FaultKind | None:
    """Jobs of a cell in thousands with one decimal.

    Returns
    -------
    The jobs; None where the cell is not published; what is wrong where it is no such number.
    """
    text = re.sub(r"[\s\u00a0]", "", str(thousands)).lower()
    if text in _NOT_PUBLISHED:
        return None
    if "," in text:  # then a full stop parts the thousands
        text = text.replace(".", "").replace(",", ".")
    if not _NUMBER.fullmatch(text):
        return "bad_number"
    value = int(Decimal(text) * 1000)
    if value < 0:
        return "negative_value"
    return Jobs(value, max(value - _HALF_STEP_JOBS, 0), value + _HALF_STEP_JOBS)


def year_of(period: Any) -> int | None:
    """Year of a period that is, or ends in, a December; None of any other."""
    found = _DECEMBER.fullmatch(str(period).strip())
    return int(found[1]) if found else None


def read_cells(cells: Iterable[Cell]) -> FlowReading:
    """Turn the cells of a table into flows between municipalities.

    The total of a municipality becomes a flow from or to :data:`OTHER`: what it has and the
    listed pairs have not. That takes the cell of those who live and work there; without it
    the total is left out.
    """
    sorting = _Sorting()
    for cell in cells:
        sorting.take(cell)
    flows = [*sorting.flows, *sorting.rests()]
    flows.sort(key=lambda flow: flow.row)
    return FlowReading(
        tuple(flows), dict(sorting.suppressed), sorting.left_out, tuple(sorting.lone_totals),
        tuple(sorting.faults),
    )  # fmt: skip


@dataclass
class _Sorting:
    """Cells as they are sorted into pairs and totals."""

    flows: list[Flow] = field(default_factory=list)
    totals: list[Flow] = field(default_factory=list)
    suppressed: Counter[int] = field(default_factory=Counter)
    left_out: int = 0
    lone_totals: list[Flow] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    seen: set[tuple[int, str, str]] = field(default_factory=set)

    def take(self, cell: Cell) -> None:
        home, work = str(cell.home).strip(), str(cell.work).strip()
        if any(_COARSER.fullmatch(code) and code not in COUNTRY_CODES for code in (home, work)):
            self.left_out += 1
            return
        for name, code in (("home_code", home), ("work_code", work)):
            if not (_MUNICIPALITY.fullmatch(code) or code in COUNTRY_CODES):
                self._fault(cell, "bad_category", name, code, "is no municipality and no region")
                return
        year = year_of(cell.period)
        if year is None:
            self._fault(cell, "bad_date", "year", cell.period, "is no December of a year")
            return
        self._sort(cell, year, home, work)

    def _sort(self, cell: Cell, year: int, home: str, work: str) -> None:
        is_total = {home, work} & COUNTRY_CODES
        if home in COUNTRY_CODES and work in COUNTRY_CODES:
            self.left_out += 1
            return
        if (year, home, work) in self.seen:
            # of a total that waits the jobs stay open, and this says why
            self._fault(cell, "duplicate_id", "jobs" if is_total else "home_code",
                        f"{home}-{work}", "stands here twice", "Keep one of the rows.")
            return
        self.seen.add((year, home, work))
        jobs = published_jobs(cell.thousands)
        if jobs is None:
            self.suppressed[year] += not is_total
        elif isinstance(jobs, Jobs):
            (self.totals if is_total else self.flows).append(
                Flow(cell.row, year, home, work, jobs)
            )
        else:
            wrong = "is below 0" if jobs == "negative_value" else "is no number with one decimal"
            self._fault(cell, jobs, "jobs", cell.thousands, wrong)

    def rests(self) -> list[Flow]:
        """What each total has and its pairs have not."""
        inside = {(f.year, f.home_code): f.jobs for f in self.flows if f.home_code == f.work_code}
        listed: dict[tuple[int, str, bool], list[Flow]] = defaultdict(list)
        for flow in self.flows:
            if flow.home_code != flow.work_code:
                listed[flow.year, flow.home_code, True].append(flow)
                listed[flow.year, flow.work_code, False].append(flow)
        rests = []
        for total in self.totals:
            is_home = total.work_code in COUNTRY_CODES
            code = total.home_code if is_home else total.work_code
            own = inside.get((total.year, code))
            if own is None:
                self.lone_totals.append(total)
                continue
            pairs = listed[total.year, code, is_home]
            rest = self._rest(total, own, pairs)
            if rest is not None:
                ends = (code, OTHER) if is_home else (OTHER, code)
                rests.append(Flow(total.row, total.year, *ends, rest, total.jobs))
        return rests

    def _rest(self, total: Flow, own: Jobs, pairs: Sequence[Flow]) -> Jobs | None:
        listed = reduce(Jobs.__add__, (pair.jobs for pair in pairs), own)
        if total.jobs.high >= listed.low:
            return Jobs(
                max(total.jobs.value - listed.value, 0),
                max(total.jobs.low - listed.high, 0),
                total.jobs.high - listed.low,
            )
        largest = max(pairs, key=lambda pair: pair.jobs.value, default=total)
        self.faults.append(
            CellFault(
                total.row, "negative_value", "jobs", total.jobs.value,
                f"The total of at most {total.jobs.high} jobs is under the sum of its pairs, "
                f"which is at least {listed.low}.",
                f"Compare the total and its pairs with the table; the largest pair is "
                f"{largest.home_code}-{largest.work_code} in row {largest.row}. Until then the "
                "figures rest on the pairs alone.",
            )
        )  # fmt: skip
        return None

    def _fault(
        self, cell: Cell, kind: FaultKind, name: str, value: Any, wrong: str,
        suggestion: str | None = None,
    ) -> None:  # fmt: skip
        remedy = suggestion or _REMEDIES["home_code" if name == "work_code" else name]
        message = f"{str(value)!r} {wrong}."
        self.faults.append(CellFault(cell.row, kind, name, value, message, remedy))
