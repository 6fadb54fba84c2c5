"""Other texts for the codes of a list."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from geo_assen.catalogue import CodeList, load_catalogue
from geo_assen.settings import Settings


def code(value, *aliases):
    return {"value": value, "title": {"nl": value, "en": value}, "aliases": aliases}


def test_code_carries_its_aliases():
    codes = CodeList.model_validate({"code": [code("vacant", "leegstaand", "empty")]})
    assert codes.code[0].aliases == ("leegstaand", "empty")


@pytest.mark.parametrize(
    "codes",
    [
        [code("let", "huur"), code("sale", "Huur ")],
        [code("let", "SALE"), code("sale")],
        [code("let", "")],
    ],
)
def test_alias_that_is_empty_or_stands_for_two_codes_is_refused(codes):
    with pytest.raises(ValidationError):
        CodeList.model_validate({"code": codes})


def test_lists_that_people_fill_in_know_everyday_words():
    lists = load_catalogue(Settings().layers).codes
    said = {
        "uses": {"winkel": "retail", "bedrijf": "industrial", "distributie": "logistics"},
        "vacancy_state": {"leegstaand": "vacant", "verhuurd": "occupied"},
        "tenure": {"koop": "ownership"},
        "plan_status": {"in procedure": "draft"},
        "env_category": {"cat. 3.1": "3.1", "3,1": "3.1"},
    }
    for name, texts in said.items():
        known = {alias: item.value for item in lists[name].code for alias in item.aliases}
        assert {text: known.get(text) for text in texts} == texts
