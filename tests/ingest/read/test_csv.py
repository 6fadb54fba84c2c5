"""Tables as spreadsheets and databases write them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_assen.errors import FileRefused
from tests.ingest.read.conftest import read_one

TABLE = "code;naam;x;y\nA;Café De Zon;233700;556700\n"
ENCODED = {
    "UTF-8": TABLE.encode(),
    "UTF-8 with a mark": b"\xef\xbb\xbf" + TABLE.encode(),
    "Windows": TABLE.replace("\n", "\r\n").encode("cp1252"),
    "DOS": TABLE.replace("\n", "\r\n").encode("cp850"),
    "UTF-16": TABLE.encode("utf-16"),
    "UTF-16, other order": b"\xfe\xff" + TABLE.encode("utf-16-be"),
    "UTF-16 without a mark": TABLE.encode("utf-16-le"),
    "UTF-16 without a mark, other order": TABLE.encode("utf-16-be"),
    "old Macintosh": TABLE.replace("\n", "\r").encode("cp1252"),
    "spreadsheet that says its delimiter": b"sep=;\r\n" + TABLE.encode(),
    "tabs": TABLE.replace(";", "\t").encode(),
    "bars": TABLE.replace(";", "|").encode(),
    "commas": TABLE.replace(";", ",").encode(),
    "spaces around": TABLE.replace(";", " ; ").encode(),
    "quotes": TABLE.replace("Café De Zon", '"Café De Zon"').encode(),
    "titles above": b"Panden in Assen\n\nStand 1-1-2026;;;\n" + TABLE.encode(),
}


@pytest.mark.parametrize("content", ENCODED.values(), ids=ENCODED.keys())
def test_dialects_give_the_same_row(write, content):
    table = read_one(write("p.csv", content))
    assert table.row() == {"code": "A", "naam": "Café De Zon", "x": "233700", "y": "556700"}
    assert table.wkt() == ["POINT (233700 556700)"]
    assert (table.numbers, table.kinds(), table.crs) == ([1], [], "EPSG:28992")


@pytest.mark.parametrize("name", ["p.csv", "p.tsv", "p.txt", "p.CSV", "p", "p.geojson.bak"])
def test_table_is_told_by_its_content(write, name):
    assert read_one(write(name, TABLE)).numbers == [1]


def test_windows_signs_are_not_taken_for_dos(write):
    content = "code;naam\nA;foto’s – “Café” à € 5\nB;Coöperatie\n".encode("cp1252")
    assert read_one(write("p.csv", content)).column("naam") == [
        "foto’s – “Café” à € 5", "Coöperatie",
    ]  # fmt: skip


def test_accent_on_the_last_line_decides_the_encoding(write):
    content = "code;naam\n" + "A;plein\n" * 5_000 + "B;café\n"
    assert read_one(write("p.csv", content.encode("cp1252"))).column("naam")[-1] == "café"
    assert read_one(write("q.csv", content.encode())).column("naam")[-1] == "café"


def test_quoted_cells_hold_delimiters_quotes_and_line_breaks(write):
    cell = 'Hal 1; "oost"\r\nachter'
    quoted = cell.replace('"', '""')
    table = read_one(write("p.csv", f'code;naam;x;y\r\nA;"{quoted}";1;2\r\n'))
    assert (table.column("naam"), table.numbers) == ([cell], [1])


def test_delimiters_inside_quoted_headings_do_not_count(write):
    table = read_one(write("p.csv", '"a, b, c, d, e";code;x;y\n1;A;233700;556700\n'))
    assert table.columns == ("a, b, c, d, e", "code", "x", "y")


def test_decimal_commas_do_not_pass_for_delimiters(write):
    rows = "".join(f"{n},5;{n},25;{n},75\n" for n in range(30))
    table = read_one(write("p.csv", f"prijs;hoogte;breedte\n{rows}"))
    assert (len(table.numbers), table.decimal, table.issues) == (30, ",", [])


PLACES = {
    "x and y": ("x,y", "233700,556700"),
    "decimal comma": ("x,y", '"233700,4","556700,4"'),
    "thousands with a space": ("x,y", "233 700,556 700"),
    "thousands with a point": ("x,y", "233.700,556.700"),
    "thousands with a comma": ("x,y", '"233,700","556,700"'),
    "thousands and decimals": ("x,y", '"233.700,40","556.700,40"'),
    "x_rd and y_rd": ("x_rd,y_rd", "233700,556700"),
    "x_coord": ("x_coord,y_coord", "233700,556700"),
    "x-coordinaat": ("X-coordinaat,Y-coordinaat", "233700,556700"),
    "easting": ("Easting,Northing", "233700,556700"),
    "point_x": ("POINT_X,POINT_Y", "233700,556700"),
    "rdx": ("rdx,rdy", "233700,556700"),
    "geox in degrees, as a column says": ("GeoX,GeoY,crs", "6.5592826,52.9915204,WGS84"),
    "lon and lat": ("lon,lat", "6.5592826,52.9915204"),
    "latitude first": ("Latitude,Longitude", "52.9915204,6.5592826"),
    "Dutch": ("breedte_graad,lengte_graad", "52.9915204,6.5592826"),
    "decimal comma in degrees": ("lon,lat", '"6,5592826","52,9915204"'),
    "degrees before metres": ("x,y,lon,lat", "0,0,6.5592826,52.9915204"),
    "pair, latitude first": ("latlon", '"52.9915204, 6.5592826"'),
    "pair that shows its order": ("locatie", '"52.9915204, 6.5592826"'),
    "pair, longitude first": ("coordinates", '"6.5592826,52.9915204"'),
    "pair in metres": ("coordinaten", '"233700, 556700"'),
    "text of our own exports": ("wkt_rd", "POINT (233700 556700)"),
    "text of the geocoder in metres": ("centroide_rd", "POINT(233700 556700)"),
    "text of the geocoder in degrees": ("centroide_ll", "POINT(6.5592826 52.9915204)"),
    "text that says its system": ("plek", "SRID=28992;POINT(233700 556700)"),
    "GeoJSON": ("plek", '"{""type"": ""Point"", ""coordinates"": [6.5592826, 52.9915204]}"'),
}


@pytest.mark.parametrize(("header", "cells"), PLACES.values(), ids=PLACES.keys())
def test_place_may_be_written_in_many_ways(write, header, cells):
    table = read_one(write("p.csv", f"code,{header}\nA,{cells}\n"))
    (point,) = table.geometry
    metres = (abs(point.x - 233_700), abs(point.y - 556_700))
    degrees = (abs(point.x - 6.5592826), abs(point.y - 52.9915204))
    assert max(metres if table.crs == "EPSG:28992" else degrees) < 0.5
    assert table.crs in {"EPSG:28992", "OGC:CRS84"}
    assert (max(degrees) < 1e-9) == (table.crs == "OGC:CRS84")
    assert table.columns == ("code", *header.split(","))
    assert table.kinds() == []


def test_whole_degrees_in_columns_of_metres_keep_their_decimals(write):
    table = read_one(write("p.csv", "code,x,y\nA,6.559,52.991\nB,6.560,52.992\n"))
    assert table.wkt() == ["POINT (6.559 52.991)", "POINT (6.56 52.992)"]


def test_crs_of_the_caller_wins(write):
    table = read_one(write("p.csv", "code,x,y\nA,656589.5,6425785.25\n"), crs="EPSG:2154")
    assert (table.crs, table.wkt()) == ("EPSG:2154", ["POINT (656589.5 6425785.25)"])


def test_coordinate_that_is_missing_or_no_number_is_an_issue_and_the_row_stays(write):
    table = read_one(write("p.csv", "code,x,y\nA,233700,\nB,abc,556700\nC,,\nD,1e999,2\nE,n/a,-\n"))
    assert table.kinds() == [(n, "missing_coordinates") for n in (1, 2, 4)]
    assert table.numbers == [1, 2, 3, 4, 5]
    assert table.geometry == [None] * 5
    assert [issue.value for issue in table.issues] == ["233700, ", "abc, 556700", "1e999, 2"]
    assert "'y' is empty" in table.issues[0].message
    assert "'abc' in 'x' is no number" in table.issues[1].message


def test_text_of_a_geometry_may_leave_its_reference_system_open(write):
    content = "code,wkt\nA,POINT (6.56 52.99)\nB,POINT Z (6.56 52.99 3)\nC,\nD,POINT (1)\n"
    path = write("p.csv", content)
    table = read_one(path)
    assert table.crs is None
    assert table.places == ("wkt",)
    assert table.kinds() == [(4, "invalid_geometry")]
    assert table.wkt() == ["POINT (6.56 52.99)", "POINT Z (6.56 52.99 3)", None, None]
    assert read_one(path, crs="EPSG:4326").crs == "EPSG:4326"


def test_outline_comes_before_the_label_point_unless_asked(write):
    outline = '"POLYGON ((0 0, 9 0, 9 9, 0 0))"'
    path = write("p.csv", f"label_ll,outline_rd,x,y\nPOINT (6 52),{outline},1,2\n")
    table = read_one(path)
    assert table.places == ("outline_rd", "label_ll", "x, y")
    assert (table.crs, table.wkt()) == ("EPSG:28992", ["POLYGON ((0 0, 9 0, 9 9, 0 0))"])
    label = read_one(path, geometry_column="label_ll")
    assert (label.crs, label.wkt()) == ("OGC:CRS84", ["POINT (6 52)"])
    assert read_one(path, geometry_column="x, y").wkt() == ["POINT (1 2)"]
    assert read_one(path, geometry_column="x").wkt() == ["POINT (1 2)"]
    with pytest.raises(FileRefused, match="no geometry column 'z'; it has 'outline_rd', 'label"):
        read_one(path, geometry_column="z")


@pytest.mark.parametrize("content", ["\n\n", ";;\n1;2;3\n", "1;2;3\n4;5;6\n", "2026-01-01;12\n"])
def test_file_without_a_header_is_refused(write, content):
    with pytest.raises(FileRefused, match="no header row"):
        read_one(write("p.csv", content))


HEADERS = {
    "no name": ("code,x,y,,", ["code", "x", "y", "column 4", "column 5"]),
    "twice": ("code,code,code", ["code", "code (2)", "code (3)"]),
    "twice, and the number taken": ("a,a,a (2)", ["a", "a (3)", "a (2)"]),
    "line break": ('code,"Opper-\nvlakte  m2"', ["code", "Opper- vlakte m2"]),
    "years": ("regio,2023,2024", ["regio", "2023", "2024"]),
    "units below": ("code,opp,prijs\n,(m2),euro", ["code", "opp (m2)", "prijs euro"]),
    "names below": ("code,naam,,\n,,straat,plaats", ["code", "naam", "straat", "plaats"]),
    "groups above": ("Pand,,Plaats,\ncode,naam,weg,stad", ["code", "naam", "weg", "stad"]),
}  # fmt: skip


@pytest.mark.parametrize(("header", "names"), HEADERS.values(), ids=HEADERS.keys())
def test_broken_headers_are_made_whole(write, header, names):
    row = ",".join(str(n) for n in range(len(names)))
    table = read_one(write("p.csv", f"{header}\n{row}\n{row}\n{row}\n"))
    assert list(table.columns) == names
    assert (table.numbers, table.issues) == ([1, 2, 3], [])


def test_rows_of_another_width_are_set_aside_and_the_next_is_read(write):
    content = "code,naam,straat\nA,a,b\nB,b\nC,c,d,e\nBron: gemeente\nD,d,e\n\nE,e,f,,\n"
    table = read_one(write("p.csv", content))
    assert table.kinds() == [(n, "unreadable_row") for n in (2, 3, 4)]
    assert table.numbers == [1, 5, 6]
    assert [issue.value for issue in table.issues] == ["B,b", "C,c,d,e", "Bron: gemeente"]
    assert "2 cells, the header 3" in table.issues[0].message


def test_short_row_is_filled_where_the_missing_columns_have_no_name(write):
    table = read_one(write("p.csv", "code,naam,,\nA,a\nB,b,c,d\n"))
    assert table.column("column 3") == ["", "c"]
    assert table.issues == []


def test_quote_that_is_never_closed_costs_one_row(write):
    rows = "".join(f"{n};naam {n};1;2\n" for n in range(5_000))
    content = f'code;naam;x;y\nA;"Hal 1;1;2\n{rows}'
    table = read_one(write("p.csv", content))
    assert len(table.numbers) == 5_001
    assert table.row()["naam"] == '"Hal 1'


def test_ghost_rows_are_rows_and_blank_lines_are_none(write):
    table = read_one(write("p.csv", "code;x;y\nA;1;2\n;;\n\n;;\nB;3;4\n"))
    assert (table.numbers, table.column("code")) == ([1, 2, 3, 4], ["A", "", "", "B"])


def test_nul_signs_are_left_out_and_said(write):
    table = read_one(write("p.csv", b"code;naam\nA;a\x00b\nB;c\n"))
    assert table.column("naam") == ["ab", "c"]
    assert table.kinds() == [(1, "text_repaired")]
    assert table.issues[0].value == "A;a\\0b"


def test_table_without_rows_is_an_empty_layer(write):
    table = read_one(write("p.csv", "code,x,y\n"))
    assert (table.columns, table.numbers, table.crs) == (("code", "x", "y"), [], "EPSG:28992")


SIGN = st.characters(blacklist_characters='"', blacklist_categories=["Cc", "Cs"])
CELL = st.text(SIGN | st.sampled_from("\r\n\t"), max_size=12)
LIKELY = st.sampled_from(
    ["A", "vacant", "2026-01-01", "1.000", "-5", "NaN", "9" * 30, "POINT (1 2)"]
)


@settings(max_examples=80, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    rows=st.lists(st.lists(CELL | LIKELY, min_size=8, max_size=8), max_size=4),
    delimiter=st.sampled_from(",;\t|"),
)
def test_any_table_is_read_to_the_last_cell(tmp_path, rows, delimiter):
    names = ["code", "naam", "straat", "wkt", "lon", "lat", "x", "y"]
    path = tmp_path / "any.csv"
    table = [[f'"{cell}"' for cell in row] for row in rows]
    path.write_bytes("\n".join(delimiter.join(row) for row in [names, *table]).encode())
    found = read_one(path)
    assert found.numbers == list(range(1, len(rows) + 1))
    assert found.values.to_numpy().tolist() == [[cell.strip() for cell in row] for row in rows]
    assert {row for row, _ in found.kinds()} <= set(found.numbers)
