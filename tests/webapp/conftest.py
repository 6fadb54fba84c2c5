"""A sample store, the application over it, a server for the browser, and pages in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import waitress
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect, sync_playwright

from geo_assen import services
from geo_assen.settings import Settings
from tests.services.sample import sample_file, settings_of
from tests.webapp.importing import Importer, finish_work
from tests.webapp.pages import STAFF, WEBAPP, needed, opened, staffed
from webapp.limits import limiter

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TIMEOUT_MS = 30_000  # as long for what a page is to show as for the page itself
# Hears the next change of size, and has the map draw what its new size needs without delay.
MAP_FOLLOWS = """async () => {
  const hasMap = document.querySelector('.map-canvas');
  const board = hasMap && (await import('/static/js/map.js')).currentBoard();
  const sized = new Promise((done) => addEventListener('resize', done, { once: true }));
  window.mapFollowed = sized.then(() => {
    if (!board) return;
    board.map.invalidateSize({ animate: false, pan: false });
    board.refresh();
  });
}"""


@pytest.fixture(scope="session", autouse=True)
def dutch_words() -> None:
    """Compile the translations, as the set-up does."""
    source = WEBAPP / "translations" / "nl" / "LC_MESSAGES" / "messages.po"
    compiled = source.with_suffix(".mo")
    if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
        command = [sys.executable, "-m", "babel.messages.frontend", "-q", "compile"]
        subprocess.run([*command, "-d", str(WEBAPP / "translations")], check=True)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("webapp")
    return Settings(store=f"sqlite:///{folder / 'assen.gpkg'}", uploads=folder / "uploads")


@pytest.fixture(scope="session")
def staffed_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with an account of staff, to take copies of."""
    return staffed(
        sample_file(tmp_path_factory.getbasetemp()), tmp_path_factory.mktemp("staffed_sample")
    )


