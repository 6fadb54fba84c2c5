"""Numbers as a reader expects them, in Dutch and in English."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from geo_assen.units import format_about, format_date, format_number, format_quantity, hectares

WRITTEN = [
    (124_000, "m2", "12,4 ha", "12.4 ha"),
    (10_000, "m2", "1,0 ha", "1.0 ha"),
    (9_999, "m2", "9.999 m²", "9,999 m²"),
    (250.4, "m2", "250 m²", "250 m²"),
    (12_345_600, "m2", "1.234,6 ha", "1,234.6 ha"),
    (-20_000, "m2", "-2,0 ha", "-2.0 ha"),
    (85, "eur_m2", "€ 85 per m²", "€ 85 per m²"),
    (85.5, "eur_m2", "€ 85,50 per m²", "€ 85.50 per m²"),
    (120.0, "eur_m2_year", "€ 120 per m² per jaar", "€ 120 per m² per year"),
    (450_000, "eur", "€ 450.000", "€ 450,000"),
    (0.18, "share", "18 %", "18 %"),
    (0.185, "share", "18,5 %", "18.5 %"),
    (0.055, "share", "5,5 %", "5.5 %"),
    (0, "share", "0 %", "0 %"),
    (0.5, "mva", "0,5 MVA", "0.5 MVA"),
    (2.25, "mva", "2,25 MVA", "2.25 MVA"),
    (640, "m", "640 m", "640 m"),
    (3_240, "m", "3,2 km", "3.2 km"),
    (12.5, "m", "12,5 m", "12.5 m"),
    (30, "minutes", "30 minuten", "30 minutes"),
    (409, "days", "409 dagen", "409 days"),
    (1, "days", "1 dag", "1 day"),
    (0.0034, "one", "0,003", "0.003"),
    (0.034, "one", "0,03", "0.03"),
    (21, "units", "21", "21"),
    (17_065, "jobs", "17.065 banen", "17,065 jobs"),
    (110_000, "visitors", "110.000 bezoekers", "110,000 visitors"),
    (2026, "year", "2026", "2026"),
    (54.7, "dB", "54,7 dB", "54.7 dB"),
    (3, "rank", "3", "3"),
    (1234.5, None, "1.234,5", "1,234.5"),
    (date(2026, 3, 1), None, "1 maart 2026", "1 March 2026"),
    (True, None, "ja", "yes"),
    (False, None, "nee", "no"),
    ("Kavel 3", None, "Kavel 3", "Kavel 3"),
]


@pytest.mark.parametrize(("value", "unit", "dutch", "english"), WRITTEN)
def test_values_are_written_with_their_unit(value, unit, dutch, english):
    assert format_quantity(value, unit, "nl") == dutch
    assert format_quantity(value, unit, "en") == english


@pytest.mark.parametrize(("value", "dutch", "english"), [
    (393_461, "ongeveer 393.500 werkenden", "about 393,500 workers"),
    (99.5, "minder dan 100 werkenden", "fewer than 100 workers"),
    (100, "ongeveer 100 werkenden", "about 100 workers"),
    (0, "0 werkenden", "0 workers"),
    (None, "", ""),
])  # fmt: skip
def test_what_a_model_counted_is_written_to_hundreds(value, dutch, english):
    assert format_about(value, "workers", "nl") == dutch
    assert format_about(value, "workers", "en") == english


@pytest.mark.parametrize("value", [None, float("nan"), pd.NA, pd.NaT, np.nan])
def test_what_is_missing_is_empty(value):
    assert format_quantity(value, "m2", "nl") == ""


@pytest.mark.parametrize(
    ("value", "written"),
    [(np.int64(124_000), "12,4 ha"), (np.float64(124_000), "12,4 ha"), (float("inf"), "inf")],
)
def test_numbers_of_a_frame_are_numbers(value, written):
    assert format_quantity(value, "m2", "nl") == written


def test_yes_of_a_frame_is_yes():
    assert format_quantity(np.True_, None, "nl") == "ja"


def test_hectares_are_ten_thousand_square_metres():
    assert hectares(124_000) == 12.4


@pytest.mark.parametrize(
    ("value", "decimals", "dutch", "english"),
    [(1_234_567.891, 2, "1.234.567,89", "1,234,567.89"), (0, 0, "0", "0"), (999, 0, "999", "999")],
)
def test_thousands_and_decimals_follow_the_language(value, decimals, dutch, english):
    assert format_number(value, "nl", decimals) == dutch
    assert format_number(value, "en", decimals) == english


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_has_a_name(month):
    dutch, english = (format_date(date(2026, month, 9), lang).split() for lang in ("nl", "en"))
    assert dutch[0] == english[0] == "9"
    assert dutch[1].islower()
    assert english[1].istitle()
    assert dutch[2] == english[2] == "2026"
