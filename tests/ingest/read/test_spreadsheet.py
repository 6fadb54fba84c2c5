"""Workbooks as offices keep them: titles, notes, hidden sheets, empty rows with a border."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Border, Side

from geo_assen.errors import FileRefused
from geo_assen.ingest.read import spreadsheet
from tests.ingest.read.conftest import read_all, read_one

ROWS: list[list[Any]] = [
    ["code", "naam", "x", "y"], ["A", "Café", 233_700, 556_700], ["B", None, 233_800.5, 556_800],
]  # fmt: skip


def saved(path: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_cells_keep_their_types(tmp_path):
    day = datetime.datetime(2026, 3, 1)
    rows = [["code", "prijs", "dag", "ja", "fout", "x", "y"],
            ["007", 85.5, day, True, "#REF!", 233_700, 556_700],
            ["008", 12, day, False, "#N/A", 233_800, 556_800]]  # fmt: skip
    table = read_one(saved(tmp_path / "p.xlsx", Kavels=rows))
    assert table.row() == {"code": "007", "prijs": 85.5, "dag": day, "ja": True, "fout": "#REF!",
                           "x": 233_700, "y": 556_700}  # fmt: skip
    assert {name: table.values[name].dtype.kind for name in table.columns} == {
        "code": "O", "prijs": "O", "dag": "O", "ja": "b", "fout": "O", "x": "i", "y": "i",
    }  # fmt: skip
    assert (table.name, table.crs) == ("Kavels", "EPSG:28992")
    assert table.wkt() == ["POINT (233700 556700)", "POINT (233800 556800)"]


def test_header_is_found_below_titles_and_right_of_a_margin(tmp_path):
    titles = [
        ["Leegstand in de binnenstad"],
        [],
        [None, "Peildatum", datetime.datetime(2026, 1, 1)],
    ]
    path = saved(tmp_path / "p.xlsx", Blad1=[*titles, *([None, None, *row] for row in ROWS)])
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A1:F1")
    book.save(path)
    table = read_one(path)
    assert table.columns == ("code", "naam", "x", "y")
    assert table.column("code") == ["A", "B"]


def test_every_visible_sheet_with_a_table_is_a_layer(tmp_path):
    path = saved(tmp_path / "p.xlsx", Toelichting=[["Dit bestand bevat de kavels."], ["Vragen?"]],
                 Noord=ROWS, Zuid=ROWS[:2], Leeg=[], Oud=ROWS)  # fmt: skip
    book = openpyxl.load_workbook(path)
    book["Oud"].sheet_state = "hidden"
    book.save(path)
    assert {name: len(t.numbers) for name, t in read_all(path).items()} == {"Noord": 2, "Zuid": 1}
    assert list(read_all(path, layer="Zuid")) == ["Zuid"]


def test_empty_rows_below_the_table_are_none_and_within_it_ghosts(tmp_path):
    path = saved(tmp_path / "p.xlsx", Blad1=[*ROWS[:2], [None], ROWS[2]])
    book = openpyxl.load_workbook(path)
    for row in range(6, 500):
        book.active.cell(row, 1).border = Border(left=Side(style="thin"))
    book.save(path)
    table = read_one(path)
    assert (table.numbers, table.column("code")) == ([1, 2, 3], ["A", None, "B"])


def test_columns_with_values_but_no_name_are_kept(tmp_path):
    rows = [["code", None, "x", "y"], ["A", "let op", 1, 2, "rest"], ["B", None, 3, 4, None]]
    table = read_one(saved(tmp_path / "p.xlsx", Blad1=rows))
    assert table.columns == ("code", "column 2", "x", "y", "column 5")
    assert table.column("column 5") == ["rest", None]


def test_missing_coordinate_is_an_issue_and_texts_are_read_as_numbers(tmp_path):
    rows = [ROWS[0], ["A", "a", "233.700,4", "556 700"], ["B", "b", 233_700, None]]
    table = read_one(saved(tmp_path / "p.xlsx", Blad1=rows))
    assert table.wkt() == ["POINT (233700.4 556700)", None]
    assert table.kinds() == [(2, "missing_coordinates")]


def test_workbook_without_a_table_is_refused(tmp_path):
    with pytest.raises(FileRefused, match="no visible sheet has a table"):
        read_all(saved(tmp_path / "p.xlsx", Blad1=[["Alleen een titel"]]))


def test_workbook_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    path = saved(tmp_path / "p.xlsx", Blad1=ROWS)
    monkeypatch.setattr(spreadsheet, "MAX_WORKBOOK_BYTES", 1_000)
    with pytest.raises(FileRefused, match="the workbook unpacks to"):
        read_all(path)


def test_workbook_with_entities_is_refused(tmp_path):
    path, bad = saved(tmp_path / "p.xlsx", Blad1=ROWS), tmp_path / "bad.xlsx"
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(bad, "w") as archive:
        for name in good.namelist():
            content = good.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = b'<!DOCTYPE a [<!ENTITY b "c">]>' + content
            archive.writestr(name, content)
    with pytest.raises(FileRefused, match="declares a document type or entities"):
        read_all(bad)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_workbook_that_is_damaged_inside_is_refused(tmp_path, part):
    path, bad = saved(tmp_path / "p.xlsx", Blad1=ROWS), tmp_path / "bad.xlsx"
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(bad, "w") as archive:
        for name in good.namelist():
            content = good.read(name)
            archive.writestr(name, content[: len(content) // 2] if name == part else content)
    with pytest.raises(FileRefused, match="damaged or cut off"):
        read_all(bad)
