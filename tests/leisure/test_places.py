"""Visitors by year: sources beside each other, parts apart, gaps left open."""

from __future__ import annotations

import pandas as pd

from geo_assen.leisure import latest_visitors, missing_years, visitor_years

COUNTS = pd.DataFrame(
    [
        ("museum", 2018, None, 235_000, "first", "stated"),
        ("museum", 2020, "", 94_456, "first", "stated"),
        ("museum", 2020, "total", 95_000, "second", "derived"),
        ("museum", 2020, "library", 7, "first", "stated"),
        ("museum", 2022, "library", 9, "first", "stated"),
        ("elsewhere", 2020, None, 1, "first", "stated"),
    ],
    columns=["attraction", "year", "part", "visitors", "source_name", "certainty"],
)


def test_visitor_years_of_two_sources_keep_both_values_and_parts_apart():
    told = visitor_years(["museum", "wood"], COUNTS)
    assert told["wood"] == ()
    assert set(told) == {"museum", "wood"}
    assert [(y.year, y.part, [v.visitors for v in y.values]) for y in told["museum"]] == [
        (2018, None, [235_000]),
        (2020, None, [94_456, 95_000]),
        (2020, "library", [7]),
        (2022, "library", [9]),
    ]
    conflict = told["museum"][1]
    assert (conflict.low_visitors, conflict.high_visitors) == (94_456, 95_000)
    assert [y.contradicts for y in told["museum"]] == [False, True, False, False]
    assert [v.source for v in conflict.values] == ["first", "second"]


def test_latest_visitors_is_the_value_recorded_last_of_the_last_year_with_a_total():
    years = visitor_years(["museum"], COUNTS)["museum"]
    latest = latest_visitors(years, 2026)
    assert latest is not None
    assert (latest.year, latest.visitors, latest.low_visitors) == (2020, 95_000, 94_456)
    assert latest.certainty == "derived"
    assert latest_visitors(years, 2019).visitors == 235_000  # type: ignore[union-attr]
    assert latest_visitors(years, 2017) is None


def test_missing_years_are_those_between_totals_whatever_is_told_of_parts():
    assert missing_years(visitor_years(["museum"], COUNTS)["museum"]) == (2019,)
    assert missing_years(()) == ()
