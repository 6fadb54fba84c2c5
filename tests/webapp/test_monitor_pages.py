"""The monitor: live figures equal their services, stated ones stand apart and as stated."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from xml.etree.ElementTree import Element

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_assen import services
from geo_assen.settings import PROJECT_FOLDER
from tests.webapp.conftest import resize
from tests.webapp.importing import words
from tests.webapp.pages import parse

DAY = date(2026, 11, 1)
AT = f"as_of={DAY}"
SVG = "{http://www.w3.org/2000/svg}"
PAIRS = {1: (38, 52), 3: (58, 58), 4: (61, 54), 7: (58, 49), 8: (42, 47), 9: (36, 51),
         16: (47, 51), 17: (49, 52)}  # fmt: skip
"""Scores of Assen and of the country, by goal, as the document has them."""

OVERFLOWING = """() => [...document.querySelectorAll('tbody th, tbody td')]
  .filter((cell) => getComputedStyle(cell).display !== 'inline'
    && cell.scrollHeight > cell.clientHeight)
  .map((cell) => cell.textContent.trim().slice(0, 40))"""
"""Beginnings of the cells whose text is higher than they are."""


@pytest.fixture(scope="module")
def page(sample_app: Flask) -> str:
    return sample_app.test_client().get(f"/monitor?{AT}&lang=nl").text


def rows_of(page: str, group: str) -> list[list[str]]:
    found = parse(page).findall(f".//section[@id='group-{group}']//tbody/tr")
    return [[said(cell) for cell in row] for row in found]


def said(element: Element) -> str:
    """Text of an element, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def dutch(number: float, decimals: int) -> str:
    return f"{number:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


@pytest.mark.parametrize("day", [DAY, date(2019, 12, 31)])
def test_live_figures_are_those_of_vacancy_and_uptake_on_the_date(
    sample_app: Flask, client: FlaskClient, day: date
):
    store = sample_app.extensions["geo_assen"]
    total = services.vacancy_report(store, as_of=day).total
    uptake = services.uptake_report(store, as_of=day)
    year, yearly_m2 = int(uptake.yearly.index[-1]), int(uptake.yearly.iloc[-1])
    shown = client.get(f"/monitor?as_of={day}&lang=nl").text
    live = parse(shown).find(".//dl[@class='monitor__live']")
    told = said(live)
    assert f"{dutch(total['vacant_units_share'] * 100, 1)} % {total['vacant_units']} van" in told
    assert f"{dutch(total['vacant_floor_share'] * 100, 1)} %" in told
    assert f"{dutch(yearly_m2 / 10_000, 1)} ha in {year}, het laatste hele jaar" in told
    assert f"{dutch(uptake.supply().value, 1)} jaar" in told
    assert year == day.year - (day.month < 12)
    links = [link.get("href") for link in live.iter("a")]
    assert links == [f"/vacancy?as_of={day}"] * 2 + [f"/uptake?as_of={day}"] * 2


def test_live_figures_are_those_that_their_pages_tell(page: str, client: FlaskClient):
    live = parse(page).find(".//dl[@class='monitor__live']")
    share, floor, uptake_ha, years = [said(strong) for strong in live.iter("strong")]
    only = {"X-Fragment": "figures"}
    vacancy_page = said(parse(client.get(f"/vacancy?{AT}&lang=nl", headers=only).text))
    assert share in vacancy_page
    assert floor in vacancy_page
    uptake_page = parse(client.get(f"/uptake?{AT}&lang=nl", headers=only).text)
    told = {row[0].text: row[1].text for row in
            uptake_page.findall(".//details[@id='fold-uptake-year']//tbody/tr")}  # fmt: skip
    assert uptake_ha == f"{dutch(float(told['2025'].replace(',', '.')), 1)} ha"
    assert years in said(uptake_page)


