"""The pages as a person uses them, in a real browser."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from geo_assen.crs import lonlat_to_rd
from tests.webapp.conftest import resize, violations

PARK_VIEW = "/?at=6.5836,53.0286,15&layers=business_parks,plots"
NEED = (
    "use=logistics&min.grid_mva=1&w.price_eur_m2=1&c.price_eur_m2=smaller:60,140&advanced=1"
)
LIT_ROW = "#drawer-table tr.is-lit"


def open_drawer(page: Page, layer: str = "plots") -> None:
    page.click("[data-drawer-handle]")
    page.select_option("[data-drawer-layer]", layer)
    page.wait_for_selector(f"#drawer-table tr[data-layer={layer}]")


@pytest.mark.parametrize("path", ["/", "/layers/plots?limit=20", "/sites?min.area_m2=2000",
                                  "/sites/plot:P-MV-042", "/match", f"/match?{NEED}"])
def test_page_passes_axe_complains_of_nothing_and_fits_the_screen(open_page, axe, path):
    mark = "&" if "?" in path else "?"
    for language, widths in (("nl", (1440, 900, 400)), ("en", (400,))):
        page = open_page(f"{path}{mark}lang={language}", width=widths[0], height=800)
        assert violations(page, axe) == []
        for width in widths:
            resize(page, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            # What is hidden from the eye must not make a page with a map longer: a jump to it
            # would scroll all.
            if page.locator(".stage").count():
                assert page.evaluate("document.documentElement.scrollHeight") == 800


@pytest.mark.parametrize("path", ["/about", "/login", "/layers/nope"])
def test_page_of_text_passes_axe_and_fits_the_screen(open_page, axe, path):
    page = open_page(path, width=400)
    assert violations(page, axe) == []
    for width in (400, 900):
        resize(page, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    open_page.complaints[:] = [c for c in open_page.complaints if "404" not in c]


def test_card_drawer_and_hits_pass_axe(open_page, axe):
    page = open_page(PARK_VIEW)
    open_drawer(page)
    page.locator("#drawer-table tr[data-key]").first.press("Enter")
    page.wait_for_selector("[data-card] h2")
    page.fill("#search-box", "messchen")
    page.wait_for_selector("[role=option]")
    assert violations(page, axe) == []


def test_focus_runs_skip_link_menu_panel_table_map(open_page):
    page = open_page("/")
    stops = []
    for _ in range(80):
        page.keyboard.press("Tab")
        part = page.evaluate(
            """() => { const at = document.activeElement;
            return at.matches('.nl-skip-link') ? 'skip' : ['head__menu', 'panel', 'drawer', 'stage']
              .find((name) => at.closest('.' + name)) ?? 'other'; }"""
        )
        if part != "other" and (not stops or stops[-1] != part):
            stops.append(part)
        if part == "stage":
            break
    assert stops == ["skip", "head__menu", "panel", "drawer", "stage"]


def test_first_view_names_parks_and_roads(open_page):
    page = open_page("/")
    for name in ("Messchenveld", "A28"):
        expect(page.locator(".name__text", has_text=name).first).to_be_visible()


def uncovered(page: Page, selector: str) -> tuple[float, float]:
    """Middle of the first such element that nothing lies over."""
    x, y = page.evaluate(
        """selector => {
          for (const element of document.querySelectorAll(selector)) {
            const box = element.getBoundingClientRect();
            const at = [box.x + box.width / 2, box.y + box.height / 2];
            if (document.elementFromPoint(...at) === element) return at;
          }
        }""",
        selector,
    )
    return x, y


def test_row_lights_its_feature_and_feature_its_row(open_page):
    page = open_page(PARK_VIEW)
    open_drawer(page)
    page.locator("h1").hover()
    expect(page.locator('path[stroke="#101010"]')).to_have_count(0)
    page.locator("#drawer-table tr[data-key]").nth(1).hover()
    expect(page.locator('path[stroke="#101010"]')).to_have_count(1)
    page.locator("h1").hover()
    expect(page.locator('path[stroke="#101010"]')).to_have_count(0)
    page.mouse.move(*uncovered(page, ".leaflet-layer-plots-pane path.leaflet-interactive"))
    expect(page.locator(LIT_ROW)).to_have_count(1)


def test_feature_that_is_drawn_anew_under_the_pointer_leaves_nothing_lit(open_page):
    page = open_page(PARK_VIEW)
    open_drawer(page)
    page.mouse.move(*uncovered(page, ".leaflet-layer-plots-pane path.leaflet-interactive"))
    expect(page.locator(LIT_ROW)).to_have_count(1)
    page.evaluate("for (const path of document.querySelectorAll('path')) path.remove()")
    page.locator("h1").hover()
    expect(page.locator(LIT_ROW)).to_have_count(0)


def test_table_works_by_keyboard_alone(open_page):
    page = open_page(PARK_VIEW)
    page.focus("[data-drawer-handle]")
    page.keyboard.press("Enter")
    page.select_option("[data-drawer-layer]", "plots")
    rows = page.locator("#drawer-table tr[data-key]")
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    expect(page.locator(LIT_ROW)).to_have_count(1)
    name = rows.nth(1).locator("th").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("[data-card] h2")).to_be_focused()
    assert page.locator("[data-card] h2").inner_text() == name
    page.keyboard.press("Escape")
    expect(page.locator("[data-card]")).to_be_hidden()


def test_table_counts_what_lies_in_the_view(open_page):
    page = open_page(PARK_VIEW)
    open_drawer(page)
    drawn = page.locator("#drawer-table tr[data-key]").count()
    assert str(drawn) in page.locator("[data-drawer-count]").inner_text()
    link = page.locator("[data-drawer-geojson]").get_attribute("href")
    listed = page.request.get(page.url.split("/?")[0] + link).json()
    assert listed["numberReturned"] == drawn


def test_click_opens_the_card_in_the_panel_and_never_a_balloon(open_page):
    page = open_page(PARK_VIEW)
    page.mouse.click(*uncovered(page, ".leaflet-layer-plots-pane path.leaflet-interactive"))
    card = page.locator("[data-card]")
    expect(card.locator("h2")).to_be_visible()
    expect(card.locator(".card__source")).to_contain_text("Bron:")
    assert page.locator(".leaflet-popup").count() == 0
    assert page.evaluate("document.querySelector('[data-card]').closest('#panel') !== null")


def test_permalink_restores_view_and_layers(open_page):
    page = open_page("/")
    page.uncheck("input[value=plots]")
    page.click(".leaflet-control-zoom-in")
    page.wait_for_url(re.compile(r"at=[^&]*,13"))
    query = parse_qs(urlsplit(page.url).query)
    assert "plots" not in query["layers"][0].split(",")
    again = open_page("/?" + urlsplit(page.url).query)
    assert not again.is_checked("input[value=plots]")
    again.uncheck("input[value=attractions]")
    assert parse_qs(urlsplit(again.url).query)["at"] == query["at"]
    switch = page.locator("a[hreflang=en]").get_attribute("href")
    assert parse_qs(urlsplit(switch).query)["at"] == query["at"]


def test_search_moves_the_map_and_opens_the_card(open_page):
    page = open_page("/")
    page.focus("#search-box")
    page.keyboard.type("messchen")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[role=option]").first).to_have_attribute("aria-selected", "true")
    assert page.locator("#search-box").get_attribute("aria-activedescendant") == "search-hit-0"
    page.keyboard.press("Enter")
    expect(page.locator("[data-card] h2")).to_contain_text("Messchen")
    assert "at=" in page.url


def test_search_without_a_hit_says_so(open_page):
    page = open_page("/?lang=en")
    page.fill("#search-box", "zzzzzz")
    expect(page.locator("[role=listbox]")).to_contain_text("Nothing found for “zzzzzz”.")


def test_pointer_is_read_in_rd_as_the_library_reckons_it(open_page):
    page = open_page("/")
    places = [(6.5632, 52.9971), (6.45, 52.90), (6.70, 53.10), (3.4, 51.3), (7.1, 53.4)]
    reckoned = page.evaluate(
        """async (places) => { const rd = await import('/static/js/rd.js');
        return places.map(([lon, lat]) => rd.lonLatToRd(lon, lat)); }""",
        places,
    )
    lon, lat = np.array(places).T
    expected = np.column_stack(lonlat_to_rd(lon, lat))
    assert np.abs(np.array(reckoned) - expected).max() < 0.01
    assert page.locator("[data-map-place]").inner_text().startswith("RD 23")


def test_server_out_of_reach_is_told_with_a_retry(open_page):
    page = open_page("/")
    page.route("**/layers/premises.geojson*", lambda route: route.abort())
    page.check("input[value=premises]")
    page.evaluate("document.querySelector('#panel-content').scrollTop = 0")
    page.goto(page.url.split("?")[0] + "?layers=premises&at=6.563,52.995,16")
    status = page.locator("[data-map-status]")
    expect(status).to_contain_text("De server is niet te bereiken.")
    page.unroute("**/layers/premises.geojson*")
    page.click("[data-map-status] button")
    expect(status).to_be_hidden()
    expect(page.locator(".leaflet-layer-premises-pane .mark").first).to_be_visible()
    open_page.complaints[:] = [c for c in open_page.complaints if "ERR_FAILED" not in c]


def test_cut_view_says_zoom_in(open_page, live_server):
    page = open_page("/layers/plots")
    body = page.request.get(f"{live_server}/layers/plots.geojson?for=map&lang=nl").json()
    body["numberMatched"] = 9000
    page.route("**/layers/plots.geojson*", lambda route: route.fulfill(
        body=json.dumps(body), content_type="application/geo+json"))  # fmt: skip
    page.goto(live_server + "/?layers=plots")
    expect(page.locator("[data-map-status]")).to_contain_text("van 9000 zijn getekend: zoom in")
    expect(page.locator("[data-layer-row=plots] [data-layer-note]")).to_contain_text("zoom in")


def test_second_marks_are_drawn_as_patterns(open_page):
    page = open_page(PARK_VIEW)
    fills = page.locator(".leaflet-layer-plots-pane path").evaluate_all(
        "paths => paths.map((path) => path.getAttribute('fill'))"
    )
    patterns = {fill for fill in fills if fill.startswith("url(#pattern-")}
    for fill in patterns:
        assert page.locator(fill[4:-1]).count() == 1
    assert patterns


def test_small_screen_panel_has_three_heights(open_page):
    page = open_page("/", width=400, height=800)
    heights = []
    for _ in range(3):
        page.click("[data-panel-grip]")
        page.wait_for_timeout(250)
        heights.append(round(page.locator("#panel").bounding_box()["height"]))
    assert len(set(heights)) == 3


def test_paper_shows_map_and_legend_and_nothing_to_press(open_page):
    page = open_page("/")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator(".map-canvas").is_visible()
    assert page.locator("[data-layer-row=plots] .legend").is_visible()
    for hidden in (".search", ".date-form", ".drawer", ".stage__print", ".head__menu"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.locator(".print-only").is_visible()


def test_base_map_can_be_taken_away(open_page):
    page = open_page("/")
    base = page.locator(".leaflet-layer-base_map-pane path")
    assert base.count() > 0
    page.check("input[name=base][value=none]")
    expect(base).to_have_count(0)
