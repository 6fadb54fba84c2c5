"""Which column is which field, guessed from names and values."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_assen.ingest.content import FileLayer
from geo_assen.ingest.mapping import guess_mapping


def test_columns_are_told_by_name_alias_and_title_in_either_language(guess):
    columns = ["CODE", "Bedrijventerrein", "oppervlakte-m2", "Land price", "Kleinste deel", "hue"]
    mapping = guess("plots", columns)
    assert mapping.by_column() == {
        "CODE": "code",
        "Bedrijventerrein": "park",
        "oppervlakte-m2": "area_m2",
        "Land price": "price_eur_m2",
        "Kleinste deel": "smallest_part_m2",
    }
    assert set(columns) - set(mapping.columns.values()) == {"hue"}
    assert mapping.certainty == {
        "code": "name", "park": "alias", "area_m2": "alias",
        "price_eur_m2": "title", "smallest_part_m2": "title",
    }  # fmt: skip


def test_field_goes_to_one_column_its_own_name_first(guess):
    assert guess("plots", ["Naam", "name"]).by_column() == {"name": "name"}
    assert guess("plots", ["Naam", "NAAM"]).by_column() == {"Naam": "name"}


def test_derived_fields_are_never_mapped(guess):
    assert guess("plots", ["status", "issued_m2"]).columns == {}
    assert guess("business_parks", ["netto ha", "Uitgegeven (ha)", "nog uitgeefbaar"]).columns == {}


@pytest.mark.parametrize(
    ("layer", "column", "field"),
    [
        ("plots", "Opp.", "area_m2"),
        ("plots", "Opp. kavel", "area_m2"),
        ("plots", "kaveloppervlakte", "area_m2"),
        ("plots", "Perceelsoppervlakte", "area_m2"),
        ("plots", "oppervlakte van de kavel", "area_m2"),
        ("plots", "OPPERVLAKTE_M2", "area_m2"),
        ("plots", "area [m2]", "area_m2"),
        ("plots", "Plot area (m²)", "area_m2"),
        ("plots", "Mil.cat.", "max_env_category"),
        ("plots", "max. milieucategorie", "max_env_category"),
        ("plots", "MAX_MILIEUCAT", "max_env_category"),
        ("plots", "Maximaal toegestane milieucategorie", "max_env_category"),
        ("plots", "max environmental category", "max_env_category"),
        ("plots", "Bestemm.", "uses"),
        ("plots", "land use", "uses"),
        ("plots", "Naam kavel", "name"),
        ("plots", "kavelnaam", "name"),
        ("plots", "Naam terrein", "park"),
        ("plots", "terreincode", "park"),
        ("plots", "Grondprijs (€/m²)", "price_eur_m2"),
        ("plots", "prijs per m2", "price_eur_m2"),
        ("plots", "price eur/m2", "price_eur_m2"),
        ("plots", "Vraagprijs p/m2", "price_eur_m2"),
        ("plots", "max bouwhoogte (m)", "max_height_m"),
        ("plots", "Max. bouwhoogte in meters", "max_height_m"),
        ("plots", "Beschikbaar per", "available_from"),
        ("plots", "datum bouwrijp", "serviced_on"),
        ("plots", "Glasvezel aanwezig", "fibre"),
        ("business_parks", "PLAN_NAAM", "name"),
        ("business_parks", "min. grondprijs (€/m2)", "price_min_eur_m2"),
        ("business_parks", "Maximum land price (eur/m2)", "price_max_eur_m2"),
        ("business_parks", "Status bestemmingsplan", "plan_status"),
        ("premises", "BAG-ID", "bag_id"),
        ("premises", "vbo_id", "bag_id"),
        ("premises", "Straatnaam", "street"),
        ("premises", "zip code", "postcode"),
        ("premises", "VVO (m2)", "floor_area_m2"),
        ("premises", "vloeroppervlakte", "floor_area_m2"),
        ("premises", "WVO", "sales_floor_m2"),
        ("premises", "Winkelvloeroppervlakte (m²)", "sales_floor_m2"),
        ("premises", "Oorspronkelijk bouwjaar", "build_year"),
        ("premises", "hoofdfunctie", "uses"),
        ("vacancy", "datum opname", "observed_on"),
        ("vacancy", "survey date", "observed_on"),
        ("vacancy", "pandcode", "premises"),
        ("offers", "kavelnummer", "plot"),
        ("offers", "huur per m2 per jaar", "rent_eur_m2_year"),
        ("land_events", "datum akte", "effective_on"),
        ("areas", "aantal inwoners", "population_persons"),
        ("visit_counts", "Aantal bezoekers", "visitors"),
        ("events", "startdatum", "starts_on"),
        ("parties", "Telefoonnr", "phone"),
    ],
)
def test_variants_of_a_name_are_understood(guess, layer, column, field):
    assert guess(layer, [column]).columns == {field: column}


@pytest.mark.parametrize(
    ("layer", "column", "field", "factor"),
    [
        ("plots", "opp_ha", "area_m2", 10_000),
        ("plots", "Oppervlakte (ha)", "area_m2", 10_000),
        ("plots", "oppervlakte in hectare", "area_m2", 10_000),
        ("plots", "Grondprijs (€ per ha)", "price_eur_m2", 0.0001),
        ("plots", "frontbreedte km", "frontage_m", 1000),
        ("plots", "Netaansluiting (kVA)", "grid_mva", 0.001),
        ("plots", "Bebouwings%", "coverage_share", 0.01),
        ("business_parks", "bruto ha", "gross_area_m2", 10_000),
        ("business_parks", "HA_BRUTO", "gross_area_m2", 10_000),
        ("vacancy", "% leeg", "vacant_share", 0.01),
        ("offers", "Koopsom (k€)", "price_eur", 1000),
        ("offers", "huur per m2 per maand", "rent_eur_m2_year", 12),
    ],
)
def test_unit_in_a_name_becomes_a_factor(guess, layer, column, field, factor):
    mapping = guess(layer, [column])
    assert mapping.columns == {field: column}
    assert mapping.factors == {field: factor}


@pytest.mark.parametrize(
    ("layer", "columns"),
    [
        ("plots", ["naam eigenaar", "straat eigenaar", "oppervlakte eigenaar", "owner name"]),
        ("plots", ["prijs", "vraagprijs", "koopsom", "totaalprijs", "prijs (€)"]),
        ("plots", ["grondprijs per jaar", "grondprijs (€)", "oppervlakte (m)", "code (m2)"]),
        ("plots", ["milieucategorie oud", "vorige bestemming", "netto oppervlakte", "opmerking"]),
        ("plots", ["parkeerplaatsen", "waterschap", "railing", "straatmeubilair", "hoogte NAP"]),
        ("premises", ["huisnummer", "woonplaats", "eigenaar", "bouwkosten", "naam huurder"]),
        ("premises", ["pandeigenaar", "BVO m2", "energieverbruik", "x", "y", "lon", "lat"]),
        ("business_parks", ["gemeentenaam", "aantal bedrijven", "netto", "uitgegeven ha"]),
        ("business_parks", ["planjaar", "prijs", "milieuzone", "type bebouwing", "beheerder naam"]),
        ("offers", ["huurprijs per jaar", "huurprijs per maand", "huur totaal (€)"]),
        ("events", ["staat", "startplaats", "eindpunt"]),
    ],
)
def test_names_that_mean_something_else_are_left_out(guess, layer, columns):
    assert guess(layer, columns).columns == {}


def test_slip_of_the_pen_is_forgiven_where_the_values_agree(guess):
    fits = {"opervlakte": ["1200", "900"], "milieucatgorie": ["3.1", "4.2"]}
    assert guess("plots", fits).certainty == {"area_m2": "values", "max_env_category": "values"}
    assert guess("plots", {"opervlakte": ["groot", "klein"]}).columns == {}
    assert guess("plots", {"opervlakte": []}).columns == {}


def test_words_one_letter_apart_are_not_a_slip_where_text_is_all_there_is(guess):
    assert guess("plots", {"straal": ["10", "20"], "staat": ["goed", "slecht"]}).columns == {}


@pytest.mark.parametrize(
    ("layer", "column", "values"),
    [
        ("plots", "area", ["Noord", "Zuid", "West"]),
        ("plots", "bouwrijp", ["ja", "nee", "ja"]),
        ("business_parks", "type", ["Polygon", "Polygon", "MultiPolygon"]),
        ("premises", "bouwjaar", ["onbekend", "oud", "nieuw"]),
        ("premises", "bag_id", ["pand 1", "pand 2", "pand 3"]),
        ("plots", "bron", ["opgave van de makelaar", "kaart uit 1998", "brief van juni"]),
    ],
)
def test_name_whose_values_cannot_be_the_field_is_left_out(guess, layer, column, values):
    assert guess(layer, {column: values}).columns == {}


def test_column_with_some_bad_values_is_mapped_all_the_same(guess):
    assert guess("plots", {"oppervlakte": ["1200", "veel", "?"]}).columns == {
        "area_m2": "oppervlakte"
    }


def test_required_field_by_its_own_name_keeps_its_column(guess):
    assert guess("plots", {"area_m2": ["a", "b", "c"]}).columns == {"area_m2": "area_m2"}


@pytest.mark.parametrize(
    ("values", "factor"),
    [
        (["60", "80,5"], 0.01),
        ([60, 80.5], 0.01),
        (["0.6", "0.85"], None),
        ([0.6, 1.0], None),
        (["60%", "80%"], 0.01),
        ([0.6, 0.7, 60], None),
    ],
)
def test_percentages_are_told_by_their_size(guess, values, factor):
    mapping = guess("plots", {"Bebouwingspercentage": values})
    assert mapping.columns == {"coverage_share": "Bebouwingspercentage"}
    assert mapping.factors.get("coverage_share") == factor


def test_column_that_says_it_holds_shares_is_not_taken_for_percents(guess):
    assert guess("plots", {"coverage_share": [60, 70, 80]}).factors == {}


def test_values_tell_a_bag_id_and_a_postcode(guess):
    table = {
        "kolom 1": ["0106010000012345", "0106010000012346"],
        "kolom 2": ["9401 AB", "9402cd"],
        "kolom 3": ["0106200000012345", "0106200000012346"],
    }
    mapping = guess("premises", table)
    assert mapping.columns == {"bag_id": "kolom 1", "postcode": "kolom 2"}
    assert set(mapping.certainty.values()) == {"values"}


def test_postcode_of_somebody_else_is_left_out(guess):
    bag_ids = ["0106010000012345"] * 2
    table = {"postcode eigenaar": ["9401 AB", "9402CD"], "bag id buurpand": bag_ids}
    assert guess("premises", table).columns == {}


def test_values_tell_a_category_by_its_codes_titles_and_aliases(guess):
    table = {"soort": ["winkel", "Kantoor", "horeca", "winkel"], "klasse": ["A", "B", "B", "C"]}
    assert guess("premises", table).columns == {"uses": "soort"}
    assert guess("vacancy", {"status": ["leegstaand", "in gebruik", "verhuurd"]}).columns == {
        "state": "status"
    }
    assert guess("vacancy", {"bron": ["veldopname", "makelaar", "eigenaar"]}).columns == {
        "source": "bron"
    }


def test_letters_and_figures_that_fit_by_chance_tell_nothing(guess):
    table = {"klasse": ["A", "B", "C", "A"], "categorie": ["1", "2", "2", "1"]}
    assert guess("premises", table).columns == {}
    assert guess("land_events", {"type": ["1", "2", "3"]}).columns == {}


def test_date_goes_to_the_one_date_field_that_is_left(guess):
    dates = ["2026-01-01", "2-2-2026", "2026-03-01"]
    assert guess("sources", {"datum": dates}).columns == {"retrieved_on": "datum"}
    assert guess("plots", {"datum": dates}).columns == {}
    assert guess("sources", {"last_edited_date": dates}).columns == {}
    assert guess("sources", {"kolom 1": dates, "kolom 2": dates}).columns == {}


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ({"KAVELNR": ["A1", "A2"], "OBJECTID": [1, 2]}, "KAVELNR"),
        ({"OBJECTID": [1, 2], "nummer": ["7", "8"]}, "nummer"),
        ({"fid": [1, 2], "GlobalID": ["{a}", "{b}"]}, "GlobalID"),
        ({"KAVELNR": ["1", "1", "2", "2"], "OBJECTID": [1, 2, 3, 4]}, "OBJECTID"),
        ({"identificatie": ["x", "y"], "id": [1, 2]}, "identificatie"),
        ({"code": ["P1", "P1"], "id": [1, 2]}, "code"),
        ({"kavel": ["12a", "12b"]}, "kavel"),
        ({"nummer_id": ["1", "2"], "OBJECTID": [1, 2]}, "nummer_id"),
        ({"SiteReference": ["S1", "S2"]}, "SiteReference"),
    ],
)
def test_what_tells_the_records_apart_becomes_their_code(guess, table, column):
    assert guess("plots", table).columns["code"] == column


@pytest.mark.parametrize(
    "table",
    [
        {"id": [1, 1, 2, 2]},
        {"objectid": [1, None, 3], "naam": ["a", "b", "c"], "prijs": [1, 2, 3]},
        {"huisnummer": [1, 2, 3]},
        {"telefoonnummer": ["1", "2"]},
        {"eigenaar id": [1, 2]},
        {"kavel": ["aan de rondweg, naast het tankstation", "achter de brandweer"]},
        {"aantal": [1, 2, 3]},
    ],
)
def test_what_does_not_tell_the_records_apart_is_no_code(guess, table):
    assert "code" not in guess("plots", table).columns


def test_areas_are_told_by_the_columns_that_tell_most_of_them_apart(guess):
    table = {
        "gemeentecode": ["GM0106"] * 3,
        "gemeentenaam": ["Assen"] * 3,
        "wijkcode": ["WK010601", "WK010602", "WK010603"],
        "wijknaam": ["Centrum", "Noord", "Peelo"],
    }
    assert guess("areas", table).columns == {"code": "wijkcode", "name": "wijknaam"}
    table = {"id": ["a", "b"], "statcode": ["GM0106", "GM0114"], "statnaam": ["Assen", "Emmen"]}
    assert guess("areas", table).columns == {"code": "statcode", "name": "statnaam"}


def test_column_called_by_its_unit_is_the_area_that_is_asked_for(guess):
    mapping = guess("plots", {"ha": ["1,2", "0,8"], "€": [1, 2], "%": [3, 4]})
    assert (mapping.columns, mapping.factors) == ({"area_m2": "ha"}, {"area_m2": 10_000})
    assert guess("plots", {"m2": ["klein", "groot"]}).columns == {}
    assert guess("premises", {"m2": [100, 200]}).columns == {}


def test_id_with_a_double_still_becomes_the_code_so_that_the_double_is_reported(guess):
    numbers = [str(n) for n in range(19)] + ["3"]
    assert guess("plots", {"kavelnr": numbers}).columns == {"code": "kavelnr"}


def test_geometry_column_is_not_guessed_at_by_values(catalogue):
    file_layer = FileLayer("f", ("id",), lambda: iter(()), geometry_columns=("id",))
    sample = pd.DataFrame({"id": ["POINT (1 2)", "POINT (3 4)"]})
    mapping = guess_mapping(catalogue.layers["plots"], file_layer, sample, catalogue=catalogue)
    assert mapping.columns == {}


HEADS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["code", "Code", "naam", "NAAM", "opp", "opp_ha", "area", "status", "bron", "source", "id",
         "park", "%", "€/m2", "m2", "type", "kavelnr", "oppervlakte", "opervlakte", "datum", "x"]
    ),
)  # fmt: skip
CELLS = st.one_of(
    st.none(), st.text(max_size=8), st.integers(), st.floats(), st.booleans(), st.dates(),
    st.lists(st.integers(), max_size=2), st.sampled_from(["1", "ja", "2026-01-01", "kantoor"]),
)  # fmt: skip


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_table_is_guessed_at_without_a_field_or_column_twice(catalogue, ready, data):
    heads = data.draw(st.lists(HEADS, max_size=8))
    rows = data.draw(st.integers(0, 5))
    values = [data.draw(st.lists(CELLS, min_size=rows, max_size=rows)) for _ in heads]
    sample = pd.DataFrame(
        {number: pd.Series(cells, dtype=object) for number, cells in enumerate(values)}
    )
    sample.columns = heads
    layer = catalogue.layers[data.draw(st.sampled_from(sorted(catalogue.layers)))]
    file_layer = FileLayer("f", tuple(heads), lambda: iter(()))
    mapping = guess_mapping(layer, file_layer, sample, catalogue=catalogue, ready=ready)
    stored = {field.name for field in layer.stored_fields}
    assert set(mapping.columns) <= stored
    assert set(mapping.columns.values()) <= set(heads)
    if mapping.name is None:
        assert len(set(mapping.columns.values())) == len(mapping.columns)
    assert set(mapping.certainty) == set(mapping.columns) | set(mapping.constants)
    assert set(mapping.factors) <= set(mapping.columns)


def test_doubles_and_ghosts_do_not_keep_an_id_from_being_one(guess):
    ids = [f"K-{number:03}" for number in range(40)]
    ids[7:11] = ["K-001"] * 4
    table = {"Kavelnr": [*ids, *[None] * 60], "Opp. m2": ["500"] * 40 + [None] * 60}
    assert guess("plots", table).columns["code"] == "Kavelnr"


def test_column_that_mostly_repeats_itself_is_no_id(guess):
    table = {"Kavelnr": ["1", "2", "3"] * 20, "Opp. m2": ["500"] * 60}
    assert "code" not in guess("plots", table).columns


def test_names_that_a_shapefile_cut_off_are_told(guess):
    mapping = guess("plots", ["KAVELNUMME", "BEDRIJVENT", "OPPERVLAKT", "BESCHIKBAA", "VERKOOPPRI"])
    assert mapping.columns == {
        "park": "BEDRIJVENT", "area_m2": "OPPERVLAKT", "available_from": "BESCHIKBAA",
    }  # fmt: skip
    table = {"KAVELNUMME": ["1", "2", "3"], "BEDRIJVENT": ["MV"] * 3}
    assert guess("plots", table).columns["code"] == "KAVELNUMME"


def test_cut_name_that_could_be_two_fields_is_left_out(guess):
    assert guess("business_parks", ["GRONDPRIJS"]).columns == {}


def test_header_in_a_wrong_character_set_is_told(guess):
    assert guess("plots", ["Opp. (mÂ²)"]).columns == {"area_m2": "Opp. (mÂ²)"}


def test_column_called_what_the_records_are_is_their_name(guess):
    table = {"Id": ["1", "2", "3"], "Attractie": ["Circuit", "Museum", "Bos"]}
    assert guess("attractions", table).columns == {"code": "Id", "name": "Attractie"}


def test_building_does_not_number_the_units_in_it(guess):
    table = {
        "PND_ID": ["0106100000000001", "0106100000000002", "0106100000000003"],
        "VBO_ID": ["0106010000000001", "0106010000000002", "0106010000000003"],
    }
    assert guess("premises", table).columns == {"bag_id": "VBO_ID"}
    assert guess("premises", {"PND_CODE": ["A1", "A2", "A3"]}).columns == {"code": "PND_CODE"}


TABLES = {
    "offers": {"Soort aanbod": "offer_kind", "Aangeboden per": "offered_on"},
    "land_events": {"Datum": "effective_on", "Type": "kind"},
    "commuter_flows": {"Woonregio": "home_code", "Werkregio": "work_code", "Periode": "year"},
    "areas": {"WK_NAAM": "name", "AANT_INW": "population_persons", "rubriek": "kind"},
    "indicators": {"Indicator": "name", "Gemeente": "area"},
    "premises": {"OPENBARERUIMTENAAM": "street", "OPP_VBO": "floor_area_m2"},
    "plots": {"Bedr.terrein": "park", "BEB_PERC": "coverage_share", "GLASVEZEL_JN": "fibre",
              "Vraagprijs p/m² (excl. btw)": "price_eur_m2"},
}  # fmt: skip


@pytest.mark.parametrize(("layer", "names"), TABLES.items(), ids=TABLES)
def test_names_that_registers_use_are_known(guess, layer, names):
    values = {"Indicator": ["Banen", "Inwoners", "Bezoekers"]}
    table = {name: values.get(name, []) for name in names}
    if layer != "indicators":
        assert guess(layer, list(names)).by_column() == names
    else:
        assert guess(layer, {**table, "Gemeente": ["A"] * 3}).by_column() == names


def test_source_of_an_observation_is_told_from_the_source_of_the_record(guess):
    assert guess("vacancy", {"Bron": ["Schouw"] * 4}).columns == {"source": "Bron"}
    assert guess("vacancy", {"Bron": ["file-a"] * 4}).columns == {"source_code": "Bron"}


def test_noughts_of_a_formula_do_not_hide_the_id(guess):
    table = {"Pandnr": ["A1", "A2", "A3", *[None] * 9], "Naam": ["a", "b", "c", *[0] * 9],
             "Bouwjaar": [1990, 1991, 1992, *[0] * 9]}  # fmt: skip
    assert guess("premises", table).columns["code"] == "Pandnr"
