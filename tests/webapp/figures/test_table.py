"""Tables of figures: an area in m² or in hectares for a reader, in m² in a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask, get_template_attribute

from tests.webapp.pages import parse
from webapp.figures import Column, Table

COLUMNS = (Column("district", "District"), Column("a_m2", "m²", "m2"), Column("b_m2", "ha", "ha"))
TABLE = Table("areas", "Areas", COLUMNS, (("N", 1_234_567, 1_234_567), ("S", None, 0)), ("", ""))


@pytest.fixture(scope="module", autouse=True)
def dutch(sample_app: Flask) -> Iterator[None]:
    with sample_app.test_request_context("/?lang=nl"):
        sample_app.preprocess_request()
        yield


def test_area_is_written_in_whole_m2_or_in_hectares():
    assert TABLE.cells == (("N", "1.234.567", "123,46"), ("S", "–", "0,00"))
    assert [column.numeric for column in TABLE.columns] == [False, True, True]


def test_file_of_a_table_has_areas_in_m2_and_the_page_in_its_name(sample_app: Flask):
    like = sample_app.extensions["geo_assen"].catalogue.layers["vacancy"]
    rows = TABLE.layer_rows(like, date(2026, 11, 1), None, of="vacancy")
    assert rows.layer.id == "vacancy-areas"
    assert rows.frame["a_m2"].isna().tolist() == [False, True]
    assert rows.frame["b_m2"].tolist() == [1_234_567, 0]
    assert {field.name: field.type for field in rows.fields}["b_m2"] == "integer"


@pytest.mark.parametrize("xlsx", [None, {"table": "areas"}])
def test_folded_table_links_its_files_below_the_page_it_is_on(xlsx):
    folded = get_template_attribute("macros/charts.html", "folded")
    files = folded(TABLE, lambda path, **given: f"{path}?{given}", "/vacancy", {}, xlsx=xlsx)
    page = parse(f"<!DOCTYPE html><title>x</title>{files}")
    links = {a.text: a.get("href") for a in page.findall(".//p/a")}
    assert links.pop("CSV") == "/vacancy.csv?{}"
    assert links == ({"XLSX": "/vacancy.xlsx?{'table': 'areas'}"} if xlsx else {})
