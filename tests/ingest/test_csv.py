"""Tables as spreadsheets and databases write them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_assen.errors import FileRefused, UnknownCrsError
from geo_assen.ingest import check_rows, guess_mapping, read_file
from tests.ingest.conftest import codes, kinds

TABLE = "code;naam;x;y\nA;Café De Zon;233700;556700\n"
ENCODED = {
    "UTF-8": TABLE.encode(),
    "UTF-8 with a mark": b"\xef\xbb\xbf" + TABLE.encode(),
    "Windows": TABLE.replace("\n", "\r\n").encode("cp1252"),
    "UTF-16": TABLE.encode("utf-16"),
    "old Macintosh": TABLE.replace("\n", "\r").encode("cp1252"),
    "spreadsheet that says its delimiter": b"sep=;\r\n" + TABLE.encode(),
    "tabs": TABLE.replace(";", "\t").encode(),
    "bars": TABLE.replace(";", "|").encode(),
    "commas": TABLE.replace(";", ",").encode(),
    "spaces around": TABLE.replace(";", " ; ").encode(),
    "upper case": TABLE.replace("code;naam;x;y", "CODE;NAAM;X;Y").encode(),
    "quotes": TABLE.replace("Café De Zon", '"Café De Zon"').encode(),
}


@pytest.mark.parametrize("content", ENCODED.values(), ids=ENCODED.keys())
def test_dialects_give_the_same_row(check, content):
    outcome = check("p.csv", content, "premises")
    assert outcome.counts() == {}
    assert list(outcome.accepted["name"]) == ["Café De Zon"]
    assert outcome.accepted.geometry.iloc[0].coords[0] == (233_700, 556_700)


def test_quoted_cells_hold_delimiters_quotes_and_line_breaks(check):
    cell = 'Hal 1; "oost"\r\nachter'
    quoted = cell.replace('"', '""')
    outcome = check("p.csv", f'code;naam;x;y\r\nA;"{quoted}";1;2\r\n', "premises")
    assert [row.values["naam"] for row, _ in outcome.quarantined] == [cell]
    assert outcome.quarantined[0][0].number == 1


def test_delimiters_inside_quoted_headings_do_not_count(check):
    outcome = check("p.csv", '"a, b, c, d, e";code;x;y\n1;A;233700;556700\n', "premises")
    assert codes(outcome) == ["A"]


PLACES = {
    "x and y": ("x,y", "233700,556700"),
    "decimal comma": ("x,y", '"233700,4","556700,4"'),
    "x_rd and y_rd": ("x_rd,y_rd", "233700,556700"),
    "lon and lat": ("lon,lat", "6.5592826,52.9915204"),
    "latitude first": ("Latitude,Longitude", "52.9915204,6.5592826"),
    "degrees before metres": ("x,y,lon,lat", "0,0,6.5592826,52.9915204"),
    "text of our own exports": ("wkt_rd", '"POINT (233700 556700)"'),
}


@pytest.mark.parametrize(("header", "cells"), PLACES.values(), ids=PLACES.keys())
def test_place_may_stand_in_several_columns(check, header, cells):
    outcome = check("p.csv", f"code,{header}\nA,{cells}\n", "premises")
    assert outcome.counts() == {}
    x_m, y_m = outcome.accepted.geometry.iloc[0].coords[0]
    assert abs(x_m - 233_700) < 0.7
    assert abs(y_m - 556_700) < 0.7


def test_text_of_a_geometry_needs_its_reference_system(check, write):
    content = "code,wkt\nA,POINT (6.56 52.99)\nB,POINT Z (6.56 52.99 3)\nC,\nD,CIRCLE (1 2)\n"
    with pytest.raises(FileRefused, match="reference system; give --crs"):
        read_file(write("p.csv", content))
    outcome = check("p.csv", content, "premises", "EPSG:4326")
    assert codes(outcome) == ["A", "B"]
    assert outcome.counts() == {"missing_geometry": 2}


@pytest.mark.parametrize("crs", ["EPSG:0", "nonsense", "EPSG:5709", "EPSG:4978"])
def test_reference_system_that_makes_no_map_is_refused(check, crs):
    with pytest.raises(UnknownCrsError):
        check("p.csv", "code,x,y\nA,1,2\n", "premises", crs)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "no header"),
        ("\n\n", "no header"),
        (";;\n1;2;3\n", "no header"),
        ("code,code\n1,2\n", "'code' twice"),
        (b"code\n\x81\x8d\n", "neither UTF-8 nor Windows-1252"),
    ],
)
def test_file_that_is_no_table_is_refused(write, content, reason):
    with pytest.raises(FileRefused, match=reason):
        read_file(write("p.csv", content))


def test_column_without_a_name_belongs_to_no_field(check, write):
    content = "code,x,y,,\nA,233700,556700,remark,\n"
    outcome = check("p.csv", content, "premises")
    assert outcome.counts() == {}
    (read,) = read_file(write("p.csv", content))
    assert read.rows[0].values == {"code": "A", "column 4": "remark", "column 5": ""}


NUMBERS = {
    # cell: value in a table with commas, value in a table with semicolons
    "85.5": (85.5, 85.5),
    "85,5": (85.5, 85.5),
    "€ 85": (85, 85),
    "1.500": (1.5, 1500),
    "0.500": (0.5, 0.5),
    "1.234.567": (1_234_567, 1_234_567),
    "1.234,5": (1234.5, 1234.5),
    "12 345": (12_345, 12_345),
    "1e3": (1000, 1000),
}


@pytest.mark.parametrize(("cell", "values"), NUMBERS.items(), ids=NUMBERS.keys())
def test_numbers_are_read_as_the_table_writes_them(check, cell, values):
    for delimiter, value in zip(",;", values, strict=True):
        rows = [["code", "price_eur", "offer_kind", "offered_on"],
                ["O", f'"{cell}"', "sale", "1-3-2026"]]  # fmt: skip
        content = "\n".join(delimiter.join(row) for row in rows)
        outcome = check("o.csv", content, "offers")
        assert list(outcome.accepted["price_eur"]) == [value], delimiter


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_whole_numbers_have_no_decimals_so_a_point_parts_thousands(check, delimiter):
    content = f"code{delimiter}x{delimiter}y{delimiter}floor_area_m2\n"
    content += delimiter.join(["A", "233700", "556700", "12.500"])
    assert list(check("p.csv", content, "premises").accepted["floor_area_m2"]) == [12_500]


@pytest.mark.parametrize(
    ("cell", "value"),
    [("2026-03-01", "2026-03-01"), ("1-3-2026", "2026-03-01"), ("01/03/2026", "2026-03-01"),
     ("1.3.2026", "2026-03-01"), ("2026-03-01T12:00:00Z", "2026-03-01"),
     ("2026-03-01 00:00", "2026-03-01")],
)  # fmt: skip
def test_dates_are_iso_or_dutch(check, cell, value):
    outcome = check("o.csv", f"code;offer_kind;offered_on\nO;let;{cell}\n", "offers")
    assert [day.isoformat() for day in outcome.accepted["offered_on"]] == [value]


@pytest.mark.parametrize(("cell", "value"), [("ja", True), ("Nee", False), ("1", True),
                                             ("onwaar", False), ("", None)])  # fmt: skip
def test_yes_and_no_are_dutch_or_english(check, cell, value):
    outcome = check("p.csv", f"code;x;y;fibre\nA;233700;556700;{cell}\n", "premises")
    assert list(outcome.accepted["fibre"]) == [value]


def test_categories_are_told_by_value_or_title_and_sets_by_any_of_three_signs(check):
    content = (
        "code\tx\ty\tuses\nA\t233700\t556700\tKantoor; retail\n"
        "B\t233700\t556700\toffice|Retail\nC\t233700\t556700\tOFFICE,detailhandel\n"
    )
    outcome = check("p.csv", content, "premises")
    assert list(outcome.accepted["uses"]) == [frozenset({"office", "retail"})] * 3


def test_unnamed_source_and_day_of_recording_are_filled_in(check, context):
    outcome = check("v.csv", "premises,observed_on,source,state\nQ,2026-01-01,field,vacant\n",
                    "vacancy")  # fmt: skip
    row = outcome.accepted.iloc[0]
    assert (row["source_code"], row["recorded_on"]) == ("file", context.today)


def test_empty_words_are_empty(check):
    content = "code,x,y,name,floor_area_m2\n" + "".join(
        f"{code},233700,556700,{empty},{empty}\n"
        for code, empty in zip("ABCDE", ["", "NULL", "n/a", "#N/A", "None"], strict=True)
    )
    outcome = check("p.csv", content, "premises")
    assert outcome.counts() == {}
    assert outcome.accepted["name"].isna().all()


CELL = st.text(st.characters(blacklist_characters='"', codec="utf-8"), max_size=12)
LIKELY = st.sampled_from(
    ["A", "Q", "field", "vacant", "2026-01-01", "1.000", "-5", "NaN", "9" * 30]
)


@settings(max_examples=80, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    layer=st.sampled_from(["vacancy", "premises", "plots", "offers", "land_events", "areas"]),
    rows=st.lists(st.lists(CELL | LIKELY, min_size=24, max_size=24), max_size=4),
    semicolons=st.booleans(),
)
def test_any_table_is_read_to_the_last_row(tmp_path, context, layer, rows, semicolons):
    definition = context.catalogue.layers[layer]
    names = [*[field.name for field in definition.stored_fields][:22], "x", "y"]
    delimiter = ";" if semicolons else ","
    table = [[f'"{cell}"' for cell in row[: len(names)]] for row in rows]
    path = tmp_path / "any.csv"
    content = "\n".join(delimiter.join(row) for row in [names, *table])
    path.write_bytes(content.encode())
    (read,) = read_file(path)
    outcome = check_rows(read, definition, guess_mapping(definition, names), context)
    assert len(outcome.accepted) + len(outcome.quarantined) == len(rows)
    assert {issue.row for issue in outcome.issues} <= set(range(1, len(rows) + 1))
    assert kinds(outcome, row=len(rows) + 1) == []
