"""Read ``layers/*.toml``; a wrong file stops the start with file, line and reason."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from geo_assen.catalogue.definition import (
    ADDRESS_PARTS,
    Catalogue,
    CodeList,
    LayerDefinition,
)
from geo_assen.catalogue.lines import line_of
from geo_assen.catalogue.rasters import RasterLayer
from geo_assen.errors import LayerDefinitionError

__all__ = ["CODES_FILE", "load_catalogue"]

CODES_FILE = "codes.toml"
_CODES = TypeAdapter(dict[str, CodeList])


def load_catalogue(folder: Path) -> Catalogue:
    """Read the code lists and every layer of a folder.

    Raises
    ------
    LayerDefinitionError
        At the first file that is wrong, naming file, line and reason.
    """
    if not folder.is_dir():
        raise LayerDefinitionError(folder, None, "there is no such folder of layer files")
    paths = sorted(path for path in folder.glob("*.toml") if path.is_file())
    return _catalogue_of(folder, tuple((path, path.read_bytes()) for path in paths))


@lru_cache(maxsize=8)
def _catalogue_of(folder: Path, files: tuple[tuple[Path, bytes], ...]) -> Catalogue:
    """Parsed once while the files stay as they are: it is most of what opening a store takes."""
    contents = dict(files)
    codes = _load_codes(folder / CODES_FILE, contents.pop(folder / CODES_FILE, None))
    layers: dict[str, LayerDefinition] = {}
    rasters: dict[str, RasterLayer] = {}
    for path, content in contents.items():
        text, data = _parse(path, content)
        if "raster" in data:
            rasters[path.stem] = _load_raster(path, text, data)
        else:
            layers[path.stem] = _load_layer(path, codes, text, data)
    if not layers:
        raise LayerDefinitionError(folder, None, "the folder holds no layer file")
    _check_references(folder, layers)
    _check_rasters(folder, rasters, layers)
    if "sites" in layers:
        layers["sites"] = _with_stated_units(layers["sites"], rasters)
    return Catalogue(layers, codes, folder, rasters)


def _load_codes(path: Path, content: bytes | None) -> dict[str, CodeList]:
    if content is None:
        raise LayerDefinitionError(path, None, "the file of code lists is missing")
    text, data = _parse(path, content)
    try:
        return _CODES.validate_python(data)
    except ValidationError as error:
        raise _refusal(path, text, error) from error


def _load_raster(path: Path, text: str, data: dict[str, Any]) -> RasterLayer:
    try:
        layer = RasterLayer.model_validate(data)
    except ValidationError as error:
        raise _refusal(path, text, error) from error
    _check_name(path, text, layer.id)
    return layer


def _check_name(path: Path, text: str, layer_id: str) -> None:
    if layer_id != path.stem:
        raise LayerDefinitionError(
            path, line_of(text, ("id",)), f"id is {layer_id!r} but the file is named {path.name}"
        )


def _check_rasters(
    folder: Path, rasters: dict[str, RasterLayer], layers: dict[str, LayerDefinition]
) -> None:
    """The field that a raster fills is a number of sites in the same unit, and its alone."""
    fields = {item.name: item for item in layers["sites"].field} if "sites" in layers else {}
    filled: dict[str, str] = {}
    for layer in rasters.values():
        name = layer.raster.field
        if name is None:
            continue
        field = fields.get(name)
        if field is None or field.type not in ("number", "integer") or not field.derived:
            reason = f"{name!r} is not a derived number among the fields of sites"
        elif field.unit not in (layer.raster.unit, "stated", "one"):
            reason = f"{name!r} counts in {field.unit}, the raster in {layer.raster.unit}"
        elif name in filled:
            reason = f"{name!r} is filled by the layer {filled[name]!r} already"
        else:
            filled[name] = layer.id
            continue
        path = folder / f"{layer.id}.toml"
        line = line_of(path.read_text(encoding="utf-8"), ("raster",))
        raise LayerDefinitionError(path, line, reason)


def _with_stated_units(
    sites: LayerDefinition, rasters: dict[str, RasterLayer]
) -> LayerDefinition:
    """Sites whose fields count in what their raster states, where they leave it to that."""
    units = {item.raster.field: item.raster.unit for item in rasters.values()}
    fields = tuple(
        field.model_copy(update={"unit": units[field.name]})
        if field.unit == "stated" and field.name in units
        else field
        for field in sites.field
    )
    return sites.model_copy(update={"field": fields})


def _load_layer(
    path: Path, codes: dict[str, CodeList], text: str, data: dict[str, Any]
) -> LayerDefinition:
    try:
        layer = LayerDefinition.model_validate(data)
    except ValidationError as error:
        raise _refusal(path, text, error) from error
    _check_name(path, text, layer.id)
    for index, field in enumerate(layer.field):
        if field.codes and field.codes not in codes:
            raise LayerDefinitionError(
                path,
                line_of(text, ("field", index)),
                f"field {field.name!r} uses the code list {field.codes!r}, "
                f"which {CODES_FILE} does not have",
            )
    _check_legend(path, text, layer, codes)
    return layer


def _check_legend(
    path: Path, text: str, layer: LayerDefinition, codes: dict[str, CodeList]
) -> None:
    """Every code of the legend's field has its class, and no class is without a code."""
    field = layer.named(layer.legend.field) if layer.legend and layer.legend.field else None
    if layer.legend is None or field is None or field.codes is None:
        return
    allowed = set(layer.where.get(field.name, codes[field.codes].values))
    shown = {item.value for item in layer.legend.classes}
    for value in sorted(allowed ^ shown):
        reason = "has no class in the legend" if value in allowed else "is not one of its codes"
        raise LayerDefinitionError(
            path, line_of(text, ("legend",)), f"value {value!r} of {field.name!r} {reason}"
        )


