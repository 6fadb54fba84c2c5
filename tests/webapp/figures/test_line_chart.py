"""The chart of lines over time: places, gaps, dots, and the words below."""

from __future__ import annotations

from datetime import date
from xml.etree.ElementTree import Element

import pytest
from flask import Flask, get_template_attribute

from tests.webapp.pages import parse
from webapp.figures import Figure, Key
from webapp.figures.charts import Chart, LineOf, Point, line_chart

SVG = "{http://www.w3.org/2000/svg}"
LEFT, RIGHT = 13.0, 97.0
"""Where the first and the last point stand, in percents."""

TOP, ZERO = 14, 164
"""Where the scale ends and where 0 stands, in pixels."""


def line(*values: float | None, first: int = 2020) -> LineOf:
    return LineOf(tuple(Point(first + n, v, f"{first + n}: {v}") for n, v in enumerate(values)))


def ends(chart: Chart, kind: str) -> list[tuple[float, float]]:
    """From where to where each stroke of a line runs, in percents."""
    return [(stroke.x1, stroke.x2) for stroke in chart.lines if stroke.kind == kind]


def named(chart: Chart) -> list[tuple[str, float, str]]:
    """Words below the axis, from left to right, each with its place and anchor."""
    told = [t for t in chart.texts if t.y > ZERO + 10 and t.x > 0]
    return [(t.text, t.x, t.anchor) for t in sorted(told, key=lambda t: t.x)]


def test_line_chart_with_missing_value_leaves_a_gap():
    chart = line_chart([line(4, 2, None, 8, 6)], "%")
    assert ends(chart, "line-one") == [(13.0, 34.0), (76.0, 97.0)]
    assert [dot.x for dot in chart.dots] == [13.0, 34.0, 76.0, 97.0]
    assert [dot.title for dot in chart.dots] == ["2020: 4", "2021: 2", "2023: 8", "2024: 6"]


def test_line_chart_stands_on_zero_whatever_its_lowest_value():
    chart = line_chart([line(50, 100)], "ha")
    assert [stroke.y1 for stroke in chart.lines if stroke.kind == "zero"] == [ZERO]
    half, whole = (ZERO - dot.y for dot in chart.dots)
    assert whole == pytest.approx(2 * half, abs=0.02)
    assert TOP < ZERO - whole < TOP + 10


def test_line_chart_of_days_spaces_them_by_time_in_any_order():
    days = (date(2026, 1, 1), date(2026, 1, 11), date(2026, 4, 11))
    points = [Point(day, 1.0, str(day)) for day in days]
    chart = line_chart([LineOf((points[2], points[0], points[1]))], "%")
    # 10 of 100 days, on the 84 percents between the ends
    assert ends(chart, "line-one") == [(LEFT, 21.4), (21.4, RIGHT)]
    assert named(chart) == [
        ("2026-01-01", LEFT, "start"), ("2026-04-11", RIGHT, "end"),
    ]  # fmt: skip


def test_line_chart_of_days_over_years_names_each_year_at_its_first_day():
    days = (date(2023, 1, 1), date(2023, 7, 1), date(2024, 12, 31))
    chart = line_chart([LineOf(tuple(Point(day, 1.0, "") for day in days))], "%")
    # 365 of 730 days
    assert named(chart) == [("2023", LEFT, "middle"), ("2024", 55.0, "middle")]


def test_line_chart_of_two_lines_shares_its_axes_and_tells_them_apart():
    chart = line_chart([line(1, 2), line(4, 8, first=2021)], "%")
    assert ends(chart, "line-one") == [(13.0, 55.0)]
    assert ends(chart, "line-two") == [(55.0, 97.0)]
    assert [dot.kind for dot in chart.dots] == ["dot-one", "dot-one", "dot-two", "dot-two"]
    assert [text for text, _x, _anchor in named(chart)] == ["2020", "2021", "2022"]


def test_line_chart_of_many_years_names_at_most_seven_and_always_the_last():
    chart = line_chart([line(*range(20), first=2005)], "%")
    assert [text for text, _x, _a in named(chart)] == [str(year) for year in range(2006, 2025, 3)]


def test_line_chart_label_of_a_point_stands_in_the_place_of_its_day():
    chart = line_chart([LineOf((Point(date(2026, 1, 1), 2.0, "", "jan"),))], "%")
    assert named(chart) == [("jan", 55.0, "middle")]


@pytest.mark.parametrize("series", [[], [LineOf(())], [line(None, None)]])
def test_line_chart_without_values_is_an_empty_axis(series):
    chart = line_chart(series, "%")
    assert not chart.dots
    assert ends(chart, "line-one") == []
    assert "zero" in {stroke.kind for stroke in chart.lines}


def test_line_chart_of_three_lines_is_refused():
    with pytest.raises(ValueError, match="argument 2 is longer"):
        line_chart([line(1), line(2), line(3)], "%")


@pytest.fixture(scope="module")
def drawn(sample_app: Flask) -> Element:
    """A figure of two lines as a page writes it."""
    chart = line_chart([line(1, 2), line(3, 4)], "%")
    keys = (Key("line-one", "Units"), Key("line-two", "Area"))
    with sample_app.test_request_context("/"):
        macro = get_template_attribute("macros/charts.html", "chart")
        text = macro(Figure("lines", "Lines", "told", chart, keys))
    return parse(f"<!DOCTYPE html><title>x</title>{text}")


def test_chart_macro_writes_dots_with_their_titles_and_keys_with_line_and_dot(drawn: Element):
    dots = drawn.findall(f".//{SVG}svg[@role='img']/{SVG}circle")
    assert [dot.get("class") for dot in dots] == ["chart__dot-one"] * 2 + ["chart__dot-two"] * 2
    assert [dot.find(f"{SVG}title").text for dot in dots] == ["2020: 1", "2021: 2", "2020: 3",
                                                              "2021: 4"]  # fmt: skip
    keys = drawn.findall(".//ul[@class='chart-key']/li")
    marks = [[mark.get("class") for mark in key.find(f"{SVG}svg")] for key in keys]
    assert marks == [["chart__line-one", "chart__dot-one"], ["chart__line-two", "chart__dot-two"]]
