"""Events by month and week at the edges of year, month and week."""

from __future__ import annotations

from datetime import date

import pandas as pd

from geo_assen.leisure import events_of_year, months_of, shared_days, weeks_of

EVENTS = pd.DataFrame(
    [
        ("tt", "TT Assen 2026", date(2026, 6, 25), date(2026, 6, 28)),
        ("festival", "TT Festival", date(2026, 6, 28), date(2026, 7, 1)),
        ("fair", "Fair", date(2026, 6, 29), None),
        ("rink", "Rink", date(2025, 12, 8), date(2026, 1, 4)),
        ("show", "Show", date(2026, 12, 31), pd.NaT),
        ("old", "Old", date(2024, 1, 1), None),
    ],
    columns=["code", "name", "starts_on", "ends_on"],
)
OF_2026 = events_of_year(EVENTS, 2026)


def test_events_of_year_are_those_with_a_day_in_it_and_have_an_end():
    assert list(OF_2026["code"]) == ["rink", "tt", "festival", "fair", "show"]
    assert list(OF_2026["ends_on"])[-2:] == [date(2026, 6, 29), date(2026, 12, 31)]
    assert events_of_year(EVENTS.iloc[:0], 2026).empty


def test_months_of_an_event_over_the_turn_of_a_month_name_it_in_both():
    months = months_of(OF_2026, 2026)
    assert months[1] == ("rink",)
    assert months[6] == ("tt", "festival", "fair")
    assert months[7] == ("festival",)
    assert months[12] == ("show",)
    assert sum(len(codes) for codes in months.values()) == 6


def test_weeks_of_run_from_monday_and_mark_that_of_the_races_alone():
    weeks = weeks_of(OF_2026, 2026)
    # 1 January 2026 is a Thursday: week 1 begins on 29 December 2025, and there are 53
    assert [(w.number, w.events, w.is_tt) for w in weeks] == [
        (1, ("rink",), False),
        (26, ("tt", "festival"), True),
        (27, ("festival", "fair"), False),
        (53, ("show",), False),
    ]
    assert (weeks[1].starts_on, weeks[1].ends_on) == (date(2026, 6, 22), date(2026, 6, 28))


def test_shared_days_are_found_where_one_ends_as_another_begins():
    assert shared_days(OF_2026) == {
        "rink": (), "tt": ("festival",), "festival": ("tt", "fair"), "fair": ("festival",),
        "show": (),
    }  # fmt: skip
