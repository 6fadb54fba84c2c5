"""Flows on the municipalities of another year: those that merged since are taken together.

Only municipalities that went over whole can be taken together: of one that was split, nobody
publishes which part of its flows went where.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

__all__ = ["Merger", "merged_flows", "successors", "unmergeable"]

_KEYS = ["series", "year", "home_code", "work_code"]
_TOTALS = ["total_jobs", "total_jobs_low", "total_jobs_high"]


@dataclass(frozen=True)
class Merger:
    """A municipality that went over into another.

    Attributes
    ----------
    year
        First year in which it is part of the other, from 1 January.
    is_whole
        Whether all of it went there.
    """

    year: int
    old_code: str
    new_code: str
    is_whole: bool = True


def successors(mergers: Iterable[Merger], from_year: int, to_year: int) -> Mapping[str, str]:
    """Which municipality of one year is part of which of a later one.

    Parameters
    ----------
    from_year, to_year
        Years of the two divisions; towards an earlier one nothing can be taken apart.

    Returns
    -------
    ``{old code: new code}`` of those that changed, several steps taken as one.
    """
    after: dict[str, str] = {}
    for merger in sorted(mergers, key=lambda one: one.year):
        if not (from_year < merger.year <= to_year and merger.is_whole):
            continue
        for code, present in after.items():
            if present == merger.old_code:
                after[code] = merger.new_code
        after[merger.old_code] = merger.new_code
    return after


def unmergeable(mergers: Iterable[Merger], from_year: int, to_year: int) -> tuple[str, ...]:
    """Municipalities that were split between the two years and so stay as they were."""
    codes = (m.old_code for m in mergers if from_year < m.year <= to_year and not m.is_whole)
    return tuple(sorted(set(codes)))


def merged_flows(flows: pd.DataFrame, after: Mapping[str, str]) -> pd.DataFrame:
    """Flows with municipalities taken together; those between them become flows inside.

    Parameters
    ----------
    flows
        Columns ``series year home_code work_code jobs jobs_low jobs_high source_code`` and
        the published totals ``total_jobs total_jobs_low total_jobs_high``.
    after
        As :func:`successors` answers it.

    Returns
    -------
    The same columns, one row a pair; a total is there where all parts have one.
    """
    if not after or flows.empty:
        return flows
    ends = {name: flows[name].replace(dict(after)) for name in ("home_code", "work_code")}
    groups = flows.assign(**ends).groupby(_KEYS, sort=False)
    summed = groups[["jobs", "jobs_low", "jobs_high"]].sum()
    rows = groups["jobs"].size()
    for name in _TOTALS:
        whole = groups[name].count() == rows
        summed[name] = groups[name].sum().where(whole)
    summed["source_code"] = groups["source_code"].first()
    return summed.reset_index()
