from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from webapp import params


@pytest.fixture(autouse=True)
def in_request(sample_app: Flask):
    with sample_app.test_request_context("/?lang=en"):
        yield


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6.4,52.9,6.7,53.1", (6.4, 52.9, 6.7, 53.1)),
        ("-180,-90,180,90", (-180, -90, 180, 90)),
    ],
)
def test_bbox_of_four_degrees_is_bounds(text, expected):
    assert params.bbox({"bbox": text}) == expected


def test_bbox_absent_is_none():
    assert params.bbox({}) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3",
        "6.7,52.9,6.4,53.1",
        "6.4,53.1,6.7,52.9",
        "nan,1,2,3",
        "inf,1,2,3",
        "a,b,c,d",
        "6.4,52.9,6.4,53.1",
        "-181,0,0,1",
        "233000,556000,234000,557000",
        "1,2,3,4,5",
    ],
)
def test_bbox_of_nonsense_names_the_parameter(text):
    with pytest.raises(params.ParameterError, match="bbox"):
        params.bbox({"bbox": text})


def test_as_of_absent_or_empty_is_today():
    today = date(2026, 3, 1)
    assert params.as_of({}, today=today) == today
    assert params.as_of({"as_of": ""}, today=today) == today


def test_as_of_date_is_read():
    assert params.as_of({"as_of": "2019-12-31"}) == date(2019, 12, 31)


@pytest.mark.parametrize(
    "text", ["2019-13-01", "31-12-2019", "20191231", "1899-12-31", "2101-01-01", "x", "2019-W01-1"]
)
def test_as_of_nonsense_is_refused(text):
    with pytest.raises(params.ParameterError, match="as_of"):
        params.as_of({"as_of": text})


@pytest.mark.parametrize(("text", "expected"), [("1", 1), ("500", 500)])
def test_limit_in_range_is_taken(text, expected):
    assert params.limit({"limit": text}, default=10, maximum=500) == expected


@pytest.mark.parametrize("text", ["0", "501", "-1", "1.5", "", "٣", "9" * 5000])
def test_limit_out_of_range_is_refused(text):
    with pytest.raises(params.ParameterError, match="limit"):
        params.limit({"limit": text}, default=10, maximum=500)


def test_view_is_place_and_zoom():
    assert params.map_view({"at": "6.56,52.99,13.25"}) == params.View(6.56, 52.99, 13.25)


@pytest.mark.parametrize("text", ["6.5,52.9", "6.5,52.9,23", "200,52,3", "6,nan,3", "6,89,3"])
def test_view_nonsense_is_refused(text):
    with pytest.raises(params.ParameterError, match="at"):
        params.map_view({"at": text})


def test_layer_ids_are_known_ones_in_their_order():
    assert params.layer_ids({"layers": "b,a"}, ["a", "b"]) == ("b", "a")
    assert params.layer_ids({"layers": ""}, ["a"]) == ()
    assert params.layer_ids({}, ["a"]) is None


def test_layer_ids_unknown_is_refused():
    with pytest.raises(params.ParameterError, match="layers"):
        params.layer_ids({"layers": "a,nope"}, ["a"])


@pytest.mark.parametrize("text", ["de", "NL", ""])
def test_lang_other_than_two_is_refused(text):
    with pytest.raises(params.ParameterError, match="lang"):
        params.lang({"lang": text})


def test_text_too_long_or_with_a_null_is_refused():
    assert params.text({"q": "  kavel "}, "q", longest=5) == "kavel"
    for text in ("kavels", "k\x00l"):
        with pytest.raises(params.ParameterError, match="q"):
            params.text({"q": text}, "q", longest=5)
