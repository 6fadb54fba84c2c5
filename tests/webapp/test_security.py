from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from geo_assen.errors import SettingsError
from geo_assen.settings import Settings
from webapp.security import content_policy, secret_key

EXPECTED_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-N'; style-src 'self' 'nonce-N'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


def test_content_policy_allows_ourselves_and_the_nonce_only():
    assert content_policy("N", "") == EXPECTED_POLICY


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://tiles.example/grey/{z}/{x}/{y}.png", "https://tiles.example"),
        ("https://{s}.tiles.example/{z}/{x}/{y}.png", "https://*.tiles.example"),
    ],
)
def test_content_policy_adds_the_base_map_to_images_alone(url, origin):
    policy = content_policy("N", url)
    assert f"img-src 'self' data: {origin};" in policy
    assert policy.count(origin) == 1


def test_headers_stand_on_pages_files_and_errors(client: FlaskClient):
    for path in ("/", "/static/css/tokens.css", "/layers/plots.geojson", "/nowhere"):
        with client.get(path) as answer:
            headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert "camera=()" in headers["Permissions-Policy"], path
        assert headers["Referrer-Policy"] == "same-origin", path
        assert "default-src 'none'" in headers["Content-Security-Policy"], path


def test_nonce_differs_per_answer_and_stands_on_every_script(client: FlaskClient):
    nonces = set()
    for _ in range(2):
        answer = client.get("/")
        word = re.search(r"script-src 'self' 'nonce-([^']+)'", str(answer.headers))[1]
        scripts = re.findall(r"<script\b[^>]*>", answer.text)
        assert len(scripts) >= 3
        assert all(f'nonce="{word}"' in script for script in scripts)
        nonces.add(word)
    assert len(nonces) == 2


def test_secret_key_is_made_once_beside_the_store_for_its_owner_alone(tmp_path: Path):
    settings = Settings(store=f"sqlite:///{tmp_path / 'a.gpkg'}")
    first = secret_key(settings)
    assert len(first) == 64
    assert secret_key(settings) == first
    assert [path.name for path in tmp_path.iterdir()] == ["a.key"]
    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600


def test_secret_key_set_wins():
    assert secret_key(Settings(store="postgresql+psycopg://x/y", secret_key="s")) == "s"


def test_secret_key_of_a_shared_store_must_be_set():
    with pytest.raises(SettingsError, match="GEO_ASSEN_SECRET_KEY"):
        secret_key(Settings(store="postgresql+psycopg://x/y"))


def test_secret_key_in_a_folder_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(SettingsError, match="GEO_ASSEN_SECRET_KEY"):
        secret_key(Settings(store=f"sqlite:///{tmp_path / 'no' / 'a.gpkg'}"))


def test_no_page_names_an_address_outside(client: FlaskClient):
    for path in ("/", "/about", "/login", "/layers/plots"):
        found = re.findall(r"(?:src|href)=\"(https?:[^\"]+)\"", client.get(path).text)
        assert found == [], path
