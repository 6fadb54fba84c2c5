"""The timetable of one day around a place, read from a GTFS feed."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.commuting import Bounds, Timetable
from geo_assen.crs import lonlat_to_rd
from geo_assen.errors import FileRefused
from geo_assen.services.gtfs_changes import (
    CHANGE_COLUMNS,
    CHANGE_OPTIONAL,
    ReadChanges,
    read_changes,
)

__all__ = ["NEAR_M", "ReadTimetable", "read_gtfs"]

NEAR_M = 60_000.0
"""Distance from the place asked about within which stops count."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKLY = ("service_id", "start_date", "end_date", *_DAYS)
_DATED = ("service_id", "date", "exception_type")
_TUESDAY = 1
_DAY_S = 86_400
_FREQUENCIES = ("trip_id", "start_time", "end_time", "headway_secs")
_STOP_TIMES = ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time")
_MAY = ("pickup_type", "drop_off_type")
_NOT = "1"
"""What a feed says of a stop at which nobody gets in, or out."""

_ADDED, _TAKEN_OUT = "1", "2"
_ROWS_AT_ONCE = 500_000
_CLOCK = r"^\s*(\d{1,3}):([0-5]\d):([0-5]\d)\s*$"


@dataclass(frozen=True, eq=False)
class ReadTimetable:
    """A timetable and what its feed says of it.

    Attributes
    ----------
    day
        Day of service that it is of.
    source
        Who published it; None where the feed does not say.
    skipped_changes
        Rows of ``transfers.txt`` about particular trips or routes, which are not followed.
    """

    timetable: Timetable
    day: date
    source: str | None
    skipped_changes: int


