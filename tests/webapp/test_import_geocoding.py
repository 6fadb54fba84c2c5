"""Rows without a place get that of their address, by a real request to a recorded service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from geo_assen import services
from tests.ingest.connectors.server import Service, served, without_proxies
from tests.webapp.importing import Importer, words

ROWS = """code;naam;adres;vloeroppervlak;x;y
H-001;Bekend;Kloosterstraat 12A, 9401KH Assen;120;;
H-002;Onbekend;ergens in de straat;130;;
"""


@pytest.fixture
def geocoder(monkeypatch: pytest.MonkeyPatch, store: services.Store) -> Iterator[Service]:
    without_proxies(monkeypatch)
    with served() as running:
        running.recorded("/geo/free", "locatieserver/free.json")
        store.settings = replace(
            store.settings, pdok_locatieserver_url=f"{running.url}/geo",
            connectors_timeout_seconds=5,
        )  # fmt: skip
        yield running


@pytest.mark.usefixtures("geocoder")
def test_row_gets_the_place_of_its_address_and_lands(staff: Importer, store: services.Store):
    report = staff.imported(ROWS)
    assert "Zoek de plaats bij het adres" in staff.get(f"{report}/quarantine").text

    number = report.rsplit("/", 1)[1]
    answer = staff.post(f"/imports/{number}/quarantine/geocode")

    assert answer.status_code == 303
    page = words(staff.get(f"{report}/quarantine").text)
    assert "1 rij kreeg een plaats. Voor 1 rij is het adres niet zeker genoeg." in page
    staff.resent(report)
    place = store.table("premises").set_index("code").geometry["H-001"]
    assert (place.x, place.y) == (234_001.0, 556_850.25)
    (left,) = services.quarantined_rows(store, int(report.rsplit("/", 1)[1]))
    assert left.original["code"] == "H-002"
    assert "not_placed" in left.issues[0]


def test_geocoder_that_is_out_of_reach_is_told_and_changes_nothing(
    staff: Importer, store: services.Store
):
    store.settings = replace(store.settings, connectors_enabled=False)
    report = staff.imported(ROWS)

    number = report.rsplit("/", 1)[1]
    answer = staff.post(f"/imports/{number}/quarantine/geocode")

    assert answer.status_code == 502
    rows = services.quarantined_rows(store, int(report.rsplit("/", 1)[1]))
    assert [row.place for row in rows] == [None, None]
