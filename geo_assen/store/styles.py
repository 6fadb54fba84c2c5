"""Styles of the derived layers for QGIS, from the legends that the map uses too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as Xml

import sqlalchemy as sa

from geo_assen.catalogue import Catalogue, LayerDefinition
from geo_assen.catalogue.definition import Legend, LegendClass
from geo_assen.store.tables import layer_styles

__all__ = ["STYLED", "qml_style", "refresh_styles", "sld_style"]

STYLED = {
    "plots_now": ("plots", "polygon"),
    "vacancy_now": ("vacancy", "point"),
    "commuter_lines": ("commuter_flows", "line"),
}
"""Derived table: the layer whose legend it is drawn with, and the kind of its symbols."""

_SLD = "http://www.opengis.net/sld"
_OGC = "http://www.opengis.net/ogc"
_OUTLINE = "#33383b"
_PEN = {"dash": "dash", "dots": "dot"}
_BRUSH = {"outline": "no", "hatch": "f_diagonal", "dense": "dense4", "dots": "dense6"}
_MARKER = {
    "ring": "circle", "half": "half_square", "full": "circle", "cross": "cross2",
    "square": "square", "triangle": "triangle", "diamond": "diamond",
}
_WELL_KNOWN = {"cross": "x", "square": "square", "triangle": "triangle", "diamond": "square"}
_DASHES = {"dash": "6 3", "dots": "1 3"}
_FULL_WIDTH_MM = 4.0
_FULL_WIDTH_JOBS = 5000


def refresh_styles(
    connection: sa.Connection, catalogue: Catalogue, language: str = "nl"
) -> list[str]:
    """Write the style of each derived layer whose legend the catalogue has.

    Returns
    -------
    The tables that got a style, in the order of their names.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    styled = []
    for table, (layer_id, kind) in sorted(STYLED.items()):
        layer = catalogue.layer(layer_id)
        if layer is None or layer.legend is None or layer.legend.field is None:
            continue
        connection.execute(sa.delete(layer_styles).where(layer_styles.c.f_table_name == table))
        connection.execute(
            sa.insert(layer_styles).values(
                f_table_catalog="" if is_sqlite else connection.engine.url.database,
                f_table_schema="" if is_sqlite else "public",
                f_table_name=table,
                f_geometry_column="geom",
                stylename=table,
                styleqml=qml_style(layer.legend, kind, language),
                stylesld=sld_style(table, layer, kind, language),
                useasdefault=True,
                description=layer.title.of(language),
                owner="",
                update_time=datetime.now(UTC),
            )
        )
        styled.append(table)
    return styled


def sld_style(table: str, layer: LayerDefinition, kind: str, language: str) -> str:
    """Style as SLD 1.0, which other programs than QGIS read too."""
    legend = layer.legend
    assert legend is not None and legend.field is not None  # noqa: S101
    root = Xml.Element("StyledLayerDescriptor", {
        "version": "1.0.0", "xmlns": _SLD, "xmlns:ogc": _OGC,
    })
    named = Xml.SubElement(root, "NamedLayer")
    _text(named, "Name", table)
    style = Xml.SubElement(named, "UserStyle")
    _text(style, "Title", layer.title.of(language))
    rules = Xml.SubElement(style, "FeatureTypeStyle")
    for item in legend.classes:
        rule = Xml.SubElement(rules, "Rule")
        _text(rule, "Name", item.value)
        _text(rule, "Title", item.title.of(language))
        equal = Xml.SubElement(Xml.SubElement(rule, "ogc:Filter"), "ogc:PropertyIsEqualTo")
        _text(equal, "ogc:PropertyName", legend.field)
        _text(equal, "ogc:Literal", item.value)
        _symbolise(rule, item, kind)
    return _written(root)


def _symbolise(rule: Xml.Element, item: LegendClass, kind: str) -> None:
    if kind == "polygon":
        symbol = Xml.SubElement(rule, "PolygonSymbolizer")
        opacity = 0.0 if item.mark in ("outline", "dash") else 0.6
        _parameters(symbol, "Fill", {"fill": item.colour, "fill-opacity": opacity})
    elif kind == "line":
        symbol = Xml.SubElement(rule, "LineSymbolizer")
    else:
        graphic = Xml.SubElement(Xml.SubElement(rule, "PointSymbolizer"), "Graphic")
        symbol = Xml.SubElement(graphic, "Mark")
        _text(symbol, "WellKnownName", _WELL_KNOWN.get(item.mark, "circle"))
        opacity = 0.0 if item.mark == "ring" else 1.0
        _parameters(symbol, "Fill", {"fill": item.colour, "fill-opacity": opacity})
        _text(graphic, "Size", "9")
    stroke: dict[str, Any] = {"stroke": item.colour, "stroke-width": item.width}
    if item.mark in _DASHES:
        stroke["stroke-dasharray"] = _DASHES[item.mark]
    _parameters(symbol, "Stroke", stroke)


