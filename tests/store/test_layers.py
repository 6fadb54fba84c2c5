from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import sqlalchemy as sa
from shapely import Point

from geo_assen.catalogue import Catalogue, LayerDefinition, load_catalogue
from geo_assen.errors import LayerDefinitionError
from geo_assen.settings import PROJECT_FOLDER
from geo_assen.store import (
    check_layers,
    check_store,
    custom_table,
    ensure_custom_tables,
    insert_frame,
    intersects_bbox,
    metadata,
    read_batch,
    read_frame,
    write_batch,
)
from geo_assen.store.schema import schema_differences
from tests.store import outside, rows


def _field(name: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "title": {"nl": name, "en": name}, **more}


def _layer(**changes: Any) -> LayerDefinition:
    words = {"nl": "Bomen", "en": "Trees"}
    legend = {"classes": [{"value": "all", "title": words, "colour": "#00aa00", "mark": "ring"}]}
    return LayerDefinition.model_validate({
        "id": "trees", "group": "base", "title": words, "description": words,
        "geometry": "point", "legend": legend,
        "source": {"publisher": "Test", "licence": "CC0-1.0", "update": "P1Y"},
        "field": [_field("code", required=True), _field("height_m", "number", unit="m")],
        **changes,
    })


def _catalogue(*layers: LayerDefinition) -> Catalogue:
    return Catalogue({layer.id: layer for layer in layers}, {})


def test_layers_of_the_project_fit_the_store() -> None:
    check_layers(load_catalogue(PROJECT_FOLDER / "layers"), metadata)


@pytest.mark.parametrize(("changes", "reason"), [
    ({"table": "forest"}, "there is no built-in table 'forest'"),
    ({"table": "place"}, "has no column for field 'height_m'"),
    ({"table": "place", "field": [_field("code"), _field("name", "boolean")]},
     "field 'name' is a boolean, but its column in table 'place' holds Text"),
    ({"table": "plot", "field": [_field("code")]},
     "the layer draws point, but table 'plot' holds MULTIPOLYGON"),
    ({"table": "party", "field": [_field("code")]}, "'party' has no geometry"),
])
def test_layer_that_does_not_fit_its_table_stops_the_start(
    changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(LayerDefinitionError, match=rf"trees\.toml.*{reason}"):
        check_layers(_catalogue(_layer(**changes)), metadata)


def test_derived_fields_and_views_need_no_column() -> None:
    fields = [_field("code"), _field("nearest_m", "number", unit="m", derived=True)]
    check_layers(_catalogue(_layer(table="party", view="trees", field=fields)), metadata)


def test_layer_without_table_gets_one(store: sa.Engine) -> None:
    layer = _layer()
    with write_batch(store) as connection:
        assert ensure_custom_tables(connection, _catalogue(layer)) == ["layer_trees"]
        insert_frame(connection, rows.table("source"), rows.source_frame())
        frame = gpd.GeoDataFrame(
            {"code": ["t1"], "height_m": [12.5], "source_code": ["test"]},
            geometry=[Point(233000, 556000)], crs="EPSG:28992",
        )
        insert_frame(connection, custom_table(layer), frame)
    table = custom_table(layer)
    near = intersects_bbox(table.c.geom, (232999, 555999, 233001, 556001))
    with read_batch(store) as connection:
        assert read_frame(connection, sa.select(table).where(near))["height_m"].tolist() == [12.5]
        assert schema_differences(connection) == []
    with write_batch(store) as connection:
        assert ensure_custom_tables(connection, _catalogue(layer)) == []
    assert check_store(store) == []
    if store.dialect.name == "sqlite":
        store.dispose()
        assert outside.faults_of_geopackage(Path(str(store.url.database))) == ""


def test_new_field_gets_its_column(store: sa.Engine) -> None:
    fields = [_field("code"), _field("planted_on", "date"), _field("wood", "set", codes="wood")]
    with write_batch(store) as connection:
        ensure_custom_tables(connection, _catalogue(_layer()))
        made = ensure_custom_tables(connection, _catalogue(_layer(field=fields)))
        assert ensure_custom_tables(connection, _catalogue(_layer(field=fields))) == []
        columns = {c["name"] for c in sa.inspect(connection).get_columns("layer_trees")}
    assert made == ["layer_trees.planted_on", "layer_trees.wood"]
    assert {"planted_on", "wood", "height_m"} <= columns
    assert check_store(store) == []


@pytest.mark.parametrize(("changes", "reason"), [
    ({"field": [_field("code"), _field("height_m", "date")]}, "cannot become DATE"),
    ({"geometry": "polygon"}, "cannot become"),
    ({"geometry": "none"}, "another kind of geometry"),
])
def test_field_that_changes_its_type_is_refused(
    store: sa.Engine, changes: dict[str, Any], reason: str
) -> None:
    with write_batch(store) as connection:
        ensure_custom_tables(connection, _catalogue(_layer()))
    with (
        pytest.raises(LayerDefinitionError, match=rf"trees\.toml.*{reason}"),
        write_batch(store) as connection,
    ):
        ensure_custom_tables(connection, _catalogue(_layer(**changes)))


@pytest.mark.parametrize(("changes", "reason"), [
    ({"id": "styles"}, "'layer_styles' is a built-in one"),
    ({"id": "t" * 49}, "too long for a table"),
    ({"field": [_field("code"), _field("geom")]}, "'geom' is kept"),
    ({"table": "place"}, "no table of its own"),
])
def test_name_that_is_taken_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(LayerDefinitionError, match=reason):
        custom_table(_layer(**changes))


def test_record_without_identity_is_refused_by_the_table() -> None:
    table = custom_table(_layer(identity=("code", "height_m")))
    assert not table.c.code.nullable
    assert table.c.source_code.nullable
    unique = [c for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
    assert [column.name for column in unique[0].columns] == ["code", "height_m"]
