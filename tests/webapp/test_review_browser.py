"""Reviewing vacancy on a phone: from the worklist into the street, and on to the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.webapp.conftest import served, sign_in, violations

SMALLEST_PX = 44
TOUCHED = (
    ".spot__state, .spot__do, .spot__field input, .review__button, .review__chip, .review__touch"
)


@pytest.fixture
def server(own_app: Flask) -> Iterator[str]:
    """Address of a store that the test may change."""
    yield from served(own_app)


@pytest.fixture
def phone(browser: Browser, server: str) -> Iterator[Page]:
    """Signed in at the worklist, on a small screen; at the end no page may have complained."""
    complaints: list[str] = []
    page = browser.new_context(viewport={"width": 400, "height": 800}).new_page()
    page.set_default_timeout(30_000)
    page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    sign_in(page, server, "/vacancy/review?order=street&street=Rolderstraat")
    yield page
    page.context.close()
    assert complaints == []


def look(page: Page, axe: str) -> None:
    """The page as it stands: accessible, no wider than the screen, and easy to press."""
    assert violations(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    for touched in page.locator(TOUCHED).all():
        box = touched.bounding_box()
        assert box is None or box["height"] >= SMALLEST_PX, touched.inner_text()


def test_observation_is_recorded_from_the_worklist_with_a_thumb(phone: Page, axe: str):
    look(phone, axe)
    phone.get_by_role("link", name="Opnemen:").first.click()
    share = phone.locator("#e-vacant_percent")
    expect(share).to_be_hidden()
    expect(phone.locator("#e-source")).to_be_hidden()
    look(phone, axe)
    phone.get_by_text("Deels leeg", exact=True).click()
    expect(share).to_be_visible()
    share.fill("35")
    phone.fill("#e-note", "Etalage leeg, achter licht")
    look(phone, axe)
    phone.get_by_role("button", name="Vastleggen").click()
    expect(phone.get_by_role("status").first).to_contain_text("Vastgelegd: deels leeg (35 %)")
    look(phone, axe)
    phone.get_by_role("link", name="Volgende in de werklijst").click()
    expect(phone.locator("h1")).to_contain_text("Rolderstraat")
    phone.locator("#e-state-occupied").check()
    expect(phone.locator("#e-vacant_percent")).to_be_hidden()
