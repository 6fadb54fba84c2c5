"""Mapping files: read, refused with the reason, and written again."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_assen.errors import FileRefused
from geo_assen.ingest.mapping import Mapping, load_mapping, load_ready_mappings
from geo_assen.settings import PROJECT_FOLDER


def test_mapping_file_says_which_column_is_which_field(load):
    mapping = load('[columns]\n"Opp. kavel" = "area_m2"\n"Nr" = "code"\n', ["Nr", "Opp. kavel"])
    assert mapping.by_column() == {"Opp. kavel": "area_m2", "Nr": "code"}
    assert mapping.certainty == {"area_m2": "file", "code": "file"}
    assert mapping.name == "columns.toml"


def test_column_may_serve_several_fields(load):
    mapping = load('[columns]\nNr = ["code", "name"]\n', ["Nr", "hue"])
    assert mapping.columns == {"code": "Nr", "name": "Nr"}
    assert mapping.by_column() == {"Nr": "code, name"}
    assert "hue" not in mapping.columns.values()


FULL = """
layer = "vacancy"
title = { nl = "Schouw", en = "Survey" }
source = "Gemeente"
recognises = ["Pand"]

[columns]
"Pand" = "premises"
"Hoe" = "state"
"Leeg %" = "vacant_share"

[factors]
vacant_share = 0.01

[values.state]
"staat te huur" = "vacant"
"n.v.t." = ""

