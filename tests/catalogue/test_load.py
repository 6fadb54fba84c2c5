"""A wrong layer file stops the start with file, line and reason."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from geo_assen.catalogue import load_catalogue
from geo_assen.errors import LayerDefinitionError
from geo_assen.settings import Settings

LAYERS = Settings().layers


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LAYERS, tmp_path / "layers"))


def _broken(folder: Path, old: str, new: str, *, file: str = "plots.toml") -> int:
    """Change one spot of a layer file; tells the line of the spot."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


FRONTAGE = 'name = "frontage_m", type = "number", unit = "m"'
WRONG = {
    "not TOML": ("order = 20", "order = = 20", "not valid TOML"),
    "key that no layer has": ("order = 20", 'shade = "red"', "unknown key 'shade'"),
    "key that no field has": (FRONTAGE, f"{FRONTAGE}, shade = 1", "unknown key 'shade'"),
    "field without type": (FRONTAGE, 'name = "frontage_m"', "type' is missing"),
    "title in one language": (
        'nl = "Frontbreedte", en = "Frontage"', 'nl = "Frontbreedte"', "title.en' is missing",
    ),
    "title without text": ('en = "Frontage"', 'en = ""', "at least 1 character"),
    "unknown code list": ('codes = "uses"', 'codes = "usages"', "'usages'"),
    "set without code list": ('type = "set", codes = "uses"', 'type = "set"', "needs 'codes'"),
    "code list of a text": (
        'name = "street", type = "text"', 'name = "street", type = "text", codes = "uses"',
        "has codes but is a text",
    ),
    "number without unit": (FRONTAGE, 'name = "frontage", type = "number"', "needs a 'unit'"),
    "name without its unit": (FRONTAGE, FRONTAGE.replace("frontage_m", "frontage"), "must say so"),
    "field twice": (FRONTAGE, FRONTAGE.replace("frontage_m", "max_height_m"), "listed twice"),
    "unknown layer": ('refers_to = "business_parks"', 'refers_to = "parks"', "unknown layer"),
    "label that is no field": ('label = "name"', 'label = "nickname"', "'nickname' is used"),
    "unknown geometry": ('geometry = "polygon"', 'geometry = "blob"', "geometry: "),
    "colour in words": ('colour = "#2e8f6f"', 'colour = "green"', "colour: "),
    "unknown mark": ('mark = "hatch"', 'mark = "zigzag"', "mark: "),
    "four fields on the card": ('card = ["area_m2", ', 'card = ["code", "area_m2", ', "at most 3"),
    "other id than the file": ('id = "plots"', 'id = "kavels"', "the file is named plots.toml"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "reason"), WRONG.values(), ids=WRONG.keys())
def test_wrong_layer_file_is_refused_with_file_line_and_reason(folder, old, new, reason):
    line = _broken(folder, old, new)
    with pytest.raises(LayerDefinitionError) as refused:
        load_catalogue(folder)
    message = str(refused.value)
    assert message.startswith(f"{folder / 'plots.toml'}, line {line}: ")
    assert reason in message


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('  { value = "issuable"', '  # { value = "issuable"', "'issuable' of 'status' has no"),
        ('value = "withdrawn"', 'value = "sold"', "'sold' of 'status' is not one of its codes"),
    ],
)
def test_legend_has_exactly_the_codes_of_its_field(folder, old, new, reason):
    _broken(folder, old, new)
    text = (folder / "plots.toml").read_text(encoding="utf-8")
    line = text.splitlines().index("[legend]") + 1
    with pytest.raises(LayerDefinitionError, match=rf"line {line}: value {reason}"):
        load_catalogue(folder)


def test_missing_key_of_the_layer_is_named(folder):
    _broken(folder, 'group = "work_locations"\n', "")
    with pytest.raises(LayerDefinitionError, match=r"plots\.toml, line 1: key 'group' is missing"):
        load_catalogue(folder)


def test_layer_with_geometry_needs_a_legend(folder):
    path = folder / "plots.toml"
    path.write_text(path.read_text(encoding="utf-8").split("[legend]")[0], encoding="utf-8")
    with pytest.raises(LayerDefinitionError, match="needs a legend"):
        load_catalogue(folder)


