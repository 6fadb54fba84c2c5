"""The timetable of one day around a place, read from a GTFS feed."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.commuting import Bounds, Timetable
from geo_assen.crs import lonlat_to_rd
from geo_assen.errors import FileRefused

__all__ = ["NEAR_M", "ReadTimetable", "read_gtfs"]

NEAR_M = 60_000.0
"""Distance from the place asked about within which stops count."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKLY = ("service_id", "start_date", "end_date", *_DAYS)
_DATED = ("service_id", "date", "exception_type")
_TUESDAY = 1
_STOP_TIMES = ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time")
_MAY = ("pickup_type", "drop_off_type")
_NOT = "1"
"""What a feed says of a stop at which nobody gets in, or out."""

_ADDED, _TAKEN_OUT = "1", "2"
_ROWS_AT_ONCE = 500_000
_CLOCK = r"^\s*(\d{1,3}):([0-5]\d):([0-5]\d)\s*$"


@dataclass(frozen=True, eq=False)
class ReadTimetable:
    """A timetable, the day it is of, and who published it; None where the feed does not say."""

    timetable: Timetable
    day: date
    source: str | None


def read_gtfs(path: Path, near_m: Bounds, day: date | None = None) -> ReadTimetable:
    """Timetable of a day at the stops around a box.

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
            feed = _Feed(path, archive)
            feed.require_no_frequencies()
            chosen, running = _service(feed, day)
            trips = feed.table("trips.txt", ("trip_id", "service_id"))
            run = frozenset(trips["trip_id"][trips["service_id"].isin(running)])
            if not run:
                raise FileRefused(path, f"no trip runs on {chosen}; name another day.")
            stops = _stops(feed, near_m)
            timetable = _timetable(feed, stops, _calls(feed, run, stops))
            return ReadTimetable(timetable, chosen, _publisher(feed))
    except OSError as error:
        raise FileRefused(path, f"cannot be read ({error.strerror}).") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise FileRefused(path, "it is not a zip that can be read; download it anew.") from error
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise FileRefused(path, "a file in it is not CSV in UTF-8; download it anew.") from error


@dataclass(frozen=True, eq=False)
class _Feed:
    """The files of a feed, as tables of text."""

    path: Path
    archive: zipfile.ZipFile

    def has(self, name: str) -> bool:
        return name in self.archive.namelist()

    def table(
        self, name: str, columns: Sequence[str], *, is_needed: bool = True
    ) -> pd.DataFrame:
        """All rows; none where the file is not needed and not there."""
        if not is_needed and not self.has(name):
            return pd.DataFrame(columns=list(columns), dtype=str)
        return pd.concat(list(self.pieces(name, columns)), ignore_index=True)

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

    def require_no_frequencies(self) -> None:
        """Refuse trips that stand for many: read as one each they would be too few."""
        columns = ("trip_id",)
        if len(self.table("frequencies.txt", columns, is_needed=False)):
            raise FileRefused(
                self.path, "frequencies.txt is not read; give a feed that lists every trip."
            )


def _service(feed: _Feed, day: date | None) -> tuple[date, frozenset[str]]:
    """The day, and the services that run on it."""
    if not feed.has("calendar.txt") and not feed.has("calendar_dates.txt"):
        raise FileRefused(feed.path, "it has no calendar.txt and no calendar_dates.txt.")
    weekly = feed.table("calendar.txt", _WEEKLY, is_needed=False)
    dated = feed.table("calendar_dates.txt", _DATED, is_needed=False)
    added = dated[dated["exception_type"] == _ADDED]
    days = sorted([*weekly["start_date"], *weekly["end_date"], *added["date"]])
    if not days:
        raise FileRefused(feed.path, "it does not say of any day what runs.")
    first, last = _day(feed, days[0]), _day(feed, days[-1])
    chosen = day or first + timedelta(days=(_TUESDAY - first.weekday()) % 7)
    text = chosen.strftime("%Y%m%d")
    holds = (weekly["start_date"] <= text) & (weekly["end_date"] >= text)
    running = set(weekly["service_id"][holds & (weekly[_DAYS[chosen.weekday()]] == "1")])
    of_day = dated[dated["date"] == text]
    running |= set(of_day["service_id"][of_day["exception_type"] == _ADDED])
    running -= set(of_day["service_id"][of_day["exception_type"] == _TAKEN_OUT])
    if not running:
        raise FileRefused(
            feed.path, f"nothing runs on {chosen}; it is for {first} to {last}: name a day."
        )
    return chosen, frozenset(running)


def _day(feed: _Feed, text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise FileRefused(feed.path, f"the date {text!r} is not like 20261201.") from error


def _stops(feed: _Feed, near_m: Bounds) -> pd.DataFrame:
    """Places ``x_m`` and ``y_m`` of the stops that are near, by ``stop_id``.

    What has no place is none that somebody can walk to.
    """
    listed = feed.table("stops.txt", ("stop_id", "stop_lat", "stop_lon"))
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
    stops = pd.DataFrame({"x_m": x_m, "y_m": y_m}, index=pd.Index(listed["stop_id"][known]))[near]
    if stops.empty:
        raise FileRefused(
            feed.path, f"it has no stop within {NEAR_M / 1000:g} km of the place asked about."
        )
    return stops[~stops.index.duplicated()]


def _calls(feed: _Feed, run: frozenset[str], stops: pd.DataFrame) -> pd.DataFrame:
    """Calls of the trips of the day at the stops that are near, in order of travel.

    A call without a time is passed over; one that says one time arrives and leaves then.
    """
    pieces = [
        piece[piece["trip_id"].isin(run) & piece["stop_id"].isin(stops.index)]
        for piece in feed.pieces("stop_times.txt", _STOP_TIMES, _MAY)
    ]
    calls = pd.concat(pieces, ignore_index=True)
    arrives_s = _seconds(feed, calls["arrival_time"])
    departs_s = _seconds(feed, calls["departure_time"])
    calls["arrival_s"] = arrives_s.fillna(departs_s)
    calls["departure_s"] = departs_s.fillna(arrives_s)
    calls["order"] = pd.to_numeric(calls["stop_sequence"], errors="coerce")
    if calls["order"].isna().any():
        raise FileRefused(feed.path, "stop_times.txt: a stop_sequence is not a number.")
    calls = calls.dropna(subset=["arrival_s"]).sort_values(["trip_id", "order"], kind="stable")
    return calls.reset_index(drop=True)


def _seconds(feed: _Feed, texts: pd.Series[str]) -> pd.Series[float]:
    """Seconds since midnight, which may be past 24 hours; NaN where nothing is said."""
    parts = texts.str.extract(_CLOCK).astype(np.float64)
    wrong = parts[0].isna() & texts.str.strip().ne("")
    if wrong.any():
        raise FileRefused(
            feed.path, f"stop_times.txt: the time {texts[wrong].iloc[0]!r} is not like 07:30:00."
        )
    return parts[0] * 3600 + parts[1] * 60 + parts[2]


def _timetable(feed: _Feed, stops: pd.DataFrame, calls: pd.DataFrame) -> Timetable:
    """Connections between calls that follow each other in a trip."""
    start = np.flatnonzero(calls["trip_id"].to_numpy()[:-1] == calls["trip_id"].to_numpy()[1:])
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
    trip, _ = pd.factorize(calls["trip_id"])
    return Timetable(
        stops.loc[served, ["x_m", "y_m"]].to_numpy(dtype=np.float64),
        at[start], at[end], departure_s[start], arrival_s[end], trip[start],
        calls["pickup_type"].ne(_NOT).to_numpy()[start],
        calls["drop_off_type"].ne(_NOT).to_numpy()[end],
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
