"""Contours of raster layers as GeoJSON, with what is written on them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from geo_assen.access import Role
from geo_assen.catalogue import RasterLayer
from geo_assen.commuting import contour_lines
from geo_assen.errors import FileRefused, NotFound
from geo_assen.export import collection, lonlat_geojson
from geo_assen.services.raster_folder import mark_of
from geo_assen.services.raster_tiles import visible_raster
from geo_assen.services.session import Session
from geo_assen.units import format_number

__all__ = ["raster_contours"]

_KEPT = 32
_DECIMALS = 5
"""Digits of a degree: about a metre, far less than a cell."""


def raster_contours(session: Session, layer_id: str, role: Role, language: str) -> str:
    """Lines between the classes of a raster layer as GeoJSON, longest first in each class.

    Each has ``value``, the lowest value of the class above it; ``label``, what is written
    on it; and ``number``, the value alone as a reader writes it.

    Raises
    ------
    NotFound
        If there is no such raster layer, it has no data, or its file draws no contours.
    NotAllowed
        If the role may not see it.
    """
    layer, path = visible_raster(session, layer_id, role)
    if layer.legend.contours is None:
        raise NotFound("contours of the raster layer", layer_id, "Its layer file names none.")
    try:
        return _written(layer, path, mark_of(path), language)
    except FileRefused as refused:
        raise NotFound("file of the raster layer", layer_id, str(refused)) from refused


@lru_cache(maxsize=_KEPT)
def _written(
    layer: RasterLayer, path: Path, mark: object, language: str  # noqa: ARG001
) -> str:
    """Contours of a file in the state that its mark stands for."""
    members = {"layer": layer.id, "unit": layer.raster.unit}
    return "".join(collection(_features(layer, path, language), members))


def _features(
    layer: RasterLayer, path: Path, language: str
) -> Iterator[tuple[Any, dict[str, Any], str]]:
    said = layer.legend.contours
    assert said is not None  # noqa: S101 - asked only of layers that have it
    levels = [item.above for item in layer.legend.classes if item.above is not None]
    number = 0
    for level, lines in contour_lines(path, levels):
        text = format_number(level, language, 0 if level.is_integer() else 1)
        told = {"value": level, "label": said.of(language).format(value=text), "number": text}
        for line in lonlat_geojson(list(lines), _DECIMALS):
            yield number, told, line
            number += 1