def _check_references(folder: Path, layers: dict[str, LayerDefinition]) -> None:
    for layer in layers.values():
        path = folder / f"{layer.id}.toml"
        for index, field in enumerate(layer.field):
            if field.refers_to and field.refers_to not in layers:
                line = line_of(path.read_text(encoding="utf-8"), ("field", index))
                raise LayerDefinitionError(
                    path, line, f"field {field.name!r} refers to unknown layer {field.refers_to!r}"
                )
        _check_finder(path, layer, layers)


def _check_finder(path: Path, layer: LayerDefinition, layers: dict[str, LayerDefinition]) -> None:
    """What finds a record is a part of an address, or a field of the layer it is found in."""
    if layer.finder is None:
        return
    reference = layer.named(layer.finder.of)
    there = layers[reference.refers_to] if reference and reference.refers_to else layer
    stored = {field.name for field in there.stored_fields}
    for index, field in enumerate(layer.finder.field):
        if field.name not in ADDRESS_PARTS and field.name not in stored:
            line = line_of(path.read_text(encoding="utf-8"), ("finder", "field", index))
            raise LayerDefinitionError(
                path, line, f"{field.name!r} finds nothing: {there.id!r} has no such field"
            )


def _parse(path: Path, data: bytes) -> tuple[str, dict[str, Any]]:
    try:
        text = data.decode("utf-8")
        return text, tomllib.loads(text.replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise LayerDefinitionError(path, line, "the file is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        reason = str(error).split(" (at")[0]
        raise LayerDefinitionError(path, line, f"not valid TOML: {reason}") from error


def _refusal(path: Path, text: str, error: ValidationError) -> LayerDefinitionError:
    first = error.errors()[0]
    place = first["loc"]
    name = ".".join(str(part) for part in place)
    message = first["msg"].removeprefix("Value error, ")
    line = line_of(text, place)
    if first["type"] == "extra_forbidden":
        message = f"unknown key {place[-1]!r}"
    elif first["type"] == "missing":
        message = f"key {name!r} is missing"
        line = line_of(text, place[:-1])
    elif name:
        message = f"{name}: {message}"
    else:
        line = _line_with(text, message)
    return LayerDefinitionError(path, line, message)


def _line_with(text: str, message: str) -> int:
    """Last line with the name that a message quotes; best where it gives a field that name."""
    named = re.search(r"'(\w+)'", message)
    found = [1]
    for pattern in (r'"{}"', r'name\s*=\s*"{}"') if named else ():
        sought = re.compile(pattern.format(named[1] if named else ""))
        lines = [i for i, line in enumerate(text.splitlines(), start=1) if sought.search(line)]
        found = lines or found
    return found[-1]
