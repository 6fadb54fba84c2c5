"""The map beside a table of rows: where they lie, told by what was done about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify, request, url_for
from flask_babel import gettext as _

from webapp import params
from webapp.ingest.words import TREATMENTS
from webapp.language import current_language
from webapp.maps import MapLayer, MapParts, MapView, base_map, build_map
from webapp.store import current_store

__all__ = ["ROWS_LAYER", "Mark", "marks_answer", "rows_map"]

ROWS_LAYER = "import_rows"
_STYLES = (
    ("quarantine", "#a84f00", "triangle"),
    ("repair", "#0b5d4e", "ring"),
    ("warn", "#5f5a52", "diamond"),
)


@dataclass(frozen=True)
class Mark:
    """One row on the map.

    Attributes
    ----------
    key
        Of the row in the table of the same page.
    place
        Longitude and latitude.
    treatment
        What was done about it; picks the mark.
    title
        Text of the row for who cannot see the map.
    """

    key: str
    place: tuple[float, float]
    treatment: str
    title: str


def rows_map(url: str, label: str, *, view: params.View | None = None) -> MapParts:
    """Map of rows that an address gives as GeoJSON."""
    store, language = current_store(), current_language()
    layer = MapLayer(
        id=ROWS_LAYER,
        title=_("Rows"),
        url=url,
        legend=legend(),
        class_field="treatment",
        whole=True,
    )
    shown = MapView(
        layers=(layer,),
        language=language,
        base=base_map(store.catalogue, store.settings, language),
        view=params.map_view(request.args) or view,
    )
    return build_map(shown, module_url=url_for("static", filename="js/map.js"), label=label)


def legend() -> tuple[dict[str, Any], ...]:
    """Marks of the map and what they stand for."""
    return tuple(
        {"value": value, "title": str(TREATMENTS[value]), "colour": colour, "mark": mark,
         "width": 2}
        for value, colour, mark in _STYLES
    )  # fmt: skip


def marks_answer(marks: Iterable[Mark]) -> Response:
    """GeoJSON of rows as the map draws them."""
    features = [
        {
            "type": "Feature",
            "id": mark.key,
            "geometry": {"type": "Point", "coordinates": list(mark.place)},
            "properties": {"treatment": mark.treatment, "title": mark.title},
        }
        for mark in marks
    ]
    answer = jsonify(type="FeatureCollection", features=features, numberMatched=len(features))
    answer.mimetype = "application/geo+json"
    return answer
