"""Layer files against the store: built-in tables are checked, other layers get a table."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from geo_assen.catalogue import Catalogue, FieldDefinition, LayerDefinition
from geo_assen.errors import LayerDefinitionError
from geo_assen.store.columns import CodeSet
from geo_assen.store.geometry import Geometry
from geo_assen.store.geopackage import register_table
from geo_assen.store.tables import metadata as built_in
from geo_assen.store.tables import source

__all__ = ["check_layers", "custom_table", "ensure_custom_tables"]

_TYPES: dict[str, tuple[type[Any], ...]] = {
    "text": (sa.String,),
    "category": (sa.String,),
    "set": (CodeSet,),
    "integer": (sa.Integer,),
    "number": (sa.Float,),
    "boolean": (sa.Boolean,),
    "date": (sa.Date,),
}
_COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "text": sa.Text(),
    "category": sa.Text(),
    "set": CodeSet(),
    "integer": sa.Integer(),
    "number": sa.Float(),
    "boolean": sa.Boolean(),
    "date": sa.Date(),
}
_KINDS = {
    "point": ("POINT", "MULTIPOINT", "GEOMETRY"),
    "line": ("LINESTRING", "MULTILINESTRING", "GEOMETRY"),
    "polygon": ("POLYGON", "MULTIPOLYGON", "GEOMETRY"),
    "any": ("GEOMETRY",),
}
_OWN_KIND = {
    "point": "POINT", "line": "MULTILINESTRING", "polygon": "MULTIPOLYGON", "any": "GEOMETRY",
}
_LONGEST_ID = 48
"""PostgreSQL cuts names at 63 signs; the name of the spatial index adds 15 to the id."""

_RESERVED = ("id", "geom", "geometry")


def check_layers(catalogue: Catalogue, metadata: sa.MetaData) -> None:
    """Compare every layer over a built-in table with its columns.

    Raises
    ------
    LayerDefinitionError
        At the first layer whose table is unknown, that has a stored field without a
        column or of another type, or whose geometry the table cannot hold.
    """
    for layer in catalogue:
        if layer.table is None:
            continue
        table = metadata.tables.get(layer.table)
        if table is None:
            reason = f"there is no built-in table {layer.table!r}"
            raise catalogue.refusal(layer, reason, ("table",))
        for field in layer.stored_fields:
            _check_field(catalogue, layer, field, table)
        _check_geometry(catalogue, layer, table)


def _refusal(layer: LayerDefinition, reason: str) -> LayerDefinitionError:
    return LayerDefinitionError(f"{layer.id}.toml", None, reason)


def _check_field(
    catalogue: Catalogue, layer: LayerDefinition, field: FieldDefinition, table: sa.Table
) -> None:
    place = ("field", layer.field.index(field))
    column = table.c.get(field.name)
    if column is None:
        reason = f"table {table.name!r} has no column for field {field.name!r}"
        raise catalogue.refusal(layer, reason, place)
    if not isinstance(column.type, _TYPES[field.type]):
        raise catalogue.refusal(
            layer,
            f"field {field.name!r} is a {field.type}, but its column in table {table.name!r} "
            f"holds {type(column.type).__name__}",
            place,
        )


def _check_geometry(catalogue: Catalogue, layer: LayerDefinition, table: sa.Table) -> None:
    if layer.geometry == "none":
        return
    kinds = [column.type.kind for column in table.columns if isinstance(column.type, Geometry)]
    if not kinds:
        # A view may draw records at the place of what they refer to.
        if layer.view is None:
            reason = f"table {table.name!r} has no geometry for the layer to draw"
            raise catalogue.refusal(layer, reason, ("geometry",))
        return
    if kinds[0] not in _KINDS[layer.geometry]:
        reason = f"the layer draws {layer.geometry}, but table {table.name!r} holds {kinds[0]}"
        raise catalogue.refusal(layer, reason, ("geometry",))


def custom_table(layer: LayerDefinition) -> sa.Table:
    """Table of a layer that names neither a built-in table nor a view: ``layer_<id>``.

    Only what identifies a record must have a value: what else is required is checked where
    data come in, and a column that is added later could not be required.

    Raises
    ------
    LayerDefinitionError
        If the layer has a table or view of its own, or a name is taken.
    """
    if layer.table is not None or layer.view is not None:
        raise _refusal(layer, "a layer over a table or a view gets no table of its own")
    name = f"layer_{layer.id}"
    if name in built_in.tables:
        raise _refusal(layer, f"the table {name!r} is a built-in one; give the layer another id")
    if len(layer.id) > _LONGEST_ID:
        raise _refusal(layer, f"its id is longer than {_LONGEST_ID} signs, too long for a table")
    reserved = [field.name for field in layer.stored_fields if field.name in _RESERVED]
    if reserved:
        raise _refusal(layer, f"the field name {reserved[0]!r} is kept for the store itself")
    fields = [field for field in layer.stored_fields if field.name != "source_code"]
    columns = [
        sa.Column(field.name, _COLUMNS[field.type], nullable=field.name not in layer.identity)
        for field in fields
    ]
    if layer.geometry != "none":
        columns.append(sa.Column("geom", Geometry(_OWN_KIND[layer.geometry])))
    return sa.Table(
        name,
        sa.MetaData(naming_convention=built_in.naming_convention),
        sa.Column("id", sa.Integer, primary_key=True),
        *columns,
        sa.Column("source_code", sa.String(80), sa.ForeignKey(source.c.code)),
        sa.UniqueConstraint(*layer.identity),
    )


def ensure_custom_tables(connection: sa.Connection, catalogue: Catalogue) -> list[str]:
    """Make the tables of layers without one, and add the columns of new fields.

    A field that left the file keeps its column and its data.

    Returns
    -------
    What was made, as ``table`` or ``table.column``.

    Raises
    ------
    LayerDefinitionError
        If a field or the geometry changed its type: the data there would not fit.
    """
    made: list[str] = []
    existing = set(sa.inspect(connection).get_table_names())
    for layer in catalogue:
        if layer.table is not None or layer.view is not None:
            continue
        table = custom_table(layer)
        if table.name in existing:
            made += _add_columns(connection, layer, table)
        else:
            table.create(connection)
            register_table(
                connection, table,
                title=f"{layer.title.nl} ({table.name})", description=layer.description.nl,
            )
            made.append(table.name)
    return made


def _add_columns(connection: sa.Connection, layer: LayerDefinition, table: sa.Table) -> list[str]:
    found = {c["name"]: c["type"] for c in sa.inspect(connection).get_columns(table.name)}
    wanted_shape = "geom" in table.c
    if wanted_shape != ("geom" in found):
        raise _refusal(layer, f"table {table.name!r} was made with another kind of geometry")
    made = []
    for column in table.columns:
        if column.name in found:
            _check_same(connection, layer, column, found[column.name])
            continue
        preparer = connection.dialect.identifier_preparer
        spelled = column.type.compile(connection.dialect)
        connection.execute(sa.text(
            f"ALTER TABLE {preparer.quote(table.name)} "
            f"ADD COLUMN {preparer.quote(column.name)} {spelled}"
        ))
        made.append(f"{table.name}.{column.name}")
    return made


def _check_same(
    connection: sa.Connection, layer: LayerDefinition, column: sa.Column[Any], found: Any
) -> None:
    spelled = [
        "DOUBLE PRECISION" if text == "FLOAT" else text
        for text in (kind.compile(connection.dialect).upper() for kind in (found, column.type))
    ]
    if spelled[0] != spelled[1]:
        raise _refusal(
            layer,
            f"{column.name!r} was {spelled[0]} in the store and cannot become {spelled[1]}; "
            "give the field another name",
        )
