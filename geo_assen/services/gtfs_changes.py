"""What a GTFS feed says of changing between stops, from its ``transfers.txt``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geo_assen.commuting import Change
from geo_assen.errors import FileRefused

__all__ = ["CHANGE_COLUMNS", "CHANGE_OPTIONAL", "ReadChanges", "read_changes"]

CHANGE_COLUMNS = ("from_stop_id", "to_stop_id")
CHANGE_OPTIONAL = ("transfer_type", "min_transfer_time", "from_trip_id", "to_trip_id",
                   "from_route_id", "to_route_id")  # fmt: skip

_PARTICULAR = list(CHANGE_OPTIONAL[2:])
_AS_USUAL, _WAITED_FOR, _TAKES, _NOT_POSSIBLE = "0", "1", "2", "3"
_IN_SEAT = frozenset({"4", "5"})


@dataclass(frozen=True)
class ReadChanges:
    """Changes between stops by their ids, and how many rows are of particular trips or routes."""

    by_stops: Mapping[tuple[str, str], Change]
    skipped: int


def read_changes(path: Path, table: pd.DataFrame, parents: Mapping[str, str]) -> ReadChanges:
    """Changes of a ``transfers.txt``; what is said of a station holds for the stops in it.

    Rows of particular trips or routes, in-seat ones among them, are passed over and counted.

    Parameters
    ----------
    table
        Its rows as text, with :data:`CHANGE_COLUMNS` and :data:`CHANGE_OPTIONAL`.
    parents
        Station of each stop that has one.

    Raises
    ------
    FileRefused
        If a row is of no kind that there is, or does not say how long its change takes.
    """
    of_station: dict[str, list[str]] = {}
    for stop, station in parents.items():
        of_station.setdefault(station, []).append(stop)
    told = table.apply(lambda column: column.str.strip())
    particular = told[_PARTICULAR].ne("").any(axis=1) | told["transfer_type"].isin(_IN_SEAT)
    rows = [
        (pair, _change(path, kind or _AS_USUAL, least))
        for *pair, kind, least in told[~particular][
            [*CHANGE_COLUMNS, "transfer_type", "min_transfer_time"]
        ].itertuples(index=False, name=None)
    ]
    # what is said of two stops goes before what is said of the station that they are in
    rows.sort(key=lambda row: -sum(end in of_station for end in row[0]))
    found = {
        (start, end): change
        for (first, second), change in rows
        for start in of_station.get(first, [first])
        for end in of_station.get(second, [second])
    }
    return ReadChanges(found, int(particular.sum()))


def _change(path: Path, kind: str, least: str) -> Change:
    if kind == _TAKES:
        if not least.isdecimal():
            raise FileRefused(
                path, f"transfers.txt: a change of type 2 takes {least!r}; give seconds."
            )
        return Change(takes_seconds=float(least))
    if kind == _NOT_POSSIBLE:
        return Change(takes_seconds=math.inf)
    if kind not in {_AS_USUAL, _WAITED_FOR}:
        raise FileRefused(path, f"transfers.txt: {kind!r} is no transfer_type of 0 to 5.")
    return Change(is_waited_for=kind == _WAITED_FOR)