[constants]
source = "field"
observed_on = 2026-05-01
"""


def test_whole_mapping_file_is_understood(load):
    mapping = load(FULL, ["Pand", "Hoe", "Leeg %"], "vacancy")
    assert mapping.columns == {"premises": "Pand", "state": "Hoe", "vacant_share": "Leeg %"}
    assert mapping.factors == {"vacant_share": 0.01}
    assert mapping.values == {"state": {"staat te huur": "vacant", "n.v.t.": ""}}
    assert mapping.constants == {"source": "field", "observed_on": "2026-05-01"}


def test_yes_and_no_and_sets_can_be_constants_and_translations(load):
    text = '[columns]\na = "water"\n[values.water]\nkade = true\n[constants]\nuses = ["retail"]\n'
    mapping = load(text + "fibre = false\nmax_height_m = 12.5\npark = 'P'\n", ["a"])
    assert mapping.values == {"water": {"kade": "true"}}
    assert mapping.constants == {
        "uses": ["retail"], "fibre": False, "max_height_m": 12.5, "park": "P",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[columns", "cannot be read"),
        ("", r"line 1: a mapping needs a table \[columns\]"),
        ("columns = 3", r"needs a table \[columns\]"),
        ("[columns]\nNr = 3", r"needs a table \[columns\]"),
        ("[columns]\nNr = []", r"needs a table \[columns\]"),
        ('[columns]\nArea = "area_m2"', "line 2: .* no column 'Area'; it has Nr, B"),
        ('[columns]\nNr = "number"', "line 2: layer 'plots' has no field 'number'; it has code"),
        ('[columns]\nNr = "status"', "line 2: field 'status' of layer 'plots' is computed"),
        ('[columns]\nNr = "code"\nB = "code"', "line 3: field 'code' is given to column 'Nr' and"),
        ('layer = "premises"\n[columns]\n', "line 1: .* for layer 'premises', not for 'plots'"),
        ('[columns]\n[colums]\nNr = "code"', "line 2: unknown key 'colums'; a mapping knows"),
        ("source = 3\n[columns]\n", "'source' must be a text"),
        ("[columns]\n[factors]\nname = 2", "line 3: field 'name' is no number"),
        ("[columns]\n[factors]\narea_m2 = 0", "must be a number above 0"),
        ("[columns]\n[factors]\narea_m2 = inf", "must be a number above 0"),
        ("[columns]\n[factors]\narea_m2 = true", "must be a number above 0"),
        ("factors = 3\n[columns]\n", "'factors' must be a table"),
        ("[columns]\n[factors]\narea = 3", "has no field 'area'"),
        ("[columns]\n[values]\nuses = 'retail'", r"\[values.uses\] must be a table"),
        ("[columns]\n[values.uses]\nwinkel = 'shop'", "line 3: 'shop' is no code of 'uses'; use"),
        ("[columns]\n[values.uses]\nwinkel = 3", "the value for 'winkel' must be a text"),
        ("[columns]\n[values.fibre]\nkoper = 'geen'", "'fibre' is yes or no"),
        ("[columns]\n[values.serviced_on]\noud = 'vroeger'", "'vroeger' is no date"),
        ("[columns]\n[constants]\nstatus = 'issued'", "'status' of layer 'plots' is computed"),
        ("[columns]\n[constants]\nuses = ['shop']", "'shop' is no code of 'uses'"),
        ("[columns]\n[constants]\nname = ['a']", "'name' must be one value"),
        ("[columns]\n[constants]\nname = []", "'name' must be one value"),
        ("[columns]\n[constants]\nname = 10:30:00", "'name' must be a text, number, date"),
        ("[columns]\n[constants]\nmax_height_m = nan", "must be a text, number, date"),
        ("[columns]\n[constants]\nmax_height_m = '3'", "'max_height_m' must be a number"),
        ("[columns]\n[constants]\nserviced_on = 3", "3 is no date; write it like 2026-03-01"),
        ("[columns]\nNr = 'code'\n[constants]\ncode = 'A'", "both a column and a constant"),
    ],
)
def test_mapping_file_that_fits_not_is_refused_with_the_reason(load, text, reason):
    with pytest.raises(FileRefused, match=reason):
        load(text, ["Nr", "B"])


def test_mapping_file_that_is_not_there_is_refused(tmp_path, plots, catalogue):
    with pytest.raises(FileRefused, match="cannot be read"):
        load_mapping(tmp_path / "nowhere.toml", plots, ["Nr"], catalogue=catalogue)


def test_mapping_file_with_a_byte_order_mark_is_read(tmp_path, plots, catalogue):
    path = tmp_path / "columns.toml"
    path.write_text('[columns]\nNr = "code"\n', encoding="utf-8-sig")
    assert load_mapping(path, plots, ["Nr"], catalogue=catalogue).columns == {"code": "Nr"}


TEXTS = st.text(st.characters(codec="utf-8"), max_size=10)
NUMBERS = st.floats(min_value=1e-6, max_value=1e6)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    columns=st.dictionaries(st.sampled_from(["code", "name", "area_m2", "uses", "fibre"]), TEXTS),
    factor=NUMBERS,
    uses=st.dictionaries(TEXTS, st.sampled_from(["", "retail", "office"]), max_size=4),
    constants=st.fixed_dictionaries(
        {},
        optional={
            "park": TEXTS,
            "rail": st.booleans(),
            "frontage_m": NUMBERS,
            "serviced_on": st.dates().map(lambda day: day.isoformat()),
        },
    ),
)
def test_mapping_comes_back_from_its_file_and_its_document(
    load, columns, factor, uses, constants
):
    values = {"uses": uses} if uses else {}
    mapping = Mapping(
        columns=columns,
        constants=constants,
        values=values,
        factors={"area_m2": factor},
        certainty=dict.fromkeys([*columns, *constants], "file"),
        name="columns.toml",
    )
    assert load(mapping.to_toml("plots"), list(columns.values())) == mapping
    assert Mapping.from_document(json.loads(json.dumps(mapping.document()))) == mapping


def test_guessed_mapping_can_be_kept_and_used_again(guess, load):
    table = {"Kavelnr": ["A", "B"], "Opp. (ha)": [1.2, 3], "Mil.cat.": ["3.1", "4.1"]}
    guessed = guess("plots", table)
    kept = load(guessed.to_toml("plots"), list(table))
    assert (kept.columns, kept.factors) == (guessed.columns, guessed.factors)
    assert kept.columns["area_m2"] == "Opp. (ha)"


READY = 'layer = "plots"\ntitle = { nl = "a", en = "b" }\nrecognises = ["Nr"]\n[columns]\n'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (READY.replace('layer = "plots"\n', ""), "needs a key 'layer', one of"),
        (READY.replace("plots", "kavels"), "line 1: a ready mapping needs a key 'layer'"),
        (READY.replace('nl = "a", ', ""), "line 2: a ready mapping needs a title in nl and in en"),
        (READY.replace('["Nr"]', "[]"), "line 3: a ready mapping needs 'recognises'"),
        (READY.replace('["Nr"]', "[3]"), "needs 'recognises'"),
        (READY + 'a = "nothing"\n', "line 5: layer 'plots' has no field 'nothing'"),
    ],
)
def test_ready_mapping_that_is_wrong_is_refused_with_the_reason(tmp_path, catalogue, text, reason):
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(FileRefused, match=reason):
        load_ready_mappings(tmp_path, catalogue=catalogue)


def test_folder_that_is_not_there_has_no_ready_mappings(tmp_path, catalogue):
    assert load_ready_mappings(tmp_path / "nowhere", catalogue=catalogue) == ()


def test_examples_of_the_paper_can_be_used(load, catalogue, tmp_path):
    text = (PROJECT_FOLDER / "docs" / "mapping.md").read_text(encoding="utf-8")
    own, kind = re.findall(r"```toml\n(.*?)```", text, flags=re.S)
    mapping = load(own, ["Opp. kavel", "KAVELNR", "Functie"])
    assert mapping.columns["area_m2"] == "Opp. kavel"
    folder = tmp_path / "mappings"
    folder.mkdir()
    (folder / "own.toml").write_text(kind, encoding="utf-8")
    assert [m.name for m in load_ready_mappings(folder, catalogue=catalogue)] == ["own"]
