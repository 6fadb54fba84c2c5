"""Services are asked as the settings say, and the store stays as it is."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from geo_assen.errors import ServiceUnavailable
from geo_assen.ingest.connectors import Address
from geo_assen.services.connectors import (
    address_at,
    area_layers,
    bag_layer,
    bag_premises,
    cbs_area_figures,
    cbs_indicators,
    geocode_addresses,
    municipality_outline,
    place_of,
    suggest_addresses,
)
from geo_assen.services.session import Session, today
from geo_assen.settings import Settings
from tests.ingest.connectors.server import Service, served, without_proxies

BOX = (233_000.0, 556_000.0, 234_000.0, 557_000.0)
ADDRESS = Address("Kloosterstraat", 12, "A", "9401KH", "Assen")
COLLECTIONS = {
    "/districts/2024": ("gemeenten", "wijken"),
    "/areas": ("gemeentegebied",),
    "/bag": ("verblijfsobject",),
}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    without_proxies(monkeypatch)
    with served() as running:
        for name in ("free", "suggest", "lookup", "reverse"):
            running.recorded(f"/geo/{name}", f"locatieserver/{name}.json")
        for base, names in COLLECTIONS.items():
            folder = "bag" if base == "/bag" else "districts"
            for name in names:
                path = f"{base}/collections/{name}"
                running.recorded(path, f"{folder}/{name}.json")
                running.recorded(f"{path}/items", f"{folder}/{name}_1.json")
        path = "/districts/2024/collections/buurten"
        running.recorded(path, "districts/buurten.json")
        running.recorded(f"{path}/items", "districts/buurten_1.json", "districts/buurten_2.json")
        for name in ("TableInfos", "DataProperties", "RegioS", "Perioden", "TypedDataSet"):
            running.recorded(f"/v3/70072ned/{name}", f"cbs_v3/{name}.json")
        for name in ("Properties", "Dimensions", "MeasureCodes", "WijkenEnBuurtenCodes"):
            running.recorded(f"/v4/85984NED/{name}", f"cbs_v4/{name}.json")
        pages = ("cbs_v4/Observations_1.json", "cbs_v4/Observations_2.json")
        running.recorded("/v4/85984NED/Observations", *pages)
        yield running


def settings_at(url: str, address: str) -> Settings:
    return Settings(
        store=address,
        pdok_locatieserver_url=f"{url}/geo",
        pdok_bag_url=f"{url}/bag",
        pdok_areas_url=f"{url}/areas",
        cbs_districts_url=f"{url}/districts/{{year}}",
        cbs_odata_v3_url=f"{url}/v3",
        cbs_odata_v4_url=f"{url}/v4",
    )


@pytest.fixture
def session(service: Service, sqlite_store) -> Iterator[Session]:
    session = Session(settings=settings_at(service.url, str(sqlite_store.url)))
    yield session
    session.close()


def rows(fetched):
    return [row for part in fetched.layer.read() for row in part.values.to_dict("records")]


def test_addresses_get_a_place_and_a_reason(session):
    told = []
    sure, unsure = geocode_addresses(
        session, [ADDRESS, replace(ADDRESS, number=99)], lambda *done: told.append(done)
    )
    assert sure.proposal.x_m == 234_001
    assert unsure.proposal is None
    assert unsure.reason
    assert told[-1] == (2, 2)


def test_address_is_found_while_it_is_typed(session, service):
    suggestion = suggest_addresses(session, "klooster")[0]
    assert place_of(session, suggestion.id).bag_id == "0106010000000001"
    assert address_at(session, 234_000, 556_850)[0].label == suggestion.label
    asked = len(service.asked)
    assert suggest_addresses(session, "  ") == []
    assert len(service.asked) == asked


def test_outlines_come_by_kind_with_one_source(session, service):
    layers = area_layers(session)
    assert [rows(each)[0]["kind"] for each in layers] == [
        "municipality", "district", "neighbourhood",
    ]
    assert {each.layer.crs for each in layers} == {"EPSG:28992"}
    (source,) = {each.provenance for each in layers}
    assert source.code == "cbs-wijken-en-buurten-2024"
    assert (source.licence, source.retrieved_on) == ("CC-BY-4.0", today())
    assert source.url == f"{service.url}/districts/2024"
    assert all(row["source_code"] == source.code for each in layers for row in rows(each))


def test_year_of_the_outlines_is_in_the_address(session, service):
    with pytest.raises(ServiceUnavailable, match="404"):
        area_layers(session, 2023, kinds=["district"])
    assert service.paths() == ["/districts/2023/collections/wijken"]


def test_legal_outline_is_that_of_today(session):
    (row,) = rows(municipality_outline(session))
    assert (row["code"], row["year"]) == ("GM0106", today().year)


def test_bag_comes_with_its_own_columns_or_as_premises(session, service):
    raw = bag_layer(session, "verblijfsobject", BOX)
    assert raw.layer.rows == 5
    assert "gebruiksdoel" in raw.layer.columns
    assert raw.provenance.licence == "CC0-1.0"
    assert service.asked[-1]["bbox"] == "233000.000,556000.000,234000.000,557000.000"
    premises = bag_premises(session, BOX)
    assert len(rows(premises)) == 3
    assert rows(premises)[0]["source_code"] == premises.provenance.code


def test_indicators_are_of_the_municipality_unless_others_are_named(session, service):
    fetched = cbs_indicators(session, "70072ned", ["Banen_2"], [2023], version=3)
    (row,) = rows(fetched)
    assert row["value"] == 37_300
    assert fetched.provenance.code == "cbs-70072ned-2024-09-30"
    assert "GM0106" in service.asked[-1]["$filter"]
    found = cbs_indicators(
        session, "85984NED", ["T001036"], regions=["BU0106*"], where={"Geslacht": "T001038"}
    )
    assert [row["area"] for row in rows(found)] == ["BU01060000", "BU01060001"]


def test_inhabitants_of_neighbourhoods_are_rows_of_areas(session):
    found = cbs_area_figures(
        session,
        "85984NED",
        "T001036",
        ["M000100_1", "M000100_2"],
        regions=["BU0106*"],
        where={"Geslacht": "T001038"},
    )
    assert [row["population_persons"] for row in rows(found)] == [2410, 15]


ASKING = [
    lambda session: geocode_addresses(session, [ADDRESS]),
    lambda session: suggest_addresses(session, "x"),
    area_layers,
    municipality_outline,
    lambda session: bag_premises(session, BOX),
    lambda session: cbs_indicators(session, "85984NED", ["T001036"]),
]


@pytest.mark.parametrize("ask", ASKING)
def test_offline_is_said_in_one_sentence_and_changes_nothing(session, ask):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{unused.getsockname()[1]}"
    session.settings = settings_at(closed, session.settings.store)
    before = session.version()
    with pytest.raises(ServiceUnavailable, match=r"no connection.*nothing was changed"):
        ask(session)
    assert session.version() == before


@pytest.mark.parametrize("ask", ASKING)
def test_services_that_are_switched_off_are_not_asked(session, service, ask):
    session.settings = replace(session.settings, connectors_enabled=False)
    with pytest.raises(ServiceUnavailable, match="switched off"):
        ask(session)
    assert service.asked == []


def test_setting_without_https_is_refused(session):
    session.settings = replace(session.settings, pdok_bag_url="http://bag.example")
    with pytest.raises(ServiceUnavailable, match="does not begin with https://"):
        bag_layer(session, "pand", BOX)
