from __future__ import annotations

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_assen.access import Role
from tests.webapp.pages import STAFF
from webapp.auth.roles import required_role


def token(client: FlaskClient) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)[1]


def sign_in(client: FlaskClient, name: str, password: str, target: str = ""):
    form = {"csrf_token": token(client), "name": name, "password": password, "next": target}
    return client.post("/login", data=form)


def test_every_route_declares_its_role(sample_app: Flask):
    missing = [
        rule.rule
        for rule in sample_app.url_map.iter_rules()
        if required_role(sample_app.view_functions[rule.endpoint]) is None
    ]
    assert missing == []


def test_sign_in_with_the_right_pair_starts_a_session(client: FlaskClient):
    answer = sign_in(client, *STAFF)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Uitloggen" in client.get("/about").text


def test_sign_in_leads_back_to_what_was_shown(client: FlaskClient):
    need = "/match?use=office&min.area_m2=200&lang=nl"
    link = re.search(r'href="(/login[^"]*)"', client.get(need).text)[1]
    asked = client.get(html.unescape(link)).text
    target = re.search(r'name="next"[^>]*value="([^"]*)"', asked)[1]
    assert sign_in(client, *STAFF, html.unescape(target)).headers["Location"] == need
    client.post("/logout", data={"csrf_token": token(client)})
    assert 'href="/login"' in client.get("/login").text


@pytest.mark.parametrize("pair", [(STAFF[0], "wrong"), ("nobody", STAFF[1])])
def test_wrong_name_and_wrong_password_read_the_same(client: FlaskClient, pair):
    answer = sign_in(client, *pair)
    assert answer.status_code == 401
    assert "Deze naam en dit wachtwoord horen niet bij elkaar." in answer.text
    with client.session_transaction() as session:
        assert "user" not in session


def test_sign_in_without_token_is_refused_and_says_what_to_do(client: FlaskClient):
    answer = client.post("/login", data={"name": STAFF[0], "password": STAFF[1]})
    assert answer.status_code == 400
    assert "Dit formulier is verlopen" in answer.text


def test_sign_in_of_an_empty_form_tells_it_at_the_field(client: FlaskClient):
    answer = sign_in(client, "", "")
    assert 'aria-invalid="true"' in answer.text
    assert "Vul uw naam in." in answer.text


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/layers/plots?as_of=2020-01-01", "/layers/plots?as_of=2020-01-01"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("/logout", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
    ],
)
def test_sign_in_leads_to_places_of_ours_only(client: FlaskClient, target, location):
    assert sign_in(client, *STAFF, target).headers["Location"] == location


def test_sixth_attempt_in_a_minute_is_refused(client: FlaskClient):
    statuses = [sign_in(client, "nobody", "x").status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    answer = sign_in(client, "nobody", "x")
    assert "Te veel pogingen" in answer.text
    assert "Retry-After" in answer.headers


def test_sign_out_ends_the_session_and_keeps_the_language(client: FlaskClient):
    client.get("/?lang=en")
    sign_in(client, *STAFF)
    page = client.get("/about").text
    word = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    assert client.post("/logout", data={"csrf_token": word}).status_code == 302
    with client.session_transaction() as session:
        assert dict(session).keys() <= {"lang", "csrf_token"}
        assert session["lang"] == "en"


def test_session_with_an_unknown_role_is_public(sample_app: Flask):
    client = sample_app.test_client()
    with client.session_transaction() as session:
        session["role"] = 99
    assert client.get("/layers/parties").status_code in (302, 403)


def test_layer_of_staff_is_closed_to_the_public(sample_app: Flask, client: FlaskClient):
    catalogue = sample_app.extensions["geo_assen"].catalogue
    closed = [layer.id for layer in catalogue if layer.role is Role.STAFF]
    assert closed, "the catalogue has no layer for staff to try this on"
    for layer_id in closed:
        assert client.get(f"/layers/{layer_id}").status_code == 403
        assert client.get(f"/layers/{layer_id}.geojson").status_code == 403
