from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from flask import Flask, g
from flask.testing import FlaskClient

from geo_assen.settings import PROJECT_FOLDER

WEBAPP = PROJECT_FOLDER / "webapp"
PO = WEBAPP / "translations" / "nl" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


@functools.cache
def used_ids() -> set[str]:
    with (WEBAPP / "babel.cfg").open() as file:
        method_map, options_map = parse_mapping_cfg(file, filename="babel.cfg")
    found = extract_from_dir(
        str(WEBAPP), method_map, options_map, keywords=KEYWORDS,
        directory_filter=lambda path: Path(path).name not in {"node_modules", "static"},
    )  # fmt: skip
    return {ids if isinstance(ids, str) else ids[0] for _, _, ids, _, _ in found}


def dutch() -> dict[str, tuple[str, ...]]:
    with PO.open("rb") as file:
        catalog = read_po(file, locale="nl")
    return {
        (m.id if isinstance(m.id, str) else m.id[0]): (m.string,)
        if isinstance(m.string, str)
        else tuple(m.string)
        for m in catalog
        if m.id
    }


def test_every_text_has_a_dutch_translation():
    words = dutch()
    assert sorted(i for i in used_ids() if not all(words.get(i, ("",)))) == []


def test_no_dutch_translation_is_unused():
    assert sorted(dutch().keys() - used_ids()) == []


def test_translations_fill_in_the_same_names():
    holes = re.compile(r"%\(\w+\)s|\{\w+\}")
    for text, translations in dutch().items():
        for translation in translations:
            assert set(holes.findall(text)) == set(holes.findall(translation)), text


def test_dutch_is_the_default(client: FlaskClient):
    page = client.get("/").text
    assert '<html lang="nl">' in page
    assert "<h1" in page
    assert "Bedrijventerreinen" in page
    assert "Business parks" not in page


def test_switch_to_english_is_kept(client: FlaskClient):
    assert '<html lang="en">' in client.get("/?lang=en").text
    page = client.get("/about").text
    assert '<html lang="en">' in page
    assert "Layers and their licences" in page
    assert '<html lang="nl">' in client.get("/?lang=nl").text


def test_switch_keeps_the_view_of_the_page(client: FlaskClient):
    page = client.get("/layers/plots?as_of=2020-06-01&limit=5").text
    assert 'href="/layers/plots?as_of=2020-06-01&amp;limit=5&amp;lang=en"' in page


@pytest.mark.parametrize("language", ["nl", "en"])
def test_pages_state_their_language(client: FlaskClient, language):
    for path in ("/", "/about", "/login", "/layers/plots"):
        assert f'<html lang="{language}">' in client.get(f"{path}?lang={language}").text


@pytest.mark.parametrize(
    ("value", "language", "written"),
    [
        (0, "nl", "0"), (-0.0, "en", "0"), (0.25, "nl", "0,25"), (2.5, "en", "2.5"),
        (10_000.0, "nl", "10.000"), (2_000_000, "en", "2,000,000"), (-50.0, "nl", "-50"),
    ],
)  # fmt: skip
def test_number_of_an_axis_is_written_for_its_reader(
    sample_app: Flask, value: float, language: str, written: str
):
    with sample_app.test_request_context():
        g.language = language
        assert sample_app.jinja_env.filters["plain_number"](value) == written