def test_file_that_is_not_utf8_is_refused_at_its_line(folder):
    path = folder / "plots.toml"
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.replace('label = "name"', 'label = "naïf"').encode("latin-1"))
    line = text[: text.index("label =")].count("\n") + 1
    with pytest.raises(LayerDefinitionError, match=rf"plots\.toml, line {line}: .*not UTF-8"):
        load_catalogue(folder)


def test_file_that_stops_halfway_is_refused_at_its_last_line(folder):
    (folder / "plots.toml").write_text('id = "plots"\ngroup = [', encoding="utf-8")
    with pytest.raises(LayerDefinitionError, match=r"plots\.toml, line [23]: not valid TOML"):
        load_catalogue(folder)


def test_code_twice_in_a_list_is_refused(folder):
    line = _broken(folder, "[plan_status]", "[plan_status]", file="codes.toml")
    _broken(folder, 'value = "vision"', 'value = "idea"', file="codes.toml")
    with pytest.raises(LayerDefinitionError, match=rf"codes\.toml, line {line}: .*'idea'.*twice"):
        load_catalogue(folder)


def test_empty_folder_is_refused(tmp_path):
    (tmp_path / "codes.toml").write_text("", encoding="utf-8")
    with pytest.raises(LayerDefinitionError, match=f"{tmp_path}: the folder holds no layer file"):
        load_catalogue(tmp_path)


def test_folder_without_code_lists_is_refused(folder):
    (folder / "codes.toml").unlink()
    with pytest.raises(LayerDefinitionError, match=r"codes\.toml: .*missing"):
        load_catalogue(folder)


def test_folder_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(LayerDefinitionError, match="no such folder"):
        load_catalogue(tmp_path / "nowhere")


def test_only_files_are_read(folder):
    (folder / "attic.toml").mkdir()
    assert load_catalogue(folder).layers.keys() == load_catalogue(LAYERS).layers.keys()


def test_fields_may_be_tables_of_their_own(folder):
    text = """id = "trees"
group = "base"
geometry = "point"
title = { nl = "Bomen", en = "Trees" }
description = { nl = "Bomen.", en = "Trees." }
source = { publisher = "Gemeente", licence = "CC0-1.0", update = "P1Y" }
[legend]
classes = [
  { value = "all", title = { nl = "Boom", en = "Tree" }, colour = "#2e8f6f", mark = "dots" },
]
[[field]]
name = "code"
type = "text"
title = { nl = "Code", en = "Code" }
[[field]]
name = "height_m"
type = "number"
unit = "m"
title = { nl = "Hoogte", en = "Height" }
"""
    path = folder / "trees.toml"
    path.write_text(text, encoding="utf-8")
    assert [f.name for f in load_catalogue(folder).layers["trees"].field] == ["code", "height_m"]
    path.write_text(text.replace('unit = "m"', 'unit = "mile"'), encoding="utf-8")
    line = text[: text.index("unit =")].count("\n") + 1
    with pytest.raises(LayerDefinitionError, match=rf"trees\.toml, line {line}: field\.1\.unit"):
        load_catalogue(folder)


def test_example_of_the_readme_is_a_layer(folder):
    (example,) = re.findall(r"```toml\n(.*?)```", (LAYERS / "README.md").read_text("utf-8"), re.S)
    (folder / "charging_points.toml").write_text(example, encoding="utf-8")
    assert "charging_points" in load_catalogue(folder)


WRONG_RASTER = {
    "field that sites lack": ('field = "workers_30min"', 'field = "depth_m"', "is not a derived"),
    "other unit than the field": ('unit = "workers"', 'unit = "dB"', "workers, the raster in dB"),
    "field of another raster": ('"workers_30min"', '"workers_15min"', "by the layer 'reach_car"),
    "file in another folder": ('file = "reach', 'file = "../reach', "raster.file: "),
    "classes that fall": ("above = 325000", "above = 150000", "must rise"),
    "class without a break": ("above = 325000, ", "", "leave out 'above'"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), WRONG_RASTER.values(), ids=WRONG_RASTER.keys())
def test_wrong_raster_layer_stops_the_start_with_file_and_reason(folder, old, new, said):
    _broken(folder, old, new, file="reach_car_30.toml")
    with pytest.raises(LayerDefinitionError, match=re.escape(said)) as refused:
        load_catalogue(folder)
    assert re.search(r"reach_car_30\.toml, line \d+: ", str(refused.value))
