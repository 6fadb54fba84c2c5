"""What services answer becomes rows of our layers, each with its source."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from geo_assen.catalogue import load_catalogue
from geo_assen.errors import FileRefused
from geo_assen.ingest.connectors import (
    Api,
    Odata,
    Provenance,
    Selection,
    area_rows,
    district_rows,
    fetch_features,
    indicator_rows,
    municipality_rows,
    premises_rows,
)
from geo_assen.settings import Settings
from tests.ingest.connectors.test_odata import ASSEN, recorded_v3, recorded_v4

SOURCE = Provenance.of(
    "cbs", "70072ned", "2024-09-30",
    name="CBS", licence="CC-BY-4.0", url="https://cbs.example/70072ned",
    retrieved_on=date(2026, 11, 20),
)


def fields(layer):
    return {field.name for field in load_catalogue(Settings().layers).layers[layer].stored_fields}


def rows(fetched):
    return [row for part in fetched.layer.read() for row in part.values.to_dict("records")]


@pytest.fixture
def figures(service, client):
    recorded_v3(service)
    return Odata(client, f"{service.url}/v3", version=3).table("70072ned", ASSEN)


@pytest.fixture
def districts(service, client):
    recorded_v4(service)
    return Odata(client, f"{service.url}/v4", version=4)


@pytest.fixture
def neighbourhoods(service, client):
    path = "/districts/2024/collections/buurten"
    service.recorded(path, "districts/buurten.json")
    service.recorded(f"{path}/items", "districts/buurten_1.json", "districts/buurten_2.json")
    return fetch_features(Api(client, "Test", f"{service.url}/districts/2024"), "buurten")


def test_provenance_is_a_row_of_the_sources():
    row = SOURCE.row()
    assert set(row) == fields("sources")
    assert row["code"] == "cbs-70072ned-2024-09-30"
    assert row["retrieved_on"] == date(2026, 11, 20)
    assert row["certainty"] == "observed"


def test_figures_become_indicators_with_factor_source_and_period(figures):
    fetched = indicator_rows(figures, SOURCE)
    found = {(row["name"], row["year"]): row for row in rows(fetched)}
    assert set(fetched.layer.columns) <= fields("indicators")
    jobs = found["Banen van werknemers", 2023]
    assert (jobs["value"], jobs["unit"], jobs["area"]) == (37_300, "aantal", "GM0106")
    assert jobs["ambiguity"] == (
        "Gepubliceerd als x 1 000, afgerond op 100: tot 50 hoger of lager."
    )
    assert jobs["source_code"] == SOURCE.code
    assert jobs["code"] == "cbs-70072ned-banen-2-gm0106-2023jj00"
    assert "CBS-tabel 70072ned, Regionale kerncijfers Nederland" in jobs["definition"]
    assert found["Totale bevolking", 2024]["ambiguity"] == "Status bij CBS: Voorlopig."
    assert found["Totale bevolking", 2023]["ambiguity"] is None
    assert found["Bijstand", 2024]["unit"] == "per 1 000 inwoners"
    assert found["Bijstand", 2024]["value"] == 28.4


def test_missing_figures_are_left_out_with_their_reason(figures):
    fetched = indicator_rows(figures, SOURCE)
    assert len(rows(fetched)) == 4
    assert fetched.left_out == (
        "Bijstand of GM0106 in 2023JJ00: niet gepubliceerd.",
        "Banen van werknemers of GM0106 in 2024JJ00: "
        "onbekend, onvoldoende betrouwbaar of geheim (.).",
    )


def test_codes_of_indicators_differ_by_dimension(districts):
    table = districts.table("85984NED", Selection(["T001036"], ["BU01060001"]))
    found = rows(indicator_rows(table, SOURCE))
    assert [row["value"] for row in found] == [15, 8]
    assert len({row["code"] for row in found}) == 2
    assert "Geslacht 3000" in found[1]["definition"]


def test_figure_of_the_country_and_of_several_years_is_told_as_such(figures):
    frame = figures.rows.assign(region="NL01", period="1995-2024").head(1)
    (row,) = rows(indicator_rows(replace(figures, rows=frame), SOURCE))
    assert row["area"] == "NL"
    assert pd.isna(row["year"])


def test_factor_is_applied_without_drift(figures):
    frame = figures.rows[figures.rows["measure"] == "Banen_2"].head(1).assign(value=67.2)
    (row,) = rows(indicator_rows(replace(figures, rows=frame), SOURCE))
    assert row["value"] == 67_200


def test_inhabitants_and_working_age_become_areas(districts):
    selection = Selection(
        ["T001036", "M000100_1", "M000100_2"], ["BU0106*"], where={"Geslacht": "T001038"}
    )
    table = districts.table("85984NED", selection)
    fetched = area_rows(
        table, SOURCE, population="T001036", working_age=["M000100_1", "M000100_2"]
    )
    assert set(fetched.layer.columns) <= fields("areas")
    centre, other = rows(fetched)
    assert (centre["code"], centre["kind"], centre["name"], centre["year"]) == (
        "BU01060000", "neighbourhood", "Centrum", 2024,
    )
    assert (centre["population_persons"], centre["working_age_persons"]) == (2410, 1600)
    assert other["population_persons"] == 15
    assert pd.isna(other["working_age_persons"])
    assert "Confidential" in fetched.left_out[0]


def test_areas_without_working_age_say_nothing_of_it(figures):
    fetched = area_rows(figures, SOURCE, population="TotaleBevolking_1")
    assert "working_age_persons" not in fetched.layer.columns
    assert [(row["kind"], row["population_persons"]) for row in rows(fetched)] == [
        ("municipality", 69_182), ("municipality", 69_691),
    ]


def test_area_with_two_figures_is_not_chosen_between(districts):
    table = districts.table("85984NED", Selection(["T001036"], ["BU0106*"]))
    with pytest.raises(FileRefused, match="say which one is meant by Geslacht"):
        area_rows(table, SOURCE, population="T001036")


def test_regions_that_are_no_area_of_ours_are_told(figures):
    frame = figures.rows.assign(region="PV22")
    fetched = area_rows(replace(figures, rows=frame), SOURCE, population="TotaleBevolking_1")
    assert rows(fetched) == []
    assert "PV22 in 2024JJ00: no area of one year." in fetched.left_out


def test_neighbourhoods_become_areas_without_water_and_without_neighbours(neighbourhoods):
    fetched = district_rows(neighbourhoods, "neighbourhood", 2024, "GM0106", SOURCE)
    assert set(fetched.layer.columns) <= fields("areas")
    first, second = rows(fetched)
    assert (first["code"], first["name"], first["population_persons"]) == (
        "BU01060000", "Centrum", 2410,
    )
    assert (first["kind"], first["year"], first["source_code"]) == (
        "neighbourhood", 2024, SOURCE.code,
    )
    assert pd.isna(second["population_persons"])  # -99997 says that there is no figure
    (part,) = fetched.layer.read()
    assert part.numbers.tolist() == [1, 2]
    assert part.geometry[1].bounds[0] == 232_000
    assert fetched.left_out == (
        "1 areas of water left out.", "1 areas of other municipalities left out.",
    )


def test_outline_of_the_municipality_becomes_an_area(service, client):
    path = "/areas/collections/gemeentegebied"
    service.recorded(path, "districts/gemeentegebied.json")
    service.recorded(f"{path}/items", "districts/gemeentegebied_1.json")
    found = fetch_features(Api(client, "Test", f"{service.url}/areas"), "gemeentegebied")
    (row,) = rows(municipality_rows(found, 2026, "GM0106", SOURCE))
    assert row == {
        "code": "GM0106", "kind": "municipality", "name": "Assen", "year": 2026,
        "source_code": SOURCE.code,
    }
    other = municipality_rows(found, 2026, "GM0114", SOURCE)
    assert rows(other) == []
    assert other.left_out == ("1 other municipalities left out.",)


def test_units_become_premises_but_for_dwellings(service, client):
    path = "/bag/collections/verblijfsobject"
    service.recorded(path, "bag/verblijfsobject.json")
    service.recorded(f"{path}/items", "bag/verblijfsobject_1.json")
    found = fetch_features(Api(client, "Test", f"{service.url}/bag"), "verblijfsobject")
    fetched = premises_rows(found, SOURCE)
    assert set(fetched.layer.columns) <= fields("premises")
    shop, mixed, other = rows(fetched)
    assert (shop["bag_id"], shop["address"], shop["uses"], shop["floor_area_m2"]) == (
        "0106010000000001", "Kloosterstraat 1", "retail", 101,
    )
    assert (mixed["address"], mixed["uses"]) == ("Kloosterstraat 3A-2", "office;retail")
    assert other["uses"] is None
    assert fetched.left_out == ("1 units not in use left out.", "1 dwellings left out.")
    (part,) = fetched.layer.read()
    assert [place.x for place in part.geometry] == [233_701, 233_703, 233_705]


def test_column_that_is_published_no_longer_is_said(neighbourhoods):
    with pytest.raises(FileRefused, match="Buurten: the service sends no wijknaam any more"):
        district_rows(neighbourhoods, "district", 2024, "GM0106", SOURCE)


def test_nothing_for_the_question_is_said(service, client):
    service.json("/collections/c", {"title": "Leeg"})
    service.json("/collections/c/items", {"features": []})
    empty = fetch_features(Api(client, "Test", service.url), "c")
    with pytest.raises(FileRefused, match="nothing for this question"):
        premises_rows(empty, SOURCE)
