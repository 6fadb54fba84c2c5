"""A calendar file as RFC 5545 wants it."""

from __future__ import annotations

from datetime import date

from geo_assen.export import CalendarEvent, calendar_text


def test_calendar_text_of_an_event_has_an_end_beyond_it_escapes_and_folds():
    title = "Markt; braderie, " + "é" * 40
    event = CalendarEvent("m@x", title, date(2026, 12, 31), date(2026, 12, 31), lonlat=(6.5, 53.0))
    text = calendar_text([event], name="Assen", as_of=date(2026, 1, 2))
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART;VALUE=DATE:20261231" in lines
    assert "DTEND;VALUE=DATE:20270101" in lines
    assert "DTSTAMP:20260102T000000Z" in lines
    assert "GEO:53.000000;6.500000" in lines
    assert max(len(line.encode()) for line in lines) == 75
    assert "SUMMARY:Markt\\; braderie\\, " + "é" * 40 in text.replace("\r\n ", "").split("\r\n")
