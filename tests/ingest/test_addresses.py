"""Addresses are taken apart without guessing."""

from __future__ import annotations

import pytest

from geo_assen.ingest.addresses import (
    Address,
    House,
    house_of,
    house_parts,
    parse_address,
    plain,
    same_postcode,
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Kloosterstraat 12", ("Kloosterstraat", 12, None, None, None)),
        ("Kloosterstraat 12a, 9401 kh  Assen", ("Kloosterstraat", 12, "a", "9401KH", "Assen")),
        ("Kloosterstraat 12 - 3, Assen", ("Kloosterstraat", 12, "3", None, "Assen")),
        ("2e Dwarsstraat 5 bis 9401AB Assen", ("2e Dwarsstraat", 5, "bis", "9401AB", "Assen")),
        ("Laan van de 12 Apostelen", ("Laan van de", 12, "Apostelen", None, None)),
        ("Marktplein, Assen", ("Marktplein", None, None, None, "Assen")),
        ("9401 KH", (None, None, None, "9401KH", None)),
        ("12", ("12", None, None, None, None)),
        ("  ", (None, None, None, None, None)),
    ],
)
def test_address_on_one_line_is_taken_apart(text, parts):
    assert parse_address(text) == Address(*parts)


def test_other_columns_fill_in_what_the_line_does_not_say():
    assert parse_address("Plein 1", postcode="9401KH", town="Assen").text == "Plein 1, 9401KH Assen"
    assert parse_address("Plein 1, Rolde", town="Assen").town == "Rolde"


def test_number_and_addition_stay_apart():
    assert house_parts("18A-1") == (18, "a1")
    assert house_parts("18-1") == (18, "1")
    assert house_parts("181") == (181, "")
    assert house_parts("bis") == (None, "bis")


def test_names_are_compared_without_case_accents_and_dots():
    assert plain("Burg. Jollesstraat") == plain("burg jollesstraat")
    assert plain("Súdwest-Fryslân") == "sudwestfryslan"
    assert plain(None) == ""
    assert same_postcode("9401 kh", "9401KH")


@pytest.mark.parametrize(
    ("parts", "house"),
    [
        ({"address": "Brink 3 (illustratief)"}, House("brink", 3)),
        ({"street": "Oude Molenstr.", "house_number": "5A", "house_addition": "1"},
         House("oudemolenstraat", 5, "a1")),
        ({"address": "Markt 5-7, 9401 AA Assen"}, House("markt", 5, "7", "9401aa", "assen")),
        ({"postcode": "9401 AA", "house_number": "12", "town": "gemeente Assen"},
         House("", 12, "", "9401aa", "assen")),
        ({"street": "Markt", "house_number": None}, None),
        ({"house_number": "12"}, None),
    ],
)  # fmt: skip
def test_house_is_told_by_a_line_or_by_parts(parts, house):
    assert house_of(parts) == house
