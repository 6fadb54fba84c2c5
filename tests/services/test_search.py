"""Places found by what a person would type."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from geo_assen import services
from geo_assen.access import Role
from geo_assen.services import Hit, Store
from tests.services.sample import SAMPLE_IN_A_FILE

DAY = date(2026, 11, 1)


def found(store: Store, text: str, limit: int = 10) -> list[Hit]:
    return services.search(store, text, as_of=DAY, role=Role.PUBLIC, limit=limit)


@pytest.mark.parametrize("column", ["name", "address", "code"])
def test_premises_are_found_by(sample: Store, column: str) -> None:
    row = sample.table("premises").dropna(subset=column).iloc[0]
    hits = found(sample, row[column], limit=1000)
    assert ("premises", row["code"]) in {(hit.layer, hit.key) for hit in hits}


def test_premises_of_a_register_are_found_by_its_ids(copy: Store, tmp_path: Path) -> None:
    path = tmp_path / "premises.csv"
    path.write_text(
        "code,name,bag_id,postcode,lon,lat\nH1,Nieuwe Hal,0106010000012345,9401 XY,6.56,52.99\n"
    )
    services.import_file(copy, "premises", path)
    for text in ("0106010000012345", "9401 XY", "9401 xy", "Nieuwe Hal"):
        assert [hit.key for hit in found(copy, text)] == ["H1"], text


@SAMPLE_IN_A_FILE
def test_plot_is_found_by_its_code_and_leads_to_its_page(sample: Store) -> None:
    code = sample.table("plots_now")["code"].iloc[0]
    (hit,) = [hit for hit in found(sample, code, limit=100) if hit.key == code]
    assert (hit.layer, hit.url) == ("plots", f"/sites/plot:{code}")
    assert 6.4 < hit.lon < 6.7
    assert 52.9 < hit.lat < 53.1


@SAMPLE_IN_A_FILE
def test_park_goes_before_what_lies_in_it(sample: Store) -> None:
    park = sample.table("business_park").iloc[0]
    assert (found(sample, park["name"])[0].layer) == "business_parks"


@SAMPLE_IN_A_FILE
def test_every_word_must_be_there_and_case_does_not_matter(sample: Store) -> None:
    row = sample.table("premises").dropna(subset=["address", "name"]).iloc[0]
    words = f"{row['address']} {row['code']}"
    assert [hit.key for hit in found(sample, words.upper())] == [row["code"]]
    assert found(sample, f"{words} nowhere-at-all") == []


@pytest.mark.parametrize(
    "text",
    ["zzz-no-such-place", "", "   ", "%", "\\", "'; DROP TABLE plot; --", "\0", "(((", "[a-", "é💥",
     "*?+", "a" * 10_000],
)  # fmt: skip
@SAMPLE_IN_A_FILE
def test_unknown_text_and_odd_signs_find_nothing(sample: Store, text: str) -> None:
    assert found(sample, text) == []


@SAMPLE_IN_A_FILE
def test_no_more_hits_than_asked(sample: Store) -> None:
    assert len(found(sample, "a", limit=3)) == 3
