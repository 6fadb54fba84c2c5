"""Events as a calendar file (iCalendar, RFC 5545) that any calendar can take in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["CALENDAR_TYPE", "CalendarEvent", "calendar_text"]

CALENDAR_TYPE = "text/calendar; charset=utf-8"

_LONGEST_BYTES = 75
"""Bytes of a line, without its end, from which it must be folded."""


@dataclass(frozen=True)
class CalendarEvent:
    """An event of whole days.

    Attributes
    ----------
    uid
        The same in every file, so that a calendar replaces what it has.
    ends_on
        Last day of it.
    place
        Where it is; empty where that has no name.
    lonlat
        Degrees; None where it has no place.
    """

    uid: str
    title: str
    starts_on: date
    ends_on: date
    place: str = ""
    described: str = ""
    lonlat: tuple[float, float] | None = None


def calendar_text(events: Iterable[CalendarEvent], *, name: str, as_of: date) -> str:
    """Answer the text of a calendar file.

    Parameters
    ----------
    name
        Of the calendar as a whole.
    as_of
        Date for which the events are told; it is their stamp, so that the same question gives
        the same file.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//geo_assen//events//EN",
             "CALSCALE:GREGORIAN", f"X-WR-CALNAME:{_escaped(name)}"]  # fmt: skip
    for event in events:
        lines += _event(event, as_of)
    lines.append("END:VCALENDAR")
    return "".join(f"{line}\r\n" for whole in lines for line in _folded(whole))


def _event(event: CalendarEvent, as_of: date) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_escaped(event.uid)}"
    yield f"DTSTAMP:{_written(as_of)}T000000Z"
    yield f"DTSTART;VALUE=DATE:{_written(event.starts_on)}"
    # the end of whole days is the first day after them
    yield f"DTEND;VALUE=DATE:{_written(event.ends_on + timedelta(days=1))}"
    yield f"SUMMARY:{_escaped(event.title)}"
    if event.place:
        yield f"LOCATION:{_escaped(event.place)}"
    if event.described:
        yield f"DESCRIPTION:{_escaped(event.described)}"
    if event.lonlat is not None:
        lon, lat = event.lonlat
        yield f"GEO:{lat:.6f};{lon:.6f}"
    yield "END:VEVENT"


def _written(day: date) -> str:
    return day.strftime("%Y%m%d").zfill(8)


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> Iterator[str]:
    """Parts of at most 75 bytes, each after the first behind a blank; no letter is cut."""
    part, size = "", 0
    for letter in line:
        more = len(letter.encode())
        if size + more > _LONGEST_BYTES:
            yield part
            part, size = " ", 1
        part, size = part + letter, size + more
    yield part
