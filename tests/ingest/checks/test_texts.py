"""Texts: what is put right, and what only looks wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_assen.ingest.checks.texts import clean_text, suspicious
from tests.ingest.checks.conftest import plot

GARBLED = {
    "CafÃ© De Brink": "Café De Brink", "CoÃ¶peratie": "Coöperatie", "â‚¬ 85 per mÂ²": "€ 85 per m²",
    "Ã«": "ë", "CafÃƒÂ©": "Café", "Fritsâ€™ fietsen": "Frits’ fietsen",
}  # fmt: skip
REPAIRED = {
    '"Bronte House, Casterton"': "Bronte House, Casterton", "“Brink 1”": "Brink 1",
    '"Café ""De Brink"""': 'Café "De Brink"', "Brink 1\r\n9401 AB": "Brink 1 9401 AB",
    "Brink  1": "Brink 1", "Van Dijk &amp; Zn.": "Van Dijk & Zn.", "Caf&eacute;": "Café",
    "Ca\x00fé\u200b 9": "Café 9", "Brink\u00a01": "Brink 1", "Brink\t1": "Brink 1",
    "Kapsalon <br/> Truus": "Kapsalon Truus", "<b>Hema</b>": "Hema",
}  # fmt: skip
RIGHT = [
    "Café De Brink", "Coöperatie", "R&D Campus", "Van Dijk & Zn.", "'t Winkeltje", "Frits' fietsen",
    'De "Brink"', '"Brink" en "Markt"', "Groß-Gerau", "naïef", "Š", "A & B; C", "5'", "São Tomé",
    "AT&T", "m²", "–", "Æ", "İstanbul Market", "œuvre", "a < b > c", "<Brink>",
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), GARBLED.items(), ids=GARBLED)
def test_garbled_text_is_put_right_and_counted(run, text, meant):
    outcome = run([plot(name=text)])
    assert outcome.counts() == {"encoding_repaired": 1}
    assert outcome.accepted["name"].tolist() == [meant]
    assert outcome.repaired == 1
    assert outcome.issues[0].value == text


@pytest.mark.parametrize(("text", "meant"), REPAIRED.items(), ids=map(repr, REPAIRED))
def test_text_of_a_careless_export_is_put_right_and_counted(run, text, meant):
    outcome = run([plot(name=text)])
    assert outcome.counts() == {"text_repaired": 1}
    assert outcome.accepted["name"].tolist() == [meant]


@pytest.mark.parametrize("text", RIGHT)
def test_text_that_is_right_stays_as_it_is(run, text):
    outcome = run([plot(name=text)])
    assert outcome.counts() == {}
    assert outcome.accepted["name"].tolist() == [text]


def test_outer_blanks_are_left_out_without_a_word(run):
    outcome = run([plot(code=" A ", name="Brink 1 ", park=" P")])
    assert outcome.counts() == {}
    assert outcome.accepted.loc[0, ["code", "name", "park"]].tolist() == ["A", "Brink 1", "P"]


def test_line_breaks_of_running_text_are_kept(run):
    row = {"code": "M", "name": "Museum", "kind": "museum", "remark": "Eerst\ndan  ",
           "geometry": plot()["geometry"].centroid}  # fmt: skip
    outcome = run([row], "attractions")
    assert outcome.counts() == {}
    assert outcome.accepted["remark"].tolist() == ["Eerst\ndan"]


def test_number_and_date_in_quotes_are_read_and_counted(run):
    outcome = run([plot(area_m2='"10000"', serviced_on="2026-01-01\u200b")])
    assert outcome.counts() == {"text_repaired": 2}
    assert outcome.repaired == 1


TEXTS = st.text(st.sampled_from("aB9 \n\t\"'&;é\xa0\u200bÃ©.-?<>/"), max_size=6)


@given(st.lists(TEXTS, max_size=12))
def test_text_that_the_search_passes_over_needs_no_cleaning(cells):
    found = set(suspicious(cells))
    for at, cell in enumerate(cells):
        if at not in found:
            assert clean_text(cell) == (cell, [])
