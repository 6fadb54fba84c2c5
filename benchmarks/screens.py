"""Measure the screens on the sample: first paint, weight of the page, answers per page.

Run with ``make bench``; it prints the table that stands in docs/benchmarks.md. The peer in
the same run is folium as it comes: the same layers inlined in one HTML page, with its
scripts left out of the count because they lie on other hosts.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import folium
import waitress
from playwright.sync_api import Browser, sync_playwright

from geo_assen import services
from geo_assen.access import Role
from geo_assen.export import feature_collection
from geo_assen.settings import Settings
from webapp import create_app

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = (
    "/",
    "/sites",
    "/sites?min.area_m2=2000&at_least.max_env_category=3.2",
    "/match",
    "/match?use=logistics&use=industrial&min.area_m2=2000"
    "&w.price_eur_m2=3&c.price_eur_m2=smaller:60,140",
)
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(
            Settings.from_environment(), store=f"sqlite:///{Path(folder) / 'sample.gpkg'}"
        )
        services.init_store(settings, sample=True).close()
        app = create_app(settings)
        print("| what | median | worst |")
        print("|---|---|---|")
        for path in PAGES:
            answers(app.test_client().get, path, rounds)
        browser_figures(app, rounds=max(5, rounds // 6))
        peer_figures(settings, folder)


def answers(get: Callable[..., object], path: str, rounds: int) -> None:
    """Time from request to answer, the first one (which builds the frames) apart."""
    taken = [timed(lambda: get(path)) for _ in range(rounds + 1)]
    row(f"answer of `{path}`", taken[1:])
    print(f"| ... the first after a start | {taken[0] * 1000:.0f} ms | |")


def browser_figures(app: object, rounds: int) -> None:
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    address = f"http://127.0.0.1:{server.effective_port}"
    with BrowserSession() as browser:
        paints, weights = [], []
        for _ in range(rounds):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            client = page.context.new_cdp_session(page)
            client.send("Network.enable")
            received: list[float] = []
            client.on("Network.loadingFinished", _counting(received))
            page.goto(address, wait_until="networkidle")
            paints.append(page.evaluate(PAINT) / 1000)
            weights.append(sum(received) / 1000)
            page.context.clear_cookies()
            page.close()
        row("first paint of the map, sample, headless Chromium", paints)
        print(f"| page and assets of the map, compressed | {statistics.median(weights):.0f} kB | |")
    server.close()


def _counting(received: list[float]) -> Callable[[dict[str, float]], None]:
    return lambda event: received.append(event["encodedDataLength"])


def peer_figures(settings: Settings, folder: str) -> None:
    """Folium as it comes, with the same plots and premises inlined."""
    store = services.open_store(settings)
    drawn = folium.Map(location=(52.99, 6.56), zoom_start=12, tiles=None)
    for name in ("business_parks", "plots", "premises"):
        rows = services.layer_rows(store, name, as_of=services.today(), role=Role.PUBLIC)
        folium.GeoJson("".join(feature_collection(rows))).add_to(drawn)
    path = Path(folder) / "peer.html"
    drawn.save(path)
    store.close()
    print(
        f"| peer: folium page with three layers inlined, scripts not counted, uncompressed "
        f"| {path.stat().st_size / 1000:.0f} kB | |"
    )


class BrowserSession:
    """Headless Chromium for the length of a block."""

    def __enter__(self) -> Browser:
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS
        )
        return self._browser

    def __exit__(self, *_: object) -> None:
        self._browser.close()
        self._playwright.stop()


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def row(name: str, seconds: list[float]) -> None:
    print(f"| {name} | {statistics.median(seconds) * 1000:.0f} ms | {max(seconds) * 1000:.0f} ms |")


if __name__ == "__main__":
    main()
