"""The yearly balance as a file, and files of others read back."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_assen.catalogue import load_catalogue
from geo_assen.errors import FileRefused
from geo_assen.export import IBIS_COLUMNS, encode_ibis, ibis_columns_in, read_ibis
from geo_assen.settings import Settings

CODES = load_catalogue(Settings().layers).codes
TITLES = [column.title for column in IBIS_COLUMNS]


def frame(**changes):
    row = {
        "code": "MV", "name": "Messchenveld", "type": "business_park", "year": 2022,
        "reference_date": date(2023, 1, 1), "gross_area_m2": 800_000, "net_area_m2": 500_000,
        "issued_m2": 337_365, "issuable_m2": 162_635, "immediately_issuable_m2": 91_991,
        "not_immediately_issuable_m2": 70_644, "uptake_m2": 22_816, "max_env_category": "4.1",
        "price_min_eur_m2": 85.0, "price_max_eur_m2": 145.5, "plan_status": "irrevocable",
        "source_code": "survey", "source_name": "Test survey", "source_date": date(2026, 1, 1),
        "licence": "CC0-1.0", "certainty": "illustrative", "illustrative_fields": "type;geometry",
    }  # fmt: skip
    return pd.DataFrame([{**row, **changes}])


def cells(**changes):
    """Cells of one row as a Dutch file has them, by title."""
    row = {
        "code": "MV", "naam": "Messchenveld", "peildatum": "01-01-2023", "bruto (ha)": "80,0000",
        "netto (ha)": "50,0000", "reeds uitgegeven (ha)": "33,7365",
        "uitgifte in het jaar (ha)": "2,2816",
    }  # fmt: skip
    return pd.DataFrame([{**row, **changes}], dtype=object)


def read(table, decimal="."):
    return read_ibis(table, range(1, len(table) + 1), "balance.csv", CODES, decimal)


def only_row(table, decimal="."):
    rows, issues = read(table, decimal)
    assert issues == []
    return rows[0]


def only_issue(table, decimal="."):
    rows, issues = read(table, decimal)
    assert rows == []
    (issue,) = issues
    return issue


def test_dutch_csv_has_semicolons_decimal_commas_four_decimals_and_a_mark():
    data = encode_ibis(frame(), "csv-nl", CODES)
    assert data.startswith(b"\xef\xbb\xbf")
    header, line = data.decode("utf-8-sig").splitlines()
    assert header.split(";") == TITLES
    assert line == (
        "MV;Messchenveld;Bedrijventerrein;2022;01-01-2023;80,0000;50,0000;33,7365;16,2635;"
        "9,1991;7,0644;2,2816;4.1;85;145,5;Onherroepelijk;survey;Test survey;01-01-2026;CC0-1.0;"
        'illustratief;"type;geometry"'
    )


def test_plain_csv_has_commas_points_iso_dates_and_no_mark():
    header, line = encode_ibis(frame(), "csv", CODES).decode("utf-8").splitlines()
    assert header.split(",") == TITLES
    assert "2022,2023-01-01,80.0000,50.0000,33.7365," in line


def test_xlsx_has_numbers_dates_and_a_sheet_that_explains():
    book = openpyxl.load_workbook(io.BytesIO(encode_ibis(frame(), "xlsx", CODES)))
    rows = list(book["Werklocaties"].values)
    assert list(rows[0]) == TITLES
    told = dict(zip(TITLES, rows[1], strict=True))
    assert told["reeds uitgegeven (ha)"] == 33.7365
    assert told["peildatum"].date() == date(2023, 1, 1)
    assert told["maximale milieucategorie"] == "4.1"
    assert "peildatum" in [row[0] for row in book["Toelichting"].values]


def test_what_is_missing_is_an_empty_cell():
    row = frame(immediately_issuable_m2=None, price_min_eur_m2=float("nan"), plan_status=None)
    line = encode_ibis(row, "csv", CODES).decode().splitlines()[1]
    assert ",16.2635,,7.0644," in line
    assert ",4.1,,145.5,,survey," in line


def test_a_name_that_looks_like_a_formula_is_guarded_and_read_back():
    text = encode_ibis(frame(name="=1+1"), "csv", CODES).decode()
    assert ",'=1+1," not in text.splitlines()[0]
    assert "MV,'=1+1," in text
    assert only_row(cells(naam="'=1+1")).name == "=1+1"


def test_an_unknown_format_is_refused():
    with pytest.raises(FileRefused, match="csv, csv-nl, xlsx"):
        encode_ibis(frame(), "pdf", CODES)


# Reading ----------------------------------------------------------------------------------------

def test_a_row_is_read_in_whole_square_metres():
    row = only_row(cells())
    assert (row.code, row.year) == ("MV", 2022)
    assert (row.gross_area_m2, row.net_area_m2, row.issued_m2, row.uptake_m2) == (
        800_000, 500_000, 337_365, 22_816,
    )  # fmt: skip


def test_the_order_of_columns_their_case_and_other_columns_do_not_matter():
    table = cells()[reversed(cells().columns)]
    table = table.rename(columns=str.upper).assign(Opmerking="x")
    assert only_row(table).issued_m2 == 337_365


@pytest.mark.parametrize(("text", "area_m2"), [
    ("33,7365", 337_365), ("33.7365", 337_365), ("33,5", 335_000), ("33", 330_000),
    (33.7365, 337_365), (33, 330_000), (" 33,7 ", 337_000),
])
def test_both_decimal_signs_and_numbers_of_a_spreadsheet_are_read(text, area_m2):
    assert only_row(cells(**{"reeds uitgegeven (ha)": text})).issued_m2 == area_m2


def test_thousands_are_told_from_decimals_by_the_other_numbers_of_the_file():
    big = {"bruto (ha)": "1.500", "netto (ha)": "1.200,5"}
    assert only_row(cells(**big)).gross_area_m2 == 15_000_000
    english = {
        "bruto (ha)": "51.500", "netto (ha)": "50.0000", "reeds uitgegeven (ha)": "33.7365",
        "uitgifte in het jaar (ha)": "2.2816",
    }  # fmt: skip
    assert only_row(cells(**english), ",").gross_area_m2 == 515_000


def test_where_no_number_tells_the_sign_of_the_table_counts():
    whole = {"netto (ha)": "1", "reeds uitgegeven (ha)": "1", "uitgifte in het jaar (ha)": "0"}
    assert only_row(cells(**whole, **{"bruto (ha)": "1.500"}), ".").gross_area_m2 == 15_000
    assert only_row(cells(**whole, **{"bruto (ha)": "1.500"}), ",").gross_area_m2 == 15_000_000


def test_a_column_in_square_metres_is_read_as_such():
    table = cells(**{"bruto (ha)": "800000"}).rename(columns={"bruto (ha)": "bruto (m2)"})
    assert only_row(table).gross_area_m2 == 800_000


@pytest.mark.parametrize(("label", "text", "year"), [
    ("peildatum", "2023-01-01", 2022), ("peildatum", "1-1-2023", 2022),
    ("peildatum", "31-12-2022", 2022), ("peildatum", pd.Timestamp(2023, 1, 1), 2022),
    ("jaar", "2022", 2022), ("jaar", 2022.0, 2022),
])
def test_the_year_comes_from_the_reference_date_or_is_said(label, text, year):
    table = cells().drop(columns="peildatum").assign(**{label: [text]})
    assert only_row(table).year == year


def test_codes_are_read_by_title_value_or_alias():
    table = cells(planstatus="Onherroepelijk", type="B")
    table["maximale milieucategorie"] = "3,1"
    row = only_row(table)
    assert (row.plan_status, row.type, row.max_env_category) == (
        "irrevocable", "business_park", "3.1",
    )  # fmt: skip


def test_an_empty_row_is_passed_over():
    table = pd.concat([cells(), cells(**dict.fromkeys(cells().columns, ""))])
    rows, issues = read(table)
    assert (len(rows), issues) == (1, [])


def test_a_file_without_a_needed_column_is_refused_by_name():
    with pytest.raises(FileRefused, match=r"balance\.csv.*netto \(ha\)"):
        read(cells().drop(columns="netto (ha)"))
    with pytest.raises(FileRefused, match="peildatum"):
        read(cells().drop(columns="peildatum"))


@pytest.mark.parametrize(("column", "text", "kind"), [
    ("code", "", "missing_value"),
    ("naam", None, "missing_value"),
    ("code", "x" * 61, "bad_code"),
    ("netto (ha)", "", "missing_value"),
    ("netto (ha)", "veel", "bad_number"),
    ("netto (ha)", "1,2,3", "bad_number"),
    ("netto (ha)", True, "bad_number"),
    ("netto (ha)", float("inf"), "bad_number"),
    ("netto (ha)", 1e300, "bad_number"),
    ("netto (ha)", "9" * 60, "bad_number"),
    ("grondprijs max (euro/m2)", "9" * 60, "bad_number"),
    ("bruto (ha)", "8000000", "bad_number"),
    ("reeds uitgegeven (ha)", "-1,5", "negative_value"),
    ("peildatum", "31-02-2023", "bad_date"),
    ("peildatum", "01-07-2023", "bad_date"),
    ("peildatum", "01-01-0001", "bad_date"),
    ("peildatum", "", "missing_value"),
    ("planstatus", "zeker", "bad_category"),
    ("grondprijs min (euro/m2)", "-5", "negative_value"),
    ("netto (ha)", "80,0001", "balance"),
    ("reeds uitgegeven (ha)", "50,0001", "balance"),
    ("uitgifte in het jaar (ha)", "33,7366", "balance"),
    ("uitgifte in het jaar (ha)", "-16,2636", "balance"),
    ("nog uitgeefbaar (ha)", "16,2636", "balance"),
    ("terstond uitgeefbaar (ha)", "16,2636", "balance"),
    ("bruto (ha)", "0", "balance"),
])
def test_a_fault_names_row_column_value_and_what_to_do(column, text, kind):
    rows, issues = read(cells(**{column: text}))
    assert rows == []
    issue = issues[0]
    assert issue.kind == kind
    assert (issue.row, issue.message != "", issue.suggestion != "") == (1, True, True)
    if kind != "balance" or column == "nog uitgeefbaar (ha)":
        assert issue.field == column
        assert issue.value == (None if text in ("", None) else str(text))


def test_year_and_reference_date_that_disagree_are_a_fault():
    assert only_issue(cells(jaar="2021")).kind == "bad_date"


def test_parts_that_do_not_add_up_are_a_fault_but_rounding_is_not():
    parts = {"terstond uitgeefbaar (ha)": "9,1991", "niet-terstond uitgeefbaar (ha)": "7,0000"}
    assert only_issue(cells(**parts)).field == "niet-terstond uitgeefbaar (ha)"
    rounded = {
        "bruto (ha)": "80", "netto (ha)": "50,00", "reeds uitgegeven (ha)": "33,74",
        "uitgifte in het jaar (ha)": "2,28", "nog uitgeefbaar (ha)": "16,27",
    }  # fmt: skip
    assert only_row(cells(**rounded)).issued_m2 == 337_400
    assert only_issue(cells(**{**rounded, "nog uitgeefbaar (ha)": "16,28"})).kind == "balance"


def test_the_same_place_and_year_twice_is_a_fault_of_the_second_row():
    rows, issues = read(pd.concat([cells(), cells(naam="Again")]))
    assert [row.name for row in rows] == ["Messchenveld"]
    assert [(issue.row, issue.kind) for issue in issues] == [(2, "duplicate_id")]


def test_columns_are_recognised_by_name():
    assert ibis_columns_in(["Bruto [ha]", "NETTO", "x"]) == {
        "gross_area_m2": "Bruto [ha]", "net_area_m2": "NETTO",
    }  # fmt: skip


@settings(max_examples=40)
@given(st.integers(1, 2_000_000_000), st.sampled_from(["csv", "csv-nl"]))
def test_every_square_metre_survives_the_way_through_hectares(area_m2, kind):
    row = frame(
        gross_area_m2=area_m2, net_area_m2=area_m2, issued_m2=area_m2, issuable_m2=0,
        immediately_issuable_m2=0, not_immediately_issuable_m2=0, uptake_m2=-0,
    )  # fmt: skip
    delimiter = ";" if kind == "csv-nl" else ","
    text = encode_ibis(row, kind, CODES).decode("utf-8-sig")
    table = pd.read_csv(io.StringIO(text), sep=delimiter, dtype=str, keep_default_na=False)
    assert only_row(table).gross_area_m2 == area_m2
