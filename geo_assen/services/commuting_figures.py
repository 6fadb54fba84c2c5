"""Figures of a municipality in one year, and which bounds may be told of each.

What rests on a direction of which not all is published has no bound above, or none at all.
Page, file, JSON and command all ask :meth:`YearFigures.figure`, and decide nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from geo_assen.commuting import (
    CUT_OFF,
    OTHER,
    Figure,
    Indicators,
    Jobs,
    Observed,
    Ratio,
    indicators_of,
)

__all__ = ["BOUNDS", "FIGURE_NAMES", "Way", "YearFigures", "jobs_in", "year_figures"]

Way = Literal["in", "out"]
"""A direction: towards the municipality, or away from it."""

BOUNDS = ("", "_low", "_high")
"""Ends of the columns of a number of jobs."""

_ENDS: Mapping[Way, tuple[str, str]] = {
    "in": ("work_code", "home_code"), "out": ("home_code", "work_code"),
}  # fmt: skip
_RESTS_ON: Mapping[str, tuple[Way, ...]] = {
    "in_jobs": ("in",),
    "out_jobs": ("out",),
    "net_jobs": ("in", "out"),
    "in_per_out": ("in", "out"),
    "live_and_work_jobs": (),
    "local_jobs": ("in",),
    "resident_jobs": ("out",),
    "contained_residents_share": ("out",),
    "contained_jobs_share": ("in",),
    "local_per_resident_job": ("in", "out"),
}
"""Directions of which a figure needs all flows."""
FIGURE_NAMES = tuple(_RESTS_ON)
"""Names of all figures, in their order."""
_SUMS = frozenset({"in_jobs", "out_jobs", "local_jobs", "resident_jobs"})
"""Figures that add up flows: of some of them the sum is a lower bound."""


@dataclass(frozen=True)
class YearFigures:
    """Figures of one year of a series, on the municipalities of that year.

    Attributes
    ----------
    figures
        As what is published gives them, with the bounds of rounding.
    open_ways
        Directions of which some flows are published and not all: the source leaves out small
        pairs, or no total says what the pairs have that are not published.
    """

    series: str
    year: int
    figures: Indicators
    open_ways: frozenset[Way]

    @property
    def at_least(self) -> frozenset[str]:
        """Names of the figures that are lower bounds only."""
        return frozenset(name for name in _SUMS if self.open_ways.intersection(_RESTS_ON[name]))

    def figure(self, name: str) -> Figure | None:
        """Answer what may be told of a figure; None: what it rests on is not published.

        A lower bound has no bound above. Other figures of flows that are not all published are
        those of what is published, and have no bounds.
        """
        one: Jobs | Ratio | None = getattr(self.figures, name)
        if one is None:
            return None
        if not self.open_ways.intersection(_RESTS_ON[name]):
            return Figure(one.value, one.low, one.high)
        return Figure(one.value, one.low if name in _SUMS else None, None)

    def document(self) -> dict[str, dict[str, float | None] | None]:
        """All figures as JSON carries them."""
        told = {name: self.figure(name) for name in FIGURE_NAMES}
        return {name: None if one is None else one.document() for name, one in told.items()}


def year_figures(flows: pd.DataFrame, series: str, year: int, area: str) -> YearFigures:
    """Work out the figures of a municipality.

    Parameters
    ----------
    flows
        Flows of one year with the municipality at an end, with bounds in every row.
    """
    is_home, is_work = flows["home_code"] == area, flows["work_code"] == area
    inside = flows[is_home & is_work]
    incoming, outgoing = flows[is_work & ~is_home], flows[is_home & ~is_work]
    figures = indicators_of(
        Observed(
            inside=jobs_in(inside.iloc[0]) if len(inside) else None,
            incoming=_sum(incoming),
            outgoing=_sum(outgoing),
            local=_total(incoming),
            resident=_total(outgoing),
        )
    )
    return YearFigures(series, year, figures, _open_ways(flows, series, area))


def _open_ways(flows: pd.DataFrame, series: str, area: str) -> frozenset[Way]:
    ways: set[Way] = set()
    for way, (own, other) in _ENDS.items():
        others = flows.loc[(flows[own] == area) & (flows[other] != area), other]
        if len(others) and (series in CUT_OFF or OTHER not in set(others)):
            ways.add(way)
    return frozenset(ways)


def jobs_in(row: Any, name: str = "jobs") -> Jobs:
    """Number of jobs of a row that has one, out of its three columns."""
    value, low, high = (int(row[f"{name}{bound}"]) for bound in BOUNDS)
    return Jobs(value, low, high)


def _sum(flows: pd.DataFrame) -> Jobs | None:
    """Jobs of all flows; None where there are none, which is unknown and not 0."""
    return Jobs(*(int(flows[f"jobs{bound}"].sum()) for bound in BOUNDS)) if len(flows) else None


def _total(flows: pd.DataFrame) -> Jobs | None:
    told = flows[flows["total_jobs"].notna()]
    return jobs_in(told.iloc[0], "total_jobs") if len(told) else None
