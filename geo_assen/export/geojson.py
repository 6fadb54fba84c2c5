"""GeoJSON by RFC 7946: CRS84, right-hand rings, written feature by feature."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_assen.crs import LONLAT_ACCURACY_M, to_lonlat
from geo_assen.export.rows import LayerRows, records

__all__ = ["collection", "feature_collection", "feature_sequence", "lonlat_geojson"]

_DECIMALS = 8
"""Digits of a degree that leave; 8 is about a millimetre (API design rules, geo module)."""


def lonlat_geojson(geometries: Sequence[Any], decimals: int = _DECIMALS) -> list[str]:
    """GeoJSON text of each RD geometry in CRS84; ``null`` where there is none."""
    array: NDArray[np.object_] = np.asarray(geometries, dtype=object)
    if not len(array):
        return []
    degrees = shapely.transform(to_lonlat(array), lambda xy: np.round(xy, decimals))
    texts = shapely.to_geojson(shapely.orient_polygons(degrees))
    return [text if text is not None else "null" for text in texts]


def collection(
    features: Iterable[tuple[Any, Mapping[str, Any], str]], members: Mapping[str, Any]
) -> Iterator[str]:
    """Write a FeatureCollection piece by piece.

    Parameters
    ----------
    features
        Id, properties and geometry text of each feature.
    members
        Further members of the collection, such as licence and date.
    """
    yield '{"type":"FeatureCollection",'
    for name, value in members.items():
        yield f"{_json(name)}:{_json(value)},"
    yield '"features":[\n'
    first = True
    for feature_id, properties, geometry in features:
        yield ("" if first else ",\n") + _feature(feature_id, properties, geometry)
        first = False
    yield "\n]}\n"


def feature_collection(rows: LayerRows, decimals: int = _DECIMALS) -> Iterator[str]:
    """Write rows of a layer as a FeatureCollection with licence, source and date."""
    layer = rows.layer
    members: dict[str, Any] = {
        "name": layer.id,
        "title": layer.title.nl,
        "licence": layer.source.licence,
        "publisher": layer.source.publisher,
        "as_of": rows.as_of.isoformat(),
        "coordinate_accuracy_m": LONLAT_ACCURACY_M,
        "numberMatched": rows.total,
        "numberReturned": len(rows.frame),
    }
    if rows.field_sources:
        members["field_sources"] = {
            name: {
                "source": told.name,
                "date": None if told.day is None else told.day.isoformat(),
                "certainty": told.certainty,
            }
            for name, told in rows.field_sources.items()
        }
    return collection(_features(rows, decimals), members)


def feature_sequence(rows: LayerRows) -> Iterator[str]:
    """Write rows as newline-delimited GeoJSON, one feature a line."""
    for feature_id, properties, geometry in _features(rows, _DECIMALS):
        yield _feature(feature_id, properties, geometry) + "\n"


def _features(rows: LayerRows, decimals: int) -> Iterator[tuple[Any, dict[str, Any], str]]:
    shapes = rows.geometries
    texts = ["null"] * len(rows.frame) if shapes is None else lonlat_geojson(shapes, decimals)
    for properties, geometry in zip(records(rows), texts, strict=True):
        yield properties.get(rows.layer.key), properties, geometry


def _feature(feature_id: Any, properties: Mapping[str, Any], geometry: str) -> str:
    named = "" if feature_id is None else f'"id":{_json(feature_id)},'
    return f'{{"type":"Feature",{named}"properties":{_json(properties)},"geometry":{geometry}}}'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
