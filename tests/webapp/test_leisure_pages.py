"""Leisure on its page: what is seen, drawn and downloaded is what the report tells."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from datetime import date

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import expect

from geo_assen import services
from geo_assen.services import LeisureReport
from geo_assen.store import metadata
from tests.webapp.conftest import resize, violations
from tests.webapp.importing import Importer, words
from tests.webapp.pages import parse

DAY = date(2026, 11, 1)
MUSEUM = f"place=drents-museum&as_of={DAY}"
SVG = "{http://www.w3.org/2000/svg}"
SHARES_ON_THE_MAP = """async (percents) => {
  const { currentBoard } = await import('/static/js/map.js');
  const shown = [...currentBoard().layer('leisure_catchment').items.values()];
  return shown.length > 0 && shown.every(
    ({ feature }) => Math.round(feature.properties.share * 100) === percents);
}"""
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


def test_bound_that_nobody_counted_is_in_the_table_and_not_in_the_line(client: FlaskClient):
    page = client.get(f"/leisure?place=tt-circuit&as_of={DAY}&lang=en").text
    bounds = [row for row in table(page, "visits") if "no count" in row[1]]
    assert [(row[0], row[2]) for row in bounds] == [("2021", "11,500"), ("2011", "100,000")]
    chart = parse(page).find(
        f".//{SVG}svg[@aria-labelledby='chart-visitors-title chart-visitors-told']"
    )
    drawn = " ".join("".join(chart.itertext()).split())
    assert "131,000" in drawn
    assert "11,500" not in drawn
    assert "100,000" not in drawn
    said = words(page)
    assert "Of 2011 and 2021 a source tells the most that it can have been" in said
    assert "2017, 2020, 2021 and 2024; the line has a gap there" in said


def test_page_tells_the_catchment_with_its_parameters(client: FlaskClient, report: LeisureReport):
    shares = {row["name"]: row["share"] for row in report.districts.to_dict("records")}
    page = client.get(f"/leisure?{MUSEUM}&lang=en").text
    told = {row[0]: row[1] for row in table(page, "catchment")}
    assert told == {name: f"{share * 100:.1f}" for name, share in shares.items()}
    assert "α = 1, β = 2" in words(page)
    # what the sliders ask for: the same, without the rest of the page
    even = client.get(
        f"/leisure?{MUSEUM}&lang=en&alpha=0&beta=0&visits=2,5", headers={"X-Fragment": "model"}
    ).text
    assert "calendar-title" not in even
    assert "α = 0, β = 0" in even
    assert {row[1] for row in table(even, "catchment")} == {"25.0"}
    visits = {row[0]: row[5] for row in table(even, "catchment")}
    assert visits["Peelo"] == "4,056"  # 6,490 x 2.5 / 4 = 4,056.25
    assert visits["Lariks"] == "not known"
    # of the visits to the museum as many come from Peelo as live there: 6,490 of 30,490
    drawn = {row[0]: row[2] for row in table(even, "catchment")}
    assert (drawn["Peelo"], drawn["Lariks"]) == ("21.3", "not known")
    # of 30,490 known inhabitants (11,000, 13,000 and 6,490) a quarter of 2.5 visits
    assert {row[-1] for row in table(even, "attractions")} == {"19,056", "–"}


def test_page_of_an_attraction_without_visitors_says_so_and_draws_no_catchment(
    client: FlaskClient,
):
    said = words(client.get("/leisure?place=asserbos&lang=en").text)
    assert "Of Asserbos no visitors a year are on record." in said
    assert "it has no place in the model" in said
    found = json.loads(client.get("/leisure.geojson?place=asserbos&table=catchment").text)
    assert found["features"] == []


def test_figures_that_are_missing_become_sentences_and_never_a_zero(own_app: Flask):
    tables = metadata.tables
    counts, areas = tables["visit_count"], tables["area"]
    is_museum = counts.c.attraction == "drents-museum"
    with own_app.extensions["geo_assen"].write() as connection:
        connection.execute(sa.delete(counts).where(~is_museum))
        connection.execute(sa.delete(counts).where(is_museum, counts.c.year < 2022))
        row = {"code": "none", "attraction": "tt-circuit", "year": 2025, "visitors": 0,
               "source_code": "press-lost"}  # fmt: skip
        connection.execute(sa.insert(counts).values(row))
        connection.execute(sa.update(areas).values(population_persons=None))
    client = own_app.test_client()
    page = client.get("/leisure?place=drents-museum&lang=en").text
    said = words(page)
    assert "A total is known of 2022 alone" in said
    assert "chart-visitors-title" not in page
    assert "all visits go to it, so that its shares say nothing" in said
    assert "Not one visitor in the latest year, and so not in the model: TT Circuit." in said
    assert {row[n] for row in table(page, "catchment") for n in (2, 5)} == {"not known"}
    assert {row[-1] for row in table(page, "attractions")} == {"–"}
    said = words(client.get("/leisure?place=tt-circuit&lang=en").text)
    assert "TT Circuit: 0 visitors in 2025." in said
    assert "An attraction without one visitor draws nobody in the model" in said
    with own_app.extensions["geo_assen"].write() as connection:
        connection.execute(sa.delete(counts))
        connection.execute(sa.update(areas).values(geom=None))
    page = client.get("/leisure?place=drents-museum&lang=en").text
    assert "No districts with an outline are on record" in words(page)
    assert "unknown for every site" in words(page)
    assert "/match?use" not in page


def test_visitors_around_a_site_are_a_wish_of_the_form_and_the_page_leads_to_it(
    client: FlaskClient,
):
    page = parse(client.get(f"/leisure?{MUSEUM}&lang=en").text)
    links = [link.get("href", "") for link in page.iter("a")]
    link = next(link for link in links if link.startswith("/match?use"))
    # 1,000,000 + 575,959 + 200,104 + 185,000 visitors a year
    assert link == ("/match?use=hospitality&use=retail&use=leisure&w.visitor_reach_visitors=1"
                    f"&c.visitor_reach_visitors=larger:0,1961063&as_of={DAY}")  # fmt: skip
    ranked = client.get(link.replace("/match?", "/match.geojson?"))
    found = [f["properties"] for f in json.loads(ranked.text)["features"]]
    passed = [one for one in found if one["verdict"] == "pass"]
    reach = [one["criteria"][0]["value"] for one in passed]
    assert len(set(reach)) > 5
    assert reach == sorted(reach, reverse=True)
    for use in ("hospitality", "retail", "leisure"):
        assert 'name="w.visitor_reach_visitors"' in client.get(f"/match?use={use}").text


def test_calendar_marks_the_tt_week_and_goes_out_as_calendar_file(client: FlaskClient):
    page = client.get(f"/leisure?{MUSEUM}&lang=en").text
    months = [" ".join("".join(month.itertext()).split()) for month in
              parse(page).findall(".//ol[@class='leisure__months']/li")]  # fmt: skip
    june = next(month for month in months if month.startswith("June"))
    # without January to March, May and August
    assert len(months) == 7
    assert june.count("TT week") == 2
    assert "25–28 June 2026 · Motorsport · TT Circuit" in june
    assert "TT week: week 26, 22–28 June 2026." in words(page)
    answer = client.get(f"/leisure.ics?as_of={DAY}&year=2027&lang=nl")
    assert answer.mimetype == "text/calendar"
    assert answer.text.count("BEGIN:VEVENT") == 1
    assert "DTSTART;VALUE=DATE:20270624\r\nDTEND;VALUE=DATE:20270628\r\n" in answer.text
    assert "No events of 1999" in words(client.get("/leisure?year=1999&lang=en").text)


def test_season_draws_the_tt_week_and_runs_over_the_turn_of_a_year_to_the_edge(
    client: FlaskClient,
):
    def drawn(year: int) -> tuple[dict[str, list[tuple[float, float]]], str]:
        whole = parse(client.get(f"/leisure?as_of={DAY}&year={year}&lang=en").text)
        chart = whole.find(f".//{SVG}svg[@aria-labelledby='chart-season-title chart-season-told']")
        bars: dict[str, list[tuple[float, float]]] = {}
        for bar in chart.iter(f"{SVG}rect"):
            span = tuple(float(bar.get(name).rstrip("%")) for name in ("x", "width"))
            bars.setdefault(bar.get("class"), []).append(span)
        return bars, " ".join(text.text for text in chart.iter(f"{SVG}text"))

    bars, _said = drawn(2026)
    # 22 June is the 173rd day of 365; the festival begins two days later, the races three
    assert bars["chart__tt-week"] == [pytest.approx((172 / 3.65, 7 / 3.65), abs=0.001)]
    events = bars["chart__event"]
    assert len(events) == 8
    assert events[1:3] == [pytest.approx((day / 3.65, 4 / 3.65), abs=0.001) for day in (174, 175)]
    # from 8 December 2018 (24 days left) to 6 January 2019
    bars, said = drawn(2018)
    assert bars["chart__event"] == [pytest.approx((341 / 3.65, 24 / 3.65), abs=0.001)]
    assert said.endswith("IJsbaan Koopmansplein →")
    bars, said = drawn(2019)
    assert bars["chart__event"] == [pytest.approx((0, 6 / 3.65), abs=0.001)]
    assert said.endswith("← IJsbaan Koopmansplein")


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
    # with 0 distance does not count: 185,000 of 1,961,063 from everywhere, on map and table alike
    slide = page.locator("[data-slide=beta]")
    slide.fill("0")
    expect(page.locator("#fold-catchment tbody tr", has_text="9,4")).to_have_count(10)
    expect(page).to_have_url(re.compile(r"[?&]beta=0(&|$)"))
    page.wait_for_function(SHARES_ON_THE_MAP, arg=9)
    page.locator("[data-usual]").click()
    expect(page).not_to_have_url(re.compile("beta"))
    expect(slide).to_have_value("2")
    for width in (1440, 400):
        resize(page, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page, axe) == []
