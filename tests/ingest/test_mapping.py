"""Which column is which field: guessed, or said in a file."""

from __future__ import annotations

import re

import pytest

from geo_assen.errors import FileRefused
from geo_assen.ingest import TREATMENT, guess_mapping, load_mapping
from geo_assen.settings import PROJECT_FOLDER


@pytest.fixture
def plots(catalogue):
    return catalogue.layers["plots"]


def test_columns_are_told_by_name_alias_and_title_in_either_language(plots):
    columns = ["CODE", "Bedrijventerrein", "oppervlakte-m2", "Land price", "Kleinste deel", "hue"]
    assert guess_mapping(plots, columns) == {
        "CODE": "code",
        "Bedrijventerrein": "park",
        "oppervlakte-m2": "area_m2",
        "Land price": "price_eur_m2",
        "Kleinste deel": "smallest_part_m2",
    }


def test_field_goes_to_one_column_its_own_name_first(plots):
    assert guess_mapping(plots, ["Naam", "name"]) == {"name": "name"}
    assert guess_mapping(plots, ["Naam", "NAAM"]) == {"Naam": "name"}


def test_derived_fields_are_never_mapped(plots):
    assert guess_mapping(plots, ["status", "issued_m2"]) == {}


def test_mapping_file_says_which_column_is_which_field(tmp_path, plots):
    path = tmp_path / "columns.toml"
    path.write_text('[columns]\n"Opp. kavel" = "area_m2"\n"Nr" = "code"\n', encoding="utf-8")
    mapping = load_mapping(path, plots, ["Nr", "Opp. kavel", "hue"])
    assert mapping == {"Opp. kavel": "area_m2", "Nr": "code"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[columns", "cannot be read"),
        ("", r"needs a table \[columns\]"),
        ("columns = 3", r"needs a table \[columns\]"),
        ("[columns]\nNr = 3", r"needs a table \[columns\]"),
        ('[columns]\nArea = "area_m2"', "no column 'Area'"),
        ('[columns]\nNr = "number"', "layer 'plots' has no field 'number'"),
        ('[columns]\nNr = "status"', "layer 'plots' has no field 'status'"),
    ],
)
def test_mapping_file_that_fits_not_is_refused_with_the_reason(tmp_path, plots, text, reason):
    path = tmp_path / "columns.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileRefused, match=reason):
        load_mapping(path, plots, ["Nr"])


def test_mapping_file_that_is_not_there_is_refused(tmp_path, plots):
    with pytest.raises(FileRefused, match="cannot be read"):
        load_mapping(tmp_path / "nowhere.toml", plots, ["Nr"])


def test_paper_on_import_has_every_kind_with_its_treatment():
    text = (PROJECT_FOLDER / "docs" / "import.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", text, flags=re.M)
    assert {kind: done for kind, done, _ in rows} == TREATMENT
    assert len(rows) == len(TREATMENT)
    assert all(len(meaning.split()) > 1 for _, _, meaning in rows)


def test_example_of_a_mapping_in_the_paper_can_be_used(tmp_path, plots):
    text = (PROJECT_FOLDER / "docs" / "import.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, flags=re.S)
    path = tmp_path / "columns.toml"
    path.write_text(example, encoding="utf-8")
    assert load_mapping(path, plots, ["Opp. kavel", "Terrein"]) == {
        "Opp. kavel": "area_m2", "Terrein": "park",
    }  # fmt: skip
