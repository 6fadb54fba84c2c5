"""A file from the upload to its undoing, as a person does it in a real browser."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import waitress
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.webapp.conftest import Tabs, settle, sign_in, violations
from tests.webapp.importing import PREMISES


class Door:
    """One address for the applications of several tests, one after the other."""

    app: Flask

    def __call__(self, environ: dict, start: object) -> object:
        return self.app(environ, start)


@pytest.fixture(scope="module")
def served_door() -> Iterator[tuple[Door, str]]:
    door = Door()
    server = waitress.create_server(door, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield door, f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=5)


@pytest.fixture
def import_server(served_door: tuple[Door, str], import_app: Flask) -> str:
    door, address = served_door
    door.app = import_app
    return address


class Desk:
    """A signed-in member of staff at a browser; no page may be too wide."""

    def __init__(self, page: Page, server: str, axe: str) -> None:
        self.page = page
        self._axe = axe
        sign_in(self.page, server, "/imports")

    def send(self, folder: Path) -> None:
        (folder / "panden.csv").write_text(PREMISES)
        self.page.set_input_files("#send-file", folder / "panden.csv")
        self.page.select_option("#send-layer", "premises")
        self.page.click("text=Bestand openen")

    def look(self) -> None:
        """The page as it stands, at both widths: accessible, and no wider than the screen."""
        for width in (1440, 400):
            self.page.set_viewport_size({"width": width, "height": 900})
            settle(self.page)
            assert violations(self.page, self._axe, colours=width == 1440) == []
            assert self.page.evaluate("document.documentElement.scrollWidth") <= width
        self.page.set_viewport_size({"width": 1440, "height": 900})


@pytest.fixture
def desk(tabs: Tabs, import_server: str, axe: str) -> Iterator[Desk]:
    at = Desk(tabs.take(timeout_ms=30_000), import_server, axe)
    yield at
    settle(at.page)


def test_file_goes_from_upload_to_undo(desk: Desk, tmp_path: Path):
    page = desk.page
    desk.look()
    desk.send(tmp_path)
    expect(page.locator("h1")).to_have_text("Hoe het bestand gelezen wordt")
    desk.look()

    page.click("text=Controleren")
    expect(page.locator("h1")).to_have_text("Wat er verandert")
    expect(page.locator("main")).to_contain_text("2 in te voeren (2 nieuw")
    desk.look()
    page.click("button:text-is('Invoeren')")

    expect(page.locator("h1")).to_have_text("panden.csv")
    report = page.url
    desk.look()
    page.click("text=Bekijk 5 rijen die opzij zijn gezet")
    desk.look()

    group = page.locator(".groups__item", has_text="oud")
    group.locator("summary", has_text="Herstellen of weglaten").click()
    group.locator("input[name=new_value]").fill("retail")
    group.locator("button:text-is('Vervangen')").click()
    expect(page.locator("[role=status]").first).to_contain_text("2 rijen zijn hersteld")

    page.click("text=Opnieuw aanbieden")
    expect(page.locator("h1")).to_have_text("Wat er verandert")
    page.click("button:text-is('Invoeren')")
    expect(page.locator("main")).to_contain_text("Ingevoerd: 2. Wachten nog: 0.")

    page.goto(report)
    page.click("text=Ongedaan maken")
    desk.look()
    page.click("button:text-is('Ongedaan maken')")
    expect(page.locator("main")).to_contain_text("De import is ongedaan gemaakt: 2 records")
    page.click("nav >> text=Import")
    expect(page.locator(".imports tbody tr")).to_have_count(2)


def test_place_is_given_by_pressing_on_the_map_and_by_typing(desk: Desk, tmp_path: Path):
    page = desk.page
    desk.send(tmp_path)
    page.click("text=Controleren")
    page.click("button:text-is('Invoeren')")
    page.click("text=Bekijk 5 rijen")
    page.click("text=Rij 6 herstellen")
    desk.look()
    settle(page)
    page.locator(".map-canvas").click(position={"x": 150, "y": 120})
    expect(page.locator("#place")).to_have_value(re.compile(r"^2\d{5}\.\d 5\d{5}\.\d$"))
    page.fill("#place", "233 950, 556 850")
    page.locator("#place").press("Tab")
    dot = page.locator(".leaflet-overlay-pane path")
    expect(dot).to_have_count(1)
    page.click("button:text-is('Bewaren')")
    expect(page.locator("[role=status]").first).to_contain_text("Rij 6 is bewaard")
    row = page.locator(".aside-row", has_text="Rij 6")
    expect(row).to_contain_text("Plaats hersteld")


def test_row_of_the_table_lights_its_place_on_the_map(desk: Desk, tmp_path: Path):
    page = desk.page
    desk.send(tmp_path)
    page.click("text=Controleren")
    expect(page.locator("h1")).to_have_text("Wat er verandert")
    settle(page)
    page.locator("tr[data-key='0-4']").hover()
    expect(page.locator(".mark.is-lit")).to_have_count(1)


def test_whole_path_works_without_scripts(
    browser: Browser, import_server: str, axe: str, tmp_path: Path
):
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, java_script_enabled=False
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    desk = Desk(page, import_server, axe)
    desk.send(tmp_path)
    page.click("text=Controleren")
    expect(page.locator("h1")).to_have_text("Wat er verandert")
    page.click("button:text-is('Invoeren')")
    expect(page.locator("h1")).to_have_text("panden.csv")
    context.close()
