"""The uptake in a browser: the slider replays the ledger, the card leads on, axe is content."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.webapp.conftest import violations
from tests.webapp.pages import STAFF

FREE = "P-MV-050B"


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


@pytest.mark.parametrize("width", [1440, 400])
def test_page_passes_axe_with_its_tables_open_and_fits_the_screen(open_page, axe, width):
    language = "en" if width == 400 else "nl"
    page = open_page(f"/uptake?as_of=2027-01-10&lang={language}", width=width)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page, axe) == []


def test_slider_replays_map_and_figures_and_the_link_shows_the_same(open_page):
    page = open_page("/uptake?as_of=2026-10-31&lang=nl")
    answer = page.locator("#answer").inner_text()
    page.locator("#fold-stock > summary").click()
    with page.expect_response(re.compile(r"/uptake\.geojson\?.*as_of=2026-09-30")):
        page.focus("#time-range")
        page.keyboard.press("ArrowLeft")
    expect(page.locator(".date-notice")).to_contain_text("U ziet 30 september 2026")
    page.select_option("[data-time-end]", "2015-12-31")
    expect(page.locator("#answer")).to_contain_text("(2006-2015)")
    expect(page.locator("#outlook")).to_contain_text("2016-2025 samen")
    expect(page.locator("#outlook")).not_to_have_class(re.compile("is-stale"))
    assert page.locator("#fold-stock").get_attribute("open") is not None
    assert asked(page)["as_of"] == ["2015-12-31"]
    assert page.locator("#as-of").input_value() == "2015-12-31"
    assert page.locator("#time-range").get_attribute("aria-valuetext") == "31 december 2015"
    assert "as_of=2015-12-31" in page.locator("a[hreflang=en]").get_attribute("href")
    shown = page.locator("#answer").inner_text()
    assert shown != answer
    page.reload()
    assert page.locator("#answer").inner_text() == shown


def test_replay_plays_until_it_is_paused(open_page):
    page = open_page("/uptake?as_of=2026-10-31&lang=nl")
    play = page.locator("[data-time-play]")
    page.select_option("[data-time-end]", "2024-12-31")
    expect(page.locator("#answer")).to_contain_text("(2015-2024)")
    play.click()
    expect(play).to_have_text("Pauze")
    page.wait_for_function("new URLSearchParams(location.search).get('as_of') > '2025-01-01'")
    play.click()
    expect(play).to_have_text("Afspelen")
    expect(page.locator("#outlook")).not_to_have_class(re.compile("is-stale"))


def test_who_asks_for_less_motion_steps_by_hand(browser, live_server):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{live_server}/uptake?as_of=2015-12-31&lang=nl")
    expect(page.locator("[data-time-play]")).to_have_text("Jaar verder")
    page.click("[data-time-play]")
    page.wait_for_url("**as_of=2016-12-31**")
    expect(page.locator("[data-time-play]")).to_have_text("Jaar verder")
    context.close()


def test_staff_go_from_a_plot_to_the_form_and_see_only_its_fields(open_page, axe):
    page = open_page("/login?next=/uptake")
    page.fill("[name=name]", STAFF[0])
    page.fill("[name=password]", STAFF[1])
    page.click("main button[type=submit]")
    page.wait_for_selector(".map-canvas[aria-busy=false]")
    page.click("[data-drawer-handle]")
    page.click(f".drawer tr[data-key='{FREE}']")
    page.click("[data-card] >> text=Leg een gebeurtenis vast")
    expect(page.locator("[name=plot]")).to_have_value(FREE)
    page.select_option("[name=kind]", "option")
    expect(page.locator("[name=valid_until]")).to_be_visible()
    expect(page.locator("[name=price_eur_m2]")).to_be_hidden()
    page.fill("[name=valid_until]", "2100-12-31")
    page.click("text=Toon wat het doet")
    expect(page.locator("h1")).to_have_text("Wat de gebeurtenis doet")
    assert violations(page, axe) == []