@pytest.fixture(scope="session")
def staffed_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with an account of staff and nothing else, to take copies of."""
    return staffed(sqlite_template, tmp_path_factory.mktemp("staffed_template"))


@pytest.fixture(scope="session")
def sample_app(settings: Settings, staffed_sample: Path) -> Iterator[Flask]:
    """The sample as it is: no test may change it."""
    shutil.copy(staffed_sample, settings.store.split("///")[1])
    yield from opened(settings)


@pytest.fixture
def client(sample_app: Flask) -> FlaskClient:
    with sample_app.app_context():
        limiter.reset()
    return sample_app.test_client()


@pytest.fixture(scope="module")
def reader(sample_app: Flask) -> Importer:
    """Signed in at the sample as it is; what is sent to it must be refused."""
    with sample_app.app_context():
        limiter.reset()
    return Importer(sample_app)


@pytest.fixture
def own_app(staffed_sample: Path, tmp_path: Path) -> Iterator[Flask]:
    """The sample in a store of its own, which the test may change."""
    path = shutil.copy(staffed_sample, tmp_path / "assen.gpkg")
    yield from opened(settings_of(path, busy_timeout_ms=20_000))


@pytest.fixture
def anna(own_app: Flask) -> Importer:
    """Signed in where things may change."""
    return Importer(own_app)


@pytest.fixture(scope="session")
def live_server(sample_app: Flask) -> Iterator[str]:
    yield from served(sample_app)


def served(app: Callable[..., object]) -> Iterator[str]:
    """Address at which a WSGI application answers, until whoever asked goes on."""
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=5)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    needed(chromium, "chromium")
    needed((WEBAPP / "static" / "vendor" / "leaflet.js").exists(), "webapp/static/vendor")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        expect.set_options(timeout=TIMEOUT_MS)
        yield running
        running.close()


def settle(page: Page) -> None:
    """Wait until a map has drawn what its view needs; other pages are ready when loaded."""
    if page.locator(".map-canvas").count():
        page.wait_for_selector(".map-canvas[aria-busy=false]")


def resize(page: Page, width: int) -> None:
    """Give a page that is open another width, and wait until its map has followed."""
    if page.viewport_size["width"] == width:
        return
    page.evaluate(MAP_FOLLOWS)
    page.set_viewport_size({"width": width, "height": page.viewport_size["height"]})
    page.evaluate("window.mapFollowed")
    settle(page)


class Tabs:
    """Pages that serve one test after another: each new one would start a process.

    So would a blank page between two tests: they rest at an address of the same site.
    """

    def __init__(self, browser: Browser, resting: str) -> None:
        self._context = browser.new_context()
        self._resting = resting
        self._idle: list[Page] = []
        self._lent: list[Page] = []
        self.complaints: list[str] = []

    def take(
        self, *, width: int = 1440, height: int = 900, timeout_ms: int = TIMEOUT_MS
    ) -> Page:
        """A page in which nothing was opened or set; what it complains of is heard."""
        page = self._idle.pop() if self._idle else self._made()
        page.set_viewport_size({"width": width, "height": height})
        page.set_default_timeout(timeout_ms)
        self._lent.append(page)
        return page

    def _made(self) -> Page:
        page = self._context.new_page()
        page.on("console", lambda said: self.complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        return page

    def take_back(self) -> list[str]:
        """Leave nothing of a test in its pages and its session; what they complained of."""
        self._context.clear_cookies()
        for page in self._lent:
            page.unroute_all()
            page.goto(self._resting)
            page.emulate_media(media="null", reduced_motion="null")
            page.mouse.move(0, 0)
        self._context.clear_cookies()
        self._idle += self._lent
        for page in self._idle[2:]:
            page.close()
        heard = self.complaints[:]
        del self._idle[2:], self._lent[:], self.complaints[:]
        return heard


@pytest.fixture(scope="session")
def all_tabs(browser: Browser, live_server: str) -> Tabs:
    return Tabs(browser, f"{live_server}/login")


@pytest.fixture
def tabs(all_tabs: Tabs) -> Iterator[Tabs]:
    """Pages for a test; at the end none may have complained."""
    yield all_tabs
    assert all_tabs.take_back() == []


@pytest.fixture
def open_page(tabs: Tabs, live_server: str) -> object:
    """Open a path at a width."""

    def open_at(path: str, *, width: int = 1440, height: int = 900) -> Page:
        page = tabs.take(width=width, height=height)
        page.goto(live_server + path)
        settle(page)
        return page

    open_at.complaints = tabs.complaints  # type: ignore[attr-defined]
    return open_at


@pytest.fixture(scope="session")
def axe() -> str:
    path = Path(WEBAPP / "frontend" / "node_modules" / "axe-core" / "axe.min.js")
    needed(path.exists(), "axe-core (npm ci in webapp/frontend)")
    return path.read_text(encoding="utf-8")


def violations(page: Page, axe: str, *, colours: bool = True) -> list[object]:
    """What axe has to say of a page as it stands: rule and elements.

    The contrast of colours takes as long as all other rules together: a page that is looked
    at more than once needs it once. Elements are told by where they are: axe would copy the
    markup of each one it looks at.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{axe}; axe.configure({{ noHtml: true }});")
    found = page.evaluate(
        """(colours) => axe.run(document, {
          resultTypes: ['violations'], rules: { 'color-contrast': { enabled: colours } } })""",
        colours,
    )
    return [(v["id"], [n["target"] for n in v["nodes"]]) for v in found["violations"]]


def sign_in(page: Page, server: str, path: str) -> None:
    """Sign in as staff, and wait until the page that was asked for stands there."""
    page.goto(f"{server}/login?{urlencode({'next': path})}")
    page.fill("#name", STAFF[0])
    page.fill("#password", STAFF[1])
    page.click("main button[type=submit]")
    page.wait_for_url(server + path)


@pytest.fixture
def import_settings(staffed_template: Path, tmp_path: Path) -> Settings:
    """An installation of its own, whose store is empty: imports change it."""
    shutil.copy(staffed_template, tmp_path / "assen.gpkg")
    return Settings(
        store=f"sqlite:///{tmp_path / 'assen.gpkg'}",
        uploads=tmp_path / "uploads",
        upload_max_mb=1,
    )


@pytest.fixture
def import_app(import_settings: Settings) -> Iterator[Flask]:
    for app in opened(import_settings):
        yield app
        finish_work()


@pytest.fixture
def staff(import_app: Flask) -> Importer:
    return Importer(import_app)


@pytest.fixture
def store(import_app: Flask) -> services.Store:
    """The store that ``staff`` imports into."""
    return import_app.extensions["geo_assen"]
