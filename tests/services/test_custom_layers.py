"""A new layer is one new file: table, import, rows and export follow from it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from geo_assen import services
from geo_assen.access import Role
from geo_assen.errors import LayerDefinitionError
from geo_assen.services import Store
from geo_assen.settings import PROJECT_FOLDER
from tests.services.sample import opened

Write = Callable[[str, str], Path]
DAY = date(2026, 11, 1)
README = (PROJECT_FOLDER / "layers" / "README.md").read_text(encoding="utf-8")
EXAMPLE = README.split("```toml\n")[1].split("```")[0]
ROWS = "code,name,power_mva,lon,lat\nC1,Station,0.5,6.57,52.99\nC2,Markt,,6.56,52.995\n"


@pytest.fixture
def layers(tmp_path: Path) -> Path:
    folder = tmp_path / "layers"
    shutil.copytree(PROJECT_FOLDER / "layers", folder)
    (folder / "charging_points.toml").write_text(EXAMPLE, encoding="utf-8")
    return folder


@pytest.fixture
def store(copy_address: str, layers: Path) -> Store:
    made = opened(copy_address, layers=layers)
    yield made
    made.close()


def test_file_of_the_manual_gets_a_table_and_takes_rows(store: Store, write: Write) -> None:
    path = write("points.csv", ROWS)
    first = services.import_file(store, "charging_points", path).layers[0]
    again = services.import_file(store, "charging_points", path).layers[0]
    assert (first.accepted, first.quarantined, again.unchanged) == (2, 0, 2)

    rows = services.layer_rows(store, "charging_points", as_of=DAY, role=Role.PUBLIC)
    assert rows.frame["name"].tolist() == ["Station", "Markt"]
    assert rows.frame["source_name"].tolist() == ["points.csv", "points.csv"]


def test_its_rows_leave_as_files(store: Store, write: Write) -> None:
    services.import_file(store, "charging_points", write("points.csv", ROWS))

    data = services.export_layer(store, "charging_points", as_of=DAY, role=Role.PUBLIC)
    features = json.loads(data)["features"]
    assert [item["id"] for item in features] == ["C1", "C2"]
    assert features[0]["geometry"]["coordinates"] == pytest.approx([6.57, 52.99], abs=1e-6)
    for kind in ("gpkg", "fgb", "csv", "xlsx"):
        services.export_layer(store, "charging_points", kind=kind, as_of=DAY, role=Role.PUBLIC)


def test_store_with_it_is_sound(store: Store, write: Write) -> None:
    services.import_file(store, "charging_points", write("points.csv", ROWS))
    assert services.check(store) == []


def test_opening_it_again_writes_nothing_and_needs_no_lock(
    store: Store, copy_address: str, layers: Path
) -> None:
    version = store.version()
    with store.write():
        again = opened(copy_address, layers=layers)
        again.close()
    assert store.version() == version + 1


def test_new_field_is_a_new_column(
    store: Store, copy_address: str, layers: Path, write: Write
) -> None:
    services.import_file(store, "charging_points", write("points.csv", ROWS))
    line = '{ name = "owner", type = "text", title = { nl = "Eigenaar", en = "Owner" } },\n'
    text = EXAMPLE.replace('  { name = "source_code"', f'  {line}  {{ name = "source_code"')
    (layers / "charging_points.toml").write_text(text, encoding="utf-8")

    later = opened(copy_address, layers=layers)
    services.import_file(
        later, "charging_points", write("o.csv", "code,owner,lon,lat\nC1,Assen,6.57,52.99\n")
    )
    rows = services.layer_rows(later, "charging_points", as_of=DAY, role=Role.PUBLIC).frame
    assert dict(zip(rows["code"], rows["owner"], strict=True)) == {"C1": "Assen", "C2": None}
    assert rows["name"].tolist() == ["Station", "Markt"]
    later.close()


def test_field_that_changes_its_type_stops_the_start(
    store: Store, copy_address: str, layers: Path
) -> None:
    text = EXAMPLE.replace('"name", type = "text"', '"name", type = "date"')
    (layers / "charging_points.toml").write_text(text, encoding="utf-8")
    with pytest.raises(LayerDefinitionError, match="another name"):
        opened(copy_address, layers=layers)
    assert sa.inspect(store.engine).has_table("layer_charging_points")
