"""Shortlist, comparison, presentation and sheets as a person uses them."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.webapp.conftest import resize, sign_in, violations

NEED = (
    "use=logistics&use=industrial&min.area_m2=5000&min.grid_mva=0.5&near.motorway_exit.max_m=3000"
    "&w.price_eur_m2=3&c.price_eur_m2=smaller:60,140"
    "&w.near.motorway_exit=2&c.near.motorway_exit=smaller:500,3000"
)
LONG_NEED = (
    f"{NEED}&max.price_eur_m2=110&at_least.max_env_category=3.1&max.available_from=2028-01-01"
    "&is.fibre=true&is.water=true&is.rail=true&min.max_height_m=10&min.frontage_m=20"
    "&near.station.max_m=9000&near.centre.max_m=9000&w.area_m2=1&c.area_m2=larger:1000,9000"
    "&w.near.station=1&c.near.station=smaller:100,8000&w.grid_mva=1&c.grid_mva=larger:0,3"
    "&w.near.centre=1&c.near.centre=smaller:100,8000&w.frontage_m=1&c.frontage_m=larger:0,100"
)
LONG_TIMELINE = "premises:W-0062"
SITES = "plot:P-MV-042,plot:P-PP-020,plot:P-MV-051,premises:W-0408"
SIX = f"{SITES},plot:P-PP-012,plot:P-PP-006"
A4_MM = (210, 297)


def kept(page_or_url: Page | str) -> list[str]:
    url = page_or_url if isinstance(page_or_url, str) else page_or_url.url
    return [i for i in parse_qs(urlsplit(url).query).get("keep", [""])[0].split(",") if i]


def pages_of(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page of a PDF in whole millimetres."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", pdf)
    count = len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))
    sizes = [tuple(round(float(n) / 72 * 25.4) for n in box) for box in boxes]
    return [sizes[0]] * count if len(sizes) == 1 else sizes


@pytest.mark.parametrize(
    "path",
    [
        f"/compare?{NEED}&keep={SIX},plot:NOPE",
        "/compare",
        f"/compare?{NEED}&keep={SITES}&differences=1&view=prospect",
        f"/compare?{NEED}&keep={SITES}&sheet=1",
        f"/sites?keep={SITES}&view=prospect",
        f"/sites/plot:P-MV-042?keep={SITES}",
        f"/match?{NEED}&keep={SITES}&view=prospect",
    ],
)
def test_page_passes_axe_complains_of_nothing_and_fits_the_screen(open_page, axe, path):
    mark = "&" if "?" in path else "?"
    for language, widths in (("nl", (1440, 400)), ("en", (400, 1440))):
        page = open_page(f"{path}{mark}lang={language}", width=widths[0])
        page.evaluate("document.fonts.ready")
        assert violations(page, axe) == []
        for width in widths:
            resize(page, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_button_keeps_a_site_in_the_address_and_tells_how_many(open_page):
    page = open_page("/sites?kind=plot&lang=nl")
    buttons = page.locator("[data-keep-id]")
    first = buttons.nth(0)
    expect(first).to_have_attribute("aria-pressed", "false")
    expect(first).to_have_text("☆ Bewaar in lijst")
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(first).to_have_text("★ Uit lijst")
    expect(page.locator("[data-kept-count]")).to_have_text("Lijst: 1 locatie")
    buttons.nth(2).focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-kept-count]")).to_have_text("Lijst: 2 locaties")
    ids = [buttons.nth(n).get_attribute("data-keep-id") for n in (0, 2)]
    assert kept(page) == ids
    assert parse_qs(urlsplit(page.url).query)["kind"] == ["plot"]
    assert kept(page.locator("a[hreflang=en]").get_attribute("href")) == ids
    first.click()
    expect(page.locator("[data-kept-count]")).to_have_text("Lijst: 1 locatie")
    page.click("[data-kept-clear]")
    expect(page.locator("[data-kept-count]")).to_have_text("De lijst is leeg")
    assert kept(page) == []
    expect(page.locator("[data-kept-links]")).to_be_hidden()


def test_list_survives_menu_date_language_and_a_link_that_came_later(open_page):
    page = open_page("/sites?lang=nl")
    page.locator("[data-keep-id='plot:P-MV-042']").click()
    page.click(".head__menu >> text=Match")
    expect(page.locator("h1")).to_have_text("Match")
    assert kept(page) == ["plot:P-MV-042"]
    page.click("a[hreflang=en]")
    page.fill("#as-of", "2026-10-01")
    page.click(".date-form__go")
    page.wait_for_url("**as_of=2026-10-01**")
    assert kept(page) == ["plot:P-MV-042"]
    page.evaluate("""document.querySelector('#panel-content').insertAdjacentHTML(
      'beforeend', '<a id="late" href="/sites/plot:P-PP-020">late</a>')""")
    expect(page.locator("#late")).to_have_attribute("href", re.compile("keep=plot:P-MV-042"))
    page.click("text=Sites")
    expect(page.locator("[data-keep-id='plot:P-MV-042']")).to_have_attribute("aria-pressed", "true")


def test_list_that_was_kept_on_match_is_compared_for_its_need(open_page):
    page = open_page(f"/match?{NEED}&lang=nl")
    for number in (0, 1):
        page.locator("[data-keep-id]").nth(number).click()
    ids = kept(page)
    assert len(ids) == 2
    page.click("[data-kept-compare]")
    page.wait_for_selector(".compare__table")
    assert kept(page) == ids
    assert page.locator("thead th[data-key]").count() == 2
    assert page.locator("tbody th", has_text="Plaats").first.is_visible()
    page.click("text=Terug naar de zoekvraag")
    page.wait_for_selector("[data-keep-id][aria-pressed=true]")
    assert kept(page) == ids
    assert "min.area_m2=5000" in page.url


def test_list_and_presentation_stay_when_the_list_is_ranked_anew(open_page):
    page = open_page(f"/match?{NEED}&lang=nl&view=prospect")
    page.locator("[data-keep-id]").first.click()
    ids = kept(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    before = page.locator("#ranking [data-keep-id]").count()
    page.fill("[name='min.area_m2']", "9000")
    page.wait_for_url(re.compile("min.area_m2=9000"))
    expect(page.locator("#ranking [data-keep-id]")).not_to_have_count(before)
    assert kept(page) == ids
    assert [u for u in asked if "/static/" not in u and "view=prospect" not in u] == []
    links = page.locator("#ranking .ranked__name a")
    for href in links.evaluate_all("links => links.map((link) => link.getAttribute('href'))"):
        assert kept(href) == ids
        assert "view=prospect" in href
    expect(page.locator("[data-kept-count]")).to_have_text("Lijst: 1 locatie")
    leave = page.locator("a[data-view='']")
    leave.focus()
    assert "view=" not in leave.get_attribute("href")
    assert "min.area_m2=9000" in leave.get_attribute("href")


def test_differences_only_folds_lines_at_once_and_stays_in_the_link(open_page):
    page = open_page("/compare?keep=plot:P-MV-042,plot:P-MV-051&lang=nl")
    park = page.locator("tr", has=page.locator("th", has_text="Bedrijventerrein"))
    switch = page.locator("[data-differences]")
    expect(park).to_be_visible()
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    expect(park).to_be_hidden()
    expect(page.locator("[data-compare-status]")).to_contain_text("weggevouwen")
    assert "differences=1" in page.url
    page.reload()
    expect(park).to_be_hidden()
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.focus()
    page.keyboard.press("Space")
    expect(park).to_be_visible()
    assert "differences" not in page.url


def test_first_column_stays_in_sight_on_a_small_screen(open_page):
    page = open_page(f"/compare?{NEED}&keep={SIX}", width=400, height=800)
    scroll = page.locator(".compare__scroll")
    title = page.locator("tbody th[scope=row]").first
    before = title.bounding_box()["x"]
    scroll.evaluate("element => element.scrollLeft = 300")
    assert abs(title.bounding_box()["x"] - before) < 1
    assert scroll.evaluate("element => element.scrollLeft") == 300


def test_map_shows_the_sites_that_are_compared(open_page):
    page = open_page(f"/compare?keep={SITES}")
    # Labels of the sketch below are pictures of the same kind; the sites have a pane of theirs.
    shapes = page.locator(".leaflet-layer-sites-pane path, .leaflet-layer-sites-pane .mark")
    expect(shapes.first).to_be_visible()
    page.locator("thead th[data-key='plot:P-MV-042'] a").first.hover()
    expect(page.locator('path[stroke="#101010"]')).to_have_count(1)


def test_presentation_keeps_itself_until_it_is_left(open_page, live_server):
    page = open_page("/login")
    sign_in(page, live_server, f"/match?{NEED}&lang=nl")
    asked: list[str] = []
    page.click("text=Presentatie")
    page.wait_for_url("**view=prospect**")
    page.on("request", lambda request: asked.append(request.url))
    expect(page.locator(".head__menu")).not_to_contain_text("Import")
    page.locator(".head__menu a", has_text="Locaties").click()
    page.wait_for_selector(".map-canvas[aria-busy=false]")
    page.locator(".card__title a").first.click()
    page.wait_for_selector(".page--site .map-canvas[aria-busy=false]")
    expect(page.locator("body")).not_to_contain_text("Contact")
    page.click("a[hreflang=en]")
    page.wait_for_selector(".page--site .map-canvas[aria-busy=false]")
    data = [url for url in asked if ".geojson" in url]
    assert data
    assert [url for url in data if "view=prospect" not in url] == []
    page.click("text=Leave presentation")
    page.wait_for_selector("text=Sign out")
    assert "view=" not in page.url


def test_presentation_is_larger_to_read(open_page):
    def size(page: Page) -> float:
        return page.locator("h1").evaluate("h1 => parseFloat(getComputedStyle(h1).fontSize)")

    plain, presented = open_page("/sites"), open_page("/sites?view=prospect")
    assert size(presented) > 1.15 * size(plain)


def printed(page: Page) -> list[tuple[int, int]]:
    return pages_of(page.pdf(format="A4", prefer_css_page_size=True))


@pytest.mark.parametrize("view", ["", "&view=prospect"])
@pytest.mark.parametrize("site_id", ["plot:P-MV-042", "plot:P-AZ-006", LONG_TIMELINE])
def test_page_of_a_site_prints_on_one_a4(open_page, site_id, view):
    page = open_page(f"/sites/{site_id}?lang=nl{view}")
    assert printed(page) == [A4_MM]


@pytest.mark.parametrize("view", ["", "&view=prospect"])
def test_shortlist_prints_one_a4_a_site(open_page, view):
    page = open_page(f"/compare?{NEED}&keep={SIX}&sheet=1&lang=nl{view}")
    assert page.locator(".a4").count() == 6
    assert printed(page) == [A4_MM] * 6


def test_need_with_many_demands_still_fits_one_a4_a_site(open_page):
    page = open_page(f"/compare?{LONG_NEED}&keep={SITES}&sheet=1&lang=nl")
    sizes = page.locator(".a4").evaluate_all(
        "sheets => sheets.map((sheet) => parseFloat(getComputedStyle(sheet).fontSize) * 0.75)"
    )
    assert 6 <= min(sizes) < 9, "smaller type than a short need has"
    assert printed(page) == [A4_MM] * 4


def test_paper_says_how_much_of_a_long_timeline_it_leaves_out(open_page):
    page = open_page(f"/sites/{LONG_TIMELINE}?lang=nl")
    moments = page.locator(".timeline > li")
    count = moments.count()
    assert count > 12
    expect(moments.last).to_be_visible()
    page.emulate_media(media="print")
    expect(moments.nth(11)).to_be_visible()
    expect(moments.nth(12)).to_be_hidden()
    expect(page.locator("body")).to_contain_text(f"Ouder dan deze: nog {count - 12};")


def test_map_of_a_sheet_is_drawn_at_one_to_five_thousand(open_page):
    page = open_page("/compare?keep=plot:P-MV-042&sheet=1")
    metres_a_pixel = page.evaluate(
        """async () => {
          const { map } = (await import('/static/js/map.js')).currentBoard();
          const [a, b] = [[0, 100], [500, 100]].map((at) => map.containerPointToLatLng(at));
          return map.distance(a, b) / 500;
        }"""
    )
    assert metres_a_pixel == pytest.approx(5000 * 0.0254 / 96, rel=0.01)


def test_button_of_the_sheets_prints(open_page):
    page = open_page(f"/compare?keep={SITES}&sheet=1&lang=nl")
    page.evaluate("() => { window.print = () => { window.printed = true; }; }")
    page.click("text=4 vellen afdrukken")
    assert page.evaluate("window.printed") is True