def _parameters(parent: Xml.Element, name: str, values: dict[str, Any]) -> None:
    group = Xml.SubElement(parent, name)
    for key, value in values.items():
        Xml.SubElement(group, "CssParameter", {"name": key}).text = str(value)


def _text(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, name).text = text


def qml_style(legend: Legend, kind: str, language: str) -> str:
    """Style as QGIS keeps it: one symbol a class, told apart by colour and by a mark."""
    root = Xml.Element("qgis", {"version": "3.28", "styleCategories": "Symbology"})
    renderer = Xml.SubElement(root, "renderer-v2", {
        "type": "categorizedSymbol", "attr": str(legend.field), "enableorderby": "0",
        "symbollevels": "0", "forceraster": "0",
    })
    categories = Xml.SubElement(renderer, "categories")
    symbols = Xml.SubElement(renderer, "symbols")
    for number, item in enumerate(legend.classes):
        Xml.SubElement(categories, "category", {
            "value": item.value, "label": item.title.of(language), "symbol": str(number),
            "render": "true", "type": "string",
        })
        _qml_symbol(symbols, str(number), item, kind, legend.width_field)
    return _written(root)


def _qml_symbol(
    parent: Xml.Element, name: str, item: LegendClass, kind: str, width_field: str | None
) -> None:
    symbol_type = {"polygon": "fill", "line": "line", "point": "marker"}[kind]
    symbol = Xml.SubElement(parent, "symbol", {
        "name": name, "type": symbol_type, "alpha": "1", "clip_to_extent": "1",
    })
    layer_class, options = _qml_options(item, kind)
    layer = Xml.SubElement(symbol, "layer", {
        "class": layer_class, "enabled": "1", "locked": "0", "pass": "0",
    })
    group = Xml.SubElement(layer, "Option", {"type": "Map"})
    for key, value in options.items():
        Xml.SubElement(group, "Option", {"name": key, "type": "QString", "value": value})
    if kind == "line" and width_field is not None:
        _qml_width(layer, width_field)


def _qml_options(item: LegendClass, kind: str) -> tuple[str, dict[str, str]]:
    pen = _PEN.get(item.mark, "solid")
    if kind == "line":
        return "SimpleLine", {
            "line_color": _rgba(item.colour), "line_style": pen, "capstyle": "round",
            "line_width": str(item.width / 2), "line_width_unit": "MM",
        }
    if kind == "polygon":
        return "SimpleFill", {
            "color": _rgba(item.colour, 153), "style": _BRUSH.get(item.mark, "solid"),
            "outline_color": _rgba(item.colour), "outline_style": pen,
            "outline_width": "0.8" if item.mark == "bold" else "0.4",
            "outline_width_unit": "MM",
        }
    return "SimpleMarker", {
        "name": _MARKER.get(item.mark, "circle"), "size": "3", "size_unit": "MM",
        "color": _rgba(item.colour, 0 if item.mark == "ring" else 255),
        "outline_color": _rgba(item.colour if item.mark in ("ring", "cross") else _OUTLINE),
        "outline_width": "0.6" if item.mark in ("ring", "cross") else "0.2",
    }


def _qml_width(layer: Xml.Element, field: str) -> None:
    """Line width by a field, up to a full width for a fixed number of jobs."""
    defined = Xml.SubElement(layer, "data_defined_properties")
    outer = Xml.SubElement(defined, "Option", {"type": "Map"})
    Xml.SubElement(outer, "Option", {"name": "name", "type": "QString", "value": ""})
    properties = Xml.SubElement(outer, "Option", {"name": "properties", "type": "Map"})
    width = Xml.SubElement(properties, "Option", {"name": "outlineWidth", "type": "Map"})
    expression = f'scale_linear("{field}", 0, {_FULL_WIDTH_JOBS}, 0.2, {_FULL_WIDTH_MM})'
    for name, kind, value in (
        ("active", "bool", "true"), ("expression", "QString", expression), ("type", "int", "3"),
    ):
        Xml.SubElement(width, "Option", {"name": name, "type": kind, "value": value})
    Xml.SubElement(outer, "Option", {"name": "type", "type": "QString", "value": "collection"})


def _rgba(colour: str, alpha: int = 255) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"{red},{green},{blue},{alpha}"


def _written(root: Xml.Element) -> str:
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode", xml_declaration=False)
