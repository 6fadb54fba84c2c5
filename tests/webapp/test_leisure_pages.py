"""Leisure on its page: what is seen, drawn and downloaded is what the report tells."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from datetime import date

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import expect

from geo_assen import services
from geo_assen.services import LeisureReport
from tests.webapp.conftest import resize, violations
from tests.webapp.importing import Importer, words
from tests.webapp.pages import parse

DAY = date(2026, 11, 1)
MUSEUM = f"place=drents-museum&as_of={DAY}"
SIZES = """async () => {
  const { currentBoard } = await import('/static/js/map.js');
  const { items } = currentBoard().layer('attractions');
  return Object.fromEntries([...items].map(([key, { drawn }]) =>
    [key, drawn[0].getLayers()[0].options.icon.options.iconSize[0]]));
}"""


@pytest.fixture(scope="module")
def report(sample_app: Flask) -> LeisureReport:
    store = sample_app.extensions["geo_assen"]
    return services.leisure_report(store, as_of=DAY, place="drents-museum")


def table(page: str, name: str) -> list[list[str]]:
    rows = parse(page).findall(f".//details[@id='fold-{name}']//tbody/tr")
    return [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in rows]


def test_page_tells_visitors_with_sources_side_by_side_and_gaps(client: FlaskClient):
    page = client.get(f"/leisure?{MUSEUM}&lang=en").text
    said = words(page)
    assert "Drents Museum: 185,000 visitors in 2022." in said
    assert "No total is known of 2009, 2010, 2011, 2012 and 2014" in said
    assert "Sources differ about 2019 and 2020" in said
    of_2020 = [row for row in table(page, "visits") if row[0] == "2020"]
    assert [(row[2], row[4]) for row in of_2020] == [("94,456", "yes"), ("95,000", "yes")]
    assert len({row[3] for row in of_2020}) == 2
    drawn = Counter(
        one.get("class") for one in parse(page).iter()
        if one.get("x1", one.get("cx", "")).endswith("%")
    )  # fmt: skip
    # 2015 to 2022 without a gap, 2008 and 2013 alone; a line joins nothing that differs
    assert (drawn["chart__line-one"], drawn["chart__dot-one"]) == (7, 10)
    assert (drawn["chart__line-two"], drawn["chart__dot-two"]) == (0, 2)


def test_page_tells_the_catchment_with_its_parameters(client: FlaskClient, report: LeisureReport):
    shares = {row["name"]: row["share"] for row in report.districts.to_dict("records")}
    page = client.get(f"/leisure?{MUSEUM}&lang=en").text
    told = {row[0]: row[1] for row in table(page, "catchment")}
    assert told == {name: f"{share * 100:.1f}" for name, share in shares.items()}
    assert "α = 1, β = 2" in words(page)
    even = client.get(f"/leisure?{MUSEUM}&lang=en&alpha=0&beta=0&visits=2,5").text
    assert "α = 0, β = 0" in words(even)
    assert {row[1] for row in table(even, "catchment")} == {"25.0"}
    visits = {row[0]: row[4] for row in table(even, "catchment")}
    assert visits["Peelo"] == "4,056"  # 6,490 x 2.5 / 4 = 4,056.25
    assert visits["Lariks"] == "not known"


def test_page_of_an_attraction_without_visitors_says_so_and_draws_no_catchment(
    client: FlaskClient,
):
    said = words(client.get("/leisure?place=asserbos&lang=en").text)
    assert "Of Asserbos no visitors a year are on record." in said
    assert "it has no place in the model" in said
    found = json.loads(client.get("/leisure.geojson?place=asserbos&table=catchment").text)
    assert found["features"] == []


def test_calendar_marks_the_tt_week_and_goes_out_as_calendar_file(client: FlaskClient):
    page = client.get(f"/leisure?{MUSEUM}&lang=en").text
    months = parse(page).findall(".//ol[@class='leisure__months']/li")
    assert len(months) == 12
    june = " ".join("".join(months[5].itertext()).split())
    assert june.count("TT week") == 2
    assert "25–28 June 2026 · Motorsport · TT Circuit" in june
    assert "TT week: week 26, 22–28 June 2026." in words(page)
    answer = client.get(f"/leisure.ics?as_of={DAY}&year=2027&lang=nl")
    assert answer.mimetype == "text/calendar"
    assert answer.text.count("BEGIN:VEVENT") == 1
    assert "DTSTART;VALUE=DATE:20270624\r\nDTEND;VALUE=DATE:20270628\r\n" in answer.text
    assert "No events of 1999" in words(client.get("/leisure?year=1999&lang=en").text)


def test_files_hold_what_the_page_shows(client: FlaskClient, report: LeisureReport):
    text = client.get(f"/leisure.csv?{MUSEUM}&table=catchment&beta=1.5&lang=nl").text
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))
    assert len(rows) == 10
    assert {(row["place"], row["beta"], row["certainty"]) for row in rows} == {
        ("drents-museum", "1,5", "modelled")
    }
    answer = client.get(f"/leisure.xlsx?{MUSEUM}&table=attractions&lang=en")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert 575_959 in {cell.value for row in sheet.iter_rows() for cell in row}
    found = json.loads(client.get(f"/leisure.geojson?{MUSEUM}&table=catchment").text)
    shares = {f["properties"]["code"]: f["properties"]["share"] for f in found["features"]}
    assert shares == pytest.approx(report.districts.set_index("code")["share"].to_dict())
    events = json.loads(client.get(f"/leisure.geojson?as_of={DAY}&table=events").text)
    assert len(events["features"]) == len(report.events)


@pytest.mark.parametrize(
    ("query", "status"),
    [("alpha=5.1", 400), ("beta=-1", 400), ("visits=many", 400), ("year=1", 400),
     ("place=nowhere", 404), ("colour=red", 400)],
)  # fmt: skip
def test_question_that_means_nothing_is_refused(client: FlaskClient, query: str, status: int):
    assert client.get(f"/leisure?{query}").status_code == status


def test_empty_store_says_what_would_stand_there(staff: Importer):
    answer = staff.client.get("/leisure?lang=en")
    assert answer.status_code == 200
    assert "None are stored yet" in words(answer.text)


def test_marks_are_as_large_as_visitors_are_many_and_nothing_is_out_of_reach(open_page, axe):
    page = open_page(f"/leisure?{MUSEUM}&lang=nl")
    sizes = page.evaluate(SIZES)
    # 16 px and up to 28 more, by the root of the share of the most visitors
    assert sizes["de-bonte-wever"] == 44
    assert sizes["tt-circuit"] == 16 + round(28 * (200_104 / 1_000_000) ** 0.5)
    assert sizes["asserbos"] == 16
    page.locator(".leaflet-layer-attractions-pane .mark").first.click(force=True)
    expect(page.locator("[data-card] a", has_text="bezoekers")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    for width in (1440, 400):
        resize(page, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page, axe) == []
