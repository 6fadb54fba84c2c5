"""Vacancy in a browser: zoom, slider, a drawn area and changes keep map and figures in step."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.webapp.conftest import resize, settle, violations

FAMILIES = ("vacancy_areas", "vacancy_streets", "vacancy")
DRAWN_AT = """async (zoom) => {
  const { currentBoard } = await import('/static/js/map.js');
  const board = currentBoard();
  board.map.setView([52.9945, 6.5625], zoom, { animate: false });
  board.refresh();
  return ['vacancy_areas', 'vacancy_streets', 'vacancy'].filter((id) => board.layer(id).inRange);
}"""
CLASSES = """async () => {
  const { currentBoard } = await import('/static/js/map.js');
  const { items } = currentBoard().layer('vacancy_changes');
  return [...items.values()].map(({ feature }) => feature.properties.change);
}"""


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


@pytest.fixture(scope="module")
def mark_of_page() -> str:
    """A name that only lives as long as the page is not loaded anew."""
    return "window.sameAsBefore"


def test_one_of_areas_streets_and_premises_is_drawn_at_each_zoom(open_page, mark_of_page):
    page = open_page("/vacancy?as_of=2026-10-31&lang=nl&at=6.5625,52.9945,12.5")
    page.evaluate(f"{mark_of_page} = true")
    drawn = {zoom: page.evaluate(DRAWN_AT, zoom) for zoom in (12.5, 13.75, 15.75, 17, 15.5, 14)}
    settle(page)
    assert [drawn[zoom] for zoom in sorted(drawn)] == [
        ["vacancy_areas"], ["vacancy_areas"], ["vacancy_streets"], ["vacancy_streets"],
        ["vacancy"], ["vacancy"],
    ]  # fmt: skip
    label = page.locator(".name--vacancy_streets").first
    expect(label).to_have_text(re.compile(r": \d+ van \d+ · \d+\s%\sm²"))
    expect(page.locator("[data-drawer-count]")).to_contain_text("Leegstand per straat")
    expect(page.locator("[data-legend='vacancy_areas vacancy_streets']")).to_be_visible()
    expect(page.locator("[data-legend='vacancy vacancy_changes']")).to_be_hidden()
    before = page.locator("#answer").inner_text()
    with page.expect_response(re.compile(r"/vacancy\.geojson\?.*as_of=2026-09-30")):
        page.focus("#time-range")
        page.keyboard.press("ArrowLeft")
    expect(page.locator("#answer")).to_contain_text("Op 30 september 2026")
    expect(page.locator("#series")).not_to_have_class(re.compile("is-stale"))
    assert page.locator("#answer").inner_text() != before
    assert set(asked(page)) == {"as_of", "lang", "at"}
    assert page.evaluate(mark_of_page)


def test_drawn_area_has_its_own_figures_and_can_be_sent(open_page, mark_of_page):
    page = open_page("/vacancy?as_of=2026-10-31&lang=nl&at=6.5625,52.9945,15")
    page.evaluate(f"{mark_of_page} = true")
    whole = page.locator("#answer").inner_text()
    draw = page.locator("[data-draw-on]")
    draw.click()
    box = page.locator(".map-canvas").bounding_box()
    assert box is not None
    corners = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
               for x, y in ((0.3, 0.3), (0.9, 0.9), (0.7, 0.3), (0.3, 0.7))]  # fmt: skip
    for x, y in corners:
        page.mouse.click(x, y)
    page.keyboard.press("Enter")
    expect(page.locator("[data-draw-help]")).to_contain_text("mogen elkaar niet kruisen")
    page.keyboard.press("Backspace")
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.2)
    page.mouse.dblclick(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.15)
    expect(page.locator("#answer")).to_contain_text("Alleen wat in het getekende gebied ligt")
    expect(page.locator("#series")).not_to_have_class(re.compile("is-stale"))
    expect(draw).to_have_attribute("aria-pressed", "false")
    settle(page)
    within = asked(page)["within"][0]
    assert len(within.split(";")) == 5
    assert page.locator("#ask-within").input_value() == within.replace(";", "\n")
    drawn = page.locator("#answer").inner_text()
    assert page.evaluate(mark_of_page)
    page.reload()
    settle(page)
    assert page.locator("#answer").inner_text() == drawn
    page.locator(".draw [data-draw-clear]").click()
    expect(page.locator("#answer")).not_to_contain_text("getekende gebied")
    assert page.locator("#answer").inner_text() == whole
    assert "within" not in asked(page)


def test_changes_are_drawn_and_lead_to_the_premises(open_page, axe):
    query = "as_of=2026-10-31&since=2024-10-31&at=6.5625,52.9945,16"
    page = open_page(f"/vacancy?{query}&lang=en")
    assert set(page.evaluate(CLASSES)) >= {"newly_vacant", "still_vacant"}
    expect(page.locator(".stage [data-legend]:visible")).to_contain_text("Newly vacant")
    page.locator(".leaflet-layer-vacancy_changes-pane .mark").first.click(force=True)
    link = page.locator("[data-card] a", has_text="Open")
    expect(link).to_have_attribute("href", re.compile(r"^/vacancy/premises/.+as_of=2026-10-31"))
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    for width in (1440, 400):
        resize(page, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page, axe, colours=width == 1440) == []
