"""Figures of commuting to and from one municipality, each between bounds that are exact.

Bounds of a ratio are those of the flows that are possible, not of its two sides apart: the
same unknown jobs stand above and below the line. Every bound is reached by flows that agree
with all that is published, and none lies outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce

from geo_assen.commuting.flows import NO_JOBS, Jobs

__all__ = ["Figure", "Indicators", "Observed", "Ratio", "indicators_of", "summed"]


@dataclass(frozen=True)
class Ratio:
    """A ratio and its bounds; None: undefined, or without bound above."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Figure:
    """A figure as it is told: jobs or a ratio, with the bounds that may be told of it.

    Attributes
    ----------
    value
        None: undefined, a ratio by nothing.
    low, high
        Between which it lies; None: nobody knows, or a ratio by what may be nothing.
    """

    value: float | None
    low: float | None
    high: float | None

    def document(self) -> dict[str, float | None]:
        """The figure as JSON carries it."""
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Observed:
    """What is published of one municipality in one year.

    Attributes
    ----------
    inside
        Jobs there of its own residents; None: not published.
    incoming, outgoing
        Sum of the listed flows, with that of the other municipalities; None: none is listed,
        which is unknown and not 0.
    local, resident
        Published total of all jobs there, and of all jobs of its residents; None: none is. It
        counts where flows of its direction are listed.
    """

    inside: Jobs | None
    incoming: Jobs | None
    outgoing: Jobs | None
    local: Jobs | None = None
    resident: Jobs | None = None


@dataclass(frozen=True)
class Indicators:
    """Figures of one municipality in one year; None: what they rest on is not published.

    Attributes
    ----------
    in_jobs, out_jobs, net_jobs
        Jobs there of people from elsewhere, jobs elsewhere of residents, and the difference.
    live_and_work_jobs, local_jobs, resident_jobs
        Jobs there of residents, all jobs there, all jobs of residents.
    in_per_out
        Incoming per outgoing job.
    contained_residents_share, contained_jobs_share
        Part of the jobs of residents that is there, and part of the jobs there that
        residents hold, 0..1.
    local_per_resident_job
        Jobs there per job of a resident.
    """

    in_jobs: Jobs | None
    out_jobs: Jobs | None
    net_jobs: Jobs | None
    in_per_out: Ratio | None
    live_and_work_jobs: Jobs | None
    local_jobs: Jobs | None
    resident_jobs: Jobs | None
    contained_residents_share: Ratio | None
    contained_jobs_share: Ratio | None
    local_per_resident_job: Ratio | None


def summed(flows: Iterable[Jobs]) -> Jobs:
    """Sum of flows that do not depend on each other."""
    return reduce(Jobs.__add__, flows, NO_JOBS)


@dataclass(frozen=True)
class _Listed:
    """What is published, with jobs of both directions."""

    inside: Jobs | None
    incoming: Jobs
    outgoing: Jobs
    local: Jobs | None
    resident: Jobs | None


@dataclass(frozen=True)
class _Possible:
    """Jobs inside (L), all jobs there (J) and of residents (R) that may be at once."""

    inside_jobs: int
    local_jobs: int
    resident_jobs: int


def indicators_of(observed: Observed) -> Indicators:
    """Work out the figures of one municipality.

    For given jobs inside, each figure only rises or only falls with the jobs there and with
    those of residents; between the places where a bound of those changes hands it only rises
    or falls with the jobs inside. So all bounds are at a few corners.
    """
    has_in, has_out = observed.incoming is not None, observed.outgoing is not None
    listed = _listed(observed)
    corners, value = _corners(listed), _value(listed)

    def jobs(figure: Callable[[_Possible], int]) -> Jobs:
        found = [figure(corner) for corner in corners]
        low, high = min(found), max(found)
        return Jobs(min(max(figure(value), low), high), low, high)

    def ratio(sides: Callable[[_Possible], tuple[int, int]]) -> Ratio:
        return _ratio(sides(value), [sides(corner) for corner in corners])

    told = observed.inside is not None
    has_both = has_in and has_out
    return Indicators(
        in_jobs=jobs(lambda p: p.local_jobs - p.inside_jobs) if has_in else None,
        out_jobs=jobs(lambda p: p.resident_jobs - p.inside_jobs) if has_out else None,
        net_jobs=jobs(lambda p: p.local_jobs - p.resident_jobs) if has_both else None,
        in_per_out=ratio(lambda p: (p.local_jobs - p.inside_jobs, p.resident_jobs - p.inside_jobs))
        if has_both else None,
        live_and_work_jobs=jobs(lambda p: p.inside_jobs) if told else None,
        local_jobs=jobs(lambda p: p.local_jobs) if told and has_in else None,
        resident_jobs=jobs(lambda p: p.resident_jobs) if told and has_out else None,
        contained_residents_share=ratio(lambda p: (p.inside_jobs, p.resident_jobs))
        if told and has_out else None,
        contained_jobs_share=ratio(lambda p: (p.inside_jobs, p.local_jobs))
        if told and has_in else None,
        local_per_resident_job=ratio(lambda p: (p.local_jobs, p.resident_jobs))
        if told and has_both else None,
    )  # fmt: skip


