"""Cells: every spelling that is read, and every one that is not."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest
from shapely.geometry import Point

from geo_assen.ingest import TREATMENT
from tests.ingest.checks.conftest import codes, kinds, only, plot, square

NUMBERS = {
    "1234.5": 1234.5, "1234,5": 1234.5, "1.234,50": 1234.5, "1 234,5": 1234.5,
    "1\u00a0234,5": 1234.5, "1\u2009234\u2009567,5": 1_234_567.5, "1'234.5": 1234.5,
    "1,234.50": 1234.5, "1,234,567": 1_234_567, "1.234.567": 1_234_567, "€ 85,-": 85,
    "€85": 85, "85 €": 85, "EUR 85,50": 85.5, "85,--": 85, " 12 ": 12, "1e3": 1000, ",5": 0.5,
    "1.500": 1.5, "0.500": 0.5, "12.5": 12.5, "12,500": 12.5, "+3": 3,
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), NUMBERS.items(), ids=NUMBERS)
def test_number_in_any_usual_spelling_is_read(run, text, value):
    outcome = run([plot(price_eur_m2=text)])
    assert outcome.counts() == {}
    assert outcome.accepted["price_eur_m2"].tolist() == [value]


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [("1.500", ",", 1500), ("1.500", ".", 1.5), ("1,500", ",", 1.5), ("1.5", ",", 1.5)],
)
def test_point_parts_thousands_where_the_comma_is_the_decimal_sign(run, text, decimal, value):
    outcome = run([plot(price_eur_m2=text)], decimal=decimal)
    assert outcome.accepted["price_eur_m2"].tolist() == [value]


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [("10.000", ".", 10_000), ("10.000", ",", 10_000), ("10,000", ".", 10_000),
     ("10 000", ".", 10_000), ("10000.0", ".", 10_000), ("9999,6", ",", 10_000)],
)  # fmt: skip
def test_whole_number_may_have_its_thousands_parted_and_areas_are_rounded(
    run, text, decimal, value
):
    outcome = run([plot(area_m2=text)], decimal=decimal)
    assert outcome.counts() == {}
    assert outcome.accepted["area_m2"].tolist() == [value]


SUGGESTED = {
    "85 per m2": ("price_eur_m2", 85.0), "€ 85,- per m2": ("price_eur_m2", 85.0),
    "ca. 500": ("frontage_m", 500.0), "0,5 km": ("frontage_m", 500.0),
    "1,5 ha": ("smallest_part_m2", 15_000), "500 m²": ("smallest_part_m2", 500),
    "630 kVA": ("grid_mva", 0.63), "60 procent": ("coverage_share", 0.6),
}  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), SUGGESTED.items(), ids=SUGGESTED)
def test_number_with_words_is_set_aside_with_the_number_that_was_meant(run, text, meant):
    field, value = meant
    issue = only(run([plot(**{field: text})]))
    assert (issue.kind, issue.field, issue.value) == ("bad_number", field, text)
    assert (issue.fix.action, issue.fix.value) == ("set", value)


def test_unit_of_another_kind_gives_no_suggestion_to_carry_out(run):
    issue = only(run([plot(frontage_m="85 kg")]))
    assert (issue.kind, issue.fix) == ("bad_number", None)


@pytest.mark.parametrize(("text", "share"), [("60%", 0.6), ("0.6", 0.6), ("62,5 %", 0.625)])
def test_share_may_be_written_in_percent(run, text, share):
    assert run([plot(coverage_share=text)]).accepted["coverage_share"].tolist() == [share]


@pytest.mark.parametrize("cell", ["60", 60, 60.0])
def test_share_of_sixty_is_set_aside_with_the_share_that_was_meant(run, cell):
    issue = only(run([plot(coverage_share=cell)]))
    assert (issue.kind, issue.fix.value) == ("bad_number", 0.6)


def test_percent_is_no_price(run):
    assert only(run([plot(price_eur_m2="60%")])).kind == "bad_number"


@pytest.mark.parametrize("text", ["n.v.t.", "Onbekend", "-", "?", " ", "NULL", "#N/A", "N.V.T."])
@pytest.mark.parametrize("field", ["price_eur_m2", "name", "serviced_on", "uses", "fibre"])
def test_word_for_nothing_is_an_empty_cell(run, field, text):
    outcome = run([plot(**{field: text})])
    assert outcome.counts() == {}
    assert pd.isna(outcome.accepted[field].iloc[0])


def test_unknown_is_a_value_where_the_list_has_it(run):
    row = {"premises": "Q", "observed_on": "2026-01-01", "source": "field", "state": "Onbekend"}
    assert run([row], "vacancy", crs=None).accepted["state"].tolist() == ["unknown"]


DATES = {
    "2026-03-01": date(2026, 3, 1), "1-3-2026": date(2026, 3, 1), "01/03/2026": date(2026, 3, 1),
    "1.3.2026": date(2026, 3, 1), "2026/03/01": date(2026, 3, 1), "20260301": date(2026, 3, 1),
    "1 maart 2026": date(2026, 3, 1), "1 mrt. 2026": date(2026, 3, 1),
    "1-mrt-2026": date(2026, 3, 1), "1 March 2026": date(2026, 3, 1),
    "2026-03-01T10:00:00Z": date(2026, 3, 1), "2026-03-01 00:00:00": date(2026, 3, 1),
    "29-2-2024": date(2024, 2, 29), "2010063000000000": date(2010, 6, 30),
}  # fmt: skip


@pytest.mark.parametrize(("text", "day"), DATES.items(), ids=DATES)
def test_date_in_any_usual_spelling_is_read(run, text, day):
    outcome = run([plot(serviced_on=text)])
    assert outcome.counts() == {}
    assert outcome.accepted["serviced_on"].tolist() == [day]


@pytest.mark.parametrize("cell", [date(2026, 3, 1), datetime(2026, 3, 1, 9, 30), 20260301])
def test_date_of_a_typed_cell_is_read(run, cell):
    assert run([plot(serviced_on=cell)]).accepted["serviced_on"].tolist() == [date(2026, 3, 1)]


NO_DATES = {
    "2026-02-30": None, "30-2-2026": None, "mrt 2026": None, "2026": None, "soon": None,
    "44927": "2023-01-01", "44927,5": "2023-01-01", "3/25/2026": "2026-03-25",
    "01/03/26": "2026-03-01",
}  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), NO_DATES.items(), ids=NO_DATES)
def test_what_is_no_date_is_set_aside_with_the_day_that_was_meant(run, text, meant):
    issue = only(run([plot(serviced_on=text)]))
    assert issue.kind == "bad_date"
    assert (issue.fix and issue.fix.value) == meant


def test_serial_number_of_a_spreadsheet_is_found_in_a_column_of_numbers_too(run):
    issue = only(run([plot(serviced_on=44927.0)]))
    assert (issue.kind, issue.fix.value) == ("bad_date", "2023-01-01")


@pytest.mark.parametrize("text", ["9999-12-31", "31-12-9999", "1900-01-01"])
def test_end_that_stands_for_none_is_empty(run, text):
    row = {"code": "O", "premises": "Q", "offer_kind": "let", "offered_on": "2026-02-01",
           "until": text}  # fmt: skip
    outcome = run([row], "offers", crs=None)
    assert outcome.counts() == {}
    assert outcome.accepted["until"].tolist() == [None]


def test_day_of_long_ago_is_kept_where_it_is_no_end(run):
    rows = [plot(code=f"A{at}", serviced_on=day, geometry=None) for at, day in
            enumerate(["1900-01-01", "1005-01-01"])]  # fmt: skip
    assert {issue.kind for issue in run(rows).issues} == {"missing_geometry"}


MADE_BY_A_SPREADSHEET = ["3-jan", "2026-01-03", date(2026, 1, 3), datetime(2026, 1, 3)]


@pytest.mark.parametrize("cell", MADE_BY_A_SPREADSHEET, ids=str)
def test_code_that_a_spreadsheet_made_a_date_of_is_recognised(run, cell):
    issue = only(run([plot(max_env_category=cell)]))
    assert (issue.kind, issue.fix.value) == ("bad_category", "3.1")


@pytest.mark.parametrize("cell", MADE_BY_A_SPREADSHEET, ids=str)
def test_number_that_a_spreadsheet_made_a_date_of_is_recognised(run, cell):
    issue = only(run([plot(price_eur_m2=cell)]))
    assert (issue.kind, issue.fix.value) == ("bad_number", 3.1)


@pytest.mark.parametrize(
    "cell", ["3.1", "3,1", 3.1, "Categorie 3.1", "category 3.1", " 3.1 ", "cat. 3.1"]
)
def test_category_is_found_by_value_title_or_alias(run, cell):
    outcome = run([plot(max_env_category=cell)])
    assert outcome.counts() == {}
    assert outcome.accepted["max_env_category"].tolist() == ["3.1"]


@pytest.mark.parametrize("cell", [2, 2.0, "2", "2.0", "2,0"])
def test_category_of_a_whole_number_has_no_decimals(run, cell):
    assert run([plot(max_env_category=cell)]).accepted["max_env_category"].tolist() == ["2"]


def test_category_that_is_nearly_right_is_suggested(run):
    row = {"code": "O", "premises": "Q", "offer_kind": "te huurr", "offered_on": "2026-02-01"}
    issue = only(run([row], "offers", crs=None))
    assert (issue.kind, issue.fix.value) == ("bad_category", "let")


VALUES = {
    "no park": ({"park": None}, "missing_value", "park"),
    "empty park": ({"park": "  "}, "missing_value", "park"),
    "unknown park": ({"park": "Z"}, "unknown_parent", "park"),
    "words for a number": ({"frontage_m": "broad"}, "bad_number", "frontage_m"),
    "half a visitor": ({"smallest_part_m2": "ten"}, "bad_number", "smallest_part_m2"),
    "yes for a number": ({"area_m2": True}, "bad_number", "area_m2"),
    "list for a number": ({"area_m2": [10_000]}, "bad_number", "area_m2"),
    "underscores": ({"area_m2": "10_000"}, "bad_number", "area_m2"),
    "infinite number": ({"price_eur_m2": "1e999"}, "bad_number", "price_eur_m2"),
    "infinite cell": ({"price_eur_m2": float("inf")}, "bad_number", "price_eur_m2"),
    "number too large": ({"smallest_part_m2": 3e9}, "bad_number", "smallest_part_m2"),
    "share over one": ({"coverage_share": 150}, "bad_number", "coverage_share"),
    "negative price": ({"price_eur_m2": -1}, "negative_value", "price_eur_m2"),
    "negative text": ({"price_eur_m2": "-1"}, "negative_value", "price_eur_m2"),
    "zero where one is least": ({"smallest_part_m2": 0}, "bad_number", "smallest_part_m2"),
    "unknown use": ({"uses": "office;circus"}, "bad_category", "uses"),
    "unknown category": ({"max_env_category": "9"}, "bad_category", "max_env_category"),
    "perhaps": ({"fibre": "perhaps"}, "bad_category", "fibre"),
    "object for a text": ({"name": {"nl": "Kavel"}}, "unreadable_row", "name"),
    "endless code": ({"code": "x" * 81}, "unreadable_row", "code"),
    "endless park": ({"park": "x" * 81}, "unreadable_row", "park"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "kind", "field"), VALUES.values(), ids=VALUES.keys())
def test_value_that_cannot_be_used_sets_the_row_aside(run, changes, kind, field):
    outcome = run([plot(**changes)])
    issue = only(outcome)
    assert (issue.kind, issue.field, issue.row) == (kind, field, 1)
    assert TREATMENT[kind] == "quarantine"
    assert codes(outcome) == []
    (aside,) = outcome.set_aside
    assert aside.issues == [issue]


def test_year_is_a_whole_number_and_half_a_one_is_suggested_away(run):
    row = {"code": "H", "build_year": 1999.5, "geometry": plot()["geometry"]}
    issue = only(run([row], "premises"))
    assert (issue.kind, issue.field, issue.fix.value) == ("bad_number", "build_year", 2000)


def test_row_may_carry_several_faults_each_counted(run):
    wrong = plot(geometry=None, area_m2="x", serviced_on="y", price_eur_m2=-1)
    outcome = run([wrong, plot(code="B")])
    assert outcome.counts() == {
        "bad_date": 1, "bad_number": 1, "missing_geometry": 1, "negative_value": 1,
    }  # fmt: skip
    assert len(outcome.set_aside) == 1
    assert outcome.set_aside[0].original["area_m2"] == "x"


def test_one_and_true_in_one_column_are_told_apart(run):
    rows = [plot(code="A", area_m2=10_000), plot(code="B", area_m2=True, geometry=None),
            plot(code="C", area_m2=1, geometry=None)]  # fmt: skip
    outcome = run(rows)
    assert "bad_number" in kinds(outcome, 2)
    assert "bad_number" not in kinds(outcome, 3)


def test_message_is_short_and_the_report_takes_every_value(run):
    outcome = run([plot(area_m2="x" * 10_000), plot(code="B", name="\ud800", area_m2=[1])])
    for issue in outcome.issues:
        assert issue.message.endswith(".")
        assert len(issue.message) < 200
        str(issue.document()).encode()


def test_constants_and_texts_of_the_mapping_are_used(run):
    rows = [plot(what="Kantoor!", code="A", area_ha="1,00"), plot(code="B", what="niks",
            area_ha="1", geometry=plot()["geometry"].buffer(-0.01))]  # fmt: skip
    del rows[0]["area_m2"], rows[1]["area_m2"], rows[0]["park"], rows[1]["park"]
    outcome = run(
        rows,
        columns={"code": "code", "uses": "what", "area_m2": "area_ha"},
        constants={"park": "P", "serviced_on": "2020-01-01"},
        values={"uses": {"kantoor!": "office", " NIKS": ""}},
        factors={"area_m2": 10_000},
    )
    assert outcome.counts() == {}
    assert outcome.accepted["uses"].tolist() == [frozenset({"office"}), None]
    assert outcome.accepted["area_m2"].tolist() == [10_000, 10_000]
    assert outcome.accepted["park"].tolist() == ["P", "P"]
    assert outcome.accepted["serviced_on"].tolist() == [date(2020, 1, 1)] * 2


def test_factor_holds_for_columns_of_numbers_too(run):
    row = plot(area_ha=1.00004)
    del row["area_m2"]
    columns = {"code": "code", "park": "park", "area_m2": "area_ha"}
    outcome = run([row], columns=columns, factors={"area_m2": 10_000})
    assert outcome.counts() == {}
    assert outcome.accepted["area_m2"].tolist() == [10_000]


def test_parts_of_a_set_may_be_texts_of_the_mapping(run):
    outcome = run([plot(uses="kantoor x; Industrie")], values={"uses": {"Kantoor X": "office"}})
    assert outcome.accepted["uses"].tolist() == [frozenset({"office", "industrial"})]


def test_year_that_stands_for_none_is_empty(run):
    rows = [{"code": f"H{at}", "build_year": year, "name": "H", "geometry": plot()["geometry"]}
            for at, year in enumerate([9999, 1999])]  # fmt: skip
    outcome = run(rows, "premises")
    assert "bad_number" not in outcome.counts()
    assert outcome.accepted["build_year"].astype(object).tolist() == [pd.NA, 1999]


def test_code_of_a_list_in_garbled_text_is_put_right(run):
    event = {"code": "E", "kind": "deed", "effective_on": "2026-01-01", "park": "P",
             "selection": "Ã©Ã©n-op-Ã©Ã©n"}  # fmt: skip
    outcome = run([event], "land_events", crs=None)
    assert outcome.counts() == {"encoding_repaired": 1}
    assert outcome.accepted["selection"].tolist() == ["sole_candidate"]


@pytest.mark.parametrize(
    ("text", "codes"),
    {
        "Kantoor / Bedrijf": {"office", "industrial"}, "bedrijfshal met kantoor":
        {"office", "industrial"}, "Winkel en horeca": {"retail", "hospitality"},
        "kantoor+winkel; zorg": {"office", "retail", "care"}, "Transport en logistiek":
        {"logistics"},
    }.items(),
)  # fmt: skip
def test_several_uses_in_words_are_taken_apart(run, text, codes):
    outcome = run([plot(uses=text)])
    assert outcome.counts() == {}
    assert set(outcome.accepted["uses"][0]) == codes


def test_uses_of_which_one_is_unknown_set_the_row_aside(run):
    assert only(run([plot(uses="Kantoor / zwembad")])).kind == "bad_category"


@pytest.mark.parametrize("text", ["1-1-0001", "0001-01-01", "30-12-1899"])
def test_day_that_never_was_is_no_day(run, text):
    assert only(run([plot(serviced_on=text)])).kind == "bad_date"
    assert run([plot(available_from=text)]).counts() == {}


def test_days_beside_american_ones_are_doubted(run):
    days = ["03/25/2024", "03/04/2024", "05/05/2024", "2024-03-04", "4-3-2024"]
    rows = [plot(code=f"A{at}", serviced_on=day, geometry=square(at))
            for at, day in enumerate(days)]  # fmt: skip
    outcome = run(rows)
    assert [(issue.row, issue.fix.value) for issue in outcome.issues] == [
        (1, "2024-03-25"), (2, "2024-03-04"),
    ]  # fmt: skip
    rows[0]["serviced_on"] = "25/03/2024"
    assert run(rows).counts() == {}


@pytest.mark.parametrize(
    ("text", "value"), [("geen", False), ("aanwezig", True), ("-1", True), ("afwezig", False)]
)
def test_yes_and_no_in_other_words_are_read(run, text, value):
    outcome = run([plot(fibre=text)])
    assert (outcome.counts(), outcome.accepted["fibre"].tolist()) == ({}, [value])


def test_label_with_a_blank_in_it_and_none_at_all_are_read(run):
    shop = {"name": "Hema", "geometry": Point(233_700, 556_700)}
    rows = [shop | {"code": "A", "energy_label": "A ++"},
            shop | {"code": "B", "name": "Xenos", "energy_label": "geen"}]  # fmt: skip
    outcome = run(rows, "premises")
    assert outcome.counts() == {}
    assert outcome.accepted["energy_label"].tolist() == ["A++", None]
