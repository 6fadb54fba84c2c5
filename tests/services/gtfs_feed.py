"""A small timetable around the town, as a feed is published."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from geo_assen.crs import rd_to_lonlat

PLACES_M = {
    "a": (233_500, 556_500), "b": (236_000, 556_500), "far": (233_500, 456_500),
    "b2": (236_400, 556_500), "c": (240_000, 556_500),
}  # fmt: skip
STATIONS = {"b": "hub", "b2": "hub"}
BOUNDS_M = (233_000, 556_000, 234_000, 557_000)


def _stops() -> str:
    x_m, y_m = np.array(list(PLACES_M.values()), dtype=float).T
    rows = zip(PLACES_M, *rd_to_lonlat(x_m, y_m), strict=True)
    listed = "".join(
        f"{stop},{lat:.9f},{lon:.9f},{STATIONS.get(stop, '')}\n" for stop, lon, lat in rows
    )
    return f"stop_id,stop_lat,stop_lon,parent_station\n{listed}hall,,,\n"


FILES: Mapping[str, str] = {
    "agency.txt": "agency_id,agency_name\n1,Buses\n",
    "feed_info.txt": "feed_publisher_name,feed_version\nLines of the North,1\n",
    "stops.txt": _stops(),
    "trips.txt": (
        "route_id,service_id,trip_id\n1,work,T1\n1,work,night\n1,once,extra\n1,sunday,idle\n"
    ),
    "stop_times.txt": (
        "\ufefftrip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"
        "T1,7:52:00,7:52:00,b,10,0,1\n"  # out of order, and by number after 9
        "T1,,7:40:00,a,9,,\n"
        "T1,7:45:00,7:46:00,far,95,0,0\n"
        "T1,8:01:00,,a,100,1,0\n"
        "night,24:50:00,24:50:00,b,1,0,0\n"
        "night,25:01:30,25:01:30,a,2,0,0\n"
        "extra,09:00:00,09:00:00,a,1,0,0\n"
        "extra,,,b,2,0,0\n"
        "extra,09:09:00,09:09:00,b,3,0,0\n"
        "idle,09:00:00,09:00:00,a,1,0,0\n"
        "idle,09:05:00,09:05:00,b,2,0,0\n"
    ),
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "work,1,1,1,1,1,0,0,20261203,20261231\n"
        "sunday,0,0,0,0,0,0,1,20261203,20261231\n"
    ),
    "calendar_dates.txt": (
        "service_id,date,exception_type\nonce,20261215,1\nwork,20261222,2\n"
    ),
}  # fmt: skip


def gtfs_feed(path: Path, changes: Mapping[str, str | None] | None = None) -> Path:
    """Write the feed with some files replaced, or left out where None is given."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**FILES, **(changes or {})}.items():
            if text is not None:
                archive.writestr(name, text)
    return path
