"""Splitting and merging as a person does it: sides pressed, an area pulled, a line drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.webapp.conftest import served, settle, sign_in, violations

PLOT = "P-MV-042"
AREA_M2 = 18104


@pytest.fixture
def server(own_app: Flask) -> Iterator[str]:
    """Address of a ledger that the test may change."""
    yield from served(own_app)


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """Signed in; at the end no page may have complained."""
    complaints: list[str] = []
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(30_000)
    page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    sign_in(page, server, f"/uptake/plots/{PLOT}/split")
    page.wait_for_selector(".map-canvas[aria-busy=false]")
    yield page
    settle(page)
    page.context.close()
    assert complaints == []


def look(page: Page, axe: str) -> None:
    """The page as it stands, at both widths: accessible, and no wider than the screen."""
    for width in (1440, 400):
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        assert violations(page, axe, colours=width == 1440) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1440, "height": 900})


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def areas(page: Page) -> list[int]:
    texts = page.locator("#plan tbody td:nth-child(2)").all_inner_texts()
    return [int(re.sub(r"\D", "", text.removesuffix("m²"))) for text in texts]


def press_side(page: Page, number: int) -> None:
    page.locator(".name--number .number__text", has_text=str(number)).click()


def test_plot_is_split_along_a_drawn_line_and_merged_again(page: Page, axe: str):
    press_sides(page)
    ask_areas(page, axe)
    draw_line(page, axe)
    record(page)
    merge_again(page, axe)


def press_sides(page: Page) -> None:
    boxes = page.locator(".split [name=access]")
    expect(boxes.nth(3)).to_be_checked()
    press_side(page, 1)
    expect(boxes.nth(0)).to_be_checked()
    expect(page.locator("select[name=along]")).to_have_value("1")
    press_side(page, 1)
    expect(page.locator("select[name=along]")).to_have_count(0)


def ask_areas(page: Page, axe: str) -> None:
    page.fill("#split-area", "6.000")
    expect(page.locator("#plan tbody tr")).to_have_count(2)
    assert areas(page) == [6000, AREA_M2 - 6000]
    assert asked(page)["area_m2"] == ["6.000"]
    expect(page.locator(".name--pieces")).to_have_count(2)
    page.fill(".split [name=min_frontage_m]", "20")
    expect(page.locator("#plan [role=alert]")).to_contain_text("front van 0,0 m")
    expect(page.locator(".name--pieces")).to_have_count(0)
    look(page, axe)
    page.click("text=Haaks snijden")
    settle(page)
    expect(page.locator("#split-area")).to_have_value("6.000")
    expect(page.locator(".name--pieces")).to_have_count(2)
    page.locator("[data-pull]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#plan tbody tr").first).to_contain_text("6.001 m²")
    page.fill("#split-area", "zes")
    expect(page.locator("#fault")).to_contain_text("heel aantal")
    expect(page.locator("#split-area")).to_have_attribute("aria-invalid", "true")


def draw_line(page: Page, axe: str) -> None:
    page.check(".split [name=how][value=line]")
    stage = page.locator(".map-canvas").bounding_box()
    middle = stage["x"] + stage["width"] / 2
    page.mouse.click(middle, stage["y"] + 8)
    page.mouse.click(middle, stage["y"] + stage["height"] / 2)
    page.mouse.click(middle - 60, stage["y"] + stage["height"] - 8)
    expect(page.locator(".vertex")).to_have_count(3)
    expect(page.locator("#plan tbody tr")).to_have_count(2)
    assert sum(areas(page)) == AREA_M2
    drawn = page.locator("#split-line").input_value()
    assert len(drawn.splitlines()) == 3
    before = areas(page)
    x, y = middle, stage["y"] + stage["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=4)
    page.mouse.up()
    first = page.locator("#plan tbody td").first
    expect(first).not_to_have_text(f"{before[0]:,} m²".replace(",", "."))
    page.click("[data-draw-undo]")
    expect(page.locator(".vertex")).to_have_count(2)
    page.fill("#split-line", drawn)
    expect(page.locator(".vertex")).to_have_count(3)
    expect(page.locator("#plan tbody tr")).to_have_count(2)
    assert areas(page) == before
    look(page, axe)
    page.reload()
    settle(page)
    expect(page.locator(".vertex")).to_have_count(3)
    assert areas(page) == before


def record(page: Page) -> None:
    page.click("text=Splitsing vastleggen")
    page.wait_for_url(f"**/sites/plot:{PLOT}A")
    expect(page.locator("[role=status]").first).to_contain_text(f"gesplitst in {PLOT}A en {PLOT}B")
    settle(page)


def merge_again(page: Page, axe: str) -> None:
    page.click("text=Samenvoegen met een buurkavel")
    settle(page)
    page.check(f".split [name=with][value={PLOT}B]")
    expect(page.locator("#plan tbody tr")).to_contain_text("18.104 m²")
    expect(page.locator(".name--pieces")).to_have_count(1)
    look(page, axe)
    page.click("text=Samenvoeging vastleggen")
    page.wait_for_url(f"**/sites/plot:{PLOT}*")
    expect(page.locator("[role=status]").first).to_contain_text("zijn samengevoegd tot")
