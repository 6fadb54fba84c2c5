"""What holds for every layer file of the project, and for the paper that explains them."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from geo_assen.access import Role
from geo_assen.catalogue import definition, load_catalogue, rasters
from geo_assen.catalogue.definition import CodeList, FieldDefinition
from geo_assen.settings import Settings

LAYERS = Settings().layers
CATALOGUE = load_catalogue(LAYERS)
DEUTERANOPIA = (  # linear light, Machado, Oliveira and Fernandes (2009), severity 1
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
LEAST_DIFFERENCE = 0.08
"""Distance in OKLab under which two colours of a legend pass for the same."""


def test_every_file_is_a_layer():
    files = {path.stem for path in LAYERS.glob("*.toml")} - {"codes"}
    assert {*CATALOGUE.layers, *CATALOGUE.rasters} == files
    assert [layer.id for layer in CATALOGUE] != sorted(files)  # the order of the files counts


def _words():
    for layer in CATALOGUE:
        yield layer.id, layer.title
        yield layer.id, layer.description
        for field in layer.field:
            yield f"{layer.id}.{field.name}", field.title
            if field.description:
                yield f"{layer.id}.{field.name}", field.description
        for item in layer.legend.classes if layer.legend else ():
            yield f"{layer.id}.{item.value}", item.title
    for layer in CATALOGUE.rasters.values():
        yield layer.id, layer.title
        yield layer.id, layer.description
        for item in layer.legend.classes:
            yield f"{layer.id}.{item.above}", item.title
    for name, codes in CATALOGUE.codes.items():
        for code in codes.code:
            yield f"{name}.{code.value}", code.title


def test_every_text_is_there_in_both_languages():
    bare = [name for name, words in _words() if not words.nl.strip() or not words.en.strip()]
    assert bare == []
    assert all(words.of("nl") == words.nl and words.of("en") == words.en for _, words in _words())
    assert all(words.of("de") == words.nl for _, words in _words())


def test_every_record_names_its_source():
    assert [layer.id for layer in CATALOGUE if not layer.source.licence] == []


def _rgb(colour: str) -> tuple[float, ...]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return tuple(v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)


def _seen(colour: str) -> tuple[float, ...]:
    """Colour as a reader without green cones sees it, in OKLab."""
    red, green, blue = (
        max(0.0, sum(a * b for a, b in zip(row, _rgb(colour), strict=True))) for row in DEUTERANOPIA
    )
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _difference(one: str, other: str) -> float:
    return sum((a - b) ** 2 for a, b in zip(_seen(one), _seen(other), strict=True)) ** 0.5


def test_the_simulation_takes_red_for_green_but_not_for_blue():
    assert _difference("#d02020", "#208020") < LEAST_DIFFERENCE < _difference("#d02020", "#3050c0")


READ_BY_CLASS = [lay for lay in CATALOGUE if lay.legend and lay.id != "base_map"]
"""Layers whose classes carry meaning; of the base map nobody has to tell wood from water."""


@pytest.mark.parametrize("layer", READ_BY_CLASS, ids=lambda lay: lay.id)
def test_colour_never_speaks_alone(layer):
    """Two classes of one mark and width are told apart without seeing red and green."""
    alike = [
        (one.value, other.value)
        for one, other in combinations(layer.legend.classes, 2)
        if (one.mark, one.width) == (other.mark, other.width)
        and _difference(one.colour, other.colour) < LEAST_DIFFERENCE
    ]
    assert alike == []


@pytest.mark.parametrize("layer", CATALOGUE.rasters.values(), ids=lambda lay: lay.id)
def test_colour_of_a_raster_never_speaks_alone(layer):
    alike = [
        (one.above, other.above)
        for one, other in combinations(layer.legend.classes, 2)
        if one.mark == other.mark and _difference(one.colour, other.colour) < LEAST_DIFFERENCE
    ]
    assert alike == []


def test_staff_fields_are_hidden_from_the_public():
    for layer in CATALOGUE:
        shown = {field.name for field in layer.fields_for(Role.PUBLIC)}
        hidden = {field.name for field in layer.field if field.visible == "staff"}
        assert shown.isdisjoint(hidden)
        assert len(layer.fields_for(Role.STAFF)) == len(layer.field)
    offers = CATALOGUE.layers["offers"]
    assert "contact" not in {field.name for field in offers.fields_for(Role.PUBLIC)}


def test_derived_fields_are_never_read_from_a_file():
    plots = CATALOGUE.layers["plots"]
    assert "status" in {field.name for field in plots.field}
    assert "status" not in {field.name for field in plots.stored_fields}


def test_unknown_names_answer_none():
    assert CATALOGUE.layer("ponds") is None
    assert CATALOGUE.layers["plots"].named("depth") is None


def test_codes_keep_their_rank_and_title():
    labels: CodeList = CATALOGUE.codes["energy_label"]
    assert labels.ordered
    assert labels.values.index("G") < labels.values.index("A") < labels.values.index("A++++")
    assert CATALOGUE.codes["plan_status"].title("idea", "nl") == "Idee"
    assert labels.title("Z", "nl") == "Z"
    uses: FieldDefinition = CATALOGUE.layers["plots"].named("uses")
    assert CATALOGUE.codes_of(uses) is CATALOGUE.codes["uses"]


README = {
    "The layer": definition.LayerDefinition,
    "A field": definition.FieldDefinition,
    "The finder": definition.Finder,
    "The legend": definition.Legend,
    "A class of the legend": definition.LegendClass,
    "The source": definition.LayerSource,
    "The zooms": definition.Zooms,
    "The policy hooks": definition.PolicyHooks,
    "The raster": rasters.RasterFile,
    "A class of a raster": rasters.RasterClass,
    "A list of codes": definition.CodeList,
}


@pytest.mark.parametrize(("heading", "model"), README.items(), ids=README.keys())
def test_the_readme_explains_exactly_the_keys_that_a_file_may_have(heading, model):
    text = (LAYERS / "README.md").read_text(encoding="utf-8")
    section = text.split(f"## {heading}\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`.*?`) \|", section, flags=re.M)
    assert [key for cell in cells for key in re.findall(r"`(\w+)`", cell)] == [*model.model_fields]
