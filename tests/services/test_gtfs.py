"""Timetables read from GTFS feeds."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from geo_assen.commuting import transit_minutes
from geo_assen.errors import FileRefused
from geo_assen.services.gtfs_timetable import ReadTimetable, read_gtfs
from tests.services.gtfs_feed import BOUNDS_M, FILES, PLACES_M, gtfs_feed

A, B = PLACES_M["a"], PLACES_M["b"]


def rows(read: ReadTimetable) -> list[tuple[object, ...]]:
    """Connections with the places of their stops, in order of departure."""
    of = read.timetable
    places = [tuple(np.rint(place).astype(int).tolist()) for place in of.stops_m]
    return sorted(
        (departs, arrives, places[start], places[end], boarded, left)
        for departs, arrives, start, end, boarded, left in zip(
            of.departure_s.tolist(), of.arrival_s.tolist(), of.from_stop.tolist(),
            of.to_stop.tolist(), of.is_boarded.tolist(), of.is_left.tolist(), strict=True,
        )
    )  # fmt: skip


def test_first_tuesday_has_its_trips_between_the_stops_that_are_near(tmp_path: Path):
    read = read_gtfs(gtfs_feed(tmp_path / "feed.zip"), BOUNDS_M)
    # the feed starts on a Thursday; T1 runs on through a stop that is too far to count
    assert (read.day, read.source) == (date(2026, 12, 8), "Lines of the North")
    assert rows(read) == [
        (3_000, 3_690, B, A, True, True),  # left the evening before at 24:50
        (27_600, 28_320, A, B, True, False),
        (28_320, 28_860, B, A, True, True),
        (89_400, 90_090, B, A, True, True),
    ]
    assert len(set(read.timetable.trip.tolist())) == 3


def test_day_adds_and_takes_out_services(tmp_path: Path):
    path = gtfs_feed(tmp_path / "feed.zip")
    added = rows(read_gtfs(path, BOUNDS_M, date(2026, 12, 15)))
    assert (32_400, 32_940, A, B, True, True) in added and len(added) == 5
    with pytest.raises(FileRefused, match="nothing runs on 2026-12-22; it is for 2026-12-03 to"):
        read_gtfs(path, BOUNDS_M, date(2026, 12, 22))


def test_feed_of_dates_alone_names_its_lines_where_nobody_published_it(tmp_path: Path):
    path = gtfs_feed(tmp_path / "feed.zip", {"calendar.txt": None, "feed_info.txt": None})
    read = read_gtfs(path, BOUNDS_M)
    assert (read.day, read.source) == (date(2026, 12, 15), "Buses")
    assert rows(read) == [(32_400, 32_940, A, B, True, True)]


def test_trip_by_frequency_runs_from_its_first_call_until_the_end_of_each_headway(tmp_path: Path):
    path = gtfs_feed(tmp_path / "feed.zip", {
        "trips.txt": "service_id,trip_id\nwork,often\n",
        "stop_times.txt": (
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
            "often,06:00:00,06:00:00,far,1\noften,06:20:00,06:21:00,a,2\n"
            "often,06:30:00,06:30:00,b,3\n"
        ),
        "frequencies.txt": (
            "trip_id,start_time,end_time,headway_secs\n"
            "often,07:00:00,08:00:00,1200\noften,08:00:00,08:10:00,600\n"
        ),
    })  # fmt: skip
    read = read_gtfs(path, BOUNDS_M)
    # it leaves far off at 7:00, 7:20, 7:40 and 8:00, is at a 21 minutes later and 9 more at b
    assert rows(read) == [
        (at, at + 540, A, B, True, True) for at in (26_460, 27_660, 28_860, 30_060)
    ]
    assert len(set(read.timetable.trip.tolist())) == 4


@pytest.mark.parametrize(("transfers", "minutes"), [
    ("", 40),  # two minutes at b, and b2 is too far off to walk to
    ("b,b2,2,330,", 25),
    ("b,b2,2,331,", 30),
    ("b,b2,0,,", 30),  # two minutes, and five on foot
    ("b,b2,1,,", 25),  # it waits: five minutes on foot are enough
    ("b,b,3,,", math.nan),
    ("hub,hub,2,330,", 25),  # at b itself as long, so that what left at 8:12 is missed
    ("b,b2,2,330,\nhub,hub,3,,", 25),
    ("b,b2,2,330,X", 40),  # after one trip alone
])  # fmt: skip
def test_change_takes_what_the_feed_says_of_it(tmp_path: Path, transfers, minutes):
    path = gtfs_feed(tmp_path / "feed.zip", {
        "trips.txt": "service_id,trip_id\nwork,X\nwork,V\nwork,Y\nwork,Z\n",
        "stop_times.txt": (
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
            "X,08:00:00,08:00:00,a,1\nX,08:10:00,08:10:00,b,2\n"
            "V,08:12:00,08:12:00,b,1\nV,08:40:00,08:40:00,c,2\n"
            "Y,08:15:30,08:15:30,b2,1\nY,08:25:00,08:25:00,c,2\n"
            "Z,08:20:00,08:20:00,b2,1\nZ,08:30:00,08:30:00,c,2\n"
        ),
        "transfers.txt": (
            "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_trip_id\n" + transfers
        ),
    })  # fmt: skip
    read = read_gtfs(path, BOUNDS_M)
    ends = (np.array([PLACES_M[stop]], dtype=float) for stop in ("a", "c"))
    found = transit_minutes(read.timetable, *ends, departures_s=[28_799], limit_minutes=60)
    assert found[0, 0] == pytest.approx(minutes, abs=0.02, nan_ok=True)
    assert read.skipped_changes == transfers.endswith("X")


@pytest.mark.parametrize(("changes", "said"), [
    ({"stop_times.txt": None}, r"feed\.zip: it has no stop_times\.txt"),
    ({"calendar.txt": None, "calendar_dates.txt": None}, "no calendar.txt and no calendar_dates"),
    ({"trips.txt": "trip_id\nT1\n"}, "trips.txt has no column 'service_id'"),
    ({"trips.txt": "trip_id,service_id\n"}, "no trip runs on 2026-12-08"),
    ({"stops.txt": "stop_id,stop_lat,stop_lon\na,52.37,4.9\n"}, "no stop within 60 km"),
    ({"stop_times.txt": FILES["stop_times.txt"].replace("7:40:00", "7.40")}, "the time '7.40'"),
    ({"stop_times.txt": FILES["stop_times.txt"].replace("25:01:30,25", "24:01:30,25")},
     "trip 'night' goes back in time"),
    ({"stop_times.txt": FILES["stop_times.txt"].replace("a,9,,", "a,nine,,")}, "not a number"),
    ({"frequencies.txt": "trip_id,start_time,end_time,headway_secs\nT1,7:00:00,8:00:00,0\n"},
     "frequencies.txt: a row has no start_time"),
    ({"calendar_dates.txt": ""}, "not CSV in UTF-8"),
    ({"calendar_dates.txt": "service_id,date,exception_type\nwork,2026-12-08,2\n"},
     "the date '2026-12-08' is not like"),
    ({"calendar_dates.txt": "service_id,date,exception_type\nwork,20261208,3\n"},
     "exception_type '3' is none"),
    ({"transfers.txt": "from_stop_id,to_stop_id,transfer_type\nb,b2,2\n"}, "type 2 takes ''"),
    ({"transfers.txt": "from_stop_id,to_stop_id,transfer_type\nb,b2,9\n"}, "no transfer_type"),
])  # fmt: skip
def test_feed_of_no_use_is_refused_with_its_fault(tmp_path: Path, changes, said):
    with pytest.raises(FileRefused, match=said):
        read_gtfs(gtfs_feed(tmp_path / "feed.zip", changes), BOUNDS_M)


def test_what_is_no_zip_is_refused(tmp_path: Path):
    path = tmp_path / "feed.zip"
    with pytest.raises(FileRefused, match="cannot be read"):
        read_gtfs(path, BOUNDS_M)
    path.write_text("stop_id\n")
    with pytest.raises(FileRefused, match="not a zip"):
        read_gtfs(path, BOUNDS_M)
