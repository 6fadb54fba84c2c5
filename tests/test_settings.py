"""Settings come from the environment, once, and say what is wrong with them."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from geo_assen.errors import SettingsError
from geo_assen.settings import Settings


def test_without_environment_everything_has_its_default():
    assert Settings.from_environment({}) == Settings()
    assert Settings().store.startswith("sqlite:///")
    assert Settings().layers.is_dir()


def test_variables_are_read_in_the_type_of_their_setting():
    settings = Settings.from_environment(
        {
            "GEO_ASSEN_STORE": "postgresql+psycopg://localhost/assen",
            "GEO_ASSEN_LAYERS": "/srv/layers",
            "GEO_ASSEN_SECURE_COOKIES": "True",
            "GEO_ASSEN_BUSY_TIMEOUT_MS": "250",
            "GEO_ASSEN_UNHEARD_OF": "x",
            "STORE": "x",
        }
    )
    assert settings.store == "postgresql+psycopg://localhost/assen"
    assert settings.layers == Path("/srv/layers")
    assert settings.secure_cookies is True
    assert settings.busy_timeout_ms == 250


def test_empty_variable_is_no_variable():
    assert Settings.from_environment({"GEO_ASSEN_STORE": ""}) == Settings()


def test_environment_of_the_process_is_the_default(monkeypatch):
    monkeypatch.setenv("GEO_ASSEN_BUSY_TIMEOUT_MS", "7")
    assert Settings.from_environment().busy_timeout_ms == 7


@pytest.mark.parametrize(("text", "value"), [("1", True), ("0", False), ("FALSE", False)])
def test_switches_are_words_or_digits(text, value):
    read = Settings.from_environment({"GEO_ASSEN_SECURE_COOKIES": text})
    assert read.secure_cookies is value


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("GEO_ASSEN_SECURE_COOKIES", "perhaps", "true or false"),
        ("GEO_ASSEN_BUSY_TIMEOUT_MS", "soon", "a whole number"),
        ("GEO_ASSEN_BUSY_TIMEOUT_MS", "-1", "a whole number"),
        ("GEO_ASSEN_BUSY_TIMEOUT_MS", "1.5", "a whole number"),
        ("GEO_ASSEN_BUSY_TIMEOUT_MS", "²", "a whole number"),
    ],
)
def test_wrong_value_names_variable_value_and_what_is_expected(name, text, expected):
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({name: text})
    assert str(refused.value) == f"Setting {name}={text!r} cannot be used: expected {expected}."


def test_description_lists_every_setting_and_masks_the_key():
    described = {name: (value, text) for name, value, text in Settings(secret_key="s3").described()}
    assert set(described) == {f"GEO_ASSEN_{item.name.upper()}" for item in fields(Settings)}
    assert described["GEO_ASSEN_SECRET_KEY"][0] == "(set)"
    assert {n: v for n, v, _ in Settings().described()}["GEO_ASSEN_SECRET_KEY"] == ""
    assert all(text for _, text in described.values())


def test_settings_do_not_change():
    with pytest.raises(FrozenInstanceError):
        Settings().store = "elsewhere"
