"""Timetables read from GTFS feeds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

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
        (27_600, 28_320, A, B, True, False),
        (28_320, 28_860, B, A, True, True),
        (89_400, 90_090, B, A, True, True),
    ]
    assert len(set(read.timetable.trip.tolist())) == 2


def test_day_adds_and_takes_out_services(tmp_path: Path):
    path = gtfs_feed(tmp_path / "feed.zip")
    added = rows(read_gtfs(path, BOUNDS_M, date(2026, 12, 15)))
    assert (32_400, 32_940, A, B, True, True) in added and len(added) == 4
    with pytest.raises(FileRefused, match="nothing runs on 2026-12-22; it is for 2026-12-03 to"):
        read_gtfs(path, BOUNDS_M, date(2026, 12, 22))


def test_feed_of_dates_alone_names_its_lines_where_nobody_published_it(tmp_path: Path):
    path = gtfs_feed(tmp_path / "feed.zip", {"calendar.txt": None, "feed_info.txt": None})
    read = read_gtfs(path, BOUNDS_M)
    assert (read.day, read.source) == (date(2026, 12, 15), "Buses")
    assert rows(read) == [(32_400, 32_940, A, B, True, True)]


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
    ({"frequencies.txt": "trip_id,headway_secs\nT1,600\n"}, "frequencies.txt is not read"),
    ({"calendar_dates.txt": ""}, "not CSV in UTF-8"),
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
