"""The same figures everywhere: library, service, command, page and GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geo_assen import Requirement, Store, match, services
from geo_assen.settings import PROJECT_FOLDER
from tests.cli.running import run
from tests.services.sample import settings_of
from tests.webapp.pages import parse
from webapp import create_app

FOLDER = PROJECT_FOLDER / "data" / "assen" / "requirements"
FILES = sorted(FOLDER.glob("*.toml"), key=lambda path: path.name)
DAY = date(2026, 11, 1)
TOP = 40
FIGURES = ("id", "verdict", "score", "score_low", "score_high", "reliability")


def figures(results: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(result[name] for name in FIGURES) for result in results]


@pytest.fixture(scope="module")
def client(sample_address: str) -> FlaskClient:
    app = create_app(settings_of(sample_address))
    yield app.test_client()
    app.extensions["geo_assen"].close()


@pytest.fixture(scope="module")
def store(sample_address: str) -> Iterator[Store]:
    store = Store(sample_address)
    yield store
    store.close()


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_library_service_command_page_and_geojson_rank_alike(
    sample_address: str, store: Store, client: FlaskClient, file: Path
) -> None:
    requirement = Requirement.load(file)
    ranking = match(requirement, store.sites(as_of=DAY), as_of=DAY)
    document = ranking.to_json_document(TOP)
    wanted = figures(document["results"])
    assert wanted

    by_service = services.match_sites(store, requirement, as_of=DAY)
    assert figures(by_service.to_json_document(TOP)["results"]) == wanted
    frame = ranking.to_geodataframe().head(TOP)
    assert frame["id"].tolist() == [row[0] for row in wanted]
    assert frame["score"].tolist() == [row[2] for row in wanted]

    written = json.loads("".join(services.ranking_geojson(store, by_service, TOP)))
    assert figures([item["properties"] for item in written["features"]]) == wanted
    assert [item["id"] for item in written["features"]] == [row[0] for row in wanted]

    # each run reads the whole store: every file is asked on one database, half of them on each
    on_postgis = sample_address.startswith("postgresql")
    if FILES.index(file) % 2 == on_postgis:
        for results in commanded(file, str(requirement.code), sample_address):
            assert figures(results) == wanted

    query = dict(requirement.to_query()) | {"as_of": [DAY.isoformat()], "limit": [str(TOP)]}
    answer = client.get("/match.geojson", query_string=query)
    assert answer.status_code == 200, answer.text
    shown = json.loads(answer.text)
    assert figures([item["properties"] for item in shown["features"]]) == wanted
    assert listed(client.get("/match", query_string=query)) == [
        (row[0], row[1]) for row in wanted
    ]


def commanded(file: Path, code: str, address: str) -> Iterator[list[dict[str, Any]]]:
    """What the command answers of the file and of the record: one as JSON, one as GeoJSON.

    Which is which alternates with every second file.
    """
    asked = ("--as-of", DAY.isoformat(), "--top", str(TOP), "--store", address)
    of_json, of_geojson = (file, code) if FILES.index(file) // 2 % 2 else (code, file)
    yield json.loads(run("match", of_json, *asked, "--format", "json").text)["results"]
    collection = json.loads(run("match", of_geojson, *asked, "--format", "geojson").text)
    yield [item["properties"] for item in collection["features"]]


def listed(page: TestResponse) -> list[tuple[str, str]]:
    """Ids on the page in their order, each with the verdict of the group it stands in."""
    assert page.status_code == 200, page.text
    groups = {"Past": "pass", "Fits": "pass", "Te checken": "unknown", "To check": "unknown"}
    found, verdict = [], ""
    for element in parse(page.text).iter():
        if element.tag == "h2" and "ranked__heading" in (element.get("class") or ""):
            verdict = groups.get("".join(element.itertext()).strip(), "fail")
        if element.tag == "li" and element.get("data-layer") == "match":
            found.append((str(element.get("data-key")), verdict))
    return found


def test_all_at_once_ranks_as_each_alone(sample_address: str, store: Store) -> None:
    asked = ("--as-of", DAY.isoformat(), "--top", str(TOP), "--store", sample_address)
    lines = run("match", "--all", *asked, "--json").text.splitlines()
    sites = store.sites(as_of=DAY)
    for line, file in zip(lines, sorted(FILES, key=code_of), strict=True):
        document = json.loads(line)
        alone = match(Requirement.load(file), sites).to_json_document(TOP)
        assert document == json.loads(json.dumps(alone))


def code_of(file: Path) -> str:
    return str(Requirement.load(file).code)


def test_date_of_the_call_goes_before_the_date_of_the_requirement(store: Store) -> None:
    asked = Requirement.parse({"title": "Any", "as_of": date(2024, 3, 1)})
    assert services.match_sites(store, asked).as_of == date(2024, 3, 1)
    assert services.match_sites(store, asked, as_of=DAY).as_of == DAY
    undated = Requirement.parse({"title": "Any"})
    assert services.match_sites(store, undated).as_of == services.today()


@pytest.mark.parametrize("code", ["R-01", "R-02"])
def test_who_asks_never_leaves_with_the_ranking(store: Store, code: str) -> None:
    requirement = services.load_requirement(store, code)
    assert requirement.party is not None
    ranking = services.match_sites(store, requirement, as_of=DAY)
    text = json.dumps(ranking.to_json_document())
    text += "".join(services.ranking_geojson(store, ranking))
    assert requirement.party not in text
    assert '"party"' not in text
    assert ranking.to_json_document()["requirement"] == code
