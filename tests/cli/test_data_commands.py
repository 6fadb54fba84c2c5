"""Commands that bring data in, take it back, carry it over and ask services."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.running import run
from tests.ingest.connectors.server import Service, without_proxies
from tests.services.recorded import addresses_at, answer_districts, answering

Write = Callable[[str, str], Path]
SQUARE = "POLYGON((233000 556000, 233100 556000, 233100 556100, 233000 556100, 233000 556000))"
HEADER = "code,park,area_m2,wkt_rd\n"
ADDRESSES = (
    "code,adres,huisnummer,postcode,woonplaats,x,y\nP1,Kloosterstraat,12A,9401KH,Assen,,\n"
    "P2,Kloosterstraat,99,9401KH,Assen,,\n"
)


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f'SELECT * FROM "{table}" ORDER BY id').fetchall()  # noqa: S608


def value(path: Path, question: str) -> object:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(question).fetchone()[0]


def landed(store: Path, path: Path, layer: str = "plots") -> int:
    done = run("import", layer, path, "--json", "--store", store)
    assert done.code == 0, done.err
    (part,) = json.loads(done.out)["layers"]
    return int(part["import"])


@pytest.fixture
def park(copy: Path) -> str:
    return str(value(copy, "SELECT code FROM business_park ORDER BY id"))


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    without_proxies(monkeypatch)
    with answering() as running:
        yield running


def test_undo_takes_an_import_back_once(copy: Path, write: Write, park: str) -> None:
    before = rows(copy, "plot")
    number = landed(copy, write("a.csv", f'{HEADER}U1,{park},10000,"{SQUARE}"\n'))
    assert len(rows(copy, "plot")) == len(before) + 1
    done = run("undo", number, "--store", copy)
    assert (done.code, done.out) == (0, b"")
    assert f"Import {number} is undone: 1 rows deleted, 0 set back." in done.err
    assert rows(copy, "plot") == before
    assert "undone already" in run("undo", number, "--store", copy).sentence()
    assert "999999" in run("undo", 999_999, "--store", copy).sentence()
    assert run("check", "--store", copy).code == 0


def test_imports_are_listed_the_newest_first(copy: Path, write: Write, park: str) -> None:
    path = write("a.csv", f'{HEADER}L1,{park},10000,"{SQUARE}"\nL2,?,1,""\n')
    first, second = landed(copy, path), landed(copy, path)
    assert run("undo", first, "--store", copy).code == 0
    listed = json.loads(run("imports", "--json", "--store", copy).out)
    assert [row["import"] for row in listed[:2]] == [second, first]
    assert {"layer": "plots", "file": "a.csv", "rows_read": 2, "accepted": 1,
            "quarantined": 1, "waiting": 1}.items() <= listed[1].items()  # fmt: skip
    assert listed[1]["undone_at"] is not None
    lines = run("imports", "--layer", "plots", "--store", copy).text.splitlines()
    assert lines[0].startswith(f"{second}\t")
    assert "1 unchanged" in lines[0]
    assert "undone" in lines[1]
    assert run("imports", "--layer", "offers", "--store", copy).text.count("plots") == 0


def test_mended_rows_are_sent_again(copy: Path, write: Write, park: str) -> None:
    number = landed(copy, write("a.csv", f'{HEADER}R1,{park},0,"{SQUARE}"\n'))
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute(
            "UPDATE quarantined_row SET mended = ? WHERE import_batch_id = ?",
            (json.dumps({"area_m2": "10000"}), number),
        )
        connection.commit()
    tried = run("resend", number, "--dry-run", "--json", "--store", copy)
    assert json.loads(tried.out)["layers"][0]["accepted"] == 1
    assert value(copy, "SELECT count(*) FROM plot WHERE code = 'R1'") == 0
    sent = run("resend", number, "--store", copy)
    assert (sent.code, sent.err) == (0, "")
    assert "1 accepted" in sent.text
    assert value(copy, "SELECT count(*) FROM plot WHERE code = 'R1'") == 1
    assert "999999" in run("resend", 999_999, "--store", copy).sentence()


def test_copy_carries_every_table_over(copy: Path, tmp_path: Path) -> None:
    target = tmp_path / "other.gpkg"
    done = run("copy", "--from", copy, "--to", target, "--json")
    assert done.code == 0, done.err
    told = {table["table"]: table["rows"] for table in json.loads(done.out)["tables"]}
    assert told["plot"] == len(rows(copy, "plot"))
    assert rows(target, "plot") == rows(copy, "plot")
    assert run("check", "--store", target).code == 0
    assert str(target) in run("copy", "--from", copy, "--to", target).sentence()
    missing = run("copy", "--from", tmp_path / "no.gpkg", "--to", tmp_path / "new.gpkg")
    assert "no.gpkg" in missing.sentence()
    assert not (tmp_path / "new.gpkg").exists()


@pytest.mark.parametrize(
    ("asked", "table", "number"),
    [
        (("areas", "--year", "2024"), "area", None),
        (("bag", "--bbox", "233000,556000,234000,557000"), "premises", 3),
        (("cbs", "70072ned", "--measure", "Banen_2", "--year", "2023", "--odata", "3"),
         "indicator", 1),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)  # fmt: skip
def test_answers_of_services_are_fetched(
    copy: Path, service: Service, asked: tuple[str, ...], table: str, number: int | None
) -> None:
    settings = addresses_at(service.url)
    before = rows(copy, table)
    tried = run("fetch", *asked, "--dry-run", "--json", "--store", copy, **settings)
    assert tried.code == 0, tried.err
    wanted = sum(part["accepted"] for report in json.loads(tried.out) for part in report["layers"])
    assert wanted == number or (number is None and wanted > 0)
    assert rows(copy, table) == before
    answer_districts(service)
    done = run("fetch", *asked, "--store", copy, **settings)
    assert done.code == 0, done.err
    assert "accepted" in done.text
    assert rows(copy, table) != before
    assert run("check", "--store", copy).code == 0


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "2,2,1,1"])
def test_box_that_encloses_nothing_is_wrong_usage(copy: Path, box: str) -> None:
    done = run("fetch", "bag", "--bbox", box, "--store", copy)
    assert done.code == 2
    assert "Usage" in done.err


def test_service_that_is_switched_off_is_told(copy: Path) -> None:
    version = value(copy, "SELECT store_version FROM store_state")
    done = run("fetch", "areas", "--store", copy, connectors_enabled="false")
    assert "switched off" in done.sentence()
    assert value(copy, "SELECT store_version FROM store_state") == version


def test_waiting_rows_are_placed_by_their_address(
    copy: Path, write: Write, service: Service
) -> None:
    number = landed(copy, write("addresses.csv", ADDRESSES), "premises")
    done = run("geocode", number, "--store", copy, **addresses_at(service.url))
    assert (done.code, done.out) == (0, b"")
    assert done.err.startswith("row 2: ")
    assert f"1 rows got a place, 1 did not. Send them again with geo-assen resend {number}." in (
        done.err
    )
    assert "1 accepted" in run("resend", number, "--store", copy).text
    assert value(copy, "SELECT count(*) FROM premises WHERE code = 'P1'") == 1
    assert "999999" in run("geocode", 999_999, "--store", copy).sentence()