def test_live_figures_say_what_is_not_known_and_a_time_without_records_has_none(
    page: str, sample_app: Flask, client: FlaskClient
):
    units = services.units_at(sample_app.extensions["geo_assen"], DAY)
    floors = units.loc[units["state"] == "unknown", "floor_area_m2"]
    unknown = f"Van {len(floors)} ({dutch(floors.sum(), 0)} m²) is de toestand niet bekend"
    told = said(parse(page).find(".//dl[@class='monitor__live']"))
    assert told.count(unknown) == 2
    only = {"X-Fragment": "figures"}
    for path, day, words_ in (
        ("vacancy", "2000-01-01", "van geen van de 415 panden (525.055 m²) is de toestand bekend"),
        ("vacancy", "2090-01-01", "van geen van de 412 panden (523.523 m²) is de toestand bekend"),
        ("uptake", "2000-01-01", "tot en met 1 januari 2000 is geen gebeurtenis vastgelegd"),
    ):
        shown = parse(client.get(f"/monitor?as_of={day}&lang=nl").text)
        live = shown.find(".//dl[@class='monitor__live']")
        assert words_ in said(live)
        assert "0,0" not in said(live)
        own = parse(client.get(f"/{path}?as_of={day}&lang=nl", headers=only).text)
        answer = said(own.find(".//div[@id='answer']"))
        assert words_ in answer
        assert "0,0" not in answer


def test_commuters_of_the_agenda_stand_in_their_own_box_alone(page: str):
    box = parse(page).find(".//aside[@class='monitor__box']")
    told = said(box)
    for stated in ("23.800 pendelaars", "15.800 pendelaars", "8.000 pendelaars", "niet genoemd",
                   "Jaar en eenheid (personen of banen) staan er niet bij"):  # fmt: skip
        assert stated in told
    assert "23.800" not in " ".join(cell for row in rows_of(page, "1") for cell in row)
    assert page.count("23.800") == 1


def test_figures_of_the_agenda_are_those_of_the_document_one_by_one(page: str):
    told = [
        row.find("td[@class='numeric']").text.split("\u00a0")[0]
        for group in "123"
        for table in parse(page).findall(f".//section[@id='group-{group}']/table")
        for row in table.findall("./tbody/tr")
    ]
    # by indicator: ours, then the middle-sized town and the north
    assert told == [
        "816", "643", "612", "45,5", "34,5", "41,7", "7,9", "6,0", "5,8",  # jobs, leisure, growth
        "5,3", "6", "6", "12", "24", "52", "4,2",  # five years, sectors, unemployment
        "25,1", "19,8", "17,8", "60",  # fast-growing firms, over 65
        "1",  # rank in broad prosperity
    ]  # fmt: skip


def test_references_stand_beside_ours_with_a_difference_or_the_reason_why_not(page: str):
    rows = rows_of(page, "1")
    at = next(n for n, row in enumerate(rows) if row[0].startswith("Banen per 1.000 inwoners"))
    assert rows[at][1:4] == ["Assen", "816 banen per 1.000", "2018"]
    assert rows[at + 1] == ["Middelgrote stad in Nederland", "643 banen per 1.000", "2018",
                            "+173 (+26,9 %)", "afgeleid", "[1]"]  # fmt: skip
    growth = next(n for n, row in enumerate(rows) if row[0].startswith("Banengroei 2014-2018"))
    assert rows[growth + 2][3] == "+2,1 procentpunt (+36,2 %)"
    beside = [row[3] for row in rows if row[0].startswith("Nederland")]
    assert beside == ["niet vergelijkbaar: ander jaar, of geen genoemd; andere definitie"] * 2
    folded = said(parse(page).find(".//section[@id='group-1']/details"))
    assert folded.startswith("Uit andere bronnen: 25 indicatoren")
    assert "Geplande uitgifte" in folded
    assert "Banengroei" not in folded
    notes = parse(page).find(".//section[@id='group-1']//ol")
    assert "816 banen per 1.000 inwoners is onwaarschijnlijk" in "".join(notes[0].itertext())
    assert "geen cijfer" in said(parse(page).find(".//section[@id='group-4']"))


def test_scores_are_drawn_on_a_scale_of_100_and_said_in_the_table(page: str):
    whole = parse(page)
    cells = [[cell.text for cell in row] for row in
             whole.findall(".//details[@id='fold-sdg']//tbody/tr")]  # fmt: skip
    assert {int(c[1]): (int(c[2]), int(c[3])) for c in cells} == PAIRS
    assert [c[4] for c in cells] == ["−14", "0", "+7", "+9", "−5", "−15", "−4", "−3"]
    chart = whole.find(f".//{SVG}svg[@aria-labelledby='chart-sdg-title chart-sdg-told']")
    bars = {
        kind: [float(bar.get("width").rstrip("%")) for bar in chart.iter(f"{SVG}rect")
               if bar.get("class") == f"chart__{kind}"]
        for kind in ("own-score", "country-score")
    }  # fmt: skip
    assert list(zip(bars["own-score"], bars["country-score"], strict=True)) == list(PAIRS.values())
    marks = [bar for bar in chart.iter(f"{SVG}rect") if bar.get("class") == "chart__mark"]
    assert len(marks) == len(PAIRS)


