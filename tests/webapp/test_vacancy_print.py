"""Vacancy on paper: what was seen and asked stands on one sheet, with what it takes to read it."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, Route, expect

from tests.webapp.conftest import resize, violations
from tests.webapp.pages import parse
from tests.webapp.test_compare_browser import pages_of

ASKED = (
    "as_of=2026-10-31&known_at=2026-11-15&since=2024-10-31&by=use&use=retail,hospitality"
    "&within=6.555,52.992;6.567,52.992;6.567,52.998;6.555,52.998&lang=en"
)
SEEN = """async () => {
  const { currentBoard } = await import('/static/js/map.js');
  const board = currentBoard();
  const box = board.map.getBounds();
  return {
    box: [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()],
    drawn: [...board.views.values()].filter((view) => !view.config.base && view.items.size)
      .map((view) => view.config.id),
  };
}"""
A4_MM, A3_MM = (297, 210), (420, 297)


def text_of(part: Element | None) -> str:
    assert part is not None
    return " ".join("".join(part.itertext()).split())


def cells(page: Element, where: str) -> list[list[str]]:
    return [[text_of(cell) for cell in row] for row in page.findall(f"{where}//tr")]


def test_sheets_tell_what_the_page_tells_and_where_it_is_from(client: FlaskClient):
    page = parse(client.get(f"/vacancy?{ASKED}").text)
    paper = parse(client.get(f"/vacancy/print?{ASKED}&paper=a3").text)
    first, more = (paper.find(f".//section[@class='{name}']")
                   for name in ("paper__sheet", "paper__more"))  # fmt: skip
    assert first is not None
    assert more is not None
    told = text_of(first)
    answer = text_of(page.find(".//p[@class='figures__answer']")).removesuffix("illustrative")
    assert answer.strip() in told
    assert text_of(page.find(".//p[@class='vacancy__change']")) in told
    for said in ("Reference date 31 October 2026 illustrative", "Retail · Hospitality",
                 "the drawn area", "(as known on 15 November 2026)", "CC0-1.0",
                 "Source: Gemeente Assen (voorbeeld) (illustrative)", "Printed on "):  # fmt: skip
        assert said in told, said
    for note in page.findall(".//ul[@class='vacancy__notes']/li"):
        assert text_of(note) in told
    groups = cells(page, ".//details[@id='fold-figures-use']")
    assert len(groups) > 3, "a head, at least two uses, and their sum"
    assert cells(more, "./div[1]") == groups
    back = paper.find(".//p[@class='crumb']/a")
    assert back is not None
    assert parse_qs(urlsplit(back.get("href")).query) == parse_qs(ASKED)
    body = paper.find("body")
    assert body is not None
    assert "page--a3" in body.get("class", "").split()


@pytest.mark.parametrize(
    "query", ["paper=a5", "seen=830", "seen=830,-6", "seen=99,600", "seen=830,600,1", "bbox=1"]
)
def test_sheet_refuses_what_means_nothing(client: FlaskClient, query):
    assert client.get(f"/vacancy/print?{query}").status_code == 400


def test_choice_that_holds_nothing_has_one_sheet_that_says_so(client: FlaskClient):
    paper = parse(client.get("/vacancy/print?street=Nowhere&lang=en").text)
    assert "No premises of the stock on " in text_of(paper.find(".//article"))
    assert paper.find(".//section[@class='paper__more']") is None


def printed(page: Page) -> list[tuple[int, int]]:
    """Sizes of the sheets; on the first one stands all that explains the map."""
    page.emulate_media(media="print")
    for part in ("[data-legend='vacancy_streets']", ".paper__day", ".paper__sheet .paper__foot"):
        expect(page.locator(part)).to_be_visible()
    expect(page.locator("[data-legend]:visible")).to_have_count(1)
    expect(page.locator("[data-print]")).to_be_hidden()
    page.emulate_media(media="null")
    return pages_of(page.pdf(prefer_css_page_size=True, print_background=True))


def test_map_that_was_seen_prints_on_one_landscape_sheet(open_page, axe):
    query = "as_of=2026-10-31&by=use&lang=nl&at=6.5625,52.9945,15.5"
    page = open_page(f"/vacancy?{query}", width=1100)
    seen = page.evaluate(SEEN)
    assert seen["drawn"] == ["vacancy_streets"]
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.context.route("**/vacancy.geojson*", hold)
    page.locator(".stage a", has_text="Afdrukken").click()
    button = page.locator("[data-print]")
    expect(page.locator("[data-print-wait]")).to_have_text("De kaart wordt getekend …")
    page.wait_for_selector(".map-canvas[aria-busy=true]")
    expect(button).to_be_disabled()
    for route in held:
        route.continue_()
    page.context.unroute("**/vacancy.geojson*")
    expect(button).to_be_enabled()
    for size in (A4_MM, A3_MM):
        shown = page.evaluate(SEEN)
        assert shown["drawn"] == ["vacancy_streets"], "larger on paper, and still the same layer"
        sides = zip(shown["box"][2:], shown["box"][:2], seen["box"][2:], seen["box"][:2],
                    strict=True)  # fmt: skip
        ratios = [(high - low) / (far - near) for high, low, far, near in sides]
        assert min(ratios) == pytest.approx(1, abs=0.01), "as large as there is room for"
        assert printed(page) == [size, size], "the map on one sheet, the figures on another"
        expect(page.locator(".name--vacancy_streets").first).to_have_text(re.compile(r" van \d+"))
        if size == A4_MM:
            page.locator(".paper-bar a", has_text="A3").click()
            page.wait_for_selector(".page--a3 [data-print]:not([disabled])")
    resize(page, 400)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert violations(page, axe) == []
