"""The screen of matching as a person uses it: drag, switch, type, and see it rank anew."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.webapp.conftest import resize, violations

NEED = (
    "/match?kinds=plot&use=logistics&use=industrial&min.area_m2=5000&min.grid_mva=0.5"
    "&w.price_eur_m2=3&c.price_eur_m2=smaller:60,140"
    "&w.near.motorway_exit=2&c.near.motorway_exit=smaller:500,3000"
    "&w.grid_mva=1&c.grid_mva=larger:0.2,1.5"
)
ITEMS = "#ranking li[data-key]"
BOARD = "import('/static/js/map.js').then((map) => map.currentBoard())"
FIRST_IS_OTHER = "key => document.querySelector('#ranking li').dataset.key !== key"
COUNT_MOVES = """() => {
  window.moved = 0;
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (...how) {
    window.moved += 1;
    return animate.apply(this, how);
  };
}"""


def order(page: Page) -> list[str]:
    return page.eval_on_selector_all(ITEMS, "items => items.map((item) => item.dataset.key)")


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def stay(page: Page) -> None:
    """Mark the page, so that a load would be seen."""
    page.evaluate("window.stayed = true")


def has_stayed(page: Page) -> bool:
    return page.evaluate("window.stayed === true")


def hold(route: Route, held: list[Route]) -> None:
    held.append(route)


def allow(page: Page, page_opener, text: str) -> None:
    """Take back complaints of the browser that a test has brought about."""
    page.evaluate("new Promise((done) => requestAnimationFrame(done))")
    page_opener.complaints[:] = [c for c in page_opener.complaints if text not in c]


def test_dragging_ranks_anew_without_a_page_load_and_keeps_focus(open_page):
    page = open_page(NEED)
    stay(page)
    before, said = order(page), page.inner_text("#answer")
    assert "Bovenaan" in said
    slider = page.locator("[id='wish-price_eur_m2']")
    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(FIRST_IS_OTHER, arg=before[0])
    expect(slider).to_be_focused()
    assert has_stayed(page)
    assert sorted(order(page)) == sorted(before)
    # Who cannot see the list hears what changed in it.
    assert page.inner_text("#answer").split(".")[0] == said.split(".")[0]
    assert page.inner_text("#answer") != said
    assert "w.price_eur_m2" not in query(page)
    assert page.url.split("/match")[1] == page.evaluate("location.pathname + location.search")[6:]
    again = open_page("/match?" + urlsplit(page.url).query)
    assert order(again) == order(page)


def test_map_and_table_follow_the_list(open_page):
    page = open_page(NEED)
    page.locator("[id='need-min.area_m2']").fill("15.000")
    page.keyboard.press("Tab")
    page.wait_for_url(re.compile("min.area_m2=15000"))
    page.wait_for_selector(".map-canvas[aria-busy=false]")
    listed = len(order(page))
    drawn = page.evaluate(f"{BOARD}.then((board) => board.layer('match').items.size)")
    assert drawn == listed
    numbers = page.eval_on_selector_all(".number__text", "all => all.length")
    assert numbers >= min(listed, 10)


def test_first_answer_takes_the_place_of_what_is_on_offer(open_page):
    page = open_page("/match")
    stay(page)
    page.check("#use-office")
    page.wait_for_selector(ITEMS)
    page.wait_for_selector(".map-canvas[aria-busy=false]")
    assert has_stayed(page)
    assert query(page) == {"use": ["office"]}
    shown = page.evaluate(f"{BOARD}.then((board) => board.shown.map((view) => view.config.id))")
    assert shown == ["match"]
    expect(page.locator(".number__text").first).to_be_visible()


def test_switch_makes_a_wish_of_what_must_and_back(open_page):
    page = open_page(NEED)
    stay(page)
    switch = page.get_by_role("group", name="Netaansluiting: moet of wens")
    switch.first.get_by_text("Wens", exact=True).click()
    page.wait_for_url(re.compile(r"off\.min\.grid_mva=0\.5"))
    assert "min.grid_mva" not in query(page)
    assert query(page)["w.grid_mva"] == ["1"]
    expect(page.locator("input[name='to_must.grid_mva']:checked")).to_be_focused()
    switch.nth(1).get_by_text("Moet", exact=True).click()
    page.wait_for_url(re.compile(r"[?&]min\.grid_mva=0\.5"))
    assert query(page)["off.c.grid_mva"] == ["larger:0.2,1.5"]
    expect(page.locator("[id='need-min.grid_mva']")).to_have_value("0,5")
    assert has_stayed(page)


def test_wrong_input_is_told_at_its_row_and_the_list_stays(open_page):
    page = open_page(NEED)
    before, address = order(page), page.url
    field = page.locator("[id='need-min.area_m2']")
    field.fill("veel")
    page.keyboard.press("Tab")
    expect(page.locator("[id='fault-area_m2']")).to_have_text(
        "moet een getal zijn, zoals 2500, of een datum"
    )
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("veel")
    assert order(page) == before
    assert page.url == address
    field.fill("5000")
    page.keyboard.press("Tab")
    expect(page.locator("[id='fault-area_m2']")).to_be_empty()
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#faults")).to_be_empty()
    allow(page, open_page, "400")


def test_curve_is_drawn_anew_and_what_is_open_stays_open(open_page):
    page = open_page(NEED)
    third = page.locator(ITEMS).nth(2)
    key = third.get_attribute("data-key")
    third.locator("details[data-why=higher] summary").click()
    page.locator("#more-demands > summary").click()
    page.fill("[id='good-price_eur_m2']", "75")
    page.keyboard.press("Tab")
    page.wait_for_url(re.compile("smaller:75,140"))
    expect(page.locator("[id='curve-price_eur_m2'] text").first).to_have_text("75")
    opened = page.locator(f'#ranking li[data-key="{key}"] details[data-why=higher]')
    expect(opened).to_have_attribute("open", "")
    expect(page.locator("#more-demands")).to_have_attribute("open", "")


def test_list_and_map_light_each_other(open_page):
    page = open_page(NEED)
    item = page.locator(ITEMS).nth(1)
    item.locator("h3 a").focus()
    expect(page.locator(".name--number.is-lit .number__text")).to_have_text("2")
    expect(item).to_have_class(re.compile("is-lit"))
    page.locator("h1").hover()
    page.locator("#match-title").click()
    page.locator(".name--number .number__text").first.hover()
    expect(page.locator(f"{ITEMS}.is-lit")).to_have_count(1)


def test_press_on_a_number_leads_to_its_place_in_the_list(open_page):
    page = open_page(NEED)
    number = page.locator(".name--number .number__text", has_text=re.compile("^1$"))
    number.click()
    expect(page.locator(f"{ITEMS} h3 a").first).to_be_focused()


def test_advanced_part_is_reckoned_when_opened(open_page):
    page = open_page(NEED)
    page.locator("#advanced > summary").click()
    page.wait_for_selector("#weigh-ranks")
    assert query(page)["advanced"] == ["1"]
    expect(page.locator(".robust__lead")).to_contain_text("van het gewicht van")
    page.check("#weigh-ranks")
    page.wait_for_url(re.compile("weigh=ranks"))
    page.select_option("[id='ask-rank.grid_mva']", "1")
    page.wait_for_url(re.compile("rank.grid_mva=1"))
    assert float(query(page)["w.grid_mva"][0]) >= float(query(page)["w.near.motorway_exit"][0])
    slider = page.locator("[id='wish-price_eur_m2']")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#weigh-sliders")).to_be_checked()
    page.wait_for_url(lambda url: "weigh=" not in url)
    page.locator("#advanced > summary").click()
    page.wait_for_url(lambda url: "advanced" not in url)


def test_overtaken_answer_is_not_shown(open_page):
    page = open_page(NEED)
    held: list[Route] = []
    # To take the handler away would let go of what is held.
    page.route("**/match?*", lambda route: route.continue_() if held else hold(route, held))
    page.check("#use-care")
    page.wait_for_selector("#results.is-waiting")
    expect(page.locator(".skeleton")).to_be_visible()
    page.uncheck("#use-care")
    expect(page.locator("#results")).to_have_attribute("aria-busy", "false")
    assert "care" not in page.url
    assert len(held) == 1
    expect(page.locator(".skeleton")).to_be_hidden()


def test_server_out_of_reach_is_told_and_the_list_stays(open_page):
    page = open_page(NEED)
    before = order(page)
    page.route("**/match?*", lambda route: route.abort())
    page.check("#use-care")
    expect(page.locator("#answer")).to_contain_text("De server is niet te bereiken.")
    assert order(page) == before
    allow(page, open_page, "ERR_FAILED")


def test_links_of_the_frame_follow_the_need(open_page):
    page = open_page(NEED)
    page.check("#use-care")
    page.wait_for_url(re.compile("use=care"))
    english = page.locator("a[hreflang=en]").get_attribute("href")
    asked = parse_qs(urlsplit(english).query)
    assert asked["use"] == ["industrial", "logistics", "care"]
    assert asked["lang"] == ["en"]
    dates = page.eval_on_selector_all(
        "[data-date-form] input[name=use]", "fields => fields.map((field) => field.value)"
    )
    assert sorted(dates) == ["care", "industrial", "logistics"]


def test_present_site_is_found_by_its_name(open_page):
    page = open_page(NEED)
    page.check("#kind-relocate")
    box = page.locator("#need-present_site")
    expect(box).to_be_visible()
    box.press_sequentially("W-032")
    page.wait_for_selector("#present-sites option[value='premises:W-0323']", state="attached")
    box.fill("premises:W-0323")
    page.keyboard.press("Tab")
    page.wait_for_url(re.compile("present_site=premises:W-0323"))
    expect(page.locator("#match-release")).to_contain_text("vrij")


def test_order_changes_are_not_animated_for_who_asked_for_less_motion(open_page):
    page = open_page(NEED)
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(COUNT_MOVES)
    first = order(page)[0]
    page.locator("[id='wish-price_eur_m2']").fill("0")
    page.wait_for_function(FIRST_IS_OTHER, arg=first)
    assert page.evaluate("window.moved") == 0
    page.emulate_media(reduced_motion="no-preference")
    first = order(page)[0]
    page.locator("[id='wish-price_eur_m2']").fill("3")
    page.wait_for_function(FIRST_IS_OTHER, arg=first)
    assert page.evaluate("window.moved") > 0


@pytest.mark.parametrize(
    ("path", "widths"),
    [
        (f"{NEED}&advanced=1&weigh=pairs&lang=nl", (1440, 1000, 400)),
        (f"{NEED}&kind=relocate&present_site=premises:W-0323&lang=en", (400, 1000, 1440)),
        (f"{NEED}&view=prospect&lang=nl", (1000, 400, 1440)),
        ("/match?min.area_m2=9&max.area_m2=3&use=castle&lang=nl", (400, 1440, 1000)),
        (
            "/match?w.max_env_category=2&c.max_env_category=categories:3.1=0.5,4.1=1&lang=en",
            (1440, 400, 1000),
        ),
    ],
)
def test_every_state_passes_axe_and_fits_the_screen(open_page, axe, path, widths):
    page = open_page(path, width=widths[0])
    for width in widths:
        resize(page, width)
        unfold(page)
        assert violations(page, axe, colours=width == widths[0]) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    allow(page, open_page, "400")


def unfold(page: Page) -> None:
    """All that can be unfolded is, and what stands in it has come."""
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    # The advanced part asks the server when it is opened.
    page.wait_for_selector("#advanced #weigh-sliders, #faults li", state="attached")
    expect(page.locator("#results")).not_to_have_attribute("aria-busy", "true")


def test_small_screen_shows_the_answer_first_and_the_need_when_asked(open_page):
    page = open_page(NEED, width=400, height=800)
    expect(page.locator("#answer")).to_be_visible()
    expect(page.locator("#need-title")).to_be_hidden()
    page.locator("#need > summary").click()
    expect(page.locator("#need-title")).to_be_visible()
    page.check("#use-care")
    page.wait_for_url(re.compile("use=care"))


def test_form_works_without_scripts(browser, live_server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server + NEED)
    page.fill("[id='need-min.area_m2']", "12.000")
    page.get_by_role("button", name="Rangschik de locaties").click()
    page.wait_for_url(re.compile("min.area_m2=12000"))
    assert page.locator(ITEMS).count() > 0
    page.locator("input[name='to_wish.grid_mva'][value='1']").check(force=True)
    page.get_by_role("button", name="Rangschik de locaties").click()
    page.wait_for_url(re.compile(r"off\.min\.grid_mva=0\.5"))
    context.close()