def test_matrix_names_what_serves_a_cell_and_says_where_nothing_does(page: str):
    table = parse(page).find(".//table[@class='utrecht-table utrecht-table--html-table rows "
                             "monitor__matrix']")  # fmt: skip
    rows = table.findall("./tbody/tr")
    assert [row.find("th").get("scope") for row in rows] == ["row"] * 5
    ambitions, *rows = rows
    assert [len(list(cell.iter("li"))) for cell in ambitions.findall("td")] == [2, 4, 2]
    cells = [[said(cell) for cell in row.findall("td")] for row in rows]
    hrefs = {link.get("href") for link in rows[1].findall("td")[0].iter("a")}
    assert {f"/uptake?{AT}", f"/vacancy?{AT}", f"/layers/plots?{AT}"} <= hrefs
    empty = [(t, p) for t, row in enumerate(cells, 1) for p, cell in enumerate(row, 1)
             if "Hier dient nog niets voor." in cell]  # fmt: skip
    assert empty == [(1, 3), (2, 3), (4, 3)]


def test_file_has_every_figure_with_its_difference_in_the_signs_of_the_reader(
    client: FlaskClient,
):
    answer = client.get(f"/monitor.csv?{AT}&lang=nl")
    assert f"monitor-indicators-{DAY}.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    by_code = {row["code"]: row for row in rows}
    listed = (PROJECT_FOLDER / "data" / "assen" / "indicators.csv").read_text(encoding="utf-8")
    assert [row["code"] for row in rows] == [
        row["code"] for row in csv.DictReader(io.StringIO(listed))
    ]
    growth = by_code["job-growth-2014-2018-noord"]
    assert (growth["value"], growth["difference"], growth["compared_with"]) == (
        "0,058", "0,021", "job-growth-2014-2018-assen")  # fmt: skip
    assert by_code["nl-shop-vacancy-2020"]["not_comparable"] == "year,definition"
    assert by_code["sdg-09-nl"]["difference"] == "-15"
    assert by_code["commuters-in"]["difference"] == by_code["commuters-in"]["compared_with"] == ""
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(f"/monitor.xlsx?{AT}&table=sdg").data), read_only=True
    )
    values = [row for row in book.active.iter_rows(values_only=True) if row[1] in PAIRS]
    assert [row[2:4] for row in values] == list(PAIRS.values())


def test_page_speaks_english_and_refuses_what_it_does_not_know(client: FlaskClient):
    told = words(client.get(f"/monitor?{AT}&lang=en").text)
    assert "not comparable: another definition" in told
    assert "Medium-sized city in the Netherlands, Northern Netherlands" in told
    assert "Middelgrote stad" not in told
    assert "Decent work and economic growth" in told
    assert re.search(r"6\.\d to 9\.\d, of 36\.3 ha issuable on 1 November 2026", told)
    client.get("/monitor?lang=nl")
    assert client.get("/monitor?by=year").status_code == 400
    assert client.get("/monitor.csv?table=all").status_code == 400


def test_empty_store_says_what_would_be_here_and_states_nothing(import_app: Flask):
    shown = import_app.test_client().get(f"/monitor?{AT}&lang=nl").text
    whole = parse(shown)
    assert "Hier komen de indicatoren van de agenda." in said(whole)
    live = said(whole.find(".//dl[@class='monitor__live']"))
    assert "er zijn geen panden vastgelegd" in live
    assert live.count("er zijn geen bedrijventerreinen vastgelegd") == 2
    assert not set("%0") & set(live)
    assert "Hoe de gemeente ervoor staat" in said(whole)
    # the document has figures of the other three groups: none of those is stored here
    assert shown.count("Het document noemt voor deze groep geen cijfer") == 1
    assert whole.find(".//aside[@class='monitor__box']") is None


def test_no_text_of_a_table_stands_outside_its_cell_at_any_width(open_page):
    page = open_page(f"/monitor?{AT}&lang=nl")
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    for width in (1440, 768, 400):
        resize(page, width)
        assert page.evaluate(OVERFLOWING) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
