"""Premises, streets and areas as rows for the map and for files; and the map itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd
from flask import request, url_for
from flask_babel import gettext as _

from geo_assen import services
from geo_assen.access import Role
from geo_assen.catalogue import FieldDefinition, LayerDefinition, least_sure
from geo_assen.catalogue.definition import FieldType, Legend, LegendClass
from geo_assen.export import LayerRows
from webapp import params
from webapp.auth.roles import current_role
from webapp.language import current_language
from webapp.maps import (
    MapLayer,
    MapParts,
    MapView,
    base_map,
    bounds_of,
    build_map,
    catalogue_layer,
    map_collection,
)
from webapp.store import current_store
from webapp.vacancy.question import Question
from webapp.vacancy.tables import Told, ordered_units
from webapp.vacancy.words import label

__all__ = [
    "CHANGES",
    "MAP_TABLES",
    "area_rows",
    "change_layer",
    "change_rows",
    "hotspot_rows",
    "in_view",
    "map_text",
    "street_rows",
    "unit_rows",
    "vacancy_map",
    "with_dates",
]

CHANGES = "vacancy_changes"
"""Layer of what changed; it has no file, as it needs two days."""

# From each zoom on one of the three is drawn, and no other.
_AREAS_SPAN, _STREETS_SPAN, _UNITS_SPAN = (0.0, 14.0), (14.0, 15.75), (15.75, 23.0)
_ORDER = 20
"""Their names weigh more than those of the base map."""

_CHANGE_LOOKS = {
    "newly_vacant": ("#b3501b", "triangle"),
    "newly_filled": ("#0b5d4e", "diamond"),
    "still_vacant": ("#7a1f1f", "full"),
    "lost_sight": ("#5b6770", "cross"),
    "left_stock": ("#3f3f3b", "square"),
}
_CHANGE_FIELDS: tuple[tuple[str, FieldType, str | None], ...] = (
    ("premises", "text", None), ("name", "text", None), ("address", "text", None),
    ("change", "category", "vacancy_change"), ("class_before", "category", "vacancy_class"),
    ("class_after", "category", "vacancy_class"), ("vacant_since_before", "date", None),
    ("vacant_since_after", "date", None), ("used_between", "boolean", None),
    ("floor_area_m2", "integer", None), ("vacant_m2_before", "integer", None),
    ("vacant_m2_after", "integer", None),
)  # fmt: skip


def unit_rows(found: Told) -> LayerRows:
    """Premises that are listed, those that are vacant longest first."""
    report = found.report
    frame = ordered_units(report.listed).rename_axis("premises").reset_index()
    return _rows(_layer("vacancy"), frame, found)


def street_rows(found: Told) -> LayerRows:
    """Streets with their figures."""
    return _summed(_layer("vacancy_streets"), found.report.streets(), found)


def area_rows(found: Told) -> LayerRows:
    """Shopping areas and districts with their figures."""
    outlines = services.area_outlines(current_store())
    return _summed(_layer("vacancy_areas"), found.report.areas(outlines), found)


def change_rows(found: Told) -> LayerRows:
    """Premises that are vacant on either of the two days, and what became of them."""
    changes, units = found.changes, found.report.units
    shown = units.iloc[:0] if changes is None else changes.rows
    return _rows(change_layer(), shown.rename_axis("premises").reset_index(), found)


def hotspot_rows(found: Told) -> LayerRows:
    """Premises with how vacancy lies around them."""
    joined = found.report.units.join(found.hotspots.rows, how="inner")
    frame = joined.rename_axis("premises").reset_index().assign(certainty="modelled")
    return _rows(_layer("vacancy_hotspots"), frame, found)


MAP_TABLES: Mapping[str, Callable[[Told], LayerRows]] = {
    "units": unit_rows,
    "streets": street_rows,
    "areas": area_rows,
    "changes": change_rows,
    "hotspots": hotspot_rows,
}
"""Rows with a place, by the name that a file or the map asks for."""


def change_layer() -> LayerDefinition:
    """What the layer of changes looks like: as the premises, with classes of its own."""
    own = _layer("vacancy")
    codes = current_store().catalogue.codes["vacancy_change"].code
    classes = tuple(
        LegendClass(value=code.value, title=code.title, colour=colour, mark=mark)
        for code in codes
        for colour, mark in [_CHANGE_LOOKS[code.value]]
    )
    titles = _change_titles()
    fields = tuple(
        FieldDefinition.model_construct(
            name=name, type=kind, codes=codes_of, title=own.title.model_copy(
                update=dict.fromkeys(("nl", "en"), titles[name])
            ),
        )
        for name, kind, codes_of in _CHANGE_FIELDS
    )  # fmt: skip
    title = own.title.model_copy(update=dict.fromkeys(("nl", "en"), _("What changed")))
    return own.model_copy(
        update={
            "id": CHANGES,
            "title": title,
            "label": "name",
            "field": fields,
            "card": ("change", "class_before", "class_after"),
            "legend": Legend(field="change", classes=classes),
        }
    )


def _change_titles() -> dict[str, str]:
    return {
        "premises": _("Premises"),
        "name": _("Name"),
        "address": _("Address"),
        "change": _("What changed"),
        "class_before": _("Before"),
        "class_after": _("After"),
        "vacant_since_before": _("Vacant since, before"),
        "vacant_since_after": _("Vacant since"),
        "used_between": _("Used in between"),
        "floor_area_m2": _("m²"),
        "vacant_m2_before": _("Vacant m² before"),
        "vacant_m2_after": _("Vacant m² after"),
    }


def with_dates(rows: LayerRows, asked: Question) -> LayerRows:
    """Rows for a file: the date and the state of knowledge stand in each."""
    own = rows.layer.field[0].title
    days = {"as_of": asked.as_of, "known_at": asked.known_at}
    days |= {"since": asked.since} if rows.layer.id == CHANGES else {}
    fields = tuple(
        FieldDefinition.model_construct(
            name=name, type="date", title=own.model_copy(update={"nl": name, "en": name})
        )
        for name in days
    )
    told = {
        name: pd.Series([day] * len(rows.frame), index=rows.frame.index, dtype=object)
        for name, day in days.items()
    }
    return replace(rows, fields=(*rows.fields, *fields), frame=rows.frame.assign(**told))


def in_view(rows: LayerRows, bounds: params.Bounds | None) -> LayerRows:
    """Rows whose place meets a box in degrees."""
    if bounds is None or not isinstance(rows.frame, gpd.GeoDataFrame):
        return rows
    frame = rows.frame[rows.frame.geometry.intersects(services.rd_box(bounds))]
    return replace(rows, frame=frame, total=len(frame))


def map_text(name: str, rows: LayerRows) -> Iterator[str]:
    """Rows as the map draws them; a street or area is named with both of its figures."""
    labels = None
    if name in {"streets", "areas"}:
        records = rows.frame.drop(columns="geometry").to_dict("records")
        labels = [label(str(row[rows.layer.label]), row) for row in records]
    return map_collection(rows, current_store().catalogue, current_language(), labels=labels)


def _layer(layer_id: str) -> LayerDefinition:
    return current_store().catalogue.layers[layer_id]


def _summed(layer: LayerDefinition, shapes: gpd.GeoDataFrame, found: Told) -> LayerRows:
    sure = least_sure(found.report.certainties)
    frame = shapes.reset_index(drop=True).assign(certainty=sure)
    return _rows(layer, frame, found)


def _rows(layer: LayerDefinition, frame: pd.DataFrame, found: Told) -> LayerRows:
    source = layer.source
    fields = layer.fields_for(current_role())
    kept = [field.name for field in fields if field.name in frame]
    provenance = {
        "source_name": source.publisher, "source_date": None, "certainty": None,
        "licence": source.licence,
    }  # fmt: skip
    told: dict[str, Any] = {n: frame.get(n, v) for n, v in provenance.items()}
    cut = gpd.GeoDataFrame(frame[[*kept, "geometry"]].assign(**told), crs=frame.geometry.crs)
    present = found.report.present_attributes
    names = {"areas": found.report.names}
    return LayerRows(layer, fields, cut, len(cut), found.asked.as_of, present, names)


# The map ----------------------------------------------------------------------------------------


def vacancy_map(found: Told) -> MapParts:
    """Map of the areas, the streets or the premises, whichever the zoom has room for."""
    store, language, asked = current_store(), current_language(), found.asked
    shown = MapView(
        layers=(
            _map_layer("vacancy_areas", "areas", asked, _AREAS_SPAN, ("area",)),
            _map_layer("vacancy_streets", "streets", asked, _STREETS_SPAN, ("street",)),
            _units_layer(asked),
            _hotspots_layer(asked),
        ),
        language=language,
        base=base_map(store.catalogue, store.settings, language),
        view=params.map_view(request.args),
        bounds=_bounds(found),
        as_of=asked.as_of if request.args.get("as_of") else None,
    )
    module_url = url_for("static", filename="js/map.js")
    return build_map(shown, module_url=module_url, label=_("Map of vacancy"))


def _map_layer(
    layer_id: str, table: str, asked: Question, span: tuple[float, float], narrows: tuple[str, ...]
) -> MapLayer:
    """Streets or areas; their card leads to the page about them alone."""
    own = catalogue_layer(_layer(layer_id), current_language(), on=True)
    (name,) = narrows
    alone = asked.address("/vacancy", "district" if name == "area" else name, **{name: "{key}"})
    return replace(
        own,
        url=asked.address("/vacancy.geojson", "since", table=table),
        zoom_span=span,
        order=_ORDER,
        label_zoom=0,
        table_url=None,
        open_url=None,
        links=((_("Figures of this place alone"), alone),),
    )


def _units_layer(asked: Question) -> MapLayer:
    # Hot spots stand in the place of the premises: one mark would hide the other.
    compares = asked.since is not None
    definition = change_layer() if compares else _layer("vacancy")
    table = "changes" if compares else "units"
    known = f"?known_at={asked.known_at.isoformat()}" if asked.known_at else ""
    return replace(
        catalogue_layer(definition, current_language(), on=not asked.is_hot),
        url=asked.address("/vacancy.geojson", table=table),
        zoom_span=_UNITS_SPAN,
        table_url=None,
        open_url=f"/vacancy/premises/{{key}}{known}",
        links=_staff_links(),
        order=_ORDER,
    )


def _hotspots_layer(asked: Question) -> MapLayer:
    own = catalogue_layer(_layer("vacancy_hotspots"), current_language(), on=asked.is_hot)
    return replace(
        own,
        url=asked.address("/vacancy.geojson", "since", table="hotspots"),
        zoom_span=(14.0, 23.0),
        label_zoom=23,
        table_url=None,
        open_url="/vacancy/premises/{key}",
        links=(),
    )


def _staff_links() -> tuple[tuple[str, str], ...]:
    """What staff can do with the premises of a card."""
    if current_role() < Role.STAFF:
        return ()
    return ((_("Record an observation"), "/vacancy/premises/{key}/observe"),)


def _bounds(found: Told) -> params.Bounds:
    chosen, units = found.asked.chosen, found.report.units
    if chosen.within is not None:
        return bounds_of(chosen.within)
    is_narrow = chosen.streets or chosen.areas or chosen.districts
    return bounds_of(units.geometry.union_all() if is_narrow and len(units) else None)