def read_gtfs(path: Path, near_m: Bounds, day: date | None = None) -> ReadTimetable:
    """Timetable of a day at the stops around a box.

    What left on the day before and is still on its way after midnight belongs to it.

    Parameters
    ----------
    near_m
        West, south, east and north in EPSG:28992; stops up to :data:`NEAR_M` from it count.
    day
        Day of service; None: the first Tuesday for which the feed is.

    Raises
    ------
    FileRefused
        If it is no feed, lacks a file or a column, nothing runs on the day, or it has no
        stop near.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(_Feed(path, archive), near_m, day)
    except OSError as error:
        raise FileRefused(path, f"cannot be read ({error.strerror}).") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise FileRefused(path, "it is not a zip that can be read; download it anew.") from error
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise FileRefused(path, "a file in it is not CSV in UTF-8; download it anew.") from error


def _read(feed: _Feed, near_m: Bounds, day: date | None) -> ReadTimetable:
    calendar = _Calendar.of(feed)
    chosen = day or calendar.first_tuesday()
    running = calendar.running(chosen)
    if not running:
        raise FileRefused(
            feed.path, f"nothing runs on {chosen}; it is for {calendar.first} to {calendar.last}: "
            "name a day.",
        )  # fmt: skip
    trips = feed.table("trips.txt", ("trip_id", "service_id"))
    run, before = (
        frozenset(trips["trip_id"][trips["service_id"].isin(services)])
        for services in (running, calendar.running(chosen - timedelta(days=1)))
    )
    if not run:
        raise FileRefused(feed.path, f"no trip runs on {chosen}; name another day.")
    stops = _stops(feed, near_m)
    changes = read_changes(
        feed.path, feed.table("transfers.txt", CHANGE_COLUMNS, CHANGE_OPTIONAL, is_needed=False),
        _parents(stops),
    )  # fmt: skip
    calls = _of_day(_calls(feed, run | before, stops), run, before)
    return ReadTimetable(
        _timetable(feed, stops, calls, changes), chosen, _publisher(feed), changes.skipped
    )


@dataclass(frozen=True, eq=False)
class _Feed:
    """The files of a feed, as tables of text."""

    path: Path
    archive: zipfile.ZipFile

    def has(self, name: str) -> bool:
        return name in self.archive.namelist()

    def table(
        self, name: str, columns: Sequence[str], optional: Sequence[str] = (),
        *, is_needed: bool = True,
    ) -> pd.DataFrame:  # fmt: skip
        """All rows; none where the file is not needed and not there."""
        if not is_needed and not self.has(name):
            return pd.DataFrame(columns=[*columns, *optional], dtype=str)
        return pd.concat(list(self.pieces(name, columns, optional)), ignore_index=True)

    def pieces(
        self, name: str, columns: Sequence[str], optional: Sequence[str] = ()
    ) -> Iterator[pd.DataFrame]:
        """Rows in pieces that fit in memory; an optional column that is not there is blank."""
        if not self.has(name):
            raise FileRefused(self.path, f"it has no {name}; give a whole GTFS feed.")
        with self.archive.open(name) as file:
            pieces = pd.read_csv(
                file, dtype=str, keep_default_na=False, chunksize=_ROWS_AT_ONCE,
                encoding="utf-8-sig",
            )  # fmt: skip
            for piece in pieces:
                missing = [column for column in columns if column not in piece.columns]
                if missing:
                    raise FileRefused(self.path, f"{name} has no column {missing[0]!r}.")
                yield piece.reindex(columns=[*columns, *optional], fill_value="")


@dataclass(frozen=True, eq=False)
class _Calendar:
    """Which services run on which days."""

    weekly: pd.DataFrame
    dated: pd.DataFrame
    first: date
    last: date

    @classmethod
    def of(cls, feed: _Feed) -> _Calendar:
        if not feed.has("calendar.txt") and not feed.has("calendar_dates.txt"):
            raise FileRefused(feed.path, "it has no calendar.txt and no calendar_dates.txt.")
        weekly = feed.table("calendar.txt", _WEEKLY, is_needed=False)
        dated = feed.table("calendar_dates.txt", _DATED, is_needed=False)
        wrong = dated[~dated["exception_type"].isin([_ADDED, _TAKEN_OUT])]
        if len(wrong):
            said = wrong["exception_type"].iloc[0]
            raise FileRefused(feed.path, f"calendar_dates.txt: exception_type {said!r} is none.")
        added = dated[dated["exception_type"] == _ADDED]
        for text in {*weekly["start_date"], *weekly["end_date"], *dated["date"]}:
            _day(feed, text)
        days = sorted([*weekly["start_date"], *weekly["end_date"], *added["date"]])
        if not days:
            raise FileRefused(feed.path, "it does not say of any day what runs.")
        return cls(weekly, dated, _day(feed, days[0]), _day(feed, days[-1]))

    def first_tuesday(self) -> date:
        return self.first + timedelta(days=(_TUESDAY - self.first.weekday()) % 7)

    def running(self, day: date) -> frozenset[str]:
        """Services that run on a day."""
        text, weekly, dated = day.strftime("%Y%m%d"), self.weekly, self.dated
        holds = (weekly["start_date"] <= text) & (weekly["end_date"] >= text)
        of_day = dated[dated["date"] == text]
        added, taken_out = (
            of_day["service_id"][of_day["exception_type"] == kind] for kind in (_ADDED, _TAKEN_OUT)
        )
        of_week = weekly["service_id"][holds & (weekly[_DAYS[day.weekday()]] == "1")]
        return frozenset({*of_week, *added} - {*taken_out})


def _day(feed: _Feed, text: str) -> date:
    try:
        return datetime.strptime(text, "%Y%m%d").date()
    except ValueError as error:
        raise FileRefused(feed.path, f"the date {text!r} is not like 20261201.") from error


def _stops(feed: _Feed, near_m: Bounds) -> pd.DataFrame:
    """Places ``x_m`` and ``y_m``, and the station, of the stops that are near, by ``stop_id``.

    What has no place is none that somebody can walk to.
    """
    listed = feed.table("stops.txt", ("stop_id", "stop_lat", "stop_lon"), ("parent_station",))
    lat, lon = (pd.to_numeric(listed[name], errors="coerce") for name in ("stop_lat", "stop_lon"))
    known = lat.abs().le(90) & lon.abs().le(180)
    x_m, y_m = lonlat_to_rd(
        lon[known].to_numpy(dtype=np.float64), lat[known].to_numpy(dtype=np.float64)
    )
    west, south, east, north = near_m
    with np.errstate(invalid="ignore"):
        aside_m = np.maximum(np.maximum(west - x_m, x_m - east), 0)
        along_m = np.maximum(np.maximum(south - y_m, y_m - north), 0)
        near = np.hypot(aside_m, along_m) <= NEAR_M
    stops = pd.DataFrame(
        {"x_m": x_m, "y_m": y_m, "station": listed["parent_station"][known].to_numpy()},
        index=pd.Index(listed["stop_id"][known]),
    )[near]
    if stops.empty:
        raise FileRefused(
            feed.path, f"it has no stop within {NEAR_M / 1000:g} km of the place asked about."
        )
    return stops[~stops.index.duplicated()]


def _parents(stops: pd.DataFrame) -> dict[str, str]:
    """Station of each stop that has one."""
    inside = stops["station"][stops["station"] != ""]
    return dict(zip(inside.index, inside, strict=True))


def _calls(feed: _Feed, run: frozenset[str], stops: pd.DataFrame) -> pd.DataFrame:
    """Calls of some trips at the stops that are near, in order of travel.

    A call without a time is passed over; one that says one time arrives and leaves then. A
    trip that runs by frequency becomes as many as there are departures.
    """
    often = feed.table("frequencies.txt", _FREQUENCIES, is_needed=False)
    repeated = frozenset(often["trip_id"])
    pieces = [
        # a trip by frequency is told from its first call on, wherever that is
        piece[
            piece["trip_id"].isin(run)
            & (piece["stop_id"].isin(stops.index) | piece["trip_id"].isin(repeated))
        ]
        for piece in feed.pieces("stop_times.txt", _STOP_TIMES, _MAY)
    ]
    calls = pd.concat(pieces, ignore_index=True)
    arrives_s, departs_s = (
        _seconds(feed, "stop_times.txt", calls[f"{name}_time"]) for name in ("arrival", "departure")
    )
    calls["run"] = ""
    calls["arrival_s"] = arrives_s.fillna(departs_s)
    calls["departure_s"] = departs_s.fillna(arrives_s)
    calls["order"] = pd.to_numeric(calls["stop_sequence"], errors="coerce")
    if calls["order"].isna().any():
        raise FileRefused(feed.path, "stop_times.txt: a stop_sequence is not a number.")
    calls = calls.dropna(subset=["arrival_s"]).sort_values(["trip_id", "order"], kind="stable")
    calls = pd.concat([calls[~calls["trip_id"].isin(repeated)], _repeated(feed, calls, often)])
    return calls[calls["stop_id"].isin(stops.index)].reset_index(drop=True)


def _repeated(feed: _Feed, calls: pd.DataFrame, often: pd.DataFrame) -> pd.DataFrame:
    """Calls of the trips that run by frequency, once for each departure.

    The last departure is before ``end_time``; the times of the trip itself say how long after
    its departure it calls.
    """
    first_s = calls.drop_duplicates("trip_id").set_index("trip_id")["departure_s"]
    often = often[often["trip_id"].isin(first_s.index)]
    start_s, end_s = (
        _seconds(feed, "frequencies.txt", often[name]) for name in ("start_time", "end_time")
    )
    headway_s = pd.to_numeric(often["headway_secs"], errors="coerce")
    if not (headway_s.ge(1) & start_s.notna() & end_s.notna()).all():
        raise FileRefused(
            feed.path, "frequencies.txt: a row has no start_time, end_time or headway_secs."
        )
    by_trip = dict(tuple(calls[calls["trip_id"].isin(often["trip_id"])].groupby("trip_id")))
    found = [calls.iloc[:0]]
    for trip, first, last, every in zip(often["trip_id"], start_s, end_s, headway_s, strict=True):
        of_trip = by_trip[trip]
        for departs_s in np.arange(first, last, every):
            later_s = departs_s - first_s[trip]
            found.append(of_trip.assign(
                arrival_s=of_trip["arrival_s"] + later_s,
                departure_s=of_trip["departure_s"] + later_s, run=f"{len(found)}",
            ))  # fmt: skip
    return pd.concat(found)


def _of_day(calls: pd.DataFrame, run: frozenset[str], before: frozenset[str]) -> pd.DataFrame:
    """Calls of a day: of its own trips, and after midnight of those of the day before.

    ``journey`` tells one run of a trip from another.
    """
    own = calls[calls["trip_id"].isin(run)]
    late = calls[calls["trip_id"].isin(before) & (calls["departure_s"] >= _DAY_S)]
    late = late.assign(
        arrival_s=late["arrival_s"] - _DAY_S, departure_s=late["departure_s"] - _DAY_S
    )
    both = pd.concat([own.assign(of="own"), late.assign(of="late")], ignore_index=True)
    return both.assign(journey=both["trip_id"] + "\n" + both["run"] + "\n" + both["of"])


def _seconds(feed: _Feed, name: str, texts: pd.Series[str]) -> pd.Series[float]:
    """Seconds since midnight, which may be past 24 hours; NaN where nothing is said."""
    parts = texts.str.extract(_CLOCK).astype(np.float64)
    wrong = parts[0].isna() & texts.str.strip().ne("")
    if wrong.any():
        raise FileRefused(
            feed.path, f"{name}: the time {texts[wrong].iloc[0]!r} is not like 07:30:00."
        )
    return parts[0] * 3600 + parts[1] * 60 + parts[2]


def _timetable(
    feed: _Feed, stops: pd.DataFrame, calls: pd.DataFrame, changes: ReadChanges
) -> Timetable:
    """Connections between calls that follow each other in a trip."""
    journeys = calls["journey"].to_numpy()
    start = np.flatnonzero(journeys[:-1] == journeys[1:])
    end = start + 1
    if not len(start):
        raise FileRefused(feed.path, "nothing runs on the day between two stops that are near.")
    arrival_s, departure_s = (_numbers(calls[f"{name}_s"]) for name in ("arrival", "departure"))
    back = (arrival_s[end] < departure_s[start]) | (departure_s[end] < arrival_s[end])
    if back.any():
        trip = calls["trip_id"].iloc[start[back][0]]
        raise FileRefused(feed.path, f"stop_times.txt: trip {trip!r} goes back in time.")
    ids = calls["stop_id"]
    served = pd.Index(pd.concat([ids.iloc[start], ids.iloc[end]]).unique())
    at = served.get_indexer(ids)
    trip, _ = pd.factorize(calls["journey"])
    rows = {stop: row for row, stop in enumerate(served)}
    return Timetable(
        stops.loc[served, ["x_m", "y_m"]].to_numpy(dtype=np.float64),
        at[start], at[end], departure_s[start], arrival_s[end], trip[start],
        calls["pickup_type"].ne(_NOT).to_numpy()[start],
        calls["drop_off_type"].ne(_NOT).to_numpy()[end],
        {
            (rows[first], rows[second]): change
            for (first, second), change in changes.by_stops.items()
            if first in rows and second in rows
        },
    )  # fmt: skip


def _numbers(column: pd.Series[float]) -> NDArray[np.float64]:
    return np.asarray(column, dtype=np.float64)


def _publisher(feed: _Feed) -> str | None:
    """Who published the feed; else whose lines are in it."""
    for name, column in (("feed_info.txt", "feed_publisher_name"), ("agency.txt", "agency_name")):
        said = feed.table(name, (column,), is_needed=False)[column]
        names = [text for text in dict.fromkeys(said.str.strip()) if text]
        if names:
            return "; ".join(names)
    return None
