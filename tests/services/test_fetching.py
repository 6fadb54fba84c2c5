"""What public services answer comes in like a file; addresses give waiting rows a place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from geo_assen import services
from geo_assen.errors import NotFound, ServiceUnavailable
from geo_assen.services import Store
from tests.ingest.connectors.server import Service, without_proxies
from tests.services.recorded import addresses_at, answering
from tests.services.sample import copied, opened

Write = Callable[[str, str], Path]
BOX = (233_000.0, 556_000.0, 234_000.0, 557_000.0)
WITHOUT_PLACE = "code,adres,huisnummer,postcode,woonplaats,x,y\n"
KNOWN = "P1,Kloosterstraat,12A,9401KH,Assen,,\n"
UNKNOWN = "P2,Kloosterstraat,99,9401KH,Assen,,\n"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    without_proxies(monkeypatch)
    with answering() as running:
        yield running


@pytest.fixture
def store(
    service: Service, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> Iterator[Store]:
    path = copied(tmp_path_factory.getbasetemp(), tmp_path)
    found = opened(path, **addresses_at(service.url))
    yield found
    found.close()


def test_answers_land_with_source_licence_and_day(store: Store) -> None:
    fetched = services.bag_premises(store, BOX)
    (report,) = services.import_fetched(store, "premises", [fetched])
    (layer,) = report.layers
    assert (layer.rows_read, layer.accepted) == (3, 3)
    table, sources = store.table("premises"), store.table("source")
    origin = fetched.provenance
    brought = table[table["source_code"] == origin.code]
    (source,) = sources[sources["code"] == origin.code].to_dict("records")
    assert len(brought) == 3
    assert (source["licence"], source["url"]) == (origin.licence, origin.url)
    assert source["retrieved_on"] == services.today()


def test_same_answer_again_changes_nothing(store: Store) -> None:
    answers = services.area_layers(store)
    services.import_fetched(store, "areas", answers)
    before = store.table("area")
    again = services.import_fetched(store, "areas", answers)
    assert sum(layer.accepted for report in again for layer in report.layers) == 0
    assert store.table("area").equals(before)


def test_dry_run_of_an_answer_tells_and_writes_nothing(store: Store) -> None:
    version = store.version()
    tried = services.import_fetched(
        store, "premises", [services.bag_premises(store, BOX)], dry_run=True
    )
    assert tried[0].layers[0].accepted == 3
    assert tried[0].layers[0].batch_id is None
    assert store.version() == version


def test_figures_become_indicators(store: Store) -> None:
    fetched = services.cbs_indicators(store, "70072ned", ["Banen_2"], [2023], version=3)
    (report,) = services.import_fetched(store, "indicators", [fetched])
    assert report.layers[0].rows_read == report.layers[0].accepted == 1
    table = store.table("indicator")
    (row,) = table[table["source_code"] == fetched.provenance.code].to_dict("records")
    assert row["value"] == 37_300


def test_layer_that_is_none_is_named(store: Store) -> None:
    with pytest.raises(NotFound, match="nothing"):
        services.import_fetched(store, "nothing", [])


def waiting(store: Store, write: Write, *rows: str) -> int:
    path = write("addresses.csv", WITHOUT_PLACE + "".join(rows))
    (layer,) = services.import_file(store, "premises", path).layers
    assert layer.quarantined == len(rows)
    assert layer.batch_id is not None
    return layer.batch_id


def test_row_gets_the_place_of_its_address_and_lands(store: Store, write: Write) -> None:
    number = waiting(store, write, KNOWN)
    told: list[tuple[object, ...]] = []
    placed = services.place_by_address(store, number, lambda *step: told.append(step))
    assert (placed.placed, placed.unsure) == (1, [])
    assert told[-1][1:] == (1, 1)
    (row,) = services.quarantined_rows(store, number)
    assert row.place_mended
    services.resend(store, number)
    table = store.table("premises")
    point = table.set_index("code").loc["P1", "geometry"]
    assert (point.x, point.y) == pytest.approx((234_001, 556_851), abs=2)
    assert services.quarantined_rows(store, number) == []


def test_address_that_is_not_sure_stays_with_its_reason(store: Store, write: Write) -> None:
    number = waiting(store, write, KNOWN, UNKNOWN)
    placed = services.place_by_address(store, number)
    assert placed.placed == 1
    ((row, reason),) = placed.unsure
    assert (row, bool(reason)) == (2, True)
    assert [r.place_mended for r in services.quarantined_rows(store, number)] == [True, False]


def test_geocoder_that_may_not_be_asked_changes_nothing(store: Store, write: Write) -> None:
    number = waiting(store, write, KNOWN)
    store.settings = replace(store.settings, connectors_enabled=False)
    version = store.version()
    with pytest.raises(ServiceUnavailable):
        services.place_by_address(store, number)
    assert store.version() == version
    assert not services.quarantined_rows(store, number)[0].place_mended


def test_unknown_import_has_no_rows_to_place(store: Store, service: Service) -> None:
    with pytest.raises(NotFound, match="999999"):
        services.place_by_address(store, 999_999)
    assert service.asked == []
