from __future__ import annotations

import logging
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_assen import errors
from tests.webapp.pages import parse
from webapp.errors import STATUS, status_of


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.NotFound("plot", "X"), 404),
        (errors.NotAllowed("This"), 403),
        (errors.RequirementError("r.toml", [("area_m2", "no number")]), 400),
        (errors.LedgerError("contradiction"), 409),
        (errors.StoreError("s", "locked"), 503),
        (errors.CrsError("here", None), 500),
    ],
)
def test_error_class_has_its_status(error, status):
    assert status_of(error) == status


def test_every_error_class_is_in_the_table():
    listed = {getattr(errors, name) for name in errors.__all__}
    assert listed <= STATUS.keys()


def test_new_child_of_an_error_takes_the_status_of_its_parent():
    class Sold(errors.NotFound):
        pass

    assert status_of(Sold("plot", "X")) == 404


@pytest.mark.parametrize(
    ("path", "status", "parameter"),
    [
        ("/?at=here", 400, "at"),
        ("/?layers=nope", 400, "layers"),
        ("/?as_of=yesterday", 400, "as_of"),
        ("/?lang=xx", 400, "lang"),
        ("/layers/plots?bbox=1", 400, "bbox"),
        ("/layers/plots?limit=0", 400, "limit"),
        ("/layers/plots.geojson?for=me", 400, "for"),
    ],
)
def test_nonsense_parameter_is_named_in_one_sentence(client: FlaskClient, path, status, parameter):
    answer = client.get(path)
    assert answer.status_code == status
    assert parameter in answer.text


@pytest.mark.parametrize("path", ["/nowhere", "/layers/nope", "/layers/plots/nope", "/?as_of=x"])
def test_error_page_is_whole_and_says_what_to_do(client: FlaskClient, path):
    answer = client.get(path)
    parse(answer.text)
    assert answer.text.count("<h1") == 1
    assert "Er is niets veranderd en niets verloren gegaan." in answer.text
    assert re.search(r"Kenmerk: <code>[0-9a-f]{8}</code>", answer.text)


def test_error_for_a_program_is_json(client: FlaskClient):
    for path in ("/layers/nope.geojson", "/search?q=" + "x" * 101):
        answer = client.get(path)
        assert answer.is_json
        body = answer.json["error"]
        assert body.keys() == {"status", "title", "detail", "advice", "reference"}
        assert body["status"] == answer.status_code


def test_error_json_is_given_to_who_asks_for_it(client: FlaskClient):
    assert client.get("/nowhere", headers={"Accept": "application/json"}).is_json


def test_wrong_method_names_the_right_ones(client: FlaskClient):
    answer = client.delete("/about")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_body_too_large_is_413(client: FlaskClient):
    answer = client.post("/login", data={"name": "x" * 2_000_000})
    assert answer.status_code == 413
    assert "Dit is te groot" in answer.text


def test_fault_shows_no_trace_and_its_reference_stands_in_the_log(
    sample_app: Flask, client: FlaskClient, caplog, monkeypatch
):
    def broken() -> str:
        raise RuntimeError("inner secret")

    broken.required_role = sample_app.view_functions["about.about"].required_role
    monkeypatch.setitem(sample_app.view_functions, "about.about", broken)
    with caplog.at_level(logging.ERROR, logger="webapp.errors"):
        answer = client.get("/about")
    assert answer.status_code == 500
    assert "inner secret" not in answer.text
    assert "Traceback" not in answer.text
    reference = re.search(r"<code>([0-9a-f]{8})</code>", answer.text)[1]
    assert reference in caplog.text
    assert "inner secret" in caplog.text


def test_address_cannot_write_a_line_of_the_log(client: FlaskClient, caplog):
    with caplog.at_level(logging.INFO, logger="webapp.errors"):
        client.get("/nowhere%0Areference%20forged")
    assert all("\n" not in record.getMessage() for record in caplog.records)


def test_back_link_is_to_ourselves_only(client: FlaskClient):
    own = client.get("/nowhere", headers={"Referer": "http://localhost/about?as_of=2020-01-01"})
    assert 'href="/about?as_of=2020-01-01"' in own.text
    other = client.get("/nowhere", headers={"Referer": "http://elsewhere.example/about"})
    assert "elsewhere" not in other.text