def _listed(observed: Observed) -> _Listed:
    """Both sides, with no jobs where none are listed: the other side can be worked out then."""
    has_in, has_out = observed.incoming is not None, observed.outgoing is not None
    return _Listed(
        observed.inside,
        observed.incoming or NO_JOBS,
        observed.outgoing or NO_JOBS,
        observed.local if has_in else None,
        observed.resident if has_out else None,
    )


def _value(observed: _Listed) -> _Possible:
    """The published figures themselves: totals where they are published."""
    inside = 0 if observed.inside is None else observed.inside.value
    local, resident = (
        inside + flow.value if total is None or observed.inside is None else total.value
        for flow, total in (
            (observed.incoming, observed.local), (observed.outgoing, observed.resident),
        )
    )  # fmt: skip
    return _Possible(inside, max(local, inside), max(resident, inside))


def _corners(observed: _Listed) -> list[_Possible]:
    """Corners of what may be: all figures have their bounds among them."""
    inside = observed.inside or NO_JOBS
    told = observed.inside is not None
    sides = (
        (observed.incoming, observed.local if told else None),
        (observed.outgoing, observed.resident if told else None),
    )
    turns, least, most = {inside.low, inside.high}, inside.low, inside.high
    for flow, total in sides:
        if total is not None:
            turns |= {total.low - flow.low, total.high - flow.high}
            least, most = max(least, total.low - flow.high), min(most, total.high - flow.low)
    if most < least:
        return _by_totals_alone(observed)
    return [
        _Possible(at, local, resident)
        for at in sorted({min(max(turn, least), most) for turn in turns})
        for local in _ends(at, *sides[0])
        for resident in _ends(at, *sides[1])
    ]


def _by_totals_alone(observed: _Listed) -> list[_Possible]:
    """Corners where pairs and totals contradict each other: there the totals are told.

    Tables of two days may do so. Where even a total and the pair inside contradict each other,
    their own values are told.
    """
    inside, local, resident = observed.inside or NO_JOBS, observed.local, observed.resident
    most = min(total.high for total in (inside, local, resident) if total is not None)
    if most < inside.low:
        value = _value(observed)
        return [value]
    sides = (
        observed.incoming if local is None else Jobs(0, 0, local.high),
        observed.outgoing if resident is None else Jobs(0, 0, resident.high),
    )
    return _corners(_Listed(inside, *sides, local, resident))


def _ends(inside: int, flow: Jobs, total: Jobs | None) -> tuple[int, int]:
    """Fewest and most jobs of one side, its part inside being given."""
    low, high = inside + flow.low, inside + flow.high
    if total is not None:
        low, high = max(low, total.low), min(high, total.high)
    return low, max(low, high)


def _ratio(value: tuple[int, int], corners: list[tuple[int, int]]) -> Ratio:
    """Ratio of two numbers of jobs with its bounds; nothing per nothing is undefined."""
    defined = [over / under for over, under in corners if under]
    if not defined:
        return Ratio(None, None, None)
    low, high = min(defined), max(defined)
    over, under = value
    told = min(max(over / under, low), high) if under else None
    return Ratio(told, low, None if any(o and not u for o, u in corners) else high)
