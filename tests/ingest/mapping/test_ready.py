"""The ready mappings, each on a small table such as its source gives."""

from __future__ import annotations

import re

import pytest

from geo_assen.settings import PROJECT_FOLDER

SHOPS = {
    "VKP_ID": [10, 11, 12],
    "NAAM": ["Bakker", "LEEGSTAND", "Café"],
    "STRAAT": ["Kruisstraat", "Kruisstraat", "Markt"],
    "HUISNR": [1, 3, 5],
    "POSTCODE": ["9401 AA", "9401 AA", "9401 BB"],
    "WOONPLAATS": ["Assen"] * 3,
    "GROEP": ["11-Dagelijks", "00-Leegstand", "59-Horeca"],
    "HOOFDBRANCHE": ["11.010-Levensmiddelen", "00.000-Leegstand", "59.210-Horeca"],
    "WVO": [120, 80, 60],
    "DATUM_OPNAME": ["2024-03-01"] * 3,
    "X": [233_000.0, 233_010.0, 233_020.0],
    "Y": [556_000.0, 556_010.0, 556_020.0],
}
PARKS = {
    "RIN_Nummer": [22001, 22002],
    "Plannaam": ["Noord", "Zuid"],
    "Gemeente": ["Assen", "Assen"],
    "Werklocatietype": ["Bedrijventerrein", "Economische zone"],
    "Planfase": ["Onherroepelijk", "Hard"],
    "Bruto": ["107,4000", "12,5"],
    "Netto_ha": ["74,7", "9"],
    "Terstond_Uitgeefbaar": ["3,0", "0"],
    "Max_milieucategorie": [4, 3],
    "Min_verkoopprijs_euro_p_m2": [200, 95],
    "Max_verkoopprijs_euro_p_m2": [250, 110],
    "Parkmanagement": ["Ja", "Onbekend"],
}
SERVICE = {
    "RIN_NUMMER": ["22001"], "JAAR": [2024], "PLAN_NAAM": ["Noord"], "GEM_CODES": ["GM0106"],
    "HA_BRUTO": [107.4], "HA_NETTO": [74.7], "HA_TOTTUIT": [3.0], "WLOC_TYPE": ["Bedrijventerrein"],
}  # fmt: skip
NUMBERED = {
    "OBJECTID": [1, 2], "KAVELNR": ["1a", "1b"], "STATUS": ["Optie", "Uitgeefbaar"],
    "BEDRIJVENTERREIN": ["P", "P"], "OPPERVLAKTE": [2400, 3100],
    "BESTEMMING": ["Bedrijf", "Kantoor"], "MILIEUCAT": ["3.2", "4"], "PRIJS_M2": [95, 110],
}  # fmt: skip
BY_TYPE = {"OBJECTID": [1, 2], "TYPE": ["Verkocht", "Bouwrijp"], "OPP": [5100.5, 800.0]}
REGISTER = {
    "kavelid": [7, 8], "plannaam": ["Noord"] * 2, "rin_nr": [22001] * 2,
    "kaveloppervlak": [1500, 900], "kavelstatus": ["Uitgegeven", "Terstond uitgeefbaar"],
    "eigenaartype": ["gemeente"] * 2, "max_hindercat": ["4.2", "3"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("layer", "table", "name", "columns"),
    [
        ("premises", SHOPS, "shop_survey_premises", {
            "code": "VKP_ID", "name": "NAAM", "street": "STRAAT", "postcode": "POSTCODE",
            "sales_floor_m2": "WVO", "uses": "GROEP",
        }),
        ("vacancy", SHOPS, "shop_survey_vacancy", {
            "premises": "VKP_ID", "observed_on": "DATUM_OPNAME", "state": "GROEP",
            "street": "STRAAT", "house_number": "HUISNR", "postcode": "POSTCODE",
            "town": "WOONPLAATS",
        }),
        ("business_parks", PARKS, "park_list", {
            "code": "RIN_Nummer", "name": "Plannaam", "type": "Werklocatietype",
            "gross_area_m2": "Bruto", "max_env_category": "Max_milieucategorie",
            "plan_status": "Planfase", "price_min_eur_m2": "Min_verkoopprijs_euro_p_m2",
            "price_max_eur_m2": "Max_verkoopprijs_euro_p_m2", "park_management": "Parkmanagement",
        }),
        ("business_parks", SERVICE, "park_list", {
            "code": "RIN_NUMMER", "name": "PLAN_NAAM", "type": "WLOC_TYPE",
            "gross_area_m2": "HA_BRUTO",
        }),
        ("plots", NUMBERED, "arcgis_plots_numbered", {
            "code": "KAVELNR", "name": "KAVELNR", "park": "BEDRIJVENTERREIN",
            "area_m2": "OPPERVLAKTE", "uses": "BESTEMMING", "max_env_category": "MILIEUCAT",
            "price_eur_m2": "PRIJS_M2",
        }),
        ("plots", BY_TYPE, "arcgis_plots_by_type", {"code": "OBJECTID", "area_m2": "OPP"}),
        ("plots", REGISTER, "plot_register", {
            "code": "kavelid", "park": "rin_nr", "area_m2": "kaveloppervlak",
            "max_env_category": "max_hindercat",
        }),
    ],
)  # fmt: skip
def test_file_of_a_known_kind_gets_its_ready_mapping(guess, ready, layer, table, name, columns):
    mapping = guess(layer, table, ready)
    assert mapping.name == name
    assert mapping.columns == columns
    assert set(mapping.certainty.values()) == {"ready"}


def test_shop_survey_is_one_dated_observation_a_unit(guess, ready):
    mapping = guess("vacancy", SHOPS, ready)
    assert mapping.constants == {"source": "field"}
    assert [mapping.values["state"][text] for text in SHOPS["GROEP"]] == [
        "occupied", "vacant", "occupied",
    ]  # fmt: skip
    uses = guess("premises", SHOPS, ready).values["uses"]
    assert [uses[text] for text in SHOPS["GROEP"]] == ["retail", "", "hospitality"]


def test_both_readings_of_the_shop_survey_know_the_same_groups(ready):
    by_name = {item.name: item for item in ready}
    uses = by_name["shop_survey_premises"].values["uses"]
    assert uses.keys() == by_name["shop_survey_vacancy"].values["state"].keys()


def test_areas_of_a_park_list_are_hectares(guess, ready):
    assert guess("business_parks", PARKS, ready).factors == {"gross_area_m2": 10_000}
    without = {name: cells for name, cells in PARKS.items() if name != "Bruto"}
    assert guess("business_parks", without, ready).factors == {}


def test_what_a_ready_mapping_does_not_know_is_guessed(guess, ready):
    mapping = guess("plots", NUMBERED | {"Glasvezel": ["ja", "nee"], "hue": [1, 2]}, ready)
    assert mapping.certainty["fibre"] == "title"
    assert mapping.certainty["area_m2"] == "ready"
    assert "hue" not in mapping.columns.values()


def test_file_without_the_telling_columns_gets_no_ready_mapping(guess, ready):
    table = {name: cells for name, cells in SHOPS.items() if name != "GROEP"}
    assert guess("premises", table, ready).name is None
    assert guess("plots", SHOPS, ready).name is None


def test_constant_gives_way_to_a_column_of_the_file(ready):
    survey = next(item for item in ready if item.name == "shop_survey_vacancy")
    assert survey.fitted(["GROEP", "BRANCHE"]).constants == {"source": "field"}
    assert survey.fitted(["groep", "branche"]).columns == {"state": "groep"}


def test_every_ready_mapping_has_its_row_in_the_paper(ready):
    text = (PROJECT_FOLDER / "docs" / "mapping.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| `(\w+)` \| .+ \|$", text, flags=re.M))
    assert rows == {item.name: item.layer for item in ready}


def test_every_ready_mapping_can_translate_its_fields(ready):
    assert len(ready) >= 6
    for item in ready:
        mapped = {name for _, names in item.columns for name in names}
        assert set(item.values) | set(item.factors) <= mapped, item.name
        assert item.recognised_in([names[-1] for names in item.recognises]), item.name
