"""Attractions, events and the catchment as rows for the map and for files; and the map itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import geopandas as gpd
from flask import request, url_for
from flask_babel import gettext as _

from geo_assen import services
from geo_assen.catalogue import FieldDefinition, LayerDefinition
from geo_assen.catalogue.definition import FieldType, Legend, LegendClass, Words
from geo_assen.export import LayerRows
from geo_assen.services import SHARE_CLASSES_OF_VISITS, LeisureReport
from webapp import params
from webapp.auth.roles import current_role
from webapp.language import current_language
from webapp.leisure.question import Question
from webapp.leisure.words import percents
from webapp.maps import (
    MapLayer,
    MapParts,
    MapView,
    base_map,
    build_map,
    catalogue_layer,
    map_collection,
)
from webapp.store import current_store

__all__ = ["MAP_TABLES", "catchment_layer", "event_layer", "in_view", "leisure_map", "map_text"]

_CATCHMENT = "leisure_catchment"
_ORDER = 20
"""Names of districts, with their shares, weigh more than those of the base map."""

_SIZED_BY = "latest_visitors"
_SHARE = "share_class"
_LOOKS = {
    "under_10": ("#6b8f88", "outline"),
    "10_to_25": ("#4f8a7d", "dots"),
    "25_to_40": ("#2d7566", "hatch"),
    "40_to_60": ("#0b5d4e", "dense"),
    "over_60": ("#073d33", "solid"),
}
_FIELDS: tuple[tuple[str, FieldType, str | None], ...] = (
    ("code", "text", None), ("name", "text", None), ("share", "number", "share"),
    ("distance_m", "integer", "m"), ("persons", "integer", "persons"),
    ("visits", "integer", "one"), ("visits_share", "number", "share"),
    ("place", "text", None), ("alpha", "number", "one"),
    ("beta", "number", "one"), ("visits_per_person", "number", "one"),
)  # fmt: skip


def catchment_layer() -> LayerDefinition:
    """What the catchment looks like: districts by the share of their visits."""
    own = current_store().catalogue.layers["areas"]
    titles = _titles()
    classes = tuple(
        LegendClass(value=value, title=_both(words), colour=_LOOKS[value][0], mark=_LOOKS[value][1])
        for value, words in _share_words().items()
    )
    fields = tuple(
        FieldDefinition.model_construct(name=name, type=kind, unit=unit, title=_both(titles[name]))
        for name, kind, unit in _FIELDS
    )
    return own.model_copy(
        update={
            "id": _CATCHMENT,
            "title": _both(_("Catchment (model)")),
            "geometry": "polygon",
            "label": "name",
            "field": fields,
            "card": ("share", "visits_share", "distance_m"),
            "legend": Legend(field=_SHARE, classes=classes),
            "zoom": own.zoom.model_copy(update={"min": 0, "max": 22, "label": 11}),
        }
    )


def event_layer() -> LayerDefinition:
    """Layer of the events."""
    return current_store().catalogue.layers["events"]


def _attraction_layer() -> LayerDefinition:
    """Layer of the attractions, whose marks are as large as their visitors are many."""
    own = current_store().catalogue.layers["attractions"]
    legend = own.legend
    assert legend is not None  # noqa: S101 - the layer file has one
    sized = legend.model_copy(update={"width_field": _SIZED_BY})
    return own.model_copy(update={"legend": sized})


def _catchment_rows(report: LeisureReport) -> LayerRows:
    layer = catchment_layer()
    districts = report.districts if report.is_modelled else report.districts.iloc[:0]
    names = [name for name, _kind, _unit in _FIELDS]
    frame = districts.assign(
        distance_m=districts["distance_m"].round(), visits=districts["visits"].round(),
        place=report.place, alpha=report.alpha, beta=report.beta,
        visits_per_person=report.visits_per_person, source_name=layer.source.publisher,
        source_date=None, certainty="modelled", licence=layer.source.licence,
    )  # fmt: skip
    kept = [*names, _SHARE, "source_name", "source_date", "certainty", "licence", "geometry"]
    cut = gpd.GeoDataFrame(frame[kept], crs=districts.crs).reset_index(drop=True)
    return LayerRows(layer, layer.field, cut, len(cut), report.as_of)


def _attraction_rows(report: LeisureReport) -> LayerRows:
    return replace(_stored("attractions", report), layer=_attraction_layer())


def _event_rows(report: LeisureReport) -> LayerRows:
    rows = _stored("events", report)
    frame = rows.frame[rows.frame["code"].isin(report.events["code"])]
    return replace(rows, frame=frame, total=len(frame))


MAP_TABLES: Mapping[str, Callable[[LeisureReport], LayerRows]] = {
    "catchment": _catchment_rows,
    "attractions": _attraction_rows,
    "events": _event_rows,
}
"""Rows with a place, by the name that a file or the map asks for."""


def in_view(rows: LayerRows, bounds: params.Bounds | None) -> LayerRows:
    """Rows whose place meets a box in degrees."""
    if bounds is None or not isinstance(rows.frame, gpd.GeoDataFrame):
        return rows
    frame = rows.frame[rows.frame.geometry.intersects(services.rd_box(bounds))]
    return replace(rows, frame=frame, total=len(frame))


def map_text(rows: LayerRows) -> Iterator[str]:
    """Rows as the map draws them; a district is named with its share."""
    labels = None
    if rows.layer.id == _CATCHMENT:
        named = zip(rows.frame["name"], rows.frame["share"], strict=True)
        labels = [f"{name} {percents(share)}" for name, share in named]
    return map_collection(rows, current_store().catalogue, current_language(), labels=labels)


def leisure_map(asked: Question) -> MapParts:
    """Map of the catchment, the attractions upon it and the events of the year upon those."""
    store, language = current_store(), current_language()
    of_place = asked.address("/leisure", place="{key}")
    shown = MapView(
        layers=(
            replace(_map_layer(catchment_layer(), "catchment", asked), order=_ORDER),
            replace(
                _map_layer(_attraction_layer(), "attractions", asked),
                links=((_("Its visitors and catchment"), of_place),),
                open_url="/layers/attractions/{key}",
            ),
            replace(
                _map_layer(event_layer(), "events", asked), open_url="/layers/events/{key}"
            ),
        ),
        language=language,
        base=base_map(store.catalogue, store.settings, language),
        view=params.map_view(request.args),
        as_of=asked.as_of if request.args.get("as_of") else None,
    )  # fmt: skip
    module_url = url_for("static", filename="js/map.js")
    return build_map(shown, module_url=module_url, label=_("Map of attractions and events"))


def _map_layer(layer: LayerDefinition, table: str, asked: Question) -> MapLayer:
    own = catalogue_layer(layer, current_language(), on=True)
    return replace(
        own, url=asked.address("/leisure.geojson", table=table), table_url=None, open_url=None,
        min_zoom=0,
    )  # fmt: skip


def _stored(layer_id: str, report: LeisureReport) -> LayerRows:
    return services.layer_rows(
        current_store(), layer_id, as_of=report.as_of, role=current_role()
    )


def _share_words() -> dict[str, str]:
    words = (
        _("Under 10%"),
        _("10 to 25%"),
        _("25 to 40%"),
        _("40 to 60%"),
        _("60% or more"),
    )
    return dict(zip(SHARE_CLASSES_OF_VISITS, words, strict=True))


def _titles() -> dict[str, str]:
    return {
        "code": _("Code"),
        "name": _("District"),
        "share": _("Share of the district's visits that go there"),
        "distance_m": _("Distance"),
        "persons": _("Inhabitants"),
        "visits": _("Visits (model)"),
        "visits_share": _("Share of all visits there (model)"),
        "place": _("Attraction"),
        "alpha": "alpha",
        "beta": "beta",
        "visits_per_person": _("Visits a year of each inhabitant"),
    }


def _both(text: str) -> Words:
    """Words that are in the language of the reader already."""
    return Words(nl=text, en=text)
