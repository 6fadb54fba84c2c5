from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

import openpyxl
import pytest

from geo_assen import services
from geo_assen.matching import Ranking, Requirement

DAY = date(2026, 11, 27)
NEED = {
    "title": "=Firm",
    "use": ["logistics", "industrial"],
    "party": "party-03",
    "constraint": [
        {"field": "area_m2", "min": 8000},
        {"near": "motorway_exit", "max_m": 3000},
        {"field": "grid_mva", "min": 0.5},
    ],
    "criterion": [
        {"field": "price_eur_m2", "weight": 3, "curve": {"smaller": [80, 160]}},
        {"field": "grid_mva", "weight": 1, "curve": {"larger": [0.2, 2]}},
    ],
}


@pytest.fixture
def ranking(sample: services.Store) -> Ranking:
    return services.match_sites(sample, Requirement.parse(NEED), as_of=DAY)


def read(content: bytes, delimiter: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter)


def test_rows_are_the_results_in_their_order(sample, ranking):
    rows = list(read(services.ranking_file(sample, ranking, "csv", top=12, language="en"), ","))
    results = ranking.top(12)
    assert [row["id"] for row in rows] == [result.id for result in results]
    assert [row["rank"] for row in rows] == [str(n) for n in range(1, len(results) + 1)]
    for row, result in zip(rows, results, strict=True):
        assert float(row["score"]) == pytest.approx(result.score, abs=1e-12)
        assert row["verdict"] == result.verdict.value
        answers = {item.name: item for item in result.constraints}
        assert row["constraint_grid_mva_verdict"] == answers["grid_mva"].verdict.value
        wishes = {item.name: item for item in result.criteria}
        found = row["criterion_price_eur_m2_desirability"]
        if "price_eur_m2" in wishes:
            assert float(found) == pytest.approx(wishes["price_eur_m2"].desirability)
        else:
            assert found == ""
        assert row["source_name"]
        assert row["source_date"]
        assert row["certainty"] == "illustrative"
        assert row["licence"] == "CC0-1.0"


def test_dutch_file_has_dutch_signs_and_reasons(sample, ranking):
    rows = list(read(services.ranking_file(sample, ranking, "csv-nl", language="nl"), ";"))
    assert any("," in row["score"] for row in rows)
    assert {row["reason"].partition(":")[0].partition(" ")[0] for row in rows} >= {"past", "te"}


def test_spreadsheet_tells_need_date_and_licence_and_not_who_asks(sample, ranking):
    content = services.ranking_file(sample, ranking, "xlsx", language="nl")
    book = openpyxl.load_workbook(io.BytesIO(content))
    table, about = book.worksheets
    titles = [cell.value for cell in next(table.rows)]
    assert "Eis Netaansluiting, oordeel" in titles
    assert "Wens Grondprijs, waarde" in titles
    assert "Eis Beschikbaarheid, oordeel" in titles
    told = {row[0].value: row[1].value for row in about.rows}
    assert Requirement.parse(NEED).constraints[0].field in told["Ranglijst"]
    assert told["as_of"] == "2026-11-27"
    assert told["licence"]
    assert "party-03" not in told["Ranglijst"]


def test_ranking_without_a_site_is_a_table_without_rows(sample):
    need = Requirement.parse({"constraint": [{"field": "area_m2", "min": 9e9},
                                             {"near": "motorway_exit", "max_m": 0}]})  # fmt: skip
    empty = services.match_sites(sample, need, as_of=DAY)
    rows = list(read(services.ranking_file(sample, empty, "csv"), ","))
    assert rows == []
